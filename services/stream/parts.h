/* parts - what struct mv_service is made of, for the loop's own files. */
#pragma once

#include "proto/msg.h"
#include "services/base/clock.h"
#include "services/base/event.h"
#include "services/base/sock/peers.h"
#include "services/base/sock/unsent.h"
#include "services/stream/counters.h"
#include "services/stream/guard.h"
#include "services/stream/pub.h"
#include "services/stream/pull_server.h"
#include "services/stream/puller.h"
#include "services/stream/service.h"
#include "services/stream/trial.h"
#include "services/stream/zap.h"

#define MV_DOORS_MAX     8
#define MV_UPSTREAMS_MAX 4
#define MV_TIMERS_MAX    16
#define MV_LOGS_MAX      8
#define MV_ALARMS_MAX    64
#define MV_ALARM_BYTES   65
#define MV_QUERIES_MAX   1024 /* waiting; more are told to come again */
#define MV_COUNTERS_MAX  (MV_COUNT_COMMON + 64)

struct mv_door {
    struct mv_door_def def;
    struct mv_sock *sock;
    struct mv_peers *peers;
    struct mv_peers_counts told; /* already in the counters */
};

/* A frame that wants an answer after the commit. */
struct mv_slot {
    struct mv_held held;
    const struct mv_key *key;
    mv_input_kind kind;
    unsigned door;
    uint64_t id;
    size_t route_at, route_len, answer_at, answer_len; /* in batch.bytes */
    size_t next;  /* slot of the same connection; 0: none, as it is no next */
    bool follows; /* one of the same connection */
    mv_outcome outcome;
    bool answered;
    bool whatever; /* the answer holds whatever becomes of the commit */
};

/* How much of this batch a key's messages and answers took. */
struct mv_share {
    uint64_t batch;
    size_t bytes;
};

/* How many messages of one connection this batch holds; the last's slot. */
struct mv_window {
    uint64_t batch;
    uint32_t count;
    size_t last; /* SIZE_MAX: none yet */
};

struct mv_batch {
    struct mv_slot *slots;
    size_t count, room;
    struct mv_buf bytes;
    uint32_t rows;
    size_t weight;
    size_t items;
    int64_t began_ms;  /* of this batch's gathering */
    int64_t looked_ms; /* when doors were, while records were taken */
    bool open;         /* the store's transaction is */
    uint64_t ahead;    /* records that an upstream has and we did not take */
    uint64_t staged[MV_COUNTERS_MAX];
    uint64_t number;           /* of the batch, from 1, for windows */
    struct mv_window *windows; /* by connection (descriptor) */
    size_t window_room;
    struct mv_share *shares; /* by key, as the registry counts them */
    size_t share_room;
    size_t speaker;     /* whose message came last, in this batch */
    int64_t several_ms; /* when two keys last spoke in one batch */
};

struct mv_query {
    struct mv_held held;
    uint8_t public_key[MV_KEY_BYTES];
    unsigned door;
    uint8_t route[MV_ROUTE_BYTES];
    uint8_t route_len;
};

struct mv_alarm {
    char name[MV_ALARM_BYTES];
    char text[256];
    bool up;
    int64_t since_ms;
};

/* An upstream as the loop sees it; upstream.c. */
struct mv_upstream {
    struct mv_puller *puller;
    uint64_t seq, staged_seq; /* position as committed, as applied */
    uint8_t hash[MV_HASH_BYTES], staged_hash[MV_HASH_BYTES];
    bool set, stopped, moved;
    bool going;         /* asked to go on: once the batch is committed */
    bool anew;          /* set while it ran: to be asked from there */
    bool held;          /* its page waits */
    int64_t stirred_ms; /* when it was not quiet, last */
    char why[128];
    mv_puller_state told;
};
