/* told - what services say in English, in the language asked for. Codes are
 * translated by proto/codes.def; this is for what stands beside them. */
#pragma once

#include "services/cli/cli.h"

/* Appends the text as it is in English; in Norwegian the sentence of the
 * tables told_*.def that it is, with what it filled in, or of the code that
 * speaks by itself. A text of none of them is looked at part by part, between
 * ": "; what is not known stays. Not escaped. */
void cli_told(const struct cli *c, struct mv_span text, struct mv_buf *out);
