/* needed - see needed.h. Job: the average that is asked of what is missing.
 * With v the value, n periods held and m missing: sum (c - v) / m, mean and
 * ratio (c (n + m) - v n) / m, last c. Invariant: rounded once. No state: a
 * crash leaves nothing. */
#include "services/judging/needed.h"

#include "services/base/err.h"
#include "services/judging/terms.h"

static bool is_own_value(const struct mv_node *nodes, unsigned count)
{
    return count == 1 && nodes->kind == MV_NODE_VALUE && nodes->own &&
           nodes->when == MV_WHEN_NOW;
}

static mv_cmp mirrored(mv_cmp cmp)
{
    switch (cmp) {
    case MV_CMP_LT:
        return MV_CMP_GT;
    case MV_CMP_LE:
        return MV_CMP_GE;
    case MV_CMP_GT:
        return MV_CMP_LT;
    case MV_CMP_GE:
        return MV_CMP_LE;
    case MV_CMP_EQ:
        break;
    }
    return MV_CMP_EQ;
}

static bool times(struct mv_dec *ret, struct mv_dec a, int64_t n)
{
    mv_i128 pico;
    if (__builtin_mul_overflow(a.pico, (mv_i128)n, &pico))
        return false;
    ret->pico = pico;
    return true;
}

static bool wanted_average(mv_fold how, struct mv_dec value,
                           struct mv_dec limit, int64_t held, int64_t missing,
                           struct mv_dec *ret)
{
    if (how == MV_FOLD_LAST) {
        *ret = limit;
        return true;
    }
    if (how != MV_FOLD_SUM &&
        (!times(&limit, limit, held + missing) || !times(&value, value, held)))
        return false;
    return mv_dec_sub(ret, limit, value) &&
           mv_dec_div(ret, *ret, mv_dec_from_int(missing));
}

/* ---- what a figure can be ---- */

/* What the unit's figure of a period cannot lie outside of. */
struct range {
    bool has_low, has_high;
    struct mv_dec low, high;
};

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

/* A sum of several, each at least a, is at least a where a is not below 0. A
 * part lies between none and all of its whole, which a pair has. */
static struct range range_of(const struct mv_indicator *ind, bool adds,
                             bool pair)
{
    struct range ret = {.has_low = false};
    if (ind->part && pair) {
        not_below(&ret, mv_dec_from_int(0));
        not_above(&ret, mv_dec_from_int(mv_catalogue_scale(ind)));
    }
    if (ind->has_min && (!adds || ind->min_micro >= 0))
        not_below(&ret, mv_dec_from_micro(ind->min_micro));
    if (ind->has_max && (!adds || ind->max_micro <= 0))
        not_above(&ret, mv_dec_from_micro(ind->max_micro));
    return ret;
}

/* Is the value one sum of several figures of a period? */
static bool is_added(const struct mv_indicator *ind, uint32_t member, bool own)
{
    return (ind->over_units == MV_FOLD_SUM && !own) ||
           (ind->total == MV_FOLD_SUM && member == MV_MEMBER_TOTAL);
}

/* None within the range can bring it. */
static bool beyond(const struct range *g, mv_cmp cmp, struct mv_dec wanted)
{
    int high = g->has_high ? mv_dec_compare(wanted, g->high) : -1;
    int low = g->has_low ? mv_dec_compare(wanted, g->low) : 1;
    if (cmp == MV_CMP_GT || cmp == MV_CMP_GE)
        return high > 0 || (cmp == MV_CMP_GT && high == 0);
    if (cmp == MV_CMP_LT || cmp == MV_CMP_LE)
        return low < 0 || (cmp == MV_CMP_LT && low == 0);
    return high > 0 || low < 0;
}

/* None can keep it from there, and it is not beyond. */
static bool is_there(const struct range *g, mv_cmp cmp, struct mv_dec wanted)
{
    bool up = cmp == MV_CMP_GT || cmp == MV_CMP_GE;
    int worst =
        up ? mv_dec_compare(wanted, g->low) : mv_dec_compare(g->high, wanted);
    return (up ? g->has_low : g->has_high) &&
           (worst < 0 ||
            (worst == 0 && (cmp == MV_CMP_GE || cmp == MV_CMP_LE)));
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
        cmp = mirrored(cmp);
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
    if (!wanted_average(ind->over_periods, value, right->n, got->held,
                        got->lack[0].count, &r->needed_average))
        return;
    r->needed_cmp = cmp;
    r->needed_of = taken_as(ind->over_periods, got->amounts[0].is_pair);
    struct range range =
        range_of(ind, is_added(ind, g->term.member, g->got.basis.own),
                 r->needed_of == MV_NEEDED_OF_TOGETHER);
    r->needed = MV_NEEDED_AVERAGE;
    if (beyond(&range, cmp, r->needed_average))
        r->needed = MV_NEEDED_IMPOSSIBLE;
    else if (r->status == MV_STATUS_GREEN &&
             is_there(&range, cmp, r->needed_average))
        r->needed = MV_NEEDED_SECURED;
}
