/* forecast - see forecast.h. Job: recent(k) and seasonal, in cells (months,
 * weeks, days). Invariant: a share of a longer stretch, and a period of a
 * season, are rounded once, half to even; pairs of recent(k) are exact. Works
 * on copies: a crash leaves nothing. */
#include "services/judging/forecast.h"

struct filling {
    const struct mv_work *w;
    const struct mv_strand *s;
    const struct mv_indicator *ind;
    int64_t scale;
    unsigned words, each; /* cells in a period */
};

typedef enum side { SIDE_VALUE, SIDE_NUM, SIDE_DEN } side;

/* Of b not 0 at most b. */
static mv_i128 gcd(mv_i128 a, mv_i128 b)
{
    mv_u128 x = mv_wide_magnitude(a), y = mv_wide_magnitude(b);
    while (y != 0) {
        mv_u128 rest = x % y;
        x = y;
        y = rest;
    }
    return (mv_i128)x;
}

static void reduce(struct mv_exact_pair *p)
{
    mv_i128 g = gcd(p->num, gcd(p->den, p->div));
    if (g > 1) {
        p->num /= g;
        p->den /= g;
        p->div /= g;
    }
}

bool mv_exact_add(struct mv_exact_pair *a, const struct mv_exact_pair *b)
{
    mv_i128 g = gcd(a->div, b->div), x = b->div / g, y = a->div / g;
    struct mv_exact_pair left, right;
    if (__builtin_mul_overflow(a->num, x, &left.num) ||
        __builtin_mul_overflow(a->den, x, &left.den) ||
        __builtin_mul_overflow(a->div, x, &left.div) ||
        __builtin_mul_overflow(b->num, y, &right.num) ||
        __builtin_mul_overflow(b->den, y, &right.den) ||
        __builtin_add_overflow(left.num, right.num, &left.num) ||
        __builtin_add_overflow(left.den, right.den, &left.den))
        return false;
    *a = left;
    reduce(a);
    return true;
}

/* So much of a longer stretch, rounded if it is not all of it. */
static bool share(mv_i128 amount, unsigned part, unsigned whole, mv_i128 *ret)
{
    *ret = amount;
    return part == whole || mv_i128_mul_div(amount, part, whole, ret);
}

static unsigned length(const struct filling *f, const struct mv_stretch *t)
{
    return mv_cells_count(&t->cells, f->words);
}

static unsigned shared(const struct filling *f, const struct mv_stretch *t,
                       const struct mv_cells *cells)
{
    struct mv_cells both = t->cells;
    mv_cells_keep(&both, cells, f->words);
    return mv_cells_count(&both, f->words);
}

/* One figure in units of 1e-12; false: it is 0 / 0, or out of range. */
static bool worth(const struct filling *f, const struct mv_stretch *t,
                  side which, mv_i128 *ret)
{
    struct mv_dec n;
    if (which != SIDE_VALUE) {
        *ret = mv_dec_from_micro(which == SIDE_NUM ? t->slot.numerator
                                                   : t->slot.denominator)
                   .pico;
        return true;
    }
    if (mv_stretch_value(t, f->scale, &n) != MV_REASON_NO)
        return false;
    *ret = n.pico;
    return true;
}

static bool sums(const struct filling *f, side which)
{
    return which != SIDE_VALUE || f->ind->over_periods == MV_FOLD_SUM;
}

/* Counts, and has a number of that kind. */
static bool counts(const struct filling *f, const struct mv_stretch *t,
                   side which)
{
    mv_i128 n;
    return t->counts && worth(f, t, which, &n);
}

static void cover(const struct filling *f, const struct mv_strand *s,
                  side which, struct mv_cells *ret)
{
    *ret = (struct mv_cells){{0}};
    for (uint32_t i = s->first; i < s->first + s->count; i++)
        if (counts(f, &f->w->stretches[i], which))
            mv_cells_add(ret, &f->w->stretches[i].cells, f->words);
}

/* The cells of the last k whole periods that are held; how many periods. */
static unsigned taken(const struct filling *f, side which,
                      struct mv_cells *inside)
{
    mv_freq freq = f->ind->frequency;
    unsigned found = 0;
    struct mv_cells held, one;
    cover(f, f->s, which, &held);
    *inside = (struct mv_cells){{0}};
    for (int n = mv_period_count(freq, f->s->year);
         n > 0 && found < f->s->recent; n--) {
        if (!mv_cells_nth(freq, f->s->year, n, &one) ||
            !mv_cells_inside(&one, &held, f->words))
            continue;
        mv_cells_add(inside, &one, f->words);
        found++;
    }
    return found;
}

static bool recent_pair(const struct filling *f, struct mv_exact_pair *ret)
{
    struct mv_cells inside;
    unsigned many = taken(f, SIDE_NUM, &inside);
    unsigned wanted = mv_cells_count(&f->s->filled, f->words);
    *ret = (struct mv_exact_pair){0, 0, 1};
    for (uint32_t i = f->s->first; i < f->s->first + f->s->count; i++) {
        const struct mv_stretch *t = &f->w->stretches[i];
        mv_i128 part = shared(f, t, &inside);
        struct mv_exact_pair one = {t->slot.numerator * part * wanted,
                                    t->slot.denominator * part * wanted,
                                    (mv_i128)length(f, t) * many * f->each};
        if (!t->counts)
            continue;
        reduce(&one);
        if (!mv_exact_add(ret, &one))
            return false;
    }
    return true;
}

/* Past a bound of the indicator's range? Then total is it, over 1. */
static bool clamp(const struct filling *f, struct mv_forecast_total *t)
{
    mv_i128 low = mv_dec_from_micro(f->ind->min_micro).pico;
    mv_i128 high = mv_dec_from_micro(f->ind->max_micro).pico;
    mv_i128 least, most;
    if (__builtin_mul_overflow(low, t->over, &least) ||
        __builtin_mul_overflow(high, t->over, &most))
        return false;
    if (f->ind->has_min && t->total < least)
        *t = (struct mv_forecast_total){low, 1};
    else if (f->ind->has_max && t->total > most)
        *t = (struct mv_forecast_total){high, 1};
    return true;
}

static bool add_recent(const struct filling *f, const struct mv_cells *inside,
                       mv_i128 *total)
{
    for (uint32_t i = f->s->first; i < f->s->first + f->s->count; i++) {
        const struct mv_stretch *t = &f->w->stretches[i];
        unsigned part = shared(f, t, inside);
        mv_i128 n;
        if (!t->counts || !worth(f, t, SIDE_VALUE, &n))
            continue;
        bool good = sums(f, SIDE_VALUE)
                        ? share(n, part, length(f, t), &n)
                        : !__builtin_mul_overflow(n, (mv_i128)part, &n);
        if (!good || __builtin_add_overflow(*total, n, total))
            return false;
    }
    return true;
}

static mv_reason recent_plain(const struct filling *f,
                              struct mv_forecast_total *ret)
{
    struct mv_cells inside;
    unsigned many = taken(f, SIDE_VALUE, &inside);
    mv_i128 wanted = mv_cells_count(&f->s->filled, f->words);
    bool sum = sums(f, SIDE_VALUE);
    if (many == 0)
        return MV_REASON_ZERO_DENOMINATOR;
    *ret = (struct mv_forecast_total){0, sum ? many : many * f->each};
    if (!add_recent(f, &inside, &ret->total) || !clamp(f, ret))
        return MV_REASON_NOT_COMPUTABLE;
    if (sum) {
        if (!mv_i128_mul_div(ret->total, wanted, ret->over * f->each,
                             &ret->total))
            return MV_REASON_NOT_COMPUTABLE;
        ret->over = 1;
        return MV_REASON_NO;
    }
    return __builtin_mul_overflow(ret->total, wanted, &ret->total)
               ? MV_REASON_NOT_COMPUTABLE
               : MV_REASON_NO;
}

/* The cells a year before; a day or week that it lacks is the one before. */
struct then {
    struct mv_cells cells, instead; /* instead: a second time */
};

static struct then then_of(const struct filling *f, const struct mv_cells *now)
{
    struct then t = {.cells = *now};
    struct mv_cells year, lacks = *now;
    mv_cells_year(f->ind->frequency, f->s->year - 1, &year);
    mv_cells_keep(&t.cells, &year, f->words);
    mv_cells_drop(&lacks, &year, f->words);
    for (unsigned i = 0; i < f->words; i++) {
        t.instead.w[i] |= lacks.w[i] >> 1;
        if (i > 0)
            t.instead.w[i - 1] |= lacks.w[i] << 63;
    }
    return t;
}

/* What last year's figures say of these cells. */
static bool amount_then(const struct filling *f, const struct mv_cells *now,
                        side which, mv_i128 *ret)
{
    const struct mv_strand *s = &f->w->strands[f->s->before];
    struct then at = then_of(f, now);
    *ret = 0;
    for (uint32_t i = s->first; i < s->first + s->count; i++) {
        const struct mv_stretch *t = &f->w->stretches[i];
        mv_i128 n;
        if (!t->counts || !worth(f, t, which, &n))
            continue;
        unsigned part = shared(f, t, &at.cells) + shared(f, t, &at.instead);
        bool good = sums(f, which)
                        ? share(n, part, length(f, t), &n)
                        : !__builtin_mul_overflow(n, (mv_i128)part, &n);
        if (!good || __builtin_add_overflow(*ret, n, ret))
            return false;
    }
    return true;
}

/* All of last year is held, by figures that have such a number. */
static bool has_season(const struct filling *f, side which)
{
    struct mv_cells year;
    if (f->s->before == MV_NONE)
        return false;
    const struct mv_strand *s = &f->w->strands[f->s->before];
    mv_cells_year(f->ind->frequency, f->s->year - 1, &year);
    for (uint32_t i = s->first; i < s->first + s->count; i++) {
        const struct mv_stretch *t = &f->w->stretches[i];
        bool pair = t->slot.held == MV_HELD_RATIO;
        if (t->counts && (which == SIDE_VALUE ? !counts(f, t, which) : !pair))
            return false;
    }
    return mv_cells_inside(&year, &s->counted, f->words);
}

struct pace {
    mv_i128 now, then; /* this year's so far, last year's of the same cells */
};

/* False: there is none to go by. */
static bool pace_of(const struct filling *f, side which, struct pace *ret)
{
    struct mv_cells held;
    cover(f, f->s, which, &held);
    ret->now = 0;
    for (uint32_t i = f->s->first; i < f->s->first + f->s->count; i++) {
        const struct mv_stretch *t = &f->w->stretches[i];
        mv_i128 n;
        if (!t->counts || !worth(f, t, which, &n))
            continue;
        if (!sums(f, which) &&
            __builtin_mul_overflow(n, (mv_i128)length(f, t), &n))
            return false;
        if (__builtin_add_overflow(ret->now, n, &ret->now))
            return false;
    }
    return amount_then(f, &held, which, &ret->then) && ret->then != 0;
}

/* This year's pace, where last year's season can be gone by. */
static bool plain_season(const struct filling *f, struct pace *ret)
{
    return has_season(f, SIDE_VALUE) && pace_of(f, SIDE_VALUE, ret);
}

static bool pair_season(const struct filling *f, struct pace *num,
                        struct pace *den)
{
    return has_season(f, SIDE_NUM) && pace_of(f, SIDE_NUM, num) &&
           pace_of(f, SIDE_DEN, den);
}

static bool one_period(const struct filling *f, const struct mv_cells *cells,
                       side which, const struct pace *p, mv_i128 *ret)
{
    return amount_then(f, cells, which, ret) &&
           mv_i128_mul_div(*ret, p->now, p->then, ret);
}

static bool within(const struct filling *f, unsigned cells, mv_i128 *n)
{
    mv_i128 low = mv_dec_from_micro(f->ind->min_micro).pico;
    mv_i128 high = mv_dec_from_micro(f->ind->max_micro).pico;
    if (sums(f, SIDE_VALUE)) {
        if (!share(low, cells, f->each, &low) ||
            !share(high, cells, f->each, &high))
            return false;
    } else {
        low *= cells;
        high *= cells;
    }
    if (f->ind->has_min && *n < low)
        *n = low;
    else if (f->ind->has_max && *n > high)
        *n = high;
    return true;
}

/* The next period with cells to fill; false: no more. */
static bool next_part(const struct filling *f, int *n, struct mv_cells *ret)
{
    while (mv_cells_nth(f->ind->frequency, f->s->year, ++*n, ret)) {
        mv_cells_keep(ret, &f->s->filled, f->words);
        if (!mv_cells_empty(ret, f->words))
            return true;
    }
    return false;
}

static mv_reason seasonal_plain(const struct filling *f, const struct pace *p,
                                struct mv_forecast_total *ret)
{
    struct mv_cells cells;
    int n = 0;
    *ret = (struct mv_forecast_total){0, 1};
    while (next_part(f, &n, &cells)) {
        mv_i128 one;
        if (!one_period(f, &cells, SIDE_VALUE, p, &one) ||
            !within(f, mv_cells_count(&cells, f->words), &one) ||
            __builtin_add_overflow(ret->total, one, &ret->total))
            return MV_REASON_NOT_COMPUTABLE;
    }
    return MV_REASON_NO;
}

/* A numerator that its denominator allows. */
static bool pair_within(const struct filling *f, mv_i128 *num, mv_i128 den)
{
    const bool has[2] = {f->ind->has_min, f->ind->has_max};
    const int64_t bound[2] = {f->ind->min_micro, f->ind->max_micro};
    for (int i = 0; i < 2 && den > 0; i++) {
        struct mv_dec limit = mv_dec_from_micro(bound[i]);
        int order = 0;
        if (!has[i])
            continue;
        if (!mv_ratio_compare(*num, den, f->scale, limit, &order))
            return false;
        if (i == 0 ? order < 0 : order > 0)
            return mv_i128_mul_div(limit.pico, den, f->scale * MV_DEC_ONE, num);
    }
    return true;
}

static bool seasonal_pair(const struct filling *f, const struct pace *num,
                          const struct pace *den, struct mv_exact_pair *ret)
{
    struct mv_cells cells;
    int n = 0;
    *ret = (struct mv_exact_pair){0, 0, MV_DEC_ONE / MV_MICRO_ONE};
    while (next_part(f, &n, &cells)) {
        mv_i128 above, below;
        if (!one_period(f, &cells, SIDE_NUM, num, &above) ||
            !one_period(f, &cells, SIDE_DEN, den, &below) ||
            !pair_within(f, &above, below) ||
            __builtin_add_overflow(ret->num, above, &ret->num) ||
            __builtin_add_overflow(ret->den, below, &ret->den))
            return false;
    }
    reduce(ret);
    return true;
}

static struct filling filling_of(const struct mv_work *w,
                                 const struct mv_strand *s,
                                 const struct mv_indicator *ind, int64_t scale)
{
    struct filling f = {.w = w, .s = s, .ind = ind, .scale = scale};
    struct mv_cells one = {{0}};
    f.words = mv_cells_words(ind->frequency);
    (void)mv_cells_nth(ind->frequency, s->year, 1, &one);
    f.each = mv_cells_count(&one, f.words);
    return f;
}

bool mv_forecast_pair(const struct mv_work *w, const struct mv_strand *s,
                      const struct mv_indicator *ind, int64_t scale,
                      struct mv_exact_pair *ret, mv_reason *reason)
{
    struct filling f = filling_of(w, s, ind, scale);
    struct pace num, den;
    *reason = MV_REASON_NO;
    for (uint32_t i = s->first; i < s->first + s->count; i++) {
        const struct mv_stretch *t = &w->stretches[i];
        if (t->counts && t->slot.held != MV_HELD_RATIO)
            return false;
    }
    if (pair_season(&f, &num, &den) ? seasonal_pair(&f, &num, &den, ret)
                                    : recent_pair(&f, ret))
        return true;
    *reason = MV_REASON_NOT_COMPUTABLE;
    return false;
}

mv_reason mv_forecast_plain(const struct mv_work *w, const struct mv_strand *s,
                            const struct mv_indicator *ind, int64_t scale,
                            struct mv_forecast_total *ret)
{
    struct filling f = filling_of(w, s, ind, scale);
    struct pace p;
    if (plain_season(&f, &p))
        return seasonal_plain(&f, &p, ret);
    return recent_plain(&f, ret);
}

mv_way mv_forecast_way(const struct mv_work *w, const struct mv_strand *s,
                       const struct mv_indicator *ind, int64_t scale,
                       bool pairs)
{
    struct filling f = filling_of(w, s, ind, scale);
    struct pace num, den;
    if (ind->over_periods == MV_FOLD_LAST)
        return MV_WAY_LAST;
    bool season = pairs ? pair_season(&f, &num, &den) : plain_season(&f, &num);
    return season ? MV_WAY_SEASONAL : MV_WAY_RECENT;
}
