/* pub - see pub.h. Job: a PUB socket that forgets a reader when its key ends.
 * Invariant: it has no subscriber of before a rebind. A crash loses what was
 * on its way: readers see the gap and pull. */
#include "services/stream/pub.h"

#include <stdio.h>
#include <stdlib.h>

#define PATIENCE_BYTES (1u << 20) /* of subscriptions from one reader */
#define FRAME_BYTES    4096       /* one subscription */
#define IN_USE_MS      1000       /* the port may be, after a rebind */

struct mv_pub {
    struct mv_net *net;
    const struct mv_keypair *keys;
    char endpoint[MV_ENDPOINT_BYTES];
    struct mv_sock *sock;
    struct mv_peers *peers;
    struct mv_peers_counts before; /* of sockets that were closed */
    int64_t tried_ms;  /* in vain, for the first time since it was bound */
    struct mv_err err; /* of the last try in vain; empty: none */
};

static void shut(struct mv_pub *p)
{
    if (p->peers != NULL)
        mv_pub_counts(p, &p->before);
    mv_peers_close(p->peers);
    mv_sock_close(p->sock);
    p->peers = NULL;
    p->sock = NULL;
}

static mv_rc bind_it(struct mv_pub *p, struct mv_err *err)
{
    mv_rc rc = MV_OK;
    struct mv_sock_options o = {.kind = MV_SOCK_PUB,
                                .name = "live",
                                .max_bytes = FRAME_BYTES,
                                .keys = p->keys};
    MV_TRY(mv_sock_open(&p->sock, p->net, &o, err));
    MV_TRY(mv_peers_open(&p->peers, p->net, p->sock, PATIENCE_BYTES, err));
    MV_TRY(mv_sock_bind(p->sock, p->endpoint, err));
    (void)snprintf(p->endpoint, sizeof p->endpoint, "%s",
                   mv_sock_endpoint(p->sock));
    return MV_OK;
out:
    shut(p);
    return rc;
}

mv_rc mv_pub_open(struct mv_pub **ret, struct mv_net *n, const char *endpoint,
                  const struct mv_keypair *keys, struct mv_err *err)
{
    struct mv_pub *p = mv_xcalloc(1, sizeof *p);
    p->net = n;
    p->keys = keys;
    (void)snprintf(p->endpoint, sizeof p->endpoint, "%s", endpoint);
    mv_rc rc = bind_it(p, err);
    if (rc == MV_OK)
        *ret = p;
    else
        mv_pub_close(p);
    return rc;
}

void mv_pub_close(struct mv_pub *p)
{
    if (p == NULL)
        return;
    shut(p);
    free(p);
}

const char *mv_pub_endpoint(const struct mv_pub *p)
{
    return p->endpoint;
}

bool mv_pub_heard(struct mv_pub *p)
{
    if (p->peers != NULL && mv_peers_open_count(p->peers) == 0)
        mv_peers_drain(p->peers); /* who came just now hears this already */
    return p->peers != NULL && mv_peers_open_count(p->peers) > 0;
}

bool mv_pub_send(struct mv_pub *p, const char *topic, struct mv_span body)
{
    return p->sock != NULL &&
           mv_sock_send(p->sock, mv_span_text(topic), body) == MV_OK;
}

void mv_pub_rebind(struct mv_pub *p)
{
    shut(p);
}

/* The old listener is closed by libzmq's own thread: the port may be in use a
 * moment longer. */
static bool bind_again(struct mv_pub *p, int64_t mono_ms)
{
    bool first = p->err.text[0] == 0;
    if (bind_it(p, &p->err) == MV_OK) {
        p->err.text[0] = 0;
        return true;
    }
    if (first)
        p->tried_ms = mono_ms;
    return false;
}

const char *mv_pub_why(const struct mv_pub *p, int64_t mono_ms)
{
    bool is = p->err.text[0] != 0 && mono_ms - p->tried_ms >= IN_USE_MS;
    return is ? p->err.text : NULL;
}

bool mv_pub_step(struct mv_pub *p, int64_t mono_ms)
{
    char user[MV_USER_BYTES];
    if (p->sock == NULL && !bind_again(p, mono_ms))
        return true;
    mv_peers_drain(p->peers);
    while (mv_peers_check(p->peers, mono_ms, user)) {
    }
    return mv_peers_open_count(p->peers) > 0;
}

struct mv_sock *mv_pub_sock(struct mv_pub *p)
{
    return p->sock;
}

void mv_pub_counts(const struct mv_pub *p, struct mv_peers_counts *ret)
{
    struct mv_peers_counts now = {0};
    if (p->peers != NULL)
        mv_peers_counts(p->peers, &now);
    *ret = p->before;
    ret->accepted += now.accepted;
    ret->closed += now.closed;
    ret->accept_failed += now.accept_failed;
    ret->handshakes += now.handshakes;
    ret->handshakes_refused += now.handshakes_refused;
    ret->handshakes_failed += now.handshakes_failed;
    ret->cut += now.cut;
}
