/* figure - a number as people write it in a sheet: 78,5 %, 1 234,5, -3, or -
 * for none. What one cell means may hang on the file: whether 1.234 is one
 * and a bit or a thousand is decided by the file's other cells, or refused. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "services/base/buf.h"
#include "services/cli/words.h"

typedef enum cli_figure_kind {
    CLI_FIGURE_MISSING = 0, /* empty, -, * */
    CLI_FIGURE_PLAIN,       /* the same in either convention */
    CLI_FIGURE_COMMA,       /* only with decimal comma */
    CLI_FIGURE_POINT,       /* only with decimal point */
    CLI_FIGURE_EITHER,      /* 1.234 or 1,234: the file must say */
    CLI_FIGURE_BAD,
} cli_figure_kind;

/* What kind of text it is, looked at alone. */
cli_figure_kind cli_figure_look(struct mv_span text);

/* Millionths, with this decimal sign (',' or '.'). False: not a number then;
 * *why says. Not for CLI_FIGURE_MISSING. */
bool cli_figure_read(struct mv_span text, char decimal, int64_t *micro,
                     cli_word *why);
