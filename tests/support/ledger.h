/* ledger - a small user of store and log for the fault tests: each commit
 * appends records whose content follows from their number, and moves a row
 * with them. So any image of its store can be judged by itself. */
#pragma once

#include "services/stream/log.h"

struct ledger {
    struct mv_store *store;
    struct mv_log *log;
    struct mv_table rows;
};

mv_rc ledger_open(struct ledger *, const char *dir, struct mv_err *) MV_CHECKED;
void ledger_close(struct ledger *);
uint64_t ledger_head(const struct ledger *);
/* One transaction: `records` more, the row `head`, and a few rows that come
 * and go. Result of the commit. */
mv_rc ledger_step(struct ledger *, unsigned records,
                  struct mv_err *) MV_CHECKED;
/* NULL, or what is wrong: a record that is missing or another than was
 * appended, a broken chain, rows that are not those of the head. */
const char *ledger_judge(struct ledger *, struct mv_err *);
/* Does the record hold what was appended under its number? */
bool ledger_record_right(const struct mv_record *);
/* The value of the i-th coming and going row at head; false: none. */
bool ledger_row(uint64_t head, unsigned i, uint64_t *value);
enum { LEDGER_ROWS = 40 };
