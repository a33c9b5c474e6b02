/* judge - the status of a target for a unit, from the rows: pure, the same
 * rows and day give the same judgement. */
#pragma once

#include "services/base/decimal.h"
#include "services/judging/basis.h"
#include "services/judging/plan.h"
#include "services/judging/rowcache.h"

#define MV_OVERDUE_MAX 400 /* named: a year of days, and some; no more */

typedef enum mv_status {
    MV_STATUS_NONE,
    MV_STATUS_GREEN,
    MV_STATUS_YELLOW,
    MV_STATUS_RED,
} mv_status;

/* Why there is none, in the order in which they apply. */
typedef enum mv_reason {
    MV_REASON_NO, /* there is a colour */
    MV_REASON_UNDER_DEVELOPMENT,
    MV_REASON_REPORT_ONLY,
    MV_REASON_WITHDRAWN,
    MV_REASON_SUPPRESSED,
    MV_REASON_ZERO_DENOMINATOR,
    MV_REASON_NOT_COMPUTABLE,
    MV_REASON_SERIES_BREAK,
    MV_REASON_NO_LIMIT,
    MV_REASON_NO_BASE,
    MV_REASON_OVERDUE,
    MV_REASON_NOT_DUE,
    MV_REASON_NOT_ASSESSED,
} mv_reason;

/* green yellow red none; none: a number that another engine stored, too */
const char *mv_status_text(mv_status s);
const char *mv_reason_text(mv_reason r); /* "" for MV_REASON_NO */
/* The first of struct mv_left_out's bits: as above, or not_there, ended,
 * unweighted, hidden, missing; "" for 0. */
const char *mv_left_out_text(uint32_t why);

typedef enum mv_needed {
    MV_NEEDED_NO,         /* not defined here, or the year is complete */
    MV_NEEDED_AVERAGE,    /* what the missing periods must average */
    MV_NEEDED_SECURED,    /* that, and none within the range makes it fail */
    MV_NEEDED_IMPOSSIBLE, /* none within the range makes it hold */
    MV_NEEDED_UNLIKE,     /* not told: its series hold different periods */
} mv_needed;
/* What the missing periods' figures are taken together as. */
typedef enum mv_needed_of {
    MV_NEEDED_OF_AVERAGE,  /* each counts alike */
    MV_NEEDED_OF_TOGETHER, /* one ratio: its denominators on average as large
                              as of those that are in */
    MV_NEEDED_OF_LAST,     /* the year's last one counts alone */
} mv_needed_of;

struct mv_work;

/* Where a new series begins: the figure with flag B. Dense indices. */
struct mv_break {
    bool there;
    uint32_t unit, indicator, member; /* MV_MEMBER_TOTAL */
    struct mv_period period;
};

/* One criterion, for one member. */
struct mv_ruling {
    uint32_t criterion; /* of catalogue->criteria: the `require` */
    uint32_t member;    /* or MV_MEMBER_TOTAL */
    mv_status status;
    mv_reason reason;
    bool has_left, has_right, has_margin;
    bool hidden; /* its numbers were taken: withhold.h */
    mv_needed needed;
    mv_needed_of needed_of;
    mv_cmp needed_cmp; /* to needed_average, whichever side `value` is on */
    struct mv_dec left, right, margin; /* of `require` */
    struct mv_dec needed_average;
    struct mv_basis basis;
    struct mv_break broken; /* there: of series_break; the first */
    bool bare; /* of not_computable: a ratio's figures came without pairs */
};

/* The caller owns it and uses it again; zero-initialise, mv_judgement_done. */
struct mv_judgement {
    uint32_t target, unit;
    mv_status status;
    mv_reason reason;
    struct mv_ruling *rulings; /* in the order of `require`, then members */
    uint32_t count, cap;
    uint32_t lead; /* the ruling that tells most: of the worst colour's first
                      line the member of the least margin, of none the first;
                      below count, if there are */
    bool preliminary;
    bool naming; /* asked: who and what is not in stands in rulings' basis */
    uint16_t overdue_kept; /* past due and not in: the first, by time */
    uint16_t beside_kept;  /* as many, where it is none for a reason that
                              stands before that: in no change */
    struct mv_period overdue_at[MV_OVERDUE_MAX]; /* of the one or the other */
    struct mv_work *work; /* scratch memory, kept between calls */
};

struct mv_judge_env {
    const struct mv_plan *plan;
    struct mv_rowcache *rows;
    int32_t today;      /* days since 1970-01-01 */
    int32_t periods_to; /* nobody is late with a period that ends after this
                           day; 0: with any */
};

/* Judges by figures alone (assessments and holds are the evaluator's).
 * Target and unit are dense indices. */
void mv_judge(const struct mv_judge_env *env, uint32_t target, uint32_t unit,
              struct mv_judgement *ret);
void mv_judgement_done(struct mv_judgement *j);

/* As mv_judge, of the lines of `aim`: they have no yellow, judge nothing. */
void mv_judge_aim(const struct mv_judge_env *env, uint32_t target,
                  uint32_t unit, struct mv_judgement *ret);
