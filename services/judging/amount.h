/* amount - what the picked figures of a series' year add up to, with what is
 * forecast beside them. */
#pragma once

#include "services/judging/strand.h"

/* A value of one year. reason other than MV_REASON_NO: there is none. */
struct mv_amount {
    mv_reason reason;
    bool is_pair;          /* the value is num / den, exactly; n is not set */
    bool has_pair;         /* num and den are there */
    bool unweighted;       /* bare values of a ratio */
    bool bare;             /* there is none: they make no pair */
    bool figures;          /* some are in it, not forecasts alone */
    mv_i128 num, den, div; /* sums in millionths, over div: num / div ... */
    mv_i128 held;          /* the denominators of figures, no forecasts */
    struct mv_dec n;
};

/* One figure's value; zero_denominator: 0 / 0, not_computable: too large. */
mv_reason mv_stretch_value(const struct mv_stretch *t, int64_t scale,
                           struct mv_dec *ret);

/* Adds the picked figures and the forecast of s->filled up by the indicator's
 * over_periods; scale as mv_plan_scale. */
struct mv_amount mv_strand_add_up(const struct mv_work *w,
                                  const struct mv_strand *s,
                                  const struct mv_indicator *ind,
                                  int64_t scale);
