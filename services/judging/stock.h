/* stock - what is not there has no stock: of a year in which a unit begins or
 * ends, whose `last` counts no more, and how much a mean that is added up over
 * units weighs. Asked between two rounds of a roll-up of one year alone: of
 * several, what all have is compared, where nobody's stock stands twice. A
 * given stretch, as of `latest`, is made of who has it, and never asked. */
#pragma once

#include "services/judging/gathering.h"

/* After a first round: rounds without what has ended, and with what each unit
 * weighs in a mean, where any begins or ends. */
void mv_stock_settle(struct mv_gathering *g);

/* Is there a column of which nothing counts? */
bool mv_stock_is_empty(const struct mv_gathering *g);

/* Of a unit just below: is it there no more where what is in of a `last` ends?
 * No figure is expected of it then. */
bool mv_stock_is_over(const struct mv_gathering *g, const struct mv_unit *u);

/* Within a round, of the leaves l that stand for `unit` in every column: */

/* those that have ended are in the value no more. */
void mv_stock_leave_out(struct mv_gathering *g, const struct mv_leaves *l,
                        uint32_t unit);
/* Why the unit does not count: 0, or MV_LEFT_ENDED. */
uint32_t mv_stock_why_not(struct mv_gathering *g, const struct mv_leaves *l);
/* The amount of one unit in column y, its leaves from .. to - 1: times the
 * cells of the mean in which it is there. */
void mv_stock_weigh(const struct mv_gathering *g, unsigned y, uint32_t from,
                    uint32_t to, struct mv_amount *a);

/* After a round: what was weighed so, by all cells of the mean. */
void mv_stock_divide(struct mv_gathering *g);
