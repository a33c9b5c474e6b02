/* place - see place.h. Job: refuse a directory in which a store would lose
 * data, be read by others or be written twice. Invariant: while a place is
 * open no other open of it succeeds, in this process or another. A crash in
 * the middle leaves owner.lock with an old pid; the kernel has dropped the
 * lock itself. */
#include "services/base/store/place.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Not in <linux/magic.h> of every kernel that we build on. */
#define CIFS_MAGIC 0xff534d42UL
#define SMB2_MAGIC 0xfe534d42UL
#define CEPH_MAGIC 0x00c36400UL

static const struct {
    unsigned long type;
    const char *name;
    bool never;
} kinds[] = {
    {NFS_SUPER_MAGIC, "nfs", true}, {SMB_SUPER_MAGIC, "smb", true},
    {CIFS_MAGIC, "cifs", true},     {SMB2_MAGIC, "smb2", true},
    {V9FS_MAGIC, "9p", true},       {0x65735546UL, "fuse", true},
    {AFS_SUPER_MAGIC, "afs", true}, {CODA_SUPER_MAGIC, "coda", true},
    {CEPH_MAGIC, "ceph", true},     {OVERLAYFS_SUPER_MAGIC, "overlay", false},
    {TMPFS_MAGIC, "tmpfs", false},  {RAMFS_MAGIC, "ramfs", false},
};

mv_rc store_place_filesystem(unsigned long type, bool any_filesystem,
                             char *text, size_t text_bytes, struct mv_err *err)
{
    text[0] = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if ((type & 0xffffffffUL) != (unsigned long)kinds[i].type)
            continue;
        if (kinds[i].never) {
            return mv_fail(err, MV_CONFIG,
                           "is on %s: a store needs a local file system",
                           kinds[i].name);
        }
        if (!any_filesystem) {
            return mv_fail(err, MV_CONFIG,
                           "is on %s, which may not outlive a power cut; "
                           "any_filesystem = yes allows it",
                           kinds[i].name);
        }
        (void)snprintf(text, text_bytes,
                       "the store is on %s: nothing in it is sure to outlive "
                       "a power cut",
                       kinds[i].name);
    }
    return MV_OK;
}

static mv_rc place_fit(int fd, struct mv_err *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return mv_fail(err, MV_CONFIG, "%s", strerror(errno));
    if (st.st_uid != geteuid())
        return mv_fail(err, MV_CONFIG, "is owned by uid %u, not by uid %u",
                       (unsigned)st.st_uid, (unsigned)geteuid());
    if ((st.st_mode & 077) != 0) {
        return mv_fail(err, MV_CONFIG,
                       "has mode %04o: others may enter; it must be 0700",
                       (unsigned)st.st_mode & 07777);
    }
    if ((st.st_mode & 0700) != 0700) {
        return mv_fail(err, MV_CONFIG,
                       "has mode %04o: it must be 0700 to be written",
                       (unsigned)st.st_mode & 07777);
    }
    if (faccessat(fd, ".", W_OK | X_OK, AT_EACCESS) != 0)
        return mv_fail(err, MV_CONFIG, "cannot be written: %s",
                       strerror(errno));
    return MV_OK;
}

static mv_rc place_in_use(int lock_fd, struct mv_err *err)
{
    char pid[24] = "";
    ssize_t n = pread(lock_fd, pid, sizeof pid - 1, 0);
    if (n <= 0)
        return mv_fail(err, MV_CONFIG, "is in use by another process");
    pid[strspn(pid, "0123456789")] = 0;
    return mv_fail(err, MV_CONFIG, "is in use by pid %s", pid);
}

static mv_rc place_lock(struct store_place *p, struct mv_err *err)
{
    p->lock_fd = openat(p->dir_fd, "owner.lock",
                        O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (p->lock_fd < 0)
        return mv_fail(err, MV_CONFIG, "owner.lock: %s", strerror(errno));
    const int fds[] = {p->dir_fd, p->lock_fd};
    for (size_t i = 0; i < 2; i++) {
        if (flock(fds[i], LOCK_EX | LOCK_NB) == 0)
            continue;
        if (errno == EWOULDBLOCK)
            return place_in_use(p->lock_fd, err);
        return mv_fail(err, MV_CONFIG, "owner.lock: %s", strerror(errno));
    }
    char pid[24];
    int n = snprintf(pid, sizeof pid, "%d\n", (int)getpid());
    /* the pid is for people: on a full disk the lock alone must do */
    if (ftruncate(p->lock_fd, 0) == 0 &&
        pwrite(p->lock_fd, pid, (size_t)n, 0) != n)
        (void)!ftruncate(p->lock_fd, 0);
    return MV_OK;
}

mv_rc store_place_open(struct store_place *p, const char *dir,
                       bool any_filesystem, struct mv_err *err)
{
    mv_rc rc = MV_OK;
    *p = (struct store_place){.dir_fd = -1, .lock_fd = -1};
    p->dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (p->dir_fd < 0) {
        rc = mv_fail(err, MV_CONFIG, "%s", strerror(errno));
        goto out;
    }
    MV_TRY(place_fit(p->dir_fd, err));
    struct statfs fs;
    if (fstatfs(p->dir_fd, &fs) != 0) {
        rc = mv_fail(err, MV_CONFIG, "statfs: %s", strerror(errno));
        goto out;
    }
    MV_TRY(store_place_filesystem((unsigned long)fs.f_type, any_filesystem,
                                  p->warning, sizeof p->warning, err));
    MV_TRY(place_lock(p, err));
    return MV_OK;
out:
    store_place_close(p);
    return mv_wrap(err, rc, "directory '%s'", dir);
}

void store_place_close(struct store_place *p)
{
    if (p->lock_fd >= 0)
        (void)close(p->lock_fd);
    if (p->dir_fd >= 0)
        (void)close(p->dir_fd);
    p->dir_fd = p->lock_fd = -1;
}
