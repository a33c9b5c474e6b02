/* The live socket when a listener's key ended: bound again, or somebody is
 * told that it is not. */
#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <zmq.h>

#include "proto/walk.h"
#include "services/stream/keyfile.h"
#include "services/stream/pub.h"
#include "tests/support/failing.h"
#include "tests/support/toy.h"
#include "tests/support/unit.h"

static struct mv_err err;
static atomic_bool taken; /* every port, by somebody else */

int zmq_bind(void *socket, const char *at)
{
    static int (*real)(void *socket, const char *at);
    if (atomic_load(&taken) && strncmp(at, "tcp:", 4) == 0) {
        errno = EADDRINUSE;
        return -1;
    }
    failing_real(&real, sizeof real, "zmq_bind");
    return real(socket, at);
}

static void it_is_told_after_a_second_why_it_is_not_bound(void **state)
{
    (void)state;
    struct mv_net *net = NULL;
    struct mv_pub *p = NULL;
    struct mv_keypair keys;
    int64_t now = 1000;
    mv_keypair_make(&keys);
    assert_int_equal(mv_net_open(&net, &err), MV_OK);
    assert_int_equal(mv_pub_open(&p, net, "tcp://127.0.0.1:0", &keys, &err),
                     MV_OK);
    assert_null(mv_pub_why(p, now));
    mv_pub_rebind(p);
    atomic_store(&taken, true);
    for (; now < 2000; now += 20) {
        assert_true(mv_pub_step(p, now));
        assert_null(mv_pub_why(p, now)); /* its old listener may have it */
    }
    assert_true(mv_pub_step(p, now));
    assert_non_null(strstr(mv_pub_why(p, now), "Address already in use"));
    assert_non_null(strstr(mv_pub_why(p, now), mv_pub_endpoint(p)));
    atomic_store(&taken, false);
    for (int64_t until = toy_now_ms() + SOON; mv_pub_sock(p) == NULL;) {
        assert_true(toy_now_ms() < until);
        (void)mv_pub_step(p, now);
    }
    assert_null(mv_pub_why(p, now));
    mv_pub_rebind(p); /* and has its second again */
    atomic_store(&taken, true);
    assert_true(mv_pub_step(p, now));
    assert_null(mv_pub_why(p, now));
    atomic_store(&taken, false);
    mv_pub_close(p);
    mv_net_close(net);
}

/* Until health names this alarm, or no longer does. */
static void await(struct mv_client *c, const char *alarm, bool up)
{
    struct mv_msg_reply r;
    int64_t until = toy_now_ms() + SOON;
    for (bool is = !up; is != up;) {
        assert_true(toy_now_ms() < until);
        assert_int_equal(
            mv_client_ask(c, "health", mv_span(NULL, 0), SOON, &r, &err),
            MV_OK);
        is = memmem(r.rows.at, r.rows.len, alarm, strlen(alarm)) != NULL;
    }
}

static void a_service_that_is_not_heard_says_so(void **state)
{
    struct toy *t = *state;
    struct mv_clock now = {0};
    struct mv_client *oscar = toy_client(t, OSCAR, "control");
    mv_clock_read(&now);
    atomic_store(&taken, true);
    assert_int_equal(mv_keyfile_revoke(t->keys_file, "rita", now.wall_ms, &err),
                     MV_OK);
    await(oscar, "Address already in use", true);
    atomic_store(&taken, false);
    await(oscar, "Address already in use", false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_told_after_a_second_why_it_is_not_bound),
        cmocka_unit_test_setup_teardown(a_service_that_is_not_heard_says_so,
                                        toy_begin, toy_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
