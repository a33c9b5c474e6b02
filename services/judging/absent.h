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

/* What the unit lacks that is past due: of its total if it sends one, else of
 * any member that it sends. False: it sent no figures of the indicator this
 * year or the year before, or is not there this year; then ret says nothing.
 * The work's strands are used up. */
bool mv_absent_of(const struct mv_judge_env *env, struct mv_work *w,
                  uint32_t indicator, int year, uint32_t unit,
                  struct mv_absent *ret);

/* Is anything known of that member of the unit, or of all below it, this year
 * or the year before? The work's strands are used up. */
bool mv_absent_known(const struct mv_judge_env *env, struct mv_work *w,
                     uint32_t indicator, int year, uint32_t unit,
                     uint32_t member);

/* All periods of the year that are past due, of a unit that never sent any.
 * False: none is. */
bool mv_absent_all(const struct mv_judge_env *env, uint32_t indicator, int year,
                   uint32_t unit, struct mv_absent *ret);
