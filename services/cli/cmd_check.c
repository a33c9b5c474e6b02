/* cmd_check - `maalvakt check figures`: figures that contradict each other.
 * Job: one question to the evaluator, notes from ingest. Invariant: it judges
 * nothing and corrects nothing. Changes nothing. */
#include <string.h>

#include "services/cli/check_text.h"
#include "services/cli/desk.h"
#include "services/cli/hint.h"
#include "services/cli/hush.h"
#include "services/cli/phrase.h"

/* What is not known, and what it may have been; else what the evaluator said
 * stands. */
static void say_meant(struct cli *c, struct cli_hush *refused)
{
    struct cli_inforce f;
    bool said = false;
    if (cli_hint_catalogue(c, NULL, &f)) {
        const char *indicator = cli_option(c, "indicator");
        if (c->arg_count > 1)
            said = cli_hint_thing(c, f.catalogue, CLI_THING_UNIT, c->args[1]);
        if (indicator != NULL) {
            said = cli_hint_thing(c, f.catalogue, CLI_THING_INDICATOR,
                                  indicator) ||
                   said;
        }
    }
    cli_hush_done(c, refused, !said);
    cli_inforce_done(&f);
}

static int ask(struct cli *c, struct cli_link *l, struct cli_pages *rows,
               int64_t *year)
{
    struct cli_pages held = {0};
    struct cli_args args = {0};
    struct mv_span state;
    struct cli_hush hush;
    int code = cli_state(l, &held, &state);
    if (code == CLI_OK)
        code = cli_year(c, state, year);
    if (code == CLI_OK && *year == 0)
        code = cli_fail(c, CLI_NO, CLI_W_STATUS_NO_CATALOGUE, NULL);
    if (code == CLI_OK) {
        cli_arg_u64(&args, "year", (uint64_t)*year);
        if (c->arg_count > 1)
            cli_arg_text(&args, "unit", c->args[1]);
        cli_arg_option(&args, c, "indicator");
        cli_hush_begin(c, &hush);
        code = cli_ask_all(l, "check", &args, rows);
        cli_hush_end(c, &hush);
        if (code == CLI_NO)
            say_meant(c, &hush);
        else
            cli_hush_done(c, &hush, true);
    }
    cli_args_done(&args);
    cli_pages_done(&held);
    return code;
}

static void sum_up(struct cli *c, const struct cli_check_counts *n,
                   int64_t year)
{
    struct mv_buf sure = {0}, open = {0}, y = {0};
    cli_count(c, n->sure, &sure);
    cli_count(c, n->open, &open);
    mv_buf_printf(&y, "%lld", (long long)year);
    if (n->sure + n->open == 0)
        cli_say(c, CLI_W_CHECK_NONE, mv_buf_cstr(&y), NULL);
    else
        cli_say(c, CLI_W_CHECK_SUM, mv_buf_cstr(&y), mv_buf_cstr(&sure),
                mv_buf_cstr(&open), NULL);
    mv_buf_done(&sure);
    mv_buf_done(&open);
    mv_buf_done(&y);
}

static int show(struct cli *c, const struct cli_pages *rows, int64_t year)
{
    struct cli_check_counts counts;
    struct cli_link *ingest = NULL;
    if (cli_option(c, "endpoint") == NULL)
        (void)cli_link_open(c, CLI_INGEST, NULL, &ingest);
    struct cli_source *source = cli_source_open(ingest);
    if (c->json) {
        cli_check_json(c, rows, source, &counts);
    } else {
        cli_say_day(c);
        cli_check_show(c, rows, source, &counts);
        sum_up(c, &counts, year);
    }
    cli_source_close(source);
    cli_link_close(ingest);
    return counts.sure + counts.open > 0 ? CLI_NO : CLI_OK;
}

static int check_run(struct cli *c)
{
    struct cli_link *l = NULL;
    struct cli_pages rows = {0};
    int64_t year = 0;
    if (strcmp(c->args[0], "figures") != 0 && strcmp(c->args[0], "tall") != 0)
        return cli_fail(c, CLI_USAGE, CLI_W_CHECK_WHAT, c->args[0], NULL);
    int code = cli_link_open(c, CLI_EVALUATOR, NULL, &l);
    if (code == CLI_OK)
        code = ask(c, l, &rows, &year);
    if (code == CLI_OK)
        code = show(c, &rows, year);
    cli_pages_done(&rows);
    cli_link_close(l);
    return code;
}

static const struct cli_option options[] = {
    {"year", "YEAR", "tallenes år (ellers året som er nå)",
     "the figures' year (else the year that is now)"},
    {"indicator", "ID", "bare tall for denne indikatoren",
     "figures of this indicator only"},
    {"sure", NULL, "uten dem som tall som mangler kan forklare",
     "without those that missing figures may explain"},
};

const struct cli_command cli_cmd_check = {
    .name = "check",
    .usage = "figures [UNIT] [--year YEAR]",
    .nb = "Vis tall som motsier hverandre",
    .en = "Show figures that contradict each other",
    .man = "maalvakt-check",
    .example = "maalvakt check figures --year 2024\n"
               "maalvakt check figures hso --indicator ventetid --sure\n",
    .options = options,
    .option_count = CLI_COUNT(options),
    .least = 1,
    .most = 2,
    .run = check_run,
};
