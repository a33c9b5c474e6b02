/* since - see since.h. Job: the frozen rows, and the figures behind them.
 * Invariant: rows are kept as they were asked for at that record, by
 * identifiers, so that no catalogue after it moves them. Memory only: a crash
 * leaves nothing. */
#include "services/evaluator/since.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/pack.h"
#include "proto/statement.h"
#include "proto/walk.h"

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
    bool over; /* more than is kept: let go, it cannot be said what changed */
};

struct evaluator_since {
    bool yearly, more; /* more: of other units, and not kept */
    int32_t year;
    char *unit; /* the one that is kept; "": as many as there is room for */
    struct kept at[EVALUATOR_SINCE_UNITS];
    uint32_t count;
    size_t bytes, room; /* in all rows, with their ends; at most */
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
        return MV_OK;
    }
    return mv_fail(err, MV_CONFIG, "frozen: %s is no report of a year", text);
}

static void rows_done(struct rows *r)
{
    mv_buf_done(&r->bytes);
    free(r->ends);
    *r = (struct rows){0};
}

void evaluator_since_close(struct evaluator_since *s)
{
    if (s == NULL)
        return;
    for (uint32_t i = 0; i < s->count; i++) {
        free(s->at[i].unit);
        rows_done(&s->at[i].rows);
    }
    free(s->unit);
    free(s);
}

/* ---- keeping ---- */

static void let_go(struct kept *k)
{
    const struct rows *r = &k->rows;
    if (r->count > 0)
        k->of->bytes -= r->ends[r->count - 1] + r->count * sizeof *r->ends;
    rows_done(&k->rows);
}

/* What was appended to the bytes is a row, if there is room for it. */
static void end_row(struct kept *k)
{
    struct rows *r = &k->rows;
    size_t from = r->count > 0 ? r->ends[r->count - 1] : 0;
    size_t more = r->bytes.len - from + sizeof *r->ends;
    if (more > k->of->room - k->of->bytes) {
        let_go(k);
        k->over = true;
        return;
    }
    k->of->bytes += more;
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

/* Takes the items. */
static void put_list(struct mv_buf *items, uint32_t count, struct mv_buf *out)
{
    mv_buf_clear(out);
    mv_pack_list(out, count);
    mv_pack_raw(out, mv_buf_span(items));
    mv_buf_done(items);
}

/* The units from the figure's own up to the report's, which is left out. */
static void put_units(const struct evaluator *e, const struct mv_figure *f,
                      uint32_t top, struct mv_buf *out)
{
    const struct mv_unit *units = e->force.now.catalogue->units;
    struct mv_buf ids = {0};
    uint32_t count = 0;
    for (uint32_t u = f->unit; u != top; u = units[u].parent, count++)
        mv_pack_text(&ids, units[u].id);
    put_list(&ids, count, out);
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

/* The year's targets that use the figure and that the report tells of. */
static uint32_t put_targets(const struct evaluator_since *s,
                            const struct evaluator *e,
                            const struct mv_figure *f, uint32_t unit,
                            struct mv_buf *out)
{
    const struct mv_catalogue *c = e->force.now.catalogue;
    const struct mv_plan *plan = e->force.now.plan;
    struct mv_indices all = mv_plan_targets(plan, f->indicator, f->period.year);
    struct mv_buf ids = {0};
    uint32_t count = 0;
    for (uint32_t i = 0; i < all.count; i++) {
        const struct mv_target *t = &c->targets[all.at[i]];
        uint32_t from = s->yearly ? f->unit : unit;
        if (t->year != s->year || !is_judged(e, t, from, unit))
            continue;
        mv_pack_text(&ids, t->id);
        count++;
    }
    put_list(&ids, count, out);
    return count;
}

/* {what: figure, seq, time, kind, indicator, unit, member?, period, row,
 * targets, units} */
static void keep_figure(struct kept *k, const struct evaluator *e,
                        const struct mv_record *record,
                        const struct mv_figure *f, const char *kind,
                        struct mv_span targets, struct mv_span units)
{
    const struct mv_catalogue *c = e->force.now.catalogue;
    const struct mv_indicator *ind = &c->indicators[f->indicator];
    bool member = f->member != MV_MEMBER_TOTAL;
    char period[MV_PERIOD_TEXT_BYTES];
    struct mv_buf *out = &k->rows.bytes;
    mv_pack_map(out, 10u + member);
    mv_pack_kv_cstr(out, "what", "figure");
    mv_pack_kv_u64(out, "seq", record->seq);
    mv_pack_kv_i64(out, "time", record->received_ms);
    mv_pack_kv_cstr(out, "kind", kind);
    mv_pack_kv_text(out, "indicator", ind->id);
    mv_pack_kv_text(out, "unit", c->units[f->unit].id);
    if (member)
        mv_pack_kv_text(out, "member", ind->members[f->member].id);
    mv_pack_kv_cstr(out, "period", mv_period_text(&f->period, period));
    mv_pack_kv_u64(out, "row", f->row + 1u); /* kept from 0 */
    mv_pack_cstr(out, "targets");
    mv_pack_raw(out, targets);
    mv_pack_cstr(out, "units");
    mv_pack_raw(out, units);
    end_row(k);
}

static void add_figures(struct evaluator_since *s, struct kept *k,
                        const struct evaluator *e,
                        const struct mv_record *record)
{
    const struct mv_catalogue *c = e->force.now.catalogue;
    const struct mv_unit *u = mv_catalogue_unit(c, mv_span_text(k->unit));
    struct mv_buf targets = {0}, units = {0};
    for (uint32_t i = 0; u != NULL && i < e->effects.count && !k->over; i++) {
        const struct evaluator_effect *effect = &e->effects.at[i];
        const struct mv_figure *f = &e->figures.at[effect->figure];
        if (!mv_catalogue_below(c, f->unit, u->index))
            continue;
        if (put_targets(s, e, f, u->index, &targets) == 0)
            continue;
        put_units(e, f, u->index, &units);
        keep_figure(k, e, record, f,
                    f->withdrawn        ? "withdrawal"
                    : effect->corrected ? "correction"
                                        : "figure",
                    mv_buf_span(&targets), mv_buf_span(&units));
    }
    mv_buf_done(&targets);
    mv_buf_done(&units);
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
    for (uint32_t i = 0; i < s->count; i++)
        add_figures(s, &s->at[i], e, record);
}

/* ---- asking ---- */

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
    for (uint64_t i = page->from; i < k->rows.count; i++) {
        size_t from = i > 0 ? k->rows.ends[i - 1] : 0;
        if (evaluator_page_full(page)) {
            page->next = i;
            break;
        }
        mv_pack_raw(&page->rows, mv_span((const char *)k->rows.bytes.at + from,
                                         k->rows.ends[i] - from));
        page->count++;
    }
    return MV_OK;
}
