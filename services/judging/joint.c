/* joint - see joint.h. Job: like is held against like. Invariant: after a
 * pick without reasons every included strand holds the same cells of its
 * year, or each all it has against whole bases. Works on copies: a crash
 * leaves nothing. */
#include "services/judging/joint.h"

static const struct mv_indicator *indicator_of(const struct mv_judge_env *env,
                                               const struct mv_term *term,
                                               unsigned column)
{
    return &mv_plan_catalogue(env->plan)
                ->indicators[term->at[column].indicator];
}

static mv_freq freq_of(const struct mv_judge_env *env,
                       const struct mv_term *term, unsigned column)
{
    return indicator_of(env, term, column)->frequency;
}

static struct mv_strand *leaf(struct mv_work *w, uint32_t i)
{
    return &w->strands[w->leaves[i]];
}

static void include_all(struct mv_work *w, const struct mv_term *term,
                        const struct mv_leaves *l)
{
    for (unsigned y = 0; y < term->count; y++)
        for (uint32_t i = l->from[y]; i < l->to[y]; i++)
            leaf(w, i)->included = true;
}

/* One stretch of one column, in each strand that fills it. */
static bool pick_column(struct mv_work *w, const struct mv_term *term,
                        const struct mv_leaves *l, mv_freq freq, unsigned y)
{
    unsigned words = mv_cells_words(freq);
    struct mv_span_of_cells wanted;
    bool any = false;
    if (!mv_cells_of(freq, term->at[y].year, term->part, term->code, &wanted))
        return false;
    for (uint32_t i = l->from[y]; i < l->to[y]; i++) {
        struct mv_strand *s = leaf(w, i);
        mv_strand_pick(w, s, words, &wanted.cells, NULL);
        s->included = mv_cells_equal(&s->held, &wanted.cells, words);
        any |= s->included;
    }
    return any;
}

/* Part by part, each with all its years. */
static uint32_t pick_stretch(struct mv_work *w, const struct mv_judge_env *env,
                             const struct mv_term *term,
                             const struct mv_leaves *l)
{
    for (unsigned part = 0; part < term->parts; part++) {
        for (unsigned y = part; y < term->count; y += term->parts) {
            if (!pick_column(w, term, l, freq_of(env, term, y), y)) {
                return MV_REASON_BIT(mv_term_is_base(term, y)
                                         ? MV_REASON_NO_BASE
                                         : MV_REASON_NOT_DUE);
            }
        }
    }
    return 0;
}

/* What is being picked together: the first columns of a term. */
struct together {
    const struct mv_judge_env *env;
    const struct mv_term *term;
    const struct mv_leaves *l;
    unsigned columns, words;
    struct mv_cells both; /* that all the years have */
};

/* One round: picks within limit (NULL: all), and what all of them hold. */
static void pick_within(struct mv_work *w, const struct together *t,
                        const struct mv_cells *limit, struct mv_cells *shared)
{
    *shared = t->both;
    for (unsigned y = 0; y < t->columns; y++) {
        for (uint32_t i = t->l->from[y]; i < t->l->to[y]; i++) {
            struct mv_strand *s = leaf(w, i);
            mv_strand_pick(w, s, t->words, limit, &t->both);
            mv_cells_keep(shared, &s->held, t->words);
        }
    }
}

/* Shrinks what is shared until every strand holds exactly that. False:
 * nothing is. */
static bool pick_shared(struct mv_work *w, struct together t)
{
    struct mv_cells limit;
    struct mv_cells shared;
    mv_freq freq = freq_of(t.env, t.term, 0);
    t.words = mv_cells_words(freq); /* of parts: all count in the same cells */
    mv_cells_year(freq, t.term->at[0].year, &t.both);
    for (unsigned y = t.term->parts; y < t.columns; y += t.term->parts) {
        struct mv_cells year;
        mv_cells_year(freq, t.term->at[y].year, &year);
        mv_cells_keep(&t.both, &year, t.words);
    }
    pick_within(w, &t, NULL, &shared);
    do {
        if (mv_cells_empty(&shared, t.words))
            return false;
        limit = shared;
        pick_within(w, &t, &limit, &shared);
    } while (!mv_cells_equal(&limit, &shared, t.words));
    return true;
}

/* All that is in of one column; of a base: is it complete? */
static bool pick_all(struct mv_work *w, const struct together *t, unsigned y)
{
    mv_freq freq = freq_of(t->env, t->term, y);
    unsigned words = mv_cells_words(freq);
    struct mv_cells year;
    mv_cells_year(freq, t->term->at[y].year, &year);
    for (uint32_t i = t->l->from[y]; i < t->l->to[y]; i++) {
        struct mv_strand *s = leaf(w, i);
        mv_strand_pick(w, s, words, NULL, NULL);
        struct mv_cells held = s->held;
        mv_cells_add(&held, &s->none_expected, words);
        if (mv_term_is_base(t->term, y) &&
            !mv_cells_inside(&year, &held, words))
            return false;
    }
    return true;
}

/* All that is in, of parts what they share, against complete bases. */
static uint32_t pick_whole(struct mv_work *w, struct together t)
{
    unsigned parts = t.term->parts;
    t.columns = parts;
    if (parts > 1 && !pick_shared(w, t))
        return MV_REASON_BIT(MV_REASON_NOT_DUE);
    for (unsigned y = 0; y < t.term->count; y++) {
        if (indicator_of(t.env, t.term, y)->over_periods == MV_FOLD_SUM)
            return MV_REASON_BIT(MV_REASON_NO_BASE);
        if (y < parts && parts > 1)
            continue;
        if (!pick_all(w, &t, y))
            return MV_REASON_BIT(MV_REASON_NO_BASE);
    }
    return 0;
}

/* A figure with flag B that starts after the first day and not after the
 * last, in one row: the period that does so first. */
static bool row_breaks(struct mv_year_row row, int year, uint8_t part,
                       struct mv_days between, struct mv_period *ret)
{
    bool any = false;
    for (unsigned i = 0; i < row.count; i++) {
        struct mv_slot slot;
        struct mv_period p;
        mv_slot_get(&slot, row.at + (size_t)i * MV_SLOT_BYTES);
        if (slot.flag != 'B' || slot.held == MV_HELD_NIL || slot.withdrawn ||
            !mv_slot_period(year, part, slot.code, &p) ||
            p.first_day <= between.first || p.first_day > between.last)
            continue;
        if (!any || p.first_day < ret->first_day)
            *ret = p;
        any = true;
    }
    return any;
}

bool mv_joint_breaks(const struct mv_judge_env *env,
                     const struct mv_term *series, int from, int to,
                     struct mv_days between, struct mv_break *found)
{
    const struct mv_catalogue *c = mv_plan_catalogue(env->plan);
    bool days = c->indicators[series->indicator].frequency == MV_FREQ_D;
    uint8_t parts = days ? 12 : 0;
    struct mv_row_key key;
    for (int year = from; year <= to; year++) {
        mv_plan_key(env->plan, series->unit, series->indicator, series->member,
                    year, &key);
        for (uint8_t part = 0; part <= parts; part++) {
            struct mv_break b = {.there = true,
                                 .unit = series->unit,
                                 .indicator = series->indicator,
                                 .member = series->member};
            key.part = part;
            if (!row_breaks(mv_rowcache_get(env->rows, &key), year, part,
                            between, &b.period))
                continue;
            if (found != NULL && !found->there)
                *found = b;
            return true;
        }
    }
    return false;
}

/* One part of a term, in all its years. */
struct run {
    const struct mv_judge_env *env;
    const struct mv_term *term;
    const struct mv_leaves *l;
    unsigned part;
};

static bool series_breaks(const struct run *r, const struct mv_strand *s,
                          int from, int to, struct mv_days between,
                          struct mv_break *found)
{
    struct mv_term series = {.unit = s->unit,
                             .indicator = r->term->at[r->part].indicator,
                             .member = s->member};
    return mv_joint_breaks(r->env, &series, from, to, between, found);
}

static int32_t extreme_year(const struct mv_term *term, bool newest)
{
    int32_t found = mv_term_year(term, 0);
    for (unsigned y = 1; y < mv_term_years(term); y++)
        if ((mv_term_year(term, y) > found) == newest)
            found = mv_term_year(term, y);
    return found;
}

/* The first day of the first figure used of a column, or of the last; false:
 * none is, what is in it is forecast. */
static bool start_used(struct mv_work *w, const struct mv_leaves *l, unsigned y,
                       bool last, int32_t *found)
{
    bool any = false;
    for (uint32_t i = l->from[y]; i < l->to[y]; i++) {
        const struct mv_strand *s = leaf(w, i);
        for (uint32_t k = s->first; k < s->first + s->count; k++) {
            const struct mv_stretch *t = &w->stretches[k];
            struct mv_period p;
            if (!s->included || !t->picked ||
                !mv_slot_period(s->year, t->part, t->slot.code, &p) ||
                (any && (p.first_day > *found) != last))
                continue;
            *found = p.first_day;
            any = true;
        }
    }
    return any;
}

/* From the oldest year with figures to the newest; false: there is one. */
static bool find_between(struct mv_work *w, const struct run *r,
                         struct mv_days *ret)
{
    int32_t oldest = INT32_MAX, newest = INT32_MIN, day = 0;
    for (unsigned y = r->part; y < r->term->count; y += r->term->parts) {
        int32_t year = r->term->at[y].year;
        if (year < oldest && start_used(w, r->l, y, false, &day)) {
            oldest = year;
            ret->first = day;
        }
        if (year > newest && start_used(w, r->l, y, true, &day)) {
            newest = year;
            ret->last = day;
        }
    }
    return oldest < newest;
}

static bool any_breaks(struct mv_work *w, const struct run *r,
                       struct mv_days between, struct mv_break *found)
{
    int32_t old = extreme_year(r->term, false);
    int32_t new = extreme_year(r->term, true);
    for (unsigned y = r->part; y < r->term->count; y += r->term->parts) {
        for (uint32_t i = r->l->from[y]; i < r->l->to[y]; i++) {
            if (series_breaks(r, leaf(w, i), old, new, between, found))
                return true;
        }
    }
    return false;
}

static uint32_t find_breaks(struct mv_work *w, const struct mv_judge_env *env,
                            const struct mv_term *term,
                            const struct mv_leaves *l)
{
    const struct mv_days ever = {INT32_MIN, INT32_MAX};
    struct run r = {.env = env, .term = term, .l = l};
    for (; r.part < term->parts; r.part++) {
        struct mv_days between;
        if (any_breaks(w, &r, ever, NULL) && find_between(w, &r, &between) &&
            any_breaks(w, &r, between, &w->broken))
            return MV_REASON_BIT(MV_REASON_SERIES_BREAK);
    }
    return 0;
}

uint32_t mv_joint_pick(struct mv_work *w, const struct mv_judge_env *env,
                       const struct mv_term *term,
                       const struct mv_leaves *leaves, bool *whole_base)
{
    uint32_t reasons = 0;
    struct together t = {
        .env = env, .term = term, .l = leaves, .columns = term->count};
    if (term->latest) {
        reasons = pick_stretch(w, env, term, leaves);
    } else {
        include_all(w, term, leaves);
        if (term->count > 1 && !pick_shared(w, t)) {
            reasons = pick_whole(w, t);
            *whole_base |= reasons == 0;
        }
    }
    if (reasons == 0 && mv_term_years(term) > 1)
        reasons = find_breaks(w, env, term, leaves);
    if (reasons != 0) {
        for (unsigned y = 0; y < term->count; y++)
            for (uint32_t i = leaves->from[y]; i < leaves->to[y]; i++)
                leaf(w, i)->included = false;
    }
    return reasons;
}
