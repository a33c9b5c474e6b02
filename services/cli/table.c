/* table - see table.h. Job: rows kept until all are known, then printed as
 * wide as they must be and as narrow as they can. Invariant: no line is wider
 * than the terminal while a column may still give way; what is not shown is
 * named. Nothing outlives it. */
#include "services/cli/table.h"

#include <stdlib.h>
#include <string.h>

#include "services/base/err.h"
#include "services/base/text.h"
#include "services/cli/wrap.h"

#define GAP          2
#define FAIR_COLUMN  24 /* before one is made narrower, others are left out */
#define LEAST_COLUMN 10
#define LINE_INDENT  6 /* of a heading's further lines */

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

void cli_heading(const struct cli *c, cli_word word)
{
    (void)fprintf(c->out, "\n%s%s%s\n", c->colour ? codes[CLI_BOLD] : "",
                  cli_w(c, word), c->colour ? "\x1b[0m" : "");
}

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

void cli_table_take(struct cli_table *t, cli_style style, struct mv_buf *text)
{
    cli_table_cell(t, style, mv_buf_span(text));
    mv_buf_clear(text);
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

/* ---- how wide each column is, and which are shown at all ---- */

struct layout {
    size_t *widths;
    size_t *words; /* the widest word, which should stay whole */
    bool *hidden;
    bool *empty; /* of those hidden: there is nothing to show */
};

static size_t at_most(const struct cli_table *t, size_t column, size_t natural,
                      size_t most)
{
    return t->columns[column].whole || natural < most ? natural : most;
}

/* What the line takes, with what may be broken at most so wide. */
static size_t sum_of(const struct cli_table *t, const struct layout *l,
                     size_t most)
{
    size_t sum = 0, shown = 0;
    for (size_t i = 0; i < t->column_count; i++) {
        if (l->hidden[i])
            continue;
        sum += at_most(t, i, l->widths[i], most);
        shown++;
    }
    return sum + (shown > 0 ? shown - 1 : 0) * GAP;
}

/* Columns that are no use on so narrow a terminal go, the first first. */
static void hide(const struct cli_table *t, struct layout *l, size_t width)
{
    while (width > 0 && sum_of(t, l, FAIR_COLUMN) > width) {
        size_t next = t->column_count;
        for (size_t i = 0; i < t->column_count; i++) {
            unsigned drop = l->hidden[i] ? 0 : t->columns[i].drop;
            if (drop > 0 &&
                (next == t->column_count || drop > t->columns[next].drop))
                next = i;
        }
        if (next == t->column_count)
            return;
        l->hidden[next] = true;
    }
}

static size_t widest_that_may(const struct cli_table *t, const struct layout *l,
                              bool break_words)
{
    size_t widest = t->column_count;
    for (size_t i = 0; i < t->column_count; i++) {
        size_t least = break_words || l->words[i] < LEAST_COLUMN ? LEAST_COLUMN
                                                                 : l->words[i];
        if (!l->hidden[i] &&
            l->widths[i] > at_most(t, i, l->widths[i], least) &&
            (widest == t->column_count || l->widths[i] > l->widths[widest]))
            widest = i;
    }
    return widest;
}

/* The widest that may, gives way by one, until it fits or none may: between
 * words as long as that does. */
static void fit(const struct cli_table *t, struct layout *l, size_t width)
{
    size_t sum = sum_of(t, l, SIZE_MAX);
    while (width > 0 && sum > width) {
        size_t widest = widest_that_may(t, l, false);
        if (widest == t->column_count)
            widest = widest_that_may(t, l, true);
        if (widest == t->column_count)
            return;
        l->widths[widest]--;
        sum--;
    }
}

/* Of the text's words, what belongs together as one. */
static size_t widest_word(struct mv_span text)
{
    struct mv_buf lines = {0};
    size_t widest = 0;
    cli_wrap(&lines, text, 1, 0, 0);
    for (size_t at = 0; at < lines.len;) {
        const uint8_t *from = lines.at + at;
        const uint8_t *end = memchr(from, '\n', lines.len - at);
        size_t len = end != NULL ? (size_t)(end - from) : lines.len - at;
        size_t columns = mv_text_columns(mv_span(from, len));
        widest = columns > widest ? columns : widest;
        at += len + 1;
    }
    mv_buf_done(&lines);
    return widest;
}

/* Only where something has to give way: the words are looked at for that. */
static void find_words(const struct cli_table *t, struct layout *l,
                       size_t width)
{
    if (width == 0 || sum_of(t, l, SIZE_MAX) <= width)
        return;
    for (size_t i = 0; i < t->count; i++) {
        size_t column = i % t->column_count;
        const struct cell *c = &t->cells[i];
        if (c->line || t->columns[column].whole)
            continue;
        size_t word = widest_word(mv_span(t->text.at + c->at, c->len));
        if (word > l->words[column])
            l->words[column] = word;
    }
}

/* Has no row anything in that column? */
static bool is_empty(const struct cli_table *t, size_t column)
{
    size_t rows = 0;
    for (size_t i = column; i < t->count; i += t->column_count) {
        if (t->cells[i - column].line)
            continue;
        rows++;
        if (t->cells[i].columns > 0)
            return false;
    }
    return rows > 0;
}

static void measure(const struct cli_table *t, struct layout *l, size_t width)
{
    l->widths = mv_xcalloc(t->column_count, sizeof *l->widths);
    l->words = mv_xcalloc(t->column_count, sizeof *l->words);
    l->hidden = mv_xcalloc(t->column_count, sizeof *l->hidden);
    l->empty = mv_xcalloc(t->column_count, sizeof *l->empty);
    for (size_t i = 0; i < t->column_count; i++) {
        l->widths[i] = mv_text_columns(mv_span_text(t->columns[i].title));
        l->empty[i] = t->columns[i].drop > 0 && is_empty(t, i);
        l->hidden[i] = l->empty[i];
    }
    for (size_t i = 0; i < t->count; i++) {
        if (!t->cells[i].line &&
            t->cells[i].columns > l->widths[i % t->column_count])
            l->widths[i % t->column_count] = t->cells[i].columns;
    }
    hide(t, l, width);
    find_words(t, l, width);
    fit(t, l, width);
}

/* ---- lines ---- */

/* As many bytes as width columns hold: a word wider than its column. */
static size_t bytes_within(struct mv_span text, size_t width)
{
    size_t at = 0, used = 0;
    uint32_t point;
    while (at < text.len) {
        size_t next = at;
        (void)mv_utf8_next(text, &next, &point);
        used += mv_text_columns(mv_span((const char *)text.at + at, next - at));
        if (used > width && at > 0)
            break;
        at = next;
    }
    return at;
}

/* Of what must be broken: behind the last hyphen or slash that leaves half a
 * line at least, else anywhere. */
static size_t broken_at(struct mv_span text, size_t fits)
{
    const char *at = text.at;
    for (size_t n = fits; n > fits / 2; n--)
        if (at[n - 1] == '-' || at[n - 1] == '/')
            return n;
    return fits;
}

/* The next line of a cell that was wrapped; *rest goes on behind it. */
static struct mv_span next_line(struct mv_span *rest, size_t width)
{
    if (rest->len == 0)
        return *rest;
    const char *at = rest->at;
    const char *stop = memchr(at, '\n', rest->len);
    size_t len = stop != NULL ? (size_t)(stop - at) : rest->len;
    size_t fits = bytes_within(mv_span(at, len), width);
    if (fits < len)
        fits = broken_at(mv_span(at, len), fits);
    size_t skip = fits == len && stop != NULL;
    *rest = mv_span(at + fits + skip, rest->len - fits - skip);
    return mv_span(at, fits);
}

/* *blanks: owed before whatever comes next on the line. */
static void put_part(struct cli *c, struct mv_span part, cli_style style,
                     size_t pad, bool right, size_t *blanks)
{
    bool coloured = c->colour && style != CLI_PLAIN;
    if (part.len == 0) {
        *blanks += pad + GAP;
        return;
    }
    (void)fprintf(c->out, "%*s", (int)(*blanks + (right ? pad : 0)), "");
    if (coloured)
        (void)fputs(codes[style], c->out);
    (void)fwrite(part.at, 1, part.len, c->out);
    if (coloured)
        (void)fputs("\x1b[0m", c->out);
    *blanks = (right ? 0 : pad) + GAP;
}

/* What stands in keeps standing in. */
static size_t blanks_of(struct mv_span text)
{
    const char *at = text.at;
    size_t blanks = 0;
    while (blanks < text.len && at[blanks] == ' ')
        blanks++;
    return blanks;
}

/* One row, over as many lines as its longest cell takes. */
static void put_row(struct cli *c, const struct cli_table *t,
                    const struct layout *l, const struct mv_span *texts,
                    const cli_style *styles)
{
    size_t n = t->column_count;
    struct mv_buf *wrapped = mv_xcalloc(n, sizeof *wrapped);
    struct mv_span *rest = mv_xcalloc(n, sizeof *rest);
    bool more = true;
    for (size_t i = 0; i < n; i++) {
        if (l->hidden[i])
            continue;
        cli_wrap(&wrapped[i], texts[i], l->widths[i], 0, blanks_of(texts[i]));
        rest[i] = mv_buf_span(&wrapped[i]);
    }
    while (more) {
        size_t blanks = 0;
        more = false;
        for (size_t i = 0; i < n; i++) {
            if (l->hidden[i])
                continue;
            struct mv_span part = next_line(&rest[i], l->widths[i]);
            size_t columns = mv_text_columns(part);
            size_t pad = columns < l->widths[i] ? l->widths[i] - columns : 0;
            put_part(c, part, styles[i], pad, t->columns[i].right, &blanks);
            more = more || rest[i].len > 0;
        }
        (void)fputc('\n', c->out);
    }
    for (size_t i = 0; i < n; i++)
        mv_buf_done(&wrapped[i]);
    free(wrapped);
    free(rest);
}

static void put_line(struct cli *c, const struct cli_table *t,
                     const struct cell *cell)
{
    struct mv_buf lines = {0};
    cli_wrap(&lines, mv_span(t->text.at + cell->at, cell->len), c->width, 0,
             LINE_INDENT);
    if (c->colour && cell->style != CLI_PLAIN)
        (void)fputs(codes[cell->style], c->out);
    (void)fwrite(lines.at, 1, lines.len, c->out);
    if (c->colour && cell->style != CLI_PLAIN)
        (void)fputs("\x1b[0m", c->out);
    (void)fputc('\n', c->out);
    mv_buf_done(&lines);
}

/* What is not shown is named. */
static void put_hidden(struct cli *c, const struct cli_table *t,
                       const struct layout *l)
{
    struct mv_buf names = {0};
    for (size_t i = 0; i < t->column_count; i++) {
        if (l->hidden[i] && !l->empty[i])
            mv_buf_printf(&names, "%s%s", names.len > 0 ? ", " : "",
                          t->columns[i].title);
    }
    if (names.len > 0)
        cli_say(c, CLI_W_NO_ROOM, mv_buf_cstr(&names), NULL);
    mv_buf_done(&names);
}

static void put_cells(struct cli *c, const struct cli_table *t,
                      const struct layout *l)
{
    size_t n = t->column_count;
    struct mv_span *texts = mv_xcalloc(n, sizeof *texts);
    cli_style *styles = mv_xcalloc(n, sizeof *styles);
    for (size_t i = 0; i < n; i++) {
        texts[i] = mv_span_text(t->columns[i].title);
        styles[i] = CLI_BOLD;
    }
    put_row(c, t, l, texts, styles);
    for (size_t row = 0; row + n <= t->count; row += n) {
        const struct cell *cell = &t->cells[row];
        if (cell->line) {
            put_line(c, t, cell);
            continue;
        }
        for (size_t i = 0; i < n; i++) {
            texts[i] = mv_span(t->text.at + cell[i].at, cell[i].len);
            styles[i] = cell[i].style;
        }
        put_row(c, t, l, texts, styles);
    }
    free(texts);
    free(styles);
}

void cli_table_print(struct cli *c, const struct cli_table *t)
{
    struct layout l = {0};
    MV_ASSERT(t->column_count > 0);
    measure(t, &l, c->width);
    put_cells(c, t, &l);
    put_hidden(c, t, &l);
    free(l.widths);
    free(l.words);
    free(l.hidden);
    free(l.empty);
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
