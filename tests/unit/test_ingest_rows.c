/* Ingest: which rows are refused, and with which code. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/walk.h"
#include "tests/support/frames.h"
#include "tests/support/ingested.h"
#include "tests/support/unit.h"

static void bad_input_55_a_trust_speaks_only_for_itself(void **state)
{
    struct ingested *f = *state;
    const char *fields = "indicator unit period value";
    ingested_refuses(f, fields, "wait ous 2024-M01 1\n", "forbidden");
    ingested_refuses(f, fields, "wait hso 2024-M01 1\n", "forbidden");
    ingested_refuses(f, fields, "wait total 2024-M01 1\n", "unknown_unit");
    ingested_takes(f, 1, fields, "wait ward 2024-M01 1\n");
}

static void bad_input_56_indicators_that_may_not_be_reported(void **state)
{
    struct ingested *f = *state;
    const char *fields = "indicator unit period value";
    ingested_refuses(f, fields, "nosuch ahus 2024-M01 1\n",
                     "unknown_indicator");
    ingested_refuses(f, fields, "grant ahus 2024 1\n", "forbidden");
    ingested_refuses(f, fields, "posts ahus 2025 1\n", "retired");
}

/* The first conflict's text. */
static const char *told(struct ingested *f)
{
    static char text[160];
    struct mv_list list;
    struct mv_span item, said;
    assert_true(mv_list_open(&list, f->answer.conflicts));
    assert_true(mv_list_next(&list, &item));
    assert_true(mv_map_text(item, "text", &said));
    (void)snprintf(text, sizeof text, "%.*s", (int)said.len,
                   (const char *)said.at);
    return text;
}

static void bad_input_56_periods_outside_the_life_of_a_unit(void **state)
{
    static const struct {
        const char *row, *why;
    } bad[] = {
        {"gone 2024-M07", "after its last day, 2024-06-30"},
        {"gone 2024-T3", "after its last day, 2024-06-30"},
        {"gone 2022", "before its first day, 2023-03-01"},
        {"gone 2023-M02", "before its first day, 2023-03-01"},
        {"part 2024-M07", "after the last day of gone, 2024-06-30"},
        {"part 2023-M02", "before the first day of gone, 2023-03-01"},
        {"late 2024-M08", "before its first day, 2024-09-01"},
        {"late 2024", "after the last day of gone, 2024-06-30"},
    };
    struct ingested *f = *state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char row[64], text[160];
        (void)snprintf(row, sizeof row, "wait %s 1\n", bad[i].row);
        ingested_refuses(f, "indicator unit period value", row, "retired");
        (void)snprintf(text, sizeof text,
                       "%.4s is not in use in that period (%s)", bad[i].row,
                       bad[i].why);
        assert_string_equal(told(f), text);
    }
}

static void a_period_that_holds_a_day_of_its_unit_is_taken(void **state)
{
    struct ingested *f = *state;
    ingested_takes(f, 1, "indicator unit period value",
                   "wait gone 2024-M06 1\n"
                   "wait gone 2024 1\n"
                   "wait gone 2024-T2 1\n"
                   "wait gone 2023-Q1 1\n"
                   "wait gone 2023-M03 1\n"
                   "wait part 2024-M06 1\n"
                   "wait ahus 2024-M07 1\n");
}

static void what_a_unit_could_not_send_it_may_take_back(void **state)
{
    struct ingested *f = *state;
    frame_withdrawal(&f->frame, "m", 1, "indicator unit period",
                     "wait gone 2024-M07\n"
                     "wait part 2022\n");
    assert_string_equal(ingested_push(f), "accepted");
}

static void bad_input_57_and_58_numerators_and_denominators(void **state)
{
    struct ingested *f = *state;
    const char *fields = "indicator member unit period numerator denominator";
    ingested_refuses(f, fields, "letter som ahus 2024-T1 5 4\n",
                     "inconsistent");
    ingested_refuses(f, fields, "letter som ahus 2024-T1 1 0\n",
                     "inconsistent");
    ingested_takes(f, 1, fields, "letter som ahus 2024-T1 0 0\n");
}

static void a_rate_per_1000_is_held_against_its_value_and_bounds(void **state)
{
    struct ingested *f = *state;
    const char *fields = "indicator unit period value numerator denominator";
    ingested_refuses(f, fields, "beds ahus 2024 4.1 8 2000\n", "inconsistent");
    ingested_refuses(f, fields, "beds ahus 2024 10 20 2000\n", "range");
    ingested_takes(f, 1, fields, "beds ahus 2024 4.0 8 2000\n");
}

static void bad_input_60_periods_that_have_not_ended(void **state)
{
    struct ingested *f = *state;
    const char *fields = "indicator unit period value";
    ingested_refuses(f, fields, "wait ahus 2025-M03 1\n", "future");
    ingested_refuses(f, fields, "wait ahus 2125-M03 1\n", "future");
    ingested_refuses(f, fields, "plan ahus 2125-M03 1\n", "future");
    ingested_takes(f, 1, fields, "plan ahus 2025-M12 1\n");
}

/* A minute into 1 April, and back by less than makes a clock doubted. */
static void a_clock_set_back_over_midnight_takes_no_day_back(void **state)
{
    struct ingested *f = *state;
    const char *fields = "indicator unit period value";
    int64_t passed = -f->clock.wall_ms;
    assert_true(mv_clock_parse(mv_span_text("2025-03-31T22:01:00Z"),
                               &f->clock.wall_ms));
    passed += f->clock.wall_ms;
    f->clock.boot_ms += passed;
    f->clock.mono_ms += passed;
    ingested_takes(f, 1, fields, "wait ahus 2025-M03 1\n");
    f->clock.wall_ms -= INT64_C(3) * 60 * 1000;
    ingested_takes(f, 2, fields, "wait ahus 2025-M03 2\n");
    ingested_refuses(f, fields, "wait ahus 2025-M04 1\n", "future");
}

static void bad_input_61_what_is_not_a_period(void **state)
{
    struct ingested *f = *state;
    const char *bad[] = {"1900",      "2023-02-29",     "2024-T4",
                         "2024-S3",   "2024-M13",       "2024-W53",
                         "2024-D366", "2023-D366",      "2024M01",
                         "2024-m01",  "2024-01-15/P1M", "2023-11-01/P4M"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char rows[64];
        (void)snprintf(rows, sizeof rows, "wait ahus %s 1\n", bad[i]);
        ingested_refuses(f, "indicator unit period value", rows, "period");
    }
}

static void bad_input_62_shorter_and_longer_periods(void **state)
{
    struct ingested *f = *state;
    const char *fields = "indicator unit period value";
    ingested_refuses(f, fields, "wait ahus 2024-06-30 1\n", "frequency");
    ingested_takes(f, 1, fields,
                   "wait ahus 2024-T1 1\n"
                   "wait ahus 2024 1\n"
                   "wait ahus 2024-01-01/P11M 1\n");
    /* longer than a tertial, though it cuts one; five months may hold none */
    ingested_takes(f, 2, fields,
                   "letter ahus 2024-S1 1\n"
                   "letter ahus 2023-02-01/P11M 1\n");
    ingested_refuses(f, fields, "letter ahus 2023-03-01/P5M 1\n", "frequency");
    ingested_refuses(f, fields, "letter ahus 2024-Q1 1\n", "frequency");
}

static void bad_input_39_a_negative_count_is_out_of_range(void **state)
{
    struct ingested *f = *state;
    const char *fields = "indicator unit period value";
    ingested_refuses(f, fields, "posts ahus 2024 -1\n", "range");
    ingested_refuses(f, fields, "posts ahus 2024 5.5\n", "range");
    ingested_takes(f, 1, fields, "posts ahus 2024 5\n");
}

static void bad_input_36_what_is_whole_is_so_in_both_parts(void **state)
{
    struct ingested *f = *state;
    const char *fields = "indicator unit period numerator denominator";
    ingested_refuses(f, fields, "posts ahus 2024 5.5 7\n", "range");
    ingested_refuses(f, fields, "posts ahus 2024 5 7.5\n", "range");
    ingested_takes(f, 1, fields, "posts ahus 2024 5 7\n");
}

static void bounds_hold_exactly_at_the_edge(void **state)
{
    struct ingested *f = *state;
    const char *fields = "indicator member unit period value";
    ingested_takes(f, 1, fields, "letter som ahus 2024-T1 100\n");
    ingested_refuses(f, fields, "letter som ahus 2024-T1 100.000001\n",
                     "range");
    ingested_refuses(f, fields, "letter som ahus 2024-T1 -0.000001\n", "range");
    ingested_refuses(f, fields, "letter xxx ahus 2024-T1 1\n",
                     "unknown_member");
}

static void bad_input_64_a_time_more_than_a_day_ahead_is_refused(void **state)
{
    struct ingested *f = *state;
    char rows[96];
    const char *fields = "indicator unit period value time";
    (void)snprintf(rows, sizeof rows, "wait ahus 2024-M01 1 %lld\n",
                   (long long)f->clock.wall_ms + MV_MS_PER_DAY + 1);
    ingested_refuses(f, fields, rows, "future");
    (void)snprintf(rows, sizeof rows, "wait ahus 2024-M01 1 %lld\n",
                   (long long)f->clock.wall_ms + MV_MS_PER_DAY);
    ingested_takes(f, 1, fields, rows);
}

static void all_conflicts_of_all_rows_are_named_at_once(void **state)
{
    struct ingested *f = *state;
    assert_string_equal(ingested_deliver(f, 1, "indicator unit period value",
                                         "wait ous 2024-M01 1\n"
                                         "wait ahus 2024-M02 1\n"
                                         "nosuch ahus 2024-M01 1\n"
                                         "wait ahus 2024-Q9 -1\n"),
                        "rejected");
    assert_string_equal(ingested_conflict(f, 0), "forbidden");
    assert_string_equal(ingested_conflict(f, 1), "unknown_indicator");
    assert_string_equal(ingested_conflict(f, 2), "period");
    assert_string_equal(ingested_conflict(f, 3), "range");
    assert_string_equal(ingested_conflict(f, 4), "none");
    assert_true(f->answer.catalogue == 2);
}

/* What could not be read is not held against the catalogue, all else is. */
static void faults_of_form_hide_none_of_the_meaning(void **state)
{
    struct ingested *f = *state;
    const char *fields = "indicator unit period value";
    assert_string_equal(ingested_deliver(f, 1, fields,
                                         "wait ahus 2024-M01 -\n"
                                         "nosuch ahus 2024-M01 1\n"
                                         "wait AHUS 2024-M02 1\n"
                                         "wait ous 2024-M01 1\n"
                                         "wait nowhere 2024-M01 -\n"
                                         "wait ahus 2024-Q9 1\n"),
                        "rejected");
    ingested_names(f, "1 missing, 2 unknown_indicator, 3 charset, 4 forbidden, "
                      "5 missing, 6 period");
    /* of another kind of key nothing is held against the catalogue */
    f->key.roles = MV_ROLE_ASSESSOR;
    (void)ingested_push(f);
    ingested_names(f, "1 missing, 3 charset, 5 missing");
}

static void
faults_of_form_are_all_there_is_without_rows_or_a_clock(void **state)
{
    struct ingested *f = *state;
    const char *fields = "indicator unit period value";
    (void)ingested_deliver(f, 1, "indicator unit period nosuch",
                           "nosuch ahus 2024-M01 1\n");
    ingested_names(f, "0 unknown_field");
    (void)ingested_deliver(f, 1, "indicator unit value", "nosuch ahus 1\n");
    ingested_names(f, "0 missing");
    (void)ingested_deliver(f, 1, fields, "wait ahus 2024-M01 1\n");
    f->clock.wall_ms += 400 * MV_MS_PER_DAY; /* and not its running time */
    (void)ingested_deliver(f, 2, fields,
                           "wait ahus 2024-M02 -\n"
                           "nosuch ahus 2024-M01 1\n");
    ingested_names(f, "1 missing");
}

/* An answer holds so many: those of the form, and what is left of the rest. */
static void conflicts_beyond_an_answer_are_counted(void **state)
{
    struct ingested *f = *state;
    struct mv_buf rows = {0};
    for (unsigned i = 0; i < MV_MAX_CONFLICTS; i++) {
        mv_buf_printf(&rows, "no-%u ahus 2024 1\n", i);
        if (i < 4)
            mv_buf_printf(&rows, "wait ahus 2024-M0%u -\n", i + 1);
    }
    (void)ingested_deliver(f, 1, "indicator unit period value",
                           mv_buf_cstr(&rows));
    assert_string_equal(ingested_conflict(f, 0), "unknown_indicator");
    assert_string_equal(ingested_conflict(f, 1), "missing");
    assert_string_equal(ingested_conflict(f, 999), "unknown_indicator");
    assert_true(f->answer.has_more && f->answer.more == 4);
    mv_buf_done(&rows);
}

static void a_key_of_an_unknown_unit_may_report_nothing(void **state)
{
    static const char *const strangers[] = {"", "nowhere"};
    struct ingested *f = *state;
    const char *fields = "indicator unit period value";
    for (size_t i = 0; i < 2; i++) {
        (void)snprintf(f->key.unit, sizeof f->key.unit, "%s", strangers[i]);
        ingested_refuses(f, fields, "wait ahus 2024-M01 1\n", "forbidden");
        ingested_refuses(f, fields, "grant hso 2024 1\n", "forbidden");
    }
}

int main(void)
{
#define T(name) \
    cmocka_unit_test_setup_teardown(name, ingested_make, ingested_drop)
    const struct CMUnitTest tests[] = {
        T(bad_input_55_a_trust_speaks_only_for_itself),
        T(bad_input_56_indicators_that_may_not_be_reported),
        T(bad_input_56_periods_outside_the_life_of_a_unit),
        T(a_period_that_holds_a_day_of_its_unit_is_taken),
        T(what_a_unit_could_not_send_it_may_take_back),
        T(bad_input_57_and_58_numerators_and_denominators),
        T(a_rate_per_1000_is_held_against_its_value_and_bounds),
        T(bad_input_60_periods_that_have_not_ended),
        T(a_clock_set_back_over_midnight_takes_no_day_back),
        T(bad_input_61_what_is_not_a_period),
        T(bad_input_62_shorter_and_longer_periods),
        T(bad_input_39_a_negative_count_is_out_of_range),
        T(bad_input_36_what_is_whole_is_so_in_both_parts),
        T(bounds_hold_exactly_at_the_edge),
        T(bad_input_64_a_time_more_than_a_day_ahead_is_refused),
        T(all_conflicts_of_all_rows_are_named_at_once),
        T(faults_of_form_hide_none_of_the_meaning),
        T(faults_of_form_are_all_there_is_without_rows_or_a_clock),
        T(conflicts_beyond_an_answer_are_counted),
        T(a_key_of_an_unknown_unit_may_report_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
