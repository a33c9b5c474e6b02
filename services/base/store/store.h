/* store - an LMDB environment per service: tables ordered by key, a sticky
 * write transaction. It belongs to one thread. Rows are sealed with a checksum
 * of key and value, so that damage on disk is told instead of served. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "services/base/buf.h"
#include "services/base/err.h"

#define MV_STORE_KEY_BYTES 511u /* LMDB's longest key; the shortest is 1 */

struct mv_store;
struct mv_table { /* from mv_store_table */
    unsigned at;
};

struct mv_store_options {
    const char *dir;      /* exists, ours, mode 0700 */
    const char *service;  /* < 64 bytes, kept in it: another's is refused */
    uint32_t format;      /* of the rows: newer is refused, nothing touched */
    uint64_t quota_bytes; /* live pages; the map is four times this */
    bool any_filesystem;  /* allow overlay and tmpfs, with a warning */
    bool read_only;       /* no boot row; still needs the owner lock */
    const char *const *tables; /* rows sealed by the store */
    size_t table_count;
    const char *const *logs; /* of services/stream/log.h: hashes of their own */
    size_t log_count;
};

/* MV_CONFIG: directory, file system, lock or file is wrong or damaged; the
 * file is left as it was. MV_FULL: no room for the boot row. MV_FATAL. Before
 * MV_OK the file has been walked and synced and a boot row committed. */
mv_rc mv_store_open(struct mv_store **ret, const struct mv_store_options *,
                    struct mv_err *) MV_CHECKED;
void mv_store_close(struct mv_store *); /* takes NULL */
/* Text to log at every start, or NULL: the file system gives no durability. */
const char *mv_store_warning(const struct mv_store *);
/* The rows' format as found; it may be older than the options'. */
uint32_t mv_store_format(const struct mv_store *);
#define MV_STORE_META "meta" /* identity, boot row, heads of the logs */
/* The name must be one of the options' or MV_STORE_META. */
struct mv_table mv_store_table(struct mv_store *, const char *name);
bool mv_store_is_log(const struct mv_store *, struct mv_table);

/* The sticky write transaction: the first failure is kept, later steps do
 * nothing and gets say "not there"; commit or abort ends it. */
void mv_store_begin(struct mv_store *);
void mv_store_put(struct mv_store *, struct mv_table, struct mv_span key,
                  struct mv_span value);
/* As put; the key must sort above all others of the table. */
void mv_store_append(struct mv_store *, struct mv_table, struct mv_span key,
                     struct mv_span value);
/* Nothing happens if there is no such key. */
void mv_store_del(struct mv_store *, struct mv_table, struct mv_span key);
/* A failure of the caller's own; commit returns it. */
void mv_store_fail(struct mv_store *, mv_rc rc, const char *text);
bool mv_store_failed(const struct mv_store *);
/* MV_OK: on the disk. MV_FULL: nothing happened, go on. MV_FATAL: unknown;
 * the store refuses every later begin, exit. A transaction that wrote nothing
 * costs no barrier. */
mv_rc mv_store_commit(struct mv_store *, struct mv_err *) MV_CHECKED;
void mv_store_abort(struct mv_store *);
uint64_t mv_store_commits(const struct mv_store *); /* that wrote something */

/* A snapshot of what is committed. read_end tells whether every read was sound
 * (MV_OK) or met damage (MV_FATAL): an answer built from it must not leave
 * then. Amid the write transaction, where no walk is open, the reads between
 * the two go to the snapshot and nothing is written; damage that they meet is
 * not the transaction's, so no cache that it uses may be filled by them. One
 * that failed has none (MV_AGAIN). */
mv_rc mv_store_read_begin(struct mv_store *, struct mv_err *) MV_CHECKED;
mv_rc mv_store_read_end(struct mv_store *, struct mv_err *) MV_CHECKED;
bool mv_store_reading(const struct mv_store *); /* between the two */

/* Borrowed, unaligned, until the next write or the transaction's end. */
bool mv_store_get(struct mv_store *, struct mv_table, struct mv_span key,
                  struct mv_span *value);

/* An ordered walk; on the stack, closed before the transaction ends. The
 * table may be written meanwhile: the walk goes on from the last key. The
 * first next gives the first key >= from, the first prev the last key < from
 * (an empty from: the table's first, its last). False: no more. */
struct mv_scan {
    struct mv_store *store;
    struct mv_table table;
    void *cursor;
    uint64_t writes;
    size_t key_len;
    bool placed, met;
    uint8_t key[MV_STORE_KEY_BYTES];
};
void mv_scan_open(struct mv_scan *, struct mv_store *, struct mv_table,
                  struct mv_span from);
bool mv_scan_next(struct mv_scan *, struct mv_span *key, struct mv_span *value);
bool mv_scan_prev(struct mv_scan *, struct mv_span *key, struct mv_span *value);
void mv_scan_close(struct mv_scan *);

/* Called around the end of each write transaction, for caches beside the
 * store; each may be NULL. The caller owns the struct; remove before close. */
struct mv_store_hook {
    void (*before_commit)(void *ctx); /* may put */
    void (*ended)(void *ctx, bool committed);
    /* a snapshot, not amid a transaction, met damage: forget its reads */
    void (*unsound)(void *ctx);
    void *ctx;
    struct mv_store_hook *next;
};
void mv_store_hook_add(struct mv_store *, struct mv_store_hook *);
void mv_store_hook_remove(struct mv_store *, struct mv_store_hook *);
