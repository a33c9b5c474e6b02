/* health - whether a store still fits its disk, what serving it has left
 * behind, and what a page that cannot be read any more does. */
#pragma once

#include "services/base/store/store.h"

/* Once a second: live pages, percent of the quota, what the disk has left. */
struct mv_space {
    uint64_t used_bytes, quota_bytes, free_bytes;
    unsigned percent;
    bool read_only, out_of_inodes;
};
void mv_store_space(struct mv_store *, struct mv_space *);
/* Frees dead readers' slots and memory that copies the disk; monotonic ms. */
void mv_store_tick(struct mv_store *, int64_t now_ms);
/* Once per process: SIGXFSZ ignored; SIGBUS (a page that cannot be read any
 * more) writes one line to stderr and exits 74. */
void mv_store_signals(void);
