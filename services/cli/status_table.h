/* status_table - rows of the evaluator's verb `status` as a table for people:
 * by target in the catalogue's order, then the counts. */
#pragma once

#include "services/cli/source.h"
#include "services/cli/table.h"

struct cli_status_counts {
    uint64_t green, yellow, red, none;
};

/* Which statuses are asked for: --red --yellow --green --none; none given:
 * all. The options stand in the command's table. */
bool cli_status_wanted(const struct cli *c, struct mv_span row);

/* Prints the wanted rows; source says since when, and may be NULL. */
void cli_status_show(struct cli *c, const struct cli_pages *rows,
                     struct cli_source *source, struct cli_status_counts *ret);
/* "6 statuses: 1 green, ..." on a line of its own. */
void cli_status_summary(struct cli *c, const struct cli_status_counts *counts);
/* Why a row is none, what it lacks (periods, parts, units), and whether it is
 * preliminary; of a commission only that it is not assessed. To an empty
 * buffer. */
void cli_status_why(const struct cli *c, struct mv_span row,
                    struct mv_buf *out);
