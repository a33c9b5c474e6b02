/* verbs - the queries that every service answers at its control door. */
#pragma once

#include "services/stream/loop.h"

/* The built-in verb, or NULL. */
const struct mv_verb_def *mv_verb_builtin(struct mv_span verb);
/* Answers it: a QUERY. */
void mv_verb_answer(struct mv_service *s, const struct mv_input *in);
/* keys.resume: an ACT. */
mv_rc mv_verb_act(struct mv_service *s, const struct mv_input *in);
