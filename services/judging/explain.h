/* explain - the figures behind a judgement. */
#pragma once

#include "services/judging/judge.h"

/* One slot that a target may use; dense indices. */
struct mv_behind {
    uint32_t unit, indicator, member;
    struct mv_period period;
    const struct mv_slot *slot;
    bool counts; /* in, and not covered by a longer stretch; and of something
                    that the target names of that year (or goes by, of the
                    last one), of the unit or of each of those below it: not
                    covered by own figures of a unit above, nor below where
                    units do not add up, nor of a unit that is left out
                    there, or was not there that year */
    bool suppressed; /* a value of its unit that may not be shown is made of
                        such: the target's, or the year's of the series */
};

/* A walk over every figure of the years, indicators and members that a target
 * uses, of the unit and all below it: by indicator, year, unit (preorder),
 * member, period. One indicator, year and unit is a part of it, so that it
 * need not be walked at once. */
struct mv_explaining;

/* Begins at the part of that number, from 0. */
struct mv_explaining *mv_explaining_open(const struct mv_judge_env *env,
                                         uint32_t target, uint32_t unit,
                                         uint64_t part);
void mv_explaining_close(struct mv_explaining *k); /* takes NULL */

/* The part that comes next. False: that was all. */
bool mv_explaining_at(const struct mv_explaining *k, uint64_t *part);
/* Calls `each` for its figures, and goes on to the part after it; stops when
 * it returns false. */
void mv_explaining_next(struct mv_explaining *k,
                        bool (*each)(void *ctx, const struct mv_behind *behind),
                        void *ctx);
