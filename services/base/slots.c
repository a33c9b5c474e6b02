/* slots - see slots.h. Job: from a hash to the few numbers that may be meant.
 * Invariant: never more than half full, so every search ends at a free place.
 * Memory only: a crash leaves nothing. */
#include "services/base/slots.h"

#include <stdlib.h>
#include <string.h>

#define FIRST 64u /* a power of two */

uint32_t mv_slots_hash(uint32_t h, struct mv_span bytes)
{
    const uint8_t *b = bytes.at;
    h ^= 2166136261u;
    for (size_t i = 0; i < bytes.len; i++)
        h = (h ^ b[i]) * 16777619u;
    return h;
}

static void put(struct mv_slots *s, uint32_t hash, uint32_t number)
{
    uint32_t i = hash & (s->room - 1);
    while (s->at[i].number != 0)
        i = (i + 1) & (s->room - 1);
    s->at[i] = (struct mv_slot_cell){hash, number};
}

static void grow(struct mv_slots *s)
{
    struct mv_slots old = *s;
    s->room = old.room == 0 ? FIRST : old.room * 2;
    s->at = mv_xcalloc(s->room, sizeof *s->at);
    for (uint32_t i = 0; i < old.room; i++)
        if (old.at[i].number != 0)
            put(s, old.at[i].hash, old.at[i].number);
    free(old.at);
}

void mv_slots_add(struct mv_slots *s, uint32_t hash, uint32_t number)
{
    if (s->used >= s->room / 2)
        grow(s);
    put(s, hash, number + 1);
    s->used++;
}

bool mv_slots_next(const struct mv_slots *s, uint32_t hash, uint32_t *steps,
                   uint32_t *number)
{
    while (s->room > 0) {
        const struct mv_slot_cell *cell =
            &s->at[(hash + *steps) & (s->room - 1)];
        if (cell->number == 0)
            return false;
        ++*steps;
        if (cell->hash == hash) {
            *number = cell->number - 1;
            return true;
        }
    }
    return false;
}

void mv_slots_clear(struct mv_slots *s)
{
    if (s->room > 0)
        memset(s->at, 0, s->room * sizeof *s->at);
    s->used = 0;
}

void mv_slots_done(struct mv_slots *s)
{
    free(s->at);
    *s = (struct mv_slots){0};
}
