/* A group of more than one record is told in steps, each a transaction (P8,
 * P15): how large they are, and a kill at each of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/msg.h"
#include "services/notifier/queue.h"
#include "services/notifier/read.h"
#include "tests/support/notices.h"
#include "tests/support/unit.h"

#define SUBSCRIBERS  450u /* told in three steps */
#define PART_CHANGES 2100u
#define PARTS        2u /* half of them asked for: looked at in three */
#define STEP_ROWS    1000u
#define STEP_NOTICES 200u
#define LARGE        15000u /* changes of a part: three are two notices */

static int make(void **state)
{
    return test_make_with(state, 1000);
}

static int make_narrow(void **state)
{
    int rc = test_make_with(state, 1000);
    struct test_notifier *f = *state;
    f->pass_bytes = 64; /* four runs: of one subscription, or of none whole */
    test_again(f);
    return rc;
}

static const char *name_of(unsigned i, char out[32])
{
    (void)snprintf(out, 32, "s%03u", i);
    return out;
}

static void subscribe_one(struct test_notifier *f, unsigned i,
                          const char *filter)
{
    char text[96], name[32];
    (void)snprintf(text, sizeof text, "id=%s owner=kari %s", name_of(i, name),
                   filter);
    assert_string_equal(test_act(f, &f->operator_key, "subscribe", text), "");
}

static void subscribe_all(struct test_notifier *f, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        subscribe_one(f, i, "units=ahus");
}

/* Every other change is of the unit that is asked for. */
static void send_parts(struct test_notifier *f, unsigned parts, unsigned count)
{
    struct test_change *c = calloc(count, sizeof *c);
    char(*names)[16] = calloc(count, sizeof *names);
    f->stepwise = true;
    for (unsigned part = 1; part <= parts; part++) {
        for (unsigned i = 0; i < count; i++) {
            (void)snprintf(names[i], sizeof names[i], "t%u-%u", part, i);
            c[i] = (struct test_change){.target = names[i],
                                        .unit = i % 2 ? "ahus" : "ous",
                                        .status = "red",
                                        .was = "new",
                                        .count = part * count + i};
        }
        assert_int_equal(test_part(f, part, parts, c, count), MV_OK);
    }
    free(names);
    free(c);
}

static void finish(struct test_notifier *f)
{
    while (notifier_is_busy(f->n))
        test_tick(f, NOW);
}

/* Of each subscription the ids, and how many changes each notice names. */
static struct mv_buf all_told(struct test_notifier *f, unsigned count)
{
    struct mv_buf out = {0};
    char name[32];
    for (unsigned i = 0; i < count; i++) {
        uint64_t head = test_head(f, name_of(i, name));
        mv_buf_printf(&out, "%s %llu", name, (unsigned long long)head);
        for (uint64_t number = 1; number <= head; number++) {
            struct notifier_row row;
            assert_int_equal(mv_store_read_begin(f->store, NULL), MV_OK);
            assert_true(notifier_queue_get(
                f->n, notifier_find(f->n, mv_span_text(name))->serial, number,
                &row));
            mv_buf_put(&out, row.id, sizeof row.id);
            mv_buf_printf(&out, " %u;", row.changes);
            assert_int_equal(mv_store_read_end(f->store, NULL), MV_OK);
        }
    }
    return out;
}

static void assert_told(struct test_notifier *f, unsigned count,
                        const struct mv_buf *expected)
{
    struct mv_buf told = all_told(f, count);
    assert_true(mv_span_equal(mv_buf_span(&told), mv_buf_span(expected)));
    mv_buf_done(&told);
    test_assert_books(f);
}

static void a_large_group_is_told_in_bounded_steps(void **state)
{
    struct test_notifier *f = *state;
    unsigned steps = 0, looking = 0;
    subscribe_all(f, SUBSCRIBERS);
    send_parts(f, PARTS, PART_CHANGES);
    assert_true(notifier_is_busy(f->n));
    uint64_t before = f->n->made, at = 1;
    while (notifier_is_busy(f->n)) {
        uint64_t made = f->n->made;
        test_tick(f, NOW);
        assert_true(f->n->made <= made + STEP_NOTICES);
        if (f->n->made == before) {
            assert_true(f->n->pass.index <= at + STEP_ROWS);
            at = f->n->pass.index;
            looking++;
        }
        steps++;
    }
    assert_int_equal(looking, 3);
    assert_int_equal(steps, 3 + 3);
    assert_int_equal(f->n->made, before + SUBSCRIBERS);
    struct mv_msg_notice m = test_notice(f, "s000", 1);
    assert_true(m.number == 1);
    test_assert_books(f);
}

/* What there is to be told in steps, and why. */
typedef void (*story)(struct test_notifier *f);

static void a_large_group(struct test_notifier *f)
{
    send_parts(f, PARTS, 4);
}

static void turns_red(struct test_notifier *f, const char *target, unsigned at,
                      unsigned parts)
{
    const struct test_change c = {
        .target = target, .unit = "ahus", .status = "red", .was = "new"};
    f->stepwise = true;
    assert_int_equal(test_part(f, at, parts, &c, 1), MV_OK);
}

/* The rest of it was set aside: what comes then shows it. */
static void one_whose_end_never_came(struct test_notifier *f)
{
    turns_red(f, "t1", 1, 3);
    assert_false(notifier_is_busy(f->n));
    turns_red(f, "t2", 1, 1);
}

static void restart(struct test_notifier *f)
{
    assert_string_equal(test_act(f, &f->operator_key, "restart-changes", ""),
                        "");
    assert_true(f->n->marks.replaying && notifier_is_busy(f->n));
}

static void one_that_was_open_when_its_log_was_lost(struct test_notifier *f)
{
    turns_red(f, "t1", 1, 3);
    restart(f);
}

static void one_half_told_when_its_log_was_lost(struct test_notifier *f)
{
    send_parts(f, PARTS, 4);
    while (f->n->marks.told_to == 0)
        test_tick(f, NOW);
    restart(f);
}

/* Killed at step k, before its commit or after it: the same notices. */
static void killed_at_each_step(struct test_notifier *f, story tell)
{
    bool over = false;
    subscribe_all(f, SUBSCRIBERS);
    tell(f);
    finish(f);
    struct mv_buf expected = all_told(f, SUBSCRIBERS);
    for (unsigned k = 0; !over; k++) {
        bool more;
        void *again = NULL;
        assert_int_equal(make(&again), 0);
        struct test_notifier *g = again;
        subscribe_all(g, SUBSCRIBERS);
        tell(g);
        for (unsigned i = 0; i < k / 2; i++)
            test_tick(g, NOW);
        over = !notifier_is_busy(g->n);
        mv_store_begin(g->store);
        assert_int_equal(notifier_tick(g->n, NOW, &more, NULL), MV_OK);
        if (k % 2 == 0)
            mv_store_abort(g->store);
        else
            test_end(g, true);
        test_again(g);
        finish(g);
        assert_told(g, SUBSCRIBERS, &expected);
        assert_int_equal(test_drop(&again), 0);
    }
    mv_buf_done(&expected);
}

static void promise_p8_killed_while_a_group_is_told(void **state)
{
    killed_at_each_step(*state, a_large_group);
}

static void promise_p8_killed_while_one_without_end_is_told(void **state)
{
    killed_at_each_step(*state, one_whose_end_never_came);
}

static void promise_p8_killed_while_a_lost_log_is_told(void **state)
{
    killed_at_each_step(*state, one_that_was_open_when_its_log_was_lost);
}

static void promise_p8_killed_when_the_log_was_lost_in_the_midst(void **state)
{
    killed_at_each_step(*state, one_half_told_when_its_log_was_lost);
}

/* A transaction that failed: memory is made anew, and begins the pass anew. */
static void a_step_that_failed_is_taken_again(void **state)
{
    struct test_notifier *f = *state;
    bool more;
    subscribe_all(f, SUBSCRIBERS);
    send_parts(f, PARTS, 4);
    for (unsigned i = 0; notifier_is_busy(f->n); i++) {
        mv_store_begin(f->store);
        assert_int_equal(notifier_tick(f->n, NOW, &more, NULL), MV_OK);
        test_end(f, i % 3 != 0);
    }
    char name[32];
    for (unsigned i = 0; i < SUBSCRIBERS; i++)
        assert_int_equal(test_head(f, name_of(i, name)), 1);
    test_assert_books(f);
}

static void what_is_not_held_at_once_takes_more_passes(void **state)
{
    struct test_notifier *f = *state;
    struct test_notifier *wide = NULL;
    uint64_t upto = 0, passes = 0;
    assert_int_equal(make((void **)&wide), 0);
    subscribe_all(wide, 7);
    subscribe_one(wide, 7, "units=ous"); /* every other row is for it */
    send_parts(wide, PARTS, 10);
    finish(wide);
    subscribe_all(f, 7);
    subscribe_one(f, 7, "units=ous");
    send_parts(f, PARTS, 10); /* five runs of each part */
    for (; notifier_is_busy(f->n); test_tick(f, NOW)) {
        passes += f->n->pass.upto != upto;
        upto = f->n->pass.upto;
        assert_true(f->n->pass.bytes <= f->pass_bytes + 10 * 16);
    }
    assert_true(passes >= 7);
    struct mv_buf expected = all_told(wide, 8);
    assert_told(f, 8, &expected);
    mv_buf_done(&expected);
    assert_int_equal(test_drop((void **)&wide), 0);
}

/* Its place is another's meanwhile, who asked after the group. */
static void who_comes_and_goes_between_the_steps(void **state)
{
    struct test_notifier *f = *state;
    char name[32];
    subscribe_all(f, 3);
    send_parts(f, PARTS, 4);
    test_tick(f, NOW);
    assert_true(notifier_is_busy(f->n));
    assert_string_equal(test_act(f, &f->owner, "unsubscribe", "id=s001"),
                        "refused"); /* its notice of the group is to come */
    assert_string_equal(
        test_act(f, &f->owner, "unsubscribe", "id=s001 force=true"), "");
    subscribe_one(f, 7, "units=ahus");
    subscribe_one(f, 8, "units=ahus"); /* the group is none of its business */
    assert_string_equal(test_act(f, &f->owner, "unsubscribe", "id=s008"), "");
    finish(f);
    assert_int_equal(test_head(f, name_of(0, name)), 1);
    assert_int_equal(test_head(f, name_of(2, name)), 1);
    assert_int_equal(test_head(f, name_of(7, name)), 0);
    test_assert_books(f);
}

/* What it had in memory is not counted any more. */
static void who_goes_takes_what_was_looked_at_along(void **state)
{
    struct test_notifier *f = *state;
    subscribe_all(f, 2);
    send_parts(f, PARTS, PART_CHANGES);
    test_tick(f, NOW);
    size_t bytes = f->n->pass.bytes;
    assert_true(bytes > 0 && bytes % 2 == 0);
    assert_string_equal(
        test_act(f, &f->owner, "unsubscribe", "id=s001 force=true"), "");
    assert_int_equal(f->n->pass.bytes, bytes / 2);
    finish(f);
    assert_int_equal(test_head(f, "s000"), 1);
    test_assert_books(f);
}

/* Looked at in a step, told in three more; nobody is told in between of what
 * showed that it had no end. */
static void one_whose_end_never_came_is_told_in_bounded_steps(void **state)
{
    struct test_notifier *f = *state;
    subscribe_all(f, SUBSCRIBERS);
    uint64_t before = f->n->made;
    one_whose_end_never_came(f);
    assert_true(notifier_is_busy(f->n) && f->n->made == before);
    for (unsigned steps = 1; steps <= 3; steps++) {
        test_tick(f, NOW);
        assert_true(f->n->made == before + (steps - 1) * STEP_NOTICES);
    }
    test_tick(f, NOW);
    assert_false(notifier_is_busy(f->n));
    assert_true(f->n->made == before + 2 * SUBSCRIBERS);
    assert_string_equal(test_told(test_notice(f, "s007", 1).changes),
                        "red ahus t1");
    assert_string_equal(test_told(test_notice(f, "s007", 2).changes),
                        "red ahus t2");
}

static void what_shows_it_may_be_a_large_group_too(void **state)
{
    struct test_notifier *f = *state;
    subscribe_all(f, 1);
    turns_red(f, "t1", 1, 3);
    turns_red(f, "t2", 1, 2);
    finish(f);
    assert_int_equal(test_head(f, "s000"), 1);
    test_again(f);
    turns_red(f, "t3", 2, 2);
    finish(f);
    assert_string_equal(test_told(test_notice(f, "s000", 2).changes),
                        "red ahus t2; red ahus t3");
}

/* It comes again, of the new log. */
static void what_waited_when_the_log_was_lost_is_told_once(void **state)
{
    struct test_notifier *f = *state;
    subscribe_all(f, 1);
    one_whose_end_never_came(f);
    restart(f);
    finish(f);
    assert_string_equal(test_told(test_notice(f, "s000", 1).changes),
                        "red ahus t1");
    assert_int_equal(test_head(f, "s000"), 1);
    f->world++;
    f->seq = 0;
    f->cause--; /* the cause of what waited: later than all that was told */
    turns_red(f, "t2", 1, 1);
    finish(f);
    assert_false(f->n->marks.replaying);
    assert_string_equal(test_told(test_notice(f, "s000", 2).changes),
                        "red ahus t2");
    assert_int_equal(test_head(f, "s000"), 2);
}

/* Records wait while it is told, however long that takes. */
static void a_log_that_waits_is_not_taken_for_quiet(void **state)
{
    struct test_notifier *f = *state;
    subscribe_all(f, 1);
    one_that_was_open_when_its_log_was_lost(f);
    while (notifier_is_busy(f->n))
        test_tick(f, NOW + 2 * HOUR); /* an hour is quiet */
    test_tick(f, NOW + 4 * HOUR);
    assert_false(notifier_is_busy(f->n));
    test_quiet(f, HOUR);
    assert_true(notifier_is_busy(f->n));
}

static void more_than_a_notice_names_are_more_notices(void **state)
{
    struct test_notifier *f = *state;
    struct notifier_row row;
    subscribe_one(f, 0, "regions=hso");
    send_parts(f, 3, LARGE);
    finish(f);
    assert_int_equal(test_head(f, "s000"), 2);
    uint64_t serial = notifier_find(f->n, mv_span_text("s000"))->serial;
    assert_int_equal(mv_store_read_begin(f->store, NULL), MV_OK);
    assert_true(notifier_queue_get(f->n, serial, 1, &row));
    assert_int_equal(row.changes, NOTIFIER_NOTICE_CHANGES);
    assert_int_equal(row.runs.len, NOTIFIER_RUN_BYTES);
    assert_true(notifier_queue_get(f->n, serial, 2, &row));
    assert_int_equal(row.changes, 3 * LARGE - NOTIFIER_NOTICE_CHANGES);
    struct notifier_run run;
    assert_true(notifier_run_take(&row.runs, &run));
    assert_int_equal(run.first, NOTIFIER_NOTICE_CHANGES + 1);
    assert_int_equal(run.count, row.changes);
    assert_int_equal(mv_store_read_end(f->store, NULL), MV_OK);
    test_assert_books(f);
}

#define T(name) cmocka_unit_test_setup_teardown(name, make, test_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_large_group_is_told_in_bounded_steps),
        T(promise_p8_killed_while_a_group_is_told),
        T(promise_p8_killed_while_one_without_end_is_told),
        T(promise_p8_killed_while_a_lost_log_is_told),
        T(promise_p8_killed_when_the_log_was_lost_in_the_midst),
        T(a_step_that_failed_is_taken_again),
        cmocka_unit_test_setup_teardown(
            what_is_not_held_at_once_takes_more_passes, make_narrow, test_drop),
        T(who_comes_and_goes_between_the_steps),
        T(who_goes_takes_what_was_looked_at_along),
        T(one_whose_end_never_came_is_told_in_bounded_steps),
        T(what_shows_it_may_be_a_large_group_too),
        T(what_waited_when_the_log_was_lost_is_told_once),
        T(a_log_that_waits_is_not_taken_for_quiet),
        T(more_than_a_notice_names_are_more_notices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
