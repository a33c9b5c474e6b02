/* children - lowest, highest and spread: one value of each unit below. */
#pragma once

#include "services/judging/eval.h"

/* One child unit of a group of kind LOWEST, with what decides whether its
 * value counts. */
struct mv_child {
    uint32_t unit;
    bool counts;   /* it has a value in all the years */
    bool small;    /* suppressed by its own denominator */
    bool hidden;   /* its value would tell a suppressed one */
    bool expected; /* to have figures in the target's year */
    bool has_held;
    uint32_t why; /* it does not count: bits of reasons */
    mv_i128 held; /* the denominator of the target's year */
    struct mv_dec n[MV_TERM_COLUMNS_MAX]; /* by year */
    struct mv_basis basis;
};

/* Gathers g->term for each child; bits of reasons: none has a value, or a new
 * series begins in one. Sets g->got and g->first, g->count. */
uint32_t mv_children_gather(struct mv_case *k, struct mv_group *g);

/* What a node of such a group is worth in the y-th year. */
uint32_t mv_children_value(const struct mv_case *k, const struct mv_group *g,
                           const struct mv_node *n, unsigned y,
                           struct mv_side *ret);
