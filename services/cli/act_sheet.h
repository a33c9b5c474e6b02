/* act_sheet - a CSV of acts, one a row, to acts: columns by name in any order,
 * in Norwegian or the protocol's words. */
#pragma once

#include "services/catalogue/arena.h"
#include "services/cli/act.h"

#define CLI_ACTS_BYTES (16u << 20) /* of a file */
#define CLI_ACTS_MAX   10000u      /* rows of one */

/* Zero-initialise; cli_act_sheet_done. */
struct cli_act_sheet {
    struct cli_act *acts; /* spans of the arena, or of what else was given */
    size_t count, cap;
    struct mv_arena texts;
    uint32_t faults;
};

/* Reads all of the file. What stands in `more` is taken where a row is empty
 * or the column is not there. A column with the source (`where`, `kilde`)
 * goes behind the comment, in brackets. Every fault is said on c->err as
 * `file:line: what`. False: there was one. */
bool cli_act_sheet_read(struct cli *c, const struct cli_act *more,
                        const char *file, struct cli_act_sheet *s);
void cli_act_sheet_done(struct cli_act_sheet *s);
