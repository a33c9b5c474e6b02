/* effects - which figures of the record in hand came to count, in its order,
 * and which of them moved a target first. */
#pragma once

#include "services/evaluator/figures.h"

/* A figure that came to count. */
struct evaluator_effect {
    uint32_t figure; /* of figures.at */
    uint32_t next;   /* effect of the same indicator, + 1; 0: the last */
    bool corrected;  /* it displaced another */
};

struct evaluator_effect_chain; /* of one indicator */

/* Zero-initialise, clear before each record, done. */
struct evaluator_effects {
    struct evaluator_effect *at;
    uint32_t count, cap;
    struct evaluator_effect_chain *chains; /* by indicator */
    uint32_t chain_count;
    uint64_t record; /* chains of an earlier one are empty */
};

void evaluator_effects_clear(struct evaluator_effects *e);
void evaluator_effects_done(struct evaluator_effects *e);
void evaluator_effects_add(struct evaluator_effects *e,
                           const struct evaluator_figures *figures,
                           uint32_t figure, bool corrected);

/* The first row that moved something the target uses, at the unit or below;
 * NULL: none did. Borrowed until the next is added. */
const struct evaluator_effect *evaluator_effects_cause(
    const struct evaluator_effects *e, const struct evaluator_figures *figures,
    const struct mv_catalogue *c, const struct mv_target *t, uint32_t unit);
