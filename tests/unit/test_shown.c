/* How many decimals numbers take that stand beside each other. */
#include "services/base/shown.h"
#include "tests/support/unit.h"

static struct mv_dec dec(const char *text)
{
    struct mv_dec d;
    assert_int_equal(mv_dec_parse(mv_span_text(text), &d), MV_NUMBER_OK);
    return d;
}

static int against(const char *value, const char *limit, unsigned least)
{
    return mv_shown_against(dec(value), dec(limit), least);
}

static void a_small_number_is_not_rounded_until_it_misleads(void **state)
{
    (void)state;
    assert_int_equal(against("0.04", "0.12", 1), 2);
    assert_int_equal(against("0.0437", "0.12", 0), 3);
    assert_int_equal(against("-0.0437", "0.12", 0), 3);
    assert_int_equal(against("0.5", "0.11", 1), 2);
    assert_int_equal(against("12", "0.25", 0), 2);
    assert_int_equal(against("66.666666666667", "70.01", 1), 1);
    assert_int_equal(against("12.4", "15", 0), 0);
    assert_int_equal(against("0", "70", 1), 1);
}

/* Nor with a row of zeros. */
static void what_no_decimals_tell_takes_none(void **state)
{
    (void)state;
    assert_int_equal(against("0.000001", "70", 1), 1);
    assert_int_equal(against("0.000001", "0.12", 1), 2);
    assert_int_equal(against("0.04", "0.12", MV_DEC_DECIMALS), MV_DEC_DECIMALS);
    assert_int_equal(against("0.04", "0.12", 400), MV_DEC_DECIMALS);
}

static void what_differs_does_not_look_equal(void **state)
{
    (void)state;
    assert_int_equal(against("69.96", "70", 1), 2);
    assert_int_equal(against("70", "70", 1), 1);
    assert_int_equal(mv_shown_adding(dec("0.04"), dec("0.12"), dec("-0.08"), 0),
                     2);
    assert_int_equal(
        mv_shown_adding(dec("1.684"), dec("1.729"), dec("0.045"), 1), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_number_is_not_rounded_until_it_misleads),
        cmocka_unit_test(what_no_decimals_tell_takes_none),
        cmocka_unit_test(what_differs_does_not_look_equal),
    };
    return cmocka_run_group_tests_name("shown", tests, NULL, NULL);
}
