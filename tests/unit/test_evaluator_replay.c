#include <stdlib.h>
#include <string.h>

#include "services/evaluator/aside.h"
#include "services/evaluator/verify.h"
#include "tests/support/evaluated_random.h"
#include "tests/support/unit.h"

#define SEEDS   6
#define RECORDS 120

/* From zero to the end in a new store; batch 0: random ones, with a restart
 * and an abort now and then. */
static struct mv_hash replay(const struct test_journal *j, uint64_t batch,
                             struct test_random *r, uint64_t skip)
{
    uint8_t chain[MV_HASH_BYTES] = {0};
    struct test_world w;
    test_world_make(&w);
    assert_int_equal(test_world_start(&w, NULL), MV_OK);
    if (skip > 0) {
        /* bound at once, or by the record when it comes: all the same */
        if (batch % 2 == 0 && skip <= j->count)
            memcpy(chain, test_journal_record(j, skip).chain, sizeof chain);
        mv_store_begin(w.store);
        assert_true(evaluator_skip_put(&w.evaluator->book, skip, chain,
                                       mv_span_text("why"), "kari"));
        assert_int_equal(mv_store_commit(w.store, NULL), MV_OK);
        w.evaluator->last_skip = skip;
    }
    if (batch > 0)
        test_world_run(&w, j, 0, batch);
    while (w.evaluator->now.seq < j->count) {
        uint64_t to = w.evaluator->now.seq + 1 + test_random_below(r, 40);
        if (to > j->count)
            to = j->count;
        if (test_random_below(r, 3) == 0) {
            mv_store_begin(w.store);
            for (uint64_t s = w.evaluator->now.seq + 1; s <= to; s++) {
                struct mv_record record = test_journal_record(j, s);
                mv_rc rc = evaluator_apply(w.evaluator, &record, NULL);
                assert_true(rc == MV_OK || rc == MV_POISON);
            }
            mv_store_abort(w.store);
        }
        test_world_run(&w, j, to, 1 + test_random_below(r, 40));
        if (test_random_below(r, 3) == 0) {
            test_world_stop(&w);
            assert_int_equal(test_world_start(&w, NULL), MV_OK);
        }
    }
    struct mv_hash hash = test_world_digest(&w);
    test_world_done(&w);
    return hash;
}

/* P5, hazard 60. */
static void results_never_depend_on_how_records_were_batched(void **state)
{
    (void)state;
    struct test_random r = test_random_start("batches");
    for (int seed = 0; seed < SEEDS; seed++) {
        struct test_journal j = {0};
        uint64_t skip = seed % 2 == 0 ? 0 : 3 + test_random_below(&r, RECORDS);
        test_journal_random(&j, &r, RECORDS);
        struct mv_hash one = replay(&j, 1, &r, skip);
        struct mv_hash seven = replay(&j, 7, &r, skip);
        struct mv_hash all = replay(&j, 4096, &r, skip);
        struct mv_hash any = replay(&j, 0, &r, skip);
        assert_true(mv_hash_equal(&one, &seven));
        assert_true(mv_hash_equal(&one, &all));
        assert_true(mv_hash_equal(&one, &any));
        test_journal_done(&j);
    }
}

/* The books: a record is applied, set aside or skipped. */
static void what_was_sent_is_what_is_judged_after_every_record(void **state)
{
    (void)state;
    struct test_random r = test_random_start("sent");
    struct test_journal j = {0};
    struct test_world w;
    test_world_make(&w);
    assert_int_equal(test_world_start(&w, NULL), MV_OK);
    test_journal_random(&j, &r, 300);
    for (uint64_t seq = 1; seq <= j.count; seq++) {
        struct evaluator_page page = {0};
        struct evaluator_refusal no;
        test_world_run(&w, &j, seq, 1);
        evaluator_page_begin(w.evaluator, &page);
        assert_int_equal(mv_store_read_begin(w.store, NULL), MV_OK);
        assert_int_equal(
            evaluator_ask_verify(w.evaluator, mv_span(NULL, 0), &page, &no),
            MV_OK);
        assert_int_equal(mv_store_read_end(w.store, NULL), MV_OK);
        assert_int_equal(page.next, 0);
        /* sound is true: "\xa5sound\xc3" */
        if (strstr(mv_buf_cstr(&page.rows), "sound\xc3") == NULL)
            fail_msg("record %u: %s", (unsigned)seq,
                     strstr((char *)page.rows.at, "text"));
        mv_buf_done(&page.rows);
    }
    assert_true(w.evaluator->now.counts[EVALUATOR_COUNT_ASIDE] > 0);
    assert_true(w.evaluator->now.counts[EVALUATOR_COUNT_OLDER] > 0);
    test_journal_done(&j);
    test_world_done(&w);
}

static void another_journal_gives_another_digest(void **state)
{
    (void)state;
    struct test_random r = test_random_start("other");
    struct test_journal j = {0};
    test_journal_random(&j, &r, 40);
    test_journal_delivery(&j, "senger - ous 2024 99");
    struct mv_hash with = replay(&j, 7, &r, 0);
    struct mv_hash skipped = replay(&j, 7, &r, j.count);
    assert_false(mv_hash_equal(&with, &skipped));
    test_journal_done(&j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_never_depend_on_how_records_were_batched),
        cmocka_unit_test(what_was_sent_is_what_is_judged_after_every_record),
        cmocka_unit_test(another_journal_gives_another_digest),
    };
    return cmocka_run_group_tests_name("evaluator replay", tests, NULL, NULL);
}
