/* find - a subscription by its id, or by its serial, without looking at all
 * of them: every pull that waits is looked at after every commit. */
#pragma once

#include "services/base/slots.h"
#include "services/notifier/subscription.h"

struct notifier;

/* Zero-initialise; done. */
struct notifier_finder {
    struct mv_slots ids, serials;
};

/* It stands in its slot. */
void notifier_find_add(struct notifier *n, const struct notifier_sub *s);
/* Of what stands in the slots now: after one left its own. */
void notifier_find_anew(struct notifier *n);
void notifier_find_done(struct notifier_finder *f);

/* NULL: none in force has it. */
struct notifier_sub *notifier_find(struct notifier *n, struct mv_span id);
struct notifier_sub *notifier_find_serial(struct notifier *n, uint64_t serial);
