/* unsent - see unsent.h. Job: a bound in bytes on what a receiver leaves
 * unread here. Invariant: what a receiver counts is the sum of its messages
 * that libzmq has not let go of; it lives as long as the last of them, whose
 * end may come in libzmq's own thread. A crash leaves nothing. */
#include "services/base/sock/unsent.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "services/base/slots.h"
#include "services/base/sock/options.h"

struct receiver {
    uint8_t name[MV_KEY_BYTES];
    atomic_size_t bytes, holders; /* the table, and each message */
};

struct mv_unsent {
    size_t most_bytes, count;
    struct receiver **at;
    struct mv_slots found;
};

/* A message as libzmq holds it. Its receiver is written last and read first:
 * another thread ends it. */
struct parcel {
    _Atomic(struct receiver *) receiver;
    size_t len;
    uint8_t at[];
};

static void let_go(struct receiver *r)
{
    if (atomic_fetch_sub(&r->holders, 1) == 1)
        free(r);
}

static void sent(void *bytes, void *hint)
{
    struct parcel *p = hint;
    struct receiver *r = atomic_load(&p->receiver);
    (void)bytes;
    atomic_fetch_sub(&r->bytes, p->len);
    let_go(r);
    free(p);
}

struct mv_unsent *mv_unsent_open(size_t most_bytes)
{
    struct mv_unsent *u = mv_xcalloc(1, sizeof *u);
    u->most_bytes = most_bytes;
    return u;
}

void mv_unsent_close(struct mv_unsent *u)
{
    if (u == NULL)
        return;
    for (size_t i = 0; i < u->count; i++)
        let_go(u->at[i]);
    free(u->at);
    mv_slots_done(&u->found);
    free(u);
}

static uint32_t hash_of(const uint8_t *name)
{
    return mv_slots_hash(0, mv_span(name, MV_KEY_BYTES));
}

static struct receiver *find(const struct mv_unsent *u, const uint8_t *name)
{
    uint32_t steps = 0, i;
    while (mv_slots_next(&u->found, hash_of(name), &steps, &i)) {
        if (memcmp(u->at[i]->name, name, MV_KEY_BYTES) == 0)
            return u->at[i];
    }
    return NULL;
}

static struct receiver *add(struct mv_unsent *u, const uint8_t *name)
{
    struct receiver *r = mv_xcalloc(1, sizeof *r);
    memcpy(r->name, name, MV_KEY_BYTES);
    atomic_init(&r->bytes, 0);
    atomic_init(&r->holders, 1);
    u->at = mv_xrealloc(u->at, (u->count + 1) * sizeof(struct receiver *));
    u->at[u->count] = r;
    mv_slots_add(&u->found, hash_of(name), (uint32_t)u->count++);
    return r;
}

static mv_rc post(struct receiver *r, struct mv_sock *s, struct mv_span to,
                  struct mv_span body)
{
    zmq_msg_t m;
    struct parcel *p = mv_xrealloc(NULL, sizeof *p + body.len);
    p->len = body.len;
    if (body.len > 0)
        memcpy(p->at, body.at, body.len);
    atomic_fetch_add(&r->bytes, body.len);
    atomic_fetch_add(&r->holders, 1);
    atomic_init(&p->receiver, NULL);
    atomic_store(&p->receiver, r);
    if (zmq_msg_init_data(&m, p->at, body.len, sent, p) != 0) {
        sent(p->at, p);
        return MV_AGAIN; /* no memory for its head */
    }
    mv_rc rc = mv_sock_send_msg(s, to, &m);
    if (rc != MV_OK)
        (void)zmq_msg_close(&m);
    return rc;
}

mv_rc mv_unsent_send(struct mv_unsent *u, const uint8_t *receiver,
                     struct mv_sock *s, struct mv_span to, struct mv_span body)
{
    struct receiver *r = find(u, receiver);
    if (r == NULL)
        r = add(u, receiver);
    size_t waits = atomic_load(&r->bytes);
    if (waits > 0 && waits + body.len > u->most_bytes)
        return MV_AGAIN;
    return post(r, s, to, body);
}

size_t mv_unsent_bytes(const struct mv_unsent *u, const uint8_t *receiver)
{
    struct receiver *r = find(u, receiver);
    return r == NULL ? 0 : atomic_load(&r->bytes);
}
