/* decide - what a change is to whoever is told: which transitions, and who
 * got the red that it ends. Inside the open transaction. */
#pragma once

#include "proto/msg.h"
#include "services/notifier/notifier.h"
#include "services/notifier/told.h"

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
