/* notice_text - a notice, or one that has ended, as a person reads it. */
#pragma once

#include "services/cli/rows.h"

/* notice: a `notice` or an `ended` message. */
void cli_notice_show(struct cli *c, struct mv_span notice);
