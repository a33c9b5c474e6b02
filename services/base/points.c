/* points - see points.h. Job: a death, or an error, where a test wants one.
 * Invariant: not in a build for use. A crash in the middle is the purpose. */
#include "services/base/points.h"

#ifdef MV_TEST_POINTS
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The number after the name, 0 if another place is meant. */
static uint64_t crash_number(const char *name)
{
    const char *at = getenv("MV_CRASH_AT");
    size_t len = strlen(name);
    if (at == NULL || strncmp(at, name, len) != 0 || at[len] != ':')
        return 0;
    return strtoull(at + len + 1, NULL, 10);
}

void mv_point(const char *name)
{
    static uint64_t passed; /* one place is meant, so one count */
    uint64_t number = crash_number(name);
    if (number != 0 && ++passed == number)
        (void)kill(getpid(), SIGKILL);
}

void mv_point_at(const char *name, uint64_t number)
{
    if (number != 0 && crash_number(name) == number)
        (void)kill(getpid(), SIGKILL);
}

bool mv_broken(const char *name)
{
    const char *how = getenv("MV_BROKEN");
    return how != NULL && strcmp(how, name) == 0;
}
#else
typedef int mv_points_are_off; /* an empty file is not C */
#endif
