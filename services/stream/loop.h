/* loop - the inside of struct mv_service, for the loop's own files. */
#pragma once

#include "services/base/store/health.h"
#include "services/stream/parts.h"

struct mv_service {
    const struct mv_service_def *def;
    void *self;
    const struct mv_common *settings;
    struct mv_net *net;
    struct mv_zap *zap;
    struct mv_guard *guard;
    struct mv_store *store;
    struct mv_pulls *pulls;
    struct mv_pub *pub;
    struct mv_peers_counts readers; /* of pub, already in the counters */
    struct mv_keypair keys;
    struct mv_log *logs[MV_LOGS_MAX];   /* def's, then "control" */
    struct mv_door doors[MV_DOORS_MAX]; /* def's, then "control" */
    struct mv_unsent *unsent;           /* of all doors */
    struct mv_upstream upstreams[MV_UPSTREAMS_MAX];
    size_t log_count, door_count;
    unsigned first_door; /* of the next batch, counted on */
    struct mv_batch batch;
    struct mv_query *queries; /* a ring of MV_QUERIES_MAX */
    size_t query_at, query_count;
    const struct mv_query *asking; /* the one in query() */
    int64_t timer_due[MV_TIMERS_MAX];
    struct mv_alarm alarms[MV_ALARMS_MAX];
    uint64_t counters[MV_COUNTERS_MAX];
    struct mv_clock now;
    int64_t second_ms; /* when the once-a-second things were done */
    int64_t started_ms;
    int64_t slowest_ms; /* turn of the loop, since the start */
    int signal_fd;
    bool stopping, full;
    bool committed; /* in this turn: there may be something to serve */
    bool room_lost; /* FULL was logged */
    bool say_done;  /* write what consumers said, in the next batch */
    int64_t heartbeat_ms, watched_ms;
    int64_t cut_ms, unaccepted_ms; /* when a connection was, last */
    int64_t stopping_ms;
    const char *hold_code;
    int64_t hold_after_ms;
    struct mv_trial *trial;
    struct mv_buf out; /* the reply being made */
    struct mv_buf rows;
    struct mv_space space;
    mv_rc end; /* with this, once ending */
    bool ending;
    struct mv_err err;
};

/* Hands an input to the service, inside the transaction. MV_FATAL ends the
 * loop after this batch, which is not committed. */
mv_rc mv_apply(struct mv_service *s, const struct mv_input *in);
/* Counts at once; in apply use s->batch.staged. */
void mv_tally(struct mv_service *s, mv_counter which, uint64_t n);
/* Wall time without the installation's shift: keys live on the real day. */
int64_t mv_real_ms(const struct mv_service *s);
