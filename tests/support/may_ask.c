/* may_ask - see may_ask.h. */
#include "tests/support/may_ask.h"

#include <string.h>

bool test_may_ask(const struct mv_verb_def *verbs, size_t count,
                  const char *name, struct mv_span args,
                  struct mv_args_fault *ret)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(verbs[i].name, name) == 0)
            return mv_args_check(&verbs[i], args, ret);
    return true;
}
