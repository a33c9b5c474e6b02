/* readers - see keys.h. Job: one value of a key to its place in the model,
 * by kind of value. Invariant: the place is written only with what was
 * checked; else a fault was named.
 * A crash in the middle leaves nothing: it is memory only. */
#include <inttypes.h>
#include <string.h>

#include "services/base/day.h"
#include "services/base/micro.h"
#include "services/base/text.h"
#include "services/catalogue/keys.h"

const struct mv_word mv_decides_words[] = {
    {"figures", MV_DECIDES_FIGURES},
    {"assessment", MV_DECIDES_ASSESSMENT},
    {"worst", MV_DECIDES_WORST},
    {.text = NULL}};

void mv_read_ignore(struct mv_build *b, const struct mv_yaml_key *r,
                    uint32_t node, void *at)
{
    (void)b;
    (void)r;
    (void)node;
    (void)at;
}

void mv_read_id(struct mv_build *b, const struct mv_yaml_key *r, uint32_t node,
                void *at)
{
    (void)r;
    if (!mv_read_scalar(b, node, "an identifier"))
        return;
    struct mv_span text = mv_build_node(b, node)->text;
    if (mv_text_is_identifier(text)) {
        *(struct mv_span *)at = text;
    } else {
        mv_build_fault(b, node,
                       "not an identifier: a-z, 0-9, then also . _ -, at "
                       "most 64");
    }
}

static bool read_text(struct mv_build *b, uint32_t node, struct mv_span *ret)
{
    if (!mv_read_scalar(b, node, "text"))
        return false;
    struct mv_span text = mv_build_node(b, node)->text;
    if (!mv_text_is_plain(text)) {
        mv_build_fault(b, node, "one line of text without control characters");
        return false;
    }
    *ret = text;
    return true;
}

void mv_read_line(struct mv_build *b, const struct mv_yaml_key *r,
                  uint32_t node, void *at)
{
    (void)r;
    (void)read_text(b, node, at);
}

/* A text with a comma in {nb: ...} goes on as a key without a value. */
static void unknown_language(struct mv_build *b, uint32_t node, bool no_value)
{
    struct mv_span word = mv_build_node(b, node)->text;
    const char *at = word.at;
    int len = word.len > 60 ? 60 : (int)word.len;
    while (len > 0 && (size_t)len < word.len && (at[len] & 0xc0) == 0x80)
        len--; /* between characters */
    mv_build_fault(b, node,
                   no_value ? "'%.*s' is no language: put a text that has a "
                              "comma in quotes"
                            : "unknown language '%.*s'; known: nb en",
                   len, at);
}

void mv_read_title(struct mv_build *b, const struct mv_yaml_key *r,
                   uint32_t node, void *at)
{
    struct mv_title *t = at;
    const struct mv_yaml *y = &b->yaml[b->file];
    if (mv_build_node(b, node)->kind == MV_YAML_SCALAR) {
        if (read_text(b, node, &t->nb))
            t->en = t->nb;
        return;
    }
    if (mv_build_node(b, node)->kind != MV_YAML_MAP) {
        mv_build_fault(b, node, "expected text, or {nb: ..., en: ...}");
        return;
    }
    for (uint32_t k = y->nodes[node].first, v; k != 0; k = y->nodes[v].next) {
        v = y->nodes[k].next;
        bool nb = mv_span_is(y->nodes[k].text, "nb");
        if (nb || mv_span_is(y->nodes[k].text, "en")) {
            (void)read_text(b, v, nb ? &t->nb : &t->en);
        } else {
            unknown_language(b, k,
                             y->nodes[v].plain && y->nodes[v].text.len == 0);
        }
    }
    if (t->nb.len == 0)
        mv_build_fault(b, node, "nb is missing in %s", r->key);
    if (t->en.len == 0)
        t->en = t->nb;
}

void mv_read_unlike(struct mv_build *b, uint32_t node, const char *known)
{
    struct mv_span text = mv_build_node(b, node)->text;
    if (mv_build_node(b, node)->kind != MV_YAML_SCALAR) {
        mv_build_fault(b, node, "expected one of: %s", known);
        return;
    }
    mv_build_fault(b, node, "'%.*s' is not one of: %s",
                   text.len > 60 ? 60 : (int)text.len, (const char *)text.at,
                   known);
}

void mv_read_word(struct mv_build *b, const struct mv_yaml_key *r,
                  uint32_t node, void *at)
{
    struct mv_buf known = {0};
    struct mv_span text = mv_build_node(b, node)->text;
    for (const struct mv_word *w = r->words; w->text != NULL; w++) {
        if (mv_span_is(text, w->text)) {
            memcpy(at, &w->value, sizeof w->value); /* enums are ints */
            mv_buf_done(&known);
            return;
        }
        mv_buf_printf(&known, "%s%s", w == r->words ? "" : " ", w->text);
    }
    mv_read_unlike(b, node, mv_buf_cstr(&known));
    mv_buf_done(&known);
}

void mv_read_bool(struct mv_build *b, const struct mv_yaml_key *r,
                  uint32_t node, void *at)
{
    (void)r;
    struct mv_span text = mv_build_node(b, node)->text;
    if (mv_span_is(text, "true") || mv_span_is(text, "false")) {
        *(bool *)at = mv_span_is(text, "true");
    } else {
        mv_build_fault(b, node, "expected true or false");
    }
}

static void store(void *at, uint8_t size, int64_t v)
{
    switch (size) {
    case 1:
        *(uint8_t *)at = (uint8_t)v;
        break;
    case 2:
        *(uint16_t *)at = (uint16_t)v;
        break;
    case 4:
        *(int32_t *)at = (int32_t)v;
        break;
    default:
        *(int64_t *)at = v;
        break;
    }
}

void mv_read_whole(struct mv_build *b, const struct mv_yaml_key *r,
                   uint32_t node, void *at)
{
    int64_t micro = 0;
    struct mv_span text = mv_build_node(b, node)->text;
    if (mv_build_node(b, node)->kind != MV_YAML_SCALAR ||
        mv_micro_parse(text, &micro) != MV_NUMBER_OK ||
        micro % MV_MICRO_ONE != 0 || micro / MV_MICRO_ONE < r->min ||
        micro / MV_MICRO_ONE > r->max) {
        mv_build_fault(b, node,
                       "expected a whole number from %" PRId64 " to %" PRId64,
                       r->min, r->max);
    } else {
        store(at, r->size, micro / MV_MICRO_ONE);
    }
}

/* Written as a day, but the calendar has none such. */
static bool is_no_day(struct mv_span text)
{
    int32_t like = 0;
    char first[] = "2024-01-01"; /* of that year: every year has it */
    const char *at = text.at;
    if (text.len != 10)
        return false;
    memcpy(first, at, 4);
    for (size_t i = 4; i < 10; i++) {
        bool dash = i == 4 || i == 7;
        if (dash ? at[i] != '-' : at[i] < '0' || at[i] > '9')
            return false;
    }
    return mv_day_parse(mv_span(first, 10), &like);
}

/* The fault of a node that is no day; `expected` is what may stand there. */
static void say_no_day(struct mv_build *b, uint32_t node, const char *expected)
{
    struct mv_span text = mv_build_node(b, node)->text;
    if (mv_build_node(b, node)->kind == MV_YAML_SCALAR && is_no_day(text)) {
        mv_build_fault(b, node, "there is no day %.*s", (int)text.len,
                       (const char *)text.at);
    } else {
        mv_build_fault(b, node, "expected %s", expected);
    }
}

void mv_read_day(struct mv_build *b, const struct mv_yaml_key *r, uint32_t node,
                 void *at)
{
    (void)r;
    int32_t day = 0;
    if (mv_build_node(b, node)->kind != MV_YAML_SCALAR ||
        !mv_day_parse(mv_build_node(b, node)->text, &day)) {
        say_no_day(b, node, "a day as 2023-10-15");
    } else {
        *(int32_t *)at = day;
    }
}

bool mv_read_year(struct mv_span text, int32_t *ret)
{
    int64_t micro = 0;
    if (text.len != 4 || mv_micro_parse(text, &micro) != MV_NUMBER_OK ||
        micro < MV_YEAR_MIN * MV_MICRO_ONE ||
        micro > MV_YEAR_MAX * MV_MICRO_ONE)
        return false;
    *ret = (int32_t)(micro / MV_MICRO_ONE); /* four signs: no fraction */
    return true;
}

/* A day, or a year: its 1 January, or its 31 December. */
static void read_edge(struct mv_build *b, uint32_t node, bool last, int32_t *at)
{
    const struct mv_yaml_node *n = mv_build_node(b, node);
    int32_t year = 0;
    if (n->kind != MV_YAML_SCALAR ||
        (!mv_day_parse(n->text, at) && !mv_read_year(n->text, &year))) {
        say_no_day(b, node, "a year as 2019 or a day as 2019-06-30");
    } else if (n->text.len == 4) {
        *at = last ? mv_day_of(year, 12, 31) : mv_day_of(year, 1, 1);
    }
}

void mv_read_from(struct mv_build *b, const struct mv_yaml_key *r,
                  uint32_t node, void *at)
{
    (void)r;
    read_edge(b, node, false, at);
}

void mv_read_to(struct mv_build *b, const struct mv_yaml_key *r, uint32_t node,
                void *at)
{
    (void)r;
    read_edge(b, node, true, at);
}

void mv_read_units(struct mv_build *b, const struct mv_yaml_key *r,
                   uint32_t node, void *at)
{
    (void)r;
    struct mv_indices *ret = at;
    const struct mv_yaml_node *n = mv_build_node(b, node);
    if (n->kind == MV_YAML_MAP) {
        mv_build_fault(b, node, "expected a list of units");
        return;
    }
    bool list = n->kind == MV_YAML_LIST;
    uint32_t *units = mv_arena_get(b->arena, list ? n->count : 1, 4);
    b->lists++;
    for (uint32_t k = list ? n->first : node; k != 0;
         k = list ? mv_build_node(b, k)->next : 0) {
        uint32_t unit = mv_read_unit(b, k);
        if (unit != MV_NONE && mv_read_once(b, k, unit))
            units[ret->count++] = unit;
    }
    ret->at = units;
}
