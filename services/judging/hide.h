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

/* One of them; at: the caller's name of it. suppressed: by itself, whatever it
 * holds. held: the denominator of one that would be shown; NULL: it would not,
 * or has none. Of equals the first is hidden. */
void mv_hide_add(struct mv_hide *h, uint32_t at, bool suppressed,
                 const mv_i128 *held);

/* The one to hide; false: none. */
bool mv_hide_next(const struct mv_hide *h, uint32_t *at);
