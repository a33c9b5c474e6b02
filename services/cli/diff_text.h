/* diff_text - what differs between two catalogues, for people: what is new
 * and what is gone by kind, and of what changed only the part that did. */
#pragma once

#include "services/catalogue/diff.h"
#include "services/cli/cli.h"

/* On c->out. */
void cli_diff_show(struct cli *c, const struct mv_diff *diff);
/* One row's old and new value, short: of a list only the items that come and
 * go, of a long text only where it differs. Appends. */
void cli_diff_values(const struct cli *c, const struct mv_diff_row *row,
                     struct mv_buf *out);
