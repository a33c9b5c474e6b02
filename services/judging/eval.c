/* eval - see eval.h. Job: postfix nodes to two numbers. Invariant: every
 * series a criterion names is gathered once, with all years that it names,
 * before anything is computed; a number is exact or rounded once, half to
 * even. Works on copies: a crash leaves nothing. */
#include "services/judging/eval.h"

#include "services/base/err.h"
#include "services/base/wide.h"
#include "services/judging/due.h"

#define HUNDRED 100

static bool is_term(const struct mv_node *n)
{
    return n->kind == MV_NODE_VALUE || n->kind == MV_NODE_LATEST ||
           n->kind == MV_NODE_GROWTH;
}

static int32_t year_of(const struct mv_case *k, const struct mv_node *n)
{
    if (n->when == MV_WHEN_BACK)
        return k->target->year + n->year;
    return n->when == MV_WHEN_YEAR ? n->year : k->target->year;
}

static uint32_t member_of(const struct mv_case *k, const struct mv_node *n)
{
    const struct mv_catalogue *c = mv_plan_catalogue(k->env->plan);
    if (n->member != MV_MEMBER_EACH)
        return n->member;
    if (n->indicator == k->target->indicator || k->member == MV_MEMBER_TOTAL)
        return k->member;
    /* the member of the same name in another indicator's dimension */
    const struct mv_indicator *own = &c->indicators[k->target->indicator];
    return mv_catalogue_member(c, &c->indicators[n->indicator],
                               own->members[k->member].id);
}

/* The group that a node belongs to; NULL: none yet. */
static struct mv_group *find_group(const struct mv_case *k,
                                   const struct mv_node *n)
{
    uint32_t member = member_of(k, n);
    for (unsigned i = 0; i < k->group_count; i++) {
        struct mv_group *g = &k->w->groups[i];
        if (g->kind == n->kind && g->term.indicator == n->indicator &&
            g->term.member == member &&
            (n->kind != MV_NODE_GROWTH ||
             g->term.years[g->term.year_count - 1] == year_of(k, n)))
            return g;
    }
    return NULL;
}

static unsigned year_at(const struct mv_term *t, int32_t year)
{
    unsigned y = 0;
    while (y < t->year_count && t->years[y] != year)
        y++;
    return y;
}

/* False: more series or years than are kept. */
static bool add_term(struct mv_case *k, const struct mv_node *n)
{
    struct mv_group *g = find_group(k, n);
    int32_t year = year_of(k, n);
    if (g == NULL) {
        if (k->group_count == MV_GROUPS_MAX)
            return false;
        g = &k->w->groups[k->group_count++];
        g->kind = n->kind;
        g->term = (struct mv_term){.unit = k->unit,
                                   .indicator = n->indicator,
                                   .member = member_of(k, n),
                                   .latest = n->kind == MV_NODE_LATEST,
                                   .year_count = 1,
                                   .years = {k->target->year}};
    }
    if (year_at(&g->term, year) < g->term.year_count)
        return true;
    if (g->term.year_count == MV_TERM_YEARS_MAX)
        return false;
    g->term.years[g->term.year_count++] = year;
    return true;
}

static uint32_t not_computable(void)
{
    return MV_REASON_BIT(MV_REASON_NOT_COMPUTABLE);
}

/* Nothing in for the target's year: is something late? */
static uint32_t why_not_now(const struct mv_case *k, const struct mv_group *g)
{
    const struct mv_catalogue *c = mv_plan_catalogue(k->env->plan);
    const struct mv_indicator *ind = &c->indicators[g->term.indicator];
    struct mv_period p;
    int n = 0;
    if (ind->due.kind == MV_DUE_NEVER)
        return MV_REASON_BIT(MV_REASON_NOT_DUE);
    while ((n = mv_gathered_missing(&g->got, ind->frequency, k->target->year, n,
                                    &p)) != 0)
        if (mv_due_passed(ind, &p, k->env->today))
            return MV_REASON_BIT(MV_REASON_OVERDUE);
    return MV_REASON_BIT(MV_REASON_NOT_DUE);
}

static uint32_t limit_reason(const struct mv_case *k,
                             const struct mv_criterion *criterion)
{
    int64_t micro;
    if (!criterion->uses_limit ||
        mv_catalogue_limit(k->target, k->unit, k->member, &micro))
        return 0;
    return MV_REASON_BIT(MV_REASON_NO_LIMIT);
}

static uint32_t gather_all(struct mv_case *k,
                           const struct mv_criterion *criterion,
                           const struct mv_node *nodes)
{
    uint32_t reasons = limit_reason(k, criterion);
    unsigned count = (unsigned)criterion->n_left + criterion->n_right;
    if (k->w->groups == NULL)
        k->w->groups = mv_xcalloc(MV_GROUPS_MAX, sizeof *k->w->groups);
    k->group_count = 0;
    for (unsigned i = 0; i < count; i++)
        if (is_term(&nodes[i]) && !add_term(k, &nodes[i]))
            return not_computable();
    for (unsigned i = 0; i < k->group_count; i++) {
        struct mv_group *g = &k->w->groups[i];
        mv_gather(k->w, k->env, &g->term, &g->got);
        reasons |= g->got.reasons;
        if (g->got.nothing_now)
            reasons |= why_not_now(k, g);
    }
    return reasons;
}

/* v x 100 / b - 100, of two years of one term. */
static uint32_t growth(const struct mv_group *g, int64_t scale,
                       struct mv_side *ret)
{
    const struct mv_gathered *got = &g->got;
    unsigned base = g->term.year_count - 1;
    struct mv_dec v, b;
    if (mv_amount_number(&got->amounts[0], scale, &v) != MV_REASON_NO ||
        mv_amount_number(&got->amounts[base], scale, &b) != MV_REASON_NO)
        return not_computable();
    if (mv_dec_sign(b) <= 0)
        return MV_REASON_BIT(MV_REASON_NO_BASE);
    if (!mv_dec_ratio(&v, v.pico, b.pico, HUNDRED) ||
        !mv_dec_sub(&ret->n, v, mv_dec_from_int(HUNDRED)))
        return not_computable();
    return 0;
}

static uint32_t term_value(const struct mv_case *k, const struct mv_node *n,
                           struct mv_side *ret)
{
    const struct mv_group *g = find_group(k, n);
    MV_ASSERT(g != NULL);
    int64_t scale = mv_plan_scale(k->env->plan, n->indicator);
    *ret = (struct mv_side){.scale = scale};
    if (n->kind == MV_NODE_GROWTH)
        return growth(g, scale, ret);
    const struct mv_amount *a =
        &g->got.amounts[year_at(&g->term, year_of(k, n))];
    if (mv_amount_number(a, scale, &ret->n) != MV_REASON_NO)
        return not_computable();
    ret->is_pair = a->is_pair;
    ret->num = a->num;
    ret->den = a->den;
    return 0;
}

/* a * b / divisor, rounded once. */
static bool multiply(struct mv_dec *ret, struct mv_dec a, struct mv_dec b,
                     mv_i128 divisor)
{
    mv_u128 q;
    struct mv_wide product =
        mv_wide_mul(mv_wide_magnitude(a.pico), mv_wide_magnitude(b.pico));
    if (!mv_wide_div_even(product, (mv_u128)(MV_DEC_ONE * divisor), &q) ||
        q > (mv_u128)MV_I128_MAX)
        return false;
    ret->pico = (a.pico < 0) != (b.pico < 0) ? -(mv_i128)q : (mv_i128)q;
    return true;
}

static uint32_t binary(const struct mv_node *n, struct mv_side *a,
                       const struct mv_side *b)
{
    bool ok = true;
    if (n->kind == MV_NODE_DIV && mv_dec_sign(b->n) == 0)
        return MV_REASON_BIT(MV_REASON_ZERO_DENOMINATOR);
    if (n->kind == MV_NODE_ADD)
        ok = mv_dec_add(&a->n, a->n, b->n);
    else if (n->kind == MV_NODE_SUB)
        ok = mv_dec_sub(&a->n, a->n, b->n);
    else if (n->kind == MV_NODE_MUL)
        ok = multiply(&a->n, a->n, b->n, n->hundred < 0 ? HUNDRED : 1);
    else
        ok = mv_dec_ratio(&a->n, a->n.pico, b->n.pico,
                          n->hundred > 0 ? HUNDRED : 1);
    a->constant &= b->constant;
    a->is_pair = false;
    return ok ? 0 : not_computable();
}

/* min, max over the topmost count; the result is at[0]. */
static void extreme(const struct mv_node *n, struct mv_side *at)
{
    for (unsigned i = 1; i < n->count; i++) {
        at->n = n->kind == MV_NODE_MIN ? mv_dec_min(at->n, at[i].n)
                                       : mv_dec_max(at->n, at[i].n);
        at->constant &= at[i].constant;
    }
    at->is_pair = false;
}

static void constant_value(const struct mv_case *k, const struct mv_node *n,
                           struct mv_side *ret)
{
    int64_t micro = n->micro;
    if (n->kind == MV_NODE_LIMIT &&
        !mv_catalogue_limit(k->target, k->unit, k->member, &micro))
        micro = 0; /* not reached: no_limit was found before */
    *ret = (struct mv_side){.n = mv_dec_from_micro(micro), .constant = true};
}

/* One node; *depth operands wait on the stack. */
static uint32_t step(const struct mv_case *k, const struct mv_node *n,
                     struct mv_side *stack, unsigned *depth)
{
    switch ((mv_node_kind)n->kind) {
    case MV_NODE_NUMBER:
    case MV_NODE_LIMIT:
        constant_value(k, n, &stack[(*depth)++]);
        return 0;
    case MV_NODE_VALUE:
    case MV_NODE_LATEST:
    case MV_NODE_GROWTH:
        return term_value(k, n, &stack[(*depth)++]);
    case MV_NODE_NEG:
    case MV_NODE_ABS:
        MV_ASSERT(*depth >= 1);
        if (n->kind == MV_NODE_NEG || stack[*depth - 1].n.pico < 0)
            stack[*depth - 1].n = mv_dec_neg(stack[*depth - 1].n);
        stack[*depth - 1].is_pair = false;
        return 0;
    case MV_NODE_ADD:
    case MV_NODE_SUB:
    case MV_NODE_MUL:
    case MV_NODE_DIV:
        MV_ASSERT(*depth >= 2);
        (*depth)--;
        return binary(n, &stack[*depth - 1], &stack[*depth]);
    case MV_NODE_MIN:
    case MV_NODE_MAX:
        *depth -= n->count - 1u;
        extreme(n, &stack[*depth - 1]);
        return 0;
    case MV_NODE_RATE:
    case MV_NODE_LOWEST:
    case MV_NODE_HIGHEST:
    case MV_NODE_SPREAD:
    case MV_NODE_SHARE:
    case MV_NODE_SHARE_END:
    case MV_NODE_PATH:
        break; /* refused by the catalogue until they are judged */
    }
    return not_computable();
}

static uint32_t run(const struct mv_case *k, const struct mv_node *nodes,
                    unsigned count, struct mv_side *ret)
{
    struct mv_side stack[MV_LANG_DEPTH + 2];
    unsigned depth = 0;
    for (unsigned i = 0; i < count; i++) {
        MV_ASSERT(depth < sizeof stack / sizeof stack[0]);
        uint32_t why = step(k, &nodes[i], stack, &depth);
        if (why != 0)
            return why;
    }
    MV_ASSERT(depth == 1);
    *ret = stack[0];
    return 0;
}

uint32_t mv_eval_sides(struct mv_case *k, const struct mv_criterion *criterion,
                       struct mv_side *left, struct mv_side *right)
{
    const struct mv_catalogue *c = mv_plan_catalogue(k->env->plan);
    const struct mv_node *nodes = &c->nodes[criterion->first];
    uint32_t why = gather_all(k, criterion, nodes);
    if (why == 0)
        why = run(k, nodes, criterion->n_left, left);
    if (why == 0)
        why = run(k, nodes + criterion->n_left, criterion->n_right, right);
    return why;
}

static mv_i128 power_of_ten(int exponent)
{
    mv_i128 p = 1;
    while (exponent-- > 0)
        p *= 10;
    return p;
}

/* The pair itself, rounded half away from zero: never rounded twice. */
static bool round_pair(const struct mv_side *side, int decimals,
                       struct mv_dec *ret)
{
    mv_u128 den = mv_wide_magnitude(side->den);
    mv_u128 q;
    struct mv_wide n =
        mv_wide_mul(mv_wide_magnitude(side->num),
                    (mv_u128)(side->scale * power_of_ten(decimals)));
    if (!mv_wide_div_even(n, den, &q))
        return false;
    /* half to even went down on a tie: then twice the rest is the divisor */
    struct mv_wide back = mv_wide_mul(q, den);
    if (mv_wide_compare(back, n) < 0 && (n.lo - back.lo) * 2 == den)
        q++;
    mv_i128 unit = power_of_ten(MV_DEC_DECIMALS - decimals);
    mv_i128 pico;
    if (q > (mv_u128)MV_I128_MAX ||
        __builtin_mul_overflow((mv_i128)q, unit, &pico))
        return false;
    ret->pico = (side->num < 0) != (side->den < 0) ? -pico : pico;
    return true;
}

bool mv_eval_shown(const struct mv_side *side, int decimals, struct mv_dec *ret)
{
    *ret = side->n;
    if (decimals < 0)
        return true;
    if (side->is_pair)
        return round_pair(side, decimals, ret);
    return mv_dec_round(ret, side->n, decimals);
}

static bool order_holds(int order, mv_cmp cmp)
{
    switch (cmp) {
    case MV_CMP_LT:
        return order < 0;
    case MV_CMP_LE:
        return order <= 0;
    case MV_CMP_GT:
        return order > 0;
    case MV_CMP_GE:
        return order >= 0;
    case MV_CMP_EQ:
        break;
    }
    return order == 0;
}

bool mv_eval_holds(const struct mv_side *left, mv_cmp cmp,
                   const struct mv_side *right, int decimals, bool *holds)
{
    int order;
    struct mv_dec a, b;
    if (decimals < 0 && left->is_pair && right->constant) {
        if (!mv_ratio_compare(left->num, left->den, left->scale, right->n,
                              &order))
            return false;
    } else if (decimals < 0 && right->is_pair && left->constant) {
        if (!mv_ratio_compare(right->num, right->den, right->scale, left->n,
                              &order))
            return false;
        order = -order;
    } else {
        if (!mv_eval_shown(left, decimals, &a) ||
            !mv_eval_shown(right, decimals, &b))
            return false;
        order = mv_dec_compare(a, b);
    }
    *holds = order_holds(order, cmp);
    return true;
}
