/* world - see world.h. */
#include "tests/support/world.h"

#include "services/base/buf.h"
#include "services/base/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void world_open(struct world *w, const char *units, const char *indicators,
                const char *targets)
{
    struct mv_faults faults = {0};
    struct mv_catalogue_files files = {
        .text = {[MV_FILE_UNITS] = mv_span_text(units),
                 [MV_FILE_INDICATORS] = mv_span_text(indicators),
                 [MV_FILE_TARGETS] = mv_span_text(targets)}};
    *w = (struct world){0};
    if (mv_catalogue_load(&w->c, &files, &faults) != MV_OK) {
        struct mv_buf out = {0};
        mv_faults_print(&faults, &out);
        fprintf(stderr, "%s", mv_buf_cstr(&out));
        abort();
    }
    mv_faults_done(&faults);
    w->interner = mv_interner_open();
    struct mv_intern calls = mv_interner_calls(w->interner);
    w->plan = mv_plan_open(w->c, &calls);
    w->env =
        (struct mv_judge_env){w->plan, mv_rowcache_open(NULL, 0), INT32_MIN, 0};
}

void world_close(struct world *w)
{
    mv_judgement_done(&w->j);
    mv_rowcache_close(w->env.rows);
    mv_plan_close(w->plan);
    mv_interner_close(w->interner);
    mv_catalogue_close(w->c);
}

uint32_t world_unit(const struct world *w, const char *unit)
{
    const struct mv_unit *u = mv_catalogue_unit(w->c, mv_span_text(unit));
    MV_ASSERT(u != NULL);
    return u->index;
}

uint32_t world_indicator(const struct world *w, const char *indicator)
{
    const struct mv_indicator *i =
        mv_catalogue_indicator(w->c, mv_span_text(indicator));
    MV_ASSERT(i != NULL);
    return i->index;
}

uint32_t world_target(const struct world *w, const char *target, int year)
{
    const struct mv_target *t =
        mv_catalogue_target(w->c, mv_span_text(target), year);
    MV_ASSERT(t != NULL);
    return t->index;
}

int32_t world_day(const char *day)
{
    int32_t ret = 0;
    bool ok = mv_day_parse(mv_span_text(day), &ret);
    MV_ASSERT(ok);
    return ret;
}

static int64_t micro(const char *at, size_t len)
{
    int64_t ret = 0;
    mv_number n = mv_micro_parse(mv_span(at, len), &ret);
    MV_ASSERT(n == MV_NUMBER_OK);
    return ret;
}

static void read_value(struct mv_figure *f, const char *value)
{
    const char *slash = strchr(value, '/');
    f->withdrawn = strcmp(value, "x") == 0;
    if (f->withdrawn || strcmp(value, "-") == 0) {
        f->held = MV_HELD_NIL;
    } else if (slash != NULL) {
        f->held = MV_HELD_RATIO;
        f->numerator = micro(value, (size_t)(slash - value));
        f->denominator = micro(slash + 1, strlen(slash + 1));
    } else {
        f->held = MV_HELD_VALUE;
        f->value = micro(value, strlen(value));
    }
}

mv_applied world_push_at(struct world *w, const char *indicator,
                         const char *unit, const char *member,
                         const char *period, const char *value, char flag,
                         int64_t time_ms)
{
    const struct mv_indicator *ind =
        &w->c->indicators[world_indicator(w, indicator)];
    struct mv_figure f = {.unit = world_unit(w, unit),
                          .indicator = ind->index,
                          .member = MV_MEMBER_TOTAL,
                          .time_ms = time_ms,
                          .seq = ++w->seq,
                          .row = w->row,
                          .flag = flag};
    bool ok = mv_period_parse(mv_span_text(period), &f.period);
    MV_ASSERT(ok);
    if (member[0] != 0) {
        f.member = mv_catalogue_member(w->c, ind, mv_span_text(member));
        MV_ASSERT(f.member != MV_NONE);
    }
    read_value(&f, value);
    return mv_figure_apply(&w->env, &f, NULL);
}

mv_applied world_push(struct world *w, const char *indicator, const char *unit,
                      const char *member, const char *period, const char *value,
                      char flag)
{
    return world_push_at(w, indicator, unit, member, period, value, flag,
                         (int64_t)w->seq + 1);
}

const char *world_status(struct world *w, const char *target, int year,
                         const char *unit)
{
    static char text[4096];
    mv_judge(&w->env, world_target(w, target, year), world_unit(w, unit),
             &w->j);
    int n = snprintf(text, sizeof text, "%s", mv_status_text(w->j.status));
    if (w->j.status == MV_STATUS_NONE)
        n += snprintf(text + n, sizeof text - (size_t)n, " %s",
                      mv_reason_text(w->j.reason));
    for (unsigned i = 0; i < w->j.overdue_kept; i++) {
        char period[MV_PERIOD_TEXT_BYTES];
        n += snprintf(text + n, sizeof text - (size_t)n, "%s %s",
                      i == 0 ? " overdue" : "",
                      mv_period_text(&w->j.overdue_at[i], period));
    }
    return text;
}

const char *world_beside(const struct world *w)
{
    static char text[4096];
    char period[MV_PERIOD_TEXT_BYTES];
    int n = 0;
    text[0] = '\0';
    for (unsigned i = 0; i < w->j.beside_kept; i++) {
        n += snprintf(text + n, sizeof text - (size_t)n, "%s%s",
                      i == 0 ? "" : " ",
                      mv_period_text(&w->j.overdue_at[i], period));
    }
    return text;
}

const char *world_ruling(const struct world *w, uint32_t n)
{
    static char text[512];
    char left[MV_DEC_TEXT_BYTES], right[MV_DEC_TEXT_BYTES];
    char margin[MV_DEC_TEXT_BYTES];
    MV_ASSERT(n < w->j.count);
    const struct mv_ruling *r = &w->j.rulings[n];
    if (r->status == MV_STATUS_NONE)
        (void)snprintf(text, sizeof text, "none %s", mv_reason_text(r->reason));
    else {
        (void)snprintf(text, sizeof text, "%s %s %s %s",
                       mv_status_text(r->status), mv_dec_text(r->left, left),
                       mv_dec_text(r->right, right),
                       mv_dec_text(r->margin, margin));
    }
    return text;
}

void world_explain(struct world *w, const char *target, const char *unit,
                   bool (*each)(void *ctx, const struct mv_behind *b),
                   void *ctx)
{
    bool more = true;
    for (uint64_t part = 0; more; part++) {
        struct mv_explaining *k = mv_explaining_open(
            &w->env, world_target(w, target, 2024), world_unit(w, unit), part);
        uint64_t at;
        mv_explaining_judge(k);
        more = mv_explaining_at(k, &at);
        MV_ASSERT(at == part);
        if (more)
            mv_explaining_next(k, each, ctx);
        mv_explaining_close(k);
    }
}
