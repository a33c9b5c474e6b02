/* args - what a request may be told beside its verb: held against the verb's
 * row in its service's table, before anybody reads it. What is misspelt would
 * otherwise be left out, and another question answered. No sockets. */
#pragma once

#include "services/stream/service.h"

struct mv_args_fault {
    const char *code; /* of proto/codes.def */
    char text[512];   /* which argument, and what is known */
};

/* True: every argument is known to the verb and of its kind; whether those
 * that must be there are is the verb's own. args: decoded, or empty. The first
 * fault is told. */
bool mv_args_check(const struct mv_verb_def *verb, struct mv_span args,
                   struct mv_args_fault *ret);
