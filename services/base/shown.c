/* shown - see shown.h. Job: one way to write numbers, for the command line
 * and for notices. Invariant: no digit is made up or left out. Holds
 * nothing. */
#include "services/base/shown.h"

#include <string.h>

void mv_shown_digits(struct mv_buf *out, const char *text, bool comma)
{
    if (*text == '-') {
        mv_buf_text(out, "−");
        text++;
    }
    size_t whole = strcspn(text, ".");
    for (size_t i = 0; i < whole; i++) {
        if (i > 0 && (whole - i) % 3 == 0 && whole > 4)
            mv_buf_put_u8(out, comma ? ' ' : ',');
        mv_buf_put_u8(out, (uint8_t)text[i]);
    }
    if (text[whole] == '.') {
        mv_buf_put_u8(out, comma ? ',' : '.');
        mv_buf_text(out, text + whole + 1);
    }
}

unsigned mv_shown_natural(struct mv_dec d)
{
    char text[MV_DEC_TEXT_BYTES];
    const char *point = strchr(mv_dec_text(d, text), '.');
    return point == NULL ? 0 : (unsigned)strlen(point + 1);
}

int mv_shown_apart(struct mv_dec a, struct mv_dec b, unsigned least)
{
    char x[MV_DEC_TEXT_BYTES], y[MV_DEC_TEXT_BYTES];
    int n = (int)(least > MV_DEC_DECIMALS ? MV_DEC_DECIMALS : least);
    if (mv_dec_compare(a, b) == 0)
        return n;
    while (n < MV_DEC_DECIMALS &&
           !strcmp(mv_dec_text_fixed(a, n, x), mv_dec_text_fixed(b, n, y)))
        n++;
    return n;
}

/* Is more than a twentieth of it lost with n decimals? */
static bool misleads(struct mv_dec d, int n)
{
    struct mv_dec shown, lost;
    return mv_dec_round(&shown, d, n) && mv_dec_sub(&lost, shown, d) &&
           mv_dec_mul(&lost, lost, mv_dec_from_int(20)) &&
           mv_dec_compare(mv_dec_abs(lost), mv_dec_abs(d)) > 0;
}

/* A number that is too small for any decimals that are shown takes none. */
static unsigned enough(struct mv_dec d, unsigned least)
{
    struct mv_dec shown;
    unsigned n = least, most = least + MV_SHOWN_MORE;
    if (most > MV_DEC_DECIMALS)
        return least;
    while (n < most && misleads(d, (int)n))
        n++;
    return n == most && mv_dec_round(&shown, d, (int)n) &&
                   mv_dec_sign(shown) == 0
               ? least
               : n;
}

int mv_shown_against(struct mv_dec value, struct mv_dec limit, unsigned least)
{
    unsigned of_value = enough(value, least), of_limit = enough(limit, least);
    return mv_shown_apart(value, limit,
                          of_value > of_limit ? of_value : of_limit);
}

/* With n decimals? */
static bool adds(struct mv_dec a, struct mv_dec b, struct mv_dec difference,
                 int n)
{
    struct mv_dec x, y, d, apart;
    return mv_dec_round(&x, a, n) && mv_dec_round(&y, b, n) &&
           mv_dec_round(&d, mv_dec_abs(difference), n) &&
           mv_dec_sub(&apart, x, y) &&
           mv_dec_compare(mv_dec_abs(apart), d) == 0;
}

int mv_shown_adding(struct mv_dec value, struct mv_dec limit,
                    struct mv_dec difference, unsigned least)
{
    int from = mv_shown_against(value, limit, least);
    int most = (int)least + MV_SHOWN_MORE;
    for (int n = from; n <= most && n <= MV_DEC_DECIMALS; n++)
        if (adds(value, limit, difference, n))
            return n;
    return from;
}

/* One of the last of so many decimals. */
static struct mv_dec last_place(unsigned decimals)
{
    struct mv_dec ret = {MV_DEC_ONE};
    while (decimals-- > 0)
        ret.pico /= 10;
    return ret;
}

/* A quotient times as many as there are days is off by less than the last of
 * these: what was 6 before it was divided must not be rounded to 5.999. */
#define SURE 9

int mv_shown_close(struct mv_dec *d, unsigned least, int up)
{
    unsigned most = least + MV_SHOWN_MORE;
    struct mv_dec n;
    if (most > MV_DEC_DECIMALS)
        most = MV_DEC_DECIMALS;
    if ((up != 0 && !mv_dec_round(d, *d, SURE)) ||
        !mv_dec_round(&n, *d, (int)most))
        return (int)least;
    if (up > 0 && mv_dec_compare(n, *d) < 0 &&
        !mv_dec_add(&n, n, last_place(most)))
        return (int)least;
    if (up < 0 && mv_dec_compare(n, *d) > 0 &&
        !mv_dec_sub(&n, n, last_place(most)))
        return (int)least;
    *d = n;
    unsigned natural = mv_shown_natural(n);
    return (int)(natural > least ? natural : least);
}
