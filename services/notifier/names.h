/* names - those that any change ever carried: what else would a filter be for?
 * A row each; most are carried again and again, so memory numbers them. */
#pragma once

#include "proto/msg.h"
#include "services/judging/interner.h"
#include "services/notifier/subscription.h"

struct notifier;

/* Those of the first numbers, up to known, are in the table of names. */
struct notifier_names {
    struct mv_interner *numbers;
    uint32_t known;
};

/* In the open transaction. */
void notifier_learn(struct notifier *n, const struct mv_msg_change *change);
bool notifier_knows(struct notifier *n, notifier_kind kind,
                    struct mv_span name);
void notifier_names_forget(struct notifier *n); /* of memory alone */
