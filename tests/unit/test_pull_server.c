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
    uint64_t begins;    /* the first number that there still is, or 0 */
    uint64_t damaged;   /* cannot be read, or 0 */
    bool gone, closed;  /* the key; the log */
    mv_rc begun, ended; /* the snapshot */
    bool deaf;          /* nothing can be sent */
    bool steady;        /* it may be read at any time */
    uint64_t sent;      /* records, as counted */
    uint64_t given;     /* the last that it was told of */
};

static uint64_t first(void *ctx)
{
    const struct host *h = ctx;
    return h->begins > 0 ? h->begins : 1;
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
    const struct host *h = ctx;
    if (seq == h->damaged)
        return mv_fail(err, MV_POISON, "item %llu", (unsigned long long)seq);
    *bytes = mv_span_text("item");
    return MV_OK;
}

static void given(void *ctx, uint64_t seq)
{
    struct host *h = ctx;
    h->given = seq;
}

static bool source(void *ctx, struct mv_span log, const struct mv_key *key,
                   struct mv_pull_source *ret, const char **code)
{
    const struct host *h = ctx;
    (void)log;
    (void)key;
    if (h->closed) {
        *code = "forbidden";
        return false;
    }
    *ret = (struct mv_pull_source){ctx,     first,     head,      done,
                                   hash_at, read_item, h->steady, given};
    return true;
}

static const struct mv_key *key_of(void *ctx, const uint8_t *public_key)
{
    struct host *h = ctx;
    (void)public_key;
    return h->gone ? NULL : &h->key;
}

static mv_rc begin(void *ctx, struct mv_err *err)
{
    const struct host *h = ctx;
    return h->begun == MV_OK ? MV_OK : mv_fail(err, h->begun, "no snapshot");
}

static mv_rc end(void *ctx, struct mv_err *err)
{
    const struct host *h = ctx;
    return h->ended == MV_OK ? MV_OK : mv_fail(err, h->ended, "met damage");
}

static bool answered(void *ctx, const struct mv_asker *to, struct mv_span bytes)
{
    struct host *h = ctx;
    struct mv_msg_reply r;
    struct mv_msg_records page;
    struct mv_fault fault;
    (void)to;
    if (h->deaf)
        return false;
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
    struct host *h = ctx;
    if (which == MV_COUNT_RECORDS_SENT)
        h->sent += n;
}

static int setup(void **state)
{
    struct host *h = mv_xcalloc(1, sizeof *h);
    const struct mv_pulls_host host = {h,   source,   key_of, begin,
                                       end, answered, count};
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

static void take(struct host *h, const char *log, uint64_t from,
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
    mv_buf_done(&b);
}

/* What is said to a pull of `log`, and nothing later than at once. */
static const char *pull(struct host *h, const char *log, uint64_t from,
                        uint64_t done_below, uint8_t genesis)
{
    take(h, log, from, done_below, genesis);
    mv_pulls_serve(h->pulls, 0, false);
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

/* --- what may be otherwise by the time it is answered -------------------- */

/* Neither by a commit nor by its second. */
static void said_no_more(struct host *h)
{
    h->said[0] = 0;
    mv_pulls_serve(h->pulls, 1, true);
    mv_pulls_serve(h->pulls, MV_PULLS_PARK_MS, false);
    assert_string_equal(h->said, "");
    assert_true(mv_pulls_next_ms(h->pulls) == INT64_MAX);
}

static void who_may_no_longer_is_told_so(void **state)
{
    struct host *h = *state;
    h->head = 3;
    h->gone = true;
    assert_string_equal(pull(h, "q", 1, 1, 1), "unauthorised");
    said_no_more(h);
    h->gone = false;
    h->closed = true;
    assert_string_equal(pull(h, "q", 1, 1, 1), "forbidden");
    h->closed = false;
    /* and what may be otherwise while it waits */
    assert_string_equal(pull(h, "q", 4, 1, 1), "");
    h->closed = true;
    mv_pulls_serve(h->pulls, 1, true);
    assert_string_equal(h->said, "forbidden");
    said_no_more(h);
    h->closed = false;
    assert_string_equal(pull(h, "q", 1, 1, 1), "page");
}

static void numbers_that_are_gone_or_never_were_are_out_of_range(void **state)
{
    struct host *h = *state;
    h->head = 9;
    h->begins = 4;
    assert_string_equal(pull(h, "q", 3, 1, 1), "range");
    assert_string_equal(pull(h, "q", 4, 1, 1), "page");
    assert_string_equal(pull(h, "q", 0, 1, 1), "range");
    assert_string_equal(pull(h, "q", UINT64_MAX, 1, 1), "range");
    assert_string_equal(pull(h, "q", 11, 1, 1), "diverged");
}

static void a_page_ends_before_what_is_damaged(void **state)
{
    struct host *h = *state;
    h->head = 5;
    h->damaged = 3;
    assert_string_equal(pull(h, "q", 1, 1, 1), "page");
    assert_int_equal(h->sent, 2);
    assert_string_equal(pull(h, "q", 3, 1, 1), "damaged");
    assert_int_equal(h->sent, 2);
    h->damaged = 0;
    assert_string_equal(pull(h, "q", 3, 1, 1), "page");
    assert_int_equal(h->sent, 5);
}

static void a_snapshot_that_met_damage_makes_no_page(void **state)
{
    struct host *h = *state;
    h->head = 3;
    h->ended = MV_FATAL;
    assert_string_equal(pull(h, "q", 1, 1, 1), "damaged");
    h->ended = MV_OK;
    h->begun = MV_FATAL; /* not answered; it stays parked */
    assert_string_equal(pull(h, "q", 1, 1, 1), "");
    assert_int_equal(h->sent, 0);
    h->begun = MV_OK;
    mv_pulls_serve(h->pulls, 1, true);
    assert_string_equal(h->said, "page");
    assert_int_equal(h->sent, 3);
}

static void a_page_that_nobody_took_was_not_given(void **state)
{
    struct host *h = *state;
    h->head = 3;
    h->deaf = true;
    assert_string_equal(pull(h, "q", 1, 1, 1), "");
    assert_true(h->sent == 0 && h->given == 0);
    h->deaf = false;
    /* what was never given cannot be done */
    assert_string_equal(pull(h, "q", 1, 4, 1), "range");
}

/* One is read to see that it has no room: it is not in the page. */
static void a_source_is_told_how_far_it_was_given(void **state)
{
    struct host *h = *state;
    h->head = 1000;
    assert_string_equal(pull(h, "q", 1, 1, 1), "page");
    assert_true(h->sent > 1 && h->sent < h->head);
    assert_int_equal(h->given, h->sent);
    assert_string_equal(pull(h, "q", 1000, 1, 1), "page");
    assert_int_equal(h->given, 1000);
    assert_string_equal(pull(h, "q", 1001, 1, 1), "");
    mv_pulls_serve(h->pulls, MV_PULLS_PARK_MS, false);
    assert_string_equal(h->said, "page");
    assert_int_equal(h->given, 1000);
}

static void a_pull_at_the_head_waits_for_its_second_or_a_commit(void **state)
{
    struct host *h = *state;
    h->head = 3;
    assert_true(mv_pulls_next_ms(h->pulls) == INT64_MAX);
    assert_string_equal(pull(h, "q", 4, 1, 1), "");
    assert_true(mv_pulls_next_ms(h->pulls) == MV_PULLS_PARK_MS);
    mv_pulls_serve(h->pulls, 1, true); /* a commit of something else */
    assert_string_equal(h->said, "");
    mv_pulls_serve(h->pulls, MV_PULLS_PARK_MS, false);
    assert_string_equal(h->said, "page"); /* an empty one */
    assert_int_equal(h->sent, 0);
    assert_string_equal(pull(h, "q", 4, 1, 1), "");
    h->head = 4;
    mv_pulls_serve(h->pulls, 2, true);
    assert_string_equal(h->said, "page");
    assert_int_equal(h->sent, 1);
}

/* Of two that came, the one that is behind, and only in what never changes;
 * what waits is answered after the commit. */
static void amid_a_batch_a_page_of_what_is_committed_leaves(void **state)
{
    struct host *h = *state;
    h->head = 3;
    take(h, "q", 1, 1, 1);
    mv_pulls_serve_amid(h->pulls);
    assert_string_equal(h->said, ""); /* it may change while it is read */
    h->steady = true;
    h->begun = MV_AGAIN; /* the transaction failed */
    mv_pulls_serve_amid(h->pulls);
    assert_string_equal(h->said, "");
    h->begun = MV_OK;
    take(h, "at-head", 4, 1, 1);
    take(h, "r", 1, 1, 1);
    mv_pulls_serve_amid(h->pulls);
    assert_string_equal(h->said, "page");
    assert_int_equal(h->sent, 3); /* to one of them */
    mv_pulls_serve_amid(h->pulls);
    assert_int_equal(h->sent, 6);
    h->said[0] = 0;
    mv_pulls_serve_amid(h->pulls);
    assert_string_equal(h->said, "");
    h->head = 4;
    mv_pulls_serve(h->pulls, 0, true);
    assert_int_equal(h->sent, 7);
    mv_pulls_serve_amid(h->pulls); /* none waits */
    assert_int_equal(h->sent, 7);
}

static void the_name_of_a_log_is_no_longer_than_one_may_be(void **state)
{
    struct host *h = *state;
    char longest[MV_KEY_NAME_BYTES + 2];
    memset(longest, 'q', sizeof longest);
    longest[MV_KEY_NAME_BYTES + 1] = 0;
    h->head = 3;
    const char *said = pull(h, longest, 1, 1, 1);
    assert_true(strcmp(said, "page") != 0 && said[0] != 0);
    longest[MV_KEY_NAME_BYTES] = 0;
    assert_string_equal(pull(h, longest, 1, 1, 1), "page");
    assert_null(mv_pulls_at(h->pulls, 1));
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
        TEST(who_may_no_longer_is_told_so),
        TEST(numbers_that_are_gone_or_never_were_are_out_of_range),
        TEST(a_page_ends_before_what_is_damaged),
        TEST(a_snapshot_that_met_damage_makes_no_page),
        TEST(a_page_that_nobody_took_was_not_given),
        TEST(a_source_is_told_how_far_it_was_given),
        TEST(a_pull_at_the_head_waits_for_its_second_or_a_commit),
        TEST(amid_a_batch_a_page_of_what_is_committed_leaves),
        TEST(the_name_of_a_log_is_no_longer_than_one_may_be),
    };
    return cmocka_run_group_tests_name("pull_server", tests, NULL, NULL);
}
