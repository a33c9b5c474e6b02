/* report_csv - a report for a spreadsheet: a row a requirement, in a yearly
 * report a row a criterion; of one that was frozen, behind them a row a figure
 * that came since. Norwegian has `;` and a decimal comma, English `,` and a
 * point; UTF-8 with a byte order mark, RFC 4180, CR LF. Invariant: no cell of
 * text begins a formula. Holds nothing. */
#include <string.h>

#include "services/base/hash.h"
#include "services/cli/report_figures.h"
#include "services/cli/stated.h"
#include "services/cli/status_table.h"
#include "services/cli/table.h"

struct sheet {
    const struct cli *c;
    const struct cli_report *r;
    struct mv_buf out;
    bool begun; /* the row has a cell */
};

static void separate(struct sheet *s)
{
    if (s->begun)
        mv_buf_put_u8(&s->out, s->c->lang == MV_LANG_NB ? ';' : ',');
    s->begun = true;
}

static void end_row(struct sheet *s)
{
    mv_buf_text(&s->out, "\r\n");
    s->begun = false;
}

/* A spreadsheet would take it for a formula, also behind blanks. */
static bool is_formula(struct mv_span text)
{
    const char *at = text.at;
    size_t i = 0;
    while (i < text.len && at[i] == ' ')
        i++;
    return i < text.len &&
           (at[i] == '\0' || strchr("=+-@\t\r\n", at[i]) != NULL);
}

static void put_text(struct sheet *s, struct mv_span text)
{
    const char *at = text.at;
    separate(s);
    mv_buf_put_u8(&s->out, '"');
    if (is_formula(text))
        mv_buf_put_u8(&s->out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (at[i] == '"')
            mv_buf_put_u8(&s->out, '"');
        mv_buf_put_u8(&s->out, (uint8_t)at[i]);
    }
    mv_buf_put_u8(&s->out, '"');
}

static void put_buf(struct sheet *s, struct mv_buf *text)
{
    put_text(s, mv_buf_span(text));
    mv_buf_clear(text);
}

static void put_word(struct sheet *s, cli_word word)
{
    put_text(s, mv_span_text(cli_w(s->c, word)));
}

/* A decimal, exact; what is none leaves the cell empty. */
static void put_number(struct sheet *s, struct mv_span text)
{
    char digits[MV_DEC_TEXT_BYTES];
    struct mv_dec d;
    separate(s);
    if (mv_dec_parse(text, &d) != MV_NUMBER_OK)
        return;
    for (const char *p = mv_dec_text(d, digits); *p != '\0'; p++)
        mv_buf_put_u8(
            &s->out, *p == '.' && s->c->lang == MV_LANG_NB ? ',' : (uint8_t)*p);
}

static void put_measure(struct sheet *s, struct mv_span row)
{
    struct mv_buf word = {0};
    cli_measure(s->c, cli_get_text(row, "measure"), &word);
    put_buf(s, &word);
    mv_buf_done(&word);
}

/* With so many decimals at most. */
static void put_rounded(struct sheet *s, struct mv_span text, unsigned decimals)
{
    char digits[MV_DEC_TEXT_BYTES];
    struct mv_dec d;
    if (mv_dec_parse(text, &d) == MV_NUMBER_OK &&
        mv_dec_round(&d, d, (int)decimals))
        text = mv_span_text(mv_dec_text(d, digits));
    put_number(s, text);
}

/* The indicator's decimals, and as many more as value, limit and margin take.
 */
static struct cli_shown shown_of(struct mv_span row)
{
    return cli_shown_adding(cli_shown_of(row), cli_get_text(row, "value"),
                            cli_get_text(row, "limit"),
                            cli_get_text(row, "margin"));
}

static void put_numbers(struct sheet *s, struct mv_span row)
{
    struct mv_span value = cli_get_text(row, "value");
    struct mv_span limit = cli_get_text(row, "limit");
    struct mv_span margin = cli_get_text(row, "margin");
    struct cli_shown f = shown_of(row);
    put_rounded(s, value, f.decimals);
    put_text(s, cli_get_text(row, "cmp"));
    put_rounded(s, limit, f.decimals);
    put_rounded(s, margin, f.decimals);
    put_measure(s, row);
    put_number(s, value);
    put_number(s, limit);
}

/* The word without its sign. */
static void put_status(struct sheet *s, struct mv_span row)
{
    const char *text = cli_status_text(s->c, cli_get_text(row, "status"));
    const char *word = strchr(text, ' ');
    bool there = cli_get_text(row, "status").len > 0;
    put_text(s, mv_span_text(!there ? "" : word != NULL ? word + 1 : text));
}

/* Where it comes from, on every row: a row may be cut out and passed on. */
static void end_with_source(struct sheet *s)
{
    struct mv_span state = mv_buf_span(&s->r->state), hash;
    char hex[2 * MV_HASH_BYTES + 1] = "";
    if (mv_value_bin(cli_get(state, "hash"), &hash) &&
        hash.len == MV_HASH_BYTES)
        (void)mv_hex(hash.at, hash.len, hex);
    separate(s);
    mv_buf_printf(&s->out, "%llu",
                  (unsigned long long)cli_get_u64(state, "seq"));
    put_text(s, mv_span_text(hex));
    end_row(s);
}

static void put_head(struct sheet *s, const cli_word *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put_word(s, words[i]);
    if (s->r->changes != NULL)
        put_word(s, cli_report_since_word(s->r));
    put_word(s, CLI_W_REP_COL_RECORD);
    put_word(s, CLI_W_REP_COL_CHAIN);
    end_row(s);
}

/* All that is another of the requirement than when it was frozen; of a report
 * that never was there is no such column. */
static void put_changed(struct sheet *s, const struct cli_report_item *item)
{
    const struct cli_report_changes *all = s->r->changes;
    struct mv_buf text = {0};
    if (all == NULL)
        return;
    for (size_t i = 0; i < all->count; i++) {
        const struct cli_report_change *ch = &all->at[i];
        if (ch->item != item)
            continue;
        mv_buf_text(&text, text.len > 0 ? ". " : "");
        mv_buf_put(&text, ch->what.at, ch->what.len);
        mv_buf_text(&text, ": ");
        mv_buf_put(&text, ch->was.at, ch->was.len);
        mv_buf_text(&text, " → ");
        mv_buf_put(&text, ch->now.at, ch->now.len);
        mv_buf_text(&text, " – ");
        cli_report_causes(s->c, all, ch, &text);
    }
    put_buf(s, &text);
    mv_buf_done(&text);
}

/* The targets that a figure is of: "1, 2". */
static void put_targets(struct sheet *s, struct mv_span row)
{
    struct mv_buf text = {0};
    struct mv_list l;
    struct mv_span item, id;
    if (mv_list_open(&l, cli_get(row, "targets"))) {
        while (mv_list_next(&l, &item) && mv_value_text(item, &id)) {
            mv_buf_text(&text, text.len > 0 ? ", " : "");
            mv_buf_put(&text, id.at, id.len);
        }
    }
    put_buf(s, &text);
    mv_buf_done(&text);
}

/* A side's numbers, exact; what may not be told leaves cells empty. */
static void put_side(struct sheet *s, struct mv_span row, const char *key)
{
    static const char *const keys[] = {"value", "numerator", "denominator"};
    struct mv_span side = cli_get(row, key);
    struct mv_buf note = {0};
    for (size_t i = 0; i < CLI_COUNT(keys); i++)
        put_number(s, cli_get_text(side, keys[i]));
    cli_report_figure_note(s->c, row, key, &note);
    put_buf(s, &note);
    mv_buf_done(&note);
}

/* Behind the requirements, after an empty line: each figure that came since,
 * under a head of its own. */
static void put_figures(struct sheet *s)
{
    static const cli_word words[] = {
        CLI_W_REP_COL_TARGETS_OF, CLI_W_REP_COL_INDICATOR,
        CLI_W_COL_UNIT,           CLI_W_COL_PERIOD,
        CLI_W_REP_COL_WAS,        CLI_W_REP_COL_WAS_OVER,
        CLI_W_REP_COL_WAS_UNDER,  CLI_W_REP_COL_WAS_NOTE,
        CLI_W_REP_COL_IS,         CLI_W_REP_COL_IS_OVER,
        CLI_W_REP_COL_IS_UNDER,   CLI_W_REP_COL_IS_NOTE,
        CLI_W_REP_COL_MEASURE,    CLI_W_REP_COL_CAUSE,
        CLI_W_REP_COL_RECORD,     CLI_W_REP_COL_CHAIN,
    };
    struct mv_list l = cli_pages_walk(&s->r->since);
    struct mv_span row;
    if (s->r->changes == NULL || cli_report_figures(s->r) == 0)
        return;
    end_row(s);
    for (size_t i = 0; i < CLI_COUNT(words); i++)
        put_word(s, words[i]);
    end_row(s);
    while (cli_report_figure_next(&l, &row)) {
        struct cli_report_figure f = {0};
        cli_report_figure_put(s->c, s->r, row, &f);
        put_targets(s, row);
        put_buf(s, &f.what);
        put_buf(s, &f.unit);
        put_buf(s, &f.period);
        put_side(s, row, "was");
        put_side(s, row, "now");
        put_measure(s, row);
        put_buf(s, &f.cause);
        end_with_source(s);
        cli_report_figure_done(&f);
    }
}

static void half_year_row(struct sheet *s, const struct cli_report_item *item)
{
    struct mv_buf text = {0};
    put_text(s, cli_report_id(item));
    put_text(s, cli_get_lang(s->c, item->head, "title"));
    put_status(s, item->row);
    cli_report_sentence(s->c, item->row, &text);
    put_buf(s, &text);
    cli_report_rests(s->c, item->row, &text);
    put_buf(s, &text);
    cli_report_assessed(s->c, item->row, &text);
    put_buf(s, &text);
    cli_stated_dates(s->c, item->row, &text);
    put_buf(s, &text);
    put_changed(s, item);
    end_with_source(s);
    mv_buf_done(&text);
}

static void put_end(struct sheet *s, struct mv_span end, unsigned decimals)
{
    put_rounded(s, cli_get_text(end, "value"), decimals);
    put_text(s, cli_get_lang(s->c, end, "name"));
}

/* Of "foreløpig; med prognose" the length of the first. */
static size_t item_len(const char *list)
{
    const char *end = strstr(list, "; ");
    return end != NULL ? (size_t)(end - list) : strlen(list);
}

static const char *item_next(const char *item)
{
    item += item_len(item);
    return *item != '\0' ? item + strlen("; ") : item;
}

/* Is that an item of the list, be it with more: "tall mangler: T1"? */
static bool has_item(const char *list, const char *item, size_t len)
{
    for (; *list != '\0'; list = item_next(list)) {
        if (item_len(list) >= len && memcmp(list, item, len) == 0 &&
            (item_len(list) == len || strncmp(list + len, ": ", 2) == 0))
            return true;
    }
    return false;
}

/* Of the list what the text has not got. */
static void put_others(const char *list, struct mv_buf *text)
{
    for (; *list != '\0'; list = item_next(list)) {
        size_t len = item_len(list);
        if (len > 0 && !has_item(mv_buf_cstr(text), list, len))
            mv_buf_printf(text, "%s%.*s", text->len > 0 ? "; " : "", (int)len,
                          list);
    }
}

/* Of the requirement, as its why. */
static void put_differs(struct sheet *s, const struct cli_report_item *item,
                        struct mv_buf *out)
{
    struct mv_buf text = {0};
    cli_report_differs(s->c, s->r, item, &text);
    if (text.len > 0)
        mv_buf_printf(out, "%s%s: %s", out->len > 0 ? "; " : "",
                      cli_w(s->c, CLI_W_REP_COL_DIFFERS), mv_buf_cstr(&text));
    mv_buf_done(&text);
}

static void year_row(struct sheet *s, const struct cli_report_item *item,
                     const struct cli_report_line *line)
{
    struct mv_buf text = {0};
    struct cli_report_cells cells = {0};
    struct mv_span series = cli_get(line->row, "series");
    unsigned decimals = cli_shown_of(series).decimals;
    const struct cli_report_pair pair = cli_report_pair(line->row);
    cli_report_cells(s->c, line, &cells);
    if (!cli_get_bool(series, "made") &&
        shown_of(line->row).decimals > decimals)
        decimals = shown_of(line->row).decimals;
    put_text(s, cli_report_id(item));
    put_text(s, cli_get_lang(s->c, item->head, "title"));
    put_status(s, item->row);
    put_buf(s, &cells.what);
    put_status(s, line->row);
    put_numbers(s, line->row);
    put_rounded(s, pair.now, decimals);
    put_rounded(s, pair.before, decimals);
    put_measure(s, series);
    put_buf(s, &cells.trend);
    put_end(s, cli_get(series, "lowest"), decimals);
    put_end(s, cli_get(series, "highest"), decimals);
    cli_report_why(s->c, item->row, &text);
    put_others(mv_buf_cstr(&cells.level), &text);
    put_others(mv_buf_cstr(&cells.why), &text);
    put_differs(s, item, &text);
    put_buf(s, &text);
    cli_report_assessed(s->c, item->row, &text);
    put_buf(s, &text);
    cli_stated_dates(s->c, item->row, &text);
    put_buf(s, &text);
    put_changed(s, item);
    end_with_source(s);
    cli_report_cells_done(&cells);
    mv_buf_done(&text);
}

static void half_year(struct sheet *s)
{
    static const cli_word words[] = {
        CLI_W_REP_COL_ID,    CLI_W_REP_COL_REQUIREMENT,
        CLI_W_COL_STATUS,    CLI_W_REP_COL_SENTENCE,
        CLI_W_COL_WHY,       CLI_W_REP_COL_ASSESSED,
        CLI_W_REP_COL_DATES,
    };
    put_head(s, words, CLI_COUNT(words));
    for (size_t i = 0; i < s->r->count; i++)
        if (s->r->items[i].row.len > 0)
            half_year_row(s, &s->r->items[i]);
    put_figures(s);
}

static void year(struct sheet *s)
{
    static const struct cli_report_line none = {.row = {"", 0}};
    static const cli_word words[] = {
        CLI_W_REP_COL_ID,
        CLI_W_REP_COL_REQUIREMENT,
        CLI_W_COL_STATUS,
        CLI_W_REP_COL_PART,
        CLI_W_REP_COL_PART_STATUS,
        CLI_W_COL_VALUE,
        CLI_W_REP_COL_CMP,
        CLI_W_COL_LIMIT,
        CLI_W_COL_MARGIN,
        CLI_W_REP_COL_MEASURE,
        CLI_W_REP_COL_EXACT,
        CLI_W_REP_COL_EXACT_LIMIT,
        CLI_W_REP_COL_NOW,
        CLI_W_REP_COL_LAST,
        CLI_W_REP_COL_SERIES_MEASURE,
        CLI_W_REP_COL_TREND,
        CLI_W_REP_COL_LOWEST,
        CLI_W_REP_COL_LOWEST_UNIT,
        CLI_W_REP_COL_HIGHEST,
        CLI_W_REP_COL_HIGHEST_UNIT,
        CLI_W_COL_WHY,
        CLI_W_REP_COL_ASSESSED,
        CLI_W_REP_COL_DATES,
    };
    put_head(s, words, CLI_COUNT(words));
    for (size_t i = 0; i < s->r->count; i++) {
        const struct cli_report_item *item = &s->r->items[i];
        for (size_t k = 0; k < item->line_count; k++)
            year_row(s, item, &item->lines[k]);
        if (item->line_count == 0)
            year_row(s, item, &none);
    }
    put_figures(s);
}

static void missing(struct sheet *s)
{
    struct mv_list l = cli_pages_walk(&s->r->lines);
    struct mv_buf text = {0};
    struct mv_span row;
    put_head(s, cli_missing_words, CLI_MISSING_CELLS);
    while (mv_list_next(&l, &row)) {
        for (unsigned i = 0; i < CLI_MISSING_CELLS; i++) {
            cli_missing_cell(s->c, row, i, &text);
            put_buf(s, &text);
        }
        end_with_source(s);
    }
    mv_buf_done(&text);
}

void cli_report_csv(struct cli *c, const struct cli_report *r)
{
    struct sheet s = {.c = c, .r = r};
    mv_buf_text(&s.out, "\xef\xbb\xbf");
    if (r->kind == CLI_REPORT_HALF_YEAR)
        half_year(&s);
    else if (r->kind == CLI_REPORT_YEAR)
        year(&s);
    else
        missing(&s);
    (void)fwrite(s.out.at, 1, s.out.len, c->out);
    mv_buf_done(&s.out);
}
