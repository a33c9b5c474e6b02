/* cmd_keys - `maalvakt keys`: who may speak. Job: lines of the key file, and
 * the secrets beside it. Invariant: a name is never used twice; the file is
 * replaced whole. A crash leaves the old file or the new one. */
#include <stdlib.h>
#include <string.h>

#include "proto/pack.h"
#include "services/base/clock.h"
#include "services/base/text.h"
#include "services/cli/connect.h"
#include "services/cli/hint.h"
#include "services/cli/keystate.h"
#include "services/cli/phrase.h"
#include "services/cli/place.h"
#include "services/cli/rows.h"
#include "services/cli/table.h"
#include "services/stream/keyfile.h"

static const char *all_roles(struct mv_buf *b)
{
    mv_roles_text(b, MV_ROLE_ANY, ",");
    return mv_buf_cstr(b);
}

/* The roles asked for, or 0 and it has been said why. */
static unsigned read_roles(struct cli *c, const char *unit)
{
    const char *text = cli_option(c, "role");
    struct mv_buf all = {0};
    unsigned roles = 0;
    if (text == NULL)
        cli_warn(c, CLI_W_KEY_NEEDS_ROLE, all_roles(&all), NULL);
    else if (!mv_roles_parse(mv_span_text(text), &roles))
        cli_warn(c, CLI_W_KEY_BAD_ROLE, text, all_roles(&all), NULL);
    else if (!mv_roles_fit_unit(roles, *unit != '\0')) {
        cli_warn(c, CLI_W_KEY_UNIT_PRODUCER, NULL);
        roles = 0;
    }
    mv_buf_done(&all);
    return roles;
}

static void say_made(struct cli *c, const char *name)
{
    char *path = cli_key_path(cli_dir(c), name);
    struct mv_keypair pair;
    char hex[MV_KEY_HEX_BYTES];
    if (mv_keypair_load(&pair, path, NULL) == MV_OK) {
        (void)mv_key_hex(pair.public_key, hex);
        mv_keypair_wipe(&pair);
        if (c->json) {
            cli_json_line(c, json_pack("{s:s,s:s,s:s}", "name", name, "public",
                                       hex, "secret", path));
        } else {
            cli_say(c, CLI_W_KEY_MADE, name, path, NULL);
            cli_say(c, CLI_W_KEY_PUBLIC, hex, NULL);
            cli_say(c, CLI_W_KEY_SOON, NULL);
        }
    }
    free(path);
}

/* A key for a unit that is not there could not deliver anything. Before the
 * first catalogue, or where nothing runs, nobody can tell. */
static bool unit_known(struct cli *c, const char *unit)
{
    struct cli_inforce f;
    bool known = true;
    if (*unit == '\0' || cli_option(c, "force") != NULL)
        return true;
    if (cli_hint_catalogue(c, "operator", &f)) {
        known = !cli_hint_thing(c, f.catalogue, CLI_THING_UNIT, unit);
        if (!known)
            cli_warn(c, CLI_W_KEY_FORCE, NULL);
    } else {
        cli_warn(c, CLI_W_KEY_UNIT_UNSEEN, unit, NULL);
    }
    cli_inforce_done(&f);
    return known;
}

/* The key file, whole; CLI_OK, or it has been said. */
static int load(struct cli *c, struct mv_keys **ret)
{
    char *path = cli_keyfile_path(cli_dir(c));
    struct mv_err err = {0};
    int code = cli_place_check(c);
    mv_rc rc = code == CLI_OK ? mv_keys_load(ret, path, &err) : MV_OK;
    free(path);
    return rc == MV_OK ? code : cli_fail_err(c, rc, &err);
}

static int look_up(struct cli *c, const char *name, bool *there)
{
    struct mv_keys *keys = NULL;
    int code = load(c, &keys);
    *there = code == CLI_OK && mv_keys_named(keys, name) != NULL;
    mv_keys_close(keys);
    return code;
}

static int keys_new(struct cli *c, const char *name)
{
    const char *unit = cli_option(c, "unit");
    struct mv_err err = {0};
    if (unit == NULL)
        unit = "";
    if (!mv_text_is_identifier(mv_span_text(name)))
        return cli_fail(c, CLI_USAGE, CLI_W_KEY_BAD_NAME, name, NULL);
    if (*unit != '\0' && !mv_text_is_identifier(mv_span_text(unit)))
        return cli_fail(c, CLI_USAGE, CLI_W_KEY_BAD_NAME, unit, NULL);
    unsigned roles = read_roles(c, unit);
    if (roles == 0)
        return CLI_USAGE;
    bool taken;
    int code = look_up(c, name, &taken);
    if (code == CLI_OK && taken)
        return cli_fail(c, CLI_NO, CLI_W_KEY_TAKEN, name, NULL);
    if (code != CLI_OK || !unit_known(c, unit))
        return code != CLI_OK ? code : CLI_NO;
    mv_rc rc = cli_key_make(cli_dir(c), name, roles, unit, &err);
    if (rc != MV_OK)
        return cli_fail_err(c, rc, &err);
    say_made(c, name);
    return CLI_OK;
}

static void list_json(struct cli *c, const struct mv_key *k, bool good)
{
    struct mv_buf roles = {0};
    char hex[MV_KEY_HEX_BYTES];
    mv_roles_text(&roles, k->roles, ",");
    cli_json_line(c,
                  json_pack("{s:s,s:s,s:s,s:b,s:s}", "name", k->name, "roles",
                            mv_buf_cstr(&roles), "unit", k->unit, "valid", good,
                            "public", mv_key_hex(k->public_key, hex)));
    mv_buf_done(&roles);
}

/* "yes", "yes, until 2026-01-01", "no, since 2025-03-15" ... */
static void put_valid(const struct cli *c, const struct mv_key *k, bool good,
                      struct mv_buf *out)
{
    struct mv_clock now = {0};
    struct mv_buf day = {0};
    cli_word word = good ? CLI_W_VALID : CLI_W_NOT_VALID;
    mv_clock_read(&now);
    if (good && k->to_ms != INT64_MAX)
        word = CLI_W_VALID_UNTIL;
    else if (!good && now.wall_ms < k->from_ms)
        word = CLI_W_VALID_FROM;
    else if (!good && k->to_ms != INT64_MAX)
        word = CLI_W_VALID_NO_MORE;
    if (word == CLI_W_VALID_FROM)
        cli_day(k->from_ms, &day);
    else if (k->to_ms != INT64_MAX)
        cli_day(k->to_ms, &day);
    cli_word_put(out, c, word, mv_buf_cstr(&day), NULL);
    mv_buf_done(&day);
}

static void list_row(struct cli *c, struct cli_table *t, const struct mv_key *k,
                     bool good)
{
    struct mv_buf roles = {0}, valid = {0};
    char hex[MV_KEY_HEX_BYTES];
    mv_roles_text(&roles, k->roles, ", ");
    put_valid(c, k, good, &valid);
    cli_table_text(t, k->name);
    cli_table_cell(t, CLI_PLAIN, mv_buf_span(&roles));
    cli_table_text(t, k->unit);
    cli_table_cell(t, good ? CLI_GREEN : CLI_RED, mv_buf_span(&valid));
    mv_buf_done(&valid);
    cli_table_text(t, mv_key_hex(k->public_key, hex));
    mv_buf_done(&roles);
}

static int keys_list(struct cli *c)
{
    const struct cli_column columns[] = {
        {cli_w(c, CLI_W_COL_NAME), false, true, 0},
        {cli_w(c, CLI_W_COL_ROLE), false, false, 0},
        {cli_w(c, CLI_W_COL_UNIT), false, true, 0},
        {cli_w(c, CLI_W_COL_GOOD), false, false, 0},
        {cli_w(c, CLI_W_COL_PUBLIC), false, true, 1},
    };
    struct mv_keys *keys = NULL;
    struct mv_clock now = {0};
    mv_clock_read(&now);
    int code = load(c, &keys);
    if (code != CLI_OK)
        return code;
    struct cli_table *t = cli_table_open(columns, CLI_COUNT(columns));
    for (size_t i = 0; i < mv_keys_count(keys); i++) {
        const struct mv_key *k = mv_keys_at(keys, i);
        const char *why;
        bool good = mv_key_valid(k, now.wall_ms, &why);
        if (c->json)
            list_json(c, k, good);
        else
            list_row(c, t, k, good);
    }
    if (!c->json)
        cli_table_print(c, t);
    cli_table_close(t);
    mv_keys_close(keys);
    return CLI_OK;
}

/* When it ended, if it has; else INT64_MAX. */
static int64_t ended_ms(struct cli *c, const char *name)
{
    struct mv_keys *keys = NULL;
    struct mv_clock now = {0};
    mv_clock_read(&now);
    const struct mv_key *key =
        load(c, &keys) == CLI_OK ? mv_keys_named(keys, name) : NULL;
    int64_t ended =
        key != NULL && now.wall_ms >= key->to_ms ? key->to_ms : INT64_MAX;
    mv_keys_close(keys);
    return ended;
}

static int ended_already(struct cli *c, const char *name, int64_t since_ms)
{
    struct mv_buf day = {0};
    cli_day(since_ms, &day);
    int code =
        cli_fail(c, CLI_NO, CLI_W_KEY_SHUT_OUT, name, mv_buf_cstr(&day), NULL);
    mv_buf_done(&day);
    return code;
}

static int keys_revoke(struct cli *c, const char *name)
{
    struct mv_err err = {0};
    struct mv_clock now = {0};
    bool there;
    int code = look_up(c, name, &there);
    if (code != CLI_OK || !there)
        return code != CLI_OK ? code : cli_key_unknown(c, name);
    int64_t ended = ended_ms(c, name);
    if (ended != INT64_MAX)
        return ended_already(c, name, ended);
    mv_clock_read(&now);
    char *path = cli_keyfile_path(cli_dir(c));
    mv_rc rc = mv_keyfile_revoke(path, name, now.wall_ms, &err);
    free(path);
    if (rc != MV_OK)
        return cli_fail_err(c, rc, &err);
    if (c->json)
        cli_json_line(c, json_pack("{s:s}", "revoked", name));
    else
        cli_say(c, CLI_W_KEY_REVOKED, name, NULL);
    return CLI_OK;
}

static void say_resumed(struct cli *c, const char *name, const char *service)
{
    if (c->json) {
        cli_json_line(
            c, json_pack("{s:s,s:s}", "resumed", name, "service", service));
    } else {
        cli_say(c, CLI_W_KEY_RESUMED, name, service, NULL);
    }
}

/* Each service has its own list of suspended keys: all are asked. */
static int keys_resume(struct cli *c, const char *name)
{
    struct mv_buf args = {0};
    bool any = false;
    int code = CLI_OK;
    if (!cli_key_there(c, name))
        return cli_key_unknown(c, name);
    if (ended_ms(c, name) != INT64_MAX)
        return cli_fail(c, CLI_NO, CLI_W_KEY_OVER, name, NULL);
    mv_pack_map(&args, 1);
    mv_pack_kv_cstr(&args, "name", name);
    for (int s = 0; s < CLI_SERVICES && code == CLI_OK; s++) {
        struct cli_link *l;
        struct mv_msg_reply reply;
        struct mv_err err = {0};
        code = cli_link_open(c, (cli_service)s, NULL, &l);
        if (code != CLI_OK)
            break;
        mv_rc rc =
            cli_ask_quiet(l, "keys.resume", mv_buf_span(&args), &reply, &err);
        if (rc != MV_OK) {
            code = cli_fail_err(c, rc, &err);
        } else if (mv_span_is(reply.result, "ok")) {
            any = true;
            say_resumed(c, name, cli_service_name((cli_service)s));
        }
        cli_link_close(l);
    }
    mv_buf_done(&args);
    if (code == CLI_OK && !any)
        return cli_fail(c, CLI_NO, CLI_W_KEY_NOT_SUSPENDED, name, NULL);
    return code;
}

static int keys_run(struct cli *c)
{
    static const struct {
        const char *name;
        int (*run)(struct cli *c, const char *name);
    } acts[] = {
        {"new", keys_new}, {"revoke", keys_revoke}, {"resume", keys_resume}};
    if (!strcmp(c->args[0], "list"))
        return keys_list(c);
    for (size_t i = 0; i < CLI_COUNT(acts); i++) {
        if (strcmp(c->args[0], acts[i].name) != 0)
            continue;
        if (c->arg_count < 2)
            return cli_fail(c, CLI_USAGE, CLI_W_KEY_NEEDS_NAME, acts[i].name,
                            NULL);
        return acts[i].run(c, c->args[1]);
    }
    return cli_fail(c, CLI_USAGE, CLI_W_KEYS_WHAT, c->args[0], NULL);
}

static const struct cli_option options[] = {
    {"role", "ROLE",
     "producer steward assessor operator reader auditor "
     "subscriber service; flere med komma",
     "producer steward assessor operator reader auditor subscriber service; "
     "several with commas"},
    {"unit", "UNIT",
     "for producer: enheten som den rapporterer for; for assessor, om den "
     "bare gjelder der",
     "for producer: the unit that it reports for; for assessor, if it is for "
     "that only"},
    {"force", NULL, "new: også for en enhet som ikke er i katalogen",
     "new: also for a unit that is not in the catalogue"},
};

const struct cli_command cli_cmd_keys = {
    .name = "keys",
    .usage = "new NAME --role ROLE [--unit UNIT] | list | revoke NAME | "
             "resume NAME",
    .nb = "Hvem som får tale: nye nøkler, oversikt, tilbaketrekking",
    .en = "Who may speak: new keys, a list, revocation",
    .man = "maalvakt-keys",
    .example = "maalvakt keys new ahus-2 --role producer --unit ahus\n"
               "maalvakt keys revoke ahus\n",
    .options = options,
    .option_count = CLI_COUNT(options),
    .least = 1,
    .most = 2,
    .run = keys_run,
};
