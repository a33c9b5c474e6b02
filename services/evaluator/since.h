/* since - what a view keeps of a report that is frozen while it reads: the
 * report's rows as they were then, and each figure that came to count
 * afterwards. So that a frozen report lists what was corrected since from one
 * reading of the journal. Memory of a view: gone with it. */
#pragma once

#include "services/evaluator/verbs.h"

#define EVALUATOR_SINCE_UNITS 16u /* reports kept, a unit each */
/* Of all of them together: some 640,000 figures that came since. */
#define EVALUATOR_SINCE_BYTES (64u << 20)

struct evaluator_since;

/* text: "year 2024", "half-year 2023 ahus": of that unit, else of the first
 * that are frozen. Of all that is kept it holds so many bytes; the report that
 * goes beyond is let go, and asking for it is refused. MV_CONFIG: neither. */
MV_CHECKED mv_rc evaluator_since_open(struct evaluator_since **ret,
                                      const char *text, size_t bytes,
                                      struct mv_err *err);
void evaluator_since_close(struct evaluator_since *s); /* takes NULL */

/* Before a record's figures are applied: what they will displace. */
void evaluator_since_before(struct evaluator_since *s,
                            const struct evaluator *e);
/* After each record, in its transaction: a freeze of that report begins it
 * anew for its unit; any other adds its figures. */
void evaluator_since_take(struct evaluator_since *s, struct evaluator *e,
                          const struct mv_record *record);

/* The verb `since`: rows of what was kept for `unit`. */
MV_CHECKED mv_rc evaluator_ask_since(struct evaluator *e, struct mv_span args,
                                     struct evaluator_page *page,
                                     struct evaluator_refusal *no);
