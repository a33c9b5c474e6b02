/* figure - see figure.h. Job: a cell's text to millionths. Invariant: a text
 * that could be read as two numbers is never read by this alone; a number is
 * exact or refused. No state. */
#include "services/cli/figure.h"

#include <string.h>

#include "services/base/micro.h"

#define DIGITS_MAX 40

/* The cell without sign, percent sign and blanks around; `groups` is true if
 * blanks divide it by thousands. */
struct bare {
    char text[DIGITS_MAX + 1]; /* digits , . only */
    size_t len;
    bool negative, empty, bad;
};

/* A blank that people put between thousands: ' ', U+00A0, U+202F, U+2009. */
static size_t blank(struct mv_span s, size_t at)
{
    const char *p = (const char *)s.at + at;
    size_t left = s.len - at;
    if (left >= 1 && *p == ' ')
        return 1;
    if (left >= 2 && !memcmp(p, "\xc2\xa0", 2))
        return 2;
    if (left >= 3 &&
        (!memcmp(p, "\xe2\x80\xaf", 3) || !memcmp(p, "\xe2\x80\x89", 3)))
        return 3;
    return 0;
}

static struct mv_span trim(struct mv_span s)
{
    size_t n, at = 0;
    while (at < s.len && (n = blank(s, at)) > 0)
        at += n;
    s = mv_span((const char *)s.at + at, s.len - at);
    for (size_t tail = 3; tail >= 1; tail--) {
        while (s.len >= tail && blank(s, s.len - tail) == tail)
            s.len -= tail;
    }
    return s;
}

static bool ends(struct mv_span s, const char *with)
{
    size_t len = strlen(with);
    return s.len >= len && !memcmp((const char *)s.at + s.len - len, with, len);
}

static bool starts(struct mv_span s, const char *with)
{
    size_t len = strlen(with);
    return s.len >= len && !memcmp(s.at, with, len);
}

static struct mv_span drop(struct mv_span s, size_t n)
{
    return mv_span((const char *)s.at + n, s.len - n);
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Blanks may stand between digits only, each before exactly three. */
static bool blank_divides(struct mv_span s, size_t at, size_t n)
{
    const char *p = s.at;
    size_t from = at + n, count = 0;
    while (from + count < s.len && digit(p[from + count]))
        count++;
    return at > 0 && digit(p[at - 1]) && count == 3;
}

static struct bare strip(struct mv_span s)
{
    struct bare b = {0};
    s = trim(s);
    if (ends(s, "%")) {
        s.len--;
        s = trim(s);
    }
    if (starts(s, "-") || starts(s, "\xe2\x88\x92")) {
        b.negative = true;
        s = drop(s, starts(s, "-") ? 1 : 3);
    } else if (starts(s, "+")) {
        s = drop(s, 1);
    }
    b.empty = s.len == 0;
    for (size_t at = 0; at < s.len;) {
        char c = ((const char *)s.at)[at];
        size_t n = blank(s, at);
        if (n > 0 ? !blank_divides(s, at, n)
                  : !digit(c) && c != ',' && c != '.')
            b.bad = true;
        if (b.bad || b.len == DIGITS_MAX) {
            b.bad = true;
            return b;
        }
        if (n == 0)
            b.text[b.len++] = c;
        at += n > 0 ? n : 1;
    }
    return b;
}

/* The whole part with `group` between thousands, or without. */
static bool whole_is_good(const char *p, size_t len, char group)
{
    size_t run = 0, groups = 0;
    if (len == 0)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (digit(p[i])) {
            run++;
            continue;
        }
        if (p[i] != group || run == 0 || run > 3 || (groups > 0 && run != 3))
            return false;
        groups++;
        run = 0;
    }
    return groups == 0 ? run > 0 : run == 3 && p[0] != '0';
}

/* Is it a number where `decimal` divides whole from fraction? */
static bool reads(const struct bare *b, char decimal)
{
    char group = decimal == ',' ? '.' : ',';
    const char *point = memchr(b->text, decimal, b->len);
    size_t whole = point != NULL ? (size_t)(point - b->text) : b->len;
    if (!whole_is_good(b->text, whole, group))
        return false;
    if (point == NULL)
        return true;
    for (size_t i = whole + 1; i < b->len; i++)
        if (!digit(b->text[i]))
            return false;
    return whole + 1 < b->len;
}

static bool is_missing(struct mv_span s)
{
    s = trim(s);
    return s.len == 0 || mv_span_is(s, "-") || mv_span_is(s, "*") ||
           mv_span_is(s, "\xe2\x80\x93");
}

cli_figure_kind cli_figure_look(struct mv_span text)
{
    if (is_missing(text))
        return CLI_FIGURE_MISSING;
    struct bare b = strip(text);
    if (b.bad || b.empty)
        return CLI_FIGURE_BAD;
    bool comma = reads(&b, ','), point = reads(&b, '.');
    if (comma && point) {
        return memchr(b.text, ',', b.len) == NULL &&
                       memchr(b.text, '.', b.len) == NULL
                   ? CLI_FIGURE_PLAIN
                   : CLI_FIGURE_EITHER;
    }
    if (comma)
        return CLI_FIGURE_COMMA;
    return point ? CLI_FIGURE_POINT : CLI_FIGURE_BAD;
}

bool cli_figure_read(struct mv_span text, char decimal, int64_t *micro,
                     cli_word *why)
{
    struct bare b = strip(text);
    char plain[DIGITS_MAX + 2];
    size_t len = 0;
    double nearest;
    *why = CLI_W_CELL_NUMBER;
    if (b.bad || b.empty || !reads(&b, decimal))
        return false;
    if (b.negative)
        plain[len++] = '-';
    for (size_t i = 0; i < b.len; i++) {
        if (digit(b.text[i]))
            plain[len++] = b.text[i];
        else if (b.text[i] == decimal)
            plain[len++] = '.';
    }
    mv_number n = mv_micro_parse(mv_span(plain, len), micro);
    if (n == MV_NUMBER_PRECISION)
        *why = CLI_W_CELL_PRECISION;
    else if (n == MV_NUMBER_RANGE)
        *why = CLI_W_CELL_RANGE;
    if (n != MV_NUMBER_OK)
        return false;
    /* it must survive the way as a float */
    if (*micro % MV_MICRO_ONE != 0 && !mv_micro_to_f64(*micro, &nearest)) {
        *why = CLI_W_CELL_PRECISION;
        return false;
    }
    return true;
}
