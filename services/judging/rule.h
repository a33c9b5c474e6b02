/* rule - what a target of the commonest form asks, in one place: the value or
 * the latest figure of one series of the unit's own, in the target's year,
 * against a constant. */
#pragma once

#include "services/catalogue/catalogue.h"

struct mv_rule {
    bool plain;      /* of that form; the rest is only set then */
    bool latest;     /* else all the year's figures */
    bool uses_limit; /* the constant is the target's limit for the unit */
    bool has_yellow; /* missed is not red yet */
    mv_freq frequency;
    mv_fold over_periods;
    mv_cmp cmp;
    int decimals; /* compare: displayed; else -1 */
    int32_t year;
    uint32_t indicator;
    int64_t micro; /* the constant */
    int64_t scale; /* as mv_plan_scale, at most MV_RULE_SCALE_MAX */
    int64_t least; /* a denominator, in millionths: below it, suppressed */
};

/* No figure of 64 bits times this leaves the range of a decimal. */
#define MV_RULE_SCALE_MAX 1000000

/* scale: of the target's indicator. */
struct mv_rule mv_rule_of(const struct mv_catalogue *c,
                          const struct mv_target *target, int64_t scale);
