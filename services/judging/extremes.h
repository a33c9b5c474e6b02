/* extremes - the lowest and the highest of several numbers, and how far they
 * are apart: of the units below one. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "services/base/decimal.h"

/* Zero-initialise; the numbers that count are added in any order. */
struct mv_extremes {
    struct mv_dec low, high;
    bool any;
};

void mv_extremes_add(struct mv_extremes *x, struct mv_dec n);

/* What a node of this kind is worth: MV_NODE_LOWEST, HIGHEST or SPREAD. Bits
 * of reasons: of none, or too far apart for a number. */
uint32_t mv_extremes_value(const struct mv_extremes *x, uint8_t kind,
                           struct mv_dec *ret);
