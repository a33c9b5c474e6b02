/* explain - see explain.h. Job: every figure that a target may use, in one
 * fixed order, a part at a time. Invariant: it shows what mv_judge reads, no
 * more, and the same wherever it was begun. Reads rows only: a crash leaves
 * nothing. */
#include "services/judging/explain.h"

#include <stdlib.h>

#include "services/judging/gather.h"

struct mv_explaining {
    const struct mv_judge_env *env;
    const struct mv_catalogue *c;
    struct mv_work *w, *aside; /* aside: for suppressed */
    struct mv_judgement judged;
    bool (*each)(void *ctx, const struct mv_behind *behind);
    void *ctx;
    uint32_t target, unit;
    uint32_t use; /* which of the target's, and of its years */
    int year;
    uint32_t at;      /* of the units in preorder */
    uint32_t covered; /* up to: below a unit whose own figures count, or
                         that is apart */
    uint64_t part;
    bool known, suppressed; /* of the part, once asked for */
};

static const struct mv_indices *uses_of(const struct mv_explaining *k)
{
    return &k->c->targets[k->target].uses;
}

static uint32_t indicator_of(const struct mv_explaining *k)
{
    return uses_of(k)->at[k->use];
}

/* Does the target use the indicator's figures of that year? */
static bool is_used(const struct mv_explaining *k)
{
    struct mv_indices users =
        mv_plan_targets(k->env->plan, indicator_of(k), k->year);
    for (uint32_t n = 0; n < users.count; n++)
        if (users.at[n] == k->target)
            return true;
    return false;
}

/* From (use, year) on, itself included; a derived one's parts are among the
 * uses. False: there is none. */
static bool find_year(struct mv_explaining *k)
{
    for (; k->use < uses_of(k)->count; k->use++, k->year = MV_YEAR_MIN) {
        if (k->c->indicators[indicator_of(k)].formula != MV_NONE)
            continue;
        for (; k->year <= MV_YEAR_MAX; k->year++)
            if (is_used(k))
                return true;
    }
    return false;
}

static bool any_suppressed(const struct mv_judgement *j)
{
    for (uint32_t i = 0; i < j->count; i++)
        if (j->rulings[i].reason == MV_REASON_SUPPRESSED)
            return true;
    return false;
}

/* May a value of the unit not be shown? */
static bool is_suppressed(struct mv_explaining *k, uint32_t unit)
{
    uint32_t at = indicator_of(k);
    struct mv_gathered got;
    struct mv_term year = {.unit = unit,
                           .indicator = at,
                           .member = MV_MEMBER_TOTAL,
                           .parts = 1,
                           .count = 1,
                           .at = {{at, MV_MEMBER_TOTAL, k->year}}};
    if (k->known)
        return k->suppressed;
    k->known = true;
    k->suppressed = false;
    if (k->c->indicators[at].min_denominator == 0)
        return false;
    mv_gather(k->aside, k->env, &year, &got);
    mv_judge(k->env, k->target, unit, &k->judged);
    k->suppressed = got.small || any_suppressed(&k->judged);
    return k->suppressed;
}

static void show_strand(struct mv_explaining *k, uint32_t strand, bool counts)
{
    const struct mv_strand *s = &k->w->strands[strand];
    for (uint32_t i = s->first; i < s->first + s->count; i++) {
        const struct mv_stretch *t = &k->w->stretches[i];
        struct mv_behind b = {.unit = s->unit,
                              .indicator = indicator_of(k),
                              .member = s->member,
                              .slot = &t->slot,
                              .counts = counts && t->picked};
        if (k->each == NULL ||
            !mv_slot_period(s->year, t->part, t->slot.code, &b.period))
            continue;
        b.suppressed = is_suppressed(k, s->unit);
        if (!k->each(k->ctx, &b))
            k->each = NULL;
    }
}

/* A unit's total and members. True: something of it is in. */
static bool show_unit(struct mv_explaining *k, uint32_t unit, bool counts)
{
    const struct mv_indicator *ind = &k->c->indicators[indicator_of(k)];
    bool own = false;
    for (uint32_t m = 0; m <= ind->member_count; m++) {
        uint32_t member = m == 0 ? MV_MEMBER_TOTAL : m - 1;
        k->w->strand_count = k->w->stretch_count = 0;
        uint32_t s =
            mv_strand_load(k->w, k->env, unit, ind->index, member, k->year);
        own |= k->w->strands[s].in;
        show_strand(k, s, counts);
    }
    return own;
}

/* Nothing of it goes into the unit that is explained. */
static bool is_apart(const struct mv_explaining *k, uint32_t unit)
{
    return unit != k->unit &&
           !mv_plan_counts(k->env->plan, indicator_of(k), unit, k->year);
}

/* As if the units before it had been shown: of those above it, the first with
 * figures of its own, or that is apart, covers it. */
static void find_covered(struct mv_explaining *k)
{
    const uint32_t *order = mv_plan_preorder(k->env->plan);
    const struct mv_unit *units = k->c->units;
    k->covered = 0;
    for (uint32_t u = order[k->at]; u != k->unit;) {
        u = units[u].parent;
        if (show_unit(k, u, false) || is_apart(k, u))
            k->covered = units[u].leave;
    }
}

struct mv_explaining *mv_explaining_open(const struct mv_judge_env *env,
                                         uint32_t target, uint32_t unit,
                                         uint64_t part)
{
    const struct mv_catalogue *c = mv_plan_catalogue(env->plan);
    const struct mv_unit *top = &c->units[unit];
    uint64_t units = top->leave - top->enter, years = part / units;
    struct mv_explaining *k = mv_xcalloc(1, sizeof *k);
    k->env = env;
    k->c = c;
    k->w = mv_work_open();
    k->aside = mv_work_open();
    k->target = target;
    k->unit = unit;
    k->year = MV_YEAR_MIN;
    k->part = part;
    k->at = top->enter + (uint32_t)(part % units);
    for (; find_year(k) && years > 0; years--)
        k->year++;
    if (k->use < uses_of(k)->count)
        find_covered(k);
    return k;
}

void mv_explaining_close(struct mv_explaining *k)
{
    if (k == NULL)
        return;
    mv_judgement_done(&k->judged);
    mv_work_close(k->aside);
    mv_work_close(k->w);
    free(k);
}

bool mv_explaining_at(const struct mv_explaining *k, uint64_t *part)
{
    *part = k->part;
    return k->use < uses_of(k)->count;
}

void mv_explaining_next(struct mv_explaining *k,
                        bool (*each)(void *ctx, const struct mv_behind *behind),
                        void *ctx)
{
    const struct mv_unit *top = &k->c->units[k->unit];
    uint32_t unit = mv_plan_preorder(k->env->plan)[k->at];
    bool apart = is_apart(k, unit);
    bool open = k->at >= k->covered;
    k->each = each;
    k->ctx = ctx;
    k->known = false;
    if ((show_unit(k, unit, open && !apart) || apart) && open)
        k->covered = k->c->units[unit].leave;
    k->each = NULL;
    k->part++;
    if (++k->at < top->leave)
        return;
    k->at = top->enter;
    k->covered = 0;
    k->year++;
    (void)find_year(k);
}
