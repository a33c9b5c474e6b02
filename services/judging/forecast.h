/* forecast - what the missing periods of a series' year are taken to be. */
#pragma once

#include "services/judging/amount.h"

#define MV_RECENT_OTHERWISE 3 /* where there is no season to go by */

/* How a series' missing periods are filled. */
typedef enum mv_way {
    MV_WAY_RECENT,   /* by the mean of the last s->recent in */
    MV_WAY_SEASONAL, /* by last year's */
    MV_WAY_LAST,     /* the last figure is carried on */
    MV_WAYS,
} mv_way;

/* How s->filled is: as pairs, or as plain numbers. */
mv_way mv_forecast_way(const struct mv_work *w, const struct mv_strand *s,
                       const struct mv_indicator *ind, int64_t scale,
                       bool pairs);

/* An exact pair of sums: num / div and den / div, in millionths. */
struct mv_exact_pair {
    mv_i128 num, den, div; /* div > 0 */
};

/* Adds b to a over a common divisor; false: out of range. */
bool mv_exact_add(struct mv_exact_pair *a, const struct mv_exact_pair *b);

/* What s->filled amounts to. Pair: false: some figure is a bare value, or it
 * is out of range (*reason tells which; MV_REASON_NO: bare). */
bool mv_forecast_pair(const struct mv_work *w, const struct mv_strand *s,
                      const struct mv_indicator *ind, int64_t scale,
                      struct mv_exact_pair *ret, mv_reason *reason);

/* Plain numbers: of sums the sum, of means the number of each cell, added up;
 * total / over, in units of 1e-12. */
struct mv_forecast_total {
    mv_i128 total, over;
};
mv_reason mv_forecast_plain(const struct mv_work *w, const struct mv_strand *s,
                            const struct mv_indicator *ind, int64_t scale,
                            struct mv_forecast_total *ret);
