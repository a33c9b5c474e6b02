/* client - see client.h. Job: a question and its answer. Invariant: an answer
 * to an earlier question is never taken for this one's. A crash: an act that
 * was asked for may have happened; the control log says. */
#include "services/stream/client.h"

#include <stdlib.h>

#include "services/base/clock.h"

#define TICK_MS 250
#define SEND_MS 5 /* between two tries */

struct mv_client {
    struct mv_sock *sock;
    struct mv_wire wire;
    struct mv_buf out;
    uint64_t id;
    void (*tick)(void *ctx);
    void *ctx;
};

mv_rc mv_client_open(struct mv_client **ret, struct mv_net *n,
                     const char *endpoint, const uint8_t *server_key,
                     const struct mv_keypair *keys, struct mv_err *err)
{
    mv_rc rc = MV_OK;
    struct mv_client *c = mv_xcalloc(1, sizeof *c);
    struct mv_sock_options o = {.kind = MV_SOCK_DEALER,
                                .name = "client",
                                .max_bytes = MV_MAX_SERVICE_FRAME_BYTES,
                                .keys = keys,
                                .server_key = server_key};
    MV_TRY(mv_sock_open(&c->sock, n, &o, err));
    MV_TRY(mv_sock_connect(c->sock, endpoint, err));
    *ret = c;
    return MV_OK;
out:
    mv_client_close(c);
    return rc;
}

void mv_client_close(struct mv_client *c)
{
    if (c == NULL)
        return;
    mv_held_done(&c->wire.held);
    mv_sock_close(c->sock);
    mv_buf_done(&c->out);
    free(c);
}

void mv_client_on_wait(struct mv_client *c, void (*tick)(void *ctx), void *ctx)
{
    c->tick = tick;
    c->ctx = ctx;
}

/* Waits for something to come, at most until then: what is left may be less
 * than nothing by now, and that would be for ever. MV_FATAL. */
static mv_rc wait_for(struct mv_client *c, int64_t most_ms, int64_t until)
{
    struct mv_poll p = {.sock = c->sock};
    if (c->tick != NULL) {
        c->tick(c->ctx);
        most_ms = most_ms < TICK_MS ? most_ms : TICK_MS;
    }
    int64_t left = until - mv_clock_mono_ms();
    if (left < 0)
        left = 0;
    return mv_sock_poll(&p, 1, left < most_ms ? left : most_ms);
}

/* Nothing can be sent before the handshake: try until it can. */
static mv_rc send_by(struct mv_client *c, struct mv_span frame, int64_t until)
{
    mv_rc rc;
    while ((rc = mv_sock_send(c->sock, mv_span(NULL, 0), frame)) == MV_AGAIN &&
           mv_clock_mono_ms() < until) {
        if (wait_for(c, SEND_MS, until) != MV_OK)
            return MV_FATAL;
    }
    return rc;
}

static mv_rc recv_by(struct mv_client *c, int64_t until)
{
    mv_rc rc;
    while ((rc = mv_sock_recv(c->sock, &c->wire)) == MV_AGAIN &&
           mv_clock_mono_ms() < until) {
        if (wait_for(c, INT64_MAX, until) != MV_OK)
            return MV_FATAL;
    }
    return rc;
}

/* The next frame that comes by then; why there is none. */
static mv_rc next_by(struct mv_client *c, mv_rc sent, int64_t until,
                     struct mv_span *ret, struct mv_err *err)
{
    mv_rc rc = sent == MV_OK ? recv_by(c, until) : sent;
    *ret = rc == MV_OK ? c->wire.body : mv_span(NULL, 0);
    if (rc == MV_AGAIN) {
        return mv_fail(err, rc,
                       "no answer: the service is not there, or does not "
                       "know this key");
    }
    if (rc == MV_POISON)
        return mv_fail(err, rc, "the answer is not one frame");
    return rc == MV_OK ? rc : mv_fail(err, rc, "the socket cannot be used");
}

mv_rc mv_client_frame(struct mv_client *c, struct mv_span frame,
                      int64_t wait_ms, struct mv_span *ret, struct mv_err *err)
{
    int64_t until = mv_clock_mono_ms() + wait_ms;
    return next_by(c, send_by(c, frame, until), until, ret, err);
}

mv_rc mv_client_ask(struct mv_client *c, const char *verb, struct mv_span args,
                    int64_t wait_ms, struct mv_msg_reply *ret,
                    struct mv_err *err)
{
    struct mv_msg_request m = {
        .id = ++c->id, .verb = mv_span_text(verb), .args = args};
    struct mv_span body = {0};
    struct mv_fault fault;
    int64_t until = mv_clock_mono_ms() + wait_ms;
    mv_buf_clear(&c->out);
    mv_msg_request_encode(&m, &c->out);
    mv_rc rc = mv_client_frame(c, mv_buf_span(&c->out), wait_ms, &body, err);
    while (rc == MV_OK) {
        if (!mv_msg_reply_decode(body, ret, &fault))
            return mv_fail(err, MV_POISON, "the answer is not a reply");
        if (ret->id == c->id)
            return MV_OK;
        rc = next_by(c, MV_OK, until, &body, err);
    }
    return rc;
}
