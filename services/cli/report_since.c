/* report_since - see report_since.h. Job: the frozen rows held against those
 * of now. Invariant: exact numbers are compared, and two that differ are not
 * shown alike. Holds nothing beyond the report. */
#include "services/cli/report_since.h"

#include <stdlib.h>

#include "services/cli/phrase.h"
#include "services/cli/table.h"

#define CAUSES_SHOWN 3

struct finding {
    const struct cli *c;
    const struct cli_report *r;
    struct mv_span *old; /* the kept rows of `status`, `below` and `report` */
    size_t old_count, at;
    struct cli_report_changes *ret;
};

struct mv_span cli_report_frozen(const struct cli_report *r)
{
    struct mv_list l = cli_pages_walk(&r->since);
    struct mv_span row;
    return mv_list_next(&l, &row) && cli_is_what(row, "frozen")
               ? row
               : mv_span("", 0);
}

static void put(struct mv_buf *out, struct mv_span text)
{
    mv_buf_put(out, text.at, text.len);
}

/* ---- the same row then ---- */

static bool same(struct mv_span a, struct mv_span b, const char *key)
{
    return mv_span_equal(cli_get_text(a, key), cli_get_text(b, key));
}

static bool same_status(struct mv_span a, struct mv_span b)
{
    return cli_get_text(a, "what").len == 0 && same(a, b, "target") &&
           same(a, b, "commission") && same(a, b, "unit");
}

static bool same_line(struct mv_span a, struct mv_span b)
{
    return same(a, b, "what") && same(a, b, "target") && same(a, b, "text") &&
           same(a, b, "member");
}

/* Both go by the catalogue's order: it is looked for from the last one on. */
static struct mv_span old_of(struct finding *f, struct mv_span row,
                             bool (*is)(struct mv_span a, struct mv_span b))
{
    for (size_t n = 0; n < f->old_count; n++) {
        size_t i = (f->at + n) % f->old_count;
        if (is(f->old[i], row)) {
            f->at = i;
            return f->old[i];
        }
    }
    return mv_span("", 0);
}

static void read_old(struct finding *f)
{
    struct mv_list l = cli_pages_walk(&f->r->since);
    struct mv_span row;
    f->old = mv_xcalloc(f->r->since.count + 1, sizeof *f->old);
    while (mv_list_next(&l, &row)) {
        if (cli_is_what(row, "status") || cli_is_what(row, "below") ||
            cli_is_what(row, "report"))
            f->old[f->old_count++] = cli_get(row, "row");
    }
}

/* ---- what made it so ---- */

static void add_cause(struct cli_report_change *ch, struct cli_report_cause of)
{
    if (ch->cause_count < CLI_CAUSES_MAX)
        ch->causes[ch->cause_count] = of;
    ch->cause_count++;
}

static bool add_figures(const struct finding *f, struct cli_report_change *ch,
                        struct mv_span row, uint64_t seq)
{
    struct mv_list l = cli_pages_walk(&f->r->since);
    struct mv_span kept;
    bool is_seq = false;
    while (mv_list_next(&l, &kept)) {
        if (!cli_is_what(kept, "figure") ||
            !mv_list_has(cli_get(kept, "targets"),
                         cli_get_text(row, "target")) ||
            (ch->unit.len > 0 &&
             !mv_list_has(cli_get(kept, "units"), ch->unit)))
            continue;
        uint64_t of = cli_get_u64(kept, "seq");
        is_seq |= of == seq;
        add_cause(ch, (struct cli_report_cause){
                          .kind = cli_get_text(kept, "kind"),
                          .figure = kept,
                          .seq = of,
                          .time_ms = cli_get_i64(kept, "time")});
    }
    return is_seq;
}

/* What kind of record it is; that which was released or is a day, too. */
static struct mv_span kind_of(const struct finding *f, uint64_t seq)
{
    struct mv_span content, type, row = cli_source_record(f->ret->source, seq);
    struct mv_fault fault;
    if (!mv_value_bin(cli_get(row, "content"), &content) ||
        !mv_cursor_check(content, &mv_limits_message, NULL, &fault) ||
        !mv_map_text(content, "type", &type))
        return mv_span("", 0);
    return mv_span_is(type, "release") ? mv_span_text("hold") : type;
}

static void add_record(const struct finding *f, struct cli_report_change *ch,
                       uint64_t seq, struct mv_span kind, int64_t time_ms)
{
    if (seq > cli_get_u64(cli_report_frozen(f->r), "seq"))
        add_cause(ch, (struct cli_report_cause){
                          .kind = kind, .seq = seq, .time_ms = time_ms});
}

/* A status says which record it came of; of a value it was a figure, or else
 * the catalogue. */
static void find_causes(const struct finding *f, struct cli_report_change *ch,
                        struct mv_span row)
{
    uint64_t seq = ch->status ? cli_get_u64(row, "since") : 0;
    uint64_t catalogue = cli_get_u64(mv_buf_span(&f->r->state), "catalogue");
    if (!add_figures(f, ch, row, seq) && seq > 0)
        add_record(f, ch, seq, kind_of(f, seq), cli_get_i64(row, "since_ms"));
    if (ch->cause_count == 0)
        add_record(f, ch, catalogue, mv_span_text("catalogue"),
                   cli_source_ms(f->ret->source, catalogue));
}

/* ---- what is another ---- */

static struct cli_report_change *add(struct finding *f, struct mv_span id)
{
    struct cli_report_changes *all = f->ret;
    if (all->count == all->cap) {
        all->cap = all->cap == 0 ? 16 : all->cap * 2;
        all->at = mv_xrealloc(all->at, all->cap * sizeof *all->at);
    }
    struct cli_report_change *ch = &all->at[all->count++];
    *ch = (struct cli_report_change){.id = id};
    return ch;
}

static void put_status(const struct cli *c, struct mv_span row,
                       struct mv_buf *out)
{
    struct mv_span status = cli_get_text(row, "status");
    if (row.len == 0) {
        mv_buf_text(out, "–");
        return;
    }
    mv_buf_text(out, cli_status_text(c, status));
    if (!mv_span_is(status, "none"))
        return;
    mv_buf_text(out, " (");
    cli_reason_of(c, row, "reason", out);
    mv_buf_text(out, ")");
}

static bool is_below(const struct finding *f, struct mv_span row)
{
    return !mv_span_is(cli_get_text(row, "unit"), f->r->unit);
}

/* The item's status, or of a unit below: called by its name. */
static void add_status(struct finding *f, const struct cli_report_item *item,
                       struct mv_span id, struct mv_span old,
                       struct mv_span row)
{
    struct cli_report_change *ch = add(f, id);
    struct mv_span either = row.len > 0 ? row : old;
    ch->item = item;
    ch->status = true;
    if (is_below(f, either)) {
        ch->unit = cli_get_text(either, "unit");
        put(&ch->what, cli_get_text(either, "name"));
    } else {
        mv_buf_text(&ch->what, cli_w(f->c, CLI_W_COL_STATUS));
    }
    put_status(f->c, old, &ch->was);
    put_status(f->c, row, &ch->now);
    ch->was_raw = cli_get_text(old, "status");
    ch->now_raw = cli_get_text(row, "status");
    find_causes(f, ch, row);
}

static void find_status(struct finding *f, const struct cli_report_item *item,
                        struct mv_span row)
{
    struct mv_span old = old_of(f, row, same_status);
    if (old.len == 0 || !same(old, row, "status") || !same(old, row, "reason"))
        add_status(f, item, cli_report_id(item), old, row);
}

/* Whose row it is, or NULL; both go by the catalogue's order. */
static const struct cli_report_item *item_of(const struct cli_report *r,
                                             struct mv_span row, size_t *at)
{
    for (size_t n = 0; n < r->count; n++) {
        size_t i = (*at + n) % r->count;
        if (same(r->items[i].head, row, "target") &&
            same(r->items[i].head, row, "commission")) {
            *at = i;
            return &r->items[i];
        }
    }
    return NULL;
}

/* The report counts the colours of the units below: which are others. */
static void find_below(struct finding *f)
{
    struct mv_list l = cli_pages_walk(&f->r->statuses);
    struct mv_span row;
    size_t at = 0;
    while (f->r->kind == CLI_REPORT_YEAR && mv_list_next(&l, &row)) {
        if (!is_below(f, row) ||
            !mv_span_is(cli_get_text(row, "region"), f->r->unit))
            continue;
        const struct cli_report_item *item = item_of(f->r, row, &at);
        if (item != NULL)
            find_status(f, item, row);
    }
}

/* The number of a line, exact. */
static struct mv_span number_of(struct mv_span line)
{
    return cli_get_text(line, "value");
}

static void put_number(const struct cli *c, struct mv_span line,
                       struct mv_span beside, struct mv_buf *out)
{
    struct cli_numbers n;
    char room[2][MV_DEC_TEXT_BYTES];
    struct mv_span number = number_of(line);
    cli_numbers_read(line, &n);
    if (number.len == 0)
        mv_buf_text(out, "–");
    else
        cli_shown(c, &n.with, cli_numbers_scale(&n, number, room[0]),
                  cli_numbers_scale(&n, beside, room[1]), out);
}

static void find_line(struct finding *f, const struct cli_report_item *item,
                      const struct cli_report_line *line)
{
    struct cli_report_cells cells = {0};
    struct mv_span old = old_of(f, line->row, same_line);
    struct mv_span was = number_of(old), now = number_of(line->row);
    if (mv_span_equal(was, now))
        return;
    struct cli_report_change *ch = add(f, cli_report_id(item));
    ch->item = item;
    cli_report_cells(f->c, line, &cells);
    put(&ch->what, mv_buf_span(&cells.what));
    put_number(f->c, old, now, &ch->was);
    put_number(f->c, line->row, was, &ch->now);
    ch->was_raw = was;
    ch->now_raw = now;
    find_causes(f, ch, line->row);
    cli_report_cells_done(&cells);
}

/* A requirement that the catalogue has no more, or no more of that unit. */
static void find_gone(struct finding *f)
{
    struct mv_list now = cli_pages_walk(&f->r->statuses);
    struct mv_span *all = mv_xcalloc(f->r->statuses.count + 1, sizeof *all);
    size_t count = 0, at = 0, hint = 0;
    while (mv_list_next(&now, &all[count]))
        count++;
    for (size_t i = 0; i < f->old_count; i++) {
        struct mv_span old = f->old[i], id = cli_get_text(old, "target");
        size_t n = 0;
        if (cli_get_text(old, "what").len > 0)
            continue;
        while (n < count && !same_status(old, all[(at + n) % count]))
            n++;
        if (n < count) {
            at = (at + n) % count;
        } else {
            add_status(f, item_of(f->r, old, &hint),
                       id.len > 0 ? id : cli_get_text(old, "commission"), old,
                       mv_span("", 0));
        }
    }
    free(all);
}

void cli_report_changes_find(const struct cli *c, const struct cli_report *r,
                             struct cli_report_changes *ret)
{
    struct finding f = {.c = c, .r = r, .ret = ret};
    if (cli_report_frozen(r).len == 0)
        return;
    read_old(&f);
    for (size_t i = 0; i < r->count; i++) {
        const struct cli_report_item *item = &r->items[i];
        if (item->row.len > 0)
            find_status(&f, item, item->row);
        for (size_t k = 0; k < item->line_count; k++)
            if (!item->lines[k].aim)
                find_line(&f, item, &item->lines[k]);
    }
    find_below(&f);
    find_gone(&f);
    free(f.old);
}

void cli_report_changes_done(struct cli_report_changes *changes)
{
    for (size_t i = 0; i < changes->count; i++) {
        mv_buf_done(&changes->at[i].what);
        mv_buf_done(&changes->at[i].was);
        mv_buf_done(&changes->at[i].now);
    }
    free(changes->at);
    cli_source_close(changes->source);
    *changes = (struct cli_report_changes){0};
}

/* ---- in words ---- */

cli_word cli_report_since_word(const struct cli_report *r)
{
    return r->kind == CLI_REPORT_HALF_YEAR ? CLI_W_REP_SINCE_HALF
                                           : CLI_W_REP_SINCE;
}

static void put_figure(struct mv_span figure, struct mv_buf *out)
{
    static const char *const keys[] = {"unit", "member", "period"};
    const char *between = ": ";
    for (size_t i = 0; i < CLI_COUNT(keys); i++) {
        struct mv_span text = cli_get_text(figure, keys[i]);
        if (text.len == 0)
            continue;
        mv_buf_text(out, between);
        put(out, text);
        between = " ";
    }
}

void cli_report_cause(const struct cli *c, const struct cli_report_cause *cause,
                      struct cli_source *source, struct mv_buf *out)
{
    struct mv_buf said = {0}, seq = {0}, delivery = {0};
    cli_cause(c, cause->kind, &said);
    if (cause->time_ms > 0 && said.len > 0)
        mv_buf_put_u8(&said, ' ');
    cli_day(cause->time_ms, &said);
    mv_buf_text(&said, said.len > 0 ? ", " : "");
    mv_buf_put(out, said.at, said.len);
    mv_buf_printf(&seq, "%llu", (unsigned long long)cause->seq);
    cli_word_put(out, c, CLI_W_REP_CAUSE, mv_buf_cstr(&seq), NULL);
    cli_source_delivery(source, cause->seq, &delivery);
    if (delivery.len > 0)
        mv_buf_printf(out, " (%s)", mv_buf_cstr(&delivery));
    put_figure(cause->figure, out);
    mv_buf_done(&said);
    mv_buf_done(&seq);
    mv_buf_done(&delivery);
}

void cli_report_causes(const struct cli *c,
                       const struct cli_report_changes *all,
                       const struct cli_report_change *change,
                       struct mv_buf *out)
{
    uint32_t shown =
        change->cause_count < CAUSES_SHOWN ? change->cause_count : CAUSES_SHOWN;
    for (uint32_t i = 0; i < shown; i++) {
        mv_buf_text(out, i > 0 ? "; " : "");
        cli_report_cause(c, &change->causes[i], all->source, out);
    }
    if (change->cause_count > shown) {
        struct mv_buf more = {0};
        cli_count(c, change->cause_count - shown, &more);
        mv_buf_text(out, "; ");
        cli_word_put(out, c, CLI_W_REP_CAUSES_MORE, mv_buf_cstr(&more), NULL);
        mv_buf_done(&more);
    }
}

void cli_report_frozen_put(const struct cli *c, const struct cli_report *r,
                           struct mv_buf *out)
{
    struct mv_span row = cli_report_frozen(r);
    struct mv_buf day = {0}, author = {0}, seq = {0}, comment = {0};
    if (row.len == 0)
        return;
    cli_day(cli_get_i64(row, "time"), &day);
    put(&author, cli_get_text(row, "author"));
    put(&comment, cli_get_text(row, "comment"));
    mv_buf_printf(&seq, "%llu", (unsigned long long)cli_get_u64(row, "seq"));
    cli_word_put(out, c, CLI_W_REP_FROZEN, mv_buf_cstr(&day),
                 mv_buf_cstr(&author), mv_buf_cstr(&seq), mv_buf_cstr(&comment),
                 NULL);
    mv_buf_done(&day);
    mv_buf_done(&author);
    mv_buf_done(&seq);
    mv_buf_done(&comment);
}
