/* slots - small numbers found again by a hash, for tables of a bounded size:
 * open addressing, linear, at most half full. What a number stands for, and
 * whether it is the one looked for, is the caller's to say. Nothing is taken
 * out: clear, and add those that are left. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "services/base/buf.h"

struct mv_slot_cell {
    uint32_t hash, number; /* number + 1; 0: free */
};

/* Zero-initialise; done. */
struct mv_slots {
    struct mv_slot_cell *at;
    uint32_t room, used; /* room: 0 or a power of two */
};

/* FNV-1a, 32 bits; goes on from h, which is 0 at first. For names that
 * operators choose: it keeps no stranger from choosing collisions. */
uint32_t mv_slots_hash(uint32_t h, struct mv_span bytes);

void mv_slots_add(struct mv_slots *s, uint32_t hash, uint32_t number);
/* Those with that hash, one after the other; *steps is 0 at first. False: no
 * more. */
bool mv_slots_next(const struct mv_slots *s, uint32_t hash, uint32_t *steps,
                   uint32_t *number);
void mv_slots_clear(struct mv_slots *s);
void mv_slots_done(struct mv_slots *s);
