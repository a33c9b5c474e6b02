/* interner - see interner.h. Job: identifiers to numbers, from 1, in the
 * order of asking. Invariant: never more than half full, so every search
 * meets a free place. Memory only: a crash leaves nothing. */
#include "services/judging/interner.h"

#include "services/base/err.h"

#include <stdlib.h>

struct mv_interner {
    struct mv_span *ids; /* own bytes; at NULL: free */
    uint32_t *numbers;
    uint32_t count, mask;
};

struct mv_interner *mv_interner_open(void)
{
    struct mv_interner *i = mv_xcalloc(1, sizeof *i);
    i->mask = 1023;
    i->ids = mv_xcalloc(i->mask + 1, sizeof *i->ids);
    i->numbers = mv_xcalloc(i->mask + 1, sizeof *i->numbers);
    return i;
}

static void free_table(struct mv_span *ids, uint32_t mask, bool bytes)
{
    for (uint32_t k = 0; bytes && k <= mask; k++)
        free((void *)(uintptr_t)ids[k].at);
    free(ids);
}

void mv_interner_close(struct mv_interner *i)
{
    if (i == NULL)
        return;
    free_table(i->ids, i->mask, true);
    free(i->numbers);
    free(i);
}

/* FNV-1a. */
static uint32_t hash(struct mv_span id)
{
    uint32_t h = 2166136261u;
    const unsigned char *p = id.at;
    for (size_t k = 0; k < id.len; k++)
        h = (h ^ p[k]) * 16777619u;
    return h;
}

static uint32_t place(const struct mv_interner *i, struct mv_span id)
{
    uint32_t k = hash(id) & i->mask;
    while (i->ids[k].at != NULL && !mv_span_equal(i->ids[k], id))
        k = (k + 1) & i->mask;
    return k;
}

static void grow(struct mv_interner *i)
{
    struct mv_interner old = *i;
    i->mask = old.mask * 2 + 1;
    i->ids = mv_xcalloc((size_t)i->mask + 1, sizeof *i->ids);
    i->numbers = mv_xcalloc((size_t)i->mask + 1, sizeof *i->numbers);
    for (uint32_t k = 0; k <= old.mask; k++) {
        if (old.ids[k].at == NULL)
            continue;
        uint32_t at = place(i, old.ids[k]);
        i->ids[at] = old.ids[k];
        i->numbers[at] = old.numbers[k];
    }
    free_table(old.ids, old.mask, false);
    free(old.numbers);
}

static uint32_t number(void *ctx, struct mv_span id)
{
    struct mv_interner *i = ctx;
    uint32_t k = place(i, id);
    if (i->ids[k].at != NULL)
        return i->numbers[k];
    if ((i->count + 1) * 2 > i->mask) {
        grow(i);
        k = place(i, id);
    }
    i->ids[k] = mv_span(mv_xstrndup(id.at, id.len), id.len);
    i->numbers[k] = ++i->count;
    return i->count;
}

struct mv_intern mv_interner_calls(struct mv_interner *i)
{
    return (struct mv_intern){i, number};
}
