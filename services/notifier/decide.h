/* decide - what a change is to whoever is told: which transitions, and who
 * got the red that it ends. Inside the open transaction. */
#pragma once

#include "proto/msg.h"
#include "services/notifier/notifier.h"

enum notifier_colour {
    NOTIFIER_NO_COLOUR = 0,
    NOTIFIER_GREEN,
    NOTIFIER_YELLOW,
    NOTIFIER_RED
};
uint8_t notifier_colour_of(struct mv_span word);
const char *notifier_colour_word(uint8_t colour);

/* One group to be told, begun and filled; n->now_ms is its time. group is the
 * seq in the changes log, chain its first record's. */
void notifier_begin(struct notifier *n, uint64_t group,
                    const uint8_t chain[MV_HASH_BYTES]);
/* A change, as bytes and decoded; cause: of its group, raw. at_once: its
 * subscriptions are told by notifier_tell_now, without reading it again. */
void notifier_take(struct notifier *n, struct mv_span bytes,
                   const struct mv_msg_change *change, struct mv_span cause,
                   bool at_once);

/* Its target, or its commission. */
struct mv_span notifier_subject(const struct mv_msg_change *change);

/* The key of seen and fresh rows. */
struct mv_span notifier_seen_key(const struct mv_msg_change *change,
                                 struct mv_buf *out);

/* Names that any change ever carried. */
void notifier_learn(struct notifier *n, const struct mv_msg_change *change);
void notifier_forget_names(struct notifier *n); /* of memory alone */
bool notifier_knows(struct notifier *n, notifier_kind kind,
                    struct mv_span name);

/* A row of told_changes: transitions, and then the change; at index 0 the
 * group's seq and cause. */
struct notifier_told {
    unsigned bits;
    uint64_t red_ordinal;
    struct mv_span change;
};
bool notifier_told_get(struct mv_span bytes, struct notifier_told *ret);
bool notifier_head_get(struct mv_span bytes, uint64_t *group,
                       struct mv_span *cause);
struct mv_span notifier_told_key(uint8_t bytes[12], uint64_t ordinal,
                                 uint32_t index);

/* While a log is begun anew (restart.c). True: the group's changes are
 * collected, not told. */
bool notifier_replays(const struct notifier *n, uint64_t cause_seq);
void notifier_collect(struct notifier *n, uint64_t seq,
                      const struct notifier_change *change);
/* All of it was collected: what differs from what was told before is one
 * group. It is begun; a bounded part of it is compared with each further step,
 * in as many transactions; then it is told, step by step (tell.h), and
 * marks.settling is over. */
void notifier_caught_up(struct notifier *n);
/* A record that came when all was collected, or while the group before it was
 * open yet: it waits till that is told. */
void notifier_keep(struct notifier *n, const struct mv_record *record);

/* In group.c: what was kept, as if it came now. */
void notifier_go_on(struct notifier *n, const struct mv_record *record);
