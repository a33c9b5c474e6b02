/* health - the calls of store.h that the loop and main make beside the
 * transactions. Job: tell of space before it is gone; end cleanly when a page
 * of the map can no longer be read. Invariant: nothing here takes the write
 * lock. A crash leaves nothing: nothing is written. */
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "services/base/store/health.h"
#include "services/base/store/inner.h"

#define LET_GO_MS       2000
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

/* A line of /proc/self/maps begins "from-to ". */
static bool line_holds(const char *line, uintptr_t at, uintptr_t *from,
                       uintptr_t *to)
{
    char *end;
    *from = strtoul(line, &end, 16);
    if (*end != '-')
        return false;
    *to = strtoul(end + 1, &end, 16);
    return *end == ' ' && *from <= at && at < *to;
}

/* Where the file is mapped: LMDB does not tell, but what it reads lies there,
 * and the kernel knows from where to where. By the file's inode it would not
 * be known: that of one on another device may be the same. */
static void find_map(struct mv_store *s)
{
    char line[512];
    FILE *f = fopen("/proc/self/maps", "r");
    while (f != NULL && s->map == 0 && fgets(line, sizeof line, f) != NULL) {
        uintptr_t from, to;
        if (line_holds(line, s->within, &from, &to)) {
            s->map = from;
            s->map_bytes = to - from;
        }
    }
    if (f != NULL)
        (void)fclose(f);
}

/* What was read stays in the kernel's page cache; only our claim to it goes.
 * The map is never written through, so nothing can be lost, and a page that
 * is wanted again costs a minor fault. */
static void let_go(struct mv_store *s)
{
    if (s->map == 0 && s->within != 0)
        find_map(s);
    if (s->map != 0)
        (void)madvise((void *)s->map, s->map_bytes, MADV_DONTNEED);
    (void)malloc_trim(0);
}

void mv_store_tick(struct mv_store *s, int64_t now_ms)
{
    if (now_ms >= s->next_let_go_ms) {
        s->next_let_go_ms = now_ms + LET_GO_MS;
        let_go(s);
    }
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
