/* touched - from what a record changed to the (target, unit) pairs to judge
 * again, each once per record. */
#pragma once

#include "services/judging/plan.h"

struct mv_touched;

struct mv_touched *mv_touched_open(void);
void mv_touched_close(struct mv_touched *t); /* takes NULL */
void mv_touched_clear(struct mv_touched *t); /* keeps the memory */

/* A figure of this unit, indicator and year changed: the unit and all above
 * it, for every target that uses that year. */
void mv_touched_figure(struct mv_touched *t, const struct mv_plan *p,
                       uint32_t unit, uint32_t indicator, int year);
/* This target for this unit, if it is in its scope. */
void mv_touched_pair(struct mv_touched *t, const struct mv_plan *p,
                     uint32_t target, uint32_t unit);
/* This target for all units below `unit` (itself included) in its scope. */
void mv_touched_target(struct mv_touched *t, const struct mv_plan *p,
                       uint32_t target, uint32_t unit);
/* Every target of a new catalogue, for every unit in its scope. */
void mv_touched_all(struct mv_touched *t, const struct mv_plan *p);
/* A new day: what became overdue on it, that is, was due the day before. For
 * the first day of all, or after days that were not told: mv_touched_all. */
void mv_touched_day(struct mv_touched *t, const struct mv_plan *p, int32_t day);

/* All pairs once, by target (the order of the file), then unit. Borrowed
 * until the next call that adds or clears. */
size_t mv_touched_pairs(struct mv_touched *t, const struct mv_pair **ret);
