/* differs - see differs.h. Job: which of the disagreements of `check` stand
 * behind a judgement. Invariant: no suppressed number is a difference. Works
 * on copies: a crash leaves nothing. */
#include "services/judging/differs.h"

#include <stdlib.h>

#include "services/base/err.h"
#include "services/judging/course.h"
#include "services/judging/gather.h"
#include "services/judging/work.h"

/* The series of one indicator that count alone, the unit's own. */
struct owned {
    const struct mv_judge_env *env;
    uint32_t indicator;
    bool total; /* of itself, or made of its members */
    uint64_t members[(MV_MEMBERS_MAX + 63) / 64];
    bool over;         /* enough was told */
    uint32_t member;   /* of which it was last asked ... */
    bool asked, hides; /* ... whether a figure below is suppressed */
    struct mv_work *aside;
    bool (*each)(void *ctx, const struct mv_disagreement *d);
    void *ctx;
};

/* Is a figure of the series suppressed in a unit below? */
static bool may_hide_below(const struct owned *o,
                           const struct mv_disagreement *d)
{
    const struct mv_catalogue *c = mv_plan_catalogue(o->env->plan);
    struct mv_indices below = c->units[d->unit].children;
    struct mv_gathered scratch;
    bool may = false;
    for (uint32_t i = 0; i < below.count && !may; i++) {
        struct mv_term t = {.unit = below.at[i],
                            .indicator = d->indicator,
                            .member = d->member,
                            .parts = 1,
                            .count = 1,
                            .at = {{d->indicator, d->member, d->period.year}}};
        may = mv_gather_may_hide(o->aside, o->env, &t, &scratch);
    }
    return may;
}

/* Asked once of each series: its disagreements come one after the other. */
static bool take(void *ctx, const struct mv_disagreement *d)
{
    struct owned *o = ctx;
    if (!o->asked || o->member != d->member)
        o->hides = may_hide_below(o, d);
    o->asked = true;
    o->member = d->member;
    o->over = !o->hides && !o->each(o->ctx, d);
    return !o->over;
}

/* False: the ruling names none of the indicator. */
static bool note_own(struct owned *o, const struct mv_catalogue *c,
                     const struct mv_ruling *r)
{
    const struct mv_criterion *k = &c->criteria[r->criterion];
    uint32_t most = (uint32_t)k->n_left + k->n_right;
    struct mv_course_name *names = mv_xcalloc(most, sizeof *names);
    uint32_t count = mv_course_names(c, r, names, most);
    bool any = false;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t m = names[i].member;
        if (names[i].indicator != o->indicator)
            continue;
        any = true;
        if (m == MV_MEMBER_TOTAL)
            o->total = true;
        else
            o->members[m / 64] |= UINT64_C(1) << m % 64;
    }
    free(names);
    return any;
}

void mv_differs(const struct mv_judge_env *env, const struct mv_judgement *j,
                uint32_t indicator,
                bool (*each)(void *ctx, const struct mv_disagreement *d),
                void *ctx)
{
    const struct mv_catalogue *c = mv_plan_catalogue(env->plan);
    const struct mv_indicator *ind = &c->indicators[indicator];
    struct owned o = {
        .env = env, .indicator = indicator, .each = each, .ctx = ctx};
    bool any = false;
    if (ind->min_denominator > 0 || ind->formula != MV_NONE ||
        c->units[j->unit].children.count == 0)
        return;
    for (uint32_t i = 0; i < j->count; i++)
        if (j->rulings[i].basis.own)
            any |= note_own(&o, c, &j->rulings[i]);
    if (!any)
        return;
    struct mv_work *work = mv_work_open();
    o.aside = mv_work_open();
    struct mv_series_year of = {indicator, MV_MEMBER_TOTAL,
                                c->targets[j->target].year};
    if (o.total)
        mv_check_units(env, work, &of, j->unit, take, &o);
    for (uint32_t m = 0; m < ind->member_count && !o.total && !o.over; m++) {
        of.member = m;
        if ((o.members[m / 64] >> m % 64 & 1) != 0)
            mv_check_units(env, work, &of, j->unit, take, &o);
    }
    mv_work_close(o.aside);
    mv_work_close(work);
}
