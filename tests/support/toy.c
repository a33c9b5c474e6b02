/* toy - see toy.h. */
#include "tests/support/toy.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>

#include "proto/pack.h"
#include "proto/walk.h"
#include "services/base/clock.h"
#include "services/base/event.h"
#include "services/base/hash.h"
#include "services/stream/keyfile.h"
#include "services/stream/loop.h"
#include "tests/support/place.h"
#include "tests/support/unit.h"

static struct mv_err err;

struct self {
    struct mv_service *s;
    unsigned records; /* of the batch that is being made */
    uint64_t pages;   /* that had left before the last of them */
};

/* The queue "queue" of rita: three items, a genesis of nines. Of "torn" the
 * last one has no hash, of "bald" not even the start. */
enum { QUEUE_HEAD = 3 };
enum { COUNT_TOLD, COUNT_BETWEEN, COUNT_SERVED };

static atomic_uint crawls;

static uint64_t queue_first(void *ctx)
{
    (void)ctx;
    return 1;
}

static uint64_t queue_head(void *ctx)
{
    (void)ctx;
    return QUEUE_HEAD;
}

static bool queue_hash_at(void *ctx, uint64_t seq, uint8_t hash[32])
{
    (void)ctx;
    memset(hash, 9, 32);
    return seq <= QUEUE_HEAD;
}

static bool torn_hash_at(void *ctx, uint64_t seq, uint8_t hash[32])
{
    (void)ctx;
    memset(hash, 9, 32);
    return seq < QUEUE_HEAD;
}

static bool bald_hash_at(void *ctx, uint64_t seq, uint8_t hash[32])
{
    (void)ctx;
    memset(hash, 9, 32);
    return seq > 0;
}

static mv_rc queue_read(void *ctx, uint64_t seq, struct mv_span *bytes,
                        struct mv_err *e)
{
    (void)ctx;
    (void)seq;
    (void)e;
    *bytes = mv_span_text("item");
    return MV_OK;
}

static bool self_source(void *self, struct mv_span log,
                        const struct mv_key *key, struct mv_pull_source *ret,
                        const char **code)
{
    bool torn = mv_span_is(log, "torn"), bald = mv_span_is(log, "bald");
    *code = "unknown_log";
    if ((!mv_span_is(log, "queue") && !torn && !bald) ||
        strcmp(key->name, "rita") != 0)
        return false;
    *ret = (struct mv_pull_source){.ctx = self,
                                   .first = queue_first,
                                   .head = queue_head,
                                   .hash_at = torn   ? torn_hash_at
                                              : bald ? bald_hash_at
                                                     : queue_hash_at,
                                   .read = queue_read};
    return true;
}

static mv_rc self_open(void **ret, struct mv_service *s, const void *settings,
                       struct mv_err *e)
{
    struct self *me = mv_xcalloc(1, sizeof *me);
    (void)settings;
    (void)e;
    me->s = s;
    *ret = me;
    return MV_OK;
}

static void self_close(void *me)
{
    free(me);
}

static void answer(struct self *me, const struct mv_input *in,
                   mv_outcome outcome, struct mv_span text)
{
    struct mv_buf b = {0};
    mv_pack_text(&b, text);
    mv_service_answer(me->s, in, outcome, mv_buf_span(&b));
    mv_buf_done(&b);
}

static void put(struct self *me, const struct mv_input *in)
{
    char text[64];
    struct mv_stamp stamp = {.received_ms = mv_service_wall_ms(me->s),
                             .key_name = in->key->name};
    uint64_t seq =
        mv_log_append(mv_service_log(me->s, "journal"), &stamp, in->body);
    (void)snprintf(text, sizeof text, "ok:%llu", (unsigned long long)seq);
    answer(me, in, MV_OUTCOME_ACCEPTED, mv_span_text(text));
}

/* As long a text as the number says. */
static void answer_long(struct self *me, const struct mv_input *in,
                        struct mv_span digits)
{
    struct mv_buf b = {0};
    size_t len = 0;
    for (size_t i = 0; i < digits.len; i++)
        len = len * 10 + (size_t)(((const char *)digits.at)[i] - '0');
    mv_buf_room(&b, len);
    memset(b.at, 'a', len);
    answer(me, in, MV_OUTCOME_DUPLICATE, mv_span(b.at, len));
    mv_buf_done(&b);
}

static mv_rc message(struct self *me, const struct mv_input *in)
{
    if (me->records > 0)
        mv_service_count(me->s, COUNT_BETWEEN, 1);
    if (in->body.len >= 4 && memcmp(in->body.at, "put:", 4) == 0) {
        put(me, in);
    } else if (mv_span_is(in->body, "dup")) {
        answer(me, in, MV_OUTCOME_DUPLICATE, mv_span_text("dup"));
    } else if (in->body.len > 5 && memcmp(in->body.at, "long:", 5) == 0) {
        answer_long(me, in,
                    mv_span((const char *)in->body.at + 5, in->body.len - 5));
    } else if (mv_span_is(in->body, "full")) {
        put(me, in);
        mv_store_fail(mv_service_store(me->s), MV_FULL, "no room");
    } else if (mv_span_is(in->body, "fatal")) {
        put(me, in);
        mv_store_fail(mv_service_store(me->s), MV_FATAL, "the disk is gone");
    } else {
        answer(me, in, MV_OUTCOME_REJECTED, mv_span_text("no:malformed"));
    }
    return MV_OK;
}

/* Busy, as one who computes. */
static void wait_ms(int64_t ms)
{
    int64_t until = toy_now_ms() + ms;
    while (toy_now_ms() < until) {
    }
}

static void record(struct self *me, const struct mv_input *in)
{
    uint64_t pages = me->s->counters[MV_COUNT_PAGES];
    struct mv_stamp stamp = {.received_ms = in->record->received_ms,
                             .key_name = "upstream"};
    if (mv_span_is(in->body, "put:long"))
        wait_ms(TOY_LONG_MS);
    (void)mv_log_append(mv_service_log(me->s, "journal"), &stamp,
                        in->record->content);
    if (me->records++ > 0)
        mv_service_count(me->s, COUNT_SERVED, pages - me->pages);
    me->pages = pages;
}

static mv_rc self_apply(void *self, const struct mv_input *in, struct mv_err *e)
{
    struct self *me = self;
    (void)e;
    if (in->kind == MV_INPUT_MESSAGE)
        return message(me, in);
    if (in->kind == MV_INPUT_ACT && mv_span_is(in->verb, "poke")) {
        mv_service_ok(me->s, in);
    } else if (in->kind == MV_INPUT_ACT && mv_span_is(in->verb, "same")) {
        mv_service_same(me->s, in, mv_span("", 0), 0);
        return MV_AGAIN;
    } else if (in->kind == MV_INPUT_ACT && (mv_span_is(in->verb, "go") ||
                                            mv_span_is(in->verb, "go-full"))) {
        mv_service_upstream_go(me->s, 0);
        mv_service_ok(me->s, in);
        if (mv_span_is(in->verb, "go-full"))
            mv_store_fail(mv_service_store(me->s), MV_FULL, "no room");
    } else if (in->kind == MV_INPUT_ACT &&
               (mv_span_is(in->verb, "hold") || mv_span_is(in->verb, "let"))) {
        mv_service_upstream_hold(me->s, 0, mv_span_is(in->verb, "hold"));
        mv_service_ok(me->s, in);
    } else if (in->kind == MV_INPUT_ACT) {
        mv_service_refuse(me->s, in, "refused", "never");
        return MV_AGAIN;
    } else if (in->kind == MV_INPUT_RECORD) {
        record(me, in);
    } else if (in->kind == MV_INPUT_DONE) {
        mv_service_count(me->s, COUNT_TOLD, in->done);
    }
    return MV_OK;
}

static void self_settled(void *self, mv_rc rc)
{
    struct self *me = self;
    (void)rc;
    me->records = 0;
}

static void self_say(void *self, const struct mv_input *in,
                     const struct mv_verdict *v, struct mv_buf *out)
{
    (void)self;
    (void)in;
    char text[64];
    (void)snprintf(text, sizeof text, "%s:%s", v->retry ? "retry" : "no",
                   v->code);
    mv_pack_cstr(out, text);
}

static void self_query(void *self, const struct mv_input *in)
{
    struct self *me = self;
    if (mv_span_is(in->verb, "crawl")) {
        crawls++;
        wait_ms(TOY_CRAWL_MS);
    }
    struct mv_buf row = {0};
    if (mv_span_is(in->verb, "quiet")) {
        mv_pack_map(&row, 1);
        mv_pack_kv_i64(&row, "ms", mv_service_upstream_quiet_ms(me->s, 0));
        mv_service_rows(me->s, in, mv_buf_span(&row), 1, false);
        mv_buf_done(&row);
        return;
    }
    if (!mv_span_is(in->verb, "all")) {
        mv_service_ok(me->s, in);
        return;
    }
    /* longer than any reply */
    mv_buf_room(&row, MV_MAX_REPLY_BYTES);
    memset(row.at, 0, MV_MAX_REPLY_BYTES);
    mv_service_rows(me->s, in, mv_span(row.at, MV_MAX_REPLY_BYTES), 1, false);
    mv_buf_done(&row);
}

static void self_publish(void *self)
{
    struct self *me = self;
    uint64_t seq;
    char topic[32];
    mv_log_head(mv_service_log(me->s, "journal"), &seq, NULL);
    (void)snprintf(topic, sizeof topic, "head/%llu", (unsigned long long)seq);
    mv_service_publish(me->s, topic, mv_span_text("x"));
}

#define AT(field) offsetof(struct toy_settings, field)
static const struct mv_conf_key conf_keys[] = {
    MV_COMMON_KEYS("toy", "tcp://127.0.0.1:0"),
    {"door", MV_CONF_TEXT, "tcp://127.0.0.1:0", NULL, 1, 120, AT(door), "d"},
};
static const struct mv_conf_table conf = {"toy", conf_keys,
                                          MV_CONF_COUNT(conf_keys)};
static const struct mv_door_def doors[] = {
    {"main", AT(door), 65536, MV_TAKES_MESSAGES | MV_TAKES_REQUESTS,
     MV_ROLE_PRODUCER}};
static const struct mv_log_def logs[] = {
    {"journal", "journal", MV_ROLE_SERVICE | MV_ROLE_AUDITOR}};
static const struct mv_upstream_def upstreams[] = {
    {"journal", AT(upstream), AT(upstream_key)}};
static const struct mv_verb_def verbs[] = {
    {"poke", MV_ROLE_OPERATOR, true, "reason:bin"},
    {"same", MV_ROLE_OPERATOR, true, NULL},
    {"never", MV_ROLE_OPERATOR, true, NULL},
    {"go", MV_ROLE_OPERATOR, true, NULL},
    {"hold", MV_ROLE_OPERATOR, true, NULL},
    {"let", MV_ROLE_OPERATOR, true, NULL},
    {"go-full", MV_ROLE_OPERATOR, true, NULL}, /* and the commit fails */
    {"look", MV_ROLE_ANY, false, NULL},
    {"all", MV_ROLE_ANY, false, NULL}, /* more than a reply holds */
    {"crawl", MV_ROLE_ANY, false, NULL},
    {"quiet", MV_ROLE_ANY, false, NULL}, /* `ms` of its upstream */
};
static const char *const counters[] = {[COUNT_TOLD] = "told",
                                       [COUNT_BETWEEN] = "between",
                                       [COUNT_SERVED] = "served"};

static const struct mv_service_def def = {
    .name = "toy",
    .format = 1,
    .settings = &conf,
    .settings_bytes = sizeof(struct toy_settings),
    .doors = doors,
    .door_count = 1,
    .logs = logs,
    .log_count = 1,
    .upstreams = upstreams,
    .upstream_count = 1,
    .verbs = verbs,
    .verb_count = sizeof verbs / sizeof verbs[0],
    .counters = counters,
    .counter_count = sizeof counters / sizeof counters[0],
    .pub_endpoint_offset = AT(live),
    .pub_log = "journal",
    .open = self_open,
    .apply = self_apply,
    .settled = self_settled,
    .query = self_query,
    .say = self_say,
    .publish = self_publish,
    .source = self_source,
    .close = self_close,
};

static char *in_dir(struct toy *t, const char *name)
{
    struct mv_buf b = {0};
    mv_buf_printf(&b, "%s/%s", t->dir, name);
    char *copy = mv_xstrdup(mv_buf_cstr(&b));
    mv_buf_done(&b);
    return copy;
}

static void make_keys(struct toy *t)
{
    static const struct {
        const char *name;
        unsigned roles;
    } who[] = {{"alice", MV_ROLE_PRODUCER},
               {"oscar", MV_ROLE_OPERATOR},
               {"rita", MV_ROLE_READER | MV_ROLE_AUDITOR},
               {"serve", MV_ROLE_SERVICE},
               {"bob", MV_ROLE_PRODUCER}};
    assert_int_equal(mv_keyfile_make(t->keys_file, &err), MV_OK);
    for (int i = 0; i < TOY_CLIENTS; i++)
        mv_keypair_make(&t->keys[i]);
    for (int i = 0; i < MALLORY; i++) {
        struct mv_key k = {
            .roles = who[i].roles, .from_ms = INT64_MIN, .to_ms = INT64_MAX};
        memcpy(k.public_key, t->keys[i].public_key, sizeof k.public_key);
        (void)snprintf(k.name, sizeof k.name, "%s", who[i].name);
        if ((who[i].roles & MV_ROLE_PRODUCER) != 0)
            (void)snprintf(k.unit, sizeof k.unit, "unit-%s", who[i].name);
        if (mv_keyfile_add(t->keys_file, &k, &err) != MV_OK)
            fail_msg("%s", err.text);
    }
    assert_int_equal(mv_keypair_save(&t->keys[SERVE],
                                     t->settings.common.secret_key_file, &err),
                     MV_OK);
}

void toy_make(struct toy *t)
{
    *t = (struct toy){.dir = mv_test_dir(false)};
    assert_int_equal(mv_hash_init(&err), MV_OK);
    assert_int_equal(mv_clock_init(&err), MV_OK);
    mv_event_init("toy", MV_LEVEL_ERROR);
    (void)snprintf(t->keys_file, sizeof t->keys_file, "%s/keys", t->dir);
    t->settings.common =
        (struct mv_common){.data_dir = in_dir(t, "store"),
                           .quota_bytes = 64 << 20,
                           .any_filesystem = true,
                           .keys_file = mv_xstrdup(t->keys_file),
                           .secret_key_file = in_dir(t, "secret"),
                           .control = mv_xstrdup("tcp://127.0.0.1:0"),
                           .ready_file = in_dir(t, "ready"),
                           .log_level = mv_xstrdup("error"),
                           .batch_items = 65536};
    t->settings.door = mv_xstrdup("tcp://127.0.0.1:0");
    t->settings.live = mv_xstrdup("tcp://127.0.0.1:0");
    t->settings.upstream = mv_xstrdup("");
    t->settings.upstream_key = mv_xstrdup("");
    assert_int_equal(mkdir(t->settings.common.data_dir, 0700), 0);
    make_keys(t);
    assert_int_equal(mv_net_open(&t->net, &err), MV_OK);
}

static void *run(void *arg)
{
    struct toy *t = arg;
    t->ended = mv_service_run(t->service);
    return NULL;
}

mv_rc toy_open(struct toy *t, struct mv_err *e)
{
    return mv_service_open(&t->service, &def, &t->settings, t->tell[0], e);
}

void toy_start(struct toy *t)
{
    pthread_t thread;
    assert_int_equal(pipe2(t->tell, 04000 /* O_NONBLOCK */), 0);
    if (toy_open(t, &err) != MV_OK)
        fail_msg("%s", err.text);
    assert_int_equal(pthread_create(&thread, NULL, run, t), 0);
    t->thread = (unsigned long)thread;
}

mv_rc toy_stop(struct toy *t)
{
    struct signalfd_siginfo info = {.ssi_signo = SIGTERM};
    assert_int_equal(write(t->tell[1], &info, sizeof info), sizeof info);
    assert_int_equal(pthread_join((pthread_t)t->thread, NULL), 0);
    mv_service_close(t->service);
    t->service = NULL;
    (void)close(t->tell[0]);
    (void)close(t->tell[1]);
    return t->ended;
}

void toy_keep(struct toy *t, void *what, void (*close)(void *what))
{
    size_t i = 0;
    while (i < TOY_KEPT && t->kept[i].what != NULL)
        i++;
    assert_true(i < TOY_KEPT);
    t->kept[i].what = what;
    t->kept[i].close = close;
}

void toy_leave(struct toy *t, void *what)
{
    size_t i = 0;
    while (i < TOY_KEPT && t->kept[i].what != what)
        i++;
    assert_true(i < TOY_KEPT);
    t->kept[i].close(what);
    t->kept[i].what = NULL;
}

/* A net waits for all that is open on it, also after a test that failed. */
static void leave_all(struct toy *t)
{
    for (size_t i = 0; i < TOY_KEPT; i++)
        if (t->kept[i].what != NULL)
            toy_leave(t, t->kept[i].what);
}

void toy_done(struct toy *t)
{
    leave_all(t);
    mv_net_close(t->net);
    mv_test_dir_done(t->dir);
    struct mv_common *c = &t->settings.common;
    char *all[] = {c->data_dir,          c->keys_file,
                   c->secret_key_file,   c->control,
                   c->ready_file,        c->log_level,
                   t->settings.door,     t->settings.live,
                   t->settings.upstream, t->settings.upstream_key};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        free(all[i]);
}

int toy_begin(void **state)
{
    struct toy *t = mv_xcalloc(1, sizeof *t);
    toy_make(t);
    toy_start(t);
    *state = t;
    return 0;
}

int toy_end(void **state)
{
    struct toy *t = *state;
    leave_all(t);
    mv_rc rc = t->service != NULL ? toy_stop(t) : MV_OK;
    toy_done(t);
    free(t);
    return rc == MV_OK ? 0 : -1;
}

static void close_client(void *c)
{
    mv_client_close(c);
}

struct mv_client *toy_client(struct toy *t, enum toy_key who, const char *door)
{
    struct mv_client *c = NULL;
    assert_int_equal(
        mv_client_open(&c, t->net, mv_service_endpoint(t->service, door),
                       t->keys[SERVE].public_key, &t->keys[who], &err),
        MV_OK);
    toy_keep(t, c, close_client);
    return c;
}

void *toy_dealer(struct toy *t, void *ctx, enum toy_key who)
{
    void *z = zmq_socket(ctx, ZMQ_DEALER);
    int zero = 0, wait = SOON;
    (void)zmq_setsockopt(z, ZMQ_LINGER, &zero, sizeof zero);
    (void)zmq_setsockopt(z, ZMQ_RCVTIMEO, &wait, sizeof wait);
    (void)zmq_setsockopt(z, ZMQ_CURVE_SERVERKEY, t->keys[SERVE].public_key, 32);
    (void)zmq_setsockopt(z, ZMQ_CURVE_PUBLICKEY, t->keys[who].public_key, 32);
    (void)zmq_setsockopt(z, ZMQ_CURVE_SECRETKEY, t->keys[who].secret_key, 32);
    assert_int_equal(zmq_connect(z, mv_service_endpoint(t->service, "main")),
                     0);
    return z;
}

bool toy_next(struct mv_span *frame, struct mv_span *text)
{
    struct mv_cursor c = mv_cursor(*frame);
    if (frame->len == 0)
        return false;
    assert_true(mv_cursor_text(&c, text));
    *frame = mv_span(c.at, (size_t)(c.end - c.at));
    return true;
}

const char *toy_only(struct mv_span frame)
{
    static char only[256];
    struct mv_span text;
    assert_true(toy_next(&frame, &text));
    assert_int_equal(frame.len, 0);
    (void)snprintf(only, sizeof only, "%.*s", (int)text.len,
                   (const char *)text.at);
    return only;
}

const char *toy_say(struct mv_client *c, const char *text, int64_t wait_ms)
{
    struct mv_span got;
    if (mv_client_frame(c, mv_span_text(text), wait_ms, &got, &err) != MV_OK)
        return NULL;
    return toy_only(got);
}

unsigned toy_crawls(void)
{
    return crawls;
}

uint64_t toy_counter(struct toy *t, const char *name)
{
    struct mv_msg_reply r;
    struct mv_list rows;
    struct mv_span row, text;
    uint64_t value = UINT64_MAX;
    struct mv_client *c = toy_client(t, OSCAR, "control");
    if (mv_client_ask(c, "counters", mv_span(NULL, 0), 5000, &r, &err) != MV_OK)
        fail_msg("%s", err.text);
    assert_true(mv_list_open(&rows, r.rows));
    while (mv_list_next(&rows, &row)) {
        if (mv_map_text(row, "name", &text) && mv_span_is(text, name))
            assert_true(mv_map_u64(row, "value", &value));
    }
    toy_leave(t, c);
    return value;
}
