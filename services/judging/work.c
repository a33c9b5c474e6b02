/* work - see work.h. Job: to be made and freed. Invariant: nothing in it
 * outlives the question that it was filled for but its memory. A crash leaves
 * nothing: it is memory only. */
#include "services/judging/work.h"

#include <stdlib.h>

#include "services/base/err.h"
#include "services/judging/children.h"
#include "services/judging/eval.h"
#include "services/judging/strand.h"

struct mv_work *mv_work_open(void)
{
    struct mv_work *w = mv_xcalloc(1, sizeof *w);
    w->groups = mv_xcalloc(MV_GROUPS_MAX, sizeof *w->groups);
    return w;
}

void mv_work_close(struct mv_work *w)
{
    if (w == NULL)
        return;
    free(w->stretches);
    free(w->strands);
    free(w->leaves);
    free(w->groups);
    free(w->used);
    free(w->inner);
    free(w->children);
    free(w);
}
