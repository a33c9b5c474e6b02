/* shown - decimals as people read them: digits in groups, the language's
 * decimal sign, a minus as wide as a plus. */
#pragma once

#include "services/base/buf.h"
#include "services/base/decimal.h"

/* A decimal's text ("-12345.5") as "−12 345,5" (comma) or "−12,345.5". Whole
 * parts of four digits are not grouped: they may be years. Appends. */
void mv_shown_digits(struct mv_buf *out, const char *text, bool comma);

/* How many decimals, `least` at least, it takes for two numbers that are not
 * equal not to look it; `least` if they are equal. */
int mv_shown_apart(struct mv_dec a, struct mv_dec b, unsigned least);

#define MV_SHOWN_MORE 3 /* decimals, where the usual ones do not do */

/* The same of a value beside its limit, and for neither to be rounded by more
 * than a twentieth of itself: of those at most MV_SHOWN_MORE more. */
int mv_shown_against(struct mv_dec value, struct mv_dec limit, unsigned least);

/* How many decimals, mv_shown_against's at least, it takes for value and limit,
 * as shown, to differ by the difference that is shown beside them, whatever its
 * sign; mv_shown_against's where no number does. */
int mv_shown_adding(struct mv_dec value, struct mv_dec limit,
                    struct mv_dec difference, unsigned least);

/* How many decimals a number takes that is to be reached: all that it has,
 * `least` at least and MV_SHOWN_MORE more at most. What is more than that is
 * rounded away: up where up > 0, down where up < 0, to the nearest where 0. */
int mv_shown_close(struct mv_dec *d, unsigned least, int up);

/* How many decimals the number has, without zeros at the end. */
unsigned mv_shown_natural(struct mv_dec d);
