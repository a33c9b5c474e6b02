/* The lowest and the highest of several numbers, and their spread. */
#include "services/judging/extremes.h"

#include "services/catalogue/lang.h"
#include "services/judging/fold.h"
#include "tests/support/unit.h"

static uint32_t worth(const int *numbers, unsigned count, uint8_t kind,
                      struct mv_dec *ret)
{
    struct mv_extremes x = {0};
    for (unsigned i = 0; i < count; i++)
        mv_extremes_add(&x, mv_dec_from_int(numbers[i]));
    return mv_extremes_value(&x, kind, ret);
}

static void check(const int *numbers, unsigned count, uint8_t kind, int want)
{
    struct mv_dec n = {0};
    assert_int_equal(worth(numbers, count, kind, &n), 0);
    assert_int_equal(mv_dec_compare(n, mv_dec_from_int(want)), 0);
}

static void lowest_highest_and_spread_are_of_what_was_added(void **state)
{
    static const int several[] = {4, -3, 9, 9, 2}, above[] = {5, 7},
                     below[] = {-5, -7}, one[] = {-6};
    (void)state;
    check(several, 5, MV_NODE_LOWEST, -3);
    check(several, 5, MV_NODE_HIGHEST, 9);
    check(several, 5, MV_NODE_SPREAD, 12);
    check(above, 2, MV_NODE_LOWEST, 5); /* not the nothing before it */
    check(below, 2, MV_NODE_HIGHEST, -5);
    check(one, 1, MV_NODE_SPREAD, 0);
}

static void of_none_there_is_no_number(void **state)
{
    struct mv_dec n = mv_dec_from_int(3);
    (void)state;
    assert_int_equal(worth(NULL, 0, MV_NODE_LOWEST, &n), MV_NOT_COMPUTABLE);
    assert_int_equal(worth(NULL, 0, MV_NODE_SPREAD, &n), MV_NOT_COMPUTABLE);
}

static void a_spread_too_wide_for_a_number_is_not_computable(void **state)
{
    struct mv_extremes x = {0};
    struct mv_dec n = {0}, far = {MV_I128_MAX};
    (void)state;
    mv_extremes_add(&x, mv_dec_neg(far));
    mv_extremes_add(&x, far);
    assert_int_equal(mv_extremes_value(&x, MV_NODE_SPREAD, &n),
                     MV_NOT_COMPUTABLE);
    assert_int_equal(mv_extremes_value(&x, MV_NODE_HIGHEST, &n), 0);
    assert_int_equal(mv_dec_compare(n, far), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lowest_highest_and_spread_are_of_what_was_added),
        cmocka_unit_test(of_none_there_is_no_number),
        cmocka_unit_test(a_spread_too_wide_for_a_number_is_not_computable),
    };
    return cmocka_run_group_tests_name("extremes", tests, NULL, NULL);
}
