/* collect - the series that hold something for a term, year by year; and, of
 * those that hold nothing, why. */
#pragma once

#include "services/judging/gathering.h"

/* Loads the year's strands into g->all and g->visited_*. */
void mv_collect_year(struct mv_gathering *g, unsigned y);

/* Does this unit, below the term's own, count in the year? */
bool mv_collect_counts(const struct mv_gathering *g, uint32_t unit, int year);

/* Bits of reasons: withdrawn, suppressed. */
uint32_t mv_collect_reasons(const struct mv_strand *s);

/* Why nothing is in for a year, of the unit and those below it. */
uint32_t mv_collect_why_nothing(const struct mv_gathering *g, unsigned y,
                                const struct mv_unit *within);
