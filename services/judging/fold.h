/* fold - members into a total, children into their parent: amounts of all
 * columns of a term (its years, and of a derived indicator its parts) at once,
 * so that a member or child counts in all of them or in none. */
#pragma once

#include "services/judging/amount.h"

#define MV_TERM_COLUMNS_MAX 48

struct mv_fold_sum {
    struct mv_dec n;
    mv_i128 num, den, div, held; /* as of an amount */
    bool has_pair, overflow, figures;
};

struct mv_folding {
    mv_fold how[MV_TERM_COLUMNS_MAX]; /* MV_FOLD_SUM or MV_FOLD_RATIO */
    int64_t scale[MV_TERM_COLUMNS_MAX];
    unsigned columns, count;
    bool unweighted;
    bool bare; /* a ratio's part came without its pair */
    struct mv_fold_sum sums[MV_TERM_COLUMNS_MAX];
    /* where nothing counts in all columns: each one's own, and bits of the
     * reasons of what does not count even there */
    struct mv_fold_sum alone[MV_TERM_COLUMNS_MAX];
    unsigned alone_count[MV_TERM_COLUMNS_MAX];
    uint32_t reasons[MV_TERM_COLUMNS_MAX];
};

/* Nothing yet; then the caller sets how and scale of every column. */
void mv_fold_start(struct mv_folding *f, unsigned columns);
/* False: the part cannot count (no pair for a ratio, no value for a sum). */
bool mv_fold_add(struct mv_folding *f, const struct mv_amount *amounts);
/* Why these cannot: bits as of a mv_left_out; 0: they can. */
uint32_t mv_fold_why(const struct mv_folding *f,
                     const struct mv_amount *amounts);
/* One amount per column; with nothing counted, the first reason, and the pair
 * of what would count in that column alone (it may be suppressed). */
void mv_fold_end(const struct mv_folding *f, struct mv_amount *ret);

/* The number; MV_REASON_NO, or why there is none. */
mv_reason mv_amount_number(const struct mv_amount *a, int64_t scale,
                           struct mv_dec *ret);

/* Sets of reasons: a bit each; the first that applies. */
#define MV_REASON_BIT(r)  (1u << (unsigned)(r))
#define MV_NOT_COMPUTABLE MV_REASON_BIT(MV_REASON_NOT_COMPUTABLE)
mv_reason mv_reason_first(uint32_t bits);
