/* lacking - what a criterion is held against and does not have: of each year
 * before, the series, the units and the periods that are not in. */
#pragma once

#include "services/judging/judge.h"

#define MV_LACKING_MAX 64 /* told of one judgement; the rest is not */

struct mv_lacking {
    uint32_t indicator, member, unit; /* dense; MV_MEMBER_TOTAL */
    int32_t year;                     /* that the target's is held against */
    unsigned count; /* periods, in order of time; 0: whatever it is, all */
    struct mv_period at[MV_OVERDUE_MAX];
    bool has_only; /* a figure covers them, and more: of this period alone */
    struct mv_period only;
};

/* Calls `each` for what makes rulings `no_base`: of the unit and those below
 * that have figures of the target's year, the periods that are not in for the
 * other; if no unit lacks any, those whose figures for the other are of longer
 * periods, which tell nothing of these; else the unit itself. Each once.
 * Nothing of a base that is there and cannot be divided by. */
void mv_lacking(const struct mv_judge_env *env, const struct mv_judgement *j,
                void (*each)(void *ctx, const struct mv_lacking *lacking),
                void *ctx);
