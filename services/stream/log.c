/* log - see log.h. Job: number, keep and check records. Invariant: the
 * head row in the store's meta table (genesis, seq, chain) is committed with
 * the records that it counts, so a tail that is cut off or rewritten shows.
 * A crash in the middle leaves head and records of the last commit; what was
 * staged in memory is gone with the process. */
#include "services/stream/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD_ROW_BYTES 72         /* genesis 32, seq 8, chain 32 */
#define FRESH_BYTES    (4u << 20) /* hashed as they were appended: in memory */
#define SLICE_BYTES    (4u << 20) /* verified in one turn of a loop ... */
#define RECORD_WORK    512u       /* ... where a record is as much as these */

struct point {
    uint64_t seq;
    uint8_t chain[MV_HASH_BYTES];
    uint8_t genesis[MV_HASH_BYTES];
};

struct mv_log {
    struct mv_store *store;
    struct mv_table table, meta;
    char *name;
    char head_key[80];
    struct point head, staged;
    bool dirty; /* staged differs from the head row */
    struct mv_store_hook hook;
    struct mv_buf bytes; /* the record being appended */
    /* from `fresh` on we appended all; halves, so that what leaves is little */
    uint64_t fresh, fresh_half;
    size_t half_bytes;
};

/* The head row, written once per transaction however many were appended. */
static void log_before_commit(void *ctx)
{
    struct mv_log *log = ctx;
    if (!log->dirty)
        return;
    uint8_t row[HEAD_ROW_BYTES];
    memcpy(row, log->staged.genesis, MV_HASH_BYTES);
    mv_be64_put(row + 32, log->staged.seq);
    memcpy(row + 40, log->staged.chain, MV_HASH_BYTES);
    mv_store_put(log->store, log->meta, mv_span_text(log->head_key),
                 mv_span(row, sizeof row));
}

static bool head_read(struct mv_log *log)
{
    struct mv_span v;
    if (!mv_store_get(log->store, log->meta, mv_span_text(log->head_key), &v) ||
        v.len != HEAD_ROW_BYTES)
        return false;
    const uint8_t *row = v.at;
    memcpy(log->head.genesis, row, MV_HASH_BYTES);
    log->head.seq = mv_be64_get(row + 32);
    memcpy(log->head.chain, row + 40, MV_HASH_BYTES);
    log->staged = log->head;
    return true;
}

/* What reads see: in a snapshot what is committed. */
static const struct point *seen(const struct mv_log *log)
{
    return mv_store_reading(log->store) ? &log->head : &log->staged;
}

static void log_ended(void *ctx, bool committed)
{
    struct mv_log *log = ctx;
    if (committed)
        log->head = log->staged;
    else
        log->staged = log->head;
    log->dirty = false;
}

/* A new log's genesis, in a transaction of its own. */
static mv_rc log_begin(struct mv_log *log, struct mv_err *err)
{
    log->staged = (struct point){0};
    mv_random_bytes(log->staged.genesis, MV_HASH_BYTES);
    memcpy(log->staged.chain, log->staged.genesis, MV_HASH_BYTES);
    log->dirty = true;
    mv_store_begin(log->store);
    return mv_store_commit(log->store, err);
}

mv_rc mv_log_open(struct mv_log **ret, struct mv_store *store,
                  const char *table, struct mv_err *err)
{
    mv_rc rc = MV_OK;
    struct mv_log *log = mv_xcalloc(1, sizeof *log);
    log->store = store;
    log->table = mv_store_table(store, table);
    log->meta = mv_store_table(store, MV_STORE_META);
    MV_ASSERT(mv_store_is_log(store, log->table));
    log->name = mv_xstrdup(table);
    int n = snprintf(log->head_key, sizeof log->head_key, "log:%s", table);
    MV_ASSERT(n > 0 && (size_t)n < sizeof log->head_key);
    log->hook = (struct mv_store_hook){
        .before_commit = log_before_commit, .ended = log_ended, .ctx = log};
    mv_store_hook_add(store, &log->hook);

    struct mv_scan scan;
    struct mv_span key, value;
    MV_TRY(mv_store_read_begin(store, err));
    bool known = head_read(log);
    mv_scan_open(&scan, store, log->table, (struct mv_span){0});
    bool records = mv_scan_next(&scan, &key, &value);
    mv_scan_close(&scan);
    MV_TRY(mv_store_read_end(store, err));
    if (!known && records) {
        rc = mv_fail(err, MV_CONFIG, "has records but no head row");
        goto out;
    }
    if (!known)
        MV_TRY(log_begin(log, err));
    *ret = log;
    return MV_OK;
out:
    mv_log_close(log);
    return mv_wrap(err, rc, "log '%s'", table);
}

void mv_log_close(struct mv_log *log)
{
    if (log == NULL)
        return;
    mv_store_hook_remove(log->store, &log->hook);
    mv_buf_done(&log->bytes);
    free(log->name);
    free(log);
}

static void note_fresh(struct mv_log *log, uint64_t seq, size_t bytes)
{
    if (log->fresh == 0)
        log->fresh = log->fresh_half = seq;
    log->half_bytes += bytes;
    if (log->half_bytes <= FRESH_BYTES / 2)
        return;
    log->fresh = log->fresh_half;
    log->fresh_half = seq;
    log->half_bytes = bytes;
}

static bool is_fresh(const struct mv_log *log, uint64_t seq)
{
    return log->fresh != 0 && seq >= log->fresh && seq <= seen(log)->seq;
}

static void log_put(struct mv_log *log, uint64_t seq, struct mv_span bytes)
{
    uint8_t key[8];
    mv_be64_put(key, seq);
    mv_store_append(log->store, log->table, mv_span(key, sizeof key), bytes);
    note_fresh(log, seq, bytes.len);
    log->staged.seq = seq;
    memcpy(log->staged.chain, mv_record_chain(bytes), MV_HASH_BYTES);
    log->dirty = true;
}

uint64_t mv_log_append(struct mv_log *log, const struct mv_stamp *stamp,
                       struct mv_span content)
{
    uint64_t seq = log->staged.seq + 1;
    mv_record_write(&log->bytes, seq, stamp, content, log->staged.chain);
    log_put(log, seq, mv_buf_span(&log->bytes));
    return seq;
}

mv_rc mv_log_append_record(struct mv_log *log, struct mv_span bytes,
                           struct mv_err *err)
{
    struct mv_record r;
    mv_rc rc = mv_record_parse(bytes, &r, err);
    if (rc != MV_OK)
        return mv_wrap(err, rc, "log '%s'", log->name);
    if (r.seq != log->staged.seq + 1) {
        return mv_fail(err, MV_POISON, "log '%s': record %llu after %llu",
                       log->name, (unsigned long long)r.seq,
                       (unsigned long long)log->staged.seq);
    }
    if (!mv_record_follows(&r, log->staged.chain)) {
        return mv_fail(err, MV_POISON,
                       "log '%s': record %llu is of another history", log->name,
                       (unsigned long long)r.seq);
    }
    log_put(log, r.seq, bytes);
    return MV_OK;
}

mv_rc mv_log_adopt(struct mv_log *log, const uint8_t genesis[MV_HASH_BYTES],
                   struct mv_err *err)
{
    if (log->staged.seq > 0)
        return mv_fail(err, MV_POISON, "log '%s' has records of its own",
                       log->name);
    memcpy(log->staged.genesis, genesis, MV_HASH_BYTES);
    memcpy(log->staged.chain, genesis, MV_HASH_BYTES);
    log->dirty = true;
    return MV_OK;
}

void mv_log_head(const struct mv_log *log, uint64_t *seq,
                 uint8_t hash[MV_HASH_BYTES])
{
    if (seq != NULL)
        *seq = seen(log)->seq;
    if (hash != NULL)
        memcpy(hash, seen(log)->chain, MV_HASH_BYTES);
}

/* A row as it is; MV_AGAIN: there is none. */
static mv_rc row_at(struct mv_log *log, uint64_t seq, struct mv_span *row)
{
    uint8_t key[8];
    mv_be64_put(key, seq);
    if (mv_store_get(log->store, log->table, mv_span(key, sizeof key), row))
        return MV_OK;
    return mv_store_failed(log->store) ? MV_FATAL : MV_AGAIN;
}

/* The chain that the row at seq says it has, unchecked. */
static mv_rc chain_said(struct mv_log *log, uint64_t seq,
                        uint8_t ret[MV_HASH_BYTES])
{
    struct mv_span row;
    if (seq == 0) {
        memcpy(ret, seen(log)->genesis, MV_HASH_BYTES);
        return MV_OK;
    }
    mv_rc rc = row_at(log, seq, &row);
    if (rc != MV_OK)
        return rc;
    const uint8_t *chain = mv_record_chain(row);
    if (chain == NULL)
        return MV_POISON;
    memcpy(ret, chain, MV_HASH_BYTES);
    return MV_OK;
}

/* Does r follow the record before it? If that one's chain field is what was
 * damaged, its chain as computed decides: r must not suffer for it. */
static bool follows_stored(struct mv_log *log, const struct mv_record *r)
{
    uint8_t chain[MV_HASH_BYTES];
    if (chain_said(log, r->seq - 1, chain) == MV_OK &&
        mv_record_follows(r, chain))
        return true;
    struct mv_span row;
    struct mv_record before;
    /* the row before is sound but for its chain field, or it has no say */
    if (r->seq < 2 || chain_said(log, r->seq - 2, chain) != MV_OK ||
        row_at(log, r->seq - 1, &row) != MV_OK ||
        mv_record_again(row, &before, NULL) != MV_OK)
        return false;
    mv_record_chain_after(&before, chain, chain);
    return mv_record_follows(r, chain);
}

/* previous NULL: taken from the log. */
static mv_rc record_check(struct mv_log *log, uint64_t seq, struct mv_span row,
                          const uint8_t *previous, struct mv_record *ret,
                          struct mv_err *err)
{
    struct mv_record r;
    *ret = (struct mv_record){.seq = seq};
    mv_rc rc = mv_record_parse(row, &r, err);
    if (rc == MV_OK && r.seq != seq)
        rc = mv_fail(err, MV_POISON, "holds record %llu",
                     (unsigned long long)r.seq);
    if (rc == MV_OK && !(previous != NULL ? mv_record_follows(&r, previous)
                                          : follows_stored(log, &r)))
        rc = mv_fail(err, MV_POISON, "breaks the chain");
    if (rc == MV_OK && seq == seen(log)->seq &&
        memcmp(r.chain, seen(log)->chain, MV_HASH_BYTES) != 0)
        rc = mv_fail(err, MV_POISON, "is not the head that was committed");
    if (rc == MV_OK)
        *ret = r;
    return mv_wrap(err, rc, "log '%s': record %llu is damaged", log->name,
                   (unsigned long long)seq);
}

static mv_rc record_missing(const struct mv_log *log, uint64_t seq,
                            struct mv_record *ret, struct mv_err *err)
{
    *ret = (struct mv_record){.seq = seq};
    if (mv_store_failed(log->store))
        return mv_fail(err, MV_FATAL, "log '%s': record %llu cannot be read",
                       log->name, (unsigned long long)seq);
    return mv_fail(err, MV_POISON, "log '%s': record %llu is missing",
                   log->name, (unsigned long long)seq);
}

mv_rc mv_log_read(struct mv_log *log, uint64_t seq, struct mv_record *ret,
                  struct mv_err *err)
{
    struct mv_span row;
    *ret = (struct mv_record){0};
    if (seq > seen(log)->seq)
        return MV_AGAIN;
    if (seq == 0)
        return mv_fail(err, MV_POISON, "log '%s': numbers begin at 1",
                       log->name);
    if (row_at(log, seq, &row) != MV_OK)
        return record_missing(log, seq, ret, err);
    return record_check(log, seq, row, NULL, ret, err);
}

mv_rc mv_log_bytes(struct mv_log *log, uint64_t seq, struct mv_span *ret,
                   struct mv_err *err)
{
    struct mv_record r;
    if (is_fresh(log, seq) && row_at(log, seq, ret) == MV_OK &&
        mv_record_again(*ret, &r, NULL) == MV_OK && r.seq == seq)
        return MV_OK;
    mv_rc rc = mv_log_read(log, seq, &r, err);
    *ret = r.bytes;
    return rc;
}

bool mv_log_hash_at(struct mv_log *log, uint64_t seq,
                    uint8_t hash[MV_HASH_BYTES])
{
    struct mv_record r;
    if (seq == 0 || seq == seen(log)->seq) {
        memcpy(hash, seq == 0 ? seen(log)->genesis : seen(log)->chain,
               MV_HASH_BYTES);
        return true;
    }
    if (is_fresh(log, seq))
        return chain_said(log, seq, hash) == MV_OK;
    if (mv_log_read(log, seq, &r, NULL) != MV_OK)
        return false;
    memcpy(hash, r.chain, MV_HASH_BYTES);
    return true;
}

void mv_log_reader_open(struct mv_log_reader *r, struct mv_log *log,
                        uint64_t from)
{
    uint8_t key[8];
    mv_be64_put(key, from);
    *r = (struct mv_log_reader){.log = log, .seq = from > 0 ? from : 1};
    mv_scan_open(&r->scan, log->store, log->table, mv_span(key, sizeof key));
}

/* The row of r->seq from the walk; MV_AGAIN: missing. Where the walk has run
 * ahead over a gap, the row it found is fetched again when its turn comes. */
static mv_rc reader_row(struct mv_log_reader *r, struct mv_span *row)
{
    struct mv_span key;
    if (r->found == 0) {
        if (!mv_scan_next(&r->scan, &key, row))
            return MV_AGAIN;
        uint64_t seq = key.len == 8 ? mv_be64_get(key.at) : 0;
        if (seq == r->seq)
            return MV_OK;
        if (seq < r->seq)
            return MV_AGAIN;
        r->found = seq;
    }
    if (r->found > r->seq)
        return MV_AGAIN;
    r->found = 0;
    return row_at(r->log, r->seq, row);
}

mv_rc mv_log_reader_next(struct mv_log_reader *r, struct mv_record *ret,
                         struct mv_err *err)
{
    struct mv_log *log = r->log;
    struct mv_span row;
    *ret = (struct mv_record){0};
    if (r->seq > seen(log)->seq)
        return MV_AGAIN;
    uint64_t seq = r->seq;
    mv_rc rc = reader_row(r, &row);
    r->seq++;
    if (rc != MV_OK) {
        r->chained = false;
        return record_missing(log, seq, ret, err);
    }
    rc = record_check(log, seq, row, r->chained ? r->previous : NULL, ret, err);
    r->chained = rc == MV_OK;
    if (r->chained)
        memcpy(r->previous, ret->chain, MV_HASH_BYTES);
    return rc;
}

void mv_log_reader_close(struct mv_log_reader *r)
{
    mv_scan_close(&r->scan);
}

static mv_rc fault_at(struct mv_log_fault *fault, uint64_t seq,
                      const struct mv_err *why)
{
    fault->seq = seq;
    (void)snprintf(fault->text, sizeof fault->text, "%.*s",
                   (int)sizeof fault->text - 1, why->text);
    return MV_POISON;
}

/* Nothing beyond the head. */
static mv_rc verify_end(struct mv_log *log, struct mv_log_fault *fault)
{
    struct mv_scan scan;
    struct mv_span key, value;
    mv_rc rc = MV_OK;
    mv_scan_open(&scan, log->store, log->table, (struct mv_span){0});
    if (mv_scan_prev(&scan, &key, &value)) {
        uint64_t seq = key.len == 8 ? mv_be64_get(key.at) : UINT64_MAX;
        struct mv_err why = {0};
        (void)mv_fail(&why, MV_POISON, "log '%s': records lie beyond its head",
                      log->name);
        if (seq > seen(log)->seq)
            rc = fault_at(fault, seen(log)->seq + 1, &why);
    }
    mv_scan_close(&scan);
    return rc;
}

/* From `from` to `last`, or as much as `most` bytes; *next: not looked at. */
static mv_rc verify_some(struct mv_log *log, uint64_t from, uint64_t last,
                         size_t most, uint64_t *next,
                         struct mv_log_fault *fault, struct mv_err *err)
{
    struct mv_log_reader reader;
    struct mv_record r;
    struct mv_err why = {0};
    mv_rc rc = MV_OK;
    size_t bytes = 0;
    *fault = (struct mv_log_fault){0};
    mv_log_reader_open(&reader, log, from);
    while (rc == MV_OK && reader.seq <= last && bytes < most) {
        rc = mv_log_reader_next(&reader, &r, &why);
        bytes += r.bytes.len + RECORD_WORK;
    }
    *next = reader.seq;
    mv_log_reader_close(&reader);
    if (rc == MV_POISON)
        return fault_at(fault, r.seq, &why);
    return rc == MV_FATAL ? mv_fail(err, rc, "%s", why.text) : rc;
}

mv_rc mv_log_verify(struct mv_log *log, uint64_t from, uint64_t to,
                    struct mv_log_fault *fault, struct mv_err *err)
{
    uint64_t next;
    mv_rc rc = verify_some(log, from, to == 0 ? seen(log)->seq : to, SIZE_MAX,
                           &next, fault, err);
    return rc == MV_OK && to == 0 ? verify_end(log, fault) : rc;
}

mv_rc mv_log_verify_slice(struct mv_log *log, uint64_t from, uint64_t *next,
                          struct mv_log_fault *fault, struct mv_err *err)
{
    mv_rc rc =
        verify_some(log, from, seen(log)->seq, SLICE_BYTES, next, fault, err);
    if (rc != MV_OK || *next <= seen(log)->seq)
        return rc;
    *next = 0;
    return verify_end(log, fault);
}

mv_rc mv_log_witness(struct mv_log *log, uint64_t seq,
                     const uint8_t hash[MV_HASH_BYTES], struct mv_err *err)
{
    struct mv_record r;
    if (seq > seen(log)->seq) {
        return mv_fail(err, MV_POISON,
                       "log '%s' ends at %llu, a witness holds %llu", log->name,
                       (unsigned long long)seen(log)->seq,
                       (unsigned long long)seq);
    }
    const uint8_t *ours = seen(log)->genesis;
    if (seq > 0) {
        mv_rc rc = mv_log_read(log, seq, &r, err);
        if (rc != MV_OK)
            return rc;
        ours = r.chain;
    }
    if (memcmp(ours, hash, MV_HASH_BYTES) != 0) {
        return mv_fail(err, MV_POISON,
                       "log '%s': record %llu is not what a witness holds",
                       log->name, (unsigned long long)seq);
    }
    return MV_OK;
}
