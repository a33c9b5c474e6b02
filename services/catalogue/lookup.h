/* lookup - from (text, number) to an index; filled while loading, read after.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "services/catalogue/arena.h"

struct mv_lookup_entry {
    struct mv_span id; /* at NULL: free */
    uint32_t with, value;
};

/* Open addressing, at most half full. */
struct mv_lookup {
    struct mv_lookup_entry *entries;
    uint32_t mask;
};

/* Room for `count` entries; they live in the arena. */
void mv_lookup_init(struct mv_lookup *l, struct mv_arena *a, uint32_t count);
/* False: (id, with) is there already, *value then is what it leads to. */
bool mv_lookup_add(struct mv_lookup *l, struct mv_span id, uint32_t with,
                   uint32_t *value);
/* UINT32_MAX: it is not there. */
uint32_t mv_lookup_find(const struct mv_lookup *l, struct mv_span id,
                        uint32_t with);
