/* explain_weights - the numbers between a status and its figures: each term
 * of the criteria, and how much each unit below weighs in a roll-up. */
#pragma once

#include "services/cli/source.h"

/* rows of the evaluator's `explain`; nothing is printed where there are no
 * such rows. */
void cli_explain_terms(struct cli *c, const struct cli_pages *rows);
/* The heaviest first. */
void cli_explain_weights(struct cli *c, const struct cli_pages *rows);
