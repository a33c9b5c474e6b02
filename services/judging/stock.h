/* stock - what is not there has no stock: of a year in which a unit begins or
 * ends, whose `last` counts no more, and how much a mean that is added up over
 * units weighs. Asked between two rounds of a roll-up; a given stretch, as of
 * `latest`, is made of who has it, and never asked. */
#pragma once

#include "services/judging/gathering.h"

/* After a first round: rounds without what has ended, and with what each unit
 * weighs in a mean, where any begins or ends. */
void mv_stock_settle(struct mv_gathering *g);

/* Is there a column of which nothing counts? */
bool mv_stock_is_empty(const struct mv_gathering *g);

/* Within a round, of the leaves l that stand for `unit` in every column: */

/* those that have ended are in the value no more. */
void mv_stock_leave_out(struct mv_gathering *g, const struct mv_leaves *l,
                        uint32_t unit);
/* Why the unit does not count: 0, MV_LEFT_ENDED, or the bit of no_base where
 * it is there in no part of the year that all columns have. */
uint32_t mv_stock_why_not(struct mv_gathering *g, const struct mv_leaves *l,
                          uint32_t unit);
/* The amount of one unit in column y, its leaves from .. to - 1: so much of it
 * as it is there. */
void mv_stock_weigh(struct mv_gathering *g, const struct mv_leaves *l,
                    uint32_t unit, unsigned y, uint32_t from, uint32_t to,
                    struct mv_amount *a);
