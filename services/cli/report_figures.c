/* report_figures - see report_figures.h. Job: a figure of `since` in words.
 * Invariant: what may not be shown is in no cell; two numbers that differ are
 * not shown alike. Holds nothing. */
#include "services/cli/report_figures.h"

#include "services/cli/numbers.h"
#include "services/cli/phrase.h"

bool cli_report_figure_next(struct mv_list *l, struct mv_span *row)
{
    while (mv_list_next(l, row))
        if (cli_is_what(*row, "figure"))
            return true;
    return false;
}

uint32_t cli_report_figures(const struct cli_report *r)
{
    struct mv_list l = cli_pages_walk(&r->since);
    struct mv_span row;
    uint32_t count = 0;
    while (cli_report_figure_next(&l, &row))
        count++;
    return count;
}

static void put(struct mv_buf *out, struct mv_span text)
{
    mv_buf_put(out, text.at, text.len);
}

/* "75,0 % (75/100)" */
static void put_number(const struct cli *c, struct mv_span row,
                       struct mv_span held, struct mv_span beside,
                       struct mv_buf *out)
{
    static const struct cli_shown bare = {{"count", 5}, 6};
    const struct cli_shown shown = cli_shown_of(row);
    struct mv_span over = cli_get_text(held, "numerator");
    struct mv_span none = mv_span("", 0);
    cli_shown(c, &shown, cli_get_text(held, "value"),
              cli_get_text(beside, "value"), out);
    if (over.len == 0)
        return;
    mv_buf_text(out, " (");
    cli_plain(c, &bare, over, none, out);
    mv_buf_put_u8(out, '/');
    cli_plain(c, &bare, cli_get_text(held, "denominator"), none, out);
    mv_buf_put_u8(out, ')');
}

void cli_report_figure_note(const struct cli *c, struct mv_span row,
                            const char *key, struct mv_buf *out)
{
    struct mv_span held = cli_get(row, key);
    struct mv_span flag = cli_get_text(held, "flag");
    if (cli_get_bool(row, "hidden"))
        cli_reason(c, mv_span_text("suppressed"), out);
    else if (cli_get_bool(held, "withdrawn"))
        cli_reason(c, mv_span_text("withdrawn"), out);
    if (flag.len > 0)
        mv_buf_printf(out, "%s%.*s", out->len > 0 ? " " : "", (int)flag.len,
                      (const char *)flag.at);
}

static void put_held(const struct cli *c, struct mv_span row, const char *key,
                     const char *other, struct mv_buf *out)
{
    struct mv_span held = cli_get(row, key);
    struct mv_buf note = {0};
    cli_report_figure_note(c, row, key, &note);
    bool gone = cli_get_bool(row, "hidden") || cli_get_bool(held, "withdrawn");
    if (cli_get_text(held, "value").len > 0)
        put_number(c, row, held, cli_get(row, other), out);
    else if (!gone)
        mv_buf_text(out, "–");
    mv_buf_text(out, out->len > 0 && note.len > 0 ? " " : "");
    mv_buf_put(out, note.at, note.len);
    mv_buf_done(&note);
}

void cli_report_figure_put(const struct cli *c, const struct cli_report *r,
                           struct mv_span row, struct cli_report_figure *ret)
{
    struct mv_span title = cli_get_lang(c, row, "title");
    struct mv_span member = cli_get_lang(c, row, "member_title");
    struct mv_buf by = {0};
    const struct cli_report_cause cause = {.kind = cli_get_text(row, "kind"),
                                           .seq = cli_get_u64(row, "seq"),
                                           .time_ms = cli_get_i64(row, "time")};
    put(&ret->what, title.len > 0 ? title : cli_get_text(row, "indicator"));
    if (member.len == 0)
        member = cli_get_text(row, "member"); /* the catalogue dropped it */
    mv_buf_text(&ret->what, member.len > 0 ? ": " : "");
    put(&ret->what, member);
    put(&ret->unit, cli_get_text(row, "unit"));
    put(&ret->period, cli_get_text(row, "period"));
    put_held(c, row, "was", "now", &ret->was);
    put_held(c, row, "now", "was", &ret->now);
    cli_report_cause(c, &cause, r->changes->source, &ret->cause);
    put(&by, cli_get_text(row, "by"));
    if (by.len > 0)
        cli_word_put(&ret->cause, c, CLI_W_REP_BY, mv_buf_cstr(&by), NULL);
    mv_buf_done(&by);
}

void cli_report_figure_done(struct cli_report_figure *f)
{
    mv_buf_done(&f->what);
    mv_buf_done(&f->unit);
    mv_buf_done(&f->period);
    mv_buf_done(&f->was);
    mv_buf_done(&f->now);
    mv_buf_done(&f->cause);
}

void cli_report_figures_more(const struct cli *c, const struct cli_report *r,
                             struct mv_buf *out)
{
    uint32_t count = cli_report_figures(r);
    struct mv_buf shown = {0}, all = {0};
    if (count > CLI_FIGURES_SHOWN) {
        cli_count(c, CLI_FIGURES_SHOWN, &shown);
        cli_count(c, count, &all);
        cli_word_put(out, c, CLI_W_REP_FIGURES_MORE, mv_buf_cstr(&shown),
                     mv_buf_cstr(&all), NULL);
    }
    mv_buf_done(&shown);
    mv_buf_done(&all);
}
