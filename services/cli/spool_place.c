/* spool_place - see spool_place.h. Job: one spool for each key. Invariant: the
 * same key finds the same spool again, or nothing that was begun could go on.
 * Holds nothing. */
#include "services/cli/spool_place.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "services/base/clock.h"
#include "services/cli/place.h"

static char *spool_dir(struct cli *c, const struct cli_door *door)
{
    const char *given = cli_option(c, "spool");
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    char hex[MV_KEY_HEX_BYTES];
    if (given != NULL)
        return mv_xstrdup(given);
    if (cli_option(c, "endpoint") == NULL)
        return cli_path(cli_dir(c), "spool/%s", door->key_name);
    if (state == NULL || *state == '\0')
        state = NULL;
    char *base = state != NULL
                     ? mv_xstrdup(state)
                     : cli_path(home != NULL ? home : ".", ".maalvakt");
    (void)mkdir(base, 0700);
    char *dir =
        cli_path(base, "push-%.16s", mv_key_hex(door->keys.public_key, hex));
    free(base);
    return dir;
}

int cli_spool_start(struct cli *c, const struct cli_door *door,
                    struct cli_spool **ret, char **dir)
{
    struct mv_clock now = {0};
    struct mv_err err = {0};
    mv_clock_read(&now);
    *dir = spool_dir(c, door);
    mv_rc rc = cli_spool_open(ret, *dir, now.wall_ms, &err);
    if (rc == MV_OK)
        rc = cli_spool_expire(*ret, now.wall_ms, &err);
    if (rc == MV_FULL) {
        (void)cli_fail_err(c, rc, &err);
        return CLI_RETRY;
    }
    return rc == MV_OK ? CLI_OK : cli_fail_err(c, rc, &err);
}
