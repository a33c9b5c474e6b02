/* conf_value - one setting: its text, its bounds, its place in the caller's
 * struct. Used by conf only. */
#pragma once

#include "services/base/conf.h"

/* Reads text by the key's kind and bounds, and stores it; what was there is
 * freed. MV_CONFIG says what is wrong, without the key's name; then nothing
 * changed. */
MV_CHECKED mv_rc mv_conf_value_set(const struct mv_conf_key *key,
                                   const char *text, void *values,
                                   struct mv_err *err);

/* Appends "A time from 10 ms to 5 min" and the like. */
void mv_conf_value_bounds(const struct mv_conf_key *key, struct mv_buf *out);

/* Frees what the value holds and zeroes it. */
void mv_conf_value_done(const struct mv_conf_key *key, void *values);
