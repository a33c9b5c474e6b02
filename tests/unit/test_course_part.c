/* What of a year a series has: the periods and units that are not in it, and
 * how far a limit reaches that figures make. */
#include <stdio.h>
#include <string.h>

#include "services/judging/course.h"
#include "tests/support/judging.h"

static const char indicators[] =
    "indicators:\n" INDICATOR("beds", "count", "A_3", "sum", "sum", "")
        INDICATOR("pair", "percent", "A_3", "ratio", "ratio", "");

static struct mv_course course;
static struct mv_course_value v;

static void follow(const char *unit)
{
    (void)world_status(&w, "t", 2024, unit);
    assert_true(
        mv_course_open(&course, &w.env, w.j.target, w.j.unit, &w.j.rulings[0]));
}

static mv_reason period(const char *text)
{
    struct mv_period p;
    assert_true(mv_period_parse(mv_span_text(text), &p));
    mv_course_period(&course, &p, &v);
    return v.reason;
}

/* Of which period a lone figure of `a` would be the last, or "": the year. */
static const char *line_end_of(const char *require, const char *more,
                               const char *last)
{
    static char out[MV_PERIOD_TEXT_BYTES];
    struct mv_period end;
    start_target(WORLD_LETTERS, indicators,
                 "year: 2024, scope: [trust], indicator: beds, require: "
                 "['%s']%s",
                 require, more);
    w.env.today = world_day("2024-12-01");
    for (int t = 1; t <= 3; t++) {
        char name[16];
        (void)snprintf(name, sizeof name, "2023-T%d", t);
        push("beds", "a", name, "50");
        (void)snprintf(name, sizeof name, "2024-T%d", t);
        if (strcmp(name, last) <= 0)
            push("beds", "a", name, "40");
    }
    follow("a");
    bool part = mv_course_line_end(&course, &w.j.rulings[0], &end);
    mv_course_done(&course);
    world_close(&w);
    return part ? mv_period_text(&end, out) : "";
}

/* Last year's so far is no limit for the year. */
static void a_line_that_figures_make_ends_where_they_do(void **state)
{
    (void)state;
    assert_string_equal(line_end_of("value >= value(-1)", "", "2024-T2"),
                        "2024-T2");
    assert_string_equal(line_end_of("value >= value(-1)", "", "2024-T3"), "");
    assert_string_equal(
        line_end_of("value >= value(-1)", ", forecast: recent(2)", "2024-T2"),
        "");
    assert_string_equal(line_end_of("value >= 100", "", "2024-T2"), "");
    assert_string_equal(line_end_of("growth(-1) >= 5 %", "", "2024-T2"), "");
}

/* b begins in the second tertial; of c nothing is expected in the first. */
static void a_period_is_missing_where_it_is_expected(void **state)
{
    (void)state;
    start_target("units:\n  - {id: r, name: R, kind: region}\n"
                 "  - {id: a, name: A, kind: trust, parent: r}\n"
                 "  - {id: b, name: B, kind: trust, parent: r, from: "
                 "2024-05-01}\n"
                 "  - {id: c, name: C, kind: trust, parent: r}\n",
                 indicators,
                 "year: 2024, scope: [trust], indicator: beds, require: "
                 "['value > 0']");
    w.env.today = world_day("2024-06-01");
    push("beds", "a", "2024-T2", "4");
    push("beds", "b", "2024-T2", "4");
    (void)world_push(&w, "beds", "c", "", "2024-T1", "-", 'M');
    push("beds", "c", "2024-T2", "4");
    follow("a");
    assert_int_equal(period("2024-T1"), MV_REASON_NOT_DUE);
    assert_true(v.missing);
    assert_int_equal(period("2024-T2"), MV_REASON_NO);
    assert_false(v.missing);
    mv_course_done(&course);
    follow("b");
    assert_int_equal(period("2024-T1"), MV_REASON_NOT_DUE);
    assert_false(v.missing);
    mv_course_done(&course);
    follow("c");
    assert_int_equal(period("2024-T1"), MV_REASON_NOT_DUE);
    assert_false(v.missing);
    mv_course_done(&course);
    world_close(&w);
}

/* What b sent cannot count beside pairs; then it does. */
static void a_period_without_a_unit_is_incomplete(void **state)
{
    (void)state;
    start_target(WORLD_LETTERS, indicators,
                 "year: 2024, scope: [region], indicator: pair, require: "
                 "['value > 0']");
    w.env.today = world_day("2024-12-01");
    push("pair", "a", "2024-T1", "30/40");
    push("pair", "b", "2024-T1", "75");
    push("pair", "c", "2024-T1", "30/40");
    follow("r");
    assert_int_equal(period("2024-T1"), MV_REASON_NO);
    assert_true(v.incomplete);
    mv_course_done(&course);
    push("pair", "b", "2024-T1", "50/40");
    follow("r");
    (void)period("2024-T1");
    assert_false(v.incomplete);
    mv_course_done(&course);
    world_close(&w);
}

/* What is held against what, as "70 80", or "". */
static const char *compared(const char *require, const char *more)
{
    static char out[2 * MV_DEC_TEXT_BYTES];
    char now[MV_DEC_TEXT_BYTES], before[MV_DEC_TEXT_BYTES];
    struct mv_dec a, b;
    start_target(WORLD_LETTERS, indicators,
                 "year: 2024, scope: [region], indicator: beds, require: "
                 "['%s']%s",
                 require, more);
    w.env.today = world_day("2024-12-01");
    push("beds", "a", "2023", "13");
    push("beds", "b", "2023-T1", "40");
    push("beds", "b", "2023-T2", "41");
    push("beds", "b", "2024-T1", "35");
    push("beds", "c", "2024-T1", "9");
    follow("r");
    mv_reason why = mv_course_alike(&course, &a, &b);
    (void)snprintf(out, sizeof out, "%s%s %s", course.made ? "made " : "",
                   mv_dec_text(a, now), mv_dec_text(b, before));
    mv_course_done(&course);
    world_close(&w);
    return why == MV_REASON_NO ? out : "";
}

/* Last year's number is beside the year's own, and a growth's own base beside
 * it: of b, that is in both years. */
static void only_what_is_asked_is_compared(void **state)
{
    (void)state;
    assert_string_equal(compared("value >= 1", ""), "35 40");
    assert_string_equal(compared("value > value(-1)", ""), "35 40");
    assert_string_equal(compared("growth(-1) > 1 %", ""), "made 35 40");
    assert_string_equal(compared("growth(-1) > 1 %", ", forecast: recent(1)"),
                        "made 70 81");
    static const char *const others[] = {"latest >= 1",
                                         "value(2024-T1) >= 1",
                                         "abs(growth(-1)) > 1 %",
                                         "highest - lowest > 1",
                                         "lowest > 1",
                                         "value(-1) > 1",
                                         "value - 1 > 1",
                                         "growth(-1) - 1 pp > 1 %"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_string_equal(compared(others[i], ""), "");
}

/* As low in what both have, but not of the same: b was not there, or with a
 * tertial less. */
static void the_lowest_is_of_all_below_in_both_years(void **state)
{
    (void)state;
    start_target(WORLD_LETTERS, indicators,
                 "year: 2024, scope: [region], indicator: beds, require: "
                 "['lowest > 0']");
    w.env.today = world_day("2024-12-01");
    push("beds", "a", "2022", "3");
    push("beds", "a", "2023", "4");
    push("beds", "b", "2023-T1", "50");
    push("beds", "a", "2024", "5");
    push("beds", "b", "2024-T1", "60");
    push("beds", "b", "2024-T2", "70");
    follow("r");
    assert_false(mv_course_comparable(&course, 2022));
    assert_false(mv_course_comparable(&course, 2023));
    push("beds", "b", "2023-T2", "80");
    assert_true(mv_course_comparable(&course, 2023));
    mv_course_done(&course);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_that_figures_make_ends_where_they_do),
        cmocka_unit_test(a_period_is_missing_where_it_is_expected),
        cmocka_unit_test(only_what_is_asked_is_compared),
        cmocka_unit_test(a_period_without_a_unit_is_incomplete),
        cmocka_unit_test(the_lowest_is_of_all_below_in_both_years),
    };
    return cmocka_run_group_tests_name("course_part", tests, NULL, NULL);
}
