/* one_of_each - a small world with one of everything that is judged, stated
 * or shown: members and their total, growth, forecasts, limits, a formula,
 * assessments, holds, commissions, what is suppressed, late or withdrawn. */
#pragma once

#include "tests/support/evaluating.h"

/* A set-up; the teardown is evaluating.h's. */
int one_of_each(void **state);
