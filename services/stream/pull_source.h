/* pull_source - anything that is pulled by number: a log, or a queue of
 * notices. Numbers are gapless from first to head. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "services/base/buf.h"
#include "services/base/err.h"

struct mv_pull_source {
    void *ctx;
    /* The lowest number that can be read, and the last one; head is
     * first - 1 while it is empty. */
    uint64_t (*first)(void *ctx);
    uint64_t (*head)(void *ctx);
    /* All below is known to be done, as it keeps books of its own; or NULL:
     * the highest that the consumer ever said. */
    uint64_t (*done)(void *ctx);
    /* The chain after `seq`; of first - 1 the genesis. A queue has its genesis
     * at every number. False: there is no such number. */
    bool (*hash_at)(void *ctx, uint64_t seq, uint8_t hash[32]);
    /* The bytes of one, borrowed until the next call. MV_POISON: damaged. */
    mv_rc (*read)(void *ctx, uint64_t seq, struct mv_span *bytes,
                  struct mv_err *err);
    /* In a snapshot it says what is committed alone, also amid the write
     * transaction. */
    bool steady;
    /* All up to seq left in a page; or NULL: it keeps no books of that. */
    void (*given)(void *ctx, uint64_t seq);
};
