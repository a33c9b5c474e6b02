/* What the evaluator cannot apply: set aside, skipped, refused. */
#include <string.h>

#include "proto/msg.h"
#include "proto/pack.h"
#include "proto/walk.h"
#include "services/evaluator/aside.h"
#include "tests/support/evaluating.h"

static void poison_is_set_aside_and_the_rest_goes_on(void **state)
{
    struct fixture *f = *state;
    struct mv_buf rows = {0};
    uint64_t next;
    test_journal_delivery(&f->j, "epikrise som ous 2024-T1 50/100\n"
                                 "epikrise som nobody 2024-T1 50/100");
    test_journal_add(&f->j, mv_span_text("\xc1"));
    test_journal_delivery(&f->j, "ventetid som hso 2024-M01 50\n"
                                 "senger - ous 2024-M01 50");
    test_journal_catalogue(&f->j, NULL, "indicators: [", NULL);
    test_journal_delivery(&f->j, "epikrise som ous 2024-T1 60/100");
    expect(f, "figure 7.1 1535 2024 hso none not_due -> red (2) "
              "[60 70 -10]\n"
              "figure 7.1 1535 2024 ous none not_due -> red (2) "
              "[60 70 -10]\n");
    assert_int_equal(count(f, EVALUATOR_COUNT_ASIDE), 4);
    assert_int_equal(mv_store_read_begin(f->w.store, NULL), MV_OK);
    assert_int_equal(
        evaluator_aside_rows(&f->w.evaluator->book, 4, 2, &rows, &next), 2);
    assert_int_equal(next, 6);
    assert_int_equal(mv_store_read_end(f->w.store, NULL), MV_OK);
    mv_buf_done(&rows);
}

static void figures_before_any_catalogue_are_set_aside(void **state)
{
    struct fixture *f = *state;
    struct test_world w;
    struct test_journal j = {0};
    test_world_make(&w);
    assert_int_equal(test_world_start(&w, NULL), MV_OK);
    test_journal_delivery(&j, "epikrise som ous 2024-T1 50/100");
    test_journal_day(&j, "2024-06-20");
    test_journal_catalogue(&j, NULL, NULL, NULL);
    test_world_run(&w, &j, 0, 3);
    assert_int_equal(w.evaluator->now.counts[EVALUATOR_COUNT_ASIDE], 1);
    test_world_changes(&w, 1, &f->text);
    assert_non_null(strstr(mv_buf_cstr(&f->text), "new -> none overdue"));
    test_journal_done(&j);
    test_world_done(&w);
}

static void what_persons_state_is_counted(void **state)
{
    struct fixture *f = *state;
    struct mv_buf b = {0};
    test_journal_statement(
        &f->j, (struct mv_statement){.kind = MV_STATEMENT_HOLD,
                                     .indicator = mv_span_text("senger"),
                                     .unit = mv_span_text("ahus")});
    expect(f, "");
    assert_int_equal(count(f, EVALUATOR_COUNT_STATEMENTS), 1);
    assert_int_equal(count(f, EVALUATOR_COUNT_ASIDE), 0);
    mv_pack_map(&b, 2); /* one that lacks everything */
    mv_pack_kv_u64(&b, "v", 1);
    mv_pack_kv_cstr(&b, "type", "hold");
    test_journal_add(&f->j, mv_buf_span(&b));
    expect(f, "");
    assert_int_equal(count(f, EVALUATOR_COUNT_STATEMENTS), 1);
    assert_int_equal(count(f, EVALUATOR_COUNT_ASIDE), 1);
    mv_buf_done(&b);
}

static void a_newer_record_stops_it_and_touches_nothing(void **state)
{
    struct fixture *f = *state;
    struct mv_buf b = {0};
    struct mv_err err = {0};
    struct mv_hash before = test_world_digest(&f->w);
    mv_pack_map(&b, 2);
    mv_pack_kv_u64(&b, "v", 2);
    mv_pack_kv_cstr(&b, "type", "delivery");
    test_journal_add(&f->j, mv_buf_span(&b));
    struct mv_record r = test_journal_record(&f->j, f->j.count);
    mv_store_begin(f->w.store);
    assert_int_equal(evaluator_apply(f->w.evaluator, &r, &err), MV_CONFIG);
    assert_non_null(strstr(err.text, "version 2"));
    mv_store_abort(f->w.store);
    struct mv_hash after = test_world_digest(&f->w);
    assert_true(mv_hash_equal(&before, &after));
    mv_buf_done(&b);
}

static void a_record_out_of_order_is_refused(void **state)
{
    struct fixture *f = *state;
    struct mv_record r = test_journal_record(&f->j, 1);
    mv_store_begin(f->w.store);
    assert_int_equal(evaluator_apply(f->w.evaluator, &r, NULL), MV_FATAL);
    mv_store_abort(f->w.store);
}

static const uint8_t unknown[MV_HASH_BYTES];

static void a_skipped_record_has_no_effect_and_is_named(void **state)
{
    struct fixture *f = *state;
    struct mv_buf rows = {0};
    uint64_t next;
    mv_store_begin(f->w.store);
    assert_true(evaluator_skip_put(&f->w.evaluator->book, 3, unknown,
                                   mv_span_text("it hangs"), "kari"));
    assert_false(evaluator_skip_put(&f->w.evaluator->book, 3, unknown,
                                    mv_span_text("again"), "kari"));
    assert_int_equal(mv_store_commit(f->w.store, NULL), MV_OK);
    f->w.evaluator->last_skip = 3;
    test_journal_delivery(&f->j, "epikrise som ous 2024-T1 10/100");
    test_journal_delivery(&f->j, "epikrise som ous 2024-T2 90/100");
    expect(f, "figure 4.1 1535 2024 hso none not_due -> green (2) "
              "[90 70 20]\n"
              "figure 4.1 1535 2024 ous none not_due -> green (2) "
              "[90 70 20]\n");
    assert_int_equal(count(f, EVALUATOR_COUNT_SKIPPED), 1);
    assert_int_equal(mv_store_read_begin(f->w.store, NULL), MV_OK);
    assert_int_equal(
        evaluator_aside_rows(&f->w.evaluator->book, 0, 9, &rows, &next), 1);
    assert_int_equal(mv_store_read_end(f->w.store, NULL), MV_OK);
    mv_buf_done(&rows);
}

/* Record 3 was let pass; then an older journal is put back, and another
 * record 3 comes. */
static void a_skip_lets_no_record_of_another_history_pass(void **state)
{
    struct fixture *f = *state;
    struct evaluator_book *book = &f->w.evaluator->book;
    test_journal_delivery(&f->j, "epikrise som ous 2024-T1 10/100");
    struct mv_record bad = test_journal_record(&f->j, 3), other = bad;
    other.chain[0] ^= 1;
    for (int bound = 0; bound < 2; bound++) {
        mv_store_begin(f->w.store);
        assert_true(evaluator_skip_put(book, 3, bound ? bad.chain : unknown,
                                       mv_span_text("it hangs"), "kari"));
        assert_true(evaluator_skip_holds(book, &bad));
        assert_true(evaluator_skip_holds(book, &bad)); /* a replay */
        assert_false(evaluator_skip_holds(book, &other));
        assert_false(evaluator_skip_put(book, 3, bad.chain,
                                        mv_span_text("again"), "kari"));
        assert_true(evaluator_skip_put(book, 3, other.chain,
                                       mv_span_text("this one too"), "kari"));
        assert_true(evaluator_skip_holds(book, &other));
        mv_store_abort(f->w.store);
    }
}

/* Of another history it says nothing of the record, but it is listed: a page
 * names its record by the number alone, so both stand in one. */
static void what_two_lists_say_of_a_number_is_in_one_page(void **state)
{
    struct fixture *f = *state;
    const struct evaluator_book *book = &f->w.evaluator->book;
    static const uint8_t other[MV_HASH_BYTES] = {1};
    struct mv_buf rows = {0};
    uint64_t next = 0;
    uint32_t count = 0;
    test_journal_add(&f->j, mv_span_text("\xc1"));
    test_journal_add(&f->j, mv_span_text("\xc1"));
    test_world_run(&f->w, &f->j, 0, 10);
    mv_store_begin(f->w.store);
    assert_true(
        evaluator_skip_put(book, 3, other, mv_span_text("it hangs"), "kari"));
    do
        count += evaluator_aside_rows(book, next, 1, &rows, &next);
    while (next != 0 && count < 9);
    assert_int_equal(count, 3);
    mv_store_abort(f->w.store);
    mv_buf_done(&rows);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(poison_is_set_aside_and_the_rest_goes_on),
        TEST(figures_before_any_catalogue_are_set_aside),
        TEST(what_persons_state_is_counted),
        TEST(a_newer_record_stops_it_and_touches_nothing),
        TEST(a_record_out_of_order_is_refused),
        TEST(a_skipped_record_has_no_effect_and_is_named),
        TEST(a_skip_lets_no_record_of_another_history_pass),
        TEST(what_two_lists_say_of_a_number_is_in_one_page),
    };
    return cmocka_run_group_tests_name("evaluator, aside", tests, NULL, NULL);
}
