/* withhold - see withhold.h. Job: which rulings of a judgement lose their
 * numbers. Invariant: colour, reason, basis and a constant limit stay; it asks
 * nothing of a target without min_denominator, nor where there is no number.
 * Memory only: a crash leaves nothing. */
#include "services/judging/withhold.h"

#include <stdlib.h>

#include "services/base/err.h"
#include "services/judging/below.h"
#include "services/judging/terms.h"
#include "services/judging/work.h"

void mv_withheld_forget(struct mv_withheld *w)
{
    for (unsigned i = 0; i < MV_WITHHELD_LEVELS; i++)
        w->level[i].known = false;
}

void mv_withheld_done(struct mv_withheld *w)
{
    for (unsigned i = 0; i < MV_WITHHELD_LEVELS; i++)
        free(w->level[i].at);
    *w = (struct mv_withheld){0};
}

static void add(struct mv_withheld_below *b, uint32_t ruling, uint32_t unit)
{
    if (b->count == b->cap) {
        b->cap = b->cap * 2 + 16;
        b->at = mv_xrealloc(b->at, b->cap * sizeof *b->at);
    }
    b->at[b->count++] = (struct mv_hidden){ruling, unit};
}

/* Does it use an indicator with min_denominator, rolled up or not? */
static bool names_a_least(const struct mv_catalogue *c,
                          const struct mv_target *t)
{
    for (uint32_t i = 0; i < t->uses.count; i++)
        if (c->indicators[t->uses.at[i]].min_denominator > 0)
            return true;
    return false;
}

/* And not over the units below, where its judging hides by itself. */
static bool is_of_one_series(const struct mv_group *g)
{
    return g->kind == MV_NODE_VALUE || g->kind == MV_NODE_LATEST ||
           g->kind == MV_NODE_GROWTH;
}

/* Of each ruling there is one for every unit, in the same place. */
static void find_of(struct mv_case *k, const struct mv_ruling *r, uint32_t at,
                    struct mv_withheld_below *b)
{
    const struct mv_catalogue *c = mv_plan_catalogue(k->env->plan);
    const struct mv_criterion *q = &c->criteria[r->criterion];
    k->unit = b->above;
    k->member = r->member;
    k->each = q->each ? q->each_indicator : MV_NONE;
    const struct mv_nodes nodes = mv_nodes_of(c, q);
    (void)mv_terms_gather(k, nodes.at, nodes.count);
    unsigned count = k->group_count;
    struct mv_group *whole = mv_xcalloc(count + 1, sizeof *whole);
    for (unsigned i = 0; i < count; i++)
        whole[i] = k->groups[i];
    for (unsigned i = 0; i < count; i++) {
        uint32_t unit = is_of_one_series(&whole[i])
                            ? mv_below_hidden(k, nodes, &whole[i], i)
                            : MV_NONE;
        if (unit != MV_NONE)
            add(b, at, unit);
    }
    free(whole);
}

static void find(const struct mv_judge_env *env, const struct mv_judgement *j,
                 uint32_t above, struct mv_withheld_below *b)
{
    struct mv_case k = {.w = j->work,
                        .env = env,
                        .target =
                            &mv_plan_catalogue(env->plan)->targets[j->target],
                        .groups = j->work->groups};
    *b = (struct mv_withheld_below){.known = true,
                                    .target = j->target,
                                    .above = above,
                                    .at = b->at,
                                    .cap = b->cap};
    for (uint32_t i = 0; i < j->count; i++)
        find_of(&k, &j->rulings[i], i, b);
}

/* What is hidden below `above`, found where it is not kept. */
static const struct mv_withheld_below *below(const struct mv_judge_env *env,
                                             const struct mv_judgement *j,
                                             uint32_t above,
                                             struct mv_withheld *w)
{
    const struct mv_catalogue *c = mv_plan_catalogue(env->plan);
    unsigned level = 0;
    for (uint32_t u = c->units[above].parent; u != MV_NONE;
         u = c->units[u].parent)
        level++;
    struct mv_withheld_below *b = &w->level[level % MV_WITHHELD_LEVELS];
    if (!b->known || b->target != j->target || b->above != above)
        find(env, j, above, b);
    return b;
}

static void take(const struct mv_catalogue *c, struct mv_ruling *r)
{
    const struct mv_criterion *q = &c->criteria[r->criterion];
    if (!r->has_left)
        return; /* there are none */
    r->hidden = true;
    r->has_left = r->has_margin = false;
    r->needed = MV_NEEDED_NO;
    if (mv_catalogue_names_figures(&c->nodes[q->first + q->n_left], q->n_right))
        r->has_right = false;
}

static bool has_number(const struct mv_judgement *j)
{
    for (uint32_t i = 0; i < j->count; i++)
        if (j->rulings[i].has_left)
            return true;
    return false;
}

/* What a unit has together with others below the same one tells that one's
 * number: it goes where any of those above it is hidden. */
void mv_withhold(const struct mv_judge_env *env, struct mv_judgement *j,
                 struct mv_withheld *w)
{
    const struct mv_catalogue *c = mv_plan_catalogue(env->plan);
    uint32_t above;
    if (!has_number(j) || !names_a_least(c, &c->targets[j->target]))
        return;
    for (uint32_t unit = j->unit; (above = c->units[unit].parent) != MV_NONE;
         unit = above) {
        const struct mv_withheld_below *b = below(env, j, above, w);
        for (uint32_t i = 0; i < b->count; i++)
            if (b->at[i].unit == unit)
                take(c, &j->rulings[b->at[i].ruling]);
    }
}
