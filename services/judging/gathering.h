/* gathering - what the files that make up a term's value share while they do
 * (gather.c, collect.c, expected.c, rollup.c, left_out.c); nobody else sees
 * it. */
#pragma once

#include "services/judging/gather.h"

struct mv_gathering {
    struct mv_work *w;
    const struct mv_judge_env *env;
    struct mv_term *term;
    const struct mv_catalogue *c;
    struct mv_gathered *ret;
    struct mv_leaves all;                       /* of each column */
    uint32_t visited_from[MV_TERM_COLUMNS_MAX]; /* strands looked at */
    uint32_t visited_to[MV_TERM_COLUMNS_MAX];
    uint32_t part_reasons; /* of units without a value in all columns */
    uint32_t only;         /* round of this unit below alone; MV_NONE: of all */
    int32_t since;         /* of `last`: the last day that is in */
    bool again;            /* a later round: who has ended is known */
    uint64_t weighed;      /* a bit per column: a mean, each unit of it times
                              where it is there ... */
    struct mv_cells stock; /* ... of these cells (stock.c) */
};

static inline const struct mv_indicator *
mv_gathering_indicator(const struct mv_gathering *g, unsigned column)
{
    return &g->c->indicators[g->term->at[column].indicator];
}

/* The strand of the i-th leaf; borrowed until the next is loaded. */
static inline struct mv_strand *mv_gathering_leaf(const struct mv_gathering *g,
                                                  uint32_t i)
{
    return &g->w->strands[g->w->leaves[i]];
}
