/* cmd_push - `maalvakt push`: files of figures to ingest. Job: read all files
 * before anything is sent, then send until each delivery has its answer.
 * Invariant: what is told as stored, ingest has on disk. A crash: the same
 * command goes on where it was. */
#include <stdlib.h>
#include <string.h>

#include "services/base/file.h"
#include "services/base/text.h"
#include "services/cli/bare.h"
#include "services/cli/phrase.h"
#include "services/cli/push.h"
#include "services/cli/push_known.h"
#include "services/cli/rows.h"
#include "services/cli/spool_place.h"
#include "services/cli/told.h"

#define WAIT_S 30

static int open_spool(struct cli *c, struct cli_push *p)
{
    return p->dry ? CLI_OK
                  : cli_spool_start(c, &p->door, &p->spool, &p->spool_dir);
}

static bool decimal_sign(struct cli *c, char *sign)
{
    const char *said = cli_option(c, "decimal");
    *sign = 0;
    if (said == NULL)
        return true;
    if (!strcmp(said, "comma"))
        *sign = ',';
    else if (!strcmp(said, "point"))
        *sign = '.';
    else
        cli_warn(c, CLI_W_PUSH_DECIMAL, said, NULL);
    return *sign != 0;
}

/* A program that reads answers hears of the file that never came so far. */
static void say_unread(struct cli *c, const char *file,
                       const struct mv_err *err)
{
    struct mv_buf why = {0};
    cli_told(c, mv_span_text(err->text), &why);
    if (c->json) {
        cli_json_line(
            c, json_pack("{s:o,s:s,s:[{s:o}],s:i}", "file",
                         cli_json_shown(file), "result", "unreadable", "faults",
                         "text", cli_json_shown(mv_buf_cstr(&why)), "more", 0));
    }
    mv_buf_done(&why);
}

/* CLI_OK: it has rows to send, all of them or --skip-bad. */
static int read_file(struct cli *c, struct cli_push *p, const char *file,
                     struct cli_sheet *s)
{
    struct mv_buf bytes = {0};
    struct mv_err err = {0};
    if (!decimal_sign(c, &s->decimal))
        return CLI_USAGE;
    if (cli_option(c, "withdraw") != NULL)
        s->kind = MV_TABLE_WITHDRAWAL;
    mv_rc rc = mv_file_read(file, CLI_SHEET_BYTES, 0, &bytes, &err);
    if (rc != MV_OK) {
        (void)cli_fail_err(c, rc, &err);
        say_unread(c, file, &err);
        return CLI_DATA;
    }
    bool good = cli_sheet_read(s, mv_buf_span(&bytes));
    bool rest = p->skip_bad && !s->refused && s->count > 0;
    mv_buf_done(&bytes);
    cli_sheet_say(c, s, file);
    if (good)
        return CLI_OK;
    if (c->json)
        cli_sheet_json(c, s, file, rest ? "skipped" : "unreadable");
    p->rows_refused += s->bad_lines;
    return rest ? CLI_OK : CLI_DATA;
}

static bool producer_of(struct cli *c, const char *file, char name[65])
{
    const char *said = cli_option(c, "producer");
    if (said == NULL && cli_parcel_producer(file, name))
        return true;
    if (said != NULL && strlen(said) <= 64 &&
        mv_text_is_producer(mv_span_text(said))) {
        (void)snprintf(name, 65, "%s", said);
        return true;
    }
    cli_warn(c, CLI_W_PUSH_PRODUCER, said != NULL ? said : file, NULL);
    return false;
}

/* What ingest says of a file that is not sent: of its rows, or, of those that
 * could not be read, of their names. Nothing is stored. As cli_push_send. */
static int try_one(const struct cli_push *p, const struct cli_sheet *s,
                   const char *file)
{
    struct cli_push t = {
        .c = p->c,
        .door = p->door,
        .faults = p->faults,
        .dry = true,
        .beside = true,
        .wait_ms = p->wait_ms,
        .max_rows = p->max_rows,
    };
    int code = cli_push_take(&t, s, file, "try");
    if (code == CLI_OK)
        code = cli_push_send(&t);
    cli_push_done(&t);
    return code;
}

/* What is wrong with names and periods shows in the same run, where a number
 * that cannot be read keeps its row, or all rows, from being sent. */
static void try_unsent(struct cli *c, const struct cli_push *p,
                       const struct cli_sheet *sheets, bool all)
{
    int code = CLI_OK;
    for (size_t i = 0; i < c->arg_count && code == CLI_OK; i++) {
        const struct cli_sheet *s = &sheets[i];
        if (all && s->count > 0)
            code = try_one(p, s, c->args[i]);
        if (code == CLI_OK && s->unread != NULL)
            code = try_one(p, s->unread, c->args[i]);
    }
}

/* All files are read before the first delivery is made of any. */
static int take_files(struct cli *c, struct cli_push *p)
{
    struct cli_sheet *sheets = mv_xcalloc(c->arg_count + 1, sizeof *sheets);
    int worst = CLI_OK, code;
    bool rest = !p->skip_bad; /* --skip-bad would have something to send */
    char producer[65];
    for (size_t i = 0; i < c->arg_count; i++) {
        if ((code = read_file(c, p, c->args[i], &sheets[i])) != CLI_OK) {
            worst = code;
            rest = rest && sheets[i].count > 0 && !sheets[i].refused;
        }
    }
    if (worst == CLI_OK || worst == CLI_DATA)
        try_unsent(c, p, sheets, worst == CLI_DATA);
    if (worst == CLI_DATA)
        cli_warn(c, rest ? CLI_W_PUSH_NOTHING : CLI_W_PUSH_NO_FILE, NULL);
    for (size_t i = 0; i < c->arg_count && worst == CLI_OK; i++) {
        cli_bare_warn(c, &sheets[i], c->args[i]);
        worst = producer_of(c, c->args[i], producer)
                    ? cli_push_take(p, &sheets[i], c->args[i], producer)
                    : CLI_USAGE;
    }
    for (size_t i = 0; i < c->arg_count; i++)
        cli_sheet_done(&sheets[i]);
    free(sheets);
    return worst;
}

/* What an earlier run left without an answer; with --resync all there is. */
static void take_spooled(struct cli *c, struct cli_push *p)
{
    bool all = cli_option(c, "resync") != NULL;
    size_t left = 0;
    struct mv_buf count = {0};
    for (size_t i = 0; p->spool != NULL && i < cli_spool_count(p->spool); i++) {
        struct cli_entry *e = cli_spool_at(p->spool, i);
        bool rejected = !strcmp(e->result, "rejected");
        if (e->answered && (!all || rejected))
            continue;
        left += !e->answered;
        cli_push_queue(p, e);
    }
    cli_deliveries(c, left, &count);
    if (left > 0 && !c->json)
        cli_say(c, CLI_W_PUSH_GOES_ON, mv_buf_cstr(&count), NULL);
    mv_buf_done(&count);
}

static void say_sum(struct cli *c, const struct cli_push *p)
{
    static const cli_word words[][3] = {
        {CLI_W_PUSH_SUM, CLI_W_PUSH_SUM_KNOWN, CLI_W_PUSH_DRY_SUM},
        {CLI_W_WITHDRAW_SUM, CLI_W_WITHDRAW_SUM_KNOWN, CLI_W_WITHDRAW_DRY_SUM},
    };
    struct mv_buf in = {0}, out = {0}, deliveries = {0}, known = {0};
    cli_push_rows(c, p->rows_in, &in);
    cli_count(c, p->rows_refused, &out);
    cli_count(c, p->deliveries, &deliveries);
    cli_count(c, p->rows_known, &known);
    cli_say(
        c,
        words[p->withdrawals == p->deliveries][p->dry ? 2 : p->rows_known > 0],
        mv_buf_cstr(&in), mv_buf_cstr(&out), mv_buf_cstr(&deliveries),
        mv_buf_cstr(&known), NULL);
    mv_buf_done(&in);
    mv_buf_done(&out);
    mv_buf_done(&deliveries);
    mv_buf_done(&known);
}

static int sum_up(struct cli *c, const struct cli_push *p, int code)
{
    bool several = p->deliveries > 1 || (p->skip_bad && p->rows_refused > 0);
    if (!c->json && several && code == CLI_OK)
        say_sum(c, p);
    if (!c->json && p->known_count > 0 && code == CLI_OK)
        cli_say(c, CLI_W_PUSH_AS_NEW, NULL);
    if (!c->json && p->turned[0] && code == CLI_OK)
        cli_say(c, CLI_W_PUSH_TURNED, NULL);
    if (!c->json && p->turned[1] && code == CLI_OK)
        cli_say(c, CLI_W_WITHDRAW_TURNED, NULL);
    if (code != CLI_OK)
        return code;
    if (p->denied)
        return CLI_DENIED;
    return p->rows_refused > 0 ? CLI_NO : CLI_OK;
}

/* A key that is not let in leaves deliveries behind that another may send. */
static void say_kept(struct cli_push *p, int code)
{
    size_t left = 0;
    struct mv_buf count = {0};
    for (size_t i = 0; p->spool != NULL && i < cli_spool_count(p->spool); i++)
        left += !cli_spool_at(p->spool, i)->answered;
    cli_deliveries(p->c, left, &count);
    if (code == CLI_DENIED && left > 0)
        cli_warn(p->c, CLI_W_PUSH_KEPT, mv_buf_cstr(&count), p->spool_dir,
                 NULL);
    mv_buf_done(&count);
}

static int push_all(struct cli *c, struct cli_push *p)
{
    int code = open_spool(c, p);
    if (code == CLI_OK)
        take_spooled(c, p);
    if (code == CLI_OK)
        code = take_files(c, p);
    if (code == CLI_OK)
        code = cli_push_tell_known(p);
    if (code == CLI_OK && (p->count > 0 || c->arg_count > 0))
        code = cli_push_send(p);
    else if (code == CLI_OK && !c->json)
        cli_say(c, CLI_W_PUSH_NONE_WAIT, NULL);
    cli_faults_say_alike(c, p->faults);
    if (code != CLI_OK)
        say_kept(p, code);
    return sum_up(c, p, code);
}

static int push_run(struct cli *c)
{
    struct cli_faults faults = {0};
    struct cli_push p = {.c = c,
                         .faults = &faults,
                         .skip_bad = cli_option(c, "skip-bad") != NULL,
                         .dry = cli_option(c, "dry-run") != NULL,
                         .again = cli_option(c, "again") != NULL};
    const char *key = cli_option(c, "as");
    int64_t wait_s = WAIT_S;
    if (!cli_option_int(c, "wait", 1, 86400, &wait_s) ||
        !cli_option_int(c, "rows", 1, MV_MAX_ROWS, &p.max_rows))
        return CLI_USAGE;
    if (key == NULL && cli_option(c, "key") == NULL)
        return cli_fail(c, CLI_USAGE, CLI_W_PUSH_AS, NULL);
    if (c->arg_count == 0 && cli_option(c, "resync") == NULL &&
        cli_option(c, "resume") == NULL)
        return cli_fail(c, CLI_USAGE, CLI_W_FEW_ARGS, "push", c->command->usage,
                        NULL);
    p.wait_ms = wait_s * 1000;
    int code = cli_door_find(c, CLI_INGEST, "public", key, &p.door);
    if (code == CLI_OK)
        code = push_all(c, &p);
    else if (c->arg_count > 0) /* nor is it in the spool */
        cli_warn(c, CLI_W_PUSH_NO_FILE, NULL);
    cli_push_done(&p);
    cli_faults_done(&faults);
    return code;
}

static const struct cli_option options[] = {
    {"as", "UNIT", "for denne enheten, med nøkkelen av samme navn",
     "for this unit, with the key of that name"},
    {"producer", "NAME", "leveransenes avsender (ellers filens navn)",
     "the deliveries' producer (else the file's name)"},
    {"decimal", "comma|point", "desimaltegnet, der filen ikke viser det",
     "the decimal sign, where the file does not show it"},
    {"withdraw", NULL,
     "trekk tallene i filen tilbake; verdier i den leses ikke",
     "withdraw the file's figures; values in it are not read"},
    {"dry-run", NULL, "prøv bare: ingenting lagres",
     "only try: nothing is stored"},
    {"skip-bad", NULL, "lever resten når noen rader avvises",
     "deliver the rest when some rows are refused"},
    {"resume", NULL, "send det som ligger i køen, uten noen ny fil",
     "send what is in the spool, without a new file"},
    {"resync", NULL, "send de siste 30 dagenes leveranser en gang til",
     "send the last 30 days' deliveries once more"},
    {"again", NULL, "som nytt, selv om det samme er levert",
     "as new, even if the same was delivered"},
    {"spool", "DIR", "der leveranser ligger til de er besvart",
     "where deliveries lie until they are answered"},
    {"rows", "N", "høyst så mange rader i en leveranse",
     "at most so many rows in a delivery"},
    {"wait", "S", "gi opp etter så lang stillhet (30)",
     "give up after so long a silence (30)"},
};

const struct cli_command cli_cmd_push = {
    .name = "push",
    .usage = "FILE... --as UNIT",
    .nb = "Lever tall fra CSV eller NDJSON",
    .en = "Deliver figures from CSV or NDJSON",
    .man = "maalvakt-push",
    .example = "maalvakt push ventetid-2024.csv --as ahus\n"
               "maalvakt push tall.csv --as ahus --dry-run\n"
               "maalvakt push --withdraw tall.csv --as ahus\n",
    .options = options,
    .option_count = CLI_COUNT(options),
    .least = 0,
    .most = 1000,
    .run = push_run,
};
