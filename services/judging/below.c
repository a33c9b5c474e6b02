/* below - see below.h. Job: one group for each unit below, and the rule of the
 * next smallest held against them. Invariant: what is in no roll-up covers
 * nobody. Works on copies: a crash leaves nothing. */
#include "services/judging/below.h"

#include "services/judging/hide.h"
#include "services/judging/terms.h"

const struct mv_group *mv_below_gather(struct mv_case *k, struct mv_nodes nodes,
                                       const struct mv_group *whole,
                                       unsigned group, uint32_t unit)
{
    const struct mv_term *t = &whole->term;
    k->unit = unit;
    (void)mv_terms_gather(k, nodes.at, nodes.count);
    if (group >= k->group_count)
        return NULL;
    const struct mv_group *g = &k->groups[group];
    bool number = g->got.reasons == 0 || g->got.small;
    bool same = !number || !t->latest ||
                (g->term.part == t->part && g->term.code == t->code);
    return same ? g : NULL;
}

bool mv_below_is_bare(const struct mv_catalogue *c, const struct mv_group *g)
{
    for (unsigned at = 0; at < g->term.count; at++) {
        const struct mv_series_year *s = &g->term.at[at];
        if (c->indicators[s->indicator].over_units == MV_FOLD_RATIO &&
            !g->got.amounts[at].has_pair)
            return true;
    }
    return false;
}

/* The denominator of the first part that has one. */
static const mv_i128 *held_of(const struct mv_group *g)
{
    for (unsigned at = 0; at < g->term.parts; at++)
        if (g->got.amounts[at].has_pair)
            return &g->got.amounts[at].held;
    return NULL;
}

/* Is some part suppressed where it is small, and rolled up? */
static bool hides_below(const struct mv_catalogue *c, const struct mv_group *g)
{
    for (unsigned at = 0; at < g->term.count; at++) {
        const struct mv_indicator *i = &c->indicators[g->term.at[at].indicator];
        if (i->min_denominator > 0 && i->over_units != MV_FOLD_NONE)
            return true;
    }
    return false;
}

uint32_t mv_below_hidden(struct mv_case *k, struct mv_nodes nodes,
                         const struct mv_group *whole, unsigned group)
{
    const struct mv_catalogue *c = mv_plan_catalogue(k->env->plan);
    struct mv_indices below = c->units[whole->term.unit].children;
    struct mv_hide h = {0};
    uint32_t hidden;
    if (whole->got.basis.own || !hides_below(c, whole))
        return MV_NONE;
    for (uint32_t i = 0; i < below.count; i++) {
        if (!mv_plan_counts(k->env->plan, whole->term.indicator, below.at[i],
                            whole->term.at[0].year) ||
            mv_gather_has_ended(k->w, k->env, &whole->term, &whole->got,
                                below.at[i]))
            continue;
        const struct mv_group *g =
            mv_below_gather(k, nodes, whole, group, below.at[i]);
        if (g == NULL || g->got.nothing_now ||
            (g->got.reasons != 0 && !g->got.small) || mv_below_is_bare(c, g))
            continue;
        mv_hide_add(&h, below.at[i], g->got.small,
                    g->got.reasons == 0 ? held_of(g) : NULL);
    }
    return mv_hide_next(&h, &hidden) ? hidden : MV_NONE;
}
