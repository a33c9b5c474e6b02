/* a routing id that two peers choose: who speaks is known by the key, and an
 * answer goes to who asked. Over real TCP on loopback. */
#include <stdio.h>
#include <string.h>
#include <zmq.h>

#include "services/base/sock/options.h"
#include "services/stream/zap.h"
#include "tests/support/scale.h"
#include "tests/support/unit.h"

#define ROUTE "theirs"
#define LONG  5000 /* ms: what should come has come by then */
#define SHORT 20

static struct mv_err err;

enum who { SHE, HE, PEERS };

struct world {
    struct mv_net *net;
    struct mv_zap *zap;
    struct mv_keypair server, keys[PEERS];
    char user[PEERS][MV_USER_BYTES];
    struct mv_sock *door;
};

static void open_world(struct world *w, int handover)
{
    struct mv_buf text = {0};
    struct mv_keys *keys = NULL;
    struct mv_sock_options o = {.kind = MV_SOCK_ROUTER,
                                .name = "door",
                                .max_bytes = 4096,
                                .keys = &w->server};
    mv_keypair_make(&w->server);
    mv_buf_text(&text, "maalvakt-keys 1\n");
    for (unsigned i = 0; i < PEERS; i++) {
        mv_keypair_make(&w->keys[i]);
        (void)mv_key_hex(w->keys[i].public_key, w->user[i]);
        mv_buf_printf(&text, "%s name=k%u role=reader\n", w->user[i], i);
    }
    assert_int_equal(mv_net_open(&w->net, &err), MV_OK);
    assert_int_equal(mv_keys_parse(&keys, "keys", mv_buf_span(&text), &err),
                     MV_OK);
    assert_int_equal(mv_zap_open(&w->zap, w->net, keys, &err), MV_OK);
    assert_int_equal(mv_sock_open(&w->door, w->net, &o, &err), MV_OK);
    if (handover >= 0) {
        assert_int_equal(zmq_setsockopt(mv_sock_zmq(w->door),
                                        ZMQ_ROUTER_HANDOVER, &handover,
                                        sizeof handover),
                         0);
    }
    assert_int_equal(mv_sock_bind(w->door, "tcp://127.0.0.1:0", &err), MV_OK);
    mv_keys_close(keys);
    mv_buf_done(&text);
}

static void close_world(struct world *w)
{
    mv_sock_close(w->door);
    mv_zap_close(w->zap);
    mv_net_close(w->net);
}

/* Of the routing id that both take. */
static struct mv_sock *peer(struct world *w, enum who who)
{
    struct mv_sock *s = NULL;
    struct mv_sock_options o = {.kind = MV_SOCK_DEALER,
                                .name = "peer",
                                .max_bytes = 4096,
                                .keys = &w->keys[who],
                                .server_key = w->server.public_key,
                                .route = (const uint8_t *)ROUTE,
                                .route_len = strlen(ROUTE)};
    assert_int_equal(mv_sock_open(&s, w->net, &o, &err), MV_OK);
    assert_int_equal(mv_sock_connect(s, mv_sock_endpoint(w->door), &err),
                     MV_OK);
    return s;
}

/* Once the handshake is over. */
static void say(struct mv_sock *s, const char *text)
{
    struct mv_poll nothing = {.fd = -1};
    for (int ms = 0; ms < LONG; ms++) {
        if (mv_sock_send(s, mv_span(NULL, 0), mv_span_text(text)) == MV_OK)
            return;
        assert_int_equal(mv_sock_poll(&nothing, 0, 1), MV_OK);
    }
    fail_msg("'%s' could not be said", text);
}

static bool heard(struct mv_sock *s, struct mv_wire *wire, int wait_ms)
{
    struct mv_poll p = {.sock = s};
    assert_int_equal(mv_sock_poll(&p, 1, wait_ms), MV_OK);
    return mv_sock_recv(s, wire) == MV_OK;
}

/* She asks; he comes under her routing id and speaks; then she is answered.
 * Returns whether the answer came to her, and not to him. What he says is his
 * own or is not heard at all. */
static bool answered_right(struct world *w)
{
    struct mv_wire wire = {0};
    struct mv_sock *she = peer(w, SHE);
    say(she, "hers");
    assert_true(heard(w->door, &wire, LONG));
    assert_string_equal(wire.user, w->user[SHE]);
    struct mv_sock *he = peer(w, HE);
    say(he, "his");
    say(he, "his");
    while (heard(w->door, &wire, SHORT)) {
        assert_string_equal(wire.user, mv_span_is(wire.body, "hers")
                                           ? w->user[SHE]
                                           : w->user[HE]);
    }
    mv_rc sent =
        mv_sock_send(w->door, mv_span_text(ROUTE), mv_span_text("to her"));
    bool his = heard(he, &wire, SHORT);
    bool right = sent == MV_OK && !his && heard(she, &wire, LONG);
    mv_held_done(&wire.held);
    mv_sock_close(he);
    mv_sock_close(she);
    /* until both are forgotten */
    for (int ms = 0; ms < LONG && sent == MV_OK; ms += SHORT) {
        (void)heard(w->door, &wire, SHORT);
        sent = mv_sock_send(w->door, mv_span_text(ROUTE), mv_span_text("?"));
    }
    mv_held_done(&wire.held);
    return right;
}

static void p14_an_answer_goes_to_who_asked(void **state)
{
    (void)state;
    struct world w;
    open_world(&w, -1);
    for (unsigned i = 0; i < mv_scale(10, 200); i++)
        assert_true(answered_right(&w));
    close_world(&w);
}

/* The control, and why there is but one setting: with the other, he still
 * speaks as himself only, and gets what was meant for her. */
static void p14_with_handover_it_would_go_to_who_came_last(void **state)
{
    (void)state;
    for (int handover = 0; handover <= 1; handover++) {
        struct world w;
        open_world(&w, handover);
        assert_int_equal(answered_right(&w), handover == 0);
        close_world(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(p14_an_answer_goes_to_who_asked),
        cmocka_unit_test(p14_with_handover_it_would_go_to_who_came_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
