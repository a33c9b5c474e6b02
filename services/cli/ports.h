/* ports - addresses of an installation's doors: chosen free once, kept, and
 * chosen again only where nobody outside has been told of them. */
#pragma once

#include "services/cli/cli.h"
#include "services/cli/place.h"

enum { CLI_PORTS_MAX = 8 };

/* Sockets that keep the ports from other programs, but not from the services,
 * be they started yet or again. */
struct cli_ports {
    int held[CLI_PORTS_MAX];
    unsigned count;
};

/* Fills in every address of the place that is empty, and holds them. A kept
 * one whose port is taken: another for control and live, refused for the two
 * public doors (CLI_CONFIG, said): trusts and subscribers have them. listen:
 * ingest's public address from now on, or NULL. */
int cli_ports_choose(struct cli *c, struct cli_place *place, const char *listen,
                     struct cli_ports *ports);
void cli_ports_let_go(struct cli_ports *ports);
