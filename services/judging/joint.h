/* joint - the periods that several years, or parts, have in common. */
#pragma once

#include "services/judging/fold.h"

/* A pushed series in one year. */
struct mv_series_year {
    uint32_t indicator, member; /* dense; MV_MEMBER_TOTAL */
    int32_t year;
};

/* What a value is asked for: a series of a unit, in the target's year and
 * those it is held against. A derived one is gathered as its parts. */
struct mv_term {
    uint32_t unit, indicator, member; /* dense; MV_MEMBER_TOTAL */
    bool latest;                      /* only the stretch at, see below */
    bool given;                       /* it is given; else mv_gather's */
    uint8_t part, code;               /* that stretch, of a row */
    mv_forecast forecast;             /* of the target's year */
    uint8_t recent;                   /* recent(k) */
    unsigned parts;                   /* pushed series: 1, or a formula's */
    unsigned count; /* columns: every part of the target's year, then every
                       part of the next; years without repeats */
    struct mv_series_year at[MV_TERM_COLUMNS_MAX];
};

/* The y-th year, and how many there are. */
static inline int32_t mv_term_year(const struct mv_term *t, unsigned y)
{
    return t->at[y * t->parts].year;
}
static inline unsigned mv_term_years(const struct mv_term *t)
{
    return t->count / t->parts;
}
/* Is it of a year that the target's is held against? */
static inline bool mv_term_is_base(const struct mv_term *t, unsigned column)
{
    return column >= t->parts;
}

struct mv_days {
    int32_t first, last;
};

/* Does a new series (flag B) begin after the first day and not after the
 * last, in the series (unit, indicator, member) in one of these years? Then
 * *found is where, unless it is there already; NULL: nobody asks. */
bool mv_joint_breaks(const struct mv_judge_env *env,
                     const struct mv_term *series, int from, int to,
                     struct mv_days between, struct mv_break *found);

/* Strands (numbers in work->leaves) of each column: from[y]..to[y]-1. */
struct mv_leaves {
    uint32_t from[MV_TERM_COLUMNS_MAX], to[MV_TERM_COLUMNS_MAX];
};

/* Picks, in every strand, the figures that count in the stretch that all of
 * them have; at least one strand a column. Sets `included` of those that have
 * it. Returns bits of reasons: 0, no_base, not_due, series_break. *whole_base:
 * the base is only known as a whole. */
uint32_t mv_joint_pick(struct mv_work *w, const struct mv_judge_env *env,
                       const struct mv_term *term,
                       const struct mv_leaves *leaves, bool *whole_base);
