/* The numbers here are made up: the check digits were worked out by hand for
 * dates and individual numbers chosen at random. */
#include <string.h>

#include "services/base/identity.h"
#include "tests/support/unit.h"

static bool in(const char *text)
{
    return mv_identity_in(mv_span_text(text));
}

static void bad_input_67_each_kind_of_number_is_found(void **state)
{
    (void)state;
    assert_true(in("01017012343")); /* birth number */
    assert_true(in("41017012337")); /* D-number */
    assert_true(in("01417012326")); /* H-number */
    assert_true(in("01817012309")); /* synthetic */
    assert_true(in("71010100148")); /* D-number, day 31 */
    assert_true(in("85123456772")); /* FH-number */
}

static void bad_input_67_wherever_it_stands(void **state)
{
    (void)state;
    const char *found[] = {"010170 12343",
                           "010170-12343",
                           "01 01 70 123 43",
                           "pas. 01017012343.",
                           "(010170  12343)",
                           "010170 - 12343",
                           "01017012343x",
                           "nr:01017012343",
                           "010170\u00a012343",
                           "side 12 01017012343",
                           "412 010170 12343 7",
                           "0-1-0-1-7-0-1-2-3-4-3",
                           "12345678901 010170 12343",
                           "010170\u202f12343"};
    for (size_t i = 0; i < sizeof found / sizeof found[0]; i++) {
        if (!in(found[i]))
            fail_msg("not found: %s", found[i]);
    }
    assert_true(mv_identity_in(mv_span("010170123439", 11)));
}

static void other_numbers_are_left_alone(void **state)
{
    (void)state;
    const char *other[] = {"",
                           "01017012344", /* second check digit */
                           "01017012394", /* the first alone */
                           "11017012343",
                           "1010170123430", /* within a longer run */
                           "010170123431",
                           "101017012343",
                           "0101701234",
                           "010170/12343",
                           "010170a12343",
                           "32017012486", /* day 32 */
                           "01137012371", /* month 13 */
                           "983971636",   /* an organisation */
                           "+47 22 33 44 55",
                           "2024-06-30 23:59",
                           "00000000000"};
    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++) {
        if (in(other[i]))
            fail_msg("found: %s", other[i]);
    }
    assert_false(mv_identity_in(mv_span("01017012343", 10)));
    assert_false(mv_identity_in(mv_span(NULL, 0)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_input_67_each_kind_of_number_is_found),
        cmocka_unit_test(bad_input_67_wherever_it_stands),
        cmocka_unit_test(other_numbers_are_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
