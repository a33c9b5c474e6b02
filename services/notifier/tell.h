/* tell - who is told of a group's changes. A group of one record is told with
 * it; what is stored first (the parts of a larger one, or what differs after
 * the log began anew) is told in bounded steps, each a transaction, while the
 * log's next records wait. */
#pragma once

#include "services/notifier/decide.h"

/* A change of the group in hand, its subscriptions known by their slots: they
 * are told when the group ends. Nothing is written before. */
void notifier_tell(struct notifier *n, const struct notifier_told *told,
                   const uint64_t words[NOTIFIER_WORDS], uint32_t index);
/* Makes the notices of all that notifier_tell was called for: the group is
 * over. */
void notifier_tell_now(struct notifier *n);

/* No more comes of the group: what is stored of it is told from now on, while
 * marks.telling. */
void notifier_tell_begin(struct notifier *n);
/* One step: some rows looked at, or some notices made. False: all are told,
 * and marks.telling is over. */
bool notifier_tell_step(struct notifier *n);
/* What was looked at for it is given up: it ends, or is for another pass. */
void notifier_tell_forget(struct notifier *n, struct notifier_sub *s);
