/* The sender and a push beside an ingest of a few lines, which answers several
 * deliveries with one frame, and each number only once. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "proto/msg.h"
#include "proto/pack.h"
#include "services/base/clock.h"
#include "services/base/hash.h"
#include "services/cli/push.h"
#include "tests/support/screen.h"
#include "tests/support/unit.h"

#define DELIVERIES 40 /* more than two windows */

static struct mv_err err;

struct ingest {
    void *ctx, *socket;
    struct mv_keypair keys;
    char endpoint[64];
    bool had[DELIVERIES];
    size_t expects, frames;
    struct mv_buf faults; /* of every delivery; empty: they are taken */
    atomic_bool over;
    pthread_t thread;
};

static void ingest_open(struct ingest *in, size_t expects)
{
    int server = 1, wait = 50;
    size_t room = sizeof in->endpoint;
    *in = (struct ingest){.ctx = zmq_ctx_new(), .expects = expects};
    mv_keypair_make(&in->keys);
    in->socket = zmq_socket(in->ctx, ZMQ_ROUTER);
    (void)zmq_setsockopt(in->socket, ZMQ_CURVE_SERVER, &server, sizeof server);
    (void)zmq_setsockopt(in->socket, ZMQ_CURVE_SECRETKEY, in->keys.secret_key,
                         32);
    (void)zmq_setsockopt(in->socket, ZMQ_RCVTIMEO, &wait, sizeof wait);
    assert_int_equal(zmq_bind(in->socket, "tcp://127.0.0.1:0"), 0);
    assert_int_equal(
        zmq_getsockopt(in->socket, ZMQ_LAST_ENDPOINT, in->endpoint, &room), 0);
}

static void ingest_close(struct ingest *in)
{
    int zero = 0;
    atomic_store(&in->over, true);
    (void)pthread_join(in->thread, NULL);
    (void)zmq_setsockopt(in->socket, ZMQ_LINGER, &zero, sizeof zero);
    (void)zmq_close(in->socket);
    (void)zmq_ctx_term(in->ctx);
    mv_buf_done(&in->faults);
}

/* The delivery is its number, one byte. What was had is not answered again. */
static bool take(struct ingest *in, char *route, int *route_len,
                 struct mv_buf *answers)
{
    uint8_t number = 0;
    *route_len = zmq_recv(in->socket, route, 64, 0);
    if (*route_len < 0 || zmq_recv(in->socket, &number, 1, 0) != 1 ||
        number >= DELIVERIES || in->had[number])
        return false;
    in->had[number] = true;
    bool good = in->faults.len == 0;
    struct mv_msg_answer m = {.number = number,
                              .has_number = true,
                              .result =
                                  mv_span_text(good ? "accepted" : "rejected"),
                              .conflicts = mv_buf_span(&in->faults),
                              .seq = 100u + number,
                              .has_seq = good};
    mv_msg_answer_encode(&m, answers);
    return true;
}

/* A window at a time. */
static void *serve(void *arg)
{
    struct ingest *in = arg;
    struct mv_buf answers = {0};
    char route[64];
    int len = 0;
    size_t waiting = 0, had = 0;
    while (!atomic_load(&in->over)) {
        if (!take(in, route, &len, &answers))
            continue;
        had++;
        if (++waiting < CLI_WINDOW && had < in->expects)
            continue;
        (void)zmq_send(in->socket, route, (size_t)len, ZMQ_SNDMORE);
        (void)zmq_send(in->socket, answers.at, answers.len, 0);
        mv_buf_clear(&answers);
        waiting = 0;
        in->frames++;
    }
    mv_buf_done(&answers);
    return NULL;
}

static void ingest_start(struct ingest *in, struct cli_door *door,
                         void *(*how)(void *))
{
    mv_keypair_make(&door->keys);
    memcpy(door->server_key, in->keys.public_key, sizeof door->server_key);
    (void)snprintf(door->endpoint, sizeof door->endpoint, "%s", in->endpoint);
    assert_int_equal(pthread_create(&in->thread, NULL, how, in), 0);
}

struct heard {
    unsigned times[DELIVERIES];
};

static int answered(void *ctx, struct cli_item *item, struct mv_span bytes,
                    const struct mv_msg_answer *answer)
{
    struct heard *h = ctx;
    struct mv_msg_answer again;
    struct mv_fault fault;
    assert_true(mv_msg_answer_decode(bytes, &again, &fault));
    assert_int_equal(again.number, item->entry->number);
    assert_int_equal(answer->seq, 100 + item->entry->number);
    h->times[item->entry->number]++;
    return CLI_OK;
}

static void all_the_answers_of_a_frame_are_taken(void **state)
{
    (void)state;
    struct ingest in;
    struct screen s;
    struct heard heard = {{0}};
    struct cli_door door = {.key_name = "ahus"};
    struct cli_entry entries[DELIVERIES] = {0};
    struct cli_item items[DELIVERIES] = {0};
    ingest_open(&in, DELIVERIES);
    screen_open(&s, MV_LANG_EN, 0);
    for (uint8_t i = 0; i < DELIVERIES; i++) {
        entries[i].number = i;
        items[i].entry = &entries[i];
        mv_buf_put_u8(&items[i].frame, i);
    }
    const struct cli_sender sender = {.c = &s.cli,
                                      .door = &door,
                                      .wait_ms = 20000,
                                      .answered = answered,
                                      .ctx = &heard};
    ingest_start(&in, &door, serve);
    assert_int_equal(cli_sender_run(&sender, items, DELIVERIES), CLI_OK);
    ingest_close(&in);
    assert_int_equal(in.frames, 3);
    for (size_t i = 0; i < DELIVERIES; i++)
        assert_int_equal(heard.times[i], 1);
    screen_close(&s);
}

/* Is there a second delivery while the first has no answer? */
static void *serve_one_by_one(void *arg)
{
    struct ingest *in = arg;
    struct mv_buf answers = {0};
    char route[64];
    int len = 0;
    while (!atomic_load(&in->over)) {
        zmq_pollitem_t more = {.socket = in->socket, .events = ZMQ_POLLIN};
        if (!take(in, route, &len, &answers))
            continue;
        in->frames += zmq_poll(&more, 1, 300) > 0;
        (void)zmq_send(in->socket, route, (size_t)len, ZMQ_SNDMORE);
        (void)zmq_send(in->socket, answers.at, answers.len, 0);
        mv_buf_clear(&answers);
    }
    mv_buf_done(&answers);
    return NULL;
}

/* Two files: a retry of the one must not let it come after the other. */
static void what_was_made_later_waits(void **state)
{
    (void)state;
    for (int apart = 0; apart < 2; apart++) {
        struct ingest in;
        struct screen s;
        struct heard heard = {{0}};
        struct cli_door door = {.key_name = "ahus"};
        struct cli_entry entries[2] = {{.made_ms = 5},
                                       {.made_ms = 5 + apart, .number = 1}};
        struct cli_item items[2] = {{.entry = &entries[0]},
                                    {.entry = &entries[1]}};
        ingest_open(&in, 2);
        screen_open(&s, MV_LANG_EN, 0);
        for (uint8_t i = 0; i < 2; i++)
            mv_buf_put_u8(&items[i].frame, i);
        const struct cli_sender sender = {.c = &s.cli,
                                          .door = &door,
                                          .wait_ms = 20000,
                                          .answered = answered,
                                          .ctx = &heard};
        ingest_start(&in, &door, serve_one_by_one);
        assert_int_equal(cli_sender_run(&sender, items, 2), CLI_OK);
        ingest_close(&in);
        assert_int_equal(in.frames, apart ? 0 : 1);
        assert_int_equal(heard.times[0] + heard.times[1], 2);
        screen_close(&s);
    }
}

#define FAULTS 25 /* of each code: more than are told of one kind */

/* As many faults of the one code as of the other, by turns. */
static void pack_faults(const char *one, const char *other, struct mv_buf *out)
{
    mv_pack_list(out, 2 * FAULTS);
    for (int i = 0; i < 2 * FAULTS; i++) {
        mv_pack_map(out, 2);
        mv_pack_kv_cstr(out, "code", i % 2 == 0 ? one : other);
        mv_pack_kv_cstr(out, "text", i % 2 == 0 ? one : other);
    }
}

static unsigned times(const char *text, const char *part)
{
    unsigned n = 0;
    while ((text = strstr(text, part)) != NULL) {
        text += strlen(part);
        n++;
    }
    return n;
}

/* A delivery of one row that is in no spool, from that line (0: of none). */
static void try_one(struct cli_push *p, uint32_t line)
{
    struct cli_tried *t = mv_xcalloc(1, sizeof *t);
    uint8_t be[4];
    p->tried_count = 1;
    p->tried = mv_xcalloc(1, sizeof(struct cli_tried *));
    p->tried[0] = t;
    t->entry = (struct cli_entry){.file = "a.csv", .rows = 1};
    mv_be32_put(be, line);
    mv_buf_put(&t->lines, be, sizeof be);
    cli_push_queue(p, &t->entry);
    mv_buf_put_u8(&p->items[0].frame, 0);
}

/* What this program does not know it does not count as one kind. */
static void every_fault_of_a_code_of_a_later_ingest_is_told(void **state)
{
    (void)state;
    struct ingest in;
    struct screen s;
    struct cli_faults told = {0};
    struct cli_push p = {.c = &s.cli, .faults = &told, .wait_ms = 20000};
    ingest_open(&in, 1);
    pack_faults("period", "phase_of_the_moon", &in.faults);
    screen_open(&s, MV_LANG_EN, 0);
    screen_give(&s, "endpoint", in.endpoint);
    ingest_start(&in, &p.door, serve);
    try_one(&p, 0);
    assert_int_equal(cli_push_send(&p), CLI_OK);
    ingest_close(&in);
    cli_faults_say_alike(&s.cli, &told);
    (void)fflush(s.cli.err);
    assert_int_equal(times(s.err, "a.csv: "), 20 + FAULTS + 1);
    assert_int_equal(times(s.err, " (phase_of_the_moon)\n"), FAULTS);
    assert_int_equal(times(s.err, " (period)\n"), 20);
    assert_int_equal(times(s.err, "(period): 5 "), 1);
    assert_int_equal(times(s.err, "maalvakt: ("), 2); /* and what to do */
    cli_push_done(&p);
    cli_faults_done(&told);
    screen_close(&s);
}

/* What times four begins anew is not the first row, nor what lies before it. */
static void a_row_that_no_file_has_is_told_without_a_line(void **state)
{
    static const uint64_t rows[] = {UINT64_C(1) << 62, (UINT64_C(1) << 62) + 1,
                                    2, 1};
    (void)state;
    struct ingest in;
    struct screen s;
    struct cli_faults told = {0};
    struct cli_push p = {.c = &s.cli, .faults = &told, .wait_ms = 20000};
    ingest_open(&in, 1);
    mv_pack_list(&in.faults, CLI_COUNT(rows));
    for (size_t i = 0; i < CLI_COUNT(rows); i++) {
        mv_pack_map(&in.faults, 2);
        mv_pack_kv_u64(&in.faults, "row", rows[i]);
        mv_pack_kv_cstr(&in.faults, "code", "period");
    }
    screen_open(&s, MV_LANG_EN, 0);
    screen_give(&s, "endpoint", in.endpoint);
    ingest_start(&in, &p.door, serve);
    try_one(&p, 7);
    assert_int_equal(cli_push_send(&p), CLI_OK);
    ingest_close(&in);
    (void)fflush(s.cli.err);
    assert_int_equal(times(s.err, "a.csv: "), 4);
    assert_int_equal(times(s.err, "a.csv:7: "), 1);
    cli_push_done(&p);
    cli_faults_done(&told);
    screen_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_the_answers_of_a_frame_are_taken),
        cmocka_unit_test(what_was_made_later_waits),
        cmocka_unit_test(every_fault_of_a_code_of_a_later_ingest_is_told),
        cmocka_unit_test(a_row_that_no_file_has_is_told_without_a_line),
    };
    if (mv_hash_init(&err) != MV_OK || mv_clock_init(&err) != MV_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
