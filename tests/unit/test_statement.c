/* What a person states: read, held against the catalogue, stored once. */
#include <string.h>

#include "proto/walk.h"
#include "services/ingest/statement.h"
#include "tests/support/frames.h"
#include "tests/support/ingested.h"
#include "tests/support/unit.h"

static const char commissions[] =
    "commissions:\n"
    "  - {id: c1, year: 2024, text: C, for: [hso], due:\n"
    "     [{on: 2024-10-15, moved: 2024-12-01}, {on: 2025-06-01}]}\n";

static const struct mv_key assessor = {.name = "kari",
                                       .roles = MV_ROLE_ASSESSOR};

static int make(void **state)
{
    int rc = ingested_make(state);
    struct ingested *f = *state;
    struct mv_key steward = {.name = "kari", .roles = MV_ROLE_STEWARD};
    frame_commissions(&f->frame, "git", 2, ingested_units, ingested_indicators,
                      ingested_targets, commissions);
    mv_store_begin(f->store);
    ingest_catalogue(&f->desk, &steward, mv_buf_span(&f->frame), &f->clock,
                     &f->said);
    assert_string_equal(ingested_settle(f, true), "accepted");
    f->key = assessor;
    return rc;
}

static struct mv_statement statement(mv_statement_kind kind, uint64_t number)
{
    struct mv_statement s = {
        .kind = kind,
        .producer = mv_span_text("desk"),
        .number = number,
        .year = 2024,
        .unit = mv_span_text("ahus"),
        .comment = mv_span_text("Seen on site."),
        .author = mv_span_text("Kari"),
    };
    if (kind == MV_STATEMENT_ASSESSMENT) {
        s.target = mv_span_text("t1");
        s.status = mv_span_text("yellow");
    } else if (kind == MV_STATEMENT_FREEZE) {
        s.report = mv_span_text("year");
    } else if (kind == MV_STATEMENT_HOLD || kind == MV_STATEMENT_RELEASE) {
        s.indicator = mv_span_text("wait");
        s.year = 0;
    } else {
        s.commission = mv_span_text("c1");
        s.unit = mv_span_text("hso");
        s.due = mv_span_text("2024-10-15");
    }
    return s;
}

static const char *state_it(struct ingested *f, const struct mv_statement *s)
{
    mv_buf_clear(&f->frame);
    mv_statement_write(s, &f->frame);
    return ingested_push(f);
}

static void refuses(struct ingested *f, const struct mv_statement *s,
                    const char *code)
{
    uint64_t before = ingested_head(f);
    assert_string_equal(state_it(f, s), "rejected");
    if (strcmp(ingested_conflict(f, 0), code) != 0)
        fail_msg("%s, wanted %s", ingested_conflict(f, 0), code);
    assert_true(ingested_head(f) == before);
}

static void each_kind_is_stored_as_it_was_written(void **state)
{
    struct ingested *f = *state;
    struct mv_err err = {0};
    struct mv_record r;
    for (int kind = 0; kind < MV_STATEMENT_KINDS; kind++) {
        struct mv_statement s, back;
        struct mv_fault fault = {0};
        s = statement((mv_statement_kind)kind, 10 + (uint64_t)kind);
        assert_string_equal(state_it(f, &s), "accepted");
        assert_int_equal(f->answer.rows, 1);
        assert_true(mv_span_is(f->answer.producer, "desk") &&
                    f->answer.number == s.number);
        assert_int_equal(mv_store_read_begin(f->store, &err), MV_OK);
        assert_int_equal(mv_log_read(f->journal, f->answer.seq, &r, &err),
                         MV_OK);
        assert_string_equal(r.key_name, "kari");
        assert_true(mv_span_equal(r.content, mv_buf_span(&f->frame)));
        assert_true(mv_statement_read(r.content, &back, &fault));
        assert_true(back.kind == s.kind && back.year == s.year);
        assert_true(mv_span_equal(back.comment, s.comment));
        assert_int_equal(mv_store_read_end(f->store, &err), MV_OK);
    }
}

static void what_was_sent_stands_in_the_sentence(void **state)
{
    struct ingested *f = *state;
    struct mv_list list;
    struct mv_span item, said = {0};
    struct mv_statement s = statement(MV_STATEMENT_ASSESSMENT, 7);
    s.status = mv_span_text("blue");
    refuses(f, &s, "word");
    assert_true(mv_list_open(&list, f->answer.conflicts) &&
                mv_list_next(&list, &item) && mv_map_text(item, "text", &said));
    if (!mv_span_is(said, "status blue is not one of: green yellow red none"))
        fail_msg("%.*s", (int)said.len, (const char *)said.at);
}

static void the_same_statement_again_is_a_duplicate(void **state)
{
    struct ingested *f = *state;
    struct mv_statement s = statement(MV_STATEMENT_HOLD, 7);
    assert_string_equal(state_it(f, &s), "accepted");
    uint64_t seq = f->answer.seq;
    assert_string_equal(state_it(f, &s), "duplicate");
    assert_true(f->answer.seq == seq);
    s.comment = mv_span_text("Another reason.");
    refuses(f, &s, "conflict");
}

static void a_trial_says_the_same_and_stores_nothing(void **state)
{
    struct ingested *f = *state;
    struct mv_err err = {0};
    struct mv_fault fault;
    struct mv_statement s = statement(MV_STATEMENT_ASSESSMENT, 7);
    uint64_t before = ingested_head(f);
    mv_buf_clear(&f->frame);
    mv_statement_write(&s, &f->frame);
    assert_int_equal(mv_store_read_begin(f->store, &err), MV_OK);
    ingest_try(&f->desk, &f->key, mv_buf_span(&f->frame), &f->clock, &f->said);
    assert_int_equal(mv_store_read_end(f->store, &err), MV_OK);
    assert_true(
        mv_msg_answer_decode(mv_buf_span(&f->said.answer), &f->answer, &fault));
    assert_true(mv_span_is(f->answer.result, "accepted") && !f->answer.has_seq);
    assert_true(ingested_head(f) == before);
}

static void only_an_assessor_states_and_only_a_producer_delivers(void **state)
{
    struct ingested *f = *state;
    struct mv_statement s = statement(MV_STATEMENT_ASSESSMENT, 7);
    f->key.roles = MV_ROLE_PRODUCER | MV_ROLE_STEWARD;
    refuses(f, &s, "not_allowed");
    f->key = assessor;
    assert_string_equal(ingested_deliver(f, 8, "indicator unit period value",
                                         "wait ahus 2024-M01 78.5\n"),
                        "rejected");
    assert_string_equal(ingested_conflict(f, 0), "not_allowed");
}

static void an_assessor_with_a_unit_states_of_that_and_below(void **state)
{
    struct ingested *f = *state;
    struct mv_statement s = statement(MV_STATEMENT_HOLD, 7);
    f->key = (struct mv_key){.name = "ahus-key",
                             .unit = "ahus",
                             .roles = MV_ROLE_ASSESSOR | MV_ROLE_PRODUCER};
    s.unit = mv_span_text("ous");
    refuses(f, &s, "forbidden");
    s.unit = mv_span_text("ward");
    assert_string_equal(state_it(f, &s), "accepted");
}

static void bad_input_55_56_what_is_not_in_the_catalogue_is_named(void **state)
{
    struct ingested *f = *state;
    struct mv_statement s = statement(MV_STATEMENT_ASSESSMENT, 7);
    s.target = mv_span_text("t9");
    refuses(f, &s, "unknown_target");
    s.target = mv_span_text("t1");
    s.year = 2023;
    refuses(f, &s, "unknown_target");
    s.year = 2024;
    s.unit = mv_span_text("hso"); /* of trusts only */
    refuses(f, &s, "inconsistent");
    s.unit = mv_span_text("total");
    refuses(f, &s, "unknown_unit");
    s = statement(MV_STATEMENT_CLOSED, 7);
    s.commission = mv_span_text("c9");
    refuses(f, &s, "unknown_commission");
    s = statement(MV_STATEMENT_CLOSED, 7);
    s.unit = mv_span_text("ahus");
    refuses(f, &s, "inconsistent");
    s = statement(MV_STATEMENT_RELEASE, 7);
    s.indicator = mv_span_text("weight");
    refuses(f, &s, "unknown_indicator");
}

static void a_statement_is_of_a_target_or_of_a_commission(void **state)
{
    struct ingested *f = *state;
    struct mv_statement s = statement(MV_STATEMENT_ASSESSMENT, 7);
    s.target = mv_span(NULL, 0);
    refuses(f, &s, "missing");
    s = statement(MV_STATEMENT_ASSESSMENT, 7);
    s.commission = mv_span_text("c1");
    s.unit = mv_span_text("hso");
    assert_string_equal(state_it(f, &s), "rejected");
    s.target = mv_span(NULL, 0);
    assert_string_equal(state_it(f, &s), "accepted");
}

static void a_due_date_is_named_as_first_given_or_as_moved(void **state)
{
    struct ingested *f = *state;
    struct mv_statement s = statement(MV_STATEMENT_DELIVERED, 7);
    s.due = mv_span_text("2024-12-01");
    assert_string_equal(state_it(f, &s), "accepted");
    s.number++;
    s.due = mv_span_text("2024-11-01");
    refuses(f, &s, "date");
    s.due = mv_span_text("2024-10-32");
    refuses(f, &s, "date");
    s.due = mv_span_text("2024-10-15");
    s.on = mv_span_text("2025-03-16"); /* today is the 15th */
    refuses(f, &s, "future");
    s.on = mv_span_text("2025-03-15");
    assert_string_equal(state_it(f, &s), "accepted");
}

static void days_that_passed_hold_nothing(void **state)
{
    struct ingested *f = *state;
    struct mv_statement s = statement(MV_STATEMENT_HOLD, 7);
    s.until = mv_span_text("2025-03-14");
    refuses(f, &s, "date");
    s.until = mv_span_text("2025-03-15");
    assert_string_equal(state_it(f, &s), "accepted");
}

/* Of a freeze of that report of 2024, stated on that day. */
static bool may_freeze(struct ingested *f, const char *report, const char *day)
{
    struct mv_conflicts conflicts = {0};
    struct mv_statement s = statement(MV_STATEMENT_FREEZE, 8);
    struct ingest_rules rules = ingest_rules_of(&f->book, &f->key, &f->clock);
    s.report = mv_span_text(report);
    assert_true(mv_day_parse(mv_span_text(day), &rules.today));
    ingest_statement_check(&rules, &s, &conflicts);
    bool may = conflicts.count == 0;
    mv_conflicts_done(&conflicts);
    return may;
}

static void a_report_is_frozen_when_its_time_is_over(void **state)
{
    struct ingested *f = *state;
    struct mv_statement s = statement(MV_STATEMENT_FREEZE, 8);
    s.year = 2025;
    refuses(f, &s, "future");
    s.report = mv_span_text("half-year");
    refuses(f, &s, "future");
    s.year = 2024;
    assert_string_equal(state_it(f, &s), "accepted");
    assert_false(may_freeze(f, "half-year", "2024-06-30"));
    assert_true(may_freeze(f, "half-year", "2024-07-01"));
    assert_false(may_freeze(f, "year", "2024-12-31"));
    assert_true(may_freeze(f, "year", "2025-01-01"));
    assert_true(may_freeze(f, "half-year", "2025-01-01"));
    assert_false(may_freeze(f, "half-year", "2023-12-31"));
}

/* The evaluator knows no other day: a hold through the clock's would have
 * passed, and a year that is over for it may be frozen. */
static void a_clock_accepted_behind_the_journal_is_not_its_day(void **state)
{
    struct ingested *f = *state;
    int32_t ahead, behind;
    assert_true(mv_day_parse(mv_span_text("2025-03-15"), &ahead));
    assert_true(mv_day_parse(mv_span_text("2024-11-15"), &behind));
    f->clock.wall_ms -= (ahead - behind) * MV_MS_PER_DAY;
    struct mv_statement s = statement(MV_STATEMENT_HOLD, 7);
    assert_string_equal(state_it(f, &s), "retry");
    assert_true(mv_clock_accept(&f->book.now.trust, &f->clock, behind));
    s.until = mv_span_text("2024-12-01");
    refuses(f, &s, "date");
    s = statement(MV_STATEMENT_DELIVERED, 8);
    s.on = mv_span_text("2025-03-15");
    assert_string_equal(state_it(f, &s), "accepted");
    s = statement(MV_STATEMENT_FREEZE, 9);
    assert_string_equal(state_it(f, &s), "accepted");
    assert_true(f->book.committed.today == ahead);
}

static void who_says_so_and_why_is_asked_for(void **state)
{
    struct ingested *f = *state;
    static const mv_statement_kind acted_on[] = {
        MV_STATEMENT_CLOSED, MV_STATEMENT_HOLD, MV_STATEMENT_FREEZE};
    struct mv_statement s;
    for (size_t i = 0; i < sizeof acted_on / sizeof acted_on[0]; i++) {
        s = statement(acted_on[i], 7);
        s.report = mv_span_text("half-year");
        s.author = s.comment = mv_span_text("");
        refuses(f, &s, "length");
        assert_string_equal(ingested_conflict(f, 1), "length");
    }
    s = statement(MV_STATEMENT_ASSESSMENT, 7);
    s.comment = mv_span_text("");
    assert_string_equal(state_it(f, &s), "accepted");
}

static void all_that_is_wrong_is_named_at_once(void **state)
{
    struct ingested *f = *state;
    struct mv_statement s = statement(MV_STATEMENT_ASSESSMENT, 7);
    s.target = mv_span_text("t9");
    s.unit = mv_span_text("total");
    s.until = mv_span_text("2025-02-29");
    s.author = mv_span_text("");
    refuses(f, &s, "unknown_unit");
    assert_string_equal(ingested_conflict(f, 1), "unknown_target");
    assert_string_equal(ingested_conflict(f, 2), "date");
    assert_string_equal(ingested_conflict(f, 3), "length");
    assert_string_equal(ingested_conflict(f, 4), "none");
}

static void a_broken_statement_is_answered_with_its_number(void **state)
{
    struct ingested *f = *state;
    struct mv_statement s = statement(MV_STATEMENT_ASSESSMENT, 77);
    s.status = mv_span_text("blue");
    refuses(f, &s, "word");
    assert_true(f->answer.has_number && f->answer.number == 77);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, ingested_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_kind_is_stored_as_it_was_written),
        TEST(what_was_sent_stands_in_the_sentence),
        TEST(the_same_statement_again_is_a_duplicate),
        TEST(a_trial_says_the_same_and_stores_nothing),
        TEST(only_an_assessor_states_and_only_a_producer_delivers),
        TEST(an_assessor_with_a_unit_states_of_that_and_below),
        TEST(bad_input_55_56_what_is_not_in_the_catalogue_is_named),
        TEST(a_statement_is_of_a_target_or_of_a_commission),
        TEST(a_due_date_is_named_as_first_given_or_as_moved),
        TEST(days_that_passed_hold_nothing),
        TEST(a_report_is_frozen_when_its_time_is_over),
        TEST(a_clock_accepted_behind_the_journal_is_not_its_day),
        TEST(who_says_so_and_why_is_asked_for),
        TEST(all_that_is_wrong_is_named_at_once),
        TEST(a_broken_statement_is_answered_with_its_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
