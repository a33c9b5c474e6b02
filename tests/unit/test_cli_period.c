/* A period as people write it: what was probably meant. */
#include "services/cli/period_meant.h"
#include "tests/support/unit.h"

static const char *meant(const char *said)
{
    static char text[MV_PERIOD_TEXT_BYTES];
    struct mv_period p;
    return cli_period_meant(mv_span_text(said), &p) ? mv_period_text(&p, text)
                                                    : "";
}

static void months_are_known_however_they_are_written(void **state)
{
    (void)state;
    static const char *const all[] = {
        "2025-01",  "2025-1",       "01.2025",  "1/2025",    "2025M01",
        "2025-m1",  "202501",       "jan 2025", "Jan. 2025", "januar 2025",
        "2025 jan", "January 2025", "M01 2025"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        assert_string_equal(meant(all[i]), "2025-M01");
    assert_string_equal(meant("mai 2025"), "2025-M05");
    assert_string_equal(meant("DES 2025"), "2025-M12");
    assert_string_equal(meant("m\xc3\xa5ned 3 2025"), "2025-M03");
}

static void days_are_known_with_the_year_first_or_last(void **state)
{
    (void)state;
    static const char *const all[] = {"30.06.2024", "30/6-2024", "2024/06/30",
                                      "2024.6.30", "20240630"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        assert_string_equal(meant(all[i]), "2024-06-30");
}

static void parts_of_a_year_are_known_by_letter_or_word(void **state)
{
    (void)state;
    assert_string_equal(meant("2024T3"), "2024-T3");
    assert_string_equal(meant("3. tertial 2024"), "2024-T3");
    assert_string_equal(meant("2024K2"), "2024-Q2");
    assert_string_equal(meant("2. kvartal 2024"), "2024-Q2");
    assert_string_equal(meant("2024-H1"), "2024-S1");
    assert_string_equal(meant("1. halv\xc3\xa5r 2024"), "2024-S1");
    assert_string_equal(meant("uke 7 2024"), "2024-W07");
    assert_string_equal(meant("week 7, 2024"), "2024-W07");
}

static void what_nobody_can_tell_is_no_proposal(void **state)
{
    (void)state;
    static const char *const all[] = {
        "",           "2025",         "25-01",
        "2025-13",    "2025-X",       "2025-M0",
        "31.02.2025", "01.01.1950",   "19500101",
        "tull 2025",  "2025-T4",      "1.2.3.4.5",
        "2025 2026",  "jan feb 2025", "jan",
        "1 jan 2025", "123456789",    "aaaaaaaaaaaaaaaaaa 2025"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        assert_string_equal(meant(all[i]), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(months_are_known_however_they_are_written),
        cmocka_unit_test(days_are_known_with_the_year_first_or_last),
        cmocka_unit_test(parts_of_a_year_are_known_by_letter_or_word),
        cmocka_unit_test(what_nobody_can_tell_is_no_proposal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
