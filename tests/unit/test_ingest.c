/* Ingest: one effect a delivery, the journal, the clock, quotas. */
#include <stdlib.h>
#include <string.h>

#include "proto/pack.h"
#include "tests/support/frames.h"
#include "tests/support/ingested.h"
#include "tests/support/unit.h"

static void an_accepted_delivery_is_in_the_journal_with_its_chain(void **state)
{
    struct ingested *f = *state;
    ingested_takes(f, 7, "indicator unit period value",
                   "wait ahus 2024-M01 78.5\n");
    assert_true(f->answer.seq == 3); /* after the day and the catalogue */
    uint8_t chain[MV_HASH_BYTES];
    struct mv_err err = {0};
    assert_int_equal(mv_store_read_begin(f->store, &err), MV_OK);
    assert_true(mv_log_hash_at(f->journal, 3, chain));
    assert_memory_equal(f->answer.hash.at, chain, MV_HASH_BYTES);
    struct mv_record r;
    assert_int_equal(mv_log_read(f->journal, 3, &r, &err), MV_OK);
    assert_string_equal(r.key_name, "ahus-key");
    assert_int_equal(mv_store_read_end(f->store, &err), MV_OK);
}

static void bad_input_49_the_same_delivery_again_is_a_duplicate(void **state)
{
    struct ingested *f = *state;
    const char *row = "wait ahus 2024-M01 78.5\n";
    (void)ingested_deliver(f, 7, "indicator unit period value", row);
    uint64_t before = ingested_head(f);
    assert_string_equal(
        ingested_deliver(f, 7, "indicator unit period value", row),
        "duplicate");
    assert_true(f->answer.seq == 3 && ingested_head(f) == before);
    assert_int_equal(f->answer.hash.len, MV_HASH_BYTES);
}

static void a_repeat_within_one_transaction_is_a_duplicate(void **state)
{
    struct ingested *f = *state;
    frame_delivery(&f->frame, "m", 7, "indicator unit period value",
                   "wait ahus 2024-M01 78.5\n");
    mv_store_begin(f->store);
    for (int i = 0; i < 2; i++)
        ingest_deliver(&f->desk, &f->key, mv_buf_span(&f->frame), &f->clock,
                       &f->said);
    assert_string_equal(ingested_settle(f, true), "duplicate");
}

static void
bad_input_51_a_number_used_for_other_content_is_refused(void **state)
{
    struct ingested *f = *state;
    (void)ingested_deliver(f, 7, "indicator unit period value",
                           "wait ahus 2024-M01 78.5\n");
    assert_string_equal(ingested_deliver(f, 7, "indicator unit period value",
                                         "wait ahus 2024-M01 78.6\n"),
                        "rejected");
    assert_string_equal(ingested_conflict(f, 0), "conflict");
}

static void bad_input_52_numbers_are_each_trusts_own(void **state)
{
    struct ingested *f = *state;
    (void)ingested_deliver(f, 7, "indicator unit period value",
                           "wait ahus 2024-M01 78.5\n");
    f->key = (struct mv_key){
        .name = "ous-key", .unit = "ous", .roles = MV_ROLE_PRODUCER};
    ingested_takes(f, 7, "indicator unit period value",
                   "wait ous 2024-M01 78.6\n");
}

static void bad_input_53_a_repeat_after_a_restart_is_a_duplicate(void **state)
{
    struct ingested *f = *state;
    (void)ingested_deliver(f, 7, "indicator unit period value",
                           "wait ahus 2024-M01 78.5\n");
    ingested_close(f);
    f->clock.wall_ms += 20 * MV_MS_PER_DAY;
    ingested_open(f);
    assert_string_equal(ingested_deliver(f, 7, "indicator unit period value",
                                         "wait ahus 2024-M01 78.5\n"),
                        "duplicate");
}

static void an_aborted_transaction_leaves_nothing_behind(void **state)
{
    struct ingested *f = *state;
    frame_delivery(&f->frame, "m", 7, "indicator unit period value",
                   "wait ahus 2024-M01 78.5\n");
    mv_store_begin(f->store);
    ingest_deliver(&f->desk, &f->key, mv_buf_span(&f->frame), &f->clock,
                   &f->said);
    (void)ingested_settle(f, false);
    assert_true(ingested_head(f) == 2);
    assert_string_equal(ingested_push(f), "accepted");
    assert_true(f->answer.seq == 3);
}

static void bad_input_54_producers_and_numbers(void **state)
{
    struct ingested *f = *state;
    const char *fields = "indicator unit period value";
    const char *rows = "wait ahus 2024-M01 78.5\n";
    char longest[66] = {0};
    memset(longest, 'p', 64);
    const struct {
        const char *producer;
        uint64_t number;
        const char *result;
    } cases[] = {{"", 1, "rejected"},           {"p", 1, "accepted"},
                 {longest, 1, "accepted"},      {"a/b", 1, "rejected"},
                 {"a..b", 1, "rejected"},       {"p", 0, "accepted"},
                 {"p", 1ull << 63, "accepted"}, {"p", UINT64_MAX, "accepted"},
                 {"p", 5, "accepted"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        frame_delivery(&f->frame, cases[i].producer, cases[i].number, fields,
                       rows);
        assert_string_equal(ingested_push(f), cases[i].result);
    }
    longest[64] = 'p';
    frame_delivery(&f->frame, longest, 1, fields, rows);
    assert_string_equal(ingested_push(f), "rejected");
}

static void each_missed_day_is_one_clock_record(void **state)
{
    struct ingested *f = *state;
    assert_true(ingested_head(f) == 2);
    f->clock.wall_ms += 3 * MV_MS_PER_DAY;
    f->clock.boot_ms += 3 * MV_MS_PER_DAY;
    (void)ingested_deliver(f, 1, "indicator unit period value",
                           "wait ahus 2024-M01 1\n");
    assert_true(ingested_head(f) == 6 && f->answer.seq == 6);
    assert_true(f->book.committed.today == mv_clock_day(f->clock.wall_ms));
}

static void bad_input_104_a_jumped_clock_is_answered_retry(void **state)
{
    struct ingested *f = *state;
    f->clock.wall_ms += 3650 * MV_MS_PER_DAY;
    assert_string_equal(ingested_deliver(f, 1, "indicator unit period value",
                                         "wait ahus 2024-M01 1\n"),
                        "retry");
    assert_true(mv_span_is(f->answer.reason, "clock"));
    assert_true(ingested_head(f) == 2);
}

/* An operator's word counts with its record, or not at all. */
static void
a_clock_accepted_in_a_commit_that_fails_is_not_believed(void **state)
{
    struct ingested *f = *state;
    f->clock.wall_ms += 3650 * MV_MS_PER_DAY;
    int32_t day = mv_clock_day(f->clock.wall_ms);
    const char *const fields = "indicator unit period value";
    const char *const row = "wait ahus 2024-M01 1\n";
    for (int commit = 0; commit < 2; commit++) {
        assert_string_equal(ingested_deliver(f, 1, fields, row), "retry");
        mv_store_begin(f->store);
        assert_true(mv_clock_accept(&f->book.now.trust, &f->clock, day));
        (void)ingested_settle(f, commit != 0);
    }
    assert_string_equal(ingested_deliver(f, 1, fields, row), "accepted");
}

static void bad_input_68_above_the_quota_is_retry_with_a_delay(void **state)
{
    struct ingested *f = *state;
    f->desk.quota = mv_quota_open(2, 0);
    const char *fields = "indicator unit period value";
    ingested_takes(f, 1, fields,
                   "wait ahus 2024-M01 1\n"
                   "wait ahus 2024-M02 1\n");
    assert_string_equal(
        ingested_deliver(f, 2, fields, "wait ahus 2024-M03 1\n"), "retry");
    assert_true(mv_span_is(f->answer.reason, "quota"));
    assert_true(f->answer.after_ms > 0 && f->answer.after_ms <= 1000);
    f->clock.mono_ms += (int64_t)f->answer.after_ms;
    ingested_takes(f, 2, fields, "wait ahus 2024-M03 1\n");
    mv_quota_close(f->desk.quota);
    f->desk.quota = NULL;
}

/* A disk without room is not the sender's doing. */
static void what_a_failed_commit_took_of_a_quota_is_given_back(void **state)
{
    struct ingested *f = *state;
    frame_delivery(&f->frame, "m", 1, "indicator unit period value",
                   "wait ahus 2024-M01 1\n");
    f->desk.quota = mv_quota_open(1, (int64_t)f->frame.len);
    mv_store_begin(f->store);
    ingest_deliver(&f->desk, &f->key, mv_buf_span(&f->frame), &f->clock,
                   &f->said);
    assert_string_equal(ingested_settle(f, false), "accepted");
    assert_string_equal(ingested_push(f), "accepted");
    frame_delivery(&f->frame, "m", 2, "indicator unit period value",
                   "wait ahus 2024-M02 1\n");
    assert_string_equal(ingested_push(f), "retry");
    mv_quota_close(f->desk.quota);
    f->desk.quota = NULL;
}

static void a_wrong_catalogue_changes_nothing_and_names_the_line(void **state)
{
    struct ingested *f = *state;
    uint64_t before = ingested_head(f);
    assert_string_equal(
        ingested_catalogue(f, 2, "targets:\n  - {id: t1, yeer: 2024}\n"),
        "rejected");
    assert_string_equal(ingested_conflict(f, 0), "catalogue");
    assert_true(ingested_head(f) == before);
    ingested_takes(f, 1, "indicator unit period value",
                   "wait ahus 2024-M01 1\n");
}

static void a_trial_stores_nothing(void **state)
{
    struct ingested *f = *state;
    struct mv_err err = {0};
    frame_delivery(&f->frame, "m", 1, "indicator unit period value",
                   "wait ahus 2024-M01 1\n");
    assert_int_equal(mv_store_read_begin(f->store, &err), MV_OK);
    ingest_try(&f->desk, &f->key, mv_buf_span(&f->frame), &f->clock, &f->said);
    assert_int_equal(mv_store_read_end(f->store, &err), MV_OK);
    assert_int_equal(f->said.outcome, MV_OUTCOME_ACCEPTED);
    assert_true(ingested_head(f) == 2);
    assert_string_equal(ingested_push(f), "accepted");
}

/* What is believed of it is moved by transactions, and taken back with them. */
static void a_trial_under_a_doubted_clock_leaves_the_book_alone(void **state)
{
    struct ingested *f = *state;
    struct mv_err err = {0};
    struct mv_clock ahead = f->clock;
    ahead.wall_ms += INT64_C(3600000);
    frame_delivery(&f->frame, "m", 1, "indicator unit period value",
                   "wait ahus 2024-M01 1\n");
    assert_int_equal(mv_store_read_begin(f->store, &err), MV_OK);
    ingest_try(&f->desk, &f->key, mv_buf_span(&f->frame), &ahead, &f->said);
    assert_int_equal(mv_store_read_end(f->store, &err), MV_OK);
    assert_int_equal(f->said.outcome, MV_OUTCOME_RETRY);
    assert_int_equal(f->book.now.trust.doubt, MV_CLOCK_TRUSTED);
    assert_string_equal(ingested_push(f), "accepted");
}

static void a_catalogue_larger_than_a_record_is_refused(void **state)
{
    struct ingested *f = *state;
    struct mv_key steward = {.name = "kari", .roles = MV_ROLE_STEWARD};
    uint64_t before = ingested_head(f);
    size_t size = MV_MAX_RECORD_BYTES;
    char *text = mv_xcalloc(size, 1);
    memset(text, '#', size);
    mv_buf_clear(&f->frame);
    mv_pack_map(&f->frame, 5);
    mv_pack_kv_u64(&f->frame, "v", 1);
    mv_pack_kv_cstr(&f->frame, "type", "catalogue");
    mv_pack_kv_cstr(&f->frame, "producer", "git");
    mv_pack_kv_u64(&f->frame, "number", 9);
    mv_pack_cstr(&f->frame, "files");
    mv_pack_map(&f->frame, 4);
    mv_pack_kv_cstr(&f->frame, "units.yaml", ingested_units);
    mv_pack_kv_cstr(&f->frame, "indicators.yaml", ingested_indicators);
    mv_pack_kv_cstr(&f->frame, "targets.yaml", ingested_targets);
    mv_pack_kv_text(&f->frame, "other.yaml", mv_span(text, size));
    free(text);
    mv_store_begin(f->store);
    ingest_catalogue(&f->desk, &steward, mv_buf_span(&f->frame), &f->clock,
                     &f->said);
    assert_string_equal(ingested_settle(f, true), "rejected");
    assert_string_equal(ingested_conflict(f, 0), "limits");
    assert_true(ingested_head(f) == before);
}

/* One byte of record seq becomes another, on the disk; again: what it was. */
static void damage(struct ingested *f, uint64_t seq)
{
    struct mv_err err = {0};
    struct mv_buf row = {0};
    struct mv_span is;
    uint8_t at[8];
    struct mv_table table = mv_store_table(f->store, INGEST_JOURNAL_TABLE);
    const struct mv_span key = mv_span(at, sizeof at);
    mv_be64_put(at, seq);
    mv_store_begin(f->store);
    assert_true(mv_store_get(f->store, table, key, &is));
    mv_buf_put(&row, is.at, is.len);
    row.at[row.len - 1] ^= 1;
    mv_store_put(f->store, table, key, mv_buf_span(&row));
    assert_int_equal(mv_store_commit(f->store, &err), MV_OK);
    mv_buf_done(&row);
}

static void a_start_on_a_damaged_record_is_not_tried_again(void **state)
{
    struct ingested *f = *state;
    const uint64_t last = 3, catalogue = 2;
    struct mv_err err = {0};
    ingested_takes(f, 7, "indicator unit period value",
                   "wait ahus 2024-M01 78.5\n");
    for (int i = 0; i < 2; i++) {
        ingest_book_done(&f->book);
        damage(f, i == 0 ? last : catalogue);
        mv_rc rc =
            ingest_book_open(&f->book, f->store, f->journal, &f->clock, &err);
        assert_int_equal(mv_exit_code(rc), 78);
        assert_non_null(strstr(err.text, i == 0 ? "record 3 is damaged"
                                                : "record 2 is damaged"));
        damage(f, i == 0 ? last : catalogue); /* and as it was */
        ingested_close(f);
        ingested_open(f);
    }
}

/* As if the catalogue in force were of this record, and a start. */
static void start_with(struct ingested *f, uint64_t seq, const char *why)
{
    struct mv_err err = {0};
    uint8_t at[8];
    mv_be64_put(at, seq);
    ingest_book_done(&f->book);
    mv_store_begin(f->store);
    mv_store_put(f->store, mv_store_table(f->store, INGEST_STATE_TABLE),
                 mv_span_text("catalogue"), mv_span(at, sizeof at));
    assert_int_equal(mv_store_commit(f->store, &err), MV_OK);
    mv_rc rc =
        ingest_book_open(&f->book, f->store, f->journal, &f->clock, &err);
    assert_int_equal(mv_exit_code(rc), 78);
    assert_non_null(strstr(err.text, why));
}

/* Sound bytes, and no catalogue that this program can read. */
static void a_start_without_a_catalogue_to_be_had_is_not_tried_again(void **st)
{
    struct ingested *f = *st;
    struct mv_err err = {0};
    frame_catalogue(&f->frame, "git", 9, ingested_units, ingested_indicators,
                    "targets: [{id: t1}]\n");
    mv_store_begin(f->store);
    uint64_t faulty = ingest_book_append(&f->book, &f->clock, "kari",
                                         mv_buf_span(&f->frame), NULL);
    assert_int_equal(mv_store_commit(f->store, &err), MV_OK);
    start_with(f, 1, "not a catalogue record");
    start_with(f, faulty, "faults; the first: ");
}

int main(void)
{
#define T(name) \
    cmocka_unit_test_setup_teardown(name, ingested_make, ingested_drop)
    const struct CMUnitTest tests[] = {
        T(an_accepted_delivery_is_in_the_journal_with_its_chain),
        T(bad_input_49_the_same_delivery_again_is_a_duplicate),
        T(a_repeat_within_one_transaction_is_a_duplicate),
        T(bad_input_51_a_number_used_for_other_content_is_refused),
        T(bad_input_52_numbers_are_each_trusts_own),
        T(bad_input_53_a_repeat_after_a_restart_is_a_duplicate),
        T(an_aborted_transaction_leaves_nothing_behind),
        T(bad_input_54_producers_and_numbers),
        T(each_missed_day_is_one_clock_record),
        T(bad_input_104_a_jumped_clock_is_answered_retry),
        T(a_clock_accepted_in_a_commit_that_fails_is_not_believed),
        T(bad_input_68_above_the_quota_is_retry_with_a_delay),
        T(what_a_failed_commit_took_of_a_quota_is_given_back),
        T(a_wrong_catalogue_changes_nothing_and_names_the_line),
        T(a_trial_stores_nothing),
        T(a_trial_under_a_doubted_clock_leaves_the_book_alone),
        T(a_catalogue_larger_than_a_record_is_refused),
        T(a_start_on_a_damaged_record_is_not_tried_again),
        T(a_start_without_a_catalogue_to_be_had_is_not_tried_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
