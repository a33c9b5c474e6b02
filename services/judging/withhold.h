/* withhold - the numbers of a judgement that are not sent: those that would,
 * with the unit above's and the others' below it, tell the one beside it that
 * is suppressed; and those of the units below such a one, which tell its. */
#pragma once

#include "services/judging/judge.h"

/* One ruling's numbers, of one unit. */
struct mv_hidden {
    uint32_t ruling, unit;
};

/* What is hidden of the units just below one. */
struct mv_withheld_below {
    bool known;
    uint32_t target, above;
    struct mv_hidden *at;
    uint32_t count, cap;
};

#define MV_WITHHELD_LEVELS 4 /* deeper ones share their places */

/* Of each level of units that which was last asked for: in the order of a
 * catalogue those beside each other come in turn, or each with those below it.
 * None of it holds any more when rows, the day or the catalogue are others.
 * Zero-initialise; mv_withheld_done. */
struct mv_withheld {
    struct mv_withheld_below level[MV_WITHHELD_LEVELS];
};

void mv_withheld_forget(struct mv_withheld *w);
void mv_withheld_done(struct mv_withheld *w);

/* Takes them from j, as mv_judge left it: value, margin, what is needed, and
 * the limit where its side names figures. Such a ruling is `hidden`. */
void mv_withhold(const struct mv_judge_env *env, struct mv_judgement *j,
                 struct mv_withheld *w);
