/* reported - what a target that asks nothing of its figures (report_only,
 * under_development, assessed) shows of them: the year's value of its own
 * indicator, and of each member where they make no total. It judges nothing. */
#pragma once

#include "services/catalogue/target.h"

/* How many such series; 0: it is judged by figures, or has none of its own. */
uint32_t mv_reported_count(const struct mv_catalogue *c,
                           const struct mv_target *t);

/* The i-th: the total, then the members. */
struct mv_node mv_reported_node(const struct mv_target *t, uint32_t i);
