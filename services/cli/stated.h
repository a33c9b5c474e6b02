/* stated - what persons have said of a status: an assessment, a hold, due
 * dates met or given up; in short for a table, in full for `explain`. */
#pragma once

#include "services/cli/rows.h"

/* What there is of it in a row of `status`, for the column why: "under
 * retting til ...", "vurdert av ...", each due date. Appends, with "; " between
 * and in front if out is not empty. */
void cli_stated_why(const struct cli *c, struct mv_span row,
                    struct mv_buf *out);
/* The due dates of a commission's row alone: each as it stands, what it is of,
 * where it was moved from, and of one that is closed why and by whom. */
void cli_stated_dates(const struct cli *c, struct mv_span row,
                      struct mv_buf *out);
/* Of a row that is held: until when and by whom, in full also why; nothing of
 * another. Appends, with "; " in front if out is not empty. */
void cli_stated_held(const struct cli *c, struct mv_span row, bool full,
                     struct mv_buf *out);
/* The list `holds` in sentences, with the journal record of each. */
void cli_stated_holds(struct cli *c, struct mv_span holds);
/* Why an assessment of that status does not decide the row of `status`, or the
 * judgement: "figures" or "worst" (as the rule's `decides` says), "dates" (of
 * a commission's judgement: decides is empty), "report_only",
 * "under_development", "held"; static. A sentence of it is appended. NULL: it
 * decides, or figures give the same. */
const char *cli_stated_beside(const struct cli *c, struct mv_span decides,
                              struct mv_span status, struct mv_span row,
                              struct mv_buf *out);
/* The assessment of a judgement, in sentences, and why it does not decide, by
 * the rule's `decides`; nothing if there is none. */
void cli_stated_show(struct cli *c, struct mv_span decides,
                     struct mv_span judgement);
/* The due dates of a commission as a table; nothing if there are none. */
void cli_stated_dues(struct cli *c, struct mv_span dues);
