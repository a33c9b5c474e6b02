/* positions - see positions.h. Job: rows of the loop's own. Invariant: a
 * position is written only in the transaction of what it stands for. A crash
 * forgets at most what consumers said in the last second: they say it again. */
#include "services/stream/positions.h"

#include <stdio.h>
#include <string.h>

#include "services/stream/batch.h"

void mv_position_load(struct mv_service *s, const char *log, uint64_t *seq,
                      uint8_t hash[MV_HASH_BYTES])
{
    struct mv_span v;
    struct mv_table t = mv_store_table(s->store, MV_TABLE_POSITIONS);
    if (!mv_store_get(s->store, t, mv_span_text(log), &v) ||
        v.len != 8 + MV_HASH_BYTES)
        return;
    *seq = mv_be64_get(v.at);
    memcpy(hash, (const uint8_t *)v.at + 8, MV_HASH_BYTES);
}

void mv_position_put(struct mv_service *s, const char *log, uint64_t seq,
                     const uint8_t hash[MV_HASH_BYTES])
{
    uint8_t v[8 + MV_HASH_BYTES];
    mv_be64_put(v, seq);
    memcpy(v + 8, hash, MV_HASH_BYTES);
    mv_store_put(s->store, mv_store_table(s->store, MV_TABLE_POSITIONS),
                 mv_span_text(log), mv_span(v, sizeof v));
}

static size_t consumer_key(const struct mv_consumer *c, char *key, size_t room)
{
    int n = snprintf(key, room, "%s%c%s", c->log, 0, c->name);
    MV_ASSERT(n > 0 && (size_t)n < room);
    return (size_t)n;
}

void mv_consumers_load(struct mv_service *s)
{
    struct mv_scan scan;
    struct mv_span k, v;
    struct mv_table t = mv_store_table(s->store, MV_TABLE_CONSUMERS);
    mv_scan_open(&scan, s->store, t, mv_span(NULL, 0));
    while (mv_scan_next(&scan, &k, &v)) {
        struct mv_consumer c = {0};
        const char *mid = memchr(k.at, 0, k.len);
        if (mid == NULL || v.len != 16)
            continue;
        size_t log_len = (size_t)(mid - (const char *)k.at);
        size_t name_len = k.len - log_len - 1;
        if (log_len >= sizeof c.log || name_len >= sizeof c.name)
            continue;
        memcpy(c.log, k.at, log_len);
        memcpy(c.name, mid + 1, name_len);
        c.done = mv_be64_get(v.at);
        c.seen_ms = (int64_t)mv_be64_get((const uint8_t *)v.at + 8);
        mv_pulls_restore(s->pulls, &c);
    }
    mv_scan_close(&scan);
}

void mv_consumers_stage(struct mv_service *s)
{
    char key[2 * MV_KEY_NAME_BYTES + 2];
    uint8_t v[16];
    struct mv_consumer *c;
    const struct mv_consumer *gone;
    struct mv_table t = mv_store_table(s->store, MV_TABLE_CONSUMERS);
    for (size_t i = 0; (gone = mv_pulls_gone(s->pulls, i)) != NULL; i++) {
        size_t len = consumer_key(gone, key, sizeof key);
        mv_store_del(s->store, t, mv_span(key, len));
    }
    for (size_t i = 0; (c = mv_pulls_at(s->pulls, i)) != NULL; i++) {
        if (c->staged == 0)
            continue;
        size_t len = consumer_key(c, key, sizeof key);
        mv_be64_put(v, c->staged);
        mv_be64_put(v + 8, (uint64_t)c->seen_ms);
        mv_store_put(s->store, t, mv_span(key, len), mv_span(v, sizeof v));
    }
}

void mv_consumers_settle(struct mv_service *s, bool committed)
{
    struct mv_consumer *c;
    for (size_t i = 0; (c = mv_pulls_at(s->pulls, i)) != NULL; i++) {
        if (committed && c->staged == c->done)
            c->said_more = false;
        c->staged = 0;
    }
    if (committed)
        mv_pulls_gone_clear(s->pulls);
}

bool mv_consumers_waiting(struct mv_service *s)
{
    struct mv_consumer *c;
    for (size_t i = 0; (c = mv_pulls_at(s->pulls, i)) != NULL; i++) {
        if (c->said_more)
            return true;
    }
    return mv_pulls_gone(s->pulls, 0) != NULL;
}

/* What is said after this, in the same batch, waits for the next: a position
 * is stored only with its effect. */
void mv_consumers_apply(struct mv_service *s)
{
    struct mv_consumer *c;
    for (size_t i = 0; (c = mv_pulls_at(s->pulls, i)) != NULL; i++) {
        if (!c->said_more)
            continue;
        if (s->def->source == NULL || mv_service_log(s, c->log) != NULL) {
            c->staged = c->done;
            continue;
        }
        const struct mv_key *key =
            mv_keys_find(mv_guard_keys(s->guard), c->public_key);
        if (key == NULL) { /* gone since: nobody to be told of */
            c->said_more = false;
            continue;
        }
        c->staged = c->done;
        struct mv_input in = {.kind = MV_INPUT_DONE,
                              .key = key,
                              .log = c->log,
                              .done = c->done,
                              .hash = c->hash,
                              .slot = SIZE_MAX};
        mv_batch_open(s);
        mv_apply(s, &in);
    }
}
