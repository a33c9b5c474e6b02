/* A changes log that begins anew (promise P26). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/msg.h"
#include "proto/pack.h"
#include "proto/walk.h"
#include "services/notifier/queue.h"
#include "services/notifier/read.h"
#include "tests/support/notices.h"

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
    test_tick(f, NOW + HOUR - 1);
    assert_true(f->n->marks.replaying);
    test_tick(f, NOW + HOUR);
    assert_false(f->n->marks.replaying);
    assert_string_equal(test_told(test_notice(f, "a", 3).changes),
                        "red ahus t1");
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

#define T(name) cmocka_unit_test_setup_teardown(name, make, test_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(promise_p26_a_log_begun_anew_tells_nothing_that_was_told),
        T(promise_p26_a_log_begun_anew_tells_what_differs_once),
        T(promise_p26_statuses_sent_as_one_group_are_compared),
        T(a_replay_that_is_quiet_ends),
        T(what_comes_of_the_old_log_after_a_restart_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
