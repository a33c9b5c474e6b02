/* limits - see build.h. Job: a target's `limits`: by member, by unit, or
 * {unit: {member: n}}. Invariant: entries are in the order of (unit, member),
 * as mv_catalogue_limit searches them.
 * A crash in the middle leaves nothing: it is memory only. */
#include <stdlib.h>

#include "services/catalogue/keys.h"

struct limits {
    struct mv_build *b;
    const struct mv_indicator *of; /* whose members; may be NULL */
    struct mv_limit *at;
    uint32_t count;
    uint16_t measure;
};

static uint32_t find_member(const struct limits *l, struct mv_span id)
{
    return l->of == NULL ? MV_NONE
                         : mv_lookup_find(&l->b->x->members, id, l->of->index);
}

static void add(struct limits *l, uint32_t node, uint32_t unit, uint32_t member)
{
    int64_t micro = 0;
    if (mv_build_limit(l->b, node, l->measure, &micro))
        l->at[l->count++] = (struct mv_limit){unit, member, micro};
}

static void no_such(struct limits *l, uint32_t node, bool unit)
{
    struct mv_span id = mv_build_node(l->b, node)->text;
    if (!l->b->broken[MV_FILE_UNITS] && !l->b->broken[MV_FILE_INDICATORS]) {
        mv_build_fault(l->b, node,
                       unit ? "no member or unit '%.*s'" : "no member '%.*s'",
                       id.len > 64 ? 64 : (int)id.len, (const char *)id.at);
    }
}

static void read_members(struct limits *l, uint32_t map, uint32_t unit)
{
    const struct mv_yaml_node *nodes = l->b->yaml[l->b->file].nodes;
    for (uint32_t k = nodes[map].first, v; k != 0; k = nodes[v].next) {
        v = nodes[k].next;
        uint32_t member = find_member(l, nodes[k].text);
        if (member == MV_NONE) {
            no_such(l, k, false);
        } else {
            add(l, v, unit, member);
        }
    }
}

static void read_entry(struct limits *l, uint32_t k, uint32_t v)
{
    const struct mv_yaml_node *nodes = l->b->yaml[l->b->file].nodes;
    uint32_t member = find_member(l, nodes[k].text);
    uint32_t unit = mv_lookup_find(&l->b->x->units, nodes[k].text, 0);
    if (member != MV_NONE && unit != MV_NONE) {
        mv_build_fault(l->b, k, "is both a member and a unit");
    } else if (unit != MV_NONE && nodes[v].kind == MV_YAML_MAP) {
        read_members(l, v, unit);
    } else if (unit != MV_NONE || member != MV_NONE) {
        add(l, v, unit, member);
    } else {
        no_such(l, k, true);
    }
}

static int by_place(const void *a, const void *b)
{
    const struct mv_limit *x = a, *y = b;
    if (x->unit != y->unit)
        return x->unit < y->unit ? -1 : 1;
    return (x->member > y->member) - (x->member < y->member);
}

static uint32_t count_entries(const struct mv_yaml_node *nodes, uint32_t map)
{
    uint32_t n = 0;
    for (uint32_t k = nodes[map].first, v; k != 0; k = nodes[v].next) {
        v = nodes[k].next;
        n += nodes[v].kind == MV_YAML_MAP ? nodes[v].count : 1;
    }
    return n;
}

/* The target's own, if it has members; else the first whose `each` it is. */
static uint32_t members_of(const struct mv_build *b, const struct mv_target *t)
{
    if (t->indicator != MV_NONE && b->indicators[t->indicator].member_count > 0)
        return t->indicator;
    for (uint32_t i = 0; i < t->require.count; i++) {
        const struct mv_criterion *c = &b->criteria[t->require.first + i];
        if (c->each_indicator != MV_NONE)
            return c->each_indicator;
    }
    return MV_NONE;
}

void mv_build_limits(struct mv_build *b, uint32_t node, uint16_t measure,
                     struct mv_target *t)
{
    const struct mv_yaml_node *nodes = b->yaml[b->file].nodes;
    if (nodes[node].kind != MV_YAML_MAP) {
        mv_build_fault(b, node,
                       "expected {member: number}, {unit: number} or "
                       "{unit: {member: number}}");
        return;
    }
    struct limits l = {.b = b, .measure = measure};
    t->limits_of = members_of(b, t);
    if (t->limits_of != MV_NONE)
        l.of = &b->indicators[t->limits_of];
    l.at = mv_arena_get(b->arena, count_entries(nodes, node), sizeof *l.at);
    for (uint32_t k = nodes[node].first, v; k != 0; k = nodes[v].next) {
        v = nodes[k].next;
        read_entry(&l, k, v);
    }
    qsort(l.at, l.count, sizeof *l.at, by_place);
    t->limits = l.at;
    t->limit_count = l.count;
}
