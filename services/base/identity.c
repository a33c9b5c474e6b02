/* identity - see identity.h. Job: find Norwegian
 * national identity numbers in any text, so that none is ever stored.
 * Invariant: looks at whole groups of digits only, in one pass. No state.
 * Skatteetaten, "Fødselsnummer", "D-nummer"; Norsk helsenett, "FH-nummer". */
#include "services/base/identity.h"

#include <stdint.h>
#include <string.h>

#define NUMBER_DIGITS 11

static bool check_digits_hold(const int d[NUMBER_DIGITS])
{
    static const int first[] = {3, 7, 6, 1, 8, 9, 4, 5, 2, 1, 0};
    static const int second[] = {5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1};
    int sum1 = 0;
    int sum2 = 0;
    for (int i = 0; i < NUMBER_DIGITS; i++) {
        sum1 += first[i] * d[i];
        sum2 += second[i] * d[i];
    }
    return sum1 % 11 == 0 && sum2 % 11 == 0;
}

/* Day and month as each kind of number writes them. */
static bool date_is_plausible(const int d[NUMBER_DIGITS])
{
    if (d[0] >= 8) /* FH-number: no date in it */
        return true;
    int day = d[0] * 10 + d[1];
    int month = d[2] * 10 + d[3];
    if (day > 40) /* D-number */
        day -= 40;
    if (month > 80) { /* synthetic, Skatteetaten */
        month -= 80;
    } else if (month > 65) { /* synthetic, NAV (Dolly) with D-number months */
        month -= 65;
    } else if (month > 40) { /* H-number; synthetic, NAV */
        month -= 40;
    }
    return day >= 1 && day <= 31 && month >= 1 && month <= 12;
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* The length of one separator at p: blank, hyphen, no-break spaces; or 0. */
static size_t separator(const uint8_t *p, size_t left)
{
    if (left >= 1 && (p[0] == ' ' || p[0] == '-'))
        return 1;
    if (left >= 2 && memcmp(p, "\xc2\xa0", 2) == 0)
        return 2;
    if (left >= 3 && memcmp(p, "\xe2\x80\xaf", 3) == 0)
        return 3;
    return 0;
}

/* The digits of the groups from `at` on, until eleven of them end with a
 * group. False: more than eleven, or no further group. */
static bool number_from(const uint8_t *p, size_t len, size_t at,
                        int d[NUMBER_DIGITS])
{
    int count = 0;
    for (;;) {
        for (; at < len && is_digit(p[at]); at++) {
            if (count == NUMBER_DIGITS)
                return false;
            d[count++] = p[at] - '0';
        }
        if (count == NUMBER_DIGITS)
            return true;
        size_t skip = separator(p + at, len - at);
        if (skip == 0)
            return false;
        for (; skip > 0; skip = separator(p + at, len - at))
            at += skip;
        if (at == len || !is_digit(p[at]))
            return false;
    }
}

bool mv_identity_in(struct mv_span text)
{
    const uint8_t *p = text.at;
    int d[NUMBER_DIGITS];
    if (text.len < NUMBER_DIGITS)
        return false;
    for (size_t at = 0; at < text.len; at++) {
        bool group_begins =
            is_digit(p[at]) && (at == 0 || !is_digit(p[at - 1]));
        if (group_begins && number_from(p, text.len, at, d) &&
            check_digits_hold(d) && date_is_plausible(d))
            return true;
    }
    return false;
}
