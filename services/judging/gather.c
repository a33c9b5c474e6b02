/* gather - see gather.h. Job: the value of a term, what it rests on, and what
 * is missing for it. Invariant: a value without a reason has an amount in
 * every year. Works on copies: a crash leaves nothing. */
#include "services/judging/gather.h"

#include "services/base/err.h"
#include "services/judging/collect.h"
#include "services/judging/left_out.h"
#include "services/judging/rollup.h"

/* What is not held in the target's year, and, where all series hold the same,
 * how much they hold. */
static void find_missing(struct mv_gathering *g)
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
static void find_latest(struct mv_gathering *g)
{
    const struct mv_stretch *found = NULL;
    for (uint32_t i = g->all.from[0]; i < g->all.to[0]; i++) {
        const struct mv_stretch *t =
            mv_strand_last(g->w, mv_gathering_leaf(g, i));
        if (found == NULL || t->end > found->end ||
            (t->end == found->end && t->start > found->start))
            found = t;
    }
    MV_ASSERT(found != NULL);
    g->term->part = found->part;
    g->term->code = found->slot.code;
}

/* The child of the term's unit that this unit is, or lies below. */
static uint32_t child_of_top(const struct mv_gathering *g, uint32_t unit)
{
    while (g->c->units[unit].parent != g->term->unit)
        unit = g->c->units[unit].parent;
    return unit;
}

static void count_units(struct mv_gathering *g)
{
    struct mv_basis *b = &g->ret->basis;
    const struct mv_unit *top = &g->c->units[g->term->unit];
    uint32_t last = MV_NONE;
    b->own = mv_gathering_leaf(g, g->all.from[0])->unit == g->term->unit;
    b->units_in = b->units_of = 1;
    if (b->own)
        return;
    b->units_in = b->units_of = 0;
    for (uint32_t i = 0; i < top->children.count; i++)
        b->units_of +=
            mv_collect_counts(g, top->children.at[i], g->term->years[0]);
    for (uint32_t i = g->all.from[0]; i < g->all.to[0]; i++) {
        uint32_t child = child_of_top(g, mv_gathering_leaf(g, i)->unit);
        if (!mv_gathering_leaf(g, i)->included || child == last)
            continue;
        last = child;
        b->units_in++;
    }
}

static void mark_stretches(struct mv_gathering *g, const struct mv_strand *s)
{
    for (uint32_t i = s->first; i < s->first + s->count; i++) {
        const struct mv_stretch *t = &g->w->stretches[i];
        if (!t->picked)
            continue;
        unsigned bit = mv_basis_bit(t->part, t->slot.code);
        g->ret->basis.stretches[bit / 64] |= UINT64_C(1) << bit % 64;
    }
}

/* Where a figure of the strand first starts, and where the last one does. */
static void keep_used(struct mv_gathering *g, const struct mv_strand *s)
{
    struct mv_work *w = g->w;
    struct mv_used u = {.term_indicator = g->term->indicator,
                        .term_member = g->term->member,
                        .unit = s->unit,
                        .member = s->member,
                        .year = s->year,
                        .first_start = INT32_MAX,
                        .last_start = INT32_MIN};
    for (uint32_t i = s->first; i < s->first + s->count; i++) {
        const struct mv_stretch *t = &w->stretches[i];
        struct mv_period p;
        if (!t->picked || !mv_slot_period(s->year, t->part, t->slot.code, &p))
            continue;
        if (p.first_day < u.first_start)
            u.first_start = p.first_day;
        if (p.first_day > u.last_start)
            u.last_start = p.first_day;
    }
    if (u.last_start < u.first_start)
        return;
    if (w->used_count == w->used_cap) {
        w->used_cap = w->used_cap * 2 + 16;
        w->used = mv_xrealloc(w->used, w->used_cap * sizeof *w->used);
    }
    w->used[w->used_count++] = u;
}

/* Are the figures and forecasts in the value all of the year? */
static bool is_whole(const struct mv_gathering *g, const struct mv_strand *s)
{
    unsigned words = mv_cells_words(g->ind->frequency);
    struct mv_cells year, held = s->held;
    mv_cells_year(g->ind->frequency, s->year, &year);
    mv_cells_add(&held, &s->none_expected, words);
    return mv_cells_inside(&year, &held, words);
}

static void find_basis(struct mv_gathering *g)
{
    g->ret->whole = UINT16_MAX;
    bool last = g->ind->over_periods == MV_FOLD_LAST;
    struct mv_basis *b = &g->ret->basis;
    for (unsigned y = 0; y < g->term->year_count; y++) {
        b->unweighted |= g->ret->amounts[y].unweighted;
        for (uint32_t i = g->all.from[y]; i < g->all.to[y]; i++) {
            struct mv_strand *s = mv_gathering_leaf(g, i);
            if (!s->included)
                continue;
            if (last)
                mv_strand_keep_last(g->w, s);
            b->preliminary |= mv_strand_preliminary(g->w, s);
            b->forecast |= !mv_cells_empty(&s->filled, MV_CELL_WORDS);
            if (!is_whole(g, s))
                g->ret->whole &= (uint16_t) ~(1u << y);
            if (g->w->keep_used)
                keep_used(g, s);
            if (y == 0)
                mark_stretches(g, s);
        }
    }
    count_units(g);
    mv_left_out_name(g);
}

/* A value that may not be shown, or is none. */
static void check_amounts(struct mv_gathering *g)
{
    mv_i128 least = (mv_i128)g->ind->min_denominator * MV_MICRO_ONE;
    for (unsigned y = 0; y < g->term->year_count; y++) {
        const struct mv_amount *a = &g->ret->amounts[y];
        if (a->has_pair && a->figures && a->held < least)
            g->ret->small = true;
        if (a->reason != MV_REASON_NO)
            g->ret->reasons |= MV_REASON_BIT(a->reason);
    }
    if (g->ret->small)
        g->ret->reasons |= MV_REASON_BIT(MV_REASON_SUPPRESSED);
}

/* What is missing of the target's year is forecast, series by series. */
static void prepare_forecast(struct mv_gathering *g)
{
    const struct mv_term *t = g->term;
    mv_freq freq = g->ind->frequency;
    unsigned words = mv_cells_words(freq);
    for (uint32_t i = g->all.from[0]; i < g->all.to[0]; i++) {
        uint32_t at = g->w->leaves[i], before = MV_NONE;
        struct mv_strand s = g->w->strands[at];
        if (t->forecast == MV_FORECAST_SEASONAL)
            before = mv_strand_load(g->w, g->env, s.unit, t->indicator,
                                    s.member, s.year - 1);
        mv_cells_year(freq, s.year, &s.fill);
        mv_cells_drop(&s.fill, &s.counted, words);
        mv_cells_drop(&s.fill, &s.none_expected, words);
        mv_cells_drop(&s.fill, &s.known_suppressed, words);
        s.filled = s.fill;
        mv_cells_add(&s.held, &s.filled, words);
        s.before = before;
        s.recent = t->recent;
        g->w->strands[at] = s;
    }
}

/* A named period: what of its year is missing lies within it. */
static void within_given(struct mv_gathering *g)
{
    mv_freq freq = g->ind->frequency;
    const struct mv_term *t = g->term;
    struct mv_span_of_cells stretch;
    if (!mv_cells_of(freq, t->years[0], t->part, t->code, &stretch))
        stretch.cells = (struct mv_cells){{0}};
    mv_cells_whole(freq, &stretch.cells);
    mv_cells_keep(&g->ret->missing, &stretch.cells, mv_cells_words(freq));
    g->ret->missing_count = (uint16_t)mv_cells_periods(freq, &g->ret->missing);
}

/* Why a named period is not in: what was taken back or hidden there. */
static void why_not_given(struct mv_gathering *g)
{
    const struct mv_term *t = g->term;
    unsigned words = mv_cells_words(g->ind->frequency);
    struct mv_span_of_cells stretch;
    g->ret->nothing_now = true;
    g->ret->reasons = MV_REASON_BIT(MV_REASON_NOT_DUE);
    if (!mv_cells_of(g->ind->frequency, t->years[0], t->part, t->code,
                     &stretch))
        return;
    for (uint32_t i = 0; i < g->w->stretch_count; i++) {
        const struct mv_stretch *at = &g->w->stretches[i];
        if (at->number || !mv_cells_meet(&at->cells, &stretch.cells, words))
            continue;
        if (at->slot.withdrawn)
            g->ret->reasons |= MV_REASON_BIT(MV_REASON_WITHDRAWN);
        else if (at->slot.flag == 'Q')
            g->ret->reasons |= MV_REASON_BIT(MV_REASON_SUPPRESSED);
    }
}

static bool all_in(const struct mv_gathering *g)
{
    for (unsigned y = 0; y < g->term->year_count; y++)
        if (g->all.to[y] == g->all.from[y])
            return false;
    return true;
}

void mv_gather(struct mv_work *w, const struct mv_judge_env *env,
               struct mv_term *term, struct mv_gathered *ret)
{
    const struct mv_catalogue *c = mv_plan_catalogue(env->plan);
    struct mv_gathering g = {
        .w = w, .env = env, .term = term, .c = c, .ret = ret};
    g.ind = &c->indicators[term->indicator];
    g.scale = mv_plan_scale(env->plan, term->indicator);
    w->strand_count = w->stretch_count = w->leaf_count = 0;
    ret->reasons = 0;
    ret->basis = (struct mv_basis){0};
    for (unsigned y = 0; y < term->year_count; y++) {
        mv_collect_year(&g, y);
        if (g.all.to[y] == g.all.from[y])
            ret->reasons |=
                mv_collect_why_nothing(&g, y, &c->units[term->unit]);
    }
    find_missing(&g);
    ret->nothing_now = g.all.to[0] == g.all.from[0];
    ret->some_now = !ret->nothing_now;
    ret->small = false;
    if (term->given)
        within_given(&g);
    if (all_in(&g)) {
        if (term->latest && !term->given)
            find_latest(&g);
        if (term->forecast != MV_FORECAST_NONE)
            prepare_forecast(&g);
        mv_rollup(&g);
        if (ret->reasons == 0)
            find_basis(&g);
    }
    if (term->given && (ret->reasons != 0 || !all_in(&g)))
        why_not_given(&g);
    if (ret->reasons != 0 || !all_in(&g))
        return;
    check_amounts(&g);
}
