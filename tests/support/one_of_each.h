/* one_of_each - a small world with one of everything that is judged, stated
 * or shown: members and their total, growth, forecasts, limits, a formula,
 * assessments, holds, commissions, what is suppressed, late or withdrawn. */
#pragma once

#include "services/evaluator/verbs.h"
#include "tests/support/evaluating.h"

/* A set-up; the teardown is evaluating.h's. */
int one_of_each(void **state);

/* args: "target=x year=2024". ret->rows is the caller's to free, always. */
mv_rc one_of_each_ask(struct fixture *f, const char *verb, const char *args,
                      struct evaluator_page *ret, struct evaluator_refusal *no);
