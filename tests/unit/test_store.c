#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
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

#include "services/base/store/place.h"
#include "services/base/store/store.h"
#include "tests/support/place.h"

static const char *const tables[] = {"a", "b"};

static struct mv_store_options options(const char *dir)
{
    return (struct mv_store_options){.dir = dir,
                                     .service = "ingest",
                                     .format = 3,
                                     .quota_bytes = 4 << 20,
                                     .any_filesystem = true,
                                     .tables = tables,
                                     .table_count = 2};
}

static struct mv_store *must_open(const char *dir)
{
    struct mv_store *s = NULL;
    struct mv_err err = {0};
    const struct mv_store_options o = options(dir);
    if (mv_store_open(&s, &o, &err) != MV_OK)
        fail_msg("%s", err.text);
    return s;
}

static void refused(const struct mv_store_options *o, const char *why)
{
    struct mv_store *s = NULL;
    struct mv_err err = {0};
    mv_rc rc = mv_store_open(&s, o, &err);
    if (rc != MV_CONFIG || strstr(err.text, why) == NULL)
        fail_msg("result %d: %s; wanted: %s", rc, err.text, why);
    assert_null(s);
}

static int setup(void **state)
{
    *state = mv_test_dir(true);
    return 0;
}

static int teardown(void **state)
{
    mv_test_dir_done(*state);
    return 0;
}

static void put(struct mv_store *s, const char *key, const char *value)
{
    mv_store_put(s, mv_store_table(s, "a"), mv_span_text(key),
                 mv_span_text(value));
}

static bool has(struct mv_store *s, const char *key, const char *value)
{
    struct mv_span v;
    return mv_store_get(s, mv_store_table(s, "a"), mv_span_text(key), &v) &&
           mv_span_is(v, value);
}

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
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(
            store_place_filesystem(never[i], true, text, sizeof text, &err),
            MV_CONFIG);
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

static void damaged(const char *dir, const struct mv_buf *image, size_t at,
                    unsigned char value, const char *why)
{
    const struct mv_store_options o = options(dir);
    struct mv_buf b = {0};
    mv_buf_put(&b, image->at, image->len);
    b.at[at] = value;
    mv_test_write(dir, "data.mdb", b.at, b.len);
    refused(&o, why);
    mv_buf_done(&b);
}

/* Bad input 96. */
static void a_file_that_is_not_whole_is_refused_and_never_replaced(void **state)
{
    const char *dir = *state;
    const struct mv_store_options o = options(dir);
    struct mv_buf image = {0}, b = {0};
    mv_store_close(must_open(dir));
    mv_test_read(dir, "data.mdb", &image);
    mv_test_write(dir, "data.mdb", "", 0);
    refused(&o, "is empty");
    mv_test_write(dir, "data.mdb", "x", 1);
    refused(&o, "is cut off: 1 bytes");
    mv_test_write(dir, "data.mdb", image.at, image.len - 4096);
    refused(&o, "is cut off");
    damaged(dir, &image, 16, 0, "not an LMDB file");
    damaged(dir, &image, 4096 + 16, 0, "meta page 1");
    damaged(dir, &image, 20, 2, "LMDB format 2; this program knows 1");
    damaged(dir, &image, 16 + 128, 0x40, "transactions");
    damaged(dir, &image, 10, 2, "meta page 0 is damaged");
    mv_buf_printf(&b, "%s/data.mdb", dir);
    assert_int_equal(unlink(mv_buf_cstr(&b)), 0);
    refused(&o, "is gone");
    assert_int_equal(mkdir(mv_buf_cstr(&b), 0700), 0);
    refused(&o, "not a regular file");
    assert_int_equal(rmdir(mv_buf_cstr(&b)), 0);
    mv_test_write(dir, "data.mdb", image.at, image.len);
    mv_store_close(must_open(dir));
    mv_buf_done(&image);
    mv_buf_done(&b);
}

enum { META_DBS = 16 + 24, META_TXN = 16 + 128, DB = 48 };

/* Offset of the meta page that counts (newest) or of the other. */
static size_t meta_at(const struct mv_buf *image, bool newest)
{
    uint64_t t[2];
    memcpy(&t[0], image->at + META_TXN, 8);
    memcpy(&t[1], image->at + 4096 + META_TXN, 8);
    return (t[1] > t[0]) == newest ? 4096 : 0;
}

static void refused_image(const char *dir, const struct mv_buf *image,
                          const char *why)
{
    const struct mv_store_options o = options(dir);
    mv_test_write(dir, "data.mdb", image->at, image->len);
    refused(&o, why);
}

static void an_older_tree_is_never_taken_for_the_newest(void **state)
{
    const char *dir = *state;
    struct mv_store *s = must_open(dir);
    struct mv_buf image = {0}, b = {0};
    for (unsigned i = 0; i < 5; i++) {
        mv_store_begin(s);
        put(s, "k", i % 2 ? "odd" : "even");
        assert_int_equal(mv_store_commit(s, NULL), MV_OK);
    }
    mv_store_close(s);
    mv_test_read(dir, "data.mdb", &image);
    size_t new = meta_at(&image, true), old = meta_at(&image, false);

    mv_buf_put(&b, image.at, image.len);
    b.at[old + META_TXN] = (uint8_t)(b.at[old + META_TXN] + 2);
    refused_image(dir, &b, "amaged"); /* by pages used again, or the row */

    mv_buf_clear(&b);
    mv_buf_put(&b, image.at, image.len);
    b.at[new + META_TXN] = (uint8_t)(b.at[new + META_TXN] + 1);
    refused_image(dir, &b, "meta pages are damaged");

    /* the number alone is wrong, by as much as parity and distance allow */
    mv_buf_clear(&b);
    mv_buf_put(&b, image.at, image.len);
    b.at[new + META_TXN] = (uint8_t)(b.at[new + META_TXN] + 2);
    b.at[old + META_TXN] = (uint8_t)(b.at[old + META_TXN] + 2);
    refused_image(dir, &b, "its rows are of");

    /* the newest meta leads to the tree before: its pages are free now */
    mv_buf_clear(&b);
    mv_buf_put(&b, image.at, image.len);
    memcpy(b.at + new + META_DBS + DB, b.at + old + META_DBS + DB, DB);
    refused_image(dir, &b, "is used twice");

    mv_buf_clear(&b);
    mv_buf_put(&b, image.at, image.len);
    b.at[new + META_DBS + DB + 32]++; /* rows of the tree of trees */
    refused_image(dir, &b, "counts");
    mv_buf_done(&image);
    mv_buf_done(&b);
}

static void a_damaged_branch_cannot_hide_rows(void **state)
{
    const char *dir = *state;
    struct mv_store *s = must_open(dir);
    struct mv_buf image = {0};
    char key[16];
    unsigned branches = 0;
    mv_store_begin(s);
    for (unsigned i = 0; i < 2000; i++) {
        (void)snprintf(key, sizeof key, "k%05u", i);
        put(s, key, "a value of some length, so that leaves are many");
    }
    assert_int_equal(mv_store_commit(s, NULL), MV_OK);
    mv_store_close(s);
    mv_test_read(dir, "data.mdb", &image);
    for (size_t page = 2 * 4096; page < image.len; page += 4096) {
        uint8_t *p = image.at + page;
        uint16_t at, len;
        if (p[10] != 1 || p[12] < 16 + 4)
            continue;
        memcpy(&at, p + 16 + 2, 2); /* the second node: the first has no key */
        memcpy(&len, p + at + 6, 2);
        branches++;
        p[at + 8 + len - 1]++;
        refused_image(dir, &image, "a key below its branch");
        p[at + 8 + len - 1] = 0;
        refused_image(dir, &image, "separator");
        break;
    }
    assert_int_equal(branches, 1);
    mv_buf_done(&image);
}

/* Value and seal change places with the next row's: both are whole. */
static void a_value_under_another_key_than_its_own_is_refused(void **state)
{
    const char *dir = *state;
    enum { SEALED = 9 + 8 };
    struct mv_store *s = must_open(dir);
    struct mv_buf image = {0};
    unsigned swapped = 0;
    mv_store_begin(s);
    put(s, "key-1", "value-one");
    put(s, "key-2", "value-two");
    assert_int_equal(mv_store_commit(s, NULL), MV_OK);
    mv_store_close(s);
    mv_test_read(dir, "data.mdb", &image);
    for (size_t i = 0; i + SEALED < image.len; i++) {
        uint8_t *one = image.at + i, *two, held[SEALED];
        if (memcmp(one, "value-one", 9) != 0)
            continue;
        two = memmem(image.at + i / 4096 * 4096, 4096, "value-two", 9);
        assert_non_null(two);
        memcpy(held, one, SEALED);
        memcpy(one, two, SEALED);
        memcpy(two, held, SEALED);
        i = i / 4096 * 4096 + 4095;
        swapped++;
    }
    assert_true(swapped > 0);
    refused_image(dir, &image, "a row of table 'a'");
    mv_buf_done(&image);
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

static void a_damaged_row_is_told_and_not_served(void **state)
{
    struct mv_store *s = must_open(*state);
    struct mv_err err = {0};
    mv_store_begin(s);
    put(s, "needle-1", "haystack");
    static char big[9000];
    memset(big, 'q', sizeof big - 1);
    put(s, "needle-2", big);
    assert_int_equal(mv_store_commit(s, NULL), MV_OK);
    mv_store_close(s);
    struct mv_buf image = {0};
    mv_test_read(*state, "data.mdb", &image);
    size_t at = 0;
    while (memcmp(image.at + at, "qqqqqqqqqqqqqqqq", 16) != 0)
        assert_true(++at + 16 < image.len);
    image.at[at + 8000] = 'r';
    mv_test_write(*state, "data.mdb", image.at, image.len);
    s = must_open(*state);
    assert_int_equal(mv_store_read_begin(s, NULL), MV_OK);
    assert_true(has(s, "needle-1", "haystack"));
    assert_false(has(s, "needle-2", big));
    assert_int_equal(mv_store_read_end(s, &err), MV_FATAL);
    assert_non_null(strstr(err.text, "a: "));
    mv_store_close(s);
    mv_test_read(*state, "data.mdb", &image);
    for (size_t i = 0; i + 8 < image.len; i++) {
        if (memcmp(image.at + i, "haystack", 8) == 0)
            image.at[i] = 'H';
    }
    mv_test_write(*state, "data.mdb", image.at, image.len);
    const struct mv_store_options o = options(*state);
    refused(&o, "a row of table 'a'");
    mv_buf_done(&image);
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
        T(the_first_failure_is_kept_and_the_commit_tells_it),
        T(a_directory_that_is_not_fit_is_refused_in_clear_words),
        T(network_file_systems_never_and_volatile_ones_only_if_said),
        T(a_second_owner_is_told_the_pid_of_the_first),
        T(a_newer_format_or_another_service_is_left_untouched),
        T(a_file_that_is_not_whole_is_refused_and_never_replaced),
        T(an_older_tree_is_never_taken_for_the_newest),
        T(a_damaged_branch_cannot_hide_rows),
        T(a_value_under_another_key_than_its_own_is_refused),
        T(a_start_that_died_while_making_the_store_is_swept),
        T(the_quota_refuses_and_the_store_goes_on),
        T(a_walk_goes_on_while_its_table_is_written),
        T(a_damaged_row_is_told_and_not_served),
        T(a_store_opened_for_reading_writes_nothing),
        T(a_transaction_that_wrote_nothing_leaves_the_file_alone),
        T(a_page_that_is_gone_ends_the_process_with_74),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
