/* place - see place.h. Job: the names of things in an installation's
 * directory, its one settings file, its keys. Invariant: a secret is on disk
 * before its public half is in the key file; a crash between the two leaves a
 * secret that the next call takes up. */
#include "services/cli/place.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "services/base/conf.h"
#include "services/base/file.h"
#include "services/stream/keyfile.h"

#define AT(field) offsetof(struct cli_place, field)
#define DOOR(name, help)                                      \
    {                                                         \
#name, MV_CONF_TEXT, "", NULL, 0, 120, AT(name), help \
    }

/* clang-format off */
static const struct mv_conf_key keys[] = {
    {"shift_ms", MV_CONF_INT, "0", NULL, -INT64_C(4000000000000),
     INT64_C(4000000000000), AT(shift_ms), "added to the wall clock"},
    {"today", MV_CONF_TEXT, "", NULL, 0, 16, AT(today),
     "the day that it was first started on, if not the real one"},
    DOOR(ingest_public, "where trusts deliver"),
    DOOR(ingest_control, "ingest's control door"),
    DOOR(evaluator_control, "the evaluator's control door"),
    DOOR(evaluator_live, "changes as they come, may lose"),
    DOOR(notifier_public, "where subscribers pull"),
    DOOR(notifier_control, "the notifier's control door"),
};
/* clang-format on */

static const struct mv_conf_table table = {
    "a maalvakt installation, made by `maalvakt up`", keys,
    MV_CONF_COUNT(keys)};

char *cli_path(const char *dir, const char *fmt, ...)
{
    char *rest = NULL;
    va_list list;
    va_start(list, fmt);
    if (vasprintf(&rest, fmt, list) < 0)
        abort();
    va_end(list);
    struct mv_buf b = {0};
    mv_buf_printf(&b, "%s/%s", dir, rest);
    char *ret = mv_xstrdup(mv_buf_cstr(&b));
    mv_buf_done(&b);
    free(rest);
    return ret;
}

char *cli_key_path(const char *dir, const char *name)
{
    return cli_path(dir, "keys/%s.secret", name);
}

char *cli_keyfile_path(const char *dir)
{
    return cli_path(dir, "public-keys");
}

mv_rc cli_place_load(const char *dir, struct cli_place *ret, struct mv_err *err)
{
    char *path = cli_path(dir, "installation");
    struct mv_buf text = {0};
    memset(ret, 0, sizeof *ret);
    mv_rc rc =
        mv_file_read(path, MV_CONF_FILE_BYTES, MV_FILE_MAY_MISS, &text, err);
    if (rc == MV_OK)
        rc = mv_conf_parse(&table, path, mv_buf_span(&text), ret, err);
    mv_buf_done(&text);
    free(path);
    return rc;
}

static void line(struct mv_buf *out, const char *name, const char *value)
{
    mv_buf_printf(out, "%s = %s\n", name, value != NULL ? value : "");
}

mv_rc cli_place_save(const char *dir, const struct cli_place *p,
                     struct mv_err *err)
{
    char *path = cli_path(dir, "installation");
    struct mv_buf text = {0};
    mv_buf_text(&text, "# made by `maalvakt up`; do not edit while it runs\n");
    mv_buf_printf(&text, "shift_ms = %lld\n", (long long)p->shift_ms);
    line(&text, "today", p->today);
    line(&text, "ingest_public", p->ingest_public);
    line(&text, "ingest_control", p->ingest_control);
    line(&text, "evaluator_control", p->evaluator_control);
    line(&text, "evaluator_live", p->evaluator_live);
    line(&text, "notifier_public", p->notifier_public);
    line(&text, "notifier_control", p->notifier_control);
    mv_rc rc = mv_file_write(path, mv_buf_span(&text), 0600, err);
    mv_buf_done(&text);
    free(path);
    return rc;
}

void cli_place_done(struct cli_place *p)
{
    mv_conf_done(&table, p);
}

static mv_rc add_key(const char *dir, const char *name, unsigned roles,
                     const char *unit, struct mv_err *err)
{
    char *secret = cli_key_path(dir, name);
    char *file = cli_keyfile_path(dir);
    struct mv_keypair pair = {0};
    struct mv_key key = {
        .roles = roles, .from_ms = INT64_MIN, .to_ms = INT64_MAX};
    mv_rc rc = MV_OK;
    if (access(secret, F_OK) == 0) {
        MV_TRY(mv_keypair_load(&pair, secret, err));
    } else {
        mv_keypair_make(&pair);
        MV_TRY(mv_keypair_save(&pair, secret, err));
    }
    memcpy(key.public_key, pair.public_key, MV_KEY_BYTES);
    (void)snprintf(key.name, sizeof key.name, "%s", name);
    (void)snprintf(key.unit, sizeof key.unit, "%s", unit);
    MV_TRY(mv_keyfile_add(file, &key, err));
out:
    mv_keypair_wipe(&pair);
    free(secret);
    free(file);
    return rc;
}

mv_rc cli_key_need(const char *dir, const char *name, unsigned roles,
                   const char *unit, bool *made, struct mv_err *err)
{
    char *file = cli_keyfile_path(dir);
    struct mv_keys *known = NULL;
    mv_rc rc = MV_OK;
    *made = false;
    MV_TRY(mv_keys_load(&known, file, err));
    if (mv_keys_named(known, name) == NULL) {
        MV_TRY(add_key(dir, name, roles, unit, err));
        *made = true;
    }
out:
    mv_keys_close(known);
    free(file);
    return rc;
}

mv_rc cli_key_make(const char *dir, const char *name, unsigned roles,
                   const char *unit, struct mv_err *err)
{
    bool made;
    mv_rc rc = cli_key_need(dir, name, roles, unit, &made, err);
    if (rc == MV_OK && !made)
        return mv_fail(err, MV_CONFIG, "there is a key '%s' already", name);
    return rc;
}
