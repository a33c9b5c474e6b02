/* cmd_status - `maalvakt status`: what holds now. Job: questions to the
 * evaluator, one table. Invariant: what is shown is what was published; it
 * judges nothing. Changes nothing. */
#include <stdlib.h>

#include "services/cli/desk.h"
#include "services/cli/hint.h"
#include "services/cli/hush.h"
#include "services/cli/phrase.h"
#include "services/cli/status_table.h"

/* No rows: which years have targets, or that it is unit or target that has
 * none. */
static void say_years(struct cli *c, struct cli_link *l, int64_t year)
{
    struct cli_pages targets = {0};
    struct cli_args none = {0};
    struct mv_buf years = {0}, meant = {0};
    struct mv_span row;
    uint64_t last = 0;
    bool there = false;
    if (cli_ask_all(l, "targets", &none, &targets) == CLI_OK) {
        struct mv_list walk = cli_pages_walk(&targets);
        while (mv_list_next(&walk, &row)) {
            uint64_t y = cli_get_u64(row, "year");
            if (y != last)
                mv_buf_printf(&years, "%s%llu", last > 0 ? ", " : "",
                              (unsigned long long)y);
            there = there || y == (uint64_t)year;
            last = y;
        }
    }
    mv_buf_printf(&meant, "%lld", (long long)year);
    if (last == 0)
        cli_say(c, CLI_W_STATUS_NO_CATALOGUE, NULL);
    else if (there)
        cli_say(c, CLI_W_STATUS_NONE_OF, NULL);
    else
        cli_say(c, CLI_W_STATUS_OTHER_YEARS, mv_buf_cstr(&meant),
                mv_buf_cstr(&years), NULL);
    mv_buf_done(&meant);
    mv_buf_done(&years);
    cli_pages_done(&targets);
}

static void say_head(struct cli *c, struct mv_span state, int64_t year)
{
    struct mv_buf y = {0}, seq = {0};
    struct mv_span today = cli_get_text(state, "today");
    char *day = mv_xstrndup(today.at, today.len);
    mv_buf_printf(&y, "%lld", (long long)year);
    cli_count(c, cli_get_u64(state, "seq"), &seq);
    cli_say(c, CLI_W_STATUS_HEAD, mv_buf_cstr(&y), day, mv_buf_cstr(&seq),
            NULL);
    free(day);
    mv_buf_done(&y);
    mv_buf_done(&seq);
}

/* What is shown may be old: in the table's head, or beside the JSON. */
static bool say_cut_off(struct cli *c, struct cli_link *l, struct mv_span state)
{
    struct mv_buf why = {0}, seq = {0};
    cli_cut_off(c, l, &why);
    bool cut_off = why.len > 0;
    cli_count(c, cli_get_u64(state, "seq"), &seq);
    if (cut_off && c->json) {
        cli_warn(c, CLI_W_STATUS_CUT_OFF, mv_buf_cstr(&why), mv_buf_cstr(&seq),
                 NULL);
    } else if (cut_off) {
        cli_say(c, CLI_W_STATUS_CUT_OFF, mv_buf_cstr(&why), mv_buf_cstr(&seq),
                NULL);
    }
    mv_buf_done(&why);
    mv_buf_done(&seq);
    return cut_off;
}

static int json(struct cli *c, const struct cli_pages *rows)
{
    struct mv_list l = cli_pages_walk(rows);
    struct mv_span row;
    while (mv_list_next(&l, &row))
        if (cli_status_wanted(c, row))
            cli_json_line(c, cli_json(row));
    return rows->count == 0 && cli_hint_options(c, false) ? CLI_NO : CLI_OK;
}

/* Since when: ingest knows, and may not answer; then numbers are shown. One
 * that the evaluator does not read is silent, or has another's numbers. */
static struct cli_link *ingest_of(struct cli *c, bool cut_off)
{
    struct cli_link *l = NULL;
    if (cli_option(c, "endpoint") == NULL && !cut_off)
        (void)cli_link_open(c, CLI_INGEST, NULL, &l);
    return l;
}

static int show(struct cli *c, struct cli_link *l, struct mv_span state,
                int64_t year, const struct cli_pages *rows)
{
    int code = CLI_OK;
    struct cli_status_counts counts;
    cli_say_day(c);
    if (rows->count > 0)
        say_head(c, state, year);
    bool cut_off = say_cut_off(c, l, state);
    struct cli_link *ingest = ingest_of(c, cut_off);
    struct cli_source *source = cli_source_open(ingest);
    if (rows->count > 0) {
        cli_status_show(c, rows, source, &counts);
        cli_status_summary(c, &counts);
    } else if (cli_hint_options(c, false)) {
        code = CLI_NO;
    } else {
        say_years(c, l, year);
    }
    cli_source_close(source);
    cli_link_close(ingest);
    return code;
}

static int ask(struct cli *c, struct cli_link *l, struct cli_pages *rows)
{
    struct cli_pages held = {0};
    struct cli_args args = {0};
    struct cli_hush hush;
    struct mv_span state;
    int64_t year = 0;
    int code = cli_state(l, &held, &state);
    if (code == CLI_OK)
        code = cli_year(c, state, &year);
    if (code == CLI_OK) {
        if (year > 0)
            cli_arg_u64(&args, "year", (uint64_t)year);
        cli_arg_option(&args, c, "unit");
        cli_arg_option(&args, c, "target");
        cli_arg_option(&args, c, "commission");
        cli_arg_option(&args, c, "region");
        cli_hush_begin(c, &hush);
        code = cli_ask_all(l, "status", &args, rows);
        cli_hush_end(c, &hush);
        bool meant = code == CLI_NO && cli_hint_options(c, false);
        cli_hush_done(c, &hush, !meant);
    }
    if (code == CLI_OK && c->json) {
        (void)say_cut_off(c, l, state);
        code = json(c, rows);
    } else if (code == CLI_OK) {
        code = show(c, l, state, year, rows);
    }
    cli_args_done(&args);
    cli_pages_done(&held);
    return code;
}

static int status_run(struct cli *c)
{
    struct cli_link *l;
    struct cli_pages rows = {0};
    int code = cli_link_open(c, CLI_EVALUATOR, NULL, &l);
    if (code == CLI_OK)
        code = ask(c, l, &rows);
    cli_pages_done(&rows);
    cli_link_close(l);
    return code;
}

static const struct cli_option options[] = {
    {"year", "YEAR", "målenes år (ellers året som er nå)",
     "the targets' year (else the year that is now)"},
    {"unit", "UNIT", "bare denne enheten", "this unit only"},
    {"target", "TARGET", "bare dette målet", "this target only"},
    {"commission", "COMMISSION", "bare dette oppdraget",
     "this commission only"},
    {"region", "REGION", "bare denne regionen", "this region only"},
    {"red", NULL, "bare røde (kan kombineres)", "red only (can be combined)"},
    {"yellow", NULL, "bare gule", "yellow only"},
    {"green", NULL, "bare grønne", "green only"},
    {"none", NULL, "bare de uten farge", "those without a colour only"},
};

const struct cli_command cli_cmd_status = {
    .name = "status",
    .usage = "[--year YEAR] [--unit UNIT] [--target TARGET] [--red] ...",
    .nb = "Hvor målene står nå: farge, verdi, krav, hvorfor, siden når",
    .en = "Where the targets stand: colour, value, limit, why, since when",
    .man = "maalvakt-status",
    .example = "maalvakt status --year 2024 --red --yellow\n"
               "maalvakt status --unit ahus --json\n",
    .options = options,
    .option_count = CLI_COUNT(options),
    .least = 0,
    .most = 0,
    .run = status_run,
};
