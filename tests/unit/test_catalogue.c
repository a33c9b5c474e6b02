#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "services/base/day.h"
#include "tests/support/catalogue_text.h"
#include "tests/support/place.h"
#include "tests/support/unit.h"

static struct mv_catalogue *load(const char *units, const char *indicators,
                                 const char *targets, const char *commissions)
{
    struct mv_buf out = {0};
    struct mv_catalogue *c =
        test_catalogue(units, indicators, targets, commissions, &out);
    assert_string_equal(mv_buf_cstr(&out), "");
    mv_buf_done(&out);
    return c;
}

static void expect_faults(const char *units, const char *indicators,
                          const char *targets, const char *commissions,
                          const char *faults)
{
    struct mv_buf out = {0};
    struct mv_catalogue *c =
        test_catalogue(units, indicators, targets, commissions, &out);
    assert_null(c);
    assert_string_equal(mv_buf_cstr(&out), faults);
    mv_buf_done(&out);
}

static const struct mv_unit *unit(const struct mv_catalogue *c, const char *id)
{
    const struct mv_unit *u = mv_catalogue_unit(c, mv_span_text(id));
    assert_non_null(u);
    return u;
}

static const struct mv_indicator *indicator(const struct mv_catalogue *c,
                                            const char *id)
{
    const struct mv_indicator *i = mv_catalogue_indicator(c, mv_span_text(id));
    assert_non_null(i);
    return i;
}

static void units_are_a_tree(void **state)
{
    (void)state;
    struct mv_catalogue *c = load(NULL, NULL, NULL, NULL);
    const struct mv_unit *hso = unit(c, "hso"), *ahus = unit(c, "ahus");
    const struct mv_unit *a1 = unit(c, "a1"), *ous = unit(c, "ous");
    assert_null(mv_catalogue_unit(c, mv_span_text("hs")));
    assert_int_equal(hso->parent, MV_NONE);
    assert_int_equal(a1->parent, ahus->index);
    assert_int_equal(a1->region, hso->index);
    assert_int_equal(hso->children.count, 3);
    assert_int_equal(hso->children.at[1], ous->index);
    assert_true(mv_catalogue_below(c, a1->index, hso->index));
    assert_true(mv_catalogue_below(c, a1->index, a1->index));
    assert_false(mv_catalogue_below(c, ahus->index, a1->index));
    assert_false(mv_catalogue_below(c, a1->index, ous->index));
    assert_int_equal(hso->population_count, 2);
    assert_int_equal(hso->population[0].year, 2023);
    assert_int_equal(hso->population[1].persons, 3076276);
    assert_int_equal(ous->from_day, mv_day_of(2009, 1, 1));
    assert_int_equal(ous->to_day, MV_DAY_MAX);
    assert_int_equal(unit(c, "own")->to_day, mv_day_of(2030, 12, 31));
    assert_true(mv_span_is(ahus->name.en, "Ahus trust"));
    assert_true(mv_span_is(ous->name.en, "OUS"));
    mv_catalogue_close(c);
}

static void indicators_keep_what_is_written(void **state)
{
    (void)state;
    struct mv_catalogue *c = load(NULL, NULL, NULL, NULL);
    const struct mv_indicator *e = indicator(c, "epikrise");
    assert_int_equal(e->measure, MV_MEASURE_PERCENT);
    assert_int_equal(e->frequency, MV_FREQ_T);
    assert_int_equal(e->better, MV_BETTER_HIGHER);
    assert_int_equal(e->over_periods, MV_FOLD_RATIO);
    assert_int_equal(e->total, MV_FOLD_NONE);
    assert_int_equal(e->due.kind, MV_DUE_DAYS);
    assert_int_equal(e->due.days, 45);
    assert_int_equal(e->min_denominator, 5);
    assert_true(e->has_min && e->has_max && e->part && !e->whole);
    assert_int_equal(e->max_micro, 100000000);
    assert_int_equal(e->decimals, 1);
    assert_int_equal(e->member_count, 3);
    assert_int_equal(mv_catalogue_member(c, e, mv_span_text("tsb")), 2);
    assert_int_equal(mv_catalogue_member(c, e, mv_span_text("x")), MV_NONE);
    const struct mv_indicator *v = indicator(c, "ventetid");
    assert_int_equal(mv_catalogue_member(c, v, mv_span_text("tsb")), MV_NONE);
    assert_int_equal(v->due.kind, MV_DUE_DATE);
    assert_int_equal(v->due.month, 8);
    assert_int_equal(v->due.day, 1);
    const struct mv_indicator *s = indicator(c, "senger");
    assert_int_equal(s->except.count, 1);
    assert_int_equal(s->except.at[0], unit(c, "own")->index);
    assert_true(s->whole && !s->part && !s->has_min);
    assert_int_equal(s->over_periods, MV_FOLD_LAST);
    assert_int_equal(s->to_year, INT32_MAX);
    mv_catalogue_close(c);
}

static void who_may_report_follows_the_tree_and_by(void **state)
{
    (void)state;
    struct mv_catalogue *c = load(NULL, NULL, NULL, NULL);
    const struct {
        const char *key, *indicator, *unit;
        bool may;
    } cases[] = {
        {"ahus", "epikrise", "ahus", true}, /* by: trust */
        {"ahus", "epikrise", "a1", true},   {"a1", "epikrise", "a1", true},
        {"a1", "epikrise", "ahus", false},  {"ahus", "epikrise", "ous", false},
        {"ahus", "epikrise", "hso", false}, {"hso", "epikrise", "ahus", false},
        {"hso", "epikrise", "hso", false},  {"own", "epikrise", "own", true},
        {"hso", "ventetid", "hso", true}, /* by: region */
        {"hso", "ventetid", "a1", true},    {"ahus", "ventetid", "ahus", false},
        {"ahus", "ventetid", "hso", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(
            mv_catalogue_may_report(c, unit(c, cases[i].key)->index,
                                    indicator(c, cases[i].indicator),
                                    unit(c, cases[i].unit)->index),
            cases[i].may);
    }
    mv_catalogue_close(c);
}

static void years_are_targets_of_their_own_that_share_criteria(void **state)
{
    (void)state;
    struct mv_catalogue *c =
        load(NULL, NULL,
             "targets:\n"
             "  - {id: a, years: 2020-2023, text: A, indicator: senger,\n"
             "     require: value > 1, scope: [trust, a1]}\n"
             "  - {id: a, year: 2024, text: A, indicator: senger,\n"
             "     require: [value > 2]}\n"
             "  - {id: b, year: 2024, text: B}\n"
             "  - {id: c, year: 2024, text: C, state: report_only,\n"
             "     indicator: senger}\n",
             NULL);
    assert_int_equal(c->target_count, 7);
    const struct mv_target *t = mv_catalogue_target(c, mv_span_text("a"), 2022);
    assert_int_equal(t->index, 2);
    assert_int_equal(t->require.first, c->targets[0].require.first);
    assert_int_not_equal(t->require.first, c->targets[4].require.first);
    assert_null(mv_catalogue_target(c, mv_span_text("a"), 2019));
    assert_true(mv_catalogue_in_scope(c, t, unit(c, "ous")->index));
    assert_true(mv_catalogue_in_scope(c, t, unit(c, "a1")->index));
    assert_false(mv_catalogue_in_scope(c, t, unit(c, "hso")->index));
    t = mv_catalogue_target(c, mv_span_text("b"), 2024);
    assert_int_equal(t->state, MV_STATE_ASSESSED);
    assert_int_equal(t->indicator, MV_NONE);
    assert_true(mv_catalogue_in_scope(c, t, unit(c, "hso")->index));
    assert_true(mv_catalogue_in_scope(c, t, unit(c, "ous")->index));
    assert_false(mv_catalogue_in_scope(c, t, unit(c, "own")->index));
    const struct mv_indices *of = &indicator(c, "senger")->targets;
    assert_int_equal(of->count, 6);
    assert_int_equal(of->at[4], 4);
    assert_int_equal(of->at[5], 6);
    assert_int_equal(indicator(c, "epikrise")->targets.count, 0);
    mv_catalogue_close(c);
}

/* On one line, without a require: years of one entry look the same. */
static void each_entry_uses_what_its_own_criteria_name(void **state)
{
    (void)state;
    struct mv_catalogue *c =
        load(NULL, NULL,
             "targets: [{id: a, year: 2023, text: A, indicator: senger, "
             "aim: value > 1}, {id: a, year: 2024, text: A, indicator: senger, "
             "aim: 'value(\"ventetid/som\") > 60 days'}]\n",
             NULL);
    assert_int_equal(c->targets[0].uses.count, 1);
    assert_int_equal(c->targets[1].uses.count, 2);
    mv_catalogue_close(c);
    c = load(NULL, NULL,
             "targets: [{id: a, years: 2023-2024, text: A, indicator: senger, "
             "require: value > 1, aim: 'value(\"ventetid/som\") > 60 days'}]\n",
             NULL);
    assert_int_equal(c->targets[1].uses.count, 2);
    assert_int_equal(c->targets[1].rests_on.count, 1); /* not the aim */
    mv_catalogue_close(c);
}

static void limits_are_found_by_both_then_unit_then_member(void **state)
{
    (void)state;
    struct mv_catalogue *c =
        load(NULL, NULL,
             "targets:\n"
             "  - {id: v, year: 2025, text: V, indicator: ventetid,\n"
             "     require: ['each tjeneste: value <= limit'],\n"
             "     limits: {som: 61 days, ous: 50 dager, ahus: {som: 40 d}}}\n",
             NULL);
    const struct mv_target *t = &c->targets[0];
    uint32_t ahus = unit(c, "ahus")->index, ous = unit(c, "ous")->index;
    int64_t micro = 0;
    assert_true(mv_catalogue_limit(t, ahus, 0, &micro));
    assert_int_equal(micro, 40000000);
    assert_true(mv_catalogue_limit(t, ous, 0, &micro));
    assert_int_equal(micro, 50000000);
    assert_true(mv_catalogue_limit(t, unit(c, "hso")->index, 0, &micro));
    assert_int_equal(micro, 61000000);
    assert_true(mv_catalogue_limit(t, ous, 1, &micro));
    assert_int_equal(micro, 50000000);
    assert_true(mv_catalogue_limit(t, ous, MV_MEMBER_TOTAL, &micro));
    assert_int_equal(micro, 50000000);
    assert_false(mv_catalogue_limit(t, ahus, 1, &micro));
    mv_catalogue_close(c);
}

static void commissions_have_due_dates(void **state)
{
    (void)state;
    struct mv_catalogue *c = load(
        NULL, NULL, NULL,
        "commissions:\n"
        "  - {id: \"1340\", year: 2023, text: {nb: Gjennomgå}, lead: hso,\n"
        "     for: [hso], due: [{what: oppsummering, on: 2023-10-15,\n"
        "     said: innen 15. oktober}], remind: 30 d}\n");
    const struct mv_commission *o =
        mv_catalogue_commission(c, mv_span_text("1340"), 2023);
    assert_non_null(o);
    assert_int_equal(o->due_count, 1);
    assert_int_equal(o->due[0].day, mv_day_of(2023, 10, 15));
    assert_int_equal(o->remind_days, 30);
    assert_int_equal(o->units.count, 1);
    mv_catalogue_close(c);
    expect_faults(NULL, NULL, NULL,
                  "commissions:\n"
                  "  - {id: x, year: 2023, text: T, for: [nn], due: [{on: "
                  "2023-02-30}],\n"
                  "     remind: 1 August}\n",
                  "commissions.yaml:2:40: x.for: no unit 'nn'\n"
                  "commissions.yaml:2:56: x.on: there is no day 2023-02-30\n"
                  "commissions.yaml:3:14: x.remind: expected days as `30 "
                  "d`\n");
}

static void bad_input_109_every_fault_is_named_at_once(void **state)
{
    (void)state;
    expect_faults(
        "units:\n"
        "  - {id: a, name: A, kind: trust, parent: nowhere}\n"
        "  - {id: b, name: B, kind: trust, parent: c}\n"
        "  - {id: c, name: C, kind: trust, parent: b, colour: red}\n",
        "indicators:\n"
        "  - {id: i, title: I, measure: days, frequency: X,\n"
        "     over_periods: mean, over_units: none, decimals: 9}\n"
        "  - {id: i, title: I, measure: days, frequency: M}\n",
        "targets:\n"
        "  - {id: t, year: 2024, text: T, indicator: i,\n"
        "     require: ['value < 5 %']}\n"
        "  - {id: t, years: 2023-2024, text: T, indicator: gone}\n"
        "  - {id: u, year: 2024, indicator: i, scope: [trust, planet]}\n",
        NULL,
        "units.yaml:2:43: a.parent: no unit 'nowhere'\n"
        "units.yaml:4:46: c: unknown key 'colour'; known: id name kind parent "
        "org population from to\n"
        "units.yaml:3:5: b.parent: the tree has a loop: b, c, b\n"
        "indicators.yaml:4:10: i.id: two indicators with this id, the first "
        "in line 2\n"
        "indicators.yaml:2:49: i.frequency: 'X' is not one of: A S A_3 Q M W "
        "D\n"
        "indicators.yaml:3:54: i.decimals: expected a whole number from 0 to "
        "6\n"
        "indicators.yaml:4:5: i.over_periods: is missing\n"
        "indicators.yaml:4:5: i.over_units: is missing\n"
        "targets.yaml:3:25: t.require: days compared with %: both sides need "
        "one measure\n"
        "targets.yaml:4:51: t.indicator: no indicator 'gone'\n"
        "targets.yaml:4:5: t: two targets with this id in 2024, the first in "
        "line 2\n"
        "targets.yaml:5:54: u.scope: no kind of unit and no unit 'planet'\n"
        "targets.yaml:5:5: u.text: is missing\n");
}

static void bad_input_109_a_formula_that_refers_to_itself(void **state)
{
    (void)state;
    struct mv_buf out = {0};
    assert_null(
        test_catalogue(NULL,
                       "indicators:\n"
                       "  - {id: a, title: A, measure: count, frequency: M,\n"
                       "     formula: '\"b\" + 1'}\n"
                       "  - {id: b, title: B, measure: count, frequency: M,\n"
                       "     formula: '\"c\" * 2'}\n"
                       "  - {id: c, title: C, measure: count, frequency: M,\n"
                       "     formula: '\"a\" - \"a\"'}\n",
                       "targets: []\n", NULL, &out));
    const char *text = mv_buf_cstr(&out);
    assert_non_null(strstr(text, "indicators.yaml:3:15: a.formula: the formula "
                                 "refers to itself: a, b, c, a\n"));
    mv_buf_done(&out);
}

static void bad_input_109_a_tab_is_named_and_blames_nobody_else(void **state)
{
    (void)state;
    expect_faults("units:\n\t- {id: hso}\n", NULL, NULL, NULL,
                  "units.yaml:2:1: a tab in the indentation: use spaces\n");
}

static void bad_input_109_100_mb_is_refused_before_it_is_read(void **state)
{
    (void)state;
    size_t len = 100u << 20;
    char *big = malloc(len);
    assert_non_null(big);
    memset(big, 'a', len);
    struct mv_catalogue_files files = {0};
    struct mv_faults faults = {0};
    struct mv_catalogue *c = NULL;
    files.text[MV_FILE_UNITS] = mv_span(big, len);
    assert_int_equal(mv_catalogue_load(&c, &files, &faults), MV_POISON);
    assert_null(c);
    assert_int_equal(faults.count, 1);
    assert_string_equal(faults.at[0].file, "units.yaml");
    assert_string_equal(
        faults.at[0].text,
        "104857600 bytes: a catalogue has at most 16777216 in all");
    mv_faults_done(&faults);
    free(big);
}

static void missing_files_are_named_but_commissions_may_miss(void **state)
{
    (void)state;
    struct mv_catalogue_files files = {0};
    struct mv_faults faults = {0};
    struct mv_catalogue *c = NULL;
    struct mv_buf out = {0};
    assert_int_equal(mv_catalogue_load(&c, &files, &faults), MV_POISON);
    mv_faults_print(&faults, &out);
    assert_string_equal(mv_buf_cstr(&out),
                        "units.yaml: the file is missing\n"
                        "indicators.yaml: the file is missing\n"
                        "targets.yaml: the file is missing\n");
    mv_faults_done(&faults);
    mv_buf_done(&out);
}

static void yellow_is_one_for_each_in_require(void **state)
{
    (void)state;
    expect_faults(NULL, NULL,
                  "targets:\n"
                  "  - {id: t, year: 2024, text: T, indicator: senger,\n"
                  "     require: [value > 1, value > 2], yellow: [value > 0],\n"
                  "     state: report_only}\n"
                  "  - {id: u, year: 2024, text: T, indicator: ventetid,\n"
                  "     require: ['each tjeneste: value < limit'],\n"
                  "     yellow: ['value < 9 days']}\n"
                  "  - {id: v, year: 2024, text: T, indicator: ventetid,\n"
                  "     require: ['value < 9 days'],\n"
                  "     yellow: ['each tjeneste: value < 9 days']}\n",
                  NULL,
                  "targets.yaml:3:47: t.yellow: 1 criteria for 2 in require: "
                  "one for each, or none\n"
                  "targets.yaml:3:15: t: require and state: only one of them\n"
                  "targets.yaml:7:14: u.yellow: criterion 1 and its require "
                  "must both be `each` of one dimension, or neither\n"
                  "targets.yaml:5:5: u.limits: is missing, and a criterion "
                  "says limit\n"
                  "targets.yaml:10:14: v.yellow: criterion 1 and its require "
                  "must both be `each` of one dimension, or neither\n");
}

static void limits_must_fit_member_unit_and_measure(void **state)
{
    (void)state;
    expect_faults(NULL, NULL,
                  "targets:\n"
                  "  - {id: t, year: 2024, text: T, indicator: ventetid,\n"
                  "     require: ['each tjeneste: value < limit'],\n"
                  "     limits: {som: 61 %, bup: 3 days, ahus: {bup: 1 d},\n"
                  "              vop: 61, own: value}}\n"
                  "  - {id: u, year: 2024, text: T, limits: {som: 1}}\n",
                  NULL,
                  "targets.yaml:4:20: t.limits: the limit has another measure "
                  "than what it is compared with\n"
                  "targets.yaml:4:26: t.limits: no member or unit 'bup'\n"
                  "targets.yaml:4:46: t.limits: no member 'bup'\n"
                  "targets.yaml:5:20: t.limits: the limit has another measure "
                  "than what it is compared with\n"
                  "targets.yaml:5:29: t.limits: expected a number as `61 "
                  "days`\n"
                  "targets.yaml:6:42: u.limits: no criterion says limit\n");
}

static void an_odd_organisation_number_is_a_warning(void **state)
{
    (void)state;
    struct mv_buf out = {0};
    struct mv_catalogue *c =
        test_catalogue("units:\n"
                       "  - {id: hso, name: A, kind: region, org: 991324967}\n"
                       "  - {id: own, name: A, kind: own, org: 12345}\n"
                       "  - {id: x, name: A, kind: own, org: 983971636}\n",
                       NULL, NULL, NULL, &out);
    assert_non_null(c);
    assert_string_equal(
        mv_buf_cstr(&out),
        "units.yaml:2:43: warning: hso.org: the check digit of the "
        "organisation number is wrong\n"
        "units.yaml:3:40: warning: own.org: an organisation number has 9 "
        "digits\n");
    mv_catalogue_close(c);
    mv_buf_done(&out);
}

static void keys_without_values_and_wrong_shapes_are_faults(void **state)
{
    (void)state;
    expect_faults("units:\n"
                  "  - hso\n"
                  "  - {id: Ø, name: [x], kind: own, population: 5, from: "
                  "now}\n"
                  "  - {id: y, name: , kind: own, from: 2020, to: 2019}\n"
                  "  - {id: own, name: x, kind: own}\n"
                  "other: 1\n",
                  NULL, NULL, NULL,
                  "units.yaml:6:1: unknown key; this file has `units:`\n"
                  "units.yaml:2:5: expected a unit: {id: ..., name: ...}\n"
                  "units.yaml:3:10: Ø.id: not an identifier: a-z, 0-9, then "
                  "also . _ -, at most 64\n"
                  "units.yaml:3:19: Ø.name: expected text, or {nb: ..., en: "
                  "...}\n"
                  "units.yaml:3:47: Ø.population: expected {year: persons, "
                  "...}\n"
                  "units.yaml:3:56: Ø.from: expected a year as 2019 or a day "
                  "as 2019-06-30\n"
                  "units.yaml:4:13: y.name: has no value\n"
                  "units.yaml:4:5: y.to: ends before it begins\n");
}

/* The example of the design. */
static const char example_targets[] =
    "targets:\n"
    "  - id: \"1535\"\n"
    "    year: 2024\n"
    "    chapter: \"3\"\n"
    "    text: {nb: Minst 70 prosent av epikrisene sendt}\n"
    "    indicator: epikrise\n"
    "    scope: [region, trust]\n"
    "    require: [\"each tjeneste: value >= 70 %\"]\n"
    "    yellow:  [\"each tjeneste: value >= 66.5 %\"]\n"
    "    combine: part\n"
    "    aim: [value >= 80 %]\n"
    "    forecast: recent(3)\n"
    "  - {id: vent-2025, year: 2025, text: Ventetid, indicator: ventetid,\n"
    "     scope: [region], require: [\"each tjeneste: value <= limit\"],\n"
    "     limits: {som: 61 days, vop: 44 days, bup: 45 days, tsb: 33 days}}\n";

static const char example_indicators[] =
    "indicators:\n"
    "  - id: epikrise\n"
    "    title: {nb: Epikriser, en: Discharge letters}\n"
    "    measure: percent           # percent days count nok points\n"
    "    frequency: A_3             # SDMX CL_FREQ\n"
    "    better: higher\n"
    "    dimension: {id: tjeneste, members: {som: Somatikk, vop: Psykisk, "
    "tsb: TSB}, total: none}\n"
    "    over_periods: ratio\n"
    "    over_units: ratio\n"
    "    by: trust\n"
    "    due: 45 d\n"
    "    min_denominator: 5\n"
    "    min: 0\n"
    "    max: 100\n"
    "    decimals: 1\n"
    "    except: [own]\n"
    "    source: Helsedirektoratet\n"
    "  - {id: ventetid, title: V, measure: days, frequency: M, better: lower,\n"
    "     dimension: {id: tjeneste, members: [som, vop, bup, tsb]},\n"
    "     over_periods: mean, over_units: none, by: region}\n"
    "  - {id: nyhenviste, title: N, measure: count, frequency: A_3,\n"
    "     over_periods: sum, over_units: sum}\n"
    "  - {id: polikliniske, title: P, measure: count, frequency: A_3,\n"
    "     over_periods: sum, over_units: sum}\n"
    "  - {id: nyhenvist-andel, title: {nb: Andel nyhenviste}, measure: "
    "percent,\n"
    "     frequency: A_3, formula: '\"nyhenviste\" / \"polikliniske\"'}\n";

static void the_example_loads(void **state)
{
    (void)state;
    struct mv_catalogue *c =
        load(NULL, example_indicators, example_targets, NULL);
    assert_int_equal(indicator(c, "nyhenvist-andel")->formula_count, 3);
    mv_catalogue_close(c);
}

/* 5,000 indicators of 30 units: seconds would mean something is quadratic. */
static void a_large_catalogue_loads(void **state)
{
    (void)state;
    struct mv_buf u = {0}, i = {0}, t = {0};
    mv_buf_text(&u, "units:\n  - {id: r, name: R, kind: region}\n");
    for (int n = 0; n < 30; n++)
        mv_buf_printf(&u, "  - {id: u%d, name: U, kind: trust, parent: r}\n",
                      n);
    mv_buf_text(&i, "indicators:\n");
    mv_buf_text(&t, "targets:\n");
    for (int n = 0; n < 5000; n++) {
        mv_buf_printf(&i,
                      "  - {id: i%d, title: {nb: Tittel}, measure: count,\n"
                      "     frequency: M, over_periods: sum, over_units: "
                      "sum, due: 45 d}\n",
                      n);
        mv_buf_printf(&t,
                      "  - {id: t%d, years: 2022-2024, text: T, indicator: "
                      "i%d,\n     require: ['value >= 12']}\n",
                      n, n);
    }
    struct mv_catalogue *c =
        load(mv_buf_cstr(&u), mv_buf_cstr(&i), mv_buf_cstr(&t), NULL);
    assert_int_equal(c->target_count, 15000);
    assert_int_equal(indicator(c, "i4999")->targets.count, 3);
    assert_int_equal(mv_catalogue_target(c, mv_span_text("t4999"), 2024)->index,
                     14999);
    mv_catalogue_close(c);
    mv_buf_done(&u);
    mv_buf_done(&i);
    mv_buf_done(&t);
}

static void the_hash_moves_with_any_text(void **state)
{
    (void)state;
    struct mv_catalogue *a = load(NULL, NULL, NULL, NULL);
    struct mv_catalogue *b = load(NULL, NULL, NULL, NULL);
    struct mv_catalogue *d = load(NULL, NULL, NULL, "commissions: []\n");
    assert_memory_equal(a->hash, b->hash, sizeof a->hash);
    assert_memory_not_equal(a->hash, d->hash, sizeof a->hash);
    mv_catalogue_close(a);
    mv_catalogue_close(b);
    mv_catalogue_close(d);
}

static void a_directory_is_read_and_a_missing_file_named(void **state)
{
    (void)state;
    char *dir = mv_test_dir(true);
    struct mv_catalogue_files files;
    struct mv_err err = {{0}};
    mv_test_write(dir, "units.yaml", test_units, strlen(test_units));
    mv_test_write(dir, "indicators.yaml", test_indicators,
                  strlen(test_indicators));
    assert_int_equal(mv_catalogue_read_dir(dir, &files, &err), MV_CONFIG);
    assert_non_null(strstr(err.text, "targets.yaml"));
    mv_test_write(dir, "targets.yaml", "", 0);
    assert_int_equal(mv_catalogue_read_dir(dir, &files, &err), MV_OK);
    assert_true(mv_span_is(files.text[MV_FILE_UNITS], test_units));
    assert_non_null(files.text[MV_FILE_TARGETS].at);
    assert_null(files.text[MV_FILE_COMMISSIONS].at);
    mv_catalogue_files_done(&files);
    mv_test_dir_done(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(units_are_a_tree),
        cmocka_unit_test(indicators_keep_what_is_written),
        cmocka_unit_test(who_may_report_follows_the_tree_and_by),
        cmocka_unit_test(years_are_targets_of_their_own_that_share_criteria),
        cmocka_unit_test(each_entry_uses_what_its_own_criteria_name),
        cmocka_unit_test(limits_are_found_by_both_then_unit_then_member),
        cmocka_unit_test(commissions_have_due_dates),
        cmocka_unit_test(bad_input_109_every_fault_is_named_at_once),
        cmocka_unit_test(bad_input_109_a_formula_that_refers_to_itself),
        cmocka_unit_test(bad_input_109_a_tab_is_named_and_blames_nobody_else),
        cmocka_unit_test(bad_input_109_100_mb_is_refused_before_it_is_read),
        cmocka_unit_test(missing_files_are_named_but_commissions_may_miss),
        cmocka_unit_test(yellow_is_one_for_each_in_require),
        cmocka_unit_test(limits_must_fit_member_unit_and_measure),
        cmocka_unit_test(an_odd_organisation_number_is_a_warning),
        cmocka_unit_test(keys_without_values_and_wrong_shapes_are_faults),
        cmocka_unit_test(the_example_loads),
        cmocka_unit_test(a_large_catalogue_loads),
        cmocka_unit_test(the_hash_moves_with_any_text),
        cmocka_unit_test(a_directory_is_read_and_a_missing_file_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
