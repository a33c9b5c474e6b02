/* preload_clock - LD_PRELOAD between a service and the clock. Job: days pass
 * when a test says so. MV_CLOCK_FILE names a file of 8 bytes, a native int64:
 * milliseconds added to the wall clock and to the boot clock alike, read anew
 * at every call. MV_CLOCK_JUMPS=1: to the wall clock alone, as when somebody
 * sets it. Invariant: the monotonic clock is left alone, so no time-out
 * of a socket fires early. */
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_MS INT64_C(1000000)
#define NS_PER_S  INT64_C(1000000000)

static const volatile int64_t *added_ms;
static bool jumps;

/* Before main, and so before any thread. */
__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("MV_CLOCK_FILE");
    int fd = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    jumps = getenv("MV_CLOCK_JUMPS") != NULL;
    if (fd < 0)
        return;
    void *at = mmap(NULL, sizeof *added_ms, PROT_READ, MAP_SHARED, fd, 0);
    (void)close(fd);
    if (at != MAP_FAILED)
        added_ms = at;
}

int clock_gettime(clockid_t id, struct timespec *ret)
{
    int rc = (int)syscall(SYS_clock_gettime, id, ret);
    bool shifted = id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE ||
                   (id == CLOCK_BOOTTIME && !jumps);
    if (rc != 0 || !shifted || added_ms == NULL)
        return rc;
    int64_t ns = ret->tv_sec * NS_PER_S + ret->tv_nsec + *added_ms * NS_PER_MS;
    ret->tv_sec = ns / NS_PER_S;
    ret->tv_nsec = ns % NS_PER_S;
    return 0;
}
