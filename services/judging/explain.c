/* explain - see explain.h. Job: every figure that a target may use, in one
 * fixed order. Invariant: it shows what mv_judge reads, no more. Reads rows
 * only: a crash leaves nothing. */
#include "services/judging/explain.h"

#include "services/judging/strand.h"

struct walk {
    const struct mv_judge_env *env;
    const struct mv_catalogue *c;
    struct mv_work *w;
    bool (*each)(void *ctx, const struct mv_behind *behind);
    void *ctx;
    uint32_t indicator;
    int year;
};

/* False: stop. */
static bool show_strand(struct walk *k, uint32_t strand, bool counts)
{
    const struct mv_strand *s = &k->w->strands[strand];
    for (uint32_t i = s->first; i < s->first + s->count; i++) {
        const struct mv_stretch *t = &k->w->stretches[i];
        struct mv_behind b = {.unit = s->unit,
                              .indicator = k->indicator,
                              .member = s->member,
                              .slot = &t->slot,
                              .counts = counts && t->picked};
        if (mv_slot_period(s->year, t->part, t->slot.code, &b.period) &&
            !k->each(k->ctx, &b))
            return false;
    }
    return true;
}

/* A unit's total and members. False: stop. *own: something of it is in. */
static bool show_unit(struct walk *k, uint32_t unit, bool counts, bool *own)
{
    const struct mv_indicator *ind = &k->c->indicators[k->indicator];
    k->w->strand_count = k->w->stretch_count = 0;
    *own = false;
    for (uint32_t m = 0; m <= ind->member_count; m++) {
        uint32_t member = m == 0 ? MV_MEMBER_TOTAL : m - 1;
        uint32_t s =
            mv_strand_load(k->w, k->env, unit, k->indicator, member, k->year);
        *own |= k->w->strands[s].in;
        if (!show_strand(k, s, counts))
            return false;
    }
    return true;
}

static bool show_year(struct walk *k, uint32_t unit)
{
    const uint32_t *order = mv_plan_preorder(k->env->plan);
    const struct mv_unit *top = &k->c->units[unit];
    uint32_t covered = 0; /* below a unit whose own figures count, up to */
    for (uint32_t i = top->enter; i < top->leave; i++) {
        bool own;
        bool counts = i >= covered;
        if (!show_unit(k, order[i], counts, &own))
            return false;
        if (own && counts)
            covered = k->c->units[order[i]].leave;
    }
    return true;
}

void mv_explain(const struct mv_judge_env *env, uint32_t target, uint32_t unit,
                bool (*each)(void *ctx, const struct mv_behind *behind),
                void *ctx)
{
    const struct mv_catalogue *c = mv_plan_catalogue(env->plan);
    const struct mv_target *t = &c->targets[target];
    struct walk k = {.env = env,
                     .c = c,
                     .w = mv_xcalloc(1, sizeof *k.w),
                     .each = each,
                     .ctx = ctx};
    bool go_on = true;
    for (uint32_t i = 0; go_on && i < t->uses.count; i++) {
        k.indicator = t->uses.at[i];
        if (c->indicators[k.indicator].formula != MV_NONE)
            continue; /* its parts are among the uses */
        for (int y = MV_YEAR_MIN; go_on && y <= MV_YEAR_MAX; y++) {
            k.year = y;
            struct mv_indices users =
                mv_plan_targets(env->plan, k.indicator, y);
            for (uint32_t n = 0; n < users.count; n++)
                if (users.at[n] == target)
                    go_on = show_year(&k, unit);
        }
    }
    mv_work_close(k.w);
}
