/* sockets: what the factory promises, over real TCP on loopback. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "services/base/sock/options.h"
#include "services/base/sock/peers.h"
#include "tests/support/unit.h"

static struct mv_err err;

struct world {
    struct mv_net *net;
    struct mv_keypair server, client;
    struct mv_sock *router;
};

static void open_world(struct world *w)
{
    assert_int_equal(mv_net_open(&w->net, &err), MV_OK);
    mv_keypair_make(&w->server);
    mv_keypair_make(&w->client);
    struct mv_sock_options o = {.kind = MV_SOCK_ROUTER,
                                .name = "door",
                                .max_bytes = 4096,
                                .keys = &w->server};
    if (mv_sock_open(&w->router, w->net, &o, &err) != MV_OK)
        fail_msg("%s", err.text);
    assert_int_equal(mv_sock_bind(w->router, "tcp://127.0.0.1:0", &err), MV_OK);
}

static struct mv_sock *dealer(struct world *w)
{
    struct mv_sock *s = NULL;
    struct mv_sock_options o = {.kind = MV_SOCK_DEALER,
                                .name = "client",
                                .max_bytes = 4096,
                                .keys = &w->client,
                                .server_key = w->server.public_key};
    assert_int_equal(mv_sock_open(&s, w->net, &o, &err), MV_OK);
    return s;
}

static void close_world(struct world *w)
{
    mv_sock_close(w->router);
    mv_net_close(w->net);
}

static void a_bound_port_is_told(void **state)
{
    (void)state;
    struct world w;
    open_world(&w);
    const char *at = mv_sock_endpoint(w.router);
    size_t host = strlen("tcp://127.0.0.1:");
    assert_memory_equal(at, "tcp://127.0.0.1:", host);
    assert_true(strtoul(at + host, NULL, 10) > 0);
    close_world(&w);
}

static void a_port_in_use_is_refused(void **state)
{
    (void)state;
    struct world w;
    struct mv_sock *s = NULL;
    open_world(&w);
    struct mv_sock_options o = {.kind = MV_SOCK_ROUTER,
                                .name = "second",
                                .max_bytes = 4096,
                                .keys = &w.server};
    assert_int_equal(mv_sock_open(&s, w.net, &o, &err), MV_OK);
    assert_int_equal(mv_sock_bind(s, mv_sock_endpoint(w.router), &err),
                     MV_CONFIG);
    mv_sock_close(s);
    close_world(&w);
}

/* The options are held against libzmq's own words, not against our table. */
static void a_server_enforces_its_domain_and_its_bounds(void **state)
{
    (void)state;
    struct world w;
    open_world(&w);
    void *z = mv_sock_zmq(w.router);
    int v = 0;
    int64_t max = 0;
    char domain[64] = "";
    size_t len = sizeof v;
    assert_int_equal(zmq_getsockopt(z, 93, &v, &len), 0);
    assert_int_equal(v, 1);
    assert_int_equal(zmq_getsockopt(z, ZMQ_CURVE_SERVER, &v, &len), 0);
    assert_int_equal(v, 1);
    assert_int_equal(zmq_getsockopt(z, ZMQ_MECHANISM, &v, &len), 0);
    assert_int_equal(v, ZMQ_CURVE);
    assert_int_equal(zmq_getsockopt(z, ZMQ_LINGER, &v, &len), 0);
    assert_int_equal(v, 2000);
    assert_int_equal(zmq_getsockopt(z, ZMQ_RCVHWM, &v, &len), 0);
    assert_int_equal(v, 256);
    len = sizeof max;
    assert_int_equal(zmq_getsockopt(z, ZMQ_MAXMSGSIZE, &max, &len), 0);
    assert_int_equal(max, 4096);
    len = sizeof domain;
    assert_int_equal(zmq_getsockopt(z, ZMQ_ZAP_DOMAIN, domain, &len), 0);
    assert_true(strlen(domain) > 0);
    close_world(&w);
}

static int number(void *z, int option)
{
    int v = -1;
    size_t len = sizeof v;
    assert_int_equal(zmq_getsockopt(z, option, &v, &len), 0);
    return v;
}

/* libzmq 4.3.4 ends the process when a heartbeat of its own is due on a
 * connection that is gone and left more behind than the mark allows. */
static void a_door_asks_silent_peers_by_the_kernel_alone(void **state)
{
    (void)state;
    struct world w;
    open_world(&w);
    struct mv_sock *c = dealer(&w);
    void *z = mv_sock_zmq(w.router);
    assert_int_equal(number(z, ZMQ_HEARTBEAT_IVL), 0);
    assert_int_equal(number(z, ZMQ_TCP_KEEPALIVE), 1);
    int bound_s =
        number(z, ZMQ_TCP_KEEPALIVE_IDLE) +
        number(z, ZMQ_TCP_KEEPALIVE_INTVL) * number(z, ZMQ_TCP_KEEPALIVE_CNT);
    assert_int_equal(bound_s, 30);
    assert_int_equal(number(z, ZMQ_TCP_MAXRT), 30000);
    /* its client says how long it may be silent */
    z = mv_sock_zmq(c);
    assert_int_equal(number(z, ZMQ_HEARTBEAT_IVL), 5000);
    assert_int_equal(number(z, ZMQ_HEARTBEAT_TTL), 20000);
    mv_sock_close(c);
    close_world(&w);
}

static void without_a_handler_nobody_gets_in(void **state)
{
    (void)state;
    struct world w;
    struct mv_wire wire = {0};
    open_world(&w);
    struct mv_sock *c = dealer(&w);
    assert_int_equal(mv_sock_connect(c, mv_sock_endpoint(w.router), &err),
                     MV_OK);
    /* IMMEDIATE: no queue before the handshake, so nothing can be sent */
    struct mv_poll p = {.sock = w.router};
    for (int i = 0; i < 20; i++) {
        assert_int_equal(mv_sock_send(c, mv_span(NULL, 0), mv_span_text("in?")),
                         MV_AGAIN);
        assert_int_equal(mv_sock_poll(&p, 1, 10), MV_OK);
        assert_int_equal(mv_sock_recv(w.router, &wire), MV_AGAIN);
    }
    mv_sock_close(c);
    close_world(&w);
}

static void nothing_waits(void **state)
{
    (void)state;
    struct world w;
    struct mv_wire wire = {0};
    open_world(&w);
    assert_int_equal(mv_sock_recv(w.router, &wire), MV_AGAIN);
    assert_int_equal(
        mv_sock_send(w.router, mv_span_text("nobody"), mv_span_text("hello")),
        MV_AGAIN);
    close_world(&w);
}

static void a_pair_carries_frames_between_threads(void **state)
{
    (void)state;
    struct mv_net *n = NULL;
    struct mv_sock *a = NULL, *b = NULL;
    struct mv_wire wire = {0};
    struct mv_sock_options o = {.kind = MV_SOCK_PAIR, .name = "pair"};
    assert_int_equal(mv_net_open(&n, &err), MV_OK);
    if (mv_sock_open(&a, n, &o, &err) != MV_OK)
        fail_msg("%s", err.text);
    assert_int_equal(mv_sock_open(&b, n, &o, &err), MV_OK);
    assert_int_equal(mv_sock_bind(a, "inproc://x", &err), MV_OK);
    assert_int_equal(mv_sock_connect(b, "inproc://x", &err), MV_OK);
    assert_int_equal(mv_sock_send(a, mv_span(NULL, 0), mv_span_text("one")),
                     MV_OK);
    assert_int_equal(mv_sock_recv(b, &wire), MV_OK);
    assert_true(mv_span_is(wire.body, "one"));
    struct mv_span two[] = {mv_span_text("a"), mv_span_text("b")};
    assert_int_equal(mv_sock_send_frames(a, two, 2), MV_OK);
    assert_int_equal(mv_sock_recv(b, &wire), MV_POISON);
    assert_int_equal(mv_sock_send(a, mv_span(NULL, 0), mv_span_text("three")),
                     MV_OK);
    assert_int_equal(mv_sock_recv(b, &wire), MV_OK);
    assert_true(mv_span_is(wire.body, "three"));
    mv_held_done(&wire.held);
    mv_sock_close(a);
    mv_sock_close(b);
    mv_net_close(n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bound_port_is_told),
        cmocka_unit_test(a_port_in_use_is_refused),
        cmocka_unit_test(a_server_enforces_its_domain_and_its_bounds),
        cmocka_unit_test(a_door_asks_silent_peers_by_the_kernel_alone),
        cmocka_unit_test(without_a_handler_nobody_gets_in),
        cmocka_unit_test(nothing_waits),
        cmocka_unit_test(a_pair_carries_frames_between_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
