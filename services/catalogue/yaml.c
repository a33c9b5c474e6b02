/* yaml - see yaml.h. Job: libyaml's events into a tree, every fault named.
 * Invariant: nodes, depth and bytes are bounded by constants; nothing is
 * expanded, so a document costs what its own bytes cost.
 * A crash in the middle leaves nothing: it is memory only. */
#include "services/catalogue/yaml.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

struct level {
    uint32_t node, last; /* last child */
    bool value;          /* of a map: the next child is a value */
};

struct reader {
    struct mv_yaml *y;
    struct mv_arena *arena;
    struct mv_faults *faults;
    struct level stack[MV_YAML_DEPTH];
    uint32_t depth;
    uint32_t documents;
    bool tabs;  /* already named */
    bool ended; /* given up */
};

static struct mv_fault_place place(const struct reader *r, size_t line,
                                   size_t column)
{
    return (struct mv_fault_place){
        .file = r->y->file, .line = (uint32_t)line, .column = (uint32_t)column};
}

static void fault_at(struct reader *r, yaml_mark_t mark, const char *text)
{
    mv_faults_add(r->faults, MV_FAULT_ERROR,
                  place(r, mark.line + 1, mark.column + 1), "%s", text);
}

/* A new node under the open one; 0xffffffff when the document is too large. */
static uint32_t add_node(struct reader *r, const yaml_event_t *e, uint8_t kind)
{
    struct mv_yaml *y = r->y;
    if (y->count == MV_YAML_NODES) {
        fault_at(r, e->start_mark, "the document has too many nodes");
        r->ended = true;
        return UINT32_MAX;
    }
    if (y->count == y->cap) {
        y->cap = y->cap == 0 ? 1024 : y->cap * 2;
        y->nodes = mv_xrealloc(y->nodes, y->cap * sizeof *y->nodes);
    }
    uint32_t at = y->count++;
    y->nodes[at] =
        (struct mv_yaml_node){.kind = kind,
                              .single = e->start_mark.line == e->end_mark.line,
                              .line = (uint32_t)e->start_mark.line + 1,
                              .column = (uint32_t)e->start_mark.column + 1,
                              .text = {"", 0}};
    if (r->depth == 0)
        return at;
    struct level *up = &r->stack[r->depth - 1];
    if (up->last == 0) {
        y->nodes[up->node].first = at;
    } else {
        y->nodes[up->last].next = at;
    }
    up->last = at;
    up->value = !up->value;
    if (y->nodes[up->node].kind == MV_YAML_LIST || up->value)
        y->nodes[up->node].count++;
    return at;
}

static bool is_key(const struct reader *r)
{
    if (r->depth == 0)
        return false;
    const struct level *up = &r->stack[r->depth - 1];
    return r->y->nodes[up->node].kind == MV_YAML_MAP && !up->value;
}

static void on_scalar(struct reader *r, const yaml_event_t *e)
{
    const unsigned char *text = e->data.scalar.value;
    size_t len = e->data.scalar.length;
    if (e->data.scalar.anchor != NULL)
        fault_at(r, e->start_mark, "an anchor (&) is not allowed here");
    if (e->data.scalar.tag != NULL)
        fault_at(r, e->start_mark, "a tag (!) is not allowed here");
    for (size_t i = 0; i < len; i++) {
        if ((text[i] < 0x20 && text[i] != '\n') || text[i] == 0x7f) {
            fault_at(r, e->start_mark, "control character in the text");
            break;
        }
    }
    uint32_t at = add_node(r, e, MV_YAML_SCALAR);
    if (at == UINT32_MAX)
        return;
    r->y->nodes[at].plain = e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    r->y->nodes[at].text = mv_arena_copy(r->arena, text, len);
}

static void on_open(struct reader *r, const yaml_event_t *e, uint8_t kind,
                    const void *anchor, const void *tag)
{
    if (anchor != NULL)
        fault_at(r, e->start_mark, "an anchor (&) is not allowed here");
    if (tag != NULL)
        fault_at(r, e->start_mark, "a tag (!) is not allowed here");
    if (is_key(r))
        fault_at(r, e->start_mark, "a key must be a word");
    if (r->depth == MV_YAML_DEPTH) {
        fault_at(r, e->start_mark, "nested too deep");
        r->ended = true;
        return;
    }
    uint32_t at = add_node(r, e, kind);
    if (at != UINT32_MAX)
        r->stack[r->depth++] = (struct level){.node = at};
}

struct named {
    struct mv_span text;
    uint32_t node;
};

static int by_name(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    int c = mv_span_compare(x->text, y->text);
    return c != 0 ? c : (x->node < y->node ? -1 : x->node > y->node);
}

/* Sorted, so that a map of a million keys costs no more than it must. */
static void find_duplicates(struct reader *r, uint32_t map)
{
    const struct mv_yaml_node *nodes = r->y->nodes;
    uint32_t count = nodes[map].count, n = 0;
    if (count < 2)
        return;
    struct named *keys = mv_xcalloc(count, sizeof *keys);
    for (uint32_t k = nodes[map].first; k != 0 && n < count;
         k = nodes[nodes[k].next].next) {
        keys[n++] = (struct named){nodes[k].text, k};
        if (nodes[k].next == 0)
            break;
    }
    qsort(keys, n, sizeof *keys, by_name);
    for (uint32_t i = 1; i < n; i++) {
        const struct mv_yaml_node *k = &nodes[keys[i].node];
        if (!mv_span_equal(keys[i].text, keys[i - 1].text))
            continue;
        struct mv_fault_place at = place(r, k->line, k->column);
        at.key = k->text;
        mv_faults_add(r->faults, MV_FAULT_ERROR, at,
                      "the key stands twice, first in line %u",
                      nodes[keys[i - 1].node].line);
    }
    free(keys);
}

static void on_close(struct reader *r)
{
    uint32_t node = r->stack[--r->depth].node;
    if (r->y->nodes[node].kind == MV_YAML_MAP)
        find_duplicates(r, node);
}

static void on_event(struct reader *r, const yaml_event_t *e)
{
    switch (e->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (r->documents++ > 0) {
            fault_at(r, e->start_mark, "a second document (---)");
            r->ended = true;
        }
        break;
    case YAML_ALIAS_EVENT: {
        fault_at(r, e->start_mark, "an alias (*) is not allowed here");
        (void)add_node(r, e, MV_YAML_SCALAR);
        break;
    }
    case YAML_SCALAR_EVENT:
        on_scalar(r, e);
        break;
    case YAML_SEQUENCE_START_EVENT:
        on_open(r, e, MV_YAML_LIST, e->data.sequence_start.anchor,
                e->data.sequence_start.tag);
        break;
    case YAML_MAPPING_START_EVENT:
        on_open(r, e, MV_YAML_MAP, e->data.mapping_start.anchor,
                e->data.mapping_start.tag);
        break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        on_close(r);
        break;
    default:
        break;
    }
}

static uint32_t line_of(struct mv_span text, size_t offset)
{
    const unsigned char *p = text.at;
    uint32_t line = 1;
    for (size_t i = 0; i < offset && i < text.len; i++)
        line += p[i] == '\n';
    return line;
}

static void on_error(struct reader *r, const yaml_parser_t *p,
                     struct mv_span text)
{
    const char *why = p->problem != NULL ? p->problem : "not YAML";
    if (p->error == YAML_READER_ERROR) {
        mv_faults_add(r->faults, MV_FAULT_ERROR,
                      place(r, line_of(text, p->problem_offset), 1), "%s", why);
        return;
    }
    if (r->tabs) /* it is the tab that it stumbles on */
        return;
    mv_faults_add(
        r->faults, MV_FAULT_ERROR,
        place(r, p->problem_mark.line + 1, p->problem_mark.column + 1),
        "%s%s%s", p->context != NULL ? p->context : "",
        p->context != NULL ? ": " : "", why);
}

static void find_tabs(struct reader *r, struct mv_span text)
{
    const char *p = text.at, *end = p + text.len;
    for (uint32_t line = 1; p < end; line++) {
        const char *start = p;
        while (p < end && (*p == ' ' || *p == '\t')) {
            if (*p++ != '\t')
                continue;
            mv_faults_add(r->faults, MV_FAULT_ERROR,
                          place(r, line, (size_t)(p - start)),
                          "a tab in the indentation: use spaces");
            r->tabs = true;
            break;
        }
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        p = newline == NULL ? end : newline + 1;
    }
}

bool mv_yaml_read(struct mv_yaml *y, const char *file, struct mv_span text,
                  struct mv_arena *arena, struct mv_faults *faults)
{
    struct reader r = {.y = y, .arena = arena, .faults = faults};
    y->file = file;
    const char *nul = text.len == 0 ? NULL : memchr(text.at, 0, text.len);
    if (nul != NULL) {
        size_t at = (size_t)(nul - (const char *)text.at);
        mv_faults_add(faults, MV_FAULT_ERROR, place(&r, line_of(text, at), 1),
                      "a NUL byte");
        return false;
    }
    find_tabs(&r, text);
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        abort(); /* out of memory, as mv_xcalloc would */
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, text.at, text.len);
    bool more = true, good = true;
    while (more && !r.ended) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event)) {
            on_error(&r, &parser, text);
            good = false;
            break;
        }
        more = event.type != YAML_STREAM_END_EVENT;
        on_event(&r, &event);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return good && !r.ended && !r.tabs;
}

uint32_t mv_yaml_get(const struct mv_yaml *y, uint32_t map, const char *key)
{
    if (y->nodes[map].kind != MV_YAML_MAP)
        return 0;
    for (uint32_t k = y->nodes[map].first; k != 0;) {
        uint32_t v = y->nodes[k].next;
        if (mv_span_is(y->nodes[k].text, key))
            return v;
        k = v == 0 ? 0 : y->nodes[v].next;
    }
    return 0;
}

void mv_yaml_done(struct mv_yaml *y)
{
    free(y->nodes);
    *y = (struct mv_yaml){0};
}
