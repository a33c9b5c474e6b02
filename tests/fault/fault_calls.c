/* Promise P2: whichever call of LMDB or of the system fails while a store is
 * made, opened, written, read and closed, the caller is told in words, nothing
 * is half done, and the next start finds all of before or all of after. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "services/base/store/health.h"
#include "tests/support/failing_lmdb.h"
#include "tests/support/stored.h"

FAILING(int, fstat, (int fd, struct stat *ret), (fd, ret), -1)
FAILING(int, fstatfs, (int fd, struct statfs *ret), (fd, ret), -1)
FAILING(int, fstatvfs, (int fd, struct statvfs *ret), (fd, ret), -1)
FAILING(int, flock, (int fd, int how), (fd, how), -1)
FAILING(int, faccessat, (int dir, const char *path, int mode, int flags),
        (dir, path, mode, flags), -1)
FAILING(int, mkdirat, (int dir, const char *path, mode_t mode),
        (dir, path, mode), -1)
FAILING(int, renameat, (int from, const char *old, int to, const char *new),
        (from, old, to, new), -1)
FAILING(int, fsync, (int fd), (fd), -1)
FAILING(FILE *, fopen, (const char *path, const char *mode), (path, mode), NULL)

enum { BIG_BYTES = 9000 };

/* How far a run came. */
struct run {
    mv_rc rc;
    bool acknowledged; /* the commit said so */
    struct mv_err err;
};

static bool both(struct mv_store *s, const char *value)
{
    struct mv_span v;
    return has(s, "k", value) &&
           mv_store_get(s, mv_store_table(s, "b"), mv_span_text("k"), &v) &&
           v.len == BIG_BYTES && *(const char *)v.at == value[0];
}

/* One transaction: a small row and a large one of the same letter. */
static mv_rc write_both(struct mv_store *s, const char *value,
                        struct mv_err *err)
{
    static char big[BIG_BYTES];
    struct mv_table b = mv_store_table(s, "b");
    struct mv_scan scan;
    struct mv_span key, row;
    memset(big, value[0], sizeof big);
    mv_store_begin(s);
    put(s, "k", value);
    mv_store_put(s, b, mv_span_text("k"), mv_span(big, sizeof big));
    mv_store_del(s, mv_store_table(s, "a"), mv_span_text("none"));
    mv_scan_open(&scan, s, b, (struct mv_span){0});
    while (mv_scan_prev(&scan, &key, &row))
        assert_true(mv_span_is(key, "k"));
    mv_scan_close(&scan);
    return mv_store_commit(s, err);
}

static mv_rc read_both(struct mv_store *s, struct mv_err *err)
{
    struct mv_scan scan;
    struct mv_span key, value;
    mv_rc rc = mv_store_read_begin(s, err);
    if (rc != MV_OK)
        return rc;
    unsigned rows = 0;
    bool there = both(s, "new");
    mv_scan_open(&scan, s, mv_store_table(s, "a"), mv_span_text("a"));
    while (mv_scan_next(&scan, &key, &value))
        rows++;
    mv_scan_close(&scan);
    rc = mv_store_read_end(s, err);
    assert_true(rc != MV_OK || (there && rows == 1));
    return rc;
}

static void after_failure(struct mv_store *s, struct run *r)
{
    struct mv_err err = {0};
    mv_store_begin(s);
    put(s, "other", "x");
    mv_rc rc = mv_store_commit(s, &err);
    /* an outcome that is not known ends the store; want of room does not */
    if (r->rc == MV_FATAL)
        assert_int_equal(rc, MV_FATAL);
    else
        assert_int_equal(rc, MV_OK);
}

static struct run run(const char *dir)
{
    struct run r = {.rc = MV_OK};
    const struct mv_store_options o = options(dir);
    struct mv_store *s = NULL;
    struct mv_space space;
    r.rc = mv_store_open(&s, &o, &r.err);
    if (r.rc != MV_OK) {
        assert_null(s);
        return r;
    }
    r.rc = write_both(s, "new", &r.err);
    r.acknowledged = r.rc == MV_OK;
    if (r.rc != MV_OK)
        after_failure(s, &r);
    else
        r.rc = read_both(s, &r.err);
    mv_store_space(s, &space);
    assert_true(space.quota_bytes == o.quota_bytes);
    mv_store_tick(s, 1);
    mv_store_close(s);
    return r;
}

/* What the next start finds: what a store that is there held, or nothing. */
static void judge(const char *dir, const struct run *r, const char *was)
{
    struct mv_store *s = must_open(dir);
    struct mv_span v;
    assert_int_equal(mv_store_read_begin(s, NULL), MV_OK);
    bool after = both(s, "new");
    if (!after && was != NULL)
        assert_true(both(s, was));
    if (!after && was == NULL) {
        assert_false(
            mv_store_get(s, mv_store_table(s, "a"), mv_span_text("k"), &v));
        assert_false(
            mv_store_get(s, mv_store_table(s, "b"), mv_span_text("k"), &v));
    }
    assert_int_equal(mv_store_read_end(s, NULL), MV_OK);
    assert_true(after || !r->acknowledged);
    mv_store_close(s);
}

/* Call k fails, in a new directory or in one that holds a store. */
static bool one(long k, int error, const char *was, unsigned *refused)
{
    char *dir = mv_test_dir(true);
    if (was != NULL) {
        struct mv_store *s = must_open(dir);
        assert_int_equal(write_both(s, was, NULL), MV_OK);
        mv_store_close(s);
    }
    failing_arm(k, error);
    struct run r = run(dir);
    const char *fired = failing_end();
    if (r.rc != MV_OK) {
        assert_non_null(fired);
        if (r.err.text[0] == 0)
            fail_msg("%s failed, and nothing was said", fired);
        (*refused)++;
    }
    judge(dir, &r, was);
    mv_test_dir_done(dir);
    return fired != NULL;
}

static void every_call(int error, const char *was)
{
    unsigned refused = 0;
    long k = 0;
    while (one(k, error, was, &refused))
        k++;
    (void)printf("error %d, %s: %ld calls, %u refused\n", error,
                 was != NULL ? "a store" : "a new one", k, refused);
    assert_true(k > 45 && refused > 35);
}

static void a_store_that_cannot_be_made_leaves_nothing_half_made(void **state)
{
    (void)state;
    every_call(EIO, NULL);
    every_call(ENOSPC, NULL);
}

static void a_call_that_fails_leaves_before_or_after(void **state)
{
    (void)state;
    every_call(EIO, "old");
    every_call(ENOSPC, "old");
    every_call(MDB_CORRUPTED, "old");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_store_that_cannot_be_made_leaves_nothing_half_made),
        cmocka_unit_test(a_call_that_fails_leaves_before_or_after),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
