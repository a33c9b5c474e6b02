/* What a report shows of a series: years, periods, the units below, and what
 * it must not show. Examples worked by hand. */
#include <stdio.h>

#include "services/judging/course.h"
#include "tests/support/judging.h"

static const char indicators[] = "indicators:\n" INDICATOR(
    "wait", "days", "A_3", "mean", "none", "    due: 45 d\n")
    INDICATOR("beds", "count", "A_3", "sum", "sum", "") INDICATOR(
        "pair", "percent", "A_3", "ratio", "ratio", "    min_denominator: 5\n")
        INDICATOR("parts", "percent", "A_3", "ratio", "ratio",
                  "    min_denominator: 5\n    decimals: 1\n" MEMBERS("ratio"))
            INDICATOR("each", "days", "A_3", "mean", "none", MEMBERS("none"));

static struct mv_course course;
static struct mv_course_value v;

static void ask(const char *indicator, const char *require)
{
    start_target(WORLD_LETTERS, indicators,
                 "year: 2024, scope: [region, trust], indicator: %s, "
                 "require: ['%s']",
                 indicator, require);
    w.env.today = world_day("2024-12-01");
}

static void follow(const char *unit, uint32_t ruling)
{
    (void)world_status(&w, "t", 2024, unit);
    assert_true(mv_course_open(&course, &w.env, w.j.target, w.j.unit,
                               &w.j.rulings[ruling]));
}

static void end(void)
{
    mv_course_done(&course);
    world_close(&w);
}

static const char *shown(void)
{
    static char out[MV_DEC_TEXT_BYTES];
    return v.reason == MV_REASON_NO ? mv_dec_text(v.n, out)
                                    : mv_reason_text(v.reason);
}

static const char *year(int32_t y)
{
    mv_course_year(&course, y, &v);
    return shown();
}

static const char *period(const char *text)
{
    struct mv_period p;
    assert_true(mv_period_parse(mv_span_text(text), &p));
    mv_course_period(&course, &p, &v);
    return shown();
}

static const char *number(struct mv_dec n)
{
    static char out[2][MV_DEC_TEXT_BYTES];
    static int turn;
    return mv_dec_text(n, out[turn = !turn]);
}

static void each_year_stands_alone(void **state)
{
    (void)state;
    ask("wait", "value < value(-1)");
    push("wait", "a", "2022", "40");
    push("wait", "a", "2023-T1", "50");
    push("wait", "a", "2023-T2", "60");
    push("wait", "a", "2024-T1", "70");
    follow("a", 0);
    assert_string_equal(year(2022), "40");
    assert_string_equal(year(2023), "55");
    assert_int_equal(v.periods, 2);
    assert_int_equal(v.of_periods, 3);
    assert_string_equal(year(2024), "70");
    assert_string_equal(year(2021), "overdue");
    assert_string_equal(period("2023-T2"), "60");
    assert_string_equal(period("2024-T3"), "not_due");
    end();
}

static void two_years_are_set_beside_each_other_over_the_same_stretch(void **s)
{
    struct mv_dec now, before;
    (void)s;
    ask("beds", "value > value(-1)");
    push("beds", "a", "2023-T1", "10");
    push("beds", "a", "2023-T2", "90");
    push("beds", "a", "2024-T1", "12");
    follow("r", 0);
    assert_int_equal(mv_course_alike(&course, &now, &before), MV_REASON_NO);
    assert_string_equal(number(now), "12");
    assert_string_equal(number(before), "10");
    end();
}

/* Less the other members', exact numbers would tell one that is hidden over
 * this stretch and not over the year. */
static void of_a_total_that_may_hide_a_member_no_stretch_is_exact(void **state)
{
    struct mv_dec now, before;
    (void)state;
    ask("parts", "value > value(-1)");
    for (int y = 0; y < 2; y++) {
        const char *const t1 = y == 0 ? "2023-T1" : "2024-T1";
        (void)world_push(&w, "parts", "b", "som", t1, "50/67", 0);
        (void)world_push(&w, "parts", "b", "vop", t1, "30/41", 0);
    }
    follow("b", 0);
    assert_int_equal(mv_course_alike(&course, &now, &before), MV_REASON_NO);
    assert_string_equal(number(now), "74.1");
    assert_string_equal(number(before), "74.1");
    course.node.member = 0;
    assert_int_equal(mv_course_alike(&course, &now, &before), MV_REASON_NO);
    assert_string_equal(number(now), "74.626865671642");
    end();
}

/* 2022 has one of two trusts, 2023 a tertial less: neither is the same sum. */
static void a_year_of_less_is_no_point_of_the_curve(void **state)
{
    (void)state;
    ask("beds", "value > 0");
    push("beds", "a", "2021", "8");
    push("beds", "b", "2021", "9");
    push("beds", "a", "2022", "8");
    push("beds", "a", "2023-T1", "3");
    push("beds", "b", "2023-T1", "4");
    push("beds", "a", "2024", "10");
    push("beds", "b", "2024", "11");
    follow("r", 0);
    assert_true(mv_course_comparable(&course, 2021));
    assert_false(mv_course_comparable(&course, 2022));
    assert_false(mv_course_comparable(&course, 2023));
    assert_true(mv_course_comparable(&course, 2024));
    end();
    ask("pair", "value > 0 %");
    push("pair", "a", "2023-T1", "5/10");
    push("pair", "a", "2024-T1", "2/22"); /* as much as of both, by chance */
    push("pair", "a", "2024-T2", "1/11");
    follow("a", 0);
    assert_false(mv_course_comparable(&course, 2023));
    push("pair", "a", "2023-T2", "5/10");
    assert_true(mv_course_comparable(&course, 2023));
    end();
}

/* Each series once, the right side's marked; those of a share are others'. */
static void a_criterion_names_its_series(void **state)
{
    struct mv_course_name n[2];
    (void)state;
    ask("beds", "growth(-1) + growth(\"pair\", -1) > growth(\"wait\", -1)");
    (void)world_status(&w, "t", 2024, "r");
    const struct mv_catalogue *c = mv_plan_catalogue(w.env.plan);
    assert_int_equal(mv_course_names(c, &w.j.rulings[0], n, 2), 3);
    assert_int_equal(n[1].indicator, 2);
    assert_false(n[1].right);
    world_close(&w);
    ask("beds", "growth(-1) > growth(\"wait\", -1)");
    (void)world_status(&w, "t", 2024, "r");
    c = mv_plan_catalogue(w.env.plan);
    assert_int_equal(mv_course_names(c, &w.j.rulings[0], n, 2), 2);
    assert_int_equal(n[0].indicator, 1);
    assert_false(n[0].right);
    assert_int_equal(n[1].indicator, 0);
    assert_true(n[1].right);
    world_close(&w);
    ask("each", "value(\"each/som\") > value(\"each/vop\")");
    (void)world_status(&w, "t", 2024, "r");
    c = mv_plan_catalogue(w.env.plan);
    assert_int_equal(mv_course_names(c, &w.j.rulings[0], n, 2), 2);
    assert_true(n[0].member == 0 && !n[0].right);
    assert_true(n[1].member == 1 && n[1].right);
    world_close(&w);
    ask("beds", "latest > value(-1)");
    (void)world_status(&w, "t", 2024, "r");
    c = mv_plan_catalogue(w.env.plan);
    assert_int_equal(mv_course_names(c, &w.j.rulings[0], n, 2), 1);
    assert_true(n[0].latest);
    world_close(&w);
    start_target(WORLD_LETTERS, indicators,
                 "year: 2024, scope: [region], indicator: beds, "
                 "require: ['share(units: value >= 3) >= 50 %%']");
    w.env.today = world_day("2024-12-01");
    (void)world_status(&w, "t", 2024, "r");
    c = mv_plan_catalogue(w.env.plan);
    assert_int_equal(mv_course_names(c, &w.j.rulings[0], n, 2), 0);
    world_close(&w);
}

static void the_limit_of_a_growth_lies_above_its_base(void **state)
{
    struct mv_dec line;
    (void)state;
    ask("beds", "growth(-1) >= 15 %");
    push("beds", "a", "2023", "200");
    push("beds", "a", "2024", "220");
    follow("a", 0);
    assert_true(mv_course_line(&course, &w.j.rulings[0], &line));
    assert_string_equal(number(line), "230");
    end();
    ask("beds", "value - 1 >= 15");
    push("beds", "a", "2024", "220");
    follow("a", 0);
    assert_false(mv_course_line(&course, &w.j.rulings[0], &line));
    end();
}

static void a_member_is_followed_by_itself(void **state)
{
    (void)state;
    ask("each", "each tjeneste: value < 9 days");
    (void)world_push(&w, "each", "a", "som", "2024", "5", 0);
    (void)world_push(&w, "each", "a", "vop", "2024", "7", 0);
    follow("a", 1);
    assert_string_equal(year(2024), "7");
    end();
}

static void lowest_and_highest_are_named(void **state)
{
    struct mv_course_ends ends;
    (void)state;
    ask("wait", "value < 9 days");
    push("wait", "a", "2024", "5");
    push("wait", "b", "2024", "9");
    follow("r", 0);
    mv_course_ends(&course, &ends);
    assert_int_equal(ends.units, 2);
    assert_int_equal(ends.of_units, 3);
    assert_int_equal(ends.low_unit, world_unit(&w, "a"));
    assert_int_equal(ends.high_unit, world_unit(&w, "b"));
    assert_string_equal(number(ends.high), "9");
    end();
}

/* b has 3 of 4: its 75 % may not be shown; the region's 60 % of 100 and the
 * others' numbers would tell it, so the next smallest, c, is hidden too. */
static void beside_the_one_suppressed_the_next_smallest_is_hidden(void **state)
{
    struct mv_course_ends ends;
    static const char *const expected[][2] = {
        {"a", "50"}, {"b", "suppressed"}, {"c", "suppressed"}, {"r", "55"}};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        ask("pair", "value >= 60 %");
        push("pair", "a", "2024-T1", "38/76");
        push("pair", "b", "2024-T1", "3/4");
        push("pair", "c", "2024-T1", "14/20");
        follow(expected[i][0], 0);
        assert_string_equal(year(2024), expected[i][1]);
        assert_string_equal(period("2024-T1"), expected[i][1]);
        mv_course_ends(&course, &ends);
        assert_int_equal(ends.units, i == 3 ? 1 : 0);
        end();
    }
}

/* b's vop has 3 of 4: of 53 in 71 exactly, beside its som with 50 of 67, it
 * could be worked out. */
static void a_total_that_a_suppressed_member_is_in_is_rounded(void **state)
{
    struct mv_course_ends ends;
    (void)state;
    ask("parts", "value >= 60 %");
    (void)world_push(&w, "parts", "a", "som", "2024-T1", "1/7", 0);
    (void)world_push(&w, "parts", "a", "vop", "2024-T1", "1/8", 0);
    (void)world_push(&w, "parts", "b", "som", "2024-T1", "50/67", 0);
    (void)world_push(&w, "parts", "b", "vop", "2024-T1", "3/4", 0);
    follow("b", 0);
    assert_string_equal(year(2024), "74.6");
    assert_true(v.rounded);
    assert_string_equal(period("2024-T1"), "74.6");
    course.node.member = 0;
    assert_string_equal(year(2024), "74.626865671642");
    mv_course_done(&course);
    follow("a", 0);
    assert_string_equal(year(2024), "13.333333333333");
    assert_false(v.rounded);
    mv_course_done(&course);
    follow("r", 0); /* b's vop is in no number of the region's own */
    assert_string_equal(year(2024), "63.953488372093");
    mv_course_ends(&course, &ends);
    assert_true(ends.rounded);
    assert_string_equal(number(ends.high), "74.6");
    assert_string_equal(number(ends.low), "13.3");
    course.node.kind = MV_NODE_LOWEST;
    assert_string_equal(year(2024), "13.3");
    end();
}

/* ---- all periods of a year at once ---- */

#define MEMBERS_OF_B 4

/* b's of each month, of so many; a's of one month alone is too small. */
static void ask_months(const char *of)
{
    static const char *const members[MEMBERS_OF_B] = {"som", "vop", "bup",
                                                      "tsb"};
    start_target(
        WORLD_LETTERS,
        "indicators:\n" INDICATOR(
            "m", "percent", "M", "ratio", "ratio",
            "    min_denominator: 5\n    decimals: 1\n" MEMBERS("ratio")),
        "year: 2024, scope: [region, trust], indicator: m, require: "
        "['value >= 60 %%']");
    w.env.today = world_day("2024-12-01");
    for (int i = 1; i <= 12; i++) {
        char month[16], text[16];
        (void)snprintf(month, sizeof month, "2024-M%02d", i);
        for (int k = 0; k < MEMBERS_OF_B; k++) {
            (void)snprintf(text, sizeof text, "%d/%d", i, 20 + i * k);
            push_member("m", "b", members[k], month, text);
        }
        push_member("m", "a", "som", month, i == 3 ? of : "20/300");
        push_member("m", "c", "vop", month, i == 5 ? of : "20/300");
    }
    follow("b", 0);
}

static uint64_t looks(unsigned months)
{
    struct mv_course_value one[MV_PERIODS_MAX];
    struct mv_period at[MV_PERIODS_MAX];
    uint64_t before = mv_rowcache_looked(w.env.rows);
    if (months == 1)
        (void)period("2024-M02");
    else
        assert_int_equal(mv_course_periods(&course, MV_FREQ_M, 2024, at, one),
                         12);
    return mv_rowcache_looked(w.env.rows) - before;
}

/* A month more is the series of its members added up once more. */
static void a_year_s_series_are_read_once(void **state)
{
    (void)state;
    ask_months("10/30");
    assert_int_equal(looks(12) - looks(1), 11 * MEMBERS_OF_B);
    end();
}

/* In March b is the next smallest beside a, in May beside c. */
static void all_periods_are_as_each_by_itself(void **state)
{
    struct mv_course_value all[MV_PERIODS_MAX];
    struct mv_period at[MV_PERIODS_MAX];
    char name[MV_PERIOD_TEXT_BYTES];
    uint32_t hidden = 0;
    (void)state;
    ask_months("3/4");
    push_member("m", "b", "som", "2024-M07", "1/2");
    assert_int_equal(mv_course_periods(&course, MV_FREQ_M, 2024, at, all), 12);
    for (int i = 0; i < 12; i++) {
        (void)period(mv_period_text(&at[i], name));
        assert_int_equal(all[i].reason, v.reason);
        assert_int_equal(all[i].rounded, v.rounded);
        assert_int_equal(all[i].rounded, i == 6);
        assert_int_equal(mv_dec_compare(all[i].n, v.n), 0);
        hidden += v.reason == MV_REASON_SUPPRESSED;
    }
    assert_int_equal(hidden, 2);
    assert_int_equal(all[2].reason, MV_REASON_SUPPRESSED);
    assert_int_equal(all[4].reason, MV_REASON_SUPPRESSED);
    end();
}

/* The year's 62 of 74, less the other two, would tell the 3 of 4. */
static void beside_the_one_period_suppressed_the_next_smallest_is(void **state)
{
    struct mv_course_value all[MV_PERIODS_MAX];
    struct mv_period at[MV_PERIODS_MAX];
    (void)state;
    ask("pair", "value >= 60 %");
    push("pair", "a", "2024-T1", "50/60");
    push("pair", "a", "2024-T2", "3/4");
    push("pair", "a", "2024-T3", "9/10");
    follow("a", 0);
    assert_int_equal(mv_course_periods(&course, MV_FREQ_T, 2024, at, all), 3);
    assert_int_equal(all[0].reason, MV_REASON_NO);
    assert_int_equal(all[1].reason, MV_REASON_SUPPRESSED);
    assert_int_equal(all[2].reason, MV_REASON_SUPPRESSED);
    assert_string_equal(period("2024-T3"), "90");
    end();
}

/* --- what has no curve, or another line ---------------------------------- */

static void ask_region(const char *require)
{
    start_target(WORLD_LETTERS, indicators,
                 "year: 2024, scope: [region], indicator: beds, require: "
                 "['%s']",
                 require);
    w.env.today = world_day("2024-12-01");
}

static bool opens(const char *require)
{
    ask_region(require);
    push("beds", "a", "2024", "5");
    (void)world_status(&w, "t", 2024, "r");
    bool open =
        mv_course_open(&course, &w.env, w.j.target, w.j.unit, &w.j.rulings[0]);
    if (open)
        mv_course_done(&course);
    world_close(&w);
    return open;
}

static void the_first_figure_of_a_criterion_is_followed(void **state)
{
    (void)state;
    assert_true(opens("5 < value"));
    assert_true(opens("1 + 2 * value > 5"));
    assert_true(opens("lowest > 5"));
    assert_false(opens("share(units: value > 1) > 50 %"));
    assert_true(opens("share(units: value > 1) * value > 50"));
}

static void the_lowest_is_followed_as_such_and_hides_nothing(void **state)
{
    (void)state;
    ask_region("lowest > 1");
    push("beds", "a", "2023", "7");
    push("beds", "b", "2023", "4");
    push("beds", "a", "2024", "5");
    push("beds", "b", "2024", "9");
    follow("r", 0);
    assert_string_equal(year(2024), "5");
    assert_string_equal(year(2023), "4");
    assert_false(v.has_held);
    end();
}

static void a_rate_has_no_ends_and_one_without_figures_no_neighbour(void **s)
{
    struct mv_course_ends ends;
    struct mv_dec now, before;
    (void)s;
    start_target(
        "units:\n"
        "  - {id: r, name: R, kind: region, population: {2020: 1000}}\n"
        "  - {id: a, name: A, kind: trust, parent: r}\n",
        indicators,
        "year: 2024, scope: [region], indicator: beds, require: "
        "['rate(100) > 1']");
    w.env.today = world_day("2024-12-01");
    push("beds", "a", "2024", "50");
    follow("r", 0);
    assert_string_equal(year(2024), "5");
    mv_course_ends(&course, &ends);
    assert_true(ends.units == 0 && ends.of_units == 0);
    assert_int_equal(mv_course_alike(&course, &now, &before),
                     MV_REASON_NO_BASE); /* no 2023 */
    assert_false(mv_course_comparable(&course, 2023));
    end();
    ask("beds", "value > 0");
    follow("b", 0);
    assert_true(mv_course_comparable(&course, 2023)); /* nothing to differ */
    end();
}

static void the_ends_are_found_in_whatever_order_they_come(void **state)
{
    struct mv_course_ends ends;
    (void)state;
    ask("wait", "value < 9 days");
    push("wait", "a", "2024", "7");
    push("wait", "b", "2024", "9");
    push("wait", "c", "2024", "5");
    follow("r", 0);
    mv_course_ends(&course, &ends);
    assert_int_equal(ends.units, 3);
    assert_int_equal(ends.low_unit, world_unit(&w, "c"));
    assert_int_equal(ends.high_unit, world_unit(&w, "b"));
    end();
    ask("wait", "value < 9 days");
    push("wait", "a", "2024", "9");
    push("wait", "b", "2024", "7");
    push("wait", "c", "2024", "5");
    follow("r", 0);
    mv_course_ends(&course, &ends);
    assert_int_equal(ends.low_unit, world_unit(&w, "c"));
    assert_int_equal(ends.high_unit, world_unit(&w, "a"));
    end();
}

static const char *line_of(const char *require)
{
    struct mv_dec line;
    ask("beds", require);
    push("beds", "a", "2022", "100");
    push("beds", "a", "2023-T1", "50");
    push("beds", "a", "2023-T2", "60");
    push("beds", "a", "2024", "220");
    follow("a", 0);
    bool has = mv_course_line(&course, &w.j.rulings[0], &line);
    end();
    return has ? number(line) : "";
}

static void a_line_is_drawn_where_one_number_bounds_the_figure(void **state)
{
    (void)state;
    assert_string_equal(line_of("value > 15"), "15");
    assert_string_equal(line_of("value > value(2022) * 2"), "200");
    assert_string_equal(line_of("15 < value"), "15");
    assert_string_equal(line_of("growth(2022) > 10 %"), "110");
    assert_string_equal(line_of("growth(2023-T1) > 10 %"), "55");
    assert_string_equal(line_of("growth(-2) > -10 %"), "90");
    assert_string_equal(line_of("growth(2021) > 10 %"), "");
    assert_string_equal(line_of("growth(-1) > growth(-2)"), "");
    assert_string_equal(line_of("growth(-2) > path(1 %, 2020, 9 %, 2028)"), "");
}

/* Two indicators of one dimension, each with an order of its own. */
static void a_member_is_followed_by_its_name_in_another_indicator(void **s)
{
    (void)s;
    start_target(
        WORLD_LETTERS,
        "indicators:\n" INDICATOR(
            "own", "count", "A_3", "sum", "sum",
            "    dimension: {id: d, members: [x, y], total: sum}\n")
            INDICATOR("other", "count", "A_3", "sum", "sum",
                      "    dimension: {id: d, members: [y, z, x], total: "
                      "sum}\n"),
        "year: 2024, scope: [trust], indicator: own, require: ['each d: "
        "value(\"other\") + value > 0']");
    w.env.today = world_day("2024-12-01");
    push_member("own", "a", "x", "2024", "1");
    push_member("own", "a", "y", "2024", "2");
    push_member("other", "a", "x", "2024", "10");
    push_member("other", "a", "y", "2024", "20");
    push_member("other", "a", "z", "2024", "90");
    follow("a", 0);
    assert_string_equal(world_ruling(&w, 0), "green 11 0 11");
    assert_string_equal(world_ruling(&w, 1), "green 22 0 22");
    assert_string_equal(year(2024), "10");
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_year_stands_alone),
        cmocka_unit_test(
            two_years_are_set_beside_each_other_over_the_same_stretch),
        cmocka_unit_test(a_year_of_less_is_no_point_of_the_curve),
        cmocka_unit_test(a_criterion_names_its_series),
        cmocka_unit_test(the_limit_of_a_growth_lies_above_its_base),
        cmocka_unit_test(a_member_is_followed_by_itself),
        cmocka_unit_test(lowest_and_highest_are_named),
        cmocka_unit_test(beside_the_one_suppressed_the_next_smallest_is_hidden),
        cmocka_unit_test(a_total_that_a_suppressed_member_is_in_is_rounded),
        cmocka_unit_test(a_year_s_series_are_read_once),
        cmocka_unit_test(all_periods_are_as_each_by_itself),
        cmocka_unit_test(beside_the_one_period_suppressed_the_next_smallest_is),
        cmocka_unit_test(of_a_total_that_may_hide_a_member_no_stretch_is_exact),
        cmocka_unit_test(the_first_figure_of_a_criterion_is_followed),
        cmocka_unit_test(the_lowest_is_followed_as_such_and_hides_nothing),
        cmocka_unit_test(
            a_rate_has_no_ends_and_one_without_figures_no_neighbour),
        cmocka_unit_test(the_ends_are_found_in_whatever_order_they_come),
        cmocka_unit_test(a_line_is_drawn_where_one_number_bounds_the_figure),
        cmocka_unit_test(a_member_is_followed_by_its_name_in_another_indicator),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
