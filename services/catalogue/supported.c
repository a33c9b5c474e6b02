/* supported - see supported.h. Job: the one list of what is understood but
 * not judged. Invariant: what is in the list never reaches a judge.
 * A crash in the middle leaves nothing: there is no state. */
#include "services/catalogue/supported.h"

static const struct {
    mv_construct what;
    const char *text;
} not_yet[] = {
    {MV_CONSTRUCT_FORMULA, "formula"},
};

const char *mv_not_supported(mv_construct what)
{
    for (size_t i = 0; i < sizeof not_yet / sizeof not_yet[0]; i++) {
        if (not_yet[i].what == what)
            return not_yet[i].text;
    }
    return NULL;
}
