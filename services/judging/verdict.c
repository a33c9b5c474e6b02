/* verdict - see verdict.h. Job: the colour from a row's slots, at once.
 * Invariant: it never says what mv_judge would not; whatever needs a rule
 * beyond "these figures, added up, against this constant" is left to it.
 * Reads rows only: a crash leaves nothing. */
#include "services/judging/verdict.h"

#include "services/judging/cells.h"
#include "services/judging/eval.h"

/* The year's figures, none of which meets another. */
struct reading {
    const uint8_t *last; /* the one that ends last */
    unsigned pairs, bare;
    mv_i128 num, den; /* of the pairs */
    mv_i128 micro;    /* of the bare ones */
};

static void add(struct reading *r, const uint8_t *at)
{
    struct mv_slot s;
    mv_slot_get(&s, at);
    if (s.held == MV_HELD_RATIO) {
        r->pairs++;
        r->num += s.numerator;
        r->den += s.denominator;
    } else {
        r->bare++;
        r->micro += s.numerator;
    }
}

static bool last_counts_alone(const struct mv_rule *rule)
{
    return rule->latest || rule->over_periods == MV_FOLD_LAST;
}

/* False: longer stretches and shorter ones overlap. */
static bool read_row(const struct mv_rule *rule, struct mv_year_row row,
                     struct reading *r)
{
    bool all = !last_counts_alone(rule);
    uint32_t taken = 0;
    for (unsigned i = 0; i < row.count; i++) {
        const uint8_t *at = row.at + (size_t)i * MV_SLOT_BYTES;
        if (!mv_slot_is_number(at))
            continue;
        uint32_t months = mv_cells_months(rule->frequency, mv_slot_code(at));
        if ((months & taken) != 0)
            return false;
        if (months > taken) /* its last month is after all of theirs */
            r->last = at;
        taken |= months;
        if (all && months != 0)
            add(r, at);
    }
    return taken != 0;
}

/* The one value of all of them; false: it takes a mean, or is none. */
static bool value_of(const struct mv_rule *rule, struct reading *r,
                     struct mv_side *ret)
{
    if (last_counts_alone(rule))
        add(r, r->last);
    *ret = (struct mv_side){.num = r->num, .den = r->den, .scale = rule->scale};
    if (r->bare == 0) {
        ret->is_pair = true;
        return (rule->over_periods == MV_FOLD_RATIO ||
                rule->over_periods == MV_FOLD_LAST) &&
               r->den > 0 && r->den >= rule->least;
    }
    return (r->bare == 1 || rule->over_periods == MV_FOLD_SUM) &&
           r->pairs == 0 && mv_dec_from_sum(&ret->n, r->micro);
}

bool mv_verdict(const struct mv_judge_env *env, uint32_t target, uint32_t unit,
                mv_status *ret)
{
    const struct mv_rule *rule = mv_plan_rule(env->plan, target);
    struct mv_row_key key;
    struct reading r = {0};
    struct mv_side value, bound = {.constant = true};
    int64_t micro = rule->micro;
    bool holds;
    if (!rule->plain)
        return false;
    if (rule->uses_limit &&
        !mv_catalogue_limit(&mv_plan_catalogue(env->plan)->targets[target],
                            unit, MV_MEMBER_TOTAL, &micro))
        return false;
    mv_plan_key(env->plan, unit, rule->indicator, MV_MEMBER_TOTAL, rule->year,
                &key);
    bound.n = mv_dec_from_micro(micro);
    if (!read_row(rule, mv_rowcache_get(env->rows, &key), &r) ||
        !value_of(rule, &r, &value) ||
        !mv_eval_holds(&value, rule->cmp, &bound, rule->decimals, &holds) ||
        (!holds && rule->has_yellow))
        return false;
    *ret = holds ? MV_STATUS_GREEN : MV_STATUS_RED;
    return true;
}
