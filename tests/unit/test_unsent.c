/* unsent: what a receiver leaves unread, over pairs whose other end reads
 * when the test says so. */
#include <stdio.h>
#include <stdlib.h>

#include "services/base/sock/unsent.h"
#include "tests/support/unit.h"

#define MOST 2500

static struct mv_err err;
static const uint8_t alice[MV_KEY_BYTES] = "alice";
static const uint8_t bob[MV_KEY_BYTES] = "bob";

struct world {
    struct mv_net *net;
    struct mv_unsent *unsent;
    struct mv_sock *ours[3], *theirs[3]; /* connections */
};

static int begin(void **state)
{
    struct world *w = mv_xcalloc(1, sizeof *w);
    const struct mv_sock_options o = {
        .kind = MV_SOCK_PAIR, .name = "pair", .max_bytes = 65536};
    assert_int_equal(mv_net_open(&w->net, &err), MV_OK);
    w->unsent = mv_unsent_open(MOST);
    for (int i = 0; i < 3; i++) {
        char at[32];
        (void)snprintf(at, sizeof at, "inproc://unsent-%d", i);
        assert_int_equal(mv_sock_open(&w->ours[i], w->net, &o, &err), MV_OK);
        assert_int_equal(mv_sock_open(&w->theirs[i], w->net, &o, &err), MV_OK);
        assert_int_equal(mv_sock_bind(w->ours[i], at, &err), MV_OK);
        assert_int_equal(mv_sock_connect(w->theirs[i], at, &err), MV_OK);
    }
    *state = w;
    return 0;
}

static int end(void **state)
{
    struct world *w = *state;
    mv_unsent_close(w->unsent);
    for (int i = 0; i < 3; i++) {
        mv_sock_close(w->ours[i]);
        mv_sock_close(w->theirs[i]);
    }
    mv_net_close(w->net);
    free(w);
    return 0;
}

static mv_rc give(struct world *w, const uint8_t *to, int connection,
                  size_t bytes)
{
    static const uint8_t body[3 * MOST] = "as it was sent";
    return mv_unsent_send(w->unsent, to, w->ours[connection], mv_span(NULL, 0),
                          mv_span(body, bytes));
}

static void take(struct world *w, int connection, size_t bytes)
{
    struct mv_wire wire = {0};
    assert_int_equal(mv_sock_recv(w->theirs[connection], &wire), MV_OK);
    assert_int_equal(wire.body.len, bytes);
    assert_memory_equal(wire.body.at, "as it was sent", 14);
    mv_held_done(&wire.held);
}

static void what_is_not_read_is_bounded_over_all_connections(void **state)
{
    struct world *w = *state;
    assert_int_equal(give(w, alice, 0, 1000), MV_OK);
    assert_int_equal(give(w, alice, 1, 1000), MV_OK);
    assert_int_equal(give(w, alice, 0, 501), MV_AGAIN);
    assert_int_equal(give(w, alice, 1, 501), MV_AGAIN);
    assert_int_equal(give(w, alice, 1, 500), MV_OK);
    assert_int_equal(mv_unsent_bytes(w->unsent, alice), MOST);
}

static void another_receiver_has_room_of_its_own(void **state)
{
    struct world *w = *state;
    assert_int_equal(give(w, alice, 0, MOST), MV_OK);
    assert_int_equal(give(w, bob, 2, MOST), MV_OK);
    assert_int_equal(give(w, alice, 0, 1), MV_AGAIN);
    assert_int_equal(give(w, bob, 2, 1), MV_AGAIN);
}

static void who_reads_has_room_again(void **state)
{
    struct world *w = *state;
    for (size_t i = 0; i < 100; i++) {
        assert_int_equal(give(w, alice, 0, MOST - i), MV_OK);
        assert_int_equal(give(w, alice, 0, MOST), MV_AGAIN);
        take(w, 0, MOST - i);
        assert_int_equal(mv_unsent_bytes(w->unsent, alice), 0);
    }
}

static void one_alone_is_sent_however_large(void **state)
{
    struct world *w = *state;
    assert_int_equal(give(w, alice, 0, 3 * MOST), MV_OK);
    assert_int_equal(give(w, alice, 0, 14), MV_AGAIN);
    take(w, 0, 3 * MOST);
    assert_int_equal(give(w, alice, 0, 14), MV_OK);
}

static void what_cannot_be_sent_does_not_wait(void **state)
{
    struct world *w = *state;
    const struct mv_sock_options o = {
        .kind = MV_SOCK_PAIR, .name = "alone", .max_bytes = 65536};
    struct mv_sock *alone = NULL;
    assert_int_equal(mv_sock_open(&alone, w->net, &o, &err), MV_OK);
    assert_int_equal(mv_sock_bind(alone, "inproc://alone", &err), MV_OK);
    for (int i = 0; i < 9; i++) {
        assert_int_equal(mv_unsent_send(w->unsent, alice, alone,
                                        mv_span(NULL, 0), mv_span_text("on")),
                         MV_AGAIN);
        assert_int_equal(mv_unsent_bytes(w->unsent, alice), 0);
    }
    mv_sock_close(alone);
}

/* end() reads nothing of it: the sanitizer says if it were lost or freed. */
static void what_is_under_way_outlives_the_table(void **state)
{
    struct world *w = *state;
    assert_int_equal(give(w, alice, 0, 1000), MV_OK);
    assert_int_equal(give(w, alice, 1, 1000), MV_OK);
    mv_unsent_close(w->unsent);
    w->unsent = NULL;
    take(w, 1, 1000);
}

static void receivers_are_told_apart_however_many(void **state)
{
    struct world *w = *state;
    uint8_t name[MV_KEY_BYTES] = {0};
    for (unsigned i = 0; i < 200; i++) {
        name[31] = (uint8_t)i;
        assert_int_equal(give(w, name, 0, i + 14), MV_OK);
    }
    for (unsigned i = 0; i < 200; i++) {
        name[31] = (uint8_t)i;
        assert_int_equal(mv_unsent_bytes(w->unsent, name), i + 14);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
        TEST(what_is_not_read_is_bounded_over_all_connections),
        TEST(another_receiver_has_room_of_its_own),
        TEST(who_reads_has_room_again),
        TEST(one_alone_is_sent_however_large),
        TEST(what_cannot_be_sent_does_not_wait),
        TEST(what_is_under_way_outlives_the_table),
        TEST(receivers_are_told_apart_however_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
