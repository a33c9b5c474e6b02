/* evaluator - see evaluator.h. Job: one record in, rows and changes out.
 * Invariant: after each record every status of the catalogue in force
 * was last sent as it is now; a record takes effect whole or
 * leaves only its row in `aside`. Rows, `published`, groups and the mark go
 * with one transaction: a crash in the middle leaves what was before it. */
#include "services/evaluator/evaluator.h"

#include <stdlib.h>
#include <string.h>

#include "proto/limits.h"
#include "proto/statement.h"
#include "services/base/points.h"
#include "services/evaluator/aside.h"
#include "services/evaluator/engine.h"
#include "services/evaluator/preview.h"
#include "services/evaluator/send.h"
#include "services/evaluator/since.h"
#include "services/evaluator/statement.h"

#define KEY_ENGINE "engine"

/* Dense numbers mean something else now, or a transaction was taken back. */
static void forget_dense(struct evaluator *e)
{
    evaluator_published_forget(e->published);
    evaluator_holds_forget(&e->holds);
}

static struct evaluator_cause cause_of(const struct mv_record *record,
                                       const char *kind)
{
    return (struct evaluator_cause){
        .kind = kind, .seq = record->seq, .received_ms = record->received_ms};
}

/* A view of half a year does not know what came to be after it; a plan it
 * does. */
static bool is_beyond(const struct evaluator *e, const struct mv_figure *f)
{
    return e->periods_to != 0 && f->period.last_day > e->periods_to &&
           !e->force.now.catalogue->indicators[f->indicator].ahead;
}

/* From the i-th on, every so often. */
static void expect_rows(const struct evaluator *e,
                        const struct mv_judge_env *env, uint32_t i)
{
    uint32_t left = e->figures.count - i;
    if (i % MV_ROWCACHE_EXPECT == 0)
        mv_figure_expect(env, &e->figures.at[i],
                         left < MV_ROWCACHE_EXPECT ? left : MV_ROWCACHE_EXPECT);
}

static mv_rc apply_figures(struct evaluator *e, const struct mv_record *record,
                           bool withdrawal, struct mv_err *err)
{
    const struct evaluator_moment *m = &e->force.now;
    struct mv_judge_env env = evaluator_env(e);
    uint64_t *counts = e->now.counts;
    mv_rc rc = evaluator_figures_read(&e->figures, m->catalogue, record, err);
    if (rc != MV_OK)
        return rc;
    counts[EVALUATOR_COUNT_FIGURES] += e->figures.count;
    if (e->since != NULL)
        evaluator_since_before(e->since, e);
    for (uint32_t i = 0; i < e->figures.count; i++) {
        const struct mv_figure *f = &e->figures.at[i];
        bool corrected;
        expect_rows(e, &env, i);
        if (is_beyond(e, f))
            continue;
        mv_applied applied = mv_figure_apply(&env, f, &corrected);
        counts[EVALUATOR_COUNT_NOTHING] += applied == MV_APPLIED_NOTHING;
        counts[EVALUATOR_COUNT_OLDER] += applied == MV_APPLIED_OLDER;
        if (applied == MV_APPLIED_OLDER)
            continue;
        /* a withdrawal of nothing too: it says `withdrawn` from now on */
        evaluator_effects_add(&e->effects, &e->figures, i, corrected);
        if (!e->silent)
            mv_touched_figure(e->touched, m->plan, f->unit, f->indicator,
                              f->period.year);
    }
    if (!e->silent) {
        evaluator_send(e, &(struct evaluator_round){
                              .cause = cause_of(
                                  record, withdrawal ? "withdrawal" : "figure"),
                              .before = m->today});
    }
    return MV_OK;
}

static mv_rc apply_catalogue(struct evaluator *e,
                             const struct mv_record *record, struct mv_err *err)
{
    evaluator_published_flush(e->published); /* while its indices hold */
    mv_rc rc =
        evaluator_force_catalogue(&e->force, record->seq, record->content, err);
    if (rc != MV_OK)
        return rc;
    forget_dense(e);
    evaluator_preview_close(e->preview);
    e->preview = NULL;
    struct evaluator_cause cause = cause_of(record, "catalogue");
    evaluator_catalogue_apply(e, &cause);
    return MV_OK;
}

static mv_rc apply_clock(struct evaluator *e, const struct mv_record *record,
                         struct mv_err *err)
{
    struct mv_msg_clock msg;
    struct mv_fault fault = {0};
    int32_t day;
    if (!mv_msg_clock_decode(record->content, &msg, &fault) ||
        !mv_day_parse(msg.day, &day))
        return mv_fail(err, MV_POISON, "not a day");
    struct evaluator_cause cause = cause_of(record, "clock");
    evaluator_day_apply(e, day, &cause);
    return MV_OK;
}

/* Version and type stand first in every record; the rest is looked at by
 * whoever reads that type. */
static mv_rc head_of(struct mv_span content, struct mv_span *type,
                     struct mv_err *err)
{
    struct mv_cursor c = mv_cursor(content);
    struct mv_span key;
    uint32_t pairs;
    uint64_t version;
    if (!mv_cursor_map(&c, &pairs) || pairs < 2 || !mv_cursor_text(&c, &key) ||
        !mv_span_is(key, "v") || !mv_cursor_u64(&c, &version))
        return mv_fail(err, MV_POISON, "not a record's content");
    if (version > MV_PROTO_VERSION)
        return mv_fail_later(err, version, MV_PROTO_VERSION);
    if (version != MV_PROTO_VERSION || !mv_cursor_text(&c, &key) ||
        !mv_span_is(key, "type") || !mv_cursor_text(&c, type))
        return mv_fail(err, MV_POISON, "not a record's content");
    return MV_OK;
}

static mv_rc take_effect(struct evaluator *e, const struct mv_record *record,
                         struct mv_err *err)
{
    struct mv_span type = {0};
    mv_statement_kind kind;
    MV_POINT_AT("applying", record->seq);
    mv_rc rc = head_of(record->content, &type, err);
    if (rc != MV_OK)
        return rc;
    if (mv_span_is(type, "delivery"))
        return apply_figures(e, record, false, err);
    if (mv_span_is(type, "withdrawal"))
        return apply_figures(e, record, true, err);
    if (mv_span_is(type, "catalogue"))
        return apply_catalogue(e, record, err);
    if (mv_span_is(type, "clock"))
        return apply_clock(e, record, err);
    if (mv_statement_is(record->content, &kind))
        return evaluator_statement_apply(e, record, err);
    return mv_fail(err, MV_POISON, "no such kind of record");
}

mv_rc evaluator_apply(struct evaluator *e, const struct mv_record *record,
                      struct mv_err *err)
{
    if (record->seq != e->now.seq + 1) {
        return mv_fail(err, MV_FATAL, "record %llu after %llu",
                       (unsigned long long)record->seq,
                       (unsigned long long)e->now.seq);
    }
    evaluator_effects_clear(&e->effects);
    mv_rowcache_mark(e->rows);
    mv_rc rc = MV_OK;
    if (record->seq <= e->last_skip && evaluator_skip_holds(&e->book, record)) {
        e->now.counts[EVALUATOR_COUNT_SKIPPED]++;
        rc = mv_fail(err, MV_POISON, "skipped by an operator");
    } else {
        struct mv_err why = {0};
        rc = take_effect(e, record, &why);
        if (rc == MV_POISON && MV_BROKEN("poison_ends"))
            rc = MV_FATAL;
        if (rc == MV_POISON) {
            evaluator_aside_put(&e->book, record->seq, why.text);
            e->now.counts[EVALUATOR_COUNT_ASIDE]++;
        }
        if (rc != MV_OK)
            (void)mv_fail(err, rc, "record %llu: %s",
                          (unsigned long long)record->seq, why.text);
    }
    if (!mv_goes_on(rc))
        return rc;
    if (rc == MV_OK && e->since != NULL)
        evaluator_since_take(e->since, e, record);
    e->moved = true;
    e->now.seq = record->seq;
    e->now.received_ms = record->received_ms;
    memcpy(e->now.hash, record->chain, MV_HASH_BYTES);
    return rc;
}

/* ---- the store's transaction, and opening ---- */

static void before_commit(void *ctx)
{
    struct evaluator *e = ctx;
    evaluator_published_flush(e->published);
    if (!e->moved)
        return;
    mv_rowcache_flush(e->rows);
    if (MV_BROKEN("batches_count"))
        e->now.counts[EVALUATOR_COUNT_FIGURES]++;
    evaluator_book_put_mark(&e->book,
                            MV_BROKEN("mark_apart") ? &e->committed : &e->now);
}

static void ended(void *ctx, bool committed)
{
    struct evaluator *e = ctx;
    if (!committed)
        forget_dense(e);
    mv_rowcache_settle(e->rows, committed);
    (void)evaluator_force_settle(&e->force, committed);
    evaluator_published_trim(e->published);
    if (committed)
        e->committed = e->now;
    else
        e->now = e->committed;
    e->moved = false;
}

/* A row that could not be read was kept as one that is not there. */
static void unsound(void *ctx)
{
    struct evaluator *e = ctx;
    forget_dense(e);
    mv_rowcache_settle(e->rows, false);
}

static bool get_row(void *ctx, struct mv_span key, struct mv_span *value)
{
    const struct evaluator_book *b = ctx;
    return mv_store_get(b->store, b->rows, key, value);
}

static void put_row(void *ctx, struct mv_span key, struct mv_span value)
{
    const struct evaluator_book *b = ctx;
    if (value.len == 0)
        mv_store_del(b->store, b->rows, key);
    else
        mv_store_put(b->store, b->rows, key, value);
}

/* In a snapshot. *fresh: nothing was ever applied on this side. */
static mv_rc read_state(struct evaluator *e, const struct evaluator_options *o,
                        bool *fresh, struct mv_err *err)
{
    uint64_t engine = EVALUATOR_ENGINE;
    struct mv_scan scan;
    struct mv_span key, value;
    evaluator_book_init(&e->book, o->store, o->spare);
    *fresh = !evaluator_book_number(&e->book, KEY_ENGINE, &engine);
    if (engine != EVALUATOR_ENGINE) {
        return mv_fail(err, MV_CONFIG,
                       "the store was made by engine %llu, this program is "
                       "engine %u: run maalvakt-evaluator rebuild",
                       (unsigned long long)engine, EVALUATOR_ENGINE);
    }
    evaluator_book_mark(&e->book, &e->committed);
    e->now = e->committed;
    mv_scan_open(&scan, o->store, e->book.skips, mv_span(NULL, 0));
    if (mv_scan_prev(&scan, &key, &value) && key.len == 8)
        e->last_skip = mv_be64_get(key.at);
    mv_scan_close(&scan);
    return evaluator_force_open(&e->force, &e->book, err);
}

static mv_rc write_fresh(struct evaluator *e, struct mv_err *err)
{
    mv_store_begin(e->book.store);
    evaluator_book_put(&e->book, KEY_ENGINE, EVALUATOR_ENGINE);
    return mv_store_commit(e->book.store, err);
}

mv_rc evaluator_open(struct evaluator **ret, const struct evaluator_options *o,
                     struct mv_err *err)
{
    mv_rc rc = MV_OK;
    bool fresh = false;
    struct evaluator *e = mv_xcalloc(1, sizeof *e);
    struct mv_rows rows = {&e->book, get_row, put_row};
    e->changes = o->changes;
    e->silent = o->spare;
    e->periods_to = o->periods_to;
    e->book.store = o->store;
    e->rows = mv_rowcache_open(&rows, o->cache_bytes);
    e->touched = mv_touched_open();
    e->published = evaluator_published_open(&e->book, o->cache_bytes / 4);
    e->group.held_bytes = o->held_bytes;
    if (o->frozen != NULL)
        MV_TRY(evaluator_since_open(&e->since, o->frozen, EVALUATOR_SINCE_BYTES,
                                    err));
    MV_TRY(mv_store_read_begin(o->store, err));
    rc = read_state(e, o, &fresh, err);
    mv_rc end = mv_store_read_end(o->store, rc == MV_OK ? err : NULL);
    MV_TRY(rc != MV_OK ? rc : end);
    if (fresh)
        MV_TRY(write_fresh(e, err));
    e->hook = (struct mv_store_hook){.before_commit = before_commit,
                                     .ended = ended,
                                     .unsound = unsound,
                                     .ctx = e};
    mv_store_hook_add(o->store, &e->hook);
    *ret = e;
    return MV_OK;
out:
    evaluator_close(e);
    return mv_wrap(err, rc, "evaluator");
}

void evaluator_close(struct evaluator *e)
{
    if (e == NULL)
        return;
    if (e->hook.ctx != NULL)
        mv_store_hook_remove(e->book.store, &e->hook);
    evaluator_preview_close(e->preview);
    evaluator_since_close(e->since);
    evaluator_force_done(&e->force);
    evaluator_published_close(e->published);
    mv_rowcache_close(e->rows);
    mv_touched_close(e->touched);
    evaluator_figures_done(&e->figures);
    evaluator_holds_done(&e->holds);
    evaluator_group_done(&e->group);
    mv_judgement_done(&e->judgement);
    mv_withheld_done(&e->withheld);
    evaluator_effects_done(&e->effects);
    free(e);
}
