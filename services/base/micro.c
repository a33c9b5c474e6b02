/* micro - see micro.h. Job: millionths from text, whole numbers and floats,
 * and back. Invariant: a value that comes out is within +-MV_MICRO_MAX and
 * exactly what was meant; no call depends on the locale. No state: a crash
 * leaves nothing. */
#include "services/base/micro.h"
#include "services/base/wide.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define DECIMALS 6

const char *mv_number_text(mv_number n)
{
    switch (n) {
    case MV_NUMBER_OK:
        return "a number";
    case MV_NUMBER_SYNTAX:
        return "not a number";
    case MV_NUMBER_NOT_FINITE:
        return "not a finite number";
    case MV_NUMBER_PRECISION:
        return "more decimals than are kept";
    case MV_NUMBER_RANGE:
        return "a number too large";
    }
    return "not a number";
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Appends a digit; UINT64_MAX, far out of range, once it got too large. */
static void push_digit(uint64_t *magnitude, char c)
{
    if (*magnitude > (uint64_t)MV_MICRO_MAX / 10) {
        *magnitude = UINT64_MAX;
    } else {
        *magnitude = *magnitude * 10 + (uint64_t)(c - '0');
    }
}

static mv_number signed_micro(bool minus, uint64_t magnitude, int64_t *ret)
{
    if (magnitude > (uint64_t)MV_MICRO_MAX)
        return MV_NUMBER_RANGE;
    *ret = minus ? -(int64_t)magnitude : (int64_t)magnitude;
    return MV_NUMBER_OK;
}

mv_number mv_micro_parse(struct mv_span text, int64_t *ret)
{
    if (text.len == 0)
        return MV_NUMBER_SYNTAX;
    const char *c = text.at;
    const char *end = c + text.len;
    bool minus = c < end && *c == '-';
    c += minus;
    const char *whole = c;
    uint64_t magnitude = 0;
    for (; c < end && is_digit(*c); c++)
        push_digit(&magnitude, *c);
    if (c == whole)
        return MV_NUMBER_SYNTAX;
    int decimals = 0;
    bool cut = false;
    if (c < end && *c == '.') {
        const char *fraction = ++c;
        for (; c < end && is_digit(*c); c++) {
            if (c - fraction < DECIMALS) {
                push_digit(&magnitude, *c);
                decimals++;
            } else {
                cut = cut || *c != '0';
            }
        }
        if (c == fraction)
            return MV_NUMBER_SYNTAX;
    }
    if (c != end)
        return MV_NUMBER_SYNTAX;
    for (; decimals < DECIMALS; decimals++)
        push_digit(&magnitude, '0');
    int64_t micro = 0;
    mv_number n = signed_micro(minus, magnitude, &micro);
    if (n == MV_NUMBER_OK && cut)
        return MV_NUMBER_PRECISION;
    if (n == MV_NUMBER_OK)
        *ret = micro;
    return n;
}

mv_number mv_micro_from_i64(int64_t whole, int64_t *ret)
{
    if (whole > MV_MICRO_MAX / MV_MICRO_ONE ||
        whole < -(MV_MICRO_MAX / MV_MICRO_ONE))
        return MV_NUMBER_RANGE;
    *ret = whole * MV_MICRO_ONE;
    return MV_NUMBER_OK;
}

mv_number mv_micro_from_u64(uint64_t whole, int64_t *ret)
{
    if (whole > (uint64_t)(MV_MICRO_MAX / MV_MICRO_ONE))
        return MV_NUMBER_RANGE;
    return mv_micro_from_i64((int64_t)whole, ret);
}

/* A positive float as mantissa * 2^exponent (exponent <= 0), in the terms in
 * which candidates are weighed: units of a quarter of 2^exponent millionths,
 * so that half the way to each neighbour is whole. */
struct reading {
    mv_u128 value;  /* the float */
    mv_u128 up;     /* half the way to the next float above */
    mv_u128 down;   /* and below: half as far under a power of two */
    int shift;      /* a count of millionths << shift is in the same units */
    bool ends_read; /* a tie goes to the even mantissa: to this float */
};

static void reading_of(struct reading *r, double v, int mantissa_bits)
{
    int exponent;
    double fraction = frexp(v, &exponent);
    mv_u128 mantissa = (mv_u128)ldexp(fraction, mantissa_bits);
    exponent -= mantissa_bits;
    mv_u128 gap = 1;
    r->ends_read = (mantissa & 1) == 0;
    bool power = mantissa == (mv_u128)1 << (mantissa_bits - 1);
    if (exponent > 0) {
        mantissa <<= exponent;
        gap <<= exponent;
        exponent = 0;
    }
    const mv_u128 quarters = 4 * (mv_u128)MV_MICRO_ONE;
    r->value = mantissa * quarters;
    r->up = gap * quarters / 2;
    r->down = power ? gap * quarters / 4 : r->up;
    r->shift = 2 - exponent;
}

/* How far a count of millionths lies from the float, in r's units; false if
 * it reads back as another float. */
static bool reads_back(const struct reading *r, mv_u128 micro, mv_u128 *apart)
{
    mv_u128 at = micro << r->shift;
    bool above = at > r->value;
    mv_u128 reach = above ? r->up : r->down;
    *apart = above ? at - r->value : r->value - at;
    return *apart < reach || (*apart == reach && r->ends_read);
}

/* Coarsest step first: the first multiple that reads back is the shortest.
 * Of two the nearer, of two as near the even one, as everybody's printf. */
static mv_number shortest(const struct reading *r, uint64_t *ret)
{
    mv_u128 floor_micro = r->value >> r->shift;
    uint64_t step = 1;
    while (step < UINT64_C(1000000000000000000) && step <= floor_micro)
        step *= 10;
    for (; step > 0; step /= 10) {
        mv_u128 below = floor_micro / step * step;
        mv_u128 apart_below;
        mv_u128 apart_above;
        bool fits_below = reads_back(r, below, &apart_below);
        bool fits_above = reads_back(r, below + step, &apart_above);
        if (!fits_below && !fits_above)
            continue;
        bool nearer = apart_above < apart_below ||
                      (apart_above == apart_below && below / step % 2 != 0);
        bool take_above = fits_above && (!fits_below || nearer);
        mv_u128 micro = below + (take_above ? step : 0);
        if (micro > (mv_u128)MV_MICRO_MAX)
            return MV_NUMBER_RANGE;
        *ret = (uint64_t)micro;
        return MV_NUMBER_OK;
    }
    return MV_NUMBER_PRECISION;
}

static mv_number from_float(double v, int mantissa_bits, int64_t *ret)
{
    if (!isfinite(v))
        return MV_NUMBER_NOT_FINITE;
    double size = fabs(v);
    if (size == 0) {
        *ret = 0;
        return MV_NUMBER_OK;
    }
    if (size > 1e13)
        return MV_NUMBER_RANGE;
    if (size < 1e-7)
        return MV_NUMBER_PRECISION;
    struct reading r;
    reading_of(&r, size, mantissa_bits);
    uint64_t magnitude;
    mv_number n = shortest(&r, &magnitude);
    return n == MV_NUMBER_OK ? signed_micro(v < 0, magnitude, ret) : n;
}

/* Below 2^30 doubles lie closer than millionths do, so at most one count of
 * millionths reads back as v, and v * 1e6 is off by less than a tenth: a
 * candidate, one division to prove it, and no search. */
#define DENSE_BELOW 1073741824.0

mv_number mv_micro_from_f64(double v, int64_t *ret)
{
    if (!(fabs(v) < DENSE_BELOW))
        return from_float(v, DBL_MANT_DIG, ret);
    int64_t micro = (int64_t)(v * 1e6 + (v < 0 ? -0.5 : 0.5));
    if ((double)micro / 1e6 != v)
        return MV_NUMBER_PRECISION;
    *ret = micro;
    return MV_NUMBER_OK;
}

mv_number mv_micro_from_f32(float v, int64_t *ret)
{
    return from_float((double)v, FLT_MANT_DIG, ret);
}

/* Correctly rounded although micro may need 63 bits: then the quotient is
 * made of 97 bits and a sticky one, so that its conversion rounds once. */
static double nearest_f64(uint64_t micro)
{
    const int shift = 64;
    if (micro >> DBL_MANT_DIG == 0)
        return (double)micro / 1e6;
    mv_u128 scaled = (mv_u128)micro << shift;
    mv_u128 quotient = scaled / (mv_u128)MV_MICRO_ONE;
    if (scaled % (mv_u128)MV_MICRO_ONE != 0)
        quotient |= 1;
    return ldexp((double)quotient, -shift);
}

bool mv_micro_to_f64(int64_t micro, double *ret)
{
    double size = nearest_f64((uint64_t)(micro < 0 ? -micro : micro));
    double v = micro < 0 ? -size : size;
    int64_t back;
    if (mv_micro_from_f64(v, &back) != MV_NUMBER_OK || back != micro)
        return false;
    *ret = v;
    return true;
}

const char *mv_micro_text(int64_t micro, char out[MV_MICRO_TEXT_BYTES])
{
    char digits[MV_MICRO_TEXT_BYTES];
    size_t at = sizeof digits;
    uint64_t rest = micro < 0 ? -(uint64_t)micro : (uint64_t)micro;
    digits[--at] = 0;
    bool printed = false;
    for (int i = 0; i < DECIMALS; i++, rest /= 10) {
        printed = printed || rest % 10 != 0;
        if (printed)
            digits[--at] = (char)('0' + rest % 10);
    }
    if (printed)
        digits[--at] = '.';
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (micro < 0)
        digits[--at] = '-';
    memcpy(out, digits + at, sizeof digits - at);
    return out;
}
