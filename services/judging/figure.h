/* figure - one observation into its row, by the version rule. */
#pragma once

#include "services/judging/judge.h"

/* Indices are dense (of the env's catalogue); member may be MV_MEMBER_TOTAL.
 * Numbers are millionths. Checked by ingest before it gets here. */
struct mv_figure {
    uint32_t unit, indicator, member;
    struct mv_period period;
    mv_slot_held held;
    int64_t value; /* of MV_HELD_VALUE */
    int64_t numerator, denominator;
    int64_t time_ms;
    uint64_t seq;
    uint16_t row;
    char flag; /* SDMX letter, 0: none */
    bool withdrawn;
};

typedef enum mv_applied {
    MV_APPLIED_CHANGED, /* it counts now */
    MV_APPLIED_OLDER,   /* ranks below what is held: no effect */
    MV_APPLIED_NOTHING, /* a withdrawal of what is not there: kept as a
                           version, changes no status */
} mv_applied;

/* These are applied next: mv_rowcache_expect of their rows. At most
 * MV_ROWCACHE_EXPECT. */
void mv_figure_expect(const struct mv_judge_env *env,
                      const struct mv_figure *figures, uint32_t count);

/* What its row holds of that unit, member and period now, a withdrawal too;
 * false: nothing. */
bool mv_figure_held(const struct mv_judge_env *env,
                    const struct mv_figure *figure, struct mv_slot *ret);

/* Puts it into its row. corrected (may be NULL): true if a version
 * (a withdrawal too) was replaced. */
mv_applied mv_figure_apply(const struct mv_judge_env *env,
                           const struct mv_figure *figure, bool *corrected);
