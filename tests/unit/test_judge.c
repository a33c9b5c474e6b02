/* The worked examples, every reason for none, and the edges of comparison. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "services/judging/explain.h"
#include "tests/support/world.h"

#define UNITS                                                \
    "units:\n"                                               \
    "  - {id: hso, name: HSO, kind: region}\n"               \
    "  - {id: ahus, name: Ahus, kind: trust, parent: hso}\n" \
    "  - {id: ous, name: OUS, kind: trust, parent: hso}\n"   \
    "  - {id: sunnaas, name: Sunnaas, kind: trust, parent: hso}\n"

#define MEMBERS(total)                                                        \
    "    dimension: {id: tjeneste, members: {som: S, vop: V, bup: B, tsb: T}" \
    ", total: " total "}\n"

/* An indicator; more is lines of four spaces. */
#define INDICATOR(id, measure, frequency, periods, units, more) \
    "  - id: " id "\n"                                          \
    "    title: {nb: t}\n"                                      \
    "    measure: " measure "\n"                                \
    "    frequency: " frequency "\n"                            \
    "    better: higher\n"                                      \
    "    over_periods: " periods "\n"                           \
    "    over_units: " units "\n"                               \
    "    by: trust\n" more

#define TARGET(id, indicator, require, more) \
    "  - id: \"" id "\"\n"                   \
    "    year: 2024\n"                       \
    "    text: {nb: t}\n"                    \
    "    indicator: " indicator "\n"         \
    "    scope: [region, trust]\n"           \
    "    require: " require "\n" more

static struct world w;

static void start(const char *indicators, const char *targets)
{
    char i[8192], t[8192];
    (void)snprintf(i, sizeof i, "indicators:\n%s", indicators);
    (void)snprintf(t, sizeof t, "targets:\n%s", targets);
    world_open(&w, UNITS, i, t);
}

static int finish(void **state)
{
    (void)state;
    world_close(&w);
    return 0;
}

static void expect(const char *target, const char *unit, const char *status)
{
    assert_string_equal(world_status(&w, target, 2024, unit), status);
}

static void put(const char *indicator, const char *unit, const char *period,
                const char *value)
{
    assert_int_equal(world_push(&w, indicator, unit, "", period, value, 'A'),
                     MV_APPLIED_CHANGED);
}

static void put_member(const char *member, const char *period,
                       const char *value)
{
    assert_int_equal(world_push(&w, "i", "ahus", member, period, value, 'A'),
                     MV_APPLIED_CHANGED);
}

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
    } cases[] = {
        {"<", {"green", "red", "red"}}, {"<=", {"green", "green", "red"}},
        {">", {"red", "red", "green"}}, {">=", {"red", "green", "green"}},
        {"=", {"red", "green", "red"}},
    };
    (void)state;
    for (size_t c = 0; c < 5; c++)
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
            }
            world_close(&w);
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

static void a_break_between_the_years_makes_none(void **state)
{
    (void)state;
    start(INDICATOR("i", "count", "Q", "sum", "sum", ""),
          TARGET("t", "i", "[value > value(-1)]", "")
              TARGET("u", "i", "[value > value(2021)]", "")
                  TARGET("v", "i", "[value > 1]", ""));
    for (int year = 2021; year <= 2024; year++)
        for (int q = 1; q <= 2; q++) {
            char period[16];
            (void)snprintf(period, sizeof period, "%d-Q%d", year, q);
            put("i", "ahus", period, year == 2024 ? "3" : "2");
        }
    expect("t", "ahus", "green");
    world_push(&w, "i", "ahus", "", "2023-Q1", "2", 'B');
    expect("t", "ahus", "green"); /* both sides are the new series */
    expect("u", "ahus", "none series_break");
    world_push(&w, "i", "ahus", "", "2023-Q2", "2", 'B');
    expect("t", "ahus", "none series_break");
    expect("t", "hso", "none series_break");
    expect("v", "ahus", "green");
    world_push(&w, "i", "ahus", "", "2023-Q2", "2", 'A');
    expect("t", "ahus", "green");
}

static void years_are_compared_over_the_periods_that_both_have(void **state)
{
    (void)state;
    start(INDICATOR("i", "count", "Q", "sum", "sum", "    due: 10 d\n"),
          TARGET("t", "i", "[value > value(-1)]", ""));
    put("i", "ahus", "2023-Q1", "10");
    put("i", "ahus", "2023-Q2", "10");
    put("i", "ahus", "2023-Q3", "10");
    expect("t", "ahus", "none not_due");
    put("i", "ahus", "2024-Q2", "11");
    put("i", "ahus", "2024-Q4", "100"); /* no base */
    expect("t", "ahus", "green");
    assert_string_equal(world_ruling(&w, 0), "green 11 10 1");
    /* child by child: OUS has no base and is left out */
    put("i", "ous", "2024-Q2", "7");
    expect("t", "hso", "green");
    assert_string_equal(world_ruling(&w, 0), "green 11 10 1");
    assert_int_equal(w.j.rulings[0].basis.left_out, 1);
    assert_int_equal(w.j.rulings[0].basis.left_out_at[0].unit,
                     world_unit(&w, "ous"));
    assert_int_equal(w.j.rulings[0].basis.units_in, 1);
    assert_int_equal(w.j.rulings[0].basis.units_of, 3);
}

static void a_base_known_as_a_whole_year_only(void **state)
{
    (void)state;
    start(INDICATOR("s", "count", "Q", "sum", "sum", "")
              INDICATOR("m", "days", "Q", "mean", "none", ""),
          TARGET("s", "s", "[value > value(-1)]", "")
              TARGET("m", "m", "[value > value(-1)]", ""));
    put("s", "ahus", "2023", "40");
    put("m", "ahus", "2023", "40");
    put("s", "ahus", "2024-Q1", "11");
    put("m", "ahus", "2024-Q1", "41");
    expect("s", "ahus", "none no_base");
    expect("m", "ahus", "green");
    assert_true(w.j.rulings[0].basis.whole_base);
    put("s", "ahus", "2024-Q2", "11");
    put("s", "ahus", "2024-Q3", "11");
    put("s", "ahus", "2024-Q4", "11");
    expect("s", "ahus", "green");
    assert_string_equal(world_ruling(&w, 0), "green 44 40 4");
    assert_false(w.j.rulings[0].basis.whole_base);
}

static void a_longer_stretch_counts_instead_of_the_shorter_ones(void **state)
{
    (void)state;
    start(INDICATOR("s", "count", "M", "sum", "sum", "")
              INDICATOR("m", "days", "M", "mean", "none", "")
                  INDICATOR("l", "days", "M", "last", "none", ""),
          TARGET("s", "s", "[value > 0]", "")
              TARGET("m", "m", "[value > 0 days]", "")
                  TARGET("l", "l", "[value > 0 days]", ""));
    put("s", "ahus", "2024-M01", "1");
    put("s", "ahus", "2024-M05", "5");
    put("s", "ahus", "2024-T1", "10");
    expect("s", "ahus", "green");
    assert_string_equal(world_ruling(&w, 0), "green 15 0 15");
    assert_int_equal(w.j.rulings[0].basis.periods_in, 5);
    struct mv_period p[4];
    char text[MV_PERIOD_TEXT_BYTES];
    assert_int_equal(mv_basis_periods(&w.j.rulings[0].basis, 2024, p, 4), 2);
    assert_string_equal(mv_period_text(&p[0], text), "2024-T1");
    assert_string_equal(mv_period_text(&p[1], text), "2024-M05");
    put("s", "ahus", "2024-01-01/P11M", "30");
    expect("s", "ahus", "green");
    assert_string_equal(world_ruling(&w, 0), "green 30 0 30");
    put("m", "ahus", "2024-T1", "10");
    put("m", "ahus", "2024-M05", "20");
    expect("m", "ahus", "green");
    assert_string_equal(world_ruling(&w, 0), "green 12 0 12");
    put("l", "ahus", "2024-M05", "20");
    put("l", "ahus", "2024-T1", "10");
    expect("l", "ahus", "green");
    assert_string_equal(world_ruling(&w, 0), "green 20 0 20");
}

static void
a_bare_ratio_is_an_unweighted_mean_and_rolls_up_nowhere(void **state)
{
    (void)state;
    start(INDICATOR("i", "percent", "Q", "ratio", "ratio", ""),
          TARGET("t", "i", "[value >= 50 %]", ""));
    put("i", "ahus", "2024-Q1", "40");
    put("i", "ahus", "2024-Q2", "700/1000");
    expect("t", "ahus", "green");
    assert_string_equal(world_ruling(&w, 0), "green 55 50 5");
    assert_true(w.j.rulings[0].basis.unweighted);
    expect("t", "hso", "none not_computable");
    put("i", "ous", "2024-Q1", "1/10");
    expect("t", "hso", "red");
    assert_int_equal(w.j.rulings[0].basis.left_out, 1);
    assert_int_equal(w.j.rulings[0].basis.units_in, 1);
}

static void a_regions_own_figures_count_alone(void **state)
{
    (void)state;
    start(INDICATOR("i", "count", "Q", "sum", "sum", "    except: [sunnaas]\n"),
          TARGET("t", "i", "[value > 9]", ""));
    put("i", "ahus", "2024-Q1", "1");
    put("i", "ous", "2024-Q1", "2");
    put("i", "sunnaas", "2024-Q1", "100");
    expect("t", "hso", "red");
    assert_string_equal(world_ruling(&w, 0), "red 3 9 -6");
    assert_int_equal(w.j.rulings[0].basis.units_of, 2);
    assert_false(w.j.rulings[0].basis.own);
    put("i", "hso", "2024-Q1", "10");
    expect("t", "hso", "green");
    assert_true(w.j.rulings[0].basis.own);
    assert_int_equal(world_push(&w, "i", "hso", "", "2024-Q1", "x", 0),
                     MV_APPLIED_CHANGED);
    expect("t", "hso", "red");
    expect("t", "sunnaas", "green");
}

static void a_total_is_the_pushed_one_or_made_of_the_members(void **state)
{
    (void)state;
    start(INDICATOR("i", "count", "Q", "sum", "sum", MEMBERS("sum")),
          TARGET("t", "i", "[value > value(-1)]", ""));
    put_member("som", "2024-Q1", "1");
    put_member("vop", "2024-Q1", "2");
    put_member("vop", "2023-Q1", "1.5");
    expect("t", "ahus", "green");
    assert_string_equal(world_ruling(&w, 0), "green 2 1.5 0.5");
    expect("t", "hso", "green");
    assert_string_equal(world_ruling(&w, 0), "green 2 1.5 0.5");
    put("i", "ahus", "2024-Q1", "9");
    put("i", "ahus", "2023-Q1", "10");
    expect("t", "ahus", "red");
    assert_string_equal(world_ruling(&w, 0), "red 9 10 -1");
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

static void growth_needs_a_base_above_nothing(void **state)
{
    (void)state;
    start(INDICATOR("i", "nok", "A", "sum", "sum", ""),
          TARGET("t", "i", "[growth(-1) >= 15 %]", ""));
    put("i", "ahus", "2024", "115");
    put("i", "ahus", "2023", "100");
    expect("t", "ahus", "green");
    assert_string_equal(world_ruling(&w, 0), "green 15 15 0");
    put("i", "ahus", "2024", "114.999999");
    expect("t", "ahus", "red");
    put("i", "ahus", "2023", "0");
    expect("t", "ahus", "none no_base");
    put("i", "ahus", "2023", "-100");
    expect("t", "ahus", "none no_base");
}

static void latest_is_the_last_period_in(void **state)
{
    (void)state;
    start(INDICATOR("i", "percent", "M", "ratio", "ratio", "    due: 5 d\n"),
          TARGET("t", "i", "[latest >= 90 %]", "")
              TARGET("u", "i", "[latest > latest(-1)]", ""));
    put("i", "ahus", "2024-M03", "9/10");
    put("i", "ahus", "2024-M01", "1/10");
    expect("t", "ahus", "green");
    put("i", "ous", "2024-M04", "10/100");
    put("i", "ahus", "2024-M04", "100/100");
    expect("t", "hso", "red"); /* 110 of 200 */
    assert_string_equal(world_ruling(&w, 0), "red 55 90 -35");
    put("i", "ous", "2024-M05", "95/100");
    expect("t", "hso", "green");
    assert_int_equal(w.j.rulings[0].basis.units_in, 1);
    expect("u", "hso", "none no_base");
    put("i", "ous", "2023-M05", "94/100");
    expect("u", "hso", "green");
}

static void what_the_rest_of_the_year_must_average(void **state)
{
    (void)state;
    char text[MV_DEC_TEXT_BYTES];
    start(INDICATOR("s", "count", "Q", "sum", "sum", "    max: 40\n") INDICATOR(
              "r", "percent", "Q", "ratio", "ratio", "    max: 100\n"),
          TARGET("s", "s", "[value >= 100]", "")
              TARGET("r", "r", "[80 % <= value]", "")
                  TARGET("p", "s", "[value > value(-1)]", ""));
    put("s", "ahus", "2024-Q1", "25");
    expect("s", "ahus", "red");
    assert_int_equal(w.j.rulings[0].needed, MV_NEEDED_AVERAGE);
    assert_string_equal(mv_dec_text(w.j.rulings[0].needed_average, text), "25");
    put("s", "ahus", "2024-Q2", "0");
    put("s", "ahus", "2024-Q3", "34");
    expect("s", "ahus", "red");
    assert_int_equal(w.j.rulings[0].needed, MV_NEEDED_IMPOSSIBLE);
    put("s", "ahus", "2024-Q3", "35");
    expect("s", "ahus", "red");
    assert_int_equal(w.j.rulings[0].needed, MV_NEEDED_AVERAGE);
    put("s", "ahus", "2024-Q4", "1");
    expect("s", "ahus", "red");
    assert_int_equal(w.j.rulings[0].needed, MV_NEEDED_NO);
    put("r", "ahus", "2024-Q1", "70/100");
    expect("r", "ahus", "red");
    assert_int_equal(w.j.rulings[0].needed, MV_NEEDED_AVERAGE);
    assert_string_equal(mv_dec_text(w.j.rulings[0].needed_average, text),
                        "83.333333333333");
    put("s", "ahus", "2023-Q1", "1");
    expect("p", "ahus", "green");
    assert_int_equal(w.j.rulings[0].needed, MV_NEEDED_NO);
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
    world_push(&w, "i", "ahus", "", "2024-S2", "-", 'M');
    expect("t", "ahus", "none not_due");
    put("i", "ahus", "2024-Q1", "2");
    expect("t", "ahus", "green");
    assert_int_equal(w.j.rulings[0].needed, MV_NEEDED_NO);
}

static void weeks_and_days_are_counted_in_their_own_cells(void **state)
{
    (void)state;
    start(INDICATOR("w", "count", "W", "sum", "sum", "")
              INDICATOR("d", "count", "D", "sum", "sum", ""),
          TARGET("w", "w", "[value > value(-4)]", "")
              TARGET("d", "d", "[value > value(-1)]", ""));
    put("w", "ahus", "2020-W53", "100");
    put("w", "ahus", "2020-W10", "1");
    put("w", "ahus", "2024-W10", "2");
    expect("w", "ahus", "green");
    assert_string_equal(world_ruling(&w, 0), "green 2 1 1");
    put("w", "ahus", "2020", "520"); /* whole: W53 is left aside */
    put("w", "ahus", "2024", "521");
    expect("w", "ahus", "green");
    assert_string_equal(world_ruling(&w, 0), "green 521 520 1");
    put("d", "ahus", "2024-02-29", "100");
    put("d", "ahus", "2024-03-01", "2");
    put("d", "ahus", "2023-03-01", "1");
    expect("d", "ahus", "green");
    assert_string_equal(world_ruling(&w, 0), "green 2 1 1");
    put("d", "ahus", "2024-M03", "31");
    put("d", "ahus", "2023-M03", "30");
    expect("d", "ahus", "green");
    assert_string_equal(world_ruling(&w, 0), "green 31 30 1");
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

static bool count_behind(void *ctx, const struct mv_behind *b)
{
    int *counts = ctx;
    counts[b->counts]++;
    return true;
}

static void explain_names_every_figure_and_which_ones_count(void **state)
{
    (void)state;
    int counts[2] = {0, 0};
    start(INDICATOR("i", "count", "Q", "sum", "sum", ""),
          TARGET("t", "i", "[value > value(-1)]", ""));
    put("i", "ahus", "2024-Q1", "1");
    put("i", "ahus", "2024-S1", "2");
    put("i", "ous", "2023-Q1", "2");
    put("i", "ous", "2022-Q1", "2"); /* not used */
    put("i", "hso", "2023", "2");
    mv_explain(&w.env, world_target(&w, "t", 2024), world_unit(&w, "hso"),
               count_behind, counts);
    assert_int_equal(counts[1], 2); /* 2024-S1 of ahus, 2023 of the region */
    assert_int_equal(counts[0], 2);
}

#define CASE(f) cmocka_unit_test_teardown(f, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_longer_wait_than_last_year_is_red),
        CASE(letters_between_yellow_and_green_are_yellow),
        CASE(missing_later_periods_leave_the_colour_and_are_named),
        CASE(some_members_met_is_yellow_and_none_met_is_red),
        CASE(one_of_four_waits_reduced_is_red_as_a_whole),
        CASE(every_comparison_is_exact_on_and_beside_the_limit),
        CASE(a_ratio_is_compared_by_cross_multiplying),
        CASE(what_cannot_be_judged_has_the_first_reason_that_applies),
        CASE(nothing_by_nothing_is_zero_denominator),
        CASE(out_of_range_is_not_computable_and_never_a_wrap),
        CASE(a_break_between_the_years_makes_none),
        CASE(years_are_compared_over_the_periods_that_both_have),
        CASE(a_base_known_as_a_whole_year_only),
        CASE(a_longer_stretch_counts_instead_of_the_shorter_ones),
        CASE(a_bare_ratio_is_an_unweighted_mean_and_rolls_up_nowhere),
        CASE(a_regions_own_figures_count_alone),
        CASE(a_total_is_the_pushed_one_or_made_of_the_members),
        CASE(a_none_line_turns_green_into_none_but_not_red),
        CASE(growth_needs_a_base_above_nothing),
        CASE(latest_is_the_last_period_in),
        CASE(what_the_rest_of_the_year_must_average),
        CASE(preliminary_is_said_only_of_what_is_used),
        CASE(no_figure_expected_is_neither_missing_nor_overdue),
        CASE(weeks_and_days_are_counted_in_their_own_cells),
        CASE(other_states_are_none_with_their_word),
        CASE(explain_names_every_figure_and_which_ones_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
