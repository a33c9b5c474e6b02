/* counted - see counted.h. Job: leaves noted and found again. Invariant: what
 * is noted is what was gathered, once for each value. Memory of the caller's:
 * a crash leaves nothing. */
#include "services/judging/counted.h"

#include <stdlib.h>

#include "services/base/err.h"

void mv_counted_done(struct mv_counted *c)
{
    free(c->at);
    *c = (struct mv_counted){0};
}

static void mark(const struct mv_work *w, const struct mv_strand *s,
                 bool forecast, uint64_t used[MV_STRETCH_WORDS])
{
    for (uint32_t i = s->first; i < s->first + s->count; i++) {
        const struct mv_stretch *t = &w->stretches[i];
        unsigned bit = mv_basis_bit(t->part, t->slot.code);
        if (t->picked || (forecast && t->counts))
            used[bit / 64] |= UINT64_C(1) << bit % 64;
    }
}

static void add(struct mv_counted *c, const struct mv_counted_leaf *leaf)
{
    if (c->count == c->cap) {
        c->cap = c->cap * 2 + 16;
        c->at = mv_xrealloc(c->at, c->cap * sizeof *c->at);
    }
    c->at[c->count++] = *leaf;
}

void mv_counted_note(struct mv_counted *c, const struct mv_work *w,
                     const struct mv_counted_leaf *leaf,
                     const struct mv_strand *s)
{
    struct mv_counted_leaf now = *leaf, before = *leaf;
    bool forecast = !leaf->last && !mv_cells_empty(&s->filled, MV_CELL_WORDS);
    now.included = s->included;
    if (s->included)
        mark(w, s, forecast, now.used);
    add(c, &now);
    if (!s->included || !forecast || s->before == MV_NONE)
        return;
    before.year--;
    before.included = true;
    mark(w, &w->strands[s->before], true, before.used);
    add(c, &before);
}

void mv_counted_aims(struct mv_counted *c, uint32_t from)
{
    for (uint32_t i = from; i < c->count; i++)
        c->at[i].aim = true;
}

/* By series and year, then unit. */
static int compare(const void *a, const void *b)
{
    const struct mv_counted_leaf *x = a, *y = b;
    if (x->indicator != y->indicator)
        return x->indicator < y->indicator ? -1 : 1;
    if (x->member != y->member)
        return x->member < y->member ? -1 : 1;
    if (x->year != y->year)
        return x->year < y->year ? -1 : 1;
    return x->unit < y->unit ? -1 : x->unit > y->unit;
}

void mv_counted_sort(struct mv_counted *c)
{
    if (c->count > 0)
        qsort(c->at, c->count, sizeof *c->at, compare);
}

/* The first that does not stand before it. */
static uint32_t find_from(const struct mv_counted *c,
                          const struct mv_counted_leaf *leaf)
{
    uint32_t from = 0, to = c->count;
    while (from < to) {
        uint32_t mid = from + (to - from) / 2;
        if (compare(&c->at[mid], leaf) < 0)
            from = mid + 1;
        else
            to = mid;
    }
    return from;
}

static bool same_series(const struct mv_counted_leaf *a,
                        const struct mv_counted_leaf *b)
{
    return a->indicator == b->indicator && a->member == b->member &&
           a->year == b->year;
}

bool mv_counted_find(const struct mv_counted *c, struct mv_counted_leaf *leaf,
                     bool *others)
{
    uint32_t i = find_from(c, leaf);
    bool found = false;
    *others = (i > 0 && same_series(&c->at[i - 1], leaf)) ||
              (i < c->count && same_series(&c->at[i], leaf));
    for (; i < c->count && compare(&c->at[i], leaf) == 0; i++) {
        const struct mv_counted_leaf *one = &c->at[i];
        found = true;
        leaf->included |= one->included;
        leaf->last |= one->last;
        for (unsigned k = 0; k < MV_STRETCH_WORDS; k++) {
            leaf->used[k] |= one->used[k];
            leaf->judged[k] |= one->aim ? 0 : one->used[k];
        }
    }
    return found;
}
