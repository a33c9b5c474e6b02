/* left_out - the parts that have figures which cannot count. */
#pragma once

#include "services/judging/gathering.h"

/* One more; MV_MEMBER_TOTAL: all of the unit. */
void mv_left_out_add(struct mv_gathering *g, uint32_t unit, uint32_t member);

/* Once all is added: a unit of which nothing at all counts is named itself;
 * instead of what lies below it, where years are compared. */
void mv_left_out_name(struct mv_gathering *g);
