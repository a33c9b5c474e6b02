#include <string.h>

#include "services/base/decimal.h"
#include "tests/support/unit.h"

static struct mv_dec dec(const char *text)
{
    struct mv_dec d = {0};
    assert_int_equal(mv_dec_parse(mv_span_text(text), &d), MV_NUMBER_OK);
    return d;
}

static void expect(struct mv_dec d, const char *want)
{
    char out[MV_DEC_TEXT_BYTES];
    assert_string_equal(mv_dec_text(d, out), want);
}

static const struct mv_dec largest = {MV_I128_MAX};

static void text_comes_back_trimmed(void **state)
{
    (void)state;
    expect(dec("66.5"), "66.5");
    expect(dec("-0.000000000001"), "-0.000000000001");
    expect(dec("1200"), "1200");
    expect(dec("-0"), "0");
    expect(dec("170141183460469231731687303.715884105727"),
           "170141183460469231731687303.715884105727");
    expect(largest, "170141183460469231731687303.715884105727");
    struct mv_dec d;
    assert_int_equal(
        mv_dec_parse(mv_span_text("170141183460469231731687303.715884105728"),
                     &d),
        MV_NUMBER_RANGE);
    assert_int_equal(mv_dec_parse(mv_span_text("0.0000000000001"), &d),
                     MV_NUMBER_PRECISION);
    assert_int_equal(mv_dec_parse(mv_span_text("0.0000000000010"), &d),
                     MV_NUMBER_OK);
    const char *wrong[] = {"", "-", ".1", "1.", "+1", "1e5", "1 ", "0x1"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(mv_dec_parse(mv_span_text(wrong[i]), &d),
                         MV_NUMBER_SYNTAX);
}

static void sums_are_exact_and_never_wrap(void **state)
{
    (void)state;
    struct mv_dec r;
    assert_true(mv_dec_add(&r, dec("0.1"), dec("0.2")));
    expect(r, "0.3");
    assert_true(mv_dec_sub(&r, dec("78.5"), dec("75.4")));
    expect(r, "3.1");
    r = dec("7");
    assert_false(mv_dec_add(&r, largest, dec("0.000000000001")));
    assert_false(mv_dec_sub(&r, mv_dec_neg(largest), dec("0.000000000001")));
    assert_false(mv_dec_sub(&r, mv_dec_neg(largest), largest));
    expect(r, "7");
    assert_true(mv_dec_from_sum(&r, (mv_i128)-812 * 1000000));
    expect(r, "-812");
    assert_false(mv_dec_from_sum(&r, MV_I128_MAX / 999999));
}

static void products_and_quotients_round_half_to_even(void **state)
{
    (void)state;
    struct mv_dec r;
    assert_true(mv_dec_mul(&r, dec("1.5"), dec("0.000000000001")));
    expect(r, "0.000000000002");
    assert_true(mv_dec_mul(&r, dec("2.5"), dec("0.000000000001")));
    expect(r, "0.000000000002");
    assert_true(mv_dec_mul(&r, dec("-2.5"), dec("0.000000000001")));
    expect(r, "-0.000000000002");
    assert_true(mv_dec_mul(&r, dec("0.5"), dec("0.000000000001")));
    expect(r, "0");
    assert_true(mv_dec_div(&r, dec("1"), dec("3")));
    expect(r, "0.333333333333");
    assert_true(mv_dec_div(&r, dec("-2"), dec("3")));
    expect(r, "-0.666666666667");
    assert_true(mv_dec_div(&r, dec("-2"), dec("-0.000001")));
    expect(r, "2000000");
    /* through 256 bits: neither product fits 128 */
    assert_true(mv_dec_mul(&r, dec("100000000000000"), dec("1000000000000.5")));
    expect(r, "100000000000050000000000000");
    assert_true(mv_dec_div(&r, largest, largest));
    expect(r, "1");
}

static void what_cannot_be_computed_says_so(void **state)
{
    (void)state;
    struct mv_dec r = dec("7");
    assert_false(mv_dec_div(&r, dec("1"), dec("0")));
    assert_false(mv_dec_div(&r, dec("0"), dec("0")));
    assert_false(mv_dec_div(&r, largest, dec("0.5")));
    assert_false(mv_dec_mul(&r, largest, dec("1.000000000001")));
    assert_false(mv_dec_mul(&r, largest, largest));
    assert_false(mv_dec_ratio(&r, 1, 0, 100));
    assert_false(mv_dec_ratio(&r, 1, 1, MV_I128_MAX));
    int64_t micro = 7;
    assert_false(mv_dec_to_micro(largest, &micro));
    assert_false(mv_dec_to_micro(dec("9200000000000.000001"), &micro));
    assert_int_equal(micro, 7);
    expect(r, "7");
}

static void millionths_come_and_go(void **state)
{
    (void)state;
    int64_t micro;
    expect(mv_dec_from_micro(-78500000), "-78.5");
    expect(mv_dec_from_int(INT64_MIN), "-9223372036854775808");
    assert_true(mv_dec_to_micro(dec("-78.5"), &micro));
    assert_int_equal(micro, -78500000);
    assert_true(mv_dec_to_micro(dec("0.0000005"), &micro));
    assert_int_equal(micro, 0);
    assert_true(mv_dec_to_micro(dec("0.0000015"), &micro));
    assert_int_equal(micro, 2);
}

static void displayed_rounds_half_away_from_zero(void **state)
{
    (void)state;
    struct mv_dec r;
    assert_true(mv_dec_round(&r, dec("66.45"), 1));
    expect(r, "66.5");
    assert_true(mv_dec_round(&r, dec("-66.45"), 1));
    expect(r, "-66.5");
    assert_true(mv_dec_round(&r, dec("66.449999999999"), 1));
    expect(r, "66.4");
    assert_true(mv_dec_round(&r, dec("-0.5"), 0));
    expect(r, "-1");
    assert_true(mv_dec_round(&r, dec("0.123456789012"), 12));
    expect(r, "0.123456789012");
    assert_false(mv_dec_round(&r, largest, 0));
}

static void expect_fixed(const char *text, int decimals, const char *want)
{
    char out[MV_DEC_TEXT_BYTES];
    assert_string_equal(mv_dec_text_fixed(dec(text), decimals, out), want);
}

static void fixed_text_has_its_decimals_and_no_minus_zero(void **state)
{
    (void)state;
    expect_fixed("66.45", 1, "66.5");
    expect_fixed("-66.45", 1, "-66.5");
    expect_fixed("-0.04", 1, "0.0");
    expect_fixed("0.05", 1, "0.1");
    expect_fixed("9.96", 1, "10.0");
    expect_fixed("7", 3, "7.000");
    expect_fixed("0.5", 0, "1");
    char out[MV_DEC_TEXT_BYTES];
    assert_string_equal(mv_dec_text_fixed(mv_dec_neg(largest), 0, out),
                        "-170141183460469231731687304");
}

static int order_of(mv_i128 num, mv_i128 den, const char *limit)
{
    int order = 7;
    assert_true(mv_ratio_compare(num, den, 100, dec(limit), &order));
    return order;
}

static void seven_of_ten_is_exactly_seventy_percent(void **state)
{
    (void)state;
    assert_int_equal(order_of(7000000, 10000000, "70"), 0);
    assert_int_equal(order_of(7000000, 10000000, "70.000000000001"), -1);
    assert_int_equal(order_of(7000000, 10000000, "69.999999999999"), 1);
    /* two thirds are no decimal: never equal */
    assert_int_equal(order_of(2, 3, "66.666666666667"), -1);
    assert_int_equal(order_of(2, 3, "66.666666666666"), 1);
    assert_int_equal(order_of(-7, 10, "-70"), 0);
    assert_int_equal(order_of(-8, 10, "-70"), -1);
    assert_int_equal(order_of(-7, 10, "70"), -1);
    assert_int_equal(order_of(7, -10, "-70"), 0);
    assert_int_equal(order_of(7, -10, "-71"), 1);
    assert_int_equal(order_of(0, 10, "0"), 0);
    assert_int_equal(order_of(0, -10, "-0.000000000001"), 1);
    int order = 7;
    assert_false(mv_ratio_compare(1, 0, 100, dec("70"), &order));
    assert_false(mv_ratio_compare(1, 1, MV_I128_MAX, dec("70"), &order));
    assert_int_equal(order, 7);
}

static void ratios_of_the_largest_sums_still_compare(void **state)
{
    (void)state;
    int order;
    assert_true(
        mv_ratio_compare(MV_I128_MAX, MV_I128_MAX, 100, dec("100"), &order));
    assert_int_equal(order, 0);
    assert_true(
        mv_ratio_compare(MV_I128_MIN, MV_I128_MAX, 100, dec("-100"), &order));
    assert_int_equal(order, -1);
    assert_true(mv_ratio_compare(MV_I128_MAX, 1, 100, largest, &order));
    assert_int_equal(order, 1);
    struct mv_dec r;
    assert_true(mv_dec_ratio(&r, MV_I128_MAX, MV_I128_MAX / 4, 100));
    expect(r, "400");
    assert_true(mv_dec_ratio(&r, 812, 1003, 100));
    expect(r, "80.957128614158");
}

static void order_sign_and_bounds(void **state)
{
    (void)state;
    assert_int_equal(mv_dec_compare(dec("-1"), dec("1")), -1);
    assert_int_equal(mv_dec_compare(dec("1"), dec("1.0")), 0);
    assert_int_equal(mv_dec_sign(dec("-0.000000000001")), -1);
    assert_int_equal(mv_dec_sign(dec("0")), 0);
    expect(mv_dec_min(dec("-3"), dec("2")), "-3");
    expect(mv_dec_max(dec("-3"), dec("2")), "2");
    expect(mv_dec_abs(dec("-3.5")), "3.5");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_comes_back_trimmed),
        cmocka_unit_test(sums_are_exact_and_never_wrap),
        cmocka_unit_test(products_and_quotients_round_half_to_even),
        cmocka_unit_test(what_cannot_be_computed_says_so),
        cmocka_unit_test(millionths_come_and_go),
        cmocka_unit_test(displayed_rounds_half_away_from_zero),
        cmocka_unit_test(fixed_text_has_its_decimals_and_no_minus_zero),
        cmocka_unit_test(seven_of_ten_is_exactly_seventy_percent),
        cmocka_unit_test(ratios_of_the_largest_sums_still_compare),
        cmocka_unit_test(order_sign_and_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
