/* report_html - a report as one page that needs nothing else: to read, to
 * print on A4, to send. Job: the page. Invariant: no text of a catalogue or a
 * person is markup; a status is colour, sign and word; no row is cut by the
 * end of a page. Holds nothing. */
#include "services/cli/chart.h"
#include "services/cli/html.h"
#include "services/cli/report_figures.h"
#include "services/cli/report_style.h"
#include "services/cli/stated.h"
#include "services/cli/status_table.h"
#include "services/cli/table.h"

struct page {
    const struct cli *c;
    const struct cli_report *r;
    struct mv_buf out;
    unsigned charts;
};

static void raw(struct page *p, const char *text)
{
    mv_buf_text(&p->out, text);
}

static void element(struct page *p, const char *open, struct mv_span text)
{
    cli_html_element(&p->out, open, text);
}

static void word(struct page *p, const char *open, cli_word w)
{
    element(p, open, mv_span_text(cli_w(p->c, w)));
}

/* The element with the text, which is emptied. */
static void give(struct page *p, const char *open, struct mv_buf *text)
{
    element(p, open, mv_buf_span(text));
    mv_buf_clear(text);
}

static const char *const colours[] = {"green", "yellow", "red", "none"};

/* A cell: colour, sign and word. */
static void status_cell(struct page *p, struct mv_span row)
{
    struct mv_buf open = {0};
    struct mv_span status = cli_get_text(row, "status");
    if (status.len == 0) {
        raw(p, "<td></td>");
        return;
    }
    mv_buf_printf(&open, "td class=\"st %s\"", colours[cli_report_colour(row)]);
    element(p, mv_buf_cstr(&open), mv_span_text(cli_status_text(p->c, status)));
    mv_buf_done(&open);
}

static void put_head(struct page *p)
{
    const struct cli *c = p->c;
    struct mv_buf text = {0};
    raw(p, "<!DOCTYPE html>\n<html lang=\"");
    raw(p, c->lang == MV_LANG_NB ? "nb" : "en");
    raw(p, "\">\n<head>\n<meta charset=\"utf-8\">\n"
           "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
           "'none'; style-src 'unsafe-inline'\">\n"
           "<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
    cli_report_title(c, p->r, &text);
    cli_html_text(&p->out, mv_buf_span(&text));
    raw(p, p->r->name.len > 0 ? ", " : "");
    cli_html_text(&p->out, mv_buf_span(&p->r->name));
    raw(p, "</title>\n<style>");
    raw(p, cli_report_style);
    raw(p, cli_report_style_narrow);
    raw(p, "</style>\n</head>\n<body>\n<header>\n");
    give(p, "h1", &text);
    raw(p, "\n");
    element(p, "p class=\"unit\"", mv_buf_span(&p->r->name));
    raw(p, "\n");
    cli_report_drawn(c, p->r, &text);
    give(p, "p class=\"source\"", &text);
    raw(p, "\n");
    cli_report_source(c, p->r, &text);
    give(p, "p class=\"source\"", &text);
    raw(p, "\n</header>\n");
    mv_buf_done(&text);
}

/* How many of each, and what the colours mean. */
static void put_tiles(struct page *p)
{
    static const cli_word means[] = {CLI_W_REP_GREEN, CLI_W_REP_YELLOW,
                                     CLI_W_REP_RED, CLI_W_REP_NONE};
    struct mv_buf text = {0};
    raw(p, "<ul class=\"tiles\">");
    for (unsigned i = 0; i < CLI_COLOURS; i++) {
        mv_buf_printf(&p->out, "<li class=\"%s\">", colours[i]);
        cli_count(p->c, p->r->counts[i], &text);
        give(p, "b", &text);
        cli_html_text(&p->out, mv_span_text(cli_status_text(
                                   p->c, mv_span_text(colours[i]))));
        raw(p, "</li>");
    }
    raw(p, "</ul>\n<p class=\"key\">");
    for (unsigned i = 0; i < CLI_COLOURS; i++) {
        mv_buf_printf(&text, "%s: %s",
                      cli_status_text(p->c, mv_span_text(colours[i])),
                      cli_w(p->c, means[i]));
        give(p, "span", &text);
    }
    raw(p, "</p>\n");
    mv_buf_done(&text);
}

static void columns(struct page *p, const cli_word *words, size_t count)
{
    raw(p, "<thead><tr>");
    for (size_t i = 0; i < count; i++)
        word(p, "th scope=\"col\"", words[i]);
    raw(p, "</tr></thead>\n<tbody>\n");
}

static void put_name(struct page *p, const struct cli_report_item *item)
{
    raw(p, "<tr>");
    element(p, "th scope=\"row\" class=\"id\"", cli_report_id(item));
    element(p, "td", cli_get_lang(p->c, item->head, "title"));
}

/* ---- half a year ---- */

static void half_year_row(struct page *p, const struct cli_report_item *item)
{
    struct mv_buf text = {0};
    put_name(p, item);
    status_cell(p, item->row);
    raw(p, "<td>");
    cli_report_verdict(p->c, item->row, &text);
    cli_html_text(&p->out, mv_buf_span(&text));
    raw(p, "</td>");
    mv_buf_clear(&text);
    cli_stated_dates(p->c, item->row, &text);
    if (item->commission)
        give(p, "td", &text);
    raw(p, "</tr>\n");
    mv_buf_done(&text);
}

static bool has_any(const struct cli_report *r, bool commissions)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->items[i].commission == commissions && r->items[i].row.len > 0)
            return true;
    return false;
}

static void half_year(struct page *p, bool commissions)
{
    const cli_word words[] = {
        CLI_W_REP_COL_ID,
        commissions ? CLI_W_REP_COL_COMMISSION : CLI_W_REP_COL_REQUIREMENT,
        CLI_W_COL_STATUS, CLI_W_REP_COL_SENTENCE, CLI_W_REP_COL_DATES};
    if (!has_any(p->r, commissions))
        return;
    raw(p, "<table class=\"list\">");
    columns(p, words, CLI_COUNT(words) - !commissions);
    for (size_t i = 0; i < p->r->count; i++) {
        if (p->r->items[i].commission == commissions &&
            p->r->items[i].row.len > 0)
            half_year_row(p, &p->r->items[i]);
    }
    raw(p, "</tbody></table>\n");
}

/* ---- a year: all at a glance ---- */

static void glance_row(struct page *p, const struct cli_report_item *item)
{
    struct mv_buf text = {0};
    put_name(p, item);
    status_cell(p, item->row);
    cli_report_why(p->c, item->row, &text);
    cli_stated_dates(p->c, item->row, &text);
    if (text.len == 0)
        cli_report_assessed(p->c, item->row, &text);
    if (item->row.len == 0)
        cli_report_below(p->c, item, &text);
    give(p, "td", &text);
    raw(p, "</tr>\n");
    mv_buf_done(&text);
}

static void put_glance(struct page *p)
{
    static const cli_word words[] = {CLI_W_REP_COL_ID,
                                     CLI_W_REP_COL_REQUIREMENT,
                                     CLI_W_COL_STATUS, CLI_W_COL_WHY};
    word(p, "h3", CLI_W_REP_GLANCE);
    raw(p, "\n<table class=\"list\">");
    columns(p, words, CLI_COUNT(words));
    for (size_t i = 0; i < p->r->count; i++)
        glance_row(p, &p->r->items[i]);
    raw(p, "</tbody></table>\n");
}

/* ---- a year: one requirement ---- */

/* The columns of a requirement's table, and what stands in them. */
enum { VALUE, LAST, LIMIT, TREND, LOWEST, HIGHEST, WHY, CELLS };

static struct mv_buf *cell_of(struct cli_report_cells *cells, unsigned i)
{
    struct mv_buf *const all[CELLS] = {
        &cells->value,  &cells->last,    &cells->limit, &cells->trend,
        &cells->lowest, &cells->highest, &cells->why};
    return all[i];
}

/* Bits of the columns that have something in them. */
static unsigned used_by(const struct page *p,
                        const struct cli_report_line *line)
{
    struct cli_report_cells cells = {0};
    unsigned used = 0;
    cli_report_cells(p->c, line, &cells);
    for (unsigned i = 0; i < CELLS; i++)
        used |= (unsigned)(cell_of(&cells, i)->len > 0) << i;
    cli_report_cells_done(&cells);
    return used;
}

static void line_row(struct page *p, const struct cli_report_line *line,
                     unsigned used)
{
    struct cli_report_cells cells = {0};
    cli_report_cells(p->c, line, &cells);
    if (cells.level.len > 0)
        mv_buf_printf(&cells.value, " (%s)", mv_buf_cstr(&cells.level));
    raw(p, line->aim ? "<tr class=\"aim\">" : "<tr>");
    give(p, "th scope=\"row\"", &cells.what);
    if (line->aim)
        raw(p, "<td></td>");
    else
        status_cell(p, line->row);
    for (unsigned i = 0; i < CELLS; i++)
        if ((used >> i & 1) != 0)
            give(p, i <= LIMIT ? "td class=\"num\"" : "td", cell_of(&cells, i));
    raw(p, "</tr>\n");
    cli_report_cells_done(&cells);
}

/* A part without a number, its reason the same as the others': named once
 * below the table. */
static bool is_empty(const struct cli_report_line *line)
{
    return cli_get(line->row, "member_title").len > 0 &&
           cli_report_colour(line->row) == CLI_NONE_AT && !line->aim &&
           !cli_chart_has(cli_get(line->row, "series"));
}

static void put_empty(struct page *p, const struct cli_report_item *item)
{
    struct mv_buf names = {0};
    for (size_t i = 0; i < item->line_count; i++) {
        struct mv_span row = item->lines[i].row;
        struct mv_span name = cli_get_lang(p->c, row, "member_title");
        if (!is_empty(&item->lines[i]))
            continue;
        mv_buf_text(&names, names.len > 0 ? ", " : "");
        mv_buf_put(&names, name.at, name.len);
    }
    if (names.len > 0) {
        raw(p, "<p class=\"key\">");
        mv_buf_printf(&p->out, "%s: ", cli_w(p->c, CLI_W_REP_WITHOUT));
        cli_html_text(&p->out, mv_buf_span(&names));
        raw(p, "</p>\n");
    }
    mv_buf_done(&names);
}

static void put_columns(struct page *p, unsigned used)
{
    static const cli_word words[CELLS] = {[VALUE] = CLI_W_COL_VALUE,
                                          [LAST] = CLI_W_REP_COL_LAST,
                                          [LIMIT] = CLI_W_COL_LIMIT,
                                          [TREND] = CLI_W_REP_COL_TREND,
                                          [LOWEST] = CLI_W_REP_COL_LOWEST,
                                          [HIGHEST] = CLI_W_REP_COL_HIGHEST,
                                          [WHY] = CLI_W_COL_WHY};
    raw(p, "<table class=\"small\"><thead><tr>");
    word(p, "th scope=\"col\"", CLI_W_REP_COL_PART);
    word(p, "th scope=\"col\"", CLI_W_COL_STATUS);
    for (unsigned i = 0; i < CELLS; i++) {
        if ((used >> i & 1) != 0) {
            word(p,
                 i <= LIMIT ? "th scope=\"col\" class=\"num\""
                            : "th scope=\"col\"",
                 words[i]);
        }
    }
    raw(p, "</tr></thead>\n<tbody>\n");
}

static void put_lines(struct page *p, const struct cli_report_item *item)
{
    unsigned used = 0;
    bool any = false;
    for (size_t i = 0; i < item->line_count; i++) {
        if (is_empty(&item->lines[i]))
            continue;
        any = true;
        used |= used_by(p, &item->lines[i]);
    }
    if (any) {
        put_columns(p, used);
        for (size_t i = 0; i < item->line_count; i++)
            if (!is_empty(&item->lines[i]))
                line_row(p, &item->lines[i], used);
        raw(p, "</tbody></table>\n");
    }
    put_empty(p, item);
}

static void put_chart(struct page *p, const struct cli_report_line *line)
{
    struct mv_span series = cli_get(line->row, "series");
    struct mv_span title = cli_get_lang(p->c, series, "title");
    struct mv_span member = cli_get_lang(p->c, series, "member_title");
    raw(p, "<figure>");
    element(p, "figcaption", member.len > 0 ? member : title);
    cli_chart_svg(p->c, line, ++p->charts, &p->out);
    raw(p, "</figure>\n");
}

static void put_charts(struct page *p, const struct cli_report_item *item)
{
    bool any = false;
    for (size_t i = 0; i < item->line_count; i++) {
        const struct cli_report_line *line = &item->lines[i];
        if (!line->curve || !cli_chart_has(cli_get(line->row, "series")))
            continue;
        raw(p, any ? "" : "<div class=\"charts\">\n");
        any = true;
        put_chart(p, line);
    }
    raw(p, any ? "</div>\n" : "");
}

static void fact(struct page *p, cli_word w, struct mv_buf *text)
{
    if (text->len == 0)
        return;
    word(p, "dt", w);
    give(p, "dd", text);
}

static void put_facts(struct page *p, const struct cli_report_item *item)
{
    struct mv_buf text = {0};
    raw(p, "<dl>");
    cli_report_why(p->c, item->row, &text);
    fact(p, CLI_W_COL_WHY, &text);
    cli_stated_dates(p->c, item->row, &text);
    fact(p, CLI_W_REP_COL_DATES, &text);
    cli_report_assessed(p->c, item->row, &text);
    fact(p, CLI_W_REP_COL_ASSESSED, &text);
    cli_report_below(p->c, item, &text);
    fact(p, CLI_W_REP_COL_BELOW, &text);
    cli_report_differs(p->c, p->r, item, &text);
    fact(p, CLI_W_REP_COL_DIFFERS, &text);
    raw(p, "</dl>\n");
    mv_buf_done(&text);
}

static void put_article(struct page *p, const struct cli_report_item *item)
{
    struct mv_buf text = {0};
    struct mv_span id = cli_report_id(item);
    struct mv_span title = cli_get_lang(p->c, item->head, "title");
    mv_buf_printf(&text, "%.*s  %.*s", (int)id.len, (const char *)id.at,
                  (int)title.len, (const char *)title.at);
    raw(p, "<article>\n<div class=\"head\">");
    give(p, "h2", &text);
    if (item->row.len > 0) {
        mv_buf_printf(&text, "b class=\"badge %s\"",
                      colours[cli_report_colour(item->row)]);
        element(p, mv_buf_cstr(&text),
                mv_span_text(
                    cli_status_text(p->c, cli_get_text(item->row, "status"))));
    }
    raw(p, "</div>\n");
    put_facts(p, item);
    put_lines(p, item);
    put_charts(p, item);
    raw(p, "</article>\n");
    mv_buf_done(&text);
}

/* ---- what was frozen ---- */

/* A number or a colour stands on one line. */
static void short_cell(struct page *p, const struct mv_buf *text)
{
    element(p, text->len < 20 ? "td class=\"id\"" : "td", mv_buf_span(text));
}

static void since_row(struct page *p, const struct cli_report_change *ch)
{
    struct mv_buf text = {0};
    raw(p, "<tr>");
    element(p, "th scope=\"row\" class=\"id\"", ch->id);
    element(p, "td", mv_buf_span(&ch->what));
    short_cell(p, &ch->was);
    short_cell(p, &ch->now);
    cli_report_causes(p->c, p->r->changes, ch, &text);
    give(p, "td", &text);
    raw(p, "</tr>\n");
    mv_buf_done(&text);
}

static void figure_row(struct page *p, struct mv_span row)
{
    struct cli_report_figure f = {0};
    cli_report_figure_put(p->c, p->r, row, &f);
    raw(p, "<tr>");
    element(p, "th scope=\"row\"", mv_buf_span(&f.what));
    element(p, "td", mv_buf_span(&f.unit));
    short_cell(p, &f.period);
    short_cell(p, &f.was);
    short_cell(p, &f.now);
    element(p, "td", mv_buf_span(&f.cause));
    raw(p, "</tr>\n");
    cli_report_figure_done(&f);
}

static void put_figures(struct page *p)
{
    static const cli_word words[] = {
        CLI_W_REP_COL_INDICATOR, CLI_W_COL_UNIT,   CLI_W_COL_PERIOD,
        CLI_W_REP_COL_WAS,       CLI_W_REP_COL_IS, CLI_W_REP_COL_CAUSE};
    struct mv_list l = cli_pages_walk(&p->r->since);
    struct mv_buf more = {0};
    struct mv_span row;
    if (cli_report_figures(p->r) == 0)
        return;
    word(p, "h3", CLI_W_REP_FIGURES);
    raw(p, "\n<table class=\"small\">");
    columns(p, words, CLI_COUNT(words));
    for (uint32_t i = 0;
         i < CLI_FIGURES_SHOWN && cli_report_figure_next(&l, &row); i++)
        figure_row(p, row);
    raw(p, "</tbody></table>");
    cli_report_figures_more(p->c, p->r, &more);
    if (more.len > 0)
        give(p, "p class=\"key\"", &more);
    mv_buf_done(&more);
}

static void put_since(struct page *p)
{
    static const cli_word words[] = {CLI_W_REP_COL_ID, CLI_W_REP_COL_PART,
                                     CLI_W_REP_COL_WAS, CLI_W_REP_COL_IS,
                                     CLI_W_REP_COL_CAUSE};
    const struct cli_report_changes *changes = p->r->changes;
    struct mv_buf text = {0};
    if (changes == NULL)
        return;
    raw(p, "<section class=\"since\">");
    cli_report_frozen_put(p->c, p->r, &text);
    give(p, "p", &text);
    if (changes->count == 0 && cli_report_figures(p->r) == 0) {
        word(p, "p", CLI_W_REP_SINCE_NONE);
    } else if (changes->count > 0) {
        word(p, "h3", cli_report_since_word(p->r));
        raw(p, "\n<table class=\"small\">");
        columns(p, words, CLI_COUNT(words));
        for (size_t i = 0; i < changes->count; i++)
            since_row(p, &changes->at[i]);
        raw(p, "</tbody></table>");
    }
    put_figures(p);
    raw(p, "</section>\n");
    mv_buf_done(&text);
}

/* ---- what is missing ---- */

static void put_missing(struct page *p)
{
    struct mv_list l = cli_pages_walk(&p->r->lines);
    struct mv_buf text = {0};
    struct mv_span row;
    if (p->r->lines.count == 0) {
        word(p, "p", CLI_W_REP_NONE_MISSING);
        return;
    }
    raw(p, "<table>");
    columns(p, cli_missing_words, CLI_MISSING_CELLS);
    while (mv_list_next(&l, &row)) {
        raw(p, "<tr>");
        for (unsigned i = 0; i < CLI_MISSING_CELLS; i++) {
            cli_missing_cell(p->c, row, i, &text);
            give(p, i == 0 ? "th scope=\"row\"" : "td", &text);
        }
        raw(p, "</tr>\n");
    }
    raw(p, "</tbody></table>\n");
    mv_buf_done(&text);
}

void cli_report_html(struct cli *c, const struct cli_report *r)
{
    struct page p = {.c = c, .r = r};
    put_head(&p);
    raw(&p, "<main>\n");
    if (r->kind != CLI_REPORT_MISSING)
        put_tiles(&p);
    put_since(&p);
    if (r->kind == CLI_REPORT_MISSING) {
        put_missing(&p);
    } else if (r->kind == CLI_REPORT_HALF_YEAR) {
        half_year(&p, false);
        half_year(&p, true);
    } else {
        put_glance(&p);
        word(&p, "h3", CLI_W_REP_EACH);
        raw(&p, "\n");
        for (size_t i = 0; i < r->count; i++)
            put_article(&p, &r->items[i]);
    }
    raw(&p, "</main>\n</body>\n</html>\n");
    (void)fwrite(p.out.at, 1, p.out.len, c->out);
    mv_buf_done(&p.out);
}
