/* explain_text - rows of the evaluator's verb `explain` in plain words: the
 * status and why, each criterion, every figure behind it, and the records of
 * the journal that brought them. */
#pragma once

#include "services/cli/source.h"

/* For people. source says who sent what and when; it may know nothing. */
void cli_explain_show(struct cli *c, const struct cli_pages *rows,
                      struct cli_source *source);
/* For programs: the rows; figures with their note; and a row for each record
 * of the journal. */
void cli_explain_json(struct cli *c, const struct cli_pages *rows,
                      struct cli_source *source);
