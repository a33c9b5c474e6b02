/* inforce - the catalogue in force, as ingest's journal has it. */
#pragma once

#include "services/catalogue/catalogue.h"
#include "services/cli/connect.h"

struct cli_inforce {
    uint64_t seq; /* of its record; 0: there is none yet */
    struct mv_catalogue_files files;
    struct mv_catalogue *catalogue; /* NULL: none */
};

/* CLI_OK, or it has been said. */
int cli_inforce_get(struct cli *c, struct cli_link *ingest,
                    struct cli_inforce *ret);
void cli_inforce_done(struct cli_inforce *f);
