/* live: who hears what a service publishes, and what a key's end or a flood of
 * subscriptions does to a reader. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "proto/walk.h"
#include "services/base/clock.h"
#include "services/stream/keyfile.h"
#include "tests/support/toy.h"
#include "tests/support/unit.h"

static struct mv_err err;

static void close_sock(void *s)
{
    mv_sock_close(s);
}

static struct mv_sock *listener(struct toy *t, enum toy_key who)
{
    struct mv_sock *s = NULL;
    struct mv_sock_options o = {.kind = MV_SOCK_SUB,
                                .name = "listener",
                                .max_bytes = 65536,
                                .keys = &t->keys[who],
                                .server_key = t->keys[SERVE].public_key};
    assert_int_equal(mv_sock_open(&s, t->net, &o, &err), MV_OK);
    toy_keep(t, s, close_sock);
    mv_sock_subscribe(s, "head/");
    assert_int_equal(
        mv_sock_connect(s, mv_service_endpoint(t->service, "live"), &err),
        MV_OK);
    return s;
}

/* Something to publish is made until the listener hears, or time is up. */
static bool hears(struct mv_sock *s, struct mv_client *c, int64_t wait_ms)
{
    struct mv_wire w;
    w.held.holds = false;
    int64_t until = toy_now_ms() + wait_ms;
    bool heard = false;
    while (!heard && toy_now_ms() < until) {
        assert_non_null(toy_say(c, "put:a", SOON));
        heard = mv_sock_recv(s, &w) == MV_OK;
        mv_held_done(&w.held);
    }
    return heard;
}

static void a_reader_hears_and_a_producer_does_not(void **state)
{
    struct toy *t = *state;
    struct mv_client *c = toy_client(t, ALICE, "main");
    struct mv_sock *rita = listener(t, RITA), *bob = listener(t, BOB);
    assert_true(hears(rita, c, SOON));
    int64_t soon = toy_now_ms() + SOON;
    while (toy_counter(t, "handshakes_refused") == 0) {
        assert_true(toy_now_ms() < soon);
        assert_false(hears(bob, c, 10));
    }
    assert_true(hears(rita, c, SOON)); /* and again, who was let in */
    assert_false(hears(bob, c, 10));
}

/* The number of what was put, which is published as head/NUMBER. */
static uint64_t put_one(struct mv_client *c)
{
    const char *said = toy_say(c, "put:a", SOON);
    assert_non_null(said);
    assert_memory_equal(said, "ok:", 3);
    return strtoull(said + 3, NULL, 10);
}

/* Of all that waits there, or `before` if that is newer. */
static uint64_t newest_heard(struct mv_sock *s, uint64_t before)
{
    struct mv_wire w;
    w.held.holds = false;
    while (mv_sock_recv(s, &w) == MV_OK) {
        uint64_t seq = strtoull(w.topic + strlen("head/"), NULL, 10);
        before = seq > before ? seq : before;
        mv_held_done(&w.held);
    }
    mv_held_done(&w.held);
    return before;
}

/* Who of two listeners hears no more within two seconds, once its key has
 * ended; the other does. */
static void one_of_two_ends(struct toy *t, const char *name, bool rita_ends)
{
    struct mv_clock now = {0};
    toy_start(t);
    struct mv_client *c = toy_client(t, ALICE, "main");
    struct mv_sock *rita = listener(t, RITA), *ruth = listener(t, MALLORY);
    struct mv_sock *ends = rita_ends ? rita : ruth;
    assert_true(hears(rita, c, SOON));
    assert_true(hears(ruth, c, SOON));
    mv_clock_read(&now);
    assert_int_equal(mv_keyfile_revoke(t->keys_file, name, now.wall_ms, &err),
                     MV_OK);
    uint64_t allowed = 0, heard = 0, put = 0;
    while (toy_now_ms() < now.mono_ms + 3000) {
        bool in_time = toy_now_ms() < now.mono_ms + 2000;
        put = put_one(c);
        allowed = in_time ? put : allowed;
        heard = newest_heard(ends, heard);
    }
    assert_true(newest_heard(ends, heard) <= allowed);
    struct mv_sock *other = rita_ends ? ruth : rita;
    int64_t until = toy_now_ms() + SOON;
    while (newest_heard(other, 0) <= put) { /* what waited, and then new */
        assert_true(toy_now_ms() < until);
        (void)put_one(c);
    }
    toy_leave(t, rita);
    toy_leave(t, ruth);
    toy_leave(t, c);
    assert_int_equal(toy_stop(t), MV_OK);
}

static void add_ruth(struct toy *t, unsigned roles)
{
    struct mv_key k = {.roles = roles,
                       .from_ms = INT64_MIN,
                       .to_ms = INT64_MAX,
                       .name = "ruth"};
    memcpy(k.public_key, t->keys[MALLORY].public_key, 32);
    assert_int_equal(mv_keyfile_add(t->keys_file, &k, &err), MV_OK);
}

static void a_reader_whose_key_ends_hears_no_more_and_others_do(void **state)
{
    (void)state;
    struct toy t;
    toy_make(&t);
    add_ruth(&t, MV_ROLE_READER);
    one_of_two_ends(&t, "rita", true);
    toy_done(&t);
}

static void so_does_whoever_else_may_listen(void **state)
{
    (void)state;
    static const unsigned roles[] = {MV_ROLE_AUDITOR, MV_ROLE_OPERATOR,
                                     MV_ROLE_SERVICE};
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        struct toy t;
        toy_make(&t);
        add_ruth(&t, roles[i]);
        one_of_two_ends(&t, "ruth", false);
        toy_done(&t);
    }
}

static void bad_input_20_a_flood_of_subscriptions_is_cut(void **state)
{
    struct toy *t = *state;
    char topic[256];
    struct mv_wire w;
    w.held.holds = false;
    struct mv_client *c = toy_client(t, ALICE, "main");
    struct mv_sock *rita = listener(t, RITA);
    assert_true(hears(rita, c, SOON));
    /* subscriptions are taken in when something is published */
    uint64_t cut = 0;
    int64_t until = toy_now_ms() + 2 * SOON;
    for (int i = 0; cut == 0 && toy_now_ms() < until; i++) {
        (void)snprintf(topic, sizeof topic, "%0200d", i);
        mv_sock_subscribe(rita, topic);
        if (mv_sock_recv(rita, &w) == MV_OK) /* it also moves what is sent */
            mv_held_done(&w.held);
        if (i % 256 == 0)
            assert_non_null(toy_say(c, "put:a", SOON));
        if (i % 4096 == 0)
            cut = toy_counter(t, "peers_cut");
    }
    assert_true(cut > 0);
}

static void a_handshake_that_fails_at_the_live_socket_counts_too(void **state)
{
    struct toy *t = *state;
    void *ctx = zmq_ctx_new(), *z = zmq_socket(ctx, ZMQ_SUB); /* no CURVE */
    int none = 0;
    (void)zmq_setsockopt(z, ZMQ_LINGER, &none, sizeof none);
    assert_int_equal(zmq_connect(z, mv_service_endpoint(t->service, "live")),
                     0);
    int64_t soon = toy_now_ms() + SOON;
    while (toy_counter(t, "handshakes_refused") == 0)
        assert_true(toy_now_ms() < soon);
    (void)zmq_close(z);
    (void)zmq_ctx_term(ctx);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, toy_begin, toy_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_reader_hears_and_a_producer_does_not),
        TEST(a_handshake_that_fails_at_the_live_socket_counts_too),
        cmocka_unit_test(a_reader_whose_key_ends_hears_no_more_and_others_do),
        cmocka_unit_test(so_does_whoever_else_may_listen),
        TEST(bad_input_20_a_flood_of_subscriptions_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
