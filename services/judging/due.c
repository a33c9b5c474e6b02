/* due - see due.h. Job: the day a period's figures are due. Invariant: a
 * period turns overdue on exactly one day, the one after its due day, so a
 * clock record judges only what turns. No state: a crash leaves nothing. */
#include "services/judging/due.h"

/* 29 February of a year without one is the last of February. */
static int32_t day_in(const struct mv_due *due, int year)
{
    int last = mv_month_days(year, due->month);
    return mv_day_of(year, due->month, due->day < last ? due->day : last);
}

bool mv_due_day(const struct mv_indicator *indicator,
                const struct mv_period *period, int32_t *ret)
{
    const struct mv_due *due = &indicator->due;
    if (due->kind == MV_DUE_NEVER)
        return false;
    if (due->kind == MV_DUE_DAYS)
        *ret = period->last_day + due->days;
    else
        *ret = day_in(due, mv_day_date(period->last_day).year + 1);
    return true;
}

bool mv_due_passed(const struct mv_indicator *indicator,
                   const struct mv_period *period, int32_t today)
{
    int32_t day;
    return mv_due_day(indicator, period, &day) && today > day;
}

bool mv_due_late(const struct mv_judge_env *env,
                 const struct mv_indicator *indicator,
                 const struct mv_period *period)
{
    return (env->periods_to == 0 || period->last_day <= env->periods_to) &&
           mv_due_passed(indicator, period, env->today);
}

bool mv_due_turns(const struct mv_indicator *indicator, int32_t day, int *year)
{
    const struct mv_due *due = &indicator->due;
    if (due->kind == MV_DUE_NEVER)
        return false;
    if (due->kind == MV_DUE_DAYS) {
        int32_t end = day - 1 - due->days;
        struct mv_period p;
        if (!mv_period_at(indicator->frequency, end, &p) || p.last_day != end)
            return false;
        *year = p.year;
        return true;
    }
    int now = mv_day_date(day - 1).year;
    *year = now - 1;
    return day_in(due, now) == day - 1;
}
