/* store - opening and closing, see store.h. Job: nothing is served from a
 * file that is not whole, ours, known and on the disk. Invariant: data.mdb
 * gets its name only when it is complete, so one that is there and cannot be
 * read was damaged. A crash in the middle leaves `new/`, swept at the next
 * start, or a store without this start's boot row. */
#include "services/base/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "services/base/hash.h"
#include "services/base/points.h"
#include "services/base/store/check.h"
#include "services/base/store/inner.h"

#define LAYOUT          1u /* of the meta table and of the seals */
#define START_BYTES     8  /* which start it was: random */
#define QUOTA_MIN_BYTES (1ull << 20)
#define QUOTA_MAX_BYTES (1ull << 44)
#define NEVER_FLAGS \
    (MDB_NOSYNC | MDB_NOMETASYNC | MDB_WRITEMAP | MDB_MAPASYNC | MDB_NOLOCK)

/* What the walk of the file finds in the meta table. */
struct identity {
    const struct mv_store_options *o;
    char service[64];
    uint32_t layout, format;
    uint64_t txn;
    size_t known; /* tables found that were named */
    bool unknown; /* and one that nobody named: a tool may name but a few */
};

/* Logs bear their own hashes. Of tables that nobody named nothing is known:
 * they are another service's, and that is said, not that they are damaged. */
static bool is_sealed(const struct mv_store_options *o, struct mv_span table)
{
    for (size_t i = 0; i < o->table_count; i++) {
        if (mv_span_is(table, o->tables[i]))
            return true;
    }
    return mv_span_is(table, MV_STORE_META);
}

static bool is_known(const struct mv_store_options *o, struct mv_span table)
{
    for (size_t i = 0; i < o->log_count; i++) {
        if (mv_span_is(table, o->logs[i]))
            return true;
    }
    return is_sealed(o, table);
}

static bool identity_row(void *ctx, struct mv_span table, struct mv_span key,
                         struct mv_span value)
{
    struct identity *id = ctx;
    if (key.len == 0) {
        bool known = is_known(id->o, table);
        id->known += known;
        id->unknown |= !known;
        return true;
    }
    if (!is_sealed(id->o, table))
        return true;
    if (!store_unseal(key, &value))
        return false;
    if (!mv_span_is(table, MV_STORE_META))
        return true;
    if (mv_span_is(key, "layout") && value.len == 4)
        id->layout = mv_be32_get(value.at);
    else if (mv_span_is(key, "format") && value.len == 4)
        id->format = mv_be32_get(value.at);
    else if (mv_span_is(key, "txn") && value.len == 8)
        id->txn = mv_be64_get(value.at);
    else if (mv_span_is(key, "service") && value.len < sizeof id->service)
        memcpy(id->service, value.at, value.len);
    return true;
}

/* All this comes before LMDB opens the file: a refusal touches nothing. */
static mv_rc store_known(struct mv_store *s, const struct mv_store_options *o,
                         struct mv_err *err)
{
    struct identity id = {.o = o};
    struct store_file file = {0};
    mv_rc rc = store_check_file(s->place.dir_fd, "data.mdb", identity_row, &id,
                                &file, err);
    if (rc != MV_OK)
        return rc;
    if (id.layout == 0 || id.service[0] == 0 || id.format == 0)
        return mv_fail(err, MV_CONFIG, "'data.mdb' is not a store of ours");
    if (strcmp(id.service, o->service) != 0)
        return mv_fail(err, MV_CONFIG, "'data.mdb' belongs to %s, not to %s",
                       id.service, o->service);
    if ((id.layout > LAYOUT || id.format > o->format) &&
        !MV_BROKEN("any_format")) {
        return mv_fail(err, MV_CONFIG,
                       "'data.mdb' has format %u.%u; this program knows %u.%u",
                       id.layout, id.format, LAYOUT, o->format);
    }
    if (id.unknown && id.known < 1 + o->table_count + o->log_count)
        return mv_fail(err, MV_CONFIG,
                       "'data.mdb' is damaged: a table has a wrong name");
    if (id.txn != file.txn) {
        return mv_fail(err, MV_CONFIG,
                       "'data.mdb' is damaged: a meta page names transaction "
                       "%llu, its rows are of %llu",
                       (unsigned long long)file.txn,
                       (unsigned long long)id.txn);
    }
    s->format = id.format;
    return MV_OK;
}

static mv_rc env_open(MDB_env **ret, const char *path, uint64_t map_bytes,
                      size_t tables, unsigned flags, struct mv_err *err)
{
    MDB_env *env = NULL;
    unsigned got = 0;
    int code = mdb_env_create(&env);
    if (code == 0)
        code = mdb_env_set_mapsize(env, map_bytes);
    if (code == 0)
        code = mdb_env_set_maxdbs(env, (MDB_dbi)tables);
    if (code == 0)
        code = mdb_env_open(env, path, flags | MDB_NOTLS, 0600);
    if (code == 0)
        code = mdb_env_get_flags(env, &got);
    MV_ASSERT((got & NEVER_FLAGS) == 0);
    if (code == 0) {
        *ret = env;
        return MV_OK;
    }
    mdb_env_close(env);
    mv_rc rc = store_class(code) == MV_FULL ? MV_FULL : MV_CONFIG;
    return mv_fail(err, rc, "'%s': %s", path, mdb_strerror(code));
}

/* Tables of the options into s, [0] is the meta table. */
static void tables_name(struct mv_store *s, const struct mv_store_options *o)
{
    s->table_count = 1 + o->table_count + o->log_count;
    s->tables = mv_xcalloc(s->table_count, sizeof *s->tables);
    s->tables[0].name = mv_xstrdup(MV_STORE_META);
    for (size_t i = 0; i < o->table_count; i++)
        s->tables[1 + i].name = mv_xstrdup(o->tables[i]);
    for (size_t i = 0; i < o->log_count; i++) {
        struct store_table *t = &s->tables[1 + o->table_count + i];
        t->name = mv_xstrdup(o->logs[i]);
        t->log = true;
    }
}

static int tables_open(struct mv_store *s, MDB_txn *txn, size_t count,
                       unsigned flags)
{
    int code = 0;
    for (size_t i = 0; i < count && code == 0; i++)
        code = mdb_dbi_open(txn, s->tables[i].name, flags, &s->tables[i].dbi);
    return code;
}

static int put_u32(struct mv_store *s, const char *key, uint32_t v)
{
    uint8_t be[4];
    mv_be32_put(be, v);
    return store_put_sealed(s, &s->tables[0], 0, mv_span_text(key),
                            mv_span(be, sizeof be));
}

static int put_text(struct mv_store *s, const char *key, const char *text)
{
    return store_put_sealed(s, &s->tables[0], 0, mv_span_text(key),
                            mv_span_text(text));
}

/* One transaction of our own, outside quota and hooks. */
static int own_begin(struct mv_store *s)
{
    return store_txn_begin(s);
}

static int own_end(struct mv_store *s, int code)
{
    if (code == 0)
        return store_seal_and_commit(s);
    if (s->txn != NULL)
        mdb_txn_abort(s->txn);
    s->txn = NULL;
    return code;
}

static void sweep_new(int dir_fd)
{
    (void)unlinkat(dir_fd, "new/data.mdb", 0);
    (void)unlinkat(dir_fd, "new/lock.mdb", 0);
    (void)unlinkat(dir_fd, "new", AT_REMOVEDIR);
}

/* Whose it is, of which format: in a store that was just made. */
static int put_own_rows(struct mv_store *s, const struct mv_store_options *o)
{
    int code = own_begin(s);
    if (code != 0)
        return code;
    code = tables_open(s, s->txn, 1, MDB_CREATE);
    if (code == 0)
        code = put_u32(s, "layout", LAYOUT);
    if (code == 0)
        code = put_u32(s, "format", o->format);
    if (code == 0)
        code = put_text(s, "service", o->service);
    return own_end(s, code);
}

/* A store that says whose it is, made beside its place and moved there. */
static mv_rc store_create(struct mv_store *s, const struct mv_store_options *o,
                          struct mv_err *err)
{
    struct mv_buf path = {0};
    int dir = s->place.dir_fd;
    if (faccessat(dir, "lock.mdb", F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
        return mv_fail(err, MV_CONFIG,
                       "'data.mdb' is gone but 'lock.mdb' is there: put the "
                       "store back, or empty the directory to begin anew");
    }
    mv_buf_printf(&path, "%s/new", s->name);
    mv_rc rc = MV_OK;
    int code = mkdirat(dir, "new", 0700) == 0 ? 0 : errno;
    if (code == 0)
        MV_TRY(env_open(&s->env, mv_buf_cstr(&path), 4 * o->quota_bytes, 1, 0,
                        err));
    if (code == 0)
        code = put_own_rows(s, o);
    if (code == 0)
        code = mdb_env_sync(s->env, 1);
    mdb_env_close(s->env);
    s->env = NULL;
    if (code == 0 && (renameat(dir, "new/data.mdb", dir, "data.mdb") != 0 ||
                      fsync(dir) != 0))
        code = errno;
    if (code != 0)
        rc = mv_fail(err, store_class(code), "cannot be made: %s",
                     mdb_strerror(code));
out:
    mv_buf_done(&path);
    sweep_new(dir);
    return rc;
}

/* Commits who serves from here on: that settles what is on the disk. */
static mv_rc store_boot(struct mv_store *s, struct mv_err *err)
{
    uint8_t id[START_BYTES];
    char start[2 * START_BYTES + 1], row[160];
    mv_random_bytes(id, sizeof id);
    (void)snprintf(row, sizeof row, "start=%s program=%s format=%u.%u",
                   mv_hex(id, sizeof id, start), MV_VERSION, LAYOUT, s->format);
    /* what a process before us wrote may be in the page cache only */
    int code = mdb_env_sync(s->env, 1);
    if (code == 0)
        code = own_begin(s);
    if (code == 0)
        code = tables_open(s, s->txn, s->table_count, MDB_CREATE);
    if (code == 0)
        code = put_text(s, "boot", row);
    code = own_end(s, code);
    if (code != 0)
        return mv_fail(err, store_class(code), "boot row: %s",
                       mdb_strerror(code));
    return MV_OK;
}

/* What is read lies where LMDB has mapped the file. */
static int find_own_row(struct mv_store *s)
{
    static char layout[] = "layout";
    MDB_val key = {strlen(layout), layout}, value;
    int code = mdb_get(s->snap, s->tables[0].dbi, &key, &value);
    if (code == 0)
        s->within = (uintptr_t)value.mv_data;
    return code == MDB_NOTFOUND ? 0 : code;
}

/* The snapshot's transaction is made once; read-only stores open their
 * tables in it. */
static mv_rc store_snapshot(struct mv_store *s, struct mv_err *err)
{
    int code = mdb_txn_begin(s->env, NULL, MDB_RDONLY, &s->snap);
    if (code == 0 && s->read_only) {
        code = tables_open(s, s->snap, s->table_count, 0);
        if (code == 0)
            code = mdb_txn_commit(s->snap);
        else
            mdb_txn_abort(s->snap);
        s->snap = NULL;
        if (code == 0)
            code = mdb_txn_begin(s->env, NULL, MDB_RDONLY, &s->snap);
    }
    MDB_stat st = {0};
    if (code == 0)
        code = mdb_env_stat(s->env, &st);
    s->page_bytes = st.ms_psize;
    if (code == 0)
        code = find_own_row(s);
    if (code == 0) {
        s->used_bytes = store_live_bytes(s->snap, s);
        mdb_txn_reset(s->snap);
        return MV_OK;
    }
    return mv_fail(err, MV_FATAL, "snapshot: %s", mdb_strerror(code));
}

mv_rc mv_store_open(struct mv_store **ret, const struct mv_store_options *o,
                    struct mv_err *err)
{
    mv_rc rc = MV_OK;
    MV_ASSERT(sodium_init() >= 0 && o->format > 0);
    struct mv_store *s = mv_xcalloc(1, sizeof *s);
    s->place = (struct store_place){.dir_fd = -1, .lock_fd = -1};
    s->name = mv_xstrdup(o->dir);
    s->quota_bytes = o->quota_bytes;
    s->read_only = o->read_only;
    tables_name(s, o);
    if (o->quota_bytes < QUOTA_MIN_BYTES || o->quota_bytes > QUOTA_MAX_BYTES) {
        rc = mv_fail(err, MV_CONFIG, "quota of %llu bytes: %llu to %llu",
                     (unsigned long long)o->quota_bytes, QUOTA_MIN_BYTES,
                     QUOTA_MAX_BYTES);
        goto out;
    }
    MV_TRY(store_place_open(&s->place, o->dir, o->any_filesystem, err));
    if (!o->read_only)
        sweep_new(s->place.dir_fd);
    rc = store_known(s, o, err);
    if (rc == MV_AGAIN && !o->read_only) {
        MV_TRY(store_create(s, o, err));
        rc = store_known(s, o, err);
    }
    if (rc == MV_AGAIN)
        rc = mv_fail(err, MV_CONFIG, "there is no 'data.mdb'");
    if (rc != MV_OK)
        goto out;
    MV_TRY(env_open(&s->env, o->dir, 4 * o->quota_bytes, s->table_count,
                    o->read_only ? MDB_RDONLY : 0, err));
    if (!o->read_only)
        MV_TRY(store_boot(s, err));
    MV_TRY(store_snapshot(s, err));
    *ret = s;
    return MV_OK;
out:
    mv_store_close(s);
    return mv_wrap(err, rc, "store '%s'", o->dir);
}

void mv_store_close(struct mv_store *s)
{
    if (s == NULL)
        return;
    MV_ASSERT(!s->writing && !s->reading && s->hooks == NULL);
    if (s->snap != NULL)
        mdb_txn_abort(s->snap);
    if (s->env != NULL)
        mdb_env_close(s->env);
    store_place_close(&s->place);
    for (size_t i = 0; i < s->table_count; i++)
        free(s->tables[i].name);
    free(s->tables);
    free(s->name);
    free(s);
}

const char *mv_store_warning(const struct mv_store *s)
{
    return s->place.warning[0] != 0 ? s->place.warning : NULL;
}

uint32_t mv_store_format(const struct mv_store *s)
{
    return s->format;
}

struct mv_table mv_store_table(struct mv_store *s, const char *name)
{
    size_t i = 0;
    while (i < s->table_count && strcmp(s->tables[i].name, name) != 0)
        i++;
    MV_ASSERT(i < s->table_count);
    return (struct mv_table){.at = (unsigned)i};
}

bool mv_store_is_log(const struct mv_store *s, struct mv_table t)
{
    return s->tables[t.at].log;
}
