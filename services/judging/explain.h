/* explain - the figures behind a judgement. */
#pragma once

#include "services/judging/judge.h"

/* One slot that a target may use; dense indices. */
struct mv_behind {
    uint32_t unit, indicator, member;
    struct mv_period period;
    const struct mv_slot *slot;
    bool counts; /* in, and not covered by a longer stretch or by own figures
                    of a unit above */
};

/* Calls `each` for every figure of the years, indicators and members that
 * the target uses, of the unit and all below it; stops when it returns
 * false. By indicator, year, unit (preorder), member, period. */
void mv_explain(const struct mv_judge_env *env, uint32_t target, uint32_t unit,
                bool (*each)(void *ctx, const struct mv_behind *behind),
                void *ctx);
