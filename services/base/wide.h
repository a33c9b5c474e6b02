/* wide - 128-bit integers by name, and the 256-bit products that exact
 * comparison and division of decimals need. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

__extension__ typedef __int128 mv_i128;
__extension__ typedef unsigned __int128 mv_u128;

#define MV_I128_MAX ((mv_i128)(~(mv_u128)0 >> 1))
#define MV_I128_MIN (-MV_I128_MAX - 1)

/* An unsigned 256-bit number. */
struct mv_wide {
    mv_u128 hi;
    mv_u128 lo;
};

/* |v| without overflow, MV_I128_MIN included. */
mv_u128 mv_wide_magnitude(mv_i128 v);

/* The whole product. */
struct mv_wide mv_wide_mul(mv_u128 a, mv_u128 b);

/* -1, 0, 1. */
int mv_wide_compare(struct mv_wide a, struct mv_wide b);

/* a / d rounded half to even. False: d is 0 or the quotient needs more than
 * 128 bits. */
bool mv_wide_div_even(struct mv_wide a, mv_u128 d, mv_u128 *ret);

/* a * b / c by way of 256 bits, rounded once, half to even. False: c is 0, or
 * the result is beyond MV_I128_MAX on either side. */
bool mv_i128_mul_div(mv_i128 a, mv_i128 b, mv_i128 c, mv_i128 *ret);
