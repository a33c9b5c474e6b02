/* witness - the answers that were kept when figures were pushed from here,
 * each held against the journal: a tail that was cut off or rewritten with
 * its chain does not agree with them. */
#pragma once

#include "services/cli/connect.h"

struct cli_witnesses {
    uint64_t checked;
    uint64_t bad;  /* the least record that differs; 0: none */
    unsigned busy; /* spools left out: a push is running */
    char text[256];
};

/* All spools of the installation's directory. ingest: its control door. */
int cli_witness_all(struct cli *c, struct cli_link *ingest,
                    struct cli_witnesses *ret);
