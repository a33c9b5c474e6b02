/* verbs - see verbs.h. Job: what others may ask, and the one act. Invariant:
 * a query changes nothing. `skip` is staged with its record of the control
 * log: a crash leaves both or neither. */
#include "services/evaluator/verbs.h"

#include <stdio.h>
#include <string.h>

#include "proto/limits.h"
#include "proto/pack.h"
#include "proto/walk.h"
#include "services/evaluator/aside.h"
#include "services/evaluator/engine.h"
#include "services/evaluator/preview.h"
#include "services/evaluator/since.h"
#include "services/evaluator/verify.h"

#define ASIDE_ROWS 200u /* in a page of `quarantine` */
#define ASKERS                                                                \
    (MV_ROLE_READER | MV_ROLE_OPERATOR | MV_ROLE_STEWARD | MV_ROLE_ASSESSOR | \
     MV_ROLE_AUDITOR | MV_ROLE_SERVICE)
#define KEEPERS \
    (MV_ROLE_STEWARD | MV_ROLE_OPERATOR | MV_ROLE_AUDITOR | MV_ROLE_SERVICE)
#define CHECKERS (MV_ROLE_OPERATOR | MV_ROLE_AUDITOR | MV_ROLE_SERVICE)

const struct mv_verb_def evaluator_verbs[EVALUATOR_VERB_COUNT] = {
    {"status", ASKERS, false,
     "year:uint unit target commission region status from:uint"},
    {"targets", ASKERS, false, "year:uint target from:uint"},
    {"explain", ASKERS, false, "target unit year:uint from:uint commission"},
    {"series", ASKERS, false, "indicator unit member year:uint from:uint"},
    {"report", ASKERS, false, "unit year:uint target from:uint"},
    {"missing", ASKERS, false, "year:uint unit from:uint"},
    {"check", ASKERS, false, "year:uint unit indicator from:uint"},
    {"changes", ASKERS, false, "from:uint"},
    {"frozen", ASKERS, false, "report year:uint unit from:uint"},
    {"since", ASKERS, false, "unit from:uint"},
    {"state", ASKERS, false, NULL},
    {"preview", KEEPERS, false, "files:map hash:bin from:uint"},
    {"quarantine", ASKERS, false, "from:uint"},
    {"verify", CHECKERS, false, "what from:uint"},
    {"digest", CHECKERS, false, "table after:bin"},
    {"skip", MV_ROLE_OPERATOR, true, "seq:uint reason"},
    {"resume", MV_ROLE_OPERATOR, true, NULL},
};

mv_rc evaluator_refuse(struct evaluator_refusal *no, const char *code,
                       const char *fmt, ...)
{
    va_list args;
    no->code = code;
    va_start(args, fmt);
    (void)vsnprintf(no->text, sizeof no->text, fmt, args);
    va_end(args);
    return MV_AGAIN;
}

mv_rc evaluator_args_pair(const struct evaluator *e, struct mv_span args,
                          struct mv_pair *pair, struct evaluator_refusal *no)
{
    const struct mv_catalogue *c = e->force.now.catalogue;
    struct mv_span target, unit;
    uint64_t year;
    if (!mv_map_text(args, "target", &target) ||
        !mv_map_text(args, "unit", &unit) || !mv_map_u64(args, "year", &year))
        return evaluator_refuse(no, "missing",
                                "args need `target`, `unit` and `year`");
    if (c == NULL)
        return evaluator_refuse(no, "not_found", "no catalogue yet");
    const struct mv_target *t =
        year > INT16_MAX ? NULL : mv_catalogue_target(c, target, (int32_t)year);
    const struct mv_unit *u = mv_catalogue_unit(c, unit);
    if (t == NULL || u == NULL)
        return evaluator_refuse(no, "not_found", "no such %s",
                                t == NULL ? "target in that year" : "unit");
    *pair = (struct mv_pair){t->index, u->index};
    return MV_OK;
}

static mv_rc ask_state(struct evaluator *e, struct mv_span args,
                       struct evaluator_page *page,
                       struct evaluator_refusal *no)
{
    (void)args;
    (void)no;
    char day[MV_DAY_TEXT_BYTES] = "";
    struct mv_buf *out = &page->rows;
    uint64_t changes;
    mv_log_head(e->changes, &changes, NULL);
    if (e->force.now.today != EVALUATOR_NO_DAY)
        (void)mv_day_text(e->force.now.today, day);
    evaluator_page_row(page, 13);
    mv_pack_kv_u64(out, "engine", EVALUATOR_ENGINE);
    mv_pack_kv_u64(out, "seq", e->now.seq);
    mv_pack_kv_bin(out, "hash", mv_span(e->now.hash, MV_HASH_BYTES));
    mv_pack_kv_i64(out, "received_ms", e->now.received_ms);
    mv_pack_kv_cstr(out, "today", day);
    mv_pack_kv_u64(out, "catalogue", e->force.now.catalogue_seq);
    mv_pack_kv_u64(out, "changes", changes);
    mv_pack_kv_u64(out, "figures", e->now.counts[EVALUATOR_COUNT_FIGURES]);
    mv_pack_kv_u64(out, "older", e->now.counts[EVALUATOR_COUNT_OLDER]);
    mv_pack_kv_u64(out, "nothing", e->now.counts[EVALUATOR_COUNT_NOTHING]);
    mv_pack_kv_u64(out, "statements",
                   e->now.counts[EVALUATOR_COUNT_STATEMENTS]);
    mv_pack_kv_u64(out, "quarantined", e->now.counts[EVALUATOR_COUNT_ASIDE]);
    mv_pack_kv_u64(out, "skipped", e->now.counts[EVALUATOR_COUNT_SKIPPED]);
    return MV_OK;
}

/* Groups as they stand in the log, from a number on. */
static mv_rc ask_changes(struct evaluator *e, struct mv_span args,
                         struct evaluator_page *page,
                         struct evaluator_refusal *no)
{
    (void)args;
    struct mv_log_reader reader;
    struct mv_record record;
    struct mv_err err = {0};
    mv_rc rc = MV_OK;
    mv_log_reader_open(&reader, e->changes, page->from > 0 ? page->from : 1);
    while ((rc = mv_log_reader_next(&reader, &record, &err)) == MV_OK) {
        if (page->count > 0 &&
            (page->count >= EVALUATOR_PAGE_ROWS ||
             page->rows.len + record.content.len > EVALUATOR_PAGE_BYTES)) {
            page->next = record.seq;
            break;
        }
        evaluator_page_row(page, 3);
        mv_pack_kv_u64(&page->rows, "seq", record.seq);
        mv_pack_kv_i64(&page->rows, "received_ms", record.received_ms);
        mv_pack_cstr(&page->rows, "group");
        mv_pack_raw(&page->rows, record.content);
    }
    mv_log_reader_close(&reader);
    if (rc == MV_OK || rc == MV_AGAIN)
        return MV_OK;
    return evaluator_refuse(no, "damaged", "%.150s", err.text);
}

static mv_rc ask_quarantine(struct evaluator *e, struct mv_span args,
                            struct evaluator_page *page,
                            struct evaluator_refusal *no)
{
    (void)args;
    (void)no;
    page->count = evaluator_aside_rows(&e->book, page->from, ASIDE_ROWS,
                                       &page->rows, &page->next);
    return MV_OK;
}

static const struct {
    const char *verb;
    evaluator_question *ask;
} questions[] = {
    {"status", evaluator_ask_status},
    {"targets", evaluator_ask_targets},
    {"explain", evaluator_ask_explain},
    {"series", evaluator_ask_series},
    {"report", evaluator_ask_report},
    {"missing", evaluator_ask_missing},
    {"preview", evaluator_ask_preview},
    {"verify", evaluator_ask_verify},
    {"digest", evaluator_ask_digest},
    {"check", evaluator_ask_check},
    {"frozen", evaluator_ask_frozen},
    {"since", evaluator_ask_since},
    {"state", ask_state},
    {"changes", ask_changes},
    {"quarantine", ask_quarantine},
};

mv_rc evaluator_ask(struct evaluator *e, struct mv_span verb,
                    struct mv_span args, struct evaluator_page *page,
                    struct evaluator_refusal *no)
{
    size_t i = 0, count = sizeof questions / sizeof questions[0];
    while (i < count && !mv_span_is(verb, questions[i].verb))
        i++;
    if (i == count)
        return evaluator_refuse(no, "unknown_verb", "not known here");
    page->from = 0;
    (void)mv_map_u64(args, "from", &page->from);
    evaluator_page_begin(e, page);
    mv_rc rc = questions[i].ask(e, args, page, no);
    if (rc == MV_OK && page->next != 0) {
        evaluator_page_row(page, 1);
        mv_pack_kv_u64(&page->rows, "next", page->next);
    }
    /* it may be long until a commit does this */
    mv_rowcache_relieve(e->rows);
    evaluator_published_trim(e->published);
    return rc;
}

mv_rc evaluator_skip(struct evaluator *e, struct mv_span args,
                     const struct evaluator_suspect *suspect, const char *by,
                     struct evaluator_refusal *no)
{
    struct mv_span reason;
    uint64_t seq;
    if (!mv_map_u64(args, "seq", &seq) || !mv_map_text(args, "reason", &reason))
        return evaluator_refuse(no, "missing", "args need `seq` and `reason`");
    if (reason.len == 0 || reason.len > EVALUATOR_REASON_BYTES)
        return evaluator_refuse(no, "length", "`reason`: 1 to %u bytes",
                                EVALUATOR_REASON_BYTES);
    if (seq <= e->now.seq) {
        return evaluator_refuse(no, "refused",
                                "record %llu is behind us: correct or "
                                "withdraw its figures",
                                (unsigned long long)seq);
    }
    if (seq != suspect->seq) {
        return evaluator_refuse(no, "refused",
                                "the evaluator is not stopped at record %llu",
                                (unsigned long long)seq);
    }
    if (!evaluator_skip_put(&e->book, seq, suspect->chain, reason, by))
        return evaluator_refuse(no, "exists", "it is skipped already");
    if (seq > e->last_skip)
        e->last_skip = seq;
    return MV_OK;
}
