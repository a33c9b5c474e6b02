/* restart - while a changes log begins anew. In the open transaction. */
#pragma once

#include "services/notifier/notifier.h"

/* The changes log has begun anew: it is read from 1, and nothing is told
 * until it has come to the journal record that was the last one before. */
void notifier_restart(struct notifier *n);
/* True: the group's changes are collected, not told. */
bool notifier_replays(const struct notifier *n, uint64_t cause_seq);
void notifier_collect(struct notifier *n, uint64_t seq,
                      const struct notifier_change *change);
/* All of it was collected: what differs from what was told before is one
 * group. It is begun; a bounded part of it is compared with each further step,
 * in as many transactions; then it is told, step by step (tell.h), and
 * marks.settling is over. */
void notifier_caught_up(struct notifier *n);
/* Takes one step while the notifier is busy; results as of a tick. */
MV_CHECKED mv_rc notifier_step(struct notifier *n, struct mv_err *err);
/* A record that came when all was collected, or while the group before it was
 * open yet: it waits till that is told. */
void notifier_keep(struct notifier *n, const struct mv_record *record);
