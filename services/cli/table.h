/* table - rows for people: aligned, as wide as the terminal at most. Where a
 * column must give way its text goes over several lines; where that does not
 * do, whole columns are left out, and named below the table. */
#pragma once

#include "services/cli/cli.h"

typedef enum cli_style {
    CLI_PLAIN = 0,
    CLI_GREEN,
    CLI_YELLOW,
    CLI_RED,
    CLI_DIM,
    CLI_BOLD,
} cli_style;

struct cli_column {
    const char *title;
    bool right; /* numbers */
    bool whole; /* never broken: ids, numbers */
    /* 0: always shown; the greatest is the first left out on a terminal too
     * narrow for all; left out where no row has anything in it */
    unsigned drop;
};

/* Above a table, where one command has several. */
void cli_heading(const struct cli *c, cli_word word);

struct cli_table;

/* columns: borrowed until close. */
struct cli_table *cli_table_open(const struct cli_column *columns,
                                 size_t count);
void cli_table_close(struct cli_table *t); /* takes NULL */
/* The next cell of the row, left to right; the text is copied and made safe
 * for a terminal. After the last column comes the next row. */
void cli_table_cell(struct cli_table *t, cli_style style, struct mv_span text);
/* The same, and the buffer is empty for the next. */
void cli_table_take(struct cli_table *t, cli_style style, struct mv_buf *text);
void cli_table_text(struct cli_table *t, const char *text);
void cli_table_u64(struct cli_table *t, uint64_t n);
/* A row of its own that goes over all columns: a heading. Between rows. */
void cli_table_line(struct cli_table *t, cli_style style, struct mv_span text);
size_t cli_table_rows(const struct cli_table *t);
/* To c->out. Widths: what the text takes; then columns are left out until the
 * others can fit c->width, and the widest that may gives way until they do. */
void cli_table_print(struct cli *c, const struct cli_table *t);

/* "✓ grønn" "! gul" "✗ rød" "– ingen": sign and word, whatever the colour. */
const char *cli_status_text(const struct cli *c, struct mv_span status);
cli_style cli_status_style(struct mv_span status);
/* A decimal as the language writes it: 78.5 -> 78,5. Appends. */
void cli_decimal(const struct cli *c, struct mv_span text, struct mv_buf *out);
/* "3 s", "12 min", "5 h", "2 d". Appends. */
void cli_age(int64_t ms, struct mv_buf *out);
