/* change_line - one change of the changes log as one line. */
#pragma once

#include "services/cli/rows.h"

/* What happened around it. */
struct cli_happening {
    int64_t received_ms;
    uint64_t group; /* its number in the changes log */
    struct mv_span cause;
};
/* Time, sign and word, unit, target, value against limit, what it was before,
 * and the cause; the title is cut to the terminal's width, and what does not
 * fit beside it comes on a line of its own. */
void cli_change_show(struct cli *c, const struct cli_happening *h,
                     struct mv_span change);
void cli_change_json(struct cli *c, const struct cli_happening *h,
                     struct mv_span change);
