/* upstream: a toy that pulls another toy's journal, and a record that is said
 * to have ended it. */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

#include "proto/pack.h"
#include "proto/walk.h"
#include "services/base/clock.h"
#include "services/stream/keyfile.h"
#include "services/stream/trial.h"
#include "tests/support/toy.h"
#include "tests/support/unit.h"

static struct mv_err err;

struct pair {
    struct toy a, b; /* b pulls a's journal */
};

static void fill_with(struct toy *t, unsigned records, const char *what)
{
    struct mv_client *c = toy_client(t, ALICE, "main");
    for (unsigned i = 0; i < records; i++)
        assert_memory_equal(toy_say(c, what, SOON), "ok:", 3);
    toy_leave(t, c);
}

static void fill(struct toy *t, unsigned records)
{
    fill_with(t, records, "put:a");
}

static int setup(void **state)
{
    char hex[MV_KEY_HEX_BYTES];
    struct pair *p = mv_xcalloc(1, sizeof *p);
    toy_make(&p->a);
    toy_make(&p->b);
    toy_start(&p->a);
    fill(&p->a, 5);
    free(p->b.settings.upstream);
    free(p->b.settings.upstream_key);
    p->b.settings.upstream =
        mv_xstrdup(mv_service_endpoint(p->a.service, "control"));
    p->b.settings.upstream_key =
        mv_xstrdup(mv_key_hex(p->a.keys[SERVE].public_key, hex));
    struct mv_key k = {.roles = MV_ROLE_SERVICE,
                       .from_ms = INT64_MIN,
                       .to_ms = INT64_MAX,
                       .name = "other"};
    memcpy(k.public_key, p->b.keys[SERVE].public_key, 32);
    assert_int_equal(mv_keyfile_add(p->a.keys_file, &k, &err), MV_OK);
    *state = p;
    return 0;
}

static int teardown(void **state)
{
    struct pair *p = *state;
    assert_int_equal(toy_stop(&p->a), MV_OK);
    toy_done(&p->a);
    toy_done(&p->b);
    free(p);
    return 0;
}

/* As if b's process had ended so often in the middle of this record. */
static void die_on(struct toy *b, uint64_t seq, unsigned times)
{
    static const uint8_t chain[MV_HASH_BYTES] = {1};
    struct mv_trial *t = NULL;
    for (unsigned i = 0; i < times; i++) {
        assert_int_equal(mv_trial_open(&t, b->settings.common.data_dir, &err),
                         MV_OK);
        mv_trial_begin(t, 0, seq, chain);
        mv_trial_close(t);
    }
}

static unsigned deaths_of(struct toy *b)
{
    struct mv_trial *t = NULL;
    uint64_t seq;
    assert_int_equal(mv_trial_open(&t, b->settings.common.data_dir, &err),
                     MV_OK);
    unsigned deaths = mv_trial_deaths(t, 0, &seq);
    mv_trial_close(t);
    return deaths;
}

static void until_applied(struct toy *b, uint64_t want)
{
    int64_t until = toy_now_ms() + 2 * SOON;
    while (toy_counter(b, "applied") < want && toy_now_ms() < until) {
    }
    assert_int_equal(toy_counter(b, "applied"), want);
}

static const char *result_of(struct mv_client *c, const char *verb)
{
    static char text[32];
    struct mv_msg_reply r;
    assert_int_equal(mv_client_ask(c, verb, mv_span(NULL, 0), SOON, &r, &err),
                     MV_OK);
    (void)snprintf(text, sizeof text, "%.*s", (int)r.result.len,
                   (const char *)r.result.at);
    return text;
}

static void a_record_that_is_applied_after_all_is_no_suspect(void **state)
{
    struct pair *p = *state;
    die_on(&p->b, 3, 2);
    assert_int_equal(deaths_of(&p->b), 2);
    toy_start(&p->b);
    until_applied(&p->b, 5);
    assert_int_equal(toy_stop(&p->b), MV_OK);
    assert_int_equal(deaths_of(&p->b), 0);
}

static void a_word_to_go_on_counts_with_its_commit_only(void **state)
{
    struct pair *p = *state;
    die_on(&p->b, 3, 3);
    toy_start(&p->b);
    struct mv_client *c = toy_client(&p->b, OSCAR, "control");
    assert_string_equal(result_of(c, "go-full"), "retry");
    /* still stopped: what comes is not asked for */
    fill(&p->a, 1);
    int64_t until = toy_now_ms() + 500;
    while (toy_now_ms() < until)
        assert_int_equal(toy_counter(&p->b, "applied"), 0);
    until = toy_now_ms() + SOON; /* room is looked for once a second */
    while (strcmp(result_of(c, "go"), "ok") != 0 && toy_now_ms() < until) {
    }
    until_applied(&p->b, 6);
    toy_leave(&p->b, c);
    assert_int_equal(toy_stop(&p->b), MV_OK);
    assert_int_equal(deaths_of(&p->b), 0);
}

/* Its puller is as it was all the while, longer than a silence may be. */
static void what_is_held_waits_and_is_not_silent(void **state)
{
    struct pair *p = *state;
    toy_start(&p->b);
    until_applied(&p->b, 5);
    struct mv_client *c = toy_client(&p->b, OSCAR, "control");
    assert_string_equal(result_of(c, "hold"), "ok");
    fill(&p->a, 3);
    int64_t until = toy_now_ms() + 4000;
    while (toy_now_ms() < until) {
        struct mv_msg_reply r;
        assert_int_equal(
            mv_client_ask(c, "position", mv_span(NULL, 0), SOON, &r, &err),
            MV_OK);
        assert_non_null(memmem(r.rows.at, r.rows.len, "asking", 6));
        assert_int_equal(toy_counter(&p->b, "applied"), 5);
    }
    assert_string_equal(result_of(c, "let"), "ok");
    until_applied(&p->b, 8);
    toy_leave(&p->b, c);
    assert_int_equal(toy_stop(&p->b), MV_OK);
}

static int64_t quiet_ms(struct mv_client *c)
{
    struct mv_msg_reply r;
    struct mv_list rows;
    struct mv_span row;
    uint64_t ms = 0;
    assert_int_equal(
        mv_client_ask(c, "quiet", mv_span(NULL, 0), SOON, &r, &err), MV_OK);
    assert_true(mv_list_open(&rows, r.rows) && mv_list_next(&rows, &row) &&
                mv_map_u64(row, "ms", &ms));
    return (int64_t)ms;
}

static void until_quiet(struct mv_client *c, int64_t ms)
{
    int64_t until = toy_now_ms() + 2 * SOON;
    while (quiet_ms(c) < ms && toy_now_ms() < until) {
    }
    assert_true(toy_now_ms() < until);
}

static bool quiet_since(struct mv_client *c, int64_t from)
{
    int64_t ms = quiet_ms(c);
    return ms <= toy_now_ms() - from;
}

/* What it slept while it was held counts for nothing. A turn that was under
 * way already when it was told to go on may have begun before. */
static void assert_held_is_not_quiet(struct mv_client *c)
{
    unsigned right = 0;
    for (unsigned i = 0; i < 8; i++) {
        assert_string_equal(result_of(c, "hold"), "ok");
        assert_int_equal(quiet_ms(c), 0);
        (void)usleep((40 + 3 * i) * 1000); /* no step with its own turns */
        int64_t from = toy_now_ms();
        assert_string_equal(result_of(c, "let"), "ok");
        right += quiet_since(c, from);
    }
    assert_in_range(right, 4, 8);
}

/* Behind, or with nobody there, it is not; and then it is not since before. */
static void an_upstream_is_quiet_only_while_it_answers(void **state)
{
    struct pair *p = *state;
    toy_start(&p->b);
    struct mv_client *c = toy_client(&p->b, OSCAR, "control");
    until_quiet(c, 300);
    assert_int_equal(toy_counter(&p->b, "applied"), 5);
    int64_t from = toy_now_ms();
    (void)quiet_ms(c); /* what follows is taken in a turn that begins later */
    fill(&p->a, 1);
    until_applied(&p->b, 6);
    assert_true(quiet_since(c, from));
    until_quiet(c, 100);
    assert_held_is_not_quiet(c);
    assert_int_equal(toy_stop(&p->a), MV_OK);
    int64_t until = toy_now_ms() + 2 * SOON; /* no answer for three seconds */
    while (quiet_ms(c) > 0 && toy_now_ms() < until) {
    }
    assert_int_equal(quiet_ms(c), 0);
    toy_leave(&p->b, c);
    assert_int_equal(toy_stop(&p->b), MV_OK);
    toy_start(&p->b); /* its head is not known, and nobody says so */
    c = toy_client(&p->b, OSCAR, "control");
    from = toy_now_ms();
    while (toy_now_ms() - from < 500)
        assert_int_equal(quiet_ms(c), 0);
    toy_leave(&p->b, c);
    assert_int_equal(toy_stop(&p->b), MV_OK);
    toy_start(&p->a);
}

/* Sixteen of these take longer than a batch lasts of which nothing is ahead,
 * and the clock is looked at every sixteenth: there were a commit for each
 * sixteen, on the quickest machine too. On a slow one it is enough that one
 * sixteen in eight takes less than a longer batch lasts. */
static void what_is_far_behind_catches_up_in_fewer_commits(void **state)
{
    struct pair *p = *state;
    const unsigned sixteens = 12;
    fill_with(&p->a, 16 * sixteens, "put:long");
    toy_start(&p->b);
    until_applied(&p->b, 5 + 16 * sixteens);
    assert_true(toy_counter(&p->b, "commits") < sixteens);
    assert_int_equal(toy_stop(&p->b), MV_OK);
}

/* Says something every 5 ms, and hears what is answered. */
struct talker {
    void *socket;
    atomic_bool enough;
};

static void *talk(void *arg)
{
    struct talker *t = arg;
    while (!atomic_load(&t->enough)) {
        zmq_pollitem_t item = {.socket = t->socket, .events = ZMQ_POLLIN};
        char answer[64];
        (void)zmq_send(t->socket, "put:b", 5, ZMQ_DONTWAIT);
        if (zmq_poll(&item, 1, 5) > 0)
            (void)zmq_recv(t->socket, answer, sizeof answer, 0);
    }
    return NULL;
}

enum { BEHIND = 250 };

/* b has so many records of a before it, each of TOY_LONG_MS, waits for "let",
 * and has one of bob's in its own journal. */
static struct mv_client *fall_behind(struct pair *p, void *ctx, void *bob)
{
    void *alice = toy_dealer(&p->a, ctx, ALICE);
    struct mv_client *oscar = toy_client(&p->b, OSCAR, "control");
    assert_string_equal(result_of(oscar, "hold"), "ok");
    for (unsigned i = 0; i < BEHIND; i++)
        assert_int_equal(zmq_send(alice, "put:long", 8, 0), 8);
    assert_int_equal(zmq_send(bob, "put:b", 5, 0), 5);
    int64_t until = toy_now_ms() + 2 * SOON;
    while ((toy_counter(&p->a, "accepted") < 5 + BEHIND ||
            toy_counter(&p->b, "accepted") == 0) &&
           toy_now_ms() < until) {
    }
    assert_true(toy_now_ms() < until);
    (void)zmq_close(alice);
    return oscar;
}

/* A look at the doors is due every 10 ms; sixteen of these records take 48. */
static void what_is_said_while_a_batch_fills_goes_into_it(void **state)
{
    struct pair *p = *state;
    void *ctx = zmq_ctx_new();
    toy_start(&p->b);
    void *bob = toy_dealer(&p->b, ctx, BOB);
    struct mv_client *oscar = fall_behind(p, ctx, bob);
    assert_string_equal(result_of(oscar, "let"), "ok");
    struct talker t = {.socket = bob};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, talk, &t), 0);
    until_applied(&p->b, 5 + BEHIND);
    atomic_store(&t.enough, true);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_true(toy_counter(&p->b, "between") > 0);
    (void)zmq_close(bob);
    (void)zmq_ctx_term(ctx);
    toy_leave(&p->b, oscar);
    assert_int_equal(toy_stop(&p->b), MV_OK);
}

/* Pulls b's journal from its start, again and again, until all is there. */
struct reader {
    struct mv_client *client;
    uint8_t genesis[MV_HASH_BYTES];
    uint64_t heads, last; /* that pages had: how many, the newest */
    bool failed;
};

static bool pull_from_start(struct reader *r, struct mv_span *frame)
{
    struct mv_err why = {0};
    struct mv_buf b = {0};
    struct mv_msg_pull ask = {.log = mv_span_text("journal"),
                              .id = 1,
                              .from = 1,
                              .hash = mv_span(r->genesis, MV_HASH_BYTES),
                              .max_bytes = 1000};
    mv_msg_pull_encode(&ask, &b);
    mv_rc rc = mv_client_frame(r->client, mv_buf_span(&b), SOON, frame, &why);
    mv_buf_done(&b);
    return rc == MV_OK;
}

static void *pull_on(void *arg)
{
    struct reader *r = arg;
    struct mv_msg_records m = {0};
    struct mv_fault fault;
    struct mv_span frame;
    while (!r->failed && r->last < 1 + 5 + BEHIND) {
        r->failed = !pull_from_start(r, &frame) ||
                    !mv_msg_records_decode(frame, &m, &fault);
        r->heads += m.head != r->last;
        r->last = m.head;
    }
    return NULL;
}

static void genesis_of(struct mv_client *c, uint8_t genesis[MV_HASH_BYTES])
{
    struct mv_msg_reply r;
    struct mv_buf args = {0};
    struct mv_list rows;
    struct mv_span row, raw, bin;
    mv_pack_map(&args, 1);
    mv_pack_kv_cstr(&args, "log", "journal");
    assert_int_equal(
        mv_client_ask(c, "head", mv_buf_span(&args), SOON, &r, &err), MV_OK);
    mv_buf_done(&args);
    assert_true(mv_list_open(&rows, r.rows) && mv_list_next(&rows, &row) &&
                mv_map_find(row, "genesis", &raw) && mv_value_bin(raw, &bin));
    memcpy(genesis, bin.at, MV_HASH_BYTES);
}

/* Not with what the batch will bring: no more heads than commits, and the one
 * before. */
static void a_reader_is_served_while_a_batch_fills(void **state)
{
    struct pair *p = *state;
    void *ctx = zmq_ctx_new();
    toy_start(&p->b);
    void *bob = toy_dealer(&p->b, ctx, BOB);
    struct mv_client *oscar = fall_behind(p, ctx, bob);
    struct reader r = {.client = toy_client(&p->b, RITA, "control")};
    genesis_of(r.client, r.genesis);
    uint64_t commits = toy_counter(&p->b, "commits");
    assert_string_equal(result_of(oscar, "let"), "ok");
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, pull_on, &r), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    commits = toy_counter(&p->b, "commits") - commits;
    assert_false(r.failed);
    assert_true(toy_counter(&p->b, "served") > 0);
    assert_true(r.heads <= commits + 1);
    (void)zmq_close(bob);
    (void)zmq_ctx_term(ctx);
    toy_leave(&p->b, r.client);
    toy_leave(&p->b, oscar);
    assert_int_equal(toy_stop(&p->b), MV_OK);
}

enum { PAGE_BYTES = 4096, LEAF = 2, ENOUGH = 200 };

/* It begins with "put:b" as record 1. LMDB's page: number 8, 2, flags 2, lower
 * and upper 2 each, where its nodes are 2 each; a node: size of the value 2 and
 * 2, flags 2, size of the key 2, key, value. */
static bool is_first_leaf(const uint8_t *page)
{
    static const uint8_t key[] = {8, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    uint16_t flags, at, size;
    memcpy(&flags, page + 10, sizeof flags);
    memcpy(&at, page + 16, sizeof at);
    if (flags != LEAF || at > PAGE_BYTES - 16)
        return false;
    memcpy(&size, page + at, sizeof size);
    return size <= PAGE_BYTES - 16 - at &&
           memcmp(page + at + 6, key, sizeof key) == 0 &&
           memmem(page + at + 16, size, "put:b", 5) != NULL;
}

/* The page with the first of b's own records is a page no more, while b runs.
 */
static void hurt_journal(const struct toy *b)
{
    uint8_t page[PAGE_BYTES];
    char path[300];
    unsigned hurt = 0;
    (void)snprintf(path, sizeof path, "%s/data.mdb",
                   b->settings.common.data_dir);
    int fd = open(path, O_RDWR);
    assert_true(fd >= 0);
    for (off_t at = 0; pread(fd, page, sizeof page, at) == sizeof page;
         at += PAGE_BYTES) {
        if (!is_first_leaf(page))
            continue;
        memset(page + 10, 0, 2);
        assert_int_equal(pwrite(fd, page, sizeof page, at), sizeof page);
        hurt++;
    }
    (void)close(fd);
    assert_true(hurt > 0);
}

/* So many of its own records stand first in b's journal that the batch, which
 * writes at its end, comes nowhere near the page that is damaged. */
static void a_damaged_page_asked_for_amid_a_batch_is_the_readers(void **state)
{
    struct pair *p = *state;
    void *ctx = zmq_ctx_new();
    toy_start(&p->b);
    fill_with(&p->b, ENOUGH, "put:b");
    void *bob = toy_dealer(&p->b, ctx, BOB);
    struct mv_client *oscar = fall_behind(p, ctx, bob);
    struct reader r = {.client = toy_client(&p->b, RITA, "control")};
    genesis_of(r.client, r.genesis);
    hurt_journal(&p->b);
    assert_string_equal(result_of(oscar, "let"), "ok");
    int64_t until = toy_now_ms() + 2 * SOON;
    while (toy_counter(&p->b, "applied") < 5 + BEHIND && toy_now_ms() < until) {
        struct mv_span frame;
        struct mv_msg_reply reply;
        struct mv_fault fault;
        assert_true(pull_from_start(&r, &frame));
        assert_true(mv_msg_reply_decode(frame, &reply, &fault));
        assert_true(mv_span_is(reply.code, "damaged"));
    }
    assert_int_equal(toy_counter(&p->b, "applied"), 5 + BEHIND);
    (void)zmq_close(bob);
    (void)zmq_ctx_term(ctx);
    toy_leave(&p->b, r.client);
    toy_leave(&p->b, oscar);
    assert_int_equal(toy_stop(&p->b), MV_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_record_that_is_applied_after_all_is_no_suspect),
        TEST(a_word_to_go_on_counts_with_its_commit_only),
        TEST(what_is_held_waits_and_is_not_silent),
        TEST(an_upstream_is_quiet_only_while_it_answers),
        TEST(what_is_far_behind_catches_up_in_fewer_commits),
        TEST(what_is_said_while_a_batch_fills_goes_into_it),
        TEST(a_reader_is_served_while_a_batch_fills),
        TEST(a_damaged_page_asked_for_amid_a_batch_is_the_readers),
    };
    return cmocka_run_group_tests_name("upstream", tests, NULL, NULL);
}
