/* service - see service.h. Job: the loop. Invariant: gather, apply, commit,
 * and only then answer, publish, serve; one thread does it all. A crash in the
 * middle of a turn: the store is as before the turn or as after it, and what
 * was not answered is sent again. */
#include "services/stream/service.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "services/stream/batch.h"
#include "services/stream/control.h"
#include "services/stream/doors.h"
#include "services/stream/positions.h"
#include "services/stream/run.h"
#include "services/stream/upstream.h"
#include "services/stream/watchdog.h"

#define SECOND_MS    1000
#define WATCH_MS     25   /* connections are looked at this often */
#define STOP_MS      500  /* senders are told `stopping` for this long, and */
#define STOP_MAX_MS  3000 /* what was asked before is answered until then */
#define SLOW_MS      1000
#define HEARTBEAT_MS 5000

mv_rc mv_apply(struct mv_service *s, const struct mv_input *in)
{
    mv_rc rc = s->def->apply(s->self, in, &s->err);
    if (rc == MV_FATAL || rc == MV_CONFIG) {
        MV_LOG(FAILED, mv_kv_text("error", s->err.text));
        mv_store_fail(s->store, MV_FATAL, s->err.text);
        mv_service_end(s, rc);
    }
    return rc;
}

void mv_tally(struct mv_service *s, mv_counter which, uint64_t n)
{
    s->counters[which] += n;
}

int64_t mv_real_ms(const struct mv_service *s)
{
    return s->now.wall_ms - s->now.shift_ms;
}

static void read_signals(struct mv_service *s)
{
    struct signalfd_siginfo info;
    while (read(s->signal_fd, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGHUP) {
            s->second_ms = 0; /* look at the key file now */
        } else if (!s->stopping) {
            s->stopping = true;
            s->stopping_ms = s->now.mono_ms;
            mv_watchdog_tell("STOPPING=1");
            mv_event_write(MV_EV_STOPPING, NULL, 0);
        }
    }
}

static void look_at_keys(struct mv_service *s)
{
    struct mv_err err = {0};
    unsigned lost = 0;
    bool was_good = mv_guard_good(s->guard);
    mv_rc rc = mv_guard_look(s->guard, mv_real_ms(s), &lost, &err);
    if (rc == MV_OK) {
        mv_zap_keys(s->zap, mv_guard_keys(s->guard));
        mv_tally(s, MV_COUNT_KEYS_LOADED, 1);
        MV_LOG(KEYS_LOADED, mv_kv_int("keys", (int64_t)mv_keys_count(
                                                  mv_guard_keys(s->guard))));
    } else if (rc != MV_AGAIN) {
        mv_zap_keys(s->zap, NULL);
        MV_LOG(KEYS_BAD, mv_kv_text("error", err.text));
    }
    if (was_good != mv_guard_good(s->guard))
        mv_service_alarm(s, "keys", was_good, err.text);
    if (s->pub != NULL && (lost & MV_ZAP_LIVE_ROLES) != 0)
        mv_pub_rebind(s->pub);
}

static void look_at_space(struct mv_service *s)
{
    mv_store_space(s->store, &s->space);
    const struct mv_space *sp = &s->space;
    mv_service_alarm(s, "space.70", sp->percent >= 70,
                     "the store is above 70 % of its quota");
    mv_service_alarm(s, "space.85", sp->percent >= 85,
                     "the store is above 85 % of its quota");
    mv_service_alarm(s, "space.95", sp->percent >= 95,
                     "the store is nearly full: give it room");
    mv_service_alarm(s, "space.disk", sp->read_only || sp->out_of_inodes,
                     "the file system is read-only or out of inodes");
    /* one attempt a second: if it fails, the senders of it are told so */
    s->full = sp->read_only || sp->out_of_inodes;
}

static void count_readers(struct mv_service *s)
{
    struct mv_peers_counts now;
    if (s->pub == NULL)
        return;
    mv_pub_counts(s->pub, &now);
    mv_doors_count(s, &now, &s->readers);
}

/* Nothing else tells: who listens waits, and its port is another's. */
static void look_at_live(struct mv_service *s)
{
    if (s->pub == NULL)
        return;
    const char *why = mv_pub_why(s->pub, s->now.mono_ms);
    mv_service_alarm(s, "live", why != NULL, why);
}

static void heartbeat(struct mv_service *s)
{
    struct mv_msg_heartbeat m = {.now_ms = s->now.wall_ms};
    if (s->pub == NULL || s->now.mono_ms - s->heartbeat_ms < HEARTBEAT_MS)
        return;
    s->heartbeat_ms = s->now.mono_ms;
    if (s->def->pub_log != NULL)
        mv_log_head(mv_service_log(s, s->def->pub_log), &m.seq, NULL);
    mv_buf_clear(&s->out);
    mv_msg_heartbeat_encode(&m, &s->out);
    (void)mv_pub_send(s->pub, "heartbeat/", mv_buf_span(&s->out));
}

static void each_second(struct mv_service *s)
{
    if (s->now.mono_ms - s->second_ms < SECOND_MS && s->second_ms != 0)
        return;
    s->second_ms = s->now.mono_ms;
    look_at_keys(s);
    look_at_space(s);
    look_at_live(s);
    mv_store_tick(s->store, s->now.mono_ms);
    if (mv_guard_suspensions(s->guard, s->now.mono_ms) == 0)
        mv_service_alarm(s, "suspended", false, "");
    mv_watchdog_tell("WATCHDOG=1");
    if (mv_consumers_waiting(s) && !s->full)
        s->say_done = true;
}

static void take_timers(struct mv_service *s)
{
    for (unsigned i = 0; i < s->def->timer_count; i++) {
        if (s->full || s->now.mono_ms < s->timer_due[i])
            continue;
        struct mv_input in = {
            .kind = MV_INPUT_TIMER, .which = i, .slot = SIZE_MAX};
        s->timer_due[i] = s->now.mono_ms + s->def->timers[i].every_ms;
        mv_batch_open(s);
        (void)mv_apply(s, &in);
    }
}

/* True: there is more to take at once. */
static bool gather(struct mv_service *s)
{
    mv_batch_start(s);
    take_timers(s);
    if (s->say_done) {
        s->say_done = false;
        mv_batch_open(s);
        mv_consumers_apply(s);
    }
    mv_doors_take(s);
    return mv_upstreams_take(s);
}

/* What may be read: parked pulls first, then the live socket, then queries. */
static bool serve(struct mv_service *s)
{
    mv_pulls_serve(s->pulls, s->now.mono_ms, s->committed);
    if (s->committed && s->pub != NULL && s->def->publish != NULL &&
        mv_store_read_begin(s->store, &s->err) == MV_OK) {
        s->def->publish(s->self);
        if (mv_store_read_end(s->store, &s->err) != MV_OK)
            MV_LOG(STORE_DAMAGED, mv_kv_text("error", s->err.text));
    }
    s->committed = false;
    return mv_control_serve(s);
}

static int64_t sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t next_ms(struct mv_service *s)
{
    int64_t next = s->second_ms + SECOND_MS;
    for (unsigned i = 0; i < s->def->timer_count && !s->full; i++)
        next = sooner(next, s->timer_due[i]);
    next = sooner(next, mv_pulls_next_ms(s->pulls));
    next = sooner(next, mv_upstreams_step(s));
    for (size_t i = 0; i < s->door_count; i++) {
        if (mv_peers_open_count(s->doors[i].peers) > 0)
            next = sooner(next, s->now.mono_ms + WATCH_MS);
    }
    if (mv_doors_doubtful(s))
        next = s->now.mono_ms;
    if (s->stopping)
        next = sooner(next, s->stopping_ms + STOP_MS);
    if (s->pub != NULL && mv_pub_step(s->pub, s->now.mono_ms))
        next = sooner(next, s->now.mono_ms + 20);
    return next;
}

static mv_rc wait(struct mv_service *s, bool more)
{
    struct mv_poll polls[2 + MV_DOORS_MAX + MV_UPSTREAMS_MAX];
    size_t n = 0;
    int64_t next = next_ms(s);
    int64_t wait_ms = next > s->now.mono_ms ? next - s->now.mono_ms : 0;
    if (s->signal_fd >= 0)
        polls[n++] = (struct mv_poll){.fd = s->signal_fd};
    for (size_t i = 0; i < s->door_count; i++)
        polls[n++] = (struct mv_poll){.sock = s->doors[i].sock};
    for (unsigned i = 0; i < s->def->upstream_count; i++) {
        struct mv_puller *p = s->upstreams[i].puller;
        if (p != NULL && !s->full && mv_puller_sock(p) != NULL)
            polls[n++] = (struct mv_poll){.sock = mv_puller_sock(p)};
    }
    if (s->pub != NULL && mv_pub_sock(s->pub) != NULL)
        polls[n++] = (struct mv_poll){.sock = mv_pub_sock(s->pub)};
    mv_rc rc = mv_sock_poll(polls, n, more ? 0 : wait_ms);
    mv_clock_read(&s->now);
    mv_upstreams_wake(s);
    if (s->signal_fd >= 0 && polls[0].ready)
        read_signals(s);
    return rc;
}

static void watch_doors(struct mv_service *s)
{
    if (s->now.mono_ms - s->watched_ms < WATCH_MS && !mv_doors_doubtful(s))
        return;
    s->watched_ms = s->now.mono_ms;
    mv_doors_watch(s);
    count_readers(s);
}

static void measure(struct mv_service *s)
{
    int64_t took = mv_clock_mono_ms() - s->now.mono_ms;
    if (took > s->slowest_ms)
        s->slowest_ms = took;
    if (took < SLOW_MS)
        return;
    mv_tally(s, MV_COUNT_LOOP_SLOW, 1);
    MV_LOG(LOOP_SLOW, mv_kv_int("ms", took));
}

static bool stopped(const struct mv_service *s, bool more)
{
    return s->stopping &&
           s->now.mono_ms - s->stopping_ms >= (more ? STOP_MAX_MS : STOP_MS);
}

/* A ZAP handler that hangs cannot be joined, nor the context closed that it
 * holds sockets of: a clean end would wait for it for ever. Nothing is staged
 * at this point, and what was not answered is sent again. */
_Noreturn static void give_up(struct mv_service *s)
{
    MV_LOG(FAILED, mv_kv_text("error", s->err.text));
    _exit(mv_exit_code(MV_FATAL));
}

mv_rc mv_service_run(struct mv_service *s)
{
    bool more = false;
    mv_rc rc = MV_OK;
    mv_clock_read(&s->now);
    while (!s->ending && !stopped(s, more)) {
        rc = wait(s, more);
        if (rc != MV_OK) {
            (void)mv_fail(&s->err, rc, "the loop cannot wait for messages");
            MV_LOG(FAILED, mv_kv_text("error", s->err.text));
            return MV_FATAL;
        }
        if (mv_zap_watch(s->zap, s->now.mono_ms, &s->err) != MV_OK)
            give_up(s);
        each_second(s);
        watch_doors(s);
        more = gather(s);
        if (mv_batch_end(s) == MV_OK) {
            more = serve(s) || more;
            heartbeat(s);
        }
        measure(s);
    }
    return s->ending ? s->end : MV_OK;
}
