/* period - see period.h. Job: periods as days, and their texts and codes.
 * Invariant: a struct mv_period is only ever made by make(), so its days
 * always belong to its year, frequency and index. No state: a crash leaves
 * nothing. */
#include "services/base/period.h"
#include "services/base/err.h"

#include <stdio.h>

#define WEEK_DAYS     7
#define RANGE_SHIFT   4 /* index of a RANGE: start month << 4 | months */
#define RANGE_MONTHS  15
#define CODE_SHIFT    12
#define CODE_INDEX    ((1 << CODE_SHIFT) - 1)
#define MONTHS_A_YEAR 12

/* Months of one period, by frequency; 0: not made of months. */
static const int months_of[] = {
    [MV_FREQ_NONE] = 0, [MV_FREQ_A] = 12, [MV_FREQ_S] = 6,
    [MV_FREQ_T] = 4,    [MV_FREQ_Q] = 3,  [MV_FREQ_M] = 1,
    [MV_FREQ_W] = 0,    [MV_FREQ_D] = 0,  [MV_FREQ_RANGE] = 0,
};

static const char *const codelist[] = {
    [MV_FREQ_NONE] = "", [MV_FREQ_A] = "A", [MV_FREQ_S] = "S",
    [MV_FREQ_T] = "A_3", [MV_FREQ_Q] = "Q", [MV_FREQ_M] = "M",
    [MV_FREQ_W] = "W",   [MV_FREQ_D] = "D", [MV_FREQ_RANGE] = "range",
};

bool mv_freq_parse(struct mv_span text, mv_freq *ret)
{
    for (mv_freq f = MV_FREQ_A; f <= MV_FREQ_D; f++) {
        if (mv_span_is(text, codelist[f])) {
            *ret = f;
            return true;
        }
    }
    return false;
}

const char *mv_freq_text(mv_freq f)
{
    MV_ASSERT(f <= MV_FREQ_RANGE);
    return codelist[f];
}

static bool year_is_ours(int year)
{
    return year >= MV_YEAR_MIN && year <= MV_YEAR_MAX;
}

/* ISO 8601: week 1 is the one with 4 January in it. */
static int32_t first_week_begins(int year)
{
    int32_t fourth = mv_day_of(year, 1, 4);
    return fourth - (mv_day_weekday(fourth) - 1);
}

static int32_t month_begins(int year, int months_before)
{
    return mv_day_of(year + months_before / MONTHS_A_YEAR,
                     months_before % MONTHS_A_YEAR + 1, 1);
}

static void make(struct mv_period *p, mv_freq freq, int year, int index,
                 int32_t first, int32_t last)
{
    *p = (struct mv_period){.freq = freq,
                            .year = (int16_t)year,
                            .index = (int16_t)index,
                            .first_day = first,
                            .last_day = last};
}

static void make_months(struct mv_period *p, mv_freq freq, int year, int index,
                        int start, int months)
{
    make(p, freq, year, index, month_begins(year, start - 1),
         month_begins(year, start - 1 + months) - 1);
}

int mv_period_count(mv_freq freq, int year)
{
    switch (freq) {
    case MV_FREQ_W:
        return (first_week_begins(year + 1) - first_week_begins(year)) /
               WEEK_DAYS;
    case MV_FREQ_D:
        return mv_year_is_leap(year) ? 366 : 365;
    case MV_FREQ_NONE:
    case MV_FREQ_RANGE:
        return 0;
    case MV_FREQ_A:
    case MV_FREQ_S:
    case MV_FREQ_T:
    case MV_FREQ_Q:
    case MV_FREQ_M:
        break;
    }
    return MONTHS_A_YEAR / months_of[freq];
}

bool mv_period_nth(mv_freq freq, int year, int n, struct mv_period *ret)
{
    if (!year_is_ours(year) || n < 1 || n > mv_period_count(freq, year))
        return false;
    if (freq == MV_FREQ_W) {
        int32_t first = first_week_begins(year) + (n - 1) * WEEK_DAYS;
        make(ret, freq, year, n, first, first + WEEK_DAYS - 1);
    } else if (freq == MV_FREQ_D) {
        int32_t day = mv_day_of(year, 1, 1) + n - 1;
        make(ret, freq, year, n, day, day);
    } else {
        int months = months_of[freq];
        make_months(ret, freq, year, n, (n - 1) * months + 1, months);
    }
    return true;
}

bool mv_period_at(mv_freq freq, int32_t day, struct mv_period *ret)
{
    struct mv_date d = mv_day_date(day);
    switch (freq) {
    case MV_FREQ_D:
        return mv_period_nth(freq, d.year, mv_day_of_year(day), ret);
    case MV_FREQ_W: {
        /* the week belongs to the year that its Thursday lies in */
        int32_t thursday = day - mv_day_weekday(day) + 4;
        int year = mv_day_date(thursday).year;
        int n = (mv_day_of_year(thursday) - 1) / WEEK_DAYS + 1;
        return mv_period_nth(freq, year, n, ret);
    }
    case MV_FREQ_NONE:
    case MV_FREQ_RANGE:
        return false;
    case MV_FREQ_A:
    case MV_FREQ_S:
    case MV_FREQ_T:
    case MV_FREQ_Q:
    case MV_FREQ_M:
        break;
    }
    int n = (d.month - 1) / months_of[freq] + 1;
    return mv_period_nth(freq, d.year, n, ret);
}

bool mv_period_of_months(int year, int start, int months, struct mv_period *ret)
{
    if (!year_is_ours(year) || start < 1 || months < 1 ||
        start > MONTHS_A_YEAR || months > MONTHS_A_YEAR - start + 1)
        return false;
    for (mv_freq f = MV_FREQ_A; f <= MV_FREQ_M; f++) {
        if (months_of[f] == months && (start - 1) % months == 0)
            return mv_period_nth(f, year, (start - 1) / months + 1, ret);
    }
    make_months(ret, MV_FREQ_RANGE, year, start << RANGE_SHIFT | months, start,
                months);
    return true;
}

static bool digits(const char *c, size_t count, int *ret)
{
    int v = 0;
    for (size_t i = 0; i < count; i++) {
        if (c[i] < '0' || c[i] > '9')
            return false;
        v = v * 10 + (c[i] - '0');
    }
    *ret = v;
    return count > 0;
}

/* "2024-01-01/P11M": day is read already, c is behind the slash. */
static bool parse_range(int32_t day, const char *c, size_t len,
                        struct mv_period *ret)
{
    struct mv_date d = mv_day_date(day);
    int months;
    return d.day == 1 && (len == 3 || len == 4) && c[0] == 'P' && c[1] != '0' &&
           c[len - 1] == 'M' && digits(c + 1, len - 2, &months) &&
           mv_period_of_months(d.year, d.month, months, ret);
}

static bool parse_numbered(int year, const char *c, size_t len,
                           struct mv_period *ret)
{
    static const struct {
        char letter;
        mv_freq freq;
        size_t digits;
    } forms[] = {{'S', MV_FREQ_S, 1},
                 {'T', MV_FREQ_T, 1},
                 {'Q', MV_FREQ_Q, 1},
                 {'M', MV_FREQ_M, 2},
                 {'W', MV_FREQ_W, 2}};
    int n;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (c[0] == forms[i].letter) {
            return len == 1 + forms[i].digits && digits(c + 1, len - 1, &n) &&
                   mv_period_nth(forms[i].freq, year, n, ret);
        }
    }
    return false;
}

bool mv_period_parse(struct mv_span text, struct mv_period *ret)
{
    const char *c = text.at;
    int year;
    int32_t day;
    if (text.len < 4 || !digits(c, 4, &year) || !year_is_ours(year))
        return false;
    if (text.len == 4)
        return mv_period_nth(MV_FREQ_A, year, 1, ret);
    if (c[4] != '-')
        return false;
    if (text.len == 7 || text.len == 8)
        return parse_numbered(year, c + 5, text.len - 5, ret);
    if (text.len < 10 || !mv_day_parse(mv_span(c, 10), &day))
        return false;
    if (text.len == 10)
        return mv_period_at(MV_FREQ_D, day, ret);
    return c[10] == '/' && parse_range(day, c + 11, text.len - 11, ret);
}

/* Months and weeks, by hand: each change names some. */
static const char *two_digits(int year, char letter, int index,
                              char out[MV_PERIOD_TEXT_BYTES])
{
    const int digits[] = {year / 1000 % 10, year / 100 % 10, year / 10 % 10,
                          year % 10,        index / 10 % 10, index % 10};
    char *p = out;
    for (size_t i = 0; i < sizeof digits / sizeof *digits; i++) {
        if (i == 4) {
            *p++ = '-';
            *p++ = letter;
        }
        *p++ = (char)('0' + digits[i]);
    }
    *p = 0;
    return out;
}

const char *mv_period_text(const struct mv_period *p,
                           char out[MV_PERIOD_TEXT_BYTES])
{
    static const char letters[] = "?ASTQMWDR";
    const size_t size = MV_PERIOD_TEXT_BYTES;
    char day[MV_DAY_TEXT_BYTES];
    int year = p->year;
    int index = p->index;
    switch (p->freq) {
    case MV_FREQ_A:
        (void)snprintf(out, size, "%04d", year);
        return out;
    case MV_FREQ_S:
    case MV_FREQ_T:
    case MV_FREQ_Q:
        (void)snprintf(out, size, "%04d-%c%d", year, letters[p->freq], index);
        return out;
    case MV_FREQ_M:
    case MV_FREQ_W:
        return two_digits(year, letters[p->freq], index, out);
    case MV_FREQ_D:
    case MV_FREQ_RANGE:
    case MV_FREQ_NONE:
        break;
    }
    MV_ASSERT(p->freq == MV_FREQ_D || p->freq == MV_FREQ_RANGE);
    (void)mv_day_text(p->first_day, day);
    if (p->freq == MV_FREQ_D) {
        (void)snprintf(out, size, "%s", day);
    } else {
        (void)snprintf(out, size, "%s/P%dM", day, index & RANGE_MONTHS);
    }
    return out;
}

bool mv_period_next(const struct mv_period *p, struct mv_period *ret)
{
    return mv_period_nth(p->freq, p->year, p->index + 1, ret);
}

bool mv_period_shift(const struct mv_period *p, int years,
                     struct mv_period *ret)
{
    int year = p->year + years;
    if (p->freq == MV_FREQ_RANGE) {
        return mv_period_of_months(year, p->index >> RANGE_SHIFT,
                                   p->index & RANGE_MONTHS, ret);
    }
    if (p->freq != MV_FREQ_D)
        return mv_period_nth(p->freq, year, p->index, ret);
    struct mv_date d = mv_day_date(p->first_day);
    return mv_date_exists(year, d.month, d.day) &&
           mv_period_at(MV_FREQ_D, mv_day_of(year, d.month, d.day), ret);
}

bool mv_period_equal(const struct mv_period *a, const struct mv_period *b)
{
    return a->freq == b->freq && a->year == b->year && a->index == b->index;
}

int mv_period_compare(const struct mv_period *a, const struct mv_period *b)
{
    if (a->first_day != b->first_day)
        return a->first_day < b->first_day ? -1 : 1;
    return (a->last_day < b->last_day) - (a->last_day > b->last_day);
}

bool mv_period_contains(const struct mv_period *outer,
                        const struct mv_period *inner)
{
    return outer->first_day <= inner->first_day &&
           outer->last_day >= inner->last_day;
}

bool mv_period_months(const struct mv_period *p, int *start, int *months)
{
    MV_ASSERT(p->freq <= MV_FREQ_RANGE);
    int each = months_of[p->freq];
    if (each == 0 && p->freq != MV_FREQ_RANGE)
        return false;
    *start = p->freq == MV_FREQ_RANGE ? p->index >> RANGE_SHIFT
                                      : (p->index - 1) * each + 1;
    *months = p->freq == MV_FREQ_RANGE ? p->index & RANGE_MONTHS : each;
    return true;
}

bool mv_period_parts(const struct mv_period *p, mv_freq freq, int *from,
                     int *to)
{
    if (p->freq == MV_FREQ_A && freq != MV_FREQ_NONE && freq != MV_FREQ_RANGE) {
        *from = 1;
        *to = mv_period_count(freq, p->year);
        return true;
    }
    struct mv_period a;
    struct mv_period b;
    if (!mv_period_at(freq, p->first_day, &a) ||
        !mv_period_at(freq, p->last_day, &b) || a.first_day != p->first_day ||
        b.last_day != p->last_day || a.year != p->year || b.year != p->year)
        return false;
    *from = a.index;
    *to = b.index;
    return true;
}

uint16_t mv_period_code(const struct mv_period *p)
{
    return (uint16_t)((unsigned)p->freq << CODE_SHIFT | (unsigned)p->index);
}

bool mv_period_from_code(int year, uint16_t code, struct mv_period *ret)
{
    int index = code & CODE_INDEX;
    struct mv_period p;
    if (code >> CODE_SHIFT > MV_FREQ_RANGE)
        return false;
    mv_freq freq = (mv_freq)(code >> CODE_SHIFT);
    bool made = freq == MV_FREQ_RANGE
                    ? mv_period_of_months(year, index >> RANGE_SHIFT,
                                          index & RANGE_MONTHS, &p)
                    : mv_period_nth(freq, year, index, &p);
    if (!made || mv_period_code(&p) != code)
        return false;
    *ret = p;
    return true;
}
