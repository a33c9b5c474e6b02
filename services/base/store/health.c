/* health - the calls of store.h that the loop and main make beside the
 * transactions. Job: tell of space before it is gone; end cleanly when a page
 * of the map can no longer be read. Invariant: nothing here takes the write
 * lock. A crash leaves nothing: nothing is written. */
#include <signal.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "services/base/store/inner.h"

#define READER_CHECK_MS 30000

void mv_store_space(struct mv_store *s, struct mv_space *ret)
{
    *ret = (struct mv_space){.used_bytes = s->used_bytes,
                             .quota_bytes = s->quota_bytes};
    ret->percent = (unsigned)(s->used_bytes / (s->quota_bytes / 100));
    struct statvfs fs;
    if (fstatvfs(s->place.dir_fd, &fs) != 0)
        return;
    ret->free_bytes = (uint64_t)fs.f_bavail * fs.f_frsize;
    ret->read_only = (fs.f_flag & ST_RDONLY) != 0;
    ret->out_of_inodes = fs.f_files > 0 && fs.f_favail == 0;
}

void mv_store_tick(struct mv_store *s, int64_t now_ms)
{
    if (now_ms < s->next_reader_check_ms)
        return;
    s->next_reader_check_ms = now_ms + READER_CHECK_MS;
    int dead = 0;
    /* its failure means only that a slot stays taken until the next time */
    (void)mdb_reader_check(s->env, &dead);
}

static void on_sigbus(int number)
{
    (void)number;
    static const char line[] =
        "fatal store.sigbus a page of the store cannot be read\n";
    (void)!write(STDERR_FILENO, line, sizeof line - 1);
    _exit(74);
}

void mv_store_signals(void)
{
    struct sigaction bus = {.sa_handler = on_sigbus};
    struct sigaction none = {.sa_handler = SIG_IGN};
    (void)sigemptyset(&bus.sa_mask);
    MV_ASSERT(sigaction(SIGBUS, &bus, NULL) == 0);
    MV_ASSERT(sigaction(SIGXFSZ, &none, NULL) == 0);
}
