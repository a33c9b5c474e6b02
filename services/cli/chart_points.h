/* chart_points - what a curve is drawn of: by period where there are three
 * values or more, else by year. What becomes a year's number by being added
 * is the sum of what is in of its year so far. */
#pragma once

#include "services/base/decimal.h"
#include "services/base/period.h"
#include "services/cli/numbers.h"

#define CLI_POINTS_MAX 256

struct cli_point {
    int32_t first_day, last_day;
    int64_t y;             /* millionths */
    struct mv_period name; /* or, by year: */
    int year;
    struct mv_span text; /* the value: in the row, or in room */
    bool open, forecast; /* not all of it is in; or is filled */
    char room[MV_DEC_TEXT_BYTES];
};

/* Not to be copied: a point may hold its own text. */
struct cli_points {
    const struct cli_numbers *scale; /* borrowed */
    int year;                        /* that the target is of */
    struct cli_point at[CLI_POINTS_MAX];
    struct mv_period gaps[CLI_POINTS_MAX]; /* expected, and no number there */
    size_t count, gap_count;
    bool by_year, has_target;
    bool adds; /* points are the year's sum so far */
    int64_t target;
    int32_t line_end; /* last day that the target is for: the year's, or
                         before it where it is not for the year */
};

/* Of a report's series; scale and year are set. Texts are borrowed from it. */
void cli_points_read(struct cli_points *g, struct mv_span series);

/* Does b come next after a? */
bool cli_point_follows(const struct cli_point *a, const struct cli_point *b);
/* Is it a sum that lacks some period of its stretch? */
bool cli_points_has_gap(const struct cli_points *g, const struct cli_point *p);
/* "M05, M07–M09", with years where some are of another than the target's: the
 * periods that lack in the sums; how many. Appends. */
unsigned cli_points_gaps(const struct cli_points *g, struct mv_buf *ret);
