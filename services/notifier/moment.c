/* moment - see moment.h. Job: no notice is stamped, and none given up on, by a
 * clock that jumped. Invariant: while the clock is in doubt the time is not
 * after the true one, if what was believed before was true. In memory only: a
 * start has the time that was kept. */
#include "services/notifier/moment.h"

void notifier_moment_start(struct notifier_moment *m,
                           const struct mv_clock *now, int64_t known_ms)
{
    m->lost =
        mv_clock_trust_start(&m->trust, now, known_ms) != MV_CLOCK_TRUSTED;
}

int64_t notifier_moment_ms(struct notifier_moment *m,
                           const struct mv_clock *now)
{
    struct mv_clock_trust *t = &m->trust;
    if (mv_clock_trust_check(t, now) == MV_CLOCK_TRUSTED)
        return mv_clock_trust_stamp(t, now);
    if (t->anchored) {
        int64_t ms = t->anchor_wall_ms + (now->boot_ms - t->anchor_boot_ms);
        if (ms > t->last_stamp_ms)
            t->last_stamp_ms = ms;
    }
    return t->last_stamp_ms;
}

bool notifier_moment_doubts(const struct notifier_moment *m)
{
    return m->trust.doubt != MV_CLOCK_TRUSTED;
}

void notifier_moment_heard(struct notifier_moment *m,
                           const struct mv_clock *now, int64_t received_ms)
{
    if (!notifier_moment_doubts(m) ||
        received_ms < now->wall_ms - MV_CLOCK_AGREE_MS ||
        received_ms > now->wall_ms + MV_CLOCK_AGREE_MS)
        return;
    notifier_moment_start(
        m, now, received_ms < now->wall_ms ? received_ms : now->wall_ms);
    m->lost = true;
}
