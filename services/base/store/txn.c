/* txn - the transactions of store.h. Job: steps without checks, one result at
 * the commit. Invariant: after the first failure LMDB hears nothing of this
 * transaction but its abort; after an unknown outcome no transaction begins.
 * A crash in the middle leaves what the last commit left: LMDB's two meta
 * pages, of which the newer whole one counts. */
#include <errno.h>
#include <string.h>
#include <sys/statvfs.h>

#include "services/base/store/inner.h"

#define FREE_RESERVE_BYTES (1u << 20)  /* left to the boot row */
#define RUNAWAY_BYTES      (64u << 20) /* a batch is bounded far below */
#define QUOTA_RESERVE_MAX  (16u << 20)

mv_rc store_class(int code)
{
    switch (code) {
    case 0:
        return MV_OK;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case MDB_MAP_FULL:
    case MDB_TXN_FULL:
        return MV_FULL;
    default: /* EIO, MDB_PANIC, MDB_CORRUPTED, MDB_PAGE_NOTFOUND, ... */
        return MV_FATAL;
    }
}

MDB_txn *store_read_txn(const struct mv_store *s)
{
    MV_ASSERT(s->writing || s->reading);
    return s->reading ? s->snap : s->txn;
}

void mv_store_fail(struct mv_store *s, mv_rc rc, const char *text)
{
    MV_ASSERT(s->writing || s->reading);
    if (s->failed != MV_OK)
        return;
    s->failed = mv_fail(&s->why, rc, "%s", text);
}

void store_keep(struct mv_store *s, int code, const char *what)
{
    if (code == 0 || s->failed != MV_OK)
        return;
    s->failed =
        mv_fail(&s->why, store_class(code), "%s: %s", what, mdb_strerror(code));
}

bool mv_store_failed(const struct mv_store *s)
{
    return s->failed != MV_OK;
}

int store_txn_begin(struct mv_store *s)
{
    for (size_t i = 0; i < s->table_count; i++)
        s->tables[i].put = NULL; /* LMDB freed it with its transaction */
    return mdb_txn_begin(s->env, NULL, 0, &s->txn);
}

int store_put(struct mv_store *s, struct store_table *table, unsigned flags,
              MDB_val *key, MDB_val *value)
{
    int code = 0;
    if (table->put == NULL)
        code = mdb_cursor_open(s->txn, table->dbi, &table->put);
    return code != 0 ? code : mdb_cursor_put(table->put, key, value, flags);
}

/* The cursor goes first: what a deletion frees, no put may stand on. */
int store_del(struct mv_store *s, struct store_table *table, MDB_val *key)
{
    if (table->put != NULL)
        mdb_cursor_close(table->put);
    table->put = NULL;
    return mdb_del(s->txn, table->dbi, key, NULL);
}

void mv_store_begin(struct mv_store *s)
{
    MV_ASSERT(!s->writing && !s->reading);
    s->writing = true;
    s->failed = MV_OK;
    s->txn_bytes = 0;
    s->txn_first = s->writes;
    s->txn = NULL;
    if (s->read_only) {
        mv_store_fail(s, MV_CONFIG, "is open for reading only");
        return;
    }
    if (s->broken) {
        mv_store_fail(s, MV_FATAL, "the store failed before");
        return;
    }
    store_keep(s, store_txn_begin(s), "begin");
}

static void txn_put(struct mv_store *s, struct mv_table t, unsigned flags,
                    struct mv_span key, struct mv_span value)
{
    MV_ASSERT(s->writing && !s->reading && t.at < s->table_count);
    MV_ASSERT(key.len > 0 && key.len <= MV_STORE_KEY_BYTES);
    if (s->failed != MV_OK)
        return;
    struct store_table *table = &s->tables[t.at];
    s->writes++;
    s->txn_bytes += key.len + value.len;
    if (s->txn_bytes > RUNAWAY_BYTES &&
        s->used_bytes + s->txn_bytes > s->quota_bytes) {
        mv_store_fail(s, MV_FULL, "the transaction outgrows the quota");
        return;
    }
    int code;
    if (table->log) {
        MDB_val k = {key.len, (void *)(uintptr_t)key.at};
        MDB_val v = {value.len, (void *)(uintptr_t)value.at};
        code = store_put(s, table, flags, &k, &v);
    } else {
        code = store_put_sealed(s, table, flags, key, value);
    }
    store_keep(s, code, table->name);
}

void mv_store_put(struct mv_store *s, struct mv_table t, struct mv_span key,
                  struct mv_span value)
{
    txn_put(s, t, 0, key, value);
}

void mv_store_append(struct mv_store *s, struct mv_table t, struct mv_span key,
                     struct mv_span value)
{
    txn_put(s, t, MDB_APPEND, key, value);
}

void mv_store_del(struct mv_store *s, struct mv_table t, struct mv_span key)
{
    MV_ASSERT(s->writing && !s->reading && t.at < s->table_count);
    MV_ASSERT(key.len > 0 && key.len <= MV_STORE_KEY_BYTES);
    if (s->failed != MV_OK)
        return;
    s->writes++;
    MDB_val k = {key.len, (void *)(uintptr_t)key.at};
    int code = store_del(s, &s->tables[t.at], &k);
    if (code != MDB_NOTFOUND)
        store_keep(s, code, s->tables[t.at].name);
}

bool mv_store_get(struct mv_store *s, struct mv_table t, struct mv_span key,
                  struct mv_span *value)
{
    MDB_txn *txn = store_read_txn(s);
    MV_ASSERT(t.at < s->table_count);
    MV_ASSERT(key.len > 0 && key.len <= MV_STORE_KEY_BYTES);
    *value = (struct mv_span){0};
    if (s->failed != MV_OK)
        return false;
    const struct store_table *table = &s->tables[t.at];
    MDB_val k = {key.len, (void *)(uintptr_t)key.at}, v;
    int code = mdb_get(txn, table->dbi, &k, &v);
    if (code != MDB_NOTFOUND)
        store_keep(s, code, table->name);
    if (code != 0)
        return false;
    struct mv_span found = mv_span(v.mv_data, v.mv_size);
    if (!table->log && !store_unseal(key, &found)) {
        store_keep(s, MDB_CORRUPTED, table->name);
        return false;
    }
    *value = found;
    return true;
}

uint64_t store_live_bytes(MDB_txn *txn, const struct mv_store *s)
{
    uint64_t pages = 2;
    MDB_dbi own[] = {0, 1}; /* LMDB's free list and its tree of trees */
    for (size_t i = 0; i < 2 + s->table_count; i++) {
        MDB_stat st;
        MDB_dbi dbi = i < 2 ? own[i] : s->tables[i - 2].dbi;
        if (mdb_stat(txn, dbi, &st) != 0)
            return 0;
        pages += st.ms_branch_pages + st.ms_leaf_pages + st.ms_overflow_pages;
    }
    return pages * s->page_bytes;
}

/* Refuses before LMDB would: a write that fails half way costs the service,
 * a refusal costs the sender a retry. */
static void txn_room(struct mv_store *s, uint64_t *used)
{
    uint64_t reserve = s->quota_bytes / 64;
    if (reserve > QUOTA_RESERVE_MAX)
        reserve = QUOTA_RESERVE_MAX;
    *used = store_live_bytes(s->txn, s);
    if (*used == 0 || *used > s->quota_bytes - reserve) {
        mv_store_fail(s, MV_FULL, "the quota is used up");
        return;
    }
    struct statvfs fs;
    if (fstatvfs(s->place.dir_fd, &fs) != 0)
        return; /* the commit will tell */
    uint64_t left = (uint64_t)fs.f_bavail * fs.f_frsize;
    if (left < FREE_RESERVE_BYTES + 2 * s->txn_bytes)
        mv_store_fail(s, MV_FULL, "the file system is full");
}

int store_seal_and_commit(struct mv_store *s)
{
    uint8_t number[8];
    mv_be64_put(number, mdb_txn_id(s->txn));
    int code = store_put_sealed(s, &s->tables[0], 0, mv_span_text("txn"),
                                mv_span(number, 8));
    if (code != 0)
        mdb_txn_abort(s->txn);
    else
        code = mdb_txn_commit(s->txn);
    s->txn = NULL;
    return code;
}

/* A commit that failed for want of room left everything as it was, unless it
 * was the meta page that could not be written: LMDB refuses to go on then. */
static void txn_probe(struct mv_store *s)
{
    MDB_txn *probe = NULL;
    int code = mdb_txn_begin(s->env, NULL, 0, &probe);
    if (code == 0) {
        mdb_txn_abort(probe);
        return;
    }
    s->failed = MV_FATAL;
    (void)mv_wrap(&s->why, MV_FATAL, "%s after", mdb_strerror(code));
}

static void txn_ended(struct mv_store *s, bool committed)
{
    MV_ASSERT(s->open_scans == 0);
    if (s->txn != NULL)
        mdb_txn_abort(s->txn);
    s->txn = NULL;
    s->writing = false;
    s->writes++;
    for (struct mv_store_hook *h = s->hooks; h != NULL; h = h->next) {
        if (h->ended != NULL)
            h->ended(h->ctx, committed);
    }
}

mv_rc mv_store_commit(struct mv_store *s, struct mv_err *err)
{
    MV_ASSERT(s->writing && !s->reading && s->open_scans == 0);
    uint64_t used = 0;
    for (struct mv_store_hook *h = s->hooks; h != NULL; h = h->next) {
        if (h->before_commit != NULL)
            h->before_commit(h->ctx);
    }
    bool wrote = s->writes != s->txn_first;
    if (s->failed == MV_OK && wrote)
        txn_room(s, &used);
    if (s->failed == MV_OK && wrote) {
        store_keep(s, store_seal_and_commit(s), "commit");
        if (s->failed == MV_FULL)
            txn_probe(s);
    }
    if (s->failed == MV_OK && wrote) {
        s->used_bytes = used;
        s->commits++;
    }
    if (s->failed == MV_FATAL)
        s->broken = true;
    mv_rc rc = s->failed;
    txn_ended(s, rc == MV_OK);
    if (rc == MV_OK)
        return MV_OK;
    return mv_fail(err, rc, "store '%s': %s", s->name, s->why.text);
}

uint64_t mv_store_commits(const struct mv_store *s)
{
    return s->commits;
}

void mv_store_abort(struct mv_store *s)
{
    MV_ASSERT(s->writing && !s->reading);
    if (s->failed == MV_FATAL)
        s->broken = true;
    txn_ended(s, false);
}

/* MDB_NOTLS lets a thread read beside its write transaction. What is read is
 * the last commit, which a writer keeps for itself anyway: no page is held
 * for it. */
mv_rc mv_store_read_begin(struct mv_store *s, struct mv_err *err)
{
    MV_ASSERT(!s->reading && s->open_scans == 0);
    if (s->writing && s->failed != MV_OK)
        return mv_fail(err, MV_AGAIN, "store '%s': the transaction failed",
                       s->name);
    int code = s->snap == NULL
                   ? mdb_txn_begin(s->env, NULL, MDB_RDONLY, &s->snap)
                   : mdb_txn_renew(s->snap);
    if (code != 0)
        return mv_fail(err, MV_FATAL, "store '%s': snapshot: %s", s->name,
                       mdb_strerror(code));
    s->reading = true;
    s->failed = MV_OK;
    return MV_OK;
}

mv_rc mv_store_read_end(struct mv_store *s, struct mv_err *err)
{
    MV_ASSERT(s->reading && s->open_scans == 0);
    mdb_txn_reset(s->snap);
    s->reading = false;
    mv_rc rc = s->failed;
    s->failed = MV_OK;
    if (rc == MV_OK)
        return MV_OK;
    for (struct mv_store_hook *h = s->hooks; h != NULL; h = h->next) {
        if (h->unsound != NULL && !s->writing)
            h->unsound(h->ctx);
    }
    return mv_fail(err, rc, "store '%s': %s", s->name, s->why.text);
}

bool mv_store_reading(const struct mv_store *s)
{
    return s->reading;
}

void mv_store_hook_add(struct mv_store *s, struct mv_store_hook *hook)
{
    hook->next = s->hooks;
    s->hooks = hook;
}

void mv_store_hook_remove(struct mv_store *s, struct mv_store_hook *hook)
{
    struct mv_store_hook **at = &s->hooks;
    while (*at != NULL && *at != hook)
        at = &(*at)->next;
    if (*at != NULL)
        *at = hook->next;
}
