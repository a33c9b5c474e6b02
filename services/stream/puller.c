/* puller - see puller.h. Job: another process's log, in order, checked.
 * Invariant: a record is handed out only if its content hash and its chain
 * from the last one are right; the position moves by mv_puller_done alone. A
 * crash leaves nothing: the position is the caller's, in its own transaction.
 *
 *   CLOSED --connect--> GENESIS (only without a history) --> PULL --+
 *     ^  ^                                                   ^      | page
 *     |  +--- 3 s of silence, a wrong page: back-off         +------+
 *     +------ diverged, stopped: stays */
#include "services/stream/puller.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/msg.h"
#include "proto/pack.h"
#include "proto/walk.h"

#define SILENCE_MS     3000
#define BACKOFF_MS     100
#define BACKOFF_MAX_MS 10000
#define REFUSED_MS     10000
#define RETRY_MS       1000
#define FRAME_SLACK    4096 /* a page's own head */

typedef enum step { CLOSED, GENESIS, PULL } step;

struct place {
    uint64_t seq;
    uint8_t hash[MV_HASH_BYTES];
};

struct mv_puller {
    struct mv_puller_options o;
    char *log, *endpoint;
    uint8_t server_key[MV_KEY_BYTES];
    struct mv_keypair keys;
    struct mv_sock *sock;
    step step;
    mv_puller_state state;
    char why[160];
    uint64_t id;                           /* of what was asked last */
    int64_t asked_ms, wait_ms, backoff_ms; /* wait: not before */
    struct place done, given, asked;       /* durable; handed out; page's end */
    uint64_t head;
    bool answered; /* by a page, ever */
    bool known;    /* done.hash is a history (or a genesis) */
    struct mv_held page;
    struct mv_list list;
    uint32_t left; /* records of the page not handed out */
    struct mv_buf out;
};

mv_rc mv_puller_open(struct mv_puller **ret, const struct mv_puller_options *o,
                     uint64_t seq, const uint8_t hash[32], struct mv_err *err)
{
    static const uint8_t zero[MV_HASH_BYTES];
    struct mv_puller *p = mv_xcalloc(1, sizeof *p);
    (void)err;
    p->o = *o;
    p->log = mv_xstrdup(o->log);
    p->endpoint = mv_xstrdup(o->endpoint);
    memcpy(p->server_key, o->server_key, sizeof p->server_key);
    p->keys = *o->keys;
    p->done.seq = seq;
    memcpy(p->done.hash, hash, MV_HASH_BYTES);
    p->known = seq > 0 || memcmp(hash, zero, sizeof zero) != 0;
    p->given = p->asked = p->done;
    p->backoff_ms = BACKOFF_MS;
    *ret = p;
    return MV_OK;
}

static void drop_page(struct mv_puller *p)
{
    mv_held_done(&p->page);
    p->left = 0;
}

static void disconnect(struct mv_puller *p)
{
    mv_sock_close(p->sock);
    p->sock = NULL;
    p->step = CLOSED;
}

void mv_puller_close(struct mv_puller *p)
{
    if (p == NULL)
        return;
    drop_page(p);
    disconnect(p);
    mv_buf_done(&p->out);
    mv_keypair_wipe(&p->keys);
    free(p->log);
    free(p->endpoint);
    free(p);
}

struct mv_sock *mv_puller_sock(struct mv_puller *p)
{
    return p->sock;
}

static void note(struct mv_puller *p, mv_puller_state state, const char *why)
{
    p->state = state;
    (void)snprintf(p->why, sizeof p->why, "%s", why);
}

/* Away from this socket, and back later; each time later. */
static void back_off(struct mv_puller *p, int64_t mono_ms)
{
    disconnect(p);
    p->wait_ms = mono_ms + p->backoff_ms;
    p->backoff_ms *= 2;
    if (p->backoff_ms > BACKOFF_MAX_MS)
        p->backoff_ms = BACKOFF_MAX_MS;
}

static void make_genesis(struct mv_puller *p)
{
    struct mv_buf args = {0};
    mv_pack_map(&args, 1);
    mv_pack_kv_cstr(&args, "log", p->log);
    struct mv_msg_request m = {
        .id = p->id, .verb = mv_span_text("head"), .args = mv_buf_span(&args)};
    mv_msg_request_encode(&m, &p->out);
    mv_buf_done(&args);
}

static void make_pull(struct mv_puller *p)
{
    struct mv_msg_pull m = {
        .log = mv_span_text(p->log),
        .id = p->id,
        .from = p->asked.seq + 1,
        .hash = mv_span(p->asked.hash, MV_HASH_BYTES),
        .done = p->done.seq + 1,
        .max_bytes = p->o.page_bytes > 0 ? p->o.page_bytes : MV_MAX_PAGE_BYTES};
    mv_msg_pull_encode(&m, &p->out);
}

/* Sends the next question; if nobody is there yet it is made again later. */
static void ask(struct mv_puller *p, int64_t mono_ms)
{
    p->id++;
    mv_buf_clear(&p->out);
    p->step = p->known ? PULL : GENESIS;
    if (p->known)
        make_pull(p);
    else
        make_genesis(p);
    if (mv_sock_send(p->sock, mv_span(NULL, 0), mv_buf_span(&p->out)) != MV_OK)
        p->id++; /* not asked: no answer has this id */
    else
        p->asked_ms = mono_ms;
}

static void connect(struct mv_puller *p, int64_t mono_ms)
{
    struct mv_err err = {0};
    struct mv_sock_options o = {.kind = MV_SOCK_DEALER,
                                .name = p->log,
                                .max_bytes = MV_MAX_SERVICE_FRAME_BYTES,
                                .keys = &p->keys,
                                .server_key = p->server_key};
    mv_rc rc = mv_sock_open(&p->sock, p->o.net, &o, &err);
    if (rc == MV_OK)
        rc = mv_sock_connect(p->sock, p->endpoint, &err);
    if (rc != MV_OK) {
        note(p, MV_PULLER_SILENT, err.text);
        back_off(p, mono_ms);
        return;
    }
    p->step = p->known ? PULL : GENESIS;
    p->asked_ms = 0;
    p->wait_ms = mono_ms + SILENCE_MS;
}

/* Connected, but nothing could be sent yet (the handshake is under way), or
 * what was sent was not answered. */
static int64_t wait_on(struct mv_puller *p, int64_t mono_ms)
{
    if (p->asked_ms == 0 && mono_ms < p->wait_ms) {
        ask(p, mono_ms);
        return p->asked_ms == 0 ? mono_ms + 20 : mono_ms + SILENCE_MS;
    }
    int64_t until = p->asked_ms == 0 ? p->wait_ms : p->asked_ms + SILENCE_MS;
    if (mono_ms < until)
        return until;
    note(p, MV_PULLER_SILENT, "no answer");
    back_off(p, mono_ms);
    return p->wait_ms;
}

static bool is_late(const struct mv_puller *p, int64_t mono_ms)
{
    return p->asked_ms != 0 && mono_ms >= p->asked_ms + SILENCE_MS;
}

int64_t mv_puller_step(struct mv_puller *p, int64_t mono_ms)
{
    if (p->state == MV_PULLER_STOPPED || p->state == MV_PULLER_DIVERGED)
        return INT64_MAX;
    if (p->step == CLOSED) {
        if (mono_ms < p->wait_ms)
            return p->wait_ms;
        connect(p, mono_ms);
    }
    /* with a page in hand its answer to our next question may wait unread */
    if (p->left > 0)
        return mono_ms + SILENCE_MS;
    /* so may one that we were long in coming to, or had no room for */
    if (is_late(p, mono_ms) && mv_puller_receive(p, mono_ms))
        return mono_ms;
    return p->step == CLOSED ? p->wait_ms : wait_on(p, mono_ms);
}

static void heard(struct mv_puller *p)
{
    p->backoff_ms = BACKOFF_MS;
    note(p, MV_PULLER_ASKING, "");
}

static void damaged(struct mv_puller *p, int64_t mono_ms, const char *why)
{
    drop_page(p);
    p->asked = p->given;
    disconnect(p);
    p->wait_ms = mono_ms + REFUSED_MS;
    note(p, MV_PULLER_DAMAGED, why);
}

/* Walks the page once: every record must follow. end: after its last. */
static bool check_page(struct mv_puller *p, struct mv_span records,
                       struct place *end, uint32_t *count, struct mv_err *err)
{
    struct mv_list list;
    struct mv_span raw, bytes;
    *end = p->asked;
    *count = 0;
    if (!mv_list_open(&list, records))
        return false;
    while (mv_list_next(&list, &raw)) {
        struct mv_record r;
        if (!mv_value_bin(raw, &bytes))
            return false;
        end->seq++;
        ++*count;
        if (p->o.queue)
            continue;
        if (mv_record_parse(bytes, &r, err) != MV_OK || r.seq != end->seq ||
            !mv_record_follows(&r, end->hash))
            return false;
        memcpy(end->hash, r.chain, MV_HASH_BYTES);
    }
    return true;
}

static void take_page(struct mv_puller *p, struct mv_held *held,
                      const struct mv_msg_records *m, int64_t mono_ms)
{
    struct place end;
    struct mv_err err = {0};
    uint32_t count;
    if (m->id != p->id || p->step != PULL)
        return;
    if (m->first != p->asked.seq + 1 ||
        !check_page(p, m->records, &end, &count, &err)) {
        damaged(p, mono_ms,
                err.text[0] != 0 ? err.text : "the page does not follow");
        return;
    }
    heard(p);
    p->answered = true;
    p->head = m->head;
    p->given = p->asked;
    p->asked = end;
    if (count > 0) {
        mv_held_take(&p->page, held);
        struct mv_msg_records again;
        struct mv_fault fault;
        /* the bytes may have moved with the message */
        bool good =
            mv_msg_records_decode(mv_held_body(&p->page), &again, &fault) &&
            mv_list_open(&p->list, again.records);
        MV_ASSERT(good);
        p->left = count;
    }
    ask(p, mono_ms);
}

static void take_genesis(struct mv_puller *p, const struct mv_msg_reply *m,
                         int64_t mono_ms)
{
    struct mv_list rows;
    struct mv_span row, raw, hash;
    if (!mv_list_open(&rows, m->rows) || !mv_list_next(&rows, &row) ||
        !mv_map_find(row, "genesis", &raw) || !mv_value_bin(raw, &hash) ||
        hash.len != MV_HASH_BYTES) {
        damaged(p, mono_ms, "no genesis in the answer");
        return;
    }
    memcpy(p->done.hash, hash.at, MV_HASH_BYTES);
    p->given = p->asked = p->done;
    p->known = true;
    heard(p);
    ask(p, mono_ms);
}

static void take_reply(struct mv_puller *p, const struct mv_msg_reply *m,
                       int64_t mono_ms)
{
    char why[160];
    if (m->id != p->id)
        return;
    if (mv_span_is(m->result, "ok") && p->step == GENESIS) {
        take_genesis(p, m, mono_ms);
        return;
    }
    (void)snprintf(why, sizeof why, "%.*s%s%.*s", (int)m->code.len,
                   m->code.at != NULL ? (const char *)m->code.at : "",
                   m->text.len > 0 ? ": " : "",
                   (int)(m->text.len < 100 ? m->text.len : 100),
                   m->text.at != NULL ? (const char *)m->text.at : "");
    disconnect(p);
    p->wait_ms = mono_ms + RETRY_MS;
    if (mv_span_is(m->result, "diverged")) {
        note(p, MV_PULLER_DIVERGED, why);
    } else if (mv_span_is(m->result, "superseded")) {
        note(p, MV_PULLER_SUPERSEDED, "another process pulls with this key");
    } else if (mv_span_is(m->result, "retry")) {
        note(p, MV_PULLER_SILENT, why);
    } else {
        note(p, MV_PULLER_REFUSED, why);
        p->wait_ms = mono_ms + REFUSED_MS;
    }
}

bool mv_puller_receive(struct mv_puller *p, int64_t mono_ms)
{
    struct mv_wire w = {.fd = -1};
    struct mv_msg_records page;
    struct mv_msg_reply reply;
    struct mv_fault fault;
    while (p->left == 0 && p->sock != NULL) {
        if (mv_sock_recv(p->sock, &w) == MV_AGAIN)
            break;
        drop_page(p);
        if (mv_msg_records_decode(w.body, &page, &fault))
            take_page(p, &w.held, &page, mono_ms);
        else if (mv_msg_reply_decode(w.body, &reply, &fault))
            take_reply(p, &reply, mono_ms);
        else
            damaged(p, mono_ms, "neither a page nor a reply");
        mv_held_done(&w.held);
    }
    return p->left > 0;
}

bool mv_puller_answered(const struct mv_puller *p)
{
    return p->answered;
}

bool mv_puller_has(const struct mv_puller *p)
{
    return p->left > 0;
}

static bool next_bytes(struct mv_puller *p, struct mv_span *bytes)
{
    struct mv_span raw;
    if (p->left == 0)
        return false;
    bool good = mv_list_next(&p->list, &raw) && mv_value_bin(raw, bytes);
    MV_ASSERT(good); /* the page was checked */
    p->left--;
    p->given.seq++;
    return true;
}

mv_rc mv_puller_next(struct mv_puller *p, struct mv_record *ret)
{
    struct mv_span bytes;
    struct mv_err err = {0};
    if (!next_bytes(p, &bytes))
        return MV_AGAIN;
    mv_rc rc = mv_record_again(bytes, ret, &err);
    MV_ASSERT(rc == MV_OK); /* check_page took it, and its hash */
    memcpy(p->given.hash, ret->chain, MV_HASH_BYTES);
    return MV_OK;
}

mv_rc mv_puller_notice(struct mv_puller *p, uint64_t *number,
                       struct mv_span *bytes)
{
    if (!next_bytes(p, bytes))
        return MV_AGAIN;
    *number = p->given.seq;
    return MV_OK;
}

void mv_puller_done(struct mv_puller *p, uint64_t seq, const uint8_t *hash)
{
    MV_ASSERT(seq >= p->done.seq && seq <= p->given.seq);
    p->done.seq = seq;
    if (hash != NULL)
        memcpy(p->done.hash, hash, MV_HASH_BYTES);
}

void mv_puller_again(struct mv_puller *p)
{
    if (p->given.seq == p->done.seq && p->left == 0 &&
        p->asked.seq == p->done.seq)
        return;
    drop_page(p);
    p->given = p->asked = p->done;
    if (p->sock != NULL) {
        disconnect(p);
        p->wait_ms = 0;
    }
}

void mv_puller_stop(struct mv_puller *p, bool stop)
{
    if (stop) {
        mv_puller_again(p);
        disconnect(p);
        note(p, MV_PULLER_STOPPED, "stopped");
    } else if (p->state == MV_PULLER_STOPPED) {
        note(p, MV_PULLER_ASKING, "");
        p->wait_ms = 0;
    }
}

mv_puller_state mv_puller_state_of(const struct mv_puller *p)
{
    return p->state;
}

uint64_t mv_puller_seq(const struct mv_puller *p)
{
    return p->given.seq;
}

uint64_t mv_puller_head(const struct mv_puller *p)
{
    return p->head;
}

const char *mv_puller_why(const struct mv_puller *p)
{
    return p->why;
}

void mv_puller_done_place(const struct mv_puller *p, uint64_t *seq,
                          uint8_t hash[MV_HASH_BYTES])
{
    *seq = p->done.seq;
    memcpy(hash, p->done.hash, MV_HASH_BYTES);
}
