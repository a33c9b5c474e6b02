/* engine - the number of the rules by which figures become statuses. It is
 * raised when the golden replay gives other results, and only then
 * (tests/unit/test_evaluator_golden.c): a store made by another engine does
 * not serve until `maalvakt-evaluator rebuild` has made its rows anew. */
#pragma once

#define EVALUATOR_ENGINE 11u

/* How the rows of the store are written; newer is refused by the store. */
#define EVALUATOR_FORMAT 1u
