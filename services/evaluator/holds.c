/* holds - see holds.h. Job: is this status held? Invariant: what is in memory
 * is what the notes say, or is marked as not read. Memory only: a crash
 * leaves nothing. */
#include "services/evaluator/holds.h"

#include <stdlib.h>

void evaluator_holds_done(struct evaluator_holds *h)
{
    free(h->at);
    *h = (struct evaluator_holds){0};
}

void evaluator_holds_forget(struct evaluator_holds *h)
{
    h->count = 0;
    h->catalogue = NULL;
}

/* One that names what the catalogue has not holds nothing meanwhile. */
static void add(void *ctx, struct mv_span indicator, struct mv_span unit,
                int32_t until)
{
    struct evaluator_holds *h = ctx;
    const struct mv_indicator *i =
        mv_catalogue_indicator(h->catalogue, indicator);
    const struct mv_unit *u = mv_catalogue_unit(h->catalogue, unit);
    if (i == NULL || u == NULL)
        return;
    if (h->count == h->cap) {
        h->cap = h->cap == 0 ? 16 : h->cap * 2;
        h->at = mv_xrealloc(h->at, h->cap * sizeof *h->at);
    }
    h->at[h->count++] = (struct evaluator_hold){i->index, u->index, until};
}

static int by_indicator(const void *a, const void *b)
{
    const struct evaluator_hold *x = a, *y = b;
    return (x->indicator > y->indicator) - (x->indicator < y->indicator);
}

void evaluator_holds_read(struct evaluator_holds *h,
                          const struct evaluator_book *b,
                          const struct mv_catalogue *c)
{
    if (h->catalogue == c)
        return;
    h->count = 0;
    h->catalogue = c;
    evaluator_each_hold(b, add, h);
    if (h->count > 1)
        qsort(h->at, h->count, sizeof *h->at, by_indicator);
}

/* The first hold of the indicator, or of one after it. */
static uint32_t first_of(const struct evaluator_holds *h, uint32_t indicator)
{
    uint32_t from = 0, to = h->count;
    while (from < to) {
        uint32_t mid = from + (to - from) / 2;
        if (h->at[mid].indicator < indicator)
            from = mid + 1;
        else
            to = mid;
    }
    return from;
}

bool evaluator_holds_on(const struct evaluator_holds *h, uint32_t target,
                        uint32_t unit, int32_t today)
{
    const struct mv_catalogue *c = h->catalogue;
    if (h->count == 0)
        return false;
    const struct mv_indices *uses = &c->targets[target].uses;
    for (uint32_t k = 0; k < uses->count; k++) {
        for (uint32_t i = first_of(h, uses->at[k]);
             i < h->count && h->at[i].indicator == uses->at[k]; i++) {
            if (!evaluator_is_over(h->at[i].until, today) &&
                (mv_catalogue_below(c, h->at[i].unit, unit) ||
                 mv_catalogue_below(c, unit, h->at[i].unit)))
                return true;
        }
    }
    return false;
}
