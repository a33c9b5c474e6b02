/* Beside one that is suppressed the next smallest is hidden, as their sum and
 * the others would tell it. */
#include "services/judging/hide.h"
#include "tests/support/unit.h"

/* Denominators, minus: suppressed. -1: none is hidden. */
static int hidden_of(const int *held, uint32_t count)
{
    struct mv_hide h = {0};
    uint32_t at;
    for (uint32_t i = 0; i < count; i++) {
        mv_i128 own = held[i] < 0 ? -held[i] : held[i];
        mv_hide_add(&h, i, held[i] < 0, &own);
    }
    return mv_hide_next(&h, &at) ? (int)at : -1;
}

static void the_next_smallest_is_hidden_beside_exactly_one(void **state)
{
    (void)state;
    assert_int_equal(hidden_of((const int[]){20, -1, 7, 90}, 4), 2);
    assert_int_equal(hidden_of((const int[]){-1, 7, 20, 7}, 4), 1);
    assert_int_equal(hidden_of((const int[]){-1, 0}, 2), 1);
}

static void where_none_or_several_are_suppressed_nobody_is_told(void **state)
{
    (void)state;
    assert_int_equal(hidden_of((const int[]){20, 7, 90}, 3), -1);
    assert_int_equal(hidden_of((const int[]){20, -1, 7, -1}, 4), -1);
    assert_int_equal(hidden_of((const int[]){-1}, 1), -1);
    assert_int_equal(hidden_of(NULL, 0), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_next_smallest_is_hidden_beside_exactly_one),
        cmocka_unit_test(where_none_or_several_are_suppressed_nobody_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
