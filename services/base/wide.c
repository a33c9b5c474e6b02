/* wide - see wide.h. Job: products and quotients that do not fit 128 bits.
 * Invariant: every result is exact or rounded as stated; nothing wraps. Most
 * quotients of real figures fit 128 bits and take the short way; the long
 * one is plain binary long division. No state: a crash leaves nothing. */
#include "services/base/wide.h"

mv_u128 mv_wide_magnitude(mv_i128 v)
{
    return v < 0 ? -(mv_u128)v : (mv_u128)v;
}

struct mv_wide mv_wide_mul(mv_u128 a, mv_u128 b)
{
    const mv_u128 low = UINT64_MAX;
    mv_u128 ll = (a & low) * (b & low);
    mv_u128 lh = (a & low) * (b >> 64);
    mv_u128 hl = (a >> 64) * (b & low);
    mv_u128 hh = (a >> 64) * (b >> 64);
    mv_u128 middle = (ll >> 64) + (lh & low) + (hl & low);
    return (struct mv_wide){
        .hi = hh + (lh >> 64) + (hl >> 64) + (middle >> 64),
        .lo = (ll & low) | middle << 64,
    };
}

int mv_wide_compare(struct mv_wide a, struct mv_wide b)
{
    if (a.hi != b.hi)
        return a.hi < b.hi ? -1 : 1;
    return (a.lo > b.lo) - (a.lo < b.lo);
}

/* The quotient fits 128 bits because a.hi < d. */
static mv_u128 long_division(struct mv_wide a, mv_u128 d, mv_u128 *remainder)
{
    mv_u128 rest = a.hi;
    mv_u128 quotient = 0;
    for (int bit = 127; bit >= 0; bit--) {
        bool carry = (rest >> 127) != 0;
        rest = rest << 1 | (a.lo >> bit & 1);
        quotient <<= 1;
        if (carry || rest >= d) {
            rest -= d;
            quotient |= 1;
        }
    }
    *remainder = rest;
    return quotient;
}

bool mv_wide_div_even(struct mv_wide a, mv_u128 d, mv_u128 *ret)
{
    if (d == 0 || a.hi >= d)
        return false;
    mv_u128 rest;
    mv_u128 quotient;
    if (a.hi == 0) {
        quotient = a.lo / d;
        rest = a.lo % d;
    } else {
        quotient = long_division(a, d, &rest);
    }
    mv_u128 missing = d - rest;
    if (rest > missing || (rest == missing && (quotient & 1) != 0)) {
        if (++quotient == 0)
            return false;
    }
    *ret = quotient;
    return true;
}

bool mv_i128_mul_div(mv_i128 a, mv_i128 b, mv_i128 c, mv_i128 *ret)
{
    mv_u128 quotient;
    struct mv_wide product =
        mv_wide_mul(mv_wide_magnitude(a), mv_wide_magnitude(b));
    if (!mv_wide_div_even(product, mv_wide_magnitude(c), &quotient) ||
        quotient > (mv_u128)MV_I128_MAX)
        return false;
    bool minus = ((a < 0) != (b < 0)) != (c < 0);
    *ret = minus ? -(mv_i128)quotient : (mv_i128)quotient;
    return true;
}
