/* below - the units just below one of which a roll-up is made: each gathered
 * as the roll-up is, and whose number must not be told beside it. */
#pragma once

#include "services/judging/eval.h"

/* All that one criterion is made of. Borrowed. */
struct mv_nodes {
    const struct mv_node *at;
    unsigned count;
};

static inline struct mv_nodes mv_nodes_of(const struct mv_catalogue *c,
                                          const struct mv_criterion *q)
{
    return (struct mv_nodes){&c->nodes[q->first],
                             (unsigned)q->n_left + q->n_right};
}

/* whole: the group-th of the nodes, gathered for the unit above. The same
 * group of `unit`, one below: it stands in the same place, as it is of the
 * same nodes. NULL: it has none over the stretch of the whole. Borrowed from
 * k, until it gathers again. */
const struct mv_group *mv_below_gather(struct mv_case *k, struct mv_nodes nodes,
                                       const struct mv_group *whole,
                                       unsigned group, uint32_t unit);

/* It has numbers, but not the pairs that a ratio is made of. */
bool mv_below_is_bare(const struct mv_catalogue *c, const struct mv_group *g);

/* Whose number, with the whole's and the others', would tell that of the one
 * that is suppressed; MV_NONE: nobody's. Gathers; *whole must not be k's. */
uint32_t mv_below_hidden(struct mv_case *k, struct mv_nodes nodes,
                         const struct mv_group *whole, unsigned group);
