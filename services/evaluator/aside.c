/* aside - see aside.h. Job: what has no effect stays visible. Invariant: a
 * record is in `aside` or applied, never both; `skips` is written by an
 * operator's act only. Staged with the record: a crash leaves neither. */
#include "services/evaluator/aside.h"

#include <string.h>

#include "proto/pack.h"
#include "proto/walk.h"

static void key_of(uint64_t seq, uint8_t out[8])
{
    mv_be64_put(out, seq);
}

void evaluator_aside_put(const struct evaluator_book *b, uint64_t seq,
                         const char *reason)
{
    uint8_t key[8];
    key_of(seq, key);
    mv_store_put(b->store, b->aside, mv_span(key, 8), mv_span_text(reason));
}

/* What a row of `skips` says; borrowed. A chain of no bytes: the row is bound
 * to no record yet. */
struct skip {
    struct mv_span reason, by, chain;
};

static bool skip_get(const struct evaluator_book *b, uint64_t seq,
                     struct skip *ret)
{
    uint8_t key[8];
    struct mv_span value, raw;
    key_of(seq, key);
    *ret = (struct skip){mv_span("", 0), mv_span("", 0), mv_span("", 0)};
    if (!mv_store_get(b->store, b->skips, mv_span(key, 8), &value))
        return false;
    (void)mv_map_text(value, "reason", &ret->reason);
    (void)mv_map_text(value, "by", &ret->by);
    if (mv_map_find(value, "chain", &raw))
        (void)mv_value_bin(raw, &ret->chain);
    return true;
}

static void skip_write(const struct evaluator_book *b, uint64_t seq,
                       const struct skip *skip)
{
    uint8_t key[8];
    struct mv_buf value = {0};
    bool bound = skip->chain.len > 0;
    key_of(seq, key);
    mv_pack_map(&value, bound ? 3 : 2);
    mv_pack_kv_text(&value, "reason", skip->reason);
    mv_pack_kv_text(&value, "by", skip->by);
    if (bound)
        mv_pack_kv_bin(&value, "chain", skip->chain);
    mv_store_put(b->store, b->skips, mv_span(key, 8), mv_buf_span(&value));
    mv_buf_done(&value);
}

bool evaluator_skip_put(const struct evaluator_book *b, uint64_t seq,
                        const uint8_t chain[MV_HASH_BYTES],
                        struct mv_span reason, const char *by)
{
    static const uint8_t unknown[MV_HASH_BYTES];
    bool bound = memcmp(chain, unknown, MV_HASH_BYTES) != 0;
    struct skip was,
        skip = {.reason = reason,
                .by = mv_span_text(by),
                .chain = mv_span(chain, bound ? MV_HASH_BYTES : 0)};
    /* one of another history gives way */
    if (skip_get(b, seq, &was) &&
        (!bound || was.chain.len == 0 || mv_span_equal(was.chain, skip.chain)))
        return false;
    skip_write(b, seq, &skip);
    return true;
}

bool evaluator_skip_holds(const struct evaluator_book *b,
                          const struct mv_record *record)
{
    struct skip skip;
    struct mv_span chain = mv_span(record->chain, MV_HASH_BYTES);
    if (!skip_get(b, record->seq, &skip))
        return false;
    if (skip.chain.len > 0)
        return mv_span_equal(skip.chain, chain);
    skip.chain = chain;
    skip_write(b, record->seq, &skip);
    return true;
}

static void aside_row(uint64_t seq, struct mv_span reason, struct mv_buf *out)
{
    mv_pack_map(out, 3);
    mv_pack_kv_u64(out, "seq", seq);
    mv_pack_kv_cstr(out, "kind", "poison");
    mv_pack_kv_text(out, "reason", reason);
}

static void skip_row(uint64_t seq, struct mv_span value, struct mv_buf *out)
{
    struct mv_span reason = mv_span("", 0), by = mv_span("", 0);
    (void)mv_map_text(value, "reason", &reason);
    (void)mv_map_text(value, "by", &by);
    mv_pack_map(out, 4);
    mv_pack_kv_u64(out, "seq", seq);
    mv_pack_kv_cstr(out, "kind", "skipped");
    mv_pack_kv_text(out, "reason", reason);
    mv_pack_kv_text(out, "by", by);
}

struct walk {
    struct mv_scan scan;
    struct mv_span value;
    uint64_t seq; /* 0: at its end */
};

static void step(struct walk *w)
{
    struct mv_span key;
    w->seq = 0;
    if (mv_scan_next(&w->scan, &key, &w->value) && key.len == 8)
        w->seq = mv_be64_get(key.at);
}

uint32_t evaluator_aside_rows(const struct evaluator_book *b, uint64_t from,
                              uint32_t max, struct mv_buf *out, uint64_t *next)
{
    uint8_t key[8];
    uint32_t count = 0;
    struct walk poison, skips;
    uint64_t last = 0;
    key_of(from, key);
    mv_scan_open(&poison.scan, b->store, b->aside, mv_span(key, 8));
    mv_scan_open(&skips.scan, b->store, b->skips, mv_span(key, 8));
    step(&poison);
    step(&skips);
    for (; poison.seq != 0 || skips.seq != 0; count++) {
        bool is_skip =
            poison.seq == 0 || (skips.seq != 0 && skips.seq <= poison.seq);
        struct walk *w = is_skip ? &skips : &poison;
        if (count >= max && w->seq != last) /* one number, one page */
            break;
        last = w->seq;
        if (is_skip)
            skip_row(w->seq, w->value, out);
        else
            aside_row(w->seq, w->value, out);
        step(w);
    }
    *next = poison.seq;
    if (skips.seq != 0 && (*next == 0 || skips.seq < *next))
        *next = skips.seq;
    mv_scan_close(&skips.scan);
    mv_scan_close(&poison.scan);
    return count;
}
