/* leaping - the monotonic clock of one thread, and of no other, leaps: at each
 * look, as for a process that is seldom given the CPU, or when a test says so.
 * A test program that includes this stands between its code and the clock. One
 * .c of a program only. */
#pragma once

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

static struct {
    atomic_ulong thread; /* a pthread_t; 0: nobody's */
    atomic_llong each_ms, ms;
} leaping;

/* From now on, and until the next call; 0: nobody's clock leaps. */
static inline void leaping_of(unsigned long thread, int64_t each_ms)
{
    leaping.ms = 0;
    leaping.each_ms = each_ms;
    leaping.thread = thread;
}

int clock_gettime(clockid_t id, struct timespec *ret)
{
    static int (*real)(clockid_t, struct timespec *);
    if (real == NULL) {
        void *at = dlsym(RTLD_NEXT, "clock_gettime");
        memcpy(&real, &at, sizeof real);
    }
    int rc = real(id, ret);
    if (id == CLOCK_MONOTONIC &&
        leaping.thread == (unsigned long)pthread_self())
        ret->tv_sec += (leaping.ms += leaping.each_ms) / 1000;
    return rc;
}
