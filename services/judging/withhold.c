/* withhold - see withhold.h. Job: which rulings of a judgement lose their
 * numbers. Invariant: colour, reason, basis and a constant limit stay; it asks
 * nothing of a target without min_denominator. Memory only: a crash leaves
 * nothing. */
#include "services/judging/withhold.h"

#include <stdlib.h>

#include "services/base/err.h"
#include "services/judging/below.h"
#include "services/judging/terms.h"
#include "services/judging/work.h"

void mv_withheld_forget(struct mv_withheld *w)
{
    w->known = false;
    w->count = 0;
}

void mv_withheld_done(struct mv_withheld *w)
{
    free(w->at);
    *w = (struct mv_withheld){0};
}

static void add(struct mv_withheld *w, uint32_t ruling, uint32_t unit)
{
    if (w->count == w->cap) {
        w->cap = w->cap * 2 + 16;
        w->at = mv_xrealloc(w->at, w->cap * sizeof *w->at);
    }
    w->at[w->count++] = (struct mv_hidden){ruling, unit};
}

static bool may_suppress(const struct mv_catalogue *c,
                         const struct mv_target *t)
{
    for (uint32_t i = 0; i < t->uses.count; i++)
        if (c->indicators[t->uses.at[i]].min_denominator > 0)
            return true;
    return false;
}

static bool is_rolled_up(const struct mv_group *g)
{
    return g->kind == MV_NODE_VALUE || g->kind == MV_NODE_LATEST ||
           g->kind == MV_NODE_GROWTH;
}

/* Of each ruling there is one for every unit, in the same place. */
static void find_of(struct mv_case *k, const struct mv_ruling *r, uint32_t at,
                    struct mv_withheld *w)
{
    const struct mv_catalogue *c = mv_plan_catalogue(k->env->plan);
    const struct mv_criterion *q = &c->criteria[r->criterion];
    k->unit = w->above;
    k->member = r->member;
    k->each = q->each ? q->each_indicator : MV_NONE;
    (void)mv_terms_gather(k, &c->nodes[q->first],
                          (unsigned)q->n_left + q->n_right);
    unsigned count = k->group_count;
    struct mv_group *whole = mv_xcalloc(count + 1, sizeof *whole);
    for (unsigned i = 0; i < count; i++)
        whole[i] = k->groups[i];
    for (unsigned i = 0; i < count; i++) {
        uint32_t unit = is_rolled_up(&whole[i])
                            ? mv_below_hidden(k, q, &whole[i], i)
                            : MV_NONE;
        if (unit != MV_NONE)
            add(w, at, unit);
    }
    free(whole);
}

static void find(const struct mv_judge_env *env, const struct mv_judgement *j,
                 uint32_t above, struct mv_withheld *w)
{
    struct mv_case k = {.w = j->work,
                        .env = env,
                        .target =
                            &mv_plan_catalogue(env->plan)->targets[j->target],
                        .groups = j->work->groups};
    *w = (struct mv_withheld){.known = true,
                              .target = j->target,
                              .above = above,
                              .at = w->at,
                              .cap = w->cap};
    for (uint32_t i = 0; i < j->count; i++)
        find_of(&k, &j->rulings[i], i, w);
}

/* A path between days goes by the last figure's day. */
static bool names_figures(const struct mv_node *nodes, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (mv_node_is_series(nodes[i].kind) ||
            nodes[i].kind == MV_NODE_SHARE ||
            (nodes[i].kind == MV_NODE_PATH && !nodes[i].year_given))
            return true;
    }
    return false;
}

static void take(const struct mv_catalogue *c, struct mv_ruling *r)
{
    const struct mv_criterion *q = &c->criteria[r->criterion];
    if (!r->has_left)
        return; /* there are none */
    r->hidden = true;
    r->has_left = r->has_margin = false;
    r->needed = MV_NEEDED_NO;
    if (names_figures(&c->nodes[q->first + q->n_left], q->n_right))
        r->has_right = false;
}

void mv_withhold(const struct mv_judge_env *env, struct mv_judgement *j,
                 struct mv_withheld *w)
{
    const struct mv_catalogue *c = mv_plan_catalogue(env->plan);
    uint32_t above = c->units[j->unit].parent;
    if (above == MV_NONE || j->count == 0 ||
        !may_suppress(c, &c->targets[j->target]))
        return;
    if (!w->known || w->target != j->target || w->above != above)
        find(env, j, above, w);
    for (uint32_t i = 0; i < w->count; i++)
        if (w->at[i].unit == j->unit)
            take(c, &j->rulings[w->at[i].ruling]);
}
