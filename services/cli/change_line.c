/* change_line - see change_line.h. Job: a change in one line. Invariant: the
 * new status is sign and word, and where it came from is said. Holds nothing.
 */
#include "services/cli/change_line.h"

#include "services/base/text.h"
#include "services/cli/numbers.h"
#include "services/cli/phrase.h"
#include "services/cli/status_table.h"
#include "services/cli/wrap.h"

#define TITLE_LEAST 16
#define DEEP        8 /* blanks before what stands on a line of its own */

static void put(struct mv_buf *out, struct mv_span text)
{
    mv_text_escape_terminal(out, text);
}

static void put_was(const struct cli *c, struct mv_span change,
                    struct mv_buf *out)
{
    struct mv_span was = cli_get_text(change, "was_status");
    struct mv_span near = cli_get_text(change, "reminder");
    struct mv_buf day = {0};
    if (near.len > 0) {
        put(&day, near);
        cli_word_put(out, c, CLI_W_CH_REMINDER, mv_buf_cstr(&day), NULL);
        mv_buf_done(&day);
        return;
    }
    if (mv_span_is(was, "new")) {
        mv_buf_text(out, cli_w(c, CLI_W_CH_NEW));
        return;
    }
    cli_word_put(out, c, CLI_W_CH_WAS, cli_status_text(c, was), NULL);
}

/* Would its number tell one that is suppressed? */
static bool is_hidden(struct mv_span change)
{
    return mv_list_has(cli_get(change, "marks"), mv_span_text("hidden"));
}

/* "66,7 % mot 70 %", or the reason for none. */
static void put_value(const struct cli *c, struct mv_span change,
                      struct mv_buf *out)
{
    struct cli_shown f = cli_shown_of(change);
    struct mv_span value = cli_get_text(change, "value");
    struct mv_span limit = cli_get_text(change, "limit");
    bool own_none = mv_span_is(cli_get_text(change, "own"), "none");
    struct mv_buf a = {0}, b = {0};
    if (mv_span_is(cli_get_text(change, "status"), "none")) {
        cli_reason_of(c, change, "reason", out);
    } else if (value.len == 0 && !own_none && is_hidden(change)) {
        mv_buf_text(out, cli_w(c, CLI_W_CH_HIDDEN));
    } else if (value.len > 0 && limit.len > 0) {
        cli_value(c, &f, value, limit, &a);
        cli_shown(c, &f, limit, value, &b);
        cli_word_put(out, c, CLI_W_CH_VALUE, mv_buf_cstr(&a), mv_buf_cstr(&b),
                     NULL);
    }
    if (cli_get_text(change, "forecast").len > 0)
        mv_buf_printf(out, "%s%s", out->len > 0 ? ", " : "",
                      cli_w(c, CLI_W_FORECAST));
    if (cli_get_bool(change, "preliminary"))
        mv_buf_printf(out, "%s%s", out->len > 0 ? ", " : "",
                      cli_w(c, CLI_W_PRELIMINARY));
    mv_buf_done(&a);
    mv_buf_done(&b);
}

static void put_cause(const struct cli *c, const struct cli_happening *h,
                      struct mv_span change, struct mv_buf *out)
{
    struct mv_span kind = cli_get_text(change, "kind");
    struct mv_buf word = {0}, seq = {0};
    cli_cause(c, kind.len > 0 ? kind : cli_get_text(h->cause, "kind"), &word);
    cli_count(c, cli_get_u64(h->cause, "seq"), &seq);
    cli_word_put(out, c, CLI_W_CH_CAUSE, mv_buf_cstr(&word), mv_buf_cstr(&seq),
                 NULL);
    mv_buf_done(&word);
    mv_buf_done(&seq);
}

/* The title gives way: as much of it as the line has room for. */
static void put_title(const struct cli *c, struct mv_span title, size_t used,
                      struct mv_buf *out)
{
    size_t at = 0, word = 0, room = SIZE_MAX, columns = 0;
    uint32_t point;
    if (c->width > 0)
        room = c->width > used + TITLE_LEAST ? c->width - used : TITLE_LEAST;
    if (mv_text_columns(title) <= room) {
        put(out, title);
        return;
    }
    while (at < title.len) {
        size_t next = at;
        (void)mv_utf8_next(title, &next, &point);
        columns +=
            mv_text_columns(mv_span((const char *)title.at + at, next - at));
        if (columns + 2 > room)
            break;
        if (((const char *)title.at)[at] == ' ')
            word = at; /* cut between words, where there is one */
        at = next;
    }
    put(out, mv_span(title.at, word > 0 ? word : at));
    mv_buf_text(out, word > 0 ? " …" : "…");
}

void cli_change_show(struct cli *c, const struct cli_happening *h,
                     struct mv_span change)
{
    static const char *const codes[] = {"",         "\x1b[32m", "\x1b[33m",
                                        "\x1b[31m", "\x1b[2m",  "\x1b[1m"};
    struct mv_span status = cli_get_text(change, "status");
    struct mv_buf when = {0}, unit = {0}, rest = {0}, title = {0};
    struct mv_buf lines = {0};
    const char *word = cli_status_text(c, status);
    const char *code = c->colour ? codes[cli_status_style(status)] : "";
    cli_time(h->received_ms, &when);
    put(&unit, cli_get_text(change, "unit"));
    mv_buf_text(&rest, "  ");
    put_value(c, change, &rest);
    mv_buf_text(&rest, rest.len > 2 ? ", " : "");
    put_was(c, change, &rest);
    mv_buf_text(&rest, "; ");
    put_cause(c, h, change, &rest);
    size_t used = 6 + mv_text_columns(mv_buf_span(&when)) +
                  mv_text_columns(mv_span_text(word)) +
                  mv_text_columns(mv_buf_span(&unit));
    size_t all = used + mv_text_columns(mv_buf_span(&rest));
    bool two = c->width > 0 && all + TITLE_LEAST > c->width;
    put_title(c, cli_get_lang(c, change, "title"), two ? used : all, &title);
    cli_wrap(&lines, mv_buf_span(&rest), two ? c->width : 0, two ? DEEP : 0,
             DEEP + 2);
    (void)fprintf(c->out, "%s  %s%s%s  %s  %s%s%*s%s\n", mv_buf_cstr(&when),
                  code, word, *code != '\0' ? "\x1b[0m" : "",
                  mv_buf_cstr(&unit), mv_buf_cstr(&title), two ? "\n" : "",
                  two ? DEEP : 0, "", mv_buf_cstr(&lines));
    mv_buf_done(&lines);
    mv_buf_done(&when);
    mv_buf_done(&unit);
    mv_buf_done(&rest);
    mv_buf_done(&title);
}

void cli_change_json(struct cli *c, const struct cli_happening *h,
                     struct mv_span change)
{
    json_t *j = json_object();
    (void)json_object_set_new(j, "seq", json_integer((json_int_t)h->group));
    (void)json_object_set_new(j, "received_ms", json_integer(h->received_ms));
    (void)json_object_set_new(j, "cause", cli_json(h->cause));
    (void)json_object_set_new(j, "change", cli_json(change));
    cli_json_line(c, j);
}
