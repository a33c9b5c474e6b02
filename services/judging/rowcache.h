/* rowcache - the bounded table of rows that a batch works on: a row is read
 * once, changed here, and written once. One record at a time can be taken
 * back. With nothing below it, it is the store (tests, the command line). */
#pragma once

#include "services/judging/rows.h"

struct mv_rowcache;

/* below may be NULL: rows live here only and nothing is bounded; else it is
 * copied, its ctx is borrowed. max_bytes bounds what is kept between batches;
 * a batch may go beyond it by what it changes. */
struct mv_rowcache *mv_rowcache_open(const struct mv_rows *below,
                                     size_t max_bytes);
void mv_rowcache_close(struct mv_rowcache *c); /* takes NULL */

/* These rows are wanted next: what is held of them is fetched into the
 * processor's cache, all at once instead of one wait after the other. At most
 * MV_ROWCACHE_EXPECT at a time; changes nothing. */
#define MV_ROWCACHE_EXPECT 32u
void mv_rowcache_expect(const struct mv_rowcache *c,
                        const struct mv_row_key *keys, uint32_t count);

/* The row; borrowed until the next call that changes or reads a row. */
struct mv_year_row mv_rowcache_get(struct mv_rowcache *c,
                                   const struct mv_row_key *key);

/* Puts the slot of its code, unless the one there ranks as high or higher.
 * True: it was put; *was then holds what was there, *had whether there was
 * one. was and had may be NULL. */
bool mv_rowcache_put(struct mv_rowcache *c, const struct mv_row_key *key,
                     const struct mv_slot *slot, struct mv_slot *was,
                     bool *had);

/* Between records: what follows can be taken back as one. */
void mv_rowcache_mark(struct mv_rowcache *c);
void mv_rowcache_rollback(struct mv_rowcache *c); /* to the last mark */

/* Once per batch, before the commit: every row that changed is put below,
 * once, in the order of keys. */
void mv_rowcache_flush(struct mv_rowcache *c);
/* While many rows are only read, in a batch or between two: beyond max_bytes
 * all is put below and dropped. Nothing since the mark can be taken back after
 * that. */
void mv_rowcache_relieve(struct mv_rowcache *c);
/* After the commit. false: it failed, everything kept is dropped (rows with
 * nothing below stay). Also trims to max_bytes. */
void mv_rowcache_settle(struct mv_rowcache *c, bool committed);

/* How many rows were asked for since it was opened, found or not: what a work
 * is bounded by, whatever the machine. */
uint64_t mv_rowcache_looked(const struct mv_rowcache *c);
/* Copies of so many rows were looked at once more: that is work, too. */
void mv_rowcache_look_again(struct mv_rowcache *c, uint64_t rows);

/* Bytes held, and rows that changed since the last flush. */
size_t mv_rowcache_bytes(const struct mv_rowcache *c);
size_t mv_rowcache_dirty(const struct mv_rowcache *c);
