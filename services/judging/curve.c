/* curve - see curve.h. Job: the numbers of a curve, each gathered as a
 * criterion would. Invariant: a number is told only where the unit itself, and
 * the units beside it, leave no suppressed number to be worked out. Works on
 * copies: a crash leaves nothing. */
#include "services/judging/curve.h"

#include <stdlib.h>

#include "services/base/err.h"
#include "services/judging/expected.h"
#include "services/judging/extremes.h"
#include "services/judging/hide.h"
#include "services/judging/terms.h"

struct mv_case mv_curve_case(const struct mv_course *c,
                             const struct mv_target *t, uint32_t unit)
{
    return (struct mv_case){.w = c->work,
                            .env = c->env,
                            .target = t,
                            .unit = unit,
                            .member = MV_MEMBER_TOTAL,
                            .each = MV_NONE,
                            .groups = c->work->groups};
}

bool mv_curve_hides_any(const struct mv_course *c)
{
    const struct mv_catalogue *cat = mv_plan_catalogue(c->env->plan);
    for (uint32_t i = 0; i < c->target->uses.count; i++)
        if (cat->indicators[c->target->uses.at[i]].min_denominator > 0)
            return true;
    return false;
}

void mv_curve_round(const struct mv_course *c, struct mv_dec *n)
{
    const struct mv_catalogue *cat = mv_plan_catalogue(c->env->plan);
    (void)mv_dec_round(n, *n, cat->indicators[c->node.indicator].decimals);
}

static struct mv_indices below(const struct mv_curve *c, uint32_t unit)
{
    return mv_plan_catalogue(c->course->env->plan)->units[unit].children;
}

/* One number as it was gathered. */
static void take(const struct mv_case *k, const struct mv_node *n, uint32_t why,
                 const struct mv_side *side, struct mv_course_value *ret)
{
    const struct mv_gathered *got = &k->groups[0].got;
    *ret = (struct mv_course_value){.reason = mv_reason_first(why)};
    ret->small = (why & MV_REASON_BIT(MV_REASON_SUPPRESSED)) != 0 && got->small;
    if (why != 0)
        return;
    ret->n = side->n;
    ret->preliminary = got->basis.preliminary;
    ret->forecast = got->basis.forecast;
    ret->has_held = !mv_node_is_extreme(n->kind) && got->amounts[0].has_pair;
    ret->held = got->amounts[0].held;
    ret->units = mv_node_is_extreme(n->kind) ? 0 : got->basis.units_in;
}

static void gather_year(const struct mv_curve *c, uint32_t unit,
                        const struct mv_node *n, struct mv_course_value *ret)
{
    struct mv_case k = mv_curve_case(c->course, c->target, unit);
    struct mv_side side = {0};
    uint32_t why = mv_terms_gather(&k, n, 1);
    if (why == 0)
        why = mv_terms_value(&k, n, &side);
    take(&k, n, why, &side, ret);
    if (why == 0 && unit == c->course->unit)
        mv_expected_periods(k.env, &k.groups[0].term, &k.groups[0].got,
                            &ret->periods, &ret->of_periods, NULL);
}

struct taking {
    struct mv_case k;
    const struct mv_node *n;
    struct mv_course_value *ret;
};

static bool lacks_any(const struct mv_group *g)
{
    for (unsigned part = 0; part < g->term.parts; part++)
        if (g->got.lack[part].count > 0)
            return true;
    return false;
}

static void take_period(void *ctx, unsigned i, uint32_t why,
                        const struct mv_side *side)
{
    struct taking *x = ctx;
    const struct mv_basis *b = &x->k.groups[0].got.basis;
    take(&x->k, x->n, why, side, &x->ret[i]);
    x->ret[i].incomplete = why == 0 && b->units_in < b->units_of;
    x->ret[i].missing = why != 0 && lacks_any(&x->k.groups[0]);
}

/* ---- of the units below ---- */

/* Those that count, and their numbers: a unit's beside each other. */
struct siblings {
    uint32_t *units;
    struct mv_course_value *at;
    uint32_t count;
    unsigned points;
};

static struct mv_course_value *number_of(const struct siblings *s,
                                         uint32_t unit, unsigned point)
{
    return &s->at[(size_t)unit * s->points + point];
}

/* Is it of a year's stock that the unit, which ended, is in no more? */
static bool has_ended(const struct mv_curve *c, uint32_t parent,
                      const struct mv_node *value, uint32_t unit)
{
    const struct mv_catalogue *cat = mv_plan_catalogue(c->course->env->plan);
    struct mv_case k = mv_curve_case(c->course, c->target, parent);
    if (c->over.count > 0 ||
        cat->units[unit].last_day >= mv_day_of(c->target->year, 12, 31) ||
        mv_terms_gather(&k, value, 1) != 0)
        return false;
    const struct mv_group *g = &k.groups[0];
    return mv_gather_has_ended(k.w, k.env, &g->term, &g->got, unit);
}

static struct siblings gather_below(const struct mv_curve *c, uint32_t unit,
                                    const struct mv_node *n)
{
    struct mv_indices all = below(c, unit);
    struct siblings s = {.points = mv_curve_points(c)};
    struct mv_node value = *n;
    size_t room = (size_t)all.count + 1;
    value.kind = MV_NODE_VALUE;
    s.units = mv_xcalloc(room, sizeof *s.units);
    s.at = mv_xcalloc(room * s.points, sizeof *s.at);
    for (uint32_t i = 0; i < all.count; i++) {
        if (!mv_plan_counts(c->course->env->plan, n->indicator, all.at[i],
                            c->target->year) ||
            has_ended(c, unit, &value, all.at[i]))
            continue;
        s.units[s.count] = all.at[i];
        mv_curve_gather(c, all.at[i], &value, number_of(&s, s.count, 0));
        s.count++;
    }
    return s;
}

static void done(struct siblings *s)
{
    free(s->units);
    free(s->at);
}

/* Which of them must be hidden beside exactly one that is suppressed. */
static bool find_hidden(const struct siblings *s, unsigned point, uint32_t *ret)
{
    struct mv_hide h = {0};
    for (uint32_t i = 0; i < s->count; i++) {
        const struct mv_course_value *v = number_of(s, i, point);
        mv_hide_add(&h, i, v->small, v->has_held ? &v->held : NULL);
    }
    return mv_hide_next(&h, ret);
}

static uint32_t fold(const struct siblings *s, unsigned point,
                     const struct mv_node *n, struct mv_course_value *ret)
{
    struct mv_extremes x = {0};
    uint32_t why = 0, hidden;
    if (find_hidden(s, point, &hidden))
        number_of(s, hidden, point)->reason = MV_REASON_SUPPRESSED;
    for (uint32_t i = 0; i < s->count; i++) {
        const struct mv_course_value *v = number_of(s, i, point);
        if (v->reason != MV_REASON_NO) {
            why |= MV_REASON_BIT(v->reason);
            continue;
        }
        mv_extremes_add(&x, v->n);
        ret->preliminary |= v->preliminary;
    }
    if (!x.any && why != 0)
        return why;
    return mv_extremes_value(&x, n->kind, &ret->n);
}

/* Who is hidden beside the year's suppressed one is in none of its periods:
 * of one alone they are the year. */
static void leave_out(const struct mv_curve *c, uint32_t unit,
                      const struct mv_node *n, struct siblings *s,
                      struct mv_course_value *ret)
{
    const struct mv_curve year = {.course = c->course, .target = c->target};
    struct siblings whole = gather_below(&year, unit, n);
    uint32_t hidden;
    bool any = find_hidden(&whole, 0, &hidden);
    for (uint32_t i = 0; any && i < s->count; i++) {
        bool is = s->units[i] == whole.units[hidden];
        for (unsigned p = 0; is && p < s->points; p++) {
            ret[p].fewer = number_of(s, i, p)->reason == MV_REASON_NO;
            number_of(s, i, p)->reason = MV_REASON_SUPPRESSED;
        }
    }
    done(&whole);
}

/* lowest, highest and spread, each unit below read once. */
static void gather_extremes(const struct mv_curve *c, uint32_t unit,
                            const struct mv_node *n,
                            struct mv_course_value *ret)
{
    struct siblings s = gather_below(c, unit, n);
    for (unsigned i = 0; i < s.points; i++)
        ret[i] = (struct mv_course_value){0};
    if (mv_curve_hides_any(c->course))
        leave_out(c, unit, n, &s, ret);
    for (unsigned i = 0; i < s.points; i++)
        ret[i].reason = mv_reason_first(fold(&s, i, n, &ret[i]));
    done(&s);
}

void mv_curve_gather(const struct mv_curve *c, uint32_t unit,
                     const struct mv_node *n, struct mv_course_value *ret)
{
    struct taking x = {
        .k = mv_curve_case(c->course, c->target, unit), .n = n, .ret = ret};
    if (c->over.count == 0)
        gather_year(c, unit, n, ret);
    else if (mv_node_is_extreme(n->kind))
        gather_extremes(c, unit, n, ret);
    else
        mv_terms_periods(&x.k, n, c->over, take_period, &x);
}

/* ---- what may not be told ---- */

/* Asked once for a whole curve, as most have nothing to hide. */
static bool may_hide(const struct mv_curve *c, uint32_t unit,
                     const struct mv_node *n)
{
    struct mv_case k = mv_curve_case(c->course, c->target, unit);
    struct mv_node value = *n;
    value.kind = MV_NODE_VALUE;
    return mv_terms_may_hide(&k, &value);
}

static bool may_any_below(const struct mv_curve *c, uint32_t unit,
                          const struct mv_node *n)
{
    struct mv_indices units = below(c, unit);
    for (uint32_t i = 0; i < units.count; i++)
        if (may_hide(c, units.at[i], n))
            return true;
    return false;
}

bool mv_curve_may_hide_near(const struct mv_curve *c, const struct mv_node *n)
{
    uint32_t unit = c->course->unit;
    uint32_t above =
        mv_plan_catalogue(c->course->env->plan)->units[unit].parent;
    return may_hide(c, unit, n) ||
           (above != MV_NONE && may_hide(c, above, n)) ||
           (mv_node_is_extreme(n->kind) && may_any_below(c, unit, n));
}

/* Where the unit is the next smallest beside exactly one that is suppressed,
 * their parent's number and its own would tell the other. */
static void hide_beside(const struct mv_curve *c, struct mv_course_value *ret)
{
    const struct mv_course *x = c->course;
    const struct mv_unit *u = &mv_plan_catalogue(x->env->plan)->units[x->unit];
    uint32_t hidden;
    if (mv_node_is_extreme(x->node.kind) || u->parent == MV_NONE ||
        !mv_curve_hides_any(x) || !may_any_below(c, u->parent, &x->node))
        return;
    struct siblings s = gather_below(c, u->parent, &x->node);
    for (unsigned i = 0; i < s.points; i++) {
        if (ret[i].reason == MV_REASON_NO && find_hidden(&s, i, &hidden) &&
            s.units[hidden] == x->unit)
            ret[i] = (struct mv_course_value){.reason = MV_REASON_SUPPRESSED};
    }
    done(&s);
}

/* A period without the unit that is hidden beside the year's suppressed one
 * would tell that, less the others' of the year; and the periods of that unit
 * its year. */
static void hide_fewer(const struct mv_curve *c, struct mv_course_value *ret)
{
    const struct mv_course *x = c->course;
    const struct mv_curve year = {.course = x, .target = c->target};
    struct mv_course_value whole;
    if (c->over.count == 0 || mv_node_is_extreme(x->node.kind) ||
        !mv_curve_hides_any(x) || !mv_curve_may_hide_near(c, &x->node))
        return;
    mv_curve_gather(&year, x->unit, &x->node, &whole);
    hide_beside(&year, &whole);
    for (unsigned i = 0; i < c->over.count; i++)
        if (ret[i].reason == MV_REASON_NO && ret[i].units != whole.units)
            ret[i] = (struct mv_course_value){.reason = MV_REASON_SUPPRESSED};
}

void mv_curve_hidden(const struct mv_curve *c, uint32_t unit,
                     const struct mv_node *n, bool *hidden)
{
    const struct mv_indicator *ind =
        &mv_plan_catalogue(c->course->env->plan)->indicators[n->indicator];
    struct mv_course_value part[MV_PERIODS_MAX];
    struct mv_node of = *n;
    if (n->member != MV_MEMBER_TOTAL)
        return;
    if (mv_node_is_extreme(n->kind))
        of.kind = MV_NODE_VALUE;
    for (uint32_t m = 0; m < ind->member_count; m++) {
        of.member = m;
        if (!may_hide(c, unit, &of))
            continue;
        mv_curve_gather(c, unit, &of, part);
        for (unsigned i = 0; i < mv_curve_points(c); i++)
            hidden[i] |= part[i].reason == MV_REASON_SUPPRESSED;
    }
}

/* Of the units below, what is lowest or highest is one of theirs. */
static void find_blurred(const struct mv_curve *c, bool *blurred)
{
    const struct mv_course *x = c->course;
    struct mv_indices units = below(c, x->unit);
    if (!mv_node_is_extreme(x->node.kind)) {
        mv_curve_hidden(c, x->unit, &x->node, blurred);
        return;
    }
    for (uint32_t i = 0; i < units.count; i++)
        mv_curve_hidden(c, units.at[i], &x->node, blurred);
}

static bool any_told(const struct mv_course_value *at, unsigned points)
{
    for (unsigned i = 0; i < points; i++)
        if (at[i].reason == MV_REASON_NO)
            return true;
    return false;
}

void mv_curve_follow(const struct mv_curve *c, struct mv_course_value *ret)
{
    unsigned points = mv_curve_points(c);
    bool blurred[MV_PERIODS_MAX] = {false};
    mv_curve_gather(c, c->course->unit, &c->course->node, ret);
    if (any_told(ret, points))
        hide_beside(c, ret);
    if (any_told(ret, points))
        hide_fewer(c, ret);
    if (any_told(ret, points))
        find_blurred(c, blurred);
    for (unsigned i = 0; i < points; i++) {
        ret[i].rounded = ret[i].reason == MV_REASON_NO && blurred[i];
        if (ret[i].rounded)
            mv_curve_round(c->course, &ret[i].n);
    }
}
