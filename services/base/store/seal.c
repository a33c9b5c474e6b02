/* seal - see inner.h. Job: a checksum on every row that has no hash of its
 * own. Invariant: a value is given out only with the key it was put under.
 * Its key is public: it finds damage, not an attacker. A crash leaves
 * nothing; row and seal are one LMDB value. */
#include <sodium.h>
#include <string.h>

#include "services/base/points.h"
#include "services/base/store/inner.h"

/* Larger values have pages of their own, which a put does not move. */
#define SMALL_BYTES 4096u

static const uint8_t seal_key[crypto_shorthash_KEYBYTES] = "maalvakt row v1";

void store_seal(struct mv_span key, struct mv_span value,
                uint8_t ret[STORE_SEAL_BYTES])
{
    uint8_t k[crypto_shorthash_KEYBYTES];
    memcpy(k, seal_key, sizeof k);
    crypto_shorthash(k, key.at, key.len, seal_key);
    crypto_shorthash(ret, value.at, value.len, k);
}

bool store_unseal(struct mv_span key, struct mv_span *value)
{
    if (value->len < STORE_SEAL_BYTES)
        return false;
    struct mv_span inner = mv_span(value->at, value->len - STORE_SEAL_BYTES);
    uint8_t seal[STORE_SEAL_BYTES];
    store_seal(key, inner, seal);
    if (memcmp((const uint8_t *)inner.at + inner.len, seal, sizeof seal) != 0 &&
        !MV_BROKEN("no_hashes"))
        return false;
    *value = inner;
    return true;
}

int store_put_sealed(struct mv_store *s, struct store_table *table,
                     unsigned flags, struct mv_span key, struct mv_span value)
{
    uint8_t small[SMALL_BYTES], seal[STORE_SEAL_BYTES];
    MDB_val k = {key.len, (void *)(uintptr_t)key.at};
    MDB_val v = {value.len + sizeof seal, small};
    store_seal(key, value, seal);
    if (v.mv_size <= sizeof small) {
        /* copied first: it may be borrowed from a page that the put moves */
        if (value.len > 0)
            memcpy(small, value.at, value.len);
        memcpy(small + value.len, seal, sizeof seal);
        return store_put(s, table, flags, &k, &v);
    }
    int code = store_put(s, table, flags | MDB_RESERVE, &k, &v);
    if (code != 0)
        return code;
    memcpy(v.mv_data, value.at, value.len);
    memcpy((uint8_t *)v.mv_data + value.len, seal, sizeof seal);
    return 0;
}
