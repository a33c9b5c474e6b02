/* keys - see keys.h. Job: walk a map by its table. Invariant: every key of
 * the map is either read by its rule or named in a fault, once.
 * A crash in the middle leaves nothing: it is memory only. */
#include "services/catalogue/keys.h"

#include <stdio.h>
#include <string.h>

#include "services/base/text.h"

static const struct mv_yaml_key *find_rule(const struct mv_yaml_key *rules,
                                           struct mv_span key)
{
    for (const struct mv_yaml_key *r = rules; r->key != NULL; r++) {
        if (mv_span_is(key, r->key))
            return r;
    }
    return NULL;
}

static void unknown(struct mv_build *b, const struct mv_yaml_key *rules,
                    uint32_t node)
{
    struct mv_buf known = {0};
    for (const struct mv_yaml_key *r = rules; r->key != NULL; r++)
        mv_buf_printf(&known, "%s%s", r == rules ? "" : " ", r->key);
    const struct mv_yaml_node *n = mv_build_node(b, node);
    int len = n->text.len > 60 ? 60 : (int)n->text.len;
    b->key = NULL;
    mv_build_fault(b, node, "unknown key '%.*s'; known: %s", len,
                   (const char *)n->text.at, mv_buf_cstr(&known));
    mv_buf_done(&known);
}

static bool is_empty(const struct mv_yaml_node *n)
{
    return n->kind == MV_YAML_SCALAR &&
           (n->text.len == 0 || (n->plain && (mv_span_is(n->text, "~") ||
                                              mv_span_is(n->text, "null"))));
}

void mv_read_keys(struct mv_build *b, const struct mv_yaml_key *rules,
                  uint32_t node, void *thing)
{
    uint64_t seen = 0;
    const char *outer = b->key;
    const struct mv_yaml_node *nodes = b->yaml[b->file].nodes;
    for (uint32_t k = nodes[node].first, v; k != 0; k = nodes[v].next) {
        v = nodes[k].next;
        if (v == 0)
            break;
        const struct mv_yaml_key *r = find_rule(rules, nodes[k].text);
        if (r == NULL) {
            unknown(b, rules, k);
            continue;
        }
        /* a second one was named with the tree, and is not read: what a
         * reader counts and what it has room for are of one value */
        uint64_t bit = UINT64_C(1) << (r - rules);
        if ((seen & bit) != 0)
            continue;
        seen |= bit;
        b->key = r->key;
        if (is_empty(&nodes[v])) {
            mv_build_fault(b, k, "has no value");
        } else {
            r->read(b, r, v, (char *)thing + r->offset);
        }
    }
    for (const struct mv_yaml_key *r = rules; r->key != NULL; r++) {
        b->key = r->key;
        if (r->required && (seen >> (r - rules) & 1) == 0)
            mv_build_fault(b, node, "is missing");
    }
    b->key = outer;
}

struct mv_span mv_read_name(struct mv_build *b, uint32_t node, uint32_t nth)
{
    uint32_t id = mv_yaml_get(&b->yaml[b->file], node, "id");
    if (id != 0 && mv_build_node(b, id)->text.len > 0 &&
        mv_build_node(b, id)->text.len <= MV_ID_BYTES)
        return mv_build_node(b, id)->text;
    char name[32];
    int n = snprintf(name, sizeof name, "[%u]", nth + 1);
    return mv_arena_copy(b->arena, name, (size_t)n);
}

uint32_t mv_read_list(struct mv_build *b, const char *key, uint32_t max,
                      uint32_t *count)
{
    const struct mv_yaml *y = &b->yaml[b->file];
    *count = 0;
    b->id = (struct mv_span){"", 0};
    b->key = NULL;
    if (y->count == 0)
        return 0;
    if (y->nodes[0].kind != MV_YAML_MAP) {
        mv_build_fault(b, 0, "expected `%s:` with a list", key);
        return 0;
    }
    for (uint32_t k = y->nodes[0].first; k != 0;) {
        if (!mv_span_is(y->nodes[k].text, key))
            mv_build_fault(b, k, "unknown key; this file has `%s:`", key);
        k = y->nodes[k].next == 0 ? 0 : y->nodes[y->nodes[k].next].next;
    }
    uint32_t list = mv_yaml_get(y, 0, key);
    if (list == 0 || is_empty(&y->nodes[list]))
        return 0;
    b->key = key;
    if (y->nodes[list].kind != MV_YAML_LIST) {
        mv_build_fault(b, list, "expected a list");
        return 0;
    }
    if (y->nodes[list].count > max) {
        mv_build_fault(b, list, "%u entries, at most %u are read",
                       y->nodes[list].count, max);
        return 0;
    }
    b->key = NULL;
    *count = y->nodes[list].count;
    return y->nodes[list].first;
}

bool mv_read_scalar(struct mv_build *b, uint32_t node, const char *expected)
{
    const struct mv_yaml_node *n = mv_build_node(b, node);
    if (n->kind == MV_YAML_SCALAR && n->text.len > 0)
        return true;
    mv_build_fault(b, node, "expected %s", expected);
    return false;
}

void mv_warn_twice(struct mv_build *b, uint32_t node)
{
    mv_build_fault_of(b, MV_FAULT_WARNING, node,
                      "stands twice in the list: it counts once");
}

bool mv_read_once(struct mv_build *b, uint32_t node, uint32_t unit)
{
    bool first = b->met[unit] != b->lists;
    b->met[unit] = b->lists;
    if (!first)
        mv_warn_twice(b, node);
    return first;
}

uint32_t mv_read_unit(struct mv_build *b, uint32_t node)
{
    if (!mv_read_scalar(b, node, "a unit's id"))
        return MV_NONE;
    struct mv_span id = mv_build_node(b, node)->text;
    uint32_t unit = mv_lookup_find(&b->x->units, id, 0);
    if (unit == MV_NONE && !b->broken[MV_FILE_UNITS]) {
        mv_build_fault(b, node, "no unit '%.*s'",
                       id.len > 80 ? 80 : (int)id.len, (const char *)id.at);
    }
    return unit;
}
