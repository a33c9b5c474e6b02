/* table - see table.h. Job: rows kept until all are known, then printed as
 * wide as they must be and as narrow as they can. Invariant: no line is wider
 * than the terminal while a column may still give way. Nothing outlives it. */
#include "services/cli/table.h"

#include <stdlib.h>
#include <string.h>

#include "services/base/err.h"
#include "services/base/text.h"

#define GAP          2
#define LEAST_COLUMN 6

struct cell {
    size_t at, len, columns;
    cli_style style;
    bool line; /* the first of a row, over all of its columns */
};

struct cli_table {
    const struct cli_column *columns;
    size_t column_count;
    struct cell *cells;
    size_t count, cap;
    struct mv_buf text;
};

static const char *const codes[] = {
    [CLI_PLAIN] = "",       [CLI_GREEN] = "\x1b[32m", [CLI_YELLOW] = "\x1b[33m",
    [CLI_RED] = "\x1b[31m", [CLI_DIM] = "\x1b[2m",    [CLI_BOLD] = "\x1b[1m",
};

struct cli_table *cli_table_open(const struct cli_column *columns, size_t count)
{
    struct cli_table *t = mv_xcalloc(1, sizeof *t);
    t->columns = columns;
    t->column_count = count;
    return t;
}

void cli_table_close(struct cli_table *t)
{
    if (t == NULL)
        return;
    mv_buf_done(&t->text);
    free(t->cells);
    free(t);
}

void cli_table_cell(struct cli_table *t, cli_style style, struct mv_span text)
{
    if (t->count == t->cap) {
        t->cap = t->cap == 0 ? 256 : t->cap * 2;
        t->cells = mv_xrealloc(t->cells, t->cap * sizeof *t->cells);
    }
    struct cell *c = &t->cells[t->count++];
    c->style = style;
    c->line = false;
    c->at = t->text.len;
    mv_text_escape_terminal(&t->text, text);
    c->len = t->text.len - c->at;
    c->columns = mv_text_columns(mv_span(t->text.at + c->at, c->len));
}

void cli_table_line(struct cli_table *t, cli_style style, struct mv_span text)
{
    size_t at = t->count;
    MV_ASSERT(at % t->column_count == 0);
    cli_table_cell(t, style, text);
    for (size_t i = 1; i < t->column_count; i++)
        cli_table_text(t, "");
    t->cells[at].line = true;
}

void cli_table_text(struct cli_table *t, const char *text)
{
    cli_table_cell(t, CLI_PLAIN, mv_span_text(text));
}

void cli_table_u64(struct cli_table *t, uint64_t n)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)n);
    cli_table_text(t, text);
}

size_t cli_table_rows(const struct cli_table *t)
{
    return t->count / t->column_count;
}

static size_t least(const struct cli_table *t, size_t column, size_t natural)
{
    if (t->columns[column].whole || natural < LEAST_COLUMN)
        return natural;
    return LEAST_COLUMN;
}

/* The widest that may, gives way by one, until it fits or none may. */
static void fit(const struct cli_table *t, size_t width, size_t *widths)
{
    size_t sum = (t->column_count - 1) * GAP;
    for (size_t i = 0; i < t->column_count; i++)
        sum += widths[i];
    while (width > 0 && sum > width) {
        size_t widest = t->column_count;
        for (size_t i = 0; i < t->column_count; i++) {
            if (widths[i] > least(t, i, widths[i]) &&
                (widest == t->column_count || widths[i] > widths[widest]))
                widest = i;
        }
        if (widest == t->column_count)
            return;
        widths[widest]--;
        sum--;
    }
}

/* As much as fits, its last column an ellipsis if it does not all. */
static size_t put_cut(FILE *to, struct mv_span text, size_t columns,
                      size_t width)
{
    if (columns <= width) {
        (void)fwrite(text.at, 1, text.len, to);
        return columns;
    }
    size_t at = 0, used = 0;
    uint32_t point;
    while (at < text.len) {
        size_t next = at;
        (void)mv_utf8_next(text, &next, &point);
        size_t wide =
            mv_text_columns(mv_span((const char *)text.at + at, next - at));
        if (used + wide + 1 > width)
            break;
        used += wide;
        at = next;
    }
    (void)fwrite(text.at, 1, at, to);
    (void)fputs("…", to);
    return used + 1;
}

static void put_cell(struct cli *c, const struct cli_table *t, size_t column,
                     struct mv_span text, cli_style style, size_t width)
{
    size_t columns = mv_text_columns(text);
    size_t pad = columns < width ? width - columns : 0;
    bool last = column + 1 == t->column_count;
    if (t->columns[column].right)
        (void)fprintf(c->out, "%*s", (int)pad, "");
    if (c->colour && style != CLI_PLAIN)
        (void)fputs(codes[style], c->out);
    size_t used = put_cut(c->out, text, columns, width);
    if (c->colour && style != CLI_PLAIN)
        (void)fputs("\x1b[0m", c->out);
    /* a wide character that did not fit leaves one column over */
    if (!last && !t->columns[column].right)
        (void)fprintf(c->out, "%*s", (int)(width - used), "");
    if (!last)
        (void)fprintf(c->out, "%*s", GAP, "");
}

static void put_line(struct cli *c, const struct cli_table *t,
                     const struct cell *cell)
{
    if (c->colour && cell->style != CLI_PLAIN)
        (void)fputs(codes[cell->style], c->out);
    (void)put_cut(c->out, mv_span(t->text.at + cell->at, cell->len),
                  cell->columns, c->width > 0 ? c->width : SIZE_MAX);
    if (c->colour && cell->style != CLI_PLAIN)
        (void)fputs("\x1b[0m", c->out);
    (void)fputc('\n', c->out);
}

static size_t *measure(const struct cli_table *t, size_t width)
{
    size_t *widths = mv_xcalloc(t->column_count, sizeof *widths);
    for (size_t i = 0; i < t->column_count; i++)
        widths[i] = mv_text_columns(mv_span_text(t->columns[i].title));
    for (size_t i = 0; i < t->count; i++) {
        if (!t->cells[i].line &&
            t->cells[i].columns > widths[i % t->column_count])
            widths[i % t->column_count] = t->cells[i].columns;
    }
    fit(t, width, widths);
    return widths;
}

void cli_table_print(struct cli *c, const struct cli_table *t)
{
    MV_ASSERT(t->column_count > 0);
    size_t *widths = measure(t, c->width);
    for (size_t i = 0; i < t->column_count; i++)
        put_cell(c, t, i, mv_span_text(t->columns[i].title), CLI_BOLD,
                 widths[i]);
    (void)fputc('\n', c->out);
    for (size_t i = 0; i < t->count; i++) {
        const struct cell *cell = &t->cells[i];
        size_t column = i % t->column_count;
        if (cell->line) {
            put_line(c, t, cell);
            i += t->column_count - 1;
            continue;
        }
        put_cell(c, t, column, mv_span(t->text.at + cell->at, cell->len),
                 cell->style, widths[column]);
        if (column + 1 == t->column_count)
            (void)fputc('\n', c->out);
    }
    free(widths);
}

static size_t status_of(struct mv_span status)
{
    static const char *const names[] = {"green", "yellow", "red"};
    for (size_t i = 0; i < CLI_COUNT(names); i++)
        if (mv_span_is(status, names[i]))
            return i;
    return CLI_COUNT(names);
}

const char *cli_status_text(const struct cli *c, struct mv_span status)
{
    static const cli_word said[] = {CLI_W_GREEN, CLI_W_YELLOW, CLI_W_RED,
                                    CLI_W_NONE_STATUS};
    return cli_w(c, said[status_of(status)]);
}

cli_style cli_status_style(struct mv_span status)
{
    static const cli_style styles[] = {CLI_GREEN, CLI_YELLOW, CLI_RED, CLI_DIM};
    return styles[status_of(status)];
}

void cli_decimal(const struct cli *c, struct mv_span text, struct mv_buf *out)
{
    const char *at = text.at;
    for (size_t i = 0; i < text.len; i++) {
        mv_buf_put_u8(
            out,
            (uint8_t)(at[i] == '.' && c->lang == MV_LANG_NB ? ',' : at[i]));
    }
}

void cli_age(int64_t ms, struct mv_buf *out)
{
    long long s = ms < 0 ? 0 : (long long)(ms / 1000);
    if (s < 120)
        mv_buf_printf(out, "%lld s", s);
    else if (s < 120 * 60)
        mv_buf_printf(out, "%lld min", s / 60);
    else if (s < 48 * 3600)
        mv_buf_printf(out, "%lld h", s / 3600);
    else
        mv_buf_printf(out, "%lld d", s / 86400);
}
