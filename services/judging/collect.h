/* collect - the series that hold something for a term, column by column; and,
 * of those that hold nothing, why. */
#pragma once

#include "services/judging/gathering.h"

/* Loads the column's strands into g->all and g->visited_*. */
void mv_collect_column(struct mv_gathering *g, unsigned y);

/* Bits of reasons: withdrawn, suppressed. */
uint32_t mv_collect_reasons(const struct mv_strand *s);

/* Why nothing is in for a column, of the unit and those below it. */
uint32_t mv_collect_why_nothing(const struct mv_gathering *g, unsigned y,
                                const struct mv_unit *within);
