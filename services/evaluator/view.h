/* view - the evaluator as it was at a record of the journal: an empty store,
 * the records up to there, and then only questions. Made by `maalvakt report`
 * and gone with it. */
#pragma once

#include "services/evaluator/evaluator.h"
#include "services/evaluator/settings.h"

/* Fills what the settings bound. MV_CONFIG: a bound that is none. */
MV_CHECKED mv_rc evaluator_view_options(const struct evaluator_view_settings *v,
                                        struct evaluator_options *o,
                                        struct mv_err *err);

/* Before the evaluator is opened: what operators let pass lies in the view's
 * store too. MV_CONFIG: the store is not empty; it may be the service's own.
 */
MV_CHECKED mv_rc evaluator_view_prepare(const struct evaluator_view_settings *v,
                                        struct mv_store *store,
                                        struct mv_err *err);
