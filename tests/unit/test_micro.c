#include <float.h>
#include <locale.h>
#include <math.h>
#include <string.h>

#include "services/base/micro.h"
#include "tests/support/unit.h"

#define UNTOUCHED INT64_C(424242)

static void expect_text(const char *text, mv_number want, int64_t micro)
{
    int64_t got = UNTOUCHED;
    mv_number n = mv_micro_parse(mv_span_text(text), &got);
    if (n != want || got != (want == MV_NUMBER_OK ? micro : UNTOUCHED))
        fail_msg("'%s' gave %d, %lld", text, (int)n, (long long)got);
}

static void text_is_read_strictly(void **state)
{
    (void)state;
    expect_text("78.5", MV_NUMBER_OK, 78500000);
    expect_text("-0.000001", MV_NUMBER_OK, -1);
    expect_text("007", MV_NUMBER_OK, 7000000);
    expect_text("-0", MV_NUMBER_OK, 0);
    expect_text("1.50000000000", MV_NUMBER_OK, 1500000);
    const char *wrong[] = {"",    "-",   ".",    ".5",     "5.",  "+5", " 5",
                           "5 ",  "1e3", "0x10", "1,5",    "--1", "5-", "1.2.3",
                           "NaN", "inf", "78,5", "1e-400", "٣"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        expect_text(wrong[i], MV_NUMBER_SYNTAX, 0);
    int64_t got;
    assert_int_equal(mv_micro_parse(mv_span("1\0002", 3), &got),
                     MV_NUMBER_SYNTAX);
    assert_int_equal(mv_micro_parse(mv_span(NULL, 0), &got), MV_NUMBER_SYNTAX);
}

static void text_out_of_precision_or_range_is_told_apart(void **state)
{
    (void)state;
    expect_text("0.0000001", MV_NUMBER_PRECISION, 0);
    expect_text("1.0000005", MV_NUMBER_PRECISION, 0);
    expect_text("9200000000000", MV_NUMBER_OK, MV_MICRO_MAX);
    expect_text("-9200000000000", MV_NUMBER_OK, -MV_MICRO_MAX);
    expect_text("9200000000000.000001", MV_NUMBER_RANGE, 0);
    expect_text("-9200000000000.000001", MV_NUMBER_RANGE, 0);
    expect_text("92000000000000000009", MV_NUMBER_RANGE, 0);
    expect_text("9999999999999999999999999999999", MV_NUMBER_RANGE, 0);
    expect_text("18446744073709.551616", MV_NUMBER_RANGE, 0);
}

static void whole_numbers_are_bounded(void **state)
{
    (void)state;
    int64_t m;
    assert_int_equal(mv_micro_from_i64(-5, &m), MV_NUMBER_OK);
    assert_int_equal(m, -5000000);
    assert_int_equal(mv_micro_from_i64(9200000000000, &m), MV_NUMBER_OK);
    assert_int_equal(mv_micro_from_i64(9200000000001, &m), MV_NUMBER_RANGE);
    assert_int_equal(mv_micro_from_i64(INT64_MIN, &m), MV_NUMBER_RANGE);
    assert_int_equal(mv_micro_from_u64(UINT64_MAX, &m), MV_NUMBER_RANGE);
    assert_int_equal(mv_micro_from_u64(UINT64_C(1) << 63, &m), MV_NUMBER_RANGE);
    assert_int_equal(mv_micro_from_u64(5, &m), MV_NUMBER_OK);
    assert_int_equal(m, 5000000);
}

static void expect_f64(double v, mv_number want, int64_t micro)
{
    int64_t got = UNTOUCHED;
    mv_number n = mv_micro_from_f64(v, &got);
    if (n != want || got != (want == MV_NUMBER_OK ? micro : UNTOUCHED))
        fail_msg("%.17g gave %d, %lld", v, (int)n, (long long)got);
}

static void expect_f32(float v, mv_number want, int64_t micro)
{
    int64_t got = UNTOUCHED;
    mv_number n = mv_micro_from_f32(v, &got);
    if (n != want || got != (want == MV_NUMBER_OK ? micro : UNTOUCHED))
        fail_msg("%.9gf gave %d, %lld", (double)v, (int)n, (long long)got);
}

static void bad_input_40_a_float_that_is_not_finite_is_refused(void **state)
{
    (void)state;
    expect_f64(NAN, MV_NUMBER_NOT_FINITE, 0);
    expect_f64(-NAN, MV_NUMBER_NOT_FINITE, 0);
    uint64_t bits = UINT64_C(0x7ff0000000000123); /* signalling, payload */
    double signalling;
    memcpy(&signalling, &bits, sizeof bits);
    expect_f64(signalling, MV_NUMBER_NOT_FINITE, 0);
    expect_f64(INFINITY, MV_NUMBER_NOT_FINITE, 0);
    expect_f64(-INFINITY, MV_NUMBER_NOT_FINITE, 0);
    expect_f32(NAN, MV_NUMBER_NOT_FINITE, 0);
    expect_f32(-INFINITY, MV_NUMBER_NOT_FINITE, 0);
}

static void bad_input_41_minus_zero_is_zero(void **state)
{
    (void)state;
    expect_f64(-0.0, MV_NUMBER_OK, 0);
    expect_f64(0.0, MV_NUMBER_OK, 0);
    expect_f32(-0.0f, MV_NUMBER_OK, 0);
}

static void bad_input_42_denormals_and_giants_are_told_apart(void **state)
{
    (void)state;
    expect_f64(5e-324, MV_NUMBER_PRECISION, 0);
    expect_f64(-DBL_MIN, MV_NUMBER_PRECISION, 0);
    expect_f64(1e308, MV_NUMBER_RANGE, 0);
    expect_f64(-DBL_MAX, MV_NUMBER_RANGE, 0);
    expect_f32(1e-45f, MV_NUMBER_PRECISION, 0);
    expect_f32(FLT_MAX, MV_NUMBER_RANGE, 0);
}

static void bad_input_43_a_float_is_its_shortest_decimal(void **state)
{
    (void)state;
    expect_f32(78.5f, MV_NUMBER_OK, 78500000);
    expect_f32(0.1f, MV_NUMBER_OK, 100000);
    expect_f32(16.43f, MV_NUMBER_OK, 16430000);
    expect_f32(-66.7f, MV_NUMBER_OK, -66700000);
    expect_f32(9.2e12f, MV_NUMBER_OK, MV_MICRO_MAX);
    expect_f32(16777216.0f, MV_NUMBER_OK, 16777216000000);
    expect_f32(1e-7f, MV_NUMBER_PRECISION, 0);
    expect_f64(78.5, MV_NUMBER_OK, 78500000);
    expect_f64(0.1, MV_NUMBER_OK, 100000);
    expect_f64(0.3, MV_NUMBER_OK, 300000);
    expect_f64(0.1 + 0.2, MV_NUMBER_PRECISION, 0);
    expect_f64(78.49999999999999, MV_NUMBER_PRECISION, 0);
    expect_f64((double)0.1f, MV_NUMBER_PRECISION, 0);
    expect_f64(1e-6, MV_NUMBER_OK, 1);
    expect_f64(-1e-6, MV_NUMBER_OK, -1);
    expect_f64(4.9e-7, MV_NUMBER_PRECISION, 0);
    expect_f64(1e-7, MV_NUMBER_PRECISION, 0);
    expect_f64(9.2e12, MV_NUMBER_OK, MV_MICRO_MAX);
    expect_f64(nextafter(9.2e12, INFINITY), MV_NUMBER_RANGE, 0);
    expect_f64(9.3e12, MV_NUMBER_RANGE, 0);
    expect_f64(-9.3e12, MV_NUMBER_RANGE, 0);
    expect_f64(1073741823.999999, MV_NUMBER_OK, 1073741823999999);
    expect_f64(1073741824.000001, MV_NUMBER_OK, 1073741824000001);
    expect_f64(8999999999.7, MV_NUMBER_OK, 8999999999700000);
    expect_f64(9199999999999.9, MV_NUMBER_OK, 9199999999999900000);
}

static void what_travels_as_a_float_comes_back(void **state)
{
    (void)state;
    double v;
    assert_true(mv_micro_to_f64(78500000, &v));
    assert_true(v == 78.5);
    assert_true(mv_micro_to_f64(-1, &v));
    assert_true(v == -1e-6);
    assert_true(mv_micro_to_f64(0, &v));
    assert_true(v == 0);
    assert_true(mv_micro_to_f64(MV_MICRO_MAX, &v));
    assert_true(v == 9.2e12);
    assert_false(mv_micro_to_f64(9000000000000000001, &v));
}

static void expect_print(int64_t micro, const char *want)
{
    char out[MV_MICRO_TEXT_BYTES];
    assert_string_equal(mv_micro_text(micro, out), want);
    expect_text(out, MV_NUMBER_OK, micro);
}

static void print_is_shortest_and_reads_back(void **state)
{
    (void)state;
    expect_print(0, "0");
    expect_print(78500000, "78.5");
    expect_print(-1, "-0.000001");
    expect_print(-100000000, "-100");
    expect_print(1000001, "1.000001");
    expect_print(MV_MICRO_MAX, "9200000000000");
    expect_print(-MV_MICRO_MAX + 1, "-9199999999999.999999");
}

int main(void)
{
    /* a comma locale, where there is one, must make no difference */
    (void)setlocale(LC_ALL, "de_DE.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_read_strictly),
        cmocka_unit_test(text_out_of_precision_or_range_is_told_apart),
        cmocka_unit_test(whole_numbers_are_bounded),
        cmocka_unit_test(bad_input_40_a_float_that_is_not_finite_is_refused),
        cmocka_unit_test(bad_input_41_minus_zero_is_zero),
        cmocka_unit_test(bad_input_42_denormals_and_giants_are_told_apart),
        cmocka_unit_test(bad_input_43_a_float_is_its_shortest_decimal),
        cmocka_unit_test(what_travels_as_a_float_comes_back),
        cmocka_unit_test(print_is_shortest_and_reads_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
