/* queue - one subscription's notices: numbers from 1, gapless; each waits,
 * and then is delivered, dead, or withdrawn by a rule. All of it inside the
 * open transaction but the reads. */
#pragma once

#include "services/notifier/notifier.h"

/* Changes named in one notice: what fits into a frame, with room to spare. */
#define NOTIFIER_NOTICE_CHANGES 40000u

/* At the end of the queue, waiting; returns its number. The row's spans must
 * not be borrowed from the store. */
uint64_t notifier_queue_add(struct notifier *n, struct notifier_sub *s,
                            const struct notifier_row *row);

/* Borrowed until the next write. False: there is none, or it is damaged. */
bool notifier_queue_get(struct notifier *n, uint64_t serial, uint64_t number,
                        struct notifier_row *ret);

/* A waiting one, or a dead letter, ends so. */
void notifier_queue_end(struct notifier *n, struct notifier_sub *s,
                        uint64_t number, struct notifier_row row,
                        notifier_state state, notifier_rule rule,
                        int64_t now_ms);

/* Everything waiting and every dead letter is withdrawn by this rule. */
void notifier_queue_clear(struct notifier *n, struct notifier_sub *s,
                          notifier_rule rule, int64_t now_ms);

/* No number below it waits, or will: a queue that nobody pulls is walked from
 * here, however many of its notices have ended. */
uint64_t notifier_queue_first(const struct notifier_sub *s);

/* All below `done` that waits is delivered. */
void notifier_queue_done(struct notifier *n, struct notifier_sub *s,
                         uint64_t done);

/* Gives up on up to *budget of those due; counts it down. */
void notifier_queue_expire(struct notifier *n, struct notifier_sub *s,
                           int64_t now_ms, uint32_t *budget);

/* How long it has waited by now is not known: what waits does so from now. */
void notifier_queues_anew(struct notifier *n, int64_t now_ms);

/* A dead letter goes to the end of its queue, with its id. */
void notifier_queue_revive(struct notifier *n, struct notifier_sub *s,
                           uint64_t number, struct notifier_row row,
                           int64_t now_ms);

/* The counts made anew from the rows from a number on, so many that a loop may
 * do it in a turn; others of *ret are left. Where to go on, 0: that was all. */
#define NOTIFIER_RECOUNT_ROWS 100000u
uint64_t notifier_queue_recount(struct notifier *n,
                                const struct notifier_sub *s, uint64_t from,
                                struct notifier_counts *ret);

/* Above merge_above waiting: the oldest that nobody was given yet become one
 * notice, and end as merged. */
void notifier_merge(struct notifier *n, struct notifier_sub *s, int64_t now_ms);

/* The rows of a queue from a number on; close it. */
struct notifier_walk {
    struct mv_scan scan;
    uint8_t prefix[8];
};
void notifier_walk_open(struct notifier_walk *w, struct notifier *n,
                        uint64_t serial, uint64_t from);
bool notifier_walk_next(struct notifier_walk *w, uint64_t *number,
                        struct notifier_row *row);
void notifier_walk_close(struct notifier_walk *w);

/* A key of two numbers. */
struct mv_span notifier_pair(uint8_t bytes[16], uint64_t a, uint64_t b);
