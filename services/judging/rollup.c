/* rollup - see rollup.h. Job: amounts from leaves. Invariant: a part that
 * lacks one of the years counts in none of them, and is told as left out;
 * what does not count is no longer `included`. Works on copies: a crash
 * leaves nothing. */
#include "services/judging/rollup.h"

#include "services/judging/collect.h"
#include "services/judging/left_out.h"

#include <string.h>

static void exclude(struct mv_gathering *g, const struct mv_leaves *l)
{
    for (unsigned y = 0; y < g->term->year_count; y++)
        for (uint32_t i = l->from[y]; i < l->to[y]; i++)
            mv_gathering_leaf(g, i)->included = false;
}

/* One year's leaves of a unit, all of its members: their total. */
static struct mv_amount total_of(struct mv_gathering *g, uint32_t from,
                                 uint32_t to)
{
    struct mv_folding f;
    struct mv_amount a;
    mv_fold_start(&f, g->ind->total, g->scale, 1);
    for (uint32_t i = from; i < to; i++) {
        struct mv_strand *s = mv_gathering_leaf(g, i);
        if (!s->included)
            continue;
        a = mv_strand_add_up(g->w, s, g->ind, g->scale);
        if (!mv_fold_add(&f, &a)) {
            s->included = false;
            mv_left_out_add(g, s->unit, s->member);
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
static struct mv_amount unit_amount(struct mv_gathering *g, uint32_t from,
                                    uint32_t to)
{
    const struct mv_strand *s = mv_gathering_leaf(g, from);
    if (s->member != g->term->member)
        return total_of(g, from, to);
    return mv_strand_add_up(g->w, s, g->ind, g->scale);
}

/* One year of a unit from picked leaves of it or of units below. */
static struct mv_amount year_amount(struct mv_gathering *g, uint32_t unit,
                                    uint32_t from, uint32_t to)
{
    struct mv_folding f;
    struct mv_amount a;
    bool any;
    if (mv_gathering_leaf(g, from)->unit == unit)
        return unit_amount(g, from, to);
    mv_fold_start(&f, g->ind->over_units, g->scale, 1);
    for (uint32_t i = from, next; i < to; i = next) {
        next = run_of_unit(g, i, to, &any);
        if (!any)
            continue;
        a = unit_amount(g, i, next);
        if (mv_fold_add(&f, &a))
            continue;
        mv_left_out_add(g, mv_gathering_leaf(g, i)->unit, MV_MEMBER_TOTAL);
        for (uint32_t k = i; k < next; k++)
            mv_gathering_leaf(g, k)->included = false;
    }
    mv_fold_end(&f, &a);
    return a;
}

/* Leaves of one unit and member, out of each year's leaves of the unit;
 * false: some year has none. *next: the lowest member after it. */
static bool member_leaves(const struct mv_gathering *g,
                          const struct mv_leaves *l, uint32_t member,
                          struct mv_leaves *ret, uint32_t *next)
{
    bool all = true;
    *next = MV_NONE;
    for (unsigned y = 0; y < g->term->year_count; y++) {
        uint32_t i = l->from[y];
        while (i < l->to[y] && mv_gathering_leaf(g, i)->member < member)
            i++;
        bool has = i < l->to[y] && mv_gathering_leaf(g, i)->member == member;
        ret->from[y] = i;
        ret->to[y] = i + has;
        all &= has;
        if (i + has < l->to[y] && mv_gathering_leaf(g, i + has)->member < *next)
            *next = mv_gathering_leaf(g, i + has)->member;
    }
    return all;
}

/* Why a member of the unit has nothing in, in the years that lack it. */
static uint32_t why_no_member(const struct mv_gathering *g,
                              const struct mv_leaves *one, uint32_t unit,
                              uint32_t member)
{
    uint32_t bits = 0;
    for (unsigned y = 0; y < g->term->year_count; y++) {
        if (one->to[y] > one->from[y])
            continue;
        bits |= MV_REASON_BIT(y > 0 ? MV_REASON_NO_BASE : MV_REASON_NOT_DUE);
        for (uint32_t i = g->visited_from[y]; i < g->visited_to[y]; i++) {
            const struct mv_strand *s = &g->w->strands[i];
            if (s->unit == unit && s->member == member)
                bits |= mv_collect_reasons(s);
        }
    }
    return bits;
}

/* A unit whose members are in, in every year: member by member. */
static uint32_t by_member(struct mv_gathering *g, const struct mv_leaves *l,
                          struct mv_amount *ret)
{
    struct mv_folding f;
    struct mv_leaves one;
    uint32_t reasons = 0;
    uint32_t next = 0;
    unsigned tried = 0;
    mv_fold_start(&f, g->ind->total, g->scale, g->term->year_count);
    for (uint32_t m = 0; m != MV_NONE; m = next) {
        bool all = member_leaves(g, l, m, &one, &next);
        uint32_t unit = mv_gathering_leaf(g, l->from[0])->unit;
        bool there = false;
        for (unsigned y = 0; y < g->term->year_count; y++)
            there |= one.to[y] > one.from[y];
        if (!there)
            continue;
        uint32_t why = all ? mv_joint_pick(g->w, g->env, g->term, &one,
                                           &g->ret->basis.whole_base)
                           : why_no_member(g, &one, unit, m);
        if (why & MV_REASON_BIT(MV_REASON_SERIES_BREAK))
            return why;
        if (why == 0) {
            tried++;
            for (unsigned y = 0; y < g->term->year_count; y++)
                ret[y] = mv_strand_add_up(
                    g->w, mv_gathering_leaf(g, one.from[y]), g->ind, g->scale);
            if (mv_fold_add(&f, ret))
                continue;
            exclude(g, &one);
        }
        reasons |= why;
        mv_left_out_add(g, unit, m);
    }
    if (tried == 0)
        return reasons;
    mv_fold_end(&f, ret);
    return 0;
}

static bool made_of_members(const struct mv_gathering *g,
                            const struct mv_leaves *l, uint32_t unit)
{
    for (unsigned y = 0; y < g->term->year_count; y++) {
        const struct mv_strand *s = mv_gathering_leaf(g, l->from[y]);
        if (s->unit != unit || s->member == g->term->member)
            return false;
    }
    return true;
}

/* Amounts of all years of one unit; bits of reasons: it has none. */
static uint32_t unit_amounts(struct mv_gathering *g, const struct mv_leaves *l,
                             uint32_t unit, struct mv_amount *ret)
{
    if (made_of_members(g, l, unit))
        return by_member(g, l, ret);
    uint32_t why =
        mv_joint_pick(g->w, g->env, g->term, l, &g->ret->basis.whole_base);
    for (unsigned y = 0; why == 0 && y < g->term->year_count; y++)
        ret[y] = year_amount(g, unit, l->from[y], l->to[y]);
    return why;
}

/* The highest unit at or above this one, below the term's own, that has no
 * leaves in a year: it is the part that lacks the year. */
static const struct mv_unit *lacking(const struct mv_gathering *g, unsigned y,
                                     uint32_t unit)
{
    const struct mv_unit *found = &g->c->units[unit];
    while (found->index != g->term->unit && found->parent != g->term->unit) {
        const struct mv_unit *above = &g->c->units[found->parent];
        for (uint32_t i = g->all.from[y]; i < g->all.to[y]; i++) {
            uint32_t at = g->c->units[mv_gathering_leaf(g, i)->unit].enter;
            if (at >= above->enter && at < above->leave)
                return found;
        }
        found = above;
    }
    return found;
}

/* The next unit in preorder that has leaves in some year, and its leaves and
 * those below it in each. False: no more. */
static bool next_unit(const struct mv_gathering *g, struct mv_leaves *l,
                      uint32_t *unit, uint32_t *missing)
{
    uint32_t enter = MV_NONE;
    for (unsigned y = 0; y < g->term->year_count; y++) {
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
    *missing = 0;
    for (unsigned y = 0; enter != MV_NONE && y < g->term->year_count; y++) {
        const struct mv_unit *top = &g->c->units[*unit];
        while (l->to[y] < g->all.to[y] &&
               g->c->units[mv_gathering_leaf(g, l->to[y])->unit].enter <
                   top->leave)
            l->to[y]++;
        if (l->to[y] == l->from[y]) {
            *missing |=
                mv_collect_why_nothing(g, y, lacking(g, y, *unit)) |
                MV_REASON_BIT(y > 0 ? MV_REASON_NO_BASE : MV_REASON_NOT_DUE);
        }
    }
    return enter != MV_NONE;
}

void mv_rollup(struct mv_gathering *g)
{
    struct mv_gathered *r = g->ret;
    struct mv_folding f;
    struct mv_leaves l = {0};
    uint32_t unit = MV_NONE, why = 0;
    unsigned tried = 0;
    mv_fold_start(&f, g->ind->over_units, g->scale, g->term->year_count);
    memcpy(l.to, g->all.from, sizeof l.to);
    while (next_unit(g, &l, &unit, &why)) {
        if (why == 0)
            why = unit_amounts(g, &l, unit, r->amounts);
        if (unit == g->term->unit ||
            why == MV_REASON_BIT(MV_REASON_SERIES_BREAK)) {
            r->reasons |= why;
            return;
        }
        if (why == 0) {
            tried++;
            if (mv_fold_add(&f, r->amounts))
                continue;
            exclude(g, &l);
        }
        g->part_reasons |= why;
        mv_left_out_add(g, unit, MV_MEMBER_TOTAL);
    }
    if (tried == 0)
        r->reasons |= g->part_reasons;
    else
        mv_fold_end(&f, r->amounts);
}
