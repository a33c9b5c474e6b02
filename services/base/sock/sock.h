/* sock - the only door to libzmq. One factory sets every option of a socket
 * and reads it back before the socket is used; a difference ends the start.
 * Nothing here blocks: receiving and sending say MV_AGAIN. */
#pragma once

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "services/base/buf.h"
#include "services/base/err.h"
#include "services/base/sock/curve.h"

#define MV_ROUTE_BYTES    255
#define MV_ENDPOINT_BYTES 128
#define MV_USER_BYTES     72 /* a User-Id: 64 hex digits, and NUL */
/* ZAP domains: a door checks each message's key; what a PUB sends cannot be
 * checked any more, so its role is asked for at the handshake. */
#define MV_DOMAIN_DOOR "maalvakt"
#define MV_DOMAIN_LIVE "maalvakt-live"

/* One per process, never across fork. Closing waits for its sockets' linger
 * (2 s at most). */
struct mv_net;
MV_CHECKED mv_rc mv_net_open(struct mv_net **ret, struct mv_err *err);
void mv_net_close(struct mv_net *n);

struct mv_sock; /* one socket, used by one thread */

typedef enum mv_sock_kind {
    MV_SOCK_ROUTER, /* a server's door */
    MV_SOCK_DEALER, /* its client */
    MV_SOCK_PUB,    /* a server that may lose */
    MV_SOCK_SUB,    /* its client */
    MV_SOCK_PAIR,   /* inproc, between two threads; no keys */
    MV_SOCK_ZAP,    /* inproc, answers handshakes (REP) */
    MV_SOCK_REQ,    /* inproc, asks the ZAP handler (self-test) */
} mv_sock_kind;

struct mv_sock_options {
    mv_sock_kind kind;
    const char *name;              /* in error text; borrowed */
    size_t max_bytes;              /* of one frame in (ZMQ_MAXMSGSIZE) */
    const struct mv_keypair *keys; /* own; NULL for inproc */
    const uint8_t *server_key;     /* clients: 32 bytes; NULL: a server */
    const uint8_t *route;          /* DEALER: routing id of its choice; */
    size_t route_len;              /* 0: the server makes one. For tests */
};

/* Sets and reads back: LINGER, MAXMSGSIZE, SNDHWM, RCVHWM, HANDSHAKE_IVL,
 * HEARTBEAT_IVL/TIMEOUT/TTL, TCP_KEEPALIVE*, TCP_MAXRT, IPV6, IMMEDIATE,
 * ROUTER_MANDATORY, RECONNECT_IVL/_MAX, CURVE_*, ZAP_DOMAIN,
 * ZAP_ENFORCE_DOMAIN. MV_CONFIG. */
MV_CHECKED mv_rc mv_sock_open(struct mv_sock **ret, struct mv_net *n,
                              const struct mv_sock_options *o,
                              struct mv_err *err);
void mv_sock_close(struct mv_sock *s);

/* MV_CONFIG: port in use, not an address. Port 0: see mv_sock_endpoint. */
MV_CHECKED mv_rc mv_sock_bind(struct mv_sock *s, const char *endpoint,
                              struct mv_err *err);
MV_CHECKED mv_rc mv_sock_connect(struct mv_sock *s, const char *endpoint,
                                 struct mv_err *err);
/* What was bound, with its port; borrowed. "" before. */
const char *mv_sock_endpoint(const struct mv_sock *s);
/* SUB only: topics that begin so. */
void mv_sock_subscribe(struct mv_sock *s, const char *topic);

/* libzmq's message with its bytes; zero it first, mv_held_done ends it. */
struct mv_held {
    alignas(8) unsigned char at[64];
    bool holds;
};
struct mv_span mv_held_body(struct mv_held *h); /* moves with the struct */
void mv_held_take(struct mv_held *to, struct mv_held *from);
void mv_held_done(struct mv_held *h);

/* A message as received; zero it first, mv_held_done(&w->held) ends it. body
 * is its only frame (SUB: the second one, topic the first). */
struct mv_wire {
    struct mv_held held;
    struct mv_span body;
    char topic[MV_ENDPOINT_BYTES * 2];
    uint8_t route[MV_ROUTE_BYTES];
    uint8_t route_len;
    int fd;                   /* the connection it came by, -1 unknown */
    char user[MV_USER_BYTES]; /* User-Id set by our ZAP handler, or "" */
};

/* MV_OK; MV_AGAIN: nothing there; MV_POISON: not one frame (after the
 * routing id, after the topic): read to its end, thrown away; route and user
 * are set. MV_FATAL: the context is gone. */
MV_CHECKED mv_rc mv_sock_recv(struct mv_sock *s, struct mv_wire *w);

/* Sends one frame to a route (ROUTER), or behind a topic (PUB), or as it is
 * (both empty), never waiting. The bytes are copied. MV_AGAIN: dropped, the
 * peer is gone or does not read. MV_FATAL: the context is gone. */
MV_CHECKED mv_rc mv_sock_send(struct mv_sock *s, struct mv_span to,
                              struct mv_span body);

/* Several frames as they are (ZAP, REQ). At most `max` frames in, each copied
 * into its buffer; *count is how many there were. */
MV_CHECKED mv_rc mv_sock_send_frames(struct mv_sock *s,
                                     const struct mv_span *frames,
                                     size_t count);
MV_CHECKED mv_rc mv_sock_recv_frames(struct mv_sock *s, struct mv_buf *frames,
                                     size_t max, size_t *count);

/* One thing to wait for: a socket, or a file descriptor if sock is NULL. */
struct mv_poll {
    struct mv_sock *sock;
    int fd;
    bool ready; /* out */
};
/* Waits until one is readable or wait_ms passed (-1: for ever; EINTR ends the
 * wait early with none ready). MV_FATAL: the context is gone. */
MV_CHECKED mv_rc mv_sock_poll(struct mv_poll *items, size_t count,
                              int64_t wait_ms);
