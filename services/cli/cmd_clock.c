/* cmd_clock - `maalvakt clock`: which day it is, and whether the clock is
 * believed; `clock accept DATE`: an operator says that it is right. Job: one
 * question or one act to ingest. Invariant: today is what the journal says.
 * A crash: ask again. */
#include <string.h>

#include "services/base/day.h"
#include "services/cli/pages.h"
#include "services/cli/phrase.h"

#define NOT_TRUSTED 2 /* exit code; see maalvakt-clock(1) */

static void show(struct cli *c, struct mv_span row, bool trusted)
{
    struct mv_buf text = {0};
    struct mv_span today = cli_get_text(row, "today");
    struct mv_span doubt = cli_get_text(row, "clock");
    cli_say_day(c);
    mv_buf_put(&text, today.at, today.len);
    cli_say(c, today.len > 0 ? CLI_W_CLOCK_TODAY : CLI_W_CLOCK_NO_DAY,
            mv_buf_cstr(&text), NULL);
    mv_buf_clear(&text);
    cli_time(cli_get_i64(row, "now_ms"), &text);
    cli_say(c, CLI_W_CLOCK_NOW, mv_buf_cstr(&text), NULL);
    mv_buf_clear(&text);
    cli_time(cli_get_i64(row, "last_ms"), &text);
    if (text.len > 0)
        cli_say(c, CLI_W_CLOCK_LAST, mv_buf_cstr(&text), NULL);
    mv_buf_clear(&text);
    mv_buf_put(&text, doubt.at, doubt.len);
    if (trusted)
        cli_say(c, CLI_W_CLOCK_TRUSTED, NULL);
    else
        cli_say(c, CLI_W_CLOCK_DOUBT, mv_buf_cstr(&text), NULL);
    mv_buf_done(&text);
}

static int tell(struct cli *c, struct cli_link *l)
{
    struct cli_args none = {0};
    struct cli_pages rows = {0};
    struct mv_span row = mv_span("", 0);
    int code = cli_ask_args(l, "journal", &none, &rows);
    struct mv_list list = cli_pages_walk(&rows);
    if (code == CLI_OK && mv_list_next(&list, &row)) {
        bool trusted = mv_span_is(cli_get_text(row, "clock"), "trusted");
        if (c->json)
            cli_json_line(c, cli_json(row));
        else
            show(c, row, trusted);
        code = trusted ? CLI_OK : NOT_TRUSTED;
    }
    cli_pages_done(&rows);
    return code;
}

static int accept_day(struct cli *c, struct cli_link *l, const char *day)
{
    struct cli_args args = {0};
    struct cli_pages rows = {0};
    cli_arg_text(&args, "day", day);
    int code = cli_ask_args(l, "clock-accept", &args, &rows);
    if (code == CLI_OK && c->json)
        cli_json_line(c, json_pack("{s:s}", "accepted", day));
    else if (code == CLI_OK)
        cli_say(c, CLI_W_CLOCK_ACCEPTED, day, NULL);
    cli_pages_done(&rows);
    cli_args_done(&args);
    return code;
}

static int clock_run(struct cli *c)
{
    struct cli_link *l;
    int32_t day;
    bool acts = c->arg_count > 0;
    if (acts && (c->arg_count < 2 || strcmp(c->args[0], "accept") != 0))
        return cli_fail(c, CLI_USAGE, CLI_W_CLOCK_WHAT, NULL);
    if (acts && !mv_day_parse(mv_span_text(c->args[1]), &day))
        return cli_fail(c, CLI_USAGE, CLI_W_BAD_DAY, c->args[1], NULL);
    int code = cli_link_open(c, CLI_INGEST, NULL, &l);
    if (code != CLI_OK)
        return code;
    code = acts ? accept_day(c, l, c->args[1]) : tell(c, l);
    cli_link_close(l);
    return code;
}

const struct cli_command cli_cmd_clock = {
    .name = "clock",
    .usage = "[accept DATE]",
    .nb = "Hvilken dag det er her, og om klokken er til å stole på",
    .en = "Which day it is here, and whether the clock is believed",
    .man = "maalvakt-clock",
    .example = "maalvakt clock\n"
               "maalvakt clock accept 2025-03-15\n",
    .least = 0,
    .most = 2,
    .run = clock_run,
};
