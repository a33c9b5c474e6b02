/* may_ask - what the loop holds a request to before its service is asked. */
#pragma once

#include "services/stream/args.h"

/* A verb that the table does not have is let through: the service says so. */
bool test_may_ask(const struct mv_verb_def *verbs, size_t count,
                  const char *name, struct mv_span args,
                  struct mv_args_fault *ret);
