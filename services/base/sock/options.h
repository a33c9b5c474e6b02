/* options - the socket options and the like, inside services/base/sock only. */
#pragma once

#include "services/base/sock/sock.h"

/* libzmq's type of a kind. */
int mv_sock_type(mv_sock_kind kind);

/* Sets every option that belongs to the kind, reads each back, and proves by
 * trying what libzmq does not let one read (ROUTER_MANDATORY). MV_CONFIG
 * names the option. Before bind and connect. */
MV_CHECKED mv_rc mv_sock_options_set(void *zmq, const struct mv_sock_options *o,
                                     struct mv_err *err);

/* mv_sock_send of a zmq_msg_t; it is still the caller's unless MV_OK. */
MV_CHECKED mv_rc mv_sock_send_msg(struct mv_sock *s, struct mv_span to,
                                  void *message);

/* libzmq's own handle, for the rest of the folder. */
void *mv_sock_zmq(struct mv_sock *s);
