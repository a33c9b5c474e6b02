/* uses - see build.h. Job: formulas, their cycles, which indicators a target
 * rests on (through formulas too) and which targets rest on an indicator.
 * Invariant: both ways agree, each list ascending, each entry once.
 * A crash in the middle leaves nothing: it is memory only. */
#include <stdlib.h>
#include <string.h>

#include "services/catalogue/keys.h"
#include "services/catalogue/recipe.h"

struct step {
    uint32_t indicator, node; /* next node of its formula */
};

static void name_cycle(struct mv_build *b, const struct step *path,
                       uint32_t from, uint32_t depth)
{
    struct mv_buf text = {0};
    for (uint32_t i = from; i < depth && i < from + 8; i++) {
        const struct mv_indicator *at = &b->indicators[path[i].indicator];
        mv_buf_printf(&text, "%.*s, ", (int)at->id.len,
                      (const char *)at->id.at);
    }
    const struct mv_indicator *first = &b->indicators[path[from].indicator];
    b->id = first->id;
    b->key = "formula";
    uint32_t node = mv_yaml_get(&b->yaml[b->file],
                                b->indicator_nodes[first->index], "formula");
    mv_build_fault(b, node, "the formula refers to itself: %s%.*s",
                   mv_buf_cstr(&text), (int)first->id.len,
                   (const char *)first->id.at);
    b->key = NULL;
    mv_buf_done(&text);
}

/* Depth first from one indicator, with a path of our own: 0 not seen, 1 on
 * the path (its place is in `place`), 2 done. */
static void walk(struct mv_build *b, uint32_t root, uint8_t *state,
                 uint32_t *place, struct step *path)
{
    uint32_t depth = 0;
    path[depth++] = (struct step){root, 0};
    state[root] = 1;
    place[root] = 0;
    while (depth > 0) {
        struct step *s = &path[depth - 1];
        const struct mv_indicator *i = &b->indicators[s->indicator];
        if (i->formula == MV_NONE || s->node == i->formula_count) {
            state[s->indicator] = 2;
            depth--;
            continue;
        }
        const struct mv_node *n = &b->nodes[i->formula + s->node++];
        if (n->indicator == MV_NONE || state[n->indicator] == 2)
            continue;
        if (state[n->indicator] == 1) {
            name_cycle(b, path, place[n->indicator], depth);
            continue;
        }
        state[n->indicator] = 1;
        place[n->indicator] = depth;
        path[depth++] = (struct step){n->indicator, 0};
    }
}

static void check_cycles(struct mv_build *b)
{
    uint32_t n = b->c->indicator_count;
    uint8_t *state = mv_xcalloc(n + 1, 1);
    uint32_t *place = mv_xcalloc(n + 1, sizeof *place);
    struct step *path = mv_xcalloc(n + 1, sizeof *path);
    for (uint32_t i = 0; i < n; i++) {
        if (state[i] == 0)
            walk(b, i, state, place, path);
    }
    free(path);
    free(place);
    free(state);
}

/* A judge gathers all that a formula is made of at once. */
static void check_recipe(struct mv_build *b, uint32_t indicator)
{
    const struct mv_indicator *i = &b->indicators[indicator];
    struct mv_series any = {indicator, MV_MEMBER_EACH};
    struct mv_recipe recipe;
    if (i->formula == MV_NONE || mv_recipe_of(b->c, any, &recipe))
        return;
    uint32_t node = mv_yaml_get(&b->yaml[b->file],
                                b->indicator_nodes[indicator], "formula");
    b->id = i->id;
    b->key = "formula";
    mv_build_fault(b, node,
                   "the formula is made of more than %d pushed series, or "
                   "of %d in all",
                   MV_RECIPE_PARTS, MV_RECIPE_MAX);
    b->key = NULL;
}

/* One at fault may refer to itself too: that is named in the same round. */
void mv_build_formulas(struct mv_build *b)
{
    bool *faulty = mv_xcalloc(b->c->indicator_count + 1u, sizeof *faulty);
    b->file = MV_FILE_INDICATORS;
    for (uint32_t i = 0; i < b->c->indicator_count; i++) {
        uint32_t map = b->indicator_nodes[i];
        uint32_t node = mv_yaml_get(&b->yaml[b->file], map, "formula");
        if (node == 0)
            continue;
        b->id = mv_read_name(b, map, i);
        b->key = "formula";
        faulty[i] = !mv_build_formula(b, node, &b->indicators[i]);
        b->key = NULL;
    }
    check_cycles(b);
    for (uint32_t i = 0; i < b->c->indicator_count; i++)
        if (faulty[i])
            b->indicators[i].formula = MV_NONE;
    free(faulty);
    b->c->nodes = b->nodes;
    for (uint32_t i = 0; i < b->c->indicator_count; i++)
        check_recipe(b, i);
}

struct uses {
    struct mv_build *b;
    uint32_t *stamp; /* per indicator: the last round that met it */
    uint32_t round;  /* from 1 on: a target has one, or two */
    uint32_t *found;
    uint32_t count;
};

static void meet(struct uses *u, uint32_t indicator)
{
    if (indicator == MV_NONE || u->stamp[indicator] == u->round)
        return;
    u->stamp[indicator] = u->round;
    u->found[u->count++] = indicator;
}

static void meet_nodes(struct uses *u, uint32_t first, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        meet(u, u->b->nodes[first + i].indicator);
}

static int ascending(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Of the first two or three of: require, yellow, aim. */
static struct mv_indices collect(struct uses *u, const struct mv_target *t,
                                 int lists)
{
    const struct mv_criteria *of[3] = {&t->require, &t->yellow, &t->aim};
    u->count = 0;
    u->round++;
    meet(u, t->indicator);
    for (int l = 0; l < lists; l++) {
        for (uint32_t i = 0; i < of[l]->count; i++) {
            const struct mv_criterion *c = &u->b->criteria[of[l]->first + i];
            meet_nodes(u, c->first, (uint32_t)c->n_left + c->n_right);
        }
    }
    for (uint32_t i = 0; i < u->count; i++) { /* found grows meanwhile */
        const struct mv_indicator *at = &u->b->indicators[u->found[i]];
        if (at->formula != MV_NONE)
            meet_nodes(u, at->formula, at->formula_count);
    }
    qsort(u->found, u->count, sizeof *u->found, ascending);
    uint32_t *keep = mv_arena_get(u->b->arena, u->count, sizeof *keep);
    memcpy(keep, u->found, u->count * sizeof *keep);
    return (struct mv_indices){keep, u->count};
}

/* The way back: a list per indicator, in one array. */
static void turn_round(struct mv_build *b)
{
    uint32_t total = 0;
    for (uint32_t t = 0; t < b->c->target_count; t++) {
        const struct mv_indices *uses = &b->targets[t].uses;
        for (uint32_t i = 0; i < uses->count; i++)
            b->indicators[uses->at[i]].targets.count++;
        total += uses->count;
    }
    uint32_t *all = mv_arena_get(b->arena, total, sizeof *all), used = 0;
    for (uint32_t i = 0; i < b->c->indicator_count; i++) {
        struct mv_indices *targets = &b->indicators[i].targets;
        targets->at = all + used;
        used += targets->count;
        targets->count = 0;
    }
    for (uint32_t t = 0; t < b->c->target_count; t++) {
        const struct mv_indices *uses = &b->targets[t].uses;
        for (uint32_t i = 0; i < uses->count; i++) {
            struct mv_indices *to = &b->indicators[uses->at[i]].targets;
            all[(to->at - all) + to->count++] = t;
        }
    }
}

/* Another year of one entry, or one that says as little: the same uses. */
static bool is_alike(const struct mv_target *a, const struct mv_target *b)
{
    const struct mv_criteria *of_a[3] = {&a->require, &a->yellow, &a->aim};
    const struct mv_criteria *of_b[3] = {&b->require, &b->yellow, &b->aim};
    for (int l = 0; l < 3; l++) {
        if (of_a[l]->first != of_b[l]->first ||
            of_a[l]->count != of_b[l]->count)
            return false;
    }
    return a->indicator == b->indicator;
}

void mv_build_uses(struct mv_build *b)
{
    struct uses u = {.b = b};
    size_t room = (size_t)b->c->indicator_count + 1;
    u.stamp = mv_xcalloc(room, sizeof *u.stamp);
    u.found = mv_xcalloc(room, sizeof *u.found);
    for (uint32_t t = 0; t < b->c->target_count; t++) {
        struct mv_target *at = &b->targets[t];
        if (t > 0 && is_alike(at, at - 1)) {
            at->uses = at[-1].uses;
            at->rests_on = at[-1].rests_on;
        } else {
            at->uses = at->rests_on = collect(&u, at, 2);
            if (at->aim.count > 0)
                at->uses = collect(&u, at, 3);
        }
    }
    free(u.found);
    free(u.stamp);
    turn_round(b);
}
