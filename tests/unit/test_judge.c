/* The worked examples, every reason for none, and the edges of comparison. */
#include <stdio.h>
#include <string.h>

#include "tests/support/given.h"

static void a_longer_wait_than_last_year_is_red(void **state)
{
    (void)state;
    start(INDICATOR("i", "days", "A", "mean", "none", ""),
          TARGET("t", "i", "[value < value(-1)]", ""));
    put("i", "ahus", "2024", "78.5");
    put("i", "ahus", "2023", "75.4");
    expect("t", "ahus", "red");
    assert_string_equal(world_ruling(&w, 0), "red 78.5 75.4 -3.1");
}

static void letters_between_yellow_and_green_are_yellow(void **state)
{
    (void)state;
    start(
        INDICATOR("i", "percent", "A_3", "ratio", "ratio", ""),
        TARGET("t", "i", "[value >= 70 %]", "    yellow: [value >= 66.5 %]\n"));
    put("i", "ahus", "2024", "667/1000");
    expect("t", "ahus", "yellow");
    assert_string_equal(world_ruling(&w, 0), "yellow 66.7 70 -3.3");
    put("i", "ous", "2024", "664/1000");
    expect("t", "ous", "red");
    /* (667 + 664) / 2000 */
    expect("t", "hso", "yellow");
    assert_string_equal(world_ruling(&w, 0), "yellow 66.55 70 -3.45");
}

static void missing_later_periods_leave_the_colour_and_are_named(void **state)
{
    (void)state;
    start(INDICATOR("i", "percent", "A_3", "ratio", "ratio", "    due: 45 d\n"),
          TARGET("t", "i", "[value >= 80 %]", ""));
    w.env.today = world_day("2024-06-14"); /* 45 days after 30 April */
    expect("t", "ahus", "none not_due");
    w.env.today = world_day("2024-06-15");
    expect("t", "ahus", "none overdue overdue 2024-T1");
    put("i", "ahus", "2024-T1", "46/100");
    expect("t", "ahus", "red");
    w.env.today = world_day("2025-02-15");
    expect("t", "ahus", "red overdue 2024-T2 2024-T3");
    /* of a roll-up: what a child with figures lacks */
    put("i", "ous", "2024-T2", "90/100");
    expect("t", "hso", "red overdue 2024-T1 2024-T2 2024-T3");
}

static void of_very_many_overdue_periods_the_first_are_named(void **state)
{
    (void)state;
    struct mv_period last;
    start(INDICATOR("d", "count", "D", "sum", "sum", "    due: 1 d\n")
              INDICATOR("w", "count", "W", "sum", "sum", "    due: 1 d\n"),
          TARGET("t", "d", "['value > 0', '\"w\" > 0']", ""));
    w.env.today = world_day("2025-06-01");
    mv_judge(&w.env, world_target(&w, "t", 2024), world_unit(&w, "ahus"), &w.j);
    assert_int_equal(w.j.overdue_kept, MV_OVERDUE_MAX);
    for (unsigned i = 1; i < w.j.overdue_kept; i++)
        assert_true(w.j.overdue_at[i - 1].first_day <=
                    w.j.overdue_at[i].first_day);
    /* 350 days and 50 weeks: all of them that begin by then */
    assert_true(mv_period_parse(mv_span_text("2024-12-15"), &last));
    assert_true(mv_period_equal(&w.j.overdue_at[MV_OVERDUE_MAX - 1], &last));
}

static void some_members_met_is_yellow_and_none_met_is_red(void **state)
{
    (void)state;
    start(INDICATOR("i", "percent", "A", "ratio", "ratio", MEMBERS("none")),
          TARGET("t", "i", "[\"each tjeneste: value >= 70 %\"]", "")
              TARGET("u", "i", "[\"each tjeneste: value >= 70 %\"]",
                     "    combine: whole\n"));
    expect("t", "ahus", "none not_due");
    put_member("som", "2024", "7/10"); /* exactly 70 % */
    expect("t", "ahus", "green");
    put_member("vop", "2024", "69/100");
    expect("t", "ahus", "yellow");
    expect("u", "ahus", "red");
    put_member("som", "2024", "1/10");
    expect("t", "ahus", "red");
    assert_int_equal(w.j.count, 4);
    assert_int_equal(w.j.lead, 0);
    assert_string_equal(world_ruling(&w, 3), "none not_due");
}

/* Its margin is what is told of the whole; of another line's it is in another
 * measure. */
static void the_member_that_is_nearest_its_limit_leads(void **state)
{
    (void)state;
    start(INDICATOR("i", "days", "A", "mean", "none", MEMBERS("none"))
              INDICATOR("n", "count", "A", "sum", "none", ""),
          TARGET("t", "i",
                 "[\"each tjeneste: value >= limit\", \"value(\\\"n\\\") >= "
                 "5\"]",
                 "    limits: {som: 10 days, vop: 20 days, bup: 20 days}\n"));
    put_member("som", "2024", "19");
    put_member("vop", "2024", "22");
    put_member("bup", "2024", "22");
    (void)world_push(&w, "n", "ahus", "", "2024", "5", 0);
    expect("t", "ahus", "green");
    assert_int_equal(w.j.lead, 1); /* 9, 2 and 2 beyond; of n: 0 */
    put_member("bup", "2024", "21");
    expect("t", "ahus", "green");
    assert_int_equal(w.j.lead, 2);
    put_member("som", "2024", "9.5");
    put_member("vop", "2024", "18");
    (void)world_push(&w, "n", "ahus", "", "2024", "1", 0);
    expect("t", "ahus", "yellow");
    assert_int_equal(w.j.lead, 1); /* -0.5, -2, green; of n: -4 */
}

static void one_of_four_waits_reduced_is_red_as_a_whole(void **state)
{
    (void)state;
    const char *const members[] = {"som", "vop", "bup", "tsb"};
    start(INDICATOR("i", "days", "A", "mean", "none", MEMBERS("none")),
          TARGET("t", "i", "[\"each tjeneste: value < value(-1)\"]",
                 "    combine: whole\n"));
    for (int i = 0; i < 4; i++) {
        put_member(members[i], "2023", "50");
        put_member(members[i], "2024", i == 0 ? "49" : "50");
    }
    expect("t", "ahus", "red");
    assert_int_equal(w.j.lead, 1);
    put_member("vop", "2024", "49.999999");
    put_member("bup", "2024", "49.999999");
    put_member("tsb", "2024", "49.999999");
    expect("t", "ahus", "green");
}

static void every_comparison_is_exact_on_and_beside_the_limit(void **state)
{
    static const char *const limits[] = {"70", "0", "-70"};
    static const char *const values[3][3] = {
        {"69.999999", "70", "70.000001"},
        {"-0.000001", "0", "0.000001"},
        {"-70.000001", "-70", "-69.999999"}};
    static const struct {
        const char *cmp;
        const char *status[3]; /* below, on, above */
        int margin[3];
    } cases[] = {
        {"<", {"green", "red", "red"}, {1, 0, -1}},
        {"<=", {"green", "green", "red"}, {1, 0, -1}},
        {">", {"red", "red", "green"}, {-1, 0, 1}},
        {">=", {"red", "green", "green"}, {-1, 0, 1}},
        {"=", {"red", "green", "red"}, {-1, 0, -1}},
    };
    (void)state;
    for (size_t c = 0; c < 5; c++) {
        for (int l = 0; l < 3; l++) {
            char require[128];
            char targets[512];
            (void)snprintf(require, sizeof require, "[\"value %s %s days\"]",
                           cases[c].cmp, limits[l]);
            (void)snprintf(targets, sizeof targets, TARGET("t", "i", "%s", ""),
                           require);
            start(INDICATOR("i", "days", "A", "last", "none", ""), targets);
            for (int k = 0; k < 3; k++) {
                put("i", "ahus", "2024", values[l][k]);
                expect("t", "ahus", cases[c].status[k]);
                assert_int_equal(mv_dec_sign(w.j.rulings[0].margin),
                                 cases[c].margin[k]);
            }
            world_close(&w);
        }
    }
    start(INDICATOR("i", "days", "A", "last", "none", ""),
          TARGET("t", "i", "[value = 0 days]", ""));
}

static void a_ratio_is_compared_by_cross_multiplying(void **state)
{
    (void)state;
    start(INDICATOR("i", "percent", "A", "ratio", "ratio", ""),
          TARGET("t", "i", "[value >= 70 %]", "") TARGET("u", "i",
                                                         "[70 % > value]", "")
              TARGET("d", "i", "[value >= 70 %]", "    compare: displayed\n"));
    put("i", "ahus", "2024", "7/10");
    expect("t", "ahus", "green");
    expect("u", "ahus", "red");
    /* a hair below: at 12 decimals it would be 70 */
    put("i", "ahus", "2024", "699999999999.999999/1000000000000");
    expect("u", "ahus", "green");
    expect("t", "ahus", "red");
    assert_string_equal(world_ruling(&w, 0), "red 70 70 0");
    expect("d", "ahus", "green"); /* shown as 70 */
    put("i", "ahus", "2024", "1399/2000");
    expect("d", "ahus", "green"); /* 69.95 is shown as 70.0 */
    expect("t", "ahus", "red");
    put("i", "ahus", "2024", "6994/10000");
    expect("d", "ahus", "red");
    put("i", "ahus", "2024", "1397/2000"); /* 69.85: away from zero */
    expect("d", "ahus", "red");
    assert_string_equal(world_ruling(&w, 0), "red 69.9 70 -0.1");
}

static void
what_cannot_be_judged_has_the_first_reason_that_applies(void **state)
{
    (void)state;
    start(INDICATOR("i", "percent", "A", "ratio", "ratio",
                    "    min_denominator: 5\n" MEMBERS("none")),
          TARGET("t", "i", "[\"each tjeneste: value >= limit\"]",
                 "    limits: {som: 10 %, vop: 10 %}\n")
              TARGET("b", "i", "[\"each tjeneste: value > value(-1)\"]", ""));
    expect("t", "ahus", "none no_limit"); /* bup and tsb have none */
    assert_string_equal(world_ruling(&w, 0), "none not_due");
    assert_int_equal(world_push(&w, "i", "ahus", "som", "2024", "-", 'Q'),
                     MV_APPLIED_CHANGED);
    expect("t", "ahus", "none suppressed");
    assert_int_equal(world_push(&w, "i", "ahus", "vop", "2024", "x", 0),
                     MV_APPLIED_NOTHING);
    expect("t", "ahus", "none withdrawn");
    put_member("som", "2024", "4/4.999999");
    put_member("vop", "2024", "0/0");
    expect("t", "ahus", "none suppressed");
    assert_string_equal(world_ruling(&w, 1), "none suppressed");
    put_member("som", "2024", "4/5");
    expect("t", "ahus", "green");
    assert_string_equal(world_ruling(&w, 2), "none no_limit");
    expect("b", "ahus", "none no_base");
    put_member("som", "2023", "1/4"); /* the base is suppressed, too */
    expect("b", "ahus", "none suppressed");
}

static void nothing_by_nothing_is_zero_denominator(void **state)
{
    (void)state;
    start(INDICATOR("i", "percent", "Q", "ratio", "ratio", "")
              INDICATOR("m", "percent", "Q", "mean", "none", ""),
          TARGET("t", "i", "[value >= 70 %]", "")
              TARGET("u", "m", "[value >= 70 %]", ""));
    put("i", "ahus", "2024-Q1", "0/0");
    expect("t", "ahus", "none zero_denominator");
    put("i", "ahus", "2024-Q2", "8/10");
    expect("t", "ahus", "green");
    put("m", "ahus", "2024-Q1", "0/0");
    expect("u", "ahus", "none zero_denominator");
    put("m", "ahus", "2024-Q2", "8/10");
    expect("u", "ahus", "green");
    put("i", "ous", "2024-Q1", "0/0");
    expect("t", "hso", "green");
    put("i", "ahus", "2024-Q2", "0/0");
    expect("t", "hso", "none zero_denominator");
}

static void out_of_range_is_not_computable_and_never_a_wrap(void **state)
{
    (void)state;
    start(INDICATOR("i", "count", "A", "sum", "sum", ""),
          TARGET("t", "i", "[value * 9200000000000 * 9200000000000 > 0]", "")
              TARGET("z", "i", "[value(-1) / value > 0 %]", ""));
    put("i", "ahus", "2024", "9200000000000");
    expect("t", "ahus", "none not_computable");
    put("i", "ahus", "2024", "0");
    put("i", "ahus", "2023", "10");
    expect("t", "ahus", "red");
    expect("z", "ahus", "none zero_denominator");
}

static void percents_multiply_and_divide_as_percents(void **state)
{
    (void)state;
    start(INDICATOR("i", "days", "A", "mean", "none", "")
              INDICATOR("d", "ddd_per_100_bed_days", "A", "ratio", "ratio", ""),
          TARGET("m", "i", "[value <= value(-1) * 90 %]",
                 "") TARGET("d", "i", "[value / value(-1) <= 90 %]", "")
              TARGET("n", "d", "[value <= 16.43 ddd_per_100_bed_days]", ""));
    put("i", "ahus", "2023", "50");
    put("i", "ahus", "2024", "45");
    expect("m", "ahus", "green");
    assert_string_equal(world_ruling(&w, 0), "green 45 45 0");
    expect("d", "ahus", "green");
    assert_string_equal(world_ruling(&w, 0), "green 90 90 0");
    put("d", "ahus", "2024", "1643/10000");
    expect("n", "ahus", "green");
    assert_string_equal(world_ruling(&w, 0), "green 16.43 16.43 0");
}

static void a_none_line_turns_green_into_none_but_not_red(void **state)
{
    (void)state;
    start(INDICATOR("i", "count", "Q", "sum", "sum", ""),
          TARGET("t", "i", "[value > 5, value > value(-1)]", ""));
    put("i", "ahus", "2024-Q1", "6");
    expect("t", "ahus", "none no_base");
    put("i", "ahus", "2024-Q1", "5");
    expect("t", "ahus", "red");
}

/* The reason that stands first hides none of what is past due. */
static void what_is_overdue_is_told_beside_another_reason(void **state)
{
    (void)state;
    start_target(WORLD_UNITS,
                 "indicators:\n" INDICATOR("i", "count", "Q", "sum", "sum",
                                           "    due: 10 d\n"),
                 "year: 2024, indicator: i, scope: [trust], require: "
                 "[value > value(-1)]");
    w.env.today = mv_day_of(2024, 8, 20);
    assert_string_equal(world_status(&w, "t", 2024, "ahus"), "none no_base");
    assert_string_equal(world_beside(&w), "2024-Q1 2024-Q2");
    put("i", "ahus", "2024-Q1", "1");
    assert_string_equal(world_status(&w, "t", 2024, "ahus"), "none no_base");
    assert_string_equal(world_beside(&w), "2024-Q2");
    put("i", "ahus", "2023-Q1", "2");
    assert_string_equal(world_status(&w, "t", 2024, "ahus"),
                        "red overdue 2024-Q2");
    assert_string_equal(world_beside(&w), "");
}

/* Of several units and periods the first is told. */
static void a_break_is_told_with_its_unit_and_period(void **state)
{
    (void)state;
    start_target(WORLD_UNITS,
                 "indicators:\n" INDICATOR("i", "count", "Q", "sum", "sum", ""),
                 "year: 2024, indicator: i, scope: [region], require: "
                 "[value > value(-1)]");
    for (int year = 2023; year <= 2024; year++) {
        for (int q = 1; q <= 4; q++) {
            char period[16];
            bool flagged = year == 2024 && (q == 2 || q == 3);
            (void)snprintf(period, sizeof period, "%d-Q%d", year, q);
            (void)world_push(&w, "i", "ahus", "", period, "1", 0);
            (void)world_push(&w, "i", "ous", "", period, "1",
                             flagged ? 'B' : 0);
        }
    }
    assert_string_equal(world_status(&w, "t", 2024, "hso"),
                        "none series_break");
    const struct mv_break *b = &w.j.rulings[0].broken;
    char period[MV_PERIOD_TEXT_BYTES];
    assert_true(b->there);
    assert_int_equal(b->unit, world_unit(&w, "ous"));
    assert_int_equal(b->member, MV_MEMBER_TOTAL);
    assert_string_equal(mv_period_text(&b->period, period), "2024-Q2");
}

static void what_the_rest_of_the_year_must_average(void **state)
{
    (void)state;
    char text[MV_DEC_TEXT_BYTES];
    start(
        INDICATOR("s", "count", "Q", "sum", "sum", "    max: 40\n    min: 0\n")
            INDICATOR("r", "percent", "Q", "ratio", "ratio", "    max: 100\n"),
        TARGET("s", "s", "[value >= 100]", "")
            TARGET("r", "r", "[80 % <= value]", "")
                TARGET("p", "s", "[value > value(-1)]", "")
                    TARGET("above", "s", "[value > 100]", "")
                        TARGET("below", "s", "[value < 60]", ""));
    put("s", "ahus", "2024-Q1", "25");
    expect("s", "ahus", "red");
    assert_int_equal(w.j.rulings[0].needed, MV_NEEDED_AVERAGE);
    assert_string_equal(mv_dec_text(w.j.rulings[0].needed_average, text), "25");
    put("s", "ahus", "2024-Q2", "0");
    put("s", "ahus", "2024-Q3", "34");
    expect("s", "ahus", "red");
    assert_int_equal(w.j.rulings[0].needed, MV_NEEDED_IMPOSSIBLE);
    put("s", "ahus", "2024-Q3", "35"); /* 40 is needed, and 40 can be */
    expect("s", "ahus", "red");
    assert_int_equal(w.j.rulings[0].needed, MV_NEEDED_AVERAGE);
    expect("above", "ahus", "red");
    assert_int_equal(w.j.rulings[0].needed, MV_NEEDED_IMPOSSIBLE);
    expect("below", "ahus", "red"); /* 60 already */
    assert_int_equal(w.j.rulings[0].needed, MV_NEEDED_IMPOSSIBLE);
    put("s", "ahus", "2024-Q3", "34.9");
    expect("below", "ahus", "green");
    assert_int_equal(w.j.rulings[0].needed, MV_NEEDED_AVERAGE);
    assert_string_equal(mv_dec_text(w.j.rulings[0].needed_average, text),
                        "0.1");
    put("s", "ous", "2024-Q1", "1"); /* not the same periods as ahus */
    expect("s", "hso", "red");
    assert_int_equal(w.j.rulings[0].needed, MV_NEEDED_UNLIKE);
    put("s", "ahus", "2024-Q4", "1");
    expect("s", "ahus", "red");
    assert_int_equal(w.j.rulings[0].needed, MV_NEEDED_NO);
    put("r", "ahus", "2024-Q1", "70/100");
    expect("r", "ahus", "red");
    assert_int_equal(w.j.rulings[0].needed, MV_NEEDED_AVERAGE);
    assert_string_equal(mv_dec_text(w.j.rulings[0].needed_average, text),
                        "83.333333333");
    put("r", "ahus", "2024-Q2", "10/100");
    expect("r", "ahus", "red"); /* (320 - 80) / 2 is beyond 100 */
    assert_int_equal(w.j.rulings[0].needed, MV_NEEDED_IMPOSSIBLE);
    put("s", "ahus", "2023-Q1", "1");
    expect("p", "ahus", "green");
    assert_int_equal(w.j.rulings[0].needed, MV_NEEDED_NO);
}

static void the_side_that_names_figures_is_the_value(void **state)
{
    static const char *const asked[][2] = {
        {"30 <= value", "red 27 30 -3"},
        {"limit > value", "red 27 20 -7"},
        {"30 = latest", "red 27 30 -3"},
        {"path(10, 2020, 50, 2030) < value", "green 27 26 1"},
        {"20 + 2 * 3 < value - value(-1)", "red 2 26 -24"},
        {"10 % <= growth(-1)", "red 8 10 -2"},
        {"50 % < share(units: 26 < value)", "green 100 50 50"},
        {"value(-1) <= value", "green 25 27 2"}, /* both do */
        {"value - 30 >= 0", "red -3 0 -3"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        char target[512];
        (void)snprintf(target, sizeof target,
                       "  - {id: t, year: 2024, text: T, indicator: i, "
                       "scope: [region], require: ['%s']%s}\n",
                       asked[i][0], i == 1 ? ", limits: {hso: 20}" : "");
        start(INDICATOR("i", "count", "Q", "sum", "sum", ""), target);
        put("i", "ahus", "2023-Q1", "25");
        put("i", "ahus", "2024-Q1", "27");
        (void)world_status(&w, "t", 2024, "hso");
        assert_string_equal(world_ruling(&w, 0), asked[i][1]);
        world_close(&w);
    }
}

/* Of its one criterion. */
static void expect_needed(const char *target, mv_needed is)
{
    (void)world_status(&w, target, 2024, "hso");
    assert_int_equal(w.j.count, 1);
    assert_int_equal(w.j.rulings[0].needed, is);
}

static void unlike_periods_below_are_told_while_some_are_missing(void **state)
{
    (void)state;
    start(INDICATOR("s", "count", "Q", "sum", "sum", ""),
          TARGET("t", "s", "[value >= 100]", "")
              TARGET("f", "s", "[value >= 100]", "    forecast: recent(1)\n")
                  TARGET("b", "s", "[value > value(-1)]", ""));
    put("s", "ahus", "2024-S1", "20");
    put("s", "ous", "2024-Q1", "1");
    expect_needed("t", MV_NEEDED_UNLIKE);
    expect_needed("f", MV_NEEDED_UNLIKE);
    expect_needed("b", MV_NEEDED_NO); /* none: there is no base */
    put("s", "ous", "2023-Q1", "2");
    expect_needed("b", MV_NEEDED_NO); /* the other side moves */
    put("s", "ahus", "2024-S2", "20");
    expect_needed("t", MV_NEEDED_UNLIKE);
    world_push(&w, "s", "ous", "", "2024-S2", "-", 'M');
    put("s", "ous", "2024-Q2", "1");
    expect_needed("t", MV_NEEDED_NO); /* all that is expected is in */
    expect_needed("f", MV_NEEDED_NO);
}

static void preliminary_is_said_only_of_what_is_used(void **state)
{
    (void)state;
    start(INDICATOR("i", "count", "Q", "sum", "sum", ""),
          TARGET("t", "i", "[value > value(-1)]", ""));
    put("i", "ahus", "2024-Q1", "2");
    world_push(&w, "i", "ahus", "", "2024-Q2", "2", 'P');
    put("i", "ahus", "2023-Q1", "1");
    expect("t", "ahus", "green");
    assert_false(w.j.preliminary);
    world_push(&w, "i", "ahus", "", "2023-Q2", "1", 'E');
    expect("t", "ahus", "green");
    assert_true(w.j.preliminary);
}

static void no_figure_expected_is_neither_missing_nor_overdue(void **state)
{
    (void)state;
    start(INDICATOR("i", "count", "Q", "sum", "sum", "    due: 5 d\n"),
          TARGET("t", "i", "[value > 1]", ""));
    w.env.today = world_day("2025-06-01");
    expect("t", "ahus", "none overdue overdue 2024-Q1 2024-Q2 2024-Q3 2024-Q4");
    world_push(&w, "i", "ahus", "", "2024-S1", "-", 'M');
    world_push(&w, "i", "ahus", "", "2024-Q3", "-", 'O');
    expect("t", "ahus", "none overdue overdue 2024-Q3 2024-Q4");
    world_push(&w, "i", "ous", "", "2024-S1", "-", 'Q');
    expect("t", "ous", "none suppressed");
    put("i", "ous", "2024-Q3", "2");
    expect("t", "ous", "green overdue 2024-Q4");
    world_push(&w, "i", "ahus", "", "2024-S2", "-", 'M');
    expect("t", "ahus", "none not_due");
    put("i", "ahus", "2024-Q1", "2");
    expect("t", "ahus", "green");
    assert_int_equal(w.j.rulings[0].needed, MV_NEEDED_NO);
}

static void what_no_status_is_has_a_word_too(void **state)
{
    (void)state;
    assert_string_equal(mv_status_text(MV_STATUS_RED), "red");
    assert_string_equal(mv_status_text((mv_status)(MV_STATUS_RED + 1)), "none");
    assert_string_equal(mv_status_text((mv_status)9), "none");
}

static void other_states_are_none_with_their_word(void **state)
{
    (void)state;
    start(INDICATOR("i", "count", "Q", "sum", "sum", ""),
          "  - {id: a, year: 2024, text: {nb: t}, scope: [region], indicator: "
          "i, state: report_only}\n"
          "  - {id: b, year: 2024, text: {nb: t}, scope: [region], indicator: "
          "i, state: under_development}\n"
          "  - {id: c, year: 2024, text: {nb: t}, scope: [region]}\n");
    put("i", "hso", "2024-Q1", "1");
    expect("a", "hso", "none report_only");
    expect("b", "hso", "none under_development");
    expect("c", "hso", "none not_assessed");
}

static void
a_yellow_without_its_base_makes_none_and_leaves_no_trace(void **state)
{
    (void)state;
    start(INDICATOR("i", "count", "S", "sum", "sum",
                    "    due: 5 d\n" MEMBERS("none")),
          TARGET("t", "i", "[\"each tjeneste: value > 5\"]",
                 "    yellow: [\"each tjeneste: value > value(-1)\"]\n"));
    w.env.today = world_day("2025-06-01");
    put_member("som", "2024-S1", "5");
    put_member("vop", "2024", "6");
    expect("t", "ahus", "green");
    assert_string_equal(world_ruling(&w, 0), "none no_base");
    put_member("som", "2023-S1", "5");
    expect("t", "ahus", "yellow overdue 2024-S2");
    put_member("som", "2023-S1", "4");
    expect("t", "ahus", "yellow overdue 2024-S2");
    assert_string_equal(world_ruling(&w, 0), "yellow 5 5 0");
}

#define CASE(f) cmocka_unit_test_teardown(f, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_side_that_names_figures_is_the_value),
        CASE(a_longer_wait_than_last_year_is_red),
        CASE(letters_between_yellow_and_green_are_yellow),
        CASE(missing_later_periods_leave_the_colour_and_are_named),
        CASE(of_very_many_overdue_periods_the_first_are_named),
        CASE(some_members_met_is_yellow_and_none_met_is_red),
        CASE(the_member_that_is_nearest_its_limit_leads),
        CASE(one_of_four_waits_reduced_is_red_as_a_whole),
        CASE(every_comparison_is_exact_on_and_beside_the_limit),
        CASE(a_ratio_is_compared_by_cross_multiplying),
        CASE(nothing_by_nothing_is_zero_denominator),
        CASE(out_of_range_is_not_computable_and_never_a_wrap),
        CASE(percents_multiply_and_divide_as_percents),
        CASE(a_none_line_turns_green_into_none_but_not_red),
        CASE(what_is_overdue_is_told_beside_another_reason),
        CASE(a_break_is_told_with_its_unit_and_period),
        CASE(what_the_rest_of_the_year_must_average),
        CASE(unlike_periods_below_are_told_while_some_are_missing),
        CASE(preliminary_is_said_only_of_what_is_used),
        CASE(no_figure_expected_is_neither_missing_nor_overdue),
        cmocka_unit_test(what_no_status_is_has_a_word_too),
        CASE(other_states_are_none_with_their_word),
        CASE(what_cannot_be_judged_has_the_first_reason_that_applies),
        CASE(a_yellow_without_its_base_makes_none_and_leaves_no_trace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
