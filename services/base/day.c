/* day - see day.h. Job: day numbers and dates. Invariant: every function is
 * pure and exact for the years 0..9999. No state: a crash leaves nothing. */
#include "services/base/day.h"
#include "services/base/err.h"

#include <stdio.h>

bool mv_year_is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int mv_month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    MV_ASSERT(month >= 1 && month <= 12);
    return days[month - 1] + (month == 2 && mv_year_is_leap(year));
}

bool mv_date_exists(int year, int month, int day)
{
    return year >= 0 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 &&
           day <= mv_month_days(year, month);
}

/* Years begin in March here, so that the leap day is a year's last. */
int32_t mv_day_of(int year, int month, int day)
{
    MV_ASSERT(mv_date_exists(year, month, day));
    int y = month <= 2 ? year - 1 : year;
    int era = (y >= 0 ? y : y - 399) / 400;
    int year_of_era = y - era * 400;
    int month_from_march = month > 2 ? month - 3 : month + 9;
    int day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    int day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

struct mv_date mv_day_date(int32_t day)
{
    int z = day + 719468;
    int era = (z >= 0 ? z : z - 146096) / 146097;
    int day_of_era = z - era * 146097;
    int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
                       day_of_era / 146096) /
                      365;
    int day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int month_from_march = (5 * day_of_year + 2) / 153;
    int month =
        month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    return (struct mv_date){
        .year = year_of_era + era * 400 + (month <= 2),
        .month = month,
        .day = day_of_year - (153 * month_from_march + 2) / 5 + 1,
    };
}

int mv_day_weekday(int32_t day)
{
    int from_monday = (day + 3) % 7; /* 1970-01-01 was a Thursday */
    return (from_monday < 0 ? from_monday + 7 : from_monday) + 1;
}

int mv_day_of_year(int32_t day)
{
    return day - mv_day_of(mv_day_date(day).year, 1, 1) + 1;
}

static bool digits(const char *c, int count, int *ret)
{
    int v = 0;
    for (int i = 0; i < count; i++) {
        if (c[i] < '0' || c[i] > '9')
            return false;
        v = v * 10 + (c[i] - '0');
    }
    *ret = v;
    return true;
}

bool mv_day_parse(struct mv_span text, int32_t *ret)
{
    const char *c = text.at;
    int year;
    int month;
    int day;
    if (text.len != 10 || c[4] != '-' || c[7] != '-' || !digits(c, 4, &year) ||
        !digits(c + 5, 2, &month) || !digits(c + 8, 2, &day) ||
        year < MV_YEAR_MIN || year > MV_YEAR_MAX ||
        !mv_date_exists(year, month, day))
        return false;
    *ret = mv_day_of(year, month, day);
    return true;
}

const char *mv_day_text(int32_t day, char out[MV_DAY_TEXT_BYTES])
{
    struct mv_date d = mv_day_date(day);
    (void)snprintf(out, MV_DAY_TEXT_BYTES, "%04d-%02d-%02d", d.year % 10000,
                   d.month % 100, d.day % 100);
    return out;
}
