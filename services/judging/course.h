/* course - how what a criterion asks about went: its value year by year and
 * period by period, and of the units below. Reports show it, so what would
 * tell a suppressed number is hidden here. */
#pragma once

#include "services/judging/judge.h"

/* What is followed; lives on the caller's stack. */
struct mv_course {
    const struct mv_judge_env *env; /* borrowed, as target */
    const struct mv_target *target;
    struct mv_work *work;
    uint32_t unit;
    struct mv_node node; /* of the series: this year's, its member settled */
    bool by_period;      /* what is asked is one period's, not the year's */
    bool made; /* the left side is no year's value of the series ... */
    const struct mv_node *growth; /* ... but its growth, and no more; or NULL */
};

struct mv_course_value {
    mv_reason reason; /* MV_REASON_NO: n is there */
    struct mv_dec n;
    mv_i128 held; /* its denominator, in millionths, if has_held */
    bool has_held;
    bool small; /* suppressed by its own denominator */
    bool preliminary, forecast;
    bool rounded;                 /* see mv_course_year */
    uint16_t periods, of_periods; /* in; expected in the year */
    uint16_t units;               /* in; 0 of lowest, highest and spread */
    bool incomplete; /* of a period: a unit is not in it, as nothing of it is
                        there yet, or what is there cannot count */
    bool missing;    /* of a period: expected, and not in */
    bool fewer; /* of lowest, highest and spread in a period: without the unit
                   that is hidden in the year, which has a number there */
};

/* The lowest and the highest of the units below; none where they leave one
 * unit alone whose number may not be told. */
struct mv_course_ends {
    uint32_t low_unit, high_unit; /* MV_NONE: there are none to show */
    struct mv_dec low, high;
    uint16_t units, of_units; /* with a value that may be shown; in all */
    bool rounded;             /* either of them */
};

/* A series by what it is of; right: first named on the right side. */
struct mv_course_name {
    uint32_t indicator, member; /* MV_MEMBER_TOTAL: of no one member */
    bool right, latest;         /* latest: of its last period alone */
};
/* The series that the ruling's criterion names, each once and in its order,
 * but those inside a share of units; at most max are put. How many there are.
 */
uint32_t mv_course_names(const struct mv_catalogue *c,
                         const struct mv_ruling *ruling,
                         struct mv_course_name *ret, uint32_t max);

/* The first series that the ruling's criterion names. False: it names none of
 * its own (a share of units). ret is done with in either case. */
bool mv_course_open(struct mv_course *ret, const struct mv_judge_env *env,
                    uint32_t target, uint32_t unit,
                    const struct mv_ruling *ruling);
/* The i-th series of reported.h. */
void mv_course_open_reported(struct mv_course *ret,
                             const struct mv_judge_env *env, uint32_t target,
                             uint32_t unit, uint32_t i);
void mv_course_done(struct mv_course *c);

/* The value of one year by itself; of the target's year as it is forecast.
 * Suppressed also where it would tell the one suppressed number beside it. A
 * total that a suppressed member is part of is rounded to the indicator's
 * decimals: exact, it and the other members would tell that one. */
void mv_course_year(const struct mv_course *c, int32_t year,
                    struct mv_course_value *ret);
void mv_course_period(const struct mv_course *c, const struct mv_period *p,
                      struct mv_course_value *ret);
/* All of a year's periods, into MV_PERIODS_MAX of each; how many. One of fewer
 * units than the year is suppressed where something near it may be: the year's
 * next smallest is hidden, and may not be in it. Of exactly
 * one that is suppressed the next smallest is, too: the year's number and the
 * others would tell it. */
unsigned mv_course_periods(const struct mv_course *c, mv_freq freq,
                           int32_t year, struct mv_period *at,
                           struct mv_course_value *ret);

/* The two that are compared: the year and the one before it over the same
 * stretch, or those that a growth is of. MV_REASON_SUPPRESSED: they are of
 * fewer units or periods than the years' own, and of those, or beside them,
 * something may not be told. Any other: there are none. Of a total whose
 * members may be hidden with the indicator's decimals: a stretch may hide one
 * that the year does not. */
mv_reason mv_course_alike(const struct mv_course *c, struct mv_dec *now,
                          struct mv_dec *before);
/* Are the ruling's own numbers such, be it of another series? */
bool mv_course_hides(const struct mv_course *c, const struct mv_ruling *ruling);

/* Does an earlier year have all that this year's number is made of? One of
 * fewer units, members or periods is no point of the same curve. */
bool mv_course_comparable(const struct mv_course *c, int32_t year);

void mv_course_ends(const struct mv_course *c, struct mv_course_ends *ret);

/* Is its right side the same whatever the figures are? */
bool mv_course_is_fixed(const struct mv_catalogue *c,
                        const struct mv_ruling *ruling);

/* Where the ruling's limit lies on the scale of the series: the limit itself
 * of a lone value, the base and so much of a growth. False: nowhere. */
bool mv_course_line(const struct mv_course *c, const struct mv_ruling *ruling,
                    struct mv_dec *ret);
/* The last period that such a line is for, where figures make it and those of
 * a part of the year have. False: it is for the whole year. */
bool mv_course_line_end(const struct mv_course *c,
                        const struct mv_ruling *ruling, struct mv_period *ret);
