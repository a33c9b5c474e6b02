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
    size_t bytes, room;  /* in all rows, with their ends; at most */
    struct mv_slot *was; /* before the record in hand, of each of its figures */
    bool *had;
    uint32_t figures;
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
    free(s->was);
    free(s->had);
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

/* A figure that displaced another, or none. */
struct turn {
    const struct mv_figure *figure;
    struct mv_slot was, now;
    bool had;
    bool hidden; /* its numbers may not be shown */
};

static bool is_small(const struct mv_indicator *ind, const struct mv_slot *slot)
{
    return slot->held == MV_HELD_RATIO &&
           slot->denominator <
               (mv_i128)ind->min_denominator * (mv_i128)MV_MICRO_ONE;
}

/* Suppressed then or now, or beside a unit that is: with the sum above them
 * it could tell that one's. */
static bool is_hidden(const struct evaluator *e, const struct turn *t)
{
    const struct mv_judge_env env = evaluator_env(e);
    const struct mv_catalogue *c = e->force.now.catalogue;
    const struct mv_indicator *ind = &c->indicators[t->figure->indicator];
    uint32_t parent = c->units[t->figure->unit].parent;
    struct mv_figure beside = *t->figure;
    struct mv_slot slot;
    if (ind->min_denominator == 0)
        return false;
    if (is_small(ind, &t->now) || (t->had && is_small(ind, &t->was)))
        return true;
    for (uint32_t u = 0; parent != MV_NONE && u < c->unit_count; u++) {
        beside.unit = u;
        if (c->units[u].parent == parent &&
            mv_figure_held(&env, &beside, &slot) && is_small(ind, &slot))
            return true;
    }
    return false;
}

/* {value?, numerator? denominator?, flag? withdrawn?}. Where numbers of the
 * indicator may be suppressed, the value by its decimals alone. */
static void put_held(const struct evaluator *e, const struct turn *t,
                     const char *key, const struct mv_slot *slot,
                     struct mv_buf *out)
{
    const struct mv_indicator *ind =
        &e->force.now.catalogue->indicators[t->figure->indicator];
    bool pair = slot->held == MV_HELD_RATIO, plain = ind->min_denominator == 0;
    struct mv_dec value = mv_dec_from_micro(slot->numerator);
    bool told =
        slot->held == MV_HELD_VALUE ||
        (pair &&
         mv_dec_ratio(&value, slot->numerator, slot->denominator,
                      mv_plan_scale(e->force.now.plan, t->figure->indicator)));
    bool both = pair && plain;
    if (!plain)
        (void)mv_dec_round(&value, value, ind->decimals);
    mv_pack_cstr(out, key);
    mv_pack_map(out, (uint32_t)told + 2u * both + (slot->flag != 0) +
                         slot->withdrawn);
    if (told)
        mv_pack_kv_dec(out, "value", value);
    if (both) {
        mv_pack_kv_dec(out, "numerator", mv_dec_from_micro(slot->numerator));
        mv_pack_kv_dec(out, "denominator",
                       mv_dec_from_micro(slot->denominator));
    }
    if (slot->flag != 0)
        mv_pack_kv_text(out, "flag", mv_span(&slot->flag, 1));
    if (slot->withdrawn)
        mv_pack_kv_bool(out, "withdrawn", true);
}

/* Its numbers, or that they are hidden. */
static void put_turn(const struct evaluator *e, const struct turn *t,
                     struct mv_buf *out)
{
    if (t->hidden) {
        mv_pack_kv_bool(out, "hidden", true);
        return;
    }
    if (t->had)
        put_held(e, t, "was", &t->was, out);
    put_held(e, t, "now", &t->now, out);
}

/* {what: figure, seq, time, by, kind, indicator, title, measure, decimals,
 * unit, member?, member_title?, period, row, targets, units, hidden? was? now?}
 */
static void keep_figure(struct kept *k, const struct evaluator *e,
                        const struct mv_record *record, const struct turn *t,
                        const char *kind, struct mv_span targets,
                        struct mv_span units)
{
    const struct mv_catalogue *c = e->force.now.catalogue;
    const struct mv_figure *f = t->figure;
    const struct mv_indicator *ind = &c->indicators[f->indicator];
    bool member = f->member != MV_MEMBER_TOTAL;
    char period[MV_PERIOD_TEXT_BYTES];
    struct mv_buf *out = &k->rows.bytes;
    mv_pack_map(out, 15u + 2u * member + (t->had && !t->hidden));
    mv_pack_kv_cstr(out, "what", "figure");
    mv_pack_kv_u64(out, "seq", record->seq);
    mv_pack_kv_i64(out, "time", record->received_ms);
    mv_pack_kv_cstr(out, "by", record->key_name);
    mv_pack_kv_cstr(out, "kind", kind);
    mv_pack_kv_text(out, "indicator", ind->id);
    mv_pack_cstr(out, "title");
    evaluator_title_pack(&ind->title, out);
    mv_pack_kv_text(out, "measure", evaluator_cut(ind->measure_word, 64));
    mv_pack_kv_u64(out, "decimals", ind->decimals);
    mv_pack_kv_text(out, "unit", c->units[f->unit].id);
    if (member) {
        mv_pack_kv_text(out, "member", ind->members[f->member].id);
        mv_pack_cstr(out, "member_title");
        evaluator_title_pack(&ind->members[f->member].title, out);
    }
    mv_pack_kv_cstr(out, "period", mv_period_text(&f->period, period));
    mv_pack_kv_u64(out, "row", f->row + 1u); /* kept from 0 */
    mv_pack_cstr(out, "targets");
    mv_pack_raw(out, targets);
    mv_pack_cstr(out, "units");
    mv_pack_raw(out, units);
    put_turn(e, t, out);
    end_row(k);
}

void evaluator_since_before(struct evaluator_since *s,
                            const struct evaluator *e)
{
    const struct mv_judge_env env = evaluator_env(e);
    if (s->count == 0)
        return;
    if (s->figures < e->figures.count) {
        s->figures = e->figures.count;
        s->was = mv_xrealloc(s->was, s->figures * sizeof *s->was);
        s->had = mv_xrealloc(s->had, s->figures * sizeof *s->had);
    }
    for (uint32_t i = 0; i < e->figures.count; i++)
        s->had[i] = mv_figure_held(&env, &e->figures.at[i], &s->was[i]);
}

static void add_figures(struct evaluator_since *s, struct kept *k,
                        const struct evaluator *e,
                        const struct mv_record *record)
{
    const struct mv_catalogue *c = e->force.now.catalogue;
    const struct mv_unit *u = mv_catalogue_unit(c, mv_span_text(k->unit));
    const struct mv_judge_env env = evaluator_env(e);
    struct mv_buf targets = {0}, units = {0};
    for (uint32_t i = 0; u != NULL && i < e->effects.count && !k->over; i++) {
        const struct evaluator_effect *effect = &e->effects.at[i];
        const struct mv_figure *f = &e->figures.at[effect->figure];
        if (!mv_catalogue_below(c, f->unit, u->index))
            continue;
        if (put_targets(s, e, f, u->index, &targets) == 0)
            continue;
        put_units(e, f, u->index, &units);
        struct turn t = {.figure = f,
                         .was = s->was[effect->figure],
                         .had = s->had[effect->figure]};
        if (!mv_figure_held(&env, f, &t.now))
            continue;
        t.hidden = is_hidden(e, &t);
        keep_figure(k, e, record, &t,
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

/* Of which figure the kept row is; false: not one of today's catalogue. */
static bool find_figure(const struct evaluator *e, struct mv_span row,
                        struct mv_figure *ret)
{
    const struct mv_catalogue *c = e->force.now.catalogue;
    struct mv_span indicator, unit, member, period;
    if (!mv_map_text(row, "indicator", &indicator) ||
        !mv_map_text(row, "unit", &unit) ||
        !mv_map_text(row, "period", &period))
        return false;
    const struct mv_indicator *ind = mv_catalogue_indicator(c, indicator);
    const struct mv_unit *u = mv_catalogue_unit(c, unit);
    if (ind == NULL || u == NULL || !mv_period_parse(period, &ret->period))
        return false;
    ret->indicator = ind->index;
    ret->unit = u->index;
    bool part = mv_map_text(row, "member", &member);
    ret->member = part ? mv_catalogue_member(c, ind, member) : MV_MEMBER_TOTAL;
    return !part || ret->member != MV_NONE;
}

/* What could be shown when it came may not be now. */
static bool is_hidden_now(const struct evaluator *e, struct mv_span row)
{
    const struct mv_judge_env env = evaluator_env(e);
    struct mv_figure figure = {0};
    struct turn t = {.figure = &figure};
    struct mv_span any;
    if (!mv_map_find(row, "now", &any))
        return false;
    if (!find_figure(e, row, &figure))
        return true;
    (void)mv_figure_held(&env, &figure, &t.now);
    return is_hidden(e, &t);
}

/* The row with `hidden` in place of its numbers. */
static void pack_hidden(struct mv_span row, struct mv_buf *out)
{
    struct mv_buf pairs = {0};
    struct mv_pairs p;
    struct mv_span key, value;
    uint32_t count = 1;
    if (mv_pairs_open(&p, row)) {
        while (mv_pairs_next(&p, &key, &value)) {
            if (mv_span_is(key, "was") || mv_span_is(key, "now"))
                continue;
            mv_pack_text(&pairs, key);
            mv_pack_raw(&pairs, value);
            count++;
        }
    }
    mv_pack_map(out, count);
    mv_pack_raw(out, mv_buf_span(&pairs));
    mv_pack_kv_bool(out, "hidden", true);
    mv_buf_done(&pairs);
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
    for (uint64_t i = page->from; i < k->rows.count; i++) {
        size_t from = i > 0 ? k->rows.ends[i - 1] : 0;
        struct mv_span row = mv_span((const char *)k->rows.bytes.at + from,
                                     k->rows.ends[i] - from);
        if (evaluator_page_full(page) ||
            (page->count > 0 && evaluator_page_over(e, page))) {
            page->next = i;
            break;
        }
        if (is_hidden_now(e, row))
            pack_hidden(row, &page->rows);
        else
            mv_pack_raw(&page->rows, row);
        page->count++;
    }
    return MV_OK;
}
