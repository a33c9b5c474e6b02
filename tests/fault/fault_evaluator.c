/* Promises P6 and P26: the k-th write or sync fails, for each k until none
 * fires. What opens afterwards holds rows, changes and position of one and
 * the same record, and goes on to the same end; a rebuild took place or it
 * did not. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "services/evaluator/rebuild.h"
#include "tests/support/evaluated_random.h"
#include "tests/support/place.h"
#include "tests/support/spawn.h"
#include "tests/support/unit.h"

#define RECORDS 60
#define BATCH   5
#define FIRED   3 /* exit code of a worker that met its fault */

/* The same in parent and child. */
static void make_journal(struct test_journal *j)
{
    struct test_random r = {.state = 20240616};
    test_journal_random(j, &r, RECORDS);
}

static mv_rc step(struct test_world *w, const struct test_journal *j)
{
    struct evaluator *e = w->evaluator;
    mv_store_begin(w->store);
    for (int i = 0; i < BATCH && e->now.seq < j->count; i++) {
        struct mv_record r = test_journal_record(j, e->now.seq + 1);
        if (evaluator_apply(e, &r, NULL) == MV_FATAL)
            break; /* the store failed: the commit says so */
    }
    return mv_store_commit(w->store, NULL);
}

/* A full store is tried again, as the loop does; anything else ends it. */
static mv_rc run_all(struct test_world *w, const struct test_journal *j)
{
    int patience = 3;
    while (w->evaluator->now.seq < j->count) {
        mv_rc rc = step(w, j);
        if (rc != MV_OK && (rc != MV_FULL || patience-- == 0))
            return rc;
    }
    return MV_OK;
}

/* As if something else had been sent: the rebuild has something to say. */
static mv_rc pretend(struct test_world *w)
{
    struct evaluator *e = w->evaluator;
    const struct evaluator_sent sent = {
        .since_seq = 1, .changes = 3, .status = 9, .there = true};
    mv_store_begin(w->store);
    evaluator_published_put(e->published, e->force.now.catalogue, 0, 0, &sent);
    return mv_store_commit(w->store, NULL);
}

static mv_rc rebuild(struct test_world *w, const struct test_journal *j)
{
    struct evaluator_rebuild *r = NULL;
    const struct evaluator_options o = {
        .store = w->store, .changes = w->changes, .cache_bytes = 1 << 20};
    mv_rc rc = evaluator_rebuild_open(&r, &o, NULL);
    for (uint64_t seq = 1; rc == MV_OK && seq <= j->count;) {
        mv_store_begin(w->store);
        for (int i = 0; i < 20 && seq <= j->count; i++, seq++) {
            struct mv_record record = test_journal_record(j, seq);
            if (evaluator_rebuild_apply(r, &record, NULL) == MV_FATAL)
                break;
        }
        rc = mv_store_commit(w->store, NULL);
    }
    if (rc == MV_OK)
        rc = evaluator_rebuild_finish(r, false, NULL, NULL, NULL);
    evaluator_rebuild_close(r);
    return rc;
}

static int worker(const char *dir, bool rebuilds)
{
    struct test_world w = {.dir = mv_xstrdup(dir)};
    struct test_journal j = {0};
    make_journal(&j);
    mv_rc rc = test_world_start(&w, NULL);
    if (rc == MV_OK)
        rc = run_all(&w, &j);
    if (rc == MV_OK && rebuilds)
        rc = pretend(&w);
    if (rc == MV_OK && rebuilds) {
        evaluator_close(w.evaluator);
        w.evaluator = NULL;
        rc = rebuild(&w, &j);
    }
    test_world_stop(&w);
    free(w.dir);
    test_journal_done(&j);
    return mv_io_fired() > 0 ? FIRED : rc == MV_OK ? 0 : 1;
}

/* What the state must be after each record; [RECORDS + 2]: pretended; the
 * last: rebuilt. */
static struct mv_hash right[RECORDS + 5];
static struct test_journal journal;

/* What persons state is among it, each kind. */
static void assert_every_kind(const struct test_journal *j)
{
    unsigned count[MV_STATEMENT_KINDS] = {0};
    for (uint64_t seq = 1; seq <= j->count; seq++) {
        struct mv_record r = test_journal_record(j, seq);
        mv_statement_kind kind;
        if (mv_statement_is(r.content, &kind))
            count[kind]++;
    }
    for (int kind = 0; kind < MV_STATEMENT_KINDS; kind++)
        if (count[kind] == 0)
            fail_msg("no %s", mv_statement_name((mv_statement_kind)kind));
}

static int learn(void **state)
{
    struct test_world w;
    (void)state;
    make_journal(&journal);
    assert_every_kind(&journal);
    test_world_make(&w);
    assert_int_equal(test_world_start(&w, NULL), MV_OK);
    right[0] = test_world_digest(&w);
    for (uint64_t seq = 1; seq <= journal.count; seq++) {
        test_world_run(&w, &journal, seq, 1);
        right[seq] = test_world_digest(&w);
    }
    assert_int_equal(pretend(&w), MV_OK);
    right[journal.count + 1] = test_world_digest(&w);
    evaluator_close(w.evaluator);
    w.evaluator = NULL;
    assert_int_equal(rebuild(&w, &journal), MV_OK);
    assert_int_equal(test_world_start(&w, NULL), MV_OK);
    right[journal.count + 2] = test_world_digest(&w);
    assert_false(
        mv_hash_equal(&right[journal.count + 1], &right[journal.count + 2]));
    test_world_done(&w);
    return 0;
}

static int forget(void **state)
{
    (void)state;
    test_journal_done(&journal);
    return 0;
}

static bool is_right(const struct mv_hash *h, uint64_t seq)
{
    if (seq < journal.count)
        return mv_hash_equal(h, &right[seq]);
    for (uint64_t i = journal.count; i <= journal.count + 2; i++)
        if (mv_hash_equal(h, &right[i]))
            return true;
    return false;
}

static void check_after(char *dir, unsigned k)
{
    struct test_world w = {0};
    struct mv_err err = {0};
    w.dir = dir;
    if (test_world_start(&w, &err) != MV_OK)
        fail_msg("place %u: %s", k, err.text);
    uint64_t seq = w.evaluator->now.seq;
    struct mv_hash is = test_world_digest(&w);
    if (!is_right(&is, seq))
        fail_msg("place %u: not the state of record %u", k, (unsigned)seq);
    test_world_run(&w, &journal, 0, 7);
    is = test_world_digest(&w);
    assert_true(is_right(&is, journal.count));
    test_world_stop(&w);
}

static bool run(const char *role, const char *on, int error, unsigned k)
{
    char *dir = mv_test_dir(true);
    struct mv_buf text[3] = {0};
    mv_buf_printf(&text[0], "MV_IO_FAIL=%u", k);
    mv_buf_printf(&text[1], "MV_IO_ERROR=%d", error);
    mv_buf_printf(&text[2], "MV_IO_ON=%s", on);
    const char *settings[] = {mv_buf_cstr(&text[0]), mv_buf_cstr(&text[1]),
                              mv_buf_cstr(&text[2])};
    int status = mv_spawn(role, dir, settings, 3);
    assert_true(WIFEXITED(status));
    assert_true(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == FIRED);
    check_after(dir, k);
    for (size_t i = 0; i < 3; i++)
        mv_buf_done(&text[i]);
    mv_test_dir_done(dir);
    return WEXITSTATUS(status) == FIRED;
}

static void every_place(const char *role, unsigned from)
{
    static const struct {
        const char *on;
        int error;
    } faults[] = {{"write", ENOSPC}, {"write", EIO}, {"sync", EIO}};
    for (size_t i = 0; i < 3; i++) {
        unsigned k = from;
        while (run(role, faults[i].on, faults[i].error, k))
            k++;
        (void)printf("%s, %s, errno %d: %u places\n", role, faults[i].on,
                     faults[i].error, k);
        assert_true(k > 2 * journal.count / BATCH);
    }
}

static void state_position_and_changes_move_together(void **state)
{
    (void)state;
    every_place("worker", 0);
}

/* From where the worker's own run ends. */
static void a_rebuild_took_place_or_it_did_not(void **state)
{
    (void)state;
    every_place("rebuilder", 2 * RECORDS / BATCH);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "worker") == 0)
        return worker(argv[2], false);
    if (argc == 3 && strcmp(argv[1], "rebuilder") == 0)
        return worker(argv[2], true);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(state_position_and_changes_move_together),
        cmocka_unit_test(a_rebuild_took_place_or_it_did_not),
    };
    return cmocka_run_group_tests_name("evaluator faults", tests, learn,
                                       forget);
}
