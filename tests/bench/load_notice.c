/* load_notice - from a push to the answer, and to the notice at a subscriber
 * that has a pull parked at the notifier.
 *   load_notice --gap US       one figure at a time, each turns a status
 *   load_notice --pace EVENTS_S --per-msg N    1 % of the figures turn one
 * Common: see producer.h and subscriber.h. Prints one JSON line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <zmq.h>

#include "proto/msg.h"
#include "proto/walk.h"
#include "tests/bench/producer.h"
#include "tests/bench/subscriber.h"

#define PUSHES  65536u /* whose notice may still be on its way */
#define TURNING 100u   /* indicators whose status is turned */
#define WAIT_NS 3000000000u

struct push {
    uint64_t seq, sent_ns;
};

struct notices {
    struct load *l;
    struct subscriber own;
    uint64_t told, unmatched, turned;
    uint64_t ended; /* merged into a later one: too many were waiting */
    struct push pushes[PUSHES]; /* by seq */
    struct bound_samples latency;
    uint32_t next_turn, next_plain;
    bool red[TURNING];
};

static void on_answer(void *ctx, uint64_t seq, uint64_t sent_ns)
{
    struct notices *n = ctx;
    n->pushes[seq % PUSHES] = (struct push){seq, sent_ns};
}

static void notice(struct notices *n, struct mv_span raw, uint64_t now)
{
    struct mv_msg_notice m;
    struct mv_msg_ended ended;
    struct mv_fault fault;
    struct mv_span bytes;
    uint64_t seq;
    if (mv_value_bin(raw, &bytes) &&
        mv_msg_ended_decode(bytes, &ended, &fault)) {
        n->ended++;
        return;
    }
    if (!mv_value_bin(raw, &bytes) ||
        !mv_msg_notice_decode(bytes, &m, &fault) ||
        !mv_map_u64(m.cause, "seq", &seq))
        bound_die("not a notice");
    const struct push *p = &n->pushes[seq % PUSHES];
    if (p->seq != seq) {
        n->unmatched++;
        return;
    }
    n->told++;
    if (n->l->counting)
        bound_samples_add(&n->latency, now - p->sent_ns);
}

static void on_page(void *ctx, struct mv_list list, uint64_t now)
{
    struct notices *n = ctx;
    struct mv_span item;
    while (load_answered(n->l, &n->l->trusts[0], ZMQ_DONTWAIT)) {
    }
    while (mv_list_next(&list, &item))
        notice(n, item, now);
}

/* The next figure that turns its status: all or nothing of its denominator. */
static void put_turn(struct notices *n)
{
    struct trust *t = &n->l->trusts[0];
    uint32_t i = n->next_turn++ % TURNING;
    struct workload_event e = {
        .series = i, .period = (uint16_t)(n->l->workload.periods - 1)};
    bool at_least;
    (void)workload_limit(&n->l->workload, i, &at_least);
    n->red[i] = !n->red[i];
    n->turned++;
    load_put(n->l, t, &e, n->red[i] == at_least ? 0 : 1000, 1000);
}

/* Any other figure stays where it is. */
static void put_plain(struct notices *n)
{
    struct trust *t = &n->l->trusts[0];
    uint32_t i =
        TURNING + n->next_plain++ % (n->l->workload.indicators - TURNING);
    struct workload_event e = {
        .series = i, .period = (uint16_t)(n->l->workload.periods - 1)};
    bool at_least;
    (void)workload_limit(&n->l->workload, i, &at_least);
    load_put(n->l, t, &e, at_least ? 1000 : 0, 1000);
}

static void one_by_one(struct notices *n, double gap_us, uint64_t end)
{
    struct trust *t = &n->l->trusts[0];
    while (bound_ns() < end) {
        uint64_t told = n->told, from = bound_ns();
        put_turn(n);
        load_send(n->l, t);
        while (!load_answered(n->l, t, 0)) {
        }
        while (n->told == told && bound_ns() - from < WAIT_NS)
            (void)subscriber_take(&n->own, 0);
        (void)nanosleep(&(struct timespec){0, (long)(gap_us * 1e3)}, NULL);
    }
}

static void under_load(struct notices *n, double pace, uint64_t end)
{
    struct load *l = n->l;
    struct trust *t = &l->trusts[0];
    uint64_t begin = bound_ns(), sent = 0;
    while (bound_ns() < end) {
        while (l->sent - l->acked < 200 * l->per_msg &&
               (double)(bound_ns() - begin) / 1e9 * pace >= (double)sent) {
            if (sent % 100 < l->per_msg)
                put_turn(n);
            while (t->count < l->per_msg)
                put_plain(n);
            load_send(l, t);
            sent += l->per_msg;
        }
        zmq_pollitem_t items[] = {{t->socket, 0, ZMQ_POLLIN, 0},
                                  {n->own.socket, 0, ZMQ_POLLIN, 0}};
        (void)zmq_poll(items, 2, 1);
        while (load_answered(l, t, ZMQ_DONTWAIT)) {
        }
        while (subscriber_take(&n->own, ZMQ_DONTWAIT)) {
        }
    }
}

static void report(struct notices *n, double seconds, uint64_t events)
{
    struct load *l = n->l;
    (void)printf(
        "{\"bench\":\"maalvakt\",\"case\":\"notice\",\"per_msg\":%zu,"
        "\"events_s\":%.0f,\"turned\":%llu,\"told\":%llu,\"unmatched\":%llu,"
        "\"ended\":%llu,"
        "\"from\":%llu,\"p50_us\":%.1f,\"p99_us\":%.1f,\"answer_p50_us\":%.1f,"
        "\"answer_p99_us\":%.1f,\"refused\":%llu}\n",
        l->per_msg, (double)events / seconds, (unsigned long long)n->turned,
        (unsigned long long)n->told, (unsigned long long)n->unmatched,
        (unsigned long long)n->ended, (unsigned long long)n->own.from,
        bound_samples_us(&n->latency, 0.5), bound_samples_us(&n->latency, 0.99),
        bound_samples_us(&l->latency, 0.5), bound_samples_us(&l->latency, 0.99),
        (unsigned long long)l->refused);
}

int main(int argc, char **argv)
{
    struct load l = load_settings(argc, argv);
    struct notices *n = calloc(1, sizeof *n);
    double pace = bound_number(argc, argv, "--pace", 0);
    double gap_us = bound_number(argc, argv, "--gap", 2000);
    if (n == NULL)
        bound_die("calloc");
    n->l = &l;
    l.answered = on_answer;
    l.ctx = n;
    load_connect(&l, argc, argv);
    n->own.page = on_page;
    n->own.ctx = n;
    bound_samples_init(&n->latency, 1 << 20);
    subscriber_open(&n->own, argc, argv);
    /* each figure that turns has a colour before anything is measured */
    for (uint32_t i = 0; i < TURNING; i++)
        put_turn(n);
    load_send(&l, &l.trusts[0]);
    uint64_t warm = bound_ns() + 1500000000u;
    while (bound_ns() < warm)
        (void)subscriber_take(&n->own, 0);
    l.counting = true;
    uint64_t begin = bound_ns(), before = l.sent;
    uint64_t end = begin + (uint64_t)(l.secs * 1e9);
    if (pace > 0)
        under_load(n, pace, end);
    else
        one_by_one(n, gap_us, end);
    double seconds = (double)(bound_ns() - begin) / 1e9;
    uint64_t events = l.sent - before, drain = bound_ns() + WAIT_NS;
    while (subscriber_take(&n->own, 0) && bound_ns() < drain) {
    }
    report(n, seconds, events);
    return l.refused > 0;
}
