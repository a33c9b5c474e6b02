/* peers: what bounds those who would fill our memory. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "proto/walk.h"
#include "services/base/clock.h"
#include "services/base/sock/peers.h"
#include "services/stream/guard.h"
#include "services/stream/zap.h"
#include "tests/support/leaping.h"
#include "tests/support/place.h"
#include "tests/support/raw_peer.h"
#include "tests/support/toy.h"
#include "tests/support/unit.h"

static struct mv_err err;

/* The alarm of this name, as `health` tells it. */
static bool is_up(struct toy *t, const char *name)
{
    struct mv_msg_reply r;
    struct mv_list rows;
    struct mv_span row, text;
    bool up = false;
    struct mv_client *c = toy_client(t, OSCAR, "control");
    assert_int_equal(
        mv_client_ask(c, "health", mv_span(NULL, 0), SOON, &r, &err), MV_OK);
    assert_true(mv_list_open(&rows, r.rows));
    while (mv_list_next(&rows, &row))
        up = up || (mv_map_text(row, "name", &text) && mv_span_is(text, name));
    toy_leave(t, c);
    return up;
}

static void bad_input_15_a_message_that_never_ends_is_cut(void **state)
{
    struct toy *t = *state;
    struct raw_peer p;
    static char frame[4096];
    const char *at = mv_service_endpoint(t->service, "main");
    assert_true(
        raw_peer_open(&p, at, t->keys[SERVE].public_key, &t->keys[BOB]));
    assert_true(raw_peer_frame(&p, mv_span_text("put:a"), false));
    int64_t until = toy_now_ms() + SOON;
    while (raw_peer_frame(&p, mv_span(frame, sizeof frame), true) &&
           toy_now_ms() < until) {
    }
    assert_true(toy_now_ms() < until);
    raw_peer_close(&p);
    struct mv_client *c = toy_client(t, BOB, "main");
    assert_string_equal(toy_say(c, "put:b", SOON), "retry:suspended");
    toy_leave(t, c);
    c = toy_client(t, ALICE, "main");
    assert_string_equal(toy_say(c, "put:b", SOON), "ok:2");
    toy_leave(t, c);
    assert_int_equal(toy_counter(t, "peers_cut"), 1);
    assert_true(is_up(t, "peers.cut"));
    leaping_of(t->thread, 0);
    leaping.ms = INT64_C(9) * 60 * 1000;
    assert_true(is_up(t, "peers.cut"));
    leaping.ms = INT64_C(11) * 60 * 1000; /* nobody was cut in these */
    int64_t soon = toy_now_ms() + SOON;
    while (is_up(t, "peers.cut"))
        assert_true(toy_now_ms() < soon);
}

static void a_peer_that_ends_its_messages_is_never_cut(void **state)
{
    struct toy *t = *state;
    struct raw_peer p;
    static char frame[60000];
    const char *at = mv_service_endpoint(t->service, "main");
    assert_true(
        raw_peer_open(&p, at, t->keys[SERVE].public_key, &t->keys[BOB]));
    int64_t until = toy_now_ms() + 1500;
    while (toy_now_ms() < until)
        assert_true(raw_peer_frame(&p, mv_span(frame, sizeof frame), false));
    raw_peer_close(&p);
    assert_int_equal(toy_counter(t, "peers_cut"), 0);
}

/* A door that nobody reads but the test, in a world of its own: the toy lends
 * its keys and their registry. */
struct door {
    struct toy t;
    struct mv_guard *guard;
    struct mv_zap *zap;
    struct mv_sock *sock;
    struct mv_peers *peers;
    struct raw_peer p;
    int64_t mono_ms;
};

#define DOOR_BYTES    60000
#define PATIENCE      (2 * DOOR_BYTES + 65536)
#define OVER_PATIENCE (PATIENCE + 2 * DOOR_BYTES)

static void open_door(struct door *d)
{
    toy_make(&d->t);
    struct mv_sock_options o = {.kind = MV_SOCK_ROUTER,
                                .name = "door",
                                .max_bytes = DOOR_BYTES,
                                .keys = &d->t.keys[SERVE]};
    d->mono_ms = 1000;
    assert_int_equal(mv_guard_open(&d->guard, d->t.keys_file, &err), MV_OK);
    assert_int_equal(
        mv_zap_open(&d->zap, d->t.net, mv_guard_keys(d->guard), &err), MV_OK);
    assert_int_equal(mv_sock_open(&d->sock, d->t.net, &o, &err), MV_OK);
    assert_int_equal(
        mv_peers_open(&d->peers, d->t.net, d->sock, PATIENCE, &err), MV_OK);
    assert_int_equal(mv_sock_bind(d->sock, "tcp://127.0.0.1:0", &err), MV_OK);
    assert_true(raw_peer_open(&d->p, mv_sock_endpoint(d->sock),
                              d->t.keys[SERVE].public_key, &d->t.keys[BOB]));
}

static void close_door(struct door *d)
{
    raw_peer_close(&d->p);
    mv_peers_close(d->peers);
    mv_sock_close(d->sock);
    mv_zap_close(d->zap);
    mv_guard_close(d->guard);
    toy_done(&d->t);
}

/* A second later, and all that was sent has been taken by libzmq. */
static bool check(struct door *d)
{
    char user[MV_USER_BYTES] = "";
    d->mono_ms += 1000;
    mv_peers_drain(d->peers);
    return mv_peers_check(d->peers, d->mono_ms, user);
}

static void send_over_patience(struct door *d, bool ends)
{
    static char frame[DOOR_BYTES - 100];
    for (size_t sent = 0; sent < OVER_PATIENCE; sent += sizeof frame)
        assert_true(raw_peer_frame(&d->p, mv_span(frame, sizeof frame), !ends));
    int64_t until = toy_now_ms() + SOON;
    while (!mv_peers_doubtful(d->peers) && toy_now_ms() < until)
        (void)check(d);
    assert_true(mv_peers_doubtful(d->peers));
}

/* Reads what there is as a door does. */
static size_t read_door(struct door *d)
{
    struct mv_wire w;
    size_t n = 0;
    w.held.holds = false;
    while (mv_sock_recv(d->sock, &w) == MV_OK) {
        mv_peers_whole(d->peers, w.fd, w.user, w.body.len);
        mv_peers_read(d->peers, 1, false);
        mv_held_done(&w.held);
        n++;
    }
    mv_peers_read(d->peers, 0, true);
    return n;
}

static void a_peer_is_not_cut_for_messages_that_we_did_not_read(void **state)
{
    (void)state;
    struct door d = {0};
    open_door(&d);
    send_over_patience(&d, true);
    for (int i = 0; i < 10; i++)
        assert_false(check(&d));
    assert_true(read_door(&d) > 0);
    for (int i = 0; i < 10; i++)
        assert_false(check(&d));
    assert_false(mv_peers_doubtful(d.peers));
    close_door(&d);
}

static void a_peer_over_its_patience_is_cut_once_the_door_was_read(void **state)
{
    (void)state;
    struct door d = {0};
    char user[MV_USER_BYTES] = "";
    open_door(&d);
    send_over_patience(&d, false);
    assert_false(mv_peers_check(d.peers, d.mono_ms, user));
    assert_int_equal(read_door(&d), 0);
    assert_true(mv_peers_check(d.peers, d.mono_ms, user)); /* at once */
    assert_false(mv_peers_doubtful(d.peers));
    assert_int_equal(mv_peers_open_count(d.peers), 0);
    close_door(&d);
}

static void a_door_that_is_never_empty_is_read_all_the_same(void **state)
{
    (void)state;
    struct door d = {0};
    char user[MV_USER_BYTES] = "";
    open_door(&d);
    send_over_patience(&d, false);
    mv_peers_read(d.peers, 2, false);
    assert_false(mv_peers_check(d.peers, d.mono_ms, user));
    mv_peers_read(d.peers, 1, false); /* each had two turns by now */
    assert_true(mv_peers_check(d.peers, d.mono_ms, user));
    close_door(&d);
}

/* Connected anew, and what is sent is taken; false: it was cut. */
static bool sends_again(struct door *d, size_t bytes)
{
    static char frame[DOOR_BYTES - 100];
    raw_peer_close(&d->p);
    if (!raw_peer_open(&d->p, mv_sock_endpoint(d->sock),
                       d->t.keys[SERVE].public_key, &d->t.keys[BOB]))
        return false;
    for (size_t sent = 0; sent < bytes; sent += sizeof frame) {
        if (!raw_peer_frame(&d->p, mv_span(frame, sizeof frame), false))
            return false;
    }
    return true;
}

static size_t relieved(struct door *d, bool above)
{
    mv_peers_drain(d->peers);
    return mv_peers_relieve(d->peers, above, d->mono_ms);
}

static void without_room_who_is_not_read_is_cut_and_nobody_let_in(void **state)
{
    (void)state;
    struct door d = {0};
    open_door(&d);
    assert_true(sends_again(&d, OVER_PATIENCE));
    for (int i = 0; i < 10; i++)
        assert_int_equal(relieved(&d, false), 0);
    int64_t until = toy_now_ms() + SOON;
    while (relieved(&d, true) == 0)
        assert_true(toy_now_ms() < until);
    struct mv_peers_counts counts = {0};
    assert_true(sends_again(&d, 0));
    while (counts.cut < 2 && toy_now_ms() < until) {
        mv_peers_drain(d.peers);
        mv_peers_counts(d.peers, &counts);
    }
    assert_int_equal(counts.cut, 2);
    assert_int_equal(mv_peers_open_count(d.peers), 0);
    /* empty: what is there is its own */
    assert_true(read_door(&d) > 0);
    assert_int_equal(relieved(&d, true), 0);
    assert_true(sends_again(&d, 1));
    while (mv_peers_open_count(d.peers) == 0 && toy_now_ms() < until)
        mv_peers_drain(d.peers);
    assert_int_equal(relieved(&d, true), 0); /* so little may wait */
    assert_int_equal(mv_peers_open_count(d.peers), 1);
    close_door(&d);
}

/* One more message is read, and with it all before it was taken; whether the
 * door is empty then was not looked at. */
static void read_one(struct door *d)
{
    struct mv_wire w;
    int64_t until = toy_now_ms() + SOON;
    w.held.holds = false;
    while (mv_sock_recv(d->sock, &w) != MV_OK)
        assert_true(toy_now_ms() < until);
    mv_peers_drain(d->peers);
    mv_peers_whole(d->peers, w.fd, w.user, w.body.len);
    mv_peers_read(d->peers, 1, false);
    mv_held_done(&w.held);
}

static void hours_of_heartbeats_are_nothing_that_waits(void **state)
{
    (void)state;
    struct door d = {0};
    open_door(&d);
    assert_int_equal(relieved(&d, false), 0);
    for (int i = 0; i < 1200; i++) {
        assert_true(raw_peer_ping(&d.p));
        d.mono_ms += 5000;
    }
    assert_true(raw_peer_frame(&d.p, mv_span_text("a"), false));
    read_one(&d);
    assert_int_equal(relieved(&d, true), 0);
    assert_int_equal(mv_peers_open_count(d.peers), 1);
    close_door(&d);
}

static void what_came_before_the_door_was_empty_does_not_wait(void **state)
{
    (void)state;
    struct door d = {0};
    open_door(&d);
    for (int turn = 0; turn < 40; turn++) {
        for (int i = 0; i < 40; i++)
            assert_true(raw_peer_ping(&d.p));
        assert_true(raw_peer_frame(&d.p, mv_span_text("a"), false));
        read_one(&d);
        assert_int_equal(relieved(&d, false), 0);
        assert_int_equal(read_door(&d), 0);
    }
    assert_int_equal(relieved(&d, false), 0); /* forgets that it was empty */
    assert_int_equal(relieved(&d, true), 0);
    assert_int_equal(mv_peers_open_count(d.peers), 1);
    close_door(&d);
}

/* Another connection of a key, and a message that was read. */
static void speaks_up(struct door *d, struct raw_peer *p, enum toy_key key)
{
    assert_true(raw_peer_open(p, mv_sock_endpoint(d->sock),
                              d->t.keys[SERVE].public_key, &d->t.keys[key]));
    assert_true(raw_peer_frame(p, mv_span_text("a"), false));
    read_one(d);
}

static size_t cut_so_far(struct door *d)
{
    struct mv_peers_counts counts = {0};
    mv_peers_counts(d->peers, &counts);
    return (size_t)counts.cut;
}

static void of_a_key_s_many_connections_the_longest_silent_is_cut(void **state)
{
    (void)state;
    struct door d = {0};
    struct raw_peer many[MV_PEERS_OF_USER], another, other;
    open_door(&d);
    speaks_up(&d, &other, ALICE); /* before them all, and of another key */
    for (size_t i = 0; i < MV_PEERS_OF_USER; i++)
        speaks_up(&d, &many[i], BOB);
    assert_true(raw_peer_frame(&many[0], mv_span_text("b"), false));
    read_one(&d);
    assert_int_equal(cut_so_far(&d), 0);
    speaks_up(&d, &another, BOB);
    assert_int_equal(cut_so_far(&d), 1);
    for (size_t i = 0; i < MV_PEERS_OF_USER; i++) {
        assert_int_equal(raw_peer_is_cut(&many[i]), i == 1);
        raw_peer_close(&many[i]);
    }
    assert_false(raw_peer_is_cut(&other));
    assert_false(raw_peer_is_cut(&another));
    raw_peer_close(&other);
    raw_peer_close(&another);
    close_door(&d);
}

static void a_raw_peer_with_an_unknown_key_gets_no_handshake(void **state)
{
    struct toy *t = *state;
    struct raw_peer p;
    assert_false(raw_peer_open(&p, mv_service_endpoint(t->service, "main"),
                               t->keys[SERVE].public_key, &t->keys[MALLORY]));
    int64_t soon = toy_now_ms() + SOON;
    while (toy_counter(t, "handshakes_refused") == 0)
        assert_true(toy_now_ms() < soon);
    assert_int_equal(toy_counter(t, "handshakes_refused"), 1);
    raw_peer_close(&p);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, toy_begin, toy_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(bad_input_15_a_message_that_never_ends_is_cut),
        TEST(a_peer_that_ends_its_messages_is_never_cut),
        cmocka_unit_test(a_peer_is_not_cut_for_messages_that_we_did_not_read),
        cmocka_unit_test(
            a_peer_over_its_patience_is_cut_once_the_door_was_read),
        cmocka_unit_test(a_door_that_is_never_empty_is_read_all_the_same),
        cmocka_unit_test(without_room_who_is_not_read_is_cut_and_nobody_let_in),
        cmocka_unit_test(hours_of_heartbeats_are_nothing_that_waits),
        cmocka_unit_test(what_came_before_the_door_was_empty_does_not_wait),
        cmocka_unit_test(of_a_key_s_many_connections_the_longest_silent_is_cut),
        TEST(a_raw_peer_with_an_unknown_key_gets_no_handshake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
