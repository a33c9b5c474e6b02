/* day - calendar days as numbers: days since 1970-01-01, proleptic Gregorian
 * (Howard Hinnant, chrono-compatible low-level date algorithms). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "services/base/buf.h"

/* Years that figures, dates and targets may name. */
#define MV_YEAR_MIN 1990
#define MV_YEAR_MAX 2199

#define MV_MS_PER_DAY INT64_C(86400000)

#define MV_DAY_TEXT_BYTES 16 /* "2024-06-30" and to spare */

struct mv_date {
    int year;
    int month; /* 1..12 */
    int day;   /* 1..31 */
};

bool mv_year_is_leap(int year);
int mv_month_days(int year, int month); /* month 1..12 */

/* The date must exist; mv_date_exists says. Any year 0..9999. */
int32_t mv_day_of(int year, int month, int day);
bool mv_date_exists(int year, int month, int day);
struct mv_date mv_day_date(int32_t day);

/* ISO 8601: Monday is 1, Sunday 7. */
int mv_day_weekday(int32_t day);

/* 1 for 1 January. */
int mv_day_of_year(int32_t day);

/* Exactly "2024-06-30", year within MV_YEAR_MIN..MAX, and the day exists. */
bool mv_day_parse(struct mv_span text, int32_t *ret);
const char *mv_day_text(int32_t day, char out[MV_DAY_TEXT_BYTES]);
