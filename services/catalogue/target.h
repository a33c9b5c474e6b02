/* target - what is required: targets, one per (id, year), commissions, and
 * the catalogue that holds everything. See model.h for the conventions. */
#pragma once

#include "services/catalogue/model.h"

#define MV_CRITERIA_MAX 64  /* of each of require, yellow and aim */
#define MV_DUES_MAX     100 /* dates of a commission */

typedef enum mv_state {
    MV_STATE_FIGURES,  /* judged by `require` */
    MV_STATE_ASSESSED, /* no `require`: judged by assessment alone */
    MV_STATE_REPORT_ONLY,
    MV_STATE_UNDER_DEVELOPMENT,
} mv_state;

typedef enum mv_combine { MV_COMBINE_PART, MV_COMBINE_WHOLE } mv_combine;
typedef enum mv_compare { MV_COMPARE_EXACT, MV_COMPARE_DISPLAYED } mv_compare;
typedef enum mv_decides {
    MV_DECIDES_FIGURES,
    MV_DECIDES_ASSESSMENT,
    MV_DECIDES_WORST,
} mv_decides;
typedef enum mv_forecast {
    MV_FORECAST_NONE,
    MV_FORECAST_RECENT, /* forecast_periods */
    MV_FORECAST_SEASONAL,
} mv_forecast;

struct mv_limit { /* ordered by (unit, member); MV_NONE: any */
    uint32_t unit, member;
    int64_t micro;
};

struct mv_criteria { /* catalogue->criteria[first ...] */
    uint32_t first, count;
};

struct mv_target {
    struct mv_span id, chapter, note;
    struct mv_title text;
    int32_t year;
    uint32_t index;     /* ascending = order of the file, then the year */
    uint32_t indicator; /* or MV_NONE */
    struct mv_indices scope_kinds; /* of catalogue->kinds */
    struct mv_indices scope_units; /* named one by one */
    struct mv_criteria require;
    struct mv_criteria yellow; /* count 0, or as many as require */
    struct mv_criteria aim;    /* printed, never judged */
    mv_state state;
    mv_combine combine;
    mv_compare compare;
    mv_decides decides;
    mv_forecast forecast;
    uint8_t forecast_periods;
    const struct mv_limit *limits;
    uint32_t limit_count;
    uint32_t limits_of;     /* the indicator whose members they name; MV_NONE */
    struct mv_indices uses; /* indicators, through formulas too, ascending */
    struct mv_indices rests_on; /* those of them that its status rests on */
    uint32_t line;
};

/* The year that a series node of a target of `year` names. */
static inline int32_t mv_node_year(const struct mv_node *n, int32_t year)
{
    switch ((mv_when)n->when) {
    case MV_WHEN_BACK:
        return year + n->year;
    case MV_WHEN_YEAR:
        return n->year;
    case MV_WHEN_PERIOD:
        return n->period.year;
    case MV_WHEN_NOW:
        break;
    }
    return year;
}

struct mv_commission_due {
    struct mv_span what, said;
    int32_t on;           /* as it was given first: its name in the journal */
    int32_t day;          /* the date that counts: `on`, or the last `moved` */
    const int32_t *moved; /* every later date, in order; often none */
    uint32_t moved_count;
};

struct mv_commission {
    struct mv_span id, chapter, note;
    struct mv_title text;
    int32_t year;
    uint32_t index;
    uint32_t lead;           /* unit, or MV_NONE */
    struct mv_indices units; /* `for` */
    const struct mv_commission_due *due;
    uint32_t due_count;
    uint16_t remind_days; /* before each date; 0: no reminder */
    mv_decides decides;
    uint32_t line;
};

struct mv_catalogue_index; /* tables for looking up by id */

struct mv_catalogue {
    const struct mv_unit *units;
    const struct mv_indicator *indicators;
    const struct mv_target *targets;
    const struct mv_commission *commissions;
    uint32_t unit_count, indicator_count, target_count, commission_count;
    const struct mv_node *nodes;
    const struct mv_criterion *criteria;
    uint32_t node_count, criterion_count;
    const struct mv_span *kinds;    /* the words used as `kind` of a unit */
    const struct mv_span *measures; /* the word of each measure's number */
    uint32_t kind_count, measure_count;
    uint8_t hash[32]; /* BLAKE2b-256 of names and texts of the files */
    struct mv_catalogue_index *index;
};
