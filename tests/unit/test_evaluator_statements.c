/* What persons state: who decides, what is held, which years are closed. */
#include <string.h>

#include "proto/pack.h"
#include "proto/walk.h"
#include "services/evaluator/send.h"
#include "services/evaluator/verbs.h"
#include "tests/support/asking.h"
#include "tests/support/evaluating.h"

#define T(text) mv_span_text(text)

static const char targets[] =
    "targets:\n"
    "  - {id: beds, year: 2024, indicator: senger, text: Senger,\n"
    "     scope: [region, trust], require: [value >= 100]}\n"
    "  - {id: said, year: 2024, text: Vurderes, scope: [region]}\n";
static const char tasks[] =
    "commissions:\n"
    "  - {id: c1, year: 2024, text: Rapport, for: [hso],\n"
    "     due: [{on: 2024-03-01, moved: 2024-03-10}, {on: 2024-03-05}]}\n";

static int begin(void **state)
{
    int rc = setup(state);
    struct fixture *f = *state;
    f->j.commissions = tasks;
    test_journal_catalogue(&f->j, NULL, NULL, targets);
    test_world_run(&f->w, &f->j, 0, 10);
    mv_log_head(f->w.changes, &f->told, NULL);
    return rc;
}

static void assess(struct fixture *f, const char *status, const char *until)
{
    struct mv_statement s = {.kind = MV_STATEMENT_ASSESSMENT,
                             .target = T("said"),
                             .unit = T("hso"),
                             .year = 2024,
                             .status = T(status)};
    if (until != NULL)
        s.until = T(until);
    test_journal_statement(&f->j, s);
}

static void hold(struct fixture *f, mv_statement_kind kind, const char *unit,
                 const char *until)
{
    struct mv_statement s = {
        .kind = kind, .indicator = T("senger"), .unit = T(unit)};
    if (until != NULL)
        s.until = T(until);
    test_journal_statement(&f->j, s);
}

static void meet(struct fixture *f, mv_statement_kind kind, const char *due,
                 const char *on)
{
    struct mv_statement s = {.kind = kind,
                             .commission = T("c1"),
                             .unit = T("hso"),
                             .year = 2024,
                             .due = T(due)};
    if (on != NULL)
        s.on = T(on);
    test_journal_statement(&f->j, s);
}

static void an_assessment_colours_what_figures_do_not(void **state)
{
    struct fixture *f = *state;
    assess(f, "red", NULL);
    expect(f, "assessment 4 said 2024 hso none not_assessed -> red (2)\n");
    assess(f, "none", NULL);
    expect(
        f,
        "assessment 5 said 2024 hso red -> none not_assessed last red (3)\n");
    assess(f, "red", "2024-02-02");
    expect(
        f,
        "assessment 6 said 2024 hso none not_assessed -> red last red (4)\n");
    test_journal_day(&f->j, "2024-02-02");
    expect(f, "");
    test_journal_day(&f->j, "2024-02-03");
    expect(f, "clock 8 said 2024 hso red -> none not_assessed last red (5)\n");
}

static void what_ended_does_not_come_back(void **state)
{
    struct fixture *f = *state;
    assess(f, "green", NULL);
    assess(f, "red", "2024-02-01");
    test_journal_day(&f->j, "2024-03-01");
    test_world_run(&f->w, &f->j, 0, 10);
    test_world_changes(&f->w, f->told + 1, &f->text);
    assert_non_null(strstr(mv_buf_cstr(&f->text),
                           "said 2024 hso red -> none not_assessed"));
}

static void
under_a_hold_the_colour_stays_and_its_end_is_one_change(void **state)
{
    struct fixture *f = *state;
    test_journal_delivery(&f->j, "senger - ahus 2024 90");
    expect(f, "figure 4.1 beds 2024 hso none not_due -> red (2) "
              "[90 100 -10]\n"
              "figure 4.1 beds 2024 ahus none not_due -> red (2) "
              "[90 100 -10]\n");
    hold(f, MV_STATEMENT_HOLD, "ahus", NULL);
    test_journal_delivery(&f->j, "senger - ahus 2024 120");
    test_journal_delivery(&f->j, "senger - ahus 2024 80");
    expect(f, "");
    hold(f, MV_STATEMENT_RELEASE, "ahus", NULL); /* red all the while */
    expect(f, "");
    hold(f, MV_STATEMENT_HOLD, "hso", "2024-02-02");
    test_journal_delivery(&f->j, "senger - ahus 2024 130");
    test_journal_day(&f->j, "2024-02-02");
    expect(f, "");
    test_journal_day(&f->j, "2024-02-03");
    expect(f,
           "hold 12 beds 2024 hso red -> green last red (3) [130 100 30]\n"
           "hold 12 beds 2024 ahus red -> green last red (3) [130 100 30]\n");
}

static void a_hold_ends_with_its_day_after_a_restart_too(void **state)
{
    struct fixture *f = *state;
    test_journal_delivery(&f->j, "senger - ahus 2024 120");
    hold(f, MV_STATEMENT_HOLD, "ahus", "2024-02-02");
    test_journal_delivery(&f->j, "senger - ahus 2024 80");
    test_world_run(&f->w, &f->j, 0, 10);
    mv_log_head(f->w.changes, &f->told, NULL);
    test_world_stop(&f->w);
    assert_int_equal(test_world_start(&f->w, NULL), MV_OK);
    test_journal_day(&f->j, "2024-02-03");
    expect(f,
           "hold 7 beds 2024 hso green -> red last green (3) [80 100 -20]\n"
           "hold 7 beds 2024 ahus green -> red last green (3) [80 100 -20]\n");
}

static void a_first_red_waits_until_the_hold_ends(void **state)
{
    struct fixture *f = *state;
    static const char more[] =
        "targets:\n"
        "  - {id: beds, year: 2024, indicator: senger, text: Senger,\n"
        "     scope: [region, trust], require: [value >= 100]}\n"
        "  - {id: less, year: 2024, indicator: senger, text: Senger,\n"
        "     scope: [trust], require: [value >= 100]}\n"
        "  - {id: some, year: 2024, indicator: senger, text: Senger,\n"
        "     scope: [trust], require: [value >= 90]}\n"
        "  - {id: said, year: 2024, text: Vurderes, scope: [region]}\n";
    hold(f, MV_STATEMENT_HOLD, "ahus", NULL);
    test_journal_delivery(&f->j, "senger - ahus 2024 90");
    expect(f, "");
    test_journal_catalogue(&f->j, NULL, NULL, more);
    expect(f, "catalogue 6 less 2024 ahus new -> none not_assessed (1) "
              "[90 100 -10]\n"
              "catalogue 6 less 2024 ous new -> none not_due (1)\n"
              "catalogue 6 some 2024 ahus new -> green (1) [90 90 0]\n"
              "catalogue 6 some 2024 ous new -> none not_due (1)\n");
    test_journal_delivery(&f->j, "senger - ahus 2024 80");
    expect(f, "");
    hold(f, MV_STATEMENT_RELEASE, "ahus", NULL);
    expect(f, "hold 8 beds 2024 hso none not_due -> red (2) [80 100 -20]\n"
              "hold 8 beds 2024 ahus none not_due -> red (2) [80 100 -20]\n"
              "hold 8 less 2024 ahus none not_assessed -> red (2) "
              "[80 100 -20]\n"
              "hold 8 some 2024 ahus green -> red last green (2) "
              "[80 90 -10]\n");
}

static void what_is_only_aimed_at_neither_holds_nor_is_a_cause(void **state)
{
    struct fixture *f = *state;
    static const char more[] =
        "targets:\n"
        "  - {id: wait, year: 2024, text: Ventetid, scope: [trust],\n"
        "     require: ['\"ventetid/som\" < 50 days'],\n"
        "     aim: ['\"senger\" >= 100']}\n";
    test_journal_catalogue(&f->j, NULL, NULL, more);
    expect(f, "catalogue 4 wait 2024 ahus new -> none not_due (1)\n"
              "catalogue 4 wait 2024 ous new -> none not_due (1)\n");
    hold(f, MV_STATEMENT_HOLD, "ahus", NULL);
    test_journal_delivery(&f->j, "senger - ahus 2024 90\n"
                                 "ventetid som ahus 2024-M01 60");
    expect(f, "figure 6.2 wait 2024 ahus none not_due -> red (2) "
              "[60 50 -10]\n");
}

static void a_hold_outlives_a_restart_and_an_abort(void **state)
{
    struct fixture *f = *state;
    test_journal_delivery(&f->j, "senger - ahus 2024 90");
    hold(f, MV_STATEMENT_HOLD, "ahus", NULL);
    test_world_run(&f->w, &f->j, 0, 10);
    mv_log_head(f->w.changes, &f->told, NULL);
    test_world_stop(&f->w);
    assert_int_equal(test_world_start(&f->w, NULL), MV_OK);
    hold(f, MV_STATEMENT_RELEASE, "ahus", NULL);
    struct mv_record r = test_journal_record(&f->j, f->j.count);
    mv_store_begin(f->w.store);
    assert_int_equal(evaluator_apply(f->w.evaluator, &r, NULL), MV_OK);
    mv_store_abort(f->w.store);
    f->j.at[f->j.count - 1].content.len = 0; /* it never was */
    mv_buf_done(&f->j.at[--f->j.count].content);
    test_journal_delivery(&f->j, "senger - ahus 2024 120");
    expect(f, "");
}

static void due_dates_make_a_commission_red_late_or_green(void **state)
{
    struct fixture *f = *state;
    test_journal_day(&f->j, "2024-03-05");
    expect(f, "");
    test_journal_day(&f->j, "2024-03-06");
    expect(f, "clock 5 c1 2024 hso none not_due -> red (2)\n");
    meet(f, MV_STATEMENT_DELIVERED, "2024-03-05", "2024-03-05");
    expect(f, "delivered 6 c1 2024 hso red -> none not_due last red (3)\n");
    test_journal_day(&f->j, "2024-03-10");
    expect(f, "");
    meet(f, MV_STATEMENT_DELIVERED, "2024-03-01", NULL); /* moved to the 10th */
    expect(f, "delivered 8 c1 2024 hso none not_due -> green last red (4)\n");
    meet(f, MV_STATEMENT_CLOSED, "2024-03-05", NULL); /* on the 10th: late */
    expect(f, "closed 9 c1 2024 hso green -> yellow last green (5)\n");
}

static void a_date_is_met_by_the_last_that_names_it(void **state)
{
    struct fixture *f = *state;
    meet(f, MV_STATEMENT_DELIVERED, "2024-03-05", "2024-02-01");
    meet(f, MV_STATEMENT_DELIVERED, "2024-03-01", "2024-02-01");
    expect(f, "delivered 5 c1 2024 hso none not_due -> green (2)\n");
    test_journal_day(&f->j, "2024-03-20");
    meet(f, MV_STATEMENT_DELIVERED, "2024-03-10", NULL); /* as it was moved */
    expect(f, "delivered 7 c1 2024 hso green -> yellow last green (3)\n");
    meet(f, MV_STATEMENT_DELIVERED, "2024-03-01", "2024-03-09");
    expect(f, "delivered 8 c1 2024 hso yellow -> green last yellow (4)\n");
}

static void a_date_that_is_near_is_told_once_and_again_when_moved(void **state)
{
    struct fixture *f = *state;
    static const char near[] =
        "commissions:\n"
        "  - {id: c1, year: 2024, text: Rapport, for: [hso], remind: 5 d,\n"
        "     due: [{on: 2024-03-01}, {on: 2024-03-05}]}\n";
    static const char moved[] =
        "commissions:\n"
        "  - {id: c1, year: 2024, text: Rapport, for: [hso], remind: 5 d,\n"
        "     due: [{on: 2024-03-01, moved: 2024-03-03}, {on: 2024-03-05}]}\n";
    f->j.commissions = near;
    test_journal_catalogue(&f->j, NULL, NULL, targets);
    test_journal_day(&f->j, "2024-02-24");
    expect(f, "");
    test_journal_day(&f->j, "2024-02-25"); /* five days before */
    expect(f, "clock 6 c1 2024 hso none not_due -> none not_due (1) reminder "
              "2024-03-01\n");
    meet(f, MV_STATEMENT_DELIVERED, "2024-03-05", NULL);
    test_journal_day(&f->j, "2024-03-01"); /* told; the other one is met */
    expect(f, "");
    f->j.commissions = moved;
    test_journal_catalogue(&f->j, NULL, NULL, targets);
    expect(f, "catalogue 9 c1 2024 hso none not_due -> none not_due (1) "
              "reminder 2024-03-03\n");
    test_world_stop(&f->w);
    assert_int_equal(test_world_start(&f->w, NULL), MV_OK);
    test_journal_day(&f->j, "2024-03-02");
    expect(f, "");
}

/* A field of the changes that came of the last record. */
static bool last_says(struct fixture *f, const char *words)
{
    struct mv_record r;
    struct mv_err err = {0};
    uint64_t head;
    test_world_run(&f->w, &f->j, 0, 10);
    assert_int_equal(mv_store_read_begin(f->w.store, &err), MV_OK);
    mv_log_head(f->w.changes, &head, NULL);
    assert_int_equal(mv_log_read(f->w.changes, head, &r, &err), MV_OK);
    bool found =
        memmem(r.content.at, r.content.len, words, strlen(words)) != NULL;
    assert_int_equal(mv_store_read_end(f->w.store, &err), MV_OK);
    return found;
}

static void a_frozen_yearly_report_closes_the_year(void **state)
{
    struct fixture *f = *state;
    static const char closed[] = "\xa6"
                                 "closed\xc3";
    struct mv_statement s = {.kind = MV_STATEMENT_FREEZE,
                             .report = T("half-year"),
                             .year = 2024,
                             .unit = T("hso")};
    test_journal_statement(&f->j, s);
    test_journal_delivery(&f->j, "senger - ahus 2024 90");
    assert_false(last_says(f, closed));
    s.report = T("year");
    test_journal_statement(&f->j, s);
    test_journal_delivery(&f->j, "senger - ahus 2024 190");
    assert_true(last_says(f, closed));
}

/* The rows of a query without args hold these words. */
static bool rows_say(struct fixture *f, const char *verb, const char *words)
{
    struct test_answer a = {0};
    assert_int_equal(test_ask(&f->w, verb, "", &a), MV_OK);
    const struct mv_buf *rows = &a.page.rows;
    bool found = rows->len > 0 &&
                 memmem(rows->at, rows->len, words, strlen(words)) != NULL;
    test_answer_done(&a);
    return found;
}

static void a_query_shows_who_says_what_and_what_is_frozen(void **state)
{
    struct fixture *f = *state;
    assert_false(rows_say(f, "frozen", "Kari"));
    struct mv_statement s = {.kind = MV_STATEMENT_FREEZE,
                             .report = T("half-year"),
                             .year = 2024,
                             .unit = T("hso")};
    test_journal_statement(&f->j, s);
    assess(f, "red", "2024-06-30");
    hold(f, MV_STATEMENT_HOLD, "ahus", NULL);
    test_world_run(&f->w, &f->j, 0, 10);
    assert_true(rows_say(f, "frozen", "\xa9half-year"));
    assert_true(rows_say(f, "frozen", "Kari"));
    assert_true(rows_say(f, "status",
                         "\xa2"
                         "by\xaa"
                         "assessment"));
    assert_true(rows_say(f, "status", "2024-06-30"));
    assert_true(rows_say(f, "status",
                         "\xa4"
                         "held\xc3"));
    assert_true(rows_say(f, "status",
                         "\xaa"
                         "commission\xa2"
                         "c1"));
    assert_true(rows_say(f, "verify",
                         "\xa5"
                         "sound\xc3"));
}

/* Who holds it, until when and why: of every status that a hold is about. */
static void assert_holds(struct fixture *f, const char *verb, const char *args,
                         uint32_t count, const char *unit, const char *until)
{
    struct test_answer a = {0};
    struct mv_span row, hold = mv_span(NULL, 0), text = hold, list;
    struct mv_list holds;
    assert_int_equal(test_ask(&f->w, verb, args, &a), MV_OK);
    bool there = mv_map_find(a.row[0], "holds", &list);
    assert_true(there == (count > 0));
    if (there) {
        assert_true(mv_list_open(&holds, list));
        assert_int_equal(holds.left, count);
        assert_true(mv_list_next(&holds, &hold));
        assert_true(mv_map_text(hold, "unit", &text));
        assert_true(mv_span_is(text, unit));
        assert_true(mv_map_text(hold, "author", &text));
        assert_true(mv_span_is(text, "Kari"));
        assert_true(mv_map_text(hold, "comment", &text));
        assert_true(mv_span_is(text, "Seen."));
        assert_true(mv_map_text(hold, "until", &text) == (until != NULL));
        assert_true(until == NULL || mv_span_is(text, until));
        assert_true(mv_map_find(hold, "seq", &row));
        assert_true(mv_map_find(hold, "time", &row));
    }
    test_answer_done(&a);
}

static void a_held_status_says_who_holds_it_until_when_and_why(void **state)
{
    struct fixture *f = *state;
    static const char ous[] = "target=beds unit=ous year=2024";
    static const char ahus[] = "target=beds unit=ahus year=2024";
    hold(f, MV_STATEMENT_HOLD, "ahus", "2024-06-30");
    test_world_run(&f->w, &f->j, 0, 10);
    assert_holds(f, "status", ahus, 1, "ahus", "2024-06-30");
    assert_holds(f, "explain", ahus, 1, "ahus", "2024-06-30");
    assert_holds(f, "status", ous, 0, NULL, NULL);
    assert_holds(f, "explain", ous, 0, NULL, NULL);
    hold(f, MV_STATEMENT_HOLD, "hso", NULL);
    test_world_run(&f->w, &f->j, 0, 10);
    assert_holds(f, "status", ahus, 2, "hso", NULL);
    assert_holds(f, "status", ous, 1, "hso", NULL);
    hold(f, MV_STATEMENT_RELEASE, "ahus", NULL);
    test_world_run(&f->w, &f->j, 0, 10);
    assert_holds(f, "explain", ahus, 1, "hso", NULL);
}

/* The kinds of the notes, one byte each, in the order of their keys. */
static const char *notes(struct fixture *f)
{
    static char kinds[64];
    struct mv_scan scan;
    struct mv_span key, value;
    size_t n = 0;
    assert_int_equal(mv_store_read_begin(f->w.store, NULL), MV_OK);
    mv_scan_open(&scan, f->w.store, f->w.evaluator->book.notes,
                 mv_span(NULL, 0));
    while (n + 1 < sizeof kinds && mv_scan_next(&scan, &key, &value))
        kinds[n++] = *(const char *)key.at;
    mv_scan_close(&scan);
    assert_int_equal(mv_store_read_end(f->w.store, NULL), MV_OK);
    kinds[n] = 0;
    return kinds;
}

/* Assessments a, holds h, dates told of r; with what ends, a row e each. */
static void what_ended_with_a_day_leaves_no_note(void **state)
{
    struct fixture *f = *state;
    f->j.commissions =
        "commissions:\n"
        "  - {id: c1, year: 2024, text: Rapport, for: [hso], remind: 5 d,\n"
        "     due: [{on: 2024-02-03}]}\n";
    test_journal_catalogue(&f->j, NULL, NULL, targets);
    assess(f, "red", "2024-02-02");
    hold(f, MV_STATEMENT_HOLD, "ahus", "2024-02-02");
    hold(f, MV_STATEMENT_HOLD, "hso", "2024-02-09");
    hold(f, MV_STATEMENT_HOLD, "hso", "2024-02-03"); /* the last one counts */
    hold(f, MV_STATEMENT_HOLD, "ous", NULL);
    test_world_run(&f->w, &f->j, 0, 10);
    assert_string_equal(notes(f), "aeeeehhhr");
    test_journal_day(&f->j, "2024-02-02");
    test_world_run(&f->w, &f->j, 0, 10);
    assert_string_equal(notes(f), "aeeeehhhr");
    test_journal_day(&f->j, "2024-02-03");
    test_world_run(&f->w, &f->j, 0, 10);
    assert_string_equal(notes(f), "eehhr");
    test_journal_day(&f->j, "2024-02-05"); /* a day was missed */
    test_world_run(&f->w, &f->j, 0, 10);
    assert_string_equal(notes(f), "h");
    hold(f, MV_STATEMENT_RELEASE, "ous", NULL);
    test_world_run(&f->w, &f->j, 0, 10);
    assert_string_equal(notes(f), "");
}

/* The day need not be another for a hold to have ended. */
static void what_ended_with_a_day_is_held_in_memory_no_more(void **state)
{
    struct fixture *f = *state;
    const struct evaluator_holds *h = &f->w.evaluator->holds;
    hold(f, MV_STATEMENT_HOLD, "ahus", "2024-01-31");
    assess(f, "red", NULL);
    test_world_run(&f->w, &f->j, 0, 10);
    assert_int_equal(h->count, 1);
    test_journal_day(&f->j, "2024-02-01"); /* as it is */
    test_world_run(&f->w, &f->j, 0, 10);
    assert_null(strchr(notes(f), 'h'));
    assert_int_equal(h->count, 0);
}

static void verify_finds_a_near_date_that_was_not_told_of(void **state)
{
    struct fixture *f = *state;
    struct evaluator *e = f->w.evaluator;
    f->j.commissions =
        "commissions:\n"
        "  - {id: c1, year: 2024, text: Rapport, for: [hso], remind: 5 d,\n"
        "     due: [{on: 2024-02-01, moved: 2024-02-03}]}\n";
    test_journal_catalogue(&f->j, NULL, NULL, targets);
    test_world_run(&f->w, &f->j, 0, 10);
    assert_true(rows_say(f, "verify",
                         "\xa5"
                         "sound\xc3"));
    const struct mv_catalogue *c = e->force.now.catalogue;
    struct evaluator_subject s = evaluator_commission_subject(c, 0, 0);
    struct evaluator_note_key key =
        evaluator_key_reminded(&s, c->commissions[0].due[0].on);
    mv_store_begin(f->w.store);
    evaluator_note_del(&e->book, &key);
    assert_int_equal(mv_store_commit(f->w.store, NULL), MV_OK);
    assert_true(rows_say(f, "verify", "c1 2024 of hso: 2024-02-03 is near"));
}

static void both_are_shown(void **state)
{
    struct fixture *f = *state;
    struct evaluator_status said;
    struct evaluator_sent was = {.there = true};
    struct mv_err err = {0};
    assess(f, "yellow", NULL);
    test_world_run(&f->w, &f->j, 0, 10);
    const struct mv_catalogue *c = f->w.evaluator->force.now.catalogue;
    const struct mv_target *t = mv_catalogue_target(c, T("said"), 2024);
    assert_int_equal(mv_store_read_begin(f->w.store, &err), MV_OK);
    evaluator_judge(f->w.evaluator, t->index, 0, &was, &said);
    assert_true(said.by_assessment && said.assessed);
    assert_int_equal(said.status, MV_STATUS_YELLOW);
    assert_int_equal(said.own_reason, MV_REASON_NOT_ASSESSED);
    assert_true(mv_span_is(said.assessment.author, "Kari") &&
                mv_span_is(said.assessment.comment, "Seen."));
    assert_int_equal(mv_store_read_end(f->w.store, &err), MV_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_assessment_colours_what_figures_do_not),
        TEST(what_ended_does_not_come_back),
        TEST(under_a_hold_the_colour_stays_and_its_end_is_one_change),
        TEST(a_hold_ends_with_its_day_after_a_restart_too),
        TEST(a_first_red_waits_until_the_hold_ends),
        TEST(what_is_only_aimed_at_neither_holds_nor_is_a_cause),
        TEST(a_hold_outlives_a_restart_and_an_abort),
        TEST(due_dates_make_a_commission_red_late_or_green),
        TEST(a_date_is_met_by_the_last_that_names_it),
        TEST(a_date_that_is_near_is_told_once_and_again_when_moved),
        TEST(a_frozen_yearly_report_closes_the_year),
        TEST(a_query_shows_who_says_what_and_what_is_frozen),
        TEST(a_held_status_says_who_holds_it_until_when_and_why),
        TEST(what_ended_with_a_day_leaves_no_note),
        TEST(what_ended_with_a_day_is_held_in_memory_no_more),
        TEST(verify_finds_a_near_date_that_was_not_told_of),
        TEST(both_are_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
