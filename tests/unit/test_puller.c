/* The puller before a server that answers as no server of ours does: what it
 * takes it for, and that nothing of a bad page is handed out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/msg.h"
#include "proto/pack.h"
#include "services/stream/puller.h"
#include "services/stream/zap.h"
#include "tests/support/place.h"
#include "tests/support/toy.h"
#include "tests/support/unit.h"

enum { RECORDS = 3 };

/* A door with keys, a puller at it, and records of a real log. */
struct world {
    struct mv_net *net;
    struct mv_keypair server, client;
    struct mv_keys *keys;
    struct mv_zap *zap;
    struct mv_sock *door;
    struct mv_puller *p;
    struct mv_wire asked;
    uint64_t id; /* of what was asked last */
    bool pulls;  /* it was a pull, not the genesis */
    uint8_t genesis[MV_HASH_BYTES];
    struct mv_buf records[RECORDS], out;
};

static struct mv_err err;

static void make_records(struct world *w)
{
    static const char *const logs[] = {"journal"};
    char *dir = mv_test_dir(true);
    const struct mv_store_options o = {.dir = dir,
                                       .service = "ingest",
                                       .format = 1,
                                       .quota_bytes = 4 << 20,
                                       .any_filesystem = true,
                                       .logs = logs,
                                       .log_count = 1};
    const struct mv_stamp stamp = {.received_ms = 1, .key_name = "ahus"};
    struct mv_store *store = NULL;
    struct mv_log *log = NULL;
    struct mv_record r;
    assert_int_equal(mv_store_open(&store, &o, &err), MV_OK);
    assert_int_equal(mv_log_open(&log, store, "journal", &err), MV_OK);
    mv_store_begin(store);
    for (unsigned i = 0; i < RECORDS; i++)
        (void)mv_log_append(log, &stamp, mv_span_text("content"));
    assert_int_equal(mv_store_commit(store, &err), MV_OK);
    assert_int_equal(mv_store_read_begin(store, &err), MV_OK);
    assert_true(mv_log_hash_at(log, 0, w->genesis));
    for (unsigned i = 0; i < RECORDS; i++) {
        assert_int_equal(mv_log_read(log, i + 1, &r, &err), MV_OK);
        mv_buf_put(&w->records[i], r.bytes.at, r.bytes.len);
    }
    assert_int_equal(mv_store_read_end(store, &err), MV_OK);
    mv_log_close(log);
    mv_store_close(store);
    mv_test_dir_done(dir);
}

static void open_door(struct world *w)
{
    struct mv_buf text = {0};
    struct mv_key k = {.name = "rita",
                       .roles = MV_ROLE_SERVICE,
                       .from_ms = INT64_MIN,
                       .to_ms = INT64_MAX};
    const struct mv_sock_options o = {.kind = MV_SOCK_ROUTER,
                                      .name = "door",
                                      .max_bytes = 65536,
                                      .keys = &w->server};
    mv_keypair_make(&w->server);
    mv_keypair_make(&w->client);
    memcpy(k.public_key, w->client.public_key, sizeof k.public_key);
    mv_buf_text(&text, "maalvakt-keys 1\n");
    mv_key_line(&text, &k);
    mv_buf_text(&text, "\n");
    assert_int_equal(mv_keys_parse(&w->keys, "k", mv_buf_span(&text), &err),
                     MV_OK);
    assert_int_equal(mv_net_open(&w->net, &err), MV_OK);
    assert_int_equal(mv_zap_open(&w->zap, w->net, w->keys, &err), MV_OK);
    assert_int_equal(mv_sock_open(&w->door, w->net, &o, &err), MV_OK);
    assert_int_equal(mv_sock_bind(w->door, "tcp://127.0.0.1:0", &err), MV_OK);
    mv_buf_done(&text);
}

static void open_puller(struct world *w, const char *endpoint, bool queue,
                        const uint8_t hash[MV_HASH_BYTES])
{
    const struct mv_puller_options o = {.net = w->net,
                                        .log = "journal",
                                        .endpoint = endpoint,
                                        .server_key = w->server.public_key,
                                        .keys = &w->client,
                                        .queue = queue};
    mv_puller_close(w->p);
    assert_int_equal(mv_puller_open(&w->p, &o, 0, hash, &err), MV_OK);
}

static int setup(void **state)
{
    struct world *w = mv_xcalloc(1, sizeof *w);
    assert_int_equal(mv_hash_init(&err), MV_OK);
    make_records(w);
    open_door(w);
    open_puller(w, mv_sock_endpoint(w->door), false, w->genesis);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    mv_puller_close(w->p);
    mv_held_done(&w->asked.held);
    mv_sock_close(w->door);
    mv_zap_close(w->zap);
    mv_net_close(w->net);
    mv_keys_close(w->keys);
    for (unsigned i = 0; i < RECORDS; i++)
        mv_buf_done(&w->records[i]);
    mv_buf_done(&w->out);
    free(w);
    return 0;
}

static bool soon(int64_t began_ms)
{
    return toy_now_ms() - began_ms < 4 * SOON;
}

/* Turns until the puller asked; what, and with which number. */
static void hear(struct world *w)
{
    struct mv_msg_pull pull;
    struct mv_msg_request request;
    struct mv_fault fault;
    int64_t began = toy_now_ms();
    mv_held_done(&w->asked.held);
    while (mv_sock_recv(w->door, &w->asked) != MV_OK) {
        assert_true(soon(began));
        (void)mv_puller_step(w->p, toy_now_ms());
        struct mv_poll poll = {.sock = w->door};
        assert_int_equal(mv_sock_poll(&poll, 1, 5), MV_OK);
    }
    w->pulls = mv_msg_pull_decode(w->asked.body, &pull, &fault);
    if (w->pulls) {
        w->id = pull.id;
        return;
    }
    assert_true(mv_msg_request_decode(w->asked.body, &request, &fault));
    w->id = request.id;
}

/* These bytes as the answer, until they wait unread in the puller's socket. */
static void send_answer(struct world *w, struct mv_span bytes)
{
    int64_t began = toy_now_ms();
    struct mv_sock *sock = mv_puller_sock(w->p);
    assert_int_equal(mv_sock_send(w->door,
                                  mv_span(w->asked.route, w->asked.route_len),
                                  bytes),
                     MV_OK);
    struct mv_poll poll = {.sock = sock};
    while (!poll.ready && soon(began))
        assert_int_equal(mv_sock_poll(&poll, 1, 50), MV_OK);
    assert_true(poll.ready);
}

/* And it is taken: a state, or a page. */
static mv_puller_state answer(struct world *w, struct mv_span bytes)
{
    send_answer(w, bytes);
    (void)mv_puller_receive(w->p, toy_now_ms());
    return mv_puller_state_of(w->p);
}

static mv_puller_state reply(struct world *w, uint64_t id, const char *result,
                             const char *code, const char *text,
                             struct mv_span rows)
{
    const struct mv_msg_reply m = {.id = id,
                                   .result = mv_span_text(result),
                                   .code = mv_span_text(code),
                                   .text = mv_span_text(text),
                                   .rows = rows};
    mv_buf_clear(&w->out);
    mv_msg_reply_encode(&m, &w->out);
    return answer(w, mv_buf_span(&w->out));
}

/* Two items as a page that begins at `first`, in w->out. */
static void make_page(struct world *w, uint64_t first, struct mv_span one,
                      struct mv_span two)
{
    struct mv_buf list = {0};
    mv_pack_list(&list, 2);
    mv_pack_bin(&list, one);
    if (two.at != NULL)
        mv_pack_bin(&list, two);
    else
        mv_pack_u64(&list, 7);
    const struct mv_msg_records m = {.log = mv_span_text("journal"),
                                     .id = w->id,
                                     .first = first,
                                     .head = 3,
                                     .records = mv_buf_span(&list)};
    mv_buf_clear(&w->out);
    mv_msg_records_encode(&m, &w->out);
    mv_buf_done(&list);
}

static mv_puller_state page(struct world *w, uint64_t first, struct mv_span one,
                            struct mv_span two)
{
    make_page(w, first, one, two);
    return answer(w, mv_buf_span(&w->out));
}

static struct mv_span record(const struct world *w, unsigned i)
{
    return mv_buf_span(&w->records[i]);
}

/* Asked anew, and the good page is taken: nothing of the bad one was. */
static void good_page_after(struct world *w)
{
    struct mv_record r;
    open_puller(w, mv_sock_endpoint(w->door), false, w->genesis);
    hear(w);
    assert_int_equal(page(w, 1, record(w, 0), record(w, 1)), MV_PULLER_ASKING);
    assert_true(mv_puller_has(w->p));
    assert_int_equal(mv_puller_next(w->p, &r), MV_OK);
    assert_true(r.seq == 1);
    assert_int_equal(mv_puller_next(w->p, &r), MV_OK);
    assert_true(r.seq == 2 && mv_puller_seq(w->p) == 2);
    assert_int_equal(mv_puller_next(w->p, &r), MV_AGAIN);
}

static void a_page_that_does_not_follow_is_damage(void **state)
{
    struct world *w = *state;
    struct mv_buf spoilt = {0};
    mv_buf_put(&spoilt, w->records[1].at, w->records[1].len);
    spoilt.at[spoilt.len - 1]++;
    const struct {
        uint64_t first;
        struct mv_span one, two;
    } cases[] = {
        {2, record(w, 0), record(w, 1)},         /* begins too late */
        {1, record(w, 1), record(w, 2)},         /* other numbers */
        {1, record(w, 0), record(w, 2)},         /* one is left out */
        {1, record(w, 0), mv_buf_span(&spoilt)}, /* other content */
        {1, record(w, 0), mv_span("MVR", 3)},    /* no record */
        {1, record(w, 0), mv_span(NULL, 0)},     /* no bytes */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mv_record r;
        hear(w);
        assert_true(w->pulls);
        if (page(w, cases[i].first, cases[i].one, cases[i].two) !=
            MV_PULLER_DAMAGED)
            fail_msg("case %zu: %s", i, mv_puller_why(w->p));
        assert_true(mv_puller_why(w->p)[0] != 0);
        assert_false(mv_puller_has(w->p));
        assert_int_equal(mv_puller_next(w->p, &r), MV_AGAIN);
        assert_null(mv_puller_sock(w->p)); /* away for a while */
        open_puller(w, mv_sock_endpoint(w->door), false, w->genesis);
    }
    good_page_after(w);
    mv_buf_done(&spoilt);
}

static void records_of_another_genesis_are_damage(void **state)
{
    struct world *w = *state;
    uint8_t other[MV_HASH_BYTES];
    memset(other, 7, sizeof other);
    open_puller(w, mv_sock_endpoint(w->door), false, other);
    hear(w);
    assert_int_equal(page(w, 1, record(w, 0), record(w, 1)), MV_PULLER_DAMAGED);
}

static void what_is_neither_page_nor_reply_is_damage(void **state)
{
    struct world *w = *state;
    hear(w);
    assert_int_equal(answer(w, mv_span("\xc1", 1)), MV_PULLER_DAMAGED);
    good_page_after(w);
}

static void each_refusal_is_told_in_its_own_words(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *result, *code, *text;
        mv_puller_state state;
        const char *why;
    } cases[] = {
        {"rejected", "forbidden", "not for you", MV_PULLER_REFUSED,
         "forbidden: not for you"},
        {"rejected", "forbidden", "", MV_PULLER_REFUSED, "forbidden"},
        {"retry", "full", "", MV_PULLER_SILENT, "full"},
        {"superseded", "superseded", "", MV_PULLER_SUPERSEDED, "another"},
        {"ok", "", "", MV_PULLER_REFUSED, ""}, /* to a pull: no page */
        {"diverged", "diverged", "not yours", MV_PULLER_DIVERGED, "not yours"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        hear(w);
        mv_puller_state got = reply(w, w->id, cases[i].result, cases[i].code,
                                    cases[i].text, mv_span(NULL, 0));
        if (got != cases[i].state)
            fail_msg("%s: state %d", cases[i].result, (int)got);
        assert_non_null(strstr(mv_puller_why(w->p), cases[i].why));
        assert_null(mv_puller_sock(w->p));
        if (cases[i].state == MV_PULLER_DIVERGED) /* for good */
            assert_true(mv_puller_step(w->p, INT64_MAX - 1) == INT64_MAX);
        open_puller(w, mv_sock_endpoint(w->door), false, w->genesis);
    }
}

static void an_answer_to_what_was_not_asked_is_not_heard(void **state)
{
    struct world *w = *state;
    hear(w);
    assert_int_equal(
        reply(w, w->id + 9, "diverged", "diverged", "", mv_span(NULL, 0)),
        MV_PULLER_ASKING);
    uint64_t right = w->id;
    w->id += 9;
    assert_int_equal(page(w, 1, record(w, 0), record(w, 1)), MV_PULLER_ASKING);
    assert_false(mv_puller_has(w->p));
    w->id = right;
    assert_int_equal(page(w, 1, record(w, 0), record(w, 1)), MV_PULLER_ASKING);
    assert_true(mv_puller_has(w->p));
}

static void pack_genesis(struct mv_buf *out, const char *key, struct mv_span v)
{
    mv_buf_clear(out);
    mv_pack_list(out, 1);
    mv_pack_map(out, 1);
    mv_pack_cstr(out, key);
    if (v.at != NULL)
        mv_pack_bin(out, v);
    else
        mv_pack_u64(out, 7);
}

static void a_genesis_is_thirty_two_bytes_or_none(void **state)
{
    struct world *w = *state;
    static const uint8_t zero[MV_HASH_BYTES];
    struct mv_buf rows = {0};
    uint8_t known[MV_HASH_BYTES];
    uint64_t seq = 9;
    const struct {
        const char *key;
        struct mv_span value;
    } cases[] = {{"other", mv_span(w->genesis, 32)},
                 {"genesis", mv_span(NULL, 0)},
                 {"genesis", mv_span(w->genesis, 31)}};
    open_puller(w, mv_sock_endpoint(w->door), false, zero);
    hear(w);
    assert_false(w->pulls);
    assert_int_equal(reply(w, w->id, "ok", "", "", mv_span(NULL, 0)),
                     MV_PULLER_DAMAGED);
    for (size_t i = 0; i < 3; i++) {
        open_puller(w, mv_sock_endpoint(w->door), false, zero);
        hear(w);
        pack_genesis(&rows, cases[i].key, cases[i].value);
        assert_int_equal(reply(w, w->id, "ok", "", "", mv_buf_span(&rows)),
                         MV_PULLER_DAMAGED);
        assert_string_equal(mv_puller_why(w->p), "no genesis in the answer");
    }
    open_puller(w, mv_sock_endpoint(w->door), false, zero);
    hear(w);
    pack_genesis(&rows, "genesis", mv_span(w->genesis, 32));
    assert_int_equal(reply(w, w->id, "ok", "", "", mv_buf_span(&rows)),
                     MV_PULLER_ASKING);
    mv_puller_done_place(w->p, &seq, known);
    assert_true(seq == 0);
    assert_memory_equal(known, w->genesis, sizeof known);
    hear(w);
    assert_true(w->pulls);
    mv_buf_done(&rows);
}

static void a_queue_gives_numbers_and_bytes_and_no_chain(void **state)
{
    struct world *w = *state;
    struct mv_span bytes;
    uint64_t number = 0;
    open_puller(w, mv_sock_endpoint(w->door), true, w->genesis);
    hear(w);
    assert_int_equal(page(w, 1, mv_span_text("one"), mv_span_text("two")),
                     MV_PULLER_ASKING);
    assert_int_equal(mv_puller_notice(w->p, &number, &bytes), MV_OK);
    assert_true(number == 1 && mv_span_is(bytes, "one"));
    hear(w); /* for the next page: asked when this one came */
    mv_puller_done(w->p, 1, NULL);
    mv_puller_again(w->p); /* the second was not done: it comes again */
    assert_false(mv_puller_has(w->p));
    assert_int_equal(mv_puller_notice(w->p, &number, &bytes), MV_AGAIN);
    hear(w);
    assert_int_equal(page(w, 2, mv_span_text("two"), mv_span_text("three")),
                     MV_PULLER_ASKING);
    assert_int_equal(mv_puller_notice(w->p, &number, &bytes), MV_OK);
    assert_true(number == 2 && mv_span_is(bytes, "two"));
}

/* Who was long about a page, or could take none, has itself to blame. */
static void an_answer_that_waits_unread_is_no_silence(void **state)
{
    struct world *w = *state;
    struct mv_span bytes;
    uint64_t number = 0;
    open_puller(w, mv_sock_endpoint(w->door), true, w->genesis);
    hear(w);
    (void)page(w, 1, mv_span_text("one"), mv_span_text("two"));
    hear(w);
    make_page(w, 3, mv_span_text("three"), mv_span_text("four"));
    send_answer(w, mv_buf_span(&w->out));
    for (unsigned i = 1; i <= 2; i++)
        assert_int_equal(mv_puller_notice(w->p, &number, &bytes), MV_OK);
    int64_t late = toy_now_ms() + 3500;
    assert_true(mv_puller_step(w->p, late) == late); /* there is work */
    assert_int_equal(mv_puller_state_of(w->p), MV_PULLER_ASKING);
    assert_true(mv_puller_has(w->p));
    for (unsigned i = 3; i <= 4; i++)
        assert_int_equal(mv_puller_notice(w->p, &number, &bytes), MV_OK);
    assert_true(number == 4);
    /* the next question is not answered */
    assert_true(mv_puller_step(w->p, late) == late + 3000);
    (void)mv_puller_step(w->p, late + 3000);
    assert_int_equal(mv_puller_state_of(w->p), MV_PULLER_SILENT);
    assert_string_equal(mv_puller_why(w->p), "no answer");
}

static void a_puller_that_is_stopped_asks_nobody(void **state)
{
    struct world *w = *state;
    mv_puller_stop(w->p, true);
    assert_int_equal(mv_puller_state_of(w->p), MV_PULLER_STOPPED);
    assert_true(mv_puller_step(w->p, toy_now_ms()) == INT64_MAX);
    assert_null(mv_puller_sock(w->p));
    mv_puller_stop(w->p, false);
    assert_int_equal(mv_puller_state_of(w->p), MV_PULLER_ASKING);
    mv_puller_stop(w->p, false); /* goes on as it was */
    mv_puller_again(w->p);       /* nothing to take back */
    hear(w);
    assert_true(w->pulls);
}

/* On a clock of its own: nobody is there, and later each time. */
static void where_nobody_is_it_tries_later_each_time(void **state)
{
    struct world *w = *state;
    open_puller(w, "no endpoint", false, w->genesis);
    int64_t now = 1000, waited = 0;
    for (unsigned i = 0; i < 12; i++) {
        int64_t next = mv_puller_step(w->p, now);
        assert_int_equal(mv_puller_state_of(w->p), MV_PULLER_SILENT);
        assert_true(next - now >= waited && next - now <= 10000);
        assert_true(mv_puller_step(w->p, next - 1) == next);
        waited = next - now;
        now = next;
    }
    assert_true(waited == 10000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_page_that_does_not_follow_is_damage),
        TEST(records_of_another_genesis_are_damage),
        TEST(what_is_neither_page_nor_reply_is_damage),
        TEST(each_refusal_is_told_in_its_own_words),
        TEST(an_answer_to_what_was_not_asked_is_not_heard),
        TEST(a_genesis_is_thirty_two_bytes_or_none),
        TEST(a_queue_gives_numbers_and_bytes_and_no_chain),
        TEST(an_answer_that_waits_unread_is_no_silence),
        TEST(a_puller_that_is_stopped_asks_nobody),
        TEST(where_nobody_is_it_tries_later_each_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
