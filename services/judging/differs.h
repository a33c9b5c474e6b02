/* differs - where a unit's own figures count alone, and the units below say
 * something else. A report shows it, so what would tell a number that may not
 * be told is left out. */
#pragma once

#include "services/judging/check.h"

/* Of the judgement's unit and year: calls `each` for every disagreement
 * between the unit's own figures of the indicator that a ruling names, counted
 * alone, and the units below; each once, in mv_check's order; stops when it
 * returns false. None of an indicator with min_denominator, nor of a series
 * of which a figure below is suppressed. */
void mv_differs(const struct mv_judge_env *env, const struct mv_judgement *j,
                uint32_t indicator,
                bool (*each)(void *ctx, const struct mv_disagreement *d),
                void *ctx);
