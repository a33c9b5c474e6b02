/* match - which subscriptions a change concerns: a set of slots for each name
 * that any of them lists, and for those that list none. A change costs three
 * look-ups and a few words per 64 subscriptions, however many filters. */
#pragma once

#include "services/notifier/subscription.h"

#define NOTIFIER_WORDS ((NOTIFIER_SUBSCRIPTIONS_MAX + 63u) / 64u)

struct notifier_match;

struct notifier_match *notifier_match_open(void);
void notifier_match_close(struct notifier_match *m); /* takes NULL */

/* Its slot must be free, below NOTIFIER_SUBSCRIPTIONS_MAX. */
void notifier_match_add(struct notifier_match *m, const struct notifier_sub *s);
void notifier_match_remove(struct notifier_match *m,
                           const struct notifier_sub *s);

/* Sets *words, one bit per slot; transitions are the caller's to look at. A
 * region may be absent. False: nobody. */
bool notifier_match_find(const struct notifier_match *m, struct mv_span region,
                         struct mv_span unit, struct mv_span target,
                         uint64_t words[NOTIFIER_WORDS]);
