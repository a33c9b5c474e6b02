/* group - the changes of the record in hand, as bytes and decoded. */
#pragma once

#include "proto/cursor.h"
#include "proto/msg.h"
#include "services/stream/record.h"

struct notifier;

struct notifier_change {
    struct mv_span bytes; /* in the record */
    struct mv_msg_change says;
};

/* Zero-initialise, done. */
struct notifier_changes {
    struct notifier_change *at;
    uint32_t count, cap;
};

void notifier_changes_done(struct notifier_changes *);

/* The next change of a list. What decides whether anybody asks for it is read
 * and held to the rules; all of it if somebody in force does, whatever the
 * transitions. False: not good, the fault says why, and the record that it came
 * in is set aside. */
bool notifier_change_read(const struct notifier *n, struct mv_cursor *c,
                          struct notifier_change *ret, struct mv_fault *fault);
/* A record that was kept, as if it came now: what notifier_group says. */
MV_CHECKED mv_rc notifier_go_on(struct notifier *n,
                                const struct mv_record *record,
                                struct mv_err *err);
/* In the open transaction: record seq is listed with the fault. MV_POISON. */
mv_rc notifier_set_aside(struct notifier *n, uint64_t seq,
                         const struct mv_fault *fault, struct mv_err *err);

/* How far what is stored of a group was looked at (tell.c). In memory only. */
struct notifier_pass {
    uint32_t index; /* of the next row; 0: not begun */
    uint64_t upto;  /* no serial above it is in this pass */
    size_t bytes;   /* of runs, of all subscriptions */
};
