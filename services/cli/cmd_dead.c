/* cmd_dead - `maalvakt dead`, `pause`, `resume`, `restart-changes`: what was
 * given up on, and what an operator does about it. Job: a list or one act of
 * the notifier. Invariant: nothing is dropped without a reason that is kept. A
 * crash: ask `dead list` what happened. */
#include <stdlib.h>
#include <string.h>

#include "proto/pack.h"
#include "services/base/hash.h"
#include "services/base/text.h"
#include "services/cli/hint.h"
#include "services/cli/notice_text.h"
#include "services/cli/pages.h"
#include "services/cli/phrase.h"
#include "services/cli/table.h"
#include "services/cli/told.h"

static void dead_row(const struct cli *c, struct cli_table *t,
                     struct mv_span row)
{
    struct mv_buf text = {0}, why = {0};
    cli_table_cell(t, CLI_PLAIN, cli_get_text(row, "id"));
    cli_table_cell(t, CLI_PLAIN, cli_get_text(row, "subscription"));
    cli_time(cli_get_i64(row, "made_ms"), &text);
    cli_table_cell(t, CLI_PLAIN, mv_buf_span(&text));
    cli_table_u64(t, cli_get_u64(row, "changes"));
    cli_told(c, cli_get_text(row, "reason"), &why);
    cli_table_cell(t, CLI_RED, mv_buf_span(&why));
    mv_buf_done(&text);
    mv_buf_done(&why);
}

static int dead_list(struct cli *c, struct cli_link *l)
{
    const struct cli_column columns[] = {
        {cli_w(c, CLI_W_COL_ID), false, true, 0},
        {cli_w(c, CLI_W_COL_SUBSCRIPTION), false, false, 0},
        {cli_w(c, CLI_W_COL_MADE), false, true, 2},
        {cli_w(c, CLI_W_COL_CHANGES), true, true, 3},
        {cli_w(c, CLI_W_COL_WHY), false, false, 0},
    };
    struct cli_args args = {0};
    struct cli_pages rows = {0};
    struct mv_span row;
    cli_arg_option(&args, c, "subscription");
    int code = cli_ask_all(l, "dead", &args, &rows);
    struct cli_table *t = cli_table_open(columns, CLI_COUNT(columns));
    struct mv_list walk = cli_pages_walk(&rows);
    while (mv_list_next(&walk, &row))
        dead_row(c, t, row);
    if (code == CLI_OK && c->json)
        cli_pages_json(c, &rows);
    else if (code == CLI_OK && rows.count == 0)
        cli_say(c, CLI_W_DEAD_NONE, NULL);
    else if (code == CLI_OK)
        cli_table_print(c, t);
    cli_table_close(t);
    cli_pages_done(&rows);
    cli_args_done(&args);
    return code;
}

/* When and why, before what it said: it is no notice that waits. */
static void show_end(struct cli *c, struct mv_span row)
{
    struct mv_buf when = {0}, why = {0}, of = {0};
    cli_time(cli_get_i64(row, "dead_ms"), &when);
    cli_told(c, cli_get_text(row, "reason"), &why);
    mv_text_escape_terminal(&of, cli_get_text(row, "subscription"));
    cli_say(c, CLI_W_DEAD_SINCE, mv_buf_cstr(&when), mv_buf_cstr(&why),
            mv_buf_cstr(&of), NULL);
    mv_buf_done(&when);
    mv_buf_done(&why);
    mv_buf_done(&of);
}

static int dead_show(struct cli *c, struct cli_link *l)
{
    struct cli_args args = {0};
    struct cli_pages rows = {0};
    struct mv_span row;
    cli_arg_text(&args, "id", c->args[1]);
    int code = cli_ask_args(l, "dead-show", &args, &rows);
    struct mv_list walk = cli_pages_walk(&rows);
    if (code == CLI_OK && c->json)
        cli_pages_json(c, &rows);
    while (code == CLI_OK && !c->json && mv_list_next(&walk, &row)) {
        if (mv_span_is(cli_get_text(row, "type"), "notice"))
            cli_notice_show(c, row);
        else
            show_end(c, row);
    }
    cli_pages_done(&rows);
    cli_args_done(&args);
    return code;
}

/* Which: an id, --subscription, or --all; exactly one. */
static bool which(struct cli *c, struct cli_args *args)
{
    const char *subscription = cli_option(c, "subscription");
    bool all = cli_option(c, "all") != NULL;
    bool id = c->arg_count > 1;
    if ((int)id + (int)all + (int)(subscription != NULL) != 1) {
        cli_warn(c, CLI_W_DEAD_WHICH, c->args[0], NULL);
        return false;
    }
    if (id)
        cli_arg_text(args, "id", c->args[1]);
    cli_arg_option(args, c, "subscription");
    if (all) {
        mv_pack_kv_bool(&args->pairs, "all", true);
        args->count++;
    }
    return true;
}

/* requeue, drop */
static int dead_act(struct cli *c, struct cli_link *l, const char *verb,
                    const char *counted, cli_word said)
{
    struct cli_args args = {0};
    struct cli_pages rows = {0};
    struct mv_span row = mv_span("", 0);
    struct mv_buf count = {0};
    int code = which(c, &args) ? CLI_OK : CLI_USAGE;
    cli_arg_option(&args, c, "comment");
    if (code == CLI_OK)
        code = cli_ask_args(l, verb, &args, &rows);
    struct mv_list walk = cli_pages_walk(&rows);
    if (code == CLI_OK && c->json) {
        cli_pages_json(c, &rows);
    } else if (code == CLI_OK && mv_list_next(&walk, &row)) {
        cli_count(c, cli_get_u64(row, counted), &count);
        cli_say(c, said, mv_buf_cstr(&count), NULL);
    }
    mv_buf_done(&count);
    cli_pages_done(&rows);
    cli_args_done(&args);
    return code;
}

static bool is_notice_id(const char *text)
{
    uint8_t id[16];
    return mv_hex_parse(mv_span_text(text), id, sizeof id);
}

static int dead_run(struct cli *c)
{
    const char *what = c->arg_count > 0 ? c->args[0] : "list";
    struct cli_link *l = NULL;
    bool list = !strcmp(what, "list"), show = !strcmp(what, "show");
    bool requeue = !strcmp(what, "requeue"), drop = !strcmp(what, "drop");
    if (!list && !show && !requeue && !drop)
        return cli_fail(c, CLI_USAGE, CLI_W_DEAD_WHAT, what, NULL);
    if (show && c->arg_count < 2)
        return cli_fail(c, CLI_USAGE, CLI_W_DEAD_SHOW_WHICH, NULL);
    if (!list && c->arg_count > 1 && !is_notice_id(c->args[1]))
        return cli_fail(c, CLI_USAGE, CLI_W_DEAD_BAD_ID, c->args[1], NULL);
    if (drop && cli_option(c, "comment") == NULL)
        return cli_fail(c, CLI_USAGE, CLI_W_DEAD_COMMENT, NULL);
    int code = cli_link_open(c, CLI_NOTIFIER, NULL, &l);
    if (code == CLI_OK && list)
        code = dead_list(c, l);
    else if (code == CLI_OK && show)
        code = dead_show(c, l);
    else if (code == CLI_OK && requeue)
        code = dead_act(c, l, "requeue", "requeued", CLI_W_REQUEUED);
    else if (code == CLI_OK)
        code = dead_act(c, l, "drop", "dropped", CLI_W_DROPPED);
    if (code == CLI_NO && cli_option(c, "subscription") != NULL)
        cli_hint_subscription(c, l, cli_option(c, "subscription"));
    cli_link_close(l);
    return code;
}

/* pause and resume: the same act, the other way. */
static int turn(struct cli *c, const char *verb, cli_word said)
{
    struct cli_link *l;
    struct cli_args args = {0};
    struct cli_pages rows = {0};
    int code = cli_link_open(c, CLI_NOTIFIER, NULL, &l);
    cli_arg_text(&args, "subscription", c->args[0]);
    if (code == CLI_OK)
        code = cli_ask_args(l, verb, &args, &rows);
    if (code == CLI_NO)
        cli_hint_subscription(c, l, c->args[0]);
    if (code == CLI_OK && c->json) {
        cli_json_line(
            c, json_pack("{s:s,s:s}", "subscription", c->args[0], "act", verb));
    } else if (code == CLI_OK) {
        cli_say(c, said, c->args[0], NULL);
    }
    cli_pages_done(&rows);
    cli_args_done(&args);
    cli_link_close(l);
    return code;
}

static int pause_run(struct cli *c)
{
    return turn(c, "pause", CLI_W_PAUSED);
}

static int resume_run(struct cli *c)
{
    return turn(c, "resume", CLI_W_RESUMED);
}

/* A notifier that reads on where it was has nothing to begin anew. */
static int is_due(struct cli_link *l, bool *due)
{
    struct cli_args none = {0};
    struct cli_pages rows = {0};
    struct mv_span row;
    bool reads = false;
    *due = false;
    int code = cli_ask_args(l, "health", &none, &rows);
    struct mv_list walk = cli_pages_walk(&rows);
    while (code == CLI_OK && mv_list_next(&walk, &row)) {
        bool ok = cli_get_bool(row, "ok");
        if (mv_span_is(cli_get_text(row, "name"), "upstream.changes"))
            *due = *due || !ok;
        else if (mv_span_is(cli_get_text(row, "name"), "changes"))
            reads = ok && mv_span_is(cli_get_text(row, "text"), "asking");
    }
    *due = *due || !reads;
    cli_pages_done(&rows);
    return code;
}

/* What the notifier is told once, when the evaluator's log is another one. */
static int restart_run(struct cli *c)
{
    struct cli_link *l;
    struct cli_args args = {0};
    struct cli_pages rows = {0};
    bool due = false;
    int code = cli_link_open(c, CLI_NOTIFIER, NULL, &l);
    if (code == CLI_OK)
        code = is_due(l, &due);
    if (code == CLI_OK && !due)
        code = cli_fail(c, CLI_NO, CLI_W_RESTART_NOT_DUE, NULL);
    if (code == CLI_OK)
        code = cli_ask_args(l, "restart-changes", &args, &rows);
    if (code == CLI_OK && c->json)
        cli_json_line(c, json_pack("{s:s}", "act", "restart-changes"));
    else if (code == CLI_OK)
        cli_say(c, CLI_W_RESTARTED, NULL);
    cli_pages_done(&rows);
    cli_args_done(&args);
    cli_link_close(l);
    return code;
}

static const struct cli_option options[] = {
    {"subscription", "ID", "bare dette abonnementets", "this subscription's"},
    {"all", NULL, "alle", "all of them"},
    {"comment", "TEXT", "for drop: hvorfor; blir stående i loggen",
     "for drop: why; it stays in the log"},
};

const struct cli_command cli_cmd_dead = {
    .name = "dead",
    .usage = "[list] | show ID | requeue ID|--subscription S|--all | "
             "drop ID|--subscription S|--all --comment TEXT",
    .nb = "Varsler som ble gitt opp: se dem, legg dem i køen igjen, slett dem",
    .en = "Notices given up on: list, show, put back into the queue, drop",
    .man = "maalvakt-dead",
    .example = "maalvakt dead\n"
               "maalvakt dead requeue --subscription ahus-vakt\n"
               "maalvakt dead drop --all --comment '{prøve, skal aldri "
               "ut|test, never to be sent}'\n",
    .options = options,
    .option_count = CLI_COUNT(options),
    .least = 0,
    .most = 2,
    .run = dead_run,
};

const struct cli_command cli_cmd_pause = {
    .name = "pause",
    .usage = "SUBSCRIPTION",
    .nb = "Stans utleveringen til et abonnement; køen samler på",
    .en = "Hold a subscription's queue; it keeps what comes",
    .man = "maalvakt-dead",
    .example = "maalvakt pause ahus-vakt\n",
    .least = 1,
    .most = 1,
    .run = pause_run,
};

const struct cli_command cli_cmd_resume = {
    .name = "resume",
    .usage = "SUBSCRIPTION",
    .nb = "La et stanset abonnement gå videre",
    .en = "Let a paused subscription go on",
    .man = "maalvakt-dead",
    .example = "maalvakt resume ahus-vakt\n",
    .least = 1,
    .most = 1,
    .run = resume_run,
};

const struct cli_command cli_cmd_restart_changes = {
    .name = "restart-changes",
    .usage = "",
    .nb = "Les endringsloggen fra begynnelsen, når beregningen har begynt en "
          "ny",
    .en = "Read the changes log from its beginning, when the evaluator has "
          "begun a new one",
    .man = "maalvakt-skip",
    .example = "maalvakt restart-changes\n",
    .least = 0,
    .most = 0,
    .run = restart_run,
};
