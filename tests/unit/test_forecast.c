/* Forecasts, rates, paths and named periods by examples worked by hand; the
 * random worlds beside the oracle are tests/oracle/beside.py. */
#include <stdio.h>

#include "services/judging/forecast.h"
#include "tests/support/judging.h"

static const char units[] =
    "units:\n"
    "  - {id: r, name: R, kind: region, population: {2023: 400000}}\n"
    "  - {id: a, name: A, kind: trust, parent: r,\n"
    "     population: {2020: 400000, 2024: 500000}}\n"
    "  - {id: b, name: B, kind: trust, parent: r, population: {2024: 1}}\n";

static const char indicators[] =
    "indicators:\n" INDICATOR("sum", "count", "Q", "sum", "sum", "    min: 0\n")
        INDICATOR("mean", "days", "Q", "mean", "none", "") INDICATOR(
            "pair", "percent", "Q", "ratio", "ratio", "    max: 100\n")
            INDICATOR("week", "count", "W", "sum", "sum", "")
                INDICATOR("day", "days", "D", "mean", "none", "");

static void ask(const char *keys)
{
    start_target(units, indicators, "%s", keys);
    w.env.today = world_day("2025-03-01");
}

static void expect(const char *ruling)
{
    (void)world_status(&w, "t", 2024, "a");
    assert_string_equal(world_ruling(&w, 0), ruling);
    world_close(&w);
}

static void needs(const char *needed, const char *ruling)
{
    char text[MV_DEC_TEXT_BYTES];
    (void)world_status(&w, "t", 2024, "a");
    assert_int_equal(w.j.rulings[0].needed, MV_NEEDED_AVERAGE);
    assert_string_equal(mv_dec_text(w.j.rulings[0].needed_average, text),
                        needed);
    expect(ruling);
}

static void recent_takes_the_mean_of_the_last_for_each_missing(void **state)
{
    (void)state;
    ask("year: 2024, indicator: sum, forecast: recent(3), require: ['value >= "
        "100']");
    push_quarters("sum", 2024, QUARTERS("10", "20", "", ""));
    needs("35", "red 60 100 -40");
    ask("year: 2024, indicator: sum, forecast: recent(1), require: ['value > "
        "0']");
    push_quarters("sum", 2024, QUARTERS("10", "", "", ""));
    (void)world_push(&w, "sum", "a", "", "2024-S1", "60", 0);
    expect("green 120 0 120"); /* a half-year is 30 a quarter */
}

static void thirds_of_a_pair_are_not_rounded(void **state)
{
    (void)state;
    ask("year: 2024, indicator: pair, forecast: recent(3), require: ['value "
        ">= 70 %']");
    push_quarters("pair", 2024, QUARTERS("7/10", "14/20", "7/10", ""));
    expect("green 70 70 0");
}

static void what_is_forecast_stays_within_the_range(void **state)
{
    (void)state;
    ask("year: 2024, indicator: sum, forecast: recent(1), require: ['value > "
        "0']");
    push_quarters("sum", 2024, QUARTERS("9", "-3", "", ""));
    expect("green 6 0 6");
}

static struct mv_exact_pair pair_of(const int64_t at[3])
{
    return (struct mv_exact_pair){at[0], at[1], at[2]};
}

static void shares_add_up_in_lowest_terms(void **state)
{
    static const struct {
        int64_t a[3], b[3], sum[3]; /* num, den, div */
    } rows[] = {
        {{1, 1, 3}, {1, 1, 6}, {1, 1, 2}},
        {{1, 3, 1}, {2, 4, 1}, {3, 7, 1}},
        {{-1, 2, 4}, {1, 2, 4}, {0, 1, 1}},
        {{-5, 1, 6}, {-1, 1, 6}, {-3, 1, 3}},
        {{0, 0, 3}, {0, 0, 5}, {0, 0, 1}},
        {{1, 0, 4}, {1, 0, 6}, {5, 0, 12}},
        {{0, 5, 12}, {0, 7, 18}, {0, 29, 36}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mv_exact_pair a = pair_of(rows[i].a), b = pair_of(rows[i].b);
        const struct mv_exact_pair sum = pair_of(rows[i].sum);
        assert_true(mv_exact_add(&a, &b));
        if (a.num != sum.num || a.den != sum.den || a.div != sum.div)
            fail_msg("row %zu: %lld / %lld, %lld", i, (long long)a.num,
                     (long long)a.den, (long long)a.div);
    }
}

/* A divisor that many have is no larger for their number. */
static void thousands_of_shares_are_in_range(void **state)
{
    (void)state;
    struct mv_exact_pair sum = {0, 0, 1}, most = {MV_I128_MAX, 1, 1};
    const struct mv_exact_pair year = {1, -1, 365}, leap = {1, -1, 366};
    const struct mv_exact_pair one = {1, 0, 1}, down = {0, 1, 1};
    const struct mv_exact_pair fine = {1, 1, (mv_i128)1 << 100};
    for (int i = 0; i < 365 * 366; i++)
        assert_true(mv_exact_add(&sum, i % 2 == 0 ? &year : &leap));
    assert_true(sum.num == 731 && sum.den == -731 && sum.div == 2);
    sum = fine;
    assert_true(mv_exact_add(&sum, &fine));
    assert_true(sum.num == 1 && sum.den == 1 && sum.div == fine.div / 2);
    assert_false(mv_exact_add(&most, &one));
    assert_true(most.num == MV_I128_MAX && most.den == 1 && most.div == 1);
    assert_true(mv_exact_add(&most, &down));
}

static void last_year_is_whole_where_this_one_is_completed(void **state)
{
    (void)state;
    ask("year: 2024, indicator: sum, forecast: recent(3), require: ['value > "
        "value(-1)']");
    push_quarters("sum", 2024, QUARTERS("10", "20", "", ""));
    push_quarters("sum", 2023, QUARTERS("1", "2", "3", "50"));
    needs("13", "green 60 56 4");
    ask("year: 2024, indicator: sum, forecast: recent(3), require: ['value > "
        "value(-1)']");
    push_quarters("sum", 2024, QUARTERS("10", "20", "", ""));
    push_quarters("sum", 2023, QUARTERS("1", "", "3", ""));
    expect("green 25 4 21"); /* the periods that it has: 10 and 15 */
}

static void a_season_goes_by_last_year_s_and_this_year_s_pace(void **state)
{
    (void)state;
    ask("year: 2024, indicator: sum, forecast: seasonal, require: ['value > "
        "0']");
    push_quarters("sum", 2024, QUARTERS("", "24", "36", ""));
    push_quarters("sum", 2023, QUARTERS("10", "20", "30", "40"));
    expect("green 120 0 120");
    ask("year: 2024, indicator: mean, forecast: seasonal, require: ['value > "
        "0 days']");
    push_quarters("mean", 2024, QUARTERS("6", "12", "", ""));
    push_quarters("mean", 2023, QUARTERS("5", "10", "15", "20"));
    expect("green 15 0 15");
    ask("year: 2024, indicator: pair, forecast: seasonal, require: ['value > "
        "0 %']");
    push_quarters("pair", 2024, QUARTERS("9/10", "", "", ""));
    push_quarters("pair", 2023, QUARTERS("6/10", "8/10", "4/10", "5/10"));
    expect("green 81.25 0 81.25"); /* 12 of 10 is held at 10 */
}

static void without_a_full_last_year_the_last_three(void **state)
{
    (void)state;
    ask("year: 2024, indicator: sum, forecast: seasonal, require: ['value > "
        "0']");
    push_quarters("sum", 2024, QUARTERS("12", "24", "", ""));
    push_quarters("sum", 2023, QUARTERS("10", "20", "30", ""));
    expect("green 72 0 72");
}

static void a_rate_is_per_inhabitants_of_its_year_or_before(void **state)
{
    (void)state;
    ask("year: 2024, scope: [a], indicator: sum, require: ['rate(1000) > "
        "rate(1000, -1)']");
    push_quarters("sum", 2024, QUARTERS("100", "", "", ""));
    push_quarters("sum", 2023, QUARTERS("100", "", "", ""));
    (void)world_status(&w, "t", 2024, "a");
    assert_int_equal(w.j.rulings[0].basis.inhabitants, 2020);
    expect("red 0.2 0.25 -0.05");
}

static void a_path_is_the_straight_line_between(void **state)
{
    (void)state;
    ask("year: 2024, indicator: mean, require: ['value <= path(10 days, 2020, "
        "4 days, 2026)']");
    push_quarters("mean", 2024, QUARTERS("6", "", "", ""));
    expect("green 6 6 0");
    ask("year: 2024, indicator: day, require: ['latest <= path(10 days, "
        "2024-03-01, 0 days, 2024-03-11)']");
    (void)world_push(&w, "day", "a", "", "2024-03-05", "7", 0);
    expect("red 7 6 -1");
}

static void a_period_by_name_is_not_due_until_it_is_in(void **state)
{
    (void)state;
    ask("year: 2024, indicator: mean, require: ['value(2023-S2) < 5 days']");
    push_quarters("mean", 2023, QUARTERS("9", "9", "4", ""));
    assert_string_equal(world_status(&w, "t", 2024, "a"), "none not_due");
    push_quarters("mean", 2023, QUARTERS("", "", "", "5"));
    expect("green 4.5 5 0.5");
    ask("year: 2024, indicator: mean, require: ['latest < value(2023-Q4)']");
    push_quarters("mean", 2023, QUARTERS("", "", "", "5"));
    (void)world_push(&w, "mean", "a", "", "2024-Q1", "4", 'B');
    expect("none series_break");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recent_takes_the_mean_of_the_last_for_each_missing),
        cmocka_unit_test(thirds_of_a_pair_are_not_rounded),
        cmocka_unit_test(shares_add_up_in_lowest_terms),
        cmocka_unit_test(thousands_of_shares_are_in_range),
        cmocka_unit_test(what_is_forecast_stays_within_the_range),
        cmocka_unit_test(last_year_is_whole_where_this_one_is_completed),
        cmocka_unit_test(a_season_goes_by_last_year_s_and_this_year_s_pace),
        cmocka_unit_test(without_a_full_last_year_the_last_three),
        cmocka_unit_test(a_rate_is_per_inhabitants_of_its_year_or_before),
        cmocka_unit_test(a_path_is_the_straight_line_between),
        cmocka_unit_test(a_period_by_name_is_not_due_until_it_is_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
