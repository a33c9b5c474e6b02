/* channel - the ways a notice can go. A channel that is pulled has nothing to
 * send: its queue is read through notifier_source. One that sends gets its
 * attempts from the queue and hands results back to the loop; it never opens
 * the store. A further channel is a row here and a file of its own. */
#pragma once

#include <stdbool.h>

#include "services/base/buf.h"

struct notifier_channel {
    const char *name;
    bool pulled; /* by its owner's key, over ZeroMQ */
};

/* NULL: there is no such channel. */
const struct notifier_channel *notifier_channel_find(struct mv_span name);
