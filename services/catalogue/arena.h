/* arena - memory that lives and dies with one catalogue. */
#pragma once

#include <stddef.h>

#include "services/base/buf.h"

struct mv_arena_block;

/* Zero-initialise; mv_arena_done frees all of it. */
struct mv_arena {
    struct mv_arena_block *head;
};

/* Zeroed, aligned for anything; never NULL, also for no bytes. */
void *mv_arena_get(struct mv_arena *a, size_t count, size_t size);
/* A copy that ends with the arena; a NUL follows its last byte. */
struct mv_span mv_arena_copy(struct mv_arena *a, const void *at, size_t len);
void mv_arena_done(struct mv_arena *a);
