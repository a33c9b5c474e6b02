/* children - see children.h. Job: the values of the units below, compared
 * child by child. Invariant: a child without a value in one of the years
 * counts in none of them; where exactly one is suppressed the next smallest
 * is hidden too, as it would tell the other. Works on copies: a crash leaves
 * nothing. */
#include "services/judging/children.h"

#include "services/base/err.h"
#include "services/judging/expected.h"
#include "services/judging/extremes.h"
#include "services/judging/formula.h"
#include "services/judging/hide.h"
#include "services/judging/terms.h"

#include <string.h>

/* What is missing of each part, of children with something in, and of those
 * without; and what nobody with something in is expected to have. */
struct lacking {
    struct mv_cells some[MV_RECIPE_PARTS], none[MV_RECIPE_PARTS];
    struct mv_cells waived[MV_RECIPE_PARTS];
};

static struct mv_child *new_child(struct mv_work *w)
{
    if (w->child_count == w->child_cap) {
        w->child_cap = w->child_cap * 2 + 16;
        w->children =
            mv_xrealloc(w->children, w->child_cap * sizeof *w->children);
    }
    struct mv_child *child = &w->children[w->child_count++];
    *child = (struct mv_child){0};
    return child;
}

static uint32_t numbers_of(const struct mv_case *k, const struct mv_term *t,
                           const struct mv_gathered *got,
                           struct mv_child *child)
{
    for (unsigned y = 0; y < mv_term_years(t); y++) {
        uint32_t why = mv_formula_number(k->env->plan, t, got, y, &child->n[y]);
        if (why != 0)
            return why;
    }
    return 0;
}

static void add_missing(struct lacking *l, unsigned part,
                        const struct mv_lack *lack)
{
    if (lack->some)
        mv_cells_keep(&l->waived[part], &lack->waived, MV_CELL_WORDS);
    if (lack->count == 0)
        return;
    if (lack->some)
        mv_cells_add(&l->some[part], &lack->missing, MV_CELL_WORDS);
    if (lack->nothing)
        mv_cells_add(&l->none[part], &lack->missing, MV_CELL_WORDS);
}

static uint32_t gather_child(struct mv_case *k, const struct mv_group *g,
                             uint32_t unit, struct lacking *l)
{
    struct mv_term t = g->term;
    struct mv_gathered got;
    struct mv_child *child = new_child(k->w);
    t.unit = child->unit = unit;
    mv_gather(k->w, k->env, &t, &got);
    uint32_t why = got.reasons;
    if (got.nothing_now)
        why |= mv_terms_why_not_now(k, &t, &got);
    if (why == 0)
        why = numbers_of(k, &t, &got, child);
    for (unsigned part = 0; part < t.parts; part++)
        add_missing(l, part, &got.lack[part]);
    child->small = got.small;
    child->counts = why == 0;
    child->why = why;
    child->has_held = why == 0 && got.amounts[0].has_pair;
    child->held = got.amounts[0].held;
    child->basis = got.basis;
    child->expected = mv_expected_any(k->env, &t, &got);
    return why;
}

static uint32_t hide_next(struct mv_child *at, uint32_t count)
{
    struct mv_hide h = {0};
    uint32_t next;
    for (uint32_t i = 0; i < count; i++)
        mv_hide_add(&h, i, at[i].small, at[i].has_held ? &at[i].held : NULL);
    if (!mv_hide_next(&h, &next))
        return 0;
    at[next].counts = false;
    at[next].hidden = true;
    at[next].why = MV_REASON_BIT(MV_REASON_SUPPRESSED);
    return at[next].why;
}

static bool find_basis(struct mv_case *k, struct mv_group *g)
{
    struct mv_basis *b = &g->got.basis;
    *b = (struct mv_basis){0};
    for (uint32_t i = 0; i < g->count; i++) {
        const struct mv_child *child = &k->w->children[g->first + i];
        if (child->expected)
            b->units_of++;
        if (child->expected && !child->counts)
            mv_basis_absent(k->w, b, child->unit);
        if (child->counts) {
            mv_basis_merge(b, &child->basis);
            mv_cells_add(&b->held, &child->basis.held, MV_CELL_WORDS);
            b->units_in++;
        } else {
            mv_basis_leave_out(b, child->unit, MV_MEMBER_TOTAL,
                               child->hidden ? MV_LEFT_HIDDEN : child->why);
        }
    }
    return b->units_in > 0;
}

static void set_missing(const struct mv_case *k, struct mv_group *g,
                        const struct lacking *l, bool any)
{
    const struct mv_catalogue *c = mv_plan_catalogue(k->env->plan);
    const struct mv_cells *missing = any ? l->some : l->none;
    for (unsigned part = 0; part < g->term.parts; part++) {
        mv_freq freq = c->indicators[g->term.at[part].indicator].frequency;
        g->got.lack[part] = (struct mv_lack){
            .missing = missing[part],
            .waived = l->waived[part],
            .count = (uint16_t)mv_cells_periods(freq, &missing[part]),
            .nothing = !any,
            .some = any};
    }
    g->got.nothing_now = !any;
    g->got.alike = false;
    g->got.held = 0;
}

uint32_t mv_children_gather(struct mv_case *k, struct mv_group *g)
{
    const struct mv_catalogue *c = mv_plan_catalogue(k->env->plan);
    struct mv_indices below = c->units[k->unit].children;
    struct lacking l = {0};
    uint32_t why = 0;
    bool keep = k->w->keep_used;
    k->w->keep_used = false;
    memset(l.waived, 0xff, sizeof l.waived);
    g->first = k->w->child_count;
    for (uint32_t i = 0; i < below.count; i++) {
        if (mv_plan_counts(k->env->plan, g->term.indicator, below.at[i],
                           g->term.at[0].year))
            why |= gather_child(k, g, below.at[i], &l);
    }
    k->w->keep_used = keep;
    g->count = k->w->child_count - g->first;
    if (g->count > 0)
        why |= hide_next(&k->w->children[g->first], g->count);
    bool any = find_basis(k, g);
    set_missing(k, g, &l, any);
    if (any)
        why &= MV_REASON_BIT(MV_REASON_SERIES_BREAK);
    else if (why == 0)
        why = MV_NOT_COMPUTABLE;
    g->got.reasons = why;
    return why;
}

uint32_t mv_children_value(const struct mv_case *k, const struct mv_group *g,
                           const struct mv_node *n, unsigned y,
                           struct mv_side *ret)
{
    struct mv_extremes x = {0};
    for (uint32_t i = 0; i < g->count; i++) {
        const struct mv_child *child = &k->w->children[g->first + i];
        if (child->counts)
            mv_extremes_add(&x, child->n[y]);
    }
    *ret = (struct mv_side){0};
    return mv_extremes_value(&x, n->kind, &ret->n);
}
