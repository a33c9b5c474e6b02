/* left_out - the parts that have figures which cannot count. */
#pragma once

#include "services/judging/gathering.h"

/* One more; MV_MEMBER_TOTAL: all of the unit. why: bits as of a gathered
 * value, which knows no due dates. */
void mv_left_out_add(struct mv_gathering *g, uint32_t unit, uint32_t member,
                     uint32_t why);

/* Once all is added: a unit of which nothing at all counts is named itself;
 * instead of what lies below it, where years are compared. */
void mv_left_out_name(struct mv_gathering *g);
