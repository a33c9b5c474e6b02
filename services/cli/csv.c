/* csv - CSV as people have it, for sheet.h. Job: which sign divides cells,
 * what the header's words are, which decimal sign the file has; then rows.
 * Invariant: the file is walked twice; no row is read before every number in
 * it was looked at. No state that outlives a call. */
#include <csv.h>
#include <stdlib.h>
#include <string.h>

#include "services/base/text.h"
#include "services/cli/figure.h"
#include "services/cli/sheet.h"

#define CELLS_MAX 256

struct seen {
    uint32_t line; /* 0: none yet */
    struct mv_buf text;
};

struct walk {
    struct cli_sheet *s;
    bool looking; /* the first time */
    uint32_t line, row_line;
    bool header_done, header_again;
    mv_column columns[CELLS_MAX]; /* MV_COLUMN_COUNT: a column without name */
    size_t column_count;
    struct mv_buf cells; /* the row's, one after the other */
    size_t at[CELLS_MAX + 1];
    size_t count; /* of cells in the row, also beyond CELLS_MAX */
    /* the first cell that is only good with comma, point; or with either */
    struct seen comma, point, either;
};

static const struct mv_span none = {"", 0};

static struct mv_span cell(const struct walk *w, size_t i)
{
    return mv_span(w->cells.at + w->at[i], w->at[i + 1] - w->at[i]);
}

static void refuse(struct walk *w, uint32_t line, cli_word word,
                   struct mv_span a, struct mv_span b, struct mv_span c)
{
    cli_sheet_fault(w->s, line, word, a, b, c);
    w->s->refused = true;
}

static size_t known_cells(const struct walk *w)
{
    size_t known = 0;
    for (size_t i = 0; i < w->count && i < CELLS_MAX; i++)
        known += cli_column_find(cell(w, i)) != MV_COLUMN_COUNT;
    return known;
}

static void read_header(struct walk *w)
{
    uint32_t seen = 0;
    w->header_done = true;
    w->column_count = w->count < CELLS_MAX ? w->count : CELLS_MAX;
    if (known_cells(w) == 0) {
        refuse(w, w->row_line, CLI_W_NO_HEADER, none, none, none);
        return;
    }
    for (size_t i = 0; i < w->column_count; i++) {
        mv_column c = cli_column_find(cell(w, i));
        w->columns[i] = c;
        if (c == MV_COLUMN_COUNT && cell(w, i).len > 0)
            refuse(w, w->row_line, CLI_W_COLUMN_UNKNOWN, cell(w, i), none,
                   none);
        if (c != MV_COLUMN_COUNT && (seen >> c & 1) != 0)
            refuse(w, w->row_line, CLI_W_COLUMN_TWICE, cell(w, i), none, none);
        if (c != MV_COLUMN_COUNT)
            seen |= 1u << c;
    }
    static const mv_column needed[] = {MV_COL_INDICATOR, MV_COL_UNIT,
                                       MV_COL_PERIOD};
    for (size_t i = 0; i < CLI_COUNT(needed); i++) {
        if ((seen >> needed[i] & 1) == 0)
            refuse(w, w->row_line, CLI_W_COLUMN_MISSING,
                   mv_span_text(mv_column_name(needed[i])), none, none);
    }
}

static bool all_empty(const struct walk *w, size_t from)
{
    for (size_t i = from; i < w->count && i < CELLS_MAX; i++)
        if (cell(w, i).len > 0)
            return false;
    return true;
}

/* The first of its kind. */
static void note(struct walk *w, struct seen *first, struct mv_span text)
{
    if (first->line != 0)
        return;
    first->line = w->row_line;
    mv_buf_put(&first->text, text.at, text.len);
}

/* A cell that only one convention reads, or either, in its own way. */
static void look(struct walk *w, struct mv_span text)
{
    switch (cli_figure_look(text)) {
    case CLI_FIGURE_COMMA:
        note(w, &w->comma, text);
        break;
    case CLI_FIGURE_POINT:
        note(w, &w->point, text);
        break;
    case CLI_FIGURE_EITHER:
        note(w, &w->either, text);
        break;
    case CLI_FIGURE_MISSING:
    case CLI_FIGURE_PLAIN:
    case CLI_FIGURE_BAD:
        break;
    }
}

static bool is_number(mv_column c)
{
    return c == MV_COL_VALUE || c == MV_COL_NUMERATOR ||
           c == MV_COL_DENOMINATOR;
}

/* Cells that no column is for, or a column without a cell. */
static bool counts_are_right(struct walk *w)
{
    char due[16], found[16];
    bool good = w->count >= w->column_count && w->count <= CELLS_MAX &&
                all_empty(w, w->column_count);
    for (size_t i = 0; good && i < w->column_count; i++)
        good = w->columns[i] != MV_COLUMN_COUNT || cell(w, i).len == 0;
    if (good)
        return true;
    (void)snprintf(due, sizeof due, "%zu", w->column_count);
    (void)snprintf(found, sizeof found, "%zu", w->count);
    cli_sheet_fault(w->s, w->row_line, CLI_W_CELL_COUNT, mv_span_text(due),
                    mv_span_text(found), none);
    w->s->bad_lines++;
    return false;
}

static bool is_header(const struct walk *w)
{
    return known_cells(w) == w->column_count && w->count == w->column_count &&
           w->column_count >= 3;
}

/* The file is refused for it, but once what else is wrong was named. */
static void read_header_again(struct walk *w)
{
    w->header_again = true;
    if (w->looking)
        cli_sheet_fault(w->s, w->row_line, CLI_W_HEADER_AGAIN, none, none,
                        none);
}

static void read_row(struct walk *w)
{
    struct cli_cells cells = {0};
    if (all_empty(w, 0)) {
        w->s->blank += !w->looking;
        return;
    }
    if (is_header(w)) {
        read_header_again(w);
        return;
    }
    if (w->looking) {
        for (size_t i = 0; i < w->count && i < w->column_count; i++) {
            if (is_number(w->columns[i]) &&
                mv_table_has(w->s->kind, w->columns[i]))
                look(w, cell(w, i));
        }
        return;
    }
    if (!counts_are_right(w))
        return;
    for (size_t i = 0; i < w->column_count; i++)
        if (mv_table_has(w->s->kind, w->columns[i]))
            cells.at[w->columns[i]] = cell(w, i);
    (void)cli_sheet_add(w->s, w->row_line, &cells);
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

static void on_row(int end, void *arg)
{
    struct walk *w = arg;
    (void)end;
    if (w->s->refused)
        return;
    /* `at` of cells that are not there must not be read */
    mv_buf_room(&w->cells, 1);
    if (!w->header_done)
        read_header(w);
    else
        read_row(w);
    mv_buf_clear(&w->cells);
    w->count = 0;
    w->row_line = 0;
}

static bool is_blank_line(const char *p, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (p[i] != ' ' && p[i] != '\r' && p[i] != '\n')
            return false;
    return true;
}

/* A lone CR, or a line too long to be one. */
static bool line_is_good(struct walk *w, const char *p, size_t len)
{
    const char *cr = memchr(p, '\r', len);
    if (len > CLI_LINE_BYTES) {
        refuse(w, w->line, CLI_W_LINE_LONG, none, none, none);
        return false;
    }
    if (cr != NULL && (cr + 1 == p + len || cr[1] != '\n') &&
        cr + 1 != p + len) {
        refuse(w, w->line, CLI_W_LINE_CR, none, none, none);
        return false;
    }
    return true;
}

static bool feed(struct walk *w, struct csv_parser *p, struct mv_span text,
                 size_t at)
{
    w->line = at > 0 ? 2 : 1; /* behind a line `sep=;` */
    for (; at < text.len && !w->s->refused; w->line++) {
        struct mv_span line = mv_text_line(text, at);
        at += line.len;
        if (!line_is_good(w, line.at, line.len))
            return false;
        if (w->row_line == 0 && is_blank_line(line.at, line.len))
            continue;
        if (w->row_line == 0)
            w->row_line = w->line;
        if (csv_parse(p, line.at, line.len, on_cell, on_row, w) != line.len) {
            refuse(w, w->row_line, CLI_W_QUOTES, none, none, none);
            return false;
        }
    }
    if (!w->s->refused && csv_fini(p, on_cell, on_row, w) != 0)
        refuse(w, w->row_line, CLI_W_QUOTES, none, none, none);
    return !w->s->refused;
}

/* Once through the file. */
static bool walk(struct walk *w, struct mv_span text, size_t at, char delimiter)
{
    struct csv_parser p;
    if (csv_init(&p, CSV_STRICT | CSV_STRICT_FINI) != 0)
        abort();
    csv_set_delim(&p, (unsigned char)delimiter);
    w->header_done = false;
    w->row_line = 0;
    w->count = 0;
    mv_buf_clear(&w->cells);
    bool good = feed(w, &p, text, at);
    csv_free(&p);
    return good;
}

/* How many of the first line's words are columns, divided so. */
static size_t score(struct mv_span line, char delimiter)
{
    size_t known = 0, at = 0;
    const char *p = line.at;
    while (at <= line.len) {
        size_t end = at;
        while (end < line.len && p[end] != delimiter)
            end++;
        struct mv_span word = mv_span(p + at, end - at);
        while (word.len > 0 && strchr(" \"\r\n", *(const char *)word.at))
            word = mv_span((const char *)word.at + 1, word.len - 1);
        while (word.len > 0 &&
               strchr(" \"\r\n", ((const char *)word.at)[word.len - 1]))
            word.len--;
        known += cli_column_find(word) != MV_COLUMN_COUNT;
        at = end + 1;
    }
    return known;
}

static char sniff(struct mv_span line)
{
    static const char signs[] = {';', '\t', ','};
    size_t best = 0;
    for (size_t i = 1; i < sizeof signs; i++)
        if (score(line, signs[i]) > score(line, signs[best]))
            best = i;
    return signs[best];
}

/* What the cells say about the decimal sign; it may have been given. Where
 * they do not, the file is refused once what else is wrong was named. */
static void decide(struct walk *w)
{
    char line[16];
    if (w->s->decimal != 0)
        return;
    if (w->comma.line != 0 && w->point.line != 0) {
        (void)snprintf(line, sizeof line, "%u", w->comma.line);
        cli_sheet_fault(w->s, w->point.line, CLI_W_DECIMAL_BOTH,
                        mv_buf_span(&w->point.text),
                        mv_buf_span(&w->comma.text), mv_span_text(line));
        w->s->undecided = true;
    } else if (w->comma.line != 0) {
        w->s->decimal = ',';
    } else if (w->point.line != 0) {
        w->s->decimal = '.';
    } else if (w->either.line != 0) {
        cli_sheet_fault(w->s, w->either.line, CLI_W_DECIMAL_EITHER, none,
                        mv_buf_span(&w->either.text), none);
        w->s->undecided = true;
    }
}

void cli_sheet_csv(struct cli_sheet *s, struct mv_span text)
{
    struct walk w = {.s = s, .looking = true};
    struct mv_span first = mv_text_line(text, 0);
    size_t at = 0;
    char told = 0;
    if (first.len >= 5 && !strncasecmp(first.at, "sep=", 4)) {
        told = ((const char *)first.at)[4]; /* Excel's own line */
        at = first.len;
    }
    s->delimiter = told != 0 ? told : sniff(mv_text_line(text, at));
    if (walk(&w, text, at, s->delimiter)) {
        decide(&w);
        w.looking = false;
        (void)walk(&w, text, at, s->delimiter);
    }
    if (!s->refused && !w.header_done && s->fault_count == 0)
        refuse(&w, 1, CLI_W_NO_HEADER, none, none, none);
    s->refused |= w.header_again || s->undecided;
    mv_buf_done(&w.cells);
    mv_buf_done(&w.comma.text);
    mv_buf_done(&w.point.text);
    mv_buf_done(&w.either.text);
}
