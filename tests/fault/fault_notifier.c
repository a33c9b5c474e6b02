/* Promises P2, P8: whichever call of LMDB fails while the notifier works, the
 * transaction is refused, the rows are those of before, memory says the same
 * as the rows, and what is then done again ends as if nothing had happened. */
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "services/notifier/read.h"
#include "tests/support/failing_lmdb.h"
#include "tests/support/notices.h"
#include "tests/support/unit.h"

/* One step of the notifier's life: what it is given in a transaction. */
struct step {
    const char *verb, *args; /* an act of an operator; or, verb NULL: */
    const char *target, *status, *last;
    /* what persons state: of a commission instead, its date that is near; a
     * status that is a person's, a year that was frozen */
    const char *commission, *reminder, *assessed;
    bool closed;
    unsigned part, parts;
    bool midst;        /* half told when the next step comes */
    uint64_t done;     /* acknowledged by the owner of `a` */
    unsigned tick_h;   /* the time passes to so many hours from the start */
    bool quiet;        /* and the changes log answers, and has nothing more */
    unsigned log_from; /* the changes log is read from here */
};

static const struct step steps[] = {
    {.verb = "subscribe", .args = "id=a regions=hso owner=kari"},
    {.verb = "subscribe", .args = "id=b units=ahus owner=kari"},
    {.verb = "subscribe", .args = "id=c all=true owner=kari"},
    {.target = "t1", .status = "red", .last = "green"},
    {.target = "t2", .status = "red", .part = 1, .parts = 2},
    {.target = "t1", .status = "green", .last = "red", .part = 2, .parts = 2},
    {.done = 2},
    {.target = "t1", .status = "red", .last = "green"},
    {.target = "t1", .status = "green", .last = "red"},
    {.target = "t1", .status = "red", .last = "green"},
    {.target = "t1", .status = "green", .last = "red"},
    {.target = "t1", .status = "red", .last = "green"}, /* merged by now */
    {.target = "t3", .status = "red", .assessed = "red"},
    {.commission = "c1", .status = "red", .reminder = "2025-04-01"},
    {.commission = "c1", .status = "red"},
    {.target = "t3", .status = "green", .last = "red", .closed = true},
    {.verb = "pause", .args = "subscription=b"},
    {.tick_h = 25}, /* given up: a and c */
    {.verb = "resume", .args = "subscription=b"},
    {.verb = "requeue", .args = "subscription=a"},
    {.verb = "drop", .args = "subscription=c comment=old"},
    {.verb = "unsubscribe", .args = "id=b force=true"},
    {.target = "t1", .status = "green", .last = "red", .part = 1, .parts = 3},
    {.target = "t2", .status = "green", .last = "red"}, /* the rest is lost */
    {.target = "t1", .status = "red", .last = "green", .part = 1, .parts = 2},
    {.verb = "restart-changes", .args = ""}, /* it is open */
    {.log_from = 1, .target = "t1", .status = "red", .last = "green"},
    {.tick_h = 27, .quiet = true}, /* what differs is told */
    {.target = "t1", .status = "green", .last = "red", .part = 1, .parts = 2},
    {.target = "t2",
     .status = "red",
     .last = "green",
     .part = 2,
     .parts = 2,
     .midst = true},
    {.verb = "restart-changes", .args = ""},
    {.log_from = 1, .target = "t1", .status = "red", .last = "green"},
    {.target = "t2", .status = "green", .last = "green"},
    {.target = "t2", .status = "none", .last = "green"},
    {.tick_h = 30, .quiet = true}, /* what differs is told */
};
enum { STEPS = sizeof steps / sizeof steps[0], MERGE_ABOVE = 4 };
enum { MERGED = 16, RESUMED = 19 }; /* of them, so far */

/* What is drawn at random is the same in each life, and for each try: the
 * number of the step. */
static uint8_t drawn;

void randombytes_buf(void *const at, const size_t bytes)
{
    memset(at, drawn, bytes);
}

/* Every row of every table, and what memory says of the queues. */
static void dump(struct test_notifier *f, struct mv_buf *out)
{
    mv_buf_clear(out);
    assert_int_equal(mv_store_read_begin(f->store, NULL), MV_OK);
    for (unsigned i = 0; i < NOTIFIER_TABLE_COUNT; i++) {
        struct mv_scan scan;
        struct mv_span key, value;
        mv_scan_open(&scan, f->store,
                     mv_store_table(f->store, notifier_tables[i]),
                     (struct mv_span){0});
        while (mv_scan_next(&scan, &key, &value)) {
            mv_buf_put_u8(out, (uint8_t)i);
            mv_buf_put(out, key.at, key.len);
            mv_buf_put(out, value.at, value.len);
        }
        mv_scan_close(&scan);
    }
    assert_int_equal(mv_store_read_end(f->store, NULL), MV_OK);
    for (uint32_t i = 0; i < f->n->slots_used; i++) {
        if (f->n->slots[i] != NULL)
            notifier_counts_put(&f->n->slots[i]->counts, out);
    }
    notifier_marks_put(&f->n->marks, out);
}

static bool is_group(const struct step *s)
{
    return s->target != NULL || s->commission != NULL;
}

static void give_group(struct test_notifier *f, const struct step *s)
{
    struct mv_record record;
    struct mv_err err = {0};
    const struct test_change c = {.target = s->target,
                                  .commission = s->commission,
                                  .reminder = s->reminder,
                                  .assessed = s->assessed,
                                  .closed = s->closed,
                                  .unit = "ahus",
                                  .status = s->status,
                                  .last = s->last,
                                  .count = drawn};
    uint64_t seq = s->log_from > 0 ? s->log_from : f->seq + 1;
    unsigned parts = s->parts > 0 ? s->parts : 1, at = parts > 1 ? s->part : 1;
    test_group_record(&f->content, &record, 0, seq, seq, at, parts, &c, 1);
    mv_rc rc = notifier_group(f->n, &record, f->now_ms, &err);
    assert_true(rc == MV_OK || mv_store_failed(f->store));
}

/* Staged; the commit tells. */
static void give(struct test_notifier *f, const struct step *s)
{
    struct notifier_page page = {.key = &f->operator_key, .now_ms = f->now_ms};
    struct mv_span name = mv_span_text(s->verb != NULL ? s->verb : "");
    if (s->verb != NULL) {
        page.args = test_args_of(&f->bytes, s->args);
        mv_rc rc = notifier_act(f->n, name, &page, &f->no);
        if (rc != MV_OK && !mv_store_failed(f->store))
            fail_msg("%s %s: %s", s->verb, s->args, f->no.text);
        mv_buf_done(&page.rows);
    } else if (is_group(s)) {
        give_group(f, s);
    } else if (s->done > 0) {
        notifier_done(f->n, &f->owner, mv_span_text("a"), s->done);
    } else {
        bool more;
        f->n->quiet_ms = s->quiet ? HOUR : 0;
        assert_int_equal(
            notifier_tick(f->n, NOW + s->tick_h * HOUR, &more, NULL), MV_OK);
    }
}

/* The step in a transaction, as the loop does it. */
static mv_rc take_step(struct test_notifier *f, const struct step *s)
{
    struct mv_err err = {0};
    mv_store_begin(f->store);
    give(f, s);
    mv_rc rc = mv_store_commit(f->store, &err);
    mv_rc settled = notifier_settled(f->n, &err);
    if (rc == MV_OK)
        rc = settled;
    assert_true(rc == MV_OK || err.text[0] != 0);
    return rc;
}

static void moved_on(struct test_notifier *f, const struct step *s)
{
    if (is_group(s))
        f->seq = s->log_from > 0 ? s->log_from : f->seq + 1;
    if (s->tick_h > 0)
        f->now_ms = NOW + s->tick_h * HOUR;
}

/* Every k-th call of the step fails; at last none does. looked: a failure
 * forgets what the tick before it had looked at, which is in memory only. */
static unsigned try_step(struct test_notifier *f, const struct step *s,
                         bool looked, int error, unsigned stride)
{
    struct mv_buf before = {0}, after = {0};
    unsigned failed = 0;
    dump(f, &before);
    for (long k = 0;; k += stride) {
        failing_arm(k, error);
        mv_rc rc = take_step(f, s);
        const char *fired = failing_end();
        if (fired == NULL) {
            assert_int_equal(rc, MV_OK);
            break;
        }
        if (rc == MV_OK)
            fail_msg("step %d: %s failed, and nobody noticed", (int)(s - steps),
                     fired);
        failed++;
        if (error != ENOSPC) /* the outcome is unknown: a new start */
            test_again(f);
        if (looked)
            assert_int_equal(take_step(f, s), MV_OK);
        dump(f, &after);
        assert_true(mv_span_equal(mv_buf_span(&before), mv_buf_span(&after)));
    }
    mv_buf_done(&before);
    mv_buf_done(&after);
    return failed;
}

/* What is told in steps is told with the ticks after it: one that looks at all
 * of it, and one that makes the notices. */
static unsigned tick_on(struct test_notifier *f, unsigned most, int error,
                        unsigned stride)
{
    const struct step tick = {.tick_h = (unsigned)((f->now_ms - NOW) / HOUR)};
    unsigned failed = 0;
    for (unsigned i = 0; notifier_is_busy(f->n) && i < most; i++) {
        if (stride > 0)
            failed += try_step(f, &tick, f->n->pass.index > 1, error, stride);
        else
            assert_int_equal(take_step(f, &tick), MV_OK);
    }
    return failed;
}

/* All steps; what there is in the end into *out. */
static unsigned live(int error, unsigned stride, struct mv_buf *out)
{
    void *state = NULL;
    unsigned failed = 0;
    assert_int_equal(test_make_with(&state, MERGE_ABOVE), 0);
    struct test_notifier *f = state;
    for (unsigned i = 0; i < STEPS; i++) {
        drawn = (uint8_t)i;
        if (stride > 0)
            failed += try_step(f, &steps[i], false, error, stride);
        else
            assert_int_equal(take_step(f, &steps[i]), MV_OK);
        moved_on(f, &steps[i]);
        failed += tick_on(f, steps[i].midst ? 1 : UINT_MAX, error, stride);
    }
    dump(f, out);
    assert_int_equal(test_drop(&state), 0);
    return failed;
}

static void as_if_nothing_had_happened(int error, unsigned stride)
{
    struct mv_buf whole = {0}, disturbed = {0};
    (void)live(0, 0, &whole);
    unsigned failed = live(error, stride, &disturbed);
    (void)printf("error %d: %u failures, %zu bytes of rows\n", error, failed,
                 whole.len);
    assert_true(failed > 300 / stride);
    assert_true(mv_span_equal(mv_buf_span(&whole), mv_buf_span(&disturbed)));
    mv_buf_done(&whole);
    mv_buf_done(&disturbed);
}

static void a_full_disk_delays_and_changes_nothing(void **state)
{
    (void)state;
    as_if_nothing_had_happened(ENOSPC, 1);
}

static void a_damaged_page_ends_the_step_and_changes_nothing(void **state)
{
    (void)state;
    as_if_nothing_had_happened(MDB_CORRUPTED, 3);
}

/* What is asked is answered as it is, or said to have failed. */
static bool ask(struct test_notifier *f, const char *verb, const char *args,
                struct mv_buf *out)
{
    struct notifier_page page = {.args = test_args_of(&f->bytes, args),
                                 .key = &f->operator_key,
                                 .now_ms = f->now_ms};
    struct mv_err err = {0};
    mv_buf_clear(out);
    if (mv_store_read_begin(f->store, &err) != MV_OK)
        return false;
    mv_rc rc = MV_OK;
    if (verb != NULL)
        rc = notifier_ask(f->n, mv_span_text(verb), &page, &f->no);
    else
        rc = notifier_read(f->n, notifier_find(f->n, mv_span_text("a")), 3,
                           false, &page.rows, &err);
    mv_buf_put(out, page.rows.at, page.rows.len);
    mv_buf_done(&page.rows);
    return mv_store_read_end(f->store, &err) == MV_OK && rc == MV_OK;
}

static void an_answer_is_whole_or_none(void **state)
{
    static const struct {
        const char *verb, *args;
    } asked[] = {{"subscriptions", ""}, {"queues", ""}, {"dead", ""},
                 {"books", ""},         {"aside", ""},  {NULL, ""}};
    struct test_notifier *f = NULL;
    struct mv_buf whole = {0}, got = {0};
    unsigned failed = 0;
    assert_int_equal(test_make_with((void **)&f, MERGE_ABOVE), 0);
    for (unsigned i = 0; i < RESUMED; i++) {
        drawn = (uint8_t)i;
        assert_int_equal(take_step(f, &steps[i]), MV_OK);
        moved_on(f, &steps[i]);
        (void)tick_on(f, UINT_MAX, 0, 0);
    }
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        assert_true(ask(f, asked[i].verb, asked[i].args, &whole));
        for (long k = 0;; k++) {
            failing_arm(k, MDB_CORRUPTED);
            bool good = ask(f, asked[i].verb, asked[i].args, &got);
            if (failing_end() == NULL) {
                assert_true(good);
                break;
            }
            assert_false(good);
            failed++;
        }
        assert_true(mv_span_equal(mv_buf_span(&whole), mv_buf_span(&got)));
    }
    assert_true(failed > 15);
    mv_buf_done(&whole);
    mv_buf_done(&got);
    *state = f;
    assert_int_equal(test_drop(state), 0);
}

static void a_start_that_cannot_read_its_rows_says_so(void **state)
{
    struct test_notifier *f = NULL;
    unsigned failed = 0;
    assert_int_equal(test_make_with((void **)&f, MERGE_ABOVE), 0);
    for (unsigned i = 0; i < MERGED; i++) {
        drawn = (uint8_t)i;
        assert_int_equal(take_step(f, &steps[i]), MV_OK);
        moved_on(f, &steps[i]);
        (void)tick_on(f, UINT_MAX, 0, 0);
    }
    const struct notifier_options o = f->n->o;
    notifier_close(f->n);
    for (long k = 0;; k++, failed++) {
        struct mv_err err = {0};
        failing_arm(k, MDB_CORRUPTED);
        mv_rc rc = notifier_open(&f->n, &o, &err);
        if (failing_end() == NULL) {
            assert_int_equal(rc, MV_OK);
            break;
        }
        assert_int_equal(rc, MV_FATAL);
        assert_true(err.text[0] != 0);
    }
    assert_true(failed > 8);
    *state = f;
    assert_int_equal(test_drop(state), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_disk_delays_and_changes_nothing),
        cmocka_unit_test(a_damaged_page_ends_the_step_and_changes_nothing),
        cmocka_unit_test(an_answer_is_whole_or_none),
        cmocka_unit_test(a_start_that_cannot_read_its_rows_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
