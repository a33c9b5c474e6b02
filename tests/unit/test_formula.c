/* Derived indicators by examples worked by hand: a formula's parts are taken
 * over what all of them have. */
#include <stdio.h>

#include "services/judging/course.h"
#include "tests/support/judging.h"

static const char units[] = "units:\n"
                            "  - {id: r, name: R, kind: region}\n"
                            "  - {id: a, name: A, kind: trust, parent: r}\n"
                            "  - {id: b, name: B, kind: trust, parent: r}\n";

#define DERIVED(id, measure, frequency, formula, more)                       \
    "  - {id: " id ", title: T, measure: " measure ", frequency: " frequency \
    ",\n     formula: '" formula "'" more "}\n"
#define OF(members) \
    "    dimension: {id: d, members: [" members "], total: sum}\n"

static const char indicators[] = "indicators:\n" INDICATOR(
    "n", "count", "A_3", "sum", "sum", "    due: 45 d\n")
    INDICATOR("m", "count", "M", "sum", "sum", "    due: 45 d\n")
        INDICATOR("xn", "count", "A_3", "sum", "sum", OF("x, y"))
            INDICATOR("xm", "count", "A_3", "sum", "sum", OF("y, x"))
                INDICATOR("pair", "percent", "A_3", "ratio", "ratio",
                          "    min_denominator: 5\n")
                    DERIVED("part", "percent", "A_3", "\"n\" / \"m\"", "")
                        DERIVED("twice", "percent", "A_3", "2 * \"part\"", "")
                            DERIVED("of", "percent", "A_3", "\"xn\" / \"xm\"",
                                    ", dimension: {id: d, members: "
                                    "[y, x], total: none}")
                                DERIVED("half", "percent", "A_3",
                                        "\"pair\" * 50 %", "");

static void ask(const char *indicator, const char *scope, const char *require)
{
    start_target(units, indicators,
                 "year: 2024, scope: [%s], indicator: %s, require: ['%s']",
                 scope, indicator, require);
    w.env.today = world_day("2024-12-01");
}

/* The first n months of a year. */
static void months(const char *unit, int year, unsigned n, const char *value)
{
    for (unsigned i = 1; i <= n; i++) {
        char period[16];
        (void)snprintf(period, sizeof period, "%d-M%02u", year, i);
        push("m", unit, period, value);
    }
}

static void expect(const char *unit, const char *status, const char *ruling)
{
    assert_string_equal(world_status(&w, "t", 2024, unit), status);
    assert_string_equal(world_ruling(&w, 0), ruling);
    world_close(&w);
}

static void it_is_of_the_stretches_that_all_parts_have(void **state)
{
    (void)state;
    ask("part", "trust", "value = 25 %");
    push("n", "a", "2024-T1", "10");
    push("n", "a", "2024-T2", "99");
    months("a", 2024, 5, "10");
    expect("a", "green overdue 2024-M06 2024-M07 2024-M08 2024-M09",
           "green 25 25 0");
    ask("part", "trust", "value = 25 %"); /* a half-year reaches beyond n's */
    push("n", "a", "2024-T1", "10");
    months("a", 2024, 4, "10");
    push("m", "a", "2024-S1", "60");
    expect("a", "green overdue 2024-T2 2024-M07 2024-M08 2024-M09",
           "green 25 25 0");
}

static void a_formula_may_name_another(void **state)
{
    (void)state;
    ask("twice", "trust", "value = 50 %");
    push("n", "a", "2024-T1", "10");
    months("a", 2024, 4, "10");
    expect("a",
           "green overdue 2024-M05 2024-T2 2024-M06 2024-M07 2024-M08 "
           "2024-M09",
           "green 50 50 0");
}

static void without_a_common_stretch_all_parts_are_late(void **state)
{
    (void)state;
    ask("part", "trust", "value > 1 %");
    w.env.today = world_day("2024-06-20");
    push("n", "a", "2024-T2", "10");
    months("a", 2024, 2, "1");
    expect("a", "none overdue overdue 2024-T1 2024-M03 2024-M04",
           "none overdue");
}

static void children_without_all_parts_are_left_out(void **state)
{
    (void)state;
    ask("part", "region", "value = 25 %");
    w.env.today = world_day("2024-01-01");
    push("n", "a", "2024-T1", "10");
    push("n", "b", "2024-T1", "50");
    months("a", 2024, 4, "10");
    assert_string_equal(world_status(&w, "t", 2024, "r"), "green");
    const struct mv_basis *basis = &w.j.rulings[0].basis;
    assert_int_equal(basis->units_in, 1);
    assert_int_equal(basis->units_of, 2);
    assert_int_equal(basis->left_out, 1);
    assert_int_equal(basis->left_out_at[0].unit, world_unit(&w, "b"));
    world_close(&w);
}

static void years_and_parts_share_one_stretch(void **state)
{
    (void)state;
    ask("part", "trust", "value > value(-1)");
    w.env.today = world_day("2024-01-01");
    push("n", "a", "2024-T1", "12");
    push("n", "a", "2024-T2", "99");
    push("n", "a", "2023-T1", "10");
    push("n", "a", "2023-T3", "99");
    months("a", 2024, 8, "10");
    months("a", 2023, 7, "10");
    expect("a", "green", "green 30 25 5");
}

static void the_latest_is_of_its_own_periods_that_all_have(void **state)
{
    (void)state;
    ask("part", "trust", "latest > latest(-1)");
    w.env.today = world_day("2024-01-01");
    for (int year = 2023; year <= 2024; year++) {
        char period[16];
        (void)snprintf(period, sizeof period, "%d-T1", year);
        push("n", "a", period, year == 2023 ? "10" : "12");
        (void)snprintf(period, sizeof period, "%d-T2", year);
        push("n", "a", period, "1");
        months("a", year, 5, "10");
    }
    expect("a", "green", "green 30 25 5");
}

/* Members are the same by name, whatever place each indicator gives them. */
static void member_by_member_by_name(void **state)
{
    (void)state;
    ask("of", "trust", "each d: value >= 50 %");
    static const char *const pushed[][3] = {{"xn", "x", "5"},
                                            {"xm", "x", "10"},
                                            {"xn", "y", "4"},
                                            {"xm", "y", "10"}};
    for (size_t i = 0; i < 4; i++)
        (void)world_push(&w, pushed[i][0], "a", pushed[i][1], "2024-T1",
                         pushed[i][2], 0);
    assert_string_equal(world_status(&w, "t", 2024, "a"), "yellow");
    assert_string_equal(world_ruling(&w, 0), "red 40 50 -10");
    assert_string_equal(world_ruling(&w, 1), "green 50 50 0");
    world_close(&w);
}

/* y has no denominator: its numerator does not count in the total either. */
static void a_made_total_takes_members_that_all_parts_have(void **state)
{
    (void)state;
    ask("of", "trust", "value = 50 %");
    (void)world_push(&w, "xn", "a", "x", "2024-T1", "5", 0);
    (void)world_push(&w, "xn", "a", "y", "2024-T1", "4", 0);
    (void)world_push(&w, "xm", "a", "x", "2024-T1", "10", 0);
    expect("a", "green", "green 50 50 0");
}

static void what_is_too_small_is_suppressed_through_a_formula(void **state)
{
    (void)state;
    ask("half", "trust", "value >= 10 %");
    push("pair", "a", "2024-T1", "2/4");
    expect("a", "none suppressed", "none suppressed");
    ask("half", "trust", "value >= 10 %");
    push("pair", "a", "2024-T1", "2/5");
    expect("a", "green", "green 20 10 10");
}

static void a_quotient_by_nothing_is_none(void **state)
{
    (void)state;
    ask("part", "trust", "value >= 10 %");
    push("n", "a", "2024-T1", "2");
    months("a", 2024, 4, "0");
    expect("a", "none zero_denominator", "none zero_denominator");
}

static void lowest_and_growth_are_of_the_derived_number(void **state)
{
    (void)state;
    ask("part", "region", "lowest = 20 %");
    w.env.today = world_day("2024-01-01");
    push("n", "a", "2024-T1", "10");
    push("n", "b", "2024-T1", "8");
    months("a", 2024, 4, "10");
    months("b", 2024, 4, "10");
    expect("r", "green", "green 20 20 0");
    ask("part", "trust", "growth(-1) = 20 %");
    w.env.today = world_day("2024-01-01");
    push("n", "a", "2024-T1", "12");
    push("n", "a", "2023-T1", "10");
    months("a", 2024, 4, "10");
    months("a", 2023, 4, "10");
    expect("a", "green", "green 20 20 0");
}

static void a_figure_of_a_part_touches_what_names_the_formula(void **state)
{
    (void)state;
    const struct mv_pair *pairs;
    struct mv_touched *t = mv_touched_open();
    ask("twice", "region, trust", "value > value(-1)");
    uint32_t a = world_unit(&w, "a");
    for (int year = 2022; year <= 2024; year++) {
        mv_touched_clear(t);
        mv_touched_figure(t, w.plan, a, world_indicator(&w, "m"), year);
        assert_int_equal(mv_touched_pairs(t, &pairs), year < 2023 ? 0 : 2);
    }
    mv_touched_clear(t); /* 2024-M01 was due on 16 March */
    mv_touched_day(t, w.plan, world_day("2024-03-17"));
    assert_int_equal(mv_touched_pairs(t, &pairs), 3);
    mv_touched_close(t);
    world_close(&w);
}

static bool count_one(void *ctx, const struct mv_behind *behind)
{
    unsigned *count = ctx;
    *count += behind->counts;
    return true;
}

static void explain_shows_the_figures_of_the_parts(void **state)
{
    (void)state;
    unsigned count = 0;
    ask("twice", "trust", "value > value(-1)");
    push("n", "a", "2024-T1", "12");
    push("n", "a", "2023-T1", "10");
    months("a", 2024, 4, "10");
    world_explain(&w, "t", "a", count_one, &count);
    assert_int_equal(count, 6);
    world_close(&w);
}

static void its_course_counts_its_own_periods(void **state)
{
    (void)state;
    struct mv_course c;
    struct mv_course_value v;
    ask("part", "trust", "value = 25 %");
    push("n", "a", "2024-T1", "10");
    push("n", "a", "2024-T2", "99");
    months("a", 2024, 5, "10");
    mv_course_open_reported(&c, &w.env, world_target(&w, "t", 2024),
                            world_unit(&w, "a"), 0);
    mv_course_year(&c, 2024, &v);
    assert_true(mv_dec_compare(v.n, mv_dec_from_int(25)) == 0);
    assert_int_equal(v.periods, 1);
    assert_int_equal(v.of_periods, 3);
    mv_course_done(&c);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_of_the_stretches_that_all_parts_have),
        cmocka_unit_test(a_formula_may_name_another),
        cmocka_unit_test(without_a_common_stretch_all_parts_are_late),
        cmocka_unit_test(children_without_all_parts_are_left_out),
        cmocka_unit_test(years_and_parts_share_one_stretch),
        cmocka_unit_test(the_latest_is_of_its_own_periods_that_all_have),
        cmocka_unit_test(member_by_member_by_name),
        cmocka_unit_test(a_made_total_takes_members_that_all_parts_have),
        cmocka_unit_test(what_is_too_small_is_suppressed_through_a_formula),
        cmocka_unit_test(a_quotient_by_nothing_is_none),
        cmocka_unit_test(lowest_and_growth_are_of_the_derived_number),
        cmocka_unit_test(a_figure_of_a_part_touches_what_names_the_formula),
        cmocka_unit_test(explain_shows_the_figures_of_the_parts),
        cmocka_unit_test(its_course_counts_its_own_periods),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
