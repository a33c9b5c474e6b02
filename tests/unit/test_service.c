/* the loop, over real sockets on loopback: what leaves, when, and to whom. */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

#include "proto/pack.h"
#include "proto/walk.h"
#include "services/base/clock.h"
#include "services/stream/batch.h"
#include "services/stream/keyfile.h"
#include "tests/support/toy.h"
#include "tests/support/unit.h"

static struct mv_err err;

static void a_stored_message_is_answered_with_its_number(void **state)
{
    struct toy *t = *state;
    struct mv_client *c = toy_client(t, ALICE, "main");
    assert_string_equal(toy_say(c, "put:a", SOON), "ok:1");
    assert_string_equal(toy_say(c, "put:b", SOON), "ok:2");
    assert_string_equal(toy_say(c, "dup", SOON), "dup");
    assert_string_equal(toy_say(c, "what", SOON), "no:malformed");
}

static void a_failed_commit_is_answered_retry_and_serving_goes_on(void **state)
{
    struct toy *t = *state;
    struct mv_client *c = toy_client(t, ALICE, "main");
    assert_string_equal(toy_say(c, "put:a", SOON), "ok:1");
    assert_string_equal(toy_say(c, "full", SOON), "retry:full");
    /* for the rest of the second nothing is tried; then there is room */
    const char *said = "";
    int64_t until = toy_now_ms() + SOON;
    while (toy_now_ms() < until && strcmp(said, "ok:2") != 0) {
        said = toy_say(c, "put:b", SOON);
        assert_true(strcmp(said, "ok:2") == 0 ||
                    strcmp(said, "retry:full") == 0);
    }
    assert_string_equal(said, "ok:2");
    assert_int_equal(toy_counter(t, "received"),
                     toy_counter(t, "accepted") + toy_counter(t, "retried"));
    assert_int_equal(toy_counter(t, "accepted"), 2);
}

static void
an_unknown_commit_is_answered_retry_and_ends_the_service(void **state)
{
    struct toy *t = *state;
    struct mv_client *c = toy_client(t, ALICE, "main");
    assert_string_equal(toy_say(c, "fatal", SOON), "retry:storage");
    toy_leave(t, c);
    assert_int_equal(toy_stop(t), MV_FATAL);
    toy_start(t);
    c = toy_client(t, ALICE, "main");
    assert_string_equal(toy_say(c, "put:a", SOON), "ok:1");
}

/* --- keys --- */

static void a_key_without_the_role_is_refused(void **state)
{
    struct toy *t = *state;
    struct mv_client *c = toy_client(t, RITA, "main");
    assert_string_equal(toy_say(c, "put:a", SOON), "no:not_allowed");
    toy_leave(t, c);
    assert_int_equal(toy_counter(t, "accepted"), 0);
}

static void an_unknown_key_never_gets_in(void **state)
{
    struct toy *t = *state;
    struct mv_client *c = toy_client(t, MALLORY, "main");
    assert_null(toy_say(c, "put:a", 300));
    toy_leave(t, c);
    assert_int_equal(toy_counter(t, "received"), 0);
}

/* By libzmq itself: our own factory makes no such sockets. */
static void null_and_plain_never_get_in(void **state)
{
    struct toy *t = *state;
    void *ctx = zmq_ctx_new();
    for (int plain = 0; plain < 2; plain++) {
        void *z = zmq_socket(ctx, ZMQ_DEALER);
        int zero = 0;
        char answer[8];
        (void)zmq_setsockopt(z, ZMQ_LINGER, &zero, sizeof zero);
        if (plain == 1) {
            (void)zmq_setsockopt(z, ZMQ_PLAIN_USERNAME, "alice", 5);
            (void)zmq_setsockopt(z, ZMQ_PLAIN_PASSWORD, "alice", 5);
        }
        int wait = 300;
        (void)zmq_setsockopt(z, ZMQ_RCVTIMEO, &wait, sizeof wait);
        assert_int_equal(
            zmq_connect(z, mv_service_endpoint(t->service, "main")), 0);
        assert_int_equal(zmq_send(z, "put:a", 5, 0), 5);
        assert_int_equal(zmq_recv(z, answer, sizeof answer, 0), -1);
        (void)zmq_close(z);
    }
    (void)zmq_ctx_term(ctx);
    assert_int_equal(toy_counter(t, "received"), 0);
}

/* An answer may be late: what counts is when the last good one's put left. */
static void a_revoked_key_is_refused_within_two_seconds(void **state)
{
    struct toy *t = *state;
    struct mv_clock c0 = {0};
    struct mv_client *c = toy_client(t, ALICE, "main");
    assert_string_equal(toy_say(c, "put:a", SOON), "ok:1");
    mv_clock_read(&c0);
    assert_int_equal(mv_keyfile_revoke(t->keys_file, "alice", c0.wall_ms, &err),
                     MV_OK);
    const char *said = "";
    int64_t since = toy_now_ms(), sent = since, last = since;
    while (strcmp(said, "no:unauthorised") != 0 && sent - since < SOON) {
        last = sent;
        sent = toy_now_ms();
        said = toy_say(c, "put:b", SOON);
        assert_non_null(said);
    }
    assert_string_equal(said, "no:unauthorised");
    assert_true(last - since < 2000);
    toy_leave(t, c);
    c = toy_client(t, ALICE, "main");
    assert_null(toy_say(c, "put:c", 300));
}

static void a_bad_key_file_keeps_who_is_in_and_lets_nobody_else_in(void **state)
{
    struct toy *t = *state;
    struct mv_client *in = toy_client(t, ALICE, "main");
    struct mv_client *oscar = toy_client(t, OSCAR, "control");
    struct mv_msg_reply r;
    assert_string_equal(toy_say(in, "put:a", SOON), "ok:1");
    assert_int_equal(
        mv_client_ask(oscar, "ping", mv_span(NULL, 0), SOON, &r, &err), MV_OK);
    assert_int_equal(truncate(t->keys_file, 9), 0);
    bool alarmed = false;
    int64_t until = toy_now_ms() + SOON;
    while (!alarmed && toy_now_ms() < until) {
        assert_int_equal(
            mv_client_ask(oscar, "health", mv_span(NULL, 0), SOON, &r, &err),
            MV_OK);
        alarmed = memmem(r.rows.at, r.rows.len, "keys", 4) != NULL;
    }
    assert_true(alarmed);
    assert_string_equal(toy_say(in, "put:b", SOON), "ok:2");
    struct mv_client *late = toy_client(t, BOB, "main");
    assert_null(toy_say(late, "put:c", 400));
}

/* The one answer in the next frame. */
static const char *hear(void *z)
{
    static char frame[256];
    int len = zmq_recv(z, frame, sizeof frame, 0);
    assert_true(len > 0);
    return toy_only(mv_span(frame, (size_t)len));
}

/* Who may not speak hears of it under the question's own id. */
static void ask_in_vain(void *z, const char *code, const char *text)
{
    static char frame[256];
    struct mv_buf b = {0};
    struct mv_msg_request m = {.id = 7, .verb = mv_span_text("ping")};
    struct mv_msg_reply r;
    struct mv_fault fault;
    mv_msg_request_encode(&m, &b);
    assert_int_equal(zmq_send(z, b.at, b.len, 0), (int)b.len);
    mv_buf_done(&b);
    int len = zmq_recv(z, frame, sizeof frame, 0);
    assert_true(len > 0);
    assert_true(mv_msg_reply_decode(mv_span(frame, (size_t)len), &r, &fault));
    assert_int_equal(r.id, 7);
    assert_true(mv_span_is(r.code, code));
    assert_true(mv_span_is(r.text, text));
}

/* Two frames where one is due, by libzmq itself. */
static void bad_input_14_three_broken_messages_suspend_the_key(void **state)
{
    struct toy *t = *state;
    struct mv_msg_reply r;
    struct mv_buf args = {0};
    void *ctx = zmq_ctx_new();
    void *z = toy_dealer(t, ctx, BOB);
    for (int i = 0; i < 3; i++) {
        for (int f = 0; f < i * 50; f++)
            assert_int_equal(zmq_send(z, "", 0, ZMQ_SNDMORE), 0);
        assert_int_equal(zmq_send(z, "put:a", 5, ZMQ_SNDMORE), 5);
        assert_int_equal(zmq_send(z, "more", 4, 0), 4);
        assert_string_equal(hear(z), "no:framing");
    }
    assert_int_equal(zmq_send(z, "put:a", 5, 0), 5);
    assert_string_equal(hear(z), "retry:suspended");
    ask_in_vain(z, "suspended",
                "the key is suspended after faulty frames: correct the "
                "program; the operator runs `maalvakt keys resume`");
    struct mv_client *c = toy_client(t, ALICE, "main");
    assert_string_equal(toy_say(c, "put:a", SOON), "ok:1");
    toy_leave(t, c);
    c = toy_client(t, OSCAR, "control");
    mv_pack_map(&args, 1);
    mv_pack_kv_cstr(&args, "name", "bob");
    assert_int_equal(
        mv_client_ask(c, "keys.resume", mv_buf_span(&args), SOON, &r, &err),
        MV_OK);
    assert_true(mv_span_is(r.result, "ok"));
    assert_int_equal(r.seq, 1);
    assert_int_equal(zmq_send(z, "put:a", 5, 0), 5);
    assert_string_equal(hear(z), "ok:2");
    toy_leave(t, c);
    mv_buf_done(&args);
    (void)zmq_close(z);
    (void)zmq_ctx_term(ctx);
}

/* --- requests --- */

static void ask(struct mv_client *c, const char *verb, struct mv_msg_reply *r)
{
    assert_int_equal(mv_client_ask(c, verb, mv_span(NULL, 0), SOON, r, &err),
                     MV_OK);
}

static void who_lacks_a_role_hears_who_what_and_which(void **state)
{
    static const struct {
        const char *what, *said;
        unsigned roles;
    } cases[] = {
        {"delivery", "'delivery' of the key 'bob' needs the role producer",
         MV_ROLE_PRODUCER},
        {"delivery",
         "'delivery' of the key 'bob' needs one of the roles producer, "
         "assessor",
         MV_ROLE_PRODUCER | MV_ROLE_ASSESSOR},
        {"", "a message of the key 'bob' needs the role producer",
         MV_ROLE_PRODUCER},
        {"", "a message of the key 'bob' is not taken here", 0},
    };
    const struct mv_key key = {.name = "bob"};
    struct mv_buf text = {0};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mv_buf_clear(&text);
        mv_role_refusal(&key, mv_span_text(cases[i].what), cases[i].roles,
                        &text);
        assert_string_equal(mv_buf_cstr(&text), cases[i].said);
    }
    mv_buf_done(&text);
}

static void an_act_leaves_one_record_and_one_in_vain_none(void **state)
{
    struct toy *t = *state;
    struct mv_msg_reply r;
    struct mv_client *c = toy_client(t, OSCAR, "control");
    ask(c, "never", &r);
    assert_true(mv_span_is(r.result, "rejected"));
    assert_false(r.has_seq);
    ask(c, "poke", &r);
    assert_true(mv_span_is(r.result, "ok"));
    assert_int_equal(r.seq, 1);
    ask(c, "same", &r); /* all is as it asks */
    assert_true(mv_span_is(r.result, "ok"));
    assert_false(r.has_seq);
    ask(c, "poke", &r);
    assert_int_equal(r.seq, 2);
    ask(c, "what", &r);
    assert_true(mv_span_is(r.code, "unknown_verb"));
    assert_true(mv_span_is(r.text, "what is not known here"));
    toy_leave(t, c);
    c = toy_client(t, ALICE, "control");
    ask(c, "poke", &r);
    assert_true(mv_span_is(r.code, "forbidden"));
    assert_true(mv_span_is(
        r.text, "'poke' of the key 'alice' needs the role operator"));
    toy_leave(t, c);
    assert_int_equal(toy_counter(t, "acts"), 2);
}

static void an_argument_that_is_not_known_is_refused(void **state)
{
    struct toy *t = *state;
    struct mv_msg_reply r;
    struct mv_buf args = {0};
    mv_pack_map(&args, 1);
    mv_pack_kv_cstr(&args, "raeson", "none");
    struct mv_client *c = toy_client(t, OSCAR, "control");
    static const char *const verbs[] = {"poke", "look", "ping"};
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        assert_int_equal(
            mv_client_ask(c, verbs[i], mv_buf_span(&args), SOON, &r, &err),
            MV_OK);
        assert_true(mv_span_is(r.result, "rejected"));
        assert_true(mv_span_is(r.code, "unknown_field"));
    }
    ask(c, "poke", &r);
    assert_int_equal(r.seq, 1);
    toy_leave(t, c);
    mv_buf_done(&args);
    assert_int_equal(toy_counter(t, "arguments"), 3);
}

static void an_answer_too_large_for_a_reply_is_refused(void **state)
{
    struct toy *t = *state;
    struct mv_msg_reply r;
    struct mv_client *c = toy_client(t, OSCAR, "control");
    ask(c, "all", &r);
    assert_true(mv_span_is(r.result, "rejected"));
    assert_true(mv_span_is(r.code, "limits"));
    ask(c, "look", &r);
    assert_true(mv_span_is(r.result, "ok"));
}

static void an_act_too_large_for_a_record_is_refused(void **state)
{
    struct toy *t = *state;
    struct mv_msg_reply r;
    struct mv_buf args = {0};
    size_t size = 16u << 20; /* with the rest of it more than a record */
    char *text = mv_xcalloc(size, 1);
    memset(text, 'a', size);
    mv_pack_map(&args, 1);
    mv_pack_kv_bin(&args, "reason", mv_span(text, size));
    free(text);
    struct mv_client *c = toy_client(t, OSCAR, "control");
    assert_int_equal(
        mv_client_ask(c, "poke", mv_buf_span(&args), SOON, &r, &err), MV_OK);
    assert_true(mv_span_is(r.result, "rejected"));
    assert_true(mv_span_is(r.code, "limits"));
    ask(c, "poke", &r);
    assert_int_equal(r.seq, 1);
    toy_leave(t, c);
    mv_buf_done(&args);
    assert_int_equal(toy_counter(t, "acts"), 1);
}

/* --- the end --- */

/* SIGTERM, without waiting for what comes of it. */
static void tell_to_stop(struct toy *t)
{
    struct {
        uint32_t signo;
        char rest[124];
    } info = {15, {0}};
    assert_int_equal(write(t->tell[1], &info, sizeof info), sizeof info);
}

/* Stops it. False: it had stopped before its sender had said a word more. */
static bool tells_who_sends_while_it_stops(struct toy *t)
{
    struct mv_client *c = toy_client(t, ALICE, "main");
    assert_memory_equal(toy_say(c, "put:a", SOON), "ok:", 3);
    tell_to_stop(t);
    const char *said = "";
    while (said != NULL && strcmp(said, "retry:stopping") != 0)
        said = toy_say(c, "dup", 1000);
    toy_leave(t, c);
    int64_t from = toy_now_ms();
    assert_int_equal(toy_stop(t), MV_OK);
    assert_true(toy_now_ms() - from < 10000);
    return said != NULL;
}

/* For half a second, which a slow machine may need for itself. */
static void while_stopping_senders_are_told_to_retry(void **state)
{
    struct toy *t = *state;
    for (int turn = 1; !tells_who_sends_while_it_stops(t); turn++) {
        assert_true(turn < 3);
        toy_start(t);
    }
}

/* The answers of the next frame, by what they say; how many they are. */
static unsigned hear_all(void *z, int flags, uint64_t *ok, uint64_t *window)
{
    static char frame[MV_MAX_ANSWERS_BYTES];
    unsigned count = 0;
    int len = zmq_recv(z, frame, sizeof frame, flags);
    struct mv_span left = mv_span(frame, len < 0 ? 0 : (size_t)len), text;
    assert_true(len <= (int)sizeof frame);
    for (; toy_next(&left, &text); count++) {
        *ok += text.len > 3 && memcmp(text.at, "ok:", 3) == 0;
        *window += mv_span_is(text, "retry:window");
    }
    return count;
}

/* Of what was asked before the end was told, as much is answered as a few
 * seconds take. */
static void a_long_queue_of_questions_does_not_hold_up_the_end(void **state)
{
    struct toy *t = *state;
    const unsigned many = 64;
    struct mv_client *c = toy_client(t, OSCAR, "control");
    struct mv_msg_reply r;
    ask(c, "look", &r);
    unsigned before = toy_crawls();
    for (unsigned i = 0; i < many; i++)
        assert_int_equal(
            mv_client_ask(c, "crawl", mv_span(NULL, 0), 0, &r, &err), MV_AGAIN);
    ask(c, "poke", &r); /* behind them: they are all taken */
    tell_to_stop(t);
    ask(c, "look", &r); /* nor do those that come now */
    assert_true(mv_span_is(r.result, "retry"));
    assert_true(mv_span_is(r.code, "stopping"));
    assert_true(mv_span_is(r.text, "the service is stopping: send it again"));
    toy_leave(t, c);
    assert_int_equal(toy_stop(t), MV_OK);
    assert_in_range(toy_crawls() - before, 1, many - 1);
}

static void more_than_the_window_of_one_connection_is_told_so(void **state)
{
    struct toy *t = *state;
    uint64_t ok = 0, window = 0, dropped = 0;
    const uint64_t n = 2000;
    void *ctx = zmq_ctx_new();
    void *z = toy_dealer(t, ctx, BOB);
    for (uint64_t i = 0; i < n; i++)
        assert_int_equal(zmq_send(z, "put:a", 5, 0), 5);
    /* a reply that does not fit in what we do not read is dropped, counted */
    while (ok + window + dropped < n) {
        if (hear_all(z, ZMQ_DONTWAIT, &ok, &window) == 0)
            dropped = toy_counter(t, "replies_dropped");
    }
    assert_true(ok >= 256);
    assert_true(toy_counter(t, "accepted") >= ok);
    assert_int_equal(toy_counter(t, "received"), n);
    assert_int_equal(toy_counter(t, "accepted") + toy_counter(t, "retried"), n);
    (void)zmq_close(z);
    (void)zmq_ctx_term(ctx);
}

/* Sends so many of a size; all the answers, by what they say. */
static void burst(void *z, size_t size, unsigned count, uint64_t *ok,
                  uint64_t *window)
{
    char body[4096] = "put:a";
    memset(body + 5, 'a', sizeof body - 5);
    for (unsigned i = 0; i < count; i++)
        assert_int_equal(zmq_send(z, body, size, 0), (int)size);
    for (unsigned heard = 0, more = 0; heard < count; heard += more) {
        more = hear_all(z, 0, ok, window);
        assert_true(more > 0);
    }
}

static void beside_others_a_key_has_a_share_of_a_batch(void **state)
{
    struct toy *t = *state;
    uint64_t ok = 0, window = 0;
    void *ctx = zmq_ctx_new();
    void *bob = toy_dealer(t, ctx, BOB), *alice = toy_dealer(t, ctx, ALICE);
    burst(bob, 4096, 200, &ok, &window); /* alone: all of it */
    assert_int_equal(ok, 200);
    for (unsigned i = 0; i < 100 && window == 0; i++) {
        assert_int_equal(zmq_send(alice, "put:a", 5, 0), 5);
        burst(bob, 4096, 200, &ok, &window);
        assert_memory_equal(hear(alice), "ok:", 3);
    }
    assert_true(window > 0);
    (void)zmq_close(bob);
    (void)zmq_close(alice);
    (void)zmq_ctx_term(ctx);
}

static void
a_batch_lasts_longer_only_while_more_than_that_is_ahead(void **state)
{
    (void)state;
    assert_int_equal(mv_batch_lasts_ms(false, 0, 16, 0), 20);
    assert_int_equal(mv_batch_lasts_ms(false, 64, 16, 19), 20);
    /* far ahead, but not for long: 100 records take 15 ms */
    assert_int_equal(mv_batch_lasts_ms(false, 100, 16, 2), 150);
    assert_true(mv_batch_lasts_ms(false, 100, 1000, 150) <= 150);
    /* as much again, and a half more */
    assert_int_equal(mv_batch_lasts_ms(false, 1000, 1000, 160), 160);
    assert_int_equal(mv_batch_lasts_ms(false, 1500, 1000, 160), 240);
    /* an hour, a year */
    assert_int_equal(mv_batch_lasts_ms(false, 100000, 1000, 160), 700);
    assert_int_equal(mv_batch_lasts_ms(false, UINT64_MAX, 1, 699), 700);
    assert_int_equal(mv_batch_lasts_ms(false, UINT64_MAX, 0, 0), 150);
}

static void a_batch_that_somebody_waits_for_ends_sooner(void **state)
{
    (void)state;
    assert_int_equal(mv_batch_lasts_ms(true, 64, 16, 19), 20);
    assert_int_equal(mv_batch_lasts_ms(true, 1500, 1000, 160), 240);
    assert_int_equal(mv_batch_lasts_ms(true, 100000, 1000, 160), 300);
    assert_int_equal(mv_batch_lasts_ms(true, 100000, 1000, 650), 300);
    assert_int_equal(mv_batch_lasts_ms(true, UINT64_MAX, 1, 160), 300);
}

static int begin_one_by_one(void **state)
{
    struct toy *t = mv_xcalloc(1, sizeof *t);
    toy_make(t);
    t->settings.common.batch_items = 1;
    toy_start(t);
    *state = t;
    return 0;
}

static void
a_door_that_is_never_empty_leaves_the_others_their_turn(void **state)
{
    struct toy *t = *state;
    uint64_t sent = 0;
    char got[64];
    bool beside = false;
    void *ctx = zmq_ctx_new();
    void *bob = toy_dealer(t, ctx, BOB);
    (void)toy_counter(t, "accepted"); /* connected */
    for (unsigned i = 0; i < 100 && !beside; i++) {
        for (unsigned k = 0; k < 200; k++, sent++)
            assert_int_equal(zmq_send(bob, "put:a", 5, 0), 5);
        beside = toy_counter(t, "accepted") < sent;
        for (unsigned k = 0; k < 200; k++)
            assert_true(zmq_recv(bob, got, sizeof got, 0) > 0);
    }
    assert_true(beside);
    (void)zmq_close(bob);
    (void)zmq_ctx_term(ctx);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, toy_begin, toy_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_stored_message_is_answered_with_its_number),
        TEST(a_failed_commit_is_answered_retry_and_serving_goes_on),
        TEST(an_unknown_commit_is_answered_retry_and_ends_the_service),
        TEST(a_key_without_the_role_is_refused),
        TEST(an_unknown_key_never_gets_in),
        TEST(null_and_plain_never_get_in),
        TEST(a_revoked_key_is_refused_within_two_seconds),
        TEST(a_bad_key_file_keeps_who_is_in_and_lets_nobody_else_in),
        TEST(bad_input_14_three_broken_messages_suspend_the_key),
        cmocka_unit_test(who_lacks_a_role_hears_who_what_and_which),
        TEST(an_act_leaves_one_record_and_one_in_vain_none),
        TEST(an_argument_that_is_not_known_is_refused),
        TEST(an_answer_too_large_for_a_reply_is_refused),
        TEST(an_act_too_large_for_a_record_is_refused),
        TEST(while_stopping_senders_are_told_to_retry),
        TEST(a_long_queue_of_questions_does_not_hold_up_the_end),
        TEST(more_than_the_window_of_one_connection_is_told_so),
        TEST(beside_others_a_key_has_a_share_of_a_batch),
        cmocka_unit_test(
            a_batch_lasts_longer_only_while_more_than_that_is_ahead),
        cmocka_unit_test(a_batch_that_somebody_waits_for_ends_sooner),
        cmocka_unit_test_setup_teardown(
            a_door_that_is_never_empty_leaves_the_others_their_turn,
            begin_one_by_one, toy_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
