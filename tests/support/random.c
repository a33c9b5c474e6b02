/* random - see random.h. Job: the same numbers again for the same seed.
 * Invariant: nothing but the seed decides. No state beyond the struct. */
#include "tests/support/random.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

struct test_random test_random_start(const char *name)
{
    const char *given = getenv("MV_SEED");
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    uint64_t seed = given != NULL
                        ? strtoull(given, NULL, 10)
                        : (uint64_t)now.tv_nsec * 1000003u +
                              (uint64_t)now.tv_sec + (uint64_t)getpid();
    printf("# %s: again with MV_SEED=%" PRIu64 "\n", name, seed);
    (void)fflush(stdout);
    return (struct test_random){seed};
}

uint64_t test_random_u64(struct test_random *r)
{
    uint64_t z = r->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

uint64_t test_random_below(struct test_random *r, uint64_t n)
{
    return test_random_u64(r) % n;
}

uint64_t test_random_sized(struct test_random *r, int bits)
{
    uint64_t size = test_random_below(r, (uint64_t)bits + 1);
    return size == 0 ? 0 : test_random_u64(r) >> (64 - size);
}
