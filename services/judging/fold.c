/* fold - see fold.h. Job: add parts up. Invariant: sums are exact, so the
 * order of the parts never shows. No state outside the caller's: a crash
 * leaves nothing. */
#include "services/judging/fold.h"

#include "services/base/err.h"
#include "services/judging/forecast.h"

mv_reason mv_reason_first(uint32_t bits)
{
    return bits == 0 ? MV_REASON_NO : (mv_reason)__builtin_ctz(bits);
}

mv_reason mv_amount_number(const struct mv_amount *a, int64_t scale,
                           struct mv_dec *ret)
{
    if (a->reason != MV_REASON_NO)
        return a->reason;
    if (!a->is_pair) {
        *ret = a->n;
        return MV_REASON_NO;
    }
    return mv_dec_ratio(ret, a->num, a->den, scale) ? MV_REASON_NO
                                                    : MV_REASON_NOT_COMPUTABLE;
}

void mv_fold_start(struct mv_folding *f, unsigned columns)
{
    MV_ASSERT(columns <= MV_TERM_COLUMNS_MAX);
    f->columns = columns;
    f->count = 0;
    f->unweighted = f->bare = false;
    for (unsigned y = 0; y < columns; y++) {
        f->sums[y] = f->alone[y] =
            (struct mv_fold_sum){.has_pair = true, .div = 1};
        f->alone_count[y] = 0;
        f->reasons[y] = 0;
    }
}

/* Why an amount cannot count, or MV_REASON_NO. */
static mv_reason unusable(const struct mv_folding *f, unsigned y,
                          const struct mv_amount *a)
{
    if (f->how[y] != MV_FOLD_RATIO)
        return a->reason;
    /* a pair may be of parts that another column has not: see fold_end */
    return a->has_pair && a->reason != MV_REASON_NOT_COMPUTABLE
               ? MV_REASON_NO
               : MV_REASON_NOT_COMPUTABLE;
}

/* Its figures are there, and no pair of them. */
static bool is_bare(const struct mv_folding *f, unsigned y,
                    const struct mv_amount *a)
{
    return f->how[y] == MV_FOLD_RATIO && !a->has_pair &&
           (a->reason == MV_REASON_NO || a->bare);
}

uint32_t mv_fold_why(const struct mv_folding *f,
                     const struct mv_amount *amounts)
{
    uint32_t bits = 0;
    for (unsigned y = 0; y < f->columns; y++) {
        mv_reason why = unusable(f, y, &amounts[y]);
        if (why != MV_REASON_NO)
            bits |= is_bare(f, y, &amounts[y]) ? MV_LEFT_UNWEIGHTED
                                               : MV_REASON_BIT(why);
    }
    return bits;
}

static void add_one(struct mv_folding *f, unsigned y, struct mv_fold_sum *sum,
                    const struct mv_amount *a)
{
    struct mv_dec n;
    sum->has_pair &= a->has_pair;
    struct mv_exact_pair pair = {sum->num, sum->den, sum->div};
    const struct mv_exact_pair more = {a->num, a->den, a->div};
    if (pair.div == 1 && more.div == 1) {
        pair.num += more.num;
        pair.den += more.den;
    } else if (a->has_pair && !mv_exact_add(&pair, &more)) {
        sum->overflow = true;
    }
    sum->num = pair.num;
    sum->den = pair.den;
    sum->div = pair.div;
    sum->held += a->held;
    sum->figures |= a->figures;
    f->unweighted |= a->unweighted;
    if (f->how[y] == MV_FOLD_RATIO)
        return;
    if (mv_amount_number(a, f->scale[y], &n) != MV_REASON_NO ||
        !mv_dec_add(&sum->n, sum->n, n))
        sum->overflow = true;
}

static void add_alone(struct mv_folding *f, const struct mv_amount *amounts)
{
    for (unsigned y = 0; y < f->columns; y++) {
        mv_reason why = unusable(f, y, &amounts[y]);
        bool pair = f->how[y] == MV_FOLD_RATIO && amounts[y].has_pair;
        f->bare |= is_bare(f, y, &amounts[y]);
        if (why != MV_REASON_NO && !pair) {
            f->reasons[y] |= MV_REASON_BIT(why);
            continue;
        }
        add_one(f, y, &f->alone[y], &amounts[y]);
        f->alone_count[y]++;
    }
}

bool mv_fold_add(struct mv_folding *f, const struct mv_amount *amounts)
{
    for (unsigned y = 0; y < f->columns; y++) {
        if (unusable(f, y, &amounts[y]) != MV_REASON_NO) {
            add_alone(f, amounts);
            return false;
        }
    }
    for (unsigned y = 0; y < f->columns; y++)
        add_one(f, y, &f->sums[y], &amounts[y]);
    f->count++;
    return true;
}

static struct mv_amount amount_of(const struct mv_folding *f, unsigned y,
                                  const struct mv_fold_sum *sum)
{
    struct mv_amount a = {.has_pair = sum->has_pair,
                          .num = sum->num,
                          .den = sum->den,
                          .div = sum->div,
                          .held = sum->held,
                          .figures = sum->figures,
                          .n = sum->n,
                          .unweighted = f->unweighted};
    if (f->how[y] == MV_FOLD_RATIO) {
        a.is_pair = true;
        if (sum->overflow)
            a.reason = MV_REASON_NOT_COMPUTABLE;
        else if (sum->den == 0)
            a.reason = MV_REASON_ZERO_DENOMINATOR;
    } else if (sum->overflow) {
        a.reason = MV_REASON_NOT_COMPUTABLE;
    }
    return a;
}

void mv_fold_end(const struct mv_folding *f, struct mv_amount *ret)
{
    for (unsigned y = 0; y < f->columns; y++) {
        if (f->count > 0) {
            ret[y] = amount_of(f, y, &f->sums[y]);
            continue;
        }
        /* different parts in each column are never held against each other */
        ret[y] = amount_of(f, y, &f->alone[y]);
        ret[y].has_pair &= f->alone_count[y] > 0;
        ret[y].bare = f->bare;
        ret[y].reason = f->alone_count[y] > 0 ? MV_REASON_NOT_COMPUTABLE
                                              : mv_reason_first(f->reasons[y]);
    }
}
