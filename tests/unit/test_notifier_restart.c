/* A changes log that begins anew (promise P26). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/msg.h"
#include "proto/pack.h"
#include "proto/walk.h"
#include "services/notifier/queue.h"
#include "services/notifier/read.h"
#include "services/notifier/restart.h"
#include "tests/support/notices.h"
#include "tests/support/unit.h"

static int make(void **state)
{
    return test_make_with(state, 1000);
}

/* --- a log that begins anew (promise P26) ------------------------------- */

static void test_restart(struct test_notifier *f)
{
    assert_string_equal(test_act(f, &f->operator_key, "restart-changes", ""),
                        "");
    f->world++;
    f->seq = f->cause = 0;
}

static void test_first_again(struct test_notifier *f)
{
    const struct test_change first[] = {
        {.target = "t1", .unit = "ahus", .status = "none", .was = "new"},
        {.target = "t2", .unit = "ous", .status = "none", .was = "new"},
    };
    test_group(f, first, 2);
}

static void
promise_p26_a_log_begun_anew_tells_nothing_that_was_told(void **state)
{
    struct test_notifier *f = *state;
    test_subscribe(f, "id=a regions=hso");
    test_turns(f, "t1", "ahus", "red", NULL);
    test_turns(f, "t1", "ahus", "green", "red");
    test_turns(f, "t2", "ous", "red", NULL);
    assert_true(test_head(f, "a") == 3);
    test_restart(f);
    test_again(f);
    test_first_again(f);
    test_turns(f, "t1", "ahus", "red", NULL);
    test_turns(f, "t1", "ahus", "green", "red");
    assert_true(f->n->marks.replaying);
    test_turns(f, "t2", "ous", "red", NULL);
    assert_false(f->n->marks.replaying);
    assert_true(test_head(f, "a") == 3);
    test_turns(f, "t2", "ous", "green", "red");
    assert_string_equal(test_told(test_notice(f, "a", 4).changes),
                        "green ous t2");
    test_turns(f, "t1", "ahus", "red", "green");
    assert_string_equal(test_told(test_notice(f, "a", 5).changes),
                        "red ahus t1");
}

static void promise_p26_a_log_begun_anew_tells_what_differs_once(void **state)
{
    struct test_notifier *f = *state;
    test_subscribe(f, "id=a regions=hso");
    test_turns(f, "t1", "ahus", "red", NULL);
    test_turns(f, "t2", "ous", "green", NULL);
    test_restart(f);
    test_first_again(f);
    test_turns(f, "t1", "ahus", "green", NULL);
    test_turns(f, "t2", "ous", "red", NULL);
    struct mv_msg_notice m = test_notice(f, "a", 2);
    assert_string_equal(test_told(m.changes), "green ahus t1; red ous t2");
    assert_true(test_head(f, "a") == 2);
}

/* A none of the new log's was before what was told of the old one. */
static void a_none_of_the_log_begun_anew_was_not_lost(void **state)
{
    struct test_notifier *f = *state;
    struct test_change again = {.target = "t1",
                                .unit = "ahus",
                                .status = "red",
                                .was = "none",
                                .last = "red",
                                .count = 5};
    test_subscribe(f, "id=n regions=hso transitions=to-none");
    test_subscribe(f, "id=a regions=hso");
    test_turns(f, "t1", "ahus", "red", NULL);
    test_restart(f);
    test_first_again(f);
    test_group(f, &again, 1);
    assert_false(f->n->marks.replaying);
    assert_true(test_head(f, "n") == 0 && test_head(f, "a") == 1);
    test_turns(f, "t1", "ahus", "none", "red");
    test_group(f, &again, 1);
    assert_true(test_head(f, "n") == 2 && test_head(f, "a") == 1);
}

static void promise_p26_statuses_sent_as_one_group_are_compared(void **state)
{
    struct test_notifier *f = *state;
    const struct test_change all[] = {
        {.target = "t1", .unit = "ahus", .status = "red", .was = "new"},
        {.target = "t2", .unit = "ous", .status = "red", .was = "new"},
    };
    test_subscribe(f, "id=a regions=hso");
    test_turns(f, "t1", "ahus", "red", NULL);
    test_turns(f, "t2", "ous", "green", NULL);
    test_restart(f);
    f->cause = 100; /* one group, caused after all that was told */
    test_group(f, all, 2);
    assert_string_equal(test_told(test_notice(f, "a", 2).changes),
                        "red ous t2");
}

static void a_replay_that_is_quiet_ends(void **state)
{
    struct test_notifier *f = *state;
    test_subscribe(f, "id=a regions=hso");
    test_turns(f, "t1", "ahus", "red", NULL);
    test_turns(f, "t1", "ahus", "green", "red");
    test_restart(f);
    test_first_again(f);
    test_turns(f, "t1", "ahus", "red", NULL);
    test_quiet(f, HOUR - 1);
    assert_true(f->n->marks.replaying);
    test_quiet(f, HOUR);
    assert_false(f->n->marks.replaying);
    assert_string_equal(test_told(test_notice(f, "a", 3).changes),
                        "red ahus t1");
}

/* Nor by one that begins anew itself, before it has asked. */
static void a_replay_is_not_ended_by_the_time_that_nobody_answered(void **state)
{
    struct test_notifier *f = *state;
    test_subscribe(f, "id=a regions=hso");
    test_turns(f, "t1", "ahus", "red", NULL);
    test_turns(f, "t1", "ahus", "green", "red");
    test_turns(f, "t2", "ous", "red", NULL);
    test_quiet(f, HOUR);
    test_restart(f);
    test_tick(f, NOW + 2 * HOUR); /* the new one is not there yet */
    test_first_again(f);
    test_turns(f, "t1", "ahus", "red", NULL);
    test_again(f);
    test_tick(f, NOW + 4 * HOUR);
    assert_true(f->n->marks.replaying);
    test_turns(f, "t1", "ahus", "green", "red");
    test_turns(f, "t2", "ous", "red", NULL);
    assert_false(f->n->marks.replaying);
    assert_true(test_head(f, "a") == 3);
}

static void what_comes_of_the_old_log_after_a_restart_is_left(void **state)
{
    struct test_notifier *f = *state;
    test_subscribe(f, "id=a regions=hso");
    test_restart(f);
    f->seq = 50;
    f->cause = 50;
    test_turns(f, "t1", "ahus", "red", "green");
    assert_true(test_head(f, "a") == 0 && f->n->marks.from_start);
    f->seq = f->cause = 0;
    test_first_again(f);
    assert_false(f->n->marks.from_start);
}

/* --- in steps, and killed in between ------------------------------------- */

#define MANY  2400u /* of them half differ: three steps, and three to tell */
#define STEPS 16u   /* more than it takes */

struct names {
    char target[MANY][8];
    struct test_change changes[MANY];
};

static struct names *many(void)
{
    struct names *m = calloc(1, sizeof *m);
    for (unsigned i = 0; i < MANY; i++) {
        (void)snprintf(m->target[i], sizeof m->target[i], "t%04u", i);
        m->changes[i] = (struct test_change){.target = m->target[i],
                                             .unit = "ahus",
                                             .status = "red",
                                             .was = "new",
                                             .count = i};
    }
    return m;
}

/* A record that the old log had not come to. */
static void later(struct test_notifier *f)
{
    const struct test_change c = {.target = "t0001",
                                  .unit = "ahus",
                                  .status = "green",
                                  .last = "red",
                                  .count = MANY};
    f->cause = 50;
    test_group(f, &c, 1);
}

/* One group all red and one of a single change; the log is lost; in the new
 * one every other target is green, and a later record takes a red away. */
static void lose_the_log(struct test_notifier *f, struct names *m)
{
    test_subscribe(f, "id=a regions=hso transitions=to-red,back,to-green");
    test_group(f, m->changes, MANY);
    test_group(
        f,
        &(struct test_change){
            .target = "other", .unit = "ahus", .status = "red", .was = "new"},
        1);
    test_restart(f);
    for (unsigned i = 0; i < MANY; i += 2)
        m->changes[i].status = "green";
    f->stepwise = true;
    test_group(f, m->changes, MANY);
    later(f);
}

/* The act of a crash: what is open is lost, and all of memory. */
static void killed(struct test_notifier *f, bool after_commit)
{
    if (!after_commit)
        mv_store_abort(f->store);
    else
        test_end(f, true);
    test_again(f);
}

static unsigned count_of(const struct mv_msg_notice *m)
{
    struct mv_list list;
    struct mv_span item;
    unsigned count = 0;
    assert_true(mv_list_open(&list, m->changes));
    while (mv_list_next(&list, &item))
        count++;
    return count;
}

/* All that subscription a was told after the log was lost, and the ids. */
static struct mv_buf all_told(struct test_notifier *f)
{
    struct mv_buf out = {0};
    for (uint64_t i = 3; i <= test_head(f, "a"); i++) {
        struct mv_msg_notice m = test_notice(f, "a", i);
        mv_buf_put(&out, m.id.at, m.id.len);
        mv_buf_put(&out, m.changes.at, m.changes.len);
    }
    return out;
}

static void settling_goes_in_bounded_steps(void **state)
{
    struct test_notifier *f = *state;
    struct names *m = many();
    unsigned steps = 0;
    lose_the_log(f, m);
    assert_true(f->n->marks.settling);
    while (f->n->marks.settling) {
        uint64_t stored = f->n->marks.stored;
        assert_true(test_head(f, "a") == 2);
        test_tick(f, NOW);
        assert_true(f->n->marks.stored <= stored + 1000);
        steps++;
    }
    assert_int_equal(steps, 6);
    assert_false(f->n->marks.replaying);
    struct mv_msg_notice notice = test_notice(f, "a", 3);
    /* one notice of what differs, and one of the record that waited */
    assert_true(test_head(f, "a") == 4);
    assert_true(count_of(&notice) == MANY / 2);
    assert_string_equal(test_told(test_notice(f, "a", 4).changes),
                        "green ahus t0001");
    test_assert_books(f);
    free(m);
}

/* Killed at step k, before its commit or after it: the same notices. */
static void
promise_p8_killed_while_settling_nothing_is_lost_or_told_twice(void **state)
{
    struct test_notifier *f = *state;
    struct names *m = many();
    lose_the_log(f, m);
    while (f->n->marks.settling)
        test_tick(f, NOW);
    struct mv_buf expected = all_told(f);
    free(m);
    for (unsigned k = 0; k < 2 * STEPS; k++) {
        void *again = NULL;
        assert_int_equal(make(&again), 0);
        struct test_notifier *g = again;
        m = many();
        lose_the_log(g, m);
        for (unsigned step = 0; g->n->marks.settling; step++) {
            bool more;
            mv_store_begin(g->store);
            assert_int_equal(notifier_tick(g->n, NOW, &more, NULL), MV_OK);
            if (step == k / 2)
                killed(g, k % 2 != 0);
            else
                test_end(g, true);
        }
        struct mv_buf told = all_told(g);
        assert_true(mv_span_equal(mv_buf_span(&told), mv_buf_span(&expected)));
        test_assert_books(g);
        mv_buf_done(&told);
        free(m);
        assert_int_equal(test_drop(&again), 0);
    }
    mv_buf_done(&expected);
}

static void a_log_lost_again_while_settling_is_settled_once(void **state)
{
    struct test_notifier *f = *state;
    struct names *m = many();
    lose_the_log(f, m);
    test_tick(f, NOW);
    assert_true(f->n->marks.settling);
    test_restart(f);
    assert_false(f->n->marks.settling);
    while (notifier_is_busy(f->n)) /* what was compared is told first */
        test_tick(f, NOW);
    test_group(f, m->changes, MANY);
    later(f);
    while (f->n->marks.settling)
        test_tick(f, NOW);
    uint64_t named = 0;
    for (uint64_t i = 3; i <= test_head(f, "a"); i++) {
        struct mv_msg_notice notice = test_notice(f, "a", i);
        named += count_of(&notice);
    }
    assert_true(named == MANY / 2 + 1);
    test_assert_books(f);
    free(m);
}

/* --- what an earlier program kept --------------------------------------- */

/* What is kept of the new log, each row in other words. */
static void rewrite(struct test_notifier *f,
                    void (*as)(struct mv_span row, struct mv_buf *out))
{
    struct mv_table t = mv_store_table(f->store, NOTIFIER_FRESH);
    struct mv_scan scan;
    struct mv_span key, value;
    unsigned rows = 0;
    mv_store_begin(f->store);
    mv_scan_open(&scan, f->store, t, (struct mv_span){0});
    for (; mv_scan_next(&scan, &key, &value); rows++) {
        struct mv_buf k = {0}, v = {0};
        mv_buf_put(&k, key.at, key.len);
        as(value, &v);
        mv_store_put(f->store, t, mv_buf_span(&k), mv_buf_span(&v));
        mv_buf_done(&k);
        mv_buf_done(&v);
    }
    mv_scan_close(&scan);
    assert_int_equal(mv_store_commit(f->store, NULL), MV_OK);
    assert_int_equal(rows, 2);
}

/* The colour, and right behind it the change; without the record's number. */
static void as_before_versions(struct mv_span row, struct mv_buf *out)
{
    assert_int_equal(*(const uint8_t *)row.at, 4);
    mv_buf_put_u8(out, 3);
    mv_buf_put(out, (const uint8_t *)row.at + 9, row.len - 9);
}

static void as_later(struct mv_span row, struct mv_buf *out)
{
    mv_buf_put_u8(out, 5);
    mv_buf_put(out, (const uint8_t *)row.at + 1, row.len - 1);
}

static void as_too_short(struct mv_span row, struct mv_buf *out)
{
    mv_buf_put(out, row.at, 8);
}

/* Two that the new log says anew, one of them otherwise. */
static void collect(struct test_notifier *f)
{
    test_subscribe(f, "id=a regions=hso");
    test_turns(f, "t1", "ahus", "red", NULL);
    test_turns(f, "t2", "ous", "green", NULL);
    test_restart(f);
    test_first_again(f);
    f->cause = 0;
    test_turns(f, "t1", "ahus", "red", NULL);
    f->cause = 0;
    test_turns(f, "t2", "ous", "red", NULL);
    assert_true(f->n->marks.replaying && !f->n->marks.settling);
}

static void rows_from_before_they_had_a_version_are_compared(void **state)
{
    struct test_notifier *f = *state;
    collect(f);
    rewrite(f, as_before_versions);
    test_again(f);
    test_quiet(f, HOUR);
    assert_false(f->n->marks.replaying);
    assert_true(test_head(f, "a") == 2);
    assert_string_equal(test_told(test_notice(f, "a", 2).changes),
                        "red ous t2");
    test_assert_books(f);
}

static void a_row_that_is_not_one_stops_the_comparison(void **state)
{
    struct test_notifier *f = *state;
    static void (*const ways[])(struct mv_span,
                                struct mv_buf *) = {as_too_short, as_later};
    struct mv_err err = {0};
    collect(f);
    for (size_t i = 0; i < 2; i++) {
        rewrite(f, ways[i]);
        mv_store_begin(f->store);
        bool more;
        f->n->quiet_ms = HOUR;
        assert_int_equal(notifier_tick(f->n, NOW, &more, NULL), MV_OK);
        assert_int_equal(notifier_step(f->n, NULL), MV_OK);
        assert_int_equal(mv_store_commit(f->store, &err), MV_FATAL);
        assert_non_null(strstr(err.text, "a row of the notifier's is not one"));
        test_again(f);
        assert_true(test_head(f, "a") == 1);
    }
}

#define T(name) cmocka_unit_test_setup_teardown(name, make, test_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(promise_p26_a_log_begun_anew_tells_nothing_that_was_told),
        T(promise_p26_a_log_begun_anew_tells_what_differs_once),
        T(a_none_of_the_log_begun_anew_was_not_lost),
        T(promise_p26_statuses_sent_as_one_group_are_compared),
        T(a_replay_that_is_quiet_ends),
        T(a_replay_is_not_ended_by_the_time_that_nobody_answered),
        T(what_comes_of_the_old_log_after_a_restart_is_left),
        T(settling_goes_in_bounded_steps),
        T(promise_p8_killed_while_settling_nothing_is_lost_or_told_twice),
        T(a_log_lost_again_while_settling_is_settled_once),
        T(rows_from_before_they_had_a_version_are_compared),
        T(a_row_that_is_not_one_stops_the_comparison),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
