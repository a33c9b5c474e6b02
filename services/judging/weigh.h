/* weigh - what a criterion's two sides are made of: each term in each of its
 * years, and each unit just below: of a roll-up with its share and its pull;
 * of lowest, highest, spread and share(units: ...) with what it counted for.
 * With the figures of explain.h a status can be redone by hand. */
#pragma once

#include "services/judging/forecast.h"

#define MV_NAMED_MAX 64

/* Periods by name: the first by time, and no more than that. */
struct mv_named {
    uint16_t count, of; /* of: with those that are not named */
    struct mv_period at[MV_NAMED_MAX];
};

/* A number behind a criterion. Dense indices. */
struct mv_piece {
    uint32_t criterion, member; /* of the ruling; MV_NONE: of reported.h */
    uint8_t kind;               /* mv_node_kind: VALUE, LATEST, GROWTH (its
                                   two years), LOWEST (of several units: of
                                   a share, too) */
    bool below;                 /* of a unit just below, else of the unit */
    bool of_base; /* of a year that the target's is held against */
    uint32_t unit, indicator, of_member;
    int32_t year;
    bool has_n;      /* always, but where a reason stands, or excepted */
    bool unweighted; /* below: counts for nothing, for want of a pair */
    bool ended;      /* below: likewise, for it has ended: stock.h */
    struct mv_dec n;
    bool is_pair, has_share, has_pull, has_adds;
    struct mv_dec num, den; /* is_pair */
    struct mv_dec adds;     /* below: what of n stands in the sum, where that
                               is not n: stock.h */
    struct mv_dec share;    /* below: of the sum or the denominator, in % */
    struct mv_dec pull;     /* below: the unit's value, less what it would be
                               without this one */
    /* LOWEST: why the unit is left out; of a share that it counts in, and of
       a roll-up, why its number may not be told. excepted: by the indicator,
       or not there */
    mv_reason reason;
    bool excepted;
    bool judged, holds; /* of a share: the condition, for this unit */
    /* of a rate: what the number is divided by; NULL: of none. Borrowed */
    const struct mv_population *inhabitants;
    /* not below, of the target's year: whole periods that are not in; those
       that were filled, by how: more than one way, where they differ by unit
       or member */
    struct mv_named missing, assumed[MV_WAYS];
    uint16_t without; /* how many are missing of which nothing is assumed */
    unsigned recent;  /* MV_WAY_RECENT: of the last so many */
};

/* Pieces come in parts, so that many need not be made at once: one part for
 * each criterion and member of the target's `require`, in its order, or for
 * each series of reported.h. */
uint32_t mv_weigh_parts(const struct mv_judge_env *env, uint32_t target);

/* Calls `each` for the pieces of one part: the unit's own number of a term and
 * year (of a derived indicator, then of each of its parts), and of the
 * target's year, where that is rolled up, those below in the order of the
 * catalogue. What has no number is left out there, but where it is suppressed
 * or would tell a suppressed one; of kind LOWEST it is told why. Stops when it
 * returns false. */
void mv_weigh(const struct mv_judge_env *env, uint32_t target, uint32_t unit,
              uint32_t part,
              bool (*each)(void *ctx, const struct mv_piece *piece), void *ctx);
