/* Damaged files: bad input 96, and what LMDB itself would not notice. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/stored.h"
#include "tests/support/unit.h"

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
    assert_int_equal(mkfifo(mv_buf_cstr(&b), 0600), 0);
    refused(&o, "not a regular file"); /* and not waited for */
    assert_int_equal(unlink(mv_buf_cstr(&b)), 0);
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

static char big[9000];

/* "needle-1" is sound, "needle-2" is not big any more: where only who reads it
 * can see. */
static struct mv_store *open_with_damage(const char *dir)
{
    struct mv_store *s = must_open(dir);
    mv_store_begin(s);
    put(s, "needle-1", "haystack");
    memset(big, 'q', sizeof big - 1);
    put(s, "needle-2", big);
    assert_int_equal(mv_store_commit(s, NULL), MV_OK);
    mv_store_close(s);
    struct mv_buf image = {0};
    mv_test_read(dir, "data.mdb", &image);
    size_t at = 0;
    while (memcmp(image.at + at, "qqqqqqqqqqqqqqqq", 16) != 0)
        assert_true(++at + 16 < image.len);
    image.at[at + 8000] = 'r';
    mv_test_write(dir, "data.mdb", image.at, image.len);
    mv_buf_done(&image);
    return must_open(dir);
}

static void a_damaged_row_is_told_and_not_served(void **state)
{
    struct mv_store *s = open_with_damage(*state);
    struct mv_buf image = {0};
    struct mv_err err = {0};
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

static void note(void *ctx)
{
    unsigned *times = ctx;
    (*times)++;
}

/* What is in caches then is the transaction's, and is sound. */
static void damage_that_is_read_amid_a_transaction_is_not_its_own(void **state)
{
    struct mv_store *s = open_with_damage(*state);
    unsigned unsound = 0;
    struct mv_store_hook hook = {.unsound = note, .ctx = &unsound};
    mv_store_hook_add(s, &hook);
    mv_store_begin(s);
    put(s, "k", "v");
    for (int i = 0; i < 2; i++) {
        assert_int_equal(mv_store_read_begin(s, NULL), MV_OK);
        assert_true(has(s, "needle-1", "haystack"));
        assert_false(has(s, "needle-2", big));
        assert_int_equal(mv_store_read_end(s, NULL), MV_FATAL);
    }
    assert_true(has(s, "k", "v"));
    assert_int_equal(mv_store_commit(s, NULL), MV_OK);
    assert_int_equal(unsound, 0);
    assert_int_equal(mv_store_read_begin(s, NULL), MV_OK);
    assert_true(has(s, "k", "v"));
    assert_false(has(s, "needle-2", big));
    assert_int_equal(mv_store_read_end(s, NULL), MV_FATAL);
    assert_int_equal(unsound, 1);
    mv_store_hook_remove(s, &hook);
    mv_store_close(s);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_file_that_is_not_whole_is_refused_and_never_replaced),
        T(an_older_tree_is_never_taken_for_the_newest),
        T(a_damaged_branch_cannot_hide_rows),
        T(a_value_under_another_key_than_its_own_is_refused),
        T(a_damaged_row_is_told_and_not_served),
        T(damage_that_is_read_amid_a_transaction_is_not_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
