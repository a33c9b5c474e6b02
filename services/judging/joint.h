/* joint - the periods that several years have in common. */
#pragma once

#include "services/judging/fold.h"

/* What a value is asked for: a series of a unit, in the target's year
 * (years[0]) and those it is held against. */
struct mv_term {
    uint32_t unit, indicator, member; /* dense; MV_MEMBER_TOTAL */
    bool latest;                      /* only the stretch at, see below */
    bool given;                       /* it is given; else mv_gather's */
    uint8_t part, code;               /* that stretch, of a row */
    mv_forecast forecast;             /* of years[0] */
    uint8_t recent;                   /* recent(k) */
    unsigned year_count;
    int32_t years[MV_TERM_YEARS_MAX]; /* without repeats */
};

struct mv_days {
    int32_t first, last;
};

/* Does a new series (flag B) begin after the first day and not after the
 * last, in the series (unit, indicator, member) in one of these years? */
bool mv_joint_breaks(const struct mv_judge_env *env,
                     const struct mv_term *series, int from, int to,
                     struct mv_days between);

/* Strands (numbers in work->leaves) of each year: from[y]..to[y]-1. */
struct mv_leaves {
    uint32_t from[MV_TERM_YEARS_MAX], to[MV_TERM_YEARS_MAX];
};

/* Picks, in every strand, the figures that count in the stretch that all of
 * them have; at least one strand a year. Sets `included` of those that have
 * it. Returns bits of reasons: 0, no_base, series_break. *whole_base: the
 * base is only known as a whole. */
uint32_t mv_joint_pick(struct mv_work *w, const struct mv_judge_env *env,
                       const struct mv_term *term,
                       const struct mv_leaves *leaves, bool *whole_base);
