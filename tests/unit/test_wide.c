#include "services/base/wide.h"
#include "tests/support/unit.h"

static const mv_u128 ones = ~(mv_u128)0;

static void the_largest_product_is_whole(void **state)
{
    (void)state;
    struct mv_wide p = mv_wide_mul(ones, ones); /* 2^256 - 2^129 + 1 */
    assert_true(p.hi == ones - 1 && p.lo == 1);
    p = mv_wide_mul((mv_u128)1 << 127, 2);
    assert_true(p.hi == 1 && p.lo == 0);
}

static void a_divisor_of_all_bits_divides(void **state)
{
    (void)state;
    mv_u128 q;
    assert_true(mv_wide_div_even(mv_wide_mul(ones, ones), ones, &q));
    assert_true(q == ones);
    struct mv_wide a = mv_wide_mul(ones, 12345);
    a.lo += 77;
    assert_true(mv_wide_div_even(a, ones, &q));
    assert_true(q == 12345);
    a = mv_wide_mul(ones - 2, ones - 4);
    assert_true(mv_wide_div_even(a, ones - 2, &q));
    assert_true(q == ones - 4);
}

static void a_quotient_that_does_not_fit_is_refused(void **state)
{
    (void)state;
    mv_u128 q = 7;
    assert_false(mv_wide_div_even((struct mv_wide){1, 0}, 1, &q));
    assert_false(mv_wide_div_even((struct mv_wide){0, 1}, 0, &q));
    assert_false(mv_wide_div_even((struct mv_wide){ones, ones}, ones, &q));
    /* it fits until it is rounded up */
    assert_false(mv_wide_div_even((struct mv_wide){1, ones}, 2, &q));
    assert_true(q == 7);
    assert_true(mv_wide_div_even((struct mv_wide){1, ones - 1}, 2, &q));
    assert_true(q == ones);
}

static void sizes_and_order(void **state)
{
    (void)state;
    assert_true(mv_wide_magnitude(MV_I128_MIN) == (mv_u128)1 << 127);
    assert_true(mv_wide_magnitude(-5) == 5);
    assert_int_equal(
        mv_wide_compare((struct mv_wide){1, 0}, (struct mv_wide){0, ones}), 1);
    assert_int_equal(
        mv_wide_compare((struct mv_wide){1, 0}, (struct mv_wide){1, 1}), -1);
    assert_int_equal(
        mv_wide_compare((struct mv_wide){1, 1}, (struct mv_wide){1, 1}), 0);
}

static void a_product_is_divided_once_whatever_the_signs(void **state)
{
    (void)state;
    const mv_i128 largest = MV_I128_MAX;
    mv_i128 got = 7;
    for (int signs = 0; signs < 8; signs++) {
        mv_i128 a = signs & 1 ? -7 : 7, b = signs & 2 ? -3 : 3;
        mv_i128 c = signs & 4 ? -2 : 2; /* 10.5: half goes to even */
        bool minus = (signs & 1) ^ (signs >> 1 & 1) ^ (signs >> 2 & 1);
        assert_true(mv_i128_mul_div(a, b, c, &got));
        assert_true(got == (minus ? -10 : 10));
    }
    assert_true(mv_i128_mul_div(largest, largest, -largest, &got));
    assert_true(got == -largest);
    assert_false(mv_i128_mul_div(largest, 2, 1, &got));
    assert_false(mv_i128_mul_div(MV_I128_MIN, 1, 1, &got));
    assert_false(mv_i128_mul_div(1, 1, 0, &got));
    assert_true(got == -largest); /* untouched where it is refused */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_largest_product_is_whole),
        cmocka_unit_test(a_divisor_of_all_bits_divides),
        cmocka_unit_test(a_quotient_that_does_not_fit_is_refused),
        cmocka_unit_test(a_product_is_divided_once_whatever_the_signs),
        cmocka_unit_test(sizes_and_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
