#include <string.h>

#include "services/base/period.h"
#include "tests/support/unit.h"

static struct mv_period period(const char *text)
{
    struct mv_period p = {0};
    if (!mv_period_parse(mv_span_text(text), &p))
        fail_msg("'%s' was refused", text);
    return p;
}

static void expect_text(const struct mv_period *p, const char *want)
{
    char out[MV_PERIOD_TEXT_BYTES];
    assert_string_equal(mv_period_text(p, out), want);
}

static void expect_days(const char *text, mv_freq freq, const char *first,
                        const char *last)
{
    char out[MV_DAY_TEXT_BYTES];
    struct mv_period p = period(text);
    assert_int_equal(p.freq, freq);
    assert_string_equal(mv_day_text(p.first_day, out), first);
    assert_string_equal(mv_day_text(p.last_day, out), last);
}

static void each_notation_has_its_days(void **state)
{
    (void)state;
    expect_days("2024", MV_FREQ_A, "2024-01-01", "2024-12-31");
    expect_days("2024-S1", MV_FREQ_S, "2024-01-01", "2024-06-30");
    expect_days("2024-T3", MV_FREQ_T, "2024-09-01", "2024-12-31");
    expect_days("2024-Q2", MV_FREQ_Q, "2024-04-01", "2024-06-30");
    expect_days("2024-M02", MV_FREQ_M, "2024-02-01", "2024-02-29");
    expect_days("2024-W23", MV_FREQ_W, "2024-06-03", "2024-06-09");
    expect_days("2020-W53", MV_FREQ_W, "2020-12-28", "2021-01-03");
    expect_days("2025-W01", MV_FREQ_W, "2024-12-30", "2025-01-05");
    expect_days("2024-06-30", MV_FREQ_D, "2024-06-30", "2024-06-30");
    expect_days("2024-01-01/P11M", MV_FREQ_RANGE, "2024-01-01", "2024-11-30");
    expect_days("2024-02-01/P3M", MV_FREQ_RANGE, "2024-02-01", "2024-04-30");
}

static void bad_input_61_periods_that_do_not_exist_are_refused(void **state)
{
    (void)state;
    const char *wrong[] = {
        "1900",         "1989",       "2200",      "2023-02-29", "2024-T4",
        "2024-S3",      "2024-Q5",    "2024-M13",  "2024-W53",   "2024-W00",
        "2024-M00",     "2024-T0",    "2024-D366", "2023-D366",  "2024M01",
        "2024-t1",      "2024-m01",   "2024-w01",  "２０２４",   "2024-M1",
        "2024-W1",      "2024-S01",   "2024-A1",   "2024-",      "2024 ",
        " 2024",        "202",        "20245",     "",           "2024-06",
        "2024-6-30",    "2024-06-31", "2024-M0１", "-2024",      "2024-T+1",
        "2024-06-30T00"};
    struct mv_period p;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        if (mv_period_parse(mv_span_text(wrong[i]), &p))
            fail_msg("'%s' was taken", wrong[i]);
    }
    assert_false(mv_period_parse(mv_span(NULL, 0), &p));
    assert_false(mv_period_parse(mv_span("2024\0", 5), &p));
}

static void bad_input_62_a_stretch_is_whole_months_of_one_year(void **state)
{
    (void)state;
    const char *wrong[] = {
        "2024-01-15/P1M",  "2023-11-01/P4M",  "2024-01-01/P13M",
        "2024-01-01/P0M",  "2024-01-01/P01M", "2024-01-01/PM",
        "2024-01-01/P11D", "2024-01-01/p11M", "2024-01-01/P11m",
        "2024-01-01/P1Y",  "2024-01-01/",     "2024-01-01/P11M ",
        "2024-01-01P11M",  "2024-01-01/P-1M", "2024-12-01/P2M",
        "2024/P11M"};
    struct mv_period p;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        if (mv_period_parse(mv_span_text(wrong[i]), &p))
            fail_msg("'%s' was taken", wrong[i]);
    }
}

static void a_stretch_that_has_a_name_is_that_period(void **state)
{
    (void)state;
    const char *pairs[][2] = {{"2024-01-01/P4M", "2024-T1"},
                              {"2024-07-01/P6M", "2024-S2"},
                              {"2024-04-01/P3M", "2024-Q2"},
                              {"2024-12-01/P1M", "2024-M12"},
                              {"2024-01-01/P12M", "2024"},
                              {"2024-02-01/P4M", "2024-02-01/P4M"},
                              {"2024-01-01/P11M", "2024-01-01/P11M"}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        struct mv_period p = period(pairs[i][0]);
        expect_text(&p, pairs[i][1]);
    }
}

static void expect_shift(const char *text, int years, const char *want)
{
    struct mv_period p = period(text);
    bool there = mv_period_shift(&p, years, &p);
    assert_int_equal(there, want != NULL);
    if (want != NULL)
        expect_text(&p, want);
}

static void a_year_before_is_the_same_period_or_none(void **state)
{
    (void)state;
    expect_shift("2024-T3", -1, "2023-T3");
    expect_shift("2024-12-31", -1, "2023-12-31");
    expect_shift("2024-02-29", -1, NULL);
    expect_shift("2024-02-29", -4, "2020-02-29");
    expect_shift("2020-W53", -1, NULL);
    expect_shift("2020-W52", -1, "2019-W52");
    expect_shift("2024-01-01/P11M", -1, "2023-01-01/P11M");
    expect_shift("1990", -1, NULL);
    expect_shift("1990-05-05", -1, NULL);
}

static void expect_parts(const char *text, mv_freq freq, int from, int to)
{
    int a = 0;
    int b = 0;
    struct mv_period p = period(text);
    assert_int_equal(mv_period_parts(&p, freq, &a, &b), from != 0);
    assert_int_equal(a, from);
    assert_int_equal(b, to);
}

static void a_longer_period_names_its_parts(void **state)
{
    (void)state;
    expect_parts("2024", MV_FREQ_M, 1, 12);
    expect_parts("2020", MV_FREQ_W, 1, 53);
    expect_parts("2024-T2", MV_FREQ_M, 5, 8);
    expect_parts("2024-T2", MV_FREQ_T, 2, 2);
    expect_parts("2024-S1", MV_FREQ_T, 0, 0);
    expect_parts("2024-S2", MV_FREQ_Q, 3, 4);
    expect_parts("2024-01-01/P11M", MV_FREQ_M, 1, 11);
    expect_parts("2024-01-01/P8M", MV_FREQ_T, 1, 2);
    expect_parts("2024-M02", MV_FREQ_D, 32, 60);
    expect_parts("2024-M02", MV_FREQ_T, 0, 0);
    expect_parts("2021-M02", MV_FREQ_W, 5, 8); /* Monday to Sunday */
    expect_parts("2024-M02", MV_FREQ_W, 0, 0);
    expect_parts("2020-W53", MV_FREQ_D, 0, 0);
    expect_parts("2024", MV_FREQ_RANGE, 0, 0);
}

static void month_spans_and_containment(void **state)
{
    (void)state;
    int start = 0;
    int months = 0;
    struct mv_period t3 = period("2024-T3");
    struct mv_period m9 = period("2024-M09");
    struct mv_period range = period("2024-02-01/P9M");
    struct mv_period week = period("2024-W01");
    assert_true(mv_period_months(&t3, &start, &months));
    assert_int_equal(start * 100 + months, 904);
    assert_true(mv_period_months(&range, &start, &months));
    assert_int_equal(start * 100 + months, 209);
    assert_false(mv_period_months(&week, &start, &months));
    assert_true(mv_period_contains(&t3, &m9));
    assert_false(mv_period_contains(&m9, &t3));
    assert_false(mv_period_contains(&range, &t3));
    assert_true(mv_period_compare(&t3, &m9) < 0);
    assert_true(mv_period_compare(&m9, &t3) > 0);
    assert_true(mv_period_compare(&m9, &m9) == 0);
}

static void codes_that_are_no_period_are_refused(void **state)
{
    (void)state;
    struct mv_period p;
    const int wrong[] = {0,      1,      0x1000, 0x1002, 0x3004, 0x5000,
                         0x500d, 0x6035, 0x716f, 0x8000, 0x8014, 0x8d01,
                         0x801d, 0x9001, 0xffff, 0x8f01, 0x810b};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        if (mv_period_from_code(2024, (uint16_t)wrong[i], &p))
            fail_msg("%x was taken", (unsigned)wrong[i]);
    }
    assert_true(mv_period_from_code(2020, 0x6035, &p));
    expect_text(&p, "2020-W53");
    assert_true(mv_period_from_code(2024, 0x801b, &p));
    expect_text(&p, "2024-01-01/P11M");
}

static void frequencies_are_the_code_list(void **state)
{
    (void)state;
    mv_freq f;
    assert_true(mv_freq_parse(mv_span_text("A_3"), &f));
    assert_int_equal(f, MV_FREQ_T);
    assert_string_equal(mv_freq_text(f), "A_3");
    assert_true(mv_freq_parse(mv_span_text("W"), &f));
    assert_int_equal(f, MV_FREQ_W);
    assert_false(mv_freq_parse(mv_span_text("T"), &f));
    assert_false(mv_freq_parse(mv_span_text(""), &f));
    assert_false(mv_freq_parse(mv_span_text("range"), &f));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_notation_has_its_days),
        cmocka_unit_test(bad_input_61_periods_that_do_not_exist_are_refused),
        cmocka_unit_test(bad_input_62_a_stretch_is_whole_months_of_one_year),
        cmocka_unit_test(a_stretch_that_has_a_name_is_that_period),
        cmocka_unit_test(a_year_before_is_the_same_period_or_none),
        cmocka_unit_test(a_longer_period_names_its_parts),
        cmocka_unit_test(month_spans_and_containment),
        cmocka_unit_test(codes_that_are_no_period_are_refused),
        cmocka_unit_test(frequencies_are_the_code_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
