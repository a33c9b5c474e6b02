/* positions - what the loop keeps in the store for itself: how far upstreams
 * were read (table "positions": log -> seq, chain) and how far consumers are
 * (table "consumers": log, NUL, name -> done, seen). */
#pragma once

#include "services/stream/loop.h"

#define MV_TABLE_POSITIONS "positions"
#define MV_TABLE_CONSUMERS "consumers"

/* Both stay as they are if none is kept. */
void mv_position_load(struct mv_service *s, const char *log, uint64_t *seq,
                      uint8_t hash[MV_HASH_BYTES]);
/* In the transaction. */
void mv_position_put(struct mv_service *s, const char *log, uint64_t seq,
                     const uint8_t hash[MV_HASH_BYTES]);

/* At start, in a snapshot. */
void mv_consumers_load(struct mv_service *s);
/* In the transaction: the rows of those that were applied in it; those of
 * consumers that were forgotten go. */
void mv_consumers_stage(struct mv_service *s);
void mv_consumers_settle(struct mv_service *s, bool committed);
/* Some consumer said more, or was forgotten: a transaction is worth while (once
 * a second). */
bool mv_consumers_waiting(struct mv_service *s);
/* In the transaction, for all that said more: DONE inputs to the service for
 * queues of its own. What it was not told of is not written as done. */
void mv_consumers_apply(struct mv_service *s);
