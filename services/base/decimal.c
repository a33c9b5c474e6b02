/* decimal - see decimal.h. Job: the arithmetic of judging. Invariant: a
 * struct mv_dec that comes out is exact or rounded half to even at the
 * twelfth decimal, and never MV_I128_MIN, so that its negation exists. No
 * state: a crash leaves nothing. */
#include "services/base/decimal.h"
#include "services/base/err.h"

#include <string.h>

#define PICO_PER_MICRO ((mv_i128)1000000)

static mv_u128 power_of_ten(int exponent)
{
    mv_u128 p = 1;
    for (int i = 0; i < exponent; i++)
        p *= 10;
    return p;
}

static bool keep(struct mv_dec *ret, mv_i128 pico)
{
    if (pico == MV_I128_MIN)
        return false;
    ret->pico = pico;
    return true;
}

static bool keep_signed(struct mv_dec *ret, bool minus, mv_u128 magnitude)
{
    if (magnitude > (mv_u128)MV_I128_MAX)
        return false;
    ret->pico = minus ? -(mv_i128)magnitude : (mv_i128)magnitude;
    return true;
}

struct mv_dec mv_dec_from_micro(int64_t micro)
{
    return (struct mv_dec){micro * PICO_PER_MICRO};
}

struct mv_dec mv_dec_from_int(int64_t whole)
{
    return (struct mv_dec){whole * MV_DEC_ONE};
}

bool mv_dec_from_sum(struct mv_dec *ret, mv_i128 micro)
{
    mv_i128 pico;
    if (__builtin_mul_overflow(micro, PICO_PER_MICRO, &pico))
        return false;
    return keep(ret, pico);
}

bool mv_dec_to_micro(struct mv_dec a, int64_t *ret)
{
    mv_u128 micro;
    struct mv_wide wide = {0, mv_wide_magnitude(a.pico)};
    if (!mv_wide_div_even(wide, (mv_u128)PICO_PER_MICRO, &micro) ||
        micro > (mv_u128)MV_MICRO_MAX)
        return false;
    *ret = a.pico < 0 ? -(int64_t)micro : (int64_t)micro;
    return true;
}

/* Appends a digit; false: out of range. */
static bool push_digit(mv_u128 *magnitude, char c)
{
    mv_u128 next;
    if (__builtin_mul_overflow(*magnitude, (mv_u128)10, &next) ||
        __builtin_add_overflow(next, (mv_u128)(c - '0'), &next) ||
        next > (mv_u128)MV_I128_MAX)
        return false;
    *magnitude = next;
    return true;
}

/* Reads digits from *c on; those after the `most`-th are only looked at.
 * Returns how many there were. */
static size_t read_digits(const char **c, const char *end, size_t most,
                          mv_u128 *magnitude, bool *fits, bool *cut)
{
    const char *from = *c;
    for (; *c < end && **c >= '0' && **c <= '9'; (*c)++) {
        if ((size_t)(*c - from) < most) {
            *fits = *fits && push_digit(magnitude, **c);
        } else {
            *cut = *cut || **c != '0';
        }
    }
    return (size_t)(*c - from);
}

mv_number mv_dec_parse(struct mv_span text, struct mv_dec *ret)
{
    if (text.len == 0)
        return MV_NUMBER_SYNTAX;
    const char *c = text.at;
    const char *end = c + text.len;
    bool minus = c < end && *c == '-';
    bool fits = true;
    bool cut = false;
    mv_u128 magnitude = 0;
    c += minus;
    if (read_digits(&c, end, SIZE_MAX, &magnitude, &fits, &cut) == 0)
        return MV_NUMBER_SYNTAX;
    size_t decimals = 0;
    if (c < end && *c == '.') {
        c++;
        decimals =
            read_digits(&c, end, MV_DEC_DECIMALS, &magnitude, &fits, &cut);
        if (decimals == 0)
            return MV_NUMBER_SYNTAX;
    }
    if (c != end)
        return MV_NUMBER_SYNTAX;
    for (; decimals < MV_DEC_DECIMALS; decimals++)
        fits = fits && push_digit(&magnitude, '0');
    if (!fits)
        return MV_NUMBER_RANGE;
    if (cut)
        return MV_NUMBER_PRECISION;
    (void)keep_signed(ret, minus, magnitude);
    return MV_NUMBER_OK;
}

bool mv_dec_add(struct mv_dec *ret, struct mv_dec a, struct mv_dec b)
{
    mv_i128 pico;
    return !__builtin_add_overflow(a.pico, b.pico, &pico) && keep(ret, pico);
}

bool mv_dec_sub(struct mv_dec *ret, struct mv_dec a, struct mv_dec b)
{
    mv_i128 pico;
    return !__builtin_sub_overflow(a.pico, b.pico, &pico) && keep(ret, pico);
}

bool mv_dec_mul(struct mv_dec *ret, struct mv_dec a, struct mv_dec b)
{
    return mv_i128_mul_div(a.pico, b.pico, MV_DEC_ONE, &ret->pico);
}

bool mv_dec_div(struct mv_dec *ret, struct mv_dec a, struct mv_dec b)
{
    return mv_i128_mul_div(a.pico, MV_DEC_ONE, b.pico, &ret->pico);
}

struct mv_dec mv_dec_neg(struct mv_dec a)
{
    MV_ASSERT(a.pico != MV_I128_MIN);
    return (struct mv_dec){-a.pico};
}

struct mv_dec mv_dec_abs(struct mv_dec a)
{
    return a.pico < 0 ? mv_dec_neg(a) : a;
}

struct mv_dec mv_dec_min(struct mv_dec a, struct mv_dec b)
{
    return b.pico < a.pico ? b : a;
}

struct mv_dec mv_dec_max(struct mv_dec a, struct mv_dec b)
{
    return b.pico > a.pico ? b : a;
}

int mv_dec_compare(struct mv_dec a, struct mv_dec b)
{
    return (a.pico > b.pico) - (a.pico < b.pico);
}

int mv_dec_sign(struct mv_dec a)
{
    return (a.pico > 0) - (a.pico < 0);
}

bool mv_dec_round(struct mv_dec *ret, struct mv_dec a, int decimals)
{
    MV_ASSERT(decimals >= 0 && decimals <= MV_DEC_DECIMALS);
    mv_u128 unit = power_of_ten(MV_DEC_DECIMALS - decimals);
    mv_u128 magnitude = mv_wide_magnitude(a.pico);
    mv_u128 rest = magnitude % unit;
    magnitude -= rest;
    if (rest != 0 && rest >= unit - rest)
        magnitude += unit;
    return keep_signed(ret, a.pico < 0, magnitude);
}

bool mv_dec_ratio(struct mv_dec *ret, mv_i128 num, mv_i128 den, mv_i128 scale)
{
    mv_i128 factor;
    if (__builtin_mul_overflow(scale, MV_DEC_ONE, &factor))
        return false;
    return mv_i128_mul_div(num, factor, den, &ret->pico);
}

static int sign_of(mv_i128 v)
{
    return (v > 0) - (v < 0);
}

bool mv_ratio_compare(mv_i128 num, mv_i128 den, mv_i128 scale,
                      struct mv_dec limit, int *order)
{
    mv_i128 factor;
    if (den == 0 || __builtin_mul_overflow(scale, MV_DEC_ONE, &factor))
        return false;
    /* num * factor  against  limit * den, turned round for a den below 0 */
    mv_i128 x, y;
    if (!__builtin_mul_overflow(num, factor, &x) &&
        !__builtin_mul_overflow(limit.pico, den, &y)) {
        *order = den < 0 ? (y > x) - (y < x) : (x > y) - (x < y);
        return true;
    }
    int left = sign_of(num) * sign_of(factor) * sign_of(den);
    int right = sign_of(limit.pico);
    if (left != right) {
        *order = left < right ? -1 : 1;
        return true;
    }
    struct mv_wide a =
        mv_wide_mul(mv_wide_magnitude(num), mv_wide_magnitude(factor));
    struct mv_wide b =
        mv_wide_mul(mv_wide_magnitude(limit.pico), mv_wide_magnitude(den));
    int order_of_sizes = mv_wide_compare(a, b);
    *order = left < 0 ? -order_of_sizes : order_of_sizes;
    return true;
}

/* The last digit, off the end. Most numbers fit in 64 bits, where a division
 * is much the cheaper. */
static char take_digit(mv_u128 *magnitude)
{
    mv_u128 digit;
    if (*magnitude <= UINT64_MAX) {
        uint64_t small = (uint64_t)*magnitude;
        digit = small % 10;
        *magnitude = small / 10;
    } else {
        digit = *magnitude % 10;
        *magnitude /= 10;
    }
    return (char)('0' + (int)digit);
}

/* The digits of magnitude / 10^decimals, at least one before the point. */
static const char *digits_text(bool minus, mv_u128 magnitude, int decimals,
                               char out[MV_DEC_TEXT_BYTES])
{
    char digits[MV_DEC_TEXT_BYTES];
    size_t at = sizeof digits;
    digits[--at] = 0;
    for (int i = 0; i < decimals; i++)
        digits[--at] = take_digit(&magnitude);
    if (decimals > 0)
        digits[--at] = '.';
    do
        digits[--at] = take_digit(&magnitude);
    while (magnitude != 0);
    if (minus)
        digits[--at] = '-';
    memcpy(out, digits + at, sizeof digits - at);
    return out;
}

const char *mv_dec_text(struct mv_dec a, char out[MV_DEC_TEXT_BYTES])
{
    mv_u128 magnitude = mv_wide_magnitude(a.pico);
    mv_u128 rest = magnitude;
    int decimals = MV_DEC_DECIMALS;
    while (decimals > 0 && take_digit(&rest) == '0') {
        magnitude = rest;
        decimals--;
    }
    return digits_text(a.pico < 0, magnitude, decimals, out);
}

const char *mv_dec_text_fixed(struct mv_dec a, int decimals,
                              char out[MV_DEC_TEXT_BYTES])
{
    MV_ASSERT(decimals >= 0 && decimals <= MV_DEC_DECIMALS);
    mv_u128 unit = power_of_ten(MV_DEC_DECIMALS - decimals);
    mv_u128 magnitude = mv_wide_magnitude(a.pico);
    mv_u128 rest = magnitude % unit;
    mv_u128 shown = magnitude / unit;
    if (rest != 0 && rest >= unit - rest)
        shown++;
    return digits_text(a.pico < 0 && shown != 0, shown, decimals, out);
}
