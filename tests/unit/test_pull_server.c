/* pull_server: what is kept of consumers, over a host of plain memory. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "services/stream/pull_server.h"
#include "tests/support/unit.h"

/* One queue that may begin anew, and whatever was answered last. */
struct host {
    struct mv_key key;
    uint64_t head, done;
    uint8_t genesis;
    struct mv_pulls *pulls;
    char said[32];
    uint64_t id;
};

static uint64_t first(void *ctx)
{
    (void)ctx;
    return 1;
}

static uint64_t head(void *ctx)
{
    const struct host *h = ctx;
    return h->head;
}

static uint64_t done(void *ctx)
{
    const struct host *h = ctx;
    return h->done;
}

static bool hash_at(void *ctx, uint64_t seq, uint8_t hash[32])
{
    const struct host *h = ctx;
    memset(hash, h->genesis, 32);
    return seq <= h->head;
}

static mv_rc read_item(void *ctx, uint64_t seq, struct mv_span *bytes,
                       struct mv_err *err)
{
    (void)ctx;
    (void)seq;
    (void)err;
    *bytes = mv_span_text("item");
    return MV_OK;
}

static bool source(void *ctx, struct mv_span log, const struct mv_key *key,
                   struct mv_pull_source *ret, const char **code)
{
    (void)log;
    (void)key;
    (void)code;
    *ret = (struct mv_pull_source){ctx, first, head, done, hash_at, read_item};
    return true;
}

static const struct mv_key *key_of(void *ctx, const uint8_t *public_key)
{
    struct host *h = ctx;
    (void)public_key;
    return &h->key;
}

static mv_rc nothing(void *ctx, struct mv_err *err)
{
    (void)ctx;
    (void)err;
    return MV_OK;
}

static bool answered(void *ctx, unsigned door, struct mv_span route,
                     struct mv_span bytes)
{
    struct host *h = ctx;
    struct mv_msg_reply r;
    struct mv_msg_records page;
    struct mv_fault fault;
    (void)door;
    (void)route;
    (void)snprintf(h->said, sizeof h->said, "page");
    if (mv_msg_records_decode(bytes, &page, &fault))
        return true;
    assert_true(mv_msg_reply_decode(bytes, &r, &fault));
    (void)snprintf(h->said, sizeof h->said, "%.*s", (int)r.code.len,
                   (const char *)r.code.at);
    return true;
}

static void count(void *ctx, mv_counter which, uint64_t n)
{
    (void)ctx;
    (void)which;
    (void)n;
}

static int setup(void **state)
{
    struct host *h = mv_xcalloc(1, sizeof *h);
    const struct mv_pulls_host host = {h,       source,   key_of, nothing,
                                       nothing, answered, count};
    (void)snprintf(h->key.name, sizeof h->key.name, "rita");
    h->genesis = 1;
    h->done = 1;
    h->pulls = mv_pulls_open(&host);
    *state = h;
    return 0;
}

static int teardown(void **state)
{
    struct host *h = *state;
    mv_pulls_close(h->pulls);
    free(h);
    return 0;
}

/* What is said to a pull of `log`, and nothing later than at once. */
static const char *pull(struct host *h, const char *log, uint64_t from,
                        uint64_t done_below, uint8_t genesis)
{
    struct mv_buf b = {0};
    uint8_t hash[32];
    memset(hash, genesis, sizeof hash);
    struct mv_msg_pull m = {.log = mv_span_text(log),
                            .id = ++h->id,
                            .from = from,
                            .hash = mv_span(hash, sizeof hash),
                            .done = done_below,
                            .max_bytes = 1000};
    mv_msg_pull_encode(&m, &b);
    h->said[0] = 0;
    mv_pulls_take(h->pulls, 0, mv_span_text("r"), &h->key, mv_buf_span(&b), 0,
                  (int64_t)h->id);
    mv_pulls_serve(h->pulls, 0, false);
    mv_buf_done(&b);
    return h->said;
}

/* The service is told, as the loop would do it. */
static void tell(struct host *h)
{
    struct mv_consumer *c = mv_pulls_at(h->pulls, 0);
    assert_non_null(c);
    if (c->said_more && c->done > h->done)
        h->done = c->done;
    c->said_more = false;
}

static void what_is_done_is_heard(void **state)
{
    struct host *h = *state;
    h->head = 3;
    assert_string_equal(pull(h, "q", 1, 1, 1), "page");
    assert_string_equal(pull(h, "q", 3, 3, 1), "page");
    tell(h);
    assert_int_equal(h->done, 3);
}

static void what_is_done_of_another_history_says_nothing(void **state)
{
    struct host *h = *state;
    h->head = 3;
    assert_string_equal(pull(h, "q", 3, 3, 2), "diverged");
    assert_false(mv_pulls_at(h->pulls, 0)->said_more);
    assert_string_equal(pull(h, "q", 500, 500, 1), "diverged");
    assert_false(mv_pulls_at(h->pulls, 0)->said_more);
    assert_string_equal(pull(h, "q", 1, 1, 1), "page");
    assert_string_equal(pull(h, "q", 2, 2, 1), "page");
    tell(h);
    assert_int_equal(h->done, 2);
}

/* Unsubscribed and subscribed again: the same name, numbers from 1. */
static void a_queue_that_begins_anew_hears_its_owner(void **state)
{
    struct host *h = *state;
    h->head = 500;
    assert_string_equal(pull(h, "q", 500, 500, 1), "page");
    tell(h);
    assert_int_equal(h->done, 500);
    h->genesis = 2;
    h->head = 3;
    h->done = 1;
    assert_string_equal(pull(h, "q", 1, 1, 2), "page");
    assert_string_equal(pull(h, "q", 3, 3, 2), "page");
    tell(h);
    assert_int_equal(h->done, 3);
    assert_int_equal(mv_pulls_at(h->pulls, 0)->done, 3);
}

/* What the old queue was given is not given by the new one. */
static void done_beyond_the_head_is_out_of_range(void **state)
{
    struct host *h = *state;
    h->head = 500;
    assert_string_equal(pull(h, "q", 500, 500, 1), "page");
    tell(h);
    h->genesis = 2;
    h->head = 3;
    h->done = 1;
    assert_string_equal(pull(h, "q", 1, 400, 2), "range");
    assert_false(mv_pulls_at(h->pulls, 0)->said_more);
}

/* A pull under another key, answered with what is there. */
static const char *pull_as(struct host *h, unsigned who)
{
    (void)snprintf(h->key.name, sizeof h->key.name, "key-%u", who);
    return pull(h, "q", 1, 1, 1);
}

static void a_new_consumer_takes_the_place_of_the_oldest(void **state)
{
    struct host *h = *state;
    h->head = 3;
    for (unsigned i = 0; i < MV_PULLS_MAX; i++)
        assert_string_equal(pull_as(h, i), "page");
    assert_string_equal(pull_as(h, 0), "page"); /* seen again */
    assert_null(mv_pulls_gone(h->pulls, 0));
    assert_string_equal(pull_as(h, MV_PULLS_MAX), "page");
    assert_string_equal(mv_pulls_gone(h->pulls, 0)->name, "key-1");
    assert_string_equal(mv_pulls_gone(h->pulls, 0)->log, "q");
    assert_null(mv_pulls_gone(h->pulls, 1));
    assert_string_equal(mv_pulls_at(h->pulls, 1)->name, "key-4096");
    assert_null(mv_pulls_at(h->pulls, MV_PULLS_MAX));
}

static void a_consumer_that_waits_for_a_commit_is_not_forgotten(void **state)
{
    struct host *h = *state;
    h->head = 3;
    for (unsigned i = 0; i < MV_PULLS_MAX; i++)
        assert_string_equal(pull_as(h, i), "page");
    mv_pulls_at(h->pulls, 0)->said_more = true;
    mv_pulls_at(h->pulls, 1)->staged = 2;
    for (unsigned i = 0; i < MV_PULLS_GONE; i++)
        assert_string_equal(pull_as(h, MV_PULLS_MAX + i), "page");
    assert_string_equal(mv_pulls_gone(h->pulls, 0)->name, "key-2");
    assert_string_equal(pull_as(h, 9999), "full"); /* until a commit */
    mv_pulls_gone_clear(h->pulls);
    assert_string_equal(pull_as(h, 9999), "page");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_done_is_heard),
        TEST(what_is_done_of_another_history_says_nothing),
        TEST(a_queue_that_begins_anew_hears_its_owner),
        TEST(done_beyond_the_head_is_out_of_range),
        TEST(a_new_consumer_takes_the_place_of_the_oldest),
        TEST(a_consumer_that_waits_for_a_commit_is_not_forgotten),
    };
    return cmocka_run_group_tests_name("pull_server", tests, NULL, NULL);
}
