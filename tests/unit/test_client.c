/* A question and its answer. */
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/leaping.h"
#include "tests/support/toy.h"
#include "tests/support/unit.h"

/* A port that is taken, and behind which nobody listens. */
static int deaf(char endpoint[64])
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    (void)snprintf(endpoint, 64, "tcp://127.0.0.1:%u", ntohs(at.sin_port));
    return fd;
}

static void a_wait_ends_though_its_end_has_passed_before_it_began(void **state)
{
    struct mv_net *net = NULL;
    struct mv_client *c = NULL;
    struct mv_keypair k;
    struct mv_span got;
    struct mv_err err = {0};
    char endpoint[64];
    int fd = deaf(endpoint);
    (void)state;
    assert_int_equal(mv_net_open(&net, &err), MV_OK);
    mv_keypair_make(&k);
    assert_int_equal(mv_client_open(&c, net, endpoint, k.public_key, &k, &err),
                     MV_OK);
    /* the end is passed between the two looks that a wait has */
    leaping_of(pthread_self(), 1000);
    (void)alarm(20);
    mv_rc rc = mv_client_frame(c, mv_span_text("x"), 1500, &got, &err);
    (void)alarm(0);
    leaping_of(0, 0);
    assert_int_equal(rc, MV_AGAIN);
    assert_non_null(strstr(err.text, "no answer"));
    assert_int_equal(got.len, 0);
    mv_client_close(c);
    mv_net_close(net);
    (void)close(fd);
}

/* The toy answers a message in words of its own; that of one which was not
 * waited for is the next to come. */
static void what_is_no_reply_is_told_so(void **state)
{
    struct toy *t = *state;
    struct mv_client *c = toy_client(t, ALICE, "main");
    const struct mv_span none = mv_span(NULL, 0);
    struct mv_msg_reply r;
    struct mv_span got;
    struct mv_err err = {0};
    assert_int_equal(mv_client_ask(c, "look", none, SOON, &r, &err), MV_OK);
    while (mv_client_frame(c, mv_span_text("bad"), 0, &got, &err) == MV_OK) {
    }
    assert_int_equal(mv_client_ask(c, "look", none, SOON, &r, &err), MV_POISON);
    assert_string_equal(err.text, "the answer is not a reply");
    toy_leave(t, c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wait_ends_though_its_end_has_passed_before_it_began),
        cmocka_unit_test_setup_teardown(what_is_no_reply_is_told_so, toy_begin,
                                        toy_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
