#include <string.h>

#include "services/base/day.h"
#include "tests/support/unit.h"

static void known_days_have_their_numbers(void **state)
{
    (void)state;
    assert_int_equal(mv_day_of(1970, 1, 1), 0);
    assert_int_equal(mv_day_of(2000, 3, 1), 11017);
    assert_int_equal(mv_day_of(1969, 12, 31), -1);
    assert_int_equal(mv_day_weekday(0), 4);
    assert_int_equal(mv_day_weekday(-1), 3);
    assert_int_equal(mv_day_weekday(mv_day_of(2024, 6, 30)), 7);
    assert_int_equal(mv_day_of_year(mv_day_of(2024, 12, 31)), 366);
    assert_int_equal(mv_day_of_year(mv_day_of(2023, 12, 31)), 365);
}

static void only_days_that_exist_are_read(void **state)
{
    (void)state;
    int32_t day = 7;
    assert_true(mv_day_parse(mv_span_text("2024-02-29"), &day));
    assert_int_equal(day, mv_day_of(2024, 2, 29));
    assert_true(mv_day_parse(mv_span_text("1990-01-01"), &day));
    assert_true(mv_day_parse(mv_span_text("2199-12-31"), &day));
    const char *wrong[] = {
        "",           "2023-02-29",  "2024-13-01", "2024-00-01", "2024-01-00",
        "2024-1-01",  "2024-06-31",  "1989-12-31", "2200-01-01", "2024/06/30",
        "2024-06-3O", "2024-06-30 ", "2100-02-29", " 2024-06-3", "-024-06-30"};
    day = 7;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(mv_day_parse(mv_span_text(wrong[i]), &day));
    assert_false(mv_day_parse(mv_span(NULL, 0), &day));
    assert_int_equal(day, 7);
    char out[MV_DAY_TEXT_BYTES];
    assert_string_equal(mv_day_text(mv_day_of(2024, 6, 30), out), "2024-06-30");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_days_have_their_numbers),
        cmocka_unit_test(only_days_that_exist_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
