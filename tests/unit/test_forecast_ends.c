/* Forecasts at their ends: figures as large as one may be, ranges, what a
 * missing period repeats, and whoever has heard enough. */
#include <stdio.h>
#include <stdlib.h>

#include "services/judging/cells.h"
#include "services/judging/check.h"
#include "services/judging/eval.h"
#include "services/judging/explain.h"
#include "services/judging/forecast.h"
#include "services/judging/strand.h"
#include "services/judging/weigh.h"
#include "tests/support/judging.h"

#define LARGEST "9200000000000"

static const char units[] = WORLD_LETTERS;

static const char indicators[] = "indicators:\n" INDICATOR(
    "sum", "count", "Q", "sum", "sum", "    min: 0\n    max: 100\n")
    INDICATOR("free", "count", "Q", "sum", "sum", "") INDICATOR(
        "mean", "days", "Q", "mean", "none", "    min: 1\n    max: 50\n")
        INDICATOR("pair", "percent", "Q", "ratio", "ratio",
                  "    min: 20\n    max: 80\n")
            INDICATOR("last", "count", "Q", "last", "sum", "")
                INDICATOR("part", "count", "Q", "sum", "sum",
                          MEMBERS("sum") "    due: 45 d\n")
                    INDICATOR("day", "days", "D", "mean", "none", "");

static void ask(const char *indicator, const char *forecast,
                const char *require)
{
    start_target(units, indicators,
                 "year: 2024, indicator: %s, forecast: %s, scope: [region, "
                 "trust], require: ['%s']",
                 indicator, forecast, require);
    w.env.today = world_day("2025-03-01");
}

static void expect(const char *ruling)
{
    (void)world_status(&w, "t", 2024, "a");
    assert_string_equal(world_ruling(&w, 0), ruling);
    world_close(&w);
}

static void expect_none(const char *status)
{
    assert_string_equal(world_status(&w, "t", 2024, "a"), status);
    world_close(&w);
}

static void a_missing_period_of_a_count_at_its_end_repeats_the_last(void **s)
{
    (void)s;
    ask("last", "recent(1)", "value > 0");
    push_quarters("last", 2024, QUARTERS("7", "9", "", ""));
    expect("green 9 0 9");
    ask("last", "recent(1)", "value > 0");
    push_quarters("last", 2024, QUARTERS("7", "", "11", ""));
    expect("green 11 0 11"); /* the one before the end, not the first */
    ask("last", "recent(1)", "value > 0");
    push_quarters("last", 2024, QUARTERS("5", "6", "", ""));
    push("last", "a", "2024-S1", "8"); /* the longer one counts */
    expect("green 8 0 8");
    ask("last", "recent(1)", "value > 0");
    push_quarters("last", 2024, QUARTERS("7", "9", "", "13"));
    expect("green 13 0 13"); /* the end is in: nothing is repeated */
}

static void a_season_stays_within_the_range_of_each_period(void **state)
{
    (void)state;
    /* twice last year's pace: 80, 120 and 4 are 80, 100 and 4 */
    ask("sum", "seasonal", "value > 0");
    push_quarters("sum", 2023, QUARTERS("10", "40", "60", "2"));
    push_quarters("sum", 2024, QUARTERS("20", "", "", ""));
    expect("green 204 0 204");
    /* a tenth of it: below the least of 1 a cell */
    ask("mean", "seasonal", "value > 0 days");
    push_quarters("mean", 2023, QUARTERS("20", "5", "20", "20"));
    push_quarters("mean", 2024, QUARTERS("2", "", "", ""));
    expect("green 1.75 0 1.75");
    ask("mean", "seasonal", "value > 0 days");
    push_quarters("mean", 2023, QUARTERS("5", "40", "10", "10"));
    push_quarters("mean", 2024, QUARTERS("10", "", "", ""));
    expect("green 25 0 25"); /* 10, 50, 20, 20 */
    ask("pair", "seasonal", "value > 0 %");
    push_quarters("pair", 2023,
                  QUARTERS("10/100", "60/100", "1/100", "50/100"));
    push_quarters("pair", 2024, QUARTERS("20/100", "", "", ""));
    expect("green 50 0 50"); /* 20, 80, 20 and 80 of 100 each */
}

/* All of the year but its 28 or 29 February, and that. */
static void push_days(int year, const char *last)
{
    char period[16];
    for (int month = 1; month <= 12; month++) {
        (void)snprintf(period, sizeof period, "%d-M%02d", year, month);
        if (month != 2)
            (void)world_push(&w, "day", "a", "", period, "10", 0);
    }
    for (int day = 1; day <= 28; day++) {
        (void)snprintf(period, sizeof period, "%d-02-%02d", year, day);
        (void)world_push(&w, "day", "a", "", period, day < 28 ? "10" : last, 0);
    }
}

/* 364 days of 10 and two of 100, of 366. */
static void a_leap_day_is_as_the_day_before_it_was_last_year(void **state)
{
    (void)state;
    ask("day", "seasonal", "value > 10 days");
    push_days(2023, "100");
    push_days(2024, "100");
    expect("green 10.491803278689 10 0.491803278689");
}

static void a_recent_mean_stays_within_the_range(void **state)
{
    (void)state;
    ask("sum", "recent(1)", "value > 0");
    push_quarters("sum", 2024, QUARTERS("150", "", "", ""));
    expect("green 450 0 450"); /* 150 as it was sent, then 100 each */
    ask("mean", "recent(2)", "value > 0 days");
    push_quarters("mean", 2024, QUARTERS("0", "0", "", ""));
    expect("green 0.5 0 0.5"); /* 0, 0, then 1 each */
}

static void what_is_out_of_range_is_not_computed(void **state)
{
    (void)state;
    ask("free", "seasonal", "value > 0");
    push_quarters("free", 2023, QUARTERS("0.000001", LARGEST, "1", "1"));
    push_quarters("free", 2024, QUARTERS(LARGEST, "", "", ""));
    expect_none("none not_computable");
    ask("pair", "seasonal", "value > 0 %");
    push_quarters("pair", 2023,
                  QUARTERS("0.000001/1", LARGEST "/" LARGEST, "1/1", "1/1"));
    push_quarters("pair", 2024, QUARTERS(LARGEST "/1", "", "", ""));
    expect_none("none not_computable");
    ask("pair", "seasonal", "value > 0 %");
    push_quarters("pair", 2023,
                  QUARTERS("1/0.000001", "1/" LARGEST, "1/1", "1/1"));
    push_quarters("pair", 2024, QUARTERS("1/" LARGEST, "", "", ""));
    expect_none("none not_computable");
}

/* Nothing to go by, this year or last. */
static void without_a_pace_the_last_periods_decide(void **state)
{
    (void)state;
    ask("free", "seasonal", "value > 0");
    push_quarters("free", 2023, QUARTERS("0", "20", "30", "40"));
    push_quarters("free", 2024, QUARTERS("12", "", "", ""));
    expect("green 48 0 48"); /* last year's first quarter was nothing */
    ask("pair", "seasonal", "value > 0 %");
    push_quarters("pair", 2023, QUARTERS("0/10", "5/10", "5/10", "5/10"));
    push_quarters("pair", 2024, QUARTERS("6/10", "", "", ""));
    expect("green 60 0 60");
    ask("pair", "seasonal", "value > 0 %");
    push_quarters("pair", 2023, QUARTERS("1/10", "5/10", "5/10", "50"));
    push_quarters("pair", 2024, QUARTERS("6/10", "", "", ""));
    expect("green 60 0 60"); /* a bare figure is no pair */
}

static void pairs_are_added_exactly_or_not_at_all(void **state)
{
    (void)state;
    const mv_i128 huge = MV_I128_MAX / 2 + 1;
    struct mv_exact_pair a = {1, 2, 3}, b = {1, 2, 6};
    assert_true(mv_exact_add(&a, &b));
    assert_true(a.num == 1 && a.den == 2 && a.div == 2);
    const struct mv_exact_pair pairs[][2] = {
        {{huge, 1, 2}, {1, 1, 3}},    {{1, huge, 2}, {1, 1, 3}},
        {{1, 1, huge}, {1, 1, 3}},    {{1, 1, 3}, {huge, 1, 2}},
        {{1, 1, 3}, {1, huge, 2}},    {{huge, 1, 1}, {huge, 1, 1}},
        {{1, huge, 1}, {1, huge, 1}},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct mv_exact_pair sum = pairs[i][0];
        assert_false(mv_exact_add(&sum, &pairs[i][1]));
        assert_true(sum.num == pairs[i][0].num && sum.den == pairs[i][0].den);
    }
    struct mv_exact_pair minus = {-4, 6, 2}, none = {0, 0, 1};
    assert_true(mv_exact_add(&minus, &none));
    assert_true(minus.num == -2 && minus.den == 3 && minus.div == 1);
}

static void cells_are_only_of_periods_that_there_are(void **state)
{
    (void)state;
    struct mv_span_of_cells span;
    struct mv_cells cells;
    assert_true(mv_cells_of(MV_FREQ_M, 2024, 0, 1, &span));
    assert_false(mv_cells_of(MV_FREQ_M, 2024, 1, 1, &span));
    assert_false(mv_cells_of(MV_FREQ_M, 2024, 0, 0, &span));
    assert_false(mv_cells_of(MV_FREQ_M, 2024, 0, 145, &span));
    assert_true(mv_cells_of(MV_FREQ_M, 2024, 0, 11 * 12 + 1, &span));
    assert_false(mv_cells_of(MV_FREQ_M, 2024, 0, 11 * 12 + 2, &span));
    assert_false(mv_cells_of(MV_FREQ_Q, 2024, 0, 12 + 3, &span)); /* Feb-Apr */
    assert_false(mv_cells_of(MV_FREQ_D, 2023, 2, 255, &span));
    assert_false(mv_cells_of(MV_FREQ_W, 2024, 0, 255, &span));
    assert_false(mv_cells_nth(MV_FREQ_M, 2024, 0, &cells));
    assert_false(mv_cells_nth(MV_FREQ_M, 2024, 13, &cells));
    assert_false(mv_cells_nth(MV_FREQ_W, 2024, 53, &cells));
    assert_true(mv_cells_nth(MV_FREQ_W, 2020, 53, &cells));
}

/* --- whoever has heard enough ------------------------------------------- */

struct heard {
    unsigned times, most;
};

static bool enough(struct heard *h)
{
    return ++h->times < h->most;
}

static bool hear_piece(void *ctx, const struct mv_piece *p)
{
    (void)p;
    return enough(ctx);
}

static bool hear_disagreement(void *ctx, const struct mv_disagreement *d)
{
    (void)d;
    return enough(ctx);
}

static bool hear_behind(void *ctx, const struct mv_behind *b)
{
    (void)b;
    return enough(ctx);
}

static void weigh(struct heard *h)
{
    uint32_t target = world_target(&w, "t", 2024);
    uint32_t parts = mv_weigh_parts(&w.env, target);
    for (uint32_t i = 0; i < parts && h->times < h->most; i++)
        mv_weigh(&w.env, target, world_unit(&w, "r"), i, hear_piece, h);
}

static void check(struct heard *h)
{
    struct mv_work *work = mv_work_open();
    mv_check(&w.env, work, world_indicator(&w, "part"), world_unit(&w, "r"),
             2024, hear_disagreement, h);
    mv_work_close(work);
}

static void explain(struct heard *h)
{
    uint64_t part;
    struct mv_explaining *k = mv_explaining_open(
        &w.env, world_target(&w, "t", 2024), world_unit(&w, "r"), 0);
    while (h->times < h->most && mv_explaining_at(k, &part))
        mv_explaining_next(k, hear_behind, h);
    mv_explaining_close(k);
}

/* A region, three trusts, members; totals that are not their sums. */
static void fill(void)
{
    static const char *const of[] = {"r", "a", "b", "c"};
    static const char *const members[] = {"", "som", "vop", "bup"};
    for (unsigned u = 0; u < 4; u++) {
        for (unsigned m = 0; m < 4; m++) {
            char value[16];
            (void)snprintf(value, sizeof value, "%u", 10 + 7 * u + 3 * m);
            push_member("part", of[u], members[m], "2024-Q1", value);
            push_member("part", of[u], members[m], "2024-S1", value);
            push_member("part", of[u], members[m], "2023-Q1", value);
            if (u != 2)
                push_member("part", of[u], members[m], "2024-Q2", "5");
        }
    }
}

static void whoever_has_heard_enough_is_told_no_more(void **state)
{
    (void)state;
    static void (*const told[])(struct heard *) = {weigh, check, explain};
    static const unsigned least[] = {6, 10, 20};
    ask("part", "recent(1)", "each tjeneste: value > value(-1) + \"sum\"");
    fill();
    for (size_t i = 0; i < 3; i++) {
        struct heard all = {.most = 10000};
        told[i](&all);
        if (all.times < least[i])
            fail_msg("%zu: told of %u", i, all.times);
        for (unsigned most = 1; most <= all.times; most++) {
            struct heard h = {.most = most};
            told[i](&h);
            if (h.times != most)
                fail_msg("%zu: wanted %u, told of %u", i, most, h.times);
        }
    }
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            a_missing_period_of_a_count_at_its_end_repeats_the_last),
        cmocka_unit_test(a_season_stays_within_the_range_of_each_period),
        cmocka_unit_test(a_leap_day_is_as_the_day_before_it_was_last_year),
        cmocka_unit_test(a_recent_mean_stays_within_the_range),
        cmocka_unit_test(what_is_out_of_range_is_not_computed),
        cmocka_unit_test(without_a_pace_the_last_periods_decide),
        cmocka_unit_test(pairs_are_added_exactly_or_not_at_all),
        cmocka_unit_test(cells_are_only_of_periods_that_there_are),
        cmocka_unit_test(whoever_has_heard_enough_is_told_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
