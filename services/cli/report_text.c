/* report_text - a report for a terminal. Job: one table and what stands around
 * it. Invariant: a status is sign and word; none has its reason. Holds
 * nothing. */
#include "services/cli/report_figures.h"
#include "services/cli/stated.h"
#include "services/cli/status_table.h"
#include "services/cli/table.h"

#define HALF_YEAR_WIDTH 100 /* takes all in columns */

static void status_cell(const struct cli *c, struct cli_table *t,
                        struct mv_span row)
{
    struct mv_span status = cli_get_text(row, "status");
    cli_table_cell(t, cli_status_style(status),
                   mv_span_text(cli_status_text(c, status)));
}

static void line(struct cli *c, struct mv_buf *text)
{
    cli_say(c, CLI_W_REP_LINE, mv_buf_cstr(text), NULL);
    mv_buf_clear(text);
}

static void say_head(struct cli *c, const struct cli_report *r)
{
    struct mv_buf text = {0};
    cli_report_title(c, r, &text);
    mv_buf_text(&text, r->name.len > 0 ? ", " : "");
    mv_buf_put(&text, r->name.at, r->name.len);
    line(c, &text);
    cli_report_drawn(c, r, &text);
    line(c, &text);
    cli_report_source(c, r, &text);
    line(c, &text);
    (void)fputc('\n', c->out);
    mv_buf_done(&text);
}

/* ---- half a year ---- */

/* Too narrow for a column of ids beside one of requirements: they stand on a
 * line of their own above the status. */
static bool is_narrow(const struct cli *c)
{
    return c->width > 0 && c->width < HALF_YEAR_WIDTH;
}

static void half_year_row(const struct cli *c, struct cli_table *t,
                          const struct cli_report_item *item)
{
    struct mv_buf text = {0};
    struct mv_span id = cli_report_id(item);
    struct mv_span title = cli_get_lang(c, item->head, "title");
    if (is_narrow(c)) {
        mv_buf_printf(&text, "%.*s  %.*s", (int)id.len, (const char *)id.at,
                      (int)title.len, (const char *)title.at);
        cli_table_line(t, CLI_BOLD, mv_buf_span(&text));
        mv_buf_clear(&text);
        cli_table_text(t, "");
    } else {
        cli_table_cell(t, CLI_PLAIN, id);
        cli_table_cell(t, CLI_PLAIN, title);
    }
    status_cell(c, t, item->row);
    cli_report_verdict(c, item->row, &text);
    cli_table_take(t, CLI_PLAIN, &text);
    if (item->commission) {
        cli_stated_dates(c, item->row, &text);
        cli_table_take(t, CLI_PLAIN, &text);
    }
    mv_buf_done(&text);
}

static void half_year(struct cli *c, const struct cli_report *r,
                      bool commissions)
{
    const struct cli_column columns[] = {
        {cli_w(c, CLI_W_REP_COL_ID), false, true, 0},
        {cli_w(c, commissions ? CLI_W_REP_COL_COMMISSION
                              : CLI_W_REP_COL_REQUIREMENT),
         false, false, 0},
        {cli_w(c, CLI_W_COL_STATUS), false, true, 0},
        {cli_w(c, CLI_W_REP_COL_SENTENCE), false, false, 0},
        {cli_w(c, CLI_W_REP_COL_DATES), false, false, 0},
    };
    const struct cli_column narrow[] = {columns[0], columns[2], columns[3],
                                        columns[4]};
    struct cli_table *t =
        is_narrow(c)
            ? cli_table_open(narrow, CLI_COUNT(narrow) - !commissions)
            : cli_table_open(columns, CLI_COUNT(columns) - !commissions);
    for (size_t i = 0; i < r->count; i++) {
        const struct cli_report_item *item = &r->items[i];
        if (item->row.len > 0 && item->commission == commissions)
            half_year_row(c, t, item);
    }
    if (cli_table_rows(t) > 0) {
        cli_table_print(c, t);
        (void)fputc('\n', c->out);
    }
    cli_table_close(t);
}

/* ---- a year ---- */

static void put_line(const struct cli *c, struct cli_table *t,
                     const struct cli_report_line *l)
{
    struct cli_report_cells cells = {0};
    struct mv_buf indent = {0};
    cli_report_cells(c, l, &cells);
    mv_buf_text(&indent, "  ");
    mv_buf_put(&indent, cells.what.at, cells.what.len);
    cli_table_take(t, CLI_PLAIN, &indent);
    if (l->aim || cli_get_text(l->row, "status").len == 0)
        cli_table_text(t, "");
    else
        status_cell(c, t, l->row);
    cli_table_take(t, CLI_PLAIN, &cells.value);
    cli_table_take(t, CLI_PLAIN, &cells.last);
    cli_table_take(t, CLI_PLAIN, &cells.limit);
    cli_table_take(t, CLI_PLAIN, &cells.trend);
    cli_table_take(t, CLI_PLAIN, &cells.lowest);
    cli_table_take(t, CLI_PLAIN, &cells.highest);
    if (cells.level.len > 0 && cells.why.len > 0)
        mv_buf_text(&cells.level, "; ");
    mv_buf_put(&cells.level, cells.why.at, cells.why.len);
    cli_table_take(t, CLI_PLAIN, &cells.level);
    cli_report_cells_done(&cells);
    mv_buf_done(&indent);
}

/* A row of its own with a word before it; nothing of an empty text. */
static void note(const struct cli *c, struct cli_table *t, cli_word word,
                 struct mv_buf *text)
{
    struct mv_buf all = {0};
    if (text->len > 0) {
        mv_buf_printf(&all, "  %s: ", cli_w(c, word));
        mv_buf_put(&all, text->at, text->len);
        cli_table_line(t, CLI_DIM, mv_buf_span(&all));
    }
    mv_buf_clear(text);
    mv_buf_done(&all);
}

static void put_item(const struct cli *c, struct cli_table *t,
                     const struct cli_report *r,
                     const struct cli_report_item *item)
{
    struct mv_buf text = {0};
    struct mv_span id = cli_report_id(item);
    struct mv_span title = cli_get_lang(c, item->head, "title");
    mv_buf_printf(&text, "%.*s  ", (int)id.len, (const char *)id.at);
    if (item->row.len > 0)
        mv_buf_printf(&text, "%s  ",
                      cli_status_text(c, cli_get_text(item->row, "status")));
    mv_buf_put(&text, title.at, title.len);
    cli_table_line(t, CLI_BOLD, mv_buf_span(&text));
    mv_buf_clear(&text);
    cli_report_why(c, item->row, &text);
    note(c, t, CLI_W_COL_WHY, &text);
    cli_stated_dates(c, item->row, &text);
    note(c, t, CLI_W_REP_COL_DATES, &text);
    cli_report_assessed(c, item->row, &text);
    note(c, t, CLI_W_REP_COL_ASSESSED, &text);
    cli_report_below(c, item, &text);
    note(c, t, CLI_W_REP_COL_BELOW, &text);
    cli_report_differs(c, r, item, &text);
    note(c, t, CLI_W_REP_COL_DIFFERS, &text);
    for (size_t i = 0; i < item->line_count; i++)
        put_line(c, t, &item->lines[i]);
    mv_buf_done(&text);
}

static void year(struct cli *c, const struct cli_report *r)
{
    const struct cli_column columns[] = {
        {"", false, false, 0},
        {cli_w(c, CLI_W_COL_STATUS), false, true, 0},
        {cli_w(c, CLI_W_COL_VALUE), true, true, 0},
        {cli_w(c, CLI_W_REP_COL_LAST), true, true, 1},
        {cli_w(c, CLI_W_COL_LIMIT), true, true, 0},
        {cli_w(c, CLI_W_REP_COL_TREND), false, true, 4},
        {cli_w(c, CLI_W_REP_COL_LOWEST), false, false, 2},
        {cli_w(c, CLI_W_REP_COL_HIGHEST), false, false, 3},
        {cli_w(c, CLI_W_COL_WHY), false, false, 0},
    };
    struct cli_table *t = cli_table_open(columns, CLI_COUNT(columns));
    for (size_t i = 0; i < r->count; i++)
        put_item(c, t, r, &r->items[i]);
    cli_table_print(c, t);
    cli_table_close(t);
    (void)fputc('\n', c->out);
}

/* ---- what was frozen: causes are long, and stand on lines of their own ----
 */

static void figures(struct cli *c, const struct cli_report *r)
{
    const struct cli_column columns[] = {
        {cli_w(c, CLI_W_REP_COL_INDICATOR), false, false, 0},
        {cli_w(c, CLI_W_COL_UNIT), false, false, 0},
        {cli_w(c, CLI_W_COL_PERIOD), false, true, 0},
        {cli_w(c, CLI_W_REP_COL_WAS), false, false, 0},
        {cli_w(c, CLI_W_REP_COL_IS), false, false, 0},
    };
    struct mv_list l = cli_pages_walk(&r->since);
    struct mv_buf more = {0};
    struct mv_span row;
    struct cli_table *t = cli_table_open(columns, CLI_COUNT(columns));
    for (unsigned i = 0;
         i < CLI_FIGURES_SHOWN && cli_report_figure_next(&l, &row); i++) {
        struct cli_report_figure f = {0};
        cli_report_figure_put(c, r, row, &f);
        cli_table_take(t, CLI_PLAIN, &f.what);
        cli_table_take(t, CLI_PLAIN, &f.unit);
        cli_table_take(t, CLI_PLAIN, &f.period);
        cli_table_take(t, CLI_PLAIN, &f.was);
        cli_table_take(t, CLI_PLAIN, &f.now);
        note(c, t, CLI_W_REP_COL_CAUSE, &f.cause);
        cli_report_figure_done(&f);
    }
    if (cli_table_rows(t) > 0) {
        (void)fputc('\n', c->out);
        cli_say(c, CLI_W_REP_FIGURES, NULL);
        cli_table_print(c, t);
    }
    cli_report_figures_more(c, r, &more);
    if (more.len > 0)
        line(c, &more);
    cli_table_close(t);
    mv_buf_done(&more);
}

static void since(struct cli *c, const struct cli_report *r)
{
    const struct cli_column columns[] = {
        {cli_w(c, CLI_W_REP_COL_ID), false, true, 0},
        {cli_w(c, CLI_W_REP_COL_PART), false, false, 0},
        {cli_w(c, CLI_W_REP_COL_WAS), false, false, 0},
        {cli_w(c, CLI_W_REP_COL_IS), false, false, 0},
    };
    struct mv_buf text = {0};
    if (r->changes == NULL)
        return;
    cli_report_frozen_put(c, r, &text);
    line(c, &text);
    if (r->changes->count > 0)
        cli_say(c, cli_report_since_word(r), NULL);
    else if (cli_report_figures(r) == 0)
        cli_say(c, CLI_W_REP_SINCE_NONE, NULL);
    struct cli_table *t = cli_table_open(columns, CLI_COUNT(columns));
    for (size_t i = 0; i < r->changes->count; i++) {
        const struct cli_report_change *ch = &r->changes->at[i];
        cli_table_cell(t, CLI_PLAIN, ch->id);
        cli_table_cell(t, CLI_PLAIN, mv_buf_span(&ch->what));
        cli_table_cell(t, CLI_PLAIN, mv_buf_span(&ch->was));
        cli_table_cell(t, CLI_PLAIN, mv_buf_span(&ch->now));
        cli_report_causes(c, r->changes, ch, &text);
        note(c, t, CLI_W_REP_COL_CAUSE, &text);
    }
    if (cli_table_rows(t) > 0)
        cli_table_print(c, t);
    cli_table_close(t);
    figures(c, r);
    (void)fputc('\n', c->out);
    mv_buf_done(&text);
}

/* ---- what is missing ---- */

static void missing(struct cli *c, const struct cli_report *r)
{
    struct cli_column columns[CLI_MISSING_CELLS];
    struct mv_list l = cli_pages_walk(&r->lines);
    struct mv_buf text = {0};
    struct mv_span row;
    for (unsigned i = 0; i < CLI_MISSING_CELLS; i++)
        columns[i] = (struct cli_column){cli_w(c, cli_missing_words[i]), false,
                                         i == CLI_MISSING_DUE, 0};
    struct cli_table *t = cli_table_open(columns, CLI_MISSING_CELLS);
    while (mv_list_next(&l, &row)) {
        for (unsigned i = 0; i < CLI_MISSING_CELLS; i++) {
            cli_missing_cell(c, row, i, &text);
            cli_table_take(t, CLI_PLAIN, &text);
        }
    }
    if (cli_table_rows(t) > 0)
        cli_table_print(c, t);
    else
        cli_say(c, CLI_W_REP_NONE_MISSING, NULL);
    cli_table_close(t);
    mv_buf_done(&text);
}

void cli_report_text(struct cli *c, const struct cli_report *r)
{
    struct mv_buf text = {0};
    say_head(c, r);
    if (r->kind == CLI_REPORT_MISSING) {
        missing(c, r);
        return;
    }
    since(c, r);
    if (r->kind == CLI_REPORT_HALF_YEAR) {
        half_year(c, r, false);
        half_year(c, r, true);
    } else {
        year(c, r);
    }
    cli_report_counts(c, r, &text);
    line(c, &text);
    mv_buf_done(&text);
}
