#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "services/evaluator/rebuild.h"
#include "services/evaluator/verify.h"
#include "tests/support/evaluated_random.h"
#include "tests/support/unit.h"

#define RECORDS 80

struct fixture {
    struct test_world w;
    struct test_journal j;
    struct test_random r;
    struct mv_buf before, after; /* the log as text */
    struct evaluator_rebuild *rebuild;
    uint32_t given; /* changes that finish told of */
};

static int setup(void **state)
{
    struct fixture *f = mv_xcalloc(1, sizeof *f);
    f->r = test_random_start("rebuild");
    test_world_make(&f->w);
    assert_int_equal(test_world_start(&f->w, NULL), MV_OK);
    test_journal_random(&f->j, &f->r, RECORDS);
    test_journal_release(&f->j);
    test_world_run(&f->w, &f->j, 0, 9);
    test_world_changes(&f->w, 1, &f->before);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    mv_buf_done(&f->before);
    mv_buf_done(&f->after);
    test_journal_done(&f->j);
    test_world_done(&f->w);
    free(f);
    return 0;
}

static void restart(struct fixture *f)
{
    test_world_stop(&f->w);
    assert_int_equal(test_world_start(&f->w, NULL), MV_OK);
}

/* The service stops, a rebuild begins. */
static void begin(struct fixture *f)
{
    test_world_stop(&f->w);
    assert_int_equal(test_world_store(&f->w, NULL), MV_OK);
    const struct evaluator_options o = {
        .store = f->w.store, .changes = f->w.changes, .cache_bytes = 1 << 20};
    assert_int_equal(evaluator_rebuild_open(&f->rebuild, &o, NULL), MV_OK);
}

static void feed(struct fixture *f, uint64_t to, uint64_t batch)
{
    for (uint64_t seq = 1; seq <= to;) {
        mv_store_begin(f->w.store);
        for (uint64_t i = 0; i < batch && seq <= to; i++, seq++) {
            struct mv_record r = test_journal_record(&f->j, seq);
            mv_rc rc = evaluator_rebuild_apply(f->rebuild, &r, NULL);
            assert_true(rc == MV_OK || rc == MV_POISON);
        }
        assert_int_equal(mv_store_commit(f->w.store, NULL), MV_OK);
    }
}

static void tell(void *ctx, struct mv_span change)
{
    struct fixture *f = ctx;
    assert_true(change.len > 0);
    f->given++;
}

static mv_rc finish(struct fixture *f, bool dry)
{
    struct mv_err err = {0};
    f->given = 0;
    mv_rc rc = evaluator_rebuild_finish(f->rebuild, dry, tell, f, &err);
    evaluator_rebuild_close(f->rebuild);
    f->rebuild = NULL;
    return rc;
}

static mv_rc rebuild(struct fixture *f, bool dry)
{
    begin(f);
    feed(f, f->j.count, 11);
    return finish(f, dry);
}

/* What was sent is what is judged: the end of every path below. */
static void assert_sound(struct fixture *f)
{
    struct evaluator_page page = {0};
    struct evaluator_refusal no;
    assert_int_equal(mv_store_read_begin(f->w.store, NULL), MV_OK);
    evaluator_page_begin(f->w.evaluator, &page);
    assert_int_equal(
        evaluator_ask_verify(f->w.evaluator, mv_span(NULL, 0), &page, &no),
        MV_OK);
    assert_int_equal(mv_store_read_end(f->w.store, NULL), MV_OK);
    assert_non_null(strstr(mv_buf_cstr(&page.rows), "sound\xc3"));
    mv_buf_done(&page.rows);
}

/* The log as it was, and then only what is given. */
static void assert_log(struct fixture *f, const char *more)
{
    test_world_changes(&f->w, 1, &f->after);
    mv_buf_text(&f->before, more);
    assert_string_equal(mv_buf_cstr(&f->after), mv_buf_cstr(&f->before));
}

/* P26. */
static void a_rebuild_that_finds_nothing_else_adds_nothing(void **state)
{
    struct fixture *f = *state;
    struct mv_hash was = test_world_digest(&f->w);
    assert_int_equal(rebuild(f, false), MV_OK);
    assert_int_equal(f->given, 0);
    restart(f);
    struct mv_hash is = test_world_digest(&f->w);
    assert_true(mv_hash_equal(&was, &is));
    assert_int_equal(f->w.evaluator->book.side, 1);
    assert_sound(f);
}

static void the_side_that_is_left_is_emptied(void **state)
{
    struct fixture *f = *state;
    struct mv_scan scan;
    struct mv_span key, value;
    assert_int_equal(rebuild(f, false), MV_OK);
    restart(f);
    struct evaluator_book other = evaluator_book_other(&f->w.evaluator->book);
    const struct mv_table all[] = {other.state, other.rows, other.ids,
                                   other.aside};
    assert_int_equal(mv_store_read_begin(f->w.store, NULL), MV_OK);
    for (size_t i = 0; i < 4; i++) {
        mv_scan_open(&scan, f->w.store, all[i], mv_span(NULL, 0));
        assert_false(mv_scan_next(&scan, &key, &value));
        mv_scan_close(&scan);
    }
    assert_int_equal(mv_store_read_end(f->w.store, NULL), MV_OK);
}

/* As an engine that judged otherwise would have left it. */
static void pretend_sent(struct fixture *f, const char *unit, mv_status status)
{
    struct evaluator *e = f->w.evaluator;
    const struct mv_catalogue *c = e->force.now.catalogue;
    const struct mv_target *t =
        mv_catalogue_target(c, mv_span_text("1535"), 2024);
    const struct mv_unit *u = mv_catalogue_unit(c, mv_span_text(unit));
    struct evaluator_sent sent = {
        .since_seq = 2,
        .changes = 7,
        .status = (uint8_t)status,
        .reason = status == MV_STATUS_NONE ? MV_REASON_NO_BASE : MV_REASON_NO,
        .coloured = MV_STATUS_YELLOW,
        .there = true};
    mv_store_begin(f->w.store);
    evaluator_published_put(e->published, c, t->index, u->index, &sent);
    assert_int_equal(mv_store_commit(f->w.store, NULL), MV_OK);
}

static void set_engine(struct fixture *f, uint64_t engine)
{
    mv_store_begin(f->w.store);
    evaluator_book_put(&f->w.evaluator->book, "engine", engine);
    assert_int_equal(mv_store_commit(f->w.store, NULL), MV_OK);
}

static void
another_engines_store_does_not_serve_until_it_is_rebuilt(void **state)
{
    struct fixture *f = *state;
    struct mv_err err = {0};
    set_engine(f, 77);
    test_world_stop(&f->w);
    assert_int_equal(test_world_start(&f->w, &err), MV_CONFIG);
    assert_non_null(strstr(err.text, "maalvakt-evaluator rebuild"));
    assert_int_equal(rebuild(f, false), MV_OK);
    restart(f);
    assert_log(f, "");
    assert_sound(f);
}

static void what_differs_is_one_group_with_the_engine_as_its_cause(void **state)
{
    struct fixture *f = *state;
    char more[256];
    struct mv_err err = {0};
    test_journal_catalogue(&f->j, NULL, NULL, NULL);
    test_journal_delivery(&f->j, "epikrise som ous 2024-T1 99/100 A "
                                 "1999999999999\n"
                                 "epikrise som ous 2024 99/100 A "
                                 "1999999999999\n"
                                 "epikrise vop ous 2024 99/100 A "
                                 "1999999999999\n"
                                 "epikrise tsb ous 2024 99/100 A "
                                 "1999999999999");
    test_world_run(&f->w, &f->j, 0, 1);
    test_world_changes(&f->w, 1, &f->before);
    pretend_sent(f, "ous", MV_STATUS_RED);
    set_engine(f, 0);
    assert_int_equal(rebuild(f, true), MV_OK); /* dry: tells, does nothing */
    assert_int_equal(f->given, 1);
    test_world_stop(&f->w);
    assert_int_equal(test_world_start(&f->w, &err), MV_CONFIG);
    assert_int_equal(rebuild(f, false), MV_OK);
    assert_int_equal(f->given, 1);
    restart(f);
    (void)snprintf(more, sizeof more,
                   "engine %u 1535 2024 ous red -> green last yellow (8) [99 "
                   "70 29]\n",
                   (unsigned)f->j.count);
    assert_log(f, more);
    assert_sound(f);
}

/* The evaluator that is rebuilt is silent until then, and sends at the end. */
static void what_a_rebuild_sends_is_without_what_is_hidden(void **state)
{
    struct fixture *f = *state;
    char more[128];
    test_journal_catalogue(
        &f->j,
        "units:\n"
        "  - {id: hso, name: H, kind: region}\n"
        "  - {id: ahus, name: A, kind: trust, parent: hso}\n"
        "  - {id: ous, name: O, kind: trust, parent: hso}\n"
        "  - {id: sun, name: S, kind: trust, parent: hso}\n",
        "indicators:\n"
        "  - {id: liten, title: L, measure: percent, frequency: A_3,\n"
        "     over_periods: ratio, over_units: ratio, decimals: 1,\n"
        "     min_denominator: 5}\n",
        "targets:\n"
        "  - {id: \"1535\", year: 2024, text: T, indicator: liten,\n"
        "     scope: [region, trust], require: [value < 40 %]}\n");
    test_journal_delivery(&f->j, "liten - ahus 2024-T1 1/4\n"
                                 "liten - ous 2024-T1 5/10\n"
                                 "liten - sun 2024-T1 60/100\n");
    test_world_run(&f->w, &f->j, 0, 1);
    test_world_changes(&f->w, 1, &f->before);
    pretend_sent(f, "ous", MV_STATUS_GREEN);
    set_engine(f, 0);
    assert_int_equal(rebuild(f, false), MV_OK);
    restart(f);
    (void)snprintf(more, sizeof more,
                   "engine %u 1535 2024 ous green -> red last yellow (8) 40\n",
                   (unsigned)f->j.count);
    assert_log(f, more);
}

/* An older journal was put back and went on otherwise. */
static void another_history_is_a_restore(void **state)
{
    struct fixture *f = *state;
    struct test_world fresh;
    struct mv_buf cause = {0};
    pretend_sent(f, "ous", MV_STATUS_NONE); /* no_base: nobody says that */
    f->j.salt = 1;
    test_journal_catalogue(&f->j, NULL, NULL, NULL);
    test_journal_delivery(&f->j, "epikrise som a1 2024-T1 1/100 A "
                                 "1999999999999");
    assert_int_equal(rebuild(f, false), MV_OK);
    restart(f);
    assert_sound(f);
    test_world_changes(&f->w, 1, &f->after);
    assert_memory_equal(f->after.at, f->before.at, f->before.len);
    mv_buf_printf(&cause, "restore %u ", (unsigned)f->j.count);
    assert_true(f->given > 0);
    assert_memory_equal(f->after.at + f->before.len, cause.at, cause.len);
    test_world_make(&fresh);
    assert_int_equal(test_world_start(&fresh, NULL), MV_OK);
    test_world_run(&fresh, &f->j, 0, 5);
    assert_int_equal(fresh.evaluator->now.counts[EVALUATOR_COUNT_FIGURES],
                     f->w.evaluator->now.counts[EVALUATOR_COUNT_FIGURES]);
    test_world_done(&fresh);
    mv_buf_done(&cause);
}

static void a_journal_that_lost_its_end_is_a_restore(void **state)
{
    struct fixture *f = *state;
    pretend_sent(f, "hso", MV_STATUS_NONE);
    size_t count = f->j.count;
    begin(f);
    feed(f, count - 1, 11);
    assert_int_equal(finish(f, false), MV_OK);
    restart(f);
    assert_int_equal(f->w.evaluator->now.seq, count - 1);
    test_world_changes(&f->w, 1, &f->after);
    assert_memory_equal(f->after.at, f->before.at, f->before.len);
    if (f->given > 0)
        assert_memory_equal(f->after.at + f->before.len, "restore ", 8);
    assert_sound(f);
}

/* P26: killed anywhere before its last commit, a rebuild never was. */
static void a_rebuild_that_dies_leaves_what_served(void **state)
{
    struct fixture *f = *state;
    struct mv_hash was = test_world_digest(&f->w);
    for (uint64_t to = 0; to <= f->j.count; to += 1 + f->j.count / 7) {
        begin(f);
        feed(f, to, 5);
        evaluator_rebuild_close(f->rebuild);
        restart(f);
        struct mv_hash is = test_world_digest(&f->w);
        assert_true(mv_hash_equal(&was, &is));
    }
    assert_int_equal(rebuild(f, false), MV_OK);
    restart(f);
    struct mv_hash is = test_world_digest(&f->w);
    assert_true(mv_hash_equal(&was, &is));
}

struct failing {
    struct mv_store_hook hook;
    struct mv_store *store;
    int left; /* commits that still succeed */
};

static void fail_commit(void *ctx)
{
    struct failing *x = ctx;
    if (x->left-- <= 0)
        mv_store_fail(x->store, MV_FULL, "no room, says the test");
}

static void the_last_commit_is_all_or_nothing(void **state)
{
    struct fixture *f = *state;
    pretend_sent(f, "ous", MV_STATUS_NONE);
    restart(f);
    struct mv_hash was = test_world_digest(&f->w);
    for (int commits = 0; commits < 2; commits++) {
        begin(f);
        feed(f, f->j.count, 11);
        struct failing x = {.store = f->w.store, .left = commits};
        x.hook =
            (struct mv_store_hook){.before_commit = fail_commit, .ctx = &x};
        mv_store_hook_add(f->w.store, &x.hook);
        assert_int_equal(finish(f, false), MV_FULL);
        mv_store_hook_remove(f->w.store, &x.hook);
        restart(f);
        struct mv_hash is = test_world_digest(&f->w);
        assert_int_equal(mv_hash_equal(&was, &is), commits == 0);
    }
    assert_sound(f); /* the old side was not emptied, and that is all */
    assert_int_equal(rebuild(f, false), MV_OK);
    assert_int_equal(f->given, 0);
    restart(f);
    assert_sound(f);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_rebuild_that_finds_nothing_else_adds_nothing),
        TEST(the_side_that_is_left_is_emptied),
        TEST(another_engines_store_does_not_serve_until_it_is_rebuilt),
        TEST(what_differs_is_one_group_with_the_engine_as_its_cause),
        TEST(what_a_rebuild_sends_is_without_what_is_hidden),
        TEST(another_history_is_a_restore),
        TEST(a_journal_that_lost_its_end_is_a_restore),
        TEST(a_rebuild_that_dies_leaves_what_served),
        TEST(the_last_commit_is_all_or_nothing),
    };
    return cmocka_run_group_tests_name("evaluator rebuild", tests, NULL, NULL);
}
