/* reported - see reported.h. Job: the nodes of a criterion that nobody wrote.
 * Invariant: they are the same for explain, status and reports. No state: a
 * crash leaves nothing. */
#include "services/judging/reported.h"

uint32_t mv_reported_count(const struct mv_catalogue *c,
                           const struct mv_target *t)
{
    if (t->state == MV_STATE_FIGURES || t->indicator == MV_NONE)
        return 0;
    const struct mv_indicator *ind = &c->indicators[t->indicator];
    return 1 + (ind->total == MV_FOLD_NONE ? ind->member_count : 0);
}

struct mv_node mv_reported_node(const struct mv_target *t, uint32_t i)
{
    return (struct mv_node){.kind = MV_NODE_VALUE,
                            .indicator = t->indicator,
                            .member = i == 0 ? MV_MEMBER_TOTAL : i - 1};
}
