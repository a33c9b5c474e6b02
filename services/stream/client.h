/* client - one request at a time to a service's control door, for programs
 * that may wait: the command line, tests. */
#pragma once

#include "proto/msg.h"
#include "services/base/sock/sock.h"

struct mv_client;

MV_CHECKED mv_rc mv_client_open(struct mv_client **ret, struct mv_net *n,
                                const char *endpoint, const uint8_t *server_key,
                                const struct mv_keypair *keys,
                                struct mv_err *err);
void mv_client_close(struct mv_client *c);

/* Called some times a second while an answer is waited for; NULL: not. ctx is
 * borrowed. */
void mv_client_on_wait(struct mv_client *c, void (*tick)(void *ctx), void *ctx);

/* args: one msgpack map, or empty. The reply is borrowed until the next call.
 * MV_AGAIN: nothing came in wait_ms (not there, or it does not know our key).
 * MV_POISON: not a reply. MV_FATAL: the context is gone. err says. A `rejected`
 * is MV_OK: look at result. */
MV_CHECKED mv_rc mv_client_ask(struct mv_client *c, const char *verb,
                               struct mv_span args, int64_t wait_ms,
                               struct mv_msg_reply *ret, struct mv_err *err);
/* Any frame, and the frame that comes next. */
MV_CHECKED mv_rc mv_client_frame(struct mv_client *c, struct mv_span frame,
                                 int64_t wait_ms, struct mv_span *ret,
                                 struct mv_err *err);
