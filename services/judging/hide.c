/* hide - see hide.h. Job: the rule of the next smallest. Invariant: what is
 * suppressed by itself is never the one that is found. Counts only: a crash
 * leaves nothing. */
#include "services/judging/hide.h"

#include <stddef.h>

void mv_hide_add(struct mv_hide *h, uint32_t at, bool suppressed,
                 const mv_i128 *held)
{
    h->suppressed += suppressed;
    if (suppressed || held == NULL || (h->any && *held >= h->least))
        return;
    h->any = true;
    h->next = at;
    h->least = *held;
}

bool mv_hide_next(const struct mv_hide *h, uint32_t *at)
{
    *at = h->next;
    return h->suppressed == 1 && h->any;
}
