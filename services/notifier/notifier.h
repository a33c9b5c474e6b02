/* notifier - the core: groups of changes in, notices in queues out, staged in
 * the store's open transaction. No socket, no clock: stamps are handed in.
 * Memory is a copy of the store's rows, made anew by settled if one failed. */
#pragma once

#include "services/base/store/store.h"
#include "services/notifier/find.h"
#include "services/notifier/group.h"
#include "services/notifier/match.h"
#include "services/notifier/names.h"
#include "services/stream/log.h"
#include "services/stream/pull_source.h"

struct notifier_options {
    struct mv_store *store; /* borrowed */
    int64_t give_up_ms;     /* waiting so long: a dead letter */
    uint64_t merge_above;   /* waiting notices of one subscription */
    int64_t quiet_ms;       /* a log begun anew is caught up after so long */
    size_t pass_bytes;      /* of runs while a group is told; 0: as usual */
};

/* Where a queue is read from, for one pull. */
struct notifier_reader {
    struct notifier *n;
    struct notifier_sub *sub;
};

struct notifier {
    struct notifier_options o;
    struct mv_store *store;
    struct {
        struct mv_table marks, subscriptions, queues, notices, changes, seen,
            names, dead, dead_ids, fresh, aside;
    } t;
    struct notifier_marks marks;
    struct notifier_counts gone; /* of subscriptions that have ended */
    struct notifier_sub *slots[NOTIFIER_SUBSCRIPTIONS_MAX]; /* NULL: free */
    uint32_t slots_used; /* none above is taken */
    struct notifier_match *match;
    struct notifier_finder finder;
    struct mv_store_hook hook;
    struct mv_quota *quota; /* of keys that are no operator's */
    bool marks_dirty, stale;
    int64_t now_ms; /* of the record or tick in hand */
    /* Set before a tick: how long the changes log has answered and had nothing
     * more; the clock is not believed, and nothing is given up on. */
    int64_t quiet_ms;
    bool doubt;
    uint64_t made;                                /* notices since the start */
    uint32_t touched[NOTIFIER_SUBSCRIPTIONS_MAX]; /* slots told of a group */
    uint32_t touched_count;
    struct notifier_pass pass; /* over what is stored of a group */
    struct notifier_reader reader;
    struct notifier_changes group;
    struct notifier_names names;
    struct mv_buf key, value, out, text; /* to work in */
};

/* Commits what a new store needs. Heap; its address must not move. */
MV_CHECKED mv_rc notifier_open(struct notifier **ret,
                               const struct notifier_options *o,
                               struct mv_err *err);
void notifier_close(struct notifier *n); /* takes NULL */

/* After each commit or abort. MV_FATAL: the rows could not be read again. */
MV_CHECKED mv_rc notifier_settled(struct notifier *n, struct mv_err *err);

/* A record of the changes log, in the open transaction; never while busy.
 * MV_OK: its notices are staged, or it is part of a group that goes on, or
 * waits for one to be told. MV_POISON: not a group; set aside, nothing else
 * changed. */
MV_CHECKED mv_rc notifier_group(struct notifier *n,
                                const struct mv_record *record, int64_t now_ms,
                                struct mv_err *err);

/* The owner of a queue has everything below `done`. */
void notifier_done(struct notifier *n, const struct mv_key *key,
                   struct mv_span log, uint64_t done);

/* A group is told, or a log begun anew is settled, in steps that ticks take:
 * the next record of the log must wait for the last of them. */
static inline bool notifier_is_busy(const struct notifier *n)
{
    return n->marks.settling || n->marks.telling;
}

/* Gives up on what waits too long, a bounded number of them, and takes a step.
 * *more: there is more of either. MV_CONFIG: what waited is of a later program;
 * nothing of it may be committed. Rates turn each minute. */
MV_CHECKED mv_rc notifier_tick(struct notifier *n, int64_t now_ms, bool *more,
                               struct mv_err *err);
void notifier_minute(struct notifier *n);

/* The acts; MV_AGAIN: refused, nothing changed. */
MV_CHECKED mv_rc notifier_subscribe(struct notifier *n,
                                    const struct mv_key *key,
                                    struct mv_span args, int64_t now_ms,
                                    struct notifier_sub **ret,
                                    struct notifier_refusal *no);
MV_CHECKED mv_rc notifier_unsubscribe(struct notifier *n,
                                      const struct mv_key *key,
                                      struct mv_span args, int64_t now_ms,
                                      struct notifier_refusal *no);
MV_CHECKED mv_rc notifier_pause(struct notifier *n, const struct mv_key *key,
                                struct mv_span args, bool pause, int64_t now_ms,
                                struct notifier_refusal *no);
MV_CHECKED mv_rc notifier_requeue(struct notifier *n, struct mv_span args,
                                  int64_t now_ms, uint64_t *moved,
                                  struct notifier_refusal *no);
MV_CHECKED mv_rc notifier_drop(struct notifier *n, struct mv_span args,
                               int64_t now_ms, uint64_t *dropped,
                               struct notifier_refusal *no);

/* A queue to pull; false: none, or *code says why not. */
bool notifier_source(struct notifier *n, struct mv_span log,
                     const struct mv_key *key, int64_t now_ms,
                     struct mv_pull_source *ret, const char **code);

/* All counts together, those of ended subscriptions too. */
struct notifier_counts notifier_total(const struct notifier *n);
