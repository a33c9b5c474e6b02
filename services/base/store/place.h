/* place - the directory a store lives in: is it fit, and is it ours alone? */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "services/base/err.h"

struct store_place {
    int dir_fd, lock_fd; /* -1: not open */
    char warning[160];   /* empty: none */
};

/* Opens and locks dir: it exists, is a directory, is owned by this process's
 * user, mode 0700, on a local file system that keeps what it has synced; no
 * other process has it. MV_CONFIG with the reason otherwise. The lock is
 * flock(2) on the directory itself and on owner.lock, which holds the pid:
 * deleting owner.lock lets nobody in, and a second open in this process is
 * refused like any other. */
mv_rc store_place_open(struct store_place *, const char *dir,
                       bool any_filesystem, struct mv_err *) MV_CHECKED;
void store_place_close(struct store_place *);

/* The rule for one statfs f_type: MV_OK, with a warning in text for a file
 * system that does not outlive the machine, or MV_CONFIG. */
mv_rc store_place_filesystem(unsigned long type, bool any_filesystem,
                             char *text, size_t text_bytes,
                             struct mv_err *) MV_CHECKED;
