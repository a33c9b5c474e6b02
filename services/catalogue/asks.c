/* asks - see build.h. Job: refuse what a target asks of units or years that
 * do not have it: child units, inhabitants, a place on a path.
 * Invariant: a catalogue that loads never asks for what can never be.
 * A crash in the middle leaves nothing: it is memory only. */
#include "services/base/day.h"
#include "services/catalogue/build.h"

#define NAMED_MAX 4u /* units in one fault, which holds 400 bytes */

struct asking {
    struct mv_build *b;
    uint32_t node; /* the target's */
    const struct mv_target *t;
    int32_t from, to; /* its years */
    bool children, persons;
    int32_t persons_year; /* the earliest whose inhabitants are asked for */
};

/* Of two days, some day of each year must lie on it. */
static void path_of(struct asking *a, const struct mv_node *n)
{
    int32_t first = a->from, last = a->to;
    if (!n->year_given) {
        first = mv_day_of(a->from, 12, 31);
        last = mv_day_of(a->to, 1, 1);
    }
    if (first >= n->day[0] && last <= n->day[1])
        return;
    a->b->key = "require";
    mv_build_fault(a->b, a->node, "the path does not reach %d",
                   (int)(first < n->day[0] ? a->from : a->to));
}

static void rate_of(struct asking *a, const struct mv_node *n)
{
    int32_t year = mv_node_year(n, a->from);
    if (!a->persons || year < a->persons_year)
        a->persons_year = year;
    a->persons = true;
}

static void ask(struct asking *a, const struct mv_criterion *c)
{
    uint32_t n = (uint32_t)c->n_left + c->n_right, share = 0;
    for (uint32_t k = 0; k < n; k++) {
        const struct mv_node *at = &a->b->nodes[c->first + k];
        if (at->kind == MV_NODE_SHARE)
            share = k + at->count + 1;
        a->children |=
            mv_node_is_extreme(at->kind) || at->kind == MV_NODE_SHARE;
        if (at->kind == MV_NODE_PATH && a->from <= a->to)
            path_of(a, at);
        /* within a share a unit without inhabitants is left out */
        if (at->kind == MV_NODE_RATE && k >= share)
            rate_of(a, at);
    }
}

static bool has_persons(const struct mv_unit *u, int32_t year)
{
    return u->population_count > 0 && u->population[0].year <= year;
}

static bool in_scope(const struct mv_target *t, const struct mv_unit *u)
{
    for (uint32_t i = 0; i < t->scope_kinds.count; i++) {
        if (t->scope_kinds.at[i] == u->kind_index)
            return true;
    }
    for (uint32_t i = 0; i < t->scope_units.count; i++) {
        if (t->scope_units.at[i] == u->index)
            return true;
    }
    return false;
}

/* The units of the scope that lack what is asked for, in order of the file;
 * how many. */
static uint32_t name_lacking(const struct asking *a, struct mv_buf *out)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < a->b->c->unit_count; i++) {
        const struct mv_unit *u = &a->b->units[i];
        if (has_persons(u, a->persons_year) || !in_scope(a->t, u))
            continue;
        if (n < NAMED_MAX) {
            mv_buf_text(out, n == 0 ? "" : ", ");
            mv_buf_put(out, u->id.at, u->id.len);
        }
        n++;
    }
    if (n > NAMED_MAX)
        mv_buf_printf(out, ", ... (%u)", n);
    return n;
}

static uint32_t childless(const struct asking *a)
{
    uint32_t unit = MV_NONE;
    const struct mv_target *t = a->t;
    for (uint32_t i = 0; i < t->scope_kinds.count && unit == MV_NONE; i++)
        unit = a->b->childless[t->scope_kinds.at[i]];
    for (uint32_t i = 0; i < t->scope_units.count && unit == MV_NONE; i++) {
        if (a->b->units[t->scope_units.at[i]].children.count == 0)
            unit = t->scope_units.at[i];
    }
    return unit;
}

static void check_children(struct asking *a)
{
    uint32_t unit = a->children ? childless(a) : MV_NONE;
    if (unit == MV_NONE)
        return;
    mv_build_fault(a->b, a->node,
                   "lowest, highest, spread and share look at child units, "
                   "and %.*s has none",
                   (int)a->b->units[unit].id.len,
                   (const char *)a->b->units[unit].id.at);
}

static void check_persons(struct asking *a)
{
    bool known = a->from <= a->to && !a->b->broken[MV_FILE_UNITS];
    struct mv_buf names = {0};
    if (a->persons && known && name_lacking(a, &names) > 0) {
        mv_build_fault(a->b, a->node,
                       "rate needs inhabitants, and there are none for %d or "
                       "before of %s",
                       (int)a->persons_year, mv_buf_cstr(&names));
    }
    mv_buf_done(&names);
}

void mv_build_asks(struct mv_build *b, uint32_t node, const struct mv_target *t,
                   int32_t from, int32_t to)
{
    struct asking a = {.b = b, .node = node, .t = t, .from = from, .to = to};
    const struct mv_criteria *of[3] = {&t->require, &t->yellow, &t->aim};
    for (int l = 0; l < 3; l++) {
        for (uint32_t i = 0; i < of[l]->count; i++)
            ask(&a, &b->criteria[of[l]->first + i]);
    }
    b->key = "scope";
    check_children(&a);
    check_persons(&a);
    b->key = NULL;
}
