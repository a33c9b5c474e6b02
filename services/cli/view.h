/* view - the evaluator as it was: started for one report in a directory of
 * its own, asked as the one that lives, and gone with it. On this machine
 * only: it reads the journal with the installation's key. */
#pragma once

#include "services/cli/connect.h"

struct cli_view;

/* Has this key the right to one here? Says nothing. */
bool cli_view_may(struct cli *c);

/* as_of: the last day that is known of, or NULL: all that is. periods_to: a
 * day, figures of periods that end later are not in; or NULL. frozen: "year
 * 2024 ahus", a report whose rows are kept when it is frozen (verb `since`),
 * or NULL. The journal is read once. CLI_OK, or it has been said. */
int cli_view_open(struct cli *c, const char *as_of, const char *periods_to,
                  const char *frozen, struct cli_view **ret);
void cli_view_close(struct cli_view *v); /* takes NULL */

/* Its control door; borrowed. */
struct cli_link *cli_view_link(struct cli_view *v);
