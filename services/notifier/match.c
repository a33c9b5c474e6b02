/* match - see match.h. Job: the index from names to subscriptions. Invariant:
 * a slot's bit stands at each name that its subscription lists, at `any` of
 * each kind that it lists none of, and nowhere else. Memory only: it is made
 * anew from the definitions at start. */
#include "services/notifier/match.h"

#include <stdlib.h>
#include <string.h>

#include "proto/walk.h"

#define FIRST_CELLS 256u /* a power of two */

struct set {
    uint64_t words[NOTIFIER_WORDS];
};

/* Open addressing; a name, once there, stays. */
struct cell {
    char *name; /* NULL: free */
    size_t len;
    notifier_kind kind;
    struct set set;
};

struct notifier_match {
    struct set any[NOTIFIER_KINDS];
    uint32_t words; /* that may have bits */
    uint32_t used, count;
    struct cell **cells;
};

struct notifier_match *notifier_match_open(void)
{
    struct notifier_match *m = mv_xcalloc(1, sizeof *m);
    m->count = FIRST_CELLS;
    m->cells = mv_xcalloc(m->count, sizeof(struct cell *));
    return m;
}

void notifier_match_close(struct notifier_match *m)
{
    if (m == NULL)
        return;
    for (uint32_t i = 0; i < m->count; i++) {
        if (m->cells[i] != NULL)
            free(m->cells[i]->name);
        free(m->cells[i]);
    }
    free(m->cells);
    free(m);
}

/* FNV-1a: names are the catalogue's, filters are bounded. */
static uint32_t hash_of(notifier_kind kind, struct mv_span name)
{
    const uint8_t *at = name.at;
    uint32_t h = 2166136261u ^ (uint32_t)kind;
    for (size_t i = 0; i < name.len; i++)
        h = (h ^ at[i]) * 16777619u;
    return h;
}

/* Where the name is, or the free place where it would be. */
static struct cell **place_of(const struct notifier_match *m,
                              notifier_kind kind, struct mv_span name)
{
    uint32_t at = hash_of(kind, name) & (m->count - 1);
    while (
        m->cells[at] != NULL &&
        (m->cells[at]->kind != kind ||
         !mv_span_equal(mv_span(m->cells[at]->name, m->cells[at]->len), name)))
        at = (at + 1) & (m->count - 1);
    return &m->cells[at];
}

static void grow(struct notifier_match *m)
{
    struct cell **old = m->cells;
    uint32_t count = m->count;
    m->count *= 2;
    m->cells = mv_xcalloc(m->count, sizeof(struct cell *));
    for (uint32_t i = 0; i < count; i++) {
        if (old[i] != NULL)
            *place_of(m, old[i]->kind, mv_span(old[i]->name, old[i]->len)) =
                old[i];
    }
    free(old);
}

static struct set *set_of(struct notifier_match *m, notifier_kind kind,
                          struct mv_span name)
{
    struct cell **place = place_of(m, kind, name);
    if (*place != NULL)
        return &(*place)->set;
    if (m->used * 2 >= m->count) {
        grow(m);
        place = place_of(m, kind, name);
    }
    *place = mv_xcalloc(1, sizeof **place);
    (*place)->name = mv_xstrndup(name.at, name.len);
    (*place)->len = name.len;
    (*place)->kind = kind;
    m->used++;
    return &(*place)->set;
}

static void turn(struct set *set, uint32_t slot, bool on)
{
    uint64_t bit = UINT64_C(1) << (slot % 64);
    if (on)
        set->words[slot / 64] |= bit;
    else
        set->words[slot / 64] &= ~bit;
}

static void turn_all(struct notifier_match *m, const struct notifier_sub *s,
                     bool on)
{
    for (unsigned kind = 0; kind < NOTIFIER_KINDS; kind++) {
        struct mv_list list;
        struct mv_span item, name;
        if (s->lists[kind].at == NULL) {
            turn(&m->any[kind], s->slot, on);
            continue;
        }
        if (!mv_list_open(&list, s->lists[kind]))
            continue;
        while (mv_list_next(&list, &item)) {
            if (mv_value_text(item, &name))
                turn(set_of(m, (notifier_kind)kind, name), s->slot, on);
        }
    }
}

void notifier_match_add(struct notifier_match *m, const struct notifier_sub *s)
{
    MV_ASSERT(s->slot < NOTIFIER_SUBSCRIPTIONS_MAX);
    if (m->words < s->slot / 64 + 1)
        m->words = s->slot / 64 + 1;
    turn_all(m, s, true);
}

void notifier_match_remove(struct notifier_match *m,
                           const struct notifier_sub *s)
{
    turn_all(m, s, false);
}

bool notifier_match_find(const struct notifier_match *m, struct mv_span region,
                         struct mv_span unit, struct mv_span target,
                         uint64_t words[NOTIFIER_WORDS])
{
    static const struct set nobody;
    const struct mv_span names[NOTIFIER_KINDS] = {region, unit, target};
    const struct set *sets[NOTIFIER_KINDS];
    uint64_t some = 0;
    for (unsigned kind = 0; kind < NOTIFIER_KINDS; kind++) {
        struct cell *const *place =
            place_of(m, (notifier_kind)kind, names[kind]);
        sets[kind] = *place != NULL ? &(*place)->set : &nobody;
    }
    memset(words, 0, NOTIFIER_WORDS * sizeof *words);
    for (uint32_t i = 0; i < m->words; i++) {
        words[i] = UINT64_MAX;
        for (unsigned kind = 0; kind < NOTIFIER_KINDS; kind++)
            words[i] &= m->any[kind].words[i] | sets[kind]->words[i];
        some |= words[i];
    }
    return some != 0;
}
