/* effects - see effects.h. Job: from a target to the row that moved it, without
 * a look at every row for every change. Invariant: a chain holds the effects
 * of its indicator in their order. Memory of one record: a crash leaves
 * nothing. */
#include "services/evaluator/effects.h"

#include <stdlib.h>

struct evaluator_effect_chain {
    uint64_t record;
    uint32_t first, last; /* + 1 */
};

void evaluator_effects_clear(struct evaluator_effects *e)
{
    e->count = 0;
    e->record++;
}

void evaluator_effects_done(struct evaluator_effects *e)
{
    free(e->at);
    free(e->chains);
    *e = (struct evaluator_effects){0};
}

static struct evaluator_effect_chain *chain_of(struct evaluator_effects *e,
                                               uint32_t indicator)
{
    if (indicator >= e->chain_count) {
        uint32_t count = indicator + 256;
        e->chains = mv_xrealloc(e->chains, count * sizeof *e->chains);
        memset(e->chains + e->chain_count, 0,
               (count - e->chain_count) * sizeof *e->chains);
        e->chain_count = count;
    }
    struct evaluator_effect_chain *chain = &e->chains[indicator];
    if (chain->record != e->record)
        *chain = (struct evaluator_effect_chain){.record = e->record};
    return chain;
}

void evaluator_effects_add(struct evaluator_effects *e,
                           const struct evaluator_figures *figures,
                           uint32_t figure, bool corrected)
{
    if (e->count == e->cap) {
        e->cap = e->cap == 0 ? 256 : e->cap * 2;
        e->at = mv_xrealloc(e->at, e->cap * sizeof *e->at);
    }
    struct evaluator_effect_chain *chain =
        chain_of(e, figures->at[figure].indicator);
    e->at[e->count++] = (struct evaluator_effect){figure, 0, corrected};
    if (chain->last > 0)
        e->at[chain->last - 1].next = e->count;
    else
        chain->first = e->count;
    chain->last = e->count;
}

const struct evaluator_effect *evaluator_effects_cause(
    const struct evaluator_effects *e, const struct evaluator_figures *figures,
    const struct mv_catalogue *c, const struct mv_target *t, uint32_t unit)
{
    uint32_t found = 0; /* + 1 */
    for (uint32_t k = 0; k < t->rests_on.count; k++) {
        uint32_t indicator = t->rests_on.at[k];
        if (indicator >= e->chain_count ||
            e->chains[indicator].record != e->record)
            continue;
        uint32_t i = e->chains[indicator].first;
        while (i != 0 && (found == 0 || i < found)) {
            const struct evaluator_effect *effect = &e->at[i - 1];
            if (mv_catalogue_below(c, figures->at[effect->figure].unit, unit))
                found = i;
            i = effect->next;
        }
    }
    return found > 0 ? &e->at[found - 1] : NULL;
}
