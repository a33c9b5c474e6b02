/* desk - what commands about statuses ask first: today, and the year meant. */
#pragma once

#include "services/cli/pages.h"

/* The evaluator's row of `state`, in s. */
int cli_state(struct cli_link *evaluator, struct cli_pages *s,
              struct mv_span *row);
/* Why the evaluator does not read the journal, by its own word; nothing if it
 * does. Says nothing. */
void cli_cut_off(struct cli *c, struct cli_link *evaluator, struct mv_buf *why);
/* --year, or the year of the installation's today; CLI_OK: *ret is set, 0 if
 * there is no today yet. */
int cli_year(struct cli *c, struct mv_span state, int64_t *ret);
