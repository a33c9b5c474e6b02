/* turns - which statuses a proposed catalogue would turn: the evaluator's
 * verb `preview`, asked for page by page, and told. */
#pragma once

#include "services/catalogue/catalogue.h"
#include "services/cli/pages.h"

struct cli_turns {
    struct cli_pages rows; /* those that differ */
    uint64_t judged;       /* of so many */
    uint64_t turned, added, gone, reasons;
};

/* CLI_OK, or it has been said. Done with cli_turns_done either way. */
int cli_turns_ask(struct cli *c, struct cli_link *evaluator,
                  const struct mv_catalogue_files *files,
                  struct cli_turns *ret);
/* One row of the verb; what the counts are made of. */
void cli_turns_take(struct cli_turns *t, struct mv_span row);
/* Those that turn one by one, the others as counts; `all`: every one. */
void cli_turns_show(struct cli *c, const struct cli_turns *t, bool all);
void cli_turns_json(struct cli *c, const struct cli_turns *t);
void cli_turns_done(struct cli_turns *t);
