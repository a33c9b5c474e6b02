/* desk - what commands about statuses ask first: today, and the year meant. */
#pragma once

#include "services/cli/pages.h"

/* The evaluator's row of `state`, in s. */
int cli_state(struct cli_link *evaluator, struct cli_pages *s,
              struct mv_span *row);
/* --year, or the year of the installation's today; CLI_OK: *ret is set, 0 if
 * there is no today yet. */
int cli_year(struct cli *c, struct mv_span state, int64_t *ret);
