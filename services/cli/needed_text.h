/* needed_text - what the periods that remain must become, in words: so that
 * whoever pushes just that sees it hold. */
#pragma once

#include "services/cli/phrase.h"
#include "services/cli/table.h"

/* One sentence, or none, of a `change`. */
void cli_needed_say(struct cli *c, struct mv_span change);

/* "≥ 76,2 %" of a `criterion`; f: how its numbers are shown. */
void cli_needed_cell(const struct cli *c, struct cli_table *t,
                     const struct cli_shown *f, struct mv_span criterion);
