/* A key with a value of another kind, length or range than is due: the fault
 * names the entry, the key, and what was expected. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/catalogue_text.h"
#include "tests/support/unit.h"

typedef enum file { UNITS, INDICATORS, TARGETS, COMMISSIONS, FILES } file;

/* The smallest good entry of each file: keys and values, then NULL. */
static const char *const smallest[FILES][12] = {
    {"id", "x", "name", "X", "kind", "trust", NULL},
    {"id", "x", "title", "X", "measure", "count", "frequency", "M",
     "over_periods", "sum", NULL},
    {"id", "x", "year", "2024", "text", "X", "indicator", "ventetid", "require",
     "['each tjeneste: value < 60 days']", NULL},
    {"id", "x", "year", "2024", "text", "X", "for", "[hso]", NULL},
};
static const char *const heads[FILES] = {"units", "indicators", "targets",
                                         "commissions"};

static void put_line(struct mv_buf *out, const char *key, const char *value)
{
    mv_buf_printf(out, "    %s: %s\n", key, value);
}

/* The entry with this key's value, instead of its own or beside the others;
 * value NULL: without the key. */
static void entry(struct mv_buf *out, file f, const char *key,
                  const char *value)
{
    bool there = false;
    mv_buf_printf(out, "%s:\n  -\n", heads[f]);
    for (size_t i = 0; smallest[f][i] != NULL; i += 2) {
        bool it = strcmp(smallest[f][i], key) == 0;
        there = there || it;
        if (!it || value != NULL)
            put_line(out, smallest[f][i], it ? value : smallest[f][i + 1]);
    }
    if (f == INDICATORS && strcmp(key, "over_units") != 0)
        put_line(out, "over_units", "none");
    if (!there && value != NULL)
        put_line(out, key, value);
}

struct with {
    file f;
    const char *key, *value, *fault; /* NULL: good */
};

static void held(const struct with *w)
{
    struct mv_buf text = {0}, out = {0};
    const char *of[FILES] = {0};
    entry(&text, w->f, w->key, w->value);
    of[w->f] = mv_buf_cstr(&text);
    /* nothing refers to what only the usual indicators have */
    if (w->f == INDICATORS)
        of[TARGETS] = "targets:\n";
    if (w->f == UNITS) {
        of[INDICATORS] = "indicators:\n";
        of[TARGETS] = "targets:\n";
    }
    struct mv_catalogue *c = test_catalogue(of[0], of[1], of[2], of[3], &out);
    const char *said = mv_buf_cstr(&out);
    bool good = w->fault == NULL ? c != NULL && said[0] == 0
                                 : strstr(said, w->fault) != NULL;
    if (!good)
        fail_msg("%s: %s: %s\nsaid: %s", heads[w->f], w->key,
                 w->value != NULL ? w->value : "(none)", said);
    mv_catalogue_close(c);
    mv_buf_done(&text);
    mv_buf_done(&out);
}

static void all_held(const struct with *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        held(&cases[i]);
}

static void every_smallest_entry_is_good(void **state)
{
    (void)state;
    static const struct with cases[] = {
        {UNITS, "id", "x", NULL},
        {INDICATORS, "id", "x", NULL},
        {TARGETS, "id", "x", NULL},
        {COMMISSIONS, "id", "x", NULL},
    };
    all_held(cases, sizeof cases / sizeof *cases);
}

static void a_value_of_another_kind_is_named_with_its_key(void **state)
{
    (void)state;
    static const struct with cases[] = {
        {UNITS, "id", "{a: 1}", "id: expected an identifier"},
        {UNITS, "id", "~", "id: has no value"},
        {UNITS, "id", "null", "id: has no value"},
        {UNITS, "id", "''", "id: has no value"},
        {UNITS, "id", "'~'", "id: not an identifier"},
        {UNITS, "id", NULL, "id: is missing"},
        {UNITS, "name", "[x]", "expected text, or {nb: ..., en: ...}"},
        {UNITS, "name", "{en: X}", "nb is missing in name"},
        {UNITS, "name", "{nb: X, se: Y}", "unknown language 'se'; known: nb"},
        {UNITS, "name", "{nb: [X]}", "expected text"},
        {UNITS, "name", "{nb: X, en: Y}", NULL},
        {UNITS, "name", "\"a\\nb\"", "one line of text"},
        {UNITS, "kind", "[trust]", "kind: expected an identifier"},
        {UNITS, "kind", "Trust", "kind: not an identifier"},
        {UNITS, "parent", "[hso]", "parent: expected a unit's id"},
        {UNITS, "parent", "nowhere", "no unit 'nowhere'"},
        {UNITS, "from", "{a: 1}", "expected a year as 2019 or a day"},
        {UNITS, "from", "20x9", "expected a year as 2019 or a day"},
        {UNITS, "from", "0000", "expected a year as 2019 or a day"},
        {UNITS, "from", "9999", "expected a year as 2019 or a day"},
        {UNITS, "from", "2019-06-30", NULL},
        {UNITS, "to", "2019-02-30", "there is no day 2019-02-30"},
        {UNITS, "colour", "red", "unknown key 'colour'; known: id name"},
        {COMMISSIONS, "for", "{hso: 1}", "for: expected a list of units"},
        {COMMISSIONS, "for", "hso", NULL},
        {COMMISSIONS, "for", "[hso, [ous]]", "expected a unit's id"},
        {COMMISSIONS, "year", "[2024]", "expected a whole number"},
        {COMMISSIONS, "year", "24", "expected a whole number"},
        {COMMISSIONS, "lead", "{a: 1}", "expected a unit's id"},
        {COMMISSIONS, "decides", "nobody", "is not one of: figures"},
        {COMMISSIONS, "remind", "400 d", "expected days as `30 d`"},
        {COMMISSIONS, "remind", "366 d", NULL},
        {COMMISSIONS, "due", "2024-01-01", "expected a list of {what"},
        {COMMISSIONS, "due", "[2024-01-01]", "expected {what: ..., on: ...}"},
        {COMMISSIONS, "due", "[{on: [x]}]", "expected a day as 2023-10-15"},
        {COMMISSIONS, "due", "[{on: 2025-02-30}]",
         "there is no day 2025-02-30"},
        {COMMISSIONS, "due", "[{on: 2025-2-30}]", "expected a day as"},
        {COMMISSIONS, "due", "[{on: 2525-02-30}]", "expected a day as"},
        {COMMISSIONS, "due", "[{on: 2025/02-30}]", "expected a day as"},
        {COMMISSIONS, "due", "[{on: 2025-02/30}]", "expected a day as"},
        {COMMISSIONS, "due", "[{on: 2024-05-01, moved: {a: 1}}]",
         "expected the new date, or all of them"},
        {COMMISSIONS, "due", "[{on: 2024-05-01, moved: [2024-06-01, x]}]",
         "expected a day"},
        {COMMISSIONS, "due", "[{on: 2024-05-01}, {on: 2024-05-01}]",
         "two tasks of one date"},
        {COMMISSIONS, "due", "[{on: 2024-05-01, moved: 2024-06-01}]", NULL},
    };
    all_held(cases, sizeof cases / sizeof *cases);
}

static void inhabitants_are_counted_by_year(void **state)
{
    (void)state;
    static const struct with cases[] = {
        {UNITS, "population", "5", "expected {year: persons, ...}"},
        {UNITS, "population", "{24: 5}", "expected a year"},
        {UNITS, "population", "{abcd: 5}", "expected a year"},
        {UNITS, "population", "{20.5: 5}", "expected a year"},
        {UNITS, "population", "{2024: 0}", "expected a whole number from 1 "},
        {UNITS, "population", "{-202: 5}", "expected a year"},
        {UNITS, "population", "{2024: many}", "expected a whole number"},
        {UNITS, "population", "{2024: [1]}", "expected a whole number"},
        {UNITS, "population", "{2024: 1.5}", "expected a whole number"},
        {UNITS, "population", "{2024: -1}", "expected a whole number"},
        {UNITS, "population", "{2024: 1000000001}", "expected a whole number"},
        {UNITS, "population", "{2024: 1000000000}", NULL},
    };
    all_held(cases, sizeof cases / sizeof *cases);
}

static void an_indicator_says_what_its_figures_are(void **state)
{
    (void)state;
    static const struct with cases[] = {
        {INDICATORS, "measure", "[count]", "measure"},
        {INDICATORS, "measure", "Stor Sum", "measure"},
        {INDICATORS, "measure", "visits_per_1000_persons", NULL},
        {INDICATORS, "measure", "visits_per_0123456789_persons", NULL},
        {INDICATORS, "measure", "visits_per_1000", NULL},
        {INDICATORS, "frequency", "X", "frequency"},
        {INDICATORS, "frequency", "[M]", "frequency"},
        {INDICATORS, "better", "sideways", "is not one of: higher lower"},
        {INDICATORS, "better", "[higher]", "expected one of: higher lower"},
        {INDICATORS, "over_periods", "none", "is not one of"},
        {INDICATORS, "over_periods", NULL, "over_periods: is missing"},
        {INDICATORS, "dimension", "som", "expected {id: ..., members"},
        {INDICATORS, "dimension", "{id: d}", "members: is missing"},
        {INDICATORS, "dimension", "{id: d, members: som}",
         "expected {member: title, ...}"},
        {INDICATORS, "dimension", "{id: d, members: []}",
         "expected {member: title, ...}"},
        {INDICATORS, "dimension", "{id: d, members: {}}",
         "expected {member: title, ...}"},
        {INDICATORS, "dimension", "{id: d, members: [som, som]}",
         "the member stands twice"},
        {INDICATORS, "dimension", "{id: d, members: [som, '']}", "member"},
        {INDICATORS, "dimension", "{id: d, members: {som: [a]}}",
         "expected text, or {nb"},
        {INDICATORS, "dimension", "{id: d, members: {som: , vop: {nb: V}}}",
         NULL},
        {INDICATORS, "dimension", "{id: d, members: [som], total: all}",
         "is not one of: sum ratio none"},
        {INDICATORS, "due", "5 weeks", "expected days as `45 d`"},
        {INDICATORS, "due", "d", "expected days as `45 d`"},
        {INDICATORS, "due", "3661 d", "expected days as `45 d`"},
        {INDICATORS, "due", "3660 days", NULL},
        {INDICATORS, "due", "99999999999999999999 d", "expected days"},
        {INDICATORS, "due", "30 februar", "or a date as `1 August`"},
        {INDICATORS, "due", "29 February", "or a date as `1 August`"},
        {INDICATORS, "due", "0 mars", "or a date as `1 August`"},
        {INDICATORS, "due", "'31. DESEMBER'", NULL},
        {INDICATORS, "due", "45dager", NULL},
        {INDICATORS, "due", "'7.'", "or a date as `1 August`"},
        {INDICATORS, "min", "x", "min:"},
        {INDICATORS, "max", "[1]", "max:"},
        {INDICATORS, "min_denominator", "-1", "expected a whole number"},
        {INDICATORS, "min_denominator", "{a: 1}", "expected a whole number"},
        {INDICATORS, "decimals", "7", "expected a whole number from 0 to 6"},
        {INDICATORS, "decimals", "six", "expected a whole number from 0 to 6"},
        {INDICATORS, "ahead", "yes", "expected true or false"},
        {INDICATORS, "ahead", "[true]", "expected true or false"},
        {INDICATORS, "ahead", "false", NULL},
        {INDICATORS, "except", "{ous: 1}", "expected a list of units"},
        {INDICATORS, "source", "[a]", "source: expected text"},
        {INDICATORS, "formula", "[1]", "expected a formula as"},
        {INDICATORS, "formula", "'limit / 2'", "formula"},
        {INDICATORS, "formula", "'\"senger'", "the quote"},
    };
    all_held(cases, sizeof cases / sizeof *cases);
}

static void a_target_says_when_where_and_how(void **state)
{
    (void)state;
    static const struct with cases[] = {
        {TARGETS, "indicator", "[ventetid]", "no indicator ''"},
        {TARGETS, "indicator", "nothing", "no indicator 'nothing'"},
        {TARGETS, "scope", "{a: 1}", "expected a list as [region, trust]"},
        {TARGETS, "scope", "region", NULL},
        {TARGETS, "scope", "[region, ous]", NULL},
        {TARGETS, "scope", "[[region]]", "no kind of unit and no unit ''"},
        {TARGETS, "scope", "[nowhere]", "no unit 'nowhere'"},
        {TARGETS, "year", "24", "expected a year as 2024"},
        {TARGETS, "year", "20x4", "expected a year as 2024"},
        {TARGETS, "year", "0001", "expected a year as 2024"},
        {TARGETS, "year", "9999", "expected a year as 2024"},
        {TARGETS, "year", "[2024]", "expected a year as 2024"},
        {TARGETS, "year", NULL, "one of year and years is needed"},
        {TARGETS, "years", "2024-2025", "one of year and years is needed"},
        {TARGETS, "forecast", "none", NULL},
        {TARGETS, "forecast", "seasonal", NULL},
        {TARGETS, "forecast", "recent(3)", NULL},
        {TARGETS, "forecast", "recent(0)", "recent(n) is of 1 to 100 periods"},
        {TARGETS, "forecast", "recent(101)",
         "recent(n) is of 1 to 100 periods"},
        {TARGETS, "forecast", "recent(1.5)",
         "recent(n) is of 1 to 100 periods"},
        {TARGETS, "forecast", "recent(x)", "recent(n) is of 1 to 100 periods"},
        {TARGETS, "forecast", "recent(3]", "recent(n) is of 1 to 100 periods"},
        {TARGETS, "forecast", "present(3)", "is not one of: none recent(3)"},
        {TARGETS, "require", "[]", "expected 1 to"},
        {TARGETS, "require", "{a: 1}", "expected a criterion as"},
        {TARGETS, "require", "'each tjeneste: value < 60 days'", NULL},
        {TARGETS, "require", "[[value > 1]]", "expected a criterion as"},
        {TARGETS, "yellow", "['value < 70 days']",
         "criterion 1 and its require must both be `each`"},
        {TARGETS, "yellow", "['each tjeneste: value < 70 days', 'value < 9 d']",
         "2 criteria for 1 in require"},
        {TARGETS, "yellow", "[value]", "a comparison"},
        {TARGETS, "aim", "['value <']", "aim: expected a value"},
        {TARGETS, "limits", "{som: 1 day}", "no criterion says limit"},
        {TARGETS, "combine", "half", "is not one of: part whole"},
        {TARGETS, "state", "report_only",
         "require and state: only one of them"},
    };
    all_held(cases, sizeof cases / sizeof *cases);
}

/* Years in one key, as one in three targets has them. */
static void years_lead_forward_and_are_years(void **state)
{
    (void)state;
    static const struct {
        const char *years;
        bool good;
    } cases[] = {
        {"2020-2023", true},  {"2023-2023", true},  {"2023-2020", false},
        {"2020_2023", false}, {"2020-23", false},   {"20x0-2023", false},
        {"2020-20x3", false}, {"0000-2023", false}, {"[2020, 2023]", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mv_buf text = {0}, out = {0};
        mv_buf_printf(&text,
                      "targets:\n  - {id: x, years: %s, text: X, "
                      "indicator: senger, require: value > 1}\n",
                      cases[i].years);
        struct mv_catalogue *c =
            test_catalogue(NULL, NULL, mv_buf_cstr(&text), NULL, &out);
        if ((c != NULL) != cases[i].good)
            fail_msg("%s: %s", cases[i].years, mv_buf_cstr(&out));
        if (c == NULL)
            assert_non_null(
                strstr(mv_buf_cstr(&out), "expected years as 2020-2023"));
        mv_catalogue_close(c);
        mv_buf_done(&text);
        mv_buf_done(&out);
    }
}

/* --- what stands around the entries ------------------------------------- */

static void says(file f, const char *text, const char *fault)
{
    struct mv_buf out = {0};
    const char *of[FILES] = {0};
    of[f] = text;
    struct mv_catalogue *c = test_catalogue(of[0], of[1], of[2], of[3], &out);
    if (c != NULL || strstr(mv_buf_cstr(&out), fault) == NULL)
        fail_msg("'%s'\nsaid: %s", text, mv_buf_cstr(&out));
    mv_buf_done(&out);
}

static void a_file_is_a_map_of_one_list_of_entries(void **state)
{
    (void)state;
    static const char *const what[FILES] = {
        "expected a unit: {id", "expected an indicator: {id",
        "expected a target: {id", "expected a commission: {id"};
    for (int f = 0; f < FILES; f++) {
        struct mv_buf text = {0};
        says((file)f, "- a\n- b\n", "with a list");
        mv_buf_printf(&text, "%s: 5\n", heads[f]);
        says((file)f, mv_buf_cstr(&text), "expected a list");
        mv_buf_clear(&text);
        mv_buf_printf(&text, "%s:\n  - x\n", heads[f]);
        says((file)f, mv_buf_cstr(&text), what[f]);
        mv_buf_clear(&text);
        mv_buf_printf(&text, "%s: []\nothers: []\n", heads[f]);
        says((file)f, mv_buf_cstr(&text), "unknown key; this file has");
        mv_buf_done(&text);
    }
}

static void what_yaml_has_beyond_words_lists_and_maps_is_refused(void **state)
{
    (void)state;
    says(UNITS, "units: &a\n  - {id: x}\n", "an anchor (&)");
    says(UNITS, "units:\n  - &a x\n", "an anchor (&)");
    says(UNITS, "units:\n  - *a\n", "an alias (*)");
    says(UNITS, "units: !!set {a: 1}\n", "a tag (!)");
    says(UNITS, "units:\n  - !!str x\n", "a tag (!)");
    says(UNITS, "units:\n  - {[a]: 1}\n", "a key must be a word");
    says(UNITS, "units: []\n---\nunits: []\n", "a second document (---)");
    says(UNITS, "units:\n  - {id: x, id: y}\n", "the key stands twice");
    says(UNITS, "units:\n  - {id: x, id: y, id: z}\n", "the key stands twice");
    says(UNITS, "units:\n  - {id: \"a\\x01b\"}\n", "control character");
    says(UNITS, "units:\n  - {id: \"a\\x7fb\"}\n", "control character");
    says(UNITS, "units: [a\n", "units.yaml:2:");
    says(UNITS, "units: \xff\n", "units.yaml:1:");
    says(UNITS, "units:\n  - id: x\n \t name: X\n", "a tab in the indentation");
}

/* Twice, the second longer than the first; the first alone counts. */
static void a_key_that_stands_twice_is_named_and_read_once(void **state)
{
    static const struct {
        file f;
        const char *key, *first, *second;
    } twice[] = {
        {UNITS, "population", "{2020: 1, 2021: 2, 2022: 3}", "{2023: 4}"},
        {INDICATORS, "dimension", "{id: d, members: [m]}",
         "{id: d, members: [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]}"},
        {INDICATORS, "dimension",
         "{id: d, members: [m], members: [a, b, c, d, e, f, g, h, i, j, k]}",
         NULL},
        {INDICATORS, "except", "[ahus, ous, a1, own, hso]", "[ahus]"},
        {TARGETS, "scope", "[ahus, ous, a1, own, hso]", "[ahus]"},
        {COMMISSIONS, "for", "[ahus, ous, a1, own, hso]", "[ahus]"},
        {COMMISSIONS, "due", "[{on: 2024-01-01}, {on: 2024-02-01}]",
         "[{on: 2024-03-01}]"},
        {COMMISSIONS, "due",
         "[{on: 2024-01-01, moved: [2024-02-01, 2024-03-01, 2024-04-01, "
         "2024-05-01, 2024-06-01], moved: 2024-07-01}]",
         NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof twice / sizeof twice[0]; i++) {
        struct mv_buf text = {0};
        entry(&text, twice[i].f, twice[i].key, twice[i].first);
        if (twice[i].second != NULL)
            put_line(&text, twice[i].key, twice[i].second);
        says(twice[i].f, mv_buf_cstr(&text), "the key stands twice");
        mv_buf_done(&text);
    }
}

static void what_a_list_names_twice_counts_once(void **state)
{
    (void)state;
    struct mv_buf out = {0};
    struct mv_catalogue *c = test_catalogue(
        NULL,
        "indicators:\n"
        "  - {id: senger, title: Senger, measure: count, frequency: A,\n"
        "     over_periods: last, over_units: sum, except: [ous, own, ous]}\n",
        "targets:\n"
        "  - {id: a, year: 2024, text: A, indicator: senger,\n"
        "     require: value > 1, scope: [a1, trust, ous, trust, a1, hso]}\n"
        "  - {id: b, year: 2024, text: B, scope: [a1]}\n",
        "commissions:\n"
        "  - {id: c, year: 2024, text: C, for: [ahus, hso, ahus]}\n",
        &out);
    assert_non_null(c);
    assert_string_equal(
        mv_buf_cstr(&out),
        "indicators.yaml:3:62: warning: senger.except: stands twice in the "
        "list: it counts once\n"
        "targets.yaml:3:50: warning: a.scope: stands twice in the list: it "
        "counts once\n"
        "targets.yaml:3:57: warning: a.scope: stands twice in the list: it "
        "counts once\n"
        "commissions.yaml:2:51: warning: c.for: stands twice in the list: it "
        "counts once\n");
    assert_int_equal(c->indicators[0].except.count, 2);
    assert_int_equal(c->targets[0].scope_kinds.count, 1);
    assert_int_equal(c->targets[0].scope_units.count, 3);
    assert_int_equal(c->targets[1].scope_units.count, 1);
    assert_int_equal(c->commissions[0].units.count, 2);
    mv_catalogue_close(c);
    mv_buf_done(&out);
}

static void a_tree_of_units_has_bounded_depth_and_no_loop(void **state)
{
    (void)state;
    struct mv_buf deep = {0}, round = {0};
    mv_buf_text(&deep, "units:\n  - {id: u0, name: U, kind: trust}\n");
    for (unsigned i = 1; i < 30; i++) {
        mv_buf_printf(&deep,
                      "  - {id: u%u, name: U, kind: trust, parent: u%u}\n", i,
                      i - 1);
    }
    says(UNITS, mv_buf_cstr(&deep), "levels");
    mv_buf_text(&round, "units:\n");
    for (unsigned i = 0; i < 12; i++) {
        mv_buf_printf(&round,
                      "  - {id: u%u, name: U, kind: trust, parent: u%u}\n", i,
                      (i + 1) % 12);
    }
    says(UNITS, mv_buf_cstr(&round), "the tree has a loop: u0, u1");
    mv_buf_done(&deep);
    mv_buf_done(&round);
}

static const struct {
    file f;
    const char *format, *fault;
} shown[] = {
    {UNITS, "units:\n  - {id: x, name: X, kind: trust, parent: %s}\n",
     "no unit '"},
    {UNITS, "units:\n  - {id: x, name: X, kind: trust, %s: 1}\n",
     "unknown key '"},
    {TARGETS, "targets:\n  - {id: x, year: 2024, text: X, indicator: %s}\n",
     "no indicator '"},
    {TARGETS, "targets:\n  - {id: x, year: 2024, text: X, scope: %s}\n",
     "no unit '"},
    {TARGETS, "targets:\n  - {id: x, year: 2024, text: X, combine: %s}\n",
     "is not one of"},
    {TARGETS,
     "targets:\n  - {id: x, year: 2024, text: X, require: 'value(\"%s\") > "
     "1'}\n",
     "no indicator '"},
    {TARGETS,
     "targets:\n  - {id: x, year: 2024, text: X, require: "
     "'value(\"ventetid/%s\") > 1'}\n",
     "has no member '"},
    {TARGETS,
     "targets:\n  - {id: x, year: 2024, text: X, indicator: senger, "
     "require: 'each %s: value > 1'}\n",
     "has the dimension '"},
    {TARGETS,
     "targets:\n  - {id: x, year: 2024, text: X, indicator: senger, "
     "require: 'value > 1 %s'}\n",
     "' is not a measure"},
    {TARGETS,
     "targets:\n  - {id: x, year: 2024, text: X, indicator: senger, "
     "require: value > limit, limits: {%s: 1}}\n",
     "no member or unit '"},
};

/* Names as long as a file may have them are shown in part. */
static void a_fault_shows_so_much_of_what_it_met(void **state)
{
    (void)state;
    char longest[301];
    memset(longest, 'z', sizeof longest - 1);
    longest[sizeof longest - 1] = 0;
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        struct mv_buf text = {0}, out = {0};
        const char *mark = strstr(shown[i].format, "%s");
        mv_buf_put(&text, shown[i].format, (size_t)(mark - shown[i].format));
        mv_buf_text(&text, longest);
        mv_buf_text(&text, mark + 2);
        const char *of[FILES] = {0};
        of[shown[i].f] = mv_buf_cstr(&text);
        struct mv_catalogue *c =
            test_catalogue(of[0], of[1], of[2], of[3], &out);
        assert_null(c);
        const char *said = mv_buf_cstr(&out);
        if (strstr(said, shown[i].fault) == NULL)
            fail_msg("case %zu: %s", i, said);
        assert_null(strstr(said, longest));
        assert_non_null(strstr(said, "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"));
        mv_buf_done(&text);
        mv_buf_done(&out);
    }
}

/* --- what all of it comes to --------------------------------------------- */

/* `targets` of 210 years each, of so many like criteria. */
static void write_targets(struct mv_buf *out, int targets, int criteria,
                          const char *criterion)
{
    mv_buf_text(out, "targets:\n");
    for (int t = 0; t < targets; t++) {
        mv_buf_printf(out,
                      "  - {id: t%d, years: 1990-2199, text: T, indicator: "
                      "senger, scope: [trust], require: [",
                      t);
        for (int i = 0; i < criteria; i++)
            mv_buf_printf(out, "%s'%s'", i > 0 ? ", " : "", criterion);
        mv_buf_text(out, "]}\n");
    }
}

static void expect_size(const char *units, int targets, int criteria,
                        const char *criterion, const char *fault)
{
    struct mv_buf text = {0}, out = {0};
    write_targets(&text, targets, criteria, criterion);
    struct mv_catalogue *c =
        test_catalogue(units, NULL, mv_buf_cstr(&text), NULL, &out);
    assert_string_equal(mv_buf_cstr(&out), fault);
    assert_int_equal(c != NULL, fault[0] == 0);
    mv_catalogue_close(c);
    mv_buf_done(&text);
    mv_buf_done(&out);
}

static void so_many_statuses_may_be_asked_for_and_no_more(void **state)
{
    (void)state;
    struct mv_buf units = {0};
    mv_buf_text(&units, "units:\n  - {id: own, name: O, kind: own}\n");
    for (int u = 0; u < 1000; u++)
        mv_buf_printf(&units, "  - {id: u%d, name: U, kind: trust}\n", u);
    expect_size(mv_buf_cstr(&units), 4, 1, "value > 0", "");
    expect_size(mv_buf_cstr(&units), 5, 1, "value > 0",
                "targets.yaml:1:1: more than 1000000 statuses in all: one for "
                "each target and unit that it judges\n");
    mv_buf_done(&units);
}

static void targets_look_at_so_many_years_and_no_more(void **state)
{
    (void)state;
    expect_size(NULL, 2, 64, "value > value(1990)", "");
    expect_size(NULL, 3, 64, "value > value(1990)",
                "targets.yaml:1:1: the targets look at more than 4000000 "
                "series and years in all\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_smallest_entry_is_good),
        cmocka_unit_test(a_value_of_another_kind_is_named_with_its_key),
        cmocka_unit_test(inhabitants_are_counted_by_year),
        cmocka_unit_test(an_indicator_says_what_its_figures_are),
        cmocka_unit_test(a_target_says_when_where_and_how),
        cmocka_unit_test(years_lead_forward_and_are_years),
        cmocka_unit_test(a_file_is_a_map_of_one_list_of_entries),
        cmocka_unit_test(what_yaml_has_beyond_words_lists_and_maps_is_refused),
        cmocka_unit_test(a_key_that_stands_twice_is_named_and_read_once),
        cmocka_unit_test(what_a_list_names_twice_counts_once),
        cmocka_unit_test(a_tree_of_units_has_bounded_depth_and_no_loop),
        cmocka_unit_test(a_fault_shows_so_much_of_what_it_met),
        cmocka_unit_test(so_many_statuses_may_be_asked_for_and_no_more),
        cmocka_unit_test(targets_look_at_so_many_years_and_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
