#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "services/base/store/health.h"
#include "services/base/store/place.h"
#include "tests/support/stored.h"
#include "tests/support/unit.h"

static void what_was_committed_is_there_after_reopening(void **state)
{
    struct mv_store *s = must_open(*state);
    mv_store_begin(s);
    put(s, "k", "v");
    assert_true(has(s, "k", "v"));
    assert_int_equal(mv_store_commit(s, NULL), MV_OK);
    mv_store_begin(s);
    put(s, "k", "w");
    mv_store_abort(s);
    mv_store_close(s);
    s = must_open(*state);
    assert_int_equal(mv_store_read_begin(s, NULL), MV_OK);
    assert_true(has(s, "k", "v"));
    assert_false(has(s, "none", "v"));
    assert_int_equal(mv_store_read_end(s, NULL), MV_OK);
    assert_int_equal(mv_store_format(s), 3);
    mv_store_close(s);
}

static void what_is_read_amid_a_transaction_is_what_is_committed(void **state)
{
    struct mv_store *s = must_open(*state);
    mv_store_begin(s);
    put(s, "k", "v");
    assert_int_equal(mv_store_commit(s, NULL), MV_OK);
    mv_store_begin(s);
    put(s, "k", "w");
    assert_int_equal(mv_store_read_begin(s, NULL), MV_OK);
    assert_true(has(s, "k", "v"));
    assert_int_equal(mv_store_read_end(s, NULL), MV_OK);
    assert_true(has(s, "k", "w"));
    assert_int_equal(mv_store_commit(s, NULL), MV_OK);
    mv_store_begin(s);
    assert_int_equal(mv_store_read_begin(s, NULL), MV_OK);
    assert_true(has(s, "k", "w"));
    assert_int_equal(mv_store_read_end(s, NULL), MV_OK);
    mv_store_fail(s, MV_FULL, "a test");
    assert_int_equal(mv_store_read_begin(s, NULL), MV_AGAIN);
    assert_int_equal(mv_store_commit(s, NULL), MV_FULL);
    mv_store_close(s);
}

static void the_first_failure_is_kept_and_the_commit_tells_it(void **state)
{
    struct mv_store *s = must_open(*state);
    struct mv_err err = {0};
    mv_store_begin(s);
    put(s, "k", "v");
    mv_store_fail(s, MV_POISON, "first");
    mv_store_fail(s, MV_FATAL, "second");
    assert_false(has(s, "k", "v"));
    assert_true(mv_store_failed(s));
    assert_int_equal(mv_store_commit(s, &err), MV_POISON);
    assert_non_null(strstr(err.text, "first"));
    mv_store_begin(s);
    assert_false(has(s, "k", "v"));
    mv_store_abort(s);
    mv_store_close(s);
}

/* Bad input 95. */
static void a_directory_that_is_not_fit_is_refused_in_clear_words(void **state)
{
    const char *dir = *state;
    struct mv_store_options o = options(dir);
    struct mv_buf b = {0};
    mv_buf_printf(&b, "%s/none", dir);
    o.dir = mv_buf_cstr(&b);
    refused(&o, "No such file");
    mv_test_write(dir, "none", "x", 1);
    refused(&o, "Not a directory");
    o.dir = dir;
    assert_int_equal(chmod(dir, 0777), 0);
    refused(&o, "mode 0777");
    assert_int_equal(chmod(dir, 0500), 0);
    refused(&o, "mode 0500");
    assert_int_equal(chmod(dir, 0700), 0);
    if (geteuid() == 0) {
        assert_int_equal(chown(dir, 12345, 0), 0);
        refused(&o, "owned by uid 12345");
        assert_int_equal(chown(dir, 0, 0), 0);
    }
    mv_buf_clear(&b);
    mv_buf_printf(&b, "%s/data.mdb", dir);
    assert_int_equal(access(mv_buf_cstr(&b), F_OK), -1);
    mv_buf_done(&b);
}

static void network_file_systems_never_and_volatile_ones_only_if_said(void **s)
{
    (void)s;
    char text[160];
    struct mv_err err = {0};
    const unsigned long never[] = {NFS_SUPER_MAGIC, 0xff534d42, 0xfe534d42,
                                   V9FS_MAGIC, 0x65735546};
    const unsigned long maybe[] = {OVERLAYFS_SUPER_MAGIC, TMPFS_MAGIC};
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(
            store_place_filesystem(never[i], true, text, sizeof text, &err),
            MV_CONFIG);
    }
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(
            store_place_filesystem(maybe[i], false, text, sizeof text, &err),
            MV_CONFIG);
        assert_non_null(strstr(err.text, "any_filesystem"));
        assert_int_equal(
            store_place_filesystem(maybe[i], true, text, sizeof text, &err),
            MV_OK);
        assert_true(text[0] != 0);
    }
    assert_int_equal(
        store_place_filesystem(EXT4_SUPER_MAGIC, false, text, 160, &err),
        MV_OK);
    assert_true(text[0] == 0);
}

/* Bad input 97. */
static void a_second_owner_is_told_the_pid_of_the_first(void **state)
{
    const char *dir = *state;
    struct mv_store *s = must_open(dir);
    const struct mv_store_options o = options(dir);
    char pid[40];
    (void)snprintf(pid, sizeof pid, "in use by pid %d", (int)getpid());
    refused(&o, pid);
    /* a lock file that somebody cleans up lets nobody in */
    struct mv_buf b = {0};
    mv_buf_printf(&b, "%s/owner.lock", dir);
    assert_int_equal(unlink(mv_buf_cstr(&b)), 0);
    refused(&o, "in use by");
    mv_buf_done(&b);
    mv_store_begin(s);
    put(s, "still", "ours");
    assert_int_equal(mv_store_commit(s, NULL), MV_OK);
    mv_store_close(s);
    mv_store_close(must_open(dir));
}

static struct stat file_of(const char *dir, struct mv_buf *bytes)
{
    struct stat st;
    struct mv_buf b = {0};
    mv_buf_printf(&b, "%s/data.mdb", dir);
    assert_int_equal(stat(mv_buf_cstr(&b), &st), 0);
    mv_buf_done(&b);
    mv_test_read(dir, "data.mdb", bytes);
    return st;
}

/* Promise P25; bad input 96: another service's file. */
static void a_newer_format_or_another_service_is_left_untouched(void **state)
{
    const char *dir = *state;
    struct mv_buf before = {0}, after = {0};
    mv_store_close(must_open(dir));
    struct stat first = file_of(dir, &before);
    struct mv_store_options o = options(dir);
    o.format = 2;
    refused(&o, "format 1.3; this program knows 1.2");
    o = options(dir);
    o.service = "notifier";
    refused(&o, "belongs to ingest, not to notifier");
    struct stat last = file_of(dir, &after);
    assert_int_equal(first.st_mtim.tv_sec, last.st_mtim.tv_sec);
    assert_int_equal(first.st_mtim.tv_nsec, last.st_mtim.tv_nsec);
    assert_true(mv_span_equal(mv_buf_span(&before), mv_buf_span(&after)));
    o = options(dir);
    o.format = 4;
    struct mv_store *s = NULL;
    assert_int_equal(mv_store_open(&s, &o, NULL), MV_OK);
    assert_int_equal(mv_store_format(s), 3);
    mv_store_close(s);
    mv_buf_done(&before);
    mv_buf_done(&after);
}

static void a_start_that_died_while_making_the_store_is_swept(void **state)
{
    const char *dir = *state;
    struct mv_buf b = {0};
    mv_buf_printf(&b, "%s/new", dir);
    assert_int_equal(mkdir(mv_buf_cstr(&b), 0700), 0);
    mv_test_write(mv_buf_cstr(&b), "data.mdb", "half", 4);
    mv_store_close(must_open(dir));
    assert_int_equal(access(mv_buf_cstr(&b), F_OK), -1);
    mv_buf_done(&b);
}

/* Pages that a transaction takes at the end and lets go again are counted by
 * LMDB, but never written: the file is shorter than its last page's number. */
static void pages_taken_and_let_go_unwritten_do_not_look_cut_off(void **state)
{
    struct mv_store *s = must_open(*state);
    static char big[60000];
    memset(big, 'x', sizeof big - 1);
    for (unsigned i = 0; i < 3; i++) {
        mv_store_begin(s);
        put(s, "stays", "small");
        for (unsigned k = 0; k < 400; k++) {
            char key[8];
            (void)snprintf(key, sizeof key, "%u", k);
            mv_store_put(s, mv_store_table(s, "a"), mv_span_text(key),
                         mv_span(big, 1500));
        }
        put(s, "large", big);
        for (unsigned k = 0; k < 400; k++) {
            char key[8];
            (void)snprintf(key, sizeof key, "%u", k);
            mv_store_del(s, mv_store_table(s, "a"), mv_span_text(key));
        }
        mv_store_del(s, mv_store_table(s, "a"), mv_span_text("large"));
        assert_int_equal(mv_store_commit(s, NULL), MV_OK);
        mv_store_close(s);
        s = must_open(*state);
    }
    mv_store_close(s);
}

static void the_quota_refuses_and_the_store_goes_on(void **state)
{
    struct mv_store *s = must_open(*state);
    struct mv_space space;
    static char big[100000];
    char key[16];
    mv_rc rc = MV_OK;
    unsigned n = 0;
    memset(big, 'x', sizeof big - 1);
    for (; rc == MV_OK && n < 1000; n++) {
        (void)snprintf(key, sizeof key, "%u", n);
        mv_store_begin(s);
        put(s, key, big);
        rc = mv_store_commit(s, NULL);
    }
    assert_int_equal(rc, MV_FULL);
    assert_true(n > 30 && n < 45);
    mv_store_space(s, &space);
    assert_in_range(space.percent, 90, 100);
    assert_true(space.used_bytes <= space.quota_bytes);
    mv_store_close(s);
    s = must_open(*state); /* the boot row has room of its own */
    mv_store_begin(s);
    assert_false(has(s, key, big));
    for (unsigned i = 0; i < 10; i++) {
        (void)snprintf(key, sizeof key, "%u", i);
        mv_store_del(s, mv_store_table(s, "a"), mv_span_text(key));
    }
    assert_int_equal(mv_store_commit(s, NULL), MV_OK);
    mv_store_begin(s);
    put(s, "again", big);
    assert_int_equal(mv_store_commit(s, NULL), MV_OK);
    mv_store_close(s);
}

static void a_walk_goes_on_while_its_table_is_written(void **state)
{
    struct mv_store *s = must_open(*state);
    struct mv_table a = mv_store_table(s, "a");
    struct mv_span key, value;
    struct mv_scan scan;
    char text[8];
    mv_store_begin(s);
    for (unsigned i = 0; i < 3000; i += 2) {
        (void)snprintf(text, sizeof text, "%04u", i);
        put(s, text, "even");
    }
    unsigned met = 0;
    mv_scan_open(&scan, s, a, mv_span_text("0100"));
    while (mv_scan_next(&scan, &key, &value)) {
        char odd[8];
        (void)snprintf(odd, sizeof odd, "%04u", 100 + met * 2 + 1);
        (void)snprintf(text, sizeof text, "%04u", 100 + met * 2);
        if (met++ < 1449)
            assert_true(mv_span_is(key, text));
        /* what is met goes, and what is behind comes */
        mv_store_del(s, a, mv_span_text(text));
        (void)snprintf(odd, sizeof odd, "%04u", met % 100);
        put(s, odd, "behind");
    }
    mv_scan_close(&scan);
    assert_int_equal(met, 1450);
    mv_scan_open(&scan, s, a, (struct mv_span){0});
    met = 0;
    while (mv_scan_prev(&scan, &key, &value)) {
        if (met == 0)
            assert_true(mv_span_is(key, "0099"));
        met++;
    }
    mv_scan_close(&scan);
    assert_int_equal(met, 100);
    mv_store_abort(s);
    mv_store_close(s);
}

static void a_store_opened_for_reading_writes_nothing(void **state)
{
    struct mv_store *s = NULL;
    struct mv_buf before = {0}, after = {0};
    struct mv_store_options o = options(*state);
    o.read_only = true;
    refused(&o, "there is no");
    s = must_open(*state);
    mv_store_begin(s);
    put(s, "k", "v");
    assert_int_equal(mv_store_commit(s, NULL), MV_OK);
    mv_store_close(s);
    (void)file_of(*state, &before);
    assert_int_equal(mv_store_open(&s, &o, NULL), MV_OK);
    assert_int_equal(mv_store_read_begin(s, NULL), MV_OK);
    assert_true(has(s, "k", "v"));
    assert_int_equal(mv_store_read_end(s, NULL), MV_OK);
    mv_store_begin(s);
    put(s, "k", "w");
    assert_int_equal(mv_store_commit(s, NULL), MV_CONFIG);
    mv_store_tick(s, 1);
    mv_store_close(s);
    (void)file_of(*state, &after);
    assert_true(mv_span_equal(mv_buf_span(&before), mv_buf_span(&after)));
    mv_buf_done(&before);
    mv_buf_done(&after);
}

/* Of what is mapped at the address: what this process claims, in kB. */
static long claimed_at(const void *address)
{
    char line[512];
    long kb = -1;
    bool within = false;
    FILE *f = fopen("/proc/self/smaps", "r");
    assert_non_null(f);
    while (kb < 0 && fgets(line, sizeof line, f) != NULL) {
        char *end;
        uintptr_t from = strtoul(line, &end, 16);
        if (*end == '-') {
            within = from <= (uintptr_t)address &&
                     (uintptr_t)address < strtoul(end + 1, NULL, 16);
        } else if (within && strncmp(line, "Rss:", 4) == 0) {
            kb = strtol(line + 4, NULL, 10);
        }
    }
    (void)fclose(f);
    return kb;
}

static void memory_that_copies_the_disk_is_let_go(void **state)
{
    struct mv_span value;
    struct mv_store *s = must_open(*state);
    mv_store_begin(s);
    put(s, "k", "v");
    assert_int_equal(mv_store_commit(s, NULL), MV_OK);
    assert_int_equal(mv_store_read_begin(s, NULL), MV_OK);
    assert_true(
        mv_store_get(s, mv_store_table(s, "a"), mv_span_text("k"), &value));
    assert_int_equal(mv_store_read_end(s, NULL), MV_OK);
    assert_true(claimed_at(value.at) > 0);
    mv_store_tick(s, 1);
    assert_int_equal(claimed_at(value.at), 0);
    assert_int_equal(mv_store_read_begin(s, NULL), MV_OK);
    assert_true(has(s, "k", "v"));
    assert_int_equal(mv_store_read_end(s, NULL), MV_OK);
    mv_store_close(s);
}

static void a_transaction_that_wrote_nothing_leaves_the_file_alone(void **state)
{
    struct mv_buf before = {0}, after = {0};
    struct mv_store *s = must_open(*state);
    mv_test_read(*state, "data.mdb", &before);
    mv_store_begin(s);
    assert_false(has(s, "k", "v"));
    assert_int_equal(mv_store_commit(s, NULL), MV_OK);
    mv_test_read(*state, "data.mdb", &after);
    assert_true(mv_span_equal(mv_buf_span(&before), mv_buf_span(&after)));
    mv_store_close(s);
    mv_buf_done(&before);
    mv_buf_done(&after);
}

static void a_page_that_is_gone_ends_the_process_with_74(void **state)
{
    const char *dir = *state;
    mv_test_write(dir, "page", "x", 1);
    struct mv_buf b = {0};
    mv_buf_printf(&b, "%s/page", dir);
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        int fd = open(mv_buf_cstr(&b), O_RDONLY | O_CLOEXEC);
        volatile const char *p = mmap(NULL, 8192, PROT_READ, MAP_SHARED, fd, 0);
        (void)!freopen("/dev/null", "w", stderr);
        mv_store_signals();
        (void)raise(SIGXFSZ);
        _exit(p[4096] == 0 ? 0 : 1);
    }
    mv_buf_done(&b);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 74);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(what_was_committed_is_there_after_reopening),
        T(what_is_read_amid_a_transaction_is_what_is_committed),
        T(the_first_failure_is_kept_and_the_commit_tells_it),
        T(a_directory_that_is_not_fit_is_refused_in_clear_words),
        T(network_file_systems_never_and_volatile_ones_only_if_said),
        T(a_second_owner_is_told_the_pid_of_the_first),
        T(a_newer_format_or_another_service_is_left_untouched),
        T(a_start_that_died_while_making_the_store_is_swept),
        T(pages_taken_and_let_go_unwritten_do_not_look_cut_off),
        T(the_quota_refuses_and_the_store_goes_on),
        T(a_walk_goes_on_while_its_table_is_written),
        T(a_store_opened_for_reading_writes_nothing),
        T(memory_that_copies_the_disk_is_let_go),
        T(a_transaction_that_wrote_nothing_leaves_the_file_alone),
        T(a_page_that_is_gone_ends_the_process_with_74),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
