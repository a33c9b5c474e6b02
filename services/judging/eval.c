/* eval - see eval.h. Job: postfix nodes to two numbers. Invariant: every
 * series a criterion names is gathered once, with all years that it names,
 * before anything is computed; a number is exact or rounded once, half to
 * even. Works on copies: a crash leaves nothing. */
#include "services/judging/eval.h"

#include "services/base/err.h"
#include "services/base/wide.h"
#include "services/judging/arith.h"
#include "services/judging/terms.h"

static uint32_t limit_member(const struct mv_case *k)
{
    return mv_catalogue_limit_member(mv_plan_catalogue(k->env->plan), k->target,
                                     k->each, k->member);
}

/* A share's limits are its units'. */
static uint32_t limit_reason(const struct mv_case *k,
                             const struct mv_node *nodes, unsigned count)
{
    int64_t micro;
    for (unsigned i = 0; i < count; i++) {
        if (nodes[i].kind == MV_NODE_SHARE)
            i += nodes[i].count;
        else if (nodes[i].kind == MV_NODE_LIMIT &&
                 !mv_catalogue_limit(k->target, k->unit, limit_member(k),
                                     &micro))
            return MV_REASON_BIT(MV_REASON_NO_LIMIT);
    }
    return 0;
}

static void constant_value(const struct mv_case *k, const struct mv_node *n,
                           struct mv_side *ret)
{
    int64_t micro = n->micro;
    if (n->kind == MV_NODE_LIMIT &&
        !mv_catalogue_limit(k->target, k->unit, limit_member(k), &micro))
        micro = 0; /* not reached: no_limit was found before */
    *ret = (struct mv_side){
        .n = mv_dec_from_micro(micro), .constant = true, .fixed = true};
}

static int32_t within(int32_t day, const int32_t between[2])
{
    if (day < between[0])
        return between[0];
    return day > between[1] ? between[1] : day;
}

/* a + (b - a) x way / all of it, the product rounded once. */
static uint32_t on_path(const struct mv_case *k, const struct mv_node *n,
                        struct mv_side *a, const struct mv_side *b)
{
    int32_t now = n->year_given ? k->target->year
                                : within(mv_terms_latest_day(k), n->day);
    struct mv_dec way, part;
    mv_i128 all = n->day[1] - n->day[0];
    a->constant &= b->constant && n->year_given;
    a->fixed &= b->fixed && n->year_given;
    a->is_pair = false;
    if (!mv_dec_sub(&way, b->n, a->n) ||
        !mv_dec_ratio(&part, way.pico, all * MV_DEC_ONE, now - n->day[0]) ||
        !mv_dec_add(&a->n, a->n, part))
        return MV_NOT_COMPUTABLE;
    return 0;
}

/* One node; *depth operands wait on the stack. */
static uint32_t step(struct mv_case *k, const struct mv_node *n,
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
    case MV_NODE_RATE:
    case MV_NODE_LOWEST:
    case MV_NODE_HIGHEST:
    case MV_NODE_SPREAD:
    case MV_NODE_SHARE:
        return mv_terms_value(k, n, &stack[(*depth)++]);
    case MV_NODE_NEG:
    case MV_NODE_ABS:
    case MV_NODE_ADD:
    case MV_NODE_SUB:
    case MV_NODE_MUL:
    case MV_NODE_DIV:
    case MV_NODE_MIN:
    case MV_NODE_MAX:
        return mv_arith_step(n, stack, depth);
    case MV_NODE_PATH:
        MV_ASSERT(*depth >= 2);
        (*depth)--;
        return on_path(k, n, &stack[*depth - 1], &stack[*depth]);
    case MV_NODE_SHARE_END:
        break; /* mv_eval_condition looks at it itself */
    }
    return MV_NOT_COMPUTABLE;
}

/* Leaves what waits on the stack. */
static uint32_t run_on(struct mv_case *k, const struct mv_node *nodes,
                       unsigned count, struct mv_side *stack, unsigned *depth)
{
    for (unsigned i = 0; i < count; i++) {
        MV_ASSERT(*depth < MV_LANG_DEPTH + 2);
        uint32_t why = step(k, &nodes[i], stack, depth);
        if (why != 0)
            return why;
        if (nodes[i].kind == MV_NODE_SHARE)
            i += nodes[i].count; /* judged for its units, as it was gathered */
    }
    return 0;
}

static uint32_t run(struct mv_case *k, const struct mv_node *nodes,
                    unsigned count, struct mv_side *ret)
{
    struct mv_side stack[MV_LANG_DEPTH + 2];
    unsigned depth = 0;
    uint32_t why = run_on(k, nodes, count, stack, &depth);
    if (why != 0)
        return why;
    MV_ASSERT(depth == 1);
    *ret = stack[0];
    return 0;
}

uint32_t mv_eval_sides(struct mv_case *k, const struct mv_criterion *criterion,
                       struct mv_side *left, struct mv_side *right)
{
    const struct mv_catalogue *c = mv_plan_catalogue(k->env->plan);
    const struct mv_node *nodes = &c->nodes[criterion->first];
    unsigned count = (unsigned)criterion->n_left + criterion->n_right;
    k->each = criterion->each ? criterion->each_indicator : MV_NONE;
    k->inhabitants = 0;
    uint32_t why = limit_reason(k, nodes, count);
    why |= mv_terms_gather(k, nodes, count);
    if (why == 0)
        why = run(k, nodes, criterion->n_left, left);
    if (why == 0)
        why = run(k, nodes + criterion->n_left, criterion->n_right, right);
    return why;
}

uint32_t mv_eval_condition(struct mv_case *k, const struct mv_node *nodes,
                           unsigned count, bool *holds)
{
    struct mv_side stack[MV_LANG_DEPTH + 2];
    unsigned depth = 0;
    mv_cmp cmp = (mv_cmp)nodes[count - 1].cmp;
    uint32_t why = limit_reason(k, nodes, count - 1);
    why |= mv_terms_gather(k, nodes, count - 1);
    if (why == 0)
        why = run_on(k, nodes, count - 1, stack, &depth);
    if (why != 0)
        return why;
    MV_ASSERT(depth == 2);
    return mv_eval_holds(&stack[0], cmp, &stack[1], mv_eval_decimals(k, nodes),
                         holds)
               ? 0
               : MV_NOT_COMPUTABLE;
}

int mv_eval_decimals(const struct mv_case *k, const struct mv_node *nodes)
{
    uint32_t of = k->target->indicator;
    if (k->target->compare != MV_COMPARE_DISPLAYED)
        return -1;
    for (unsigned i = 0; of == MV_NONE; i++)
        of = nodes[i].indicator; /* some figure is named */
    return mv_plan_catalogue(k->env->plan)->indicators[of].decimals;
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
