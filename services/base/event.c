/* event - see event.h. Job: the services' own log. Invariant: one event, one
 * line, one write(2); what stands after = is printable ASCII. The logger is
 * the one global of the system, behind one mutex (the loop and the ZAP handler
 * both log). A crash loses at most one line. */
#include "services/base/event.h"
#include "services/base/clock.h"
#include "services/base/err.h"
#include "services/base/text.h"

#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

_Static_assert(MV_EVENT_LINE_BYTES + 48 <= PIPE_BUF, "a line goes in whole");

static const struct {
    const char *name;
    mv_level level;
} events[] = {
#define MV_EVENT(id, level, help) {#id, MV_LEVEL_##level},
#include "services/base/events.def"
#undef MV_EVENT
};

static const char *const levels[] = {"error", "warning", "notice", "info"};

static struct {
    pthread_mutex_t lock;
    const char *service;
    mv_level least;
    uint64_t suppressed;
    struct mv_event_bucket buckets[MV_EV_COUNT];
} logger = {.lock = PTHREAD_MUTEX_INITIALIZER,
            .service = "maalvakt",
            .least = MV_LEVEL_INFO};

const char *mv_event_name(mv_event id)
{
    MV_ASSERT(id < MV_EV_COUNT);
    return events[id].name;
}

mv_level mv_event_level(mv_event id)
{
    MV_ASSERT(id < MV_EV_COUNT);
    return events[id].level;
}

void mv_event_init(const char *service, mv_level least)
{
    (void)pthread_mutex_lock(&logger.lock);
    logger.service = service;
    logger.least = least;
    (void)pthread_mutex_unlock(&logger.lock);
}

bool mv_level_parse(const char *text, mv_level *ret)
{
    for (mv_level l = MV_LEVEL_ERROR; l <= MV_LEVEL_INFO; l++) {
        if (strcmp(text, levels[l]) == 0) {
            *ret = l;
            return true;
        }
    }
    return false;
}

/* Plain words stand as they are; anything else is quoted. */
static bool needs_quotes(struct mv_span v)
{
    const char *c = v.at;
    for (size_t i = 0; i < v.len; i++) {
        if (c[i] <= ' ' || c[i] > '~' || c[i] == '"' || c[i] == '\\' ||
            c[i] == '=')
            return true;
    }
    return v.len == 0;
}

static void put_pair(struct mv_buf *out, const struct mv_kv *kv)
{
    mv_buf_printf(out, " %s=", kv->key);
    if (kv->text.at == NULL) {
        mv_buf_printf(out, "%" PRId64, kv->number);
        return;
    }
    bool quotes = needs_quotes(kv->text);
    if (quotes)
        mv_buf_put_u8(out, '"');
    mv_text_escape_log(out, kv->text, MV_EVENT_VALUE_BYTES);
    if (quotes)
        mv_buf_put_u8(out, '"');
}

void mv_event_format(struct mv_buf *out, const char *service, mv_event id,
                     const struct mv_kv *kv, size_t count, uint64_t suppressed)
{
    size_t start = out->len;
    mv_buf_printf(out, "%s %s %s", levels[mv_event_level(id)], service,
                  mv_event_name(id));
    if (suppressed > 0)
        mv_buf_printf(out, " suppressed=%" PRIu64, suppressed);
    for (size_t i = 0; i < count; i++) {
        size_t whole = out->len;
        put_pair(out, &kv[i]);
        if (out->len - start > MV_EVENT_LINE_BYTES) {
            out->len = whole; /* a pair is there whole or not at all */
            mv_buf_text(out, " cut=1");
            break;
        }
    }
    mv_buf_put_u8(out, '\n');
}

bool mv_event_bucket_take(struct mv_event_bucket *b, int64_t mono_ms,
                          uint64_t *suppressed)
{
    int64_t back = (mono_ms - b->refilled_ms) / MV_EVENT_REFILL_MS;
    if (back > 0) {
        b->spent = back < b->spent ? b->spent - back : 0;
        b->refilled_ms += back * MV_EVENT_REFILL_MS;
    }
    if (b->spent >= MV_EVENT_BURST) {
        b->held_back++;
        return false;
    }
    b->spent++;
    *suppressed = b->held_back;
    b->held_back = 0;
    return true;
}

/* Does systemd's journal read stderr? It has a time for each line. The
 * variable is inherited, so it names the device and the inode (systemd.exec).
 */
static bool is_journal(void)
{
    const char *named = getenv("JOURNAL_STREAM");
    char text[64];
    struct stat st;
    if (named == NULL || fstat(STDERR_FILENO, &st) != 0)
        return false;
    (void)snprintf(text, sizeof text, "%ju:%ju", (uintmax_t)st.st_dev,
                   (uintmax_t)st.st_ino);
    return strcmp(named, text) == 0;
}

/* "2024-06-30T21:59:59Z " by the machine's clock. */
static void put_time(struct mv_buf *out)
{
    char text[MV_CLOCK_TEXT_BYTES];
    mv_clock_text(mv_clock_real_ms(), text);
    mv_buf_printf(out, "%.19sZ ", text);
}

/* A reader that stands still must not hold the loop up. A pipe that can be
 * written to takes a line whole (PIPE_BUF), and so does a socket. */
static bool put_line(const struct mv_buf *line)
{
    struct pollfd to = {.fd = STDERR_FILENO, .events = POLLOUT};
    if (poll(&to, 1, 0) != 1 || (to.revents & POLLOUT) == 0)
        return false;
    return write(STDERR_FILENO, line->at, line->len) == (ssize_t)line->len;
}

void mv_event_write(mv_event id, const struct mv_kv *kv, size_t count)
{
    (void)pthread_mutex_lock(&logger.lock);
    uint64_t suppressed = 0;
    bool wanted = mv_event_level(id) <= logger.least;
    if (wanted && mv_event_bucket_take(&logger.buckets[id], mv_clock_mono_ms(),
                                       &suppressed)) {
        struct mv_buf line = {0};
        if (!is_journal())
            put_time(&line);
        mv_event_format(&line, logger.service, id, kv, count, suppressed);
        if (!put_line(&line))
            logger.suppressed++;
        mv_buf_done(&line);
    } else if (wanted) {
        logger.suppressed++;
    }
    (void)pthread_mutex_unlock(&logger.lock);
}

uint64_t mv_event_suppressed(void)
{
    (void)pthread_mutex_lock(&logger.lock);
    uint64_t n = logger.suppressed;
    (void)pthread_mutex_unlock(&logger.lock);
    return n;
}
