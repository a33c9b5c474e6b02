/* numbers - the three numbers of a status or a criterion, and how they are
 * shown: in their measure, large sums in millions, the margin as the
 * difference of the others. */
#pragma once

#include "services/base/decimal.h"
#include "services/cli/phrase.h"
#include "services/cli/rows.h"

struct cli_numbers {
    struct mv_span value, limit, margin; /* empty: it is not there */
    struct cli_shown with, bare; /* with its measure; without, but of percent */
    bool millions;
    char text[3][MV_DEC_TEXT_BYTES];
};

/* Of a row with `value limit margin measure decimals`, or `reported`. Its
 * address must not move: spans may lie in it. */
void cli_numbers_read(struct mv_span row, struct cli_numbers *n);

/* Another number of the same row, in millions if those are; out is room. */
struct mv_span cli_numbers_scale(const struct cli_numbers *n,
                                 struct mv_span text,
                                 char out[MV_DEC_TEXT_BYTES]);

/* From ten million kroner on. */
bool cli_is_large(struct mv_span text);
/* From here on in millions. */
void cli_numbers_millions(struct cli_numbers *n);

/* Decimals and measure of a row or change. */
struct cli_shown cli_shown_of(struct mv_span row);
