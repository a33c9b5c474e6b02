/* quota - rows a second and bytes a day of each key. In memory: a restart
 * starts anew, which is to the sender's good and bounded by the restart. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define MV_QUOTA_KEYS 4096

struct mv_quota;

/* 0: no limit. */
struct mv_quota *mv_quota_open(int64_t rows_per_second, int64_t bytes_per_day);
void mv_quota_close(struct mv_quota *quota); /* takes NULL */

/* Takes a delivery's share, or takes nothing and says after how long to try
 * again. A delivery larger than a whole second's rows passes on a full
 * second. mono_ms: the monotonic clock; day: the local day. */
bool mv_quota_take(struct mv_quota *quota, const char *key_name, uint32_t rows,
                   uint64_t bytes, int64_t mono_ms, int32_t day,
                   int64_t *after_ms);

/* After commit or abort: what was taken since the last call is gone, or is
 * given back. */
void mv_quota_settled(struct mv_quota *quota, bool committed);
