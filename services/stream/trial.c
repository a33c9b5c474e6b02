/* trial - see trial.h. Job: to know a record that kills. Invariant: `now` is
 * the record being applied or 0; deaths counts ends of the process on `last`
 * without another record in between. A crash in the middle is what it is for.
 */
#include "services/stream/trial.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "services/base/buf.h"

#define ROWS 4

/* In the file, in the machine's own byte order: it is for this machine. */
struct row {
    uint64_t now, last, deaths;
};

struct chains {
    uint8_t now[MV_HASH_BYTES], last[MV_HASH_BYTES];
};

/* The rows of all upstreams, then their chains. */
#define CHAINS_AT  (ROWS * sizeof(struct row))
#define FILE_BYTES (CHAINS_AT + ROWS * sizeof(struct chains))

struct mv_trial {
    volatile struct row *rows; /* mapped: seen by the next process */
    struct chains *chains;     /* so are these; written before the rows */
};

static void count_death(struct mv_trial *t, unsigned which)
{
    volatile struct row *r = &t->rows[which];
    struct chains *c = &t->chains[which];
    if (r->now == 0)
        return;
    bool again =
        r->now == r->last && memcmp(c->now, c->last, sizeof c->now) == 0;
    r->deaths = again ? r->deaths + 1 : 1;
    memcpy(c->last, c->now, sizeof c->last);
    r->last = r->now;
    r->now = 0;
}

/* The whole file, mapped; NULL and an errno. */
static void *map_file(const char *path, int *failed)
{
    void *at = MAP_FAILED;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    *failed = fd < 0 ? errno : posix_fallocate(fd, 0, (off_t)FILE_BYTES);
    if (*failed == 0) {
        at = mmap(NULL, FILE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        *failed = errno; /* means something if it failed only */
    }
    if (fd >= 0)
        (void)close(fd);
    return at == MAP_FAILED ? NULL : at;
}

mv_rc mv_trial_open(struct mv_trial **ret, const char *dir, struct mv_err *err)
{
    struct mv_buf path = {0};
    int failed;
    mv_buf_printf(&path, "%s/applying", dir);
    void *at = map_file(mv_buf_cstr(&path), &failed);
    if (at == NULL) {
        bool full = failed == ENOSPC || failed == EDQUOT || failed == EFBIG;
        mv_rc rc = mv_fail(err, full ? MV_FULL : MV_CONFIG, "'%s': %s",
                           mv_buf_cstr(&path), strerror(failed));
        mv_buf_done(&path);
        return rc;
    }
    mv_buf_done(&path);
    struct mv_trial *t = mv_xcalloc(1, sizeof *t);
    t->rows = at;
    t->chains = (struct chains *)(void *)((uint8_t *)at + CHAINS_AT);
    for (unsigned i = 0; i < ROWS; i++)
        count_death(t, i);
    *ret = t;
    return MV_OK;
}

void mv_trial_close(struct mv_trial *t)
{
    if (t == NULL)
        return;
    (void)munmap((void *)t->rows, FILE_BYTES);
    free(t);
}

void mv_trial_begin(struct mv_trial *t, unsigned which, uint64_t seq,
                    const uint8_t chain[MV_HASH_BYTES])
{
    MV_ASSERT(which < ROWS);
    memcpy(t->chains[which].now, chain, MV_HASH_BYTES);
    t->rows[which].now = seq;
}

void mv_trial_end(struct mv_trial *t, unsigned which)
{
    MV_ASSERT(which < ROWS);
    t->rows[which].now = 0;
}

unsigned mv_trial_deaths(const struct mv_trial *t, unsigned which,
                         uint64_t *seq)
{
    MV_ASSERT(which < ROWS);
    *seq = t->rows[which].last;
    return (unsigned)t->rows[which].deaths;
}

void mv_trial_chain(const struct mv_trial *t, unsigned which,
                    uint8_t ret[MV_HASH_BYTES])
{
    MV_ASSERT(which < ROWS);
    memcpy(ret, t->chains[which].last, MV_HASH_BYTES);
}

void mv_trial_forget(struct mv_trial *t, unsigned which)
{
    MV_ASSERT(which < ROWS);
    t->rows[which].deaths = 0;
    t->rows[which].last = 0;
}
