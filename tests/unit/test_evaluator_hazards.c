/* What could lose an effect without a word: the largest record there may be,
 * and rows kept in memory from a snapshot that was not sound. */
#include <stdlib.h>
#include <string.h>

#include "proto/pack.h"
#include "services/base/day.h"
#include "services/evaluator/verbs.h"
#include "tests/support/evaluated.h"
#include "tests/support/unit.h"

static const char daily[] = "indicators:\n"
                            "  - {id: daily, title: D, measure: days,\n"
                            "     frequency: D, better: lower,\n"
                            "     over_periods: mean, over_units: none,\n"
                            "     by: trust}\n";
static const char target[] = "targets:\n"
                             "  - {id: t1, year: 2023, text: T,\n"
                             "     indicator: daily, scope: [trust],\n"
                             "     require: [value < 50 days]}\n";

struct fixture {
    struct test_world w;
    struct test_journal j;
};

static int setup(void **state)
{
    struct mv_err err = {0};
    struct fixture *f = mv_xcalloc(1, sizeof *f);
    test_world_make(&f->w);
    assert_int_equal(test_world_start(&f->w, &err), MV_OK);
    test_journal_day(&f->j, "2024-02-01");
    test_journal_catalogue(&f->j, NULL, daily, target);
    test_world_run(&f->w, &f->j, 0, 10);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    test_journal_done(&f->j);
    test_world_done(&f->w);
    free(f);
    return 0;
}

/* So many days of one unit up to 2023-12-31, each with a long note. */
static void add_days(struct test_journal *j, uint32_t rows)
{
    static const char *const fields[] = {"indicator", "unit", "period", "value",
                                         "note"};
    char note[121], day[MV_DAY_TEXT_BYTES];
    struct mv_buf b = {0};
    memset(note, 'n', sizeof note - 1);
    note[sizeof note - 1] = 0;
    mv_pack_map(&b, 6);
    mv_pack_kv_u64(&b, "v", 1);
    mv_pack_kv_cstr(&b, "type", "delivery");
    mv_pack_kv_cstr(&b, "producer", "test");
    mv_pack_kv_u64(&b, "number", 1);
    mv_pack_cstr(&b, "fields");
    mv_pack_list(&b, 5);
    for (size_t i = 0; i < 5; i++)
        mv_pack_cstr(&b, fields[i]);
    mv_pack_cstr(&b, "rows");
    mv_pack_list(&b, rows);
    for (uint32_t i = 0; i < rows; i++) {
        int32_t at = mv_day_of(2023, 12, 31) - (int32_t)i;
        mv_pack_list(&b, 5);
        mv_pack_cstr(&b, "daily");
        mv_pack_cstr(&b, "ahus");
        mv_pack_cstr(&b, mv_day_text(at, day));
        mv_pack_u64(&b, 60);
        mv_pack_cstr(&b, note);
    }
    assert_true(b.len > MV_MAX_DELIVERY_BYTES);
    assert_true(b.len < MV_MAX_CANONICAL_BYTES);
    test_journal_add(j, mv_buf_span(&b));
    mv_buf_done(&b);
}

/* Canonical form may be longer than the delivery was: ingest accepted it. */
static void content_longer_than_a_delivery_may_be_is_applied(void **state)
{
    struct fixture *f = *state;
    add_days(&f->j, 7800);
    test_world_run(&f->w, &f->j, 0, 10);
    assert_int_equal(f->w.evaluator->now.counts[EVALUATOR_COUNT_ASIDE], 0);
    assert_int_equal(f->w.evaluator->now.counts[EVALUATOR_COUNT_FIGURES], 7800);
}

/* A question in a snapshot whose reads fail: what they did not find must not
 * be what the next record is applied to. */
static void rows_of_a_damaged_snapshot_are_not_kept(void **state)
{
    struct fixture *f = *state;
    struct mv_err err = {0};
    struct mv_judgement j = {0};
    struct test_world sound;
    struct mv_buf changes[2] = {{0}, {0}};
    test_journal_delivery(&f->j, "daily - ahus 2023-03-01 10\n");
    test_world_run(&f->w, &f->j, 0, 10);
    test_world_stop(&f->w);
    assert_int_equal(test_world_start(&f->w, &err), MV_OK);
    struct evaluator *e = f->w.evaluator;
    assert_int_equal(mv_store_read_begin(f->w.store, &err), MV_OK);
    mv_store_fail(f->w.store, MV_FATAL, "a page is damaged");
    struct mv_judge_env env = evaluator_env(e);
    const struct mv_unit *u =
        mv_catalogue_unit(e->force.now.catalogue, mv_span_text("ahus"));
    mv_judge(&env, 0, u->index, &j);
    (void)evaluator_published_get(e->published, e->force.now.catalogue, 0,
                                  u->index);
    assert_int_equal(mv_store_read_end(f->w.store, &err), MV_FATAL);
    mv_judgement_done(&j);

    test_journal_delivery(&f->j, "daily - ahus 2023-03-02 11\n");
    test_world_run(&f->w, &f->j, 0, 10);
    test_world_make(&sound);
    assert_int_equal(test_world_start(&sound, &err), MV_OK);
    test_world_run(&sound, &f->j, 0, 10);
    test_world_changes(&f->w, 1, &changes[0]);
    test_world_changes(&sound, 1, &changes[1]);
    assert_string_equal(mv_buf_cstr(&changes[0]), mv_buf_cstr(&changes[1]));
    struct mv_hash a = test_world_digest(&f->w), b = test_world_digest(&sound);
    assert_memory_equal(&a, &b, sizeof a);
    mv_buf_done(&changes[0]);
    mv_buf_done(&changes[1]);
    test_world_done(&sound);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(content_longer_than_a_delivery_may_be_is_applied),
        TEST(rows_of_a_damaged_snapshot_are_not_kept),
    };
    return cmocka_run_group_tests_name("evaluator_hazards", tests, NULL, NULL);
}
