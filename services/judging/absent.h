/* absent - who owes which figures: of an indicator and a year, the periods
 * that are past due and not in, unit by unit. */
#pragma once

#include "services/judging/judge.h"

struct mv_absent {
    uint32_t unit;
    unsigned count; /* periods, in order of time */
    struct mv_period at[MV_OVERDUE_MAX];
    int32_t due; /* the last day on which the first of them was in time */
};

/* Calls `each` for every unit that sent figures of the indicator this year or
 * the year before and lacks some that are past due: of its total if it sends
 * one, else of any member it sends. In preorder; stops when it returns false.
 * Returns how many units send it at all. */
uint32_t mv_absent(const struct mv_judge_env *env, uint32_t indicator, int year,
                   bool (*each)(void *ctx, const struct mv_absent *absent),
                   void *ctx);

/* All periods of the year that are past due, of a unit that never sent any.
 * False: none is. */
bool mv_absent_all(const struct mv_judge_env *env, uint32_t indicator, int year,
                   struct mv_absent *ret);
