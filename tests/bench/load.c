/* load - maalvakt's producers and one subscriber, as a program to measure by.
 *   load ingest  --per-msg N --window EVENTS --secs S     answers
 *   load whole   --per-msg N --window EVENTS [--periods P]
 *                                          the workload, as fast as it is taken
 *   load catalogue --trusts T --indicators I              prints the YAML files
 * Common: --endpoint E --server HEX --keys FILE (lines: unit public secret).
 * Prints one JSON line. Rows are what trusts send: indicator, unit, period,
 * numerator, denominator. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <zmq.h>

#include "proto/msg.h"
#include "proto/pack.h"
#include "services/base/buf.h"
#include "services/base/hash.h"
#include "tests/bench/bound.h"
#include "tests/bench/workload.h"

#define TRUSTS_MAX 64u
#define SEEN_SLOTS 8192u /* a power of two, over twice the largest delivery */
#define IN_FLIGHT  65536u

struct trust {
    char unit[64];
    void *socket;
    struct mv_buf rows;
    uint32_t count;
    uint32_t seen[SEEN_SLOTS]; /* figures in this delivery, plus one */
    uint64_t number;
    uint64_t sent_ns[256];
    uint32_t sent_rows[256];
};

struct load {
    struct trust *trusts;
    unsigned trust_count;
    size_t per_msg, window;
    double secs;
    char producer[32];
    struct workload workload;
    uint64_t sent, acked; /* events */
    uint64_t messages, refused;
    struct bound_samples latency;
    bool counting;
};

static void *dealer(void *ctx, const char *endpoint, const uint8_t *server,
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

static void connect_all(struct load *l, int argc, char **argv)
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
        t->socket = dealer(ctx, endpoint, server, public, secret);
    }
    (void)fclose(f);
}

static void put_row(struct load *l, struct trust *t,
                    const struct workload_event *e)
{
    char text[32];
    unsigned numerator, denominator;
    workload_figure(&l->workload, e, &numerator, &denominator);
    mv_pack_list(&t->rows, 5);
    (void)snprintf(text, sizeof text, "i%05u",
                   e->series % l->workload.indicators);
    mv_pack_cstr(&t->rows, text);
    mv_pack_cstr(&t->rows, t->unit);
    (void)snprintf(text, sizeof text, "%04u-M%02u",
                   WORKLOAD_FIRST_YEAR + e->period / 12u, 1u + e->period % 12u);
    mv_pack_cstr(&t->rows, text);
    mv_pack_u64(&t->rows, numerator);
    mv_pack_u64(&t->rows, denominator);
    t->count++;
}

static void send_delivery(struct load *l, struct trust *t)
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
    memset(t->seen, 0, sizeof t->seen);
    mv_buf_done(&frame);
}

/* True: the figure is in the delivery already, which would be refused. */
static bool seen(struct trust *t, const struct load *l,
                 const struct workload_event *e)
{
    uint32_t figure = e->series % l->workload.indicators * l->workload.periods +
                      e->period + 1;
    uint32_t slot = figure * 2654435761u;
    for (;; slot++) {
        uint32_t *at = &t->seen[slot % SEEN_SLOTS];
        if (*at == figure)
            return true;
        if (*at == 0) {
            *at = figure;
            return false;
        }
    }
}

static void take_answer(struct load *l, struct trust *t, int flag)
{
    zmq_msg_t m;
    struct mv_msg_answer answer;
    struct mv_fault fault;
    (void)zmq_msg_init(&m);
    if (zmq_msg_recv(&m, t->socket, flag) < 0)
        return;
    if (!mv_msg_answer_decode(mv_span(zmq_msg_data(&m), zmq_msg_size(&m)),
                              &answer, &fault))
        bound_die("not an answer");
    if (!mv_span_is(answer.result, "accepted")) {
        if (l->refused++ == 0)
            (void)fprintf(
                stderr, "answered %.*s %.*s\n", (int)answer.result.len,
                (const char *)answer.result.at, (int)answer.reason.len,
                (const char *)answer.reason.at);
    }
    l->acked += t->sent_rows[answer.number % 256];
    if (l->counting)
        bound_samples_add(&l->latency,
                          bound_ns() - t->sent_ns[answer.number % 256]);
    (void)zmq_msg_close(&m);
}

static void take_answers(struct load *l, long wait_ms)
{
    zmq_pollitem_t items[TRUSTS_MAX];
    for (unsigned i = 0; i < l->trust_count; i++)
        items[i] = (zmq_pollitem_t){l->trusts[i].socket, 0, ZMQ_POLLIN, 0};
    if (zmq_poll(items, (int)l->trust_count, wait_ms) <= 0)
        return;
    for (unsigned i = 0; i < l->trust_count; i++) {
        if ((items[i].revents & ZMQ_POLLIN) != 0)
            take_answer(l, &l->trusts[i], ZMQ_DONTWAIT);
    }
}

static void report(struct load *l, const char *what, double seconds,
                   uint64_t events, double cpu)
{
    (void)printf("{\"bench\":\"maalvakt\",\"case\":\"%s\",\"per_msg\":%zu,"
                 "\"window\":%zu,\"events\":%llu,\"seconds\":%.3f,"
                 "\"events_s\":%.0f,\"p50_us\":%.1f,\"p99_us\":%.1f,"
                 "\"client_cpu_s\":%.3f,\"refused\":%llu}\n",
                 what, l->per_msg, l->window, (unsigned long long)events,
                 seconds, (double)events / seconds,
                 bound_samples_us(&l->latency, 0.5),
                 bound_samples_us(&l->latency, 0.99), cpu,
                 (unsigned long long)l->refused);
}

/* One trust, distinct figures without end. */
static void run_ingest(struct load *l)
{
    struct trust *t = &l->trusts[0];
    struct workload_event e = {0};
    uint64_t begin = 0, before = 0, now, end = UINT64_MAX;
    uint64_t warm = bound_ns() + 300000000u;
    uint32_t figures = l->workload.indicators * l->workload.periods, next = 0;
    size_t window = l->window > l->per_msg ? l->window : l->per_msg;
    double cpu = 0;
    while ((now = bound_ns()) < end) {
        if (!l->counting && now >= warm) {
            l->counting = true;
            begin = now;
            before = l->acked;
            end = now + (uint64_t)(l->secs * 1e9);
            cpu = bound_cpu_s(RUSAGE_SELF);
        }
        while (l->sent - l->acked + l->per_msg <= window) {
            while (t->count < l->per_msg) {
                e.series = next % figures / l->workload.periods;
                e.period = (uint16_t)(next++ % l->workload.periods);
                put_row(l, t, &e);
            }
            send_delivery(l, t);
        }
        take_answer(l, t, 0);
        while (l->acked < l->sent) { /* whatever else is there */
            uint64_t had = l->acked;
            take_answer(l, t, ZMQ_DONTWAIT);
            if (l->acked == had)
                break;
        }
    }
    report(l, "ingest", (double)(now - begin) / 1e9, l->acked - before,
           bound_cpu_s(RUSAGE_SELF) - cpu);
}

static void run_whole(struct load *l)
{
    size_t count;
    struct workload_event *events = workload_make(&l->workload, &count);
    l->counting = true;
    uint64_t begin = bound_ns();
    double cpu = bound_cpu_s(RUSAGE_SELF);
    for (size_t i = 0; i < count; i++) {
        struct trust *t = &l->trusts[events[i].series / l->workload.indicators];
        if (seen(t, l, &events[i])) {
            send_delivery(l, t);
            (void)seen(t, l, &events[i]);
        }
        put_row(l, t, &events[i]);
        if (t->count == l->per_msg)
            send_delivery(l, t);
        while (l->sent - l->acked > l->window)
            take_answers(l, 100);
    }
    for (unsigned i = 0; i < l->trust_count; i++) {
        if (l->trusts[i].count > 0)
            send_delivery(l, &l->trusts[i]);
    }
    while (l->acked < l->sent)
        take_answers(l, 100);
    report(l, "whole", (double)(bound_ns() - begin) / 1e9, count,
           bound_cpu_s(RUSAGE_SELF) - cpu);
    free(events);
}

static void print_catalogue(const struct workload *w)
{
    (void)printf("units:\n  - {id: region, name: Region, kind: region}\n");
    for (unsigned t = 0; t < w->trusts; t++)
        (void)printf("  - {id: t%02u, name: Trust %u, kind: trust, "
                     "parent: region}\n",
                     t, t);
    (void)printf("---\nindicators:\n");
    for (unsigned i = 0; i < w->indicators; i++)
        (void)printf("  - {id: i%05u, title: Indicator %u, measure: percent, "
                     "frequency: M, over_periods: ratio, over_units: none, "
                     "by: trust}\n",
                     i, i);
    (void)printf("---\ntargets:\n");
    unsigned years = (w->periods + 11) / 12;
    for (unsigned i = 0; i < w->indicators; i++) {
        bool at_least;
        unsigned limit = workload_limit(w, i, &at_least);
        (void)printf("  - {id: g%05u, years: %u-%u, text: Target %u, "
                     "indicator: i%05u, scope: [trust], "
                     "require: [\"latest %s %u %%\"]}\n",
                     i, WORKLOAD_FIRST_YEAR, WORKLOAD_FIRST_YEAR + years - 1, i,
                     i, at_least ? ">=" : "<=", limit);
    }
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
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
    if (strcmp(what, "catalogue") == 0) {
        print_catalogue(&l.workload);
        return 0;
    }
    (void)snprintf(l.producer, sizeof l.producer, "load-%llu",
                   (unsigned long long)bound_ns());
    bound_samples_init(&l.latency, 1 << 20);
    connect_all(&l, argc, argv);
    if (strcmp(what, "ingest") == 0)
        run_ingest(&l);
    else if (strcmp(what, "whole") == 0)
        run_whole(&l);
    else
        bound_die("ingest, whole or catalogue");
    return l.refused > 0;
}
