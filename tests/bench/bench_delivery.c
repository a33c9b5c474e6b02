/* bench_delivery - rows a second that one core reads from untrusted bytes and
 * writes in canonical form, in deliveries of 256 rows. Prints JSON. */
#include "proto/delivery.h"
#include "proto/pack.h"
#include "services/base/err.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ROWS    256u
#define RUNS    9u
#define REPEATS 4000u

static void make(struct mv_buf *out)
{
    static const char *const columns[] = {"indicator", "unit", "period",
                                          "numerator", "denominator"};
    static const char *const units[] = {"ahus", "ous", "vestre-viken",
                                        "innlandet"};
    char text[32];
    mv_pack_map(out, 6);
    mv_pack_kv_u64(out, "v", 1);
    mv_pack_kv_cstr(out, "type", "delivery");
    mv_pack_kv_cstr(out, "producer", "monthly-export");
    mv_pack_kv_u64(out, "number", 412);
    mv_pack_cstr(out, "fields");
    mv_pack_list(out, 5);
    for (size_t i = 0; i < 5; i++)
        mv_pack_cstr(out, columns[i]);
    mv_pack_cstr(out, "rows");
    mv_pack_list(out, ROWS);
    for (uint32_t i = 0; i < ROWS; i++) {
        mv_pack_list(out, 5);
        (void)snprintf(text, sizeof text, "pakkeforlop-%u", i % 64);
        mv_pack_cstr(out, text);
        mv_pack_cstr(out, units[i / 64]);
        mv_pack_cstr(out, "2024-M07");
        mv_pack_u64(out, 100 + i);
        mv_pack_u64(out, 1000 + i);
    }
}

static double seconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double run(struct mv_span in, bool canonical)
{
    struct mv_delivery d = {0};
    struct mv_conflicts conflicts = {0};
    struct mv_buf out = {0};
    double begin = seconds();
    for (uint32_t i = 0; i < REPEATS; i++) {
        MV_ASSERT(mv_delivery_read(in, &d, &conflicts));
        mv_buf_clear(&out);
        if (canonical)
            mv_delivery_canonical(&d, &out);
    }
    double took = seconds() - begin;
    MV_ASSERT(!canonical || mv_span_equal(in, mv_buf_span(&out)));
    mv_delivery_done(&d);
    mv_conflicts_done(&conflicts);
    mv_buf_done(&out);
    return ROWS * (double)REPEATS / took;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static void report(const char *name, struct mv_span in, bool canonical)
{
    double rates[RUNS];
    for (unsigned i = 0; i < RUNS; i++)
        rates[i] = run(in, canonical);
    qsort(rates, RUNS, sizeof *rates, by_size);
    (void)printf("{\"name\": \"%s\", \"ours\": %.0f, \"unit\": \"rows/s\", "
                 "\"runs\": %u, \"bytes\": %zu}\n",
                 name, rates[RUNS / 2], RUNS, in.len);
}

int main(void)
{
    struct mv_buf in = {0};
    make(&in);
    report("delivery_read", mv_buf_span(&in), false);
    report("delivery_read_canonical", mv_buf_span(&in), true);
    mv_buf_done(&in);
    return 0;
}
