/* file - see file.h. Job: small files, whole. Invariant: what is checked is
 * the open descriptor, never the name again, and nothing blocks on a pipe. A
 * crash in the middle of a write leaves the old file or the new one, and
 * perhaps a "<path>.tmp" that the next write takes over. */
#include "services/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TMP_SUFFIX  ".tmp"
#define READ_BYTES  4096
#define OTHERS_MODE 077u

static mv_rc check_kind(const char *path, const struct stat *st, size_t max,
                        unsigned flags, struct mv_err *err)
{
    if (S_ISDIR(st->st_mode))
        return mv_fail(err, MV_CONFIG, "%s: is a directory", path);
    if (!S_ISREG(st->st_mode))
        return mv_fail(err, MV_CONFIG, "%s: is not a regular file", path);
    if (st->st_size < 0 || (uint64_t)st->st_size > max) {
        return mv_fail(err, MV_CONFIG, "%s: is larger than %zu bytes", path,
                       max);
    }
    if ((flags & MV_FILE_SECRET) == 0)
        return MV_OK;
    if ((st->st_mode & OTHERS_MODE) != 0) {
        return mv_fail(err, MV_CONFIG,
                       "%s: is a secret and has mode %04o: others may not "
                       "have any right to it (chmod 600)",
                       path, (unsigned)st->st_mode & 07777u);
    }
    if (st->st_uid != geteuid() && st->st_uid != 0)
        return mv_fail(err, MV_CONFIG, "%s: is a secret of another user", path);
    return MV_OK;
}

/* O_NONBLOCK: a pipe under that name must not hold us up. */
static mv_rc open_file(const char *path, unsigned flags, int *ret,
                       struct mv_err *err)
{
    bool no_link = (flags & (MV_FILE_NO_LINK | MV_FILE_SECRET)) != 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK |
                            (no_link ? O_NOFOLLOW : 0));
    if (fd >= 0) {
        *ret = fd;
        return MV_OK;
    }
    if (errno == ENOENT && (flags & MV_FILE_MAY_MISS) != 0)
        return mv_fail(err, MV_AGAIN, "%s: is not there", path);
    if (errno == ELOOP && no_link)
        return mv_fail(err, MV_CONFIG, "%s: is a symbolic link", path);
    return mv_fail(err, MV_CONFIG, "%s: %s", path, strerror(errno));
}

/* Up to max bytes, whatever the size was said to be. */
static mv_rc read_all(int fd, const char *path, size_t max, struct mv_buf *ret,
                      struct mv_err *err)
{
    for (;;) {
        mv_buf_room(ret, READ_BYTES);
        ssize_t n = read(fd, ret->at + ret->len, READ_BYTES);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return mv_fail(err, MV_CONFIG, "%s: %s", path, strerror(errno));
        if (n == 0)
            return MV_OK;
        ret->len += (size_t)n;
        if (ret->len > max) {
            return mv_fail(err, MV_CONFIG, "%s: is larger than %zu bytes", path,
                           max);
        }
    }
}

mv_rc mv_file_read(const char *path, size_t max, unsigned flags,
                   struct mv_buf *ret, struct mv_err *err)
{
    mv_rc rc = MV_OK;
    int fd = -1;
    struct stat st;
    mv_buf_clear(ret);
    MV_TRY(open_file(path, flags, &fd, err));
    if (fstat(fd, &st) != 0) {
        rc = mv_fail(err, MV_CONFIG, "%s: %s", path, strerror(errno));
        goto out;
    }
    MV_TRY(check_kind(path, &st, max, flags, err));
    /* room for all at once, so that no copy of a secret is left behind */
    mv_buf_room(ret, (size_t)st.st_size + 2 * READ_BYTES);
    MV_TRY(read_all(fd, path, max, ret, err));
out:
    if (fd >= 0)
        (void)close(fd);
    if (rc != MV_OK)
        mv_buf_clear(ret);
    return rc;
}

/* What the errno of a write, sync or rename means for the caller. */
static mv_rc write_failed(const char *path, const char *what,
                          struct mv_err *err)
{
    bool full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
    return mv_fail(err, full ? MV_FULL : MV_FATAL, "%s: %s: %s", path, what,
                   strerror(errno));
}

static bool write_all(int fd, struct mv_span bytes)
{
    const char *at = bytes.at;
    for (size_t left = bytes.len; left > 0;) {
        ssize_t n = write(fd, at, left);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        at += n;
        left -= (size_t)n;
    }
    return true;
}

/* A new file, synced and closed. */
static mv_rc write_new(const char *path, struct mv_span bytes, unsigned mode,
                       struct mv_err *err)
{
    mv_rc rc = MV_OK;
    if (unlink(path) != 0 && errno != ENOENT)
        return write_failed(path, "remove", err);
    int fd =
        open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return write_failed(path, "create", err);
    if (fchmod(fd, (mode_t)mode) != 0 || !write_all(fd, bytes) ||
        fsync(fd) != 0)
        rc = write_failed(path, "write", err);
    if (close(fd) != 0 && rc == MV_OK)
        rc = write_failed(path, "close", err);
    return rc;
}

/* "a/b" -> "a", "b" -> ".", "/b" -> "/"; the caller frees it. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return mv_xstrdup(".");
    return mv_xstrndup(path, slash == path ? 1 : (size_t)(slash - path));
}

mv_rc mv_file_write(const char *path, struct mv_span bytes, unsigned mode,
                    struct mv_err *err)
{
    mv_rc rc = MV_OK;
    struct mv_buf tmp = {0};
    char *folder = folder_of(path);
    mv_buf_text(&tmp, path);
    mv_buf_text(&tmp, TMP_SUFFIX);
    const char *name = mv_buf_cstr(&tmp);
    MV_TRY(write_new(name, bytes, mode, err));
    if (rename(name, path) != 0) {
        rc = write_failed(path, "rename", err);
        goto out;
    }
    /* from here on the new file stands, so it is no longer MV_FULL */
    if (mv_dir_sync(folder, err) != MV_OK)
        rc = MV_FATAL;
out:
    if (rc == MV_FULL)
        (void)unlink(name);
    free(folder);
    mv_buf_done(&tmp);
    return rc;
}

mv_rc mv_dir_sync(const char *path, struct mv_err *err)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return mv_fail(err, MV_FATAL, "%s: %s", path, strerror(errno));
    mv_rc rc = MV_OK;
    if (fsync(fd) != 0)
        rc = mv_fail(err, MV_FATAL, "%s: sync: %s", path, strerror(errno));
    (void)close(fd);
    return rc;
}

mv_rc mv_dir_make(const char *path, struct mv_err *err)
{
    if (mkdir(path, 0700) != 0) {
        return errno == EEXIST ? MV_OK
                               : mv_fail(err, MV_CONFIG, "cannot make '%s': %s",
                                         path, strerror(errno));
    }
    size_t len = strlen(path);
    while (len > 1 && path[len - 1] == '/')
        len--;
    char *name = mv_xstrndup(path, len), *folder = folder_of(name);
    mv_rc rc = mv_dir_sync(folder, err);
    if (rc != MV_OK)
        (void)rmdir(path); /* the next try makes it anew */
    free(folder);
    free(name);
    return rc;
}
