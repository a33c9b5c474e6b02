/* decimal - the one number of judging: 128-bit fixed point, 12 decimals.
 * Sums are exact, * and / go through 256 bits and round half to even. Every
 * operation that can fail returns bool: false is "not computable" (out of
 * range, division by zero), and then *ret is untouched. ret may alias an
 * operand's storage: operands are passed by value. */
#pragma once

#include <stdbool.h>

#include "services/base/buf.h"
#include "services/base/micro.h"
#include "services/base/wide.h"

#define MV_DEC_DECIMALS 12
#define MV_DEC_ONE      ((mv_i128)1000000000000)
#define MV_DEC_HUNDRED  100 /* per cent of one */
/* sign, 27 digits, point, 12 decimals, NUL */
#define MV_DEC_TEXT_BYTES 48

/* In units of 1e-12; |pico| <= MV_I128_MAX. */
struct mv_dec {
    mv_i128 pico;
};

struct mv_dec mv_dec_from_micro(int64_t micro);
struct mv_dec mv_dec_from_int(int64_t whole);

/* From an exact sum of millionths. */
bool mv_dec_from_sum(struct mv_dec *ret, mv_i128 micro);

/* To millionths, rounded half to even; false outside +-9.2e12. */
bool mv_dec_to_micro(struct mv_dec a, int64_t *ret);

/* As mv_micro_parse, with up to 12 decimals. */
mv_number mv_dec_parse(struct mv_span text, struct mv_dec *ret);

bool mv_dec_add(struct mv_dec *ret, struct mv_dec a, struct mv_dec b);
bool mv_dec_sub(struct mv_dec *ret, struct mv_dec a, struct mv_dec b);
bool mv_dec_mul(struct mv_dec *ret, struct mv_dec a, struct mv_dec b);
bool mv_dec_div(struct mv_dec *ret, struct mv_dec a, struct mv_dec b);

struct mv_dec mv_dec_neg(struct mv_dec a);
struct mv_dec mv_dec_abs(struct mv_dec a);
struct mv_dec mv_dec_min(struct mv_dec a, struct mv_dec b);
struct mv_dec mv_dec_max(struct mv_dec a, struct mv_dec b);

/* -1, 0, 1. */
int mv_dec_compare(struct mv_dec a, struct mv_dec b);
int mv_dec_sign(struct mv_dec a);

/* To 0..12 decimals, half away from zero (`compare: displayed`). */
bool mv_dec_round(struct mv_dec *ret, struct mv_dec a, int decimals);

/* num / den * scale, half to even; num and den are exact sums in one unit
 * (millionths), scale a whole number such as 100 for percent. */
bool mv_dec_ratio(struct mv_dec *ret, mv_i128 num, mv_i128 den, mv_i128 scale);

/* Compares num / den * scale with limit exactly, by cross-multiplying: 7 of
 * 10 is 70 %. *order is -1, 0 or 1. False: den is 0, or |scale| >= 1e26. */
bool mv_ratio_compare(mv_i128 num, mv_i128 den, mv_i128 scale,
                      struct mv_dec limit, int *order);

/* Up to 12 decimals, zeros trimmed; returns out. */
const char *mv_dec_text(struct mv_dec a, char out[MV_DEC_TEXT_BYTES]);

/* Exactly 0..12 decimals, rounded half away from zero; never "-0.0". */
const char *mv_dec_text_fixed(struct mv_dec a, int decimals,
                              char out[MV_DEC_TEXT_BYTES]);
