/* maalvakt-ingest - tables and call-backs; the loop is in services/stream.
 * Invariant: an answer is handed to the loop in the transaction it depends
 * on, and leaves after the commit. A crash leaves what was committed. */
#include <stdlib.h>

#include "proto/limits.h"
#include "services/ingest/answer.h"
#include "services/ingest/verbs.h"

enum { DOOR_PUBLIC };
enum { TIMER_CLOCK };
enum { COUNT_ROWS };

struct settings {
    struct mv_common common;
    char *listen;
    int64_t rows_per_second;
    int64_t bytes_per_day;
};

struct ingest {
    struct mv_service *s;
    struct ingest_book book;
    struct mv_quota *quota;
    struct ingest_desk desk;
    struct ingest_said said;
};

/* clang-format off */
static const struct mv_conf_key keys[] = {
    MV_COMMON_KEYS("ingest", "tcp://127.0.0.1:4461"),
    {"listen", MV_CONF_TEXT, "tcp://127.0.0.1:4460", NULL, 1, 120,
     offsetof(struct settings, listen),
     "where trusts deliver; tcp://*:4460 for every address"},
    {"rows_per_second", MV_CONF_INT, "1000000", NULL, 0, 100000000,
     offsetof(struct settings, rows_per_second),
     "of one key; above it: retry; 0 for no limit"},
    {"bytes_per_day", MV_CONF_BYTES, "16 GiB", NULL, 0, INT64_C(1) << 44,
     offsetof(struct settings, bytes_per_day),
     "of one key; above it: retry; 0 for no limit"},
};
/* clang-format on */

static const struct mv_conf_table table = {
    "maalvakt-ingest: takes deliveries, keeps the journal", keys,
    MV_CONF_COUNT(keys)};

static void ingest_close(void *self)
{
    struct ingest *g = self;
    if (g == NULL)
        return;
    ingest_desk_done(&g->desk);
    mv_buf_done(&g->said.answer);
    mv_quota_close(g->quota);
    ingest_book_done(&g->book);
    free(g);
}

static mv_rc ingest_open(void **self, struct mv_service *s,
                         const void *settings, struct mv_err *err)
{
    const struct settings *set = settings;
    struct mv_clock now = mv_service_clock(s);
    struct ingest *g = mv_xcalloc(1, sizeof *g);
    g->s = s;
    mv_rc rc = ingest_book_open(&g->book, mv_service_store(s),
                                mv_service_log(s, "journal"), &now, err);
    if (rc != MV_OK) {
        free(g);
        return rc;
    }
    g->quota = mv_quota_open(set->rows_per_second, set->bytes_per_day);
    g->desk.book = &g->book;
    g->desk.quota = g->quota;
    *self = g;
    return MV_OK;
}

/* Distrusted: everything is `retry`, and an alarm says what to do. */
static void tick(struct ingest *g, const struct mv_clock *now)
{
    bool trusted =
        mv_clock_trust_check(&g->book.now.trust, now) == MV_CLOCK_TRUSTED;
    mv_service_hold_off(g->s, trusted ? NULL : "clock", INGEST_TRY_AGAIN_MS);
    mv_service_alarm(g->s, "clock", !trusted,
                     "set the clock right, or: maalvakt clock accept DATE");
    if (trusted)
        ingest_book_days(&g->book, now);
}

static mv_rc ingest_apply(void *self, const struct mv_input *in,
                          struct mv_err *err)
{
    struct ingest *g = self;
    struct mv_clock now = mv_service_clock(g->s);
    (void)err;
    switch (in->kind) {
    case MV_INPUT_MESSAGE:
        if (in->door == DOOR_PUBLIC)
            ingest_deliver(&g->desk, in->key, in->body, &now, &g->said);
        else
            ingest_catalogue(&g->desk, in->key, in->body, &now, &g->said);
        if (g->said.outcome == MV_OUTCOME_ACCEPTED) {
            mv_service_count(g->s, COUNT_ROWS, g->said.rows);
            mv_service_weigh(g->s, g->said.rows, 0);
        }
        mv_service_answer(g->s, in, g->said.outcome,
                          mv_buf_span(&g->said.answer));
        return MV_OK;
    case MV_INPUT_ACT:
        return ingest_act(g->s, &g->desk, in, &now);
    case MV_INPUT_TIMER:
        tick(g, &now);
        return MV_OK;
    case MV_INPUT_QUERY:
    case MV_INPUT_RECORD:
    case MV_INPUT_DONE:
        break;
    }
    return MV_OK;
}

static void ingest_settled(void *self, mv_rc rc)
{
    struct ingest *g = self;
    ingest_desk_settled(&g->desk, rc == MV_OK);
}

static void ingest_ask(void *self, const struct mv_input *in)
{
    struct ingest *g = self;
    struct mv_clock now = mv_service_clock(g->s);
    ingest_query(g->s, &g->desk, in, &now);
}

static void ingest_say(void *self, const struct mv_input *in,
                       const struct mv_verdict *v, struct mv_buf *out)
{
    struct ingest *g = self;
    ingest_verdict(&g->desk, in->body, v, out);
}

static const struct mv_door_def doors[] = {
    {"public", offsetof(struct settings, listen), MV_MAX_PUBLIC_FRAME_BYTES,
     MV_TAKES_MESSAGES | MV_TAKES_REQUESTS,
     MV_ROLE_PRODUCER | MV_ROLE_ASSESSOR},
};

static const struct mv_log_def logs[] = {
    {"journal", INGEST_JOURNAL_TABLE, MV_ROLE_SERVICE | MV_ROLE_AUDITOR},
};

static const struct mv_timer_def timers[] = {{"clock", 1000}};

static const char *const tables[] = {INGEST_STATE_TABLE, INGEST_INDEX_TABLE};

static const char *const counters[] = {"rows"};

int main(int argc, char **argv)
{
    const struct mv_service_def def = {
        .name = "ingest",
        .format = 1,
        .settings = &table,
        .settings_bytes = sizeof(struct settings),
        .tables = tables,
        .table_count = sizeof tables / sizeof tables[0],
        .doors = doors,
        .door_count = sizeof doors / sizeof doors[0],
        .logs = logs,
        .log_count = sizeof logs / sizeof logs[0],
        .verbs = ingest_verbs,
        .verb_count = INGEST_VERB_COUNT,
        .timers = timers,
        .timer_count = sizeof timers / sizeof timers[0],
        .counters = counters,
        .counter_count = sizeof counters / sizeof counters[0],
        .control_roles = MV_ROLE_STEWARD,
        .own_max = 128 << 20, /* of the unit's 256 MiB */
        .open = ingest_open,
        .apply = ingest_apply,
        .settled = ingest_settled,
        .query = ingest_ask,
        .say = ingest_say,
        .close = ingest_close,
    };
    return mv_service_main(argc, argv, &def);
}
