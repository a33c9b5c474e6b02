/* formula - see formula.h. Job: formulas, those that others name first.
 * Invariant: each series of a recipe is computed once, from numbers of 12
 * decimals; why one has none counts only where a formula comes to name it.
 * Works on copies: a crash leaves nothing. */
#include "services/judging/formula.h"

#include "services/base/err.h"
#include "services/judging/arith.h"

struct number {
    struct mv_dec n;
    uint32_t why; /* bits of reasons: there is none */
};

struct making {
    const struct mv_catalogue *c;
    struct mv_recipe made;
    struct number of[MV_RECIPE_MAX];
};

static const struct number *number_of(const struct making *m,
                                      struct mv_series s)
{
    unsigned i = 0;
    while (i < m->made.count && !mv_series_equal(m->made.at[i], s))
        i++;
    MV_ASSERT(i < m->made.count);
    return &m->of[i];
}

static struct number run(const struct making *m, struct mv_series of)
{
    const struct mv_indicator *ind = &m->c->indicators[of.indicator];
    struct mv_side stack[MV_LANG_DEPTH + 2] = {{{0}, 0, 0, 0, 0, 0, 0}};
    unsigned depth = 0;
    uint32_t why = 0;
    for (uint32_t i = 0; i < ind->formula_count; i++) {
        const struct mv_node *n = &m->c->nodes[ind->formula + i];
        MV_ASSERT(depth < MV_LANG_DEPTH + 2);
        if (n->kind == MV_NODE_NUMBER) {
            stack[depth++].n = mv_dec_from_micro(n->micro);
        } else if (n->kind == MV_NODE_VALUE) {
            const struct number *part =
                number_of(m, mv_recipe_part(m->c, of, n));
            why = part->why;
            stack[depth++].n = part->n;
        } else {
            why = mv_arith_step(n, stack, &depth);
        }
        if (why != 0)
            return (struct number){.why = why};
    }
    MV_ASSERT(depth == 1);
    return (struct number){.n = stack[0].n};
}

static uint32_t plain(const struct mv_plan *plan, const struct mv_term *t,
                      const struct mv_gathered *got, unsigned column,
                      struct mv_dec *ret)
{
    int64_t scale = mv_plan_scale(plan, t->at[column].indicator);
    mv_reason why = mv_amount_number(&got->amounts[column], scale, ret);
    return why == MV_REASON_NO ? 0 : MV_REASON_BIT(why);
}

bool mv_formula_makes(const struct mv_plan *plan, const struct mv_term *t)
{
    return mv_plan_catalogue(plan)->indicators[t->indicator].formula != MV_NONE;
}

uint32_t mv_formula_number(const struct mv_plan *plan, const struct mv_term *t,
                           const struct mv_gathered *got, unsigned y,
                           struct mv_dec *ret)
{
    struct making m = {.c = mv_plan_catalogue(plan)};
    unsigned column = y * t->parts;
    if (!mv_formula_makes(plan, t))
        return plain(plan, t, got, column, ret);
    bool known =
        mv_recipe_of(m.c, (struct mv_series){t->indicator, t->member}, &m.made);
    MV_ASSERT(known); /* the catalogue refuses others */
    for (unsigned i = 0; i < m.made.count; i++) {
        struct mv_series s = m.made.at[i];
        if (m.c->indicators[s.indicator].formula != MV_NONE)
            m.of[i] = run(&m, s);
        else
            m.of[i].why = plain(plan, t, got, column++, &m.of[i].n);
    }
    *ret = m.of[m.made.count - 1].n;
    return m.of[m.made.count - 1].why;
}
