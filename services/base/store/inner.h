/* inner - what the files of this folder share and nobody else sees. */
#pragma once

#include <lmdb.h>

#include "services/base/store/place.h"
#include "services/base/store/store.h"

#define STORE_SEAL_BYTES 8u /* after each value of a sealed table */

struct store_table {
    char *name;
    MDB_dbi dbi;
    bool log;        /* rows are not sealed */
    MDB_cursor *put; /* the write transaction's; NULL: none yet */
};

struct mv_store {
    char *name; /* the directory, for messages */
    MDB_env *env;
    struct store_place place;
    struct store_table *tables; /* [0] is MV_STORE_META */
    size_t table_count;
    uint32_t format; /* as found */
    bool read_only;
    uint64_t quota_bytes, page_bytes, used_bytes, commits;
    int64_t next_reader_check_ms, next_let_go_ms;
    uintptr_t within; /* an address where the file is mapped */
    uintptr_t map;    /* where that begins; 0: not known */
    size_t map_bytes;
    struct mv_store_hook *hooks;

    MDB_txn *txn;  /* the write transaction */
    MDB_txn *snap; /* kept between snapshots, reset */
    bool writing, reading, broken;
    unsigned open_scans;
    uint64_t writes;    /* counts every step that wrote: scans place anew */
    uint64_t txn_bytes; /* put in this transaction */
    uint64_t txn_first; /* writes when it began */
    mv_rc failed;       /* MV_OK, or the first failure of what reads go to */
    struct mv_err why;
};

/* What can be done about an LMDB or errno code: MV_FULL or MV_FATAL. */
mv_rc store_class(int code);
/* The transaction that reads go to. */
MDB_txn *store_read_txn(const struct mv_store *);
/* Keeps the first failure of the open transaction or snapshot. */
void store_keep(struct mv_store *, int code, const char *what);

/* The seal binds value to key: SipHash-2-4 of the value under a key made
 * from the row's key. */
void store_seal(struct mv_span key, struct mv_span value,
                uint8_t ret[STORE_SEAL_BYTES]);
/* Takes the seal off; false: too short or broken. */
bool store_unseal(struct mv_span key, struct mv_span *value);
/* Begins s->txn; whoever ends it sets it to NULL. */
int store_txn_begin(struct mv_store *);
/* As mdb_put and mdb_del in s->txn; a put goes on where the table's last one
 * was, so that rows in order need no way down the tree each. */
int store_put(struct mv_store *, struct store_table *, unsigned flags,
              MDB_val *key, MDB_val *value);
int store_del(struct mv_store *, struct store_table *, MDB_val *key);
int store_put_sealed(struct mv_store *, struct store_table *, unsigned flags,
                     struct mv_span key, struct mv_span value);
/* Bytes of the pages that all trees of the transaction hold, and the two
 * metas; 0 if they could not be read. */
uint64_t store_live_bytes(MDB_txn *, const struct mv_store *);
/* Puts the row that names this transaction's number, then commits: a newer
 * meta page always leads to that row. */
int store_seal_and_commit(struct mv_store *);
