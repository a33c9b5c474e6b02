/* rowcache - see rowcache.h. Job: read each row once, change it in memory,
 * write it once. Invariant: a row that is not dirty is what lies below; the
 * undo list takes the slots changed since the mark back, last first. Nothing
 * is written before mv_rowcache_flush: a crash in the middle leaves what lies
 * below as it was. */
#include "services/judging/rowcache.h"

#include "services/base/err.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES (64u * 1024u)
#define LINE_BYTES  64u /* of the processor's cache, mostly */

struct entry {
    struct mv_row_key key;
    uint8_t *at;
    uint16_t count, cap; /* slots */
    bool dirty, below;   /* below: the row is there, too */
};

struct seat {
    uint32_t hash;  /* so that another row's key need not be looked at */
    uint32_t entry; /* + 1; 0: free */
};

struct undo {
    uint32_t entry;
    bool had;
    uint8_t slot[MV_SLOT_BYTES]; /* what was there, or only its code */
};

struct chunk {
    struct chunk *next;
    size_t used, size;
    uint8_t at[];
};

struct mv_rowcache {
    struct mv_rows rows;
    bool has_rows;
    size_t max_bytes, bytes;
    struct entry *entries;
    uint32_t count, cap;
    struct seat *table; /* never more than half full */
    uint32_t mask;
    struct chunk *chunks;
    struct undo *undo;
    size_t undo_count, undo_cap;
    uint32_t *dirty;
    uint32_t dirty_count, dirty_cap;
    uint64_t looked;
};

struct mv_rowcache *mv_rowcache_open(const struct mv_rows *below,
                                     size_t max_bytes)
{
    struct mv_rowcache *c = mv_xcalloc(1, sizeof *c);
    if (below != NULL) {
        c->rows = *below;
        c->has_rows = true;
    }
    c->max_bytes = max_bytes;
    c->mask = 1023;
    c->table = mv_xcalloc(c->mask + 1, sizeof *c->table);
    return c;
}

static void free_chunks(struct mv_rowcache *c)
{
    while (c->chunks != NULL) {
        struct chunk *next = c->chunks->next;
        free(c->chunks);
        c->chunks = next;
    }
    c->bytes = 0;
}

void mv_rowcache_close(struct mv_rowcache *c)
{
    if (c == NULL)
        return;
    free_chunks(c);
    free(c->entries);
    free(c->table);
    free(c->undo);
    free(c->dirty);
    free(c);
}

/* Rows are never given back one by one: a chunk goes when all go. */
static uint8_t *room(struct mv_rowcache *c, size_t size)
{
    struct chunk *k = c->chunks;
    if (k == NULL || k->size - k->used < size) {
        size_t want = size > CHUNK_BYTES ? size : CHUNK_BYTES;
        k = mv_xrealloc(NULL, sizeof *k + want);
        *k = (struct chunk){c->chunks, 0, want};
        c->chunks = k;
        c->bytes += sizeof *k + want;
    }
    uint8_t *at = k->at + k->used;
    k->used += size;
    return at;
}

static uint32_t hash(const struct mv_row_key *key)
{
    uint64_t h = (uint64_t)key->unit << 32 | key->indicator;
    h = (h ^ h >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
    h ^= (uint64_t)key->member << 32 | (uint64_t)(uint16_t)key->year << 8 |
         key->part;
    h = (h ^ h >> 32) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)(h >> 32);
}

static struct seat *place(struct mv_rowcache *c, const struct mv_row_key *key,
                          uint32_t h)
{
    for (uint32_t i = h & c->mask;; i = (i + 1) & c->mask) {
        struct seat *s = &c->table[i];
        if (s->entry == 0 ||
            (s->hash == h &&
             mv_row_key_equal(&c->entries[s->entry - 1].key, key)))
            return s;
    }
}

static void grow(struct mv_rowcache *c)
{
    c->cap = c->cap == 0 ? 512 : c->cap * 2;
    c->entries = mv_xrealloc(c->entries, c->cap * sizeof *c->entries);
    if (c->cap * 2 <= c->mask + 1)
        return;
    free(c->table);
    c->mask = c->cap * 2 - 1;
    c->table = mv_xcalloc((size_t)c->mask + 1, sizeof *c->table);
    for (uint32_t i = 0; i < c->count; i++) {
        uint32_t h = hash(&c->entries[i].key);
        *place(c, &c->entries[i].key, h) = (struct seat){h, i + 1};
    }
}

static void load(struct mv_rowcache *c, struct entry *e)
{
    uint8_t key[MV_ROW_KEY_BYTES];
    struct mv_span value;
    mv_row_key_put(&e->key, key);
    if (!c->has_rows ||
        !c->rows.get(c->rows.ctx, mv_span(key, sizeof key), &value))
        return;
    MV_ASSERT(value.len % MV_SLOT_BYTES == 0 && value.len <= MV_ROW_BYTES_MAX);
    e->below = true;
    e->count = e->cap = (uint16_t)(value.len / MV_SLOT_BYTES);
    e->at = room(c, value.len);
    memcpy(e->at, value.at, value.len);
}

/* The entry of a row, read from below the first time. */
static uint32_t entry_of(struct mv_rowcache *c, const struct mv_row_key *key)
{
    uint32_t h = hash(key);
    struct seat *s = place(c, key, h);
    if (s->entry != 0)
        return s->entry - 1;
    if (c->count == c->cap) {
        grow(c);
        s = place(c, key, h);
    }
    uint32_t i = c->count++;
    *s = (struct seat){h, i + 1};
    c->entries[i] = (struct entry){.key = *key};
    load(c, &c->entries[i]);
    return i;
}

/* A seat leads to its entry, an entry to its row: each is asked for long
 * before it is looked at. A seat that is another row's costs nothing more. */
void mv_rowcache_expect(const struct mv_rowcache *c,
                        const struct mv_row_key *keys, uint32_t count)
{
    const struct seat *seats[MV_ROWCACHE_EXPECT];
    const struct entry *entries[MV_ROWCACHE_EXPECT];
    uint32_t found = 0;
    MV_ASSERT(count <= MV_ROWCACHE_EXPECT);
    for (uint32_t i = 0; i < count; i++) {
        seats[i] = &c->table[hash(&keys[i]) & c->mask];
        __builtin_prefetch(seats[i]);
    }
    for (uint32_t i = 0; i < count; i++) {
        if (seats[i]->entry == 0)
            continue;
        entries[found] = &c->entries[seats[i]->entry - 1];
        __builtin_prefetch(entries[found++]);
    }
    for (uint32_t i = 0; i < found; i++) {
        size_t bytes = (size_t)entries[i]->count * MV_SLOT_BYTES;
        for (size_t at = 0; at < bytes; at += LINE_BYTES)
            __builtin_prefetch(entries[i]->at + at);
    }
}

struct mv_year_row mv_rowcache_get(struct mv_rowcache *c,
                                   const struct mv_row_key *key)
{
    uint32_t number = entry_of(c, key); /* may move the entries */
    const struct entry *e = &c->entries[number];
    c->looked++;
    return (struct mv_year_row){e->at, e->count};
}

static uint8_t code_at(const struct entry *e, unsigned i)
{
    return e->at[i * MV_SLOT_BYTES + MV_SLOT_BYTES - 1];
}

/* The first slot whose code is not below. */
static unsigned find(const struct entry *e, uint8_t code)
{
    unsigned i = e->count;
    while (i > 0 && code_at(e, i - 1) >= code)
        i--;
    return i;
}

static void make_room_at(struct mv_rowcache *c, struct entry *e, unsigned i)
{
    if (e->count == e->cap) {
        MV_ASSERT(e->count < MV_SLOTS_MAX);
        e->cap = (uint16_t)(e->cap < 4 ? 4 : e->cap * 2);
        uint8_t *at = room(c, (size_t)e->cap * MV_SLOT_BYTES);
        if (e->count > 0)
            memcpy(at, e->at, (size_t)e->count * MV_SLOT_BYTES);
        e->at = at;
    }
    uint8_t *p = e->at + (size_t)i * MV_SLOT_BYTES;
    memmove(p + MV_SLOT_BYTES, p, (size_t)(e->count - i) * MV_SLOT_BYTES);
    e->count++;
}

static struct undo *remember(struct mv_rowcache *c, uint32_t entry)
{
    if (c->undo_count == c->undo_cap) {
        c->undo_cap = c->undo_cap == 0 ? 256 : c->undo_cap * 2;
        c->undo = mv_xrealloc(c->undo, c->undo_cap * sizeof *c->undo);
    }
    struct undo *u = &c->undo[c->undo_count++];
    u->entry = entry;
    return u;
}

static void make_dirty(struct mv_rowcache *c, uint32_t entry)
{
    if (c->entries[entry].dirty)
        return;
    c->entries[entry].dirty = true;
    if (c->dirty_count == c->dirty_cap) {
        c->dirty_cap = c->dirty_cap == 0 ? 256 : c->dirty_cap * 2;
        c->dirty = mv_xrealloc(c->dirty, c->dirty_cap * sizeof *c->dirty);
    }
    c->dirty[c->dirty_count++] = entry;
}

bool mv_rowcache_put(struct mv_rowcache *c, const struct mv_row_key *key,
                     const struct mv_slot *slot, struct mv_slot *was, bool *had)
{
    uint32_t number = entry_of(c, key);
    struct entry *e = &c->entries[number];
    unsigned i = find(e, slot->code);
    bool there = i < e->count && code_at(e, i) == slot->code;
    struct mv_slot held = {0};
    if (there) {
        mv_slot_get(&held, e->at + (size_t)i * MV_SLOT_BYTES);
        if (mv_slot_compare(&held, slot) >= 0)
            return false;
    }
    if (was != NULL)
        *was = held;
    if (had != NULL)
        *had = there;
    struct undo *u = remember(c, number);
    u->had = there;
    u->slot[MV_SLOT_BYTES - 1] = slot->code;
    if (there)
        memcpy(u->slot, e->at + (size_t)i * MV_SLOT_BYTES, MV_SLOT_BYTES);
    else
        make_room_at(c, e, i);
    mv_slot_put(slot, e->at + (size_t)i * MV_SLOT_BYTES);
    make_dirty(c, number);
    return true;
}

void mv_rowcache_mark(struct mv_rowcache *c)
{
    c->undo_count = 0;
}

void mv_rowcache_rollback(struct mv_rowcache *c)
{
    while (c->undo_count > 0) {
        const struct undo *u = &c->undo[--c->undo_count];
        struct entry *e = &c->entries[u->entry];
        unsigned i = find(e, u->slot[MV_SLOT_BYTES - 1]);
        uint8_t *p = e->at + (size_t)i * MV_SLOT_BYTES;
        if (u->had) {
            memcpy(p, u->slot, MV_SLOT_BYTES);
        } else {
            e->count--;
            memmove(p, p + MV_SLOT_BYTES,
                    (size_t)(e->count - i) * MV_SLOT_BYTES);
        }
    }
}

static int by_key(const void *a, const void *b, void *ctx)
{
    const struct mv_rowcache *c = ctx;
    const struct mv_row_key *x = &c->entries[*(const uint32_t *)a].key;
    const struct mv_row_key *y = &c->entries[*(const uint32_t *)b].key;
    if (x->unit != y->unit)
        return x->unit < y->unit ? -1 : 1;
    if (x->year != y->year)
        return x->year < y->year ? -1 : 1;
    if (x->indicator != y->indicator)
        return x->indicator < y->indicator ? -1 : 1;
    if (x->member != y->member)
        return x->member < y->member ? -1 : 1;
    return x->part - y->part;
}

void mv_rowcache_flush(struct mv_rowcache *c)
{
    if (c->dirty_count > 1)
        qsort_r(c->dirty, c->dirty_count, sizeof *c->dirty, by_key, c);
    for (uint32_t i = 0; i < c->dirty_count; i++) {
        struct entry *e = &c->entries[c->dirty[i]];
        e->dirty = false;
        if (!c->has_rows || (e->count == 0 && !e->below))
            continue;
        uint8_t key[MV_ROW_KEY_BYTES];
        mv_row_key_put(&e->key, key);
        c->rows.put(c->rows.ctx, mv_span(key, sizeof key),
                    mv_span(e->at, (size_t)e->count * MV_SLOT_BYTES));
        e->below = e->count > 0;
    }
    c->dirty_count = 0;
    c->undo_count = 0;
}

static void forget(struct mv_rowcache *c)
{
    free_chunks(c);
    memset(c->table, 0, ((size_t)c->mask + 1) * sizeof *c->table);
    c->count = 0;
    c->dirty_count = 0;
    c->undo_count = 0;
}

void mv_rowcache_relieve(struct mv_rowcache *c)
{
    if (!c->has_rows || mv_rowcache_bytes(c) <= c->max_bytes)
        return;
    mv_rowcache_flush(c);
    forget(c);
}

void mv_rowcache_settle(struct mv_rowcache *c, bool committed)
{
    MV_ASSERT(!committed || c->dirty_count == 0);
    if (c->has_rows && (!committed || mv_rowcache_bytes(c) > c->max_bytes))
        forget(c);
}

uint64_t mv_rowcache_looked(const struct mv_rowcache *c)
{
    return c->looked;
}

size_t mv_rowcache_bytes(const struct mv_rowcache *c)
{
    return c->bytes + c->count * sizeof *c->entries;
}

size_t mv_rowcache_dirty(const struct mv_rowcache *c)
{
    return c->dirty_count;
}

void mv_rowcache_look_again(struct mv_rowcache *c, uint64_t rows)
{
    c->looked += rows;
}
