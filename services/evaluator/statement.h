/* statement - a record that a person stated (proto/statement.h) and the
 * passing of days, which ends some of them. */
#pragma once

#include "services/evaluator/evaluator.h"

/* In the open transaction. MV_POISON: no statement; nothing changed. */
MV_CHECKED mv_rc evaluator_statement_apply(struct evaluator *e,
                                           const struct mv_record *record,
                                           struct mv_err *err);

/* A new day, from the `clock` record of that cause: what ends, falls due or
 * was held until the day before is judged again. */
void evaluator_day_apply(struct evaluator *e, int32_t day,
                         const struct evaluator_cause *cause);
