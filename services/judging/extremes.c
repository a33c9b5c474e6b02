/* extremes - see extremes.h. Job: lowest, highest and spread, said once for a
 * criterion and for a curve. Invariant: low <= high once there is a number.
 * Numbers only: a crash leaves nothing. */
#include "services/judging/extremes.h"

#include "services/catalogue/lang.h"
#include "services/judging/fold.h"

void mv_extremes_add(struct mv_extremes *x, struct mv_dec n)
{
    x->low = x->any ? mv_dec_min(x->low, n) : n;
    x->high = x->any ? mv_dec_max(x->high, n) : n;
    x->any = true;
}

uint32_t mv_extremes_value(const struct mv_extremes *x, uint8_t kind,
                           struct mv_dec *ret)
{
    if (!x->any)
        return MV_NOT_COMPUTABLE;
    if (kind == MV_NODE_SPREAD)
        return mv_dec_sub(ret, x->high, x->low) ? 0 : MV_NOT_COMPUTABLE;
    *ret = kind == MV_NODE_HIGHEST ? x->high : x->low;
    return 0;
}
