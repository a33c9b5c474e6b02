/* spool_place - see spool_place.h. Job: one spool for each key. Invariant: the
 * same key finds the same spool again, or nothing that was begun could go on.
 * Holds nothing. */
#include "services/cli/spool_place.h"

#include <stdlib.h>

#include "services/base/clock.h"
#include "services/base/file.h"
#include "services/cli/place.h"

/* *ret: its name; what it lies in is made, but not itself. */
static mv_rc spool_dir(struct cli *c, const struct cli_door *door, char **ret,
                       struct mv_err *err)
{
    const char *given = cli_option(c, "spool");
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    char hex[MV_KEY_HEX_BYTES];
    if (given != NULL || cli_option(c, "endpoint") == NULL) {
        *ret = given != NULL ? mv_xstrdup(given)
                             : cli_path(cli_dir(c), "spool/%s", door->key_name);
        return MV_OK;
    }
    if (state == NULL || *state == '\0')
        state = NULL;
    char *base = state != NULL
                     ? mv_xstrdup(state)
                     : cli_path(home != NULL ? home : ".", ".maalvakt");
    mv_rc rc = mv_dir_make(base, err);
    *ret = cli_path(base, "push-%.16s", mv_key_hex(door->keys.public_key, hex));
    free(base);
    return rc;
}

int cli_spool_start(struct cli *c, const struct cli_door *door,
                    struct cli_spool **ret, char **dir)
{
    struct mv_clock now = {0};
    struct mv_err err = {0};
    mv_clock_read(&now);
    mv_rc rc = spool_dir(c, door, dir, &err);
    if (rc == MV_OK)
        rc = cli_spool_open(ret, *dir, now.wall_ms, &err);
    if (rc == MV_OK)
        rc = cli_spool_expire(*ret, now.wall_ms, &err);
    if (rc == MV_FULL) {
        (void)cli_fail_err(c, rc, &err);
        return CLI_RETRY;
    }
    return rc == MV_OK ? CLI_OK : cli_fail_err(c, rc, &err);
}
