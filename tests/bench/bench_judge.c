/* What it costs to apply a monthly figure and to judge its target, in memory:
 *   bench_judge [trusts [indicators [months [scope: trust|region]]]]
 * Deliveries of 256 figures of one trust, period by period; prints one JSON
 * line with ns of CPU per figure. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "services/judging/figure.h"
#include "services/judging/interner.h"
#include "services/judging/touched.h"

#define DELIVERY 256

struct bench {
    struct mv_catalogue *c;
    struct mv_interner *interner;
    struct mv_plan *plan;
    struct mv_judge_env env;
    struct mv_touched *touched;
    struct mv_judgement judgement;
    uint64_t seq, figures, judged;
    uint64_t colours[4];
};

static void make_texts(struct mv_buf text[3], unsigned trusts,
                       unsigned indicators, unsigned months, const char *scope)
{
    mv_buf_text(&text[0], "units:\n  - {id: r, name: R, kind: region}\n");
    for (unsigned i = 0; i < trusts; i++)
        mv_buf_printf(&text[0],
                      "  - {id: t%u, name: T, kind: trust, parent: r}\n", i);
    mv_buf_text(&text[1], "indicators:\n");
    mv_buf_text(&text[2], "targets:\n");
    for (unsigned i = 0; i < indicators; i++) {
        mv_buf_printf(&text[1],
                      "  - {id: i%u, title: {nb: t}, measure: percent, "
                      "frequency: M, better: higher, over_periods: ratio, "
                      "over_units: ratio, by: trust}\n",
                      i);
        mv_buf_printf(&text[2],
                      "  - {id: g%u, years: 2018-%u, text: {nb: t}, "
                      "indicator: i%u, scope: [%s], "
                      "require: [latest >= 50 %%]}\n",
                      i, 2018 + (months - 1) / 12, i, scope);
    }
}

static void start(struct bench *b, struct mv_buf text[3])
{
    struct mv_faults faults = {0};
    struct mv_catalogue_files files = {.text = {mv_buf_span(&text[0]),
                                                mv_buf_span(&text[1]),
                                                mv_buf_span(&text[2])}};
    if (mv_catalogue_load(&b->c, &files, &faults) != MV_OK)
        abort();
    mv_faults_done(&faults);
    b->interner = mv_interner_open();
    struct mv_intern calls = mv_interner_calls(b->interner);
    b->plan = mv_plan_open(b->c, &calls);
    b->env = (struct mv_judge_env){b->plan, mv_rowcache_open(NULL, 0), 0, 0};
    b->touched = mv_touched_open();
}

static void judge_delivery(struct bench *b)
{
    const struct mv_pair *pairs;
    size_t n = mv_touched_pairs(b->touched, &pairs);
    for (size_t i = 0; i < n; i++) {
        mv_judge(&b->env, pairs[i].target, pairs[i].unit, &b->judgement);
        b->colours[b->judgement.status]++;
    }
    b->judged += n;
    mv_touched_clear(b->touched);
    mv_rowcache_mark(b->env.rows);
    b->seq++;
}

static void apply(struct bench *b, unsigned unit, unsigned indicator,
                  unsigned month)
{
    struct mv_figure f = {.unit = unit,
                          .indicator = indicator,
                          .member = MV_MEMBER_TOTAL,
                          .held = MV_HELD_RATIO,
                          .numerator =
                              (int64_t)((b->figures * 7919) % 1000) * 1000000,
                          .denominator = INT64_C(1000000000),
                          .time_ms = (int64_t)b->seq,
                          .seq = b->seq,
                          .row = (uint16_t)(b->figures % DELIVERY)};
    if (!mv_period_nth(MV_FREQ_M, 2018 + (int)month / 12, (int)month % 12 + 1,
                       &f.period))
        abort();
    if (mv_figure_apply(&b->env, &f, NULL) == MV_APPLIED_CHANGED)
        mv_touched_figure(b->touched, b->plan, unit, indicator, f.period.year);
    b->figures++;
}

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

int main(int argc, char **argv)
{
    unsigned trusts = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 20;
    unsigned indicators = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 500;
    unsigned months = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 100;
    const char *scope = argc > 4 ? argv[4] : "trust";
    struct mv_buf text[3] = {{0}, {0}, {0}};
    struct bench b = {0};
    make_texts(text, trusts, indicators, months, scope);
    start(&b, text);
    double from = cpu_s();
    for (unsigned m = 0; m < months; m++) {
        for (unsigned t = 0; t < trusts; t++) {
            for (unsigned i = 0; i < indicators; i++) {
                apply(&b, t + 1, i, m);
                if (i % DELIVERY == DELIVERY - 1 || i + 1 == indicators)
                    judge_delivery(&b);
            }
        }
    }
    double spent = cpu_s() - from;
    printf("{\"figures\":%llu,\"judged\":%llu,\"green\":%llu,\"red\":%llu,"
           "\"ns_per_figure\":%.0f,\"row_bytes_per_figure\":%.1f}\n",
           (unsigned long long)b.figures, (unsigned long long)b.judged,
           (unsigned long long)b.colours[MV_STATUS_GREEN],
           (unsigned long long)b.colours[MV_STATUS_RED],
           spent * 1e9 / (double)b.figures,
           (double)mv_rowcache_bytes(b.env.rows) / (double)b.figures);
    mv_judgement_done(&b.judgement);
    mv_touched_close(b.touched);
    mv_rowcache_close(b.env.rows);
    mv_plan_close(b.plan);
    mv_interner_close(b.interner);
    mv_catalogue_close(b.c);
    for (int i = 0; i < 3; i++)
        mv_buf_done(&text[i]);
    return 0;
}
