/* bare - values that came without numerator and denominator, in a file where
 * others of the indicator have them: of a ratio they weigh nothing. */
#pragma once

#include "services/cli/sheet.h"

/* One warning for the file, naming the first indicators; or none. */
void cli_bare_warn(struct cli *c, const struct cli_sheet *s, const char *file);
