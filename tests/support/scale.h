/* scale - how much of a long test to run. MV_SCALE=soak runs the whole,
 * anything else the share that fits a build (`ci`). */
#pragma once

#include <stdlib.h>
#include <string.h>

static inline unsigned mv_scale(unsigned ci, unsigned soak)
{
    const char *s = getenv("MV_SCALE");
    return s != NULL && strcmp(s, "soak") == 0 ? soak : ci;
}

/* The seed of a random test: MV_SEED repeats one, else the default. */
static inline unsigned long long mv_seed(unsigned long long otherwise)
{
    const char *s = getenv("MV_SEED");
    return s != NULL ? strtoull(s, NULL, 0) : otherwise;
}

/* splitmix64: small, and the same on every machine. */
static inline unsigned long long mv_random(unsigned long long *state)
{
    unsigned long long z = *state += 0x9e3779b97f4a7c15ull;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ z >> 27) * 0x94d049bb133111ebull;
    return z ^ z >> 31;
}
