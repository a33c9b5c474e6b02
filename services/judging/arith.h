/* arith - what + - * / min max abs do to the numbers that wait. */
#pragma once

#include "services/judging/eval.h"

/* One node of arithmetic, on the topmost of *depth numbers. Bits of reasons:
 * it has no result. */
uint32_t mv_arith_step(const struct mv_node *n, struct mv_side *stack,
                       unsigned *depth);
