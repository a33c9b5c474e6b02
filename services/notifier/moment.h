/* moment - what time it is to the notifier: the wall clock's while that is
 * believed, else what the boot clock has added since it last was. No I/O: fed
 * with readings. */
#pragma once

#include "services/base/clock.h"

/* Zero-initialise, then start. */
struct notifier_moment {
    struct mv_clock_trust trust;
    bool lost; /* not all that passed was counted; the caller's to clear */
};

/* known_ms: a time that was believed, 0: none is known. */
void notifier_moment_start(struct notifier_moment *m,
                           const struct mv_clock *now, int64_t known_ms);
/* Never before the last one, but where what was believed was wrong. */
int64_t notifier_moment_ms(struct notifier_moment *m,
                           const struct mv_clock *now);
/* True: as last looked at the clock is not believed. */
bool notifier_moment_doubts(const struct notifier_moment *m);
/* A record came that ingest took then, by a clock that it believed: what
 * agrees with it is believed here. */
void notifier_moment_heard(struct notifier_moment *m,
                           const struct mv_clock *now, int64_t received_ms);
