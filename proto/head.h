/* head - what every message begins with: v and type. */
#pragma once

#include "proto/cursor.h"

/* The value of a key of the outermost map; NULL when it is not there. */
const struct mv_span *mv_entries_find(const struct mv_entries *,
                                      const char *key);

/* A map, with the version served and a type that is text. Looks at nothing
 * else. bytes: the whole, for the offset in the fault. */
bool mv_head_check(struct mv_span bytes, const struct mv_entries *,
                   struct mv_span *type, struct mv_fault *fault);

/* The value at which the fault was found, where its sentence tells it: a
 * number is written to digits. Empty: it tells none. bytes: the whole. */
struct mv_span mv_fault_value(struct mv_span bytes, const struct mv_fault *,
                              char digits[24]);
