/* near - "did you mean": the nearest of the names that exist. */
#pragma once

#include "services/catalogue/catalogue.h"
#include "services/cli/cli.h"

/* Insertions, deletions, exchanges, and neighbours swapped (optimal string
 * alignment) from a to b; above `most`, or one of them above 64 bytes:
 * most + 1. */
unsigned cli_near_distance(struct mv_span a, struct mv_span b, unsigned most);

/* Zero-initialise but for `want`. */
struct cli_near {
    struct mv_span want;
    char best[65];
    unsigned distance; /* of best; only if found */
    bool found;
};
/* One name that exists. What is as far as a third of its letters, or more, is
 * no likely mistake, nor what shares no letter; upper and lower case are the
 * same. */
void cli_near_try(struct cli_near *n, struct mv_span name);

typedef enum cli_thing {
    CLI_THING_UNIT,
    CLI_THING_REGION,
    CLI_THING_INDICATOR,
    CLI_THING_TARGET,
    CLI_THING_COMMISSION,
    CLI_THING_MEMBER,
} cli_thing;
/* All of a kind; a name that matches goes by its title too. */
void cli_near_catalogue(struct cli_near *n, const struct mv_catalogue *c,
                        cli_thing thing);

/* " – mener du `ahus`?", or nothing. Appends. */
void cli_near_put(const struct cli *c, const struct cli_near *n,
                  struct mv_buf *out);
