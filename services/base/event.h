/* event - one line per event on stderr (the services' own log; the ordered
 * logs of records are services/stream/log.h):
 *   level service EVENT_ID key=value key="other value" ...
 * with the time in UTC before it where systemd's journal, which has its own,
 * does not read it: 2024-06-30T21:59:59Z.
 * Ids are in events.def. Values are escaped, quoted and capped; lines of one
 * id are rate-limited and what was held back is counted on its next line.
 * Never pass a secret or an address. The logger is the one global. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "services/base/buf.h"

#define MV_EVENT_VALUE_BYTES 300
#define MV_EVENT_LINE_BYTES  2000
#define MV_EVENT_BURST       20   /* lines of one id at once */
#define MV_EVENT_REFILL_MS   1000 /* then one line per so many ms */

typedef enum mv_level {
    MV_LEVEL_ERROR = 0,
    MV_LEVEL_WARNING,
    MV_LEVEL_NOTICE,
    MV_LEVEL_INFO,
} mv_level;

typedef enum mv_event {
#define MV_EVENT(id, level, help) MV_EV_##id,
#include "services/base/events.def"
#undef MV_EVENT
    MV_EV_COUNT
} mv_event;

/* A key (a literal) and a value that is borrowed for the call. */
struct mv_kv {
    const char *key;
    struct mv_span text; /* at NULL: the number */
    int64_t number;
};

static inline struct mv_kv mv_kv_int(const char *key, int64_t v)
{
    return (struct mv_kv){key, {NULL, 0}, v};
}

static inline struct mv_kv mv_kv_span(const char *key, struct mv_span v)
{
    return (struct mv_kv){key, {v.at != NULL ? v.at : "", v.len}, 0};
}

static inline struct mv_kv mv_kv_text(const char *key, const char *v)
{
    return mv_kv_span(key, mv_span_text(v != NULL ? v : ""));
}

/* Names the service and the least serious level that is written (a setting:
 * mv_level_parse). Before it, everything is written as "maalvakt". The name
 * must outlive the process's logging. */
void mv_event_init(const char *service, mv_level least);
/* "error" "warning" "notice" "info"; false: none of these. */
bool mv_level_parse(const char *text, mv_level *ret);

/* Writes the event, any thread, with one write(2). Never fails, never waits
 * for room: a line that stderr does not take is lost. */
void mv_event_write(mv_event id, const struct mv_kv *kv, size_t count);

/* MV_LOG(STARTED, mv_kv_int("seq", 7), mv_kv_text("dir", dir)); at least one
 * pair, mv_event_write(id, NULL, 0) otherwise. */
#define MV_LOG(id, ...)                                             \
    mv_event_write(MV_EV_##id, (const struct mv_kv[]){__VA_ARGS__}, \
                   sizeof((const struct mv_kv[]){__VA_ARGS__}) /    \
                       sizeof(struct mv_kv))

/* Lines held back since the start, all ids. */
uint64_t mv_event_suppressed(void);

const char *mv_event_name(mv_event id);
mv_level mv_event_level(mv_event id);

/* The pure parts, for tests: the line without rate limit; and the bucket. */
void mv_event_format(struct mv_buf *out, const char *service, mv_event id,
                     const struct mv_kv *kv, size_t count, uint64_t suppressed);

struct mv_event_bucket {
    int64_t refilled_ms;
    int64_t spent; /* tokens taken and not yet given back */
    uint64_t held_back;
};

/* True: write it, and *suppressed is what was held back before it. */
bool mv_event_bucket_take(struct mv_event_bucket *b, int64_t mono_ms,
                          uint64_t *suppressed);
