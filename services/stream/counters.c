/* counters - see counters.h. Job: names from the table. Invariant: the
 * order is the enum's. A crash leaves nothing. */
#include "services/stream/counters.h"

#include <stddef.h>

static const char *const names[] = {
#define COUNTER(ID, name, help) #name,
#include "services/stream/counters.def"
#undef COUNTER
};

const char *mv_counter_name(unsigned which)
{
    return which < MV_COUNT_COMMON ? names[which] : NULL;
}
