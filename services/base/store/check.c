/* check - see check.h. Job: prove that LMDB can walk this file without
 * leaving it. Invariant: every page is used at most once, by one tree or by
 * the free list; every count, bound and order holds. That also finds a page
 * number that was turned into that of an older version of the page: the old
 * one is in the free list. Writes nothing, so a crash leaves nothing. */
#include "services/base/store/check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PAGE_HEADER = 16,
    NODE_HEADER = 8,
    META_BYTES = 152, /* with the page header */
    DB_BYTES = 48,
    DEPTH_MAX = 32,
    KEY_MAX = 511,
    TREES_MAX = 64,
    P_BRANCH = 1,
    P_LEAF = 2,
    P_OVERFLOW = 4,
    P_META = 8,
    F_BIGDATA = 1,
    F_SUBDATA = 2,
    FREE_FLAGS = 8, /* MDB_INTEGERKEY, and no flag of the environment */
};
#define LMDB_MAGIC   0xbeefc0deu
#define LMDB_VERSION 1u
/* Far more than a batch can take and let go; bounds the map of pages. */
#define UNWRITTEN_MAX (1ull << 20)
#define NO_PAGE       UINT64_MAX

struct tree {
    struct mv_span name; /* empty: the free list, or the tree of trees */
    bool is_free;
    unsigned flags, depth;
    uint64_t branch, leaf, overflow, entries, root;
};

struct walk {
    const uint8_t *map;
    uint64_t bytes, pages, txn;
    uint64_t file_pages;  /* whole pages that the file has */
    uint64_t free_beyond; /* free pages at or after that */
    size_t page_bytes;
    uint8_t *used; /* a bit per page */
    store_row_fn row;
    void *ctx;
    struct mv_err *err;
    struct tree trees[TREES_MAX];
    size_t tree_count;
    /* of the tree being walked */
    struct tree seen;
    struct mv_span last, floor; /* last key met; separator of this branch */
};

static uint64_t u64_at(const void *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static uint32_t u32_at(const void *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static unsigned u16_at(const void *p)
{
    uint16_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static bool wrong(struct walk *w, const char *fmt, ...) MV_PRINTF(2, 3);

static bool wrong(struct walk *w, const char *fmt, ...)
{
    char text[200];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    (void)mv_fail(w->err, MV_CONFIG, "%s", text);
    return false;
}

static bool bad(struct walk *w, uint64_t page, const char *what)
{
    return wrong(w, "damaged at page %llu: %s", (unsigned long long)page, what);
}

static struct tree tree_read(const uint8_t *p)
{
    return (struct tree){.flags = u16_at(p + 4),
                         .depth = u16_at(p + 6),
                         .branch = u64_at(p + 8),
                         .leaf = u64_at(p + 16),
                         .overflow = u64_at(p + 24),
                         .entries = u64_at(p + 32),
                         .root = u64_at(p + 40)};
}

/* Marks a page as taken: by a tree, or as free. */
static bool claim_any(struct walk *w, uint64_t page)
{
    if (page < 2 || page >= w->pages)
        return bad(w, page, "lies outside the file");
    uint8_t *byte = &w->used[page / 8], bit = (uint8_t)(1u << page % 8);
    if (*byte & bit)
        return bad(w, page, "is used twice");
    *byte |= bit;
    return true;
}

/* A page with something on it. */
static bool claim(struct walk *w, uint64_t page)
{
    if (page >= w->file_pages)
        return bad(w, page, "is cut off");
    return claim_any(w, page);
}

/* LMDB counts pages at the end that a transaction took and let go without
 * ever writing them: the file need not hold them, but the free list does. */
static bool claim_free(struct walk *w, uint64_t page)
{
    w->free_beyond += page >= w->file_pages;
    return claim_any(w, page);
}

static const uint8_t *page_at(const struct walk *w, uint64_t page)
{
    return w->map + page * w->page_bytes;
}

static unsigned node_count(const uint8_t *p)
{
    return (u16_at(p + 12) - PAGE_HEADER) / 2;
}

static const uint8_t *node_at(const uint8_t *p, unsigned i)
{
    return p + u16_at(p + PAGE_HEADER + 2 * i);
}

static struct mv_span node_key(const uint8_t *n)
{
    return mv_span(n + NODE_HEADER, u16_at(n + 6));
}

static size_t node_data_len(const uint8_t *n)
{
    return u16_at(n) | (size_t)u16_at(n + 2) << 16;
}

/* Bytes that a node takes in its page, before rounding up to even. */
static size_t node_bytes(const uint8_t *n, bool leaf)
{
    size_t bytes = NODE_HEADER + u16_at(n + 6);
    if (leaf)
        bytes += u16_at(n + 4) & F_BIGDATA ? 8 : node_data_len(n);
    return bytes;
}

/* Header and node bounds of a branch or leaf; the nodes fill it exactly. */
static bool page_sound(struct walk *w, uint64_t page, bool leaf)
{
    const uint8_t *p = page_at(w, page);
    unsigned lower = u16_at(p + 12), upper = u16_at(p + 14);
    if (u64_at(p) != page || u16_at(p + 10) != (leaf ? P_LEAF : P_BRANCH))
        return bad(w, page, "is not the page that it should be");
    if (lower <= PAGE_HEADER || lower % 2 != 0 || lower > upper ||
        upper > w->page_bytes)
        return bad(w, page, "bounds");
    size_t filled = 0;
    for (unsigned i = 0; i < node_count(p); i++) {
        size_t at = u16_at(p + PAGE_HEADER + 2 * i);
        if (at < upper || at % 2 != 0 || at + NODE_HEADER > w->page_bytes)
            return bad(w, page, "node offset");
        size_t bytes = node_bytes(p + at, leaf);
        if (bytes > w->page_bytes - at)
            return bad(w, page, "node length");
        filled += (bytes + 1) & ~(size_t)1;
    }
    if (filled != w->page_bytes - upper)
        return bad(w, page, "nodes do not fill it");
    return true;
}

static int key_compare(const struct tree *t, struct mv_span a, struct mv_span b)
{
    if (!t->is_free)
        return mv_span_compare(a, b);
    uint64_t x = u64_at(a.at), y = u64_at(b.at);
    return x < y ? -1 : x > y;
}

/* Keys only grow along the walk, and stay at or above their separators. */
static bool key_sound(struct walk *w, uint64_t page, struct mv_span key)
{
    if (key.len == 0 || key.len > KEY_MAX || (w->seen.is_free && key.len != 8))
        return bad(w, page, "key length");
    if (w->last.at != NULL && key_compare(&w->seen, w->last, key) >= 0)
        return bad(w, page, "keys out of order");
    if (w->floor.at != NULL && key_compare(&w->seen, w->floor, key) > 0)
        return bad(w, page, "a key below its branch");
    w->last = key;
    return true;
}

static bool overflow_sound(struct walk *w, uint64_t page, size_t len,
                           struct mv_span *value)
{
    if (!claim(w, page))
        return false;
    const uint8_t *p = page_at(w, page);
    uint64_t run = u32_at(p + 12);
    uint64_t need = (PAGE_HEADER - 1 + (uint64_t)len) / w->page_bytes + 1;
    if (u64_at(p) != page || u16_at(p + 10) != P_OVERFLOW)
        return bad(w, page, "is not the overflow page that it should be");
    if (run < need || run > w->pages - page)
        return bad(w, page, "overflow length");
    for (uint64_t i = 1; i < run; i++)
        if (!claim(w, page + i))
            return false;
    w->seen.overflow += run;
    *value = mv_span(p + PAGE_HEADER, len);
    return true;
}

/* A row of the free list: the pages that one transaction let go. */
static bool free_row(struct walk *w, uint64_t page, struct mv_span key,
                     struct mv_span value)
{
    const uint8_t *p = value.at;
    if (u64_at(key.at) > w->txn || value.len < 8 || value.len % 8 != 0 ||
        u64_at(p) > value.len / 8 - 1)
        return bad(w, page, "free list");
    /* LMDB may reserve more than it fills */
    for (size_t at = 8; at < 8 + u64_at(p) * 8; at += 8) {
        if (at > 8 && u64_at(p + at - 8) <= u64_at(p + at))
            return bad(w, page, "free list out of order");
        if (!claim_free(w, u64_at(p + at)))
            return false;
    }
    return true;
}

static bool tree_row(struct walk *w, uint64_t page, struct mv_span key,
                     struct mv_span value)
{
    if (value.len != DB_BYTES || w->tree_count == TREES_MAX)
        return bad(w, page, "table head");
    struct tree t = tree_read(value.at);
    t.name = key;
    w->trees[w->tree_count++] = t;
    if (!w->row(w->ctx, key, mv_span(NULL, 0), mv_span(NULL, 0)))
        return bad(w, page, "a table of this name");
    return true;
}

static bool leaf_row(struct walk *w, uint64_t page, const uint8_t *n)
{
    struct mv_span key = node_key(n);
    unsigned flags = u16_at(n + 4);
    struct mv_span value =
        mv_span((const uint8_t *)key.at + key.len, node_data_len(n));
    bool tree_of_trees = !w->seen.is_free && w->seen.name.at == NULL;
    if (flags & ~(unsigned)F_BIGDATA & ~(unsigned)F_SUBDATA ||
        ((flags & F_SUBDATA) != 0) != tree_of_trees ||
        (flags & F_BIGDATA && tree_of_trees))
        return bad(w, page, "node flags");
    if (!key_sound(w, page, key))
        return false;
    w->seen.entries++;
    if (flags & F_BIGDATA)
        if (!overflow_sound(w, u64_at(value.at), value.len, &value))
            return false;
    if (w->seen.is_free)
        return free_row(w, page, key, value);
    if (tree_of_trees)
        return tree_row(w, page, key, value);
    if (!(flags & F_BIGDATA) && !w->row(w->ctx, w->seen.name, key, value)) {
        return wrong(w, "damaged at page %llu: a row of table '%.*s'",
                     (unsigned long long)page, (int)w->seen.name.len,
                     (const char *)w->seen.name.at);
    }
    return true;
}

static bool leaf_sound(struct walk *w, uint64_t page)
{
    if (!page_sound(w, page, true))
        return false;
    const uint8_t *p = page_at(w, page);
    for (unsigned i = 0; i < node_count(p); i++)
        if (!leaf_row(w, page, node_at(p, i)))
            return false;
    w->seen.leaf++;
    return true;
}

struct frame {
    uint64_t page;
    unsigned next;
};

/* One step into the branch on top of the stack: the child's page, after the
 * separator before it was held against the keys already met. */
static bool branch_step(struct walk *w, struct frame *f, uint64_t *child)
{
    const uint8_t *n = node_at(page_at(w, f->page), f->next);
    if (f->next++ > 0) {
        w->floor = node_key(n);
        if (w->floor.len == 0 || (w->seen.is_free && w->floor.len != 8) ||
            w->last.at == NULL || key_compare(&w->seen, w->last, w->floor) >= 0)
            return bad(w, f->page, "separator");
    }
    *child = node_data_len(n) | (uint64_t)u16_at(n + 4) << 32;
    return claim(w, *child);
}

static bool tree_walk(struct walk *w, const struct tree *t)
{
    struct frame stack[DEPTH_MAX] = {{0}};
    unsigned top = 0;
    uint64_t page = t->root;
    if (!claim(w, page))
        return false;
    for (;;) {
        if (top + 1 == t->depth) {
            if (!leaf_sound(w, page))
                return false;
        } else {
            if (!page_sound(w, page, false))
                return false;
            w->seen.branch++;
            stack[top++] = (struct frame){.page = page};
        }
        while (top > 0 && stack[top - 1].next ==
                              node_count(page_at(w, stack[top - 1].page)))
            top--;
        if (top == 0)
            return true;
        if (!branch_step(w, &stack[top - 1], &page))
            return false;
    }
}

static bool tree_sound(struct walk *w, const struct tree *t)
{
    w->seen = (struct tree){.name = t->name, .is_free = t->is_free};
    w->last = w->floor = (struct mv_span){0};
    if (t->flags != (t->is_free ? FREE_FLAGS : 0u) || t->depth > DEPTH_MAX)
        return bad(w, t->root, "tree head");
    if ((t->root == NO_PAGE) != (t->depth == 0))
        return bad(w, t->root, "tree root");
    if (t->root != NO_PAGE)
        if (!tree_walk(w, t))
            return false;
    if (w->seen.branch != t->branch || w->seen.leaf != t->leaf ||
        w->seen.overflow != t->overflow || w->seen.entries != t->entries)
        return bad(w, t->root, "the tree's counts are not what it holds");
    return true;
}

static bool meta_sound(struct walk *w, unsigned which)
{
    const uint8_t *p = page_at(w, which), *m = p + PAGE_HEADER;
    if (u32_at(m) != LMDB_MAGIC)
        return wrong(w, "meta page %u: not an LMDB file, or damaged", which);
    if (u32_at(m + 4) != LMDB_VERSION)
        return wrong(w, "meta page %u: LMDB format %u; this program knows %u",
                     which, u32_at(m + 4), LMDB_VERSION);
    if (u64_at(p) != which || u16_at(p + 10) != P_META ||
        u32_at(m + 24) != w->page_bytes || u16_at(m + 28) != FREE_FLAGS)
        return wrong(w, "meta page %u is damaged", which);
    return true;
}

static bool cut_off(struct walk *w)
{
    return wrong(w, "is cut off: %llu bytes, but %llu pages of %zu belong",
                 (unsigned long long)w->bytes, (unsigned long long)w->pages,
                 w->page_bytes);
}

/* Both metas, and the newer of them as LMDB will choose it. A transaction n
 * writes meta n % 2 once meta n - 1 is on the disk, so they are one apart. One
 * bit of the whole file is left: bit 1 of the newest number n, where it is
 * set, makes it n - 2, and the commit before is taken for the newest. LMDB
 * itself leaves just that after a meta write that failed, so it can not be
 * refused here; whoever has seen the lost commit says `diverged`. */
static bool metas_sound(struct walk *w, const uint8_t **newest)
{
    if (w->bytes < META_BYTES)
        return wrong(w, "is cut off: %llu bytes", (unsigned long long)w->bytes);
    w->page_bytes = u32_at(w->map + PAGE_HEADER + 24);
    if (u32_at(w->map + PAGE_HEADER) == LMDB_MAGIC &&
        u32_at(w->map + PAGE_HEADER + 4) == LMDB_VERSION &&
        (w->page_bytes < 512 || w->page_bytes > 32768 ||
         (w->page_bytes & (w->page_bytes - 1)) != 0))
        return wrong(w, "meta page 0 is damaged: page size");
    if (!meta_sound(w, 0))
        return false;
    if (w->bytes < w->page_bytes + META_BYTES)
        return wrong(w, "is cut off: %llu bytes", (unsigned long long)w->bytes);
    if (!meta_sound(w, 1))
        return false;
    const uint8_t *m0 = w->map + PAGE_HEADER, *m1 = m0 + w->page_bytes;
    uint64_t t0 = u64_at(m0 + 128), t1 = u64_at(m1 + 128);
    uint64_t gap = t0 > t1 ? t0 - t1 : t1 - t0;
    if (t0 % 2 != 0 || (t1 % 2 != 1 && t1 != 0) || gap > 1)
        return wrong(w, "meta pages are damaged: transactions %llu and %llu",
                     (unsigned long long)t0, (unsigned long long)t1);
    *newest = t0 >= t1 ? m0 : m1;
    w->txn = t0 >= t1 ? t0 : t1;
    w->pages = u64_at(*newest + 120) + 1;
    w->file_pages = w->bytes / w->page_bytes;
    if (w->pages < 2 || w->pages > w->file_pages + UNWRITTEN_MAX)
        return cut_off(w);
    return true;
}

static bool walk_all(struct walk *w)
{
    const uint8_t *meta = NULL;
    if (!metas_sound(w, &meta) || meta == NULL)
        return false;
    w->used = mv_xcalloc(w->pages / 8 + 1, 1);
    struct tree t = tree_read(meta + 24);
    t.is_free = true;
    if (!tree_sound(w, &t))
        return false;
    if (w->pages > w->file_pages && w->free_beyond != w->pages - w->file_pages)
        return cut_off(w);
    t = tree_read(meta + 24 + DB_BYTES);
    if (!tree_sound(w, &t))
        return false;
    for (size_t i = 0; i < w->tree_count; i++)
        if (!tree_sound(w, &w->trees[i]))
            return false;
    return true;
}

mv_rc store_check_file(int dir_fd, const char *file, store_row_fn row,
                       void *ctx, struct store_file *ret, struct mv_err *err)
{
    struct stat st;
    /* a pipe would be waited for: opened at once, it is refused below */
    int fd =
        openat(dir_fd, file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 && errno == ENOENT)
        return MV_AGAIN;
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        const char *why = fd < 0 ? strerror(errno) : "not a regular file";
        if (fd >= 0)
            (void)close(fd);
        return mv_fail(err, MV_CONFIG, "'%s': %s", file, why);
    }
    struct walk *w = mv_xcalloc(1, sizeof *w);
    *w = (struct walk){
        .bytes = (uint64_t)st.st_size, .row = row, .ctx = ctx, .err = err};
    mv_rc rc = MV_OK;
    void *map = MAP_FAILED;
    if (w->bytes == 0)
        rc = mv_fail(err, MV_CONFIG, "is empty");
    else if ((map = mmap(NULL, w->bytes, PROT_READ, MAP_SHARED, fd, 0)) ==
             MAP_FAILED)
        rc = mv_fail(err, MV_CONFIG, "mmap: %s", strerror(errno));
    (void)close(fd);
    if (rc == MV_OK) {
        w->map = map;
        rc = walk_all(w) ? MV_OK : MV_CONFIG;
        *ret = (struct store_file){.txn = w->txn, .pages = w->pages};
        (void)munmap(map, w->bytes);
    }
    free(w->used);
    free(w);
    return mv_wrap(err, rc, "'%s'", file);
}
