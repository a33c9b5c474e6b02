/* Units that begin or end within a year: what is expected of them is what
 * they live to have, and what they push counts all the same. */
#include "tests/support/judging.h"

static const char units[] =
    "units:\n"
    "  - {id: r, name: R, kind: region}\n"
    "  - {id: a, name: A, kind: trust, parent: r}\n"
    "  - {id: old, name: O, kind: trust, parent: r, to: 2024-06-30}\n"
    "  - {id: new, name: N, kind: trust, parent: r, from: 2024-05-15}\n"
    "  - {id: house, name: H, kind: hospital, parent: old}\n"
    "  - {id: never, name: X, kind: trust, parent: house, from: 2024-07-01}\n";

static const char indicators[] = "indicators:\n" INDICATOR(
    "sum", "count", "Q", "sum", "sum", "    due: 10 d\n")
    INDICATOR("mean", "days", "Q", "mean", "none", "")
        INDICATOR("month", "count", "M", "sum", "sum", "")
            INDICATOR("week", "count", "W", "sum", "sum", "    due: 3 d\n")
                INDICATOR("day", "count", "D", "sum", "sum", "    due: 3 d\n");

static void ask(const char *keys)
{
    start_target(units, indicators, "%s, scope: [region, trust]", keys);
    w.env.today = world_day("2024-10-20");
}

static void ask_of_region(const char *require)
{
    start_target(units, indicators,
                 "year: 2024, indicator: sum, scope: [region], require: ['%s']",
                 require);
}

static void put(const char *indicator, const char *unit, const char *period,
                const char *value)
{
    assert_int_equal(world_push(&w, indicator, unit, "", period, value, 'A'),
                     MV_APPLIED_CHANGED);
}

static void expect(const char *unit, const char *status)
{
    assert_string_equal(world_status(&w, "t", 2024, unit), status);
}

static void a_period_they_did_not_live_to_have_is_not_overdue(void **state)
{
    (void)state;
    ask("year: 2024, indicator: sum, require: ['value > 1']");
    expect("old", "none overdue overdue 2024-Q1 2024-Q2");
    expect("new", "none overdue overdue 2024-Q2 2024-Q3");
    put("sum", "a", "2024-Q1", "9");
    put("sum", "old", "2024-Q1", "2");
    put("sum", "new", "2024-Q3", "2");
    expect("old", "green overdue 2024-Q2");
    expect("new", "green overdue 2024-Q2");
    put("sum", "old", "2024-Q2", "2");
    put("sum", "new", "2024-Q2", "2");
    expect("old", "green");
    expect("new", "green");
    expect("r", "green overdue 2024-Q2 2024-Q3"); /* of the one that stays */
}

static void weeks_and_days_are_theirs_from_the_first_they_touch(void **state)
{
    (void)state;
    ask("year: 2024, indicator: week, require: ['value > 1']");
    w.env.today = world_day("2024-05-28");
    expect("new", "none overdue overdue 2024-W20"); /* 13 to 19 May */
    w.env.today = world_day("2024-07-30");
    put("week", "old", "2024-S1", "2");
    expect("old", "green"); /* the half-year ends with week 26 */
    world_close(&w);
    ask("year: 2024, indicator: day, require: ['value > 1']");
    w.env.today = world_day("2024-05-19");
    expect("new", "none overdue overdue 2024-05-15");
    put("day", "old", "2024-S1", "2");
    w.env.today = world_day("2024-12-31");
    expect("old", "green");
}

static void no_forecast_fills_it(void **state)
{
    (void)state;
    ask("year: 2024, indicator: month, forecast: recent(3), "
        "require: ['value >= 60']");
    put("month", "old", "2024-Q1", "30");
    expect("old", "green"); /* 10 a month, half a year */
    assert_string_equal(world_ruling(&w, 0), "green 60 60 0");
    put("month", "new", "2024-M05", "10");
    expect("new", "green");
    assert_string_equal(world_ruling(&w, 0), "green 80 60 20");
    expect("r", "green");
    assert_string_equal(world_ruling(&w, 0), "green 140 60 80");
}

static void who_belongs_to_one_that_ends_ends_with_it(void **state)
{
    (void)state;
    ask("year: 2024, indicator: month, forecast: recent(3), "
        "require: ['value >= 60']");
    put("month", "house", "2024-Q1", "30");
    expect("old", "green"); /* not 120 */
    assert_string_equal(world_ruling(&w, 0), "green 60 60 0");
    expect("r", "green");
    assert_string_equal(world_ruling(&w, 0), "green 60 60 0");
    uint32_t t = world_target(&w, "t", 2024);
    assert_true(mv_plan_judges(w.env.plan, t, world_unit(&w, "old")));
    assert_false(mv_plan_judges(w.env.plan, t, world_unit(&w, "never")));
    world_close(&w);
    ask("year: 2024, indicator: sum, require: ['value > 1']");
    put("sum", "house", "2024-Q1", "2");
    expect("old", "green overdue 2024-Q2");
    put("sum", "house", "2024-Q2", "2");
    expect("r", "green");
}

static void expect_units(unsigned in, unsigned of)
{
    expect("r", "green");
    assert_int_equal(w.j.rulings[0].basis.units_in, in);
    assert_int_equal(w.j.rulings[0].basis.units_of, of);
}

static void one_with_figures_of_another_time_alone_counts(void **state)
{
    static const char *const asked[] = {"lowest > 1", "value > 1",
                                        "share(units: value > 1) > 1 %"};
    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        ask_of_region(asked[i]);
        put("sum", "new", "2024-Q1", "2");
        (void)world_push(&w, "sum", "new", "", "2024-04-01/P9M", "-", 'M');
        expect_units(1, 3);
        (void)world_push(&w, "sum", "a", "", "2024", "-", 'M');
        (void)world_push(&w, "sum", "old", "", "2024", "-", 'M');
        expect_units(1, 1);
        if (i < 2)
            world_close(&w);
    }
}

static void a_year_is_whole_that_has_all_they_lived_to_have(void **state)
{
    (void)state;
    start_target(units, indicators,
                 "year: 2025, indicator: mean, require: ['value < "
                 "value(2024)'], scope: [trust]");
    put("mean", "new", "2024-Q3", "9");
    put("mean", "new", "2024-Q4", "9");
    put("mean", "new", "2025-Q1", "8");
    assert_string_equal(world_status(&w, "t", 2025, "new"), "none no_base");
    put("mean", "new", "2024-Q2", "9"); /* with it the base is all there is */
    assert_string_equal(world_status(&w, "t", 2025, "new"), "green");
    assert_true(w.j.rulings[0].basis.whole_base);
}

/* A sum is no whole year's, for all that they lived to have of it. */
static void a_sum_is_held_against_the_same_half_year(void **state)
{
    (void)state;
    ask("year: 2024, indicator: sum, require: ['value > value(-1)']");
    put("sum", "old", "2023", "16");
    put("sum", "old", "2024-Q1", "5");
    put("sum", "old", "2024-Q2", "5");
    expect("old", "none no_base");
    world_close(&w);
    ask("year: 2024, indicator: sum, require: ['value > value(-1)']");
    put("sum", "old", "2023-S1", "8");
    put("sum", "old", "2023-S2", "8");
    put("sum", "old", "2024-Q1", "5");
    put("sum", "old", "2024-Q2", "5");
    expect("old", "green");
    assert_string_equal(world_ruling(&w, 0), "green 10 8 2");
    assert_false(w.j.rulings[0].basis.whole_base);
}

static void what_they_push_of_another_time_counts(void **state)
{
    (void)state;
    ask("year: 2024, indicator: sum, require: ['value >= 10']");
    put("sum", "old", "2024-Q1", "4");
    put("sum", "old", "2024-Q2", "4");
    expect("old", "red");
    put("sum", "old", "2024-Q3", "4"); /* what was left to be counted */
    expect("old", "green");
    assert_string_equal(world_ruling(&w, 0), "green 12 10 2");
}

/* 30 December 2024 is a Monday: the year has no week left. */
static void one_that_has_no_period_of_the_year_is_not_expected(void **state)
{
    (void)state;
    world_open(&w,
               "units:\n"
               "  - {id: r, name: R, kind: region}\n"
               "  - {id: a, name: A, kind: trust, parent: r}\n"
               "  - {id: late, name: L, kind: trust, parent: r, from: "
               "2024-12-30}\n",
               indicators,
               "targets:\n"
               "  - {id: t, text: x, year: 2024, indicator: week, scope: "
               "[region], require: [value > 0]}\n");
    put("week", "a", "2024-W10", "2");
    expect_units(1, 1);
}

#define TEST(name) cmocka_unit_test_teardown(name, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_period_they_did_not_live_to_have_is_not_overdue),
        TEST(weeks_and_days_are_theirs_from_the_first_they_touch),
        TEST(no_forecast_fills_it),
        TEST(who_belongs_to_one_that_ends_ends_with_it),
        TEST(one_with_figures_of_another_time_alone_counts),
        TEST(one_that_has_no_period_of_the_year_is_not_expected),
        TEST(a_year_is_whole_that_has_all_they_lived_to_have),
        TEST(a_sum_is_held_against_the_same_half_year),
        TEST(what_they_push_of_another_time_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
