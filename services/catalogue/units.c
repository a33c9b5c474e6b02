/* units - see build.h. Job: units.yaml to units and their tree.
 * Invariant: after it, without faults, parents lead to a root in at most
 * MV_UNIT_DEPTH steps, and x is below u exactly when x's number in preorder
 * lies in [u.enter, u.leave).
 * A crash in the middle leaves nothing: it is memory only. */
#include <stdlib.h>
#include <string.h>

#include "services/base/text.h"
#include "services/catalogue/keys.h"

#define POPULATION_YEARS_MAX 300u

static void read_org(struct mv_build *b, const struct mv_yaml_key *r,
                     uint32_t node, void *at)
{
    static const int weights[8] = {3, 2, 7, 6, 5, 4, 3, 2};
    mv_read_line(b, r, node, at);
    struct mv_span org = *(struct mv_span *)at;
    const char *p = org.at;
    int sum = 0;
    bool digits = org.len == 9;
    for (size_t i = 0; digits && i < 9; i++) {
        digits = p[i] >= '0' && p[i] <= '9';
        if (i < 8)
            sum += weights[i] * (p[i] - '0');
    }
    if (org.len == 0)
        return;
    if (!digits) {
        mv_build_fault_of(b, MV_FAULT_WARNING, node,
                          "an organisation number has 9 digits");
    } else if ((11 - sum % 11) % 11 != p[8] - '0') {
        mv_build_fault_of(b, MV_FAULT_WARNING, node,
                          "the check digit of the organisation number is "
                          "wrong");
    }
}

static void read_kind(struct mv_build *b, const struct mv_yaml_key *r,
                      uint32_t node, void *at)
{
    static const struct mv_word levels[] = {{"nation", MV_LEVEL_NATION},
                                            {"region", MV_LEVEL_REGION},
                                            {"trust", MV_LEVEL_TRUST},
                                            {"hospital", MV_LEVEL_HOSPITAL}};
    struct mv_unit *u = at;
    mv_read_id(b, r, node, &u->kind);
    if (u->kind.len == 0)
        return;
    u->kind_index = mv_build_kind(b, node, u->kind);
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        if (mv_span_is(u->kind, levels[i].text))
            u->level = (mv_unit_level)levels[i].value;
    }
}

static void read_parent(struct mv_build *b, const struct mv_yaml_key *r,
                        uint32_t node, void *at)
{
    (void)r;
    *(uint32_t *)at = mv_read_unit(b, node);
}

static int by_year(const void *a, const void *b)
{
    const struct mv_population *x = a, *y = b;
    return (x->year > y->year) - (x->year < y->year);
}

static void read_population(struct mv_build *b, const struct mv_yaml_key *r,
                            uint32_t node, void *at)
{
    static const struct mv_yaml_key persons = {
        .size = 8, .min = 1, .max = 1000000000};
    (void)r;
    struct mv_unit *u = at;
    const struct mv_yaml_node *n = mv_build_node(b, node);
    if (n->kind != MV_YAML_MAP || n->count > POPULATION_YEARS_MAX) {
        mv_build_fault(b, node, "expected {year: persons, ...}");
        return;
    }
    struct mv_population *p = mv_arena_get(b->arena, n->count, sizeof *p);
    for (uint32_t k = n->first, v; k != 0; k = mv_build_node(b, v)->next) {
        v = mv_build_node(b, k)->next;
        struct mv_population *to = &p[u->population_count];
        if (!mv_read_year(mv_build_node(b, k)->text, &to->year)) {
            mv_build_fault(b, k, "expected a year");
            continue;
        }
        u->population_count++;
        mv_read_whole(b, &persons, v, &to->persons);
    }
    qsort(p, u->population_count, sizeof *p, by_year);
    u->population = p;
}

#define AT(field) .offset = offsetof(struct mv_unit, field)
static const struct mv_yaml_key rules[] = {
    {"id", mv_read_id, AT(id), .required = true},
    {"name", mv_read_title, AT(name), .required = true},
    {"kind", read_kind, .offset = 0, .required = true},
    {"parent", read_parent, AT(parent)},
    {"org", read_org, AT(org)},
    {"population", read_population, .offset = 0},
    {"from", mv_read_from, AT(from_day)},
    {"to", mv_read_to, AT(to_day)},
    {.key = NULL},
};

static void read_unit(struct mv_build *b, uint32_t node, uint32_t index)
{
    struct mv_unit *u = &b->units[index];
    b->id = mv_read_name(b, node, index);
    mv_read_keys(b, rules, node, u);
    b->key = "to";
    if (u->from_day > u->to_day)
        mv_build_fault(b, node, "ends before it begins");
    b->key = NULL;
}

/* Every id first: a parent may stand after its child. */
static void read_ids(struct mv_build *b, uint32_t first)
{
    uint32_t i = 0;
    for (uint32_t k = first; k != 0; k = mv_build_node(b, k)->next, i++) {
        struct mv_unit *u = &b->units[i];
        *u = (struct mv_unit){.index = i,
                              .line = mv_build_node(b, k)->line,
                              .parent = MV_NONE,
                              .region = MV_NONE,
                              .from_day = MV_DAY_MIN,
                              .to_day = MV_DAY_MAX,
                              .org = {"", 0}};
        uint32_t id = mv_yaml_get(&b->yaml[b->file], k, "id");
        uint32_t was = i;
        if (id == 0 || mv_build_node(b, id)->text.len == 0 ||
            mv_lookup_add(&b->x->units, mv_build_node(b, id)->text, 0, &was))
            continue;
        b->id = mv_build_node(b, id)->text;
        b->key = "id";
        mv_build_fault(b, id, "two units with this id, the first in line %u",
                       b->units[was].line);
        b->key = NULL;
    }
}

static void name_loop(struct mv_build *b, const uint32_t *places, uint32_t from)
{
    struct mv_buf text = {0};
    uint32_t u = from, shown = 0;
    do {
        if (shown++ < 8) {
            mv_buf_printf(&text, "%.*s, ", (int)b->units[u].id.len,
                          (const char *)b->units[u].id.at);
        }
        u = b->units[u].parent;
    } while (u != from);
    b->id = b->units[from].id;
    b->key = "parent";
    mv_build_fault(b, places[from], "the tree has a loop: %s%.*s",
                   mv_buf_cstr(&text), (int)b->units[from].id.len,
                   (const char *)b->units[from].id.at);
    b->key = NULL;
    mv_buf_done(&text);
}

/* Follows parents from every unit, each unit once. */
static bool check_tree(struct mv_build *b, const uint32_t *places)
{
    uint32_t n = b->c->unit_count;
    uint32_t *seen = mv_xcalloc(n + 1, sizeof *seen); /* by which walk */
    uint32_t *depth = mv_xcalloc(n + 1, sizeof *depth);
    bool good = true;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t u = i, steps = 0;
        while (u != MV_NONE && seen[u] == 0) {
            seen[u] = i + 1;
            u = b->units[u].parent;
            steps++;
        }
        if (u != MV_NONE && seen[u] == i + 1) {
            name_loop(b, places, u);
            good = false;
        }
        uint32_t below = u == MV_NONE ? 0 : depth[u];
        for (u = i; steps > 0; steps--, u = b->units[u].parent)
            depth[u] = below + steps;
        if (depth[i] == MV_UNIT_DEPTH + 1) {
            b->id = b->units[i].id;
            mv_build_fault(b, places[i], "more than %u levels", MV_UNIT_DEPTH);
        }
        good = good && depth[i] <= MV_UNIT_DEPTH;
    }
    free(depth);
    free(seen);
    return good;
}

static void link_children(struct mv_build *b)
{
    uint32_t n = b->c->unit_count;
    uint32_t *all = mv_arena_get(b->arena, n, sizeof *all), used = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (b->units[i].parent != MV_NONE)
            b->units[b->units[i].parent].children.count++;
    }
    for (uint32_t i = 0; i < n; i++) {
        struct mv_unit *u = &b->units[i];
        u->children.at = all + used;
        used += u->children.count;
        u->children.count = 0;
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t parent = b->units[i].parent;
        if (parent == MV_NONE)
            continue;
        struct mv_indices *c = &b->units[parent].children;
        all[(c->at - all) + c->count++] = i;
    }
}

static void find_childless(struct mv_build *b)
{
    for (uint32_t i = 0; i < b->c->unit_count; i++) {
        const struct mv_unit *u = &b->units[i];
        uint32_t *at = &b->childless[u->kind_index];
        if (u->children.count == 0 && *at == MV_NONE)
            *at = i;
    }
}

/* It is there while it and all above it are; the one above has its days. */
static void find_days(const struct mv_build *b, struct mv_unit *u)
{
    u->first_day = u->from_day;
    u->last_day = u->to_day;
    if (u->parent == MV_NONE)
        return;
    const struct mv_unit *above = &b->units[u->parent];
    if (above->first_day > u->first_day)
        u->first_day = above->first_day;
    if (above->last_day < u->last_day)
        u->last_day = above->last_day;
}

/* Numbers a root and all below it; returns the next free number. */
static uint32_t number(struct mv_build *b, uint32_t root, uint32_t next)
{
    uint32_t path[MV_UNIT_DEPTH], at[MV_UNIT_DEPTH], depth = 1;
    path[0] = root;
    at[0] = 0;
    b->units[root].enter = next++;
    while (depth > 0) {
        struct mv_unit *u = &b->units[path[depth - 1]];
        if (at[depth - 1] == 0) {
            find_days(b, u);
            u->region = u->level == MV_LEVEL_REGION ? u->index
                        : u->parent == MV_NONE      ? MV_NONE
                                               : b->units[u->parent].region;
        }
        if (at[depth - 1] == u->children.count) {
            u->leave = next;
            depth--;
            continue;
        }
        uint32_t child = u->children.at[at[depth - 1]++];
        b->units[child].enter = next++;
        path[depth] = child;
        at[depth++] = 0;
    }
    return next;
}

void mv_build_units(struct mv_build *b)
{
    b->file = MV_FILE_UNITS;
    uint32_t count = 0, i = 0;
    uint32_t first = mv_read_list(b, "units", MV_UNITS_MAX, &count);
    b->units = mv_arena_get(b->arena, count, sizeof *b->units);
    b->met = mv_arena_get(b->arena, count, sizeof *b->met);
    b->c->units = b->units;
    b->c->unit_count = count;
    mv_lookup_init(&b->x->units, b->arena, count);
    read_ids(b, first);
    uint32_t *places = mv_xcalloc(count + 1, sizeof *places);
    for (uint32_t k = first; k != 0; k = mv_build_node(b, k)->next, i++) {
        places[i] = k;
        b->id = (struct mv_span){"", 0};
        if (mv_build_node(b, k)->kind == MV_YAML_MAP) {
            read_unit(b, k, i);
        } else {
            mv_build_fault(b, k, "expected a unit: {id: ..., name: ...}");
        }
    }
    if (check_tree(b, places)) {
        link_children(b);
        find_childless(b);
        uint32_t next = 0;
        for (i = 0; i < count; i++) {
            if (b->units[i].parent == MV_NONE)
                next = number(b, i, next);
        }
    }
    free(places);
}
