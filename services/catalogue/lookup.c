/* lookup - see lookup.h. Job: ids to indices. Invariant: never more than half
 * full, so every search meets a free place.
 * A crash in the middle leaves nothing: it is memory only. */
#include "services/catalogue/lookup.h"

#include "services/base/err.h"

/* FNV-1a with a last mixing (MurmurHash3's), for ids of a few bytes. */
static uint32_t hash(struct mv_span id, uint32_t with)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325) ^ with;
    const unsigned char *p = id.at;
    for (size_t i = 0; i < id.len; i++)
        h = (h ^ p[i]) * UINT64_C(0x100000001b3);
    h = (h ^ h >> 33) * UINT64_C(0xff51afd7ed558ccd);
    return (uint32_t)(h ^ h >> 33);
}

void mv_lookup_init(struct mv_lookup *l, struct mv_arena *a, uint32_t count)
{
    MV_ASSERT(count < UINT32_MAX / 4);
    uint32_t size = 8;
    while (size < count * 2)
        size *= 2;
    l->entries = mv_arena_get(a, size, sizeof *l->entries);
    l->mask = size - 1;
}

static struct mv_lookup_entry *place(const struct mv_lookup *l,
                                     struct mv_span id, uint32_t with)
{
    for (uint32_t i = hash(id, with) & l->mask;; i = (i + 1) & l->mask) {
        struct mv_lookup_entry *e = &l->entries[i];
        if (e->id.at == NULL || (e->with == with && mv_span_equal(e->id, id)))
            return e;
    }
}

bool mv_lookup_add(struct mv_lookup *l, struct mv_span id, uint32_t with,
                   uint32_t *value)
{
    struct mv_lookup_entry *e = place(l, id, with);
    if (e->id.at != NULL) {
        *value = e->value;
        return false;
    }
    *e = (struct mv_lookup_entry){id, with, *value};
    return true;
}

uint32_t mv_lookup_find(const struct mv_lookup *l, struct mv_span id,
                        uint32_t with)
{
    if (l->entries == NULL)
        return UINT32_MAX;
    const struct mv_lookup_entry *e = place(l, id, with);
    return e->id.at == NULL ? UINT32_MAX : e->value;
}
