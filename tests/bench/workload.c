/* workload - see workload.h. Job: the same million figures on every machine.
 * Invariant: a figure is a hash of (seed, series, period, revision) alone. */
#include "tests/bench/workload.h"

#include <math.h>
#include <stdlib.h>

#include "tests/bench/bound.h"

#define LATE    0.03
#define REPEAT  0.01
#define CORRECT 0.02

static uint64_t mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static uint64_t hash(const struct workload *w, uint64_t a, uint64_t b,
                     uint64_t c, uint64_t d)
{
    return mix(mix(mix(mix(w->seed ^ mix(a)) ^ b) ^ c) ^ d);
}

static double unit(uint64_t h)
{
    return (double)(h >> 11) / 9007199254740992.0;
}

unsigned workload_limit(const struct workload *w, unsigned indicator,
                        bool *at_least)
{
    uint64_t h = hash(w, 1, indicator, 0, 0);
    *at_least = (h & 1) != 0;
    return 5 * (2 + (unsigned)((h >> 20) % 16));
}

void workload_figure(const struct workload *w, const struct workload_event *e,
                     unsigned *numerator, unsigned *denominator)
{
    bool at_least;
    unsigned percent = workload_limit(w, e->series % w->indicators, &at_least);
    uint64_t of_series = hash(w, 2, e->series, 0, 0);
    uint64_t of_value = hash(w, 3, e->series, e->period, e->revision);
    double swing = 0.10 * unit(of_series) * unit(mix(of_series));
    double base = percent / 100.0 +
                  (at_least ? 0.12 : -0.12) * (unit(mix(of_series + 1)) - 0.10);
    double phase = unit(mix(of_series + 2)) * 12;
    double share = base + swing * sin(2 * M_PI * (e->period + phase) / 12) +
                   0.01 * (unit(of_value) - 0.5);
    share = share < 0.005 ? 0.005 : share > 0.995 ? 0.995 : share;
    *denominator = 40 + (unsigned)(mix(of_value) % 960);
    *numerator = (unsigned)(share * *denominator + 0.5);
}

static uint64_t order_of(uint64_t period, uint64_t random)
{
    return period << 40 | (random & 0xffffffffffu);
}

static int by_order(const void *a, const void *b)
{
    const struct workload_event *x = a, *y = b;
    return (x->order > y->order) - (x->order < y->order);
}

static size_t make_one(const struct workload *w, uint32_t series,
                       unsigned period, struct workload_event *at)
{
    size_t n = 0;
    unsigned late = 0;
    uint64_t h = hash(w, 4, series, period, 0);
    struct workload_event e = {.series = series, .period = (uint16_t)period};
    if (unit(mix(h + 1)) < LATE)
        late = 1 + (unsigned)(mix(h + 2) % 6);
    e.order = order_of(period + late, h);
    at[n++] = e;
    if (unit(mix(h + 3)) < CORRECT) {
        e.order = order_of(period + late + 1 + mix(h + 4) % 6, mix(h + 5));
        e.revision = 1;
        at[n++] = e;
        e.revision = 0;
    }
    if (unit(mix(h + 6)) < REPEAT) {
        e.order = order_of(period + late + mix(h + 7) % 4, h | 0xff00000000u);
        e.repeat = 1;
        at[n++] = e;
    }
    return n;
}

struct workload_event *workload_make(const struct workload *w, size_t *count)
{
    uint32_t series = w->trusts * w->indicators;
    size_t n = 0;
    struct workload_event *at =
        malloc(((size_t)series * w->periods + 1) * 3 * sizeof *at);
    if (at == NULL)
        bound_die("malloc");
    for (uint32_t s = 0; s < series; s++) {
        for (unsigned p = 0; p < w->periods; p++)
            n += make_one(w, s, p, at + n);
    }
    qsort(at, n, sizeof *at, by_order);
    *count = n;
    return at;
}
