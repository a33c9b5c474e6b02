/* The 128-bit arithmetic against schoolbook numbers in base 10^4, and floats
 * against the C library's own printing and reading in the C locale. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "services/base/decimal.h"
#include "tests/support/random.h"
#include "tests/support/unit.h"

#define ROUNDS 20000
#define LIMBS  24
#define BASE   10000u

/* A natural number, least limb first. */
struct big {
    uint32_t limb[LIMBS];
};

static struct big big_of(mv_u128 v)
{
    struct big b = {{0}};
    for (int i = 0; v != 0; i++, v /= BASE)
        b.limb[i] = (uint32_t)(v % BASE);
    return b;
}

static struct big big_mul(struct big a, struct big b)
{
    struct big r = {{0}};
    for (int i = 0; i < LIMBS; i++) {
        uint32_t carry = 0;
        for (int j = 0; i + j < LIMBS; j++) {
            carry += r.limb[i + j] + a.limb[i] * b.limb[j];
            r.limb[i + j] = carry % BASE;
            carry /= BASE;
        }
    }
    return r;
}

static int big_compare(struct big a, struct big b)
{
    for (int i = LIMBS - 1; i >= 0; i--) {
        if (a.limb[i] != b.limb[i])
            return a.limb[i] < b.limb[i] ? -1 : 1;
    }
    return 0;
}

/* |a - b| */
static struct big big_apart(struct big a, struct big b)
{
    if (big_compare(a, b) < 0)
        return big_apart(b, a);
    int32_t borrow = 0;
    for (int i = 0; i < LIMBS; i++) {
        int32_t d = (int32_t)a.limb[i] - (int32_t)b.limb[i] - borrow;
        borrow = d < 0;
        a.limb[i] = (uint32_t)(d + borrow * (int32_t)BASE);
    }
    return a;
}

static mv_i128 random_i128(struct test_random *r)
{
    mv_u128 v = (mv_u128)test_random_sized(r, 64);
    if (test_random_below(r, 2) == 0)
        v = v << 63 | test_random_u64(r) >> 1;
    return test_random_below(r, 2) == 0 ? (mv_i128)v : -(mv_i128)v;
}

/* q is a * b / d half to even: |a b - q d| <= d / 2, a tie only to even. */
static void expect_quotient(mv_i128 a, mv_i128 b, mv_i128 d, bool computed,
                            struct mv_dec q)
{
    struct big ab =
        big_mul(big_of(mv_wide_magnitude(a)), big_of(mv_wide_magnitude(b)));
    struct big by = big_of(mv_wide_magnitude(d));
    struct big most = big_mul(big_of(MV_I128_MAX), by);
    if (!computed) { /* then it is above MV_I128_MAX or by 0 */
        assert_true(d == 0 || big_compare(ab, most) > 0);
        return;
    }
    assert_true(d != 0);
    mv_u128 size = mv_wide_magnitude(q.pico);
    struct big rest = big_apart(ab, big_mul(big_of(size), by));
    int order = big_compare(big_mul(rest, big_of(2)), by);
    assert_true(order < 0 || (order == 0 && size % 2 == 0));
    bool minus = ((a < 0) != (b < 0)) != (d < 0);
    assert_true(q.pico == 0 || (q.pico < 0) == minus);
}

static void products_and_quotients_equal_the_schoolbook(void **state)
{
    struct test_random *r = *state;
    for (int i = 0; i < ROUNDS; i++) {
        struct mv_dec a = {random_i128(r)};
        struct mv_dec b = {random_i128(r)};
        struct mv_dec q = {0};
        bool done = mv_dec_mul(&q, a, b);
        expect_quotient(a.pico, b.pico, MV_DEC_ONE, done, q);
        done = mv_dec_div(&q, a, b);
        expect_quotient(a.pico, MV_DEC_ONE, b.pico, done, q);
        done = mv_dec_ratio(&q, a.pico, b.pico, 100);
        expect_quotient(a.pico, 100 * MV_DEC_ONE, b.pico, done, q);
    }
}

/* Ties are rare among random numbers: halves of odd numbers, on purpose. */
static void ties_go_to_even(void **state)
{
    struct test_random *r = *state;
    for (int i = 0; i < ROUNDS; i++) {
        mv_i128 k = (mv_i128)test_random_sized(r, 60);
        mv_i128 by = 2 * ((mv_i128)test_random_sized(r, 50) + 1);
        mv_i128 num = k * by + by / 2; /* k and a half */
        mv_u128 q;
        assert_true(mv_wide_div_even((struct mv_wide){0, (mv_u128)num},
                                     (mv_u128)by, &q));
        assert_true(q == (mv_u128)(k + k % 2));
        struct mv_wide big = mv_wide_mul((mv_u128)num, (mv_u128)1 << 100);
        assert_true(mv_wide_div_even(big, (mv_u128)by << 64, &q) ||
                    (big.hi >= (mv_u128)by << 64));
    }
}

static void ratios_compare_as_the_schoolbook(void **state)
{
    struct test_random *r = *state;
    for (int i = 0; i < ROUNDS; i++) {
        mv_i128 num = random_i128(r);
        mv_i128 den = random_i128(r);
        struct mv_dec limit = {random_i128(r)};
        /* every other time right at the limit, or next to it */
        if (i % 2 == 0 && mv_dec_ratio(&limit, num, den, 100))
            limit.pico += (mv_i128)test_random_below(r, 3) - 1;
        int order;
        if (!mv_ratio_compare(num, den, 100, limit, &order)) {
            assert_true(den == 0);
            continue;
        }
        struct big left = big_mul(big_of(mv_wide_magnitude(num)),
                                  big_of(100 * (mv_u128)MV_DEC_ONE));
        struct big right = big_mul(big_of(mv_wide_magnitude(limit.pico)),
                                   big_of(mv_wide_magnitude(den)));
        int left_sign = num == 0 ? 0 : (num < 0) != (den < 0) ? -1 : 1;
        int right_sign = mv_dec_sign(limit);
        int want = left_sign != right_sign
                       ? (left_sign < right_sign ? -1 : 1)
                       : left_sign * big_compare(left, right);
        assert_int_equal(order, want);
    }
}

/* digits * 10^(exponent - 6) as millionths; what from_f64 must say. */
static mv_number model_of(const char *scientific, int64_t *ret)
{
    const char *e = strchr(scientific, 'e');
    int exponent = (int)strtol(e + 1, NULL, 10) + 6;
    mv_i128 micro = 0;
    for (const char *c = scientific; c < e; c++) {
        if (*c == '.')
            continue;
        micro = micro * 10 + (*c - '0');
        exponent -= c != scientific;
    }
    for (; exponent < 0 && micro % 10 == 0; exponent++)
        micro /= 10;
    if (exponent < 0)
        return MV_NUMBER_PRECISION;
    for (; exponent > 0 && micro <= MV_MICRO_MAX; exponent--)
        micro *= 10;
    if (micro > MV_MICRO_MAX)
        return MV_NUMBER_RANGE;
    *ret = (int64_t)micro;
    return MV_NUMBER_OK;
}

static mv_number model_f64(double v, int64_t *ret)
{
    char text[64] = "";
    for (int digits = 0; digits < 17; digits++) {
        (void)snprintf(text, sizeof text, "%.*e", digits, v);
        if (strtod(text, NULL) == v)
            break;
    }
    return model_of(text, ret);
}

static mv_number model_f32(float v, int64_t *ret)
{
    char text[64] = "";
    for (int digits = 0; digits < 9; digits++) {
        (void)snprintf(text, sizeof text, "%.*e", digits, (double)v);
        if (strtof(text, NULL) == v)
            break;
    }
    return model_of(text, ret);
}

static double random_f64(struct test_random *r)
{
    switch (test_random_below(r, 3)) {
    case 0: { /* as people have them */
        double unit = pow(10, (double)test_random_below(r, 8));
        return (double)test_random_sized(r, 50) / unit;
    }
    case 1: /* around powers of two */
        return ldexp(1.0 + ((double)test_random_below(r, 5) - 2) * 0x1p-52,
                     (int)test_random_below(r, 70) - 25);
    default:
        return ldexp((double)(test_random_u64(r) >> 11),
                     (int)test_random_below(r, 70) - 76);
    }
}

static void floats_are_the_librarys_shortest_decimal(void **state)
{
    struct test_random *r = *state;
    for (int i = 0; i < ROUNDS; i++) {
        double v = random_f64(r);
        float f = (float)v;
        int64_t got = 0;
        int64_t want = 0;
        if (mv_micro_from_f64(v, &got) != model_f64(v, &want) || got != want)
            fail_msg("%.17g", v);
        if (mv_micro_from_f32(f, &got) != model_f32(f, &want) || got != want)
            fail_msg("%.9gf", (double)f);
    }
}

static void millionths_survive_text_and_float(void **state)
{
    struct test_random *r = *state;
    for (int i = 0; i < ROUNDS; i++) {
        int64_t micro = (int64_t)test_random_sized(r, 62);
        if (test_random_below(r, 2) == 0)
            micro = -micro;
        char out[MV_MICRO_TEXT_BYTES];
        int64_t back = 0;
        assert_int_equal(
            mv_micro_parse(mv_span_text(mv_micro_text(micro, out)), &back),
            MV_NUMBER_OK);
        assert_int_equal(back, micro);
        double v;
        bool travels = mv_micro_to_f64(micro, &v);
        double read = strtod(out, NULL);
        if (travels)
            assert_true(v == read);
        else
            assert_true(model_f64(fabs(read), &back) != MV_NUMBER_OK ||
                        back != llabs(micro));
    }
}

int main(void)
{
    static struct test_random random;
    random = test_random_start("prop_decimal");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(products_and_quotients_equal_the_schoolbook,
                                  &random),
        cmocka_unit_test_prestate(ties_go_to_even, &random),
        cmocka_unit_test_prestate(ratios_compare_as_the_schoolbook, &random),
        cmocka_unit_test_prestate(floats_are_the_librarys_shortest_decimal,
                                  &random),
        cmocka_unit_test_prestate(millionths_survive_text_and_float, &random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
