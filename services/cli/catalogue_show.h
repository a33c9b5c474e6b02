/* catalogue_show - the catalogue in force, listed or one thing of it. */
#pragma once

#include "services/catalogue/catalogue.h"
#include "services/cli/cli.h"

/* As the arguments behind `show` say: nothing, a kind, an id, or a kind and
 * an id. CLI_OK; CLI_NO: there is no such thing, and it has been said. */
int cli_catalogue_show(struct cli *c, const struct mv_catalogue *k);
