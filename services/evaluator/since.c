/* since - see since.h. Job: the frozen rows, and the figures that came after.
 * Invariant: all is kept by identifiers, so that no catalogue after it moves
 * it: rows as they were asked for at that record, figures by what they held.
 * What of a figure may be told is settled when it is asked for. Memory only: a
 * crash leaves nothing. */
#include "services/evaluator/since.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/pack.h"
#include "proto/statement.h"
#include "proto/walk.h"
#include "services/evaluator/later.h"

/* Rows one behind the other, and where each ends. */
struct rows {
    struct mv_buf bytes;
    size_t *ends;
    uint32_t count, cap;
};

struct kept {
    struct evaluator_since *of;
    char *unit;
    uint64_t seq; /* of the record that froze it */
    struct rows rows;
    struct evaluator_later *figures;
    uint32_t count, cap;
    bool over; /* more than is kept: let go, it cannot be said what changed */
};

struct evaluator_since {
    bool yearly, more; /* more: of other units, and not kept */
    int32_t year;
    char *unit; /* the one that is kept; "": as many as there is room for */
    struct kept at[EVALUATOR_SINCE_UNITS];
    uint32_t count;
    size_t bytes, room; /* in all rows, figures and names; at most */
    struct evaluator_names *names;
    struct evaluator_before *before; /* of each figure of the record in hand */
    uint32_t before_cap;
};

mv_rc evaluator_since_open(struct evaluator_since **ret, const char *text,
                           size_t bytes, struct mv_err *err)
{
    static const char *const names[] = {"half-year ", "year "};
    for (int yearly = 0; yearly < 2; yearly++) {
        size_t len = strlen(names[yearly]);
        char *end;
        if (strncmp(text, names[yearly], len) != 0)
            continue;
        long year = strtol(text + len, &end, 10);
        if ((*end != '\0' && *end != ' ') || year < MV_YEAR_MIN ||
            year > MV_YEAR_MAX)
            break;
        *ret = mv_xcalloc(1, sizeof **ret);
        (*ret)->room = bytes;
        (*ret)->yearly = yearly == 1;
        (*ret)->year = (int32_t)year;
        (*ret)->unit = mv_xstrdup(end + (*end == ' '));
        (*ret)->names = evaluator_names_open();
        return MV_OK;
    }
    return mv_fail(err, MV_CONFIG, "frozen: %s is no report of a year", text);
}

static void kept_clear(struct kept *k)
{
    mv_buf_done(&k->rows.bytes);
    free(k->rows.ends);
    free(k->figures);
    k->rows = (struct rows){0};
    k->figures = NULL;
    k->count = k->cap = 0;
}

void evaluator_since_close(struct evaluator_since *s)
{
    if (s == NULL)
        return;
    for (uint32_t i = 0; i < s->count; i++) {
        free(s->at[i].unit);
        kept_clear(&s->at[i]);
    }
    evaluator_names_close(s->names);
    free(s->unit);
    free(s->before);
    free(s);
}

/* ---- keeping ---- */

static void let_go(struct kept *k)
{
    const struct rows *r = &k->rows;
    if (r->count > 0)
        k->of->bytes -= r->ends[r->count - 1] + r->count * sizeof *r->ends;
    k->of->bytes -= k->count * sizeof *k->figures;
    kept_clear(k);
}

/* Is there room for so much? Else the report is let go. */
static bool take_room(struct kept *k, size_t bytes)
{
    struct evaluator_since *s = k->of;
    size_t used = s->bytes + evaluator_names_bytes(s->names);
    k->over = used > s->room || bytes > s->room - used;
    if (k->over)
        let_go(k);
    else
        s->bytes += bytes;
    return !k->over;
}

/* What was appended to the bytes is a row, if there is room for it. */
static void end_row(struct kept *k)
{
    struct rows *r = &k->rows;
    size_t from = r->count > 0 ? r->ends[r->count - 1] : 0;
    if (!take_room(k, r->bytes.len - from + sizeof *r->ends))
        return;
    if (r->count == r->cap) {
        r->cap = r->cap == 0 ? 64 : r->cap * 2;
        r->ends = mv_xrealloc(r->ends, r->cap * sizeof *r->ends);
    }
    r->ends[r->count++] = r->bytes.len;
}

/* {what: frozen, seq, time, author, comment, catalogue}: the first row. */
static void keep_head(struct kept *k, const struct evaluator *e,
                      const struct mv_record *record,
                      const struct mv_statement *s)
{
    struct mv_buf *out = &k->rows.bytes;
    mv_pack_map(out, 6);
    mv_pack_kv_cstr(out, "what", "frozen");
    mv_pack_kv_u64(out, "seq", record->seq);
    mv_pack_kv_i64(out, "time", record->received_ms);
    mv_pack_kv_text(out, "author", s->author);
    mv_pack_kv_text(out, "comment", s->comment);
    mv_pack_kv_u64(out, "catalogue", e->force.now.catalogue_seq);
    end_row(k);
}

typedef mv_rc asker(struct evaluator *e, struct mv_span args,
                    struct evaluator_page *page, struct evaluator_refusal *no);

/* All rows of a verb as {what, row}; others: but those of the unit itself. */
static void keep_rows(struct kept *k, struct evaluator *e, const char *what,
                      asker *ask, struct mv_span args, bool others)
{
    struct evaluator_page page = {0};
    struct evaluator_refusal no = {0};
    while (!k->over) {
        struct mv_list l;
        struct mv_span row;
        page = (struct evaluator_page){.rows = page.rows, .from = page.next};
        mv_buf_clear(&page.rows);
        evaluator_page_begin(e, &page);
        if (ask(e, args, &page, &no) != MV_OK)
            break;
        l = (struct mv_list){mv_cursor(mv_buf_span(&page.rows)), page.count};
        while (!k->over && mv_list_next(&l, &row)) {
            struct mv_span unit;
            if (others && mv_map_text(row, "unit", &unit) &&
                mv_span_is(unit, k->unit))
                continue;
            mv_pack_map(&k->rows.bytes, 2);
            mv_pack_kv_cstr(&k->rows.bytes, "what", what);
            mv_pack_cstr(&k->rows.bytes, "row");
            mv_pack_raw(&k->rows.bytes, row);
            end_row(k);
        }
        if (page.next == 0)
            break;
    }
    mv_buf_done(&page.rows);
}

static struct kept *kept_of(struct evaluator_since *s, struct mv_span unit)
{
    for (uint32_t i = 0; i < s->count; i++)
        if (mv_span_is(unit, s->at[i].unit))
            return &s->at[i];
    return NULL;
}

/* What the report says: the unit's statuses, and of a year those of the units
 * below it and the numbers. */
static void keep_report(struct kept *k, struct evaluator *e,
                        struct mv_span unit)
{
    struct mv_buf of[2] = {{0}, {0}};
    static const char *const keys[] = {"unit", "region"};
    for (int i = 0; i < 2; i++) {
        mv_pack_map(&of[i], 2);
        mv_pack_kv_text(&of[i], keys[i], unit);
        mv_pack_kv_u64(&of[i], "year", (uint64_t)k->of->year);
    }
    struct mv_span own = mv_buf_span(&of[0]), below = mv_buf_span(&of[1]);
    keep_rows(k, e, "status", evaluator_ask_status, own, false);
    if (k->of->yearly) {
        keep_rows(k, e, "below", evaluator_ask_status, below, true);
        keep_rows(k, e, "report", evaluator_ask_report, own, false);
    }
    mv_buf_done(&of[0]);
    mv_buf_done(&of[1]);
}

static void begin(struct evaluator_since *s, struct evaluator *e,
                  const struct mv_record *record, const struct mv_statement *st)
{
    struct kept *k = kept_of(s, st->unit);
    bool asked = s->unit[0] == '\0' || mv_span_is(st->unit, s->unit);
    if (k == NULL && (!asked || s->count == EVALUATOR_SINCE_UNITS)) {
        s->more = true;
        return;
    }
    if (k == NULL) {
        k = &s->at[s->count++];
        *k = (struct kept){.of = s,
                           .unit = mv_xstrndup(st->unit.at, st->unit.len)};
    }
    let_go(k);
    k->over = false;
    k->seq = record->seq;
    keep_head(k, e, record, st);
    keep_report(k, e, st->unit);
}

/* ---- what came since ---- */

static const struct mv_unit *unit_of(const struct kept *k,
                                     const struct evaluator *e)
{
    return mv_catalogue_unit(e->force.now.catalogue, mv_span_text(k->unit));
}

/* Is it a figure of the unit's report, in the tree of today? */
static bool is_below(const struct kept *k, const struct evaluator *e,
                     const struct mv_figure *f)
{
    const struct mv_unit *u = unit_of(k, e);
    return u != NULL &&
           mv_catalogue_below(e->force.now.catalogue, f->unit, u->index);
}

void evaluator_since_before(struct evaluator_since *s,
                            const struct evaluator *e)
{
    if (s->count == 0)
        return;
    if (s->before_cap < e->figures.count) {
        s->before_cap = e->figures.count;
        s->before = mv_xrealloc(s->before, s->before_cap * sizeof *s->before);
    }
    for (uint32_t i = 0; i < e->figures.count; i++) {
        const struct mv_figure *f = &e->figures.at[i];
        bool any = false;
        for (uint32_t k = 0; k < s->count && !any; k++)
            any = is_below(&s->at[k], e, f);
        if (any)
            evaluator_later_before(e, f, &s->before[i]);
    }
}

/* Is the target judged for the figure's unit, or one above it up to top? */
static bool is_judged(const struct evaluator *e, const struct mv_target *t,
                      uint32_t from, uint32_t top)
{
    const struct mv_unit *units = e->force.now.catalogue->units;
    uint32_t u = from;
    while (u != top && !mv_plan_judges(e->force.now.plan, t->index, u))
        u = units[u].parent;
    return mv_plan_judges(e->force.now.plan, t->index, u);
}

/* The year's targets that use the figure and that the report tells of: how
 * many; their ids are appended, unless ids is NULL. */
static uint32_t put_targets(const struct kept *k, const struct evaluator *e,
                            const struct mv_figure *f, struct mv_buf *ids)
{
    const struct mv_catalogue *c = e->force.now.catalogue;
    const struct mv_plan *plan = e->force.now.plan;
    struct mv_indices all = mv_plan_targets(plan, f->indicator, f->period.year);
    uint32_t top = unit_of(k, e)->index, count = 0;
    for (uint32_t i = 0; i < all.count; i++) {
        const struct mv_target *t = &c->targets[all.at[i]];
        uint32_t from = k->of->yearly ? f->unit : top;
        if (t->year != k->of->year || !is_judged(e, t, from, top))
            continue;
        if (ids != NULL)
            mv_pack_text(ids, t->id);
        count++;
    }
    return count;
}

static bool is_of_report(const struct kept *k, const struct evaluator *e,
                         const struct mv_figure *f)
{
    return is_below(k, e, f) && put_targets(k, e, f, NULL) > 0;
}

static void keep_figure(struct kept *k, const struct evaluator_later *f)
{
    if (!take_room(k, sizeof *f))
        return;
    if (k->count == k->cap) {
        k->cap = k->cap == 0 ? 64 : k->cap * 2;
        k->figures = mv_xrealloc(k->figures, k->cap * sizeof *k->figures);
    }
    k->figures[k->count++] = *f;
}

/* Once, whatever many reports it is of. */
static void add_figure(struct evaluator_since *s, const struct evaluator *e,
                       const struct mv_record *record, uint32_t at)
{
    const struct mv_figure *f = &e->figures.at[at];
    struct evaluator_later later;
    bool made = false;
    for (uint32_t i = 0; i < s->count; i++) {
        struct kept *k = &s->at[i];
        if (k->over || !is_of_report(k, e, f))
            continue;
        if (!made && !evaluator_later_keep(s->names, e, record, f,
                                           &s->before[at], &later))
            return;
        made = true;
        keep_figure(k, &later);
    }
}

void evaluator_since_take(struct evaluator_since *s, struct evaluator *e,
                          const struct mv_record *record)
{
    mv_statement_kind kind;
    struct mv_statement st;
    struct mv_fault fault = {0};
    if (e->force.now.plan == NULL)
        return;
    if (mv_statement_is(record->content, &kind) &&
        kind == MV_STATEMENT_FREEZE &&
        mv_statement_read(record->content, &st, &fault) &&
        st.year == (uint64_t)s->year &&
        mv_span_is(st.report, s->yearly ? "year" : "half-year"))
        begin(s, e, record, &st);
    if (s->count == 0)
        return;
    evaluator_names_look(s->names, e);
    for (uint32_t i = 0; i < e->effects.count; i++)
        add_figure(s, e, record, e->effects.at[i].figure);
}

/* ---- asking ---- */

static void put_list(const char *key, struct mv_buf *items, uint32_t count,
                     struct mv_buf *out)
{
    mv_pack_cstr(out, key);
    mv_pack_list(out, count);
    mv_pack_raw(out, mv_buf_span(items));
    mv_buf_clear(items);
}

/* With the targets that it is of, and the units from its own up to the
 * report's, which is left out: by the catalogue of today, as the statuses. */
static void put_figure(const struct kept *k, const struct evaluator *e,
                       const struct evaluator_later *later, struct mv_buf *out)
{
    const struct mv_unit *units = e->force.now.catalogue->units;
    struct mv_buf ids = {0}, pairs = {0};
    struct evaluator_told t;
    evaluator_later_find(k->of->names, e, later, &t);
    bool is = t.there && is_below(k, e, &t.figure);
    uint32_t count = is ? put_targets(k, e, &t.figure, &ids) : 0;
    put_list("targets", &ids, count, &pairs);
    count = 0;
    for (uint32_t u = t.figure.unit; is && u != unit_of(k, e)->index;
         u = units[u].parent, count++)
        mv_pack_text(&ids, units[u].id);
    put_list("units", &ids, count, &pairs);
    evaluator_later_tell(e, &t, 2, mv_buf_span(&pairs), out);
    mv_buf_done(&ids);
    mv_buf_done(&pairs);
}

static void put_row(const struct evaluator *e, const struct kept *k, uint64_t i,
                    struct mv_buf *out)
{
    const struct rows *r = &k->rows;
    if (i < r->count) {
        size_t from = i > 0 ? r->ends[i - 1] : 0;
        mv_pack_raw(
            out, mv_span((const char *)r->bytes.at + from, r->ends[i] - from));
    } else {
        put_figure(k, e, &k->figures[i - r->count], out);
    }
}

mv_rc evaluator_ask_since(struct evaluator *e, struct mv_span args,
                          struct evaluator_page *page,
                          struct evaluator_refusal *no)
{
    struct mv_span unit;
    if (e->since == NULL)
        return evaluator_refuse(no, "not_found",
                                "this is no view of a frozen report");
    if (!mv_map_text(args, "unit", &unit))
        return evaluator_refuse(no, "missing", "args need `unit`");
    const struct kept *k = kept_of(e->since, unit);
    if (k == NULL && e->since->more && !mv_span_is(unit, e->since->unit)) {
        return evaluator_refuse(no, "refused",
                                "the view keeps other units' reports: name "
                                "this one");
    }
    if (k == NULL)
        return MV_OK; /* never frozen: no rows */
    if (k->over)
        return evaluator_refuse(no, "refused",
                                "too much came since to be kept");
    uint64_t count = (uint64_t)k->rows.count + k->count;
    for (uint64_t i = page->from; i < count; i++) {
        if (evaluator_page_full(page) ||
            (page->count > 0 && evaluator_page_over(e, page))) {
            page->next = i;
            break;
        }
        put_row(e, k, i, &page->rows);
        page->count++;
    }
    return MV_OK;
}
