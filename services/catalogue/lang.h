/* lang - the language of `require`, `yellow`, `aim` and `formula`, checked
 * and typed: a criterion is one comparison of two expressions, an expression
 * a run of nodes in postfix order, ready for a small stack. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "services/base/buf.h"
#include "services/base/period.h"

#define MV_NONE            UINT32_MAX       /* no index */
#define MV_MEMBER_TOTAL    UINT32_MAX       /* the indicator as a whole */
#define MV_MEMBER_EACH     (UINT32_MAX - 1) /* the member of `each` */
#define MV_LANG_DEPTH      32  /* brackets within brackets; operands waiting */
#define MV_LANG_NODES      256 /* nodes in one criterion */
#define MV_LANG_TEXT_BYTES 4096

/* Measures are numbered; these are fixed, a catalogue's other words follow.
 * Every percent (also percent_change) is held as 70, never 0.7. */
enum mv_measure {
    MV_MEASURE_ANY,     /* `limit`, `0`: takes the other side's */
    MV_MEASURE_NUMBER,  /* a bare number */
    MV_MEASURE_PERCENT, /* percent, percent_change */
    MV_MEASURE_PP,      /* what percents differ by */
    MV_MEASURE_DAYS,
    MV_MEASURE_COUNT,
    MV_MEASURE_NOK,
    MV_MEASURE_POINTS,
    MV_MEASURE_FIRST_FREE,
};

typedef enum mv_node_kind {
    MV_NODE_NUMBER, /* micro */
    MV_NODE_LIMIT,  /* the target's limits, at (unit, member) */
    MV_NODE_VALUE,  /* series; when */
    MV_NODE_LATEST, /* series; when: NOW, or BACK: that period then */
    MV_NODE_GROWTH, /* series; when: the base, never NOW */
    MV_NODE_RATE,   /* series; micro: per so many; when */
    MV_NODE_LOWEST, /* over the child units; series; when */
    MV_NODE_HIGHEST,
    MV_NODE_SPREAD,
    MV_NODE_SHARE,     /* count nodes FOLLOW it, its condition: */
    MV_NODE_SHARE_END, /* left, right, then this: cmp */
    MV_NODE_PATH,      /* takes two values: at day[0] and at day[1] */
    MV_NODE_NEG,       /* takes one */
    MV_NODE_ABS,       /* takes one */
    MV_NODE_ADD,       /* take two */
    MV_NODE_SUB,
    MV_NODE_MUL,
    MV_NODE_DIV,
    MV_NODE_MIN, /* take count */
    MV_NODE_MAX,
} mv_node_kind;

typedef enum mv_when {
    MV_WHEN_NOW,    /* the target's year */
    MV_WHEN_BACK,   /* year: -1 is the year before */
    MV_WHEN_YEAR,   /* year: 2019 */
    MV_WHEN_PERIOD, /* period: 2019-M06 */
} mv_when;

typedef enum mv_cmp {
    MV_CMP_LT,
    MV_CMP_LE,
    MV_CMP_GT,
    MV_CMP_GE,
    MV_CMP_EQ,
} mv_cmp;

struct mv_node {
    uint8_t kind;   /* mv_node_kind */
    uint8_t when;   /* mv_when */
    uint8_t cmp;    /* SHARE_END: mv_cmp */
    int8_t hundred; /* MUL -1, DIV +1: the result times 100 to this power */
    uint16_t count;
    uint16_t measure; /* of the result: enum mv_measure or a free one */
    bool own;         /* series is the target's own indicator and member */
    bool year_given;  /* PATH: the years stand as years, not as dates */
    int32_t year;
    int32_t day[2];     /* PATH: days since 1970-01-01, or years */
    uint32_t indicator; /* series: dense index */
    uint32_t member;    /* index, MV_MEMBER_TOTAL or MV_MEMBER_EACH */
    int64_t micro;      /* millionths */
    struct mv_period period;
    struct mv_span text; /* where it stands in the criterion */
};

/* Does a node of the kind stand for the numbers of a series? */
static inline bool mv_node_is_series(uint8_t kind)
{
    return kind >= MV_NODE_VALUE && kind <= MV_NODE_SPREAD;
}

/* Of a series: one number of all child units' numbers. */
static inline bool mv_node_is_extreme(uint8_t kind)
{
    return kind >= MV_NODE_LOWEST && kind <= MV_NODE_SPREAD;
}

/* Nodes are at catalogue->nodes[first]: n_left of them, then n_right. Where one
 * side alone names figures it is the left one, however it is written. */
struct mv_criterion {
    struct mv_span text; /* as the steward wrote it */
    uint32_t first;
    uint16_t n_left, n_right;
    uint16_t measure; /* both sides' */
    uint8_t cmp;      /* mv_cmp */
    bool each;        /* judged for every member ... */
    bool uses_limit;
    uint16_t limit_measure;  /* uses_limit: what its numbers are */
    uint32_t each_indicator; /* ... of this one's dimension, or MV_NONE */
    uint32_t line;           /* in targets.yaml */
};

/* `<` `<=` `>` `>=` `=` */
const char *mv_cmp_text(mv_cmp cmp);
/* As the sides compare that change places. */
mv_cmp mv_cmp_mirrored(mv_cmp cmp);
