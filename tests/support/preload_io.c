/* preload_io - LD_PRELOAD between LMDB and the kernel. Job: record every write
 * and barrier on a data.mdb, or fail the k-th of them. Invariant: what is not
 * on a data.mdb passes untouched. By environment:
 *   MV_IO_RECORD=FILE     append struct mv_io_event, then its bytes; what is
 *                         given to libzmq to send too
 *   MV_IO_NO_META=1       take O_DSYNC away, as MDB_NOMETASYNC does
 *   MV_IO_NO_SYNC=1       fdatasync and fsync do nothing
 *   MV_IO_FAIL=K          fail call K (from 0) of
 *   MV_IO_ON=write|sync   writes; or fdatasync, fsync and O_DSYNC writes
 *   MV_IO_ERROR=N         with errno N; 0: a short write
 *   MV_IO_STICKY=1        and every one after it
 *   MV_IO_KILL=K          end the process instead of call K (from 0), writes
 *                         and barriers counted together */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tests/support/spawn.h"

#define FDS 256

static struct {
    bool ready, on_sync, sticky, no_meta, no_sync;
    int record, error;
    long fail, count, fired, kill, calls;
    unsigned char kind[FDS]; /* 0 no matter, 1 data.mdb, 2 with O_DSYNC */
} io;

/* The real calls: by number, so that no other interposer is asked. */
static ssize_t real_pwrite(int fd, const void *at, size_t len, off_t off)
{
    return syscall(SYS_pwrite64, fd, at, len, off);
}

static void start(void)
{
    if (io.ready)
        return;
    const char *record = getenv("MV_IO_RECORD"), *on = getenv("MV_IO_ON");
    const char *fail = getenv("MV_IO_FAIL"), *error = getenv("MV_IO_ERROR");
    io.ready = true;
    io.record = -1;
    if (record != NULL)
        io.record = (int)syscall(SYS_openat, AT_FDCWD, record,
                                 O_WRONLY | O_CREAT | O_APPEND, 0600);
    const char *die = getenv("MV_IO_KILL");
    io.kill = die != NULL ? strtol(die, NULL, 10) : -1;
    io.fail = fail != NULL ? strtol(fail, NULL, 10) : -1;
    io.error = error != NULL ? (int)strtol(error, NULL, 10) : EIO;
    io.on_sync = on != NULL && strcmp(on, "sync") == 0;
    io.sticky = getenv("MV_IO_STICKY") != NULL;
    io.no_meta = getenv("MV_IO_NO_META") != NULL;
    io.no_sync = getenv("MV_IO_NO_SYNC") != NULL;
}

static void event(unsigned kind, off_t off, const void *at, size_t len,
                  unsigned long long mark)
{
    if (io.record < 0)
        return;
    struct mv_io_event e = {kind, (unsigned long long)off, len, mark};
    struct iovec v[] = {{&e, sizeof e}, {(void *)(unsigned long)at, len}};
    if (syscall(SYS_writev, io.record, v, len > 0 ? 2 : 1) < 0)
        abort();
}

void mv_io_mark(unsigned long long mark)
{
    start();
    event(MV_IO_MARK, 0, NULL, 0, mark);
}

long mv_io_fired(void)
{
    return io.fired;
}

static int kind_of(int fd)
{
    start();
    return fd >= 0 && fd < FDS ? io.kind[fd] : 0;
}

static void call(void)
{
    if (io.calls++ == io.kill)
        (void)kill(getpid(), SIGKILL);
}

/* Is it this call's turn to fail? */
static bool fails(bool sync)
{
    if (io.fail < 0 || sync != io.on_sync)
        return false;
    long n = io.count++;
    bool now = io.sticky ? n >= io.fail : n == io.fail;
    io.fired += now;
    return now;
}

static int opened(int fd, const char *path, int flags)
{
    size_t n = strlen(path);
    if (fd >= 0 && fd < FDS)
        io.kind[fd] = 0;
    if (fd >= 0 && fd < FDS && n >= 8 && strcmp(path + n - 8, "data.mdb") == 0)
        io.kind[fd] = flags & O_DSYNC && !io.no_meta ? 2 : 1;
    return fd;
}

int open(const char *path, int flags, ...)
{
    va_list ap;
    va_start(ap, flags);
    int mode = flags & O_CREAT ? va_arg(ap, int) : 0;
    va_end(ap);
    start();
    int real = io.no_meta ? flags & ~O_DSYNC : flags;
    return opened((int)syscall(SYS_openat, AT_FDCWD, path, real, mode), path,
                  flags);
}

int close(int fd)
{
    if (fd >= 0 && fd < FDS)
        io.kind[fd] = 0;
    return (int)syscall(SYS_close, fd);
}

static ssize_t wrote(int fd, const void *at, size_t len, off_t off)
{
    call();
    bool dsync = io.kind[fd] == 2;
    bool short_write = false, fail = fails(false);
    if (fail && io.error == 0) {
        short_write = true;
        len /= 2;
    } else if (fail) {
        errno = io.error;
        return -1;
    }
    ssize_t n = real_pwrite(fd, at, len, off);
    if (n > 0)
        event(dsync && !short_write ? MV_IO_WRITE_THROUGH : MV_IO_WRITE, off,
              at, (size_t)n, 0);
    /* the page cache has it; whether the disk does is not known */
    if (dsync && fails(true)) {
        errno = io.error;
        return -1;
    }
    return n;
}

ssize_t pwrite(int fd, const void *at, size_t len, off_t off)
{
    if (kind_of(fd) == 0)
        return real_pwrite(fd, at, len, off);
    return wrote(fd, at, len, off);
}

ssize_t write(int fd, const void *at, size_t len)
{
    if (kind_of(fd) == 0)
        return syscall(SYS_write, fd, at, len);
    off_t off = syscall(SYS_lseek, fd, 0, SEEK_CUR);
    ssize_t n = wrote(fd, at, len, off);
    if (n > 0)
        (void)syscall(SYS_lseek, fd, off + n, SEEK_SET);
    return n;
}

ssize_t writev(int fd, const struct iovec *v, int count)
{
    if (kind_of(fd) == 0)
        return syscall(SYS_writev, fd, v, count);
    size_t len = 0;
    for (int i = 0; i < count; i++)
        len += v[i].iov_len;
    unsigned char *all = malloc(len + 1);
    if (all == NULL)
        abort();
    len = 0;
    for (int i = 0; i < count; i++) {
        memcpy(all + len, v[i].iov_base, v[i].iov_len);
        len += v[i].iov_len;
    }
    ssize_t n = write(fd, all, len);
    free(all);
    return n;
}

static int synced(int fd, long number)
{
    int kind = kind_of(fd);
    if (kind != 0)
        call();
    if (kind != 0 && fails(true)) {
        errno = io.error;
        return -1;
    }
    if (kind != 0 && io.no_sync)
        return 0;
    if (kind == 0 || io.record < 0)
        return (int)syscall(number, fd);
    /* a recorded run needs the order, not this machine's disk */
    event(MV_IO_BARRIER, 0, NULL, 0, 0);
    return 0;
}

int fdatasync(int fd)
{
    return synced(fd, SYS_fdatasync);
}

int fsync(int fd)
{
    return synced(fd, SYS_fsync);
}

/* Not declared by <zmq.h> here: this helper needs nothing of the library. */
int zmq_send(void *socket, const void *at, size_t len, int flags);
int zmq_msg_send(void *message, void *socket, int flags);

enum { SNDMORE = 2 };

static void *real_of(const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    if (found == NULL)
        abort();
    return found;
}

int zmq_send(void *socket, const void *at, size_t len, int flags)
{
    int (*real)(void *, const void *, size_t, int) = NULL;
    void *found = real_of("zmq_send");
    memcpy(&real, &found, sizeof real);
    start();
    if ((flags & SNDMORE) == 0)
        event(MV_IO_SENT, 0, at, len, 0);
    return real(socket, at, len, flags);
}

int zmq_msg_send(void *message, void *socket, int flags)
{
    int (*real)(void *, void *, int) = NULL;
    void *(*data)(void *) = NULL;
    size_t (*size)(const void *) = NULL;
    void *found = real_of("zmq_msg_send");
    memcpy(&real, &found, sizeof real);
    found = real_of("zmq_msg_data");
    memcpy(&data, &found, sizeof data);
    found = real_of("zmq_msg_size");
    memcpy(&size, &found, sizeof size);
    start();
    if ((flags & SNDMORE) == 0)
        event(MV_IO_SENT, 0, data(message), size(message), 0);
    return real(message, socket, flags);
}

/* LMDB in default mode uses neither on its data; a use must be seen. */
int msync(void *at, size_t len, int flags)
{
    (void)at, (void)len, (void)flags;
    abort();
}

int ftruncate(int fd, off_t len)
{
    if (kind_of(fd) != 0)
        abort();
    return (int)syscall(SYS_ftruncate, fd, len);
}
