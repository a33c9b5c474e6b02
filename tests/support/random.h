/* random - repeatable random numbers for property tests (SplitMix64). */
#pragma once

#include <stdint.h>

struct test_random {
    uint64_t state;
};

/* The seed is MV_SEED from the environment, else new; printed either way. */
struct test_random test_random_start(const char *name);
uint64_t test_random_u64(struct test_random *r);
/* 0 <= result < n */
uint64_t test_random_below(struct test_random *r, uint64_t n);
/* Of a random number of bits up to `bits`: small ones are as likely. */
uint64_t test_random_sized(struct test_random *r, int bits);
