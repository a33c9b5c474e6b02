/* check_text - what `maalvakt check figures` found: two numbers that should be
 * one, and every figure behind each. */
#pragma once

#include "services/cli/source.h"

struct cli_check_counts {
    uint64_t sure, open; /* open: what is missing may explain it */
};

/* rows of the evaluator's `check`: prints those that are sure, then the
 * others. */
void cli_check_show(struct cli *c, const struct cli_pages *rows,
                    struct cli_source *source, struct cli_check_counts *ret);
/* As JSON Lines, a disagreement before its figures. */
void cli_check_json(struct cli *c, const struct cli_pages *rows,
                    struct cli_source *source, struct cli_check_counts *ret);

/* The two numbers of a disagreement, and what has none. */
void cli_check_numbers(struct cli *c, struct mv_span head);
