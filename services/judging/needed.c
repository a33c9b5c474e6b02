/* needed - see needed.h. Job: the average that is asked of what is missing.
 * With v the value, n periods held and m missing: sum (c - v) / m, mean and
 * ratio (c (n + m) - v n) / m, last c. Invariant: what v was rounded by is not
 * in it. No state: a crash leaves nothing. */
#include "services/judging/needed.h"

#include "services/base/err.h"
#include "services/judging/terms.h"

static bool is_own_value(const struct mv_node *nodes, unsigned count)
{
    return count == 1 && nodes->kind == MV_NODE_VALUE && nodes->own &&
           nodes->when == MV_WHEN_NOW;
}

static bool times(struct mv_dec *ret, struct mv_dec a, int64_t n)
{
    mv_i128 pico;
    if (__builtin_mul_overflow(a.pico, (mv_i128)n, &pico))
        return false;
    ret->pico = pico;
    return true;
}

/* So many are right of what a value, rounded to 12, was times its periods. */
#define DECIMALS 9

/* What is in, and how many periods are not. */
struct so_far {
    mv_fold how;
    struct mv_dec value;
    int64_t held, missing;
};

/* What the missing must average for the value to come to `limit`. */
static bool average_for(const struct so_far *f, struct mv_dec limit,
                        struct mv_dec *ret)
{
    struct mv_dec value = f->value;
    if (f->how == MV_FOLD_LAST) {
        *ret = limit;
        return true;
    }
    if (f->how != MV_FOLD_SUM && (!times(&limit, limit, f->held + f->missing) ||
                                  !times(&value, value, f->held)))
        return false;
    return mv_dec_sub(ret, limit, value) &&
           mv_dec_div(ret, *ret, mv_dec_from_int(f->missing)) &&
           mv_dec_round(ret, *ret, DECIMALS);
}

/* ---- from where to where ---- */

struct range {
    bool has_low, has_high;
    bool low_open, high_open; /* that end is not in it */
    struct mv_dec low, high;
};

/* All of a is less than all of b. */
static bool is_below(const struct range *a, const struct range *b)
{
    if (!a->has_high || !b->has_low)
        return false;
    int order = mv_dec_compare(a->high, b->low);
    return order < 0 || (order == 0 && (a->high_open || b->low_open));
}

/* All of a, whose ends are in it, is in b. */
static bool is_within(const struct range *a, const struct range *b)
{
    if ((b->has_low && !a->has_low) || (b->has_high && !a->has_high))
        return false;
    int low = b->has_low ? mv_dec_compare(a->low, b->low) : 1;
    int high = b->has_high ? mv_dec_compare(b->high, a->high) : 1;
    return (low > 0 || (low == 0 && !b->low_open)) &&
           (high > 0 || (high == 0 && !b->high_open));
}

/* ---- what a figure can be ---- */

static void not_below(struct range *g, struct mv_dec n)
{
    if (!g->has_low || mv_dec_compare(n, g->low) > 0)
        g->low = n;
    g->has_low = true;
}

static void not_above(struct range *g, struct mv_dec n)
{
    if (!g->has_high || mv_dec_compare(n, g->high) < 0)
        g->high = n;
    g->has_high = true;
}

/* What the unit's figure of a period cannot lie outside of.
 * A sum of several, each at least a, is at least a where a is not below 0. What
 * adds up over periods may be one figure for several of them: its share of each
 * is less. A part lies between none and all of its whole, which a pair has. */
static struct range range_of(const struct mv_indicator *ind, bool adds,
                             bool pair)
{
    struct range ret = {.has_low = false};
    int64_t least;
    bool has_min = mv_catalogue_least(ind, &least);
    struct mv_dec min = mv_dec_from_micro(least);
    struct mv_dec max = mv_dec_from_micro(ind->max_micro);
    if (ind->over_periods == MV_FOLD_SUM) {
        min = mv_dec_min(min, mv_dec_from_int(0));
        max = mv_dec_max(max, mv_dec_from_int(0));
    }
    if (ind->part && pair) {
        not_below(&ret, mv_dec_from_int(0));
        not_above(&ret, mv_dec_from_int(mv_catalogue_scale(ind)));
    }
    if (has_min && (!adds || least >= 0))
        not_below(&ret, min);
    if (ind->has_max && (!adds || ind->max_micro <= 0))
        not_above(&ret, max);
    return ret;
}

/* Is the value one sum of several figures of a period? */
static bool is_added(const struct mv_indicator *ind, uint32_t member, bool own)
{
    return (ind->over_units == MV_FOLD_SUM && !own) ||
           (ind->total == MV_FOLD_SUM && member == MV_MEMBER_TOTAL);
}

/* ---- what is asked ---- */

/* What the value must be for it to compare so with the limit. Where they are
 * compared as shown (decimals: not below 0) a value that is half a unit of the
 * last decimal off is shown as the number farther from zero. */
static bool asked_of(mv_cmp cmp, struct mv_dec limit, int decimals,
                     struct range *ret)
{
    struct mv_dec half = {MV_DEC_ONE / 2};
    for (int i = 0; i < decimals; i++)
        half.pico /= 10;
    *ret = (struct range){.low = limit, .high = limit};
    if (decimals >= 0) {
        if (!mv_dec_sub(&ret->low, limit, half) ||
            !mv_dec_add(&ret->high, limit, half))
            return false;
        ret->low_open = mv_dec_sign(limit) <= 0;
        ret->high_open = mv_dec_sign(limit) >= 0;
    }
    const struct range shown_as_it = *ret;
    if (cmp == MV_CMP_GT) {
        ret->low = shown_as_it.high;
        ret->low_open = !shown_as_it.high_open;
    } else if (cmp == MV_CMP_LT) {
        ret->high = shown_as_it.low;
        ret->high_open = !shown_as_it.low_open;
    }
    ret->has_low = cmp != MV_CMP_LT && cmp != MV_CMP_LE;
    ret->has_high = cmp != MV_CMP_GT && cmp != MV_CMP_GE;
    return true;
}

/* The same of what is missing: *told is how it is told, with *cmp. */
static bool asked_of_rest(const struct so_far *f, struct range *asked,
                          mv_cmp *cmp, struct mv_dec *told)
{
    if (*cmp == MV_CMP_EQ) {
        if (!average_for(f, *told, told))
            return false;
    } else if (asked->has_low) {
        *cmp = asked->low_open ? MV_CMP_GT : MV_CMP_GE;
    } else {
        *cmp = asked->high_open ? MV_CMP_LT : MV_CMP_LE;
    }
    if (!average_for(f, asked->low, &asked->low) ||
        !average_for(f, asked->high, &asked->high))
        return false;
    if (*cmp != MV_CMP_EQ)
        *told = asked->has_low ? asked->low : asked->high;
    return true;
}

/* ---- what it is ---- */

static mv_needed_of taken_as(mv_fold how, bool pair)
{
    if (how == MV_FOLD_LAST)
        return MV_NEEDED_OF_LAST;
    if (how == MV_FOLD_RATIO && pair)
        return MV_NEEDED_OF_TOGETHER;
    return MV_NEEDED_OF_AVERAGE;
}

/* What is in, by itself. */
static bool without_forecast(const struct mv_case *k, const struct mv_group *g,
                             struct mv_gathered *in, struct mv_dec *value)
{
    struct mv_term t = g->term;
    t.forecast = MV_FORECAST_NONE;
    t.count = 1;
    k->w->keep_used = false;
    mv_gather(k->w, k->env, &t, in);
    return in->reasons == 0 && !in->nothing_now &&
           mv_amount_number(&in->amounts[0],
                            mv_plan_scale(k->env->plan, t.indicator),
                            value) == MV_REASON_NO;
}

/* None of what is missing comes after all that is in. */
static bool is_last_in(const struct mv_gathered *got, mv_freq freq)
{
    struct mv_cells after = got->lack[0].missing;
    unsigned words = mv_cells_words(freq);
    mv_cells_keep_after(&after, &got->basis.held, words);
    return mv_cells_empty(&after, words);
}

void mv_needed_find(const struct mv_case *k, const struct mv_criterion *q,
                    const struct mv_side *left, const struct mv_side *right,
                    struct mv_ruling *r)
{
    const struct mv_catalogue *c = mv_plan_catalogue(k->env->plan);
    const struct mv_node *nodes = &c->nodes[q->first];
    mv_cmp cmp = (mv_cmp)q->cmp;
    if (is_own_value(nodes + q->n_left, q->n_right) && left->fixed) {
        const struct mv_side *own = right;
        right = left;
        left = own;
        cmp = mv_cmp_mirrored(cmp);
    } else if (!is_own_value(nodes, q->n_left) || !right->fixed) {
        return;
    }
    const struct mv_group *g = mv_terms_own_value(k);
    MV_ASSERT(g != NULL);
    const struct mv_indicator *ind = &c->indicators[g->term.indicator];
    if (ind->formula != MV_NONE)
        return; /* of which of its parts? */
    const struct mv_gathered *got = &g->got;
    struct mv_gathered in;
    struct mv_dec value = left->n;
    if (g->term.forecast != MV_FORECAST_NONE) {
        if (!without_forecast(k, g, &in, &value))
            return;
        got = &in;
    }
    if (got->lack[0].count == 0)
        return;
    if (!got->alike) {
        r->needed = MV_NEEDED_UNLIKE;
        return;
    }
    if (ind->over_periods == MV_FOLD_LAST && is_last_in(got, ind->frequency))
        return;
    struct so_far f = {ind->over_periods, value, got->held, got->lack[0].count};
    struct range asked;
    int decimals = mv_eval_decimals(k, nodes);
    if (!mv_eval_shown(right, decimals, &r->needed_average) ||
        !asked_of(cmp, r->needed_average, decimals, &asked) ||
        !asked_of_rest(&f, &asked, &cmp, &r->needed_average))
        return;
    r->needed_cmp = cmp;
    r->needed_of = taken_as(ind->over_periods, got->amounts[0].is_pair);
    struct range figures =
        range_of(ind, is_added(ind, g->term.member, g->got.basis.own),
                 r->needed_of == MV_NEEDED_OF_TOGETHER);
    r->needed = MV_NEEDED_AVERAGE;
    if (is_below(&figures, &asked) || is_below(&asked, &figures))
        r->needed = MV_NEEDED_IMPOSSIBLE;
    else if (r->status == MV_STATUS_GREEN && is_within(&figures, &asked))
        r->needed = MV_NEEDED_SECURED;
}
