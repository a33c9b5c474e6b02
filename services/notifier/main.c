/* maalvakt-notifier - tables and call-backs; the loop is in services/stream.
 * Invariant: what a group makes and the position in the changes log are one
 * transaction; a notice is handed out after it. A crash leaves what was
 * committed. */
#include <stdlib.h>
#include <string.h>

#include "proto/limits.h"
#include "services/notifier/moment.h"
#include "services/notifier/queue.h"
#include "services/notifier/verbs.h"

enum { UPSTREAM_CHANGES };
enum { TIMER_TICK, TIMER_MINUTE };
enum { COUNT_GROUPS, COUNT_ACKNOWLEDGED };

#define TICK_MS   1000
#define MINUTE_MS 60000

struct settings {
    struct mv_common common;
    char *listen;
    char *changes;
    char *changes_key;
    int64_t give_up_ms;
    int64_t merge_above;
    int64_t restart_quiet_ms;
};

struct self {
    struct mv_service *s;
    struct notifier *n;
    struct notifier_moment moment;
    bool counts_anew; /* in the transaction: what waits, as time was lost */
    bool begun_anew;  /* the upstream was told to begin at 1 */
};

/* clang-format off */
static const struct mv_conf_key keys[] = {
    MV_COMMON_KEYS("notifier", "tcp://127.0.0.1:4481"),
    {"listen", MV_CONF_TEXT, "tcp://127.0.0.1:4480", NULL, 1, 120,
     offsetof(struct settings, listen),
     "where subscribers pull their queues"},
    {"changes", MV_CONF_TEXT, "tcp://127.0.0.1:4470", NULL, 0, 120,
     offsetof(struct settings, changes),
     "the evaluator's control door, where its changes log is pulled"},
    {"changes_key", MV_CONF_TEXT, NULL,
     "0000000000000000000000000000000000000000000000000000000000000000", 0, 64,
     offsetof(struct settings, changes_key),
     "the evaluator's public key, hex or Z85"},
    {"give_up", MV_CONF_MS, "24 h", NULL, 1000, INT64_C(31622400000),
     offsetof(struct settings, give_up_ms),
     "a notice that waits so long becomes a dead letter"},
    {"merge_above", MV_CONF_INT, "1000", NULL, 4, 100000,
     offsetof(struct settings, merge_above),
     "waiting notices of a subscription; above it the oldest are merged"},
    {"restart_quiet", MV_CONF_MS, "5 min", NULL, 1000, INT64_C(86400000),
     offsetof(struct settings, restart_quiet_ms),
     "a changes log begun anew has caught up when it was quiet so long"},
};
/* clang-format on */

static const struct mv_conf_table table = {
    "maalvakt-notifier: decides who is told, keeps their queues", keys,
    MV_CONF_COUNT(keys)};

static int64_t now_ms(struct self *f)
{
    struct mv_clock now = mv_service_clock(f->s);
    return notifier_moment_ms(&f->moment, &now);
}

static void self_close(void *self)
{
    struct self *f = self;
    if (f == NULL)
        return;
    notifier_close(f->n);
    free(f);
}

/* Once for each time the log begins anew; a crash in between does it again,
 * as the mark stays until the first record is applied. */
static void begin_anew(struct self *f)
{
    static const uint8_t zeros[MV_HASH_BYTES];
    if (f->n->marks.from_start && !f->begun_anew)
        mv_service_upstream_set(f->s, UPSTREAM_CHANGES, 0, zeros);
    f->begun_anew = f->n->marks.from_start;
}

/* While a group is told, or a log begun anew is settled, step by step with
 * each tick, the next records wait: those of the same batch too. */
static void wait_for_steps(struct self *f)
{
    bool busy = notifier_is_busy(f->n);
    mv_service_upstream_hold(f->s, UPSTREAM_CHANGES, busy);
    if (busy)
        mv_service_timer_at(f->s, TIMER_TICK, mv_service_mono_ms(f->s));
}

static mv_rc self_open(void **self, struct mv_service *s, const void *settings,
                       struct mv_err *err)
{
    const struct settings *set = settings;
    struct notifier_options o = {
        .store = mv_service_store(s),
        .give_up_ms = set->give_up_ms,
        .merge_above = (uint64_t)set->merge_above,
        .quiet_ms = set->restart_quiet_ms,
    };
    struct self *f = mv_xcalloc(1, sizeof *f);
    f->s = s;
    mv_rc rc = notifier_open(&f->n, &o, err);
    if (rc != MV_OK) {
        free(f);
        return rc;
    }
    struct mv_clock now = mv_service_clock(s);
    notifier_moment_start(&f->moment, &now, f->n->marks.known_ms);
    begin_anew(f);
    wait_for_steps(f);
    *self = f;
    return MV_OK;
}

/* The service's own failing is told by its alarms, never by a notice. */
static void alarms(struct self *f)
{
    struct notifier_counts total = notifier_total(f->n);
    mv_service_alarm(f->s, "dead_letters", total.dead > 0,
                     "maalvakt dead list; then requeue or drop them");
    mv_service_alarm(f->s, "aside", f->n->marks.aside > 0,
                     "records of the changes log could not be read");
    mv_service_alarm(f->s, "restart", f->n->marks.replaying,
                     "the changes log began anew: catching up, silent till "
                     "then");
    mv_service_alarm(f->s, "clock", f->n->doubt,
                     "set the clock right; if it is, the next change shows it. "
                     "Until then no notice is given up on");
}

static mv_rc tick(struct self *f, struct mv_err *err)
{
    bool more = false;
    int64_t now = now_ms(f);
    f->n->quiet_ms = mv_service_upstream_quiet_ms(f->s, UPSTREAM_CHANGES);
    f->n->doubt = notifier_moment_doubts(&f->moment);
    f->counts_anew = f->moment.lost && !f->n->doubt;
    if (f->counts_anew)
        notifier_queues_anew(f->n, now);
    mv_rc rc = notifier_tick(f->n, now, &more, err);
    if (more)
        mv_service_timer_at(f->s, TIMER_TICK, mv_service_mono_ms(f->s));
    alarms(f);
    return rc;
}

static mv_rc apply_record(struct self *f, const struct mv_input *in,
                          struct mv_err *err)
{
    uint64_t before = f->n->made;
    struct mv_clock now = mv_service_clock(f->s);
    notifier_moment_heard(&f->moment, &now, in->record->received_ms);
    mv_rc rc = notifier_group(f->n, in->record, now_ms(f), err);
    mv_service_count(f->s, COUNT_GROUPS, 1);
    mv_service_weigh(f->s, (uint32_t)(f->n->made - before), 0);
    return rc;
}

static mv_rc apply_act(struct self *f, const struct mv_input *in)
{
    struct notifier_refusal no = {.code = "refused"};
    struct notifier_page page = {
        .args = in->args, .key = in->key, .now_ms = now_ms(f)};
    mv_rc rc = notifier_act(f->n, in->verb, &page, &no);
    if (rc != MV_OK && no.after_ms > 0) {
        mv_service_retry(f->s, in, no.code, no.after_ms);
    } else if (rc != MV_OK) {
        mv_service_refuse(f->s, in, no.code, no.text);
    } else if (page.same) {
        mv_service_same(f->s, in, mv_buf_span(&page.rows), page.count);
        rc = MV_AGAIN;
    } else {
        mv_service_rows(f->s, in, mv_buf_span(&page.rows), page.count, false);
    }
    mv_buf_done(&page.rows);
    return rc;
}

/* Said of this queue, not of one that ended under the same name. */
static void apply_done(struct self *f, const struct mv_input *in)
{
    struct mv_span log = mv_span_text(in->log);
    const struct notifier_sub *s = notifier_find(f->n, log);
    if (s == NULL || memcmp(s->genesis, in->hash, sizeof s->genesis) != 0)
        return;
    notifier_done(f->n, in->key, log, in->done);
    mv_service_count(f->s, COUNT_ACKNOWLEDGED, 1);
}

static mv_rc apply_any(struct self *f, const struct mv_input *in,
                       struct mv_err *err)
{
    switch (in->kind) {
    case MV_INPUT_RECORD:
        return apply_record(f, in, err);
    case MV_INPUT_ACT:
        return apply_act(f, in);
    case MV_INPUT_DONE:
        apply_done(f, in);
        return MV_OK;
    case MV_INPUT_TIMER:
        if (in->which == TIMER_TICK)
            return tick(f, err);
        notifier_minute(f->n);
        return MV_OK;
    case MV_INPUT_MESSAGE:
    case MV_INPUT_QUERY:
        break;
    }
    return MV_OK;
}

static mv_rc self_apply(void *self, const struct mv_input *in,
                        struct mv_err *err)
{
    struct self *f = self;
    mv_rc rc = apply_any(f, in, err);
    wait_for_steps(f);
    return rc;
}

static void self_settled(void *self, mv_rc rc)
{
    struct self *f = self;
    struct mv_err err = {0};
    if (rc == MV_OK && f->counts_anew)
        f->moment.lost = false;
    f->counts_anew = false;
    if (notifier_settled(f->n, &err) != MV_OK)
        mv_service_end(f->s, MV_FATAL);
    else if (rc == MV_OK)
        begin_anew(f);
    wait_for_steps(f);
}

static void self_query(void *self, const struct mv_input *in)
{
    struct self *f = self;
    struct notifier_refusal no = {.code = "refused"};
    struct notifier_page page = {
        .args = in->args, .key = in->key, .now_ms = now_ms(f)};
    if (notifier_ask(f->n, in->verb, &page, &no) == MV_OK) {
        mv_service_rows(f->s, in, mv_buf_span(&page.rows), page.count,
                        page.next != 0);
    } else {
        mv_service_refuse(f->s, in, no.code, no.text);
    }
    mv_buf_done(&page.rows);
}

static bool self_source(void *self, struct mv_span log,
                        const struct mv_key *key, struct mv_pull_source *ret,
                        const char **code)
{
    struct self *f = self;
    return notifier_source(f->n, log, key, now_ms(f), ret, code);
}

static const struct mv_door_def doors[] = {
    {"public", offsetof(struct settings, listen), MV_MAX_REQUEST_BYTES,
     MV_TAKES_REQUESTS, 0},
};

static const struct mv_upstream_def upstreams[] = {
    {"changes", offsetof(struct settings, changes),
     offsetof(struct settings, changes_key)},
};

static const struct mv_timer_def timers[] = {
    [TIMER_TICK] = {"tick", TICK_MS},
    [TIMER_MINUTE] = {"minute", MINUTE_MS},
};

static const char *const counters[] = {
    [COUNT_GROUPS] = "groups",
    [COUNT_ACKNOWLEDGED] = "acknowledged",
};

int main(int argc, char **argv)
{
    const struct mv_service_def def = {
        .name = "notifier",
        .format = 1,
        .settings = &table,
        .settings_bytes = sizeof(struct settings),
        .tables = notifier_tables,
        .table_count = NOTIFIER_TABLE_COUNT,
        .doors = doors,
        .door_count = sizeof doors / sizeof doors[0],
        .upstreams = upstreams,
        .upstream_count = sizeof upstreams / sizeof upstreams[0],
        .verbs = notifier_verbs,
        .verb_count = NOTIFIER_VERB_COUNT,
        .timers = timers,
        .timer_count = sizeof timers / sizeof timers[0],
        .counters = counters,
        .counter_count = sizeof counters / sizeof counters[0],
        /* of the unit's 512 MiB; a group of six records of 11 MiB, told to
         * 1,000 subscriptions, takes 110 */
        .own_max = 256 << 20,
        .open = self_open,
        .apply = self_apply,
        .settled = self_settled,
        .query = self_query,
        .source = self_source,
        .close = self_close,
    };
    return mv_service_main(argc, argv, &def);
}
