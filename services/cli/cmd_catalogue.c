/* cmd_catalogue - `maalvakt catalogue`: from a directory of YAML to one record
 * of the journal. Job: all faults, all differences, then one message.
 * Invariant: what does not check is not sent; a change that may touch stored
 * figures or published statuses is asked for. A crash before the answer: the
 * record is there or not; `diff` says. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proto/pack.h"
#include "services/base/clock.h"
#include "services/base/text.h"
#include "services/catalogue/diff.h"
#include "services/cli/catalogue_show.h"
#include "services/cli/conflict_text.h"
#include "services/cli/diff_text.h"
#include "services/cli/fault_text.h"
#include "services/cli/fleet.h"
#include "services/cli/inforce.h"
#include "services/cli/place.h"
#include "services/cli/rows.h"
#include "services/cli/turns.h"
#include "services/stream/keys.h"

#define APPLY_MS  60000
#define SETTLE_MS 60000

struct own {
    struct mv_catalogue_files files;
    struct mv_catalogue *catalogue;
};

static void own_done(struct own *o)
{
    mv_catalogue_close(o->catalogue);
    mv_catalogue_files_done(&o->files);
}

/* A directory, checked; its faults were said. */
static int own_read(struct cli *c, const char *dir, struct own *o)
{
    struct mv_faults faults = {0};
    struct mv_err err = {0};
    char count[24];
    *o = (struct own){0};
    mv_rc rc = mv_catalogue_read_dir(dir, &o->files, &err);
    if (rc != MV_OK) {
        (void)cli_fail_err(c, rc, &err);
        return CLI_DATA;
    }
    rc = mv_catalogue_load(&o->catalogue, &o->files, &faults);
    cli_faults_say(c, &o->files, &faults);
    int code = CLI_OK;
    if (rc != MV_OK) {
        (void)snprintf(count, sizeof count, "%zu", faults.errors);
        code = cli_fail(c, CLI_DATA, CLI_W_CAT_FAULTS, dir, count, NULL);
    }
    mv_faults_done(&faults);
    return code;
}

static int catalogue_check(struct cli *c, const char *dir)
{
    struct own o;
    char n[3][16];
    int code = own_read(c, dir, &o);
    if (code == CLI_OK && !c->json) {
        (void)snprintf(n[0], sizeof n[0], "%u", o.catalogue->unit_count);
        (void)snprintf(n[1], sizeof n[1], "%u", o.catalogue->indicator_count);
        (void)snprintf(n[2], sizeof n[2], "%u", o.catalogue->target_count);
        cli_say(c, CLI_W_CAT_GOOD, dir, n[0], n[1], n[2], NULL);
    }
    own_done(&o);
    return code;
}

static int open_ingest(struct cli *c, struct cli_link **l)
{
    const char *key = cli_option(c, "key");
    return cli_link_open(c, CLI_INGEST, key != NULL ? key : "steward", l);
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

static bool is_same(const struct cli_inforce *f, const struct own *o)
{
    return f->catalogue != NULL &&
           !memcmp(f->catalogue->hash, o->catalogue->hash, 32);
}

static void say_diff(struct cli *c, const struct cli_inforce *f,
                     const struct mv_diff *d)
{
    char seq[24];
    if (c->json) {
        diff_json(c, d);
        return;
    }
    (void)snprintf(seq, sizeof seq, "%llu", (unsigned long long)f->seq);
    if (f->catalogue == NULL)
        cli_say(c, CLI_W_CAT_FIRST, NULL);
    else
        cli_say(c, d->count > 0 ? CLI_W_CAT_DIFF : CLI_W_CAT_SAME, seq, NULL);
    if (f->catalogue != NULL)
        cli_diff_show(c, d);
}

/* What the evaluator would make of it; only with one in force is there
 * anything to turn. */
static int say_turns(struct cli *c, const struct cli_inforce *f,
                     const struct own *o)
{
    struct cli_link *l = NULL;
    struct cli_turns turns = {0};
    const char *key = cli_option(c, "key");
    if (f->catalogue == NULL || is_same(f, o))
        return CLI_OK;
    int code = CLI_AWAY; /* another machine's evaluator has another door */
    if (cli_option(c, "endpoint") == NULL)
        code =
            cli_link_open(c, CLI_EVALUATOR, key != NULL ? key : "steward", &l);
    if (code == CLI_OK)
        code = cli_turns_ask(c, l, &o->files, &turns);
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

static int catalogue_diff(struct cli *c, const char *dir)
{
    struct own o;
    struct cli_link *l = NULL;
    struct cli_inforce f = {0};
    struct mv_diff d = {0};
    int code = own_read(c, dir, &o);
    if (code == CLI_OK)
        code = open_ingest(c, &l);
    if (code == CLI_OK)
        code = cli_inforce_get(c, l, &f);
    if (code == CLI_OK) {
        mv_catalogue_diff(&d, f.catalogue, o.catalogue);
        say_diff(c, &f, &d);
        code = say_turns(c, &f, &o);
    }
    mv_diff_done(&d);
    cli_inforce_done(&f);
    cli_link_close(l);
    own_done(&o);
    return code;
}

/* What is dropped or changed may turn statuses or strand figures. */
static bool must_ask(const struct cli_inforce *f, const struct mv_diff *d)
{
    if (f->catalogue == NULL)
        return false;
    for (size_t i = 0; i < d->count; i++) {
        if (d->at[i].severity == MV_DIFF_FIGURES ||
            (d->at[i].severity == MV_DIFF_JUDGES &&
             d->at[i].kind != MV_DIFF_ADDED))
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

static void pack_frame(const struct own *o, const char *comment,
                       struct mv_buf *out)
{
    struct mv_clock now = {0};
    struct mv_buf files = {0};
    uint32_t count = 0;
    mv_clock_read(&now);
    for (int i = 0; i < MV_FILE_COUNT; i++)
        count += o->files.text[i].at != NULL;
    mv_pack_map(&files, count);
    for (int i = 0; i < MV_FILE_COUNT; i++) {
        if (o->files.text[i].at != NULL) {
            mv_pack_kv_text(&files,
                            mv_catalogue_file_name((mv_catalogue_file)i),
                            o->files.text[i]);
        }
    }
    /* a number of its own each time: an older one may be put back */
    struct mv_msg_catalogue m = {.producer = mv_span_text("catalogue"),
                                 .number = (uint64_t)now.wall_ms,
                                 .files = mv_buf_span(&files)};
    if (comment != NULL)
        m.comment = mv_span_text(comment);
    mv_msg_catalogue_encode(&m, out);
    mv_buf_done(&files);
}

static int say_answer(struct cli *c, struct mv_span frame)
{
    struct mv_msg_answer m;
    struct mv_fault fault;
    struct mv_list list;
    struct mv_span item;
    struct mv_buf text = {0};
    char seq[24];
    if (!mv_msg_answer_decode(frame, &m, &fault))
        return cli_fail(c, CLI_AWAY, CLI_W_NOT_AN_ANSWER, NULL);
    if (c->json)
        cli_json_line(c, cli_json(frame));
    if (mv_span_is(m.result, "accepted") || mv_span_is(m.result, "duplicate")) {
        (void)snprintf(seq, sizeof seq, "%llu", (unsigned long long)m.seq);
        if (!c->json)
            cli_say(c, CLI_W_CAT_APPLIED, seq, NULL);
        return CLI_OK;
    }
    if (mv_span_is(m.result, "retry")) {
        cli_code_put(c, m.reason, &text);
        cli_warn(c, CLI_W_RETRY_LATER, "ingest", mv_buf_cstr(&text), NULL);
        mv_buf_done(&text);
        return CLI_RETRY;
    }
    int code = CLI_DATA;
    if (mv_list_open(&list, m.conflicts)) {
        while (mv_list_next(&list, &item)) {
            struct mv_span word = cli_get_text(item, "code");
            if (mv_span_is(word, "not_allowed") ||
                mv_span_is(word, "unauthorised"))
                code = CLI_DENIED;
            mv_buf_clear(&text);
            cli_conflict_put(c, item, &text);
            (void)fprintf(c->err, "%s\n", mv_buf_cstr(&text));
        }
    }
    mv_buf_done(&text);
    return cli_fail(c, code, CLI_W_CAT_REJECTED, NULL);
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

static int send(struct cli *c, struct cli_link *l, const struct own *o)
{
    struct mv_buf frame = {0};
    struct mv_span answer;
    struct mv_err err = {0};
    pack_frame(o, cli_option(c, "comment"), &frame);
    mv_rc rc = cli_link_frame(l, mv_buf_span(&frame), APPLY_MS, &answer, &err);
    int code = rc == MV_OK ? say_answer(c, answer) : cli_fail_err(c, rc, &err);
    mv_buf_done(&frame);
    return code;
}

static int catalogue_apply(struct cli *c, const char *dir)
{
    struct own o;
    struct cli_link *l = NULL;
    struct cli_inforce f = {0};
    struct mv_diff d = {0};
    int code = own_read(c, dir, &o);
    if (code == CLI_OK)
        code = open_ingest(c, &l);
    if (code == CLI_OK)
        code = cli_inforce_get(c, l, &f);
    if (code == CLI_OK) {
        mv_catalogue_diff(&d, f.catalogue, o.catalogue);
        say_diff(c, &f, &d);
        (void)say_turns(c, &f, &o);
        if (is_same(&f, &o))
            code = CLI_OK;
        else if (must_ask(&f, &d) && !agreed(c, &d))
            code = CLI_NO;
        else
            code = send(c, l, &o);
    }
    if (code == CLI_OK && cli_option(c, "endpoint") == NULL)
        code = make_keys(c, o.catalogue);
    /* so that the next command finds what this one brought */
    if (code == CLI_OK && cli_option(c, "endpoint") == NULL &&
        !cli_fleet_settle(c, SETTLE_MS))
        cli_warn(c, CLI_W_CAT_NOT_JUDGED, NULL);
    mv_diff_done(&d);
    cli_inforce_done(&f);
    cli_link_close(l);
    own_done(&o);
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
