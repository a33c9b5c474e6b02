/* gather - see gather.h. Job: the value of a term. Invariant: of a unit and
 * year, own figures count alone; else its members; else its children; a part
 * that lacks one of the years counts in none of them. Units are walked in
 * preorder, without recursion. Works on copies: a crash leaves nothing. */
#include "services/judging/gather.h"

#include "services/base/err.h"

#include <string.h>

struct gathering {
    struct mv_work *w;
    const struct mv_judge_env *env;
    struct mv_term *term;
    const struct mv_catalogue *c;
    const struct mv_indicator *ind;
    struct mv_gathered *ret;
    int64_t scale;
    struct mv_leaves all;                     /* of each year */
    uint32_t visited_from[MV_TERM_YEARS_MAX]; /* strands looked at */
    uint32_t visited_to[MV_TERM_YEARS_MAX];
    uint32_t part_reasons; /* of parts without a value in all years */
};

static void add_leaf(struct mv_work *w, uint32_t strand)
{
    if (w->leaf_count == w->leaf_cap) {
        w->leaf_cap = w->leaf_cap == 0 ? 64 : w->leaf_cap * 2;
        w->leaves = mv_xrealloc(w->leaves, w->leaf_cap * sizeof *w->leaves);
    }
    w->leaves[w->leaf_count++] = strand;
}

static struct mv_strand *leaf(const struct gathering *g, uint32_t i)
{
    return &g->w->strands[g->w->leaves[i]];
}

/* The unit's own figures, or its members'. False: nothing of its own. */
static bool collect_unit(struct gathering *g, uint32_t unit, int year)
{
    const struct mv_term *t = g->term;
    bool any = false;
    uint32_t s =
        mv_strand_load(g->w, g->env, unit, t->indicator, t->member, year);
    if (g->w->strands[s].in) {
        add_leaf(g->w, s);
        return true;
    }
    if (t->member != MV_MEMBER_TOTAL || g->ind->total == MV_FOLD_NONE)
        return false;
    for (uint32_t m = 0; m < g->ind->member_count; m++) {
        s = mv_strand_load(g->w, g->env, unit, t->indicator, m, year);
        if (g->w->strands[s].in) {
            add_leaf(g->w, s);
            any = true;
        }
    }
    return any;
}

static bool counts_below(const struct gathering *g, uint32_t unit, int year)
{
    return !mv_plan_excepted(g->env->plan, g->term->indicator, unit) &&
           mv_plan_alive(g->env->plan, unit, year);
}

static void collect_year(struct gathering *g, unsigned y)
{
    const uint32_t *order = mv_plan_preorder(g->env->plan);
    const struct mv_unit *top = &g->c->units[g->term->unit];
    int year = g->term->years[y];
    g->all.from[y] = g->w->leaf_count;
    g->visited_from[y] = g->w->strand_count;
    for (uint32_t i = top->enter; i < top->leave;) {
        const struct mv_unit *u = &g->c->units[order[i]];
        bool skip = u != top && !counts_below(g, u->index, year);
        if (skip || collect_unit(g, u->index, year))
            i = u->leave;
        else if (g->ind->over_units == MV_FOLD_NONE)
            break;
        else
            i++;
    }
    g->all.to[y] = g->w->leaf_count;
    g->visited_to[y] = g->w->strand_count;
}

static uint32_t strand_reasons(const struct mv_strand *s)
{
    return (s->withdrawn ? MV_REASON_BIT(MV_REASON_WITHDRAWN) : 0) |
           (s->suppressed ? MV_REASON_BIT(MV_REASON_SUPPRESSED) : 0);
}

/* Why nothing is in for a year, of the units enter..leave-1. */
static uint32_t why_nothing(const struct gathering *g, unsigned y,
                            const struct mv_unit *within)
{
    uint32_t bits = 0;
    for (uint32_t i = g->visited_from[y]; i < g->visited_to[y]; i++) {
        const struct mv_strand *s = &g->w->strands[i];
        uint32_t at = g->c->units[s->unit].enter;
        if (at >= within->enter && at < within->leave)
            bits |= strand_reasons(s);
    }
    if (y > 0)
        bits |= MV_REASON_BIT(MV_REASON_NO_BASE);
    return bits;
}

/* What is not held in the target's year, and, where all series hold the same,
 * how much they hold. */
static void find_missing(struct gathering *g)
{
    mv_freq freq = g->ind->frequency;
    unsigned words = mv_cells_words(freq);
    struct mv_gathered *r = g->ret;
    bool in = g->all.to[0] > g->all.from[0];
    const struct mv_strand *first = NULL;
    struct mv_cells covered = {{0}};
    r->alike = in;
    for (uint32_t i = g->visited_from[0]; i < g->visited_to[0]; i++) {
        const struct mv_strand *s = &g->w->strands[i];
        if (in ? !s->in : !s->records)
            continue;
        struct mv_cells held = s->counted;
        mv_cells_add(&held, &s->none_expected, words);
        mv_cells_add(&held, &s->known_suppressed, words);
        if (first == NULL) {
            first = s;
            covered = held;
        }
        mv_cells_keep(&covered, &held, words);
        r->alike &= mv_cells_equal(&s->counted, &first->counted, words);
    }
    mv_cells_year(freq, g->term->years[0], &r->missing);
    mv_cells_whole(freq, &covered);
    mv_cells_drop(&r->missing, &covered, words);
    r->missing_count = (uint16_t)mv_cells_periods(freq, &r->missing);
    r->held = 0;
    if (first == NULL || !r->alike)
        return;
    covered = first->counted;
    mv_cells_whole(freq, &covered);
    r->held = (uint16_t)mv_cells_periods(freq, &covered);
}

int mv_gathered_missing(const struct mv_gathered *g, mv_freq freq, int year,
                        int n, struct mv_period *ret)
{
    struct mv_cells cells;
    if (g->missing_count == 0)
        return 0;
    while (mv_cells_nth(freq, year, ++n, &cells)) {
        if (mv_cells_meet(&cells, &g->missing, mv_cells_words(freq)) &&
            mv_period_nth(freq, year, n, ret))
            return n;
    }
    return 0;
}

/* The stretch that ends last, the shortest of those. */
static void find_latest(struct gathering *g)
{
    const struct mv_stretch *found = NULL;
    for (uint32_t i = g->all.from[0]; i < g->all.to[0]; i++) {
        const struct mv_stretch *t = mv_strand_last(g->w, leaf(g, i));
        if (found == NULL || t->end > found->end ||
            (t->end == found->end && t->start > found->start))
            found = t;
    }
    MV_ASSERT(found != NULL);
    g->term->part = found->part;
    g->term->code = found->slot.code;
}

static void leave_out(struct gathering *g, uint32_t unit, uint32_t member)
{
    struct mv_basis *b = &g->ret->basis;
    if (b->left_out_kept < MV_LEFT_OUT_MAX)
        b->left_out_at[b->left_out_kept++] = (struct mv_left_out){unit, member};
    b->left_out++;
}

static void exclude(struct gathering *g, const struct mv_leaves *l)
{
    for (unsigned y = 0; y < g->term->year_count; y++)
        for (uint32_t i = l->from[y]; i < l->to[y]; i++)
            leaf(g, i)->included = false;
}

/* One year's leaves of a unit, all of its members: their total. */
static struct mv_amount total_of(struct gathering *g, uint32_t from,
                                 uint32_t to)
{
    struct mv_folding f;
    struct mv_amount a;
    mv_fold_start(&f, g->ind->total, g->scale, 1);
    for (uint32_t i = from; i < to; i++) {
        struct mv_strand *s = leaf(g, i);
        if (!s->included)
            continue;
        a = mv_strand_add_up(g->w, s, g->ind, g->scale);
        if (!mv_fold_add(&f, &a)) {
            s->included = false;
            leave_out(g, s->unit, s->member);
        }
    }
    mv_fold_end(&f, &a);
    return a;
}

static uint32_t run_of_unit(const struct gathering *g, uint32_t from,
                            uint32_t to, bool *any)
{
    uint32_t unit = leaf(g, from)->unit;
    *any = false;
    while (from < to && leaf(g, from)->unit == unit)
        *any |= leaf(g, from++)->included;
    return from;
}

/* One unit's amount from its leaves: its own series, or its members. */
static struct mv_amount unit_amount(struct gathering *g, uint32_t from,
                                    uint32_t to)
{
    const struct mv_strand *s = leaf(g, from);
    if (s->member != g->term->member)
        return total_of(g, from, to);
    return mv_strand_add_up(g->w, s, g->ind, g->scale);
}

/* One year of a unit from picked leaves of it or of units below. */
static struct mv_amount year_amount(struct gathering *g, uint32_t unit,
                                    uint32_t from, uint32_t to)
{
    struct mv_folding f;
    struct mv_amount a;
    bool any;
    if (leaf(g, from)->unit == unit)
        return unit_amount(g, from, to);
    mv_fold_start(&f, g->ind->over_units, g->scale, 1);
    for (uint32_t i = from, next; i < to; i = next) {
        next = run_of_unit(g, i, to, &any);
        if (!any)
            continue;
        a = unit_amount(g, i, next);
        if (mv_fold_add(&f, &a))
            continue;
        leave_out(g, leaf(g, i)->unit, MV_MEMBER_TOTAL);
        for (uint32_t k = i; k < next; k++)
            leaf(g, k)->included = false;
    }
    mv_fold_end(&f, &a);
    return a;
}

/* Leaves of one unit and member, out of each year's leaves of the unit;
 * false: some year has none. *next: the lowest member after it. */
static bool member_leaves(const struct gathering *g, const struct mv_leaves *l,
                          uint32_t member, struct mv_leaves *ret,
                          uint32_t *next)
{
    bool all = true;
    *next = MV_NONE;
    for (unsigned y = 0; y < g->term->year_count; y++) {
        uint32_t i = l->from[y];
        while (i < l->to[y] && leaf(g, i)->member < member)
            i++;
        bool has = i < l->to[y] && leaf(g, i)->member == member;
        ret->from[y] = i;
        ret->to[y] = i + has;
        all &= has;
        if (i + has < l->to[y] && leaf(g, i + has)->member < *next)
            *next = leaf(g, i + has)->member;
    }
    return all;
}

/* Why a member of the unit has nothing in, in the years that lack it. */
static uint32_t why_no_member(const struct gathering *g,
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
                bits |= strand_reasons(s);
        }
    }
    return bits;
}

/* A unit whose members are in, in every year: member by member. */
static uint32_t by_member(struct gathering *g, const struct mv_leaves *l,
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
        uint32_t unit = leaf(g, l->from[0])->unit;
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
                ret[y] = mv_strand_add_up(g->w, leaf(g, one.from[y]), g->ind,
                                          g->scale);
            if (mv_fold_add(&f, ret))
                continue;
            exclude(g, &one);
        }
        reasons |= why;
        leave_out(g, unit, m);
    }
    if (tried == 0)
        return reasons;
    mv_fold_end(&f, ret);
    return 0;
}

static bool made_of_members(const struct gathering *g,
                            const struct mv_leaves *l, uint32_t unit)
{
    for (unsigned y = 0; y < g->term->year_count; y++) {
        const struct mv_strand *s = leaf(g, l->from[y]);
        if (s->unit != unit || s->member == g->term->member)
            return false;
    }
    return true;
}

/* Amounts of all years of one unit; bits of reasons: it has none. */
static uint32_t unit_amounts(struct gathering *g, const struct mv_leaves *l,
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
static const struct mv_unit *lacking(const struct gathering *g, unsigned y,
                                     uint32_t unit)
{
    const struct mv_unit *found = &g->c->units[unit];
    while (found->index != g->term->unit && found->parent != g->term->unit) {
        const struct mv_unit *above = &g->c->units[found->parent];
        for (uint32_t i = g->all.from[y]; i < g->all.to[y]; i++) {
            uint32_t at = g->c->units[leaf(g, i)->unit].enter;
            if (at >= above->enter && at < above->leave)
                return found;
        }
        found = above;
    }
    return found;
}

/* The next unit in preorder that has leaves in some year, and its leaves and
 * those below it in each. False: no more. */
static bool next_unit(const struct gathering *g, struct mv_leaves *l,
                      uint32_t *unit, uint32_t *missing)
{
    uint32_t enter = MV_NONE;
    for (unsigned y = 0; y < g->term->year_count; y++) {
        l->from[y] = l->to[y];
        if (l->from[y] == g->all.to[y])
            continue;
        const struct mv_unit *u = &g->c->units[leaf(g, l->from[y])->unit];
        if (u->enter < enter) {
            enter = u->enter;
            *unit = u->index;
        }
    }
    *missing = 0;
    for (unsigned y = 0; enter != MV_NONE && y < g->term->year_count; y++) {
        const struct mv_unit *top = &g->c->units[*unit];
        while (l->to[y] < g->all.to[y] &&
               g->c->units[leaf(g, l->to[y])->unit].enter < top->leave)
            l->to[y]++;
        if (l->to[y] == l->from[y]) {
            *missing |=
                why_nothing(g, y, lacking(g, y, *unit)) |
                MV_REASON_BIT(y > 0 ? MV_REASON_NO_BASE : MV_REASON_NOT_DUE);
        }
    }
    return enter != MV_NONE;
}

static void roll_up(struct gathering *g)
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
        leave_out(g, unit, MV_MEMBER_TOTAL);
    }
    if (tried == 0)
        r->reasons |= g->part_reasons;
    else
        mv_fold_end(&f, r->amounts);
}

static bool any_included(const struct gathering *g, const struct mv_unit *top)
{
    for (unsigned y = 0; y < g->term->year_count; y++) {
        for (uint32_t i = g->all.from[y]; i < g->all.to[y]; i++) {
            uint32_t at = g->c->units[leaf(g, i)->unit].enter;
            if (leaf(g, i)->included && at >= top->enter && at < top->leave)
                return true;
        }
    }
    return false;
}

static void leave_out_once(struct gathering *g, uint32_t unit, uint32_t member)
{
    const struct mv_basis *b = &g->ret->basis;
    for (unsigned i = 0; i < b->left_out_kept; i++) {
        const struct mv_left_out *l = &b->left_out_at[i];
        if (l->unit == unit && l->member == member)
            return;
    }
    leave_out(g, unit, member);
}

/* A unit of which nothing at all counts is named itself; instead of what lies
 * below it, where years are compared. */
static void name_left_out(struct gathering *g)
{
    struct mv_basis *b = &g->ret->basis;
    struct mv_basis was = *b;
    bool compared = g->term->year_count > 1 || g->term->latest;
    if (was.left_out == 0)
        return;
    b->left_out = b->left_out_kept = 0;
    for (unsigned i = 0; i < was.left_out_kept; i++) {
        const struct mv_left_out *l = &was.left_out_at[i];
        uint32_t highest = MV_NONE;
        for (uint32_t u = l->unit; u != g->term->unit;
             u = g->c->units[u].parent) {
            if (!any_included(g, &g->c->units[u])) {
                highest = u;
                if (!compared)
                    leave_out_once(g, u, MV_MEMBER_TOTAL);
            }
        }
        if (!compared || highest == MV_NONE)
            leave_out_once(g, l->unit, l->member);
        else
            leave_out_once(g, highest, MV_MEMBER_TOTAL);
    }
    b->left_out = (uint16_t)(b->left_out + was.left_out - was.left_out_kept);
}

/* The child of the term's unit that this unit is, or lies below. */
static uint32_t child_of_top(const struct gathering *g, uint32_t unit)
{
    while (g->c->units[unit].parent != g->term->unit)
        unit = g->c->units[unit].parent;
    return unit;
}

static void count_units(struct gathering *g)
{
    struct mv_basis *b = &g->ret->basis;
    const struct mv_unit *top = &g->c->units[g->term->unit];
    uint32_t last = MV_NONE;
    b->own = leaf(g, g->all.from[0])->unit == g->term->unit;
    b->units_in = b->units_of = 1;
    if (b->own)
        return;
    b->units_in = b->units_of = 0;
    for (uint32_t i = 0; i < top->children.count; i++)
        b->units_of += counts_below(g, top->children.at[i], g->term->years[0]);
    for (uint32_t i = g->all.from[0]; i < g->all.to[0]; i++) {
        uint32_t child = child_of_top(g, leaf(g, i)->unit);
        if (!leaf(g, i)->included || child == last)
            continue;
        last = child;
        b->units_in++;
    }
}

static void mark_stretches(struct gathering *g, const struct mv_strand *s)
{
    for (uint32_t i = s->first; i < s->first + s->count; i++) {
        const struct mv_stretch *t = &g->w->stretches[i];
        if (!t->picked)
            continue;
        unsigned bit = mv_basis_bit(t->part, t->slot.code);
        g->ret->basis.stretches[bit / 64] |= UINT64_C(1) << bit % 64;
    }
}

static void find_basis(struct gathering *g)
{
    bool last = g->ind->over_periods == MV_FOLD_LAST;
    struct mv_basis *b = &g->ret->basis;
    for (unsigned y = 0; y < g->term->year_count; y++) {
        b->unweighted |= g->ret->amounts[y].unweighted;
        for (uint32_t i = g->all.from[y]; i < g->all.to[y]; i++) {
            struct mv_strand *s = leaf(g, i);
            if (!s->included)
                continue;
            if (last)
                mv_strand_keep_last(g->w, s);
            b->preliminary |= mv_strand_preliminary(g->w, s);
            if (y == 0)
                mark_stretches(g, s);
        }
    }
    count_units(g);
    name_left_out(g);
}

/* A value that may not be shown, or is none. */
static void check_amounts(struct gathering *g)
{
    mv_i128 least = (mv_i128)g->ind->min_denominator * MV_MICRO_ONE;
    for (unsigned y = 0; y < g->term->year_count; y++) {
        const struct mv_amount *a = &g->ret->amounts[y];
        if (a->has_pair && a->den < least)
            g->ret->reasons |= MV_REASON_BIT(MV_REASON_SUPPRESSED);
        if (a->reason != MV_REASON_NO)
            g->ret->reasons |= MV_REASON_BIT(a->reason);
    }
}

void mv_gather(struct mv_work *w, const struct mv_judge_env *env,
               struct mv_term *term, struct mv_gathered *ret)
{
    const struct mv_catalogue *c = mv_plan_catalogue(env->plan);
    struct gathering g = {.w = w, .env = env, .term = term, .c = c, .ret = ret};
    g.ind = &c->indicators[term->indicator];
    g.scale = mv_plan_scale(env->plan, term->indicator);
    w->strand_count = w->stretch_count = w->leaf_count = 0;
    ret->reasons = 0;
    ret->basis = (struct mv_basis){0};
    for (unsigned y = 0; y < term->year_count; y++) {
        collect_year(&g, y);
        if (g.all.to[y] == g.all.from[y])
            ret->reasons |= why_nothing(&g, y, &c->units[term->unit]);
    }
    find_missing(&g);
    ret->nothing_now = g.all.to[0] == g.all.from[0];
    for (unsigned y = 0; y < term->year_count; y++)
        if (g.all.to[y] == g.all.from[y])
            return;
    if (term->latest)
        find_latest(&g);
    roll_up(&g);
    if (ret->reasons != 0)
        return;
    find_basis(&g);
    check_amounts(&g);
}
