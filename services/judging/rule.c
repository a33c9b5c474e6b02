/* rule - see rule.h. Job: to tell a target of the commonest form. Invariant:
 * what the form leaves out (members, other years, arithmetic, formulas) is
 * never plain. No state: a crash leaves nothing. */
#include "services/judging/rule.h"

#include "services/base/micro.h"

static bool is_own_term(const struct mv_node *n)
{
    return (n->kind == MV_NODE_VALUE || n->kind == MV_NODE_LATEST) &&
           n->when == MV_WHEN_NOW && n->member == MV_MEMBER_TOTAL;
}

static bool is_constant(const struct mv_node *n)
{
    return n->kind == MV_NODE_NUMBER || n->kind == MV_NODE_LIMIT;
}

/* Months alone: two of their stretches meet or they do not. */
static bool is_plain_series(const struct mv_indicator *ind, int64_t scale)
{
    return ind->formula_count == 0 && ind->frequency != MV_FREQ_W &&
           ind->frequency != MV_FREQ_D && scale <= MV_RULE_SCALE_MAX &&
           ind->min_denominator <= INT64_MAX / MV_MICRO_ONE;
}

static bool is_judged_once(const struct mv_target *t)
{
    return t->state == MV_STATE_FIGURES && t->forecast == MV_FORECAST_NONE &&
           t->require.count == 1;
}

struct mv_rule mv_rule_of(const struct mv_catalogue *c,
                          const struct mv_target *t, int64_t scale)
{
    struct mv_rule r = {.plain = false};
    const struct mv_criterion *k = &c->criteria[t->require.first];
    if (!is_judged_once(t) || k->each || k->n_left != 1 || k->n_right != 1)
        return r;
    const struct mv_node *term = &c->nodes[k->first];
    const struct mv_node *bound = term + 1;
    if (!is_own_term(term) || !is_constant(bound) ||
        term->indicator != t->indicator)
        return r;
    const struct mv_indicator *ind = &c->indicators[term->indicator];
    bool displayed = t->compare == MV_COMPARE_DISPLAYED;
    return (struct mv_rule){
        .plain = is_plain_series(ind, scale),
        .latest = term->kind == MV_NODE_LATEST,
        .uses_limit = bound->kind == MV_NODE_LIMIT,
        .has_yellow = t->yellow.count > 0,
        .frequency = ind->frequency,
        .over_periods = ind->over_periods,
        .cmp = (mv_cmp)k->cmp,
        .decimals = displayed ? ind->decimals : -1,
        .year = t->year,
        .indicator = term->indicator,
        .micro = bound->micro,
        .scale = scale,
        .least = ind->min_denominator * MV_MICRO_ONE,
    };
}
