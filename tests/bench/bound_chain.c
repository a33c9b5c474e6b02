/* bound_chain - the least four processes that do the whole job on this
 * machine: push -> journal -> state -> outbox -> subscriber, over ipc.
 *   bound_chain --dir DIR [--state mem|lmdb] [--load N] [--pace EVENTS_S]
 *               [--window W] [--gap US] [--series K] [--secs S]
 * journal: walks nothing, appends to a file, fdatasync, answers, passes on.
 * state: per series, in memory or in LMDB (one synced commit a group); an
 * event whose last float is negative crosses. outbox: appends the crossing,
 * fdatasync, hands it to the subscriber.
 * Without --load: one event every gap, each a crossing: push to notice.
 * --load N: N events a message, W in flight, 1 % cross; --pace sends so many
 * a second instead of flooding. Prints one JSON line. */
#include <fcntl.h>
#include <lmdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

#include "tests/bench/bound.h"

#define HEAD_BYTES   16u /* number, push time */
#define GROUP_EVENTS 4096u
#define LEAD_EVENTS  65536u /* the state may be so far behind */
#define BUFFER_BYTES (8u << 20)

enum { PUSH, STATE, OUTBOX, NOTICE, HOPS };

struct chain {
    const char *dir;
    char hop[HOPS][256];
    bool lmdb;
    size_t load, window, series;
    double secs, gap_us, pace;
    volatile uint64_t *judged; /* shared */
};

static volatile sig_atomic_t ended;

static void on_signal(int number)
{
    (void)number;
    ended = 1;
}

static void *hop(void *ctx, int type, bool bind, const char *endpoint)
{
    void *s = zmq_socket(ctx, type);
    int high = 20000, none = 0;
    (void)zmq_setsockopt(s, ZMQ_SNDHWM, &high, sizeof high);
    (void)zmq_setsockopt(s, ZMQ_RCVHWM, &high, sizeof high);
    (void)zmq_setsockopt(s, ZMQ_LINGER, &none, sizeof none);
    if ((bind ? zmq_bind(s, endpoint) : zmq_connect(s, endpoint)) != 0)
        bound_die(endpoint);
    return s;
}

static int scratch(const struct chain *c, const char *name)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s.%d", c->dir, name, (int)getpid());
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    (void)unlink(path);
    if (fd < 0)
        bound_die(path);
    return fd;
}

static void put(int fd, const void *at, size_t len)
{
    if (write(fd, at, len) != (ssize_t)len || fdatasync(fd) != 0)
        bound_die("write");
}

static void journal(const struct chain *c)
{
    void *ctx = zmq_ctx_new();
    void *in = hop(ctx, ZMQ_ROUTER, true, c->hop[PUSH]);
    void *out = hop(ctx, ZMQ_PUSH, false, c->hop[STATE]);
    int fd = scratch(c, "journal");
    uint8_t *bytes = malloc(BUFFER_BYTES);
    static zmq_msg_t held[8192];
    while (!ended) {
        size_t used = 0;
        int count = 0;
        uint8_t peer[64], answer[8];
        size_t peer_len = 0;
        uint64_t last = 0;
        while (count < 8192 && used < BUFFER_BYTES / 2) {
            zmq_msg_t id;
            (void)zmq_msg_init(&id);
            (void)zmq_msg_init(&held[count]);
            if (zmq_msg_recv(&id, in, count > 0 ? ZMQ_DONTWAIT : 0) < 0)
                break;
            (void)zmq_msg_recv(&held[count], in, 0);
            peer_len = zmq_msg_size(&id);
            memcpy(peer, zmq_msg_data(&id), peer_len);
            (void)zmq_msg_close(&id);
            size_t n = zmq_msg_size(&held[count]);
            memcpy(bytes + used, zmq_msg_data(&held[count]), n);
            last = bound_get64(bytes + used);
            used += n;
            count++;
        }
        if (count == 0)
            continue;
        put(fd, bytes, used);
        bound_put64(answer, last);
        (void)zmq_send(in, peer, peer_len, ZMQ_SNDMORE);
        (void)zmq_send(in, answer, sizeof answer, 0);
        for (int i = 0; i < count; i++)
            (void)zmq_msg_send(&held[i], out, 0);
    }
    _exit(0);
}

struct state {
    MDB_env *env;
    MDB_dbi table;
    MDB_txn *txn;
    uint64_t (*rows)[8];
    uint64_t random;
    uint8_t *crossed;
    size_t crossed_len, events;
};

static void check(int rc)
{
    if (rc == 0)
        return;
    (void)fprintf(stderr, "%s\n", mdb_strerror(rc));
    _exit(1);
}

static void state_path(const struct chain *c, char path[512])
{
    (void)snprintf(path, 512, "%s/state.%d", c->dir, (int)getppid());
}

static void state_open(const struct chain *c, struct state *s)
{
    uint64_t zero[8] = {0};
    s->rows = calloc(c->series, sizeof *s->rows);
    s->crossed = malloc(1 << 20);
    s->random = 99;
    if (!c->lmdb)
        return;
    char path[512];
    state_path(c, path);
    check(mdb_env_create(&s->env));
    check(mdb_env_set_maxdbs(s->env, 2));
    check(mdb_env_set_mapsize(s->env, (size_t)4 << 30));
    check(mdb_env_open(s->env, path, MDB_NOSUBDIR, 0600));
    check(mdb_txn_begin(s->env, NULL, 0, &s->txn));
    check(mdb_dbi_open(s->txn, "series", MDB_CREATE, &s->table));
    for (uint64_t i = 0; i < c->series; i++) {
        uint8_t key[16];
        uint64_t hash = (i + 1) * 0x9e3779b97f4a7c15u;
        bound_put64(key, hash ^ hash >> 31);
        bound_put64(key + 8, i);
        MDB_val k = {sizeof key, key}, v = {sizeof zero, zero};
        check(mdb_put(s->txn, s->table, &k, &v, 0));
    }
    check(mdb_txn_commit(s->txn));
    s->txn = NULL;
}

static void state_one(const struct chain *c, struct state *s)
{
    uint64_t i = bound_random(&s->random) % c->series, row[8];
    if (!c->lmdb) {
        s->rows[i][0]++;
        return;
    }
    uint8_t key[16];
    uint64_t hash = (i + 1) * 0x9e3779b97f4a7c15u;
    bound_put64(key, hash ^ hash >> 31);
    bound_put64(key + 8, i);
    MDB_val k = {sizeof key, key}, v;
    check(mdb_get(s->txn, s->table, &k, &v));
    memcpy(row, v.mv_data, sizeof row);
    row[0]++;
    v = (MDB_val){sizeof row, row};
    check(mdb_put(s->txn, s->table, &k, &v, 0));
}

static void state_message(const struct chain *c, struct state *s,
                          zmq_msg_t *message)
{
    const uint8_t *at = zmq_msg_data(message);
    const uint8_t *end = at + zmq_msg_size(message);
    uint64_t pushed = bound_get64(at + 8);
    if (c->lmdb && s->txn == NULL)
        check(mdb_txn_begin(s->env, NULL, 0, &s->txn));
    for (at += HEAD_BYTES; at + BOUND_EVENT_BYTES <= end;
         at += BOUND_EVENT_BYTES) {
        state_one(c, s);
        s->events++;
        if ((at[BOUND_EVENT_BYTES - 8] & 0x80) != 0) {
            bound_put64(s->crossed + s->crossed_len, pushed);
            bound_put64(s->crossed + s->crossed_len + 8, s->events);
            s->crossed_len += 16;
        }
    }
}

static void evaluate(const struct chain *c)
{
    void *ctx = zmq_ctx_new();
    void *in = hop(ctx, ZMQ_PULL, true, c->hop[STATE]);
    void *out = hop(ctx, ZMQ_PUSH, false, c->hop[OUTBOX]);
    struct state s = {0};
    state_open(c, &s);
    while (!ended) {
        s.events = s.crossed_len = 0;
        int flag = 0;
        while (s.events < GROUP_EVENTS && s.crossed_len < (1 << 19)) {
            zmq_msg_t message;
            (void)zmq_msg_init(&message);
            if (zmq_msg_recv(&message, in, flag) < 0)
                break;
            flag = ZMQ_DONTWAIT;
            state_message(c, &s, &message);
            (void)zmq_msg_close(&message);
        }
        if (s.txn != NULL)
            check(mdb_txn_commit(s.txn));
        s.txn = NULL;
        if (s.crossed_len > 0)
            (void)zmq_send(out, s.crossed, s.crossed_len, 0);
        *c->judged += s.events;
    }
    _exit(0);
}

static void notify(const struct chain *c)
{
    void *ctx = zmq_ctx_new();
    void *in = hop(ctx, ZMQ_PULL, true, c->hop[OUTBOX]);
    void *out = hop(ctx, ZMQ_PUSH, false, c->hop[NOTICE]);
    int fd = scratch(c, "outbox");
    uint8_t *bytes = malloc(BUFFER_BYTES);
    while (!ended) {
        size_t used = 0;
        int n, flag = 0;
        while (used < BUFFER_BYTES / 4 &&
               (n = zmq_recv(in, bytes + used, 1 << 20, flag)) >= 0) {
            used += (size_t)n;
            flag = ZMQ_DONTWAIT;
        }
        if (used == 0)
            continue;
        put(fd, bytes, used);
        (void)zmq_send(out, bytes, used, 0);
    }
    _exit(0);
}

struct pusher {
    void *push, *notices;
    uint8_t *message, *taken;
    size_t bytes;
    uint64_t number, acked, told;
    struct bound_samples latency;
};

static void take_notices(struct pusher *p, int flag)
{
    int n;
    while ((n = zmq_recv(p->notices, p->taken, BUFFER_BYTES / 2, flag)) > 0) {
        uint64_t now = bound_ns();
        for (int i = 0; i + 16 <= n; i += 16) {
            bound_samples_add(&p->latency, now - bound_get64(p->taken + i));
            p->told++;
        }
        flag = ZMQ_DONTWAIT;
    }
}

static void take_acks(struct pusher *p)
{
    uint8_t answer[8];
    while (zmq_recv(p->push, answer, sizeof answer, ZMQ_DONTWAIT) == 8)
        p->acked = bound_get64(answer) + 1;
}

static void send_one(struct pusher *p)
{
    bound_put64(p->message, p->number++);
    bound_put64(p->message + 8, bound_ns());
    (void)zmq_send(p->push, p->message, p->bytes, 0);
}

static void one_by_one(const struct chain *c, struct pusher *p, uint64_t end)
{
    long gap = (long)(c->gap_us * 1e3);
    while (bound_ns() < end) {
        send_one(p);
        take_notices(p, 0);
        take_acks(p);
        if (gap > 0)
            (void)nanosleep(&(struct timespec){0, gap}, NULL);
    }
}

static void under_load(const struct chain *c, struct pusher *p, uint64_t begin,
                       uint64_t end)
{
    size_t n = c->load, window = c->window / n > 0 ? c->window / n : 1;
    uint8_t *sign = p->message + HEAD_BYTES + BOUND_EVENT_BYTES - 8;
    while (bound_ns() < end) {
        while (p->number - p->acked < window &&
               (c->pace <= 0 || (double)(bound_ns() - begin) / 1e9 * c->pace >=
                                    (double)(p->number * n))) {
            if (n < 100)
                *sign = (uint8_t)((*sign & 0x7f) |
                                  (p->number * n % 100 < n ? 0x80 : 0));
            send_one(p);
        }
        zmq_pollitem_t items[] = {{p->push, 0, ZMQ_POLLIN, 0},
                                  {p->notices, 0, ZMQ_POLLIN, 0}};
        (void)zmq_poll(items, 2, c->pace > 0 ? 1 : 100);
        take_acks(p);
        take_notices(p, ZMQ_DONTWAIT);
        while (p->number * n > *c->judged + LEAD_EVENTS && bound_ns() < end)
            (void)nanosleep(&(struct timespec){0, 200000}, NULL);
    }
}

static void drive(const struct chain *c, const pid_t *children)
{
    void *ctx = zmq_ctx_new();
    size_t n = c->load > 0 ? c->load : 1;
    struct pusher p = {.bytes = HEAD_BYTES + n * BOUND_EVENT_BYTES};
    p.push = hop(ctx, ZMQ_DEALER, false, c->hop[PUSH]);
    p.notices = hop(ctx, ZMQ_PULL, true, c->hop[NOTICE]);
    p.message = malloc(p.bytes);
    p.taken = malloc(BUFFER_BYTES);
    bound_samples_init(&p.latency, 1 << 20);
    for (size_t i = 0; i < n; i++)
        bound_event(p.message + HEAD_BYTES + i * BOUND_EVENT_BYTES, i,
                    (unsigned)i, c->load == 0 || i % 100 == 0);
    (void)nanosleep(&(struct timespec){0, 600000000}, NULL);
    double cpu = bound_cpu_s(RUSAGE_SELF);
    uint64_t begin = bound_ns(), judged = *c->judged;
    uint64_t end = begin + (uint64_t)(c->secs * 1e9);
    if (c->load == 0)
        one_by_one(c, &p, end);
    else
        under_load(c, &p, begin, end);
    double seconds = (double)(bound_ns() - begin) / 1e9;
    double events = (double)(*c->judged - judged);
    cpu = bound_cpu_s(RUSAGE_SELF) - cpu;
    for (int i = 0; i < 3; i++)
        (void)kill(children[i], SIGTERM);
    (void)nanosleep(&(struct timespec){0, 50000000}, NULL);
    for (int i = 0; i < 3; i++) {
        (void)kill(children[i], SIGKILL);
        (void)waitpid(children[i], NULL, 0);
    }
    cpu += bound_cpu_s(RUSAGE_CHILDREN);
    (void)printf("{\"bench\":\"chain\",\"state\":\"%s\",\"load\":%zu,"
                 "\"pace\":%.0f,\"events_s\":%.0f,\"notices\":%llu,"
                 "\"p50_us\":%.1f,\"p99_us\":%.1f,\"cpu_s_per_M\":%.3f}\n",
                 c->lmdb ? "lmdb" : "mem", c->load, c->pace, events / seconds,
                 (unsigned long long)p.told, bound_samples_us(&p.latency, 0.5),
                 bound_samples_us(&p.latency, 0.99), cpu / (events / 1e6));
}

int main(int argc, char **argv)
{
    struct chain c = {
        .dir = bound_arg(argc, argv, "--dir", "."),
        .lmdb = strcmp(bound_arg(argc, argv, "--state", "mem"), "lmdb") == 0,
        .load = (size_t)bound_number(argc, argv, "--load", 0),
        .window = (size_t)bound_number(argc, argv, "--window", 16384),
        .series = (size_t)bound_number(argc, argv, "--series", 100000),
        .secs = bound_number(argc, argv, "--secs", 3),
        .gap_us = bound_number(argc, argv, "--gap", 2000),
        .pace = bound_number(argc, argv, "--pace", 0),
    };
    c.judged = mmap(NULL, sizeof *c.judged, PROT_READ | PROT_WRITE,
                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < HOPS; i++)
        (void)snprintf(c.hop[i], sizeof c.hop[i], "ipc://%s/hop%d.%d", c.dir, i,
                       (int)getpid());
    struct sigaction action = {.sa_handler = on_signal};
    (void)sigaction(SIGTERM, &action, NULL);
    void (*const part[])(const struct chain *) = {journal, evaluate, notify};
    pid_t children[3];
    for (int i = 2; i >= 0; i--) {
        children[i] = fork();
        if (children[i] == 0)
            part[i](&c);
    }
    drive(&c, children);
    char path[512], lock[540];
    (void)snprintf(path, sizeof path, "%s/state.%d", c.dir, (int)getpid());
    (void)snprintf(lock, sizeof lock, "%s-lock", path);
    (void)unlink(path);
    (void)unlink(lock);
    for (int i = 0; i < HOPS; i++)
        (void)unlink(c.hop[i] + 6);
    return 0;
}
