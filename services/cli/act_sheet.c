/* act_sheet - see act_sheet.h. Job: rows of cells to acts. Invariant: every
 * row becomes an act or a fault with its line; nothing is guessed. No state
 * that outlives a call. */
#include "services/cli/act_sheet.h"

#include <csv.h>
#include <stdlib.h>
#include <string.h>

#include "services/base/file.h"
#include "services/base/text.h"
#include "services/cli/encoding.h"
#include "services/cli/wrap.h"

#define CELLS_MAX 32
#define SOURCE    CLI_ACT_FIELDS /* behind the comment, in brackets */
#define NO_COLUMN (CLI_ACT_FIELDS + 1)

struct walk {
    struct cli *c;
    struct cli_act_sheet *s;
    const struct cli_act *more;
    const char *file;
    uint32_t line, row_line;
    bool header_done, stop;
    unsigned columns[CELLS_MAX];
    size_t column_count;
    struct mv_buf cells; /* the row's, one after the other */
    size_t at[CELLS_MAX + 1], count;
};

static const struct {
    const char *name;
    unsigned field;
} names[] = {
    {"target", CLI_ACT_TARGET},
    {"mål", CLI_ACT_TARGET},
    {"maal", CLI_ACT_TARGET},
    {"commission", CLI_ACT_COMMISSION},
    {"oppdrag", CLI_ACT_COMMISSION},
    {"indicator", CLI_ACT_INDICATOR},
    {"indikator", CLI_ACT_INDICATOR},
    {"report", CLI_ACT_REPORT},
    {"rapport", CLI_ACT_REPORT},
    {"unit", CLI_ACT_UNIT},
    {"enhet", CLI_ACT_UNIT},
    {"year", CLI_ACT_YEAR},
    {"år", CLI_ACT_YEAR},
    {"status", CLI_ACT_STATUS},
    {"due", CLI_ACT_DUE},
    {"frist", CLI_ACT_DUE},
    {"on", CLI_ACT_ON},
    {"levert", CLI_ACT_ON},
    {"until", CLI_ACT_UNTIL},
    {"til", CLI_ACT_UNTIL},
    {"comment", CLI_ACT_COMMENT},
    {"kommentar", CLI_ACT_COMMENT},
    {"author", CLI_ACT_AUTHOR},
    {"forfatter", CLI_ACT_AUTHOR},
    {"where", SOURCE},
    {"kilde", SOURCE},
    {"source", SOURCE},
};

static unsigned column_of(struct mv_span name)
{
    for (size_t i = 0; i < CLI_COUNT(names); i++) {
        if (strlen(names[i].name) == name.len &&
            !strncasecmp(names[i].name, name.at, name.len))
            return names[i].field;
    }
    return NO_COLUMN;
}

static struct mv_span cell(const struct walk *w, size_t i)
{
    return mv_span(w->cells.at + w->at[i], w->at[i + 1] - w->at[i]);
}

/* `file:line: text`, on the standard error. */
static void fault(struct walk *w, const struct mv_buf *text)
{
    struct mv_buf whole = {0}, lines = {0};
    w->s->faults++;
    mv_text_escape_terminal(&whole, mv_span_text(w->file));
    mv_buf_printf(&whole, ":%u: ", w->row_line > 0 ? w->row_line : w->line);
    mv_buf_put(&whole, text->at, text->len);
    cli_wrap(&lines, mv_buf_span(&whole), w->c->err_width, 0, 2);
    (void)fprintf(w->c->err, "%s\n", mv_buf_cstr(&lines));
    mv_buf_done(&whole);
    mv_buf_done(&lines);
}

static void fault_word(struct walk *w, cli_word word, struct mv_span what)
{
    struct mv_buf text = {0}, said = {0};
    mv_buf_put(&said, what.at, what.len);
    cli_word_put(&text, w->c, word, mv_buf_cstr(&said), NULL);
    fault(w, &text);
    mv_buf_done(&said);
    mv_buf_done(&text);
}

static void refuse(struct walk *w, cli_word word, struct mv_span what)
{
    fault_word(w, word, what);
    w->stop = true;
}

static void read_header(struct walk *w)
{
    uint32_t seen = 0;
    w->header_done = true;
    w->column_count = w->count;
    for (size_t i = 0; i < w->count; i++) {
        unsigned f = column_of(cell(w, i));
        w->columns[i] = f;
        if (f == NO_COLUMN ||
            (f != SOURCE && !cli_act_takes(w->more->kind, (cli_act_field)f)))
            refuse(w, CLI_W_ACT_COLUMN, cell(w, i));
        else if ((seen >> f & 1) != 0)
            refuse(w, CLI_W_COLUMN_TWICE, cell(w, i));
        else
            seen |= 1u << f;
    }
}

static struct mv_span keep(struct walk *w, struct mv_span text)
{
    return text.len > 0 ? mv_arena_copy(&w->s->texts, text.at, text.len)
                        : mv_span("", 0);
}

static struct mv_span with_source(struct walk *w, struct mv_span comment,
                                  struct mv_span source)
{
    struct mv_buf both = {0};
    if (source.len == 0)
        return comment;
    mv_buf_put(&both, comment.at, comment.len);
    mv_buf_printf(&both, "%s(%.*s)", comment.len > 0 ? " " : "",
                  (int)source.len, (const char *)source.at);
    struct mv_span kept = keep(w, mv_buf_span(&both));
    mv_buf_done(&both);
    return kept;
}

static void read_row(struct walk *w)
{
    struct cli_act_sheet *s = w->s;
    struct cli_act a = *w->more;
    struct mv_span source = mv_span("", 0);
    struct mv_buf why = {0};
    a.line = w->row_line;
    for (size_t i = 0; i < w->count; i++) {
        if (w->columns[i] == SOURCE)
            source = cell(w, i);
        else if (cell(w, i).len > 0)
            a.at[w->columns[i]] = keep(w, cell(w, i));
    }
    a.at[CLI_ACT_COMMENT] = with_source(w, a.at[CLI_ACT_COMMENT], source);
    if (cli_act_fault(w->c, &a, &why)) {
        fault(w, &why);
    } else {
        if (s->count == s->cap) {
            s->cap = s->cap == 0 ? 64 : s->cap * 2;
            s->acts = mv_xrealloc(s->acts, s->cap * sizeof *s->acts);
        }
        s->acts[s->count++] = a;
    }
    mv_buf_done(&why);
}

static void on_cell(void *at, size_t len, void *arg)
{
    struct walk *w = arg;
    if (w->count < CELLS_MAX) {
        mv_buf_put(&w->cells, at, len);
        w->at[w->count + 1] = w->cells.len;
    }
    w->count++;
}

static bool all_empty(const struct walk *w)
{
    return w->count <= CELLS_MAX && w->at[w->count] == 0;
}

static void on_row(int end, void *arg)
{
    struct walk *w = arg;
    (void)end;
    mv_buf_room(&w->cells, 1); /* `at` of no cells must not be read */
    if (!w->stop && !all_empty(w)) {
        if (w->count > CELLS_MAX ||
            (w->header_done && w->count != w->column_count))
            fault_word(w, CLI_W_ACT_CELLS, mv_span("", 0));
        else if (!w->header_done)
            read_header(w);
        else if (w->s->count == CLI_ACTS_MAX)
            refuse(w, CLI_W_ACT_MANY, mv_span("", 0));
        else
            read_row(w);
    }
    mv_buf_clear(&w->cells);
    w->count = 0;
    w->row_line = 0;
}

/* The sign that stands most often in the first line. */
static unsigned char divider(struct mv_span line)
{
    static const char signs[] = {';', '\t', ','};
    size_t best = 0, most = 0;
    for (size_t i = 0; i < sizeof signs; i++) {
        size_t n = 0;
        for (size_t k = 0; k < line.len; k++)
            n += ((const char *)line.at)[k] == signs[i];
        if (n > most) {
            most = n;
            best = i;
        }
    }
    return (unsigned char)signs[best];
}

static void walk(struct walk *w, struct mv_span text)
{
    struct csv_parser p;
    size_t at = 0;
    if (csv_init(&p, CSV_STRICT | CSV_STRICT_FINI) != 0)
        abort();
    csv_set_delim(&p, divider(mv_text_line(text, 0)));
    for (w->line = 1; at < text.len && !w->stop; w->line++) {
        struct mv_span line = mv_text_line(text, at);
        at += line.len;
        if (w->row_line == 0 && strspn(line.at, " \r\n") >= line.len)
            continue;
        if (w->row_line == 0)
            w->row_line = w->line;
        if (csv_parse(&p, line.at, line.len, on_cell, on_row, w) != line.len)
            refuse(w, CLI_W_QUOTES, mv_span("", 0));
    }
    if (!w->stop && csv_fini(&p, on_cell, on_row, w) != 0)
        refuse(w, CLI_W_QUOTES, mv_span("", 0));
    csv_free(&p);
}

bool cli_act_sheet_read(struct cli *c, const struct cli_act *more,
                        const char *file, struct cli_act_sheet *s)
{
    struct walk w = {.c = c, .s = s, .more = more, .file = file};
    struct mv_buf bytes = {0}, text = {0};
    struct mv_err err = {0};
    mv_rc rc = mv_file_read(file, CLI_ACTS_BYTES, 0, &bytes, &err);
    if (rc != MV_OK) {
        (void)cli_fail_err(c, rc, &err);
        return false;
    }
    struct cli_encoded e = cli_encoding_read(mv_buf_span(&bytes), &text);
    w.line = e.line;
    if (e.encoding == CLI_ENC_BAD)
        refuse(&w, e.why, mv_span("", 0));
    else if (text.len > 0)
        walk(&w, mv_span(mv_buf_cstr(&text), text.len)); /* a NUL ends it */
    if (s->faults == 0 && s->count == 0)
        refuse(&w, CLI_W_SHEET_EMPTY, mv_span("", 0));
    mv_buf_done(&bytes);
    mv_buf_done(&text);
    mv_buf_done(&w.cells);
    return s->faults == 0;
}

void cli_act_sheet_done(struct cli_act_sheet *s)
{
    free(s->acts);
    mv_arena_done(&s->texts);
    *s = (struct cli_act_sheet){0};
}
