/* push - see push.h. Job: from rows to answers. Invariant: a delivery is in
 * the spool before it is sent, its answer before it is told. A crash: the
 * same command, or the next one, sends what has no answer. */
#include "services/cli/push.h"

#include <stdlib.h>
#include <string.h>

#include "services/base/hash.h"
#include "services/base/text.h"
#include "services/cli/conflict_text.h"
#include "services/cli/hint.h"
#include "services/cli/keystate.h"
#include "services/cli/period_meant.h"
#include "services/cli/phrase.h"
#include "services/cli/progress.h"
#include "services/cli/push_known.h"
#include "services/cli/rows.h"
#include "services/cli/wrap.h"

void cli_push_queue(struct cli_push *p, struct cli_entry *entry)
{
    if (entry->queued)
        return;
    entry->queued = true;
    if (p->count == p->cap) {
        p->cap = p->cap == 0 ? 64 : p->cap * 2;
        p->items = mv_xrealloc(p->items, p->cap * sizeof *p->items);
    }
    p->items[p->count++] = (struct cli_item){.entry = entry};
}

static void forget_tried(struct cli_push *p)
{
    for (size_t i = 0; i < p->tried_count; i++) {
        mv_buf_done(&p->tried[i]->frame);
        mv_buf_done(&p->tried[i]->lines);
        mv_buf_done(&p->tried[i]->answer);
        free(p->tried[i]);
    }
    free(p->tried);
    p->tried = NULL;
    p->tried_count = 0;
}

void cli_push_done(struct cli_push *p)
{
    forget_tried(p);
    for (size_t i = 0; i < p->count; i++)
        mv_buf_done(&p->items[i].frame);
    free(p->items);
    free(p->known);
    cli_spool_close(p->spool);
    free(p->spool_dir);
    cli_door_wipe(&p->door);
}

const char *cli_push_name(const struct cli_entry *e)
{
    return e->file[0] != '\0' ? e->file : e->producer;
}

void cli_push_mark(json_t *j, const struct cli_entry *e)
{
    if (e->withdrawal)
        (void)json_object_set_new(j, "withdrawal", json_true());
}

void cli_push_rows(const struct cli *c, uint64_t rows, struct mv_buf *out)
{
    cli_count_of(c, rows, CLI_W_PUSH_ROW, CLI_W_PUSH_ROWS, out);
}

/* A delivery of a dry run is in no spool; its bytes go with the item. */
static void take_dry(struct cli_push *p, const struct cli_entry *e,
                     const struct mv_buf *frame, const uint32_t *lines)
{
    struct cli_tried *t = mv_xcalloc(1, sizeof *t);
    p->tried = mv_xrealloc(p->tried,
                           (p->tried_count + 1) * sizeof(struct cli_tried *));
    p->tried[p->tried_count++] = t;
    t->entry = *e;
    for (uint32_t i = 0; i < e->rows; i++) {
        uint8_t be[4];
        mv_be32_put(be, lines[i]);
        mv_buf_put(&t->lines, be, sizeof be);
    }
    if (p->skip_bad) /* tried once more without some rows */
        mv_buf_put(&t->frame, frame->at, frame->len);
    cli_push_queue(p, &t->entry);
    mv_buf_put(&p->items[p->count - 1].frame, frame->at, frame->len);
}

static struct cli_tried *tried(const struct cli_push *p,
                               const struct cli_entry *e)
{
    size_t i = 0;
    while (&p->tried[i]->entry != e)
        i++;
    return p->tried[i];
}

static mv_rc put_copy(struct mv_buf *to, const struct mv_buf *from)
{
    if (to != NULL)
        mv_buf_put(to, from->at, from->len);
    return MV_OK;
}

/* As the spool's two, of a dry run too. */
static mv_rc delivery_of(const struct cli_push *p, const struct cli_entry *e,
                         struct mv_buf *frame, struct mv_buf *lines,
                         struct mv_err *err)
{
    if (p->spool != NULL)
        return cli_spool_get(p->spool, e, frame, lines, err);
    (void)put_copy(frame, &tried(p, e)->frame);
    return put_copy(lines, &tried(p, e)->lines);
}

static mv_rc answer_of(const struct cli_push *p, const struct cli_entry *e,
                       struct mv_buf *answer, struct mv_err *err)
{
    return p->spool != NULL ? cli_spool_answer_get(p->spool, e, answer, err)
                            : put_copy(answer, &tried(p, e)->answer);
}

static int put_new(struct cli_push *p, const struct cli_entry *e,
                   const struct mv_buf *frame, const uint32_t *lines)
{
    struct mv_err err = {0};
    struct cli_entry *in;
    if (p->dry) {
        take_dry(p, e, frame, lines);
        return CLI_OK;
    }
    mv_rc rc = cli_spool_put(p->spool, e, mv_buf_span(frame), lines, &in, &err);
    if (rc != MV_OK)
        return cli_fail_err(p->c, rc, &err);
    cli_push_queue(p, in);
    return CLI_OK;
}

static int take_part(struct cli_push *p, const struct cli_sheet *s,
                     uint32_t from, struct cli_entry *e)
{
    struct cli_entry *known = NULL;
    struct mv_buf frame = {0};
    cli_parcel_hash(s, from, e->rows, e->producer, e->content);
    if (p->spool != NULL && !p->again)
        known = cli_spool_find(p->spool, e->producer, e->push, e->content);
    if (known != NULL && cli_spool_turned(p->spool, known)) {
        p->turned[e->withdrawal] = true;
        known = NULL;
    }
    if (known != NULL && known->answered) {
        cli_push_known(p, known);
        return CLI_OK;
    }
    if (known != NULL) {
        cli_push_queue(p, known);
        return CLI_OK;
    }
    e->number =
        p->spool != NULL ? cli_spool_number(p->spool, e->producer) : from + 1u;
    cli_parcel_put(s, from, e->rows, e->producer, e->number, &frame);
    int code = put_new(p, e, &frame, s->lines + from);
    mv_buf_done(&frame);
    return code;
}

int cli_push_take(struct cli_push *p, const struct cli_sheet *s,
                  const char *file, const char *producer)
{
    struct cli_entry e = {.made_ms = cli_spool_now(p->spool),
                          .withdrawal = s->kind == MV_TABLE_WITHDRAWAL};
    struct cli_progress progress;
    struct mv_buf shown = {0};
    int code = CLI_OK;
    mv_show(&shown, mv_span_text(file), sizeof e.file - 1);
    (void)snprintf(e.file, sizeof e.file, "%s", mv_buf_cstr(&shown));
    (void)snprintf(e.producer, sizeof e.producer, "%s", producer);
    mv_buf_done(&shown);
    cli_parcel_hash(s, 0, s->count, producer, e.push);
    cli_progress_begin(&progress, p->c, cli_w(p->c, CLI_W_PUSH_SPOOLING),
                       s->count);
    for (uint32_t at = 0; at < s->count && code == CLI_OK; at += e.rows) {
        cli_progress_at(&progress, at);
        e.rows = cli_parcel_rows(s, at, (uint32_t)p->max_rows);
        code = take_part(p, s, at, &e);
    }
    cli_progress_end(&progress);
    return code;
}

static uint32_t line_of(const struct mv_buf *lines, uint64_t row)
{
    if (lines->at == NULL || row < 1 || row > lines->len / 4)
        return 0;
    return mv_be32_get(lines->at + (row - 1) * 4);
}

/* Where the row that a conflict names besides its own stands in the file. */
static uint32_t other_line(struct mv_span raw, const struct mv_buf *lines)
{
    struct mv_span value = cli_get_text(raw, "value");
    char text[16];
    if (mv_code_find(cli_get_text(raw, "code")) != MV_CODE_DUPLICATE_ROW)
        return 0;
    (void)snprintf(text, sizeof text, "%.*s", (int)value.len,
                   (const char *)value.at);
    return line_of(lines, strtoul(text, NULL, 10));
}

static void conflict_json(json_t *list, struct mv_span raw,
                          const struct mv_buf *lines)
{
    json_t *j = cli_json(raw);
    uint32_t line = line_of(lines, cli_get_u64(raw, "row"));
    uint32_t other = other_line(raw, lines);
    if (line > 0)
        (void)json_object_set_new(j, "line", json_integer(line));
    if (other > 0)
        (void)json_object_set_new(j, "same_line", json_integer(other));
    (void)json_array_append_new(list, j);
}

/* What was probably meant by a period that is none, or by a name that is not
 * known, once there is anybody here to ask for the catalogue. */
static bool put_meant(struct cli_push *p, mv_code code, struct mv_span raw,
                      struct mv_buf *out)
{
    struct cli_near near = {.want = cli_get_text(raw, "value")};
    struct mv_period period;
    cli_thing thing;
    if (code == MV_CODE_PERIOD && cli_period_meant(near.want, &period)) {
        (void)mv_period_text(&period, near.best);
        near.found = true;
        cli_near_put(p->c, &near, out);
        return true;
    }
    if (!cli_hint_kind(code, cli_get_text(raw, "field"), &thing))
        return false;
    cli_near_catalogue(
        &near, cli_faults_catalogue(p->c, p->faults, p->door.key_name), thing);
    cli_near_put(p->c, &near, out);
    return near.found;
}

/* Nobody delivers it, whoever may deliver others: it has a formula. */
static bool put_computed(struct cli_push *p, struct mv_span raw,
                         struct mv_buf *out)
{
    const struct mv_catalogue *c =
        cli_faults_catalogue(p->c, p->faults, p->door.key_name);
    struct mv_span id = cli_get_text(raw, "value");
    const struct mv_indicator *i =
        c != NULL ? mv_catalogue_indicator(c, id) : NULL;
    bool computed = i != NULL && i->formula != MV_NONE;
    struct mv_buf name = {0};
    mv_buf_put(&name, id.at, id.len);
    if (computed)
        cli_word_put(out, p->c, CLI_W_COMPUTED, mv_buf_cstr(&name), NULL);
    mv_buf_done(&name);
    return computed;
}

/* As `file:line: what (code)`. */
static void conflict_text(struct cli_push *p, const struct cli_entry *e,
                          struct mv_span raw, const struct mv_buf *rows)
{
    struct mv_buf text = {0}, lines = {0};
    struct mv_span word = cli_get_text(raw, "code");
    mv_code code = mv_code_find(word);
    uint32_t line = line_of(rows, cli_get_u64(raw, "row"));
    uint32_t other = other_line(raw, rows);
    bool others = code == MV_CODE_FORBIDDEN &&
                  mv_span_is(cli_get_text(raw, "field"), "indicator");
    char number[16];
    /* codes of a later ingest are not of a kind */
    if (p->faults->kinds[code].count++ >= CLI_FAULTS_ALIKE &&
        code != MV_CODE_NONE)
        return;
    mv_buf_text(&text, cli_push_name(e));
    if (line > 0)
        mv_buf_printf(&text, ":%u", line);
    mv_buf_text(&text, ": ");
    (void)snprintf(number, sizeof number, "%u", other);
    if (other > 0)
        cli_word_put(&text, p->c, CLI_W_SAME_LINE, number, NULL);
    else if (!others || !put_computed(p, raw, &text))
        cli_conflict_put(p->c, raw, &text);
    bool done = put_meant(p, code, raw, &text) || others;
    p->faults->kinds[code].todo |= code != MV_CODE_NONE && !done;
    mv_buf_printf(&text, " (%.*s)", (int)word.len, (const char *)word.at);
    cli_wrap(&lines, mv_buf_span(&text), p->c->err_width, 0, 2);
    (void)fprintf(p->c->err, "%s\n", mv_buf_cstr(&lines));
    mv_buf_done(&text);
    mv_buf_done(&lines);
}

/* All conflicts, with lines in place of rows. */
static json_t *say_conflicts(struct cli_push *p, const struct cli_entry *e,
                             const struct mv_msg_answer *a)
{
    struct mv_buf lines = {0};
    struct mv_list list;
    struct mv_span raw;
    json_t *all = json_array();
    if (delivery_of(p, e, NULL, &lines, NULL) != MV_OK)
        mv_buf_clear(&lines);
    if (mv_list_open(&list, a->conflicts)) {
        while (mv_list_next(&list, &raw)) {
            bool denied = cli_conflict_denied(raw);
            p->denied = p->denied || denied;
            if (p->c->json)
                conflict_json(all, raw, &lines);
            else if (denied)
                cli_warn(p->c, CLI_W_PUSH_DENIED, p->door.key_name, NULL);
            else
                conflict_text(p, e, raw, &lines);
        }
    }
    cli_faults_say_todo(p->c, p->faults);
    if (a->more > 0 && !p->c->json) {
        struct mv_buf count = {0};
        cli_count(p->c, a->more, &count);
        cli_warn(p->c, CLI_W_MORE_FAULTS, cli_push_name(e), mv_buf_cstr(&count),
                 NULL);
        mv_buf_done(&count);
    }
    mv_buf_done(&lines);
    return all;
}

/* `accepted`, and yet not on disk: it is no delivery of anybody's. */
static void mark_tried(json_t *j)
{
    (void)json_object_set_new(j, "dry_run", json_true());
    (void)json_object_del(j, "producer");
    (void)json_object_del(j, "number");
}

static void say_answer(struct cli_push *p, const struct cli_entry *e,
                       struct mv_span bytes, const struct mv_msg_answer *a)
{
    bool rejected = mv_span_is(a->result, "rejected");
    json_t *conflicts = say_conflicts(p, e, a);
    struct mv_buf rows = {0};
    char seq[24];
    if (p->beside && (!p->c->json || json_array_size(conflicts) == 0)) {
        json_decref(conflicts);
        return;
    }
    cli_push_rows(p->c, e->rows, &rows);
    (void)snprintf(seq, sizeof seq, "%llu", (unsigned long long)a->seq);
    if (p->c->json) {
        json_t *j = cli_json(bytes);
        (void)json_object_set_new(j, "file", json_string(e->file));
        if (rejected)
            (void)json_object_set(j, "conflicts", conflicts);
        if (p->dry)
            mark_tried(j);
        cli_push_mark(j, e);
        cli_json_line(p->c, j);
    } else if (rejected) {
        cli_warn(p->c,
                 p->dry ? CLI_PUSH_WORD(e, WOULD_NOT)
                        : CLI_PUSH_WORD(e, REJECTED),
                 cli_push_name(e), mv_buf_cstr(&rows), NULL);
    } else {
        bool known = mv_span_is(a->result, "duplicate");
        cli_say(p->c,
                p->dry  ? CLI_PUSH_WORD(e, WOULD)
                : known ? CLI_PUSH_WORD(e, KNOWN)
                        : CLI_PUSH_WORD(e, STORED),
                cli_push_name(e), mv_buf_cstr(&rows), seq, NULL);
    }
    mv_buf_done(&rows);
    json_decref(conflicts);
}

/* Spooled first, then told. */
static int answered(void *ctx, struct cli_item *item, struct mv_span bytes,
                    const struct mv_msg_answer *a)
{
    struct cli_push *p = ctx;
    struct cli_entry *e = item->entry;
    struct mv_err err = {0};
    if (p->spool != NULL) {
        mv_rc rc = cli_spool_answer(p->spool, e, bytes, &err);
        if (rc != MV_OK)
            return cli_fail_err(p->c, rc, &err);
    } else {
        mv_buf_put(&tried(p, e)->answer, bytes.at, bytes.len);
        e->answered = true;
        (void)snprintf(e->result, sizeof e->result, "%.*s", (int)a->result.len,
                       (const char *)a->result.at);
    }
    p->deliveries++;
    p->withdrawals += e->withdrawal;
    if (mv_span_is(a->result, "rejected"))
        p->rows_refused += e->rows;
    else if (mv_span_is(a->result, "duplicate"))
        p->rows_known += e->rows;
    else
        p->rows_in += e->rows;
    say_answer(p, e, bytes, a);
    return CLI_OK;
}

/* Marks the rows that the answer names; how many. */
static uint32_t named_rows(const struct mv_msg_answer *a, uint32_t rows,
                           bool *bad)
{
    struct mv_list list;
    struct mv_span raw;
    uint32_t count = 0;
    if (mv_list_open(&list, a->conflicts)) {
        while (mv_list_next(&list, &raw)) {
            uint64_t row = cli_get_u64(raw, "row");
            if (row < 1 || row > rows || bad[row - 1])
                continue;
            bad[row - 1] = true;
            count++;
        }
    }
    return count;
}

/* An answer names a thousand rows at most; what is wrong with a row in itself
 * shows here as well. */
static void keep_good(struct cli_sheet *rest, const struct mv_delivery *d,
                      const struct mv_buf *lines, const bool *bad)
{
    for (uint32_t i = 0; i < d->row_count; i++) {
        if (bad[i] || d->rows[i].faulty)
            continue;
        rest->rows[rest->count] = d->rows[i];
        rest->lines[rest->count++] = line_of(lines, i + 1u);
    }
}

/* The rows that were not named, as a delivery of its own. */
static int queue_rest(struct cli_push *p, struct cli_entry *e,
                      const struct mv_msg_answer *a)
{
    struct mv_buf frame = {0}, lines = {0};
    struct mv_delivery d = {0};
    struct mv_conflicts conflicts = {0};
    struct cli_sheet rest = {0};
    struct mv_err err = {0};
    int code = CLI_OK;
    mv_rc rc = delivery_of(p, e, &frame, &lines, &err);
    if (rc != MV_OK)
        code = cli_fail_err(p->c, rc, &err);
    bool *bad = mv_xcalloc(e->rows + 1u, sizeof *bad);
    uint32_t named = named_rows(a, e->rows, bad);
    /* a fault of the delivery as a whole leaves nothing to send */
    if (code == CLI_OK && named > 0 && named < e->rows) {
        (void)mv_delivery_read(mv_buf_span(&frame), &d, &conflicts);
        rest.kind = d.kind;
        rest.rows = mv_xcalloc(d.row_count + 1u, sizeof *rest.rows);
        rest.lines = mv_xcalloc(d.row_count + 1u, sizeof *rest.lines);
        keep_good(&rest, &d, &lines, bad);
    }
    if (rest.count > 0) {
        struct cli_entry next = *e;
        next.rows = rest.count;
        next.answered = next.queued = false;
        next.result[0] = '\0';
        p->rows_refused -= rest.count;
        code = take_part(p, &rest, 0, &next);
    }
    free(bad);
    cli_sheet_done(&rest);
    mv_delivery_done(&d);
    mv_conflicts_done(&conflicts);
    mv_buf_done(&frame);
    mv_buf_done(&lines);
    return code;
}

static int queue_rests(struct cli_push *p, struct cli_item *sent, size_t count)
{
    int code = CLI_OK;
    for (size_t i = 0; i < count && code == CLI_OK; i++) {
        struct mv_buf bytes = {0};
        struct mv_msg_answer a;
        struct mv_fault fault;
        struct mv_err err = {0};
        if (strcmp(sent[i].entry->result, "rejected") != 0)
            continue;
        mv_rc rc = answer_of(p, sent[i].entry, &bytes, &err);
        if (rc != MV_OK)
            code = cli_fail_err(p->c, rc, &err);
        else if (mv_msg_answer_decode(mv_buf_span(&bytes), &a, &fault))
            code = queue_rest(p, sent[i].entry, &a);
        mv_buf_done(&bytes);
    }
    return code;
}

/* As they were made. */
static int by_time(const void *a, const void *b)
{
    return cli_entry_compare(((const struct cli_item *)a)->entry,
                             ((const struct cli_item *)b)->entry);
}

/* All, or those of the first file: of what it leaves a rest follows, before
 * the next. */
static struct cli_item *take_first(struct cli_push *p, size_t *count)
{
    struct cli_item *first = mv_xcalloc(p->count, sizeof *first);
    size_t n = 0;
    qsort(p->items, p->count, sizeof *p->items, by_time);
    while (n < p->count && (!p->skip_bad || p->items[n].entry->made_ms ==
                                                p->items[0].entry->made_ms))
        n++;
    memcpy(first, p->items, n * sizeof *first);
    p->count -= n;
    memmove(p->items, p->items + n, p->count * sizeof *first);
    *count = n;
    return first;
}

int cli_push_send(struct cli_push *p)
{
    const struct cli_sender sender = {.c = p->c,
                                      .door = &p->door,
                                      .spool = p->spool,
                                      .dry = p->dry,
                                      .wait_ms = p->wait_ms,
                                      .answered = answered,
                                      .ctx = p};
    int code = CLI_OK;
    /* the door would stay shut without a word */
    if (p->count > 0 && cli_key_say(p->c, &p->door))
        code = CLI_DENIED;
    while (p->count > 0 && code == CLI_OK) { /* a rest has fewer rows */
        size_t count = 0;
        struct cli_item *sent = take_first(p, &count);
        code = cli_sender_run(&sender, sent, count);
        if (code == CLI_OK && p->skip_bad)
            code = queue_rests(p, sent, count);
        free(sent);
    }
    return code;
}
