/* bound_pair - the least program that does ingest's job on this machine.
 *   bound_pair --dir DIR [--sink lmdb|none] [--curve 1] [--per-msg N]
 *              [--window EVENTS] [--secs S]
 * A producer (child, DEALER over loopback TCP) keeps at most `window` events
 * in flight, N events a message. The consumer (ROUTER) takes what has arrived,
 * up to 4,096 events, walks each, appends it to LMDB, commits once, answers
 * once. Prints one JSON line; events/s are events acknowledged as durable. */
#include <errno.h>
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

#define BATCH_EVENTS 4096u
#define IN_FLIGHT    65536u
#define WARM_NS      300000000u

struct result {
    double events_s, p50_us, p99_us, cpu;
};

struct pair {
    char endpoint[64], path[512];
    char server_public[41], server_secret[41];
    char client_public[41], client_secret[41];
    size_t per_msg, window;
    double secs;
    bool curve, store;
    struct result *result;
};

static void *endpoint_socket(const struct pair *p, int type, bool server)
{
    void *s = zmq_socket(zmq_ctx_new(), type);
    int none = 0, one = 1;
    (void)zmq_setsockopt(s, server ? ZMQ_RCVHWM : ZMQ_SNDHWM, &none,
                         sizeof none);
    (void)zmq_setsockopt(s, ZMQ_LINGER, &none, sizeof none);
    if (p->curve && server) {
        (void)zmq_setsockopt(s, ZMQ_CURVE_SERVER, &one, sizeof one);
        (void)zmq_setsockopt(s, ZMQ_CURVE_SECRETKEY, p->server_secret, 41);
    } else if (p->curve) {
        (void)zmq_setsockopt(s, ZMQ_CURVE_SERVERKEY, p->server_public, 41);
        (void)zmq_setsockopt(s, ZMQ_CURVE_PUBLICKEY, p->client_public, 41);
        (void)zmq_setsockopt(s, ZMQ_CURVE_SECRETKEY, p->client_secret, 41);
    }
    return s;
}

struct producer {
    struct bound_samples latency;
    uint64_t *sent_ns;
    uint64_t sent, acked;
    bool counting;
};

static void take_answers(struct producer *w, void *s)
{
    uint8_t answer[16];
    int flags = 0;
    while (zmq_recv(s, answer, sizeof answer, flags) == 8) {
        uint64_t upto = bound_get64(answer), now = bound_ns();
        for (; w->acked <= upto; w->acked++) {
            if (w->counting)
                bound_samples_add(&w->latency,
                                  now - w->sent_ns[w->acked % IN_FLIGHT]);
        }
        flags = ZMQ_DONTWAIT;
    }
}

static void send_window(const struct pair *p, struct producer *w, void *s,
                        uint8_t *message, size_t bytes)
{
    size_t window = p->window / p->per_msg > 0 ? p->window / p->per_msg : 1;
    while (w->sent - w->acked < window) {
        bound_put64(message, w->sent);
        w->sent_ns[w->sent % IN_FLIGHT] = bound_ns();
        if (zmq_send(s, message, bytes, 0) < 0)
            _exit(1);
        w->sent++;
    }
}

static void produce(const struct pair *p)
{
    void *s = endpoint_socket(p, ZMQ_DEALER, false);
    if (zmq_connect(s, p->endpoint) != 0)
        _exit(1);
    size_t bytes = 8 + p->per_msg * BOUND_EVENT_BYTES;
    uint8_t *message = malloc(bytes);
    struct producer w = {.sent_ns = calloc(IN_FLIGHT, 8)};
    if (message == NULL || w.sent_ns == NULL)
        _exit(1);
    for (size_t i = 0; i < p->per_msg; i++)
        bound_event(message + 8 + i * BOUND_EVENT_BYTES, i, (unsigned)i, false);
    bound_samples_init(&w.latency, 1 << 20);
    uint64_t warm = bound_ns() + WARM_NS, begin = 0, end = UINT64_MAX;
    uint64_t before = 0, now;
    double cpu = 0;
    while ((now = bound_ns()) < end) {
        if (!w.counting && now >= warm) {
            w.counting = true;
            begin = now;
            end = now + (uint64_t)(p->secs * 1e9);
            before = w.acked;
            cpu = bound_cpu_s(RUSAGE_SELF);
        }
        send_window(p, &w, s, message, bytes);
        take_answers(&w, s);
    }
    double seconds = (double)(now - begin) / 1e9;
    p->result->events_s =
        (double)(w.acked - before) * (double)p->per_msg / seconds;
    p->result->p50_us = bound_samples_us(&w.latency, 0.5);
    p->result->p99_us = bound_samples_us(&w.latency, 0.99);
    p->result->cpu = (bound_cpu_s(RUSAGE_SELF) - cpu) / seconds;
    uint8_t stop = 0;
    (void)zmq_send(s, &stop, 1, 0);
    while (true) /* until the consumer has read it, and ends us */
        (void)zmq_recv(s, message, bytes, 0);
}

struct consumer {
    MDB_env *env;
    MDB_dbi journal;
    MDB_txn *txn;
    uint64_t seq, last;
    size_t events;
    uint8_t peer[64];
    size_t peer_len;
    bool stop;
};

static void check(int rc)
{
    if (rc == 0)
        return;
    (void)fprintf(stderr, "%s\n", mdb_strerror(rc));
    exit(1);
}

static void open_store(const struct pair *p, struct consumer *c)
{
    check(mdb_env_create(&c->env));
    check(mdb_env_set_maxdbs(c->env, 2));
    check(mdb_env_set_mapsize(c->env, (size_t)16 << 30));
    check(mdb_env_open(c->env, p->path, MDB_NOSUBDIR, 0600));
    check(mdb_txn_begin(c->env, NULL, 0, &c->txn));
    check(mdb_dbi_open(c->txn, "journal", MDB_CREATE | MDB_INTEGERKEY,
                       &c->journal));
    check(mdb_txn_commit(c->txn));
    c->txn = NULL;
}

static void take(const struct pair *p, struct consumer *c, zmq_msg_t *message)
{
    const uint8_t *at = zmq_msg_data(message);
    const uint8_t *end = at + zmq_msg_size(message);
    c->last = bound_get64(at);
    at += 8;
    if (p->store && c->txn == NULL)
        check(mdb_txn_begin(c->env, NULL, 0, &c->txn));
    while (at < end) {
        size_t n = bound_walk(at, end);
        if (n == 0)
            bound_die("bad event");
        uint64_t seq = c->seq++;
        MDB_val key = {sizeof seq, &seq}, value = {n, (void *)(uintptr_t)at};
        if (p->store)
            check(mdb_put(c->txn, c->journal, &key, &value, MDB_APPEND));
        c->events++;
        at += n;
    }
}

/* One message; false: nothing is there, or the producer has ended. */
static bool receive(const struct pair *p, struct consumer *c, void *s, int flag)
{
    zmq_msg_t peer, message;
    (void)zmq_msg_init(&peer);
    (void)zmq_msg_init(&message);
    if (zmq_msg_recv(&peer, s, flag) < 0)
        return false;
    (void)zmq_msg_recv(&message, s, 0);
    c->peer_len = zmq_msg_size(&peer);
    memcpy(c->peer, zmq_msg_data(&peer), c->peer_len);
    c->stop = zmq_msg_size(&message) == 1;
    if (!c->stop)
        take(p, c, &message);
    (void)zmq_msg_close(&peer);
    (void)zmq_msg_close(&message);
    return !c->stop;
}

static double consume(const struct pair *p)
{
    struct consumer c = {0};
    void *s = endpoint_socket(p, ZMQ_ROUTER, true);
    if (zmq_bind(s, p->endpoint) != 0)
        bound_die("bind");
    if (p->store)
        open_store(p, &c);
    double cpu = bound_cpu_s(RUSAGE_SELF);
    uint64_t begin = bound_ns();
    while (!c.stop) {
        c.events = 0;
        int flag = 0;
        while (c.events < BATCH_EVENTS && receive(p, &c, s, flag))
            flag = ZMQ_DONTWAIT;
        if (c.events == 0)
            continue;
        if (c.txn != NULL)
            check(mdb_txn_commit(c.txn));
        c.txn = NULL;
        uint8_t answer[8];
        bound_put64(answer, c.last);
        (void)zmq_send(s, c.peer, c.peer_len, ZMQ_SNDMORE);
        (void)zmq_send(s, answer, sizeof answer, 0);
    }
    return (bound_cpu_s(RUSAGE_SELF) - cpu) /
           ((double)(bound_ns() - begin) / 1e9);
}

int main(int argc, char **argv)
{
    const char *dir = bound_arg(argc, argv, "--dir", ".");
    struct pair p = {
        .per_msg = (size_t)bound_number(argc, argv, "--per-msg", 1),
        .window = (size_t)bound_number(argc, argv, "--window", 1),
        .secs = bound_number(argc, argv, "--secs", 1),
        .curve = bound_number(argc, argv, "--curve", 0) != 0,
        .store = strcmp(bound_arg(argc, argv, "--sink", "lmdb"), "lmdb") == 0,
    };
    (void)zmq_curve_keypair(p.server_public, p.server_secret);
    (void)zmq_curve_keypair(p.client_public, p.client_secret);
    (void)snprintf(p.endpoint, sizeof p.endpoint, "tcp://127.0.0.1:%d",
                   20000 + (int)(getpid() % 20000));
    (void)snprintf(p.path, sizeof p.path, "%s/pair.%d", dir, (int)getpid());
    p.result = mmap(NULL, sizeof *p.result, PROT_READ | PROT_WRITE,
                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t child = fork();
    if (child == 0)
        produce(&p);
    double cpu = consume(&p) + p.result->cpu;
    (void)kill(child, SIGKILL);
    (void)waitpid(child, NULL, 0);
    (void)printf("{\"bench\":\"pair\",\"per_msg\":%zu,\"window\":%zu,"
                 "\"events_s\":%.0f,\"p50_us\":%.1f,\"p99_us\":%.1f,"
                 "\"cpu_s_per_M\":%.3f}\n",
                 p.per_msg, p.window, p.result->events_s, p.result->p50_us,
                 p.result->p99_us, cpu / (p.result->events_s / 1e6));
    char lock[540];
    (void)snprintf(lock, sizeof lock, "%s-lock", p.path);
    (void)unlink(p.path);
    (void)unlink(lock);
    return 0;
}
