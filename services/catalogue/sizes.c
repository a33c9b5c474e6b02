/* sizes - see build.h. Job: refuse what is too much in all, however small
 * each part of it is: a short text may ask for all years of all units.
 * Invariant: who takes a catalogue into force can hold in memory a number for
 * each status, and for each series and year that a target looks at.
 * A crash in the middle leaves nothing: it is memory only. */
#include <stdlib.h>

#include "services/catalogue/build.h"
#include "services/catalogue/recipe.h"

/* A target for each unit that it judges, a commission for each of its own. */
static uint64_t count_statuses(const struct mv_build *b)
{
    uint64_t of_kind[MV_KINDS_MAX] = {0}, sum = 0;
    for (uint32_t u = 0; u < b->c->unit_count; u++)
        of_kind[b->units[u].kind_index]++;
    for (uint32_t i = 0; i < b->c->target_count; i++) {
        const struct mv_target *t = &b->targets[i];
        for (uint32_t k = 0; k < t->scope_kinds.count; k++)
            sum += of_kind[t->scope_kinds.at[k]];
        sum += t->scope_units.count;
    }
    for (uint32_t i = 0; i < b->c->commission_count; i++)
        sum += b->commissions[i].units.count;
    return sum;
}

/* By indicator: of how many series it is made, itself included. */
static uint8_t *count_series(struct mv_build *b)
{
    uint8_t *made_of = mv_xcalloc(b->c->indicator_count + 1u, 1);
    b->c->nodes = b->nodes;
    for (uint32_t i = 0; i < b->c->indicator_count; i++) {
        struct mv_series any = {i, MV_MEMBER_EACH};
        struct mv_recipe recipe;
        if (mv_recipe_of(b->c, any, &recipe))
            made_of[i] = (uint8_t)recipe.count;
    }
    return made_of;
}

static uint64_t reach_of(const struct mv_build *b, const uint8_t *made_of,
                         const struct mv_target *t)
{
    const struct mv_criteria *of[3] = {&t->require, &t->yellow, &t->aim};
    uint64_t sum = 1;
    for (int l = 0; l < 3; l++) {
        for (uint32_t i = 0; i < of[l]->count; i++) {
            const struct mv_criterion *c = &b->criteria[of[l]->first + i];
            for (uint32_t k = 0; k < (uint32_t)c->n_left + c->n_right; k++) {
                const struct mv_node *n = &b->nodes[c->first + k];
                if (!mv_node_is_series(n->kind))
                    continue;
                int32_t back = mv_node_year(n, t->year) - t->year;
                sum += made_of[n->indicator] * ((uint64_t)abs(back) + 1);
            }
        }
    }
    return sum;
}

/* Stops where it is too many: there may be a thousand million. */
static bool reaches_too_far(struct mv_build *b)
{
    uint8_t *made_of = count_series(b);
    uint64_t sum = 0;
    for (uint32_t i = 0; i < b->c->target_count && sum <= MV_REACH_MAX; i++)
        sum += reach_of(b, made_of, &b->targets[i]);
    free(made_of);
    return sum > MV_REACH_MAX;
}

void mv_build_sizes(struct mv_build *b)
{
    b->file = MV_FILE_TARGETS;
    b->id = (struct mv_span){"", 0};
    b->key = NULL;
    if (count_statuses(b) > MV_STATUSES_MAX) {
        mv_build_fault(b, 0,
                       "more than %u statuses in all: one for each target and "
                       "unit that it judges",
                       MV_STATUSES_MAX);
    }
    if (reaches_too_far(b)) {
        mv_build_fault(b, 0,
                       "the targets look at more than %u series and years in "
                       "all",
                       MV_REACH_MAX);
    }
}
