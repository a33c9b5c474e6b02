/* cmd_verify - `maalvakt verify`: is what is kept whole, and does it agree
 * with itself? Job: slices of a check in ingest and evaluator, the services
 * going on all the while. Invariant: the first bad record is named; what was
 * not looked at is not said to be sound. Changes nothing. */
#include <string.h>

#include "services/cli/fleet.h"
#include "services/cli/phrase.h"
#include "services/cli/progress.h"
#include "services/cli/told.h"
#include "services/cli/witness.h"

struct check {
    cli_service service;
    const char *what; /* as the verb wants it, or NULL */
    const char *name; /* in JSON */
    cli_word title, sound, bad;
};

static const struct check checks[] = {
    {CLI_INGEST, NULL, "journal", CLI_W_V_JOURNAL, CLI_W_V_JOURNAL_SOUND,
     CLI_W_V_BAD},
    {CLI_EVALUATOR, "changes", "changes", CLI_W_V_CHANGES,
     CLI_W_V_CHANGES_SOUND, CLI_W_V_BAD},
    {CLI_EVALUATOR, "statuses", "statuses", CLI_W_V_STATUSES,
     CLI_W_V_STATUSES_SOUND, CLI_W_V_DIFFERS},
};

struct finding {
    bool sound;
    uint64_t bad, head;
    char text[256];
};

/* One slice from *from on; *from 0 afterwards: that was the last. */
static int slice(struct cli_link *l, const struct check *k, uint64_t *from,
                 struct finding *f)
{
    struct cli_args args = {0};
    struct cli_pages rows = {0};
    struct mv_span row, text;
    uint64_t next = 0, began = *from;
    if (k->what != NULL)
        cli_arg_text(&args, "what", k->what);
    int code = cli_ask_from(l, "verify", &args, began, &rows, &next);
    struct mv_list list = cli_pages_walk(&rows);
    *from = next;
    if (code == CLI_OK && mv_list_next(&list, &row)) {
        f->sound = cli_get_bool(row, "sound");
        f->bad = cli_get_u64(row, "bad");
        f->head = cli_get_u64(row, "head");
        text = cli_get_text(row, "text");
        (void)snprintf(f->text, sizeof f->text, "%.*s", (int)text.len,
                       (const char *)text.at);
        if (*from == 0) /* ingest says it in the row */
            *from = cli_get_u64(row, "next");
        if (!f->sound || *from > f->head || *from <= began)
            *from = 0;
    } else if (code == CLI_OK) {
        *from = 0;
    }
    cli_pages_done(&rows);
    cli_args_done(&args);
    return code;
}

static void tell(struct cli *c, const struct check *k, const struct finding *f)
{
    struct mv_buf n = {0}, said = {0};
    if (c->json) {
        cli_json_line(c,
                      json_pack("{s:s,s:b,s:I,s:I,s:s}", "what", k->name,
                                "sound", f->sound, "bad", (json_int_t)f->bad,
                                "head", (json_int_t)f->head, "text", f->text));
        return;
    }
    cli_count(c, f->sound ? f->head : f->bad, &n);
    cli_told(c, mv_span_text(f->text), &said);
    if (f->sound)
        cli_say(c, k->sound, mv_buf_cstr(&n), NULL);
    else
        cli_say(c, k->bad, cli_w(c, k->title), mv_buf_cstr(&n),
                mv_buf_cstr(&said), NULL);
    (void)fflush(c->out);
    mv_buf_done(&n);
    mv_buf_done(&said);
}

static int run_check(struct cli *c, const struct check *k, bool *sound)
{
    struct cli_link *l;
    struct finding f = {.sound = true};
    struct cli_progress progress;
    uint64_t from = 1;
    int code = cli_link_open(c, k->service, NULL, &l);
    if (code != CLI_OK)
        return code;
    if (k->what != NULL && !strcmp(k->what, "statuses"))
        from = 0;
    cli_progress_begin(&progress, c, cli_w(c, k->title), 0);
    do {
        code = slice(l, k, &from, &f);
        progress.total = f.head;
        cli_progress_at(&progress, from > 0 ? from - 1 : f.head);
    } while (code == CLI_OK && from > 0);
    cli_progress_end(&progress);
    if (code == CLI_OK)
        tell(c, k, &f);
    *sound = *sound && f.sound;
    cli_link_close(l);
    return code;
}

static const struct check witnesses = {
    CLI_INGEST, NULL, "witnesses", CLI_W_V_WITNESSES, CLI_W_V_WITNESS_SOUND,
    CLI_W_V_BAD};

static int run_witnesses(struct cli *c, bool *sound)
{
    struct cli_link *l;
    struct cli_witnesses found;
    struct finding f = {0};
    int code = cli_link_open(c, CLI_INGEST, NULL, &l);
    if (code == CLI_OK)
        code = cli_witness_all(c, l, &found);
    cli_link_close(l);
    if (code != CLI_OK)
        return code;
    f.sound = found.bad == 0;
    f.bad = found.bad;
    f.head = found.checked;
    (void)snprintf(f.text, sizeof f.text, "%s", found.text);
    tell(c, &witnesses, &f);
    if (found.busy > 0)
        cli_warn(c, CLI_W_V_WITNESS_BUSY, NULL);
    *sound = *sound && f.sound;
    return CLI_OK;
}

/* The answers that were kept are the installation's own. */
static int run_checks(struct cli *c, const struct cli_fleet *f, bool *sound)
{
    int code = CLI_OK;
    for (size_t i = 0; i < CLI_COUNT(checks); i++) {
        if (!cli_fleet_asks(f, checks[i].service))
            continue;
        int got = run_check(c, &checks[i], sound);
        if (code == CLI_OK)
            code = got;
        if (i == 0 && got == CLI_OK && !f->alone)
            code = run_witnesses(c, sound);
    }
    return code;
}

static int verify_run(struct cli *c)
{
    struct cli_fleet f = {.c = c};
    bool sound = true;
    int code = CLI_OK;
    cli_say_day(c);
    if (cli_option(c, "endpoint") != NULL) /* which one is it? */
        code = cli_fleet_open(c, &f);
    cli_fleet_close(&f);
    if (code != CLI_OK)
        return code;
    if (f.alone && f.which == CLI_NOTIFIER)
        return cli_fail(c, CLI_NO, CLI_W_V_NO_LOG, cli_service_name(f.which),
                        NULL);
    code = run_checks(c, &f, &sound);
    if (code == CLI_OK && !c->json)
        cli_say(c, sound ? CLI_W_V_ALL : CLI_W_V_NOT_ALL, NULL);
    cli_fleet_say_alone(&f);
    return code == CLI_OK && !sound ? CLI_DATA : code;
}

const struct cli_command cli_cmd_verify = {
    .name = "verify",
    .usage = "",
    .nb = "Er alt som er lagret helt, og stemmer det med seg selv?",
    .en = "Is all that is kept whole, and does it agree with itself?",
    .man = "maalvakt-verify",
    .example = "maalvakt verify\n"
               "maalvakt verify --json\n",
    .least = 0,
    .most = 0,
    .run = verify_run,
};
