/* hide - of several numbers that are shown beside their sum, which must not
 * be: where exactly one is suppressed, the sum and the others would tell it,
 * so the next smallest is hidden too. Units below one, or periods of a year. */
#pragma once

#include "services/base/decimal.h"

/* Zero-initialise; the numbers are added in any order. */
struct mv_hide {
    uint32_t suppressed, next;
    mv_i128 least;
    bool any;
};

void mv_hide_suppressed(struct mv_hide *h);
/* One that would be shown; held: its denominator. at: the caller's name of it.
 * Of equals the first is hidden. */
void mv_hide_shown(struct mv_hide *h, uint32_t at, mv_i128 held);

/* The one to hide; false: none. */
bool mv_hide_next(const struct mv_hide *h, uint32_t *at);
