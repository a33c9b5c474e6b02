/* Which units and members a value is made of: who is excepted, who came or
 * went, dimensions that are crossed, ranges. By hand. */
#include <stdio.h>

#include "tests/support/judging.h"

static const char units[] =
    "units:\n"
    "  - {id: r, name: R, kind: region}\n"
    "  - {id: a, name: A, kind: trust, parent: r}\n"
    "  - {id: b, name: B, kind: trust, parent: r}\n"
    "  - {id: old, name: O, kind: trust, parent: r, to: 2023-06-30}\n"
    "  - {id: new, name: N, kind: trust, parent: r, from: 2024-07-01}\n";

#define CROSSED                                                    \
    "    dimension: {id: fag.slag, members: [ambulanse.laerling, " \
    "ambulanse.fast, renhold.laerling], total: sum}\n"

static const char indicators[] = "indicators:\n" INDICATOR(
    "beds", "count", "M", "last", "sum", "    except: [b]\n")
    INDICATOR("posts", "count", "A", "last", "sum", CROSSED)
        INDICATOR("visits", "count", "M", "sum", "sum", "")
            INDICATOR("weekly", "count", "W", "sum", "sum", "");

static void ask(const char *indicator, const char *require)
{
    start_target(units, indicators,
                 "years: 2023-2024, indicator: %s, scope: [region, trust], "
                 "require: ['%s']",
                 indicator, require);
}

static void expect(const char *unit, const char *ruling)
{
    (void)world_status(&w, "t", 2024, unit);
    assert_string_equal(world_ruling(&w, 0), ruling);
}

static void push_beds(void)
{
    push("beds", "a", "2024-M01", "10");
    push("beds", "b", "2024-M01", "90");
    push("beds", "new", "2024-M01", "4");
}

static void who_is_excepted_counts_in_nothing_above(void **state)
{
    (void)state;
    static const char *const asked[][2] = {
        {"value >= 14", "green 14 14 0"},
        {"lowest >= 4", "green 4 4 0"},
        {"highest >= 10", "green 10 10 0"},
        {"spread >= 6", "green 6 6 0"},
        {"share(units: value >= 10) >= 50 %", "green 50 50 0"},
    };
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        struct mv_buf text = {0};
        mv_buf_printf(&text,
                      "targets:\n  - {id: t, text: x, year: 2024, indicator: "
                      "beds, scope: [region], require: ['%s']}\n",
                      asked[i][0]);
        world_open(&w, units, indicators, mv_buf_cstr(&text));
        mv_buf_done(&text);
        push_beds();
        expect("r", asked[i][1]);
        world_close(&w);
    }
}

static void who_is_excepted_is_judged_all_the_same(void **state)
{
    (void)state;
    ask("beds", "value >= 50");
    push_beds();
    expect("b", "green 90 50 40");
    world_close(&w);
}

/* The one that went in 2023 counts in 2023, the one to come in 2024. */
static void a_unit_counts_in_the_years_in_which_it_was(void **state)
{
    (void)state;
    ask("visits", "value >= 0");
    for (int year = 2023; year <= 2024; year++) {
        char period[16];
        (void)snprintf(period, sizeof period, "%d-M01", year);
        push("visits", "a", period, "100");
        push("visits", "old", period, "20");
        push("visits", "new", period, "3");
    }
    expect("r", "green 103 0 103");
    assert_int_equal(w.j.rulings[0].basis.units_of, 3);
    (void)world_status(&w, "t", 2023, "r");
    assert_string_equal(world_ruling(&w, 0), "green 120 0 120");
    assert_false(mv_plan_judges(w.plan, world_target(&w, "t", 2024),
                                world_unit(&w, "old")));
    assert_true(mv_plan_judges(w.plan, world_target(&w, "t", 2024),
                               world_unit(&w, "new")));
    world_close(&w);
}

/* Neither the one that went nor the one that came was there in both. */
static void years_are_compared_over_units_that_were_in_both(void **state)
{
    (void)state;
    ask("visits", "value > value(-1)");
    push("visits", "a", "2023-M01", "100");
    push("visits", "a", "2024-M01", "101");
    push("visits", "old", "2023-M01", "1000");
    push("visits", "new", "2024-M01", "5000");
    expect("r", "green 101 100 1");
    assert_int_equal(w.j.rulings[0].basis.left_out, 2);
    world_close(&w);
}

static void push_posts(void)
{
    static const char *const pushed[][3] = {{"a", "ambulanse.laerling", "5"},
                                            {"a", "ambulanse.fast", "40"},
                                            {"a", "renhold.laerling", "2"},
                                            {"b", "ambulanse.laerling", "1"}};
    for (size_t i = 0; i < sizeof pushed / sizeof pushed[0]; i++)
        (void)world_push(&w, "posts", pushed[i][0], pushed[i][1], "2024",
                         pushed[i][2], 0);
}

static void two_dimensions_are_crossed_into_members(void **state)
{
    (void)state;
    ask("posts", "each fag.slag: value >= 5");
    push_posts();
    assert_string_equal(world_status(&w, "t", 2024, "r"), "yellow");
    assert_string_equal(world_ruling(&w, 0), "green 6 5 1");
    assert_string_equal(world_ruling(&w, 1), "green 40 5 35");
    assert_string_equal(world_ruling(&w, 2), "red 2 5 -3");
    world_close(&w);
    ask("posts", "\"posts/ambulanse.laerling\" >= value / 10");
    push_posts();
    expect("a", "green 5 4.7 0.3");
    world_close(&w);
}

/* A range of months stands for all of its months, and of weeks likewise. */
static void a_range_counts_instead_of_what_lies_in_it(void **state)
{
    (void)state;
    ask("visits", "value >= 110");
    push("visits", "a", "2024-M02", "7");
    push("visits", "a", "2024-M12", "10");
    push("visits", "a", "2024-01-01/P11M", "100");
    expect("a", "green 110 110 0");
    world_close(&w);
    ask("weekly", "value >= 33");
    push("weekly", "a", "2024-W02", "9");
    push("weekly", "a", "2024-W09", "3");
    push("weekly", "a", "2024-M01", "30");
    expect("a", "green 33 33 0");
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_excepted_counts_in_nothing_above),
        cmocka_unit_test(who_is_excepted_is_judged_all_the_same),
        cmocka_unit_test(a_unit_counts_in_the_years_in_which_it_was),
        cmocka_unit_test(years_are_compared_over_units_that_were_in_both),
        cmocka_unit_test(two_dimensions_are_crossed_into_members),
        cmocka_unit_test(a_range_counts_instead_of_what_lies_in_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
