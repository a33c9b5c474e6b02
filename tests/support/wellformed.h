/* wellformed - msgpack-c's word on bytes that our cursor let through: a
 * second reader that shares nothing with it. */
#pragma once

#include "proto/msg.h"

/* True if msgpack-c reads exactly one value and no byte is left. Only for
 * bytes that passed mv_cursor_check: it has no limits of its own. */
bool test_wellformed(struct mv_span bytes);

/* Decodes as the message given; if that is good, it is well-formed for
 * msgpack-c too, and decode(encode(decode(x))) gives the same bytes again.
 * False: refused, with a code. */
bool test_round_trip(mv_msg_id id, struct mv_span bytes);
