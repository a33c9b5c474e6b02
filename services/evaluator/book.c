/* book - see book.h. Job: names of tables, and small numbers as rows.
 * Invariant: only `common` says which side is in force. A crash while the
 * spare side is filled or emptied leaves the side in force as it was. */
#include "services/evaluator/book.h"

#include <string.h>

#define CLEAR_ROWS 4096u /* taken out in one transaction */
#define KEY_SIDE   "side"
#define KEY_MARK   "mark"
#define MARK_BYTES (8u + MV_HASH_BYTES + 8u + 8u * EVALUATOR_COUNTS)

const char *const evaluator_tables[EVALUATOR_TABLE_COUNT] = {
    "common", "published", "skips",  "state0", "state1", "rows0", "rows1",
    "ids0",   "ids1",      "aside0", "aside1", "notes0", "notes1"};

static void take_side(struct evaluator_book *b, unsigned side)
{
    static const char *const names[2][5] = {
        {"state0", "rows0", "ids0", "aside0", "notes0"},
        {"state1", "rows1", "ids1", "aside1", "notes1"}};
    b->side = side;
    b->state = mv_store_table(b->store, names[side][0]);
    b->rows = mv_store_table(b->store, names[side][1]);
    b->ids = mv_store_table(b->store, names[side][2]);
    b->aside = mv_store_table(b->store, names[side][3]);
    b->notes = mv_store_table(b->store, names[side][4]);
}

void evaluator_book_init(struct evaluator_book *b, struct mv_store *store,
                         bool spare)
{
    struct mv_span value;
    unsigned side = 0;
    *b = (struct evaluator_book){.store = store};
    b->common = mv_store_table(store, "common");
    b->published = mv_store_table(store, "published");
    b->skips = mv_store_table(store, "skips");
    if (mv_store_get(store, b->common, mv_span_text(KEY_SIDE), &value) &&
        value.len == 1)
        side = *(const uint8_t *)value.at & 1u;
    take_side(b, spare ? 1 - side : side);
}

struct evaluator_book evaluator_book_other(const struct evaluator_book *b)
{
    struct evaluator_book other = *b;
    take_side(&other, 1 - b->side);
    return other;
}

void evaluator_book_choose(const struct evaluator_book *b)
{
    uint8_t side = (uint8_t)b->side;
    mv_store_put(b->store, b->common, mv_span_text(KEY_SIDE),
                 mv_span(&side, 1));
}

bool evaluator_book_number(const struct evaluator_book *b, const char *key,
                           uint64_t *ret)
{
    struct mv_span value;
    if (!mv_store_get(b->store, b->state, mv_span_text(key), &value) ||
        value.len != 8)
        return false;
    *ret = mv_be64_get(value.at);
    return true;
}

void evaluator_book_put(const struct evaluator_book *b, const char *key,
                        uint64_t v)
{
    uint8_t bytes[8];
    mv_be64_put(bytes, v);
    mv_store_put(b->store, b->state, mv_span_text(key),
                 mv_span(bytes, sizeof bytes));
}

void evaluator_book_mark(const struct evaluator_book *b,
                         struct evaluator_mark *ret)
{
    struct mv_span value;
    *ret = (struct evaluator_mark){0};
    if (!mv_store_get(b->store, b->state, mv_span_text(KEY_MARK), &value) ||
        value.len < 8 + MV_HASH_BYTES + 8)
        return;
    const uint8_t *p = value.at;
    ret->seq = mv_be64_get(p);
    memcpy(ret->hash, p + 8, MV_HASH_BYTES);
    ret->received_ms = (int64_t)mv_be64_get(p + 8 + MV_HASH_BYTES);
    p += 16 + MV_HASH_BYTES;
    size_t left = (value.len - 16 - MV_HASH_BYTES) / 8;
    for (size_t i = 0; i < EVALUATOR_COUNTS && i < left; i++, p += 8)
        ret->counts[i] = mv_be64_get(p);
}

void evaluator_book_put_mark(const struct evaluator_book *b,
                             const struct evaluator_mark *m)
{
    uint8_t bytes[MARK_BYTES];
    uint8_t *p = bytes;
    mv_be64_put(p, m->seq);
    memcpy(p + 8, m->hash, MV_HASH_BYTES);
    mv_be64_put(p + 8 + MV_HASH_BYTES, (uint64_t)m->received_ms);
    p += 16 + MV_HASH_BYTES;
    for (size_t i = 0; i < EVALUATOR_COUNTS; i++, p += 8)
        mv_be64_put(p, m->counts[i]);
    mv_store_put(b->store, b->state, mv_span_text(KEY_MARK),
                 mv_span(bytes, sizeof bytes));
}

/* At most `max` rows out of one table; how many it took. */
static uint32_t empty(struct mv_store *store, struct mv_table table,
                      uint32_t max)
{
    uint32_t taken = 0;
    struct mv_span key, value;
    struct mv_scan scan;
    mv_scan_open(&scan, store, table, mv_span(NULL, 0));
    while (taken < max && mv_scan_next(&scan, &key, &value)) {
        uint8_t copy[MV_STORE_KEY_BYTES];
        memcpy(copy, key.at, key.len);
        mv_store_del(store, table, mv_span(copy, key.len));
        taken++;
    }
    mv_scan_close(&scan);
    return taken;
}

mv_rc evaluator_book_clear(const struct evaluator_book *b, struct mv_err *err)
{
    const struct mv_table all[] = {b->state, b->rows, b->ids, b->aside,
                                   b->notes};
    uint32_t left = CLEAR_ROWS;
    mv_store_begin(b->store);
    for (size_t i = 0; i < sizeof all / sizeof all[0] && left > 0; i++)
        left -= empty(b->store, all[i], left);
    mv_rc rc = mv_store_commit(b->store, err);
    if (rc == MV_OK && left == 0)
        rc = MV_AGAIN;
    return rc;
}
