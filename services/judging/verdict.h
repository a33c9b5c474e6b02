/* verdict - only the colour, and only where it is plain: most figures change
 * nothing, and to know that takes less than a judgement. */
#pragma once

#include "services/judging/judge.h"

/* True: *ret is the colour that mv_judge would give. False: it has to be
 * asked (the target's form, no figures, overlaps, suppression, a missed
 * `require` before a yellow line). Target and unit are dense indices. */
bool mv_verdict(const struct mv_judge_env *env, uint32_t target, uint32_t unit,
                mv_status *ret);
