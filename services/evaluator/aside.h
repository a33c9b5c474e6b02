/* aside - the records that have no effect: those that could not be applied
 * (poison), and those that an operator let pass (skips). Skips outlive a
 * rebuild: with the journal they are all that the state depends on. */
#pragma once

#include "services/evaluator/book.h"

#define EVALUATOR_REASON_BYTES 4000u /* as a skip's reason on the wire */

/* In the open transaction. */
void evaluator_aside_put(const struct evaluator_book *b, uint64_t seq,
                         const char *reason);

/* The operator's reason and name; reason may hold any text. False: it is
 * skipped already. */
bool evaluator_skip_put(const struct evaluator_book *b, uint64_t seq,
                        struct mv_span reason, const char *by);
/* Is this record to be let pass? */
bool evaluator_skip_has(const struct evaluator_book *b, uint64_t seq);

/* Rows {seq, kind, reason, by?} from seq on, poison and skips in order,
 * appended; at most max. *next: where to go on, 0: that was all. */
uint32_t evaluator_aside_rows(const struct evaluator_book *b, uint64_t from,
                              uint32_t max, struct mv_buf *out, uint64_t *next);
