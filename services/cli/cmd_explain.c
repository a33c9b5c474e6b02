/* cmd_explain - `maalvakt explain TARGET UNIT`: a status, and everything that
 * it rests on. Job: questions to the evaluator and to ingest. Invariant: what
 * is shown is what both keep; it judges nothing. Changes nothing. */
#include <stdlib.h>

#include "services/cli/desk.h"
#include "services/cli/explain_text.h"
#include "services/cli/hint.h"
#include "services/cli/hush.h"

/* Which of the two words is not known, and what it may have been; else what
 * the evaluator said stands. */
static void say_meant(struct cli *c, struct cli_hush *refused, int64_t year)
{
    struct cli_inforce f;
    bool said = false, known = cli_hint_catalogue(c, NULL, &f);
    if (known) {
        said = cli_hint_target(c, f.catalogue, c->args[0], year);
        said =
            cli_hint_thing(c, f.catalogue, CLI_THING_UNIT, c->args[1]) || said;
    }
    cli_hush_done(c, refused, !said);
    if (!known && cli_option(c, "year") == NULL)
        cli_warn(c, CLI_W_X_TRY_YEAR, NULL);
    cli_inforce_done(&f);
}

/* Is it no target of that year, but a commission? */
static bool is_commission(struct cli *c, struct cli_link *l, int64_t year)
{
    struct cli_pages rows = {0};
    struct cli_args args = {0};
    struct mv_span row;
    struct cli_hush hush; /* what is not known is told by what follows */
    bool is = cli_option(c, "commission") != NULL;
    cli_arg_text(&args, "commission", c->args[0]);
    cli_arg_text(&args, "unit", c->args[1]);
    cli_arg_u64(&args, "year", (uint64_t)year);
    cli_hush_begin(c, &hush);
    if (!is && cli_ask_all(l, "status", &args, &rows) == CLI_OK) {
        struct mv_list list = cli_pages_walk(&rows);
        is = mv_list_next(&list, &row) &&
             cli_get_text(row, "commission").len > 0;
    }
    cli_hush_end(c, &hush);
    cli_hush_done(c, &hush, false);
    cli_args_done(&args);
    cli_pages_done(&rows);
    return is;
}

static int ask(struct cli *c, struct cli_link *l, struct cli_pages *rows)
{
    struct cli_pages held = {0};
    struct cli_args args = {0};
    struct mv_span state;
    int64_t year = 0;
    struct cli_hush hush;
    int code = cli_state(l, &held, &state);
    if (code == CLI_OK)
        code = cli_year(c, state, &year);
    if (code == CLI_OK) {
        cli_arg_text(&args, is_commission(c, l, year) ? "commission" : "target",
                     c->args[0]);
        cli_arg_text(&args, "unit", c->args[1]);
        cli_arg_u64(&args, "year", (uint64_t)year);
        cli_hush_begin(c, &hush);
        code = cli_ask_all(l, "explain", &args, rows);
        cli_hush_end(c, &hush);
        if (code == CLI_NO)
            say_meant(c, &hush, year);
        else
            cli_hush_done(c, &hush, true);
    }
    cli_args_done(&args);
    cli_pages_done(&held);
    return code;
}

static int explain_run(struct cli *c)
{
    struct cli_link *evaluator = NULL, *ingest = NULL;
    struct cli_pages rows = {0};
    int code = cli_link_open(c, CLI_EVALUATOR, NULL, &evaluator);
    if (code == CLI_OK)
        code = ask(c, evaluator, &rows);
    if (code == CLI_OK && cli_option(c, "endpoint") == NULL)
        (void)cli_link_open(c, CLI_INGEST, NULL, &ingest);
    if (code == CLI_OK) {
        struct cli_source *source = cli_source_open(ingest);
        cli_say_day(c);
        if (c->json)
            cli_explain_json(c, &rows, source);
        else
            cli_explain_show(c, &rows, source);
        cli_source_close(source);
    }
    cli_pages_done(&rows);
    cli_link_close(ingest);
    cli_link_close(evaluator);
    return code;
}

static const struct cli_option options[] = {
    {"year", "YEAR", "målets år (ellers året som er nå)",
     "the target's year (else the year that is now)"},
    {"commission", NULL, "det er et oppdrag (ellers ses det etter)",
     "it is a commission (else it is looked up)"},
};

const struct cli_command cli_cmd_explain = {
    .name = "explain",
    .usage = "TARGET UNIT [--year YEAR]",
    .nb = "Hvorfor en status er som den er, tilbake til hvert tall",
    .en = "Why a status is what it is, back to every figure",
    .man = "maalvakt-explain",
    .example = "maalvakt explain resultat ahus --year 2024\n",
    .options = options,
    .option_count = CLI_COUNT(options),
    .least = 2,
    .most = 2,
    .run = explain_run,
};
