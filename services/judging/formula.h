/* formula - a derived indicator's number, out of those of its parts. */
#pragma once

#include "services/judging/gather.h"

/* Is what the term names derived? */
bool mv_formula_makes(const struct mv_plan *plan, const struct mv_term *t);

/* The number of a gathered term, pushed or derived, in its y-th year; bits of
 * reasons: it has none. */
uint32_t mv_formula_number(const struct mv_plan *plan, const struct mv_term *t,
                           const struct mv_gathered *got, unsigned y,
                           struct mv_dec *ret);
