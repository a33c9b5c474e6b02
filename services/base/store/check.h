/* check - walks LMDB's file before LMDB maps it. LMDB 0.9 has no checksums
 * and trusts every page: damage would end in SIGBUS, a wild pointer, or an
 * old page served as a new one. File format: lmdb's mdb.c, MDB_DATA_VERSION 1
 * (64-bit, native byte order). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "services/base/buf.h"
#include "services/base/err.h"

/* Called for every named table, with an empty key, and for every row of it
 * that lies inside a leaf page (not on overflow pages). False: damaged. */
typedef bool (*store_row_fn)(void *ctx, struct mv_span table,
                             struct mv_span key, struct mv_span value);

struct store_file {
    uint64_t txn;   /* number of the last committed transaction */
    uint64_t pages; /* last page + 1 */
};

/* file in the directory dir_fd. MV_AGAIN: there is none. MV_CONFIG: empty,
 * cut off, not LMDB's, of a newer format, or damaged; err says where. Reads
 * only; the cost is one look at every branch and leaf page and at the head
 * of each overflow run. */
mv_rc store_check_file(int dir_fd, const char *file, store_row_fn row,
                       void *ctx, struct store_file *ret,
                       struct mv_err *) MV_CHECKED;
