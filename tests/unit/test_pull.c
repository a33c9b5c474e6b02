/* pulls: the pull server and the puller, over the loop and over the wire. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/pack.h"
#include "proto/walk.h"
#include "services/base/clock.h"
#include "services/stream/keyfile.h"
#include "services/stream/pull_server.h"
#include "services/stream/puller.h"
#include "tests/support/toy.h"
#include "tests/support/unit.h"

static struct mv_err err;
static const uint8_t nothing[32];

/* What came to a pull: a page, or a reply. */
struct got {
    bool page;
    struct mv_msg_records m;
    uint32_t count;
    char result[16], code[32], text[80];
};

static struct got read_got(struct mv_span frame)
{
    struct got g = {0};
    struct mv_msg_reply r;
    struct mv_fault fault;
    struct mv_list list;
    g.page = mv_msg_records_decode(frame, &g.m, &fault);
    if (g.page) {
        assert_true(mv_list_open(&list, g.m.records));
        g.count = list.left;
        return g;
    }
    assert_true(mv_msg_reply_decode(frame, &r, &fault));
    (void)snprintf(g.result, sizeof g.result, "%.*s", (int)r.result.len,
                   (const char *)r.result.at);
    (void)snprintf(g.code, sizeof g.code, "%.*s", (int)r.code.len,
                   (const char *)r.code.at);
    (void)snprintf(g.text, sizeof g.text, "%.*s", (int)r.text.len,
                   (const char *)r.text.at);
    return g;
}

static struct mv_msg_pull pull_of(uint64_t id, uint64_t from,
                                  const uint8_t *hash)
{
    return (struct mv_msg_pull){.log = mv_span_text("journal"),
                                .id = id,
                                .from = from,
                                .hash = mv_span(hash, 32),
                                .done = 0,
                                .max_bytes = 1 << 20};
}

static struct got pull(struct mv_client *c, const struct mv_msg_pull *m)
{
    struct mv_buf b = {0};
    struct mv_span frame;
    mv_msg_pull_encode(m, &b);
    if (mv_client_frame(c, mv_buf_span(&b), SOON, &frame, &err) != MV_OK)
        fail_msg("%s", err.text);
    mv_buf_done(&b);
    return read_got(frame);
}

/* The log's genesis and its chain at the head. */
static void head_of(struct mv_client *c, uint8_t genesis[32], uint8_t hash[32],
                    uint64_t *seq)
{
    struct mv_msg_reply r;
    struct mv_buf args = {0};
    struct mv_list rows;
    struct mv_span row = {0}, raw, bin;
    mv_pack_map(&args, 1);
    mv_pack_kv_cstr(&args, "log", "journal");
    assert_int_equal(
        mv_client_ask(c, "head", mv_buf_span(&args), SOON, &r, &err), MV_OK);
    mv_buf_done(&args);
    assert_true(mv_list_open(&rows, r.rows) && mv_list_next(&rows, &row));
    assert_true(mv_map_find(row, "genesis", &raw) && mv_value_bin(raw, &bin));
    memcpy(genesis, bin.at, 32);
    assert_true(mv_map_find(row, "hash", &raw) && mv_value_bin(raw, &bin));
    memcpy(hash, bin.at, 32);
    assert_true(mv_map_u64(row, "seq", seq));
}

static void fill(struct toy *t, int n)
{
    struct mv_client *c = toy_client(t, ALICE, "main");
    for (int i = 0; i < n; i++)
        assert_non_null(toy_say(c, "put:figures", SOON));
    toy_leave(t, c);
}

static void bad_input_71_to_76_each_pull_gets_its_exact_answer(void **state)
{
    struct toy *t = *state;
    uint8_t genesis[32], hash[32], wrong[32] = {1};
    uint64_t seq;
    fill(t, 3);
    struct mv_client *c = toy_client(t, RITA, "control");
    head_of(c, genesis, hash, &seq);
    assert_int_equal(seq, 3);
    struct mv_msg_pull m = pull_of(1, 0, genesis); /* from 0 */
    assert_string_equal(pull(c, &m).code, "range");
    m = pull_of(2, 1, genesis);
    struct got g = pull(c, &m);
    assert_true(g.page);
    assert_int_equal(g.count, 3);
    assert_int_equal(g.m.first, 1);
    assert_int_equal(g.m.head, 3);
    assert_int_equal(g.m.id, 2);
    m = pull_of(3, 4, hash); /* last + 1: waits, then nothing */
    int64_t from = toy_now_ms();
    g = pull(c, &m);
    assert_true(g.page);
    assert_int_equal(g.count, 0);
    assert_true(toy_now_ms() - from >= 900);
    int64_t took = MV_PULLS_PARK_MS; /* the least of three: a machine stalls */
    for (uint64_t id = 4; id < 7; id++) {
        m = pull_of(id, 4, wrong); /* at once: there is no need to wait */
        from = toy_now_ms();
        assert_string_equal(pull(c, &m).result, "diverged");
        took = took < toy_now_ms() - from ? took : toy_now_ms() - from;
    }
    assert_true(took < 900);
    m = pull_of(7, 5, hash); /* last + 2 */
    assert_string_equal(pull(c, &m).result, "diverged");
    m = pull_of(6, UINT64_C(1) << 63, hash);
    assert_string_equal(pull(c, &m).code, "range");
    m = pull_of(7, 2, wrong);
    assert_string_equal(pull(c, &m).result, "diverged");
    m = pull_of(8, 1, genesis);
    m.max_bytes = 0;
    assert_string_equal(pull(c, &m).code, "range");
    m.max_bytes = 1; /* one record alone */
    assert_int_equal(pull(c, &m).count, 1);
    m.max_bytes = UINT64_C(1) << 32; /* clamped */
    assert_int_equal(pull(c, &m).count, 3);
    m.done = 5; /* above what it was given */
    assert_string_equal(pull(c, &m).code, "range");
    m.done = 4;
    assert_int_equal(pull(c, &m).count, 3); /* may read again */
    m.log = mv_span_text("elsewhere");
    assert_string_equal(pull(c, &m).code, "unknown_log");
    assert_string_equal(pull(c, &m).text,
                        "the log elsewhere is not served here");
}

static void
bad_input_72_a_number_of_the_wrong_kind_is_a_type_error(void **state)
{
    struct toy *t = *state;
    struct mv_buf b = {0};
    struct mv_span frame;
    struct mv_client *c = toy_client(t, RITA, "control");
    for (int i = 0; i < 2; i++) {
        mv_buf_clear(&b);
        mv_pack_map(&b, 8);
        mv_pack_kv_u64(&b, "v", 1);
        mv_pack_kv_cstr(&b, "type", "pull");
        mv_pack_kv_cstr(&b, "log", "journal");
        mv_pack_kv_u64(&b, "id", 7);
        if (i == 0)
            mv_pack_kv_i64(&b, "from", -1);
        else
            mv_pack_kv_cstr(&b, "from", "1");
        mv_pack_kv_bin(&b, "hash", mv_span(nothing, 32));
        mv_pack_kv_u64(&b, "done", 0);
        mv_pack_kv_u64(&b, "max_bytes", 1);
        assert_int_equal(
            mv_client_frame(c, mv_buf_span(&b), SOON, &frame, &err), MV_OK);
        struct got g = read_got(frame);
        assert_string_equal(g.result, "rejected");
        assert_true(strcmp(g.code, i == 0 ? "range" : "type") == 0 ||
                    strcmp(g.code, "type") == 0);
    }
    mv_buf_done(&b);
}

/* Parks a pull at the head and puts one record; what answered the pull. False
 * if that came after its second, when there is an answer whatever woke it. */
static bool parked_and_woken(struct toy *t, struct mv_client *alice,
                             struct got *g)
{
    uint8_t genesis[32], hash[32];
    uint64_t seq;
    struct mv_buf b = {0};
    struct mv_span frame;
    struct mv_client *c = toy_client(t, RITA, "control");
    head_of(c, genesis, hash, &seq);
    struct mv_msg_pull m = pull_of(1, seq + 1, hash);
    mv_msg_pull_encode(&m, &b);
    int64_t asked = toy_now_ms();
    /* parked: nothing comes in a short while */
    assert_int_equal(mv_client_frame(c, mv_buf_span(&b), 50, &frame, &err),
                     MV_AGAIN);
    assert_non_null(toy_say(alice, "put:b", SOON));
    int64_t stored = toy_now_ms();
    /* the answer to the parked pull comes before one to this broken frame */
    assert_int_equal(mv_client_frame(c, mv_span_text("x"), SOON, &frame, &err),
                     MV_OK);
    int64_t came = toy_now_ms();
    *g = read_got(frame);
    mv_buf_done(&b);
    toy_leave(t, c);
    if (came - asked >= MV_PULLS_PARK_MS)
        return false;
    assert_true(came - stored < 500);
    return true;
}

static void a_parked_pull_is_answered_by_the_next_commit(void **state)
{
    struct toy *t = *state;
    struct got g = {0};
    bool in_time = false;
    struct mv_client *alice = toy_client(t, ALICE, "main");
    assert_string_equal(toy_say(alice, "put:a", SOON), "ok:1");
    for (int tries = 0; tries < 3 && !in_time; tries++)
        in_time = parked_and_woken(t, alice, &g);
    assert_true(in_time);
    assert_true(g.page);
    assert_int_equal(g.count, 1);
}

/* One pull parked, then another of the same key; what the first is answered.
 * False if that came after its second, when it is an empty page. */
static bool parked_and_superseded(struct toy *t, struct got *g)
{
    uint8_t genesis[32], hash[32];
    uint64_t seq, before = toy_counter(t, "pulls");
    int64_t until = toy_now_ms() + SOON;
    struct mv_buf b = {0};
    struct mv_span frame;
    struct mv_client *one = toy_client(t, RITA, "control");
    struct mv_client *two = toy_client(t, RITA, "control");
    head_of(one, genesis, hash, &seq);
    head_of(two, genesis, hash, &seq);
    struct mv_msg_pull m = pull_of(1, 1, genesis);
    mv_msg_pull_encode(&m, &b);
    assert_int_equal(mv_client_frame(one, mv_buf_span(&b), 50, &frame, &err),
                     MV_AGAIN);
    while (toy_counter(t, "pulls") == before)
        assert_true(toy_now_ms() < until);
    assert_int_equal(mv_client_frame(two, mv_buf_span(&b), 50, &frame, &err),
                     MV_AGAIN);
    assert_int_equal(
        mv_client_frame(one, mv_span_text("x"), SOON, &frame, &err), MV_OK);
    *g = read_got(frame);
    mv_buf_done(&b);
    toy_leave(t, one);
    toy_leave(t, two);
    return !g->page;
}

static void bad_input_77_the_older_of_two_pullers_is_superseded(void **state)
{
    struct got g = {0};
    bool in_time = false;
    for (int tries = 0; tries < 3 && !in_time; tries++)
        in_time = parked_and_superseded(*state, &g);
    assert_true(in_time);
    assert_string_equal(g.result, "superseded");
    assert_string_equal(g.text, "a newer pull of this key took its place");
}

static void head_is_refused(struct mv_client *c, const char *log,
                            const char *code, const char *text)
{
    struct mv_msg_reply r;
    struct mv_buf args = {0};
    mv_pack_map(&args, 1);
    mv_pack_kv_cstr(&args, "log", log);
    assert_int_equal(
        mv_client_ask(c, "head", mv_buf_span(&args), SOON, &r, &err), MV_OK);
    assert_true(mv_span_is(r.code, code));
    assert_true(mv_span_is(r.text, text));
    mv_buf_done(&args);
}

static void only_the_role_of_a_log_pulls_it(void **state)
{
    struct toy *t = *state;
    struct mv_client *c = toy_client(t, ALICE, "main");
    struct mv_msg_pull m = pull_of(1, 1, nothing);
    assert_string_equal(pull(c, &m).code, "forbidden");
    assert_string_equal(pull(c, &m).text, "pull journal");
    head_is_refused(c, "journal", "forbidden", "head journal");
    head_is_refused(c, "none", "unknown_log",
                    "the log none is not served here");
}

static void a_head_that_is_damaged_is_named(void **state)
{
    struct toy *t = *state;
    struct mv_client *c = toy_client(t, RITA, "control");
    head_is_refused(c, "torn", "damaged",
                    "record 3 of the log 'torn' is damaged: the operator runs "
                    "`maalvakt verify`");
    head_is_refused(c, "bald", "damaged",
                    "the start of the log 'bald' is damaged: the operator runs "
                    "`maalvakt verify`");
}

static void what_a_consumer_has_done_is_known_after_a_restart(void **state)
{
    struct toy *t = *state;
    uint8_t genesis[32], hash[32];
    uint64_t seq, done = 0;
    struct mv_msg_reply r;
    struct mv_list rows;
    struct mv_span row = {0};
    fill(t, 2);
    struct mv_client *c = toy_client(t, RITA, "control");
    head_of(c, genesis, hash, &seq);
    struct mv_msg_pull m = pull_of(1, 3, hash);
    m.done = 3;
    (void)pull(c, &m); /* a second later, empty */
    m.done = 1;
    m.from = 1;
    m.hash = mv_span(genesis, 32);
    assert_int_equal(pull(c, &m).count, 2); /* below: stays the highest */
    (void)pull(c, &m);
    toy_leave(t, c);
    fill(t, 1); /* a commit that takes it along */
    assert_int_equal(toy_stop(t), MV_OK);
    toy_start(t);
    c = toy_client(t, RITA, "control");
    assert_int_equal(
        mv_client_ask(c, "consumers", mv_span(NULL, 0), SOON, &r, &err), MV_OK);
    assert_true(mv_list_open(&rows, r.rows) && mv_list_next(&rows, &row));
    assert_true(mv_map_u64(row, "done", &done));
    assert_int_equal(done, 2);
}

/* The owner of a queue said what it has; a commit of something else comes
 * before the service was told. */
static void what_is_done_reaches_the_service_whatever_commits_first(void **s)
{
    struct toy *t = *s;
    uint8_t nines[32];
    memset(nines, 9, sizeof nines);
    struct mv_client *c = toy_client(t, RITA, "control");
    struct mv_msg_pull m = pull_of(1, 1, nines);
    m.log = mv_span_text("queue");
    assert_int_equal(pull(c, &m).count, 3);
    m = pull_of(2, 3, nines);
    m.log = mv_span_text("queue");
    m.done = 3;
    assert_int_equal(pull(c, &m).count, 1);
    fill(t, 1);
    int64_t until = toy_now_ms() + SOON;
    while (toy_counter(t, "told") == 0 && toy_now_ms() < until) {
    }
    assert_int_equal(toy_counter(t, "told"), 3);
}

/* Parks a pull at the head, and is gone before there is anything for it. */
static void ask_and_leave(struct toy *t, uint64_t round)
{
    uint8_t genesis[32], hash[32];
    uint64_t seq;
    struct mv_buf b = {0};
    struct mv_span frame;
    struct mv_client *c = toy_client(t, RITA, "control");
    head_of(c, genesis, hash, &seq);
    struct mv_msg_pull m = pull_of(round, seq + 1, hash);
    mv_msg_pull_encode(&m, &b);
    assert_int_equal(mv_client_frame(c, mv_buf_span(&b), 1, &frame, &err),
                     MV_AGAIN);
    mv_buf_done(&b);
    int64_t until = toy_now_ms() + SOON;
    while (toy_counter(t, "pulls") < round && toy_now_ms() < until) {
    }
    toy_leave(t, c);
}

/* Whether its end is seen before the commit is not ours to say: until it is. */
static void a_page_that_nobody_took_is_not_counted_as_sent(void **state)
{
    struct toy *t = *state;
    uint64_t pulls = 0, dropped = 0;
    int64_t until = toy_now_ms() + SOON;
    while (dropped == 0 && toy_now_ms() < until) {
        ask_and_leave(t, ++pulls);
        fill(t, 1);
        dropped = toy_counter(t, "replies_dropped");
    }
    assert_true(dropped > 0);
    assert_true(toy_counter(t, "pages") + dropped <= pulls);
}

/* --- the puller --- */

static void close_puller(void *p)
{
    mv_puller_close(p);
}

static struct mv_puller *open_puller(struct toy *t, const char *endpoint,
                                     uint64_t seq, const uint8_t *hash)
{
    struct mv_puller *p = NULL;
    struct mv_puller_options o = {.net = t->net,
                                  .log = "journal",
                                  .endpoint = endpoint,
                                  .server_key = t->keys[SERVE].public_key,
                                  .keys = &t->keys[RITA],
                                  .page_bytes = 500};
    assert_int_equal(mv_puller_open(&p, &o, seq, hash, &err), MV_OK);
    toy_keep(t, p, close_puller);
    return p;
}

/* Turns until `want` records came, or it stands still; how many came. */
static uint64_t turn(struct mv_puller *p, uint64_t want)
{
    struct mv_record r;
    int64_t until = toy_now_ms() + SOON;
    uint64_t came = 0;
    while (came < want && toy_now_ms() < until) {
        (void)mv_puller_step(p, toy_now_ms());
        struct mv_poll poll = {.sock = mv_puller_sock(p), .fd = -1};
        assert_int_equal(mv_sock_poll(&poll, poll.sock != NULL ? 1 : 0, 10),
                         MV_OK);
        if (!mv_puller_receive(p, toy_now_ms()))
            continue;
        while (mv_puller_next(p, &r) == MV_OK) {
            came++;
            mv_puller_done(p, r.seq, r.chain);
        }
    }
    return came;
}

static void a_puller_gets_every_record_once_over_many_pages(void **state)
{
    struct toy *t = *state;
    uint64_t seq;
    uint8_t hash[32];
    fill(t, 40);
    struct mv_puller *p =
        open_puller(t, mv_service_endpoint(t->service, "control"), 0, nothing);
    assert_int_equal(turn(p, 40), 40);
    assert_int_equal(mv_puller_seq(p), 40);
    fill(t, 5);
    assert_int_equal(turn(p, 5), 5);
    mv_puller_done_place(p, &seq, hash);
    toy_leave(t, p);
    p = open_puller(t, mv_service_endpoint(t->service, "control"), seq, hash);
    fill(t, 1);
    assert_int_equal(turn(p, 1), 1);
    assert_true(toy_counter(t, "pages") > 5);
}

static void a_puller_with_another_history_stops_and_says_so(void **state)
{
    struct toy *t = *state;
    uint8_t wrong[32] = {7};
    fill(t, 3);
    struct mv_puller *p =
        open_puller(t, mv_service_endpoint(t->service, "control"), 2, wrong);
    int64_t until = toy_now_ms() + SOON;
    while (mv_puller_state_of(p) != MV_PULLER_DIVERGED &&
           toy_now_ms() < until) {
        (void)mv_puller_step(p, toy_now_ms());
        assert_false(mv_puller_receive(p, toy_now_ms()));
    }
    assert_int_equal(mv_puller_state_of(p), MV_PULLER_DIVERGED);
    assert_int_equal(mv_puller_step(p, toy_now_ms()), INT64_MAX);
}

static void records_that_did_not_commit_come_again(void **state)
{
    struct toy *t = *state;
    struct mv_record r;
    fill(t, 8);
    struct mv_puller *p =
        open_puller(t, mv_service_endpoint(t->service, "control"), 0, nothing);
    int64_t until = toy_now_ms() + SOON;
    while (!mv_puller_receive(p, toy_now_ms()) && toy_now_ms() < until)
        (void)mv_puller_step(p, toy_now_ms());
    assert_int_equal(mv_puller_next(p, &r), MV_OK);
    assert_int_equal(mv_puller_next(p, &r), MV_OK);
    assert_int_equal(r.seq, 2);
    mv_puller_again(p);
    assert_int_equal(turn(p, 8), 8);
}

/* A second toy pulls the first one's journal; the first one is restarted on
 * another port only in the sense that its process ends and comes back. */
static void a_service_follows_its_upstream_across_restarts(void **state)
{
    (void)state;
    struct toy a, b;
    char hex[MV_KEY_HEX_BYTES];
    toy_make(&a);
    toy_make(&b);
    toy_start(&a);
    fill(&a, 5);
    free(b.settings.upstream);
    free(b.settings.upstream_key);
    b.settings.upstream = mv_xstrdup(mv_service_endpoint(a.service, "control"));
    b.settings.upstream_key =
        mv_xstrdup(mv_key_hex(a.keys[SERVE].public_key, hex));
    struct mv_key k = {.roles = MV_ROLE_SERVICE,
                       .from_ms = INT64_MIN,
                       .to_ms = INT64_MAX,
                       .name = "other"};
    memcpy(k.public_key, b.keys[SERVE].public_key, 32);
    assert_int_equal(mv_keyfile_add(a.keys_file, &k, &err), MV_OK);
    for (int round = 0; round < 2; round++) {
        uint64_t want = round == 0 ? 5 : 3;
        toy_start(&b);
        int64_t until = toy_now_ms() + 4 * SOON;
        while (toy_counter(&b, "applied") < want && toy_now_ms() < until) {
        }
        assert_int_equal(toy_counter(&b, "applied"), want);
        assert_int_equal(toy_stop(&b), MV_OK);
        fill(&a, 3);
    }
    assert_int_equal(toy_stop(&a), MV_OK);
    toy_done(&a);
    toy_done(&b);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, toy_begin, toy_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(bad_input_71_to_76_each_pull_gets_its_exact_answer),
        TEST(bad_input_72_a_number_of_the_wrong_kind_is_a_type_error),
        TEST(a_parked_pull_is_answered_by_the_next_commit),
        TEST(bad_input_77_the_older_of_two_pullers_is_superseded),
        TEST(only_the_role_of_a_log_pulls_it),
        TEST(a_head_that_is_damaged_is_named),
        TEST(what_a_consumer_has_done_is_known_after_a_restart),
        TEST(what_is_done_reaches_the_service_whatever_commits_first),
        TEST(a_page_that_nobody_took_is_not_counted_as_sent),
        TEST(a_puller_gets_every_record_once_over_many_pages),
        TEST(a_puller_with_another_history_stops_and_says_so),
        TEST(records_that_did_not_commit_come_again),
        cmocka_unit_test(a_service_follows_its_upstream_across_restarts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
