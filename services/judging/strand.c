/* strand - see strand.h. Job: a series' year from its row to one amount.
 * Invariant: the picked figures never overlap. Works on copies: a crash
 * leaves nothing. */
#include "services/judging/strand.h"

#include "services/base/err.h"

#include <stdlib.h>

void mv_work_close(struct mv_work *w)
{
    if (w == NULL)
        return;
    free(w->stretches);
    free(w->strands);
    free(w->leaves);
    free(w->groups);
    free(w->used);
    for (int i = 0; i < 3; i++)
        free(w->late[i]);
    free(w);
}

static struct mv_strand *new_strand(struct mv_work *w)
{
    if (w->strand_count == w->strand_cap) {
        w->strand_cap = w->strand_cap == 0 ? 32 : w->strand_cap * 2;
        w->strands =
            mv_xrealloc(w->strands, w->strand_cap * sizeof *w->strands);
    }
    return &w->strands[w->strand_count++];
}

static void make_room(struct mv_work *w, uint32_t more)
{
    if (w->stretch_count + more <= w->stretch_cap)
        return;
    while (w->stretch_count + more > w->stretch_cap)
        w->stretch_cap = w->stretch_cap == 0 ? 64 : w->stretch_cap * 2;
    w->stretches =
        mv_xrealloc(w->stretches, w->stretch_cap * sizeof *w->stretches);
}

/* What a slot without a number says. */
static void note(struct mv_strand *s, const struct mv_stretch *t,
                 unsigned words)
{
    if (t->slot.withdrawn) {
        s->withdrawn = true;
    } else if (t->slot.flag == 'Q') {
        s->suppressed = true;
        mv_cells_add(&s->known_suppressed, &t->cells, words);
    } else if (t->slot.flag == 'M') {
        mv_cells_add(&s->none_expected, &t->cells, words);
    }
}

static void read_part(struct mv_work *w, struct mv_strand *s,
                      struct mv_year_row row, mv_freq freq, uint8_t part)
{
    unsigned words = mv_cells_words(freq);
    make_room(w, row.count);
    for (unsigned i = 0; i < row.count; i++) {
        struct mv_stretch *t = &w->stretches[w->stretch_count];
        struct mv_span_of_cells span;
        mv_slot_get(&t->slot, row.at + (size_t)i * MV_SLOT_BYTES);
        if (!mv_cells_of(freq, s->year, part, t->slot.code, &span))
            continue;
        for (unsigned k = 0; k < words; k++)
            t->cells.w[k] = span.cells.w[k];
        t->start = span.start;
        t->end = span.end;
        t->part = part;
        t->number = !t->slot.withdrawn && t->slot.held != MV_HELD_NIL;
        t->picked = false;
        s->records = true;
        s->in |= t->number;
        if (!t->number)
            note(s, t, words);
        w->stretch_count++;
        s->count++;
    }
}

uint32_t mv_strand_load(struct mv_work *w, const struct mv_judge_env *env,
                        uint32_t unit, uint32_t indicator, uint32_t member,
                        int year)
{
    const struct mv_catalogue *c = mv_plan_catalogue(env->plan);
    mv_freq freq = c->indicators[indicator].frequency;
    uint8_t parts = freq == MV_FREQ_D ? 12 : 0;
    struct mv_row_key key;
    struct mv_strand *s = new_strand(w);
    *s = (struct mv_strand){.unit = unit,
                            .member = member,
                            .first = w->stretch_count,
                            .year = (int16_t)year};
    mv_plan_key(env->plan, unit, indicator, member, year, &key);
    for (uint8_t part = 0; part <= parts; part++) {
        key.part = part;
        read_part(w, s, mv_rowcache_get(env->rows, &key), freq, part);
    }
    mv_strand_pick(w, s, mv_cells_words(freq), NULL, NULL);
    s->counted = s->held;
    return w->strand_count - 1;
}

static bool may_be_picked(const struct mv_stretch *t, unsigned words,
                          const struct mv_cells *limit,
                          const struct mv_cells *both)
{
    if (!t->number)
        return false;
    if (both == NULL)
        return limit == NULL || mv_cells_inside(&t->cells, limit, words);
    struct mv_cells shared = t->cells;
    mv_cells_keep(&shared, both, words);
    return !mv_cells_empty(&shared, words) &&
           (limit == NULL || mv_cells_inside(&shared, limit, words));
}

static bool goes_before(const struct mv_stretch *a, const struct mv_stretch *b,
                        unsigned words)
{
    unsigned a_cells = mv_cells_count(&a->cells, words);
    unsigned b_cells = mv_cells_count(&b->cells, words);
    if (a_cells != b_cells)
        return a_cells > b_cells;
    if (a->end != b->end)
        return a->end > b->end;
    return a->start > b->start;
}

/* With overlaps: the best of what is left, again and again. */
static void pick_slowly(struct mv_stretch *at, uint32_t count, unsigned words,
                        const struct mv_cells *limit,
                        const struct mv_cells *both, struct mv_cells *taken)
{
    *taken = (struct mv_cells){{0}};
    for (;;) {
        struct mv_stretch *best = NULL;
        for (uint32_t i = 0; i < count; i++) {
            struct mv_stretch *t = &at[i];
            if (!t->picked && may_be_picked(t, words, limit, both) &&
                !mv_cells_meet(&t->cells, taken, words) &&
                (best == NULL || goes_before(t, best, words)))
                best = t;
        }
        if (best == NULL)
            return;
        best->picked = true;
        mv_cells_add(taken, &best->cells, words);
    }
}

void mv_strand_pick(struct mv_work *w, struct mv_strand *s, unsigned words,
                    const struct mv_cells *limit, const struct mv_cells *both)
{
    struct mv_stretch *at = w->stretches + s->first;
    struct mv_cells taken = {{0}};
    bool overlap = false;
    for (uint32_t i = 0; i < s->count; i++) {
        at[i].picked = may_be_picked(&at[i], words, limit, both);
        if (!at[i].picked)
            continue;
        overlap |= mv_cells_meet(&at[i].cells, &taken, words);
        mv_cells_add(&taken, &at[i].cells, words);
    }
    if (overlap) {
        for (uint32_t i = 0; i < s->count; i++)
            at[i].picked = false;
        pick_slowly(at, s->count, words, limit, both, &taken);
    }
    if (both != NULL)
        mv_cells_keep(&taken, both, words);
    s->held = taken;
}

const struct mv_stretch *mv_strand_last(const struct mv_work *w,
                                        const struct mv_strand *s)
{
    const struct mv_stretch *last = NULL;
    for (uint32_t i = s->first; i < s->first + s->count; i++) {
        const struct mv_stretch *t = &w->stretches[i];
        if (t->picked && (last == NULL || t->end > last->end ||
                          (t->end == last->end && t->start > last->start)))
            last = t;
    }
    return last;
}

/* One figure's value; false: 0 / 0, or out of range. */
static mv_reason single(const struct mv_slot *slot, int64_t scale,
                        struct mv_dec *ret)
{
    if (slot->held == MV_HELD_VALUE) {
        *ret = mv_dec_from_micro(slot->numerator);
        return MV_REASON_NO;
    }
    if (slot->denominator == 0)
        return MV_REASON_ZERO_DENOMINATOR;
    return mv_dec_ratio(ret, slot->numerator, slot->denominator, scale)
               ? MV_REASON_NO
               : MV_REASON_NOT_COMPUTABLE;
}

static bool add_weighted(struct mv_dec *sum, struct mv_dec n, int64_t weight)
{
    mv_i128 product;
    return !__builtin_mul_overflow(n.pico, (mv_i128)weight, &product) &&
           mv_dec_add(sum, *sum, (struct mv_dec){product});
}

/* Sum, or mean by weight (cells); 0 / 0 is left out. */
static void add_plain(const struct mv_work *w, const struct mv_strand *s,
                      unsigned words, bool mean, int64_t scale,
                      struct mv_amount *a)
{
    struct mv_dec sum = {0};
    int64_t weights = 0;
    a->reason = MV_REASON_ZERO_DENOMINATOR;
    for (uint32_t i = s->first; i < s->first + s->count; i++) {
        const struct mv_stretch *t = &w->stretches[i];
        struct mv_dec n;
        if (!t->picked)
            continue;
        mv_reason reason = single(&t->slot, scale, &n);
        if (reason == MV_REASON_ZERO_DENOMINATOR)
            continue;
        int64_t weight = mean ? mv_cells_count(&t->cells, words) : 1;
        weights += weight;
        if (reason != MV_REASON_NO || !add_weighted(&sum, n, weight)) {
            a->reason = MV_REASON_NOT_COMPUTABLE;
            return;
        }
        a->reason = MV_REASON_NO;
    }
    if (a->reason == MV_REASON_NO && mean &&
        !mv_dec_div(&sum, sum, mv_dec_from_int(weights)))
        a->reason = MV_REASON_NOT_COMPUTABLE;
    a->n = sum;
}

static void take_pair(struct mv_amount *a, const struct mv_slot *slot)
{
    a->num += slot->numerator;
    a->den += slot->denominator;
    a->has_pair &= slot->held == MV_HELD_RATIO;
}

static struct mv_amount add_up_last(const struct mv_work *w,
                                    const struct mv_strand *s)
{
    struct mv_amount a = {.has_pair = true};
    const struct mv_stretch *last = mv_strand_last(w, s);
    MV_ASSERT(last != NULL);
    take_pair(&a, &last->slot);
    a.is_pair = a.has_pair;
    if (a.is_pair && a.den == 0)
        a.reason = MV_REASON_ZERO_DENOMINATOR;
    if (!a.is_pair)
        a.n = mv_dec_from_micro(last->slot.numerator);
    return a;
}

struct mv_amount mv_strand_add_up(const struct mv_work *w,
                                  const struct mv_strand *s,
                                  const struct mv_indicator *ind, int64_t scale)
{
    struct mv_amount a = {.has_pair = true};
    mv_fold how = ind->over_periods;
    if (how == MV_FOLD_LAST)
        return add_up_last(w, s);
    for (uint32_t i = s->first; i < s->first + s->count; i++)
        if (w->stretches[i].picked)
            take_pair(&a, &w->stretches[i].slot);
    if (how == MV_FOLD_RATIO && a.has_pair) {
        a.is_pair = true;
        if (a.den == 0)
            a.reason = MV_REASON_ZERO_DENOMINATOR;
        return a;
    }
    a.unweighted = how == MV_FOLD_RATIO;
    add_plain(w, s, mv_cells_words(ind->frequency), how != MV_FOLD_SUM, scale,
              &a);
    return a;
}

void mv_strand_keep_last(struct mv_work *w, struct mv_strand *s)
{
    const struct mv_stretch *last = mv_strand_last(w, s);
    for (uint32_t i = s->first; i < s->first + s->count; i++)
        w->stretches[i].picked &= &w->stretches[i] == last;
}

bool mv_strand_preliminary(const struct mv_work *w, const struct mv_strand *s)
{
    for (uint32_t i = s->first; i < s->first + s->count; i++) {
        if (w->stretches[i].picked &&
            mv_slot_preliminary(&w->stretches[i].slot))
            return true;
    }
    return false;
}
