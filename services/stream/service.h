/* service - the loop that every service is, and what a service hands it: one
 * table of what it has, and call-backs. One thread; see README.md for the
 * order of things. A service is written against this header only. */
#pragma once

#include "services/stream/calls.h"
#include "services/stream/settings.h"

enum mv_takes { MV_TAKES_MESSAGES = 1, MV_TAKES_REQUESTS = 2 };

/* A door: a ROUTER. Pulls and, if it takes them, requests go to the loop;
 * every other frame, whole or not, is a MESSAGE for apply. The control door
 * ("control", settings' `control`) is there anyway; give it roles here. */
struct mv_door_def {
    const char *name;       /* in the ready file and in logs */
    size_t endpoint_offset; /* of a char * in the settings */
    size_t max_bytes;       /* of a frame in */
    unsigned takes;         /* enum mv_takes; pulls always */
    unsigned message_roles; /* that may send MESSAGEs */
};

/* A log of the store that may be pulled. "control" is there anyway. */
struct mv_log_def {
    const char *name, *table;
    unsigned roles;
};

/* A log of another service that is pulled, page by page, each record an
 * input. The position is kept in table "positions", in the transaction of
 * what the record caused. */
struct mv_upstream_def {
    const char *log;          /* "journal" */
    size_t endpoint_offset;   /* char *; "" switches it off */
    size_t server_key_offset; /* char *, hex or Z85 */
};

struct mv_verb_def {
    const char *name;
    unsigned roles;
    bool act; /* goes to apply and leaves a record; else to query */
    /* what it may be told, "year:uint unit": name and kind, text where none
     * stands, else uint bool bin list map; NULL: nothing. See args.h */
    const char *args;
};

/* Those that every service answers, one by one; NULL behind the last. */
const struct mv_verb_def *mv_verb_builtin_at(size_t i);

struct mv_timer_def {
    const char *name;
    int64_t every_ms; /* first at once */
};

struct mv_service_def {
    const char *name; /* "ingest" */
    uint32_t format;  /* of the store */
    const struct mv_conf_table *settings;
    size_t settings_bytes; /* struct mv_common first */
    const char *const *tables;
    size_t table_count; /* own; the loop adds its own */
    const struct mv_door_def *doors;
    size_t door_count;
    const struct mv_log_def *logs;
    size_t log_count;
    const struct mv_upstream_def *upstreams;
    size_t upstream_count;
    const struct mv_verb_def *verbs;
    size_t verb_count;
    const struct mv_timer_def *timers;
    size_t timer_count;
    const char *const *counters; /* own, by mv_service_count */
    size_t counter_count;
    unsigned control_roles;     /* that may send MESSAGEs at control */
    uint64_t own_max;           /* own memory above which senders are cut that
                                 * are not read in time; 0: never */
    size_t pub_endpoint_offset; /* char *, live PUB; 0: none */
    const char *pub_log;        /* whose head the heartbeat says */

    /* The store is open, doors are not. Keeps what it needs of settings. */
    mv_rc (*open)(void **self, struct mv_service *s, const void *settings,
                  struct mv_err *err);
    /* In the transaction. MV_OK: it took effect (ACT: gets its record;
     * RECORD: applied). MV_AGAIN: nothing changed (an act refused, or found
     * all as it asks: no record).
     * MV_POISON: the record was set aside. MV_FATAL: stop (err says). */
    mv_rc (*apply)(void *self, const struct mv_input *in, struct mv_err *err);
    /* After commit or abort; rc not MV_OK: forget what was staged. */
    void (*settled)(void *self, mv_rc rc);
    /* After the commit, in a snapshot: mv_service_reply once. */
    void (*query)(void *self, const struct mv_input *in);
    /* The loop's own answer to a MESSAGE in the service's words. */
    void (*say)(void *self, const struct mv_input *in,
                const struct mv_verdict *v, struct mv_buf *out);
    /* After each commit, in a snapshot: mv_service_publish what is new. */
    void (*publish)(void *self);
    /* A pulled log that is not in logs: false, there is none, or *code says
     * why not ("forbidden"). NULL: none. */
    bool (*source)(void *self, struct mv_span log, const struct mv_key *key,
                   struct mv_pull_source *ret, const char **code);
    void (*close)(void *self); /* takes NULL */
};

/* main(): --config FILE [--set NAME=VALUE]... | --check-config |
 * --print-config | --version | --help. Returns the exit code. */
int mv_service_main(int argc, char **argv, const struct mv_service_def *def);
