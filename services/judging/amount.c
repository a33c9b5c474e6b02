/* amount - see amount.h. Job: step 1 and 2 for one series and year. Invariant:
 * sums are exact, a mean is rounded once, a pair stays a pair. Works on
 * copies: a crash leaves nothing. */
#include "services/judging/amount.h"

#include "services/base/err.h"
#include "services/judging/forecast.h"

mv_reason mv_stretch_value(const struct mv_stretch *t, int64_t scale,
                           struct mv_dec *ret)
{
    const struct mv_slot *slot = &t->slot;
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

/* (sum + more) / weights, all of it rounded once. */
static bool mean_of(struct mv_dec *sum, const struct mv_forecast_total *more,
                    int64_t weights)
{
    mv_i128 above, below = more->over * weights;
    return !__builtin_mul_overflow(sum->pico, more->over, &above) &&
           !__builtin_add_overflow(above, more->total, &above) &&
           mv_dec_ratio(sum, above, below * MV_DEC_ONE, 1);
}

/* The picked figures, of a mean by weight (cells); 0 / 0 is left out. */
static mv_reason add_picked(const struct mv_work *w, const struct mv_strand *s,
                            unsigned words, bool mean, int64_t scale,
                            struct mv_dec *sum, int64_t *weights)
{
    mv_reason found = MV_REASON_ZERO_DENOMINATOR;
    for (uint32_t i = s->first; i < s->first + s->count; i++) {
        const struct mv_stretch *t = &w->stretches[i];
        struct mv_dec n;
        if (!t->picked)
            continue;
        mv_reason reason = mv_stretch_value(t, scale, &n);
        if (reason == MV_REASON_ZERO_DENOMINATOR)
            continue;
        int64_t weight = mean ? mv_cells_count(&t->cells, words) : 1;
        *weights += weight;
        if (reason != MV_REASON_NO || !add_weighted(sum, n, weight))
            return MV_REASON_NOT_COMPUTABLE;
        found = MV_REASON_NO;
    }
    return found;
}

/* Sum, or mean by weight, of what is picked and what is forecast. */
static void add_plain(const struct mv_work *w, const struct mv_strand *s,
                      const struct mv_indicator *ind, int64_t scale,
                      struct mv_amount *a)
{
    unsigned words = mv_cells_words(ind->frequency);
    bool mean = ind->over_periods != MV_FOLD_SUM;
    struct mv_forecast_total more = {0, 1};
    int64_t weights = 0;
    bool filled = !mv_cells_empty(&s->filled, words);
    a->reason = add_picked(w, s, words, mean, scale, &a->n, &weights);
    if (a->reason == MV_REASON_NOT_COMPUTABLE)
        return;
    if (filled) {
        a->reason = mv_forecast_plain(w, s, ind, scale, &more);
        weights += mean ? mv_cells_count(&s->filled, words) : 0;
    }
    if (a->reason != MV_REASON_NO)
        return;
    bool good = mean ? mean_of(&a->n, &more, weights)
                     : mv_dec_add(&a->n, a->n, (struct mv_dec){more.total});
    if (!good)
        a->reason = MV_REASON_NOT_COMPUTABLE;
}

static void take_pair(struct mv_amount *a, const struct mv_slot *slot)
{
    a->num += slot->numerator;
    a->den += slot->denominator;
    a->held = a->den;
    a->has_pair &= slot->held == MV_HELD_RATIO;
    a->figures = true;
}

static void fill_pair(const struct mv_work *w, const struct mv_strand *s,
                      const struct mv_indicator *ind, int64_t scale,
                      struct mv_amount *a)
{
    struct mv_exact_pair sum = {a->num, a->den, 1}, more;
    if (mv_cells_empty(&s->filled, mv_cells_words(ind->frequency)) ||
        !a->has_pair)
        return;
    a->has_pair = mv_forecast_pair(w, s, ind, scale, &more, &a->reason);
    if (a->reason == MV_REASON_NO && a->has_pair && !mv_exact_add(&sum, &more))
        a->reason = MV_REASON_NOT_COMPUTABLE;
    a->num = sum.num;
    a->den = sum.den;
    a->div = sum.div;
}

static struct mv_amount add_up_last(const struct mv_work *w,
                                    const struct mv_strand *s)
{
    struct mv_amount a = {.has_pair = true, .div = 1};
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
    struct mv_amount a = {.has_pair = true, .div = 1};
    mv_fold how = ind->over_periods;
    uint32_t picked = 0;
    if (how == MV_FOLD_LAST)
        return add_up_last(w, s);
    for (uint32_t i = s->first; i < s->first + s->count; i++) {
        if (!w->stretches[i].picked)
            continue;
        take_pair(&a, &w->stretches[i].slot);
        picked++;
    }
    fill_pair(w, s, ind, scale, &a);
    if (a.reason != MV_REASON_NO)
        return a;
    if (how == MV_FOLD_RATIO && a.has_pair) {
        a.is_pair = true;
        if (a.den == 0)
            a.reason = MV_REASON_ZERO_DENOMINATOR;
        return a;
    }
    /* one alone is no mean */
    a.unweighted =
        how == MV_FOLD_RATIO &&
        (picked > 1 ||
         !mv_cells_empty(&s->filled, mv_cells_words(ind->frequency)));
    add_plain(w, s, ind, scale, &a);
    return a;
}
