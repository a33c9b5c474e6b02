/* wrap - long sentences on narrow terminals: broken between words. */
#pragma once

#include "services/base/buf.h"

/* Appends text, in lines of at most `width` columns (0: as it is). The first
 * line has `used` columns already; the others begin with `indent` blanks. A
 * word and what stands in `...` stay whole, also where they are wider than
 * the line. Line ends in the text are kept. */
void cli_wrap(struct mv_buf *out, struct mv_span text, size_t width,
              size_t used, size_t indent);
