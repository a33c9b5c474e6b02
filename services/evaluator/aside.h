/* aside - the records that have no effect: those that could not be applied
 * (poison), and those that an operator let pass (skips). Skips outlive a
 * rebuild: with the journal they are all that the state depends on. */
#pragma once

#include "services/evaluator/book.h"
#include "services/stream/log.h"

#define EVALUATOR_REASON_BYTES 4000u /* as a skip's reason on the wire */

/* In the open transaction. */
void evaluator_aside_put(const struct evaluator_book *b, uint64_t seq,
                         const char *reason);

/* In the open transaction. The operator's reason and name; reason may hold
 * any text. chain: of the record, so that after a restore to another history
 * it lets no other record pass; all zero: of the first that it lets pass.
 * False: it is skipped already. */
bool evaluator_skip_put(const struct evaluator_book *b, uint64_t seq,
                        const uint8_t chain[MV_HASH_BYTES],
                        struct mv_span reason, const char *by);
/* In the open transaction: is this record to be let pass? */
bool evaluator_skip_holds(const struct evaluator_book *b,
                          const struct mv_record *record);

/* Rows {seq, kind, reason, by?} from seq on, poison and skips in order,
 * appended; at most max, but both of one record. *next: where to go on, 0:
 * that was all. */
uint32_t evaluator_aside_rows(const struct evaluator_book *b, uint64_t from,
                              uint32_t max, struct mv_buf *out, uint64_t *next);
