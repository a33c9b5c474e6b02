/* needed - what the missing periods must average for a criterion to hold. */
#pragma once

#include "services/judging/eval.h"

/* Sets r->needed and what stands with it: asked where one side is the target's
 * own `value` alone, the other does not move with them, and periods are
 * missing; given where every series that counts holds the same ones. Of a
 * ratio, what is secured or impossible is so unless its denominators get
 * larger. Call it right after mv_eval_sides, with r->status green if it
 * holds. */
void mv_needed_find(const struct mv_case *k, const struct mv_criterion *q,
                    const struct mv_side *left, const struct mv_side *right,
                    struct mv_ruling *r);
