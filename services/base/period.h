/* period - SDMX periods: 2024, 2024-S1, 2024-T3, 2024-Q2, 2024-M07, 2024-W23
 * (ISO 8601 weeks), 2024-06-30, and a stretch of whole months of one year,
 * 2024-01-01/P11M. A stretch that is a standard period is that period
 * (P4M from January is 2024-T1, P12M is 2024), so each period has one text
 * and one code. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "services/base/buf.h"
#include "services/base/day.h"

/* SDMX CL_FREQ, longest first; RANGE is ours. The numbers are in codes that
 * reach the disk: never change them. */
typedef enum mv_freq {
    MV_FREQ_NONE = 0,
    MV_FREQ_A = 1,     /* year */
    MV_FREQ_S = 2,     /* half-year */
    MV_FREQ_T = 3,     /* tertial, CL_FREQ A_3 */
    MV_FREQ_Q = 4,     /* quarter */
    MV_FREQ_M = 5,     /* month */
    MV_FREQ_W = 6,     /* ISO week */
    MV_FREQ_D = 7,     /* day */
    MV_FREQ_RANGE = 8, /* whole months, none of the above */
} mv_freq;

#define MV_PERIOD_TEXT_BYTES 24
#define MV_PERIODS_MAX       366 /* of any frequency in a year */

/* Small; lives on the stack. Made only by the functions below. */
struct mv_period {
    int16_t year;      /* the year it belongs to; of a week, its ISO year */
    int16_t index;     /* 1.. within the year; RANGE: start month*16 + months */
    int32_t first_day; /* day numbers, both included */
    int32_t last_day;
    mv_freq freq;
};

/* "A" "S" "A_3" "Q" "M" "W" "D" (no RANGE). */
bool mv_freq_parse(struct mv_span text, mv_freq *ret);
const char *mv_freq_text(mv_freq f);

/* Strict: upper case, every digit, years MV_YEAR_MIN..MV_YEAR_MAX, existing
 * days and weeks only. */
bool mv_period_parse(struct mv_span text, struct mv_period *ret);
/* The one text of this period; returns out. */
const char *mv_period_text(const struct mv_period *p,
                           char out[MV_PERIOD_TEXT_BYTES]);

/* How many there are: 1 2 3 4 12 52|53 365|366; 0 for RANGE. */
int mv_period_count(mv_freq freq, int year);
/* The n-th (from 1) of a year; false: no such period or year. */
bool mv_period_nth(mv_freq freq, int year, int n, struct mv_period *ret);
/* The period of this frequency that the day lies in. */
bool mv_period_at(mv_freq freq, int32_t day, struct mv_period *ret);
/* Whole months start..start+months-1 of a year, in its one form. */
bool mv_period_of_months(int year, int start, int months,
                         struct mv_period *ret);

/* The next of the same frequency in the same year; false after the last, and
 * for RANGE. ret may be p. */
bool mv_period_next(const struct mv_period *p, struct mv_period *ret);
/* The same period `years` later (-1: a year before); false where there is
 * none: a leap day, week 53, outside the years. ret may be p. */
bool mv_period_shift(const struct mv_period *p, int years,
                     struct mv_period *ret);

bool mv_period_equal(const struct mv_period *a, const struct mv_period *b);
/* By first day, then the longer first: <0, 0, >0. */
int mv_period_compare(const struct mv_period *a, const struct mv_period *b);
/* Every day of inner lies in outer. */
bool mv_period_contains(const struct mv_period *outer,
                        const struct mv_period *inner);
/* True if p is whole months: start 1..12 and how many. */
bool mv_period_months(const struct mv_period *p, int *start, int *months);
/* Which periods of freq in p's year p is made of, from..to (from 1). A year
 * is made of all of its weeks, by ISO's year. False where p is shorter than
 * freq or cuts one (a half-year and tertials). */
bool mv_period_parts(const struct mv_period *p, mv_freq freq, int *from,
                     int *to);

/* 16 bits that are unique within a year and sort by (frequency, index); and
 * back. Code 0 is no period. */
uint16_t mv_period_code(const struct mv_period *p);
bool mv_period_from_code(int year, uint16_t code, struct mv_period *ret);
