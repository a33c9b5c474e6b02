/* A record's changes when they are more than is held in memory: the same
 * bytes in the log, and no more memory than was given. */
#include "tests/support/evaluating.h"

#include "proto/msg.h"

#define UNITS   30
#define TARGETS 150
#define ALL     ((uint64_t)UNITS * TARGETS)

static void write_units(struct mv_buf *out)
{
    mv_buf_printf(out, "units:\n");
    for (int i = 0; i < UNITS; i++)
        mv_buf_printf(out, "  - {id: u%02d, name: Trust, kind: trust}\n", i);
}

static void write_targets(struct mv_buf *indicators, struct mv_buf *targets,
                          int limit)
{
    mv_buf_printf(indicators, "indicators:\n");
    mv_buf_printf(targets, "targets:\n");
    for (int i = 0; i < TARGETS; i++) {
        mv_buf_printf(indicators,
                      "  - {id: i%03d, title: Indicator, measure: count, "
                      "frequency: A, better: higher, over_periods: sum, "
                      "over_units: sum, by: trust}\n",
                      i);
        mv_buf_printf(targets,
                      "  - {id: t%03d, year: 2024, text: Target, indicator: "
                      "i%03d, scope: [trust], require: [value >= %d]}\n",
                      i, i, limit);
    }
}

static void add_catalogue(struct test_journal *j, int limit)
{
    struct mv_buf units = {0}, indicators = {0}, targets = {0};
    write_units(&units);
    write_targets(&indicators, &targets, limit);
    test_journal_catalogue(j, mv_buf_cstr(&units), mv_buf_cstr(&indicators),
                           mv_buf_cstr(&targets));
    mv_buf_done(&units);
    mv_buf_done(&indicators);
    mv_buf_done(&targets);
}

static void add_figures(struct test_journal *j, int value)
{
    struct mv_buf lines = {0};
    for (int u = 0; u < UNITS; u++)
        for (int i = 0; i < TARGETS; i++)
            mv_buf_printf(&lines, "i%03d - u%02d 2024 %d\n", i, u, value);
    test_journal_delivery(j, mv_buf_cstr(&lines));
    mv_buf_done(&lines);
}

/* First judgement, a delivery, one in the middle of which the kind of cause
 * changes, and another limit: each turns all. */
static void large_groups(struct test_journal *j)
{
    test_journal_day(j, "2025-02-01");
    add_catalogue(j, 10);
    add_figures(j, 5);
    test_journal_delivery(j, "i000 - u07 2024 15");
    add_figures(j, 15);
    add_catalogue(j, 20);
}

/* Applies all, holding so much; the digest, and each group's parts. */
static struct mv_hash digest_with(size_t held_bytes, struct mv_buf *parts)
{
    struct test_world w;
    struct test_journal j = {0};
    struct mv_err err = {0};
    test_world_make(&w);
    assert_int_equal(test_world_start(&w, &err), MV_OK);
    w.evaluator->group.held_bytes = held_bytes;
    large_groups(&j);
    for (uint64_t seq = 1; seq <= j.count; seq++) {
        test_world_run(&w, &j, seq, 10);
        const struct evaluator_group *g = &w.evaluator->group;
        mv_buf_printf(parts, "%llu of %llu; ", (unsigned long long)g->added,
                      (unsigned long long)g->parts);
        if (held_bytes > 0)
            assert_true(g->changes.cap <=
                        2 * (held_bytes + EVALUATOR_PART_BYTES + 4096));
    }
    struct mv_hash digest = test_world_digest(&w);
    test_journal_done(&j);
    test_world_done(&w);
    return digest;
}

static void the_log_is_the_same_however_little_is_held(void **state)
{
    static const size_t held[] = {1, 1000, 700u << 10, 1u << 20};
    (void)state;
    struct mv_buf usual = {0};
    struct mv_hash expected = digest_with(0, &usual);
    assert_string_equal(mv_buf_cstr(&usual),
                        "0 of 0; 4500 of 2; 4500 of 3; 1 of 1; 4499 of 3; "
                        "4500 of 3; ");
    for (size_t i = 0; i < sizeof held / sizeof held[0]; i++) {
        struct mv_buf parts = {0};
        struct mv_hash digest = digest_with(held[i], &parts);
        assert_string_equal(mv_buf_cstr(&parts), mv_buf_cstr(&usual));
        assert_memory_equal(digest.at, expected.at, sizeof digest.at);
        mv_buf_done(&parts);
    }
    mv_buf_done(&usual);
}

static void what_a_large_group_took_is_given_back_whole(void **state)
{
    (void)state;
    struct test_world w;
    struct test_journal j = {0};
    struct mv_err err = {0};
    test_world_make(&w);
    assert_int_equal(test_world_start(&w, &err), MV_OK);
    const struct evaluator_group *g = &w.evaluator->group;
    large_groups(&j);
    test_world_run(&w, &j, 3, 10);
    assert_true(g->changes.cap > 1u << 20 && g->cap >= ALL);
    test_world_run(&w, &j, 4, 10);
    assert_true(g->added == 1);
    assert_true(g->changes.cap <= 65536 && g->cap <= 64);
    test_journal_done(&j);
    test_world_done(&w);
}

static void every_part_says_which_of_how_many_it_is(void **state)
{
    (void)state;
    struct test_world w;
    struct test_journal j = {0};
    struct mv_err err = {0};
    uint64_t parts = 0, of = 0, head;
    test_world_make(&w);
    assert_int_equal(test_world_start(&w, &err), MV_OK);
    w.evaluator->group.held_bytes = 1;
    test_journal_day(&j, "2025-02-01");
    add_catalogue(&j, 10);
    test_world_run(&w, &j, 0, 10);
    mv_log_head(w.changes, &head, NULL);
    assert_int_equal(mv_store_read_begin(w.store, &err), MV_OK);
    for (uint64_t seq = 1; seq <= head; seq++) {
        struct mv_record record;
        struct mv_msg_group g;
        struct mv_fault fault = {0};
        assert_int_equal(mv_log_read(w.changes, seq, &record, &err), MV_OK);
        assert_true(mv_msg_group_decode(record.content, &g, &fault));
        assert_true(g.part == ++parts);
        assert_true(of == 0 || g.parts == of);
        assert_true(g.changes.len <= EVALUATOR_PART_BYTES + 16);
        of = g.parts;
    }
    assert_int_equal(mv_store_read_end(w.store, &err), MV_OK);
    assert_true(of > 1 && parts == of);
    test_journal_done(&j);
    test_world_done(&w);
}

/* 30 tasks of 30 units: more than a part of the log holds. */
static void write_tasks(struct mv_buf *out, const char *dates)
{
    mv_buf_printf(out, "commissions:\n");
    for (int i = 0; i < UNITS; i++) {
        mv_buf_printf(out, "  - {id: c%02d, year: 2024, text: %0900d, for: [",
                      i, i);
        for (int u = 0; u < UNITS; u++)
            mv_buf_printf(out, "%su%02d", u > 0 ? ", " : "", u);
        mv_buf_printf(out, "], %s}\n", dates);
    }
}

/* The disk is full as the first change that was only counted is written: all
 * that is looked up after it seems not to be there. */
static void fail_in_writing(void *ctx, struct mv_span change)
{
    struct test_world *w = ctx;
    (void)change;
    if (w->evaluator->group.writing)
        mv_store_fail(w->store, MV_FULL, "no room");
}

static void
a_store_that_is_full_in_a_large_group_takes_all_of_it_back(void **state)
{
    struct test_world w;
    struct test_journal j = {0};
    struct mv_buf tasks = {0};
    struct mv_err err = {0};
    (void)state;
    test_world_make(&w);
    assert_int_equal(test_world_start(&w, &err), MV_OK);
    write_tasks(&tasks, "due: [{what: a report, on: 2025-06-01}]");
    j.commissions = mv_buf_cstr(&tasks);
    test_journal_day(&j, "2025-02-01");
    add_catalogue(&j, 10);
    add_figures(&j, 15);
    test_world_run(&w, &j, 0, 10);
    struct mv_hash before = test_world_digest(&w);
    add_catalogue(&j, 20);
    struct evaluator_group *g = &w.evaluator->group;
    g->held_bytes = 1000;
    g->each = fail_in_writing;
    g->each_ctx = &w;
    struct mv_record record = test_journal_record(&j, j.count);
    mv_store_begin(w.store);
    assert_int_equal(evaluator_apply(w.evaluator, &record, &err), MV_OK);
    assert_int_equal(mv_store_commit(w.store, &err), MV_FULL);
    struct mv_hash after = test_world_digest(&w);
    assert_memory_equal(after.at, before.at, sizeof after.at);
    g->each = NULL;
    test_world_run(&w, &j, 0, 10);
    assert_true(g->added == ALL);
    mv_buf_done(&tasks);
    test_journal_done(&j);
    test_world_done(&w);
}

/* New tasks whose dates are near: each is a change, and then a reminder, which
 * tells what was sent of it. How many bytes the last part of the group has. */
static struct mv_hash reminded_with(size_t held_bytes, size_t *bytes)
{
    struct test_world w;
    struct test_journal j = {0};
    struct mv_buf tasks = {0};
    struct mv_err err = {0};
    test_world_make(&w);
    assert_int_equal(test_world_start(&w, &err), MV_OK);
    w.evaluator->group.held_bytes = held_bytes;
    write_tasks(&tasks, "remind: 30 d, due: [{on: 2025-02-10}]");
    j.commissions = mv_buf_cstr(&tasks);
    test_journal_day(&j, "2025-02-01");
    add_catalogue(&j, 10);
    test_world_run(&w, &j, 0, 10);
    *bytes = w.evaluator->group.part_bytes;
    struct mv_hash digest = test_world_digest(&w);
    mv_buf_done(&tasks);
    test_journal_done(&j);
    test_world_done(&w);
    return digest;
}

static void what_is_only_counted_is_counted_as_it_will_be_told(void **state)
{
    size_t usual, counted;
    (void)state;
    struct mv_hash expected = reminded_with(0, &usual);
    struct mv_hash digest = reminded_with(1000, &counted);
    assert_int_equal(counted, usual);
    assert_memory_equal(digest.at, expected.at, sizeof digest.at);
}

/* ---- targets of many kinds of units: those of one unit lie far apart ---- */

#define KINDS    64
#define OF_KIND  10
#define PER_KIND 20

static void add_kinds(struct test_journal *j)
{
    struct mv_buf units = {0}, targets = {0};
    for (int i = 0; i < KINDS * OF_KIND; i++)
        mv_buf_printf(&units, "%s  - {id: u%03d, name: U, kind: k%02d}\n",
                      i == 0 ? "units:\n" : "", i, i % KINDS);
    for (int i = 0; i < KINDS * PER_KIND; i++) {
        mv_buf_printf(
            &targets,
            "%s  - {id: t%04d, year: 2024, text: T, scope: [k%02d]}\n",
            i == 0 ? "targets:\n" : "", i, i % KINDS);
    }
    test_journal_catalogue(
        j, mv_buf_cstr(&units),
        "indicators:\n"
        "  - {id: i, title: I, measure: count, frequency: "
        "A, over_periods: sum, over_units: sum, by: trust}\n",
        mv_buf_cstr(&targets));
    mv_buf_done(&units);
    mv_buf_done(&targets);
}

struct most {
    const struct evaluator *e;
    size_t bytes;
};

static void look(void *ctx, struct mv_span change)
{
    struct most *most = ctx;
    size_t now = evaluator_published_bytes(most->e->published);
    (void)change;
    if (now > most->bytes)
        most->bytes = now;
}

/* Of each target and each unit that it judges. */
static size_t sent_as_stored(const struct evaluator *e)
{
    const struct mv_catalogue *c = e->force.now.catalogue;
    size_t count = 0;
    for (uint32_t t = 0; t < c->target_count; t++) {
        for (uint32_t u = 0; u < c->unit_count; u++) {
            count += evaluator_published_stored(e->published, &c->targets[t],
                                                &c->units[u])
                         .there;
        }
    }
    return count;
}

static void what_was_sent_is_not_all_kept_while_all_is_judged(void **state)
{
    struct test_world w;
    struct test_journal j = {0};
    struct mv_err err = {0};
    (void)state;
    test_world_make(&w);
    assert_int_equal(test_world_start(&w, &err), MV_OK);
    struct most most = {.e = w.evaluator};
    w.evaluator->group.each = look;
    w.evaluator->group.each_ctx = &most;
    add_kinds(&j);
    test_world_run(&w, &j, 0, 10);
    assert_true(w.evaluator->sent == KINDS * OF_KIND * PER_KIND);
    assert_true(most.bytes > TEST_CACHE_BYTES / 4);
    assert_true(most.bytes < 8u << 20);
    assert_int_equal(mv_store_read_begin(w.store, &err), MV_OK);
    assert_int_equal(sent_as_stored(w.evaluator), w.evaluator->sent);
    assert_int_equal(mv_store_read_end(w.store, &err), MV_OK);
    test_journal_done(&j);
    test_world_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_log_is_the_same_however_little_is_held),
        cmocka_unit_test(what_a_large_group_took_is_given_back_whole),
        cmocka_unit_test(every_part_says_which_of_how_many_it_is),
        cmocka_unit_test(
            a_store_that_is_full_in_a_large_group_takes_all_of_it_back),
        cmocka_unit_test(what_is_only_counted_is_counted_as_it_will_be_told),
        cmocka_unit_test(what_was_sent_is_not_all_kept_while_all_is_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
