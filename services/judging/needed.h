/* needed - what the missing periods must average for a criterion to hold. */
#pragma once

#include "services/judging/eval.h"

/* What the missing periods' figures are taken together as. */
typedef enum mv_needed_of {
    MV_NEEDED_OF_AVERAGE,  /* each counts alike */
    MV_NEEDED_OF_TOGETHER, /* one ratio, its denominators on average as large
                              as of those that are in */
    MV_NEEDED_OF_LAST,     /* the year's last one counts alone */
} mv_needed_of;

/* Whether figures within the indicator's range can still decide it. */
typedef enum mv_needed_end {
    MV_NEEDED_OPEN,
    MV_NEEDED_SECURED, /* none can make it fail */
    MV_NEEDED_LOST,    /* none can make it hold */
} mv_needed_end;

/* How r->needed is to be read. */
struct mv_needed_how {
    mv_cmp cmp; /* the value's, whichever side it stands on */
    mv_needed_of of;
    mv_needed_end end; /* of a ratio: unless its denominators get larger */
};

/* Of a ruling of the target that has needed, a number or that none will do. */
struct mv_needed_how mv_needed_read(const struct mv_catalogue *c,
                                    uint32_t target, const struct mv_ruling *r);

/* Sets r->needed: asked where one side is the target's own `value` alone, the
 * other does not move with them, and periods are missing; given where every
 * series that counts holds the same ones. Call it right after
 * mv_eval_sides. */
void mv_needed_find(const struct mv_case *k, const struct mv_criterion *q,
                    const struct mv_side *left, const struct mv_side *right,
                    struct mv_ruling *r);
