/* rollup - see rollup.h. Job: amounts from leaves. Invariant: what lacks one
 * of the columns counts in none of them, and is told as left out;
 * what does not count is no longer `included`. Works on copies: a crash
 * leaves nothing. */
#include "services/judging/rollup.h"

#include "services/judging/collect.h"
#include "services/judging/left_out.h"
#include "services/judging/stock.h"

#include <string.h>

static void exclude(struct mv_gathering *g, const struct mv_leaves *l)
{
    for (unsigned y = 0; y < g->term->count; y++)
        for (uint32_t i = l->from[y]; i < l->to[y]; i++)
            mv_gathering_leaf(g, i)->included = false;
}

/* A fold of columns from the y-th on. */
static void start_fold(const struct mv_gathering *g, struct mv_folding *f,
                       unsigned y, unsigned columns, bool members)
{
    mv_fold_start(f, columns);
    for (unsigned i = 0; i < columns; i++) {
        const struct mv_indicator *ind = mv_gathering_indicator(g, y + i);
        f->how[i] = members ? ind->total : ind->over_units;
        f->scale[i] = mv_plan_scale(g->env->plan, g->term->at[y + i].indicator);
    }
}

static struct mv_amount add_up(const struct mv_gathering *g, unsigned y,
                               const struct mv_strand *s)
{
    return mv_strand_add_up(
        g->w, s, mv_gathering_indicator(g, y),
        mv_plan_scale(g->env->plan, g->term->at[y].indicator));
}

/* One column's leaves of a unit, all of its members: their total. */
static struct mv_amount total_of(struct mv_gathering *g, unsigned y,
                                 uint32_t from, uint32_t to)
{
    struct mv_folding f;
    struct mv_amount a;
    start_fold(g, &f, y, 1, true);
    for (uint32_t i = from; i < to; i++) {
        struct mv_strand *s = mv_gathering_leaf(g, i);
        if (!s->included)
            continue;
        a = add_up(g, y, s);
        if (!mv_fold_add(&f, &a)) {
            s->included = false;
            mv_left_out_add(g, s->unit, s->member, mv_fold_why(&f, &a));
        }
    }
    mv_fold_end(&f, &a);
    return a;
}

static uint32_t run_of_unit(const struct mv_gathering *g, uint32_t from,
                            uint32_t to, bool *any)
{
    uint32_t unit = mv_gathering_leaf(g, from)->unit;
    *any = false;
    while (from < to && mv_gathering_leaf(g, from)->unit == unit)
        *any |= mv_gathering_leaf(g, from++)->included;
    return from;
}

/* One unit's amount from its leaves: its own series, or its members. */
static struct mv_amount unit_amount(struct mv_gathering *g, unsigned y,
                                    uint32_t from, uint32_t to)
{
    const struct mv_strand *s = mv_gathering_leaf(g, from);
    struct mv_amount a = s->member != g->term->at[y].member
                             ? total_of(g, y, from, to)
                             : add_up(g, y, s);
    mv_stock_weigh(g, y, from, to, &a);
    return a;
}

/* One column of a unit from picked leaves of it or of units below. */
static struct mv_amount column_amount(struct mv_gathering *g, unsigned y,
                                      uint32_t unit, const struct mv_leaves *l)
{
    uint32_t from = l->from[y], to = l->to[y];
    struct mv_folding f;
    struct mv_amount a;
    bool any;
    if (mv_gathering_leaf(g, from)->unit == unit)
        return unit_amount(g, y, from, to);
    start_fold(g, &f, y, 1, false);
    for (uint32_t i = from, next; i < to; i = next) {
        next = run_of_unit(g, i, to, &any);
        if (!any)
            continue;
        a = unit_amount(g, y, i, next);
        if (mv_fold_add(&f, &a))
            continue;
        mv_left_out_add(g, mv_gathering_leaf(g, i)->unit, MV_MEMBER_TOTAL,
                        mv_fold_why(&f, &a));
        for (uint32_t k = i; k < next; k++)
            mv_gathering_leaf(g, k)->included = false;
    }
    mv_fold_end(&f, &a);
    return a;
}

/* One number for one name of a member, in all columns; MV_NONE: the total. */
static uint32_t name_of(const struct mv_gathering *g, unsigned y,
                        const struct mv_strand *s)
{
    if (s->member == MV_MEMBER_TOTAL)
        return MV_NONE;
    return g->term->parts == 1
               ? s->member
               : mv_plan_member(g->env->plan, g->term->at[y].indicator,
                                s->member);
}

/* Leaves of one unit and member, out of each column's leaves of the unit;
 * false: some column has none. *next: the lowest name after it. */
static bool member_leaves(const struct mv_gathering *g,
                          const struct mv_leaves *l, uint32_t name,
                          struct mv_leaves *ret, uint32_t *next)
{
    bool all = true;
    *next = MV_NONE;
    for (unsigned y = 0; y < g->term->count; y++) {
        ret->from[y] = ret->to[y] = l->from[y];
        for (uint32_t i = l->from[y]; i < l->to[y]; i++) {
            uint32_t at = name_of(g, y, mv_gathering_leaf(g, i));
            if (at == name) {
                ret->from[y] = i;
                ret->to[y] = i + 1;
            } else if (at > name && at < *next) {
                *next = at;
            }
        }
        all &= ret->to[y] > ret->from[y];
    }
    return all;
}

/* Why a member of the unit has nothing in, in the columns that lack it. */
static uint32_t why_no_member(const struct mv_gathering *g,
                              const struct mv_leaves *one, uint32_t unit,
                              uint32_t name)
{
    uint32_t bits = 0;
    for (unsigned y = 0; y < g->term->count; y++) {
        if (one->to[y] > one->from[y])
            continue;
        bits |= MV_REASON_BIT(mv_term_is_base(g->term, y) ? MV_REASON_NO_BASE
                                                          : MV_REASON_NOT_DUE);
        for (uint32_t i = g->visited_from[y]; i < g->visited_to[y]; i++) {
            const struct mv_strand *s = &g->w->strands[i];
            if (s->unit == unit && name_of(g, y, s) == name)
                bits |= mv_collect_reasons(s);
        }
    }
    return bits;
}

/* The member as the first column that has it numbers it; MV_NONE: none has. */
static uint32_t first_member(const struct mv_gathering *g,
                             const struct mv_leaves *one)
{
    for (unsigned y = 0; y < g->term->count; y++) {
        if (one->to[y] > one->from[y])
            return mv_gathering_leaf(g, one->from[y])->member;
    }
    return MV_NONE;
}

/* A unit whose members are in, in every column: member by member. *whole_base:
 * one that counts is held against a base known only as a whole year. */
static uint32_t by_member(struct mv_gathering *g, const struct mv_leaves *l,
                          struct mv_amount *ret, bool *whole_base)
{
    struct mv_folding f;
    struct mv_leaves one;
    uint32_t unit = mv_gathering_leaf(g, l->from[0])->unit;
    uint32_t reasons = 0;
    uint32_t next = 0;
    unsigned tried = 0;
    start_fold(g, &f, 0, g->term->count, true);
    for (uint32_t m = 0; m != MV_NONE; m = next) {
        bool all = member_leaves(g, l, m, &one, &next);
        uint32_t member = first_member(g, &one);
        if (member == MV_NONE)
            continue;
        bool whole = false;
        uint32_t why = all ? mv_joint_pick(g->w, g->env, g->term, &one, &whole)
                           : why_no_member(g, &one, unit, m);
        if (why & MV_REASON_BIT(MV_REASON_SERIES_BREAK))
            return why;
        if (why == 0) {
            tried++;
            for (unsigned y = 0; y < g->term->count; y++)
                ret[y] = add_up(g, y, mv_gathering_leaf(g, one.from[y]));
            if (mv_fold_add(&f, ret)) {
                *whole_base |= whole;
                continue;
            }
            exclude(g, &one);
        }
        reasons |= why;
        mv_left_out_add(g, unit, member, why != 0 ? why : mv_fold_why(&f, ret));
    }
    if (tried == 0)
        return reasons;
    mv_fold_end(&f, ret);
    return 0;
}

/* In every column, of one dimension. */
static bool made_of_members(const struct mv_gathering *g,
                            const struct mv_leaves *l, uint32_t unit)
{
    for (unsigned y = 0; y < g->term->count; y++) {
        const struct mv_strand *s = mv_gathering_leaf(g, l->from[y]);
        if (s->unit != unit || s->member == g->term->at[y].member ||
            !mv_span_equal(mv_gathering_indicator(g, y)->dimension,
                           mv_gathering_indicator(g, 0)->dimension))
            return false;
    }
    return true;
}

/* Amounts of all columns of one unit; bits of reasons: it has none. Whether
 * they count is not known yet, nor then what *whole_base says of them. */
static uint32_t unit_amounts(struct mv_gathering *g, const struct mv_leaves *l,
                             uint32_t unit, struct mv_amount *ret,
                             bool *whole_base)
{
    bool members = made_of_members(g, l, unit);
    *whole_base = false;
    uint32_t why = members
                       ? by_member(g, l, ret, whole_base)
                       : mv_joint_pick(g->w, g->env, g->term, l, whole_base);
    if (why != 0)
        return why;
    if (g->again)
        mv_stock_leave_out(g, l, unit);
    for (unsigned y = 0; y < g->term->count; y++) {
        if (!members)
            ret[y] = column_amount(g, y, unit, l);
        else
            mv_stock_weigh(g, y, l->from[y], l->to[y], &ret[y]);
    }
    return 0;
}

/* The highest unit at or above this one, below the term's own, that has no
 * leaves in a column: it is what lacks the column. */
static const struct mv_unit *lacking(const struct mv_gathering *g, unsigned y,
                                     uint32_t unit)
{
    const struct mv_unit *found = &g->c->units[unit];
    while (found->index != g->term->unit && found->parent != g->term->unit) {
        for (uint32_t i = g->all.from[y]; i < g->all.to[y]; i++) {
            if (mv_catalogue_below(g->c, mv_gathering_leaf(g, i)->unit,
                                   found->parent))
                return found;
        }
        found = &g->c->units[found->parent];
    }
    return found;
}

/* Why some column has nothing in of the unit, or of one above it that lacks a
 * column as a whole: then what else those below it lack is not asked. */
static uint32_t why_missing(const struct mv_gathering *g,
                            const struct mv_leaves *l, uint32_t unit)
{
    const struct mv_unit *top = NULL;
    uint32_t why = 0;
    for (unsigned y = 0; y < g->term->count; y++) {
        if (l->to[y] > l->from[y])
            continue;
        const struct mv_unit *found = lacking(g, y, unit);
        if (top == NULL || found->enter < top->enter) {
            top = found;
            why = 0;
        }
        if (found == top) {
            why |=
                mv_collect_why_nothing(g, y, top) |
                MV_REASON_BIT(mv_term_is_base(g->term, y) ? MV_REASON_NO_BASE
                                                          : MV_REASON_NOT_DUE);
        }
    }
    return why;
}

/* The next unit in preorder that has leaves in some column, and its leaves and
 * those below it in each. False: no more. */
static bool next_unit(const struct mv_gathering *g, struct mv_leaves *l,
                      uint32_t *unit, uint32_t *missing)
{
    uint32_t enter = MV_NONE;
    for (unsigned y = 0; y < g->term->count; y++) {
        l->from[y] = l->to[y];
        if (l->from[y] == g->all.to[y])
            continue;
        const struct mv_unit *u =
            &g->c->units[mv_gathering_leaf(g, l->from[y])->unit];
        if (u->enter < enter) {
            enter = u->enter;
            *unit = u->index;
        }
    }
    for (unsigned y = 0; enter != MV_NONE && y < g->term->count; y++) {
        const struct mv_unit *top = &g->c->units[*unit];
        while (l->to[y] < g->all.to[y] &&
               g->c->units[mv_gathering_leaf(g, l->to[y])->unit].enter <
                   top->leave)
            l->to[y]++;
    }
    *missing = enter != MV_NONE ? why_missing(g, l, *unit) : 0;
    return enter != MV_NONE;
}

static bool has_taken_part(const struct mv_gathering *g,
                           const struct mv_leaves *l)
{
    for (unsigned y = 0; y < g->term->count; y++) {
        for (uint32_t i = l->from[y]; i < l->to[y]; i++)
            if (mv_gathering_leaf(g, i)->took_part)
                return true;
    }
    return false;
}

/* Of a round of some alone: of others, or never in the whole. */
static bool is_passed_over(const struct mv_gathering *g,
                           const struct mv_leaves *l, uint32_t unit)
{
    return g->only != MV_NONE &&
           (!mv_catalogue_below(g->c, unit, g->only) || !has_taken_part(g, l));
}

void mv_rollup_start_over(struct mv_gathering *g)
{
    struct mv_basis *b = &g->ret->basis;
    b->left_out = b->left_out_kept = 0;
    b->whole_base = false;
    g->ret->reasons = g->part_reasons = 0;
    for (unsigned y = 0; y < g->term->count; y++)
        for (uint32_t i = g->all.from[y]; i < g->all.to[y]; i++)
            mv_gathering_leaf(g, i)->included = false;
}

static void add_units(struct mv_gathering *g)
{
    struct mv_gathered *r = g->ret;
    struct mv_folding f;
    struct mv_leaves l = {0};
    uint32_t unit = MV_NONE, why = 0;
    unsigned tried = 0;
    bool whole = false;
    start_fold(g, &f, 0, g->term->count, false);
    memcpy(l.to, g->all.from, sizeof l.to);
    while (next_unit(g, &l, &unit, &why)) {
        if (is_passed_over(g, &l, unit))
            continue;
        if (why == 0)
            why = unit_amounts(g, &l, unit, r->amounts, &whole);
        if (unit == g->term->unit ||
            why == MV_REASON_BIT(MV_REASON_SERIES_BREAK)) {
            r->reasons |= why;
            r->basis.whole_base |= why == 0 && whole;
            return;
        }
        if (why == 0 && g->again && (why = mv_stock_why_not(g, &l)) != 0)
            exclude(g, &l);
        if (why == 0) {
            tried++;
            if (mv_fold_add(&f, r->amounts)) {
                r->basis.whole_base |= whole;
                continue;
            }
            exclude(g, &l);
        }
        g->part_reasons |= why;
        mv_left_out_add(g, unit, MV_MEMBER_TOTAL,
                        why != 0 ? why : mv_fold_why(&f, r->amounts));
    }
    if (tried == 0)
        r->reasons |= g->part_reasons;
    else
        mv_fold_end(&f, r->amounts);
}

void mv_rollup(struct mv_gathering *g)
{
    add_units(g);
    mv_stock_divide(g);
}
