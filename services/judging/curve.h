/* curve - the numbers of a course at its points, and which of them may not be
 * told. What may hide is asked once for all the points of a curve. Only
 * course.c uses it. */
#pragma once

#include "services/judging/course.h"
#include "services/judging/gather.h"

struct mv_curve {
    const struct mv_course *course;
    const struct mv_target *target; /* as if it were of the curve's year */
    struct mv_periods over;         /* none: one point, the year as a whole */
};

/* How many numbers the next two put. */
static inline unsigned mv_curve_points(const struct mv_curve *c)
{
    return c->over.count > 0 ? c->over.count : 1;
}

/* As they are, told or not. */
void mv_curve_gather(const struct mv_curve *c, uint32_t unit,
                     const struct mv_node *n, struct mv_course_value *ret);
/* Of the course's own unit and node, as they may be told (course.h). */
void mv_curve_follow(const struct mv_curve *c, struct mv_course_value *ret);

/* Sets hidden[i] where the series is a total of the unit that a suppressed
 * member is part of. */
void mv_curve_hidden(const struct mv_curve *c, uint32_t unit,
                     const struct mv_node *n, bool *hidden);

/* The case of another unit or year; its groups are the course's. */
struct mv_case mv_curve_case(const struct mv_course *c,
                             const struct mv_target *t, uint32_t unit);
/* May any figure that the target uses be suppressed by its denominator? */
bool mv_curve_hides_any(const struct mv_course *c);
/* May a figure of the series, over whatever stretch of the curve's year or of
 * the one that the node names, not be told: the unit's own, or of one below it
 * or beside it? */
bool mv_curve_may_hide_near(const struct mv_curve *c, const struct mv_node *n);
/* With the indicator's decimals; what cannot be rounded stays. */
void mv_curve_round(const struct mv_course *c, struct mv_dec *n);
