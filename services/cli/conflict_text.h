/* conflict_text - an answer's conflict as a person reads it: in the language
 * asked for, with what to do about it. */
#pragma once

#include "services/cli/cli.h"

/* Appends the sentence for raw, a `conflict`; in English, or with a code that
 * this version does not know, as it was sent. Safe for a terminal. */
void cli_conflict_put(const struct cli *c, struct mv_span raw,
                      struct mv_buf *out);
