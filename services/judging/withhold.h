/* withhold - the numbers of a judgement that are not sent: those that would,
 * with the unit above's and the others' below it, tell the one beside it that
 * is suppressed. */
#pragma once

#include "services/judging/judge.h"

/* One ruling's numbers, of one unit. */
struct mv_hidden {
    uint32_t ruling, unit;
};

/* What is hidden of the units below one, kept as those beside each other are
 * asked for in turn: none of it holds any more when rows, the day or the
 * catalogue are others. Zero-initialise; mv_withheld_done. */
struct mv_withheld {
    bool known;
    uint32_t target, above;
    struct mv_hidden *at;
    uint32_t count, cap;
};

void mv_withheld_forget(struct mv_withheld *w);
void mv_withheld_done(struct mv_withheld *w);

/* Takes them from j, as mv_judge left it: value, margin, what is needed, and
 * the limit where its side names figures. Such a ruling is `hidden`. */
void mv_withhold(const struct mv_judge_env *env, struct mv_judgement *j,
                 struct mv_withheld *w);
