/* share - share(units: ...): of how many child units a condition holds. */
#pragma once

#include "services/judging/eval.h"

/* Judges the condition of g->share for each child; bits of reasons: it can be
 * judged for none. Sets g->got, g->holds and g->judged. Call it when
 * everything else of the criterion is gathered. */
uint32_t mv_share_gather(struct mv_case *k, struct mv_group *g);

/* Is the condition asked of that unit below: excepted by none of the
 * indicators that it names? */
bool mv_share_asks(const struct mv_case *k, const struct mv_node *share,
                   uint32_t unit);

/* Does it hold there? Bits of reasons: there is no telling. ret: what it was
 * judged by; its groups stand until the next is judged. */
uint32_t mv_share_judge(struct mv_case *k, const struct mv_node *share,
                        uint32_t unit, struct mv_case *ret, bool *holds);

/* What the node is worth: the exact ratio of two counts. */
uint32_t mv_share_value(const struct mv_case *k, const struct mv_node *n,
                        struct mv_side *ret);
