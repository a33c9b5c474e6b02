/* find - see find.h. Job: from a name or a serial to the slot. Invariant: the
 * slots in use, and no others, can be found. Memory only: made anew with the
 * slots, so a crash leaves nothing. */
#include "services/notifier/find.h"

#include "services/notifier/notifier.h"

static uint32_t hash_of_serial(uint64_t serial)
{
    return (uint32_t)(serial * UINT64_C(0x9e3779b97f4a7c15) >> 32);
}

void notifier_find_add(struct notifier *n, const struct notifier_sub *s)
{
    mv_slots_add(&n->finder.ids, mv_slots_hash(0, mv_span_text(s->id)),
                 s->slot);
    mv_slots_add(&n->finder.serials, hash_of_serial(s->serial), s->slot);
}

void notifier_find_anew(struct notifier *n)
{
    mv_slots_clear(&n->finder.ids);
    mv_slots_clear(&n->finder.serials);
    for (uint32_t i = 0; i < n->slots_used; i++)
        if (n->slots[i] != NULL)
            notifier_find_add(n, n->slots[i]);
}

void notifier_find_done(struct notifier_finder *f)
{
    mv_slots_done(&f->ids);
    mv_slots_done(&f->serials);
}

struct notifier_sub *notifier_find(struct notifier *n, struct mv_span id)
{
    uint32_t hash = mv_slots_hash(0, id), steps = 0, slot;
    while (mv_slots_next(&n->finder.ids, hash, &steps, &slot))
        if (mv_span_is(id, n->slots[slot]->id))
            return n->slots[slot];
    return NULL;
}

struct notifier_sub *notifier_find_serial(struct notifier *n, uint64_t serial)
{
    uint32_t hash = hash_of_serial(serial), steps = 0, slot;
    while (mv_slots_next(&n->finder.serials, hash, &steps, &slot))
        if (n->slots[slot]->serial == serial)
            return n->slots[slot];
    return NULL;
}
