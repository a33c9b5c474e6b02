/* model - a checked catalogue, read-only after load. Things refer to each
 * other by dense index (order of the file, from 0); MV_NONE: none. Text is
 * the catalogue's own. Days are days since 1970-01-01, decimals millionths. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "services/base/buf.h"
#include "services/catalogue/lang.h"

#define MV_DAY_MIN INT32_MIN /* open: always was */
#define MV_DAY_MAX INT32_MAX /* open: for good */

struct mv_title { /* en is nb where only one text is given */
    struct mv_span nb, en;
};

struct mv_indices { /* a short list of dense indices */
    const uint32_t *at;
    uint32_t count;
};

/* Of a unit; kinds are free words, these have rules. */
typedef enum mv_unit_level {
    MV_LEVEL_OTHER,
    MV_LEVEL_NATION,
    MV_LEVEL_REGION,
    MV_LEVEL_TRUST,
    MV_LEVEL_HOSPITAL,
} mv_unit_level;

struct mv_population {
    int32_t year; /* on 1 January */
    int64_t persons;
};

struct mv_unit {
    struct mv_span id, kind, org; /* org: "" where not given */
    struct mv_title name;
    mv_unit_level level;
    uint32_t index, parent, kind_index; /* of catalogue->kinds */
    uint32_t region;       /* the nearest region, itself included, or MV_NONE */
    uint32_t enter, leave; /* preorder: x is u or below it: in [enter,leave) */
    struct mv_indices children;
    int32_t from_day, to_day;    /* as written; both included */
    int32_t first_day, last_day; /* of it and all above it: it is there; none
                                    if the first is after the last */
    const struct mv_population *population; /* ascending years */
    uint32_t population_count;
    uint32_t line;
};

/* Over periods, over units, over members. */
typedef enum mv_fold {
    MV_FOLD_NONE,
    MV_FOLD_SUM,
    MV_FOLD_MEAN,
    MV_FOLD_RATIO,
    MV_FOLD_LAST,
} mv_fold;

typedef enum mv_better {
    MV_BETTER_NONE,
    MV_BETTER_HIGHER,
    MV_BETTER_LOWER
} mv_better;
typedef enum mv_by { MV_BY_TRUST, MV_BY_REGION } mv_by;

typedef enum mv_due_kind {
    MV_DUE_NEVER, /* not given: no period is ever overdue */
    MV_DUE_DAYS,  /* so many days after the period's last day */
    MV_DUE_DATE,  /* month and day of the year after the period's */
} mv_due_kind;

struct mv_due {
    mv_due_kind kind;
    uint16_t days;
    uint8_t month, day;
};

struct mv_member {
    struct mv_span id;
    struct mv_title title;
};

struct mv_indicator {
    struct mv_span id, source, note;
    struct mv_title title;
    uint32_t index;
    uint16_t measure;            /* its type: enum mv_measure or a free one */
    struct mv_span measure_word; /* as written: percent_change, days, ... */
    mv_freq frequency;
    mv_better better;
    mv_by by;
    mv_fold over_periods, over_units, total;
    struct mv_span dimension; /* "" where it has none */
    const struct mv_member *members;
    uint32_t member_count;
    struct mv_due due;
    bool has_min, has_max, ahead, whole;
    bool part;               /* numerator <= denominator */
    uint8_t decimals;        /* 0..6 shown */
    int64_t min_denominator; /* 0: nothing is suppressed; whole number */
    int64_t min_micro, max_micro;
    int32_t from_year, to_year;      /* INT32_MIN, INT32_MAX: open */
    struct mv_indices except;        /* units */
    uint32_t formula, formula_count; /* nodes, or MV_NONE */
    struct mv_span formula_text;
    struct mv_indices targets; /* of all years, that name it, ascending */
    uint32_t line;
};
