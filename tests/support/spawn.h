/* spawn - the test program once more as its own child, under preload_io. */
#pragma once

#include <stddef.h>

enum {
    MV_IO_WRITE = 1,
    MV_IO_WRITE_THROUGH,
    MV_IO_BARRIER,
    MV_IO_MARK,
    MV_IO_SENT, /* the last frame of a message, as given to libzmq */
};

/* Of a recording; len bytes follow. */
struct mv_io_event {
    unsigned long long kind, off, len, mark;
};

/* In the child; without preload_io they are NULL. */
void mv_io_mark(unsigned long long mark) __attribute__((weak));
long mv_io_fired(void) __attribute__((weak));

/* Runs this program with argv[1] = role, argv[2] = dir and "NAME=value"
 * settings; waits; returns the wait status. */
int mv_spawn(const char *role, const char *dir, const char *const *settings,
             size_t count);
