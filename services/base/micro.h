/* micro - stored values: 64-bit integers in millionths ("78.5" is 78500000).
 * Nothing here depends on the locale or rounds: a number that is not exactly
 * a whole count of millionths is refused. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "services/base/buf.h"

#define MV_MICRO_ONE INT64_C(1000000)
/* +-9.2e12, both ends included. */
#define MV_MICRO_MAX INT64_C(9200000000000000000)

/* "-9200000000000.000000" and its NUL */
#define MV_MICRO_TEXT_BYTES 24

typedef enum mv_number {
    MV_NUMBER_OK = 0,
    MV_NUMBER_SYNTAX,     /* not a number */
    MV_NUMBER_NOT_FINITE, /* NaN, infinity */
    MV_NUMBER_PRECISION,  /* more decimals than are kept */
    MV_NUMBER_RANGE,      /* too large */
} mv_number;

/* "not a number" ... for messages; static text. */
const char *mv_number_text(mv_number n);

/* Text: -?[0-9]+(\.[0-9]+)? and nothing else; zeros after the sixth decimal
 * are allowed, other digits are MV_NUMBER_PRECISION. *ret is set on OK only. */
mv_number mv_micro_parse(struct mv_span text, int64_t *ret);

/* Whole numbers from the wire. */
mv_number mv_micro_from_i64(int64_t whole, int64_t *ret);
mv_number mv_micro_from_u64(uint64_t whole, int64_t *ret);

/* A float is read as the shortest decimal that reads back as the same float,
 * the nearest to it of several (as in Steele and White 1990): 0.1f is 0.1.
 * -0.0 is 0; a denormal is PRECISION, 1e308 is RANGE. */
mv_number mv_micro_from_f64(double v, int64_t *ret);
mv_number mv_micro_from_f32(float v, int64_t *ret);

/* The float64 nearest to it. False: it would read back as another number (a
 * dozen digits before the point and decimals): it cannot travel as a float. */
bool mv_micro_to_f64(int64_t micro, double *ret);

/* The shortest text ("78.5", "-0.000001", "0"); returns out. */
const char *mv_micro_text(int64_t micro, char out[MV_MICRO_TEXT_BYTES]);
