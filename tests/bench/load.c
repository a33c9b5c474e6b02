/* load - maalvakt's producers, as a program to measure by.
 *   load ingest  --per-msg N --window EVENTS --secs S     answers
 *   load whole   --per-msg N --window EVENTS [--periods P]
 *                                          the workload, as fast as it is taken
 *   load catalogue --trusts T --indicators I              prints the YAML files
 * Common: see producer.h. Prints one JSON line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <zmq.h>

#include "tests/bench/producer.h"

static void report(struct load *l, const char *what, uint64_t begin_ns,
                   uint64_t events, double cpu)
{
    double seconds = (double)(bound_ns() - begin_ns) / 1e9;
    (void)printf("{\"bench\":\"maalvakt\",\"case\":\"%s\",\"per_msg\":%zu,"
                 "\"window\":%zu,\"events\":%llu,\"first_ns\":%llu,"
                 "\"seconds\":%.3f,"
                 "\"events_s\":%.0f,\"p50_us\":%.1f,\"p99_us\":%.1f,"
                 "\"client_cpu_s\":%.3f,\"refused\":%llu}\n",
                 what, l->per_msg, l->window, (unsigned long long)events,
                 (unsigned long long)begin_ns, seconds,
                 (double)events / seconds, bound_samples_us(&l->latency, 0.5),
                 bound_samples_us(&l->latency, 0.99), cpu,
                 (unsigned long long)l->refused);
}

/* One trust, distinct figures without end; each answer makes room at once. */
static void fill_window(struct load *l, struct trust *t, uint32_t *next)
{
    uint32_t figures = l->workload.indicators * l->workload.periods;
    size_t window = l->window > l->per_msg ? l->window : l->per_msg;
    struct workload_event e = {0};
    while (l->sent - l->acked + l->per_msg <= window) {
        while (t->count < l->per_msg) {
            uint32_t n = (*next)++;
            e.series = n % figures / l->workload.periods;
            e.period = (uint16_t)(n % l->workload.periods);
            load_put(l, t, &e, n * 2654435761u >> 22, 1024);
        }
        load_send(l, t);
    }
}

static void run_ingest(struct load *l)
{
    struct trust *t = &l->trusts[0];
    uint64_t begin = 0, before = 0, now, end = UINT64_MAX;
    uint64_t warm = bound_ns() + 300000000u;
    uint32_t next = 0;
    double cpu = 0;
    while ((now = bound_ns()) < end) {
        if (!l->counting && now >= warm) {
            l->counting = true;
            begin = now;
            before = l->acked;
            end = now + (uint64_t)(l->secs * 1e9);
            cpu = bound_cpu_s(RUSAGE_SELF);
        }
        fill_window(l, t, &next);
        int flag = 0;
        while (load_answered(l, t, flag)) {
            flag = ZMQ_DONTWAIT;
            fill_window(l, t, &next);
        }
    }
    report(l, "ingest", begin, l->acked - before,
           bound_cpu_s(RUSAGE_SELF) - cpu);
}

/* What of an event is the workload's to say, not a producer's. */
struct prepared {
    unsigned numerator, denominator;
    bool opens; /* a delivery: that before is full, or has the figure */
};

static struct prepared *
prepare(struct load *l, const struct workload_event *events, size_t count)
{
    struct prepared *all = calloc(count, sizeof *all);
    if (all == NULL)
        bound_die("calloc");
    for (size_t i = 0; i < count; i++) {
        struct trust *t = &l->trusts[events[i].series / l->workload.indicators];
        workload_figure(&l->workload, &events[i], &all[i].numerator,
                        &all[i].denominator);
        all[i].opens = t->count == l->per_msg || load_seen(t, l, &events[i]);
        if (all[i].opens) {
            t->count = 0;
            t->number++;
            (void)load_seen(t, l, &events[i]);
        }
        t->count++;
    }
    for (unsigned i = 0; i < l->trust_count; i++)
        l->trusts[i].count = 0;
    return all;
}

static void run_whole(struct load *l)
{
    size_t count;
    struct workload_event *events = workload_make(&l->workload, &count);
    struct prepared *all = prepare(l, events, count);
    l->counting = true;
    uint64_t begin = bound_ns();
    double cpu = bound_cpu_s(RUSAGE_SELF);
    for (size_t i = 0; i < count; i++) {
        struct trust *t = &l->trusts[events[i].series / l->workload.indicators];
        if (all[i].opens && t->count > 0)
            load_send(l, t);
        load_put(l, t, &events[i], all[i].numerator, all[i].denominator);
        if (t->count == l->per_msg)
            load_send(l, t);
        while (l->sent - l->acked > l->window)
            load_answers(l, 100);
    }
    for (unsigned i = 0; i < l->trust_count; i++) {
        if (l->trusts[i].count > 0)
            load_send(l, &l->trusts[i]);
    }
    while (l->acked < l->sent)
        load_answers(l, 100);
    report(l, "whole", begin, count, bound_cpu_s(RUSAGE_SELF) - cpu);
    free(all);
    free(events);
}

static void print_catalogue(const struct workload *w)
{
    (void)printf("units:\n  - {id: region, name: Region, kind: region}\n");
    for (unsigned t = 0; t < w->trusts; t++) {
        (void)printf("  - {id: t%02u, name: Trust %u, kind: trust, "
                     "parent: region}\n",
                     t, t);
    }
    (void)printf("---\nindicators:\n");
    for (unsigned i = 0; i < w->indicators; i++) {
        (void)printf("  - {id: i%05u, title: Indicator %u, measure: percent, "
                     "frequency: M, over_periods: ratio, over_units: none, "
                     "by: trust}\n",
                     i, i);
    }
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
    struct load l = load_settings(argc, argv);
    if (strcmp(what, "catalogue") == 0) {
        print_catalogue(&l.workload);
        return 0;
    }
    load_connect(&l, argc, argv);
    if (strcmp(what, "ingest") == 0)
        run_ingest(&l);
    else if (strcmp(what, "whole") == 0)
        run_whole(&l);
    else
        bound_die("ingest, whole or catalogue");
    return l.refused > 0;
}
