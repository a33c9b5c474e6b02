/* course - see course.h. Job: which series of a criterion is followed, and how
 * its years, periods and units below stand beside each other. Invariant: no
 * number is told but as curve.h lets it. Works on copies: a crash leaves
 * nothing. */
#include "services/judging/course.h"

#include <stdlib.h>

#include "services/base/err.h"
#include "services/judging/children.h"
#include "services/judging/curve.h"
#include "services/judging/hide.h"
#include "services/judging/reported.h"
#include "services/judging/terms.h"

static const struct mv_node *first_series(const struct mv_catalogue *c,
                                          const struct mv_criterion *k)
{
    const struct mv_node *nodes = &c->nodes[k->first];
    unsigned count = (unsigned)k->n_left + k->n_right;
    for (unsigned i = 0; i < count; i++) {
        if (nodes[i].kind == MV_NODE_SHARE)
            i += nodes[i].count;
        else if (mv_node_is_series(nodes[i].kind))
            return &nodes[i];
    }
    return NULL;
}

/* The member of `each` by its name, as terms has it. */
static uint32_t settle_member(const struct mv_catalogue *c,
                              const struct mv_criterion *k,
                              const struct mv_node *n, uint32_t member)
{
    if (n->member != MV_MEMBER_EACH)
        return n->member;
    if (n->indicator == k->each_indicator || member == MV_MEMBER_TOTAL)
        return member;
    return mv_catalogue_member(
        c, &c->indicators[n->indicator],
        c->indicators[k->each_indicator].members[member].id);
}

uint32_t mv_course_names(const struct mv_catalogue *c,
                         const struct mv_ruling *ruling,
                         struct mv_course_name *ret, uint32_t max)
{
    const struct mv_criterion *k = &c->criteria[ruling->criterion];
    const struct mv_node *nodes = &c->nodes[k->first];
    unsigned count = (unsigned)k->n_left + k->n_right;
    uint32_t found = 0;
    for (unsigned i = 0; i < count; i++) {
        bool known = !mv_node_is_series(nodes[i].kind);
        if (nodes[i].kind == MV_NODE_SHARE) {
            i += nodes[i].count;
            continue;
        }
        uint32_t member =
            known ? 0 : settle_member(c, k, &nodes[i], ruling->member);
        for (uint32_t n = 0; n < found && n < max && !known; n++)
            known = ret[n].indicator == nodes[i].indicator &&
                    ret[n].member == member;
        if (!known && found < max) {
            ret[found] = (struct mv_course_name){
                nodes[i].indicator, member, i >= k->n_left,
                nodes[i].kind == MV_NODE_LATEST};
        }
        found += !known;
    }
    return found;
}

/* Is the left side the series' own number of the year, and no more? */
static bool is_plain(const struct mv_catalogue *c, const struct mv_criterion *k,
                     const struct mv_node *n)
{
    return k->n_left == 1 && n == &c->nodes[k->first] &&
           n->when == MV_WHEN_NOW &&
           (n->kind == MV_NODE_VALUE || n->kind == MV_NODE_RATE);
}

/* What of a series is followed where a criterion names it. */
static uint8_t followed(uint8_t kind)
{
    return kind == MV_NODE_RATE || mv_node_is_extreme(kind) ? kind
                                                            : MV_NODE_VALUE;
}

static bool find_node(struct mv_course *ret, const struct mv_ruling *ruling)
{
    const struct mv_catalogue *c = mv_plan_catalogue(ret->env->plan);
    const struct mv_criterion *k = &c->criteria[ruling->criterion];
    const struct mv_node *n = first_series(c, k);
    if (n == NULL)
        return false;
    ret->by_period = n->kind == MV_NODE_LATEST || n->when == MV_WHEN_PERIOD;
    ret->made = !is_plain(c, k, n);
    if (k->n_left == 1 && n->kind == MV_NODE_GROWTH && n == &c->nodes[k->first])
        ret->growth = n;
    ret->node = (struct mv_node){
        .kind = followed(n->kind),
        .indicator = n->indicator,
        .member = settle_member(c, k, n, ruling->member),
        .measure = n->measure,
        .micro = n->micro,
    };
    return ret->node.member != MV_NONE || n->member == MV_MEMBER_TOTAL;
}

bool mv_course_open(struct mv_course *ret, const struct mv_judge_env *env,
                    uint32_t target, uint32_t unit,
                    const struct mv_ruling *ruling)
{
    *ret = (struct mv_course){
        .env = env,
        .target = &mv_plan_catalogue(env->plan)->targets[target],
        .unit = unit};
    if (!find_node(ret, ruling))
        return false;
    ret->work = mv_work_open();
    return true;
}

void mv_course_open_reported(struct mv_course *ret,
                             const struct mv_judge_env *env, uint32_t target,
                             uint32_t unit, uint32_t i)
{
    const struct mv_target *t = &mv_plan_catalogue(env->plan)->targets[target];
    *ret = (struct mv_course){.env = env,
                              .target = t,
                              .work = mv_work_open(),
                              .unit = unit,
                              .node = mv_reported_node(t, i)};
}

void mv_course_done(struct mv_course *c)
{
    mv_work_close(c->work);
    c->work = NULL;
}

/* The target as if it were of another year: that year's value stands alone. */
static struct mv_target target_of(const struct mv_course *c, int32_t year)
{
    struct mv_target t = *c->target;
    if (t.year != year)
        t.forecast = MV_FORECAST_NONE;
    t.year = year;
    return t;
}

void mv_course_year(const struct mv_course *c, int32_t year,
                    struct mv_course_value *ret)
{
    struct mv_target t = target_of(c, year);
    const struct mv_curve curve = {.course = c, .target = &t};
    mv_curve_follow(&curve, ret);
}

static void follow(const struct mv_course *c, const struct mv_period *at,
                   unsigned count, struct mv_course_value *ret)
{
    struct mv_target t = target_of(c, at[0].year);
    const struct mv_curve curve = {
        .course = c, .target = &t, .over = {at, count}};
    mv_curve_follow(&curve, ret);
}

void mv_course_period(const struct mv_course *c, const struct mv_period *p,
                      struct mv_course_value *ret)
{
    follow(c, p, 1, ret);
}

/* Beside the year's number. */
static void hide_next(struct mv_course_value *at, unsigned count)
{
    struct mv_hide h = {0};
    uint32_t next;
    for (unsigned i = 0; i < count; i++)
        mv_hide_add(&h, i, at[i].reason == MV_REASON_SUPPRESSED,
                    at[i].has_held ? &at[i].held : NULL);
    if (mv_hide_next(&h, &next))
        at[next] = (struct mv_course_value){.reason = MV_REASON_SUPPRESSED};
}

unsigned mv_course_periods(const struct mv_course *c, mv_freq freq,
                           int32_t year, struct mv_period *at,
                           struct mv_course_value *ret)
{
    unsigned count = 0;
    while (mv_period_nth(freq, year, (int)count + 1, &at[count]))
        count++;
    if (count > 0)
        follow(c, at, count, ret);
    hide_next(ret, count);
    return count;
}

/* What is held against the year's own: the same series as the node says when.
 */
static struct mv_node base_of(const struct mv_course *c,
                              const struct mv_node *n)
{
    struct mv_node base = c->node;
    base.when = n->when;
    base.year = n->year;
    base.period = n->period;
    return base;
}

/* A number, and the denominators that it is of. */
static struct mv_course_value number_of(const struct mv_course *c,
                                        const struct mv_side *side,
                                        const struct mv_amount *a)
{
    return (struct mv_course_value){
        .n = side->n,
        .has_held = !mv_node_is_extreme(c->node.kind) && a->has_pair,
        .held = a->held};
}

/* Of the target's year and the base, each by itself where that is a period. */
static bool compare(const struct mv_course *c, const struct mv_target *t,
                    const struct mv_node *base, struct mv_course_value *now,
                    struct mv_course_value *then)
{
    struct mv_case k = mv_curve_case(c, t, c->unit);
    const struct mv_node both[2] = {c->node, *base};
    struct mv_side a, b;
    if (mv_terms_gather(&k, both, 2) != 0 ||
        mv_terms_value(&k, &both[0], &a) != 0 ||
        mv_terms_value(&k, &both[1], &b) != 0)
        return false;
    const struct mv_group *g = &k.groups[0];
    *now = number_of(c, &a, &g->got.amounts[0]);
    *then = number_of(c, &b,
                      k.group_count > 1 ? &k.groups[1].got.amounts[0]
                                        : &g->got.amounts[g->term.parts]);
    return true;
}

/* Two that look alike by chance are of other denominators. */
static bool is_same(const struct mv_course_value *a,
                    const struct mv_course_value *b)
{
    return mv_dec_compare(a->n, b->n) == 0 &&
           (!a->has_held || !b->has_held || a->held == b->held);
}

static struct mv_course_value value_below(const struct mv_child *child)
{
    return (struct mv_course_value){
        .n = child->n[0], .has_held = child->has_held, .held = child->held};
}

/* Of the units below: do the same ones count, each with the same number? */
static bool are_same(const struct mv_child *a, const struct mv_child *b,
                     uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct mv_course_value x = value_below(&a[i]), y = value_below(&b[i]);
        if (a[i].counts != b[i].counts || (a[i].counts && !is_same(&x, &y)))
            return false;
    }
    return true;
}

/* The lowest and the highest may be of one that is hidden in one of the two,
 * and whether they are the same is its number. */
static bool are_same_below(const struct mv_course *c, const struct mv_target *t,
                           const struct mv_node *base)
{
    const struct mv_node both[2] = {c->node, *base};
    struct mv_case k = mv_curve_case(c, t, c->unit);
    (void)mv_terms_gather(&k, both, 1);
    uint32_t count = k.groups[0].count;
    struct mv_child *alone = mv_xcalloc((size_t)count + 1, sizeof *alone);
    for (uint32_t i = 0; i < count; i++)
        alone[i] = c->work->children[i];
    bool same = mv_terms_gather(&k, both, 2) == 0 &&
                are_same(alone, c->work->children, count);
    free(alone);
    return same;
}

bool mv_course_comparable(const struct mv_course *c, int32_t year)
{
    struct mv_target t = target_of(c, c->target->year);
    const struct mv_curve curve = {.course = c, .target = &t};
    struct mv_node base = c->node;
    struct mv_course_value alone, now, then;
    base.when = MV_WHEN_YEAR;
    base.year = year;
    t.forecast = MV_FORECAST_NONE;
    mv_curve_gather(&curve, c->unit, &c->node, &alone);
    if (alone.reason != MV_REASON_NO || year == c->target->year)
        return true;
    if (mv_node_is_extreme(c->node.kind))
        return are_same_below(c, &t, &base);
    return compare(c, &t, &base, &now, &then) && is_same(&now, &alone);
}

/* ---- of fewer units or periods than the year's own ---- */

/* Is it the number of all that the target's year has? */
static bool is_all(const struct mv_course *c, const struct mv_target *t,
                   const struct mv_course_value *n)
{
    const struct mv_curve curve = {.course = c, .target = t};
    struct mv_course_value own;
    mv_curve_gather(&curve, c->unit, &c->node, &own);
    return own.reason == MV_REASON_NO && is_same(&own, n);
}

static bool may_hide_near(const struct mv_course *c, const struct mv_node *n)
{
    const struct mv_curve curve = {.course = c, .target = c->target};
    return mv_curve_may_hide_near(&curve, n);
}

/* Less the year's own, less others', they would tell what may not be told of
 * the units below, or of those beside it. */
static bool tells(const struct mv_course *c, const struct mv_target *t,
                  const struct mv_node *base, const struct mv_course_value *now,
                  const struct mv_course_value *before)
{
    struct mv_target then = target_of(c, mv_node_year(base, t->year));
    return may_hide_near(c, base) &&
           !(is_all(c, t, now) && is_all(c, &then, before));
}

/* What is compared, where it is the year before. */
static struct mv_node last_year(const struct mv_course *c)
{
    struct mv_node base = c->node;
    base.when = MV_WHEN_BACK;
    base.year = -1;
    return base;
}

mv_reason mv_course_alike(const struct mv_course *c, struct mv_dec *now,
                          struct mv_dec *before)
{
    const struct mv_catalogue *cat = mv_plan_catalogue(c->env->plan);
    struct mv_target t = target_of(c, c->target->year);
    struct mv_node base = last_year(c);
    struct mv_course_value a, b;
    if (c->growth != NULL)
        base = base_of(c, c->growth);
    else
        t.forecast = MV_FORECAST_NONE;
    if ((c->made && c->growth == NULL) || !compare(c, &t, &base, &a, &b))
        return MV_REASON_NO_BASE;
    if (base.when != MV_WHEN_PERIOD && tells(c, &t, &base, &a, &b))
        return MV_REASON_SUPPRESSED;
    *now = a.n;
    *before = b.n;
    if (mv_curve_hides_any(c) && c->node.member == MV_MEMBER_TOTAL &&
        cat->indicators[c->node.indicator].member_count > 0) {
        mv_curve_round(c, now);
        mv_curve_round(c, before);
    }
    return MV_REASON_NO;
}

/* Is it held against another year, over what both have? */
static bool is_compared(const struct mv_course *c, const struct mv_node *n)
{
    return mv_node_is_series(n->kind) && n->when != MV_WHEN_PERIOD &&
           mv_node_year(n, c->target->year) != c->target->year;
}

static bool is_of_period(const struct mv_node *n)
{
    return mv_node_is_series(n->kind) &&
           (n->when == MV_WHEN_PERIOD || n->kind == MV_NODE_LATEST);
}

/* Are the years of that node all that either has? */
static bool is_of_all(const struct mv_course *c, const struct mv_node *n)
{
    struct mv_target t = *c->target;
    struct mv_node base = base_of(c, n);
    struct mv_course_value now, before;
    return (n->kind == MV_NODE_VALUE || n->kind == MV_NODE_RATE ||
            n->kind == MV_NODE_GROWTH) &&
           n->indicator == c->node.indicator && n->member == c->node.member &&
           compare(c, &t, &base, &now, &before) &&
           !tells(c, &t, &base, &now, &before);
}

/* Is it of one period, by name or as its last, that is no point to be told? */
static bool is_hidden_point(const struct mv_course *c, const struct mv_node *n,
                            const struct mv_ruling *ruling)
{
    struct mv_period at = n->period;
    struct mv_course of = *c;
    struct mv_course_value v;
    if (n->indicator != c->node.indicator || n->member != c->node.member ||
        (n->kind == MV_NODE_LATEST &&
         mv_basis_periods(&ruling->basis, c->target->year, &at, 1) != 1))
        return mv_curve_hides_any(c) && may_hide_near(c, n);
    of.node.kind = followed(n->kind);
    mv_course_period(&of, &at, &v);
    return v.reason == MV_REASON_SUPPRESSED || v.fewer;
}

bool mv_course_hides(const struct mv_course *c, const struct mv_ruling *ruling)
{
    const struct mv_catalogue *cat = mv_plan_catalogue(c->env->plan);
    const struct mv_criterion *k = &cat->criteria[ruling->criterion];
    const struct mv_node *nodes = &cat->nodes[k->first];
    unsigned count = (unsigned)k->n_left + k->n_right;
    int32_t year = c->target->year;
    for (unsigned i = 0; i < count; i++) {
        struct mv_node n = nodes[i];
        if (n.kind == MV_NODE_SHARE)
            i += n.count;
        n.member = settle_member(cat, k, &n, ruling->member);
        if (is_of_period(&n) && is_hidden_point(c, &n, ruling))
            return true;
        if (!is_compared(c, &n))
            continue;
        bool more = year != c->target->year &&
                    mv_node_year(&n, c->target->year) != year;
        year = mv_node_year(&n, c->target->year);
        if (may_hide_near(c, &n) && (more || !is_of_all(c, &n)))
            return true;
    }
    return false;
}

/* ---- the units below ---- */

/* Either may be a total of which a suppressed member is part. */
static void blur_ends(const struct mv_course *c, struct mv_course_ends *ret)
{
    const struct mv_curve curve = {.course = c, .target = c->target};
    struct mv_node n = c->node;
    n.kind = MV_NODE_VALUE;
    if (ret->units == 0)
        return;
    mv_curve_hidden(&curve, ret->low_unit, &n, &ret->rounded);
    mv_curve_hidden(&curve, ret->high_unit, &n, &ret->rounded);
    if (!ret->rounded)
        return;
    mv_curve_round(c, &ret->low);
    mv_curve_round(c, &ret->high);
}

static bool has_nothing(const struct mv_child *child)
{
    return !child->counts &&
           (child->why & ~(MV_REASON_BIT(MV_REASON_NOT_DUE) |
                           MV_REASON_BIT(MV_REASON_OVERDUE))) == 0;
}

/* Is of those that are neither, and have something, exactly one left, one that
 * may not be told? The unit's number and the two would tell it. */
static bool leaves_one(const struct mv_course *c, const struct mv_group *g,
                       const struct mv_course_ends *ends)
{
    const struct mv_child *found = NULL;
    uint32_t others = 0;
    for (uint32_t i = 0; i < g->count; i++) {
        const struct mv_child *child = &c->work->children[g->first + i];
        if (child->unit == ends->low_unit || child->unit == ends->high_unit ||
            has_nothing(child))
            continue;
        others++;
        found = child;
    }
    return others == 1 &&
           (found->why & MV_REASON_BIT(MV_REASON_SUPPRESSED)) != 0;
}

void mv_course_ends(const struct mv_course *c, struct mv_course_ends *ret)
{
    struct mv_case k = mv_curve_case(c, c->target, c->unit);
    struct mv_node n = c->node;
    *ret = (struct mv_course_ends){.low_unit = MV_NONE, .high_unit = MV_NONE};
    if (n.kind == MV_NODE_RATE)
        return;
    n.kind = MV_NODE_LOWEST;
    (void)mv_terms_gather(&k, &n, 1);
    ret->of_units = (uint16_t)k.groups[0].count;
    for (uint32_t i = 0; i < k.groups[0].count; i++) {
        const struct mv_child *child = &c->work->children[i];
        if (!child->counts)
            continue;
        if (ret->units == 0 || mv_dec_compare(child->n[0], ret->low) < 0) {
            ret->low = child->n[0];
            ret->low_unit = child->unit;
        }
        if (ret->units == 0 || mv_dec_compare(child->n[0], ret->high) > 0) {
            ret->high = child->n[0];
            ret->high_unit = child->unit;
        }
        ret->units++;
    }
    if (leaves_one(c, &k.groups[0], ret)) {
        *ret = (struct mv_course_ends){.low_unit = MV_NONE,
                                       .high_unit = MV_NONE,
                                       .of_units = ret->of_units};
    }
    blur_ends(c, ret);
}

/* What growth is measured from, by itself. */
static bool whole_base(const struct mv_course *c, const struct mv_node *growth,
                       struct mv_dec *ret)
{
    struct mv_course_value v;
    if (growth->when == MV_WHEN_PERIOD)
        mv_course_period(c, &growth->period, &v);
    else if (growth->when == MV_WHEN_BACK)
        mv_course_year(c, c->target->year + growth->year, &v);
    else
        mv_course_year(c, growth->year, &v);
    *ret = v.n;
    return v.reason == MV_REASON_NO;
}

static bool is_constant(const struct mv_node *nodes, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (mv_node_is_series(nodes[i].kind) ||
            nodes[i].kind == MV_NODE_SHARE || nodes[i].kind == MV_NODE_PATH)
            return false;
    }
    return true;
}

bool mv_course_is_fixed(const struct mv_catalogue *c,
                        const struct mv_ruling *ruling)
{
    const struct mv_criterion *k = &c->criteria[ruling->criterion];
    return is_constant(&c->nodes[k->first + k->n_left], k->n_right);
}

bool mv_course_line(const struct mv_course *c, const struct mv_ruling *ruling,
                    struct mv_dec *ret)
{
    const struct mv_catalogue *cat = mv_plan_catalogue(c->env->plan);
    const struct mv_criterion *k = &cat->criteria[ruling->criterion];
    const struct mv_node *n = &cat->nodes[k->first];
    struct mv_dec base, part;
    if (!ruling->has_right || k->n_left != 1 || !mv_node_is_series(n->kind))
        return false;
    if (n->kind != MV_NODE_GROWTH) {
        *ret = ruling->right;
        return true;
    }
    return is_constant(n + 1, k->n_right) && whole_base(c, n, &base) &&
           mv_dec_add(&part, ruling->right, mv_dec_from_int(MV_DEC_HUNDRED)) &&
           mv_dec_mul(&part, part, base) &&
           mv_dec_div(ret, part, mv_dec_from_int(MV_DEC_HUNDRED));
}

bool mv_course_line_end(const struct mv_course *c,
                        const struct mv_ruling *ruling, struct mv_period *ret)
{
    const struct mv_basis *b = &ruling->basis;
    struct mv_period at[MV_PERIODS_MAX];
    if (b->forecast || b->periods_in == b->periods_of ||
        mv_course_is_fixed(mv_plan_catalogue(c->env->plan), ruling))
        return false;
    size_t count = mv_basis_periods(b, c->target->year, at, MV_PERIODS_MAX);
    for (size_t i = 0; i < count && i < MV_PERIODS_MAX; i++)
        if (i == 0 || at[i].last_day > ret->last_day)
            *ret = at[i];
    return count > 0;
}
