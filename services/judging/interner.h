/* interner - stable numbers in memory, for tests and the command line. */
#pragma once

#include "services/judging/plan.h"

struct mv_interner;

struct mv_interner *mv_interner_open(void);
void mv_interner_close(struct mv_interner *i); /* takes NULL */
/* Borrows the interner. */
struct mv_intern mv_interner_calls(struct mv_interner *i);
