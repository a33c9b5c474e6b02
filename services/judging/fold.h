/* fold - members into a total, children into their parent: amounts of all
 * years of a term at once, so that a part counts in all of them or in none. */
#pragma once

#include "services/judging/amount.h"

#define MV_TERM_YEARS_MAX 16

struct mv_fold_sum {
    struct mv_dec n;
    mv_i128 num, den, div, held; /* as of an amount */
    bool has_pair, overflow, figures;
};

struct mv_folding {
    mv_fold how; /* MV_FOLD_SUM or MV_FOLD_RATIO */
    int64_t scale;
    unsigned years, count;
    bool unweighted;
    struct mv_fold_sum sums[MV_TERM_YEARS_MAX];
    /* where no part counts in all years: each year's own, and bits of the
     * reasons of those that do not count even there */
    struct mv_fold_sum alone[MV_TERM_YEARS_MAX];
    unsigned alone_count[MV_TERM_YEARS_MAX];
    uint32_t reasons[MV_TERM_YEARS_MAX];
};

void mv_fold_start(struct mv_folding *f, mv_fold how, int64_t scale,
                   unsigned years);
/* False: the part cannot count (no pair for a ratio, no value for a sum). */
bool mv_fold_add(struct mv_folding *f, const struct mv_amount *amounts);
/* One amount per year; with nothing counted, the first reason, and the pair
 * of what would count in that year alone (it may be suppressed). */
void mv_fold_end(const struct mv_folding *f, struct mv_amount *ret);

/* The number; MV_REASON_NO, or why there is none. */
mv_reason mv_amount_number(const struct mv_amount *a, int64_t scale,
                           struct mv_dec *ret);

/* Sets of reasons: a bit each; the first that applies. */
#define MV_REASON_BIT(r) (1u << (unsigned)(r))
mv_reason mv_reason_first(uint32_t bits);
