/* indicators - see build.h. Job: indicators.yaml to indicators with their
 * dimensions; formulas come after, when every indicator is known.
 * Invariant: what is not written has the value that model.h names.
 * A crash in the middle leaves nothing: it is memory only. */
#include <stdlib.h>
#include <string.h>

#include "services/base/micro.h"
#include "services/base/text.h"
#include "services/catalogue/keys.h"

static const struct mv_word betters[] = {{"higher", MV_BETTER_HIGHER},
                                         {"lower", MV_BETTER_LOWER},
                                         {"none", MV_BETTER_NONE},
                                         {.text = NULL}};
static const struct mv_word bys[] = {
    {"trust", MV_BY_TRUST}, {"region", MV_BY_REGION}, {.text = NULL}};
static const struct mv_word over_periods[] = {{"sum", MV_FOLD_SUM},
                                              {"mean", MV_FOLD_MEAN},
                                              {"ratio", MV_FOLD_RATIO},
                                              {"last", MV_FOLD_LAST},
                                              {.text = NULL}};
static const struct mv_word over_units[] = {{"sum", MV_FOLD_SUM},
                                            {"ratio", MV_FOLD_RATIO},
                                            {"none", MV_FOLD_NONE},
                                            {.text = NULL}};

static void read_measure(struct mv_build *b, const struct mv_yaml_key *r,
                         uint32_t node, void *at)
{
    struct mv_indicator *i = at;
    mv_read_id(b, r, node, &i->measure_word);
    if (i->measure_word.len > 0)
        i->measure = mv_build_measure(b, node, i->measure_word);
}

static void read_frequency(struct mv_build *b, const struct mv_yaml_key *r,
                           uint32_t node, void *at)
{
    (void)r;
    if (!mv_freq_parse(mv_build_node(b, node)->text, at))
        mv_read_unlike(b, node, "A S A_3 Q M W D");
}

/* Titles may be left out: a list of ids, or an id with nothing behind it. */
static uint32_t read_members(struct mv_build *b, uint32_t node,
                             struct mv_indicator *i, struct mv_member *m)
{
    static const struct mv_yaml_key title = {.key = "members"};
    bool map = mv_build_node(b, node)->kind == MV_YAML_MAP;
    uint32_t n = 0;
    for (uint32_t k = mv_build_node(b, node)->first, v; k != 0;
         k = mv_build_node(b, v)->next) {
        v = map ? mv_build_node(b, k)->next : k;
        struct mv_span id = {"", 0};
        mv_read_id(b, &title, k, &id);
        uint32_t was = n;
        if (id.len == 0)
            continue;
        if (!mv_lookup_add(&b->x->members, id, i->index, &was)) {
            mv_build_fault(b, k, "the member stands twice");
            continue;
        }
        m[n].id = id;
        m[n].title = (struct mv_title){id, id};
        if (map && (mv_build_node(b, v)->kind != MV_YAML_SCALAR ||
                    mv_build_node(b, v)->text.len > 0))
            mv_read_title(b, &title, v, &m[n].title);
        n++;
    }
    return n;
}

static void read_member_map(struct mv_build *b, const struct mv_yaml_key *r,
                            uint32_t node, void *at)
{
    (void)r;
    struct mv_indicator *i = at;
    const struct mv_yaml_node *n = mv_build_node(b, node);
    if (n->kind == MV_YAML_SCALAR || n->count == 0) {
        mv_build_fault(b, node, "expected {member: title, ...}");
    } else if (n->count > MV_MEMBERS_MAX) {
        mv_build_fault(b, node, "at most %u members", MV_MEMBERS_MAX);
    } else {
        struct mv_member *m = mv_arena_get(b->arena, n->count, sizeof *m);
        i->members = m;
        i->member_count = read_members(b, node, i, m);
    }
}

#define AT(field) .offset = offsetof(struct mv_indicator, field)
static const struct mv_word totals[] = {{"sum", MV_FOLD_SUM},
                                        {"ratio", MV_FOLD_RATIO},
                                        {"none", MV_FOLD_NONE},
                                        {.text = NULL}};
static const struct mv_yaml_key dimension_rules[] = {
    {"id", mv_read_id, AT(dimension), .required = true},
    {"members", read_member_map, .offset = 0, .required = true},
    {"total", mv_read_word, AT(total), .words = totals},
    {.key = NULL},
};

static void read_dimension(struct mv_build *b, const struct mv_yaml_key *r,
                           uint32_t node, void *at)
{
    (void)r;
    if (mv_build_node(b, node)->kind == MV_YAML_MAP) {
        mv_read_keys(b, dimension_rules, node, at);
    } else {
        mv_build_fault(b, node, "expected {id: ..., members: {...}}");
    }
}

static void read_min(struct mv_build *b, const struct mv_yaml_key *r,
                     uint32_t node, void *at)
{
    struct mv_indicator *i = at;
    bool min = strcmp(r->key, "min") == 0;
    int64_t v = 0;
    mv_number rc = mv_micro_parse(mv_build_node(b, node)->text, &v);
    if (rc != MV_NUMBER_OK) {
        mv_build_fault(b, node, "%s", mv_number_text(rc));
        return;
    }
    *(min ? &i->has_min : &i->has_max) = true;
    *(min ? &i->min_micro : &i->max_micro) = v;
}

#define WHOLE(type) .size = sizeof(type)
static const struct mv_yaml_key rules[] = {
    {"id", mv_read_id, AT(id), .required = true},
    {"title", mv_read_title, AT(title), .required = true},
    {"measure", read_measure, .offset = 0, .required = true},
    {"frequency", read_frequency, AT(frequency), .required = true},
    {"better", mv_read_word, AT(better), .words = betters},
    {"dimension", read_dimension, .offset = 0},
    {"over_periods", mv_read_word, AT(over_periods), .words = over_periods},
    {"over_units", mv_read_word, AT(over_units), .words = over_units},
    {"by", mv_read_word, AT(by), .words = bys},
    {"due", mv_read_due, AT(due)},
    {"min_denominator", mv_read_whole, AT(min_denominator), WHOLE(int64_t),
     .max = 1000000000},
    {"min", read_min, .offset = 0},
    {"max", read_min, .offset = 0},
    {"decimals", mv_read_whole, AT(decimals), WHOLE(uint8_t), .max = 6},
    {"ahead", mv_read_bool, AT(ahead)},
    {"whole", mv_read_bool, AT(whole)},
    {"part", mv_read_bool, AT(part)},
    {"except", mv_read_units, AT(except)},
    {"from", mv_read_whole, AT(from_year), WHOLE(int32_t), .min = MV_YEAR_MIN,
     .max = MV_YEAR_MAX},
    {"to", mv_read_whole, AT(to_year), WHOLE(int32_t), .min = MV_YEAR_MIN,
     .max = MV_YEAR_MAX},
    {"formula", mv_read_ignore, .offset = 0},
    {"source", mv_read_line, AT(source)},
    {"note", mv_read_line, AT(note)},
    {.key = NULL},
};

/* A derived indicator is computed: nobody pushes it, it adds up as its parts
 * do, and it is due when they are. */
static void check_derived(struct mv_build *b, uint32_t node)
{
    static const char *const pushed[] = {
        "over_periods", "over_units", "by",   "due",  "min_denominator",
        "ahead",        "whole",      "part", "from", "to"};
    for (size_t k = 0; k < sizeof pushed / sizeof pushed[0]; k++) {
        uint32_t at = mv_yaml_get(&b->yaml[b->file], node, pushed[k]);
        b->key = pushed[k];
        if (at != 0) {
            mv_build_fault(b, at,
                           "is for figures that are pushed; a formula "
                           "takes them from its parts");
        }
    }
    b->key = NULL;
}

static void check(struct mv_build *b, uint32_t node, struct mv_indicator *i)
{
    bool formula = mv_yaml_get(&b->yaml[b->file], node, "formula") != 0;
    const char *folds[2] = {"over_periods", "over_units"};
    if (formula) {
        check_derived(b, node);
        i->part = false;
    }
    for (int f = 0; f < 2 && !formula; f++) {
        b->key = folds[f];
        if (mv_yaml_get(&b->yaml[b->file], node, folds[f]) == 0)
            mv_build_fault(b, node, "is missing");
    }
    b->key = "min";
    if (i->has_min && i->has_max && i->min_micro > i->max_micro)
        mv_build_fault(b, node, "min is greater than max");
    b->key = "to";
    if (i->from_year > i->to_year)
        mv_build_fault(b, node, "ends before it begins");
    b->key = NULL;
}

static void read_indicator(struct mv_build *b, uint32_t node, uint32_t index)
{
    struct mv_indicator *i = &b->indicators[index];
    b->id = mv_read_name(b, node, index);
    uint32_t measure = mv_yaml_get(&b->yaml[b->file], node, "measure");
    i->part =
        measure != 0 && mv_span_is(mv_build_node(b, measure)->text, "percent");
    mv_read_keys(b, rules, node, i);
    check(b, node, i);
}

static void read_ids(struct mv_build *b, uint32_t first)
{
    uint32_t n = 0;
    for (uint32_t k = first; k != 0; k = mv_build_node(b, k)->next, n++) {
        struct mv_indicator *i = &b->indicators[n];
        *i = (struct mv_indicator){.index = n,
                                   .line = mv_build_node(b, k)->line,
                                   .decimals = 1,
                                   .formula = MV_NONE,
                                   .from_year = INT32_MIN,
                                   .to_year = INT32_MAX,
                                   .dimension = {"", 0},
                                   .source = {"", 0},
                                   .note = {"", 0}};
        b->indicator_nodes[n] = k;
        uint32_t id = mv_yaml_get(&b->yaml[b->file], k, "id"), was = n;
        if (id == 0 || mv_build_node(b, id)->text.len == 0 ||
            mv_lookup_add(&b->x->indicators, mv_build_node(b, id)->text, 0,
                          &was))
            continue;
        b->id = mv_build_node(b, id)->text;
        b->key = "id";
        mv_build_fault(b, id,
                       "two indicators with this id, the first in line %u",
                       b->indicators[was].line);
        b->key = NULL;
    }
}

/* An upper bound of all members, for their table. */
static uint32_t count_members(struct mv_build *b, uint32_t first)
{
    const struct mv_yaml *y = &b->yaml[b->file];
    uint32_t n = 0;
    for (uint32_t k = first; k != 0; k = y->nodes[k].next) {
        uint32_t d = mv_yaml_get(y, k, "dimension");
        uint32_t m = d == 0 ? 0 : mv_yaml_get(y, d, "members");
        n += m == 0 ? 0 : y->nodes[m].count;
    }
    return n;
}

void mv_build_indicators(struct mv_build *b)
{
    b->file = MV_FILE_INDICATORS;
    uint32_t count = 0, i = 0;
    uint32_t first = mv_read_list(b, "indicators", MV_INDICATORS_MAX, &count);
    b->indicators = mv_arena_get(b->arena, count, sizeof *b->indicators);
    b->indicator_nodes = mv_arena_get(b->arena, count, sizeof(uint32_t));
    b->c->indicators = b->indicators;
    b->c->indicator_count = count;
    mv_lookup_init(&b->x->indicators, b->arena, count);
    mv_lookup_init(&b->x->members, b->arena, count_members(b, first));
    read_ids(b, first);
    for (uint32_t k = first; k != 0; k = mv_build_node(b, k)->next, i++) {
        b->id = (struct mv_span){"", 0};
        if (mv_build_node(b, k)->kind == MV_YAML_MAP) {
            read_indicator(b, k, i);
        } else {
            mv_build_fault(b, k, "expected an indicator: {id: ..., ...}");
        }
    }
}
