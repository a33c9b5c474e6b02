/* recipe - what a derived indicator is made of: the pushed series of its
 * formula, through other formulas too. */
#pragma once

#include "services/catalogue/target.h"

#define MV_RECIPE_MAX   64 /* series of a recipe, derived ones included */
#define MV_RECIPE_PARTS 16 /* pushed ones */

struct mv_series {
    uint32_t indicator, member; /* or MV_MEMBER_TOTAL */
};

/* Each series once, what one is made of before it: the one asked for last. */
struct mv_recipe {
    unsigned count, parts;
    struct mv_series at[MV_RECIPE_MAX];
};

/* False: it is made of more than that. Of a pushed series: itself. A member
 * of MV_MEMBER_EACH stands for any one. c: indicators, nodes and index. */
bool mv_recipe_of(const struct mv_catalogue *c, struct mv_series of,
                  struct mv_recipe *ret);

/* The series that a node of a formula names: of the same member where it has
 * the derived indicator's dimension, else as it is written. */
struct mv_series mv_recipe_part(const struct mv_catalogue *c,
                                struct mv_series of, const struct mv_node *n);

static inline bool mv_series_equal(struct mv_series a, struct mv_series b)
{
    return a.indicator == b.indicator && a.member == b.member;
}
