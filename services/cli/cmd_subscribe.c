/* cmd_subscribe - `maalvakt subscribe`, `unsubscribe`, `subscriptions`: who is
 * told what. Job: one act or one list of the notifier. Invariant: a filter
 * that was not understood is refused, never left out. A crash: ask again; the
 * same subscription twice is one. */
#include <stdlib.h>
#include <string.h>

#include "proto/pack.h"
#include "services/cli/hint.h"
#include "services/cli/hush.h"
#include "services/cli/keystate.h"
#include "services/cli/pages.h"
#include "services/cli/phrase.h"
#include "services/cli/table.h"

#define TO_WORDS "red back yellow green none overdue reminder"

/* "a,b" as a list of texts under key. */
static void arg_list(struct cli_args *a, const char *key, const char *text)
{
    uint32_t count = 1;
    for (const char *at = text; *at != '\0'; at++)
        count += *at == ',';
    mv_pack_cstr(&a->pairs, key);
    mv_pack_list(&a->pairs, count);
    for (uint32_t i = 0; i < count; i++) {
        size_t len = strcspn(text, ",");
        mv_pack_text(&a->pairs, mv_span(text, len));
        text += len + 1;
    }
    a->count++;
}

static void say_no_word(struct cli *c, struct mv_span word)
{
    const struct mv_code_args args = {.field = mv_span_text("--to"),
                                      .value = word,
                                      .detail = mv_span_text(TO_WORDS)};
    struct mv_buf text = {0};
    mv_code_text(MV_CODE_WORD, c->lang, &args, &text);
    cli_warn(c, CLI_W_X_LINE, mv_buf_cstr(&text), NULL);
    mv_buf_done(&text);
}

/* "red,back" -> "to-red,back": the notifier's words, which may be given too.
 * The caller frees; NULL: one is none of them, which has been said. */
static char *transitions(struct cli *c, const char *text)
{
    static const char *const all[] = {"to-red",  "to-yellow", "to-green",
                                      "to-none", "back",      "overdue",
                                      "reminder"};
    struct mv_buf out = {0};
    for (bool more = true; more;) {
        struct mv_span word = mv_span(text, strcspn(text, ","));
        size_t i = 0;
        while (
            i < CLI_COUNT(all) && !mv_span_is(word, all[i]) &&
            (strncmp(all[i], "to-", 3) != 0 || !mv_span_is(word, all[i] + 3)))
            i++;
        if (i == CLI_COUNT(all)) {
            say_no_word(c, word);
            mv_buf_done(&out);
            return NULL;
        }
        mv_buf_text(&out, all[i]);
        more = text[word.len] == ',';
        if (more)
            mv_buf_put_u8(&out, ',');
        text += word.len + more;
    }
    return (char *)(uintptr_t)mv_buf_cstr(&out);
}

static bool fill(struct cli *c, struct cli_args *a)
{
    static const char *const filters[][2] = {
        {"region", "regions"}, {"unit", "units"}, {"target", "targets"}};
    bool any = false;
    cli_arg_text(a, "id", c->args[0]);
    cli_arg_option(a, c, "owner");
    cli_arg_option(a, c, "name");
    cli_arg_text(a, "language", c->lang == MV_LANG_NB ? "nb" : "en");
    for (size_t i = 0; i < CLI_COUNT(filters); i++) {
        const char *value = cli_option(c, filters[i][0]);
        if (value == NULL)
            continue;
        arg_list(a, filters[i][1], value);
        any = true;
    }
    if (!any) {
        mv_pack_kv_bool(&a->pairs, "all", true);
        a->count++;
    }
    if (cli_option(c, "to") != NULL) {
        char *words = transitions(c, cli_option(c, "to"));
        if (words == NULL)
            return false;
        arg_list(a, "transitions", words);
        free(words);
    }
    return true;
}

static int act(struct cli *c, const char *verb, struct cli_args *a,
               struct cli_pages *rows)
{
    struct cli_link *l;
    struct cli_hush hush;
    bool begins = !strcmp(verb, "subscribe");
    int code = cli_link_open(c, CLI_NOTIFIER, NULL, &l);
    if (code == CLI_OK) {
        cli_hush_begin(c, &hush);
        code = cli_ask_args(l, verb, a, rows);
        cli_hush_end(c, &hush);
        bool meant = code == CLI_NO && begins && cli_hint_options(c, true);
        cli_hush_done(c, &hush, !meant);
    }
    if (code == CLI_NO && !begins) {
        if (cli_link_code(l) == MV_CODE_REFUSED) /* something waits in it */
            cli_warn(c, CLI_W_UNSUB_FORCE, c->args[0], NULL);
        else
            cli_hint_subscription(c, l, c->args[0]);
    }
    cli_link_close(l);
    return code;
}

static int subscribe_run(struct cli *c)
{
    struct cli_args a = {0};
    struct cli_pages rows = {0};
    struct mv_span row;
    const char *who = cli_option(c, "owner");
    if (!mv_text_is_identifier(mv_span_text(c->args[0])))
        return cli_fail(c, CLI_USAGE, CLI_W_SUB_BAD_ID, c->args[0], NULL);
    if (who != NULL && !cli_key_there(c, who)) /* nobody could pull it */
        return cli_key_unknown(c, who);
    int code = fill(c, &a) ? act(c, "subscribe", &a, &rows) : CLI_USAGE;
    struct mv_list l = cli_pages_walk(&rows);
    if (code == CLI_OK && c->json) {
        cli_pages_json(c, &rows);
    } else if (code == CLI_OK && mv_list_next(&l, &row)) {
        struct mv_span owner = cli_get_text(row, "owner");
        char *key = mv_xstrndup(owner.at, owner.len);
        cli_say(c, CLI_W_SUBSCRIBED, c->args[0], key, NULL);
        free(key);
    }
    cli_pages_done(&rows);
    cli_args_done(&a);
    return code;
}

static int unsubscribe_run(struct cli *c)
{
    struct cli_args a = {0};
    struct cli_pages rows = {0};
    cli_arg_text(&a, "id", c->args[0]);
    mv_pack_kv_bool(&a.pairs, "force", cli_option(c, "force") != NULL);
    a.count++;
    int code = act(c, "unsubscribe", &a, &rows);
    if (code == CLI_OK && c->json)
        cli_json_line(c, json_pack("{s:s}", "unsubscribed", c->args[0]));
    else if (code == CLI_OK)
        cli_say(c, CLI_W_UNSUBSCRIBED, c->args[0], NULL);
    cli_pages_done(&rows);
    cli_args_done(&a);
    return code;
}

/* What it listens to: "hso; ahus, ous", or all of it. */
static void put_filter(const struct cli *c, struct mv_span row,
                       struct mv_buf *out)
{
    static const char *const keys[] = {"regions", "units", "targets"};
    for (size_t i = 0; i < CLI_COUNT(keys); i++) {
        struct mv_span list = cli_get(row, keys[i]);
        if (list.len == 0)
            continue;
        mv_buf_text(out, out->len > 0 ? "; " : "");
        cli_names(list, out);
    }
    if (out->len == 0)
        mv_buf_text(out, cli_w(c, CLI_W_SUB_ALL));
}

static void subscription_row(const struct cli *c, struct cli_table *t,
                             struct mv_span row)
{
    struct mv_buf text = {0};
    cli_table_cell(t, CLI_PLAIN, cli_get_text(row, "id"));
    cli_table_cell(t, CLI_PLAIN, cli_get_text(row, "owner"));
    put_filter(c, row, &text);
    cli_table_cell(t, CLI_PLAIN, mv_buf_span(&text));
    mv_buf_clear(&text);
    cli_names(cli_get(row, "transitions"), &text);
    cli_table_cell(t, CLI_PLAIN, mv_buf_span(&text));
    cli_table_cell(t, CLI_PLAIN, cli_get_text(row, "language"));
    mv_buf_clear(&text);
    cli_day(cli_get_i64(row, "made_ms"), &text);
    cli_table_cell(t, CLI_PLAIN, mv_buf_span(&text));
    bool paused = cli_get_bool(row, "paused");
    cli_table_cell(t, CLI_YELLOW,
                   mv_span_text(paused ? cli_w(c, CLI_W_Q_PAUSED) : ""));
    mv_buf_done(&text);
}

static int subscriptions_run(struct cli *c)
{
    const struct cli_column columns[] = {
        {cli_w(c, CLI_W_COL_ID), false, true, 0},
        {cli_w(c, CLI_W_COL_OWNER), false, true, 0},
        {cli_w(c, CLI_W_COL_FILTER), false, false, 0},
        {cli_w(c, CLI_W_COL_TRANSITIONS), false, false, 0},
        {cli_w(c, CLI_W_COL_LANGUAGE), false, true, 2},
        {cli_w(c, CLI_W_COL_SINCE), false, true, 1},
        {"", false, true, 0},
    };
    struct cli_link *l;
    struct cli_args none = {0};
    struct cli_pages rows = {0};
    struct mv_span row;
    int code = cli_link_open(c, CLI_NOTIFIER, NULL, &l);
    if (code == CLI_OK)
        code = cli_ask_all(l, "subscriptions", &none, &rows);
    struct cli_table *t = cli_table_open(columns, CLI_COUNT(columns));
    struct mv_list walk = cli_pages_walk(&rows);
    while (mv_list_next(&walk, &row))
        subscription_row(c, t, row);
    if (code == CLI_OK && c->json)
        cli_pages_json(c, &rows);
    else if (code == CLI_OK && rows.count == 0)
        cli_say(c, CLI_W_SUB_NONE, NULL);
    else if (code == CLI_OK)
        cli_table_print(c, t);
    cli_table_close(t);
    cli_pages_done(&rows);
    cli_link_close(l);
    return code;
}

static const struct cli_option subscribe_options[] = {
    {"owner", "KEY", "hvem som henter varslene (ellers din egen nøkkel)",
     "who pulls the notices (else your own key)"},
    {"to", "WHAT",
     "red back yellow green none overdue reminder, med komma mellom",
     "red back yellow green none overdue reminder, with commas"},
    {"region", "REGION", "bare disse regionene", "these regions only"},
    {"unit", "UNIT", "bare disse enhetene", "these units only"},
    {"target", "TARGET", "bare disse målene", "these targets only"},
    {"name", "TEXT", "et navn for mennesker", "a name for people"},
};

const struct cli_command cli_cmd_subscribe = {
    .name = "subscribe",
    .usage = "ID [--to red,back] [--unit UNIT,...] [--owner KEY]",
    .nb = "Bli varslet: når et mål blir rødt, og når det er over",
    .en = "Be told: when a target turns red, and when it is over",
    .man = "maalvakt-subscribe",
    .example = "maalvakt subscribe ahus-vakt --unit ahus --owner subscriber\n"
               "maalvakt subscribe alt --to red,back,overdue --lang en\n",
    .options = subscribe_options,
    .option_count = CLI_COUNT(subscribe_options),
    .least = 1,
    .most = 1,
    .run = subscribe_run,
};

static const struct cli_option unsubscribe_options[] = {
    {"force", NULL, "også om noe venter i køen; det blir trukket tilbake",
     "even if something waits in its queue; that is withdrawn"},
};

const struct cli_command cli_cmd_unsubscribe = {
    .name = "unsubscribe",
    .usage = "ID [--force]",
    .nb = "Slutt å bli varslet",
    .en = "Be told no longer",
    .man = "maalvakt-subscribe",
    .example = "maalvakt unsubscribe ahus-vakt\n",
    .options = unsubscribe_options,
    .option_count = CLI_COUNT(unsubscribe_options),
    .least = 1,
    .most = 1,
    .run = unsubscribe_run,
};

const struct cli_command cli_cmd_subscriptions = {
    .name = "subscriptions",
    .usage = "",
    .nb = "Hvem som blir varslet om hva",
    .en = "Who is told what",
    .man = "maalvakt-subscribe",
    .example = "maalvakt subscriptions --json\n",
    .least = 0,
    .most = 0,
    .run = subscriptions_run,
};
