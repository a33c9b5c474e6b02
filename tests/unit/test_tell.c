/* What a batch's answers become on the wire: the test is the loop, so that it
 * decides what stands in which batch. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "proto/pack.h"
#include "services/stream/batch.h"
#include "services/stream/doors.h"
#include "tests/support/toy.h"
#include "tests/support/unit.h"

static struct mv_err err;

struct told {
    struct toy toy;
    void *ctx, *alice, *again, *bob, *oscar; /* again: alice, once more */
};

static int begin(void **state)
{
    struct told *d = mv_xcalloc(1, sizeof *d);
    toy_make(&d->toy);
    d->toy.tell[0] = -1;
    if (toy_open(&d->toy, &err) != MV_OK)
        fail_msg("%s", err.text);
    d->ctx = zmq_ctx_new();
    d->alice = toy_dealer(&d->toy, d->ctx, ALICE);
    d->again = toy_dealer(&d->toy, d->ctx, ALICE);
    d->bob = toy_dealer(&d->toy, d->ctx, BOB);
    d->oscar = toy_dealer(&d->toy, d->ctx, OSCAR);
    mv_batch_start(d->toy.service);
    *state = d;
    return 0;
}

static int end(void **state)
{
    struct told *d = *state;
    (void)zmq_close(d->alice);
    (void)zmq_close(d->again);
    (void)zmq_close(d->bob);
    (void)zmq_close(d->oscar);
    (void)zmq_ctx_term(d->ctx);
    mv_service_close(d->toy.service);
    toy_done(&d->toy);
    free(d);
    return 0;
}

/* It is the next in the batch. */
static void give(struct told *d, void *z, struct mv_span bytes)
{
    struct mv_service *s = d->toy.service;
    size_t due = s->batch.count + 1;
    int64_t until = toy_now_ms() + SOON;
    assert_int_equal(zmq_send(z, bytes.at, bytes.len, 0), (int)bytes.len);
    while (s->batch.count < due && toy_now_ms() < until) {
        s->batch.began_ms = toy_now_ms(); /* it lasts as long as we like */
        mv_doors_take(s);
    }
    assert_int_equal(s->batch.count, due);
}

static void say(struct told *d, void *z, const char *text)
{
    give(d, z, mv_span_text(text));
}

static void poke(struct told *d, void *z)
{
    struct mv_buf b = {0};
    struct mv_msg_request m = {.id = 7, .verb = mv_span_text("poke")};
    mv_msg_request_encode(&m, &b);
    give(d, z, mv_buf_span(&b));
    mv_buf_done(&b);
}

static void settle(struct told *d, mv_rc rc)
{
    assert_int_equal(mv_batch_end(d->toy.service), rc);
    mv_batch_start(d->toy.service);
}

static struct mv_span receive(void *z)
{
    static char frame[2 * MV_MAX_ANSWERS_BYTES];
    int len = zmq_recv(z, frame, sizeof frame, 0);
    assert_true(len > 0 && len <= (int)sizeof frame);
    return mv_span(frame, (size_t)len);
}

/* The next frame's answers, divided by blanks; long ones by their bytes. */
static const char *hear(void *z)
{
    static char all[256];
    struct mv_span left = receive(z), text;
    size_t at = 0;
    while (toy_next(&left, &text)) {
        const char *blank = at > 0 ? " " : "";
        at += (size_t)(text.len > 64 ? snprintf(all + at, sizeof all - at,
                                                "%s%zu", blank, text.len)
                                     : snprintf(all + at, sizeof all - at,
                                                "%s%.*s", blank, (int)text.len,
                                                (const char *)text.at));
        assert_true(at < sizeof all);
    }
    return all;
}

/* Nothing else was under way: what is said now is what is heard next. */
static void nothing_more(struct told *d, void *z)
{
    say(d, z, "long:99");
    settle(d, MV_OK);
    assert_string_equal(hear(z), "99");
}

static uint64_t count(struct told *d, mv_counter which)
{
    return d->toy.service->counters[which];
}

static void each_connection_gets_its_own_answers_in_one_frame(void **state)
{
    struct told *d = *state;
    say(d, d->alice, "put:a");
    say(d, d->bob, "put:b");
    say(d, d->alice, "dup");
    say(d, d->alice, "what");
    say(d, d->again, "put:c");
    say(d, d->bob, "put:d");
    say(d, d->alice, "put:e");
    settle(d, MV_OK);
    assert_string_equal(hear(d->alice), "ok:1 dup no:malformed ok:5");
    assert_string_equal(hear(d->bob), "ok:2 ok:4");
    assert_string_equal(hear(d->again), "ok:3");
    nothing_more(d, d->alice);
    nothing_more(d, d->bob);
    nothing_more(d, d->again);
    assert_int_equal(count(d, MV_COUNT_RECEIVED), 10);
    assert_int_equal(count(d, MV_COUNT_ACCEPTED), 5);
}

static void no_answer_leaves_before_the_commit(void **state)
{
    struct told *d = *state;
    struct mv_service *s = d->toy.service;
    struct mv_msg_reply r;
    struct mv_fault fault;
    int64_t until = toy_now_ms() + SOON;
    say(d, d->alice, "put:a");
    say(d, d->alice, "what");
    /* refused at once, it is heard behind all that has left before */
    struct mv_buf b = {0};
    struct mv_msg_request m = {.id = 7, .verb = mv_span_text("none.such")};
    mv_msg_request_encode(&m, &b);
    assert_int_equal(zmq_send(d->alice, b.at, b.len, 0), (int)b.len);
    mv_buf_done(&b);
    uint64_t before = count(d, MV_COUNT_REQUESTS);
    while (count(d, MV_COUNT_REQUESTS) == before && toy_now_ms() < until) {
        s->batch.began_ms = toy_now_ms();
        mv_doors_take(s);
    }
    assert_true(mv_msg_reply_decode(receive(d->alice), &r, &fault));
    assert_int_equal(r.id, 7);
    settle(d, MV_OK);
    assert_string_equal(hear(d->alice), "ok:1 no:malformed");
}

static void what_was_answered_is_not_answered_again_in_the_next(void **state)
{
    struct told *d = *state;
    for (int i = 0; i < 3; i++) {
        say(d, d->alice, "long:71");
        say(d, d->bob, "long:72");
        say(d, d->alice, "long:73");
        settle(d, MV_OK);
        assert_string_equal(hear(d->alice), "71 73");
        assert_string_equal(hear(d->bob), "72");
    }
}

/* A text of N bytes, 256 to 65535, is an answer of N + 3. */
static void a_frame_of_answers_ends_at_its_bound(void **state)
{
    struct told *d = *state;
    say(d, d->alice, "long:32765");
    say(d, d->bob, "long:1000");
    say(d, d->alice, "long:32765"); /* 64 KiB to the byte */
    say(d, d->alice, "dup");
    say(d, d->alice, "long:65530"); /* with "dup" a byte too many */
    say(d, d->alice, "long:300");
    say(d, d->alice, "long:400");
    settle(d, MV_OK);
    assert_string_equal(hear(d->alice), "32765 32765");
    assert_string_equal(hear(d->alice), "dup");
    assert_string_equal(hear(d->alice), "65530");
    assert_string_equal(hear(d->alice), "300 400");
    assert_string_equal(hear(d->bob), "1000");
    nothing_more(d, d->alice);
}

static void a_larger_answer_has_a_frame_of_its_own(void **state)
{
    struct told *d = *state;
    say(d, d->alice, "dup");
    say(d, d->alice, "long:70000");
    say(d, d->alice, "dup");
    settle(d, MV_OK);
    assert_string_equal(hear(d->alice), "dup");
    assert_string_equal(hear(d->alice), "70000");
    assert_string_equal(hear(d->alice), "dup");
}

static void a_reply_to_a_request_stands_alone(void **state)
{
    struct told *d = *state;
    struct mv_msg_reply r;
    struct mv_fault fault;
    say(d, d->oscar, "put:a");
    say(d, d->oscar, "put:b");
    poke(d, d->oscar);
    poke(d, d->oscar);
    say(d, d->oscar, "put:c");
    settle(d, MV_OK);
    assert_string_equal(hear(d->oscar), "no:not_allowed no:not_allowed");
    for (unsigned i = 1; i <= 2; i++) {
        assert_true(mv_msg_reply_decode(receive(d->oscar), &r, &fault));
        assert_int_equal(r.seq, i);
    }
    assert_string_equal(hear(d->oscar), "no:not_allowed");
}

static void after_a_failed_commit_each_is_told_to_retry(void **state)
{
    struct told *d = *state;
    say(d, d->alice, "put:a");
    say(d, d->bob, "put:b");
    say(d, d->oscar, "put:o");
    say(d, d->alice, "full");
    say(d, d->bob, "what");
    say(d, d->alice, "dup");
    settle(d, MV_FULL);
    assert_string_equal(hear(d->alice), "retry:full retry:full retry:full");
    assert_string_equal(hear(d->bob), "retry:full retry:full");
    /* whatever becomes of the commit */
    assert_string_equal(hear(d->oscar), "no:not_allowed");
    assert_int_equal(count(d, MV_COUNT_RETRIED), 5);
    assert_int_equal(count(d, MV_COUNT_RECEIVED), 6);
}

static void each_answer_that_nobody_takes_is_counted(void **state)
{
    struct told *d = *state;
    struct mv_batch *b = &d->toy.service->batch;
    for (int i = 0; i < 3; i++) {
        say(d, d->alice, "put:a");
        say(d, d->bob, "put:b");
    }
    /* alice is gone: nobody has her route */
    for (size_t i = 0; i < b->count; i += 2)
        b->bytes.at[b->slots[i].route_at] ^= 0xff;
    settle(d, MV_OK);
    assert_string_equal(hear(d->bob), "ok:2 ok:4 ok:6");
    assert_int_equal(count(d, MV_COUNT_REPLIES_DROPPED), 3);
    assert_int_equal(count(d, MV_COUNT_ACCEPTED), 6);
}

/* A message that waits in the batch, of a connection that is made up. */
static void slot(struct told *d, int fd, const char *route)
{
    struct mv_wire w = {.fd = fd, .route_len = 5};
    memcpy(w.route, route, 5);
    (void)mv_batch_slot(d->toy.service, &w, NULL, MV_INPUT_MESSAGE, 0);
}

static void what_is_not_of_one_connection_is_not_joined(void **state)
{
    struct told *d = *state;
    const struct mv_slot *at;
    slot(d, 60000, "first");
    slot(d, 60000, "other"); /* its descriptor went to another */
    slot(d, 60000, "first");
    slot(d, -1, "which"); /* not known */
    slot(d, -1, "which");
    slot(d, 60000, "first");
    at = d->toy.service->batch.slots;
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(at[i].follows, i == 5);
        assert_int_equal(at[i].next, i == 2 ? 5 : 0);
    }
    settle(d, MV_OK); /* nobody is there, and each is told to retry */
    assert_int_equal(count(d, MV_COUNT_REPLIES_DROPPED), 6);
    assert_int_equal(count(d, MV_COUNT_RETRIED), 6);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_connection_gets_its_own_answers_in_one_frame),
        TEST(no_answer_leaves_before_the_commit),
        TEST(what_was_answered_is_not_answered_again_in_the_next),
        TEST(a_frame_of_answers_ends_at_its_bound),
        TEST(a_larger_answer_has_a_frame_of_its_own),
        TEST(a_reply_to_a_request_stands_alone),
        TEST(after_a_failed_commit_each_is_told_to_retry),
        TEST(each_answer_that_nobody_takes_is_counted),
        TEST(what_is_not_of_one_connection_is_not_joined),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
