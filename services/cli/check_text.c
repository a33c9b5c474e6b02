/* check_text - see check_text.h. Job: a disagreement in words, its figures as
 * a table. Invariant: both numbers are shown with where they came from, and
 * neither is called the right one. Holds nothing. */
#include "services/cli/check_text.h"

#include "services/cli/figure_cells.h"
#include "services/cli/numbers.h"
#include "services/cli/phrase.h"

static bool is_head(struct mv_span row)
{
    return cli_is_what(row, "disagreement");
}

static bool wanted(struct cli *c, struct mv_span head, bool open)
{
    bool is_open = cli_get_bool(head, "open");
    return is_open == open && (!is_open || cli_option(c, "sure") == NULL);
}

/* A pair is shown as one: two of them may have the same quotient. */
static void put_number(const struct cli *c, struct mv_span head,
                       const char *number, const char *over, const char *under,
                       struct mv_span beside, struct mv_buf *out)
{
    const struct cli_shown bare = {mv_span_text("count"), 6};
    const struct mv_span none = mv_span("", 0);
    struct cli_shown f = cli_shown_of(head);
    cli_plain(c, &f, cli_get_text(head, number), beside, out);
    if (cli_get_text(head, over).len == 0)
        return;
    mv_buf_text(out, " (");
    cli_plain(c, &bare, cli_get_text(head, over), none, out);
    mv_buf_text(out, " / ");
    cli_plain(c, &bare, cli_get_text(head, under), none, out);
    mv_buf_text(out, ")");
}

static void say_where(struct cli *c, struct mv_span head)
{
    struct mv_buf text = {0};
    struct mv_span title = cli_get_lang(c, head, "title");
    struct mv_span member = cli_get_text(head, "member");
    struct mv_span called = cli_get_lang(c, head, "member_title");
    mv_buf_put(&text, title.at, title.len);
    mv_buf_text(&text, called.len > 0 ? ": " : "");
    mv_buf_put(&text, called.at, called.len);
    title = cli_get_text(head, "indicator");
    mv_buf_printf(&text, " (%.*s%s%.*s)", (int)title.len,
                  (const char *)title.at, member.len > 0 ? "/" : "",
                  (int)member.len, (const char *)member.at);
    cli_say(c, CLI_W_CHECK_OF, mv_buf_cstr(&text), NULL);
    mv_buf_done(&text);
}

/* What has no figures, by title; by id where it has none. */
static void put_missing(const struct cli *c, struct mv_span head,
                        struct mv_buf *out)
{
    struct mv_list ids, titles;
    struct mv_span id, title, text;
    bool titled = mv_list_open(&titles, cli_get(head, "missing_titles"));
    if (!mv_list_open(&ids, cli_get(head, "missing")))
        return;
    while (mv_list_next(&ids, &id)) {
        text = mv_span("", 0);
        if (titled && mv_list_next(&titles, &title))
            text = cli_text_lang(c, title);
        if (text.len == 0 && !mv_value_text(id, &text))
            continue;
        mv_buf_text(out, out->len > 0 ? ", " : "");
        mv_buf_put(out, text.at, text.len);
    }
}

void cli_check_numbers(struct cli *c, struct mv_span head)
{
    struct mv_buf n[7] = {{0}};
    const struct cli_shown f = cli_shown_of(head);
    struct mv_span difference = cli_get_text(head, "difference");
    struct mv_span kind = cli_get_text(head, "kind");
    cli_word word = mv_span_is(kind, "periods")   ? CLI_W_CHECK_PERIODS
                    : mv_span_is(kind, "members") ? CLI_W_CHECK_MEMBERS
                                                  : CLI_W_CHECK_UNITS;
    struct mv_span unit = cli_get_text(head, "unit");
    struct mv_span period = cli_get_text(head, "period");
    mv_buf_put(&n[0], unit.at, unit.len);
    mv_buf_put(&n[1], period.at, period.len);
    put_number(c, head, "stated", "stated_numerator", "stated_denominator",
               cli_get_text(head, "made"), &n[2]);
    put_number(c, head, "made", "made_numerator", "made_denominator",
               cli_get_text(head, "stated"), &n[3]);
    cli_count(c, cli_get_u64(head, "parts"), &n[4]);
    cli_count(c, cli_get_u64(head, "of"), &n[5]);
    if (difference.len > 0)
        cli_margin(c, &f, difference, &n[6]);
    cli_say(c, word, mv_buf_cstr(&n[0]), mv_buf_cstr(&n[1]), mv_buf_cstr(&n[2]),
            mv_buf_cstr(&n[3]), mv_buf_cstr(&n[4]), mv_buf_cstr(&n[5]),
            mv_buf_cstr(&n[6]), NULL);
    mv_buf_clear(&n[0]);
    put_missing(c, head, &n[0]);
    if (n[0].len > 0) {
        cli_say(c,
                cli_get_bool(head, "open") ? CLI_W_CHECK_OPEN
                                           : CLI_W_CHECK_MISSING,
                mv_buf_cstr(&n[0]), NULL);
    }
    for (size_t i = 0; i < CLI_COUNT(n); i++)
        mv_buf_done(&n[i]);
}

static void figure(struct cli *c, struct cli_table *t, struct mv_span row,
                   struct cli_source *source)
{
    cli_table_text(t, cli_w(c, cli_get_bool(row, "stated") ? CLI_W_CHECK_STATED
                                                           : CLI_W_CHECK_PART));
    cli_figure_cells(c, t, row, true, source);
}

/* Its figures, up to the next disagreement. */
static void show_figures(struct cli *c, struct mv_list l,
                         struct cli_source *source, uint64_t more)
{
    const struct cli_column columns[] = {{"", false, true, 0},
                                         CLI_FIGURE_COLUMNS(c)};
    struct cli_table *t = cli_table_open(columns, CLI_COUNT(columns));
    struct mv_buf count = {0};
    struct mv_span row;
    while (mv_list_next(&l, &row) && !is_head(row))
        figure(c, t, row, source);
    cli_table_print(c, t);
    cli_table_close(t);
    cli_count(c, more, &count);
    if (more > 0)
        cli_say(c, CLI_W_CHECK_MORE, mv_buf_cstr(&count), NULL);
    mv_buf_done(&count);
}

static uint64_t show_some(struct cli *c, const struct cli_pages *rows,
                          struct cli_source *source, bool open)
{
    struct mv_list l = cli_pages_walk(rows);
    struct mv_span row;
    uint64_t count = 0;
    while (mv_list_next(&l, &row)) {
        if (!is_head(row) || !wanted(c, row, open))
            continue;
        if (count++ == 0)
            cli_say(c, open ? CLI_W_CHECK_SOME_OPEN : CLI_W_CHECK_SOME, NULL);
        say_where(c, row);
        cli_check_numbers(c, row);
        show_figures(c, l, source,
                     cli_get_u64(row, "figures") - cli_get_u64(row, "listed"));
    }
    return count;
}

void cli_check_show(struct cli *c, const struct cli_pages *rows,
                    struct cli_source *source, struct cli_check_counts *ret)
{
    ret->sure = show_some(c, rows, source, false);
    ret->open = show_some(c, rows, source, true);
}

void cli_check_json(struct cli *c, const struct cli_pages *rows,
                    struct cli_source *source, struct cli_check_counts *ret)
{
    struct mv_list l = cli_pages_walk(rows);
    struct mv_span row;
    bool shown = false;
    *ret = (struct cli_check_counts){0};
    while (mv_list_next(&l, &row)) {
        if (!is_head(row)) {
            if (shown)
                cli_figure_json(c, row, source);
            continue;
        }
        bool open = cli_get_bool(row, "open");
        shown = wanted(c, row, open);
        ret->open += shown && open;
        ret->sure += shown && !open;
        if (shown)
            cli_json_line(c, cli_json(row));
    }
}
