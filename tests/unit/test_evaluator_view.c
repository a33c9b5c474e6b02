/* The evaluator as it was: bounded by a period, on a store of its own. */
#include "services/evaluator/view.h"
#include "tests/support/evaluating.h"

#include <string.h>

static char *skipped[] = {(char[]){"5"}};
static char half_year[] = "2024-06-30", no_day[] = "soon", none[] = "";

#define UNTIL_9(day)                   \
    ((struct evaluator_view_settings){ \
        .until = 9, .periods_to = (day), .frozen = none})

static mv_rc start_bounded(struct fixture *f, struct evaluator_view_settings v)
{
    struct mv_err err = {0};
    evaluator_close(f->w.evaluator);
    f->w.evaluator = NULL;
    struct evaluator_options o = {
        .store = f->w.store, .changes = f->w.changes, .cache_bytes = 1 << 20};
    mv_rc rc = evaluator_view_options(&v, &o, &err);
    if (rc != MV_OK)
        return rc;
    return evaluator_open(&f->w.evaluator, &o, &err);
}

/* Of the first target, after all that the journal holds. */
static const struct mv_judgement *judge_ous(struct fixture *f)
{
    test_world_run(&f->w, &f->j, 0, 10);
    struct evaluator *e = f->w.evaluator;
    struct mv_judge_env env = evaluator_env(e);
    const struct mv_unit *u =
        mv_catalogue_unit(e->force.now.catalogue, mv_span_text("ous"));
    assert_int_equal(mv_store_read_begin(f->w.store, NULL), MV_OK);
    mv_judge(&env, 0, u->index, &e->judgement);
    assert_int_equal(mv_store_read_end(f->w.store, NULL), MV_OK);
    return &e->judgement;
}

/* T2 is not known of, and nobody is late with it: the colour is T1's, though
 * the second tertial was due on 14 October. */
static void periods_after_the_bound_are_neither_in_nor_late(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(start_bounded(f, UNTIL_9(half_year)), MV_OK);
    test_journal_delivery(&f->j, "epikrise som ous 2024-T1 80/100\n"
                                 "epikrise som ous 2024-T2 10/100");
    test_journal_day(&f->j, "2024-11-01");
    const struct mv_judgement *j = judge_ous(f);
    assert_string_equal(mv_status_text(j->rulings[0].status), "green");
    assert_int_equal(j->overdue_kept, 0);
}

static void without_a_bound_they_are(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(start_bounded(f, UNTIL_9(none)), MV_OK);
    test_journal_delivery(&f->j, "epikrise som ous 2024-T1 80/100");
    test_journal_day(&f->j, "2024-11-01");
    const struct mv_judgement *j = judge_ous(f);
    assert_int_equal(j->overdue_kept, 1);
}

static void a_bound_that_is_no_day_is_refused(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(start_bounded(f, UNTIL_9(no_day)), MV_CONFIG);
}

static void what_it_is_to_keep_is_a_report_of_a_year(void **state)
{
    struct fixture *f = *state;
    struct evaluator_view_settings v = UNTIL_9(none);
    v.frozen = no_day;
    assert_int_equal(start_bounded(f, v), MV_CONFIG);
    v.frozen = (char[]){"year 2024"};
    assert_int_equal(start_bounded(f, v), MV_OK);
    assert_non_null(f->w.evaluator->since);
}

static void a_view_takes_no_store_that_is_in_use(void **state)
{
    struct fixture *f = *state;
    const struct evaluator_view_settings v = {.periods_to = none};
    struct mv_err err = {0};
    assert_int_equal(evaluator_view_prepare(&v, f->w.store, &err), MV_CONFIG);
    assert_non_null(strstr(err.text, "an empty directory"));
}

/* Record 5 has other figures than the live evaluator ever took. */
static void what_an_operator_let_pass_is_passed_over(void **state)
{
    struct fixture *f = *state;
    const struct evaluator_view_settings v = {
        .periods_to = none, .skips = {.count = 1, .at = skipped}};
    struct mv_err err = {0};
    test_world_done(&f->w);
    f->w = (struct test_world){0};
    test_world_make(&f->w);
    assert_int_equal(test_world_store(&f->w, &err), MV_OK);
    assert_int_equal(evaluator_view_prepare(&v, f->w.store, &err), MV_OK);
    assert_int_equal(start_bounded(f, UNTIL_9(none)), MV_OK);
    for (int i = 0; i < 3; i++)
        test_journal_delivery(&f->j, "epikrise som ous 2024-T1 80/100");
    test_world_run(&f->w, &f->j, 0, 10);
    assert_int_equal(count(f, EVALUATOR_COUNT_SKIPPED), 1);
    assert_int_equal(count(f, EVALUATOR_COUNT_FIGURES), 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(periods_after_the_bound_are_neither_in_nor_late),
        TEST(without_a_bound_they_are),
        TEST(a_bound_that_is_no_day_is_refused),
        TEST(what_it_is_to_keep_is_a_report_of_a_year),
        TEST(a_view_takes_no_store_that_is_in_use),
        TEST(what_an_operator_let_pass_is_passed_over),
    };
    return cmocka_run_group_tests_name("evaluator view", tests, NULL, NULL);
}
