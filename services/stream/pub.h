/* pub - the live socket: whoever may read hears each change as it happens, and
 * may miss some; numbers show it. Bound anew when the key of one who may
 * listen ends, because nothing else ends its connection. */
#pragma once

#include "services/base/sock/peers.h"

struct mv_pub;

MV_CHECKED mv_rc mv_pub_open(struct mv_pub **ret, struct mv_net *n,
                             const char *endpoint,
                             const struct mv_keypair *keys, struct mv_err *err);
void mv_pub_close(struct mv_pub *p); /* takes NULL */
const char *mv_pub_endpoint(const struct mv_pub *p);

/* Somebody is connected. */
bool mv_pub_heard(struct mv_pub *p);
/* True: handed to libzmq (not: received). False: bound anew just now. */
bool mv_pub_send(struct mv_pub *p, const char *topic, struct mv_span body);

/* A listener's key ended: close; mv_pub_step binds again, to the same port. */
void mv_pub_rebind(struct mv_pub *p);
/* Each turn: binds again, cuts who floods it with subscriptions. Returns true
 * if it wants to be called again within 20 ms: it is not bound, or heard. */
bool mv_pub_step(struct mv_pub *p, int64_t mono_ms);
/* Why it could not be bound again for a second or more; NULL: it is, or may
 * still be. */
const char *mv_pub_why(const struct mv_pub *p, int64_t mono_ms);
/* For the poll, though it never becomes readable: subscriptions are taken in
 * while one polls, not only when something is sent. NULL: it is not bound. */
struct mv_sock *mv_pub_sock(struct mv_pub *p);
void mv_pub_counts(const struct mv_pub *p, struct mv_peers_counts *ret);
