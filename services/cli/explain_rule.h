/* explain_rule - what a target asks, in words: its criteria, how they become
 * a colour, how its indicators add up, what is assumed. */
#pragma once

#include "services/cli/source.h"

/* rows of the evaluator's `explain`. Nothing is said where no figures are
 * asked for. */
void cli_explain_rule(struct cli *c, const struct cli_pages *rows);
/* The target's own row, or empty; borrowed. */
struct mv_span cli_explain_the_rule(const struct cli_pages *rows);
/* "3" of recent(3); of another forecast nothing. Appends. */
void cli_explain_recent(struct mv_span forecast, struct mv_buf *out);
/* The row of one indicator, or empty; borrowed. */
struct mv_span cli_explain_indicator(const struct cli_pages *rows,
                                     struct mv_span id);
