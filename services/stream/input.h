/* input - what the loop hands a service: a message, a record, a request, the
 * passing of time; and what may become of it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "services/base/buf.h"
#include "services/stream/keys.h"
#include "services/stream/log.h"

typedef enum mv_input_kind {
    MV_INPUT_MESSAGE, /* body; key; door; answer it */
    MV_INPUT_ACT,     /* verb, args, id; key; answer it */
    MV_INPUT_QUERY,   /* the same, to query() only */
    MV_INPUT_RECORD,  /* record; which: upstreams[which] */
    MV_INPUT_TIMER,   /* which: timers[which] */
    MV_INPUT_DONE,    /* key pulled `log` and has everything below `done` */
} mv_input_kind;

/* Borrowed for the call, all of it. */
struct mv_input {
    mv_input_kind kind;
    unsigned which, door;
    const struct mv_key *key;
    struct mv_span body; /* the frame as it came; of any shape */
    struct mv_span verb, args;
    uint64_t id;
    const struct mv_record *record;
    const char *log;
    uint64_t done;
    const uint8_t *hash; /* DONE: of which history, as the pull named it */
    size_t slot;         /* the loop's */
};

/* Of a MESSAGE; an ACT is accepted, a duplicate or rejected. */
typedef enum mv_outcome {
    MV_OUTCOME_ACCEPTED,
    MV_OUTCOME_DUPLICATE,
    MV_OUTCOME_REJECTED,
    MV_OUTCOME_RETRY,
} mv_outcome;

/* Why the loop, not the service, answers a MESSAGE; names are codes. */
struct mv_verdict {
    bool retry;       /* else rejected */
    const char *code; /* "full" "stopping" "framing" "unauthorised" ... */
    const char *text;
    int64_t after_ms;
};
