/* What a value is made of: periods, years held against each other, members,
 * units, and the figures behind it. */
#include <stdio.h>
#include <string.h>

#include "tests/support/given.h"

static void a_break_between_the_years_makes_none(void **state)
{
    (void)state;
    start(INDICATOR("i", "count", "Q", "sum", "sum", ""),
          TARGET("t", "i", "[value > value(-1)]", "")
              TARGET("u", "i", "[value > value(2021)]", "")
                  TARGET("v", "i", "[value > 1]", ""));
    for (int year = 2021; year <= 2024; year++) {
        for (int q = 1; q <= 2; q++) {
            char period[16];
            (void)snprintf(period, sizeof period, "%d-Q%d", year, q);
            put("i", "ahus", period, year == 2024 ? "3" : "2");
        }
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
    world_push(&w, "i", "ahus", "", "2024-Q2", "3", 'B'); /* the last used */
    expect("t", "ahus", "none series_break");
}

/* Unit by unit none lies between what is compared of it. */
static void a_period_that_is_not_in_has_no_break_before_it(void **state)
{
    (void)state;
    start(INDICATOR("i", "count", "Q", "sum", "sum", ""),
          TARGET("t", "i", "[value > value(2022)]", "")
              TARGET("u", "i", "[value(2024-Q4) > value(2022)]", ""));
    put("i", "ahus", "2022-Q1", "2");
    put("i", "ahus", "2024-Q1", "3");
    world_push(&w, "i", "ous", "", "2022-Q2", "2", 'B');
    put("i", "ous", "2024-Q2", "3");
    expect("t", "hso", "green");
    expect("u", "hso", "none not_due");
    put("i", "ahus", "2024-Q4", "3");
    expect("u", "hso", "none series_break");
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

static void a_base_is_whole_if_no_figure_is_expected_for_the_rest(void **state)
{
    (void)state;
    start(INDICATOR("m", "days", "Q", "mean", "none", ""),
          TARGET("m", "m", "[value > value(-1)]", ""));
    put("m", "ahus", "2023-01-01/P9M", "40");
    put("m", "ahus", "2024-Q1", "41");
    expect("m", "ahus", "none no_base");
    world_push(&w, "m", "ahus", "", "2023-Q4", "-", 'M');
    expect("m", "ahus", "green");
    assert_true(w.j.rulings[0].basis.whole_base);
}

static void a_child_that_is_left_out_has_no_whole_base(void **state)
{
    (void)state;
    start(INDICATOR("r", "percent", "Q", "ratio", "ratio", ""),
          TARGET("r", "r", "[value > value(-1)]", ""));
    put("r", "ahus", "2023-Q1", "40/100");
    put("r", "ahus", "2024-Q1", "41/100");
    put("r", "ous", "2023", "40/100");
    put("r", "ous", "2024-Q1", "41"); /* adds to no ratio */
    expect("r", "ous", "green");
    assert_true(w.j.rulings[0].basis.whole_base);
    expect("r", "hso", "green");
    assert_int_equal(w.j.rulings[0].basis.left_out, 1);
    assert_false(w.j.rulings[0].basis.whole_base);
    put("r", "ous", "2024-Q1", "41/100");
    expect("r", "hso", "green");
    assert_int_equal(w.j.rulings[0].basis.left_out, 0);
    assert_true(w.j.rulings[0].basis.whole_base);
}

static void of_stretches_as_long_the_one_that_ends_last_counts(void **state)
{
    (void)state;
    start(INDICATOR("s", "count", "M", "sum", "sum", ""),
          TARGET("s", "s", "[value > 0]", ""));
    put("s", "ahus", "2024-02-01/P3M", "5");
    put("s", "ahus", "2024-Q1", "3");
    put("s", "ahus", "2024-M01", "1");
    expect("s", "ahus", "green");
    assert_string_equal(world_ruling(&w, 0), "green 6 0 6");
}

static void without_over_units_nothing_is_rolled_up(void **state)
{
    (void)state;
    start(INDICATOR("i", "days", "Q", "mean", "none", ""),
          TARGET("t", "i", "[value > 0 days]", ""));
    put("i", "ahus", "2024-Q1", "1");
    expect("t", "hso", "none not_due");
    put("i", "hso", "2024-Q1", "1");
    expect("t", "hso", "green");
}

static void
parts_of_different_years_are_not_held_against_each_other(void **state)
{
    (void)state;
    start(INDICATOR("i", "percent", "A", "ratio", "ratio", ""),
          TARGET("t", "i", "[value > value(-1)]", ""));
    put("i", "ahus", "2024", "9/10");
    put("i", "ahus", "2023", "80");
    put("i", "ous", "2024", "90");
    put("i", "ous", "2023", "8/10");
    expect("t", "hso", "none not_computable");
    put("i", "ous", "2024", "9/10");
    expect("t", "hso", "green");
    assert_int_equal(w.j.rulings[0].basis.left_out, 1);
}

static void nor_are_members_of_different_years_one_level_up(void **state)
{
    (void)state;
    start(INDICATOR("i", "percent", "A", "ratio", "ratio", MEMBERS("ratio")),
          TARGET("t", "i", "[value > value(-1)]", ""));
    put_member("som", "2024", "90");
    put_member("som", "2023", "8/10");
    put_member("vop", "2024", "9/10");
    put_member("vop", "2023", "80");
    expect("t", "ahus", "none not_computable");
    expect("t", "hso", "none not_computable");
    put_member("vop", "2023", "8/10");
    expect("t", "hso", "green");
}

static void small_parts_of_different_years_are_suppressed_at_each(void **state)
{
    (void)state;
    start(INDICATOR("i", "percent", "A", "ratio", "ratio",
                    MEMBERS("ratio") "    min_denominator: 20\n"),
          TARGET("t", "i", "[value > value(-1)]", ""));
    put_member("som", "2024", "90");
    put_member("som", "2023", "8/10");
    put_member("vop", "2024", "9/10");
    put_member("vop", "2023", "80");
    expect("t", "ahus", "none suppressed");
    expect("t", "hso", "none suppressed");
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
    assert_int_equal(mv_basis_periods(&w.j.rulings[0].basis, 2024, p, 4), 1);
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
    put("i", "ous", "2024-Q1", "60"); /* one alone is no mean */
    expect("t", "ous", "green");
    assert_false(w.j.rulings[0].basis.unweighted);
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
    /* two that end in August: the shortest */
    put("i", "ahus", "2024-T2", "1/10");
    put("i", "ous", "2024-M08", "91/100");
    expect("t", "hso", "green");
    assert_int_equal(w.j.rulings[0].basis.left_out, 1);
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

/* "a b": who is left out of the last judgement. */
static const char *left_out(void)
{
    static char text[256];
    const struct mv_basis *b = &w.j.rulings[0].basis;
    int n = 0;
    text[0] = 0;
    for (unsigned i = 0; i < b->left_out_kept; i++) {
        struct mv_span id = w.c->units[b->left_out_at[i].unit].id;
        n += snprintf(text + n, sizeof text - (size_t)n, "%s%.*s",
                      i == 0 ? "" : " ", (int)id.len, (const char *)id.at);
    }
    return text;
}

/* "a b": why, of the same. */
static const char *left_out_why(void)
{
    static char text[256];
    const struct mv_basis *b = &w.j.rulings[0].basis;
    int n = 0;
    text[0] = 0;
    for (unsigned i = 0; i < b->left_out_kept; i++) {
        n += snprintf(text + n, sizeof text - (size_t)n, "%s%s",
                      i == 0 ? "" : " ",
                      mv_left_out_text(b->left_out_at[i].why));
    }
    return text;
}

static void who_is_left_out_is_so_for_a_reason_of_its_own(void **state)
{
    (void)state;
    start(INDICATOR("i", "percent", "Q", "ratio", "ratio", MEMBERS("ratio"))
              INDICATOR("n", "count", "Q", "sum", "sum", ""),
          TARGET("t", "i", "[value > value(-1)]", "")
              TARGET("p", "i", "[value > 0 %]", "")
                  TARGET("n", "n", "[value > value(-1)]", "")
                      TARGET("l", "n", "[latest > latest(-1)]", ""));
    put("i", "ous", "2024-Q1", "9/10");
    put("i", "ous", "2023-Q1", "8/10");
    put("i", "sunnaas", "2024-Q1", "60");
    put("i", "sunnaas", "2023-Q1", "50");
    put_member("som", "2024-Q1", "60"); /* of ahus */
    put_member("vop", "2024-Q1", "61");
    expect("p", "hso", "green");
    assert_string_equal(left_out(), "ahus ahus ahus sunnaas");
    assert_string_equal(left_out_why(), "unweighted unweighted unweighted "
                                        "unweighted");
    expect("t", "hso", "green");
    assert_string_equal(left_out(), "ahus sunnaas");
    assert_string_equal(left_out_why(), "no_base unweighted");
    put("n", "ous", "2024-Q1", "9");
    put("n", "ous", "2023-Q1", "8");
    put("n", "ahus", "2024-Q1", "9");
    put("n", "ahus", "2023", "8"); /* as a whole alone */
    put("n", "sunnaas", "2023-Q1", "8");
    expect("n", "hso", "green");
    assert_string_equal(left_out(), "ahus sunnaas");
    assert_string_equal(left_out_why(), "no_base missing");
    world_push(&w, "n", "sunnaas", "", "2024-Q1", "-", 'Q');
    expect("n", "hso", "green");
    assert_string_equal(left_out_why(), "no_base suppressed");
}

static void a_unit_of_which_nothing_counts_is_named_itself(void **state)
{
    (void)state;
    world_open(
        &w,
        "units:\n"
        "  - {id: hso, name: R, kind: region}\n"
        "  - {id: a, name: A, kind: trust, parent: hso}\n"
        "  - {id: a1, name: A1, kind: hospital, parent: a}\n"
        "  - {id: a2, name: A2, kind: hospital, parent: a}\n"
        "  - {id: b, name: B, kind: trust, parent: hso}\n",
        "indicators:\n" INDICATOR("i", "percent", "A", "ratio", "ratio", ""),
        "targets:\n" TARGET("t", "i", "[value > value(-1)]", "")
            TARGET("p", "i", "[value > 0 %]", ""));
    put("i", "a1", "2024", "1/2");
    put("i", "a2", "2024", "60");
    put("i", "b", "2024", "1/2");
    put("i", "b", "2023", "1/3");
    expect("t", "hso", "green");
    assert_string_equal(left_out(), "a");
    put("i", "a1", "2023", "1/3");
    expect("t", "hso", "green");
    assert_string_equal(left_out(), "a2");
    assert_int_equal(w.j.rulings[0].basis.units_in, 2);
    put("i", "a1", "2024", "50");
    expect("p", "hso", "green");
    assert_string_equal(left_out(), "a1 a a2");
    assert_int_equal(w.j.rulings[0].basis.units_in, 1);
}

/* Of a named period, and of the last; a year has all that are there in it. */
static void who_is_not_there_then_has_no_figures_to_miss(void **state)
{
    (void)state;
    world_open(
        &w,
        "units:\n"
        "  - {id: hso, name: R, kind: region}\n"
        "  - {id: a, name: A, kind: trust, parent: hso}\n"
        "  - {id: a1, name: A1, kind: hospital, parent: a}\n"
        "  - {id: a2, name: A2, kind: hospital, parent: a, to: 2024-06-30}\n"
        "  - {id: old, name: O, kind: trust, parent: hso, to: 2024-06-30}\n"
        "  - {id: b, name: B, kind: trust, parent: hso}\n"
        "  - {id: new, name: N, kind: trust, parent: hso, from: 2024-07-01}\n",
        "indicators:\n" INDICATOR("i", "count", "Q", "sum", "sum", ""),
        "targets:\n" TARGET("t", "i", "[value(2024-Q2) > 1]", "")
            TARGET("l", "i", "[latest > 1]", "")
                TARGET("y", "i", "[value > 1]", ""));
    put("i", "old", "2024-Q2", "5");
    put("i", "a2", "2024-Q2", "5");
    put("i", "b", "2024-Q1", "5");
    put("i", "new", "2024-Q3", "5");
    expect("t", "hso", "green");
    assert_string_equal(left_out(), "b new");
    assert_string_equal(left_out_why(), "missing not_there");
    expect("l", "hso", "green");
    assert_string_equal(left_out(), "a old b"); /* a has a1, still there */
    assert_string_equal(left_out_why(), "missing not_there missing");
    expect("y", "hso", "green");
    assert_string_equal(left_out(), "");
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
    world_explain(&w, "t", "hso", count_behind, counts);
    assert_int_equal(counts[1], 2); /* 2024-S1 of ahus, 2023 of the region */
    assert_int_equal(counts[0], 2);
}

/* "ahus! ous" with a mark at what is suppressed */
static bool what_is_suppressed(void *ctx, const struct mv_behind *b)
{
    struct mv_span id = w.c->units[b->unit].id;
    mv_buf_printf(ctx, "%.*s%s ", (int)id.len, (const char *)id.at,
                  b->suppressed ? "!" : "");
    return true;
}

static void expect_behind(const char *target, const char *units)
{
    struct mv_buf text = {0};
    world_explain(&w, target, "hso", what_is_suppressed, &text);
    assert_string_equal(mv_buf_cstr(&text), units);
    mv_buf_done(&text);
}

/* At whatever depth, and where the figures of a unit above count. */
static void explain_marks_figures_of_what_may_not_be_shown(void **state)
{
    (void)state;
    world_open(&w,
               "units:\n"
               "  - {id: hso, name: R, kind: region}\n"
               "  - {id: a, name: A, kind: trust, parent: hso}\n"
               "  - {id: a1, name: A1, kind: hospital, parent: a}\n"
               "  - {id: a2, name: A2, kind: hospital, parent: a}\n"
               "  - {id: b, name: B, kind: trust, parent: hso}\n",
               "indicators:\n" INDICATOR("i", "percent", "M", "ratio", "ratio",
                                         "    min_denominator: 5\n"),
               "targets:\n" TARGET("t", "i", "[value > 0 %]", "")
                   TARGET("l", "i", "[latest > 0 %]",
                          "") "  - {id: s, year: 2024, text: {nb: t}, "
                              "indicator: i, scope: [region], "
                              "require: [\"lowest > 0 %\"]}\n");
    put("i", "a1", "2024-M01", "1/3");
    put("i", "a2", "2024-M01", "1/9");
    put("i", "b", "2024-M01", "1/9");
    put("i", "b", "2024-M02", "1/3");
    expect_behind("t", "a1! a2 b b ");
    expect_behind("l", "a1! a2 b! b! ");
    expect_behind("s", "a1! a2 b b ");
    put("i", "hso", "2024-M02", "1/50");
    expect_behind("t", "hso a1! a2 b b ");
}

#define CASE(f) cmocka_unit_test_teardown(f, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_break_between_the_years_makes_none),
        CASE(a_period_that_is_not_in_has_no_break_before_it),
        CASE(years_are_compared_over_the_periods_that_both_have),
        CASE(a_base_known_as_a_whole_year_only),
        CASE(a_base_is_whole_if_no_figure_is_expected_for_the_rest),
        CASE(a_child_that_is_left_out_has_no_whole_base),
        CASE(of_stretches_as_long_the_one_that_ends_last_counts),
        CASE(without_over_units_nothing_is_rolled_up),
        CASE(a_longer_stretch_counts_instead_of_the_shorter_ones),
        CASE(a_regions_own_figures_count_alone),
        CASE(nor_are_members_of_different_years_one_level_up),
        CASE(small_parts_of_different_years_are_suppressed_at_each),
        CASE(a_total_is_the_pushed_one_or_made_of_the_members),
        CASE(growth_needs_a_base_above_nothing),
        CASE(latest_is_the_last_period_in),
        CASE(weeks_and_days_are_counted_in_their_own_cells),
        CASE(a_unit_of_which_nothing_counts_is_named_itself),
        CASE(who_is_not_there_then_has_no_figures_to_miss),
        CASE(who_is_left_out_is_so_for_a_reason_of_its_own),
        CASE(explain_names_every_figure_and_which_ones_count),
        CASE(explain_marks_figures_of_what_may_not_be_shown),
        CASE(parts_of_different_years_are_not_held_against_each_other),
        CASE(a_bare_ratio_is_an_unweighted_mean_and_rolls_up_nowhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
