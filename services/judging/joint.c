/* joint - see joint.h. Job: like is held against like. Invariant: after a
 * pick without reasons every included strand holds the same cells of its
 * year, or each all it has against whole bases. Works on copies: a crash
 * leaves nothing. */
#include "services/judging/joint.h"

static const struct mv_indicator *indicator_of(const struct mv_judge_env *env,
                                               const struct mv_term *term)
{
    return &mv_plan_catalogue(env->plan)->indicators[term->indicator];
}

static struct mv_strand *leaf(struct mv_work *w, uint32_t i)
{
    return &w->strands[w->leaves[i]];
}

static void include_all(struct mv_work *w, const struct mv_term *term,
                        const struct mv_leaves *l)
{
    for (unsigned y = 0; y < term->year_count; y++)
        for (uint32_t i = l->from[y]; i < l->to[y]; i++)
            leaf(w, i)->included = true;
}

/* One stretch, in each strand that fills it. */
static uint32_t pick_stretch(struct mv_work *w, const struct mv_term *term,
                             const struct mv_leaves *l, mv_freq freq)
{
    unsigned words = mv_cells_words(freq);
    for (unsigned y = 0; y < term->year_count; y++) {
        struct mv_span_of_cells wanted;
        bool any = false;
        uint32_t none =
            MV_REASON_BIT(y > 0 ? MV_REASON_NO_BASE : MV_REASON_NOT_DUE);
        if (!mv_cells_of(freq, term->years[y], term->part, term->code, &wanted))
            return none;
        for (uint32_t i = l->from[y]; i < l->to[y]; i++) {
            struct mv_strand *s = leaf(w, i);
            mv_strand_pick(w, s, words, &wanted.cells, NULL);
            s->included = mv_cells_equal(&s->held, &wanted.cells, words);
            any |= s->included;
        }
        if (!any)
            return none;
    }
    return 0;
}

/* One round: picks within limit (NULL: all), and what all of them hold. */
static void pick_within(struct mv_work *w, const struct mv_term *term,
                        const struct mv_leaves *l, unsigned words,
                        const struct mv_cells *limit,
                        const struct mv_cells *both, struct mv_cells *shared)
{
    *shared = *both;
    for (unsigned y = 0; y < term->year_count; y++) {
        for (uint32_t i = l->from[y]; i < l->to[y]; i++) {
            struct mv_strand *s = leaf(w, i);
            mv_strand_pick(w, s, words, limit, both);
            mv_cells_keep(shared, &s->held, words);
        }
    }
}

/* Shrinks what is shared until every strand holds exactly that. False:
 * nothing is. */
static bool pick_shared(struct mv_work *w, const struct mv_term *term,
                        const struct mv_leaves *l, mv_freq freq)
{
    unsigned words = mv_cells_words(freq);
    struct mv_cells both;
    struct mv_cells limit;
    struct mv_cells shared;
    mv_cells_year(freq, term->years[0], &both);
    for (unsigned y = 1; y < term->year_count; y++) {
        struct mv_cells year;
        mv_cells_year(freq, term->years[y], &year);
        mv_cells_keep(&both, &year, words);
    }
    pick_within(w, term, l, words, NULL, &both, &shared);
    do {
        if (mv_cells_empty(&shared, words))
            return false;
        limit = shared;
        pick_within(w, term, l, words, &limit, &both, &shared);
    } while (!mv_cells_equal(&limit, &shared, words));
    return true;
}

/* All that is in, against bases that are complete. */
static uint32_t pick_whole(struct mv_work *w, const struct mv_term *term,
                           const struct mv_leaves *l,
                           const struct mv_indicator *ind)
{
    unsigned words = mv_cells_words(ind->frequency);
    if (ind->over_periods == MV_FOLD_SUM)
        return MV_REASON_BIT(MV_REASON_NO_BASE);
    for (unsigned y = 0; y < term->year_count; y++) {
        struct mv_cells year;
        mv_cells_year(ind->frequency, term->years[y], &year);
        for (uint32_t i = l->from[y]; i < l->to[y]; i++) {
            struct mv_strand *s = leaf(w, i);
            mv_strand_pick(w, s, words, NULL, NULL);
            struct mv_cells held = s->held;
            mv_cells_add(&held, &s->none_expected, words);
            if (y > 0 && !mv_cells_inside(&year, &held, words))
                return MV_REASON_BIT(MV_REASON_NO_BASE);
        }
    }
    return 0;
}

/* A figure with flag B that starts after the first day and not after the
 * last, in one row. */
static bool row_breaks(struct mv_year_row row, int year, uint8_t part,
                       struct mv_days between)
{
    for (unsigned i = 0; i < row.count; i++) {
        struct mv_slot slot;
        struct mv_period p;
        mv_slot_get(&slot, row.at + (size_t)i * MV_SLOT_BYTES);
        if (slot.flag == 'B' && slot.held != MV_HELD_NIL && !slot.withdrawn &&
            mv_slot_period(year, part, slot.code, &p) &&
            p.first_day > between.first && p.first_day <= between.last)
            return true;
    }
    return false;
}

bool mv_joint_breaks(const struct mv_judge_env *env,
                     const struct mv_term *series, int from, int to,
                     struct mv_days between)
{
    uint8_t parts = indicator_of(env, series)->frequency == MV_FREQ_D ? 12 : 0;
    struct mv_row_key key;
    for (int year = from; year <= to; year++) {
        mv_plan_key(env->plan, series->unit, series->indicator, series->member,
                    year, &key);
        for (uint8_t part = 0; part <= parts; part++) {
            key.part = part;
            if (row_breaks(mv_rowcache_get(env->rows, &key), year, part,
                           between))
                return true;
        }
    }
    return false;
}

static bool series_breaks(const struct mv_judge_env *env,
                          const struct mv_term *term, const struct mv_strand *s,
                          int from, int to, struct mv_days between)
{
    struct mv_term series = {
        .unit = s->unit, .indicator = term->indicator, .member = s->member};
    return mv_joint_breaks(env, &series, from, to, between);
}

static unsigned extreme_year(const struct mv_term *term, bool newest)
{
    unsigned found = 0;
    for (unsigned y = 1; y < term->year_count; y++)
        if ((term->years[y] > term->years[found]) == newest)
            found = y;
    return found;
}

/* The first day of the first figure used of a year, or of the last; false:
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
static bool find_between(struct mv_work *w, const struct mv_term *term,
                         const struct mv_leaves *l, struct mv_days *ret)
{
    int32_t oldest = INT32_MAX, newest = INT32_MIN, day = 0;
    for (unsigned y = 0; y < term->year_count; y++) {
        int32_t year = term->years[y];
        if (year < oldest && start_used(w, l, y, false, &day)) {
            oldest = year;
            ret->first = day;
        }
        if (year > newest && start_used(w, l, y, true, &day)) {
            newest = year;
            ret->last = day;
        }
    }
    return oldest < newest;
}

static bool any_flag_b(const struct mv_judge_env *env,
                       const struct mv_term *term, struct mv_work *w,
                       const struct mv_leaves *l)
{
    unsigned old = extreme_year(term, false);
    unsigned new = extreme_year(term, true);
    const struct mv_days ever = {INT32_MIN, INT32_MAX};
    for (unsigned y = 0; y < term->year_count; y++) {
        for (uint32_t i = l->from[y]; i < l->to[y]; i++) {
            if (series_breaks(env, term, leaf(w, i), term->years[old],
                              term->years[new], ever))
                return true;
        }
    }
    return false;
}

static uint32_t find_breaks(struct mv_work *w, const struct mv_judge_env *env,
                            const struct mv_term *term,
                            const struct mv_leaves *l)
{
    if (!any_flag_b(env, term, w, l))
        return 0;
    unsigned old = extreme_year(term, false);
    unsigned new = extreme_year(term, true);
    struct mv_days between;
    if (!find_between(w, term, l, &between))
        return 0;
    for (unsigned y = 0; y < term->year_count; y++) {
        for (uint32_t i = l->from[y]; i < l->to[y]; i++) {
            if (series_breaks(env, term, leaf(w, i), term->years[old],
                              term->years[new], between))
                return MV_REASON_BIT(MV_REASON_SERIES_BREAK);
        }
    }
    return 0;
}

uint32_t mv_joint_pick(struct mv_work *w, const struct mv_judge_env *env,
                       const struct mv_term *term,
                       const struct mv_leaves *leaves, bool *whole_base)
{
    const struct mv_indicator *ind = indicator_of(env, term);
    uint32_t reasons = 0;
    if (term->latest) {
        reasons = pick_stretch(w, term, leaves, ind->frequency);
    } else {
        include_all(w, term, leaves);
        if (term->year_count > 1 &&
            !pick_shared(w, term, leaves, ind->frequency)) {
            reasons = pick_whole(w, term, leaves, ind);
            *whole_base |= reasons == 0;
        }
    }
    if (reasons == 0 && term->year_count > 1)
        reasons = find_breaks(w, env, term, leaves);
    if (reasons != 0) {
        for (unsigned y = 0; y < term->year_count; y++)
            for (uint32_t i = leaves->from[y]; i < leaves->to[y]; i++)
                leaf(w, i)->included = false;
    }
    return reasons;
}
