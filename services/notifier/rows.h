/* rows - what the notifier keeps: the tables' names, the rows' bytes. Integers
 * are big-endian; each row begins with its version. */
#pragma once

#include <stdbool.h>

#include "services/base/buf.h"
#include "services/base/err.h"
#include "services/base/hash.h"
#include "services/stream/keys.h"

#define NOTIFIER_ROW_VERSION   1u
#define NOTIFIER_LATER_VERSION 2u /* marks told in steps, paused counts */
/* Why it is no row: MV_CONFIG, of a version after newest; MV_FATAL, damaged */
MV_CHECKED mv_rc notifier_no_row(struct mv_span bytes, unsigned newest,
                                 struct mv_err *err);

#define NOTIFIER_MARKS         "marks"
#define NOTIFIER_SUBSCRIPTIONS "subscriptions" /* serial -> definition */
#define NOTIFIER_QUEUES        "queues"        /* serial -> counts */
#define NOTIFIER_NOTICES       "notices"       /* serial, number -> notice */
#define NOTIFIER_CHANGES       "told_changes"  /* ordinal, index -> change */
#define NOTIFIER_SEEN          "seen"          /* target, year, unit -> seen */
#define NOTIFIER_NAMES         "names"         /* kind, name -> nothing */
#define NOTIFIER_DEAD          "dead"          /* serial, number -> id, when */
#define NOTIFIER_DEAD_IDS      "dead_ids"      /* id -> serial, number */
#define NOTIFIER_FRESH         "fresh"         /* while a log is begun anew */
#define NOTIFIER_ASIDE         "aside"         /* group's seq -> reason */
enum { NOTIFIER_TABLE_COUNT = 11 };
extern const char *const notifier_tables[NOTIFIER_TABLE_COUNT];

#define NOTIFIER_ID_BYTES 16u /* of a notice; 32 hex digits to people */

typedef enum notifier_state {
    NOTIFIER_WAITING = 0, /* below the queue's `done`: delivered */
    NOTIFIER_DEAD_LETTER,
    NOTIFIER_WITHDRAWN,
    NOTIFIER_MOVED, /* requeued: it stands at the end now */
} notifier_state;

/* Why it ended; the word a subscriber pulls is notifier_rule_text. */
typedef enum notifier_rule {
    NOTIFIER_RULE_NONE = 0,
    NOTIFIER_RULE_NOT_PULLED, /* "dead" */
    NOTIFIER_RULE_MERGED,
    NOTIFIER_RULE_DROPPED,
    NOTIFIER_RULE_UNSUBSCRIBED,
    NOTIFIER_RULE_REQUEUED,
    NOTIFIER_RULES
} notifier_rule;
const char *notifier_rule_text(notifier_rule rule);

/* Changes of one group that stand one after the other in told_changes. */
struct notifier_run {
    uint64_t ordinal; /* the notifier's own number of the group, from 1 */
    uint32_t first, count;
};
#define NOTIFIER_RUN_BYTES 16u

struct notifier_row { /* a notice */
    notifier_state state;
    notifier_rule rule;
    uint8_t level; /* 0: of one group; else merged from those below */
    uint8_t id[NOTIFIER_ID_BYTES];
    int64_t made_ms;   /* decided */
    int64_t queued_ms; /* in the queue since; a merged one: its oldest */
    int64_t ended_ms;
    uint32_t changes;
    struct mv_span runs;
};
void notifier_row_put(const struct notifier_row *row, struct mv_buf *out);
bool notifier_row_get(struct mv_span bytes, struct notifier_row *ret);
void notifier_run_put(const struct notifier_run *run, struct mv_buf *out);
/* Takes the first run off; false: none left. */
bool notifier_run_take(struct mv_span *runs, struct notifier_run *ret);

/* The counts of one queue. made = delivered + pending + dead + withdrawn. */
struct notifier_counts {
    uint64_t made, delivered, pending, dead, withdrawn;
    uint64_t head;           /* number of the last notice */
    uint64_t done;           /* all below has left the queue, or is delivered */
    uint64_t pending_merged; /* of pending: level above 0 */
    int64_t oldest_ms;       /* none older waits; INT64_MAX: none waits */
    int64_t resumed_ms;      /* the clock of giving up starts here */
    bool paused;
    int64_t paused_ms;                 /* 0: not known, nor by whom */
    char paused_by[MV_KEY_NAME_BYTES]; /* the key */
};
bool notifier_pause_known(const struct notifier_counts *c);
void notifier_counts_put(const struct notifier_counts *c, struct mv_buf *out);
bool notifier_counts_get(struct mv_span bytes, struct notifier_counts *ret);

struct notifier_marks {   /* how far the notifier has come */
    uint64_t ordinal;     /* of the last group begun */
    uint64_t next_serial; /* of the next subscription */
    uint64_t generation;  /* how often the changes log began anew */
    bool replaying;       /* nothing is told up to replay_until */
    bool settling;        /* and now it is compared, step by step */
    bool telling;         /* the group is told, step by step: */
    uint64_t told_to;     /* to the serials up to this one it was */
    bool from_start;      /* the log is yet to be read from 1 */
    uint64_t replay_until, last_cause;
    uint64_t part, parts; /* of the open group; parts 0: none is open */
    uint64_t stored;      /* changes of it kept */
    uint64_t group;       /* its first record's seq in the changes log */
    uint8_t chain[MV_HASH_BYTES];
    uint64_t aside;
    int64_t known_ms; /* it was so late by a clock that was believed */
};
void notifier_marks_put(const struct notifier_marks *m, struct mv_buf *out);
bool notifier_marks_get(struct mv_span bytes, struct notifier_marks *ret);

/* What was last known of a target, year and unit that had a colour. */
struct notifier_seen {
    uint8_t coloured; /* enum notifier_colour */
    uint64_t generation;
    uint64_t red_ordinal; /* the group that turned it red, 0: nobody was told */
};
void notifier_seen_put(const struct notifier_seen *s, struct mv_buf *out);
bool notifier_seen_get(struct mv_span bytes, struct notifier_seen *ret);
