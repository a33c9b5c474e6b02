/* figure_cells - a figure as a row of a table: what it says, of what, and the
 * journal record and row that brought it. */
#pragma once

#include "services/cli/source.h"
#include "services/cli/table.h"

/* The columns that cli_figure_cells fills, for an array of struct cli_column;
 * c: the command line. */
#define CLI_FIGURE_COLUMNS(c)                                              \
    {cli_w(c, CLI_W_COL_PERIOD), false, true, 0},                          \
        {cli_w(c, CLI_W_COL_UNIT), false, true, 0},                        \
        {cli_w(c, CLI_W_COL_MEMBER), false, false, 0},                     \
        {cli_w(c, CLI_W_COL_FIGURE), true, true, 0},                       \
        {cli_w(c, CLI_W_COL_FLAG), false, true, 2}, {"", false, false, 1}, \
        {cli_w(c, CLI_W_COL_RECORD), true, true, 0},                       \
    {                                                                      \
        cli_w(c, CLI_W_COL_NOTE), false, false, 3                          \
    }

/* row: a figure of the evaluator's `explain` or `check`. counts: false is
 * said, and dim. The source is closed by who opened it. */
void cli_figure_cells(struct cli *c, struct cli_table *t, struct mv_span row,
                      bool counts, struct cli_source *source);
/* The same as JSON, with the note of its journal row. */
void cli_figure_json(struct cli *c, struct mv_span row,
                     struct cli_source *source);
