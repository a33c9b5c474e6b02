/* targets - see build.h. Job: targets.yaml to targets, one per id and year.
 * Invariant: targets stand in the order of the file, then of the years; the
 * years of one entry share its criteria and limits.
 * A crash in the middle leaves nothing: it is memory only. */
#include <stdlib.h>
#include <string.h>

#include "services/base/day.h"
#include "services/base/micro.h"
#include "services/catalogue/keys.h"

static const struct mv_word states[] = {
    {"report_only", MV_STATE_REPORT_ONLY},
    {"under_development", MV_STATE_UNDER_DEVELOPMENT},
    {.text = NULL}};
static const struct mv_word combines[] = {
    {"part", MV_COMBINE_PART}, {"whole", MV_COMBINE_WHOLE}, {.text = NULL}};
static const struct mv_word compares[] = {{"exact", MV_COMPARE_EXACT},
                                          {"displayed", MV_COMPARE_DISPLAYED},
                                          {.text = NULL}};

static void read_indicator(struct mv_build *b, const struct mv_yaml_key *r,
                           uint32_t node, void *at)
{
    (void)r;
    struct mv_span id = mv_build_node(b, node)->text;
    uint32_t i = mv_lookup_find(&b->x->indicators, id, 0);
    if (i == MV_NONE && !b->broken[MV_FILE_INDICATORS]) {
        mv_build_fault(b, node, "no indicator '%.*s'",
                       id.len > 64 ? 64 : (int)id.len, (const char *)id.at);
    }
    *(uint32_t *)at = i;
}

static uint32_t find_kind(const struct mv_build *b, struct mv_span word)
{
    for (uint32_t k = 0; k < b->c->kind_count; k++) {
        if (mv_span_equal(b->kinds[k], word))
            return k;
    }
    return MV_NONE;
}

static void add_kind(struct mv_build *b, uint32_t node, uint32_t *kinds,
                     uint32_t kind, struct mv_target *t)
{
    for (uint32_t i = 0; i < t->scope_kinds.count; i++) {
        if (kinds[i] == kind) {
            mv_warn_twice(b, node);
            return;
        }
    }
    kinds[t->scope_kinds.count++] = kind;
}

/* A kind's word, else a unit's id. */
static void add_scope(struct mv_build *b, uint32_t node, uint32_t *kinds,
                      uint32_t *units, struct mv_target *t)
{
    struct mv_span word = mv_build_node(b, node)->text;
    uint32_t kind = find_kind(b, word);
    uint32_t unit = mv_lookup_find(&b->x->units, word, 0);
    if (kind != MV_NONE) {
        add_kind(b, node, kinds, kind, t);
    } else if (unit != MV_NONE) {
        if (mv_read_once(b, node, unit))
            units[t->scope_units.count++] = unit;
    } else if (!b->broken[MV_FILE_UNITS]) {
        mv_build_fault(b, node, "no kind of unit and no unit '%.*s'",
                       word.len > 64 ? 64 : (int)word.len,
                       (const char *)word.at);
    }
}

static void read_scope(struct mv_build *b, const struct mv_yaml_key *r,
                       uint32_t node, void *at)
{
    (void)r;
    struct mv_target *t = at;
    const struct mv_yaml_node *n = mv_build_node(b, node);
    bool list = n->kind == MV_YAML_LIST;
    if (n->kind == MV_YAML_MAP) {
        mv_build_fault(b, node, "expected a list as [region, trust]");
        return;
    }
    uint32_t count = list ? n->count : 1;
    uint32_t *kinds = mv_arena_get(b->arena, count, sizeof *kinds);
    uint32_t *units = mv_arena_get(b->arena, count, sizeof *units);
    b->lists++;
    for (uint32_t k = list ? n->first : node; k != 0;
         k = list ? mv_build_node(b, k)->next : 0)
        add_scope(b, k, kinds, units, t);
    t->scope_kinds.at = kinds;
    t->scope_units.at = units;
}

/* Left out: every region and every trust. */
static void default_scope(struct mv_build *b, struct mv_target *t)
{
    uint32_t *kinds = mv_arena_get(b->arena, 2, sizeof *kinds);
    const char *words[2] = {"region", "trust"};
    for (int i = 0; i < 2; i++) {
        uint32_t kind = find_kind(b, mv_span_text(words[i]));
        if (kind != MV_NONE)
            kinds[t->scope_kinds.count++] = kind;
    }
    t->scope_kinds.at = kinds;
}

static void read_forecast(struct mv_build *b, const struct mv_yaml_key *r,
                          uint32_t node, void *at)
{
    (void)r;
    struct mv_target *t = at;
    struct mv_span text = mv_build_node(b, node)->text;
    const char *p = text.at;
    int64_t k = 0;
    if (mv_span_is(text, "none")) {
        t->forecast = MV_FORECAST_NONE;
        return;
    }
    if (mv_span_is(text, "seasonal")) {
        t->forecast = MV_FORECAST_SEASONAL;
    } else if (text.len > 8 && memcmp(p, "recent(", 7) == 0 &&
               p[text.len - 1] == ')' &&
               mv_micro_parse(mv_span(p + 7, text.len - 8), &k) ==
                   MV_NUMBER_OK &&
               k % MV_MICRO_ONE == 0 && k >= MV_MICRO_ONE &&
               k <= 100 * MV_MICRO_ONE) {
        t->forecast = MV_FORECAST_RECENT;
        t->forecast_periods = (uint8_t)(k / MV_MICRO_ONE);
    } else if (text.len >= 7 && memcmp(p, "recent(", 7) == 0) {
        mv_build_fault(b, node, "'%.*s': recent(n) is of 1 to 100 periods",
                       text.len > 60 ? 60 : (int)text.len, p);
    } else {
        mv_read_unlike(b, node, "none recent(3) seasonal");
    }
}

#define AT(field) .offset = offsetof(struct mv_target, field)
#define IGNORE(key)                      \
    {                                    \
        key, mv_read_ignore, .offset = 0 \
    }
static const struct mv_yaml_key rules[] = {
    {"id", mv_read_id, AT(id), .required = true},
    {"text", mv_read_title, AT(text), .required = true},
    IGNORE("year"),
    IGNORE("years"),
    {"chapter", mv_read_line, AT(chapter)},
    {"indicator", read_indicator, AT(indicator)},
    {"scope", read_scope, .offset = 0},
    IGNORE("require"),
    IGNORE("yellow"),
    IGNORE("aim"),
    IGNORE("limits"),
    {"combine", mv_read_word, AT(combine), .words = combines},
    {"compare", mv_read_word, AT(compare), .words = compares},
    {"decides", mv_read_word, AT(decides), .words = mv_decides_words},
    {"forecast", read_forecast, .offset = 0},
    {"state", mv_read_word, AT(state), .words = states},
    {"note", mv_read_line, AT(note)},
    {.key = NULL},
};

static bool add_criterion(struct mv_build *b, uint32_t node,
                          const struct mv_indicator *own,
                          struct mv_criteria *to)
{
    struct mv_criterion c;
    if (!mv_build_criterion(b, node, own, &c))
        return false;
    uint32_t at = b->c->criterion_count;
    if (at == b->criterion_cap) {
        b->criterion_cap = b->criterion_cap * 2 + 64;
        b->criteria =
            mv_xrealloc(b->criteria, b->criterion_cap * sizeof *b->criteria);
    }
    if (to->count++ == 0)
        to->first = at;
    b->criteria[at] = c;
    b->c->criterion_count++;
    return true;
}

/* False: not all of them could be read. */
static bool read_criteria(struct mv_build *b, uint32_t map, const char *key,
                          const struct mv_indicator *own,
                          struct mv_criteria *to)
{
    uint32_t node = mv_yaml_get(&b->yaml[b->file], map, key);
    if (node == 0)
        return true;
    b->key = key;
    const struct mv_yaml_node *n = mv_build_node(b, node);
    bool list = n->kind == MV_YAML_LIST, good = true;
    if (list && (n->count == 0 || n->count > MV_CRITERIA_MAX)) {
        mv_build_fault(b, node, "expected 1 to %d criteria", MV_CRITERIA_MAX);
        good = false;
    }
    for (uint32_t k = list ? n->first : node; good && k != 0;
         k = list ? mv_build_node(b, k)->next : 0) {
        if (!add_criterion(b, k, own, to))
            good = false;
        while (!good && list && (k = mv_build_node(b, k)->next) != 0)
            (void)add_criterion(b, k, own, to); /* its faults, too */
    }
    b->key = NULL;
    return good;
}

static void check_yellow(struct mv_build *b, uint32_t map,
                         const struct mv_target *t)
{
    uint32_t node = mv_yaml_get(&b->yaml[b->file], map, "yellow");
    b->key = "yellow";
    if (node != 0 && t->yellow.count != t->require.count) {
        mv_build_fault(b, node,
                       "%u criteria for %u in require: one for each, or none",
                       t->yellow.count, t->require.count);
    }
    for (uint32_t i = 0;
         t->yellow.count == t->require.count && i < t->yellow.count; i++) {
        const struct mv_criterion *r = &b->criteria[t->require.first + i];
        const struct mv_criterion *y = &b->criteria[t->yellow.first + i];
        if (r->each != y->each ||
            (r->each && r->each_indicator != y->each_indicator)) {
            mv_build_fault(b, node,
                           "criterion %u and its require must both be `each` "
                           "of one dimension, or neither",
                           i + 1);
        }
    }
    b->key = NULL;
}

/* The measure of `limit`, from the criteria that use it. */
static bool limit_measure(struct mv_build *b, uint32_t node,
                          const struct mv_target *t, uint16_t *measure)
{
    const struct mv_criteria *of[3] = {&t->require, &t->yellow, &t->aim};
    bool used = false;
    *measure = MV_MEASURE_ANY;
    for (int l = 0; l < 3; l++) {
        for (uint32_t i = 0; i < of[l]->count; i++) {
            const struct mv_criterion *c = &b->criteria[of[l]->first + i];
            if (!c->uses_limit)
                continue;
            if (used && c->limit_measure != *measure) {
                mv_build_fault(b, node, "limit is used for two measures");
                return false;
            }
            used = true;
            *measure = c->limit_measure;
        }
    }
    return used;
}

static void read_limits(struct mv_build *b, uint32_t map, struct mv_target *t)
{
    uint32_t node = mv_yaml_get(&b->yaml[b->file], map, "limits");
    uint16_t measure = MV_MEASURE_ANY;
    size_t before = b->faults->errors;
    b->key = "limits";
    bool used = limit_measure(b, node == 0 ? map : node, t, &measure);
    if (used && node == 0) {
        mv_build_fault(b, map, "is missing, and a criterion says limit");
    } else if (node != 0 && used) {
        mv_build_limits(b, node, measure, t);
    } else if (node != 0 && b->faults->errors == before) {
        mv_build_fault(b, node, "no criterion says limit");
    }
    b->key = NULL;
}

static void read_judging(struct mv_build *b, uint32_t map, struct mv_target *t)
{
    const struct mv_indicator *own =
        t->indicator == MV_NONE ? NULL : &b->indicators[t->indicator];
    const struct mv_yaml *y = &b->yaml[b->file];
    uint32_t require = mv_yaml_get(y, map, "require");
    /* With an indicator that does not exist, its criteria say nothing new. */
    if (own == NULL && mv_yaml_get(y, map, "indicator") != 0)
        return;
    bool good = read_criteria(b, map, "require", own, &t->require);
    good = read_criteria(b, map, "yellow", own, &t->yellow) && good;
    good = read_criteria(b, map, "aim", own, &t->aim) && good;
    if (good) {
        check_yellow(b, map, t);
        read_limits(b, map, t);
    }
    if (require == 0) {
        t->state = t->state == MV_STATE_FIGURES ? MV_STATE_ASSESSED : t->state;
    } else if (t->state != MV_STATE_FIGURES) {
        mv_build_fault(b, require, "require and state: only one of them");
    }
    if (require == 0 && mv_yaml_get(y, map, "yellow") != 0)
        mv_build_fault(b, map, "yellow without require");
}

/* `year: 2024` or `years: 2020-2023`. */
static bool read_years(struct mv_build *b, uint32_t map, int32_t *from,
                       int32_t *to)
{
    uint32_t year = mv_yaml_get(&b->yaml[b->file], map, "year");
    uint32_t years = mv_yaml_get(&b->yaml[b->file], map, "years");
    b->key = "year";
    bool good = (year != 0) != (years != 0);
    if (!good) {
        mv_build_fault(b, map, "one of year and years is needed");
    } else if (year != 0 &&
               !(good = mv_read_year(mv_build_node(b, year)->text, from))) {
        mv_build_fault(b, year, "expected a year as 2024");
    } else if (year != 0) {
        *to = *from;
    }
    if (good && years != 0) {
        b->key = "years";
        struct mv_span t = mv_build_node(b, years)->text;
        const char *p = t.at;
        good = t.len == 9 && p[4] == '-' && mv_read_year(mv_span(p, 4), from) &&
               mv_read_year(mv_span(p + 5, 4), to) && *from <= *to;
        if (!good)
            mv_build_fault(b, years, "expected years as 2020-2023");
    }
    b->key = NULL;
    return good;
}

/* The entry once for each of its years; one that is there already is named,
 * and left out. */
static void repeat(struct mv_build *b, uint32_t node, const struct mv_target *t,
                   int32_t from, int32_t to)
{
    for (int32_t year = from; year <= to; year++) {
        uint32_t at = b->c->target_count, was = at;
        if (at == MV_TARGETS_MAX) {
            mv_build_fault(b, node, "more than %u targets", MV_TARGETS_MAX);
            return;
        }
        if (at == b->target_cap) {
            b->target_cap = b->target_cap * 2 + 64;
            b->targets =
                mv_xrealloc(b->targets, b->target_cap * sizeof *b->targets);
        }
        b->targets[at] = *t;
        b->targets[at].index = at;
        b->targets[at].year = year;
        if (t->id.len > 0 &&
            !mv_lookup_add(&b->x->targets, t->id, (uint32_t)year, &was)) {
            mv_build_fault(b, node,
                           "two targets with this id in %d, the first in "
                           "line %u",
                           (int)year, b->targets[was].line);
            continue;
        }
        b->c->target_count++;
    }
}

static void read_target(struct mv_build *b, uint32_t node, uint32_t nth)
{
    struct mv_target t = {.indicator = MV_NONE,
                          .limits_of = MV_NONE,
                          .line = mv_build_node(b, node)->line,
                          .chapter = {"", 0},
                          .note = {"", 0}};
    int32_t from = 1, to = 0;
    b->id = mv_read_name(b, node, nth);
    mv_read_keys(b, rules, node, &t);
    if (mv_yaml_get(&b->yaml[b->file], node, "scope") == 0)
        default_scope(b, &t);
    read_judging(b, node, &t);
    bool dated = read_years(b, node, &from, &to);
    mv_build_asks(b, node, &t, from, to);
    if (dated)
        repeat(b, node, &t, from, to);
}

/* How many targets there will be at most, for their table. */
static uint32_t count_targets(struct mv_build *b, uint32_t first)
{
    uint32_t n = 0;
    for (uint32_t k = first; k != 0; k = mv_build_node(b, k)->next) {
        int32_t from = 0, to = 0;
        uint32_t years = mv_yaml_get(&b->yaml[b->file], k, "years");
        struct mv_span t = {"", 0};
        if (years != 0)
            t = mv_build_node(b, years)->text;
        if (t.len == 9 && mv_read_year(mv_span(t.at, 4), &from) &&
            mv_read_year(mv_span((const char *)t.at + 5, 4), &to) && from <= to)
            n += (uint32_t)(to - from);
        n++;
    }
    return n > MV_TARGETS_MAX ? MV_TARGETS_MAX : n;
}

void mv_build_targets(struct mv_build *b)
{
    b->file = MV_FILE_TARGETS;
    uint32_t count = 0, i = 0;
    uint32_t first = mv_read_list(b, "targets", MV_TARGETS_MAX, &count);
    mv_lookup_init(&b->x->targets, b->arena, count_targets(b, first));
    for (uint32_t k = first; k != 0; k = mv_build_node(b, k)->next, i++) {
        b->id = (struct mv_span){"", 0};
        if (mv_build_node(b, k)->kind == MV_YAML_MAP) {
            read_target(b, k, i);
        } else {
            mv_build_fault(b, k, "expected a target: {id: ..., ...}");
        }
    }
}
