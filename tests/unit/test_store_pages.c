/* Bad input 96: every field that LMDB would follow into a page, set to what
 * would lead it astray. Each is refused before LMDB maps the file. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/stored.h"

enum { PAGE = 4096, HEAD = 16, ROWS = 600, BIG = 9000, TREE = 48 };
enum { PGNO = 0, FLAGS = 10, LOWER = 12, UPPER = 14 };         /* of a page */
enum { DEPTH = 6, BRANCHES = 8, LEAVES = 16, OVERFLOWS = 24 }; /* of a tree */
enum { ENTRIES = 32, ROOT = 40 };
enum { SIZE = HEAD + 24, FREE = SIZE, MAIN = SIZE + TREE }; /* of a meta */
enum { LAST = HEAD + 120, TXN = HEAD + 128 };
enum { DATA_LEN = 0, NODE_FLAGS = 4, KEY_LEN = 6, NODE = 8 }; /* of a node */

/* A store's file, and where in it what is. */
struct image {
    const char *dir;
    struct mv_buf b;
    uint8_t *meta;                     /* the newest */
    uint8_t *a, *free, *main;          /* heads of trees */
    uint8_t *branch, *leaf, *overflow; /* pages of table a */
    uint8_t *large;                    /* the node of the large row */
    uint8_t *free_leaf, *main_leaf;
};

static uint64_t get(const uint8_t *p, size_t bytes)
{
    uint64_t v = 0;
    memcpy(&v, p, bytes);
    return v;
}

static uint8_t *page_of(struct image *m, uint64_t n)
{
    assert_true((n + 1) * PAGE <= m->b.len);
    return m->b.at + n * PAGE;
}

static uint8_t *node_of(uint8_t *page, unsigned i)
{
    return page + get(page + HEAD + 2 * (size_t)i, 2);
}

static unsigned nodes(const uint8_t *page)
{
    return (unsigned)(get(page + LOWER, 2) - HEAD) / 2;
}

static uint8_t *data_of(uint8_t *node)
{
    return node + NODE + get(node + KEY_LEN, 2);
}

static uint8_t *find(uint8_t *leaf, const char *key)
{
    for (unsigned i = 0; i < nodes(leaf); i++) {
        uint8_t *n = node_of(leaf, i);
        if (mv_span_is(mv_span(n + NODE, get(n + KEY_LEN, 2)), key))
            return n;
    }
    fail_msg("no row '%s'", key);
    return NULL;
}

/* Small rows on many leaves, one row with pages of its own, and a free list. */
static void fill(const char *dir)
{
    static char big[BIG];
    char key[16];
    struct mv_store *s = must_open(dir);
    memset(big, 'x', sizeof big - 1);
    for (unsigned turn = 0; turn < 3; turn++) {
        mv_store_begin(s);
        for (unsigned i = 0; i < ROWS; i++) {
            (void)snprintf(key, sizeof key, "k%05u", i);
            put(s, key, "of some length, so that leaves are many");
        }
        put(s, "big", big);
        assert_int_equal(mv_store_commit(s, NULL), MV_OK);
    }
    mv_store_close(s);
}

static void locate(struct image *m)
{
    uint8_t *m0 = m->b.at, *m1 = m->b.at + PAGE;
    m->meta = get(m1 + TXN, 8) > get(m0 + TXN, 8) ? m1 : m0;
    m->free = m->meta + FREE;
    m->main = m->meta + MAIN;
    m->free_leaf = page_of(m, get(m->free + ROOT, 8));
    m->main_leaf = page_of(m, get(m->main + ROOT, 8));
    m->a = data_of(find(m->main_leaf, "a"));
    assert_int_equal(get(m->a + DEPTH, 2), 2);
    m->branch = page_of(m, get(m->a + ROOT, 8));
    m->leaf = page_of(m, get(node_of(m->branch, 0), 4));
    m->large = find(m->leaf, "big");
    m->overflow = page_of(m, get(data_of(m->large), 8));
}

static struct image open_image(const char *dir)
{
    struct image m = {.dir = dir};
    fill(dir);
    mv_test_read(dir, "data.mdb", &m.b);
    locate(&m);
    return m;
}

static void look(struct image *m, const char *why)
{
    const struct mv_store_options o = options(m->dir);
    mv_test_write(m->dir, "data.mdb", m->b.at, m->b.len);
    refused(&o, why);
}

/* The field is set, refused for this reason, and set back. */
static void hurt(struct image *m, uint8_t *at, size_t bytes, uint64_t value,
                 const char *why)
{
    uint64_t was = get(at, bytes);
    assert_true(was != value);
    memcpy(at, &value, bytes);
    look(m, why);
    memcpy(at, &was, bytes);
}

static void sound_again(struct image *m)
{
    mv_test_write(m->dir, "data.mdb", m->b.at, m->b.len);
    mv_store_close(must_open(m->dir));
    mv_buf_done(&m->b);
}

static void a_page_of_rows_is_what_its_header_says(void **state)
{
    struct image m = open_image(*state);
    uint8_t *kinds[] = {m.leaf, m.branch};
    for (unsigned i = 0; i < 2; i++) {
        uint8_t *p = kinds[i];
        uint64_t lower = get(p + LOWER, 2), upper = get(p + UPPER, 2);
        hurt(&m, p + PGNO, 8, get(p, 8) + 1, "not the page");
        hurt(&m, p + FLAGS, 2, 1 + (i == 1), "not the page");
        hurt(&m, p + LOWER, 2, HEAD, "bounds");
        hurt(&m, p + LOWER, 2, lower + 1, "bounds");
        hurt(&m, p + LOWER, 2, upper + 2, "bounds");
        hurt(&m, p + UPPER, 2, PAGE + 2, "bounds");
        hurt(&m, p + HEAD, 2, upper - 2, "node offset");
        hurt(&m, p + HEAD, 2, upper + 1, "node offset");
        hurt(&m, p + HEAD, 2, PAGE - 2, "node offset");
        hurt(&m, node_of(p, 1) + KEY_LEN, 2, PAGE, "node length");
        hurt(&m, p + UPPER, 2, upper - 2, "do not fill");
    }
    sound_again(&m);
}

static void a_row_has_a_key_in_its_place(void **state)
{
    struct image m = open_image(*state);
    uint8_t *n = node_of(m.leaf, 1), *next = node_of(m.leaf, 2);
    hurt(&m, n + NODE_FLAGS, 2, 4, "node flags");
    hurt(&m, n + NODE_FLAGS, 2, 2, "node flags");
    hurt(&m, node_of(m.main_leaf, 0) + NODE_FLAGS, 2, 0, "node flags");
    hurt(&m, node_of(m.main_leaf, 0) + NODE_FLAGS, 2, 3, "node");
    uint8_t was[NODE];
    memcpy(was, n, NODE);
    uint64_t both = get(n + DATA_LEN, 2) + get(n + KEY_LEN, 2);
    memcpy(n + DATA_LEN, &both, 2);
    hurt(&m, n + KEY_LEN, 2, 0, "key length");
    memcpy(n, was, NODE);
    uint8_t held[7];
    memcpy(held, next + NODE, 6);
    memcpy(next + NODE, n + NODE, 6);
    look(&m, "keys out of order");
    memcpy(next + NODE, held, 6);
    sound_again(&m);
}

static void a_key_longer_than_any_is_refused(void **state)
{
    static char value[1500];
    struct image m = {.dir = *state};
    struct mv_store *s = must_open(*state);
    memset(value, 'v', sizeof value - 1);
    mv_store_begin(s);
    put(s, "k", value);
    assert_int_equal(mv_store_commit(s, NULL), MV_OK);
    mv_store_close(s);
    mv_test_read(*state, "data.mdb", &m.b);
    uint8_t *m1 = m.b.at + PAGE;
    m.meta = get(m1 + TXN, 8) > get(m.b.at + TXN, 8) ? m1 : m.b.at;
    m.main_leaf = page_of(&m, get(m.meta + MAIN + ROOT, 8));
    m.a = data_of(find(m.main_leaf, "a"));
    uint8_t *n = find(page_of(&m, get(m.a + ROOT, 8)), "k");
    uint64_t len = get(n + DATA_LEN, 2) - 600;
    memcpy(n + DATA_LEN, &len, 2);
    hurt(&m, n + KEY_LEN, 2, 601, "key length");
    mv_buf_done(&m.b);
}

static void a_large_row_has_its_pages_and_no_others(void **state)
{
    struct image m = open_image(*state);
    uint8_t *p = m.overflow, *at = data_of(m.large);
    uint64_t pages = m.b.len / PAGE;
    uint64_t left = get(m.meta + LAST, 8) + 1 - (uint64_t)(p - m.b.at) / PAGE;
    hurt(&m, p + PGNO, 8, 7, "not the overflow page");
    hurt(&m, p + FLAGS, 2, 2, "not the overflow page");
    hurt(&m, p + LOWER, 4, 2, "overflow length");
    hurt(&m, p + LOWER, 4, pages, "overflow length");
    hurt(&m, p + LOWER, 4, left + 1, "overflow length");
    hurt(&m, p + LOWER, 4, left, "is used twice");
    hurt(&m, p + LOWER, 4, 4, "damaged at page");
    hurt(&m, at, 8, 1, "lies outside");
    hurt(&m, at, 8, pages + 7, "is cut off");
    hurt(&m, at, 8, get(m.a + ROOT, 8), "is used twice");
    sound_again(&m);
}

static void the_free_list_names_pages_once_and_of_the_past(void **state)
{
    struct image m = open_image(*state);
    uint8_t *n = node_of(m.free_leaf, nodes(m.free_leaf) - 1);
    uint8_t *ids = data_of(n), *key = n + NODE;
    assert_true(get(ids, 8) >= 2);
    hurt(&m, key, 8, get(m.meta + TXN, 8) + 1, "free list");
    hurt(&m, ids, 8, get(n + DATA_LEN, 2) / 8, "free list");
    hurt(&m, ids, 8, UINT64_MAX, "free list");
    hurt(&m, ids + 16, 8, get(ids + 8, 8), "out of order");
    hurt(&m, ids + 8, 8, UINT64_MAX, "lies outside");
    hurt(&m, ids + 8 * get(ids, 8), 8, 1, "lies outside");
    uint64_t len = get(n + DATA_LEN, 2) + 4;
    memcpy(n + DATA_LEN, &len, 2);
    hurt(&m, n + KEY_LEN, 2, 4, "key length");
    len -= 8;
    memcpy(n + DATA_LEN, &len, 2);
    hurt(&m, n + KEY_LEN, 2, 12, "key length");
    len += 4;
    memcpy(n + DATA_LEN, &len, 2);
    sound_again(&m);
}

static void a_tree_is_as_deep_and_as_large_as_its_head_says(void **state)
{
    struct image m = open_image(*state);
    uint8_t *heads[] = {m.a, m.free, m.main};
    for (unsigned i = 0; i < 3; i++) {
        uint8_t *t = heads[i];
        hurt(&m, t + DEPTH, 2, 33, "tree head");
        hurt(&m, t + DEPTH, 2, 0, "tree root");
        hurt(&m, t + ROOT, 8, UINT64_MAX, "tree root");
        hurt(&m, t + ROOT, 8, 0, "lies outside");
        hurt(&m, t + DEPTH, 2, get(t + DEPTH, 2) + 1, "not the page");
        hurt(&m, t + BRANCHES, 8, get(t + BRANCHES, 8) + 1, "counts");
        hurt(&m, t + LEAVES, 8, get(t + LEAVES, 8) + 1, "counts");
        hurt(&m, t + OVERFLOWS, 8, get(t + OVERFLOWS, 8) + 1, "counts");
        hurt(&m, t + ENTRIES, 8, get(t + ENTRIES, 8) + 1, "counts");
    }
    hurt(&m, m.a + 4, 2, 8, "tree head");
    hurt(&m, m.main + 4, 2, 8, "tree head");
    uint8_t *n = node_of(m.main_leaf, 0);
    uint64_t len = get(n + DATA_LEN, 2) - 1;
    memcpy(n + DATA_LEN, &len, 2);
    hurt(&m, n + KEY_LEN, 2, get(n + KEY_LEN, 2) + 1, "table head");
    len++;
    memcpy(n + DATA_LEN, &len, 2);
    sound_again(&m);
}

static void a_branch_leads_to_pages_of_the_file(void **state)
{
    struct image m = open_image(*state);
    uint8_t *n = node_of(m.branch, 1);
    hurt(&m, n, 4, 0, "lies outside");
    hurt(&m, n, 4, get(node_of(m.branch, 0), 4), "is used twice");
    hurt(&m, n + NODE_FLAGS, 2, 1, "is cut off"); /* bits 32 and up */
    hurt(&m, n, 4, m.b.len / PAGE + 1, "is cut off");
    sound_again(&m);
}

static void both_meta_pages_belong_together(void **state)
{
    struct image m = open_image(*state);
    uint8_t *other = m.meta == m.b.at ? m.b.at + PAGE : m.b.at;
    uint8_t *even = m.b.at, *odd = m.b.at + PAGE;
    const uint64_t sizes[] = {256, 65536, 4097};
    for (unsigned i = 0; i < 3; i++)
        hurt(&m, even + SIZE, 4, sizes[i], "page size");
    hurt(&m, odd + SIZE, 4, 8192, "meta page 1 is damaged");
    hurt(&m, even + PGNO, 8, 1, "meta page 0 is damaged");
    hurt(&m, odd + SIZE + 4, 2, 0, "meta page 1 is damaged");
    hurt(&m, even + TXN, 8, get(even + TXN, 8) + 1, "transactions");
    hurt(&m, odd + TXN, 8, get(odd + TXN, 8) + 1, "transactions");
    hurt(&m, other + TXN, 8, get(other + TXN, 8) - 2, "transactions");
    hurt(&m, m.meta + LAST, 8, 0, "is cut off");
    hurt(&m, m.meta + LAST, 8, 1, "lies outside"); /* two pages may be all */
    hurt(&m, m.meta + LAST, 8, UINT64_C(1) << 40, "is cut off");
    hurt(&m, m.meta + LAST, 8, m.b.len / PAGE + 3, "is cut off");
    size_t whole = m.b.len;
    m.b.len = PAGE + 100;
    look(&m, "is cut off: 4196 bytes");
    m.b.len = whole;
    sound_again(&m);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_page_of_rows_is_what_its_header_says),
        T(a_row_has_a_key_in_its_place),
        T(a_key_longer_than_any_is_refused),
        T(a_large_row_has_its_pages_and_no_others),
        T(the_free_list_names_pages_once_and_of_the_past),
        T(a_tree_is_as_deep_and_as_large_as_its_head_says),
        T(a_branch_leads_to_pages_of_the_file),
        T(both_meta_pages_belong_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
