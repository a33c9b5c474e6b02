/* read - see read.h. Job: a row and the changes it names to bytes. Invariant:
 * the same row gives the same keys in the same order whenever it is read; the
 * keys of all its changes are there. Reads only: a crash leaves nothing. */
#include "services/notifier/read.h"

#include <string.h>

#include "proto/pack.h"
#include "services/notifier/decide.h"
#include "services/notifier/queue.h"
#include "services/notifier/text.h"
#include "services/notifier/told.h"

/* A notice that is being written: its changes, and what is told of them. */
struct sheet {
    struct mv_buf list; /* change maps, one after the other */
    struct notifier_lines lines;
    uint32_t count, red_count, back_count;
    uint64_t group;
    struct mv_buf cause;
    uint32_t groups;
};

const char *notifier_id_text(const uint8_t id[NOTIFIER_ID_BYTES],
                             char out[2 * NOTIFIER_ID_BYTES + 1])
{
    return mv_hex(id, NOTIFIER_ID_BYTES, out);
}

/* What tells one change from all others: changes_this_year numbers those of
 * one target, year and unit. */
static void pack_key(const struct mv_msg_change *c, struct mv_buf *out)
{
    struct mv_msg_change key = {
        .target = c->target,
        .commission = c->commission,
        .reminder = c->reminder,
        .year = c->year,
        .unit = c->unit,
        .region = c->region,
        .status = c->status,
        .reason = c->reason,
        .was_status = c->was_status,
        .last_coloured = c->last_coloured,
        .changes_this_year = c->changes_this_year,
        .preliminary = c->preliminary,
    };
    mv_msg_change_encode(&key, out);
}

static bool add_change(struct notifier *n, struct sheet *sheet,
                       const struct notifier_told *told, uint64_t ordinal,
                       uint32_t index)
{
    struct mv_msg_change c;
    struct mv_fault fault;
    if (!mv_msg_change_decode(told->change, &c, &fault))
        return false;
    if (sheet->list.len + told->change.len <= NOTIFIER_FULL_BYTES)
        mv_pack_raw(&sheet->list, told->change);
    else
        pack_key(&c, &sheet->list);
    sheet->red_count += (told->bits & NOTIFIER_TO_RED) != 0;
    sheet->back_count += (told->bits & NOTIFIER_BACK) != 0;
    notifier_lines_add(&sheet->lines,
                       mv_hash_of(notifier_seen_key(&c, &n->key)), &c, ordinal,
                       index);
    sheet->count++;
    return true;
}

static bool add_head(struct notifier *n, struct sheet *sheet, uint64_t ordinal)
{
    uint8_t key[NOTIFIER_TOLD_KEY];
    struct mv_span value, cause;
    if (!mv_store_get(n->store, n->t.changes,
                      notifier_told_key(key, ordinal, 0), &value) ||
        !notifier_head_get(value, &sheet->group, &cause))
        return false;
    mv_buf_clear(&sheet->cause);
    mv_buf_put(&sheet->cause, cause.at, cause.len);
    sheet->groups++;
    return true;
}

static bool add_run(struct notifier *n, struct sheet *sheet,
                    const struct notifier_run *run)
{
    uint8_t first[NOTIFIER_TOLD_KEY];
    struct mv_span key, value;
    struct notifier_told told;
    struct mv_scan scan;
    uint32_t left = run->count;
    mv_scan_open(&scan, n->store, n->t.changes,
                 notifier_told_key(first, run->ordinal, run->first));
    while (left > 0 && mv_scan_next(&scan, &key, &value)) {
        if (key.len != NOTIFIER_TOLD_KEY ||
            mv_be64_get(key.at) != run->ordinal ||
            !notifier_told_get(value, &told) ||
            !add_change(n, sheet, &told, run->ordinal,
                        mv_be32_get((const uint8_t *)key.at + 8)))
            break;
        left--;
    }
    mv_scan_close(&scan);
    return left == 0;
}

static bool fill(struct notifier *n, const struct notifier_row *row,
                 struct sheet *sheet)
{
    struct mv_span runs = row->runs;
    struct notifier_run run;
    uint64_t ordinal = 0;
    while (notifier_run_take(&runs, &run)) {
        if (run.ordinal != ordinal && !add_head(n, sheet, run.ordinal))
            return false;
        ordinal = run.ordinal;
        if (!add_run(n, sheet, &run))
            return false;
    }
    return sheet->count == row->changes;
}

/* A line's change, whole, whatever the list has of it. */
static bool line_change(struct notifier *n, const struct notifier_line *line,
                        struct mv_span *ret)
{
    uint8_t key[NOTIFIER_TOLD_KEY];
    struct mv_span value;
    struct notifier_told told;
    if (!mv_store_get(n->store, n->t.changes,
                      notifier_told_key(key, line->ordinal, line->index),
                      &value) ||
        !notifier_told_get(value, &told))
        return false;
    *ret = told.change;
    return true;
}

/* As many lines as there is room for. */
static bool pack_text(struct notifier *n, struct sheet *sheet,
                      struct mv_buf *out)
{
    struct mv_span changes[NOTIFIER_TELL];
    notifier_lines_fold(&sheet->lines);
    struct notifier_telling t = {.lines = sheet->lines.at,
                                 .changes = changes,
                                 .of = sheet->lines.count,
                                 .total = sheet->count,
                                 .red = sheet->red_count,
                                 .back = sheet->back_count};
    for (; t.count < NOTIFIER_TELL && t.count < t.of; t.count++)
        if (!line_change(n, &t.lines[t.count], &changes[t.count]))
            return false;
    if (sheet->groups == 1)
        t.cause = mv_buf_span(&sheet->cause);
    notifier_text_pack(&t, out);
    return true;
}

static void pack_notice(const struct notifier_sub *s, uint64_t number,
                        const struct notifier_row *row,
                        const struct sheet *sheet, struct mv_span text,
                        struct mv_buf *out)
{
    char id[2 * NOTIFIER_ID_BYTES + 1];
    struct mv_buf list = {0};
    mv_pack_list(&list, sheet->count);
    mv_pack_raw(&list, mv_buf_span(&sheet->list));
    struct mv_msg_notice m = {
        .number = number,
        .id = mv_span_text(notifier_id_text(row->id, id)),
        .subscription = mv_span_text(s->id),
        .group = sheet->group,
        .cause = mv_buf_span(&sheet->cause),
        .made_ms = row->made_ms,
        .text = text,
        .changes = mv_buf_span(&list),
    };
    mv_msg_notice_encode(&m, out);
    mv_buf_done(&list);
}

static void pack_ended(uint64_t number, const struct notifier_row *row,
                       struct mv_buf *out)
{
    char id[2 * NOTIFIER_ID_BYTES + 1];
    struct mv_msg_ended m = {
        .number = number,
        .id = mv_span_text(notifier_id_text(row->id, id)),
        .ended = mv_span_text(notifier_rule_text(row->rule)),
    };
    mv_msg_ended_encode(&m, out);
}

mv_rc notifier_read(struct notifier *n, const struct notifier_sub *s,
                    uint64_t number, bool whole, struct mv_buf *out,
                    struct mv_err *err)
{
    struct notifier_row row;
    struct sheet sheet = {0};
    struct mv_buf text = {0};
    if (number == 0 || number > s->counts.head)
        return mv_fail(err, MV_AGAIN, "%s has no notice %llu", s->id,
                       (unsigned long long)number);
    if (!notifier_queue_get(n, s->serial, number, &row))
        return mv_fail(err, MV_POISON, "notice %llu of %s is damaged",
                       (unsigned long long)number, s->id);
    if (row.state != NOTIFIER_WAITING && !whole) {
        pack_ended(number, &row, out);
        return MV_OK;
    }
    bool good = fill(n, &row, &sheet) && pack_text(n, &sheet, &text);
    if (good)
        pack_notice(s, number, &row, &sheet, mv_buf_span(&text), out);
    mv_buf_done(&text);
    mv_buf_done(&sheet.list);
    mv_buf_done(&sheet.cause);
    notifier_lines_done(&sheet.lines);
    return good ? MV_OK
                : mv_fail(err, MV_POISON,
                          "a change of notice %llu of %s is "
                          "damaged",
                          (unsigned long long)number, s->id);
}

/* --- as a source of pulls ---------------------------------------------- */

static uint64_t source_first(void *ctx)
{
    (void)ctx;
    return 1;
}

static uint64_t source_head(void *ctx)
{
    const struct notifier_reader *r = ctx;
    return r->sub->counts.head;
}

static uint64_t source_done(void *ctx)
{
    const struct notifier_reader *r = ctx;
    return r->sub->counts.done;
}

static bool source_hash_at(void *ctx, uint64_t seq, uint8_t hash[32])
{
    const struct notifier_reader *r = ctx;
    if (seq > r->sub->counts.head)
        return false;
    memcpy(hash, r->sub->genesis, MV_HASH_BYTES);
    return true;
}

static mv_rc source_read(void *ctx, uint64_t seq, struct mv_span *bytes,
                         struct mv_err *err)
{
    struct notifier_reader *r = ctx;
    mv_buf_clear(&r->n->out);
    mv_rc rc = notifier_read(r->n, r->sub, seq, false, &r->n->out, err);
    if (rc != MV_OK)
        return rc;
    *bytes = mv_buf_span(&r->n->out);
    return MV_OK;
}

static void source_given(void *ctx, uint64_t seq)
{
    const struct notifier_reader *r = ctx;
    if (r->sub->given < seq)
        r->sub->given = seq;
}

bool notifier_source(struct notifier *n, struct mv_span log,
                     const struct mv_key *key, int64_t now_ms,
                     struct mv_pull_source *ret, const char **code)
{
    struct notifier_sub *s = notifier_find(n, log);
    *code = "unknown_log";
    if (s == NULL)
        return false;
    *code = "forbidden";
    if (strcmp(s->owner, key->name) != 0)
        return false;
    s->seen_ms = now_ms;
    *code = "refused";
    if (s->counts.paused)
        return false;
    n->reader = (struct notifier_reader){n, s};
    *ret = (struct mv_pull_source){.ctx = &n->reader,
                                   .first = source_first,
                                   .head = source_head,
                                   .done = source_done,
                                   .hash_at = source_hash_at,
                                   .read = source_read,
                                   .given = source_given};
    return true;
}
