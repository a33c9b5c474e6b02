/* report_words - what all writers of a report say alike: its title, where it
 * comes from, each line's numbers in words. Text is appended, unescaped. */
#pragma once

#include "services/cli/numbers.h"
#include "services/cli/report.h"

void cli_report_title(const struct cli *c, const struct cli_report *r,
                      struct mv_buf *out);
/* When it was drawn: the one sentence that is another when it is drawn
 * again. */
void cli_report_drawn(const struct cli *c, const struct cli_report *r,
                      struct mv_buf *out);
/* The journal record that it was drawn from, its hash, and the day then. */
void cli_report_source(const struct cli *c, const struct cli_report *r,
                       struct mv_buf *out);
/* "39 krav: 21 grønn, ..." */
void cli_report_counts(const struct cli *c, const struct cli_report *r,
                       struct mv_buf *out);
/* The half-year report's words for a status, and of a held one why. */
void cli_report_sentence(const struct cli *c, struct mv_span row,
                         struct mv_buf *out);
/* The same, and beside them what cli_report_why says: for who has no column
 * of that. */
void cli_report_verdict(const struct cli *c, struct mv_span row,
                        struct mv_buf *out);
/* What `status` says of why, and of what a colour lacks and rests on. To an
 * empty buffer, as the next. */
void cli_report_rests(const struct cli *c, struct mv_span row,
                      struct mv_buf *out);
/* The same, and of a held one who holds it, and why. */
void cli_report_why(const struct cli *c, struct mv_span row,
                    struct mv_buf *out);
/* "6 grønn, 5 rød (Ahus, Telemark)" of the units below; nothing of none. */
void cli_report_below(const struct cli *c, const struct cli_report_item *item,
                      struct mv_buf *out);
/* "2024: 392, enhetene under gir 387 (...)": where own figures count and those
 * below are others; nothing of what agrees. */
void cli_report_differs(const struct cli *c, const struct cli_report *r,
                        const struct cli_report_item *item, struct mv_buf *out);
/* The assessment in a status' row: "gul: why (who, when)". */
void cli_report_assessed(const struct cli *c, struct mv_span row,
                         struct mv_buf *out);

/* A line's cells. Zero-initialise; cli_report_cells_done. */
struct cli_report_cells {
    struct mv_buf what;  /* the member, or what is measured */
    struct mv_buf level; /* "278 → 279": the values that a growth is of */
    struct mv_buf value, last, limit, margin, lowest, highest, trend, why;
};
void cli_report_cells(const struct cli *c, const struct cli_report_line *line,
                      struct cli_report_cells *ret);
void cli_report_cells_done(struct cli_report_cells *cells);

/* Last year's value of a series: over the same stretch, else the whole. */
struct mv_span cli_report_before(struct mv_span series);
/* This year's and last year's number as they stand in one line, if that is of
 * the year's value: of the whole years where the line's value is a forecast of
 * it, else of the same stretch; with nothing to compare with, this year's
 * alone. part: there is no whole year before, they are of what both years
 * have. */
struct cli_report_pair {
    struct mv_span now, before; /* empty: it is not there */
    bool part;
};
struct cli_report_pair cli_report_pair(struct mv_span row);
/* -1, 0, 1 as this year's lies to last year's; false: not both are there. */
bool cli_report_moved(struct mv_span series, int *ret);
/* How the series' own numbers are shown. */
void cli_report_scale(struct mv_span series, struct cli_numbers *ret);
/* "≥ " and the like; static. */
const char *cli_report_cmp(struct mv_span cmp);

/* The cells of a row of what is missing, as many as it has columns. */
enum {
    CLI_MISSING_UNIT,
    CLI_MISSING_PERIODS,
    CLI_MISSING_DUE,
    CLI_MISSING_INDICATOR,
    CLI_MISSING_TARGETS,
    CLI_MISSING_CELLS
};
extern const cli_word cli_missing_words[CLI_MISSING_CELLS];
/* Appends the i-th. */
void cli_missing_cell(const struct cli *c, struct mv_span row, unsigned i,
                      struct mv_buf *out);
