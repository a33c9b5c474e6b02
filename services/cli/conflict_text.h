/* conflict_text - an answer's conflict as a person reads it: in the language
 * asked for, with what to do about it. */
#pragma once

#include "services/cli/cli.h"

/* A code's own sentence, with nothing filled in; a code that is not known is
 * put as it is. Appends. */
void cli_code_put(const struct cli *c, struct mv_span code, struct mv_buf *out);
/* Appends the sentence for raw, a `conflict`; in English, or with a code that
 * this version does not know, as it was sent. Safe for a terminal. */
void cli_conflict_put(const struct cli *c, struct mv_span raw,
                      struct mv_buf *out);
/* A column of the protocol as people name it; what is none stays. */
struct mv_span cli_column_word(const struct cli *c, struct mv_span field);
/* It was not looked at: the key has not the role for it. */
bool cli_conflict_denied(struct mv_span raw);
