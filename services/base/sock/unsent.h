/* unsent - what was handed to libzmq and waits there, in bytes and by receiver:
 * libzmq's own mark counts messages, however large, and for each connection of
 * as many as a receiver likes to have. What a connection is sealing to write
 * next, one message, waits no more. */
#pragma once

#include "services/base/sock/sock.h"

struct mv_unsent;

/* most_bytes: of one receiver, whose name is MV_KEY_BYTES long. */
struct mv_unsent *mv_unsent_open(size_t most_bytes);
/* Takes NULL. What is under way still may be; it ends by itself. */
void mv_unsent_close(struct mv_unsent *u);

/* mv_sock_send to one of the receiver's connections. MV_AGAIN also: what waits
 * for the receiver and this would be more than most_bytes. If nothing waits it
 * is sent, however large. */
MV_CHECKED mv_rc mv_unsent_send(struct mv_unsent *u, const uint8_t *receiver,
                                struct mv_sock *s, struct mv_span to,
                                struct mv_span body);
/* Bytes that wait for the receiver now. */
size_t mv_unsent_bytes(const struct mv_unsent *u, const uint8_t *receiver);
