/* sock - see sock.h. Job: sockets with every option set and proved.
 * Invariant: no server socket is bound without CURVE, a ZAP domain and the
 * enforcement of that domain; no call waits but mv_sock_poll. A crash in the
 * middle leaves nothing: whoever spoke to us sends again. */
#include "services/base/sock/sock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "services/base/sock/options.h"

#define POLL_MAX 64

_Static_assert(sizeof(zmq_msg_t) <= sizeof(((struct mv_held *)0)->at),
               "a message fits in what holds it");

struct mv_net {
    void *context;
};

struct mv_sock {
    void *zmq;
    mv_sock_kind kind;
    char endpoint[MV_ENDPOINT_BYTES];
};

mv_rc mv_net_open(struct mv_net **ret, struct mv_err *err)
{
    struct mv_net *n = mv_xcalloc(1, sizeof *n);
    n->context = zmq_ctx_new();
    if (n->context == NULL) {
        free(n);
        return mv_fail(err, MV_CONFIG, "ZeroMQ: %s", zmq_strerror(errno));
    }
    *ret = n;
    return MV_OK;
}

void mv_net_close(struct mv_net *n)
{
    if (n == NULL)
        return;
    while (zmq_ctx_term(n->context) != 0 && errno == EINTR) {
    }
    free(n);
}

void *mv_sock_zmq(struct mv_sock *s)
{
    return s->zmq;
}

mv_rc mv_sock_open(struct mv_sock **ret, struct mv_net *n,
                   const struct mv_sock_options *o, struct mv_err *err)
{
    mv_rc rc = MV_OK;
    struct mv_sock *s = mv_xcalloc(1, sizeof *s);
    s->kind = o->kind;
    s->zmq = zmq_socket(n->context, mv_sock_type(o->kind));
    if (s->zmq == NULL) {
        rc = mv_fail(err, MV_CONFIG, "%s", zmq_strerror(errno));
        goto out;
    }
    MV_TRY(mv_sock_options_set(s->zmq, o, err));
    *ret = s;
    return MV_OK;
out:
    mv_sock_close(s);
    return mv_wrap(err, rc, "socket '%s'", o->name);
}

void mv_sock_close(struct mv_sock *s)
{
    if (s == NULL)
        return;
    if (s->zmq != NULL)
        (void)zmq_close(s->zmq);
    free(s);
}

/* libzmq names an IPv4 address on an IPv6 socket as tcp://[::ffff:1.2.3.4]:5;
 * people and clients without IPv6 want tcp://1.2.3.4:5. */
static void shorten(char *endpoint)
{
    static const char mapped[] = "tcp://[::ffff:";
    const size_t keep = 6, cut = sizeof mapped - 1;
    char *end = strchr(endpoint, ']');
    if (strncmp(endpoint, mapped, cut) != 0 || end == NULL)
        return;
    size_t host = (size_t)(end - endpoint) - cut;
    memmove(endpoint + keep, endpoint + cut, host);
    memmove(endpoint + keep + host, end + 1, strlen(end + 1) + 1);
}

/* libzmq takes -1 for 65535, and 65537 for 1. "*" and 0: any free port. */
static bool port_sound(const char *endpoint)
{
    const char *port = strrchr(endpoint, ':');
    if (strncmp(endpoint, "tcp://", 6) != 0 || strcmp(port, ":*") == 0)
        return true;
    size_t digits = strspn(port + 1, "0123456789");
    return digits > 0 && digits <= 5 && port[1 + digits] == 0 &&
           strtol(port + 1, NULL, 10) <= UINT16_MAX;
}

mv_rc mv_sock_bind(struct mv_sock *s, const char *endpoint, struct mv_err *err)
{
    if (!port_sound(endpoint))
        return mv_fail(err, MV_CONFIG, "cannot bind '%s': a port is 0 to 65535",
                       endpoint);
    if (zmq_bind(s->zmq, endpoint) != 0)
        return mv_fail(err, MV_CONFIG, "cannot bind '%s': %s", endpoint,
                       zmq_strerror(errno));
    size_t len = sizeof s->endpoint;
    if (zmq_getsockopt(s->zmq, ZMQ_LAST_ENDPOINT, s->endpoint, &len) != 0)
        return mv_fail(err, MV_CONFIG, "bound '%s': %s", endpoint,
                       zmq_strerror(errno));
    shorten(s->endpoint);
    return MV_OK;
}

mv_rc mv_sock_connect(struct mv_sock *s, const char *endpoint,
                      struct mv_err *err)
{
    if (zmq_connect(s->zmq, endpoint) == 0)
        return MV_OK;
    return mv_fail(err, MV_CONFIG, "cannot connect to '%s': %s", endpoint,
                   zmq_strerror(errno));
}

const char *mv_sock_endpoint(const struct mv_sock *s)
{
    return s->endpoint;
}

void mv_sock_subscribe(struct mv_sock *s, const char *topic)
{
    MV_ASSERT(s->kind == MV_SOCK_SUB);
    (void)zmq_setsockopt(s->zmq, ZMQ_SUBSCRIBE, topic, strlen(topic));
}

/* What a failed call means: nothing now, or the end. */
static mv_rc failure(void)
{
    switch (errno) {
    case EAGAIN:
    case EINTR:
    case EHOSTUNREACH:
        return MV_AGAIN;
    default:
        return MV_FATAL;
    }
}

static zmq_msg_t *msg(struct mv_held *h)
{
    return (zmq_msg_t *)(void *)h->at;
}

struct mv_span mv_held_body(struct mv_held *h)
{
    return h->holds ? mv_span(zmq_msg_data(msg(h)), zmq_msg_size(msg(h)))
                    : mv_span(NULL, 0);
}

void mv_held_take(struct mv_held *to, struct mv_held *from)
{
    MV_ASSERT(!to->holds);
    if (!from->holds)
        return;
    (void)zmq_msg_init(msg(to));
    (void)zmq_msg_move(msg(to), msg(from));
    to->holds = true;
    mv_held_done(from);
}

void mv_held_done(struct mv_held *h)
{
    if (h->holds)
        (void)zmq_msg_close(msg(h));
    h->holds = false;
}

/* The routing id of a ROUTER's message, or the topic of a SUB's. False: the
 * message ended here. */
static bool take_head(struct mv_sock *s, struct mv_wire *w)
{
    zmq_msg_t *m = msg(&w->held);
    size_t len = zmq_msg_size(m);
    if (s->kind == MV_SOCK_ROUTER) {
        w->route_len = (uint8_t)(len < MV_ROUTE_BYTES ? len : MV_ROUTE_BYTES);
        memcpy(w->route, zmq_msg_data(m), w->route_len);
    } else {
        len = len < sizeof w->topic - 1 ? len : sizeof w->topic - 1;
        memcpy(w->topic, zmq_msg_data(m), len);
        w->topic[len] = 0;
    }
    return zmq_msg_more(m) != 0;
}

/* Who sent it: set by our ZAP handler, which a peer cannot speak for. */
static void take_sender(struct mv_wire *w)
{
    zmq_msg_t *m = msg(&w->held);
    const char *user = zmq_msg_gets(m, "User-Id");
    size_t len = user != NULL ? strlen(user) : 0;
    if (len >= sizeof w->user)
        len = 0;
    memcpy(w->user, len > 0 ? user : "", len + 1);
    w->fd = zmq_msg_get(m, ZMQ_SRCFD);
}

/* Reads the rest of a message that has too many frames: a peer that sends
 * them must not leave half a message in front of the next one. */
static mv_rc read_to_end(struct mv_sock *s, struct mv_wire *w)
{
    while (zmq_msg_more(msg(&w->held))) {
        if (zmq_msg_recv(msg(&w->held), s->zmq, ZMQ_DONTWAIT) < 0)
            return failure() == MV_FATAL ? MV_FATAL : MV_POISON;
    }
    return MV_POISON;
}

mv_rc mv_sock_recv(struct mv_sock *s, struct mv_wire *w)
{
    bool headed = s->kind == MV_SOCK_ROUTER || s->kind == MV_SOCK_SUB;
    mv_held_done(&w->held);
    w->user[0] = 0;
    w->topic[0] = 0;
    w->route_len = 0;
    w->fd = -1;
    (void)zmq_msg_init(msg(&w->held));
    w->held.holds = true;
    mv_rc rc = MV_OK;
    if (zmq_msg_recv(msg(&w->held), s->zmq, ZMQ_DONTWAIT) < 0) {
        rc = failure();
    } else if (headed && !take_head(s, w)) {
        take_sender(w);
        rc = MV_POISON;
    } else if (headed &&
               zmq_msg_recv(msg(&w->held), s->zmq, ZMQ_DONTWAIT) < 0) {
        rc = failure();
    } else {
        take_sender(w);
        if (zmq_msg_more(msg(&w->held)))
            rc = read_to_end(s, w);
    }
    if (rc != MV_OK)
        mv_held_done(&w->held);
    w->body = mv_held_body(&w->held);
    return rc;
}

static mv_rc send_head(struct mv_sock *s, struct mv_span to)
{
    if (to.len > 0 &&
        zmq_send(s->zmq, to.at, to.len, ZMQ_DONTWAIT | ZMQ_SNDMORE) < 0)
        return failure();
    return MV_OK;
}

mv_rc mv_sock_send(struct mv_sock *s, struct mv_span to, struct mv_span body)
{
    mv_rc rc = send_head(s, to);
    if (rc == MV_OK && zmq_send(s->zmq, body.at, body.len, ZMQ_DONTWAIT) < 0)
        rc = failure();
    return rc;
}

mv_rc mv_sock_send_msg(struct mv_sock *s, struct mv_span to, void *message)
{
    mv_rc rc = send_head(s, to);
    if (rc == MV_OK && zmq_msg_send(message, s->zmq, ZMQ_DONTWAIT) < 0)
        rc = failure();
    return rc;
}

mv_rc mv_sock_send_frames(struct mv_sock *s, const struct mv_span *frames,
                          size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int flags = ZMQ_DONTWAIT | (i + 1 < count ? ZMQ_SNDMORE : 0);
        if (zmq_send(s->zmq, frames[i].at, frames[i].len, flags) < 0)
            return failure();
    }
    return MV_OK;
}

mv_rc mv_sock_recv_frames(struct mv_sock *s, struct mv_buf *frames, size_t max,
                          size_t *count)
{
    zmq_msg_t m;
    (void)zmq_msg_init(&m);
    bool more = true;
    mv_rc rc = MV_OK;
    *count = 0;
    while (more) {
        if (zmq_msg_recv(&m, s->zmq, ZMQ_DONTWAIT) < 0) {
            rc = failure();
            break;
        }
        if (*count < max) {
            mv_buf_clear(&frames[*count]);
            mv_buf_put(&frames[*count], zmq_msg_data(&m), zmq_msg_size(&m));
        }
        ++*count;
        more = zmq_msg_more(&m) != 0;
    }
    (void)zmq_msg_close(&m);
    return rc;
}

mv_rc mv_sock_poll(struct mv_poll *items, size_t count, int64_t wait_ms)
{
    zmq_pollitem_t z[POLL_MAX];
    MV_ASSERT(count <= POLL_MAX);
    for (size_t i = 0; i < count; i++) {
        z[i] =
            (zmq_pollitem_t){items[i].sock != NULL ? items[i].sock->zmq : NULL,
                             items[i].fd, ZMQ_POLLIN, 0};
        items[i].ready = false;
    }
    int n = zmq_poll(z, (int)count, (long)wait_ms);
    if (n < 0)
        return errno == EINTR ? MV_OK : MV_FATAL;
    for (size_t i = 0; i < count && n > 0; i++)
        items[i].ready = z[i].revents != 0;
    return MV_OK;
}
