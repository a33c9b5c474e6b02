/* Dates that draw near, what ends with a day, and what stays of a statement. */
#include <stdio.h>
#include <string.h>

#include "services/evaluator/rebuild.h"
#include "services/evaluator/send.h"
#include "services/evaluator/verbs.h"
#include "tests/support/evaluating.h"

#define T(text) mv_span_text(text)

static const char targets[] =
    "targets:\n"
    "  - {id: beds, year: 2024, indicator: senger, text: Senger,\n"
    "     scope: [trust], require: [value >= 100]}\n"
    "  - {id: said, year: 2024, text: Vurderes, scope: [region]}\n";

static int begin(void **state)
{
    int rc = setup(state);
    struct fixture *f = *state;
    test_journal_catalogue(&f->j, NULL, NULL, targets);
    test_world_run(&f->w, &f->j, 0, 10);
    mv_log_head(f->w.changes, &f->told, NULL);
    return rc;
}

static void tasks(struct fixture *f, const char *commissions)
{
    f->j.commissions = commissions;
    test_journal_catalogue(&f->j, NULL, NULL, targets);
    f->j.commissions = NULL;
}

static const char one[] =
    "commissions:\n"
    "  - {id: c1, year: 2024, text: R, for: [hso], remind: 5 d,\n"
    "     due: [{on: 2024-03-01}]}\n";
static const char two[] =
    "commissions:\n"
    "  - {id: c1, year: 2024, text: R, for: [hso, ahus], remind: 5 d,\n"
    "     due: [{on: 2024-03-01}, {on: 2024-03-05}]}\n"
    "  - {id: c2, year: 2024, text: R, for: [hso], due: [{on: 2024-03-01}]}\n"
    "  - {id: c3, year: 2024, text: R, for: [ahus, ous], remind: 4 d,\n"
    "     due: [{on: 2024-03-02}]}\n";

/* How many of the changes since the last look are reminders. */
static unsigned reminders(struct fixture *f)
{
    unsigned n = 0;
    test_world_run(&f->w, &f->j, 0, 10);
    test_world_changes(&f->w, f->told + 1, &f->text);
    mv_log_head(f->w.changes, &f->told, NULL);
    for (const char *at = mv_buf_cstr(&f->text);
         (at = strstr(at, " reminder ")) != NULL; at++)
        n++;
    return n;
}

static void on_its_last_day_a_date_is_told_and_not_after(void **state)
{
    struct fixture *f = *state;
    test_journal_day(&f->j, "2024-03-01");
    tasks(f, one);
    assert_int_equal(reminders(f), 1);
    tasks(f, "commissions:\n"
             "  - {id: c1, year: 2024, text: R, for: [hso], remind: 5 d,\n"
             "     due: [{on: 2024-02-29}]}\n");
    assert_int_equal(reminders(f), 0);
}

static void every_task_is_told_to_each_of_its_units(void **state)
{
    struct fixture *f = *state;
    tasks(f, two);
    test_journal_day(&f->j, "2024-02-26");
    assert_int_equal(reminders(f), 2); /* c1's first date, both units */
    test_journal_day(&f->j, "2024-02-27");
    assert_int_equal(reminders(f), 2); /* c3's */
    test_journal_day(&f->j, "2024-02-28");
    assert_int_equal(reminders(f), 0);
    test_journal_day(&f->j, "2024-02-29");
    assert_int_equal(reminders(f), 2); /* c1's second */
}

static void hold(struct fixture *f, const char *indicator, const char *unit,
                 const char *until)
{
    test_journal_statement(&f->j,
                           (struct mv_statement){.kind = MV_STATEMENT_HOLD,
                                                 .indicator = T(indicator),
                                                 .unit = T(unit),
                                                 .until = T(until)});
}

static void assess(struct fixture *f, const char *commission,
                   const char *status, const char *until)
{
    struct mv_statement s = {.kind = MV_STATEMENT_ASSESSMENT,
                             .unit = T("hso"),
                             .year = 2024,
                             .status = T(status)};
    if (commission != NULL)
        s.commission = T(commission);
    else
        s.target = T("said");
    if (until != NULL)
        s.until = T(until);
    test_journal_statement(&f->j, s);
}

/* All records once more, on the other side. */
static void rebuild(struct fixture *f)
{
    struct evaluator_rebuild *r;
    test_world_stop(&f->w);
    assert_int_equal(test_world_store(&f->w, NULL), MV_OK);
    const struct evaluator_options o = {
        .store = f->w.store, .changes = f->w.changes, .cache_bytes = 1 << 20};
    assert_int_equal(evaluator_rebuild_open(&r, &o, NULL), MV_OK);
    mv_store_begin(f->w.store);
    for (uint64_t seq = 1; seq <= f->j.count; seq++) {
        struct mv_record record = test_journal_record(&f->j, seq);
        assert_int_equal(evaluator_rebuild_apply(r, &record, NULL), MV_OK);
    }
    assert_int_equal(mv_store_commit(f->w.store, NULL), MV_OK);
    assert_int_equal(evaluator_rebuild_finish(r, false, NULL, NULL, NULL),
                     MV_OK);
    evaluator_rebuild_close(r);
    test_world_stop(&f->w);
    assert_int_equal(test_world_start(&f->w, NULL), MV_OK);
}

static void a_rebuild_reminds_of_nothing_and_forgets_nothing(void **state)
{
    struct fixture *f = *state;
    tasks(f, two);
    test_journal_delivery(&f->j, "senger - ahus 2024 90\n"
                                 "senger - ous 2024 90\n");
    hold(f, "senger", "ahus", "2024-02-20");
    test_journal_delivery(&f->j, "senger - ahus 2024 120\n");
    assess(f, NULL, "red", "2024-02-20");
    test_journal_day(&f->j, "2024-02-21");
    assess(f, NULL, "yellow", NULL);
    test_journal_day(&f->j, "2024-02-26");
    assert_int_equal(reminders(f), 2);
    rebuild(f);
    expect(f, "");
    test_journal_day(&f->j, "2024-02-27");
    assert_int_equal(reminders(f), 2); /* c3's alone */
}

static void each_hold_that_ends_with_a_day_is_one_change(void **state)
{
    struct fixture *f = *state;
    tasks(f, one);
    test_journal_delivery(&f->j, "senger - ahus 2024 90\n"
                                 "senger - ous 2024 90\n");
    hold(f, "senger", "ahus", "2024-02-24");
    hold(f, "senger", "ous", "2024-02-24");
    test_journal_delivery(&f->j, "senger - ahus 2024 110\n"
                                 "senger - ous 2024 120\n");
    test_world_run(&f->w, &f->j, 0, 10);
    mv_log_head(f->w.changes, &f->told, NULL);
    test_journal_day(&f->j, "2024-02-24");
    expect(f, "");
    test_world_stop(&f->w);
    assert_int_equal(test_world_start(&f->w, NULL), MV_OK);
    test_journal_day(&f->j, "2024-02-25");
    expect(f, "hold 10 beds 2024 ahus red -> green last red (3) [110 100 10]\n"
              "hold 10 beds 2024 ous red -> green last red (3) [120 100 20]\n"
              "clock 10 c1 2024 hso none not_due -> none not_due (1) reminder "
              "2024-03-01\n");
}

static void an_assessment_of_a_task_ends_with_its_day(void **state)
{
    struct fixture *f = *state;
    tasks(f, "commissions:\n"
             "  - {id: c1, year: 2024, text: R, for: [hso]}\n"
             "  - {id: c2, year: 2024, text: R, for: [hso]}\n");
    test_world_run(&f->w, &f->j, 0, 10);
    mv_log_head(f->w.changes, &f->told, NULL);
    assess(f, "c1", "red", "2024-02-10");
    expect(f, "assessment 5 c1 2024 hso none not_assessed -> red (2)\n");
    assess(f, "c2", "yellow", "2024-02-10");
    expect(f, "assessment 6 c2 2024 hso none not_assessed -> yellow (2)\n");
    test_journal_day(&f->j, "2024-02-11");
    expect(f, "clock 7 c1 2024 hso red -> none not_assessed last red (3)\n"
              "clock 7 c2 2024 hso yellow -> none not_assessed last yellow "
              "(3)\n");
}

static void a_date_of_any_task_makes_it_red(void **state)
{
    struct fixture *f = *state;
    tasks(f, "commissions:\n"
             "  - {id: c1, year: 2024, text: R, for: [hso]}\n"
             "  - {id: c2, year: 2024, text: R, for: [hso],\n"
             "     due: [{on: 2024-02-20}, {on: 2024-02-05}]}\n");
    test_world_run(&f->w, &f->j, 0, 10);
    mv_log_head(f->w.changes, &f->told, NULL);
    test_journal_day(&f->j, "2024-02-05");
    expect(f, "");
    test_journal_day(&f->j, "2024-02-06");
    expect(f, "clock 6 c2 2024 hso none not_due -> red (2)\n");
}

static void one_given_anew_outlives_the_end_of_the_old(void **state)
{
    struct fixture *f = *state;
    assess(f, NULL, "red", "2024-02-10");
    expect(f, "assessment 4 said 2024 hso none not_assessed -> red (2)\n");
    assess(f, NULL, "yellow", NULL);
    expect(f, "assessment 5 said 2024 hso red -> yellow last red (3)\n");
    test_journal_day(&f->j, "2024-02-11");
    expect(f, "");
    assess(f, NULL, "red", "2024-02-12");
    expect(f, "assessment 7 said 2024 hso yellow -> red last yellow (4)\n");
    assess(f, NULL, "green", "2024-02-20");
    expect(f, "assessment 8 said 2024 hso red -> green last red (5)\n");
    test_journal_day(&f->j, "2024-02-13");
    expect(f, "");
    test_journal_day(&f->j, "2024-02-21");
    expect(f, "clock 10 said 2024 hso green -> none not_assessed last green (6)"
              "\n");
}

static size_t notes(struct fixture *f)
{
    struct mv_scan scan;
    struct mv_span key, value;
    size_t n = 0;
    assert_int_equal(mv_store_read_begin(f->w.store, NULL), MV_OK);
    mv_scan_open(&scan, f->w.store, f->w.evaluator->book.notes, mv_span("", 0));
    while (mv_scan_next(&scan, &key, &value))
        n++;
    mv_scan_close(&scan);
    assert_int_equal(mv_store_read_end(f->w.store, NULL), MV_OK);
    return n;
}

static void what_ended_or_was_taken_back_leaves_nothing(void **state)
{
    struct fixture *f = *state;
    assess(f, NULL, "red", "2024-02-10");
    test_world_run(&f->w, &f->j, 0, 10);
    assert_int_equal(notes(f), 2); /* and its end */
    test_journal_day(&f->j, "2024-02-11");
    test_world_run(&f->w, &f->j, 0, 10);
    assert_int_equal(notes(f), 0);
    assess(f, NULL, "red", "2024-02-20");
    assess(f, NULL, "none", NULL);
    test_world_run(&f->w, &f->j, 0, 10);
    assert_int_equal(notes(f), 0);
}

static void the_longest_author_and_comment_are_kept_whole(void **state)
{
    struct fixture *f = *state;
    static char author[256], comment[4000];
    struct evaluator_note note;
    struct evaluator_subject said = {
        .id = T("said"), .year = 2024, .unit = T("hso")};
    struct evaluator_note_key key = evaluator_key_assessment(&said);
    memset(author, 'a', sizeof author);
    memset(comment, 'c', sizeof comment);
    test_journal_statement(
        &f->j,
        (struct mv_statement){.kind = MV_STATEMENT_ASSESSMENT,
                              .target = T("said"),
                              .unit = T("hso"),
                              .year = 2024,
                              .status = T("red"),
                              .author = mv_span(author, sizeof author),
                              .comment = mv_span(comment, sizeof comment)});
    test_world_run(&f->w, &f->j, 0, 10);
    assert_int_equal(mv_store_read_begin(f->w.store, NULL), MV_OK);
    assert_true(evaluator_note_get(&f->w.evaluator->book, &key, &note));
    assert_true(mv_span_equal(note.author, mv_span(author, sizeof author)));
    assert_true(mv_span_equal(note.comment, mv_span(comment, sizeof comment)));
    assert_int_equal(mv_store_read_end(f->w.store, NULL), MV_OK);
}

static void a_statement_of_no_such_day_is_set_aside(void **state)
{
    struct fixture *f = *state;
    uint64_t before = count(f, EVALUATOR_COUNT_ASIDE);
    static const char bad[] = "2024-02-30";
    struct mv_statement s = {.kind = MV_STATEMENT_DELIVERED,
                             .commission = T("c1"),
                             .unit = T("hso"),
                             .year = 2024,
                             .due = T(bad),
                             .on = T("2024-02-01")};
    tasks(f, one);
    test_journal_statement(&f->j, s);
    s.due = T("2024-03-01");
    s.on = T(bad);
    test_journal_statement(&f->j, s);
    assess(f, NULL, "red", bad);
    test_world_run(&f->w, &f->j, 0, 10);
    assert_int_equal(count(f, EVALUATOR_COUNT_ASIDE), before + 3);
    assert_int_equal(notes(f), 0);
}

static void statements_come_before_there_is_a_catalogue(void **state)
{
    (void)state;
    struct fixture f = {.told = 0};
    test_world_make(&f.w);
    assert_int_equal(test_world_start(&f.w, NULL), MV_OK);
    assess(&f, NULL, "red", "2024-02-10");
    assess(&f, "c1", "red", "2024-02-10");
    hold(&f, "senger", "ahus", "2024-02-10");
    test_journal_day(&f.j, "2024-02-01");
    test_journal_day(&f.j, "2024-02-11");
    assess(&f, NULL, "red", NULL);
    test_journal_catalogue(&f.j, NULL, NULL, targets);
    test_world_run(&f.w, &f.j, 0, 10);
    test_world_changes(&f.w, 1, &f.text);
    assert_non_null(
        strstr(mv_buf_cstr(&f.text), "said 2024 hso new -> red (1)"));
    mv_buf_done(&f.text);
    test_journal_done(&f.j);
    test_world_done(&f.w);
}

static void a_text_is_cut_between_two_letters(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t max, len;
    } cases[] = {{"abc", 3, 3}, {"abc", 2, 2}, {"aæø", 5, 5}, {"aæø", 4, 3},
                 {"aæø", 3, 3}, {"aæø", 2, 1}, {"æ", 1, 0},   {"–", 2, 0},
                 {"a–b", 3, 1}, {"a–b", 4, 4}, {"", 0, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(evaluator_cut(T(cases[i].text), cases[i].max).len,
                         cases[i].len);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(on_its_last_day_a_date_is_told_and_not_after),
        TEST(every_task_is_told_to_each_of_its_units),
        TEST(a_rebuild_reminds_of_nothing_and_forgets_nothing),
        TEST(each_hold_that_ends_with_a_day_is_one_change),
        TEST(an_assessment_of_a_task_ends_with_its_day),
        TEST(a_date_of_any_task_makes_it_red),
        TEST(one_given_anew_outlives_the_end_of_the_old),
        TEST(what_ended_or_was_taken_back_leaves_nothing),
        TEST(the_longest_author_and_comment_are_kept_whole),
        TEST(a_statement_of_no_such_day_is_set_aside),
        cmocka_unit_test(statements_come_before_there_is_a_catalogue),
        cmocka_unit_test(a_text_is_cut_between_two_letters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
