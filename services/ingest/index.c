/* index - see index.h. Job: one effect per delivery. Invariant: a row is
 * written in the transaction that appends its record and never changed or
 * removed. A crash in the middle leaves neither row nor record. */
#include "services/ingest/index.h"

#include <string.h>

/* trust NUL producer NUL number: identifiers hold no NUL, so no two keys
 * share their bytes, and the numbers of one producer run together. */
#define KEY_BYTES_MAX (64 + 1 + 64 + 1 + 8)
#define ROW_BYTES     (8 + MV_HASH_BYTES)

static struct mv_span key_bytes(const struct ingest_index_key *key,
                                uint8_t out[KEY_BYTES_MAX])
{
    size_t used = 0;
    const struct mv_span parts[] = {key->trust, key->producer};
    for (size_t i = 0; i < 2; i++) {
        MV_ASSERT(parts[i].len <= 64);
        if (parts[i].len > 0)
            memcpy(out + used, parts[i].at, parts[i].len);
        used += parts[i].len;
        out[used++] = 0;
    }
    mv_be64_put(out + used, key->number);
    return mv_span(out, used + 8);
}

void ingest_index_init(struct ingest_index *index, struct mv_store *store)
{
    index->store = store;
    index->table = mv_store_table(store, INGEST_INDEX_TABLE);
}

bool ingest_index_find(const struct ingest_index *index,
                       const struct ingest_index_key *key,
                       struct ingest_index_row *ret)
{
    uint8_t bytes[KEY_BYTES_MAX];
    struct mv_span value;
    if (!mv_store_get(index->store, index->table, key_bytes(key, bytes),
                      &value) ||
        value.len != ROW_BYTES)
        return false;
    const uint8_t *at = value.at;
    ret->seq = mv_be64_get(at);
    memcpy(ret->content.at, at + 8, MV_HASH_BYTES);
    return true;
}

void ingest_index_put(struct ingest_index *index,
                      const struct ingest_index_key *key,
                      const struct ingest_index_row *row)
{
    uint8_t bytes[KEY_BYTES_MAX];
    uint8_t value[ROW_BYTES];
    mv_be64_put(value, row->seq);
    memcpy(value + 8, row->content.at, MV_HASH_BYTES);
    mv_store_put(index->store, index->table, key_bytes(key, bytes),
                 mv_span(value, sizeof value));
}
