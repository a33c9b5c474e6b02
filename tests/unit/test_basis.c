/* What a value rests on: periods as bits and back, in order; who was left
 * out, once each. */
#include "tests/support/unit.h"

#include "services/judging/basis.h"

#define YEAR 2024

static unsigned bit_of(const struct mv_period *p)
{
    uint8_t part, code;
    mv_slot_place(p, &part, &code);
    return mv_basis_bit(part, code);
}

static void set(struct mv_basis *b, unsigned bit)
{
    b->stretches[bit / 64] |= UINT64_C(1) << (bit % 64);
}

static struct mv_period period(const char *text)
{
    struct mv_period p;
    assert_true(mv_period_parse(mv_span_text(text), &p));
    return p;
}

static void every_period_of_a_year_has_a_bit_of_its_own(void **state)
{
    (void)state;
    struct mv_basis all = {0};
    for (mv_freq freq = MV_FREQ_A; freq <= MV_FREQ_D; freq++) {
        for (int n = 1; n <= mv_period_count(freq, YEAR); n++) {
            struct mv_basis one = {0};
            struct mv_period p, back;
            assert_true(mv_period_nth(freq, YEAR, n, &p));
            unsigned bit = bit_of(&p);
            assert_true((all.stretches[bit / 64] >> (bit % 64) & 1) == 0);
            set(&all, bit);
            set(&one, bit);
            assert_int_equal(mv_basis_periods(&one, YEAR, &back, 1), 1);
            assert_true(mv_period_equal(&back, &p));
        }
    }
}

static void periods_come_by_start_and_then_by_end(void **state)
{
    (void)state;
    static const char *const order[] = {
        "2024-01-01", "2024-W01", "2024-M01", "2024-Q1", "2024-S1",   "2024",
        "2024-01-02", "2024-W02", "2024-M02", "2024-Q2", "2024-12-31"};
    enum { COUNT = sizeof order / sizeof order[0] };
    struct mv_basis b = {0};
    struct mv_period got[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        struct mv_period p = period(order[i]);
        set(&b, bit_of(&p));
    }
    assert_int_equal(mv_basis_periods(&b, YEAR, got, COUNT), COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        char text[MV_PERIOD_TEXT_BYTES];
        assert_string_equal(mv_period_text(&got[i], text), order[i]);
    }
}

static void the_first_are_given_and_all_are_counted(void **state)
{
    (void)state;
    struct mv_basis b = {0};
    struct mv_period got[8], p;
    const struct mv_period untouched = period("1999");
    for (int n = 12; n >= 1; n--) {
        assert_true(mv_period_nth(MV_FREQ_M, YEAR, n, &p));
        set(&b, bit_of(&p));
    }
    p = period("2024");
    set(&b, bit_of(&p));
    for (size_t max = 0; max < 8; max++) {
        for (size_t i = 0; i < 8; i++)
            got[i] = untouched;
        assert_int_equal(mv_basis_periods(&b, YEAR, got, max), 13);
        for (size_t i = 0; i < 8; i++) {
            struct mv_period wanted = untouched;
            if (i < max && i == 1)
                wanted = period("2024");
            else if (i < max)
                assert_true(mv_period_nth(MV_FREQ_M, YEAR, i == 0 ? 1 : (int)i,
                                          &wanted));
            assert_true(mv_period_equal(&got[i], &wanted));
        }
    }
}

static void who_is_left_out_is_named_once_and_then_counted(void **state)
{
    (void)state;
    struct mv_basis b = {0};
    for (int again = 0; again < 2; again++) {
        mv_basis_leave_out(&b, 1, 1, 1u << again);
        mv_basis_leave_out(&b, 1, 2, 4);
        mv_basis_leave_out(&b, 2, 1, 8);
    }
    assert_int_equal(b.left_out, 3);
    assert_int_equal(b.left_out_kept, 3);
    assert_int_equal(b.left_out_at[1].unit, 1);
    assert_int_equal(b.left_out_at[1].member, 2);
    assert_int_equal(b.left_out_at[2].unit, 2);
    assert_int_equal(b.left_out_at[0].why, 3); /* all that was said of it */
    assert_int_equal(b.left_out_at[1].why, 4);
    for (uint32_t unit = 10; unit < 10 + MV_LEFT_OUT_MAX; unit++)
        mv_basis_leave_out(&b, unit, 0, 1);
    assert_int_equal(b.left_out_kept, MV_LEFT_OUT_MAX);
    assert_int_equal(b.left_out_at[MV_LEFT_OUT_MAX - 1].unit,
                     10 + MV_LEFT_OUT_MAX - 4);
}

static void two_values_rest_on_what_each_rests_on(void **state)
{
    (void)state;
    static const struct mv_basis marked[] = {{.preliminary = true},
                                             {.unweighted = true},
                                             {.whole_base = true},
                                             {.forecast = true}};
    struct mv_basis into = {0};
    for (size_t i = 0; i < 4; i++) {
        mv_basis_merge(&into, &marked[i]);
        assert_true(into.preliminary);
        assert_int_equal(into.unweighted, i >= 1);
        assert_int_equal(into.whole_base, i >= 2);
        assert_int_equal(into.forecast, i >= 3);
    }
    struct mv_basis other = {0};
    into.stretches[0] = 1;
    for (unsigned i = 0; i < MV_STRETCH_WORDS; i++)
        other.stretches[i] = 2 + i;
    mv_basis_leave_out(&into, 1, 1, 2);
    mv_basis_leave_out(&other, 1, 1, 4);
    mv_basis_leave_out(&other, 7, 3, 8);
    mv_basis_merge(&into, &other);
    assert_int_equal(into.stretches[0], 3);
    for (unsigned i = 1; i < MV_STRETCH_WORDS; i++)
        assert_int_equal(into.stretches[i], 2 + i);
    assert_int_equal(into.left_out, 2);
    assert_int_equal(into.left_out_at[1].unit, 7);
    assert_int_equal(into.left_out_at[1].member, 3);
    assert_int_equal(into.left_out_at[0].why, 6);
    assert_int_equal(into.left_out_at[1].why, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_period_of_a_year_has_a_bit_of_its_own),
        cmocka_unit_test(periods_come_by_start_and_then_by_end),
        cmocka_unit_test(the_first_are_given_and_all_are_counted),
        cmocka_unit_test(who_is_left_out_is_named_once_and_then_counted),
        cmocka_unit_test(two_values_rest_on_what_each_rests_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
