/* rollup - a term's amounts from the leaves of all its columns: members into
 * their total, units into the one above. */
#pragma once

#include "services/judging/gathering.h"

/* Every column of g->all holds a leaf. Sets ret->amounts, or ret->reasons; and
 * whole_base and left_out of the basis. */
void mv_rollup(struct mv_gathering *g);
/* Before leaves are picked once more: nothing of it counts yet. */
void mv_rollup_start_over(struct mv_gathering *g);
