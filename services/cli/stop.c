/* stop - see stop.h. Job: the signal flag. Invariant: the handler does nothing
 * but set it. Nothing outlives the process. */
#include "services/cli/stop.h"

#include <signal.h>
#include <stddef.h>
#include <time.h>

#include "services/base/clock.h"

static volatile sig_atomic_t asked;

static void on_signal(int number)
{
    (void)number;
    asked = 1;
}

void cli_stop_watch(void)
{
    struct sigaction act = {.sa_handler = on_signal,
                            .sa_flags = (int)SA_RESETHAND};
    (void)sigemptyset(&act.sa_mask);
    (void)sigaction(SIGINT, &act, NULL);
    (void)sigaction(SIGTERM, &act, NULL);
}

bool cli_stop_asked(void)
{
    return asked != 0;
}

void cli_nap(int64_t ms)
{
    const struct timespec nap = {.tv_sec = (time_t)(ms / 1000),
                                 .tv_nsec = (long)(ms % 1000) * 1000000};
    (void)nanosleep(&nap, NULL);
}

int64_t cli_mono_ms(void)
{
    struct mv_clock now = {0};
    mv_clock_read(&now);
    return now.mono_ms;
}
