/* file - small files read whole and written whole. */
#pragma once

#include <stddef.h>

#include "services/base/buf.h"
#include "services/base/err.h"

/* No symbolic link as the last part of the path. */
#define MV_FILE_NO_LINK 1u
/* A secret: no link, owned by us or root, no right for group or others. */
#define MV_FILE_SECRET 2u
/* A missing file is MV_AGAIN, not MV_CONFIG. */
#define MV_FILE_MAY_MISS 4u

/* Reads a regular file of at most max bytes into *ret (emptied first; the
 * caller owns it; MV_FILE_SECRET: wipe it). MV_CONFIG names file and fault:
 * missing, a directory, a link, a device, too large, open to others. */
MV_CHECKED mv_rc mv_file_read(const char *path, size_t max, unsigned flags,
                              struct mv_buf *ret, struct mv_err *err);

/* Replaces the file in one step: temporary beside it, fsync, rename, fsync
 * of the directory. After a crash the old or the new is there, never a part;
 * at worst a "<path>.tmp" is left, and the next write takes its place.
 * mode as in open(2), whatever the umask. MV_FULL: no space, nothing changed;
 * MV_FATAL: else. */
MV_CHECKED mv_rc mv_file_write(const char *path, struct mv_span bytes,
                               unsigned mode, struct mv_err *err);

/* Makes a directory, of ours alone, and its name durable, if it is not there.
 * MV_CONFIG, MV_FATAL: it is not. */
MV_CHECKED mv_rc mv_dir_make(const char *path, struct mv_err *err);

/* Makes created, renamed or removed names in a directory durable. */
MV_CHECKED mv_rc mv_dir_sync(const char *path, struct mv_err *err);
