#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "services/base/file.h"
#include "tests/support/unit.h"

static char dir[] = "/tmp/mv_file_XXXXXX";
static char path[64];
static char other[64];

static void make(const char *name, const char *text, mode_t mode)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(fchmod(fd, mode), 0);
    assert_int_equal(close(fd), 0);
}

static mv_rc reads(const char *name, size_t max, unsigned flags,
                   const char *want)
{
    struct mv_buf b = {0};
    struct mv_err err = {0};
    mv_buf_text(&b, "what was there before");
    mv_rc rc = mv_file_read(name, max, flags, &b, &err);
    if (rc == MV_OK)
        assert_true(mv_span_is(mv_buf_span(&b), want));
    else if (strstr(err.text, want) == NULL || b.len != 0)
        fail_msg("'%s' lacks '%s'", err.text, want);
    mv_buf_done(&b);
    return rc;
}

static void a_file_is_read_up_to_its_bound(void **state)
{
    (void)state;
    make(path, "12345", 0644);
    assert_int_equal(reads(path, 5, 0, "12345"), MV_OK);
    assert_int_equal(reads(path, 4, 0, "larger than 4"), MV_CONFIG);
    make(path, "", 0644);
    assert_int_equal(reads(path, 0, 0, ""), MV_OK);
    /* a file that does not say how long it is */
    assert_int_equal(reads("/proc/self/stat", 5, 0, "larger than 5"),
                     MV_CONFIG);
}

static void what_is_no_regular_file_is_refused(void **state)
{
    (void)state;
    assert_int_equal(reads(dir, 99, 0, "is a directory"), MV_CONFIG);
    assert_int_equal(reads("/dev/zero", 99, 0, "not a regular"), MV_CONFIG);
    assert_int_equal(mkfifo(other, 0600), 0);
    assert_int_equal(reads(other, 99, 0, "not a regular"), MV_CONFIG);
    assert_int_equal(reads("/tmp/mv_none/x", 9, 0, "No such"), MV_CONFIG);
    assert_int_equal(reads("/tmp/mv_none/x", 9, MV_FILE_MAY_MISS, "not there"),
                     MV_AGAIN);
}

static void bad_input_94_a_secret_is_its_owners_alone(void **state)
{
    (void)state;
    make(path, "secret", 0600);
    assert_int_equal(reads(path, 99, MV_FILE_SECRET, "secret"), MV_OK);
    const mode_t open_modes[] = {0644, 0640, 0620, 0604, 0601, 0610};
    for (size_t i = 0; i < sizeof open_modes / sizeof open_modes[0]; i++) {
        make(path, "secret", open_modes[i]);
        assert_int_equal(reads(path, 99, MV_FILE_SECRET, "chmod 600"),
                         MV_CONFIG);
    }
    if (geteuid() != 0)
        skip();
    make(path, "secret", 0600);
    assert_int_equal(chown(path, 12345, 12345), 0);
    assert_int_equal(seteuid(12346), 0);
    mv_rc hidden = reads(path, 99, MV_FILE_SECRET, "Permission");
    assert_int_equal(seteuid(0), 0);
    assert_int_equal(hidden, MV_CONFIG);
    assert_int_equal(reads(path, 99, MV_FILE_SECRET, "another user"),
                     MV_CONFIG);
}

static void bad_input_94_a_link_to_a_secret_is_refused(void **state)
{
    (void)state;
    make(path, "secret", 0600);
    assert_int_equal(symlink(path, other), 0);
    assert_int_equal(reads(other, 99, 0, "secret"), MV_OK);
    assert_int_equal(reads(other, 99, MV_FILE_NO_LINK, "symbolic"), MV_CONFIG);
    assert_int_equal(reads(other, 99, MV_FILE_SECRET, "symbolic"), MV_CONFIG);
}

static void a_write_replaces_the_whole_and_leaves_nothing_beside(void **state)
{
    (void)state;
    struct mv_err err = {0};
    struct stat st;
    char tmp[80];
    (void)snprintf(tmp, sizeof tmp, "%s.tmp", path);
    make(path, "a longer text than the new one", 0644);
    make(tmp, "left by a crash", 0600);
    mode_t mask = umask(0777);
    assert_int_equal(mv_file_write(path, mv_span_text("new"), 0640, &err),
                     MV_OK);
    (void)umask(mask);
    assert_int_equal(reads(path, 99, 0, "new"), MV_OK);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0640);
    assert_int_not_equal(access(tmp, F_OK), 0);
}

static void a_write_that_fails_leaves_the_old_file(void **state)
{
    (void)state;
    struct mv_err err = {0};
    make(path, "old", 0600);
    assert_int_equal(
        mv_file_write("/dev/full/x", mv_span_text("n"), 0600, &err), MV_FATAL);
    assert_int_equal(mkdir(other, 0700), 0); /* cannot be renamed over */
    assert_int_equal(mv_file_write(other, mv_span_text("n"), 0600, &err),
                     MV_FATAL);
    assert_non_null(strstr(err.text, "rename"));
    assert_int_equal(reads(path, 99, 0, "old"), MV_OK);
    assert_int_equal(mv_dir_sync("/tmp/mv_none", &err), MV_FATAL);
    assert_int_equal(mv_dir_sync(dir, &err), MV_OK);
}

static void a_full_disk_is_told_apart_and_changes_nothing(void **state)
{
    (void)state;
    struct mv_err err = {0};
    char tmp[80];
    (void)snprintf(tmp, sizeof tmp, "%s.tmp", path);
    make(path, "old", 0600);
    struct rlimit was;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
    struct rlimit small = {.rlim_cur = 4, .rlim_max = was.rlim_max};
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    mv_rc rc = mv_file_write(path, mv_span_text("too long"), 0600, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
    (void)signal(SIGXFSZ, handler);
    assert_int_equal(rc, MV_FULL);
    assert_int_equal(reads(path, 99, 0, "old"), MV_OK);
    assert_int_not_equal(access(tmp, F_OK), 0);
}

static int before(void **state)
{
    (void)state;
    memcpy(dir, "/tmp/mv_file_XXXXXX", sizeof dir);
    if (mkdtemp(dir) == NULL)
        return -1;
    (void)snprintf(path, sizeof path, "%s/file", dir);
    (void)snprintf(other, sizeof other, "%s/other", dir);
    return 0;
}

static int after(void **state)
{
    (void)state;
    char tmp[80];
    (void)snprintf(tmp, sizeof tmp, "%s.tmp", other);
    (void)unlink(tmp);
    (void)unlink(path);
    (void)remove(other);
    return rmdir(dir);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, before, after)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_is_read_up_to_its_bound),
        TEST(what_is_no_regular_file_is_refused),
        TEST(bad_input_94_a_secret_is_its_owners_alone),
        TEST(bad_input_94_a_link_to_a_secret_is_refused),
        TEST(a_write_replaces_the_whole_and_leaves_nothing_beside),
        TEST(a_write_that_fails_leaves_the_old_file),
        TEST(a_full_disk_is_told_apart_and_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
