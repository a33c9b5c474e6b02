/* expected - of which periods and units figures are expected, and of how many
 * of them they are in. */
#pragma once

#include "services/judging/gather.h"

struct mv_gathering;

/* Is any figure of the term's year expected of its unit? Not where all that is
 * known of some part is a nil with M, throughout the year, nor where nothing is
 * in of a unit that begins after all that is known. */
bool mv_expected_any(const struct mv_judge_env *env, const struct mv_term *term,
                     const struct mv_gathered *got);

/* How many of the year's periods the figures in the value hold, and how many
 * they could. A nil with Q could, one with M could not, unless another of the
 * value's series could. missing: the cells of those that are not; or NULL. */
void mv_expected_periods(const struct mv_judge_env *env,
                         const struct mv_term *term,
                         const struct mv_gathered *got, uint16_t *in,
                         uint16_t *of, struct mv_cells *missing);

/* Counts the children that are in the value, and those that could be; sets
 * the units of ret->basis. */
void mv_expected_units(struct mv_gathering *g);
