/* check - see check.h. Job: the same amount, said in two ways. Invariant: it
 * compares only what covers the same periods, and what has no weights is
 * never added up. Works on copies: a crash leaves nothing. */
#include "services/judging/check.h"

#include <stdlib.h>

#include "services/base/err.h"
#include "services/judging/amount.h"
#include "services/judging/strand.h"

/* What is compared: every stretch that either side names, once. */
struct candidate {
    struct mv_cells cells;
    struct mv_period period;
};

/* Strands [from, to) of one part: a member, or a unit below. */
struct part {
    uint32_t id, from, to;
};

struct checking {
    const struct mv_judge_env *env;
    struct mv_work *w;
    const struct mv_catalogue *c;
    const struct mv_indicator *ind;
    uint32_t unit;
    int year;
    unsigned words;
    int64_t scale;
    struct candidate *candidates;
    uint32_t candidate_count, candidate_cap;
    struct part *parts;
    uint32_t part_count, part_cap;
    struct mv_disagreement *d;
    bool (*each)(void *ctx, const struct mv_disagreement *d);
    void *ctx;
    bool divided; /* a quotient is in what is being compared */
    bool stopped;
};

static void add_candidate(struct checking *k, const struct mv_cells *cells,
                          const struct mv_period *period)
{
    for (uint32_t i = 0; i < k->candidate_count; i++)
        if (mv_cells_equal(&k->candidates[i].cells, cells, k->words))
            return;
    if (k->candidate_count == k->candidate_cap) {
        k->candidate_cap = k->candidate_cap == 0 ? 32 : k->candidate_cap * 2;
        k->candidates = mv_xrealloc(k->candidates,
                                    k->candidate_cap * sizeof *k->candidates);
    }
    k->candidates[k->candidate_count++] = (struct candidate){*cells, *period};
}

static void add_candidates(struct checking *k, uint32_t strand)
{
    const struct mv_strand *s = &k->w->strands[strand];
    for (uint32_t i = s->first; i < s->first + s->count; i++) {
        const struct mv_stretch *t = &k->w->stretches[i];
        struct mv_period p;
        if (t->number && mv_slot_period(s->year, t->part, t->slot.code, &p))
            add_candidate(k, &t->cells, &p);
    }
}

/* What the series says over just these cells, without the stretch `skip`
 * (MV_NONE: with all). False: it does not fill them, or has no weights. */
static bool amount_over(struct checking *k, uint32_t strand,
                        const struct mv_cells *cells, uint32_t skip,
                        struct mv_amount *a)
{
    struct mv_strand *s = &k->w->strands[strand];
    if (skip != MV_NONE)
        k->w->stretches[skip].number = false;
    mv_strand_pick(k->w, s, k->words, cells, NULL);
    if (skip != MV_NONE)
        k->w->stretches[skip].number = true;
    if (!mv_cells_equal(&s->held, cells, k->words))
        return false;
    *a = mv_strand_add_up(k->w, s, k->ind, k->scale);
    if (k->ind->over_periods == MV_FOLD_LAST)
        mv_strand_keep_last(k->w, s); /* so that no other is listed */
    for (uint32_t i = s->first; i < s->first + s->count; i++) {
        const struct mv_stretch *t = &k->w->stretches[i];
        k->divided |= t->picked && t->slot.held == MV_HELD_RATIO;
    }
    return a->reason == MV_REASON_NO && !a->unweighted;
}

static bool number_of(const struct checking *k, const struct mv_amount *a,
                      struct mv_check_number *ret)
{
    ret->is_pair = a->is_pair;
    ret->num = a->num;
    ret->den = a->den;
    ret->n = a->n;
    return !a->is_pair || mv_dec_ratio(&ret->n, a->num, a->den, k->scale);
}

/* Adds one part: pairs of a ratio, numbers of a sum. */
static bool add_part(const struct checking *k, mv_fold how,
                     const struct mv_amount *a, struct mv_check_number *sum)
{
    struct mv_check_number part;
    if (how == MV_FOLD_RATIO) {
        if (!a->has_pair)
            return false;
        sum->is_pair = true;
        sum->num += a->num;
        sum->den += a->den;
        return true;
    }
    return number_of(k, a, &part) && mv_dec_add(&sum->n, sum->n, part.n);
}

/* Numbers that no division made are held against each other exactly. */
static bool agree(const struct checking *k, const struct mv_check_number *a,
                  const struct mv_check_number *b, bool exact)
{
    struct mv_dec x = a->n, y = b->n;
    if (a->is_pair && b->is_pair)
        return a->num == b->num && a->den == b->den;
    if (exact && !k->divided)
        return mv_dec_compare(x, y) == 0;
    return mv_dec_round(&x, a->n, k->ind->decimals) &&
           mv_dec_round(&y, b->n, k->ind->decimals) &&
           mv_dec_compare(x, y) == 0;
}

/* Could what is missing make up the difference? */
static bool may_explain(const struct checking *k, mv_fold how,
                        const struct mv_disagreement *d)
{
    if (d->missing == 0)
        return false;
    if (how == MV_FOLD_RATIO)
        return !d->stated.is_pair ||
               (d->made.num <= d->stated.num && d->made.den <= d->stated.den);
    bool grows = k->ind->has_min && k->ind->min_micro >= 0;
    return !grows || mv_dec_compare(d->made.n, d->stated.n) < 0;
}

static void list_stretch(struct checking *k, const struct mv_strand *s,
                         uint32_t stretch, bool stated)
{
    struct mv_disagreement *d = k->d;
    const struct mv_stretch *t = &k->w->stretches[stretch];
    struct mv_check_figure f = {s->unit, s->member, {0}, &t->slot, stated};
    if (!mv_slot_period(s->year, t->part, t->slot.code, &f.period))
        return;
    d->figures++;
    if (d->figures_kept < MV_CHECK_FIGURES_MAX)
        d->figure_at[d->figures_kept++] = f;
}

/* The figures that the last amount_over of the strand took. */
static void list_picked(struct checking *k, uint32_t strand, bool stated)
{
    const struct mv_strand *s = &k->w->strands[strand];
    for (uint32_t i = s->first; i < s->first + s->count; i++)
        if (k->w->stretches[i].picked)
            list_stretch(k, s, i, stated);
}

static void begin(struct checking *k, mv_check_kind kind, uint32_t member,
                  const struct mv_period *period)
{
    struct mv_disagreement *d = k->d;
    d->kind = kind;
    d->indicator = k->ind->index;
    d->unit = k->unit;
    d->member = member;
    d->period = *period;
    d->parts = d->of = d->missing = d->missing_kept = 0;
    d->figures = d->figures_kept = 0;
    d->open = false;
    d->made = (struct mv_check_number){{0}, false, 0, 0};
}

static void tell(struct checking *k)
{
    k->stopped = !k->each(k->ctx, k->d);
}

/* One stretch against the shorter ones in it. */
static void check_stretch(struct checking *k, uint32_t strand, uint32_t at)
{
    const struct mv_strand *s = &k->w->strands[strand];
    const struct mv_stretch *t = &k->w->stretches[at];
    struct mv_amount stated, made;
    struct mv_period period;
    bool exact = k->ind->over_periods == MV_FOLD_SUM ||
                 k->ind->over_periods == MV_FOLD_LAST;
    if (!t->number || !mv_slot_period(s->year, t->part, t->slot.code, &period))
        return;
    struct mv_cells cells = t->cells;
    k->divided = false;
    if (!amount_over(k, strand, &cells, MV_NONE, &stated) ||
        !amount_over(k, strand, &cells, at, &made))
        return;
    begin(k, MV_CHECK_PERIODS, s->member, &period);
    if (!number_of(k, &stated, &k->d->stated) ||
        !number_of(k, &made, &k->d->made) ||
        agree(k, &k->d->stated, &k->d->made, exact))
        return;
    list_stretch(k, s, at, true);
    list_picked(k, strand, false);
    k->d->parts = k->d->of = k->d->figures - 1;
    tell(k);
}

static void check_periods(struct checking *k, uint32_t strand)
{
    uint32_t first = k->w->strands[strand].first;
    uint32_t count = k->w->strands[strand].count;
    for (uint32_t i = 0; i < count && count > 1 && !k->stopped; i++)
        check_stretch(k, strand, first + i);
}

/* In some part of the cells: else nobody waits for figures of it. */
static bool is_there(const struct checking *k, uint32_t unit,
                     const struct mv_cells *cells)
{
    const struct mv_unit *u = &k->c->units[unit];
    struct mv_cells outside = {{0}};
    mv_cells_outside(k->ind->frequency, k->year, u->first_day, u->last_day,
                     &outside);
    return !mv_cells_inside(cells, &outside, k->words);
}

/* Nothing is in, of a unit that is not there. */
static bool is_silent(const struct checking *k, uint32_t strand,
                      const struct mv_cells *cells)
{
    const struct mv_strand *s = &k->w->strands[strand];
    return mv_cells_empty(&s->held, k->words) && !is_there(k, s->unit, cells);
}

/* All of the part's series over the cells that have anything to say, added to
 * the sum; there must be one. */
static bool part_over(struct checking *k, const struct part *p, mv_fold how,
                      const struct mv_cells *cells, struct mv_check_number *sum)
{
    struct mv_check_number with = *sum;
    bool any = false;
    for (uint32_t i = p->from; i < p->to; i++) {
        struct mv_amount a;
        if (amount_over(k, i, cells, MV_NONE, &a) &&
            add_part(k, how, &a, &with))
            any = true;
        else if (!is_silent(k, i, cells))
            return false;
    }
    if (any)
        *sum = with;
    return any;
}

static void miss(struct mv_disagreement *d, uint32_t id)
{
    d->missing++;
    if (d->missing_kept < MV_CHECK_MISSING_MAX)
        d->missing_at[d->missing_kept++] = id;
}

static void check_candidate(struct checking *k, mv_check_kind kind, mv_fold how,
                            uint32_t whole, const struct candidate *c)
{
    struct mv_disagreement *d = k->d;
    struct mv_amount stated;
    k->divided = false;
    if (!amount_over(k, whole, &c->cells, MV_NONE, &stated))
        return;
    begin(k, kind, k->w->strands[whole].member, &c->period);
    for (uint32_t i = 0; i < k->part_count; i++) {
        uint32_t id = k->parts[i].id;
        if (part_over(k, &k->parts[i], how, &c->cells, &d->made))
            d->parts++;
        else if (kind == MV_CHECK_MEMBERS || is_there(k, id, &c->cells))
            miss(d, id);
    }
    d->of = d->parts + d->missing;
    if (d->parts == 0 || !number_of(k, &stated, &d->stated) ||
        (d->made.is_pair &&
         !mv_dec_ratio(&d->made.n, d->made.num, d->made.den, k->scale)) ||
        agree(k, &d->stated, &d->made, how == MV_FOLD_SUM))
        return;
    d->open = may_explain(k, how, d);
    list_picked(k, whole, true);
    for (uint32_t i = 0; i < k->part_count; i++) {
        struct mv_check_number none = {{0}, false, 0, 0};
        if (!part_over(k, &k->parts[i], how, &c->cells, &none))
            continue;
        for (uint32_t s = k->parts[i].from; s < k->parts[i].to; s++)
            list_picked(k, s, false);
    }
    tell(k);
}

static void check_parts(struct checking *k, mv_check_kind kind, mv_fold how,
                        uint32_t whole)
{
    k->candidate_count = 0;
    add_candidates(k, whole);
    for (uint32_t i = 0; i < k->part_count; i++)
        for (uint32_t s = k->parts[i].from; s < k->parts[i].to; s++)
            add_candidates(k, s);
    for (uint32_t i = 0; i < k->candidate_count && !k->stopped; i++)
        check_candidate(k, kind, how, whole, &k->candidates[i]);
}

static struct part *new_part(struct checking *k, uint32_t id)
{
    if (k->part_count == k->part_cap) {
        k->part_cap = k->part_cap == 0 ? 32 : k->part_cap * 2;
        k->parts = mv_xrealloc(k->parts, k->part_cap * sizeof *k->parts);
    }
    struct part *p = &k->parts[k->part_count++];
    *p = (struct part){id, k->w->strand_count, k->w->strand_count};
    return p;
}

/* Strand 0 is the total, then the members'. */
static void check_members(struct checking *k)
{
    bool any = false;
    k->part_count = 0;
    for (uint32_t m = 0; m < k->ind->member_count; m++) {
        struct part *p = new_part(k, m);
        p->from = m + 1;
        p->to = m + 1 + k->w->strands[m + 1].in;
        any |= k->w->strands[m + 1].in;
    }
    if (any && k->w->strands[0].in && k->ind->total != MV_FOLD_NONE)
        check_parts(k, MV_CHECK_MEMBERS, k->ind->total, 0);
}

/* The unit's own series, or its members' where a total is made of them.
 * False: nothing of its own is in. */
static bool load_own(struct checking *k, uint32_t unit, uint32_t member)
{
    uint32_t before = k->w->strand_count;
    uint32_t s =
        mv_strand_load(k->w, k->env, unit, k->ind->index, member, k->year);
    if (k->w->strands[s].in)
        return true;
    k->w->strand_count = before;
    if (member != MV_MEMBER_TOTAL || k->ind->total == MV_FOLD_NONE)
        return false;
    for (uint32_t m = 0; m < k->ind->member_count; m++) {
        s = mv_strand_load(k->w, k->env, unit, k->ind->index, m, k->year);
        if (!k->w->strands[s].in)
            k->w->strand_count--;
    }
    return k->w->strand_count > before;
}

/* A part for each unit just below, made of what is highest in it. */
static void load_units(struct checking *k, uint32_t member)
{
    const uint32_t *order = mv_plan_preorder(k->env->plan);
    const struct mv_unit *top = &k->c->units[k->unit];
    k->part_count = 0;
    for (uint32_t i = top->enter + 1; i < top->leave;) {
        const struct mv_unit *u = &k->c->units[order[i]];
        bool skip =
            !mv_plan_counts(k->env->plan, k->ind->index, u->index, k->year);
        if (!skip && u->parent == top->index)
            (void)new_part(k, u->index);
        bool own = !skip && load_own(k, u->index, member);
        if (k->part_count > 0)
            k->parts[k->part_count - 1].to = k->w->strand_count;
        i = skip || own ? u->leave : i + 1;
    }
}

static void check_units(struct checking *k)
{
    uint32_t strands = k->w->strand_count, stretches = k->w->stretch_count;
    if (k->ind->over_units == MV_FOLD_NONE)
        return;
    for (uint32_t own = 0; own < strands && !k->stopped; own++) {
        bool any = false;
        if (!k->w->strands[own].in)
            continue;
        k->w->strand_count = strands;
        k->w->stretch_count = stretches;
        load_units(k, k->w->strands[own].member);
        for (uint32_t i = 0; i < k->part_count; i++)
            any |= k->parts[i].from < k->parts[i].to;
        if (any)
            check_parts(k, MV_CHECK_UNITS, k->ind->over_units, own);
    }
}

/* With the unit's own series in the first strands: of that member, or the
 * total and then all of them. False: there is nothing in any. */
static bool open_check(struct checking *k, const struct mv_series_year *of)
{
    const struct mv_plan *plan = k->env->plan;
    bool all = of->member == MV_MEMBER_TOTAL, any = false;
    k->c = mv_plan_catalogue(plan);
    k->ind = &k->c->indicators[of->indicator];
    k->year = of->year;
    k->scale = mv_plan_scale(plan, of->indicator);
    k->words = mv_cells_words(k->ind->frequency);
    k->w->strand_count = k->w->stretch_count = 0;
    for (uint32_t i = 0; i <= (all ? k->ind->member_count : 0); i++) {
        uint32_t s = mv_strand_load(k->w, k->env, k->unit, of->indicator,
                                    i == 0 ? of->member : i - 1, of->year);
        any |= k->w->strands[s].in;
    }
    if (any)
        k->d = mv_xcalloc(1, sizeof *k->d);
    return any;
}

static void close_check(struct checking *k)
{
    free(k->candidates);
    free(k->parts);
    free(k->d);
}

void mv_check(const struct mv_judge_env *env, struct mv_work *w,
              uint32_t indicator, uint32_t unit, int year,
              bool (*each)(void *ctx, const struct mv_disagreement *d),
              void *ctx)
{
    const struct mv_series_year all = {indicator, MV_MEMBER_TOTAL, year};
    struct checking k = {
        .env = env, .w = w, .unit = unit, .each = each, .ctx = ctx};
    if (!open_check(&k, &all))
        return;
    for (uint32_t s = 0; s <= k.ind->member_count && !k.stopped; s++)
        check_periods(&k, s);
    if (!k.stopped)
        check_members(&k);
    if (!k.stopped)
        check_units(&k);
    close_check(&k);
}

void mv_check_units(const struct mv_judge_env *env, struct mv_work *w,
                    const struct mv_series_year *of, uint32_t unit,
                    bool (*each)(void *ctx, const struct mv_disagreement *d),
                    void *ctx)
{
    struct checking k = {
        .env = env, .w = w, .unit = unit, .each = each, .ctx = ctx};
    if (!open_check(&k, of))
        return;
    check_units(&k);
    close_check(&k);
}
