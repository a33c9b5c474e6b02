/* collect - see collect.h. Job: which series a term's value is made of.
 * Invariant: of a unit and column, own figures count alone; else its members;
 * else its children. Units are walked in preorder, without recursion. Works
 * on copies: a crash leaves nothing. */
#include "services/judging/collect.h"

#include "services/base/err.h"

static void add_leaf(struct mv_work *w, uint32_t strand)
{
    if (w->leaf_count == w->leaf_cap) {
        w->leaf_cap = w->leaf_cap == 0 ? 64 : w->leaf_cap * 2;
        w->leaves = mv_xrealloc(w->leaves, w->leaf_cap * sizeof *w->leaves);
    }
    w->leaves[w->leaf_count++] = strand;
}

/* The unit's own figures, or its members'. False: nothing of its own. */
static bool collect_unit(struct mv_gathering *g, uint32_t unit,
                         const struct mv_series_year *t)
{
    const struct mv_indicator *ind = &g->c->indicators[t->indicator];
    bool any = false;
    uint32_t s =
        mv_strand_load(g->w, g->env, unit, t->indicator, t->member, t->year);
    if (g->w->strands[s].in) {
        add_leaf(g->w, s);
        return true;
    }
    if (t->member != MV_MEMBER_TOTAL || ind->total == MV_FOLD_NONE)
        return false;
    for (uint32_t m = 0; m < ind->member_count; m++) {
        s = mv_strand_load(g->w, g->env, unit, t->indicator, m, t->year);
        if (g->w->strands[s].in) {
            add_leaf(g->w, s);
            any = true;
        }
    }
    return any;
}

void mv_collect_column(struct mv_gathering *g, unsigned y)
{
    const uint32_t *order = mv_plan_preorder(g->env->plan);
    const struct mv_unit *top = &g->c->units[g->term->unit];
    const struct mv_indicator *ind = mv_gathering_indicator(g, y);
    const struct mv_series_year *s = &g->term->at[y];
    g->all.from[y] = g->w->leaf_count;
    g->visited_from[y] = g->w->strand_count;
    for (uint32_t i = top->enter; i < top->leave;) {
        const struct mv_unit *u = &g->c->units[order[i]];
        bool skip = u != top && !mv_plan_counts(g->env->plan, s->indicator,
                                                u->index, s->year);
        if (skip || collect_unit(g, u->index, s))
            i = u->leave;
        else if (ind->over_units == MV_FOLD_NONE)
            break;
        else
            i++;
    }
    g->all.to[y] = g->w->leaf_count;
    g->visited_to[y] = g->w->strand_count;
}

uint32_t mv_collect_reasons(const struct mv_strand *s)
{
    return (s->withdrawn ? MV_REASON_BIT(MV_REASON_WITHDRAWN) : 0) |
           (s->suppressed ? MV_REASON_BIT(MV_REASON_SUPPRESSED) : 0);
}

uint32_t mv_collect_why_nothing(const struct mv_gathering *g, unsigned y,
                                const struct mv_unit *within)
{
    uint32_t bits = 0;
    for (uint32_t i = g->visited_from[y]; i < g->visited_to[y]; i++) {
        const struct mv_strand *s = &g->w->strands[i];
        if (mv_catalogue_below(g->c, s->unit, within->index))
            bits |= mv_collect_reasons(s);
    }
    if (mv_term_is_base(g->term, y))
        bits |= MV_REASON_BIT(MV_REASON_NO_BASE);
    return bits;
}
