/* Ingest without socket or loop: deliveries in, answers out, over a store. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/msg.h"
#include "proto/pack.h"
#include "proto/walk.h"
#include "services/ingest/deliver.h"
#include "tests/support/frames.h"

#define FIELDS "indicator member unit period value numerator denominator flag"

static const char units[] =
    "units:\n"
    "  - {id: hso, name: Region, kind: region}\n"
    "  - {id: ahus, name: A, kind: trust, parent: hso}\n"
    "  - {id: ous, name: O, kind: trust, parent: hso}\n"
    "  - {id: ward, name: W, kind: hospital, parent: ahus}\n";
static const char indicators[] =
    "indicators:\n"
    "  - {id: wait, title: Wait, measure: days, frequency: M, better: lower,\n"
    "     over_periods: mean, over_units: none, by: trust, due: 45 d}\n"
    "  - {id: posts, title: Posts, measure: count, frequency: A, whole: true,\n"
    "     over_periods: sum, over_units: sum, by: trust, to: 2024}\n"
    "  - {id: plan, title: Plan, measure: nok, frequency: M, ahead: true,\n"
    "     over_periods: sum, over_units: sum, by: trust}\n"
    "  - {id: grant, title: Grant, measure: nok, frequency: A,\n"
    "     over_periods: sum, over_units: sum, by: region}\n"
    "  - {id: letter, title: Letters, measure: percent, frequency: A_3,\n"
    "     dimension: {id: service, members: {som: S, vop: V}, total: none},\n"
    "     over_periods: ratio, over_units: ratio, by: trust, max: 100,\n"
    "     min: 0}\n"
    "  - {id: beds, title: Beds, measure: beds_per_1000_people, frequency: A,\n"
    "     over_periods: ratio, over_units: ratio, by: trust, max: 9}\n";
static const char targets[] =
    "targets:\n"
    "  - {id: t1, year: 2024, text: T, indicator: wait, scope: [trust],\n"
    "     require: [value < 50 days]}\n";

struct fixture {
    char dir[64];
    struct mv_store *store;
    struct mv_log *journal;
    struct ingest_book book;
    struct ingest_desk desk;
    struct ingest_said said;
    struct mv_buf frame;
    struct mv_clock clock;
    struct mv_msg_answer answer;
    struct mv_key key;
};

static const char *const tables[] = {INGEST_STATE_TABLE, INGEST_INDEX_TABLE};
static const char *const logs[] = {INGEST_JOURNAL_TABLE};

static void open_book(struct fixture *f)
{
    struct mv_err err = {0};
    struct mv_store_options o = {
        .dir = f->dir,
        .service = "ingest",
        .format = 1,
        .quota_bytes = 64 << 20,
        .any_filesystem = true,
        .tables = tables,
        .table_count = 2,
        .logs = logs,
        .log_count = 1,
    };
    mv_rc rc = mv_store_open(&f->store, &o, &err);
    if (rc == MV_OK)
        rc = mv_log_open(&f->journal, f->store, INGEST_JOURNAL_TABLE, &err);
    if (rc == MV_OK)
        rc = ingest_book_open(&f->book, f->store, f->journal, &f->clock, &err);
    if (rc != MV_OK)
        fail_msg("%s", err.text);
    f->desk.book = &f->book;
}

static void close_book(struct fixture *f)
{
    ingest_book_done(&f->book);
    mv_log_close(f->journal);
    mv_store_close(f->store);
}

/* One message in a transaction of its own. */
static const char *settle(struct fixture *f, bool commit)
{
    struct mv_err err = {0};
    struct mv_fault fault;
    if (commit)
        assert_int_equal(mv_store_commit(f->store, &err), MV_OK);
    else
        mv_store_abort(f->store);
    ingest_book_settled(&f->book, commit);
    assert_true(
        mv_msg_answer_decode(mv_buf_span(&f->said.answer), &f->answer, &fault));
    static char result[32];
    (void)snprintf(result, sizeof result, "%.*s", (int)f->answer.result.len,
                   (const char *)f->answer.result.at);
    return result;
}

static const char *push(struct fixture *f)
{
    mv_store_begin(f->store);
    ingest_deliver(&f->desk, &f->key, mv_buf_span(&f->frame), &f->clock,
                   &f->said);
    return settle(f, true);
}

static const char *deliver(struct fixture *f, uint64_t number,
                           const char *fields, const char *rows)
{
    frame_delivery(&f->frame, "m", number, fields, rows);
    return push(f);
}

static const char *apply_catalogue(struct fixture *f, uint64_t number,
                                   const char *targets_text)
{
    struct mv_key steward = {.name = "kari", .roles = MV_ROLE_STEWARD};
    frame_catalogue(&f->frame, "git", number, units, indicators, targets_text);
    mv_store_begin(f->store);
    ingest_catalogue(&f->desk, &steward, mv_buf_span(&f->frame), &f->clock,
                     &f->said);
    return settle(f, true);
}

/* The code of the n-th conflict of the last answer. */
static const char *conflict(struct fixture *f, unsigned n)
{
    static char text[64];
    struct mv_list list;
    struct mv_span item, code;
    assert_true(mv_list_open(&list, f->answer.conflicts));
    for (unsigned i = 0; i <= n; i++) {
        if (!mv_list_next(&list, &item))
            return "none";
    }
    assert_true(mv_map_text(item, "code", &code));
    (void)snprintf(text, sizeof text, "%.*s", (int)code.len,
                   (const char *)code.at);
    return text;
}

static uint64_t head(const struct fixture *f)
{
    uint64_t seq;
    mv_log_head(f->journal, &seq, NULL);
    return seq;
}

static void assert_refused(struct fixture *f, const char *fields,
                           const char *rows, const char *code)
{
    uint64_t before = head(f);
    assert_string_equal(deliver(f, 900, fields, rows), "rejected");
    if (strcmp(conflict(f, 0), code) != 0)
        fail_msg("'%s': %s, wanted %s", rows, conflict(f, 0), code);
    assert_true(head(f) == before);
}

static int make(void **state)
{
    struct fixture *f = mv_xcalloc(1, sizeof *f);
    struct mv_err err = {0};
    (void)snprintf(f->dir, sizeof f->dir, "/tmp/mv-ingest-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    assert_int_equal(mv_clock_init(&err), MV_OK);
    assert_int_equal(mv_hash_init(&err), MV_OK);
    assert_true(mv_clock_parse(mv_span_text("2025-03-15T11:00:00Z"),
                               &f->clock.wall_ms));
    f->clock.boot_ms = f->clock.mono_ms = 1000;
    f->key = (struct mv_key){
        .name = "ahus-key", .unit = "ahus", .roles = MV_ROLE_PRODUCER};
    open_book(f);
    assert_string_equal(apply_catalogue(f, 1, targets), "accepted");
    *state = f;
    return 0;
}

static int drop(void **state)
{
    struct fixture *f = *state;
    char command[128];
    close_book(f);
    ingest_desk_done(&f->desk);
    mv_buf_done(&f->said.answer);
    mv_buf_done(&f->frame);
    (void)snprintf(command, sizeof command, "rm -rf %s", f->dir);
    assert_int_equal(system(command), 0);
    free(f);
    return 0;
}

static void an_accepted_delivery_is_in_the_journal_with_its_chain(void **state)
{
    struct fixture *f = *state;
    assert_string_equal(deliver(f, 7, "indicator unit period value",
                                "wait ahus 2024-M01 78.5\n"),
                        "accepted");
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
    struct fixture *f = *state;
    const char *row = "wait ahus 2024-M01 78.5\n";
    (void)deliver(f, 7, "indicator unit period value", row);
    uint64_t before = head(f);
    assert_string_equal(deliver(f, 7, "indicator unit period value", row),
                        "duplicate");
    assert_true(f->answer.seq == 3 && head(f) == before);
    assert_int_equal(f->answer.hash.len, MV_HASH_BYTES);
}

static void a_repeat_within_one_transaction_is_a_duplicate(void **state)
{
    struct fixture *f = *state;
    frame_delivery(&f->frame, "m", 7, "indicator unit period value",
                   "wait ahus 2024-M01 78.5\n");
    mv_store_begin(f->store);
    for (int i = 0; i < 2; i++)
        ingest_deliver(&f->desk, &f->key, mv_buf_span(&f->frame), &f->clock,
                       &f->said);
    assert_string_equal(settle(f, true), "duplicate");
}

static void
bad_input_51_a_number_used_for_other_content_is_refused(void **state)
{
    struct fixture *f = *state;
    (void)deliver(f, 7, "indicator unit period value",
                  "wait ahus 2024-M01 78.5\n");
    assert_string_equal(deliver(f, 7, "indicator unit period value",
                                "wait ahus 2024-M01 78.6\n"),
                        "rejected");
    assert_string_equal(conflict(f, 0), "conflict");
}

static void bad_input_52_numbers_are_each_trusts_own(void **state)
{
    struct fixture *f = *state;
    (void)deliver(f, 7, "indicator unit period value",
                  "wait ahus 2024-M01 78.5\n");
    f->key = (struct mv_key){
        .name = "ous-key", .unit = "ous", .roles = MV_ROLE_PRODUCER};
    assert_string_equal(deliver(f, 7, "indicator unit period value",
                                "wait ous 2024-M01 78.6\n"),
                        "accepted");
}

static void bad_input_53_a_repeat_after_a_restart_is_a_duplicate(void **state)
{
    struct fixture *f = *state;
    (void)deliver(f, 7, "indicator unit period value",
                  "wait ahus 2024-M01 78.5\n");
    close_book(f);
    f->clock.wall_ms += 20 * MV_MS_PER_DAY;
    open_book(f);
    assert_string_equal(deliver(f, 7, "indicator unit period value",
                                "wait ahus 2024-M01 78.5\n"),
                        "duplicate");
}

static void an_aborted_transaction_leaves_nothing_behind(void **state)
{
    struct fixture *f = *state;
    frame_delivery(&f->frame, "m", 7, "indicator unit period value",
                   "wait ahus 2024-M01 78.5\n");
    mv_store_begin(f->store);
    ingest_deliver(&f->desk, &f->key, mv_buf_span(&f->frame), &f->clock,
                   &f->said);
    (void)settle(f, false);
    assert_true(head(f) == 2);
    assert_string_equal(push(f), "accepted");
    assert_true(f->answer.seq == 3);
}

static void bad_input_54_producers_and_numbers(void **state)
{
    struct fixture *f = *state;
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
        assert_string_equal(push(f), cases[i].result);
    }
    longest[64] = 'p';
    frame_delivery(&f->frame, longest, 1, fields, rows);
    assert_string_equal(push(f), "rejected");
}

static void bad_input_55_a_trust_speaks_only_for_itself(void **state)
{
    struct fixture *f = *state;
    const char *fields = "indicator unit period value";
    assert_refused(f, fields, "wait ous 2024-M01 1\n", "forbidden");
    assert_refused(f, fields, "wait hso 2024-M01 1\n", "forbidden");
    assert_refused(f, fields, "wait total 2024-M01 1\n", "unknown_unit");
    assert_string_equal(deliver(f, 1, fields, "wait ward 2024-M01 1\n"),
                        "accepted");
}

static void bad_input_56_indicators_that_may_not_be_reported(void **state)
{
    struct fixture *f = *state;
    const char *fields = "indicator unit period value";
    assert_refused(f, fields, "nosuch ahus 2024-M01 1\n", "unknown_indicator");
    assert_refused(f, fields, "grant ahus 2024 1\n", "forbidden");
    assert_refused(f, fields, "posts ahus 2025 1\n", "retired");
}

static void bad_input_57_and_58_numerators_and_denominators(void **state)
{
    struct fixture *f = *state;
    const char *fields = "indicator member unit period numerator denominator";
    assert_refused(f, fields, "letter som ahus 2024-T1 5 4\n", "inconsistent");
    assert_refused(f, fields, "letter som ahus 2024-T1 1 0\n", "inconsistent");
    assert_string_equal(deliver(f, 1, fields, "letter som ahus 2024-T1 0 0\n"),
                        "accepted");
}

static void a_rate_per_1000_is_held_against_its_value_and_bounds(void **state)
{
    struct fixture *f = *state;
    const char *fields = "indicator unit period value numerator denominator";
    assert_refused(f, fields, "beds ahus 2024 4.1 8 2000\n", "inconsistent");
    assert_refused(f, fields, "beds ahus 2024 10 20 2000\n", "range");
    assert_string_equal(deliver(f, 1, fields, "beds ahus 2024 4.0 8 2000\n"),
                        "accepted");
}

static void bad_input_60_periods_that_have_not_ended(void **state)
{
    struct fixture *f = *state;
    const char *fields = "indicator unit period value";
    assert_refused(f, fields, "wait ahus 2025-M03 1\n", "future");
    assert_refused(f, fields, "wait ahus 2125-M03 1\n", "future");
    assert_refused(f, fields, "plan ahus 2125-M03 1\n", "future");
    assert_string_equal(deliver(f, 1, fields, "plan ahus 2025-M12 1\n"),
                        "accepted");
}

static void bad_input_61_what_is_not_a_period(void **state)
{
    struct fixture *f = *state;
    const char *bad[] = {"1900",      "2023-02-29",     "2024-T4",
                         "2024-S3",   "2024-M13",       "2024-W53",
                         "2024-D366", "2023-D366",      "2024M01",
                         "2024-m01",  "2024-01-15/P1M", "2023-11-01/P4M"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char rows[64];
        (void)snprintf(rows, sizeof rows, "wait ahus %s 1\n", bad[i]);
        assert_refused(f, "indicator unit period value", rows, "period");
    }
}

static void bad_input_62_shorter_and_longer_periods(void **state)
{
    struct fixture *f = *state;
    const char *fields = "indicator unit period value";
    assert_refused(f, fields, "wait ahus 2024-06-30 1\n", "frequency");
    assert_string_equal(deliver(f, 1, fields,
                                "wait ahus 2024-T1 1\n"
                                "wait ahus 2024 1\n"
                                "wait ahus 2024-01-01/P11M 1\n"),
                        "accepted");
    /* longer than a tertial, though it cuts one; five months may hold none */
    assert_string_equal(deliver(f, 2, fields,
                                "letter ahus 2024-S1 1\n"
                                "letter ahus 2023-02-01/P11M 1\n"),
                        "accepted");
    assert_refused(f, fields, "letter ahus 2023-03-01/P5M 1\n", "frequency");
    assert_refused(f, fields, "letter ahus 2024-Q1 1\n", "frequency");
}

static void bad_input_39_a_negative_count_is_out_of_range(void **state)
{
    struct fixture *f = *state;
    const char *fields = "indicator unit period value";
    assert_refused(f, fields, "posts ahus 2024 -1\n", "range");
    assert_refused(f, fields, "posts ahus 2024 5.5\n", "range");
    assert_string_equal(deliver(f, 1, fields, "posts ahus 2024 5\n"),
                        "accepted");
}

static void bounds_hold_exactly_at_the_edge(void **state)
{
    struct fixture *f = *state;
    const char *fields = "indicator member unit period value";
    assert_string_equal(deliver(f, 1, fields, "letter som ahus 2024-T1 100\n"),
                        "accepted");
    assert_refused(f, fields, "letter som ahus 2024-T1 100.000001\n", "range");
    assert_refused(f, fields, "letter som ahus 2024-T1 -0.000001\n", "range");
    assert_refused(f, fields, "letter xxx ahus 2024-T1 1\n", "unknown_member");
}

static void bad_input_64_a_time_more_than_a_day_ahead_is_refused(void **state)
{
    struct fixture *f = *state;
    char rows[96];
    const char *fields = "indicator unit period value time";
    (void)snprintf(rows, sizeof rows, "wait ahus 2024-M01 1 %lld\n",
                   (long long)(f->clock.wall_ms + MV_MS_PER_DAY + 1));
    assert_refused(f, fields, rows, "future");
    (void)snprintf(rows, sizeof rows, "wait ahus 2024-M01 1 %lld\n",
                   (long long)(f->clock.wall_ms + MV_MS_PER_DAY));
    assert_string_equal(deliver(f, 1, fields, rows), "accepted");
}

static void all_conflicts_of_all_rows_are_named_at_once(void **state)
{
    struct fixture *f = *state;
    assert_string_equal(deliver(f, 1, "indicator unit period value",
                                "wait ous 2024-M01 1\n"
                                "wait ahus 2024-M02 1\n"
                                "nosuch ahus 2024-M01 1\n"
                                "wait ahus 2024-Q9 -1\n"),
                        "rejected");
    assert_string_equal(conflict(f, 0), "forbidden");
    assert_string_equal(conflict(f, 1), "unknown_indicator");
    assert_string_equal(conflict(f, 2), "period");
    assert_string_equal(conflict(f, 3), "range");
    assert_string_equal(conflict(f, 4), "none");
    assert_true(f->answer.catalogue == 2);
}

static void each_missed_day_is_one_clock_record(void **state)
{
    struct fixture *f = *state;
    assert_true(head(f) == 2);
    f->clock.wall_ms += 3 * MV_MS_PER_DAY;
    f->clock.boot_ms += 3 * MV_MS_PER_DAY;
    (void)deliver(f, 1, "indicator unit period value",
                  "wait ahus 2024-M01 1\n");
    assert_true(head(f) == 6 && f->answer.seq == 6);
    assert_true(f->book.committed.today == mv_clock_day(f->clock.wall_ms));
}

static void bad_input_104_a_jumped_clock_is_answered_retry(void **state)
{
    struct fixture *f = *state;
    f->clock.wall_ms += 3650 * MV_MS_PER_DAY;
    assert_string_equal(
        deliver(f, 1, "indicator unit period value", "wait ahus 2024-M01 1\n"),
        "retry");
    assert_true(mv_span_is(f->answer.reason, "clock"));
    assert_true(head(f) == 2);
}

static void bad_input_68_above_the_quota_is_retry_with_a_delay(void **state)
{
    struct fixture *f = *state;
    f->desk.quota = ingest_quota_open(2, 0);
    const char *fields = "indicator unit period value";
    assert_string_equal(deliver(f, 1, fields,
                                "wait ahus 2024-M01 1\n"
                                "wait ahus 2024-M02 1\n"),
                        "accepted");
    assert_string_equal(deliver(f, 2, fields, "wait ahus 2024-M03 1\n"),
                        "retry");
    assert_true(mv_span_is(f->answer.reason, "quota"));
    assert_true(f->answer.after_ms > 0 && f->answer.after_ms <= 1000);
    f->clock.mono_ms += (int64_t)f->answer.after_ms;
    assert_string_equal(deliver(f, 2, fields, "wait ahus 2024-M03 1\n"),
                        "accepted");
    ingest_quota_close(f->desk.quota);
    f->desk.quota = NULL;
}

static void a_wrong_catalogue_changes_nothing_and_names_the_line(void **state)
{
    struct fixture *f = *state;
    uint64_t before = head(f);
    assert_string_equal(
        apply_catalogue(f, 2, "targets:\n  - {id: t1, yeer: 2024}\n"),
        "rejected");
    assert_string_equal(conflict(f, 0), "catalogue");
    assert_true(head(f) == before);
    assert_string_equal(
        deliver(f, 1, "indicator unit period value", "wait ahus 2024-M01 1\n"),
        "accepted");
}

static void a_key_of_an_unknown_unit_may_report_nothing(void **state)
{
    static const char *const strangers[] = {"", "nowhere"};
    struct fixture *f = *state;
    const char *fields = "indicator unit period value";
    for (size_t i = 0; i < 2; i++) {
        (void)snprintf(f->key.unit, sizeof f->key.unit, "%s", strangers[i]);
        assert_refused(f, fields, "wait ahus 2024-M01 1\n", "forbidden");
        assert_refused(f, fields, "grant hso 2024 1\n", "forbidden");
    }
}

static void a_catalogue_larger_than_a_record_is_refused(void **state)
{
    struct fixture *f = *state;
    struct mv_key steward = {.name = "kari", .roles = MV_ROLE_STEWARD};
    uint64_t before = head(f);
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
    mv_pack_kv_cstr(&f->frame, "units.yaml", units);
    mv_pack_kv_cstr(&f->frame, "indicators.yaml", indicators);
    mv_pack_kv_cstr(&f->frame, "targets.yaml", targets);
    mv_pack_kv_text(&f->frame, "other.yaml", mv_span(text, size));
    free(text);
    mv_store_begin(f->store);
    ingest_catalogue(&f->desk, &steward, mv_buf_span(&f->frame), &f->clock,
                     &f->said);
    assert_string_equal(settle(f, true), "rejected");
    assert_string_equal(conflict(f, 0), "limits");
    assert_true(head(f) == before);
}

static void a_trial_stores_nothing(void **state)
{
    struct fixture *f = *state;
    struct mv_err err = {0};
    frame_delivery(&f->frame, "m", 1, "indicator unit period value",
                   "wait ahus 2024-M01 1\n");
    assert_int_equal(mv_store_read_begin(f->store, &err), MV_OK);
    ingest_try(&f->desk, &f->key, mv_buf_span(&f->frame), &f->clock, &f->said);
    assert_int_equal(mv_store_read_end(f->store, &err), MV_OK);
    assert_int_equal(f->said.outcome, MV_OUTCOME_ACCEPTED);
    assert_true(head(f) == 2);
    assert_string_equal(push(f), "accepted");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, make, drop)
    const struct CMUnitTest tests[] = {
        T(an_accepted_delivery_is_in_the_journal_with_its_chain),
        T(bad_input_49_the_same_delivery_again_is_a_duplicate),
        T(a_repeat_within_one_transaction_is_a_duplicate),
        T(bad_input_51_a_number_used_for_other_content_is_refused),
        T(bad_input_52_numbers_are_each_trusts_own),
        T(bad_input_53_a_repeat_after_a_restart_is_a_duplicate),
        T(an_aborted_transaction_leaves_nothing_behind),
        T(bad_input_54_producers_and_numbers),
        T(bad_input_55_a_trust_speaks_only_for_itself),
        T(bad_input_56_indicators_that_may_not_be_reported),
        T(bad_input_57_and_58_numerators_and_denominators),
        T(a_rate_per_1000_is_held_against_its_value_and_bounds),
        T(bad_input_60_periods_that_have_not_ended),
        T(bad_input_61_what_is_not_a_period),
        T(bad_input_62_shorter_and_longer_periods),
        T(bad_input_39_a_negative_count_is_out_of_range),
        T(bounds_hold_exactly_at_the_edge),
        T(bad_input_64_a_time_more_than_a_day_ahead_is_refused),
        T(all_conflicts_of_all_rows_are_named_at_once),
        T(each_missed_day_is_one_clock_record),
        T(bad_input_104_a_jumped_clock_is_answered_retry),
        T(bad_input_68_above_the_quota_is_retry_with_a_delay),
        T(a_wrong_catalogue_changes_nothing_and_names_the_line),
        T(a_key_of_an_unknown_unit_may_report_nothing),
        T(a_catalogue_larger_than_a_record_is_refused),
        T(a_trial_stores_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
