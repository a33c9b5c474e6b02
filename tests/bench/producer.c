/* producer - see producer.h. Job: what every load has in common: sockets,
 * deliveries, answers. Rows are what trusts send: indicator, unit, period,
 * numerator, denominator. A crash leaves nothing. */
#include "tests/bench/producer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "proto/answers.h"
#include "proto/pack.h"
#include "services/base/hash.h"

void *load_dealer(void *ctx, const char *endpoint, const uint8_t *server,
                  const uint8_t *public, const uint8_t *secret)
{
    void *s = zmq_socket(ctx, ZMQ_DEALER);
    int none = 0;
    (void)zmq_setsockopt(s, ZMQ_SNDHWM, &none, sizeof none);
    (void)zmq_setsockopt(s, ZMQ_LINGER, &none, sizeof none);
    (void)zmq_setsockopt(s, ZMQ_CURVE_SERVERKEY, server, 32);
    (void)zmq_setsockopt(s, ZMQ_CURVE_PUBLICKEY, public, 32);
    (void)zmq_setsockopt(s, ZMQ_CURVE_SECRETKEY, secret, 32);
    if (zmq_connect(s, endpoint) != 0)
        bound_die(endpoint);
    return s;
}

void load_connect(struct load *l, int argc, char **argv)
{
    uint8_t server[32], public[32], secret[32];
    char line[256], unit[64], a[65], b[65];
    void *ctx = zmq_ctx_new();
    const char *endpoint = bound_arg(argc, argv, "--endpoint", "");
    FILE *f = fopen(bound_arg(argc, argv, "--keys", ""), "r");
    if (f == NULL ||
        !mv_hex_parse(mv_span_text(bound_arg(argc, argv, "--server", "")),
                      server, 32))
        bound_die("--keys and --server");
    l->trusts = calloc(TRUSTS_MAX, sizeof *l->trusts);
    while (l->trust_count < TRUSTS_MAX && fgets(line, sizeof line, f) != NULL) {
        if (sscanf(line, "%63s %64s %64s", unit, a, b) != 3 ||
            !mv_hex_parse(mv_span_text(a), public, 32) ||
            !mv_hex_parse(mv_span_text(b), secret, 32))
            bound_die("keys file");
        struct trust *t = &l->trusts[l->trust_count++];
        (void)snprintf(t->unit, sizeof t->unit, "%s", unit);
        t->socket = load_dealer(ctx, endpoint, server, public, secret);
    }
    (void)fclose(f);
}

/* Its digits, so that the last stands before `end`; what a printf would cost
 * is no cost of a producer's. */
static void put_digits(char *end, unsigned v)
{
    for (; v > 0; v /= 10)
        *--end = (char)('0' + v % 10);
}

void load_put(struct load *l, struct trust *t, const struct workload_event *e,
              unsigned numerator, unsigned denominator)
{
    char indicator[] = "i00000", period[] = "2018-M01";
    put_digits(indicator + 6, e->series % l->workload.indicators);
    put_digits(period + 4, WORKLOAD_FIRST_YEAR + e->period / 12u);
    put_digits(period + 8, 1u + e->period % 12u);
    mv_pack_list(&t->rows, 5);
    mv_pack_text(&t->rows, mv_span(indicator, 6));
    mv_pack_text(&t->rows, mv_span_text(t->unit));
    mv_pack_text(&t->rows, mv_span(period, 8));
    mv_pack_u64(&t->rows, numerator);
    mv_pack_u64(&t->rows, denominator);
    t->count++;
}

void load_send(struct load *l, struct trust *t)
{
    static const char *const fields[] = {"indicator", "unit", "period",
                                         "numerator", "denominator"};
    struct mv_buf frame = {0};
    mv_pack_map(&frame, 6);
    mv_pack_kv_u64(&frame, "v", 1);
    mv_pack_kv_cstr(&frame, "type", "delivery");
    mv_pack_kv_cstr(&frame, "producer", l->producer);
    mv_pack_kv_u64(&frame, "number", t->number);
    mv_pack_cstr(&frame, "fields");
    mv_pack_list(&frame, 5);
    for (size_t i = 0; i < 5; i++)
        mv_pack_cstr(&frame, fields[i]);
    mv_pack_cstr(&frame, "rows");
    mv_pack_list(&frame, t->count);
    mv_pack_raw(&frame, mv_buf_span(&t->rows));
    t->sent_ns[t->number % 256] = bound_ns();
    t->sent_rows[t->number % 256] = t->count;
    if (zmq_send(t->socket, frame.at, frame.len, 0) < 0)
        bound_die("send");
    l->sent += t->count;
    l->messages++;
    t->number++;
    t->count = 0;
    mv_buf_clear(&t->rows);
    mv_buf_done(&frame);
}

bool load_seen(struct trust *t, const struct load *l,
               const struct workload_event *e)
{
    uint32_t figure = e->series % l->workload.indicators * l->workload.periods +
                      e->period + 1;
    uint64_t mark = (t->number + 1) << 32;
    uint32_t slot = figure * 2654435761u;
    for (;; slot++) {
        uint64_t *at = &t->seen[slot % SEEN_SLOTS];
        if (*at == (mark | figure))
            return true;
        if (*at < mark) { /* of an earlier delivery: free */
            *at = mark | figure;
            return false;
        }
    }
}

static void take_answer(struct load *l, const struct trust *t,
                        const struct mv_msg_answer *answer)
{
    if (!mv_span_is(answer->result, "accepted")) {
        if (l->refused++ == 0) {
            (void)fprintf(
                stderr, "answered %.*s %.*s\n", (int)answer->result.len,
                (const char *)answer->result.at, (int)answer->reason.len,
                (const char *)answer->reason.at);
        }
    }
    uint64_t sent_ns = t->sent_ns[answer->number % 256];
    l->acked += t->sent_rows[answer->number % 256];
    if (l->counting)
        bound_samples_add(&l->latency, bound_ns() - sent_ns);
    if (l->answered != NULL)
        l->answered(l->ctx, answer->seq, sent_ns);
}

bool load_answered(struct load *l, struct trust *t, int flag)
{
    zmq_msg_t m;
    struct mv_answers answers;
    struct mv_msg_answer answer;
    struct mv_span bytes;
    struct mv_fault fault;
    (void)zmq_msg_init(&m);
    if (zmq_msg_recv(&m, t->socket, flag) < 0)
        return false;
    if (!mv_answers_open(&answers, mv_span(zmq_msg_data(&m), zmq_msg_size(&m)),
                         &fault))
        bound_die("not answers");
    while (mv_answers_next(&answers, &answer, &bytes))
        take_answer(l, t, &answer);
    (void)zmq_msg_close(&m);
    return true;
}

void load_answers(struct load *l, long wait_ms)
{
    zmq_pollitem_t items[TRUSTS_MAX];
    for (unsigned i = 0; i < l->trust_count; i++)
        items[i] = (zmq_pollitem_t){l->trusts[i].socket, 0, ZMQ_POLLIN, 0};
    if (zmq_poll(items, (int)l->trust_count, wait_ms) <= 0)
        return;
    for (unsigned i = 0; i < l->trust_count; i++) {
        if ((items[i].revents & ZMQ_POLLIN) != 0)
            (void)load_answered(l, &l->trusts[i], ZMQ_DONTWAIT);
    }
}

struct load load_settings(int argc, char **argv)
{
    struct load l = {
        .per_msg = (size_t)bound_number(argc, argv, "--per-msg", 256),
        .window = (size_t)bound_number(argc, argv, "--window", 4096),
        .secs = bound_number(argc, argv, "--secs", 1),
        .workload =
            {
                .trusts = (unsigned)bound_number(argc, argv, "--trusts", 20),
                .indicators =
                    (unsigned)bound_number(argc, argv, "--indicators", 500),
                .periods = (unsigned)bound_number(argc, argv, "--periods", 100),
                .seed = 1,
            },
    };
    (void)snprintf(l.producer, sizeof l.producer, "load-%llu",
                   (unsigned long long)bound_ns());
    bound_samples_init(&l.latency, 1 << 20);
    return l;
}
