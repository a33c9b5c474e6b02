/* slots: numbers found again by a hash. */
#include "services/base/slots.h"
#include "tests/support/unit.h"

static void an_empty_table_finds_nothing(void **state)
{
    (void)state;
    struct mv_slots s = {0};
    uint32_t steps = 0, number;
    assert_false(mv_slots_next(&s, 7, &steps, &number));
    mv_slots_clear(&s);
    mv_slots_done(&s);
}

static void all_of_one_hash_are_found_and_no_others(void **state)
{
    (void)state;
    struct mv_slots s = {0};
    uint32_t number;
    for (uint32_t i = 0; i < 10000; i++) /* ten of each hash, far from even */
        mv_slots_add(&s, i / 10 * 64, i);
    for (uint32_t h = 0; h < 1000; h++) {
        uint32_t steps = 0, count = 0, seen = 0;
        while (mv_slots_next(&s, h * 64, &steps, &number)) {
            assert_int_equal(number / 10, h);
            seen |= 1u << number % 10;
            count++;
        }
        assert_int_equal(count, 10);
        assert_int_equal(seen, 1023);
    }
    uint32_t steps = 0;
    assert_false(mv_slots_next(&s, 1, &steps, &number));
    mv_slots_clear(&s);
    steps = 0;
    assert_false(mv_slots_next(&s, 64, &steps, &number));
    mv_slots_add(&s, 64, 0);
    assert_true(mv_slots_next(&s, 64, &steps, &number));
    assert_int_equal(number, 0);
    mv_slots_done(&s);
}

static void a_hash_goes_on_where_it_was(void **state)
{
    (void)state;
    uint32_t one = mv_slots_hash(0, mv_span("a", 1));
    assert_int_not_equal(one, mv_slots_hash(0, mv_span("b", 1)));
    assert_int_not_equal(mv_slots_hash(one, mv_span("b", 1)),
                         mv_slots_hash(one, mv_span("c", 1)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_table_finds_nothing),
        cmocka_unit_test(all_of_one_hash_are_found_and_no_others),
        cmocka_unit_test(a_hash_goes_on_where_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
