/* The whole language: what a steward may write, and what it asks of units,
 * years and parts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "services/base/day.h"
#include "tests/support/catalogue_text.h"
#include "tests/support/unit.h"

static const char units[] =
    "units:\n"
    "  - {id: hso, name: HSØ, kind: region,\n"
    "     population: {2023: 3042000, 2024: 3076276}}\n"
    "  - {id: ahus, name: Ahus, kind: trust, parent: hso, from: 2010,\n"
    "     to: 2030-06-30, population: {2020: 590000}}\n"
    "  - {id: ous, name: OUS, kind: trust, parent: hso}\n";

static const char indicators[] =
    "indicators:\n"
    "  - {id: kost, title: Kostnad, measure: percent_change, frequency: A,\n"
    "     dimension: {id: felt, members: [som, phv]}, over_periods: mean,\n"
    "     over_units: none}\n"
    "  - {id: senger, title: Senger, measure: count, frequency: M,\n"
    "     over_periods: last, over_units: sum}\n"
    "  - {id: stillinger, title: Stillinger, measure: count, frequency: A,\n"
    "     dimension: {id: fag.slag, members: {ambulanse.laerling: Lærlinger,\n"
    "                 ambulanse.fast: Faste}, total: sum},\n"
    "     over_periods: last, over_units: sum, except: [ous]}\n"
    "  - {id: nye, title: N, measure: count, frequency: A_3,\n"
    "     over_periods: sum, over_units: sum}\n"
    "  - {id: alle, title: P, measure: count, frequency: M, to: 2030,\n"
    "     over_periods: sum, over_units: sum}\n"
    "  - {id: andel, title: Andel, measure: percent, frequency: A_3,\n"
    "     formula: '\"nye\" / \"alle\"'}\n"
    "  - {id: daglig, title: D, measure: count, frequency: D, ahead: true,\n"
    "     over_periods: sum, over_units: sum}\n";

static const char head[] = "targets:\n  - {id: t, text: x, ";

static void expect(const char *own, const char *keys, const char *faults)
{
    struct mv_buf text = {0}, out = {0};
    mv_buf_printf(&text, "%s%s}\n", head, keys);
    struct mv_catalogue *c =
        test_catalogue(units, own, mv_buf_cstr(&text), NULL, &out);
    if (strcmp(mv_buf_cstr(&out), faults) != 0)
        print_error("for %s\n", keys);
    assert_string_equal(mv_buf_cstr(&out), faults);
    mv_catalogue_close(c);
    mv_buf_done(&text);
    mv_buf_done(&out);
}

#define REGION "year: 2024, scope: [region], "

static void every_piece_takes_a_year_or_a_period(void **state)
{
    (void)state;
    static const char *const pieces[] = {"value",   "latest", "rate",  "lowest",
                                         "highest", "spread", "growth"};
    static const char *const whens[] = {"-1", "2023", "2023-M06",
                                        "2023-01-01/P11M"};
    for (size_t p = 0; p < sizeof pieces / sizeof pieces[0]; p++) {
        for (size_t w = 0; w < sizeof whens / sizeof whens[0]; w++) {
            char keys[200];
            bool rate = strcmp(pieces[p], "rate") == 0;
            (void)snprintf(keys, sizeof keys,
                           REGION "indicator: senger, require: ['%s(%s%s) > "
                                  "0', '%s(\"senger\", %s%s) > 0']",
                           pieces[p], rate ? "1000, " : "", whens[w], pieces[p],
                           rate ? "1000, " : "", whens[w]);
            expect(indicators, keys, "");
        }
    }
}

static void what_the_documents_ask_can_be_said(void **state)
{
    (void)state;
    static const char *const asked[] = {
        "indicator: senger, require: ['value = 0']",
        "indicator: senger, require: ['value >= value(-1) * 115 %']",
        "indicator: senger, require: ['value <= value(2012) * 70 %']",
        "require: ['growth(\"kost/phv\", -1) > growth(\"kost/som\", -1)']",
        "require: ['\"kost/phv\" > \"kost/som\"']",
        "indicator: senger, require: ['spread < spread(-1)']",
        "indicator: senger, require: ['lowest * 2 > highest']",
        "indicator: senger, require: ['share(units: value >= limit) = 100 "
        "%'],\n     limits: {ahus: 5, ous: 8}",
        "indicator: stillinger, require: ['each fag.slag: value >= limit'],\n"
        "     limits: {hso: {ambulanse.laerling: 50}, ambulanse.fast: 9}",
        "indicator: stillinger, require: ['\"stillinger/ambulanse.fast\" > "
        "3']",
        "indicator: senger, require: ['value <= path(value(2020), 2020, 50, "
        "2030)']",
        "indicator: daglig, require: ['latest <= path(9, 2024-02-01, 5, "
        "2024-12-31)']",
        "indicator: andel, require: ['value > value(-1)'], aim: ['latest > "
        "80 %'],\n     compare: displayed, combine: whole, decides: worst",
        "indicator: senger, state: report_only",
        "indicator: senger, state: under_development",
    };
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        char keys[300];
        (void)snprintf(keys, sizeof keys, REGION "%s", asked[i]);
        expect(indicators, keys, "");
    }
    expect(indicators,
           "years: 2020-2023, indicator: senger, forecast: seasonal,\n"
           "     require: ['value < 50']",
           "");
}

static void a_limit_has_the_measure_that_it_is_held_against(void **state)
{
    (void)state;
    static const char *const asked[] = {
        "value / limit <= 90 %",  "limit / value > 1 %",   "2 * limit < value",
        "max(limit, 0) < value",  "limit + 5 < value",     "value - limit < 3",
        "value >= limit * 110 %", "value > 110 % * limit",
    };
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        char keys[200];
        (void)snprintf(keys, sizeof keys,
                       REGION "indicator: senger, require: ['%s'],\n"
                              "     limits: {hso: 5 count}",
                       asked[i]);
        expect(indicators, keys, "");
    }
    expect(indicators,
           REGION "indicator: senger, require: ['value / limit > 5 %'],\n"
                  "     limits: {hso: 5 %}",
           "targets.yaml:3:20: t.limits: the limit has another measure than "
           "what it is compared with\n");
}

static void a_path_must_reach_the_target_s_years(void **state)
{
    (void)state;
    expect(indicators,
           "years: 2020-2031, indicator: senger, require: ['value <= path(9, "
           "2020, 5, 2030)']",
           "targets.yaml:2:5: t.require: the path does not reach 2031\n");
    expect(indicators,
           "year: 2019, indicator: senger, require: ['value <= path(9, 2020, "
           "5, 2030)']",
           "targets.yaml:2:5: t.require: the path does not reach 2019\n");
    expect(indicators,
           "year: 2025, indicator: daglig, require: ['value < path(9, "
           "2024-02-01, 5, 2024-12-31)']",
           "targets.yaml:2:5: t.require: the path does not reach 2025\n");
}

static void a_path_between_days_needs_a_daily_indicator(void **state)
{
    (void)state;
    expect(indicators,
           REGION "indicator: senger, require: ['value < path(9, 2024-02-01, "
                  "5, 2024-12-31)']",
           "targets.yaml:2:89: t.require: a path between two days needs a "
           "daily indicator; write the years\n");
}

static void a_rate_needs_inhabitants_of_that_year_or_before(void **state)
{
    (void)state;
    expect(indicators,
           "year: 2024, scope: [region, ahus], indicator: senger, require: "
           "['rate(1000, -1) > 2']",
           "");
    expect(indicators,
           "year: 2024, scope: [trust], indicator: senger, require: "
           "['rate(1000) > 2']",
           "targets.yaml:2:5: t.scope: rate needs inhabitants, and there are "
           "none for 2024 or before of ous\n");
    expect(indicators,
           REGION "indicator: senger, require: ['rate(1000, 2019-M06) > 2']",
           "targets.yaml:2:5: t.scope: rate needs inhabitants, and there are "
           "none for 2019 or before of hso\n");
    expect(indicators, /* each of them, by kind or by name */
           "year: 2019, scope: [ous, region, trust], indicator: senger, "
           "require: ['rate(1000) > 2']",
           "targets.yaml:2:5: t.scope: rate needs inhabitants, and there are "
           "none for 2019 or before of hso, ahus, ous\n");
    static const char *const either[] = {"rate(1000, -2) > rate(1000)",
                                         "rate(1000) > rate(1000, -2)"};
    for (size_t i = 0; i < 2; i++) { /* the earliest of all that it asks */
        char keys[128];
        (void)snprintf(keys, sizeof keys,
                       REGION "indicator: senger, require: ['%s']", either[i]);
        expect(indicators, keys,
               "targets.yaml:2:5: t.scope: rate needs inhabitants, and there "
               "are none for 2022 or before of hso\n");
    }
    expect(indicators, /* a unit without them is left out of a share */
           REGION "indicator: senger, require: ['share(units: rate(1000) > "
                  "2) > 50 %']",
           "");
}

static void a_period_must_hold_one_of_the_indicator_s(void **state)
{
    (void)state;
    expect(indicators,
           REGION "indicator: andel, require: ['value(2023-M06) > 2 %']",
           "targets.yaml:2:80: t.require: 2023-M06 holds no whole period of "
           "'andel' (A_3)\n");
    expect(indicators,
           REGION "indicator: andel, require: ['value(2023-S1) > 2 %']", "");
}

static void members_of_each_must_be_everybody_s(void **state)
{
    (void)state;
    expect("indicators:\n"
           "  - {id: a, title: A, measure: count, frequency: M,\n"
           "     dimension: {id: d, members: [x, y]}, over_periods: sum,\n"
           "     over_units: sum}\n"
           "  - {id: b, title: B, measure: count, frequency: M,\n"
           "     dimension: {id: d, members: [x]}, over_periods: sum,\n"
           "     over_units: sum}\n",
           REGION "indicator: a, require: ['each d: value > \"b\"']",
           "targets.yaml:2:92: t.require: 'b' has no member 'y', as 'a' "
           "has\n");
}

static void a_share_holds_no_other_look_at_the_children(void **state)
{
    (void)state;
    expect(indicators,
           REGION "indicator: senger, require: ['share(units: lowest > 2) > "
                  "50 %']",
           "targets.yaml:2:94: t.require: lowest, highest and spread cannot "
           "stand in a share\n");
}

static void a_formula_is_of_values_of_the_same_stretches(void **state)
{
    (void)state;
    static const struct {
        const char *formula, *fault;
    } wrong[] = {
        {"\"kost\" - growth(\"kost\", -1)",
         "indicators.yaml:5:25: f.formula: a formula is made of other "
         "indicators' values\n"},
        {"value(\"kost\", 2019)",
         "indicators.yaml:5:16: f.formula: a formula names no year or "
         "period: its target does\n"},
        {"\"uke\" / \"uke\"",
         "indicators.yaml:5:16: f.formula: weeks and days are not made of "
         "other periods\n"},
        {"value",
         "indicators.yaml:5:16: f.formula: no indicator is given: name one, "
         "as in value(\"kost\")\n"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char text[600];
        (void)snprintf(
            text, sizeof text,
            "indicators:\n"
            "  - {id: uke, title: U, measure: count, frequency: W,\n"
            "     over_periods: sum, over_units: sum}\n"
            "  - {id: f, title: F, measure: percent, frequency: M,\n"
            "     formula: '%s'}\n"
            "  - {id: kost, title: K, measure: percent, frequency: M,\n"
            "     over_periods: ratio, over_units: ratio}\n",
            wrong[i].formula);
        expect(text, REGION "state: report_only", wrong[i].fault);
    }
}

/* fN is made of N series: 0 to N - 1, and the members of one of them. */
static void a_formula_is_of_so_many_series_at_most(void **state)
{
    (void)state;
    struct mv_buf text = {0};
    mv_buf_text(&text, "indicators:\n");
    for (int n = 0; n <= 16; n++) {
        mv_buf_printf(&text,
                      "  - {id: n%d, title: N, measure: count, frequency: M,\n"
                      "     over_periods: sum, over_units: sum}\n",
                      n);
    }
    mv_buf_text(&text, "  - {id: f0, title: F, measure: count, frequency: M,\n"
                       "     formula: '\"n0\" + 1'}\n");
    for (int n = 1; n <= 16; n++) {
        mv_buf_printf(&text,
                      "  - {id: f%d, title: F, measure: count, frequency: M,\n"
                      "     formula: '\"n%d\" + \"f%d\" + \"f%d\"'}\n",
                      n, n, n - 1, n - 1);
    }
    expect(mv_buf_cstr(&text), REGION "state: report_only",
           "indicators.yaml:69:15: f16.formula: the formula is made of more "
           "than 16 pushed series, or of 64 in all\n");
    mv_buf_done(&text);
}

static void nobody_pushes_what_is_derived(void **state)
{
    (void)state;
    expect("indicators:\n"
           "  - {id: n, title: N, measure: count, frequency: M,\n"
           "     over_periods: sum, over_units: sum}\n"
           "  - {id: f, title: F, measure: percent, frequency: M, due: 45 d,\n"
           "     formula: '\"n\" / \"n\"', over_periods: sum, by: region}\n",
           REGION "state: report_only",
           "indicators.yaml:5:42: f.over_periods: is for figures that are "
           "pushed; a formula takes them from its parts\n"
           "indicators.yaml:5:51: f.by: is for figures that are pushed; a "
           "formula takes them from its parts\n"
           "indicators.yaml:4:60: f.due: is for figures that are pushed; a "
           "formula takes them from its parts\n");
}

static void many_units_without_inhabitants_are_named_and_counted(void **state)
{
    (void)state;
    struct mv_buf out = {0};
    assert_null(test_catalogue(
        "units:\n"
        "  - {id: a, name: A, kind: trust}\n"
        "  - {id: b, name: B, kind: trust}\n"
        "  - {id: c, name: C, kind: trust, population: {2020: 9}}\n"
        "  - {id: d, name: D, kind: trust}\n"
        "  - {id: e, name: E, kind: trust}\n"
        "  - {id: f, name: F, kind: trust}\n",
        "indicators:\n"
        "  - {id: i, title: I, measure: count, frequency: M,\n"
        "     over_periods: sum, over_units: sum}\n",
        "targets:\n"
        "  - {id: t, text: x, year: 2024, scope: [trust], indicator: i,\n"
        "     require: ['rate(1000) > 2']}\n",
        NULL, &out));
    assert_non_null(strstr(mv_buf_cstr(&out), " of a, b, d, e, ... (5)\n"));
    mv_buf_done(&out);
}

static void a_date_that_moves_to_no_later_day_is_a_warning(void **state)
{
    (void)state;
    struct mv_buf out = {0};
    struct mv_catalogue *c = test_catalogue(
        NULL, NULL, NULL,
        "commissions:\n"
        "  - {id: c, year: 2023, text: T, for: [hso], due: [\n"
        "     {moved: [2023-11-01, 2023-10-31], on: 2023-10-15},\n"
        "     {on: 2023-12-01, moved: 2023-12-01}]}\n",
        &out);
    assert_non_null(c);
    assert_string_equal(
        mv_buf_cstr(&out),
        "commissions.yaml:3:6: warning: c.due: moved to 2023-10-31, which is "
        "not later than 2023-11-01\n"
        "commissions.yaml:4:6: warning: c.due: moved to 2023-12-01, which is "
        "not later than 2023-12-01\n");
    mv_buf_done(&out);
    mv_catalogue_close(c);
}

static void a_date_that_moved_counts_from_its_last_move(void **state)
{
    (void)state;
    struct mv_buf out = {0};
    struct mv_catalogue *c = test_catalogue(
        NULL, NULL, NULL,
        "commissions:\n"
        "  - {id: c, year: 2023, text: T, for: [hso], due: [\n"
        "     {what: a, on: 2023-10-15, moved: [2023-11-01, 2023-12-01]},\n"
        "     {what: b, on: 2023-12-01, moved: 2024-02-01},\n"
        "     {what: c, on: 2024-03-01}]}\n",
        &out);
    assert_string_equal(mv_buf_cstr(&out), "");
    const struct mv_commission_due *due = c->commissions[0].due;
    assert_int_equal(due[0].on, mv_day_of(2023, 10, 15));
    assert_int_equal(due[0].day, mv_day_of(2023, 12, 1));
    assert_int_equal(due[0].moved_count, 2);
    assert_int_equal(due[1].day, mv_day_of(2024, 2, 1));
    assert_int_equal(due[2].day, mv_day_of(2024, 3, 1));
    mv_catalogue_close(c);
    assert_null(test_catalogue(
        NULL, NULL, NULL,
        "commissions:\n"
        "  - {id: c, year: 2023, text: T, for: [hso], due: [\n"
        "     {on: 2023-10-15, moved: soon}, {on: 2023-10-15}]}\n",
        &out));
    assert_string_equal(mv_buf_cstr(&out),
                        "commissions.yaml:3:30: c.moved: expected a day as "
                        "2023-10-15\n"
                        "commissions.yaml:3:37: c.due: two tasks of one date: "
                        "write them as one\n");
    mv_buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_piece_takes_a_year_or_a_period),
        cmocka_unit_test(what_the_documents_ask_can_be_said),
        cmocka_unit_test(a_limit_has_the_measure_that_it_is_held_against),
        cmocka_unit_test(a_path_must_reach_the_target_s_years),
        cmocka_unit_test(a_path_between_days_needs_a_daily_indicator),
        cmocka_unit_test(a_rate_needs_inhabitants_of_that_year_or_before),
        cmocka_unit_test(a_period_must_hold_one_of_the_indicator_s),
        cmocka_unit_test(members_of_each_must_be_everybody_s),
        cmocka_unit_test(a_share_holds_no_other_look_at_the_children),
        cmocka_unit_test(a_formula_is_of_values_of_the_same_stretches),
        cmocka_unit_test(a_formula_is_of_so_many_series_at_most),
        cmocka_unit_test(nobody_pushes_what_is_derived),
        cmocka_unit_test(a_date_that_moved_counts_from_its_last_move),
        cmocka_unit_test(a_date_that_moves_to_no_later_day_is_a_warning),
        cmocka_unit_test(many_units_without_inhabitants_are_named_and_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
