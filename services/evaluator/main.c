/* maalvakt-evaluator - tables and call-backs; the loop is in services/stream.
 * Invariant: a record's rows, changes and position are one transaction, and
 * nobody hears of a change before its commit. A crash leaves what was
 * committed; a record that ends the process three times waits for `skip`. */
#include <stdlib.h>
#include <string.h>

#include "proto/limits.h"
#include "services/base/event.h"
#include "services/evaluator/engine.h"
#include "services/evaluator/live.h"
#include "services/evaluator/rebuild_main.h"
#include "services/evaluator/settings.h"
#include "services/evaluator/verbs.h"
#include "services/evaluator/view.h"

#define ALARM_ASIDE "quarantine"

enum {
    COUNT_FIGURES,
    COUNT_OLDER,
    COUNT_NOTHING,
    COUNT_STATEMENTS,
    COUNT_SKIPPED
};

static const char *const counters[] = {"figures", "older", "nothing",
                                       "statements", "skipped"};

/* Which of the evaluator's own counts each of them follows. */
static const unsigned counted[] = {
    [COUNT_FIGURES] = EVALUATOR_COUNT_FIGURES,
    [COUNT_OLDER] = EVALUATOR_COUNT_OLDER,
    [COUNT_NOTHING] = EVALUATOR_COUNT_NOTHING,
    [COUNT_STATEMENTS] = EVALUATOR_COUNT_STATEMENTS,
    [COUNT_SKIPPED] = EVALUATOR_COUNT_SKIPPED,
};

struct self {
    struct mv_service *s;
    struct evaluator *evaluator;
    struct evaluator_live live;
    uint64_t until; /* a view: its last record; else 0 */
};

static void close_self(void *ctx)
{
    struct self *self = ctx;
    if (self == NULL)
        return;
    evaluator_close(self->evaluator);
    free(self);
}

static void tell_aside(struct self *self)
{
    uint64_t aside = self->evaluator->now.counts[EVALUATOR_COUNT_ASIDE];
    mv_service_alarm(self->s, ALARM_ASIDE, aside > 0,
                     "records were set aside: list them with `quarantine`");
}

static mv_rc open_with(struct self **ret, struct mv_service *s,
                       const struct evaluator_options *o, struct mv_err *err)
{
    struct self *self = mv_xcalloc(1, sizeof *self);
    self->s = s;
    mv_rc rc = evaluator_open(&self->evaluator, o, err);
    if (rc != MV_OK) {
        free(self);
        return rc;
    }
    const struct evaluator_mark *mark = &self->evaluator->now;
    if (mark->seq > 0)
        mv_service_upstream_set(s, 0, mark->seq, mark->hash);
    evaluator_live_init(&self->live, s, o->changes);
    tell_aside(self);
    *ret = self;
    return MV_OK;
}

static struct evaluator_options options_of(struct mv_service *s,
                                           const struct evaluator_settings *set)
{
    return (struct evaluator_options){
        .store = mv_service_store(s),
        .changes = mv_service_log(s, "changes"),
        .cache_bytes = (size_t)set->cache_bytes,
    };
}

static mv_rc open_self(void **ret, struct mv_service *s, const void *settings,
                       struct mv_err *err)
{
    const struct evaluator_options o = options_of(s, settings);
    struct self *self = NULL;
    mv_rc rc = open_with(&self, s, &o, err);
    *ret = self;
    return rc;
}

static mv_rc open_view(void **ret, struct mv_service *s, const void *settings,
                       struct mv_err *err)
{
    const struct evaluator_view_settings *view = settings;
    struct evaluator_options o = options_of(s, &view->base);
    struct self *self = NULL;
    mv_rc rc = MV_OK;
    MV_TRY(evaluator_view_options(view, &o, err));
    MV_TRY(evaluator_view_prepare(view, o.store, err));
    MV_TRY(open_with(&self, s, &o, err));
    self->until = (uint64_t)view->until;
    *ret = self;
out:
    return rc;
}

/* What the transaction writes: figures that meet in a row are one of them. A
 * cache that was relieved begins at none again. */
static uint64_t written_by(const struct evaluator *e)
{
    return mv_rowcache_dirty(e->rows) + e->sent;
}

static mv_rc apply_record(struct self *self, const struct mv_input *in,
                          struct mv_err *err)
{
    uint64_t before[EVALUATOR_COUNTS];
    const uint64_t *now = self->evaluator->now.counts;
    uint64_t written = written_by(self->evaluator);
    memcpy(before, now, sizeof before);
    mv_rc rc = evaluator_apply(self->evaluator, in->record, err);
    for (unsigned i = 0; i < sizeof counted / sizeof counted[0]; i++)
        mv_service_count(self->s, i, now[counted[i]] - before[counted[i]]);
    uint64_t figures =
        now[EVALUATOR_COUNT_FIGURES] - before[EVALUATOR_COUNT_FIGURES];
    uint64_t more = written_by(self->evaluator);
    mv_service_weigh(self->s, more > written ? (uint32_t)(more - written) : 0,
                     figures * MV_SLOT_BYTES);
    if (now[EVALUATOR_COUNT_SKIPPED] != before[EVALUATOR_COUNT_SKIPPED])
        MV_LOG(RECORD_SKIPPED, mv_kv_int("seq", (int64_t)in->record->seq));
    else if (rc == MV_POISON)
        MV_LOG(RECORD_QUARANTINED, mv_kv_int("seq", (int64_t)in->record->seq),
               mv_kv_text("why", err->text));
    if (rc == MV_POISON)
        tell_aside(self);
    return rc;
}

/* `skip` names the record that is let pass; `resume` tries it again. */
static mv_rc apply_act(struct self *self, const struct mv_input *in)
{
    struct evaluator_refusal no = {0};
    struct evaluator_suspect suspect = {0};
    if (!mv_service_upstream_suspect(self->s, 0, &suspect.seq, suspect.chain))
        suspect.seq = 0;
    if (mv_span_is(in->verb, "skip") &&
        evaluator_skip(self->evaluator, in->args, &suspect, in->key->name,
                       &no) != MV_OK) {
        mv_service_refuse(self->s, in, no.code, no.text);
        return MV_AGAIN;
    }
    mv_service_upstream_go(self->s, 0);
    mv_service_ok(self->s, in);
    return MV_OK;
}

static mv_rc apply(void *ctx, const struct mv_input *in, struct mv_err *err)
{
    struct self *self = ctx;
    switch (in->kind) {
    case MV_INPUT_RECORD:
        if (self->until != 0 && in->record->seq >= self->until)
            mv_service_upstream_stop(self->s, 0, "the view ends here");
        return apply_record(self, in, err);
    case MV_INPUT_ACT:
        return apply_act(self, in);
    case MV_INPUT_MESSAGE:
        mv_service_answer(self->s, in, MV_OUTCOME_REJECTED, mv_span("", 0));
        return MV_AGAIN;
    case MV_INPUT_QUERY:
    case MV_INPUT_TIMER:
    case MV_INPUT_DONE:
        break;
    }
    return MV_OK;
}

static void query(void *ctx, const struct mv_input *in)
{
    struct self *self = ctx;
    struct evaluator_page page = {0};
    struct evaluator_refusal no = {0};
    if (evaluator_ask(self->evaluator, in->verb, in->args, &page, &no) != MV_OK)
        mv_service_refuse(self->s, in, no.code, no.text);
    else
        mv_service_rows(self->s, in, mv_buf_span(&page.rows), page.count,
                        page.next != 0);
    mv_buf_done(&page.rows);
}

static void publish(void *ctx)
{
    struct self *self = ctx;
    evaluator_live_publish(&self->live);
}

static const struct mv_log_def logs[] = {
    {"changes", EVALUATOR_CHANGES,
     MV_ROLE_SERVICE | MV_ROLE_READER | MV_ROLE_AUDITOR | MV_ROLE_OPERATOR},
};

static const struct mv_upstream_def upstreams[] = {
    {"journal", offsetof(struct evaluator_settings, journal),
     offsetof(struct evaluator_settings, journal_key)},
};

int main(int argc, char **argv)
{
    struct mv_service_def def = {
        .name = "evaluator",
        .format = EVALUATOR_FORMAT,
        .settings = &evaluator_settings,
        .settings_bytes = sizeof(struct evaluator_settings),
        .tables = evaluator_tables,
        .table_count = EVALUATOR_TABLE_COUNT,
        .logs = logs,
        .log_count = sizeof logs / sizeof logs[0],
        .upstreams = upstreams,
        .upstream_count = sizeof upstreams / sizeof upstreams[0],
        .verbs = evaluator_verbs,
        .verb_count = EVALUATOR_VERB_COUNT,
        .counters = counters,
        .counter_count = sizeof counters / sizeof counters[0],
        /* no own_max: control is its only door, where who looks into it must
         * get in; who floods `live` is cut for what it sent */
        .pub_endpoint_offset = offsetof(struct evaluator_settings, live),
        .pub_log = "changes",
        .open = open_self,
        .apply = apply,
        .query = query,
        .publish = publish,
        .close = close_self,
    };
    if (argc > 1 && strcmp(argv[1], "rebuild") == 0)
        return evaluator_rebuild_main(argc - 1, argv + 1);
    if (argc > 1 && strcmp(argv[1], "view") == 0) {
        def.settings = &evaluator_view_settings;
        def.settings_bytes = sizeof(struct evaluator_view_settings);
        def.open = open_view;
        return mv_service_main(argc - 1, argv + 1, &def);
    }
    return mv_service_main(argc, argv, &def);
}
