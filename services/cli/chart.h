/* chart - the curve of one series against its target, as SVG for a page: by
 * period where there are three values or more, else by year. What becomes a
 * year's number by being added is added up within each year, without what is
 * not in, and its target is drawn over what it is for of its year. It reads
 * in black and white: the target is dashed, the status a sign and a word, what
 * is not all in hollow and said to be so. */
#pragma once

#include "services/cli/report.h"

/* Is there a value to draw? */
bool cli_chart_has(struct mv_span series);

/* Appends one <svg>. line: its series, limit and status; number: of the
 * chart in the page, for ids. */
void cli_chart_svg(const struct cli *c, const struct cli_report_line *line,
                   unsigned number, struct mv_buf *out);
