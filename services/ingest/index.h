/* index - which deliveries the journal holds: (trust, producer, number) ->
 * seq and content hash. Rows live as long as the journal: always. */
#pragma once

#include "services/base/hash.h"
#include "services/base/store/store.h"

#define INGEST_INDEX_TABLE "index"

struct ingest_index {
    struct mv_store *store; /* borrowed */
    struct mv_table table;
};

/* trust is the unit of the key that speaks, never what a message says. */
struct ingest_index_key {
    struct mv_span trust, producer;
    uint64_t number;
};

struct ingest_index_row {
    uint64_t seq;
    struct mv_hash content;
};

void ingest_index_init(struct ingest_index *index, struct mv_store *store);

/* Within the open transaction, so a repeat within a batch is found too.
 * False: the journal holds no such delivery. */
bool ingest_index_find(const struct ingest_index *index,
                       const struct ingest_index_key *key,
                       struct ingest_index_row *ret);

/* Within the open transaction; the key must not be there. */
void ingest_index_put(struct ingest_index *index,
                      const struct ingest_index_key *key,
                      const struct ingest_index_row *row);
