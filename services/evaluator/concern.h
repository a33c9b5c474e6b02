/* concern - which units a target or a commission is for, and what is answered
 * to who asks of another: not that figures are missing, but that it is not
 * judged for that unit, and for whom it is. */
#pragma once

#include "services/evaluator/verbs.h"

/* MV_OK: the target is judged for the unit. MV_AGAIN: refused. */
MV_CHECKED mv_rc evaluator_concerns(const struct evaluator *e,
                                    const struct mv_pair *pair,
                                    struct evaluator_refusal *no);
/* The same of a commission; dense indices. */
MV_CHECKED mv_rc evaluator_concerns_commission(const struct evaluator *e,
                                               uint32_t commission,
                                               uint32_t unit,
                                               struct evaluator_refusal *no);
