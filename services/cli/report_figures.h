/* report_figures - of a report that was frozen: each figure that came since,
 * before and after, by whom and when; the lines that it moved are in
 * report_since. */
#pragma once

#include "services/cli/report_since.h"

#define CLI_FIGURES_SHOWN 50u /* on a page; a sheet and JSON have all */

/* Walks the report's rows of `since` (cli_pages_walk) to the next figure.
 * False: that was all. */
bool cli_report_figure_next(struct mv_list *l, struct mv_span *row);
uint32_t cli_report_figures(const struct cli_report *r);

/* Zero-initialise; cli_report_figure_done. */
struct cli_report_figure {
    struct mv_buf what, unit, period, was, now, cause;
};
void cli_report_figure_put(const struct cli *c, const struct cli_report *r,
                           struct mv_span row, struct cli_report_figure *ret);
/* What is to be said of one side, `was` or `now`, beside or instead of its
 * number: suppressed, withdrawn, a flag. Appends. */
void cli_report_figure_note(const struct cli *c, struct mv_span row,
                            const char *key, struct mv_buf *out);
void cli_report_figure_done(struct cli_report_figure *f);
/* "50 av 173 er vist ...", where not all are shown. Appends. */
void cli_report_figures_more(const struct cli *c, const struct cli_report *r,
                             struct mv_buf *out);
