/* sheet - see sheet.h. Job: what CSV and NDJSON have in common: columns by
 * name, cells to a row of the protocol, faults with their lines. Invariant: a
 * row is added whole or not at all, and every row left out has a fault. */
#include "services/cli/sheet.h"

#include <stdlib.h>
#include <string.h>

#include "services/base/clock.h"
#include "services/base/text.h"
#include "services/cli/conflict_text.h"
#include "services/cli/figure.h"
#include "services/cli/near.h"
#include "services/cli/rows.h"
#include "services/cli/wrap.h"

static const struct {
    const char *name;
    mv_column column;
} names[] = {
    {"indicator", MV_COL_INDICATOR},
    {"indikator", MV_COL_INDICATOR},
    {"member", MV_COL_MEMBER},
    {"medlem", MV_COL_MEMBER},
    {"unit", MV_COL_UNIT},
    {"enhet", MV_COL_UNIT},
    {"period", MV_COL_PERIOD},
    {"periode", MV_COL_PERIOD},
    {"value", MV_COL_VALUE},
    {"verdi", MV_COL_VALUE},
    {"numerator", MV_COL_NUMERATOR},
    {"teller", MV_COL_NUMERATOR},
    {"denominator", MV_COL_DENOMINATOR},
    {"nevner", MV_COL_DENOMINATOR},
    {"flag", MV_COL_FLAG},
    {"flagg", MV_COL_FLAG},
    {"time", MV_COL_TIME},
    {"tid", MV_COL_TIME},
    {"note", MV_COL_NOTE},
    {"merknad", MV_COL_NOTE},
    {"kommentar", MV_COL_NOTE},
    {"comment", MV_COL_NOTE},
    {"kilde", MV_COL_NOTE},
    {"source", MV_COL_NOTE},
};

mv_column cli_column_find(struct mv_span name)
{
    for (size_t i = 0; i < CLI_COUNT(names); i++) {
        if (strlen(names[i].name) == name.len &&
            !strncasecmp(names[i].name, name.at, name.len))
            return names[i].column;
    }
    return MV_COLUMN_COUNT;
}

void cli_sheet_done(struct cli_sheet *s)
{
    free(s->rows);
    free(s->lines);
    free(s->faults);
    if (s->unread != NULL)
        cli_sheet_done(s->unread);
    free(s->unread);
    mv_arena_done(&s->texts);
    *s = (struct cli_sheet){0};
}

static void copy(char *to, size_t size, struct mv_span from)
{
    struct mv_buf shown = {0};
    mv_show(&shown, from, size - 1);
    (void)snprintf(to, size, "%.*s", (int)shown.len,
                   shown.len > 0 ? (const char *)shown.at : "");
    mv_buf_done(&shown);
}

void cli_sheet_fault(struct cli_sheet *s, uint32_t line, cli_word word,
                     struct mv_span column, struct mv_span value,
                     struct mv_span other)
{
    if (s->fault_count == CLI_FAULTS_MAX) {
        s->more_faults++;
        return;
    }
    if (s->faults == NULL)
        s->faults = mv_xcalloc(CLI_FAULTS_MAX, sizeof *s->faults);
    struct cli_fault *f = &s->faults[s->fault_count++];
    f->line = line;
    f->word = word;
    copy(f->column, sizeof f->column, column);
    copy(f->value, sizeof f->value, value);
    copy(f->other, sizeof f->other, other);
}

static bool cell_fault(struct cli_sheet *s, uint32_t line, mv_column column,
                       cli_word word, struct mv_span value)
{
    cli_sheet_fault(s, line, word, mv_span_text(mv_column_name(column)), value,
                    mv_span("", 0));
    return false;
}

static bool has_text(const struct cli_cells *cells, mv_column column)
{
    return cells->at[column].at != NULL && cells->at[column].len > 0;
}

static bool needs_sign(cli_figure_kind kind)
{
    return kind == CLI_FIGURE_COMMA || kind == CLI_FIGURE_POINT ||
           kind == CLI_FIGURE_EITHER;
}

/* A number's cell: *has is false for a missing one. One that needs a sign,
 * where there is none, is no fault of its own. */
static bool read_number(struct cli_sheet *s, uint32_t line,
                        const struct cli_cells *cells, mv_column column,
                        int64_t *micro, bool *has)
{
    struct mv_span text = cells->at[column];
    cli_word why;
    cli_figure_kind kind =
        text.at != NULL ? cli_figure_look(text) : CLI_FIGURE_MISSING;
    *has = kind != CLI_FIGURE_MISSING;
    if (!*has)
        return true;
    if (s->undecided && needs_sign(kind))
        return false;
    return cli_figure_read(text, s->decimal != 0 ? s->decimal : '.', micro,
                           &why) ||
           cell_fault(s, line, column, why, text);
}

/* 2024-12-31, 2024-12-31T10:00:00Z, or milliseconds. */
static bool read_time(struct mv_span text, int64_t *ms)
{
    int32_t day;
    int64_t n = 0;
    const char *p = text.at;
    if (mv_day_parse(text, &day)) {
        *ms = mv_clock_day_begins(day);
        return true;
    }
    if (mv_clock_parse(text, ms))
        return true;
    for (size_t i = 0; i < text.len; i++) {
        if (p[i] < '0' || p[i] > '9' || text.len > 13)
            return false;
        n = n * 10 + (p[i] - '0');
    }
    *ms = n;
    return text.len >= 12;
}

static bool read_rest(struct cli_sheet *s, uint32_t line,
                      const struct cli_cells *cells, struct mv_row *row)
{
    bool good = true;
    if (has_text(cells, MV_COL_FLAG)) {
        struct mv_span flag = cells->at[MV_COL_FLAG];
        row->flag = *(const char *)flag.at;
        if (flag.len != 1 || !mv_flag_known(row->flag))
            good = cell_fault(s, line, MV_COL_FLAG, CLI_W_CELL_FLAG, flag);
    }
    if (has_text(cells, MV_COL_TIME)) {
        row->has_time = true;
        if (!read_time(cells->at[MV_COL_TIME], &row->time_ms))
            good = cell_fault(s, line, MV_COL_TIME, CLI_W_CELL_TIME,
                              cells->at[MV_COL_TIME]);
    }
    return good;
}

/* In the arena, so that it outlives the file; none for an empty one. */
static struct mv_span keep(struct cli_sheet *s, struct mv_span text)
{
    if (text.at == NULL || text.len == 0)
        return mv_span(NULL, 0);
    /* the row before most often has the same word, but that is not worth
     * a table: a file is read once */
    return mv_arena_copy(&s->texts, text.at, text.len);
}

static void append(struct cli_sheet *s, uint32_t line, const struct mv_row *row)
{
    if (s->count == s->cap) {
        s->cap = s->cap == 0 ? 1024 : s->cap * 2;
        s->rows = mv_xrealloc(s->rows, s->cap * sizeof *s->rows);
        s->lines = mv_xrealloc(s->lines, s->cap * sizeof *s->lines);
    }
    s->lines[s->count] = line;
    s->rows[s->count] = *row;
    struct mv_row *r = &s->rows[s->count++];
    r->indicator = keep(s, row->indicator);
    r->member = keep(s, row->member);
    r->unit = keep(s, row->unit);
    r->period = keep(s, row->period);
    r->note = keep(s, row->note);
}

/* More rows among those left out, all in the order of the lines. */
static void leave_among(struct cli_sheet *s, const struct cli_sheet *more)
{
    struct cli_sheet all = {.kind = s->kind}, *left = s->unread;
    uint32_t at = 0, next = 0, count = left != NULL ? left->count : 0;
    while (at < more->count || next < count) {
        bool own = next == count ||
                   (at < more->count && more->lines[at] < left->lines[next]);
        if (own)
            append(&all, more->lines[at], &more->rows[at]);
        else
            append(&all, left->lines[next], &left->rows[next]);
        at += own;
        next += !own;
    }
    if (all.count == 0)
        return;
    if (left == NULL)
        s->unread = mv_xcalloc(1, sizeof *s->unread);
    else
        cli_sheet_done(left);
    *s->unread = all;
}

static struct mv_row names_of(const struct cli_cells *cells)
{
    return (struct mv_row){.indicator = cells->at[MV_COL_INDICATOR],
                           .member = cells->at[MV_COL_MEMBER],
                           .unit = cells->at[MV_COL_UNIT],
                           .period = cells->at[MV_COL_PERIOD],
                           .note = cells->at[MV_COL_NOTE]};
}

/* To those in *to, which is made if it is NULL. Of one that lacks a name ingest
 * could say no more than its own fault does, and has room for so many. */
static void leave_out(struct cli_sheet *s, struct cli_sheet **to, uint32_t line,
                      const struct mv_row *row)
{
    const struct mv_row bare = {.indicator = row->indicator,
                                .member = row->member,
                                .unit = row->unit,
                                .period = row->period,
                                .flag = s->kind == MV_TABLE_DELIVERY ? 'M' : 0};
    s->bad_lines++;
    if (bare.indicator.len == 0 || bare.unit.len == 0 || bare.period.len == 0)
        return;
    if (*to == NULL)
        *to = mv_xcalloc(1, sizeof **to);
    (*to)->kind = s->kind;
    append(*to, line, &bare);
}

void cli_sheet_leave_out(struct cli_sheet *s, uint32_t line,
                         const struct cli_cells *cells)
{
    const struct mv_row bare = names_of(cells);
    leave_out(s, &s->unread, line, &bare);
}

/* False: what a row needs is not in it, which was noted. */
static bool has_names(struct cli_sheet *s, uint32_t line,
                      const struct mv_row *row)
{
    const struct mv_span *needed[] = {&row->indicator, &row->unit,
                                      &row->period};
    const mv_column columns[] = {MV_COL_INDICATOR, MV_COL_UNIT, MV_COL_PERIOD};
    bool good = true;
    for (size_t i = 0; i < CLI_COUNT(columns); i++) {
        if (needed[i]->len == 0)
            good = cell_fault(s, line, columns[i], CLI_W_CELL_EMPTY,
                              mv_span("", 0));
    }
    return good;
}

static bool has_pair(struct cli_sheet *s, uint32_t line, bool numerator,
                     bool denominator)
{
    if (numerator == denominator)
        return true;
    return cell_fault(s, line,
                      numerator ? MV_COL_DENOMINATOR : MV_COL_NUMERATOR,
                      CLI_W_CELL_PAIR, mv_span("", 0));
}

bool cli_sheet_add(struct cli_sheet *s, uint32_t line,
                   const struct cli_cells *cells)
{
    struct mv_row row = names_of(cells);
    bool value, numerator, denominator;
    bool good = read_number(s, line, cells, MV_COL_VALUE, &row.value, &value);
    good &= read_number(s, line, cells, MV_COL_NUMERATOR, &row.numerator,
                        &numerator);
    good &= read_number(s, line, cells, MV_COL_DENOMINATOR, &row.denominator,
                        &denominator);
    good &= read_rest(s, line, cells, &row);
    row.has_value = value;
    row.has_numerator = numerator && denominator;
    good &= has_pair(s, line, numerator, denominator);
    good &= has_names(s, line, &row);
    if (good)
        append(s, line, &row);
    else
        leave_out(s, &s->unread, line, &row);
    return good;
}

/* One JSON object in a line, from the first sign on. */
static bool looks_like_json(struct mv_span text)
{
    const char *p = text.at;
    for (size_t i = 0; i < text.len; i++)
        if (strchr(" \t\r\n", p[i]) == NULL)
            return p[i] == '{';
    return false;
}

/* A row of which there is no figure, and none says why. Ingest names it, with
 * all else that only ingest knows; but where the file is not sent, here. */
static void name_missing(struct cli_sheet *s)
{
    struct cli_sheet *missing = NULL;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < s->count; i++) {
        const struct mv_row *r = &s->rows[i];
        if (!r->has_value && !r->has_numerator && !mv_flag_may_miss(r->flag)) {
            (void)cell_fault(s, s->lines[i], MV_COL_VALUE, CLI_W_CELL_MISSING,
                             mv_span("", 0));
            leave_out(s, &missing, s->lines[i], r);
            continue;
        }
        s->rows[kept] = *r;
        s->lines[kept++] = s->lines[i];
    }
    s->count = kept;
    if (missing == NULL)
        return;
    leave_among(s, missing);
    cli_sheet_done(missing);
    free(missing);
}

/* No row of its own is left. */
static void send_none(struct cli_sheet *s)
{
    leave_among(s, s);
    s->count = 0;
}

/* What was found in several walks, in the order of the lines. */
static void order_faults(struct cli_sheet *s)
{
    for (uint32_t i = 1; i < s->fault_count; i++) {
        struct cli_fault f = s->faults[i];
        uint32_t at = i;
        for (; at > 0 && s->faults[at - 1].line > f.line; at--)
            s->faults[at] = s->faults[at - 1];
        s->faults[at] = f;
    }
}

bool cli_sheet_read(struct cli_sheet *s, struct mv_span bytes)
{
    struct mv_buf text = {0};
    const struct mv_span none = mv_span("", 0);
    struct cli_encoded e = cli_encoding_read(bytes, &text);
    s->encoding = e.encoding;
    if (e.encoding == CLI_ENC_BAD) {
        cli_sheet_fault(s, e.line, e.why, none, none, none);
        s->refused = true;
    } else if (looks_like_json(mv_buf_span(&text))) {
        cli_sheet_ndjson(s, mv_buf_span(&text));
    } else {
        cli_sheet_csv(s, mv_buf_span(&text));
    }
    if (s->fault_count > 0 && s->kind == MV_TABLE_DELIVERY)
        name_missing(s);
    order_faults(s);
    if (s->refused)
        send_none(s);
    else if (s->count == 0 && s->fault_count == 0)
        cli_sheet_fault(s, 0, CLI_W_SHEET_EMPTY, none, none, none);
    mv_buf_done(&text);
    return s->fault_count == 0;
}

static void put_near_column(const struct cli *c, const char *said,
                            struct mv_buf *out)
{
    struct cli_near near = {.want = mv_span_text(said)};
    for (size_t i = 0; i < CLI_COUNT(names); i++)
        cli_near_try(&near, mv_span_text(names[i].name));
    cli_near_put(c, &near, out);
}

static void put_fault(const struct cli *c, const struct cli_fault *f,
                      struct mv_buf *out)
{
    struct mv_buf column = {0};
    struct mv_span word = cli_column_word(c, mv_span_text(f->column));
    mv_buf_put(&column, word.at, word.len);
    cli_word_put(out, c, f->word, mv_buf_cstr(&column), f->value, f->other,
                 NULL);
    mv_buf_done(&column);
    if (f->word == CLI_W_COLUMN_UNKNOWN)
        put_near_column(c, f->column, out);
}

void cli_sheet_json(struct cli *c, const struct cli_sheet *s, const char *file,
                    const char *result)
{
    json_t *faults = json_array();
    struct mv_buf text = {0};
    for (uint32_t i = 0; i < s->fault_count; i++) {
        mv_buf_clear(&text);
        put_fault(c, &s->faults[i], &text);
        (void)json_array_append_new(
            faults,
            json_pack("{s:I,s:o}", "line", (json_int_t)s->faults[i].line,
                      "text", cli_json_shown(mv_buf_cstr(&text))));
    }
    mv_buf_done(&text);
    cli_json_line(c, json_pack("{s:o,s:s,s:o,s:I}", "file",
                               cli_json_shown(file), "result", result, "faults",
                               faults, "more", (json_int_t)s->more_faults));
}

void cli_sheet_say(struct cli *c, const struct cli_sheet *s, const char *file)
{
    struct mv_buf text = {0}, lines = {0};
    for (uint32_t i = 0; i < s->fault_count; i++) {
        const struct cli_fault *f = &s->faults[i];
        mv_buf_clear(&text);
        mv_text_escape_terminal(&text, mv_span_text(file));
        if (f->line > 0)
            mv_buf_printf(&text, ":%u", f->line);
        mv_buf_text(&text, ": ");
        put_fault(c, f, &text);
        if (f->word == CLI_W_CELL_MISSING) /* as where ingest names it */
            mv_buf_printf(&text, " (%s)", mv_code_name(MV_CODE_MISSING));
        mv_buf_clear(&lines);
        cli_wrap(&lines, mv_buf_span(&text), c->err_width, 0, 2);
        (void)fprintf(c->err, "%s\n", mv_buf_cstr(&lines));
    }
    mv_buf_done(&lines);
    if (s->more_faults > 0) {
        char more[16];
        (void)snprintf(more, sizeof more, "%u", s->more_faults);
        cli_warn(c, CLI_W_MORE_FAULTS, file, more, NULL);
    }
    mv_buf_done(&text);
}
