#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "services/base/clock.h"
#include "tests/support/unit.h"

#define MINUTE INT64_C(60000)
#define HOUR   (60 * MINUTE)
#define YEAR   (365 * MV_MS_PER_DAY)

static int64_t stamp(const char *text)
{
    int64_t ms = 0;
    if (!mv_clock_parse(mv_span_text(text), &ms))
        fail_msg("'%s' was refused", text);
    return ms;
}

static void expect_day(const char *when, const char *want)
{
    char out[MV_DAY_TEXT_BYTES];
    assert_string_equal(mv_day_text(mv_clock_day(stamp(when)), out), want);
}

static void expect_midnight(const char *when, const char *want)
{
    char out[MV_CLOCK_TEXT_BYTES];
    assert_string_equal(mv_clock_text(mv_clock_next_midnight(stamp(when)), out),
                        want);
}

static void bad_input_63_days_are_those_of_oslo(void **state)
{
    (void)state;
    expect_day("2024-12-31T22:59:59.999Z", "2024-12-31");
    assert_int_equal(mv_clock_day(-2 * HOUR), -1); /* before 1970 */
    expect_day("2024-12-31T23:00:00Z", "2025-01-01");
    expect_day("2024-12-31T23:30:00Z", "2025-01-01");
    expect_day("2024-06-30T21:59:59.999Z", "2024-06-30");
    expect_day("2024-06-30T22:00:00Z", "2024-07-01");
}

static void
bad_input_63_midnight_on_the_days_that_the_clock_changes(void **state)
{
    (void)state;
    /* 31 March 2024 has 23 hours, 27 October 25 */
    expect_midnight("2024-03-30T22:59:59.999Z", "2024-03-30T23:00:00.000Z");
    expect_midnight("2024-03-30T23:00:00Z", "2024-03-31T22:00:00.000Z");
    expect_midnight("2024-03-31T01:00:00Z", "2024-03-31T22:00:00.000Z");
    expect_midnight("2024-10-26T21:59:59Z", "2024-10-26T22:00:00.000Z");
    expect_midnight("2024-10-26T22:00:00Z", "2024-10-27T23:00:00.000Z");
    expect_midnight("2024-10-27T00:30:00Z", "2024-10-27T23:00:00.000Z");
    expect_midnight("2024-10-27T01:30:00Z", "2024-10-27T23:00:00.000Z");
}

static void every_day_begins_where_the_day_before_ends(void **state)
{
    (void)state;
    for (int32_t day = mv_day_of(1990, 1, 2); day < mv_day_of(2199, 12, 31);
         day++) {
        int64_t begins = mv_clock_day_begins(day);
        assert_int_equal(mv_clock_day(begins), day);
        assert_int_equal(mv_clock_day(begins - 1), day - 1);
        assert_true(mv_clock_next_midnight(begins - 1) == begins);
        assert_int_equal(mv_clock_minute_of_day(begins), 0);
    }
}

static void minutes_and_text_are_local(void **state)
{
    (void)state;
    char out[MV_CLOCK_TEXT_BYTES];
    int64_t ms = stamp("2024-06-30T06:30:59Z");
    assert_int_equal(mv_clock_minute_of_day(ms), 8 * 60 + 30);
    assert_string_equal(mv_clock_text_local(ms, out), "2024-06-30 08:30:59");
    assert_string_equal(mv_clock_text(ms + 7, out), "2024-06-30T06:30:59.007Z");
    assert_string_equal(mv_clock_text(INT64_MAX, out), "invalid time");
    assert_string_equal(mv_clock_text(INT64_MIN, out), "invalid time");
}

static void times_are_read_strictly(void **state)
{
    (void)state;
    assert_true(stamp("1990-01-01T00:00:00Z") == INT64_C(631152000000));
    assert_true(stamp("2024-06-30T23:59:59.5+02:00") ==
                stamp("2024-06-30T21:59:59.500Z"));
    assert_true(stamp("2024-06-30T23:59:59-01:30") ==
                stamp("2024-07-01T01:29:59Z"));
    const char *wrong[] = {"2024-06-30T23:59:59",
                           "2024-06-30 23:59:59Z",
                           "2024-06-30T24:00:00Z",
                           "2024-06-30T23:60:00Z",
                           "2024-06-30T23:59:60Z",
                           "2024-06-30T23:59:59.Z",
                           "2024-06-30T23:59:59.1234Z",
                           "2024-02-30T23:59:59Z",
                           "2024-06-30T23:59:59Zx",
                           "2024-06-30T23:59:59+2",
                           "2024-06-30T23:59:59+24:00",
                           "2024-06-30t23:59:59Z",
                           ""};
    int64_t ms;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        if (mv_clock_parse(mv_span_text(wrong[i]), &ms))
            fail_msg("'%s' was taken", wrong[i]);
    }
}

static void the_zone_is_oslo_whatever_tz_says(void **state)
{
    (void)state;
    assert_int_equal(setenv("TZ", "America/New_York", 1), 0);
    tzset();
    struct mv_err err = {0};
    assert_int_equal(mv_clock_init(&err), MV_OK);
    expect_day("2024-12-31T23:00:00Z", "2025-01-01");
    assert_int_equal(setenv("TZDIR", "/nonexistent", 1), 0);
    assert_int_equal(mv_clock_init(&err), MV_CONFIG);
    assert_non_null(strstr(err.text, "tzdata"));
    assert_int_equal(unsetenv("TZDIR"), 0);
    assert_int_equal(mv_clock_init(&err), MV_OK);
}

static void a_shifted_clock_is_the_asked_for_day_at_the_same_hour(void **state)
{
    (void)state;
    struct mv_clock real = {0};
    struct mv_clock c = {.shift_ms = mv_clock_shift_to(mv_day_of(2025, 3, 15))};
    mv_clock_read(&real);
    mv_clock_read(&c);
    assert_int_equal(mv_clock_day(c.wall_ms), mv_day_of(2025, 3, 15));
    int apart = mv_clock_minute_of_day(c.wall_ms) -
                mv_clock_minute_of_day(real.wall_ms);
    assert_in_range((apart + 1) % 1440, 0, 2);
    assert_true(c.mono_ms >= real.mono_ms && c.boot_ms >= real.boot_ms);
}

/* --- trust ------------------------------------------------------------ */

static struct mv_clock at(int64_t wall, int64_t boot)
{
    return (struct mv_clock){.wall_ms = wall, .boot_ms = boot};
}

static const int64_t T = INT64_C(1718000000000);

static mv_clock_doubt start(struct mv_clock_trust *t, int64_t wall,
                            int64_t last)
{
    const struct mv_clock now = at(wall, 1000);
    return mv_clock_trust_start(t, &now, last);
}

static mv_clock_doubt check(struct mv_clock_trust *t, int64_t wall,
                            int64_t boot)
{
    const struct mv_clock now = at(wall, boot);
    return mv_clock_trust_check(t, &now);
}

static void at_start_the_last_record_decides(void **state)
{
    (void)state;
    struct mv_clock_trust t;
    assert_int_equal(start(&t, T, 0), MV_CLOCK_TRUSTED);
    assert_int_equal(start(&t, T, T), MV_CLOCK_TRUSTED);
    assert_int_equal(start(&t, T, T + 1), MV_CLOCK_BEFORE_LAST);
    assert_int_equal(start(&t, T, T - MV_CLOCK_STALE_MS), MV_CLOCK_TRUSTED);
    assert_int_equal(start(&t, T, T - MV_CLOCK_STALE_MS - 1), MV_CLOCK_STALE);
    assert_int_equal(start(&t, 0, T), MV_CLOCK_BEFORE_LAST); /* 1970 */
    assert_int_equal(start(&t, T + 10 * YEAR, T), MV_CLOCK_STALE);
}

static void
bad_input_104_a_clock_that_jumps_is_distrusted_until_it_agrees(void **state)
{
    (void)state;
    struct mv_clock_trust t;
    assert_int_equal(start(&t, T, T - 1), MV_CLOCK_TRUSTED);
    int64_t boot = 1000 + HOUR;
    assert_int_equal(check(&t, T + HOUR, boot), MV_CLOCK_TRUSTED);
    assert_int_equal(check(&t, T + HOUR + MV_CLOCK_AGREE_MS, boot),
                     MV_CLOCK_TRUSTED);
    assert_int_equal(check(&t, T + HOUR + MV_CLOCK_AGREE_MS + 1, boot),
                     MV_CLOCK_JUMPED);
    assert_int_equal(check(&t, T + HOUR - MV_CLOCK_AGREE_MS, boot),
                     MV_CLOCK_TRUSTED);
    assert_int_equal(check(&t, T + HOUR - MV_CLOCK_AGREE_MS - 1, boot),
                     MV_CLOCK_JUMPED);
    assert_int_equal(check(&t, T + 10 * YEAR, boot), MV_CLOCK_JUMPED);
    assert_int_equal(check(&t, T - 10 * YEAR, boot), MV_CLOCK_JUMPED);
    assert_int_equal(check(&t, 0, boot), MV_CLOCK_JUMPED);
    assert_int_equal(check(&t, T + HOUR, boot), MV_CLOCK_TRUSTED);
}

static void a_suspended_machine_keeps_its_trust(void **state)
{
    (void)state;
    struct mv_clock_trust t;
    assert_int_equal(start(&t, T, 0), MV_CLOCK_TRUSTED);
    assert_int_equal(
        check(&t, T + 90 * MV_MS_PER_DAY, 1000 + 90 * MV_MS_PER_DAY),
        MV_CLOCK_TRUSTED);
}

static void the_clock_is_held_against_the_last_stamp(void **state)
{
    (void)state;
    struct mv_clock_trust t;
    assert_int_equal(start(&t, T, 0), MV_CLOCK_TRUSTED);
    struct mv_clock now = at(T + 4 * MINUTE, 1000);
    assert_int_equal(mv_clock_trust_check(&t, &now), MV_CLOCK_TRUSTED);
    assert_true(mv_clock_trust_stamp(&t, &now) == T + 4 * MINUTE);
    /* eight minutes from the start, four from the stamp */
    assert_int_equal(check(&t, T + 8 * MINUTE, 1000), MV_CLOCK_TRUSTED);
    assert_int_equal(check(&t, T + 10 * MINUTE, 1000), MV_CLOCK_JUMPED);
}

static void stamps_never_go_back(void **state)
{
    (void)state;
    struct mv_clock_trust t;
    assert_int_equal(start(&t, T, 0), MV_CLOCK_TRUSTED);
    struct mv_clock now = at(T, 1000);
    assert_true(mv_clock_trust_stamp(&t, &now) == T);
    now = at(T - MINUTE, 1000);
    assert_int_equal(mv_clock_trust_check(&t, &now), MV_CLOCK_TRUSTED);
    assert_true(mv_clock_trust_stamp(&t, &now) == T);
    now = at(T + 1, 1000 + MINUTE);
    assert_int_equal(mv_clock_trust_check(&t, &now), MV_CLOCK_TRUSTED);
    assert_true(mv_clock_trust_stamp(&t, &now) == T + 1);
}

static void at_start_it_heals_when_the_clock_is_put_right(void **state)
{
    (void)state;
    struct mv_clock_trust t;
    assert_int_equal(start(&t, 0, T), MV_CLOCK_BEFORE_LAST);
    assert_int_equal(check(&t, MINUTE, 1000 + MINUTE), MV_CLOCK_BEFORE_LAST);
    assert_int_equal(check(&t, T + HOUR, 1000 + MINUTE), MV_CLOCK_TRUSTED);
    assert_int_equal(check(&t, T, 1000 + MINUTE), MV_CLOCK_JUMPED);
}

static void
an_operator_names_the_day_and_must_agree_with_the_clock(void **state)
{
    (void)state;
    struct mv_clock_trust t;
    const struct mv_clock now = at(T, 1000);
    int64_t last = T - 200 * MV_MS_PER_DAY;
    assert_int_equal(start(&t, T, last), MV_CLOCK_STALE);
    assert_false(mv_clock_accept(&t, &now, mv_clock_day(T) + 1));
    assert_int_equal(t.doubt, MV_CLOCK_STALE);
    assert_true(mv_clock_accept(&t, &now, mv_clock_day(T)));
    assert_int_equal(check(&t, T + MINUTE, 1000 + MINUTE), MV_CLOCK_TRUSTED);
    /* accepted behind the last record: stamps wait there */
    assert_int_equal(start(&t, T, T + HOUR), MV_CLOCK_BEFORE_LAST);
    assert_true(mv_clock_accept(&t, &now, mv_clock_day(T)));
    assert_true(mv_clock_trust_stamp(&t, &now) == T + HOUR);
    assert_int_equal(check(&t, T + MINUTE, 1000 + MINUTE), MV_CLOCK_TRUSTED);
}

static int set_zone(void **state)
{
    (void)state;
    struct mv_err err = {0};
    return mv_clock_init(&err) == MV_OK ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_zone_is_oslo_whatever_tz_says),
        cmocka_unit_test(bad_input_63_days_are_those_of_oslo),
        cmocka_unit_test(
            bad_input_63_midnight_on_the_days_that_the_clock_changes),
        cmocka_unit_test(every_day_begins_where_the_day_before_ends),
        cmocka_unit_test(minutes_and_text_are_local),
        cmocka_unit_test(times_are_read_strictly),
        cmocka_unit_test(a_shifted_clock_is_the_asked_for_day_at_the_same_hour),
        cmocka_unit_test(at_start_the_last_record_decides),
        cmocka_unit_test(
            bad_input_104_a_clock_that_jumps_is_distrusted_until_it_agrees),
        cmocka_unit_test(a_suspended_machine_keeps_its_trust),
        cmocka_unit_test(the_clock_is_held_against_the_last_stamp),
        cmocka_unit_test(stamps_never_go_back),
        cmocka_unit_test(at_start_it_heals_when_the_clock_is_put_right),
        cmocka_unit_test(
            an_operator_names_the_day_and_must_agree_with_the_clock),
    };
    return cmocka_run_group_tests(tests, set_zone, NULL);
}
