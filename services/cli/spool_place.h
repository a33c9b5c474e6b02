/* spool_place - where a key's spool lies, and opening it there. */
#pragma once

#include "services/cli/connect.h"
#include "services/cli/spool.h"

/* --spool, or with the installation, or in the user's own state; what was
 * answered long ago is removed. CLI_OK, or it has been said (CLI_RETRY:
 * another command uses it). *dir is the caller's to free, also then. */
int cli_spool_start(struct cli *c, const struct cli_door *door,
                    struct cli_spool **ret, char **dir);
