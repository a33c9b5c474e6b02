/* ports - addresses of an installation's doors: chosen free once, kept, and
 * chosen again only where nobody outside has been told of them. */
#pragma once

#include "services/cli/cli.h"
#include "services/cli/place.h"

/* Fills in every address of the place that is empty. A kept one whose port is
 * taken: another for control and live, refused for the two public doors
 * (CLI_CONFIG, said): trusts and subscribers have them. listen: ingest's
 * public address from now on, or NULL. */
int cli_ports_choose(struct cli *c, struct cli_place *place,
                     const char *listen);
