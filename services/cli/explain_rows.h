/* explain_rows - the tables of `maalvakt explain`: criteria, figures, the
 * records behind them. */
#pragma once

#include "services/cli/source.h"

void cli_explain_criteria(struct cli *c, const struct cli_pages *rows);
void cli_explain_figures(struct cli *c, const struct cli_pages *rows,
                         struct cli_source *source);
void cli_explain_records(struct cli *c, const struct cli_pages *rows,
                         struct cli_source *source);
/* Numbers of the journal records behind the figures and the status, each
 * once, rising; the caller frees. */
uint64_t *cli_explain_seqs(const struct cli_pages *rows, size_t *count);
