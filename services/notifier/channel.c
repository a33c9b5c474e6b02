/* channel - see channel.h. Job: the list of channels. Invariant: a name that
 * was ever accepted stays known, as definitions name it. Memory only: a crash
 * leaves nothing. */
#include "services/notifier/channel.h"

static const struct notifier_channel channels[] = {
    {"zeromq", true},
};

const struct notifier_channel *notifier_channel_find(struct mv_span name)
{
    for (size_t i = 0; i < sizeof channels / sizeof channels[0]; i++) {
        if (mv_span_is(name, channels[i].name))
            return &channels[i];
    }
    return NULL;
}
