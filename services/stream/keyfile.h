/* keyfile - changes to the key file by `maalvakt keys`, each a whole new file
 * put in the old one's place, under a lock; and the look at it every second. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "services/stream/keys.h"

/* A file with no keys; MV_OK too if there is a good one already. */
MV_CHECKED mv_rc mv_keyfile_make(const char *path, struct mv_err *err);
/* Adds a line. MV_CONFIG: the file is bad, or name or public key is known. */
MV_CHECKED mv_rc mv_keyfile_add(const char *path, const struct mv_key *k,
                                struct mv_err *err);
/* Ends a key: its `to` becomes wall_ms if that is earlier; the line stays, so
 * that the name is not used again. MV_CONFIG: no such name, or a bad file. */
MV_CHECKED mv_rc mv_keyfile_revoke(const char *path, const char *name,
                                   int64_t wall_ms, struct mv_err *err);

/* What the file looked like: a change of any says that it is another. */
struct mv_keyfile_seen {
    int64_t mtime_ns, ctime_ns, size;
    uint64_t inode;
    bool there;
};
/* True if it is not as seen; sets *seen. */
bool mv_keyfile_changed(const char *path, struct mv_keyfile_seen *seen);
