/* arena - see arena.h. Job: many small pieces, freed together.
 * Invariant: what was handed out stays where it is until mv_arena_done.
 * A crash in the middle leaves nothing: it is memory only. */
#include "services/catalogue/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "services/base/err.h"

#define BLOCK_BYTES (64u << 10)

/* Where the address sanitizer watches, it sees a step past a piece, too:
 * between two of them lies what nobody may touch. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WATCHED 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define WATCHED 1
#endif
#ifdef WATCHED
#include <sanitizer/asan_interface.h>
#define GAP_BYTES alignof(max_align_t)
#else
#define ASAN_POISON_MEMORY_REGION(at, bytes)   ((void)(at), (void)(bytes))
#define ASAN_UNPOISON_MEMORY_REGION(at, bytes) ((void)(at), (void)(bytes))
#define GAP_BYTES                              0u
#endif

struct mv_arena_block {
    struct mv_arena_block *next;
    size_t used, room;
    alignas(max_align_t) unsigned char bytes[];
};

void *mv_arena_get(struct mv_arena *a, size_t count, size_t size)
{
    MV_ASSERT(size == 0 || count <= (SIZE_MAX / 2) / size);
    size_t bytes = count * size;
    size_t want =
        ((bytes + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1)) +
        GAP_BYTES;
    if (a->head == NULL || a->head->room - a->head->used < want) {
        size_t room = want > BLOCK_BYTES ? want : BLOCK_BYTES;
        struct mv_arena_block *b = mv_xcalloc(1, sizeof *b + room);
        b->room = room;
        ASAN_POISON_MEMORY_REGION(b->bytes, room);
        b->next = a->head;
        a->head = b;
    }
    void *at = a->head->bytes + a->head->used;
    a->head->used += want;
    ASAN_UNPOISON_MEMORY_REGION(at, bytes);
    return at;
}

struct mv_span mv_arena_copy(struct mv_arena *a, const void *at, size_t len)
{
    char *copy = mv_arena_get(a, len + 1, 1);
    if (len > 0)
        memcpy(copy, at, len);
    return mv_span(copy, len);
}

void mv_arena_done(struct mv_arena *a)
{
    for (struct mv_arena_block *b = a->head; b != NULL;) {
        struct mv_arena_block *next = b->next;
        free(b);
        b = next;
    }
    a->head = NULL;
}
