/* check - figures that should say the same and do not: a longer stretch and
 * the shorter ones in it, a pushed total and its members, a unit's own figure
 * and the units below it. It names them; nothing is corrected. */
#pragma once

#include "services/judging/joint.h"
#include "services/judging/judge.h"

#define MV_CHECK_MISSING_MAX 64  /* named; the rest is counted */
#define MV_CHECK_FIGURES_MAX 400 /* listed; the rest is counted */

typedef enum mv_check_kind {
    MV_CHECK_PERIODS, /* one stretch against the shorter ones that fill it */
    MV_CHECK_MEMBERS, /* the total against the members */
    MV_CHECK_UNITS,   /* the unit's own against the units below */
} mv_check_kind;

/* One of the figures behind a number. */
struct mv_check_figure {
    uint32_t unit, member;
    struct mv_period period;
    const struct mv_slot *slot;
    bool stated; /* of the whole; else of a part */
};

struct mv_check_number {
    struct mv_dec n;
    bool is_pair; /* of millionths; n is their ratio */
    mv_i128 num, den;
};

/* Dense indices. Borrowed until `each` returns. */
struct mv_disagreement {
    mv_check_kind kind;
    uint32_t indicator, unit, member;
    struct mv_period period;
    struct mv_check_number stated, made;
    uint32_t parts, of; /* that made it; that are there in its period */
    uint32_t missing, missing_kept;
    uint32_t missing_at[MV_CHECK_MISSING_MAX]; /* members, or units */
    bool open; /* what the missing ones have not said may explain it */
    uint32_t figures, figures_kept;
    struct mv_check_figure figure_at[MV_CHECK_FIGURES_MAX];
};

/* Calls `each` for every disagreement in the figures of one indicator, unit
 * and year, always in the same order; stops when it returns false. Numbers
 * that are exact are compared exactly, means and quotients as the indicator
 * shows them. A derived indicator has no figures. The work's strands are
 * used up. */
void mv_check(const struct mv_judge_env *env, struct mv_work *w,
              uint32_t indicator, uint32_t unit, int year,
              bool (*each)(void *ctx, const struct mv_disagreement *d),
              void *ctx);

/* Likewise, of kind MV_CHECK_UNITS alone: the unit's own figures of one series
 * of the indicator; at MV_MEMBER_TOTAL of the total, which may be made of its
 * members, and of each of them. */
void mv_check_units(const struct mv_judge_env *env, struct mv_work *w,
                    const struct mv_series_year *of, uint32_t unit,
                    bool (*each)(void *ctx, const struct mv_disagreement *d),
                    void *ctx);
