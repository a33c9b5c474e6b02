/* failing_lmdb - every call of LMDB that services/base/store makes, as one
 * that can fail (failing.h). What LMDB promises of a failed call is kept: a
 * transaction whose commit failed is gone. One .c of a program only. */
#pragma once

#include <lmdb.h>

#include "tests/support/failing.h"

FAILING(int, mdb_env_create, (MDB_env * *env), (env), failing.error)
FAILING(int, mdb_env_set_mapsize, (MDB_env * env, size_t n), (env, n),
        failing.error)
FAILING(int, mdb_env_set_maxdbs, (MDB_env * env, MDB_dbi n), (env, n),
        failing.error)
FAILING(int, mdb_env_open,
        (MDB_env * env, const char *path, unsigned flags, mdb_mode_t mode),
        (env, path, flags, mode), failing.error)
FAILING(int, mdb_env_get_flags, (MDB_env * env, unsigned *ret), (env, ret),
        failing.error)
FAILING(int, mdb_env_sync, (MDB_env * env, int force), (env, force),
        failing.error)
FAILING(int, mdb_env_stat, (MDB_env * env, MDB_stat *ret), (env, ret),
        failing.error)
FAILING(int, mdb_txn_begin,
        (MDB_env * env, MDB_txn *parent, unsigned flags, MDB_txn **ret),
        (env, parent, flags, ret), failing.error)
FAILING(int, mdb_txn_renew, (MDB_txn * txn), (txn), failing.error)
FAILING(int, mdb_txn_commit, (MDB_txn * txn), (txn),
        (mdb_txn_abort(txn), failing.error))
FAILING(int, mdb_dbi_open,
        (MDB_txn * txn, const char *name, unsigned flags, MDB_dbi *ret),
        (txn, name, flags, ret), failing.error)
FAILING(int, mdb_stat, (MDB_txn * txn, MDB_dbi dbi, MDB_stat *ret),
        (txn, dbi, ret), failing.error)
FAILING(int, mdb_get, (MDB_txn * txn, MDB_dbi dbi, MDB_val *key, MDB_val *ret),
        (txn, dbi, key, ret), failing.error)
FAILING(int, mdb_del, (MDB_txn * txn, MDB_dbi dbi, MDB_val *key, MDB_val *data),
        (txn, dbi, key, data), failing.error)
FAILING(int, mdb_cursor_open, (MDB_txn * txn, MDB_dbi dbi, MDB_cursor **ret),
        (txn, dbi, ret), failing.error)
FAILING(int, mdb_cursor_put,
        (MDB_cursor * cursor, MDB_val *key, MDB_val *data, unsigned flags),
        (cursor, key, data, flags), failing.error)
FAILING(int, mdb_cursor_get,
        (MDB_cursor * cursor, MDB_val *key, MDB_val *data, MDB_cursor_op op),
        (cursor, key, data, op), failing.error)
