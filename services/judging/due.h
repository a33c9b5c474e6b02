/* due - when a period's figures are due. */
#pragma once

#include "services/base/period.h"
#include "services/judging/judge.h"

/* The last day on which a figure of this period is in time. False: it is
 * never due. */
bool mv_due_day(const struct mv_indicator *indicator,
                const struct mv_period *period, int32_t *ret);

/* Not in on `today` and past its due day. */
bool mv_due_passed(const struct mv_indicator *indicator,
                   const struct mv_period *period, int32_t today);

/* The same of a judgement: on its day, and of a period that it asks for. */
bool mv_due_late(const struct mv_judge_env *env,
                 const struct mv_indicator *indicator,
                 const struct mv_period *period);

/* The year whose periods become overdue on `day` (due the day before), or
 * false. At most one year of an indicator at a time. */
bool mv_due_turns(const struct mv_indicator *indicator, int32_t day, int *year);
