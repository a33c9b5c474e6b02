/* run - see run.h. Job: open everything in the one right order, close it in
 * the other. Invariant: the ZAP handler answers before any door is bound, and
 * the store has settled which history is true before anybody is served. A
 * crash in the middle: nothing was served yet. */
#include "services/stream/run.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "services/base/file.h"
#include "services/stream/batch.h"
#include "services/stream/control.h"
#include "services/stream/doors.h"
#include "services/stream/positions.h"
#include "services/stream/upstream.h"
#include "services/stream/watchdog.h"

#define TABLES_MAX 64

static mv_rc open_store(struct mv_service *s, struct mv_err *err)
{
    const struct mv_service_def *def = s->def;
    const char *tables[TABLES_MAX], *logs[MV_LOGS_MAX];
    size_t n = 0, m = 0;
    MV_ASSERT(def->table_count + 2 <= TABLES_MAX &&
              def->log_count < MV_LOGS_MAX);
    for (size_t i = 0; i < def->table_count; i++)
        tables[n++] = def->tables[i];
    tables[n++] = MV_TABLE_POSITIONS;
    tables[n++] = MV_TABLE_CONSUMERS;
    for (size_t i = 0; i < def->log_count; i++)
        logs[m++] = def->logs[i].table;
    logs[m++] = "control";
    struct mv_store_options o = {.dir = s->settings->data_dir,
                                 .service = def->name,
                                 .format = def->format,
                                 .quota_bytes =
                                     (uint64_t)s->settings->quota_bytes,
                                 .any_filesystem = s->settings->any_filesystem,
                                 .tables = tables,
                                 .table_count = n,
                                 .logs = logs,
                                 .log_count = m};
    mv_rc rc = MV_OK;
    MV_TRY(mv_store_open(&s->store, &o, err));
    for (size_t i = 0; i < m; i++) {
        MV_TRY(mv_log_open(&s->logs[i], s->store, logs[i], err));
        s->log_count++;
    }
    if (mv_store_warning(s->store) != NULL)
        MV_LOG(ANY_FILESYSTEM, mv_kv_text("why", mv_store_warning(s->store)));
    MV_LOG(STORE_OPENED, mv_kv_text("dir", o.dir));
out:
    return rc;
}

static const struct mv_key *host_key(void *ctx, const uint8_t *public_key)
{
    struct mv_service *s = ctx;
    return mv_guard_key(s->guard, public_key, mv_real_ms(s));
}

/* Amid a batch too: damage that a reader asks for is not the batch's. */
static mv_rc host_begin(void *ctx, struct mv_err *err)
{
    const struct mv_service *s = ctx;
    return mv_store_read_begin(s->store, err);
}

static mv_rc host_end(void *ctx, struct mv_err *err)
{
    const struct mv_service *s = ctx;
    return mv_store_read_end(s->store, err);
}

static bool host_send(void *ctx, const struct mv_asker *to,
                      struct mv_span bytes)
{
    return mv_door_send(ctx, to, bytes, 1);
}

static void host_count(void *ctx, mv_counter which, uint64_t n)
{
    mv_tally(ctx, which, n);
}

static void open_pulls(struct mv_service *s)
{
    struct mv_pulls_host host = {.ctx = s,
                                 .source = mv_control_source,
                                 .key = host_key,
                                 .begin = host_begin,
                                 .end = host_end,
                                 .send = host_send,
                                 .count = host_count};
    s->pulls = mv_pulls_open(&host);
}

/* What the store says of before, and the service itself. */
static mv_rc open_self(struct mv_service *s, const void *settings,
                       struct mv_err *err)
{
    mv_rc rc = MV_OK;
    MV_TRY(mv_trial_open(&s->trial, s->settings->data_dir, err));
    MV_TRY(s->def->open(&s->self, s, settings, err));
    MV_TRY(mv_store_read_begin(s->store, err));
    mv_consumers_load(s);
    rc = mv_upstreams_open(s, settings, err);
    mv_rc sound = mv_store_read_end(s->store, rc == MV_OK ? err : NULL);
    if (rc == MV_OK)
        rc = sound;
out:
    return rc;
}

static mv_rc open_pub(struct mv_service *s, const void *settings,
                      struct mv_err *err)
{
    const char *endpoint = NULL;
    if (s->def->pub_endpoint_offset == 0)
        return MV_OK;
    memcpy(&endpoint, (const char *)settings + s->def->pub_endpoint_offset,
           sizeof endpoint);
    if (endpoint == NULL || endpoint[0] == 0)
        return MV_OK;
    return mv_pub_open(&s->pub, s->net, endpoint, &s->keys, err);
}

static mv_rc write_ready(struct mv_service *s, struct mv_err *err)
{
    struct mv_buf text = {0};
    char hex[MV_KEY_HEX_BYTES];
    mv_rc rc = MV_OK;
    if (s->settings->ready_file[0] == 0)
        return MV_OK;
    for (size_t i = 0; i < s->door_count; i++)
        mv_buf_printf(&text, "%s=%s\n", s->doors[i].def.name,
                      mv_sock_endpoint(s->doors[i].sock));
    if (s->pub != NULL)
        mv_buf_printf(&text, "live=%s\n", mv_pub_endpoint(s->pub));
    mv_buf_printf(&text, "public_key=%s\n",
                  mv_key_hex(s->keys.public_key, hex));
    mv_buf_printf(&text, "pid=%ld\n", (long)getpid());
    rc = mv_file_write(s->settings->ready_file, mv_buf_span(&text), 0644, err);
    mv_buf_done(&text);
    return rc;
}

static mv_rc open_all(struct mv_service *s, const void *settings,
                      struct mv_err *err)
{
    mv_rc rc = MV_OK;
    MV_TRY(mv_keypair_load(&s->keys, s->settings->secret_key_file, err));
    MV_TRY(mv_guard_open(&s->guard, s->settings->keys_file, err));
    s->counters[MV_COUNT_KEYS_LOADED]++;
    MV_TRY(mv_net_open(&s->net, err));
    MV_TRY(mv_zap_open(&s->zap, s->net, mv_guard_keys(s->guard), err));
    MV_TRY(open_store(s, err)); /* from here on it is we who run */
    if (s->settings->ready_file[0] != 0)
        (void)unlink(s->settings->ready_file);
    open_pulls(s);
    MV_TRY(open_self(s, settings, err));
    MV_TRY(mv_doors_open(s, settings, err));
    MV_TRY(open_pub(s, settings, err));
    MV_TRY(write_ready(s, err));
out:
    return rc;
}

mv_rc mv_service_open(struct mv_service **ret, const struct mv_service_def *def,
                      const void *settings, int signal_fd, struct mv_err *err)
{
    struct mv_service *s = mv_xcalloc(1, sizeof *s);
    MV_ASSERT(def->upstream_count <= MV_UPSTREAMS_MAX &&
              def->timer_count <= MV_TIMERS_MAX &&
              def->door_count < MV_DOORS_MAX &&
              MV_COUNT_COMMON + def->counter_count <= MV_COUNTERS_MAX);
    s->def = def;
    s->settings = settings;
    s->signal_fd = signal_fd;
    s->now.shift_ms = s->settings->shift_ms;
    mv_clock_read(&s->now);
    s->started_ms = s->now.mono_ms;
    if (s->now.shift_ms != 0)
        MV_LOG(CLOCK_SHIFTED, mv_kv_int("shift_ms", s->now.shift_ms));
    mv_rc rc = open_all(s, settings, err);
    if (rc == MV_OK) {
        MV_LOG(STARTED, mv_kv_text("version", MV_VERSION));
        mv_watchdog_tell("READY=1");
        *ret = s;
    } else {
        mv_service_close(s);
    }
    return rc;
}

void mv_service_close(struct mv_service *s)
{
    if (s == NULL)
        return;
    mv_pub_close(s->pub);
    mv_doors_close(s);
    mv_upstreams_close(s);
    if (s->def->close != NULL)
        s->def->close(s->self);
    mv_control_done(s);
    mv_batch_done(s);
    mv_pulls_close(s->pulls);
    mv_trial_close(s->trial);
    for (size_t i = 0; i < s->log_count; i++)
        mv_log_close(s->logs[i]);
    mv_store_close(s->store);
    mv_zap_close(s->zap);
    mv_net_close(s->net);
    mv_guard_close(s->guard);
    mv_keypair_wipe(&s->keys);
    mv_buf_done(&s->out);
    mv_buf_done(&s->rows);
    free(s);
}

const char *mv_service_endpoint(const struct mv_service *s, const char *door)
{
    for (size_t i = 0; i < s->door_count; i++) {
        if (strcmp(s->doors[i].def.name, door) == 0)
            return mv_sock_endpoint(s->doors[i].sock);
    }
    return s->pub != NULL && strcmp(door, "live") == 0 ? mv_pub_endpoint(s->pub)
                                                       : NULL;
}

const uint8_t *mv_service_public_key(const struct mv_service *s)
{
    return s->keys.public_key;
}
