/* points - see points.h. Job: a death where a test wants one. Invariant: not
 * in a build for use. A crash in the middle is the purpose. */
#include "services/stream/points.h"

#ifdef MV_TEST_POINTS
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void mv_point(const char *name)
{
    static long left = -1; /* the one place, counted down */
    const char *at = getenv("MV_CRASH_AT");
    size_t len = strlen(name);
    if (at == NULL || strncmp(at, name, len) != 0 || at[len] != ':')
        return;
    if (left < 0)
        left = strtol(at + len + 1, NULL, 10);
    if (--left == 0)
        (void)kill(getpid(), SIGKILL);
}
#else
typedef int mv_points_are_off; /* an empty file is not C */
#endif
