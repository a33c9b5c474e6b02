/* failing - the k-th call of a library fails. A test program that includes
 * this and defines functions with FAILING stands between the code under test
 * and the library: shared libraries, so ours is found first. Armed, the calls
 * of that thread are counted, and call k (from 0) fails; all others go
 * through. One .c of a program only. */
#pragma once

#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

static _Thread_local struct {
    long left; /* calls before the one that fails; below 0: none */
    int error;
    const char *fired; /* the call that failed */
} failing = {.left = -1};

/* From now on call k fails, with this errno or result of LMDB. */
static inline void failing_arm(long k, int error)
{
    failing.fired = NULL;
    failing.error = error;
    failing.left = k;
}

/* The name of the call that failed, or NULL: there were not as many. */
static inline const char *failing_end(void)
{
    failing.left = -1;
    return failing.fired;
}

static inline bool failing_now(const char *name)
{
    if (failing.left < 0 || failing.left-- > 0)
        return false;
    failing.fired = name;
    errno = failing.error;
    return true;
}

static inline void failing_real(void *real, size_t bytes, const char *name)
{
    void *at = dlsym(RTLD_NEXT, name);
    memcpy(real, &at, bytes);
}

/* FAILING(int, close, (int fd), (fd), -1): what it returns when it fails */
#define FAILING(type, name, params, args, failed)    \
    type name params                                 \
    {                                                \
        static type(*real) params;                   \
        if (failing_now(#name))                      \
            return failed;                           \
        if (real == NULL)                            \
            failing_real(&real, sizeof real, #name); \
        return real args;                            \
    }
