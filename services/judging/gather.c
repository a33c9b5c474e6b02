/* gather - see gather.h. Job: the value of a term, what it rests on, and what
 * is missing for it. Invariant: a value without a reason has an amount in
 * every year. Works on copies: a crash leaves nothing. */
#include "services/judging/gather.h"

#include "services/base/err.h"
#include "services/judging/collect.h"
#include "services/judging/counted.h"
#include "services/judging/expected.h"
#include "services/judging/left_out.h"
#include "services/judging/rollup.h"
#include "services/judging/stock.h"

#include <string.h>

/* What is not held of a part in the target's year, and, where all series
 * hold the same, how much they hold. */
static void find_missing(struct mv_gathering *g, unsigned part)
{
    mv_freq freq = mv_gathering_indicator(g, part)->frequency;
    unsigned words = mv_cells_words(freq);
    struct mv_lack *l = &g->ret->lack[part];
    bool alike = l->some;
    const struct mv_strand *first = NULL;
    const struct mv_unit *top = &g->c->units[g->term->unit];
    int year = g->term->at[0].year;
    struct mv_cells covered = {{0}};
    l->waived = (struct mv_cells){{0}};
    for (uint32_t i = g->visited_from[part]; i < g->visited_to[part]; i++) {
        const struct mv_strand *s = &g->w->strands[i];
        if (l->some ? !s->in : !s->records)
            continue;
        struct mv_cells held = s->counted, waived = s->none_expected;
        mv_cells_drop(&waived, &held, words);
        mv_cells_add(&held, &s->none_expected, words);
        mv_cells_add(&held, &s->known_suppressed, words);
        if (first == NULL) {
            first = s;
            covered = held;
            l->waived = waived;
        }
        mv_cells_keep(&covered, &held, words);
        mv_cells_keep(&l->waived, &waived, words);
        alike &= mv_cells_equal(&s->counted, &first->counted, words);
    }
    if (first == NULL) {
        mv_cells_outside(freq, year, top->first_day, top->last_day, &l->waived);
        covered = l->waived;
    }
    mv_cells_year(freq, year, &l->missing);
    mv_cells_whole(freq, &covered);
    mv_cells_drop(&l->missing, &covered, words);
    l->count = (uint16_t)mv_cells_periods(freq, &l->missing);
    if (part > 0)
        return;
    g->ret->alike = alike;
    g->ret->held = 0;
    if (first == NULL || !alike)
        return;
    covered = first->counted;
    mv_cells_whole(freq, &covered);
    g->ret->held = (uint16_t)mv_cells_periods(freq, &covered);
}

int mv_lack_next(const struct mv_lack *l, mv_freq freq, int year, int n,
                 struct mv_period *ret)
{
    struct mv_cells cells;
    if (l->count == 0)
        return 0;
    while (mv_cells_nth(freq, year, ++n, &cells)) {
        if (mv_cells_meet(&cells, &l->missing, mv_cells_words(freq)) &&
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

/* The cells in which every part has some figure, of whatever length: a
 * period that reaches beyond them is nobody's. */
static struct mv_cells within_all(const struct mv_gathering *g)
{
    unsigned words = mv_cells_words(mv_gathering_indicator(g, 0)->frequency);
    struct mv_cells all;
    memset(&all, 0xff, sizeof all);
    for (unsigned part = 0; part < g->term->parts; part++) {
        struct mv_cells in = {{0}};
        for (uint32_t i = g->all.from[part]; i < g->all.to[part]; i++) {
            const struct mv_strand *s = mv_gathering_leaf(g, i);
            for (uint32_t k = s->first; k < s->first + s->count; k++) {
                if (g->w->stretches[k].number)
                    mv_cells_add(&in, &g->w->stretches[k].cells, words);
            }
        }
        mv_cells_keep(&all, &in, words);
    }
    return all;
}

/* The last of a derived indicator's own periods that all parts have; the term
 * is left as it was if there is none. */
static bool find_common_latest(struct mv_gathering *g)
{
    struct mv_term *t = g->term;
    mv_freq freq = g->c->indicators[t->indicator].frequency;
    int32_t year = t->at[0].year;
    unsigned all = t->count;
    uint8_t part = t->part, code = t->code;
    bool found = false;
    struct mv_period p;
    struct mv_cells cells, in = within_all(g);
    t->count = t->parts;
    for (int n = mv_period_count(freq, year); n > 0 && !found; n--) {
        if (!mv_period_nth(freq, year, n, &p) ||
            !mv_cells_nth(freq, year, n, &cells) ||
            !mv_cells_inside(&cells, &in, mv_cells_words(freq)))
            continue;
        mv_slot_place(&p, &t->part, &t->code);
        mv_rollup_start_over(g);
        mv_rollup(g);
        found = g->ret->reasons == 0;
    }
    if (!found) {
        t->part = part;
        t->code = code;
    }
    t->count = all;
    return found;
}

/* All of what is in, also where the last of it counts alone. */
static void mark_held(struct mv_gathering *g, const struct mv_strand *s,
                      unsigned words)
{
    for (uint32_t i = s->first; i < s->first + s->count; i++) {
        const struct mv_stretch *t = &g->w->stretches[i];
        if (t->picked)
            mv_cells_add(&g->ret->basis.held, &t->cells, words);
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
static void keep_used(struct mv_gathering *g, unsigned y,
                      const struct mv_strand *s)
{
    struct mv_work *w = g->w;
    struct mv_used u = {.term_indicator = g->term->at[y].indicator,
                        .term_member = g->term->at[y].member,
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
static bool is_whole(mv_freq freq, const struct mv_strand *s)
{
    unsigned words = mv_cells_words(freq);
    struct mv_cells year, held = s->held;
    mv_cells_year(freq, s->year, &year);
    mv_cells_add(&held, &s->none_expected, words);
    return mv_cells_inside(&year, &held, words);
}

/* The picked figures of a leaf, whether or not it is in the value. */
static void note_counted(struct mv_gathering *g, unsigned y,
                         const struct mv_strand *s)
{
    const struct mv_term *t = g->term;
    if (g->w->counted == NULL)
        return;
    bool last = mv_gathering_indicator(g, y)->over_periods == MV_FOLD_LAST;
    const struct mv_counted_leaf leaf = {
        .indicator = t->at[y].indicator,
        .member = s->member,
        .unit = s->unit,
        .year = t->at[y].year,
        .last = last || (t->latest && !t->given),
    };
    mv_counted_note(g->w->counted, g->w, &leaf, s);
}

/* One column's share of it. */
static void column_basis(struct mv_gathering *g, unsigned y)
{
    const struct mv_indicator *ind = mv_gathering_indicator(g, y);
    struct mv_basis *b = &g->ret->basis;
    unsigned words = mv_cells_words(ind->frequency);
    b->unweighted |= g->ret->amounts[y].unweighted;
    for (uint32_t i = g->all.from[y]; i < g->all.to[y]; i++) {
        struct mv_strand *s = mv_gathering_leaf(g, i);
        if (y == 0 && (s->included || (s->ended && s->took_part)))
            mark_held(g, s, words);
        if (s->included && ind->over_periods == MV_FOLD_LAST)
            mv_strand_keep_last(g->w, s);
        note_counted(g, y, s);
        if (!s->included)
            continue;
        b->preliminary |= mv_strand_preliminary(g->w, s);
        b->forecast |= !mv_cells_empty(&s->filled, words);
        if (!is_whole(ind->frequency, s))
            g->ret->whole &= ~(UINT64_C(1) << y);
        if (g->w->keep_used)
            keep_used(g, y, s);
        if (!mv_term_is_base(g->term, y))
            mark_stretches(g, s);
    }
}

static void find_basis(struct mv_gathering *g)
{
    g->ret->whole = UINT64_MAX;
    for (unsigned y = 0; y < g->term->count; y++)
        column_basis(g, y);
    mv_expected_units(g);
    mv_left_out_name(g);
}

/* A value that may not be shown, or is none. */
static void check_amounts(struct mv_gathering *g)
{
    for (unsigned y = 0; y < g->term->count; y++) {
        const struct mv_amount *a = &g->ret->amounts[y];
        const struct mv_indicator *ind = mv_gathering_indicator(g, y);
        mv_i128 least = (mv_i128)ind->min_denominator * MV_MICRO_ONE;
        if (a->has_pair && a->figures && a->held < least)
            g->ret->small = true;
        if (a->reason != MV_REASON_NO)
            g->ret->reasons |= MV_REASON_BIT(a->reason);
        if (a->reason == MV_REASON_NOT_COMPUTABLE && a->bare)
            g->w->bare = true;
    }
    if (g->ret->small)
        g->ret->reasons |= MV_REASON_BIT(MV_REASON_SUPPRESSED);
}

/* What is missing of a part in the target's year is forecast, series by
 * series. */
static void prepare_forecast(struct mv_gathering *g, unsigned part)
{
    const struct mv_term *t = g->term;
    mv_freq freq = mv_gathering_indicator(g, part)->frequency;
    unsigned words = mv_cells_words(freq);
    for (uint32_t i = g->all.from[part]; i < g->all.to[part]; i++) {
        uint32_t at = g->w->leaves[i], before = MV_NONE;
        struct mv_strand s = g->w->strands[at];
        if (t->forecast == MV_FORECAST_SEASONAL)
            before = mv_strand_load(g->w, g->env, s.unit, t->at[part].indicator,
                                    s.member, s.year - 1);
        mv_cells_year(freq, s.year, &s.fill);
        mv_cells_drop(&s.fill, &s.counted, words);
        mv_cells_drop(&s.fill, &s.none_expected, words);
        mv_cells_drop(&s.fill, &s.known_suppressed, words);
        s.filled = s.fill;
        mv_cells_add(&s.held, &s.filled, words);
        s.before = before;
        s.recent = before != MV_NONE ? MV_RECENT_OTHERWISE : t->recent;
        g->w->strands[at] = s;
    }
}

/* The cells that a named period covers, whatever part's periods it cuts. */
static bool given_cells(const struct mv_gathering *g, struct mv_cells *ret)
{
    const struct mv_term *t = g->term;
    mv_freq freq = mv_gathering_indicator(g, 0)->frequency;
    struct mv_span_of_cells stretch;
    if (freq != MV_FREQ_W && freq != MV_FREQ_D)
        freq = MV_FREQ_M;
    if (!mv_cells_of(freq, t->at[0].year, t->part, t->code, &stretch))
        return false;
    *ret = stretch.cells;
    return true;
}

/* A named period: what of its year is missing lies within it. */
static void within_given(struct mv_gathering *g, unsigned part)
{
    mv_freq freq = mv_gathering_indicator(g, part)->frequency;
    struct mv_lack *l = &g->ret->lack[part];
    struct mv_cells cells;
    if (!given_cells(g, &cells))
        cells = (struct mv_cells){{0}};
    mv_cells_whole(freq, &cells);
    mv_cells_keep(&l->missing, &cells, mv_cells_words(freq));
    l->count = (uint16_t)mv_cells_periods(freq, &l->missing);
}

/* There is no value for want of the parts' figures, all of them. */
static void nothing_of_all(struct mv_gathering *g)
{
    g->ret->nothing_now = true;
    for (unsigned part = 0; part < g->term->parts; part++)
        g->ret->lack[part].nothing = true;
}

/* Why a named period is not in: what was taken back or hidden there. */
static void why_not_given(struct mv_gathering *g)
{
    unsigned words = mv_cells_words(mv_gathering_indicator(g, 0)->frequency);
    struct mv_cells cells;
    nothing_of_all(g);
    g->ret->reasons = MV_REASON_BIT(MV_REASON_NOT_DUE);
    if (!given_cells(g, &cells))
        return;
    for (uint32_t i = 0; i < g->w->stretch_count; i++) {
        const struct mv_stretch *at = &g->w->stretches[i];
        if (at->number || !mv_cells_meet(&at->cells, &cells, words))
            continue;
        if (at->slot.withdrawn)
            g->ret->reasons |= MV_REASON_BIT(MV_REASON_WITHDRAWN);
        else if (at->slot.flag == 'Q')
            g->ret->reasons |= MV_REASON_BIT(MV_REASON_SUPPRESSED);
    }
}

static bool is_in(const struct mv_gathering *g, unsigned columns)
{
    for (unsigned y = 0; y < columns; y++)
        if (g->all.to[y] == g->all.from[y])
            return false;
    return true;
}

/* What is in of every column, and what is not of each part. */
static void collect(struct mv_gathering *g)
{
    const struct mv_unit *top = &g->c->units[g->term->unit];
    for (unsigned y = 0; y < g->term->count; y++) {
        mv_collect_column(g, y);
        if (g->all.to[y] == g->all.from[y])
            g->ret->reasons |= mv_collect_why_nothing(g, y, top);
    }
    for (unsigned part = 0; part < g->term->parts; part++) {
        struct mv_lack *l = &g->ret->lack[part];
        l->some = g->all.to[part] > g->all.from[part];
        l->nothing = !l->some;
        g->ret->nothing_now |= l->nothing;
        find_missing(g, part);
    }
}

/* The stretch of `latest`; false: the parts of a derived indicator have none
 * in common. */
static bool settle_latest(struct mv_gathering *g)
{
    const struct mv_term *t = g->term;
    if (!t->latest || t->given || !is_in(g, t->parts))
        return true;
    if (g->c->indicators[t->indicator].formula == MV_NONE) {
        find_latest(g);
        return true;
    }
    uint32_t why = g->ret->reasons;
    bool found = find_common_latest(g);
    mv_rollup_start_over(g);
    g->ret->reasons = found ? why : MV_REASON_BIT(MV_REASON_NOT_DUE);
    return found;
}

/* The parts are in, but not for one stretch. */
static void why_not_shared(struct mv_gathering *g)
{
    const struct mv_gathered *r = g->ret;
    if (!r->nothing_now && g->term->parts > 1 &&
        (r->reasons & MV_REASON_BIT(MV_REASON_NOT_DUE)) != 0)
        nothing_of_all(g);
}

static struct mv_gathering begin(struct mv_work *w,
                                 const struct mv_judge_env *env,
                                 struct mv_term *term, struct mv_gathered *ret)
{
    w->strand_count = w->stretch_count = w->leaf_count = 0;
    ret->reasons = 0;
    ret->basis = (struct mv_basis){0};
    ret->small = ret->nothing_now = ret->stock = false;
    return (struct mv_gathering){.w = w,
                                 .env = env,
                                 .term = term,
                                 .c = mv_plan_catalogue(env->plan),
                                 .ret = ret,
                                 .only = MV_NONE,
                                 .since = INT32_MIN};
}

/* Of what was collected; in: there is something in every column. */
static void make_value(struct mv_gathering *g, bool in)
{
    struct mv_gathered *r = g->ret;
    for (unsigned part = 0; g->term->given && part < g->term->parts; part++)
        within_given(g, part);
    if (in) {
        mv_rollup(g);
        mv_stock_settle(g);
        if (r->reasons == 0)
            find_basis(g);
    }
    if (g->term->given && (r->reasons != 0 || !in))
        why_not_given(g);
    why_not_shared(g);
    if (r->reasons == 0 && in)
        check_amounts(g);
}

static struct mv_gathering gather(struct mv_work *w,
                                  const struct mv_judge_env *env,
                                  struct mv_term *term, struct mv_gathered *ret)
{
    struct mv_gathering g = begin(w, env, term, ret);
    collect(&g);
    bool in = settle_latest(&g) && is_in(&g, term->count);
    for (unsigned part = 0; in && part < term->parts; part++) {
        if (term->forecast != MV_FORECAST_NONE)
            prepare_forecast(&g, part);
    }
    make_value(&g, in);
    return g;
}

void mv_gather(struct mv_work *w, const struct mv_judge_env *env,
               struct mv_term *term, struct mv_gathered *ret)
{
    (void)gather(w, env, term, ret);
}

void mv_gather_child(struct mv_work *w, const struct mv_judge_env *env,
                     const struct mv_term *term, uint32_t child,
                     struct mv_gathered *ret)
{
    struct mv_term again = *term;
    struct mv_gathering g = gather(w, env, &again, ret);
    g.only = child;
    mv_rollup_start_over(&g);
    mv_rollup(&g);
    if (ret->reasons == 0 && mv_stock_is_empty(&g))
        ret->reasons = MV_NOT_COMPUTABLE;
}

bool mv_gather_has_ended(struct mv_work *w, const struct mv_judge_env *env,
                         const struct mv_term *term,
                         const struct mv_gathered *got, uint32_t child)
{
    struct mv_gathered its;
    if (!got->stock)
        return false;
    mv_gather_child(w, env, term, child, &its);
    return its.reasons == MV_LEFT_ENDED;
}

/* What of the strand's year the forecast decides: where the last figure stands
 * for it, only what comes after that. */
static struct mv_cells assumed_of(const struct mv_strand *s, mv_way way,
                                  unsigned words)
{
    struct mv_cells ret = s->filled, figures = s->held;
    mv_cells_drop(&figures, &s->filled, words);
    if (way == MV_WAY_LAST)
        mv_cells_keep_after(&ret, &figures, words);
    return ret;
}

void mv_gather_assumed(struct mv_work *w, const struct mv_judge_env *env,
                       const struct mv_term *term, unsigned part,
                       struct mv_assumed *ret)
{
    struct mv_term again = *term;
    struct mv_gathered got;
    const struct mv_gathering g = gather(w, env, &again, &got);
    const struct mv_indicator *ind = mv_gathering_indicator(&g, part);
    int64_t scale = mv_plan_scale(env->plan, term->at[part].indicator);
    unsigned words = mv_cells_words(ind->frequency);
    *ret = (struct mv_assumed){.recent = 0};
    for (uint32_t i = g.all.from[part]; i < g.all.to[part]; i++) {
        const struct mv_strand *s = mv_gathering_leaf(&g, i);
        if (!s->included || mv_cells_empty(&s->filled, words))
            continue;
        bool pairs = mv_strand_add_up(w, s, ind, scale).is_pair;
        mv_way way = mv_forecast_way(w, s, ind, scale, pairs);
        struct mv_cells assumed = assumed_of(s, way, words);
        mv_cells_add(&ret->by[way], &assumed, words);
        ret->recent = s->recent;
    }
}

void mv_gather_periods(struct mv_work *w, const struct mv_judge_env *env,
                       struct mv_term *term, struct mv_gathered *ret,
                       struct mv_periods over, mv_gather_each *each, void *ctx)
{
    struct mv_gathering g = begin(w, env, term, ret);
    struct mv_lack lack[MV_RECIPE_PARTS];
    MV_ASSERT(term->given && term->forecast == MV_FORECAST_NONE);
    collect(&g);
    bool in = is_in(&g, term->count), nothing = ret->nothing_now;
    uint32_t why = ret->reasons;
    memcpy(lack, ret->lack, sizeof lack);
    for (unsigned i = 0; i < over.count; i++) {
        MV_ASSERT(over.at[i].year == term->at[0].year);
        mv_slot_place(&over.at[i], &term->part, &term->code);
        mv_rollup_start_over(&g);
        ret->reasons = why;
        ret->basis = (struct mv_basis){0};
        ret->nothing_now = nothing;
        ret->small = false;
        memcpy(ret->lack, lack, sizeof lack);
        make_value(&g, in);
        mv_rowcache_look_again(env->rows, w->leaf_count);
        each(ctx, i);
    }
}

static bool may_be_hidden(const struct mv_stretch *t, mv_i128 least)
{
    if (!t->number)
        return t->slot.flag == 'Q';
    return t->slot.held == MV_HELD_RATIO && t->slot.denominator < least;
}

bool mv_gather_may_hide(struct mv_work *w, const struct mv_judge_env *env,
                        struct mv_term *term, struct mv_gathered *ret)
{
    struct mv_gathering g = begin(w, env, term, ret);
    bool may = false;
    for (unsigned y = 0; y < term->count; y++) {
        uint32_t from = w->stretch_count;
        mv_i128 least =
            (mv_i128)mv_gathering_indicator(&g, y)->min_denominator *
            MV_MICRO_ONE;
        mv_collect_column(&g, y);
        for (uint32_t i = from; i < w->stretch_count; i++)
            may |= may_be_hidden(&w->stretches[i], least);
    }
    return may;
}
