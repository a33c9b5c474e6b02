/* share - see share.h. Job: a condition, unit by unit. Invariant: a unit for
 * which it is none is left out and named, and counts on neither side. Works
 * on copies: a crash leaves nothing. */
#include "services/judging/share.h"

#include "services/base/err.h"
#include "services/judging/expected.h"
#include "services/judging/late.h"
#include "services/judging/terms.h"

bool mv_share_asks(const struct mv_case *k, const struct mv_node *share,
                   uint32_t unit)
{
    bool asked = true;
    for (unsigned i = 1; i < share->count && asked; i++) {
        if (share[i].indicator != MV_NONE)
            asked = mv_plan_counts(k->env->plan, share[i].indicator, unit,
                                   k->target->year);
    }
    return asked;
}

uint32_t mv_share_judge(struct mv_case *k, const struct mv_node *share,
                        uint32_t unit, struct mv_case *ret, bool *holds)
{
    if (k->w->inner == NULL)
        k->w->inner = mv_xcalloc(MV_GROUPS_MAX, sizeof *k->w->inner);
    *ret = *k;
    ret->unit = unit;
    ret->groups = k->w->inner;
    *holds = false;
    return mv_eval_condition(ret, share + 1, share->count, holds);
}

/* Is each thing that the condition asks of the year expected of the unit? */
static bool is_expected(const struct mv_case *inner)
{
    bool all = true;
    for (unsigned i = 0; i < inner->group_count; i++) {
        const struct mv_group *g = &inner->groups[i];
        if (g->term.at[0].year == inner->target->year)
            all &= mv_expected_any(inner->env, &g->term, &g->got);
    }
    return all;
}

static uint32_t judge_unit(struct mv_case *k, struct mv_group *g, uint32_t unit)
{
    struct mv_case inner;
    bool holds;
    uint32_t why = mv_share_judge(k, g->share, unit, &inner, &holds);
    bool expected = is_expected(&inner);
    g->got.basis.units_of += expected;
    if (why != 0) {
        if (expected)
            mv_basis_absent(k->w, &g->got.basis, unit);
        mv_late_none(&inner, &k->w->late[MV_LATE_UNITS]);
        mv_basis_leave_out(&g->got.basis, unit, MV_MEMBER_TOTAL, why);
        return why;
    }
    g->judged++;
    g->holds += holds;
    mv_terms_basis(&inner, &g->got.basis);
    mv_late_coloured(&inner, &k->w->late[MV_LATE_SHARE]);
    return 0;
}

uint32_t mv_share_gather(struct mv_case *k, struct mv_group *g)
{
    const struct mv_catalogue *c = mv_plan_catalogue(k->env->plan);
    struct mv_indices below = c->units[k->unit].children;
    uint32_t why = 0;
    g->got = (struct mv_gathered){0};
    g->holds = g->judged = 0;
    mv_late_clear(&k->w->late[MV_LATE_UNITS]);
    for (uint32_t i = 0; i < below.count; i++) {
        if (mv_share_asks(k, g->share, below.at[i]))
            why |= judge_unit(k, g, below.at[i]);
    }
    g->got.basis.units_in = (uint16_t)g->judged;
    g->got.nothing_now = g->judged == 0;
    if (g->judged > 0)
        return 0;
    mv_late_merge(&k->w->late[MV_LATE_SHARE_NONE], &k->w->late[MV_LATE_UNITS]);
    return why != 0 ? why : MV_NOT_COMPUTABLE;
}

uint32_t mv_share_value(const struct mv_case *k, const struct mv_node *n,
                        struct mv_side *ret)
{
    unsigned i = 0;
    while (i < k->group_count && k->groups[i].share != n)
        i++;
    MV_ASSERT(i < k->group_count);
    const struct mv_group *g = &k->groups[i];
    *ret = (struct mv_side){.num = g->holds,
                            .den = g->judged,
                            .scale = MV_DEC_HUNDRED,
                            .is_pair = true};
    return mv_dec_ratio(&ret->n, ret->num, ret->den, MV_DEC_HUNDRED)
               ? 0
               : MV_NOT_COMPUTABLE;
}
