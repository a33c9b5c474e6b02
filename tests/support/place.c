/* place - see place.h. Job: scratch directories. Invariant: removes only what
 * mkdtemp gave. A crash leaves the directory behind for a look. */
#include "tests/support/place.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "services/base/err.h"

char *mv_test_dir(bool fast)
{
    const char *base = getenv("TMPDIR");
    if (base == NULL)
        base = fast && access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    struct mv_buf b = {0};
    mv_buf_printf(&b, "%s/mv-test-XXXXXX", base);
    char *dir = mv_xstrdup(mv_buf_cstr(&b));
    mv_buf_done(&b);
    MV_ASSERT(mkdtemp(dir) != NULL);
    return dir;
}

void mv_test_dir_done(char *dir)
{
    DIR *d = opendir(dir);
    struct dirent *e;
    while (d != NULL && (e = readdir(d)) != NULL) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        if (unlinkat(dirfd(d), e->d_name, 0) != 0) {
            struct mv_buf b = {0};
            mv_buf_printf(&b, "%s/%s", dir, e->d_name);
            mv_test_dir_done(mv_xstrdup(mv_buf_cstr(&b)));
            mv_buf_done(&b);
        }
    }
    if (d != NULL)
        (void)closedir(d);
    (void)rmdir(dir);
    free(dir);
}

static int file_open(const char *dir, const char *name, int flags)
{
    struct mv_buf b = {0};
    mv_buf_printf(&b, "%s/%s", dir, name);
    int fd = open(mv_buf_cstr(&b), flags | O_CLOEXEC, 0600);
    mv_buf_done(&b);
    MV_ASSERT(fd >= 0);
    return fd;
}

void mv_test_read(const char *dir, const char *name, struct mv_buf *ret)
{
    int fd = file_open(dir, name, O_RDONLY);
    struct stat st;
    MV_ASSERT(fstat(fd, &st) == 0);
    mv_buf_clear(ret);
    mv_buf_room(ret, (size_t)st.st_size + 1);
    MV_ASSERT(read(fd, ret->at, (size_t)st.st_size) == st.st_size);
    ret->len = (size_t)st.st_size;
    (void)close(fd);
}

void mv_test_write(const char *dir, const char *name, const void *at,
                   size_t len)
{
    int fd = file_open(dir, name, O_WRONLY | O_CREAT | O_TRUNC);
    MV_ASSERT(len == 0 || write(fd, at, len) == (ssize_t)len);
    (void)close(fd);
}
