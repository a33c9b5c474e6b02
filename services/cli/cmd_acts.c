/* cmd_acts - `maalvakt assess`, `deliver`, `close`, `hold`, `release`,
 * `freeze`: what a person decides. Job: words or a file to acts, and those to
 * ingest. Invariant: a file with one fault sends nothing; who decided and why
 * are always said. A crash: the same command goes on. */
#include <stdlib.h>
#include <string.h>

#include "services/cli/act_send.h"
#include "services/cli/act_sheet.h"
#include "services/cli/desk.h"
#include "services/cli/hint.h"

/* What the arguments are, in order; CLI_ACT_FIELDS: no more. */
static const struct {
    const char *command;
    mv_statement_kind kind;
    cli_act_field args[3];
} commands[] = {
    {"assess",
     MV_STATEMENT_ASSESSMENT,
     {CLI_ACT_TARGET, CLI_ACT_UNIT, CLI_ACT_STATUS}},
    {"deliver",
     MV_STATEMENT_DELIVERED,
     {CLI_ACT_COMMISSION, CLI_ACT_UNIT, CLI_ACT_FIELDS}},
    {"close",
     MV_STATEMENT_CLOSED,
     {CLI_ACT_COMMISSION, CLI_ACT_UNIT, CLI_ACT_FIELDS}},
    {"hold",
     MV_STATEMENT_HOLD,
     {CLI_ACT_INDICATOR, CLI_ACT_UNIT, CLI_ACT_FIELDS}},
    {"release",
     MV_STATEMENT_RELEASE,
     {CLI_ACT_INDICATOR, CLI_ACT_UNIT, CLI_ACT_FIELDS}},
    {"freeze",
     MV_STATEMENT_FREEZE,
     {CLI_ACT_REPORT, CLI_ACT_UNIT, CLI_ACT_FIELDS}},
};

/* The year that is now where ingest is. */
static int year_now(struct cli *c, char year[8])
{
    struct cli_args none = {0};
    struct cli_pages rows = {0};
    struct cli_link *l = NULL;
    struct mv_span row = mv_span("", 0);
    int64_t n = 0;
    if (cli_option(c, "endpoint") != NULL)
        return cli_fail(c, CLI_USAGE, CLI_W_ACT_YEAR, NULL);
    int code = cli_link_open(c, CLI_INGEST, NULL, &l);
    if (code == CLI_OK)
        code = cli_ask_args(l, "journal", &none, &rows);
    struct mv_list list = cli_pages_walk(&rows);
    if (code == CLI_OK && mv_list_next(&list, &row))
        code = cli_year(c, row, &n);
    if (code == CLI_OK && n == 0)
        code = cli_fail(c, CLI_USAGE, CLI_W_ACT_YEAR, NULL);
    (void)snprintf(year, 8, "%d", (int)n);
    cli_link_close(l);
    cli_pages_done(&rows);
    return code;
}

/* "half-year 2023": the report's words, as people and as the protocol say. */
static struct mv_span report_word(struct mv_span said)
{
    static const char *const half[] = {"half-year", "halvår", "halvaar",
                                       "halvårsrapport"};
    static const char *const year[] = {"year", "år", "aar", "årsrapport",
                                       "årlig"};
    for (size_t i = 0; i < CLI_COUNT(half); i++)
        if (mv_span_is(said, half[i]))
            return mv_span_text("half-year");
    for (size_t i = 0; i < CLI_COUNT(year); i++)
        if (mv_span_is(said, year[i]))
            return mv_span_text("year");
    return said;
}

/* An id that is no target of the year, but a commission of it, is that. */
static void find_commission(struct cli *c, struct cli_act *a)
{
    struct cli_inforce f;
    int32_t year =
        (int32_t)strtol((const char *)a->at[CLI_ACT_YEAR].at, NULL, 10);
    bool is = cli_option(c, "commission") != NULL;
    if (!is && cli_hint_catalogue(c, NULL, &f)) {
        is = mv_catalogue_target(f.catalogue, a->at[CLI_ACT_TARGET], year) ==
                 NULL &&
             mv_catalogue_commission(f.catalogue, a->at[CLI_ACT_TARGET],
                                     year) != NULL;
        cli_inforce_done(&f);
    }
    if (!is)
        return;
    a->at[CLI_ACT_COMMISSION] = a->at[CLI_ACT_TARGET];
    a->at[CLI_ACT_TARGET] = mv_span("", 0);
}

/* Options by the names of the fields, and what is so for every row. */
static void take_options(struct cli *c, struct cli_act *a)
{
    for (size_t f = 0; f < CLI_ACT_FIELDS; f++) {
        const char *said = cli_option(c, cli_act_field_name((cli_act_field)f));
        bool is_switch = f == CLI_ACT_COMMISSION; /* of assess */
        if (said != NULL && !is_switch &&
            cli_act_takes(a->kind, (cli_act_field)f))
            a->at[f] = mv_span_text(said);
    }
}

static int run_file(struct cli *c, const struct cli_act *more, const char *file)
{
    struct cli_act_sheet s = {0};
    int code = CLI_DATA;
    if (cli_act_sheet_read(c, more, file, &s))
        code = cli_acts_send(c, s.acts, s.count, file);
    else
        cli_warn(c, CLI_W_PUSH_NO_FILE, NULL);
    cli_act_sheet_done(&s);
    return code;
}

static int run_one(struct cli *c, struct cli_act *a,
                   const cli_act_field args[3])
{
    struct mv_buf why = {0};
    for (size_t i = 0; i < 3 && args[i] != CLI_ACT_FIELDS; i++) {
        if (i >= c->arg_count)
            return cli_fail(c, CLI_USAGE, CLI_W_FEW_ARGS, c->command->name,
                            c->command->usage, NULL);
        a->at[args[i]] = mv_span_text(c->args[i]);
    }
    a->at[CLI_ACT_REPORT] = report_word(a->at[CLI_ACT_REPORT]);
    if (a->kind == MV_STATEMENT_ASSESSMENT)
        find_commission(c, a);
    bool bad = cli_act_fault(c, a, &why);
    if (bad)
        cli_warn(c, CLI_W_ACT_BAD, mv_buf_cstr(&why), c->command->name, NULL);
    mv_buf_done(&why);
    return bad ? CLI_USAGE : cli_acts_send(c, a, 1, NULL);
}

static int acts_run(struct cli *c)
{
    const char *file = cli_option(c, "file");
    char year[8] = "";
    size_t k = 0;
    while (strcmp(commands[k].command, c->command->name) != 0)
        k++;
    struct cli_act a = {.kind = commands[k].kind};
    for (size_t f = 0; f < CLI_ACT_FIELDS; f++)
        a.at[f] = mv_span("", 0);
    take_options(c, &a);
    if (file != NULL && c->arg_count > 0)
        return cli_fail(c, CLI_USAGE, CLI_W_ACT_FILE_ALONE, NULL);
    /* for good, and it silences the year: never of one that was not said */
    if (file == NULL && a.kind == MV_STATEMENT_FREEZE && c->arg_count > 1 &&
        a.at[CLI_ACT_YEAR].len == 0)
        return cli_fail(c, CLI_USAGE, CLI_W_ACT_YEAR, NULL);
    if (file == NULL && cli_act_takes(a.kind, CLI_ACT_YEAR) &&
        a.at[CLI_ACT_YEAR].len == 0) {
        int code = year_now(c, year);
        if (code != CLI_OK)
            return code;
        a.at[CLI_ACT_YEAR] = mv_span_text(year);
    }
    if (!c->json)
        cli_say_day(c);
    return file != NULL ? run_file(c, &a, file)
                        : run_one(c, &a, commands[k].args);
}

#define WHO                                                                 \
    {"comment", "TEXT", "hvorfor, med egne ord", "why, in your own words"}, \
        {"author", "NAME", "hvem som har bestemt det", "who decided"},      \
        {"file", "CSV",                                                     \
         "én rad for hver, med kolonnenavn; valgene gjelder "              \
         "der en rad er tom",                                               \
         "a row for each, with column names; options "                      \
         "stand in where a row is empty"},                                  \
        {"again", NULL, "som nytt, selv om det samme er lagret",            \
         "as new, even if the same is stored"},                             \
        {"spool", "DIR", "der det ligger til det er besvart",               \
         "where it lies until it is answered"},                             \
    {                                                                       \
        "wait", "S", "gi opp etter så lang stillhet (30)",                  \
            "give up after so long a silence (30)"                          \
    }
#define YEAR                                                        \
    {                                                               \
        "year", "YEAR", "året det gjelder (ellers året som er nå)", \
            "the year meant (else the year that is now)"            \
    }
#define DUE                                                \
    {                                                      \
        "due", "DATE", "fristen, slik den først ble satt", \
            "the due date, as it was given first"          \
    }
#define UNTIL(nb, en)           \
    {                           \
        "until", "DATE", nb, en \
    }

static const struct cli_option assess_options[] = {
    YEAR,
    {"commission", NULL, "det er et oppdrag (ellers ses det etter)",
     "it is a commission (else it is looked up)"},
    UNTIL("siste dag den gjelder", "the last day that it holds"),
    WHO,
};
static const struct cli_option deliver_options[] = {
    YEAR,
    DUE,
    {"on", "DATE", "dagen det ble levert (ellers i dag)",
     "the day it was delivered (else today)"},
    WHO,
};
static const struct cli_option close_options[] = {YEAR, DUE, WHO};
static const struct cli_option hold_options[] = {
    UNTIL("siste dag det holdes tilbake", "the last day that it holds"),
    WHO,
};
static const struct cli_option release_options[] = {WHO};
static const struct cli_option freeze_options[] = {
    {"year", "YEAR", "året det gjelder; må alltid sies",
     "the year meant; must always be said"},
    WHO};

#define ACT(NAME, USAGE, NB, EN, EXAMPLE)          \
    const struct cli_command cli_cmd_##NAME = {    \
        .name = #NAME,                             \
        .usage = (USAGE),                          \
        .nb = (NB),                                \
        .en = (EN),                                \
        .man = "maalvakt-acts",                    \
        .example = (EXAMPLE),                      \
        .options = NAME##_options,                 \
        .option_count = CLI_COUNT(NAME##_options), \
        .least = 0,                                \
        .most = 3,                                 \
        .run = acts_run,                           \
    }

ACT(assess, "TARGET UNIT STATUS --comment TEXT --author NAME",
    "Gi et mål eller oppdrag en status, som et menneske",
    "Give a target or commission a status, as a person",
    "maalvakt assess 1170 hso green --year 2024 --author 'Kari Nordmann' \\\n"
    "    --comment '{Oppfylt for psykisk helsevern.|Met for mental health "
    "care.}'\n"
    "maalvakt assess --file {vurderinger|assessments}.csv\n");
ACT(deliver, "COMMISSION UNIT --due DATE --comment TEXT --author NAME",
    "Si at et oppdrags frist er møtt", "Say that a commission's date was met",
    "maalvakt deliver nye-metoder hso --year 2024 --due 2024-04-01 \\\n"
    "    --on 2024-03-27 --author 'Kari Nordmann' --comment '{Sendt i "
    "brev.|Sent by letter.}'\n"
    "maalvakt deliver --file {levert|delivered}.csv --author 'Helse Sør-Øst "
    "RHF'\n");
ACT(close, "COMMISSION UNIT --due DATE --comment TEXT --author NAME",
    "Si at et oppdrags frist ikke lenger gjelder",
    "Say that a commission's date is no longer asked for",
    "maalvakt close luftambulanse hso --year 2024 --due 2024-10-01 \\\n"
    "    --author 'Kari Nordmann' --comment '{Trukket av "
    "departementet.|Withdrawn by the ministry.}'\n");
ACT(hold, "INDICATOR UNIT --comment TEXT --author NAME",
    "Hold statuser fast mens tall rettes",
    "Keep statuses while figures are corrected",
    "maalvakt hold ventetid ahus --until 2025-04-01 --author 'Kari Nordmann' "
    "\\\n    --comment '{Nytt fagsystem, tallene går gjennom.|New system, "
    "figures under review.}'\n");
ACT(release, "INDICATOR UNIT --comment TEXT --author NAME",
    "Slipp statuser som ble holdt fast", "Let held statuses go",
    "maalvakt release ventetid ahus --author 'Kari Nordmann' \\\n"
    "    --comment '{Rettet og levert på nytt.|Corrected and pushed "
    "again.}'\n");
ACT(freeze, "half-year|year UNIT --year YEAR --comment TEXT --author NAME",
    "Fastsett en rapport: året er avsluttet",
    "Decide on a report: the year is closed",
    "maalvakt freeze year hso --year 2024 --author '{Styret|The board}' \\\n"
    "    --comment '{Vedtatt i styremøtet 13. mars 2025.|Decided on 13 March "
    "2025.}'\n");
