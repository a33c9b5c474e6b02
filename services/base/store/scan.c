/* scan - the ordered walk of store.h. Job: next and previous rows, also while
 * the table is written. Invariant: each row that is there for the whole walk
 * is met exactly once. LMDB's cursor is placed anew by key after any write,
 * because a write may move or free the page under it. A crash leaves nothing:
 * a walk writes nothing. */
#include <string.h>

#include "services/base/store/inner.h"

void mv_scan_open(struct mv_scan *scan, struct mv_store *s, struct mv_table t,
                  struct mv_span from)
{
    MV_ASSERT(s->writing || s->reading);
    MV_ASSERT(t.at < s->table_count && from.len <= MV_STORE_KEY_BYTES);
    scan->store = s;
    scan->table = t;
    scan->cursor = NULL;
    scan->placed = scan->met = false;
    scan->key_len = from.len;
    if (from.len > 0)
        memcpy(scan->key, from.at, from.len);
    s->open_scans++;
}

static bool scan_ready(struct mv_scan *scan)
{
    struct mv_store *s = scan->store;
    MV_ASSERT(s != NULL);
    MDB_txn *txn = store_read_txn(s);
    if (s->failed != MV_OK)
        return false;
    if (scan->cursor == NULL) {
        MDB_cursor *c = NULL;
        store_keep(s, mdb_cursor_open(txn, s->tables[scan->table.at].dbi, &c),
                   "cursor");
        scan->cursor = c;
    }
    return scan->cursor != NULL;
}

/* To the first row at or above the key; NOTFOUND if all are below. */
static int scan_place(struct mv_scan *scan, MDB_val *k, MDB_val *v)
{
    if (scan->key_len == 0)
        return mdb_cursor_get(scan->cursor, k, v, MDB_FIRST);
    *k = (MDB_val){scan->key_len, scan->key};
    return mdb_cursor_get(scan->cursor, k, v, MDB_SET_RANGE);
}

static bool scan_give(struct mv_scan *scan, int code, MDB_val k, MDB_val v,
                      struct mv_span *key, struct mv_span *value)
{
    struct mv_store *s = scan->store;
    const struct store_table *table = &s->tables[scan->table.at];
    *key = *value = (struct mv_span){0};
    scan->placed = code == 0;
    scan->writes = s->writes;
    if (code != MDB_NOTFOUND)
        store_keep(s, code, table->name);
    if (code != 0)
        return false;
    struct mv_span row = mv_span(v.mv_data, v.mv_size);
    if (k.mv_size > sizeof scan->key ||
        (!table->log && !store_unseal(mv_span(k.mv_data, k.mv_size), &row))) {
        store_keep(s, MDB_CORRUPTED, table->name);
        return false;
    }
    memcpy(scan->key, k.mv_data, k.mv_size);
    scan->key_len = k.mv_size;
    scan->met = true;
    *key = mv_span(k.mv_data, k.mv_size);
    *value = row;
    return true;
}

bool mv_scan_next(struct mv_scan *scan, struct mv_span *key,
                  struct mv_span *value)
{
    MDB_val k = {0}, v = {0};
    *key = *value = (struct mv_span){0};
    if (!scan_ready(scan))
        return false;
    int code;
    if (scan->placed && scan->writes == scan->store->writes) {
        code = mdb_cursor_get(scan->cursor, &k, &v, MDB_NEXT);
    } else {
        code = scan_place(scan, &k, &v);
        if (code == 0 && scan->met && k.mv_size == scan->key_len &&
            memcmp(k.mv_data, scan->key, k.mv_size) == 0)
            code = mdb_cursor_get(scan->cursor, &k, &v, MDB_NEXT);
    }
    return scan_give(scan, code, k, v, key, value);
}

bool mv_scan_prev(struct mv_scan *scan, struct mv_span *key,
                  struct mv_span *value)
{
    MDB_val k = {0}, v = {0};
    *key = *value = (struct mv_span){0};
    if (!scan_ready(scan))
        return false;
    int code;
    if (scan->placed && scan->writes == scan->store->writes) {
        code = mdb_cursor_get(scan->cursor, &k, &v, MDB_PREV);
    } else {
        code = scan->key_len == 0 ? MDB_NOTFOUND : scan_place(scan, &k, &v);
        if (code == 0 || code == MDB_NOTFOUND)
            code = mdb_cursor_get(scan->cursor, &k, &v,
                                  code == 0 ? MDB_PREV : MDB_LAST);
    }
    return scan_give(scan, code, k, v, key, value);
}

void mv_scan_close(struct mv_scan *scan)
{
    if (scan->store == NULL)
        return;
    if (scan->cursor != NULL)
        mdb_cursor_close(scan->cursor);
    MV_ASSERT(scan->store->open_scans > 0);
    scan->store->open_scans--;
    scan->store = NULL;
}
