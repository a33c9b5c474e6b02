/* cmd_catalogue - `maalvakt catalogue`: from a directory of YAML to one record
 * of the journal. Job: all faults, all differences, then one message.
 * Invariant: what does not check is not sent; a change that may touch stored
 * figures or published statuses is asked for. A crash before the answer: the
 * record is there or not; `diff` says. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "services/catalogue/diff.h"
#include "services/cli/catalogue_send.h"
#include "services/cli/catalogue_show.h"
#include "services/cli/diff_text.h"
#include "services/cli/fault_text.h"
#include "services/cli/fleet.h"
#include "services/cli/inforce.h"
#include "services/cli/place.h"
#include "services/cli/rows.h"
#include "services/cli/turns.h"
#include "services/stream/keys.h"

#define SETTLE_MS 60000

/* A directory's catalogue, and beside it the one in force. */
struct proposal {
    struct mv_catalogue_files files;
    struct mv_catalogue *catalogue;
    struct cli_link *ingest;
    struct cli_inforce was;
    struct mv_diff diff;
};

static void proposal_done(struct proposal *p)
{
    mv_diff_done(&p->diff);
    cli_inforce_done(&p->was);
    cli_link_close(p->ingest);
    mv_catalogue_close(p->catalogue);
    mv_catalogue_files_done(&p->files);
}

/* A directory, checked; its faults were said. */
static int proposal_read(struct cli *c, const char *dir, struct proposal *p)
{
    struct mv_faults faults = {0};
    struct mv_err err = {0};
    char count[24];
    mv_rc rc = mv_catalogue_read_dir(dir, &p->files, &err);
    if (rc != MV_OK) {
        (void)cli_fail_err(c, rc, &err);
        return CLI_DATA;
    }
    rc = mv_catalogue_load(&p->catalogue, &p->files, &faults);
    cli_faults_say(c, &p->files, &faults);
    int code = CLI_OK;
    if (rc != MV_OK) {
        (void)snprintf(count, sizeof count, "%zu", faults.errors);
        code = cli_fail(c, CLI_DATA,
                        faults.errors == 1 ? CLI_W_CAT_FAULTS_ONE
                                           : CLI_W_CAT_FAULTS,
                        dir, count, NULL);
    }
    mv_faults_done(&faults);
    return code;
}

static int catalogue_check(struct cli *c, const char *dir)
{
    struct proposal p = {0};
    char n[4][16];
    int code = proposal_read(c, dir, &p);
    if (code == CLI_OK && !c->json) {
        (void)snprintf(n[0], sizeof n[0], "%u", p.catalogue->unit_count);
        (void)snprintf(n[1], sizeof n[1], "%u", p.catalogue->indicator_count);
        (void)snprintf(n[2], sizeof n[2], "%u", p.catalogue->target_count);
        (void)snprintf(n[3], sizeof n[3], "%u", p.catalogue->commission_count);
        cli_say(c, CLI_W_CAT_GOOD, dir, n[0], n[1], n[2], n[3], NULL);
    }
    proposal_done(&p);
    return code;
}

static json_t *text_or_null(const char *text)
{
    return text != NULL ? json_string(text) : json_null();
}

static void diff_json(struct cli *c, const struct mv_diff *d)
{
    static const char *const kinds[] = {"added", "removed", "changed"};
    static const char *const worst[] = {"plain", "judges", "figures"};
    for (size_t i = 0; i < d->count; i++) {
        const struct mv_diff_row *r = &d->at[i];
        cli_json_line(
            c, json_pack("{s:s,s:s,s:s,s:s%,s:i,s:o,s:o,s:o}", "kind",
                         kinds[r->kind], "severity", worst[r->severity], "what",
                         r->what, "id", r->id.at, r->id.len, "year",
                         (int)r->year, "key", text_or_null(r->key), "was",
                         text_or_null(r->was), "is", text_or_null(r->is)));
    }
}

static bool is_same(const struct proposal *p)
{
    return p->was.catalogue != NULL &&
           !memcmp(p->was.catalogue->hash, p->catalogue->hash,
                   sizeof p->catalogue->hash);
}

static void say_diff(struct cli *c, const struct proposal *p)
{
    char seq[24];
    if (c->json) {
        diff_json(c, &p->diff);
        return;
    }
    (void)snprintf(seq, sizeof seq, "%llu", (unsigned long long)p->was.seq);
    if (p->was.catalogue == NULL) {
        cli_say(c, CLI_W_CAT_FIRST, NULL);
        return;
    }
    cli_say(c, p->diff.count > 0 ? CLI_W_CAT_DIFF : CLI_W_CAT_SAME, seq, NULL);
    cli_diff_show(c, &p->diff);
}

static int open_link(struct cli *c, cli_service service, struct cli_link **l)
{
    const char *key = cli_option(c, "key");
    return cli_link_open(c, service, key != NULL ? key : "steward", l);
}

/* What the evaluator would make of it; only with one in force is there
 * anything to turn. */
static int say_turns(struct cli *c, const struct proposal *p)
{
    struct cli_link *l = NULL;
    struct cli_turns turns = {0};
    if (p->was.catalogue == NULL || is_same(p))
        return CLI_OK;
    int code = CLI_AWAY; /* another machine's evaluator has another door */
    if (cli_option(c, "endpoint") == NULL)
        code = open_link(c, CLI_EVALUATOR, &l);
    if (code == CLI_OK)
        code = cli_turns_ask(c, l, &p->files, &turns);
    if (code == CLI_OK && c->json)
        cli_turns_json(c, &turns);
    else if (code == CLI_OK)
        cli_turns_show(c, &turns, cli_option(c, "all") != NULL);
    else
        cli_warn(c, CLI_W_CAT_NO_TURNS, NULL);
    cli_turns_done(&turns);
    cli_link_close(l);
    return code;
}

/* Read, held against the one in force, and every difference said. */
static int proposal_compare(struct cli *c, const char *dir, struct proposal *p)
{
    int code = proposal_read(c, dir, p);
    if (code == CLI_OK)
        code = open_link(c, CLI_INGEST, &p->ingest);
    if (code == CLI_OK)
        code = cli_inforce_get(c, p->ingest, &p->was);
    if (code != CLI_OK)
        return code;
    mv_catalogue_diff(&p->diff, p->was.catalogue, p->catalogue);
    say_diff(c, p);
    return CLI_OK;
}

static int catalogue_diff(struct cli *c, const char *dir)
{
    struct proposal p = {0};
    int code = proposal_compare(c, dir, &p);
    if (code == CLI_OK)
        code = say_turns(c, &p);
    proposal_done(&p);
    return code;
}

/* What is dropped or changed may turn statuses or strand figures. */
static bool must_ask(const struct proposal *p)
{
    if (p->was.catalogue == NULL)
        return false;
    for (size_t i = 0; i < p->diff.count; i++) {
        const struct mv_diff_row *r = &p->diff.at[i];
        if (r->severity == MV_DIFF_FIGURES ||
            (r->severity == MV_DIFF_JUDGES && r->kind != MV_DIFF_ADDED))
            return true;
    }
    return false;
}

static bool agreed(struct cli *c, const struct mv_diff *d)
{
    char line[16] = "";
    if (cli_option(c, "yes") != NULL)
        return true;
    cli_warn(c,
             d->worst == MV_DIFF_FIGURES ? CLI_W_CAT_FIGURES : CLI_W_CAT_JUDGES,
             NULL);
    if (!isatty(STDIN_FILENO) || c->json) {
        cli_warn(c, CLI_W_CAT_NEEDS_YES, NULL);
        return false;
    }
    (void)fprintf(c->err, "%s ", cli_w(c, CLI_W_CAT_ASK));
    (void)fflush(c->err);
    bool yes = fgets(line, sizeof line, stdin) != NULL && line[0] != '\0' &&
               strchr("jJyY", line[0]) != NULL;
    if (!yes)
        cli_say(c, CLI_W_CAT_UNTOUCHED, NULL);
    return yes;
}

/* Each region and trust delivers with a key of its own. */
static int make_keys(struct cli *c, const struct mv_catalogue *k)
{
    const char *dir = cli_dir(c);
    struct mv_buf made = {0};
    struct mv_err err = {0};
    int code = CLI_OK;
    for (uint32_t i = 0; i < k->unit_count && code == CLI_OK; i++) {
        const struct mv_unit *u = &k->units[i];
        bool is_new = false;
        if (u->level != MV_LEVEL_REGION && u->level != MV_LEVEL_TRUST)
            continue;
        char *id = mv_xstrndup(u->id.at, u->id.len);
        mv_rc rc = cli_key_need(dir, id, MV_ROLE_PRODUCER, id, &is_new, &err);
        if (rc != MV_OK)
            code = cli_fail_err(c, rc, &err);
        else if (is_new)
            mv_buf_printf(&made, "%s%s", made.len > 0 ? ", " : "", id);
        free(id);
    }
    if (made.len > 0 && !c->json)
        cli_say(c, CLI_W_CAT_KEYS, mv_buf_cstr(&made), dir, NULL);
    mv_buf_done(&made);
    return code;
}

/* Sent, and what then follows from it here. */
static int put_in_force(struct cli *c, const struct proposal *p)
{
    bool here = cli_option(c, "endpoint") == NULL;
    int code = CLI_OK;
    if (!is_same(p))
        code = cli_catalogue_send(c, p->ingest, &p->files);
    if (code == CLI_OK && here)
        code = make_keys(c, p->catalogue);
    /* so that the next command finds what this one brought */
    if (code == CLI_OK && here && !cli_fleet_settle(c, SETTLE_MS))
        cli_warn(c, CLI_W_CAT_NOT_JUDGED, NULL);
    return code;
}

static int catalogue_apply(struct cli *c, const char *dir)
{
    struct proposal p = {0};
    int code = proposal_compare(c, dir, &p);
    if (code == CLI_OK) {
        (void)say_turns(c, &p);
        bool agree = is_same(&p) || !must_ask(&p) || agreed(c, &p.diff);
        code = agree ? put_in_force(c, &p) : CLI_NO;
    }
    proposal_done(&p);
    return code;
}

static int catalogue_show(struct cli *c)
{
    struct cli_link *l = NULL;
    struct cli_inforce f = {0};
    int code = cli_link_open(c, CLI_INGEST, NULL, &l);
    if (code == CLI_OK)
        code = cli_inforce_get(c, l, &f);
    if (code == CLI_OK && f.catalogue == NULL)
        code = cli_fail(c, CLI_NO, CLI_W_CAT_NONE, NULL);
    if (code == CLI_OK && f.catalogue != NULL)
        code = cli_catalogue_show(c, f.catalogue);
    cli_inforce_done(&f);
    cli_link_close(l);
    return code;
}

static int catalogue_run(struct cli *c)
{
    static const struct {
        const char *name;
        int (*run)(struct cli *c, const char *dir);
    } acts[] = {{"check", catalogue_check},
                {"diff", catalogue_diff},
                {"apply", catalogue_apply}};
    if (!strcmp(c->args[0], "show"))
        return catalogue_show(c);
    for (size_t i = 0; i < CLI_COUNT(acts); i++) {
        if (!strcmp(c->args[0], acts[i].name)) {
            if (c->arg_count != 2)
                return cli_fail(c, CLI_USAGE, CLI_W_CAT_NEEDS_DIR, acts[i].name,
                                NULL);
            return acts[i].run(c, c->args[1]);
        }
    }
    return cli_fail(c, CLI_USAGE, CLI_W_CAT_WHAT, c->args[0], NULL);
}

static const struct cli_option options[] = {
    {"all", NULL, "diff, apply: hver status som ville bli en annen",
     "diff, apply: every status that would be another"},
    {"yes", NULL, "apply: uten å spørre", "apply: without asking"},
    {"comment", "TEXT", "apply: hvorfor, til journalen",
     "apply: why, for the journal"},
};

const struct cli_command cli_cmd_catalogue = {
    .name = "catalogue",
    .usage = "check DIR | diff DIR | apply DIR [--yes] | show [KIND] [ID]",
    .nb = "Katalogen over enheter, indikatorer, mål og oppdrag",
    .en = "The catalogue of units, indicators, targets and commissions",
    .man = "maalvakt-catalogue",
    .example = "maalvakt catalogue check ./catalogue\n"
               "maalvakt catalogue apply ./catalogue\n"
               "maalvakt catalogue show targets\n",
    .options = options,
    .option_count = CLI_COUNT(options),
    .least = 1,
    .most = 3,
    .run = catalogue_run,
};
