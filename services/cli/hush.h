/* hush - what is said for a while is kept back: it is said after all, or what
 * was meant stands in its place. That something is waited for is shown. */
#pragma once

#include "services/cli/cli.h"

/* Where it was begun, until it is done; one within another is said into it. */
struct cli_hush {
    struct mv_buf text;
    struct mv_buf *before;
};

/* What goes to c->err by cli_err_put, until the end. */
void cli_hush_begin(struct cli *c, struct cli_hush *h);
void cli_hush_end(struct cli *c, struct cli_hush *h);
/* Behind the end, once: says it, or forgets it. */
void cli_hush_done(struct cli *c, struct cli_hush *h, bool say);
