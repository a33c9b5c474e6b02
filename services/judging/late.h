/* late - periods that are past due and not in, in order of time. */
#pragma once

#include "services/judging/eval.h"

void mv_late_clear(struct mv_late *l);
void mv_late_merge(struct mv_late *into, const struct mv_late *from);

/* What a criterion with a colour lacks; what one without lacks for its
 * reason. After mv_eval_sides. */
void mv_late_coloured(const struct mv_case *k, struct mv_late *ret);
void mv_late_none(const struct mv_case *k, struct mv_late *ret);
/* What one that is none for another reason lacks of the target's year. */
void mv_late_beside(const struct mv_case *k, struct mv_late *ret);
