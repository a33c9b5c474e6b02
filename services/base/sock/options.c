/* options - see options.h. Job: one table says what every kind of socket is
 * set to. Invariant: what is set is read back and equal, or the socket is not
 * used. A crash in the middle leaves nothing. */
#include "services/base/sock/options.h"

#include <errno.h>
#include <string.h>
#include <zmq.h>

#include "services/base/points.h"

/* A draft in zmq.h, honoured by the library: without it, and without a ZAP
 * handler, a CURVE server lets any key in. */
#ifndef ZMQ_ZAP_ENFORCE_DOMAIN
#define ZMQ_ZAP_ENFORCE_DOMAIN 93
#endif

enum kinds {
    ROUTER = 1 << MV_SOCK_ROUTER,
    DEALER = 1 << MV_SOCK_DEALER,
    PUB = 1 << MV_SOCK_PUB,
    SUB = 1 << MV_SOCK_SUB,
    PAIR = 1 << MV_SOCK_PAIR,
    ZAP = 1 << MV_SOCK_ZAP,
    REQ = 1 << MV_SOCK_REQ,
    SERVERS = ROUTER | PUB,
    CLIENTS = DEALER | SUB,
    REMOTE = SERVERS | CLIENTS,
    ALL = REMOTE | PAIR | ZAP | REQ,
};

struct option {
    unsigned kinds;
    int name, value;
    const char *text;
};

/* Servers send no heartbeats of libzmq's: 4.3.4 ends the process when one is
 * due on a connection that is gone and from which something was not taken in
 * yet, as more waited than the mark allows (assertion !_io_error). Who connects
 * sends them, with a TTL that frees its connection when it falls silent; of
 * the others the kernel asks the silent ones, and a ROUTER's peer is gone after
 * 30 s: KEEPALIVE while nothing is under way, MAXRT while something is.
 * HEARTBEAT_TTL is kept by libzmq in tenths of a second. A ROUTER's send mark
 * is twice the 256 answers that a sender may wait for: libzmq learns of what
 * was taken only half a mark later, and drops answers until then. */
static const struct option options[] = {
    {ALL & ~(unsigned)PUB, ZMQ_LINGER, 2000, "LINGER"},
    {PUB, ZMQ_LINGER, 0, "LINGER"},
    {ALL & ~(unsigned)ROUTER, ZMQ_SNDHWM, 256, "SNDHWM"},
    {ROUTER, ZMQ_SNDHWM, 512, "SNDHWM"},
    {ALL, ZMQ_RCVHWM, 256, "RCVHWM"},
    {REMOTE, ZMQ_HANDSHAKE_IVL, 3000, "HANDSHAKE_IVL"},
    {CLIENTS, ZMQ_HEARTBEAT_IVL, 5000, "HEARTBEAT_IVL"},
    {SERVERS, ZMQ_HEARTBEAT_IVL, 0, "HEARTBEAT_IVL"},
    {REMOTE, ZMQ_HEARTBEAT_TIMEOUT, 10000, "HEARTBEAT_TIMEOUT"},
    {REMOTE, ZMQ_HEARTBEAT_TTL, 20000, "HEARTBEAT_TTL"},
    {REMOTE, ZMQ_TCP_KEEPALIVE, 1, "TCP_KEEPALIVE"},
    {REMOTE & ~(unsigned)ROUTER, ZMQ_TCP_KEEPALIVE_IDLE, 60, "KEEPALIVE_IDLE"},
    {ROUTER, ZMQ_TCP_KEEPALIVE_IDLE, 20, "KEEPALIVE_IDLE"},
    {REMOTE & ~(unsigned)ROUTER, ZMQ_TCP_KEEPALIVE_INTVL, 10,
     "KEEPALIVE_INTVL"},
    {ROUTER, ZMQ_TCP_KEEPALIVE_INTVL, 5, "KEEPALIVE_INTVL"},
    {REMOTE & ~(unsigned)ROUTER, ZMQ_TCP_KEEPALIVE_CNT, 6, "KEEPALIVE_CNT"},
    {ROUTER, ZMQ_TCP_KEEPALIVE_CNT, 2, "KEEPALIVE_CNT"},
    {ROUTER, ZMQ_TCP_MAXRT, 30000, "TCP_MAXRT"},
    {REMOTE, ZMQ_IPV6, 1, "IPV6"},
    {DEALER, ZMQ_IMMEDIATE, 1, "IMMEDIATE"},
    {REMOTE, ZMQ_RECONNECT_IVL, 100, "RECONNECT_IVL"},
    {REMOTE, ZMQ_RECONNECT_IVL_MAX, 10000, "RECONNECT_IVL_MAX"},
    {SERVERS, ZMQ_BACKLOG, 1024, "BACKLOG"},
};

int mv_sock_type(mv_sock_kind kind)
{
    switch (kind) {
    case MV_SOCK_ROUTER:
        return ZMQ_ROUTER;
    case MV_SOCK_DEALER:
        return ZMQ_DEALER;
    case MV_SOCK_PUB:
        return ZMQ_PUB;
    case MV_SOCK_SUB:
        return ZMQ_SUB;
    case MV_SOCK_ZAP:
        return ZMQ_REP;
    case MV_SOCK_REQ:
        return ZMQ_REQ;
    case MV_SOCK_PAIR:
        break;
    }
    return ZMQ_PAIR;
}

/* Sets and reads back bytes. libzmq wants room of exactly a number's size,
 * and for a text one byte more at least: it comes back with its NUL. */
static mv_rc prove(void *zmq, int name, const void *value, size_t len,
                   const char *text, struct mv_err *err)
{
    uint8_t back[256];
    size_t back_len = name == ZMQ_ZAP_DOMAIN ? len + 1 : len;
    MV_ASSERT(back_len <= sizeof back);
    if (zmq_setsockopt(zmq, name, value, len) != 0)
        return mv_fail(err, MV_CONFIG, "cannot set %s: %s", text,
                       zmq_strerror(errno));
    if (zmq_getsockopt(zmq, name, back, &back_len) != 0)
        return mv_fail(err, MV_CONFIG, "cannot read %s: %s", text,
                       zmq_strerror(errno));
    if (back_len < len || memcmp(back, value, len) != 0)
        return mv_fail(err, MV_CONFIG, "%s does not hold what was set", text);
    return MV_OK;
}

static mv_rc prove_int(void *zmq, int name, int value, const char *text,
                       struct mv_err *err)
{
    return prove(zmq, name, &value, sizeof value, text, err);
}

static mv_rc set_keys(void *zmq, const struct mv_sock_options *o,
                      struct mv_err *err)
{
    mv_rc rc = MV_OK;
    MV_ASSERT(o->keys != NULL);
    MV_TRY(prove(zmq, ZMQ_CURVE_SECRETKEY, o->keys->secret_key, MV_KEY_BYTES,
                 "CURVE_SECRETKEY", err));
    if (o->server_key != NULL) {
        MV_TRY(prove(zmq, ZMQ_CURVE_PUBLICKEY, o->keys->public_key,
                     MV_KEY_BYTES, "CURVE_PUBLICKEY", err));
        MV_TRY(prove(zmq, ZMQ_CURVE_SERVERKEY, o->server_key, MV_KEY_BYTES,
                     "CURVE_SERVERKEY", err));
        goto out;
    }
    const char *domain =
        o->kind == MV_SOCK_PUB ? MV_DOMAIN_LIVE : MV_DOMAIN_DOOR;
    MV_TRY(
        prove(zmq, ZMQ_ZAP_DOMAIN, domain, strlen(domain), "ZAP_DOMAIN", err));
    MV_TRY(
        prove_int(zmq, ZMQ_ZAP_ENFORCE_DOMAIN, 1, "ZAP_ENFORCE_DOMAIN", err));
out:
    return rc;
}

/* ROUTER_MANDATORY cannot be read: a message to nobody must be refused. Nor
 * can ROUTER_HANDOVER: with it, whoever comes under another's routing id gets
 * the answers that the other waits for. */
static mv_rc set_router(void *zmq, struct mv_err *err)
{
    int on = 1, over = MV_BROKEN("handover") ? 1 : 0;
    if (zmq_setsockopt(zmq, ZMQ_ROUTER_MANDATORY, &on, sizeof on) != 0)
        return mv_fail(err, MV_CONFIG, "cannot set ROUTER_MANDATORY: %s",
                       zmq_strerror(errno));
    if (zmq_setsockopt(zmq, ZMQ_ROUTER_HANDOVER, &over, sizeof over) != 0)
        return mv_fail(err, MV_CONFIG, "cannot set ROUTER_HANDOVER: %s",
                       zmq_strerror(errno));
    if (zmq_send(zmq, "nobody", 6, ZMQ_DONTWAIT | ZMQ_SNDMORE) >= 0 ||
        errno != EHOSTUNREACH)
        return mv_fail(err, MV_CONFIG, "ROUTER_MANDATORY does not hold");
    return MV_OK;
}

mv_rc mv_sock_options_set(void *zmq, const struct mv_sock_options *o,
                          struct mv_err *err)
{
    mv_rc rc = MV_OK;
    unsigned kind = 1u << o->kind;
    int64_t max_bytes = (int64_t)o->max_bytes;
    MV_ASSERT((kind & REMOTE) == 0 || o->max_bytes > 0);
    MV_ASSERT((kind & SERVERS) == 0 || o->server_key == NULL);
    MV_ASSERT((kind & CLIENTS) == 0 || o->server_key != NULL);
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        const struct option *row = &options[i];
        if ((row->kinds & kind) != 0)
            MV_TRY(prove_int(zmq, row->name, row->value, row->text, err));
    }
    if ((kind & REMOTE) != 0) {
        MV_TRY(prove(zmq, ZMQ_MAXMSGSIZE, &max_bytes, sizeof max_bytes,
                     "MAXMSGSIZE", err));
        MV_TRY(set_keys(zmq, o, err));
    }
    /* last: it reads back as 1 only if the mechanism is CURVE and we serve */
    if ((kind & SERVERS) != 0)
        MV_TRY(prove_int(zmq, ZMQ_CURVE_SERVER, 1, "CURVE_SERVER", err));
    if (o->kind == MV_SOCK_ROUTER)
        MV_TRY(set_router(zmq, err));
    if (o->route_len > 0)
        MV_TRY(prove(zmq, ZMQ_ROUTING_ID, o->route, o->route_len, "ROUTING_ID",
                     err));
out:
    return rc;
}
