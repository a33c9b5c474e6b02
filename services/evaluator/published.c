/* published - see published.h. Job: what was said last, written once a batch.
 * Invariant: what is not dirty is what the open transaction would read; what
 * is dirty goes with its transaction or is written before its end. A crash
 * leaves what was committed with the log. */
#include "services/evaluator/published.h"

#include <stdlib.h>
#include <string.h>

/* version status coloured 0 | changes | since | since_ms; then the reason.
 * Version 1 had no since_ms. */
#define ROW_VERSION 2u
#define ROW_BYTES   24u
#define ROW_1_BYTES 16u
#define KEY_BYTES   (2u * MV_ID_BYTES + 4u)

/* Targets of one unit that stand side by side: a delivery is of one unit, and
 * touches them in their order. */
#define PAGE_TARGETS 64u
#define START_PAGES  1024u

struct page {
    uint64_t name;  /* the first target / PAGE_TARGETS << 32 | unit */
    uint64_t known; /* a bit each: the rest is what the store says */
    uint64_t dirty; /* a bit each: to be written */
    uint8_t colour[PAGE_TARGETS];
    struct evaluator_sent sent[PAGE_TARGETS];
};

struct evaluator_published {
    const struct evaluator_book *book;
    struct page **at; /* never more than half full */
    uint32_t mask, count;
    size_t max_bytes;
    const struct mv_catalogue *catalogue; /* of what is dirty */
    struct page **dirty;                  /* each once */
    uint32_t dirty_count, dirty_cap;
};

static void make_empty(struct evaluator_published *p)
{
    p->mask = START_PAGES - 1;
    p->count = 0;
    p->at = mv_xcalloc(START_PAGES, sizeof(struct page *));
}

static void free_pages(struct evaluator_published *p)
{
    for (uint32_t i = 0; i <= p->mask; i++)
        free(p->at[i]);
    free(p->at);
}

struct evaluator_published *
evaluator_published_open(const struct evaluator_book *book, size_t max_bytes)
{
    struct evaluator_published *p = mv_xcalloc(1, sizeof *p);
    p->book = book;
    p->max_bytes = max_bytes;
    make_empty(p);
    return p;
}

void evaluator_published_close(struct evaluator_published *p)
{
    if (p == NULL)
        return;
    free_pages(p);
    free(p->dirty);
    free(p);
}

static struct page **place(struct evaluator_published *p, uint64_t name)
{
    uint64_t h = name * UINT64_C(0x9e3779b97f4a7c15);
    for (uint32_t i = (uint32_t)(h >> 32) & p->mask;; i = (i + 1) & p->mask)
        if (p->at[i] == NULL || p->at[i]->name == name)
            return &p->at[i];
}

static void grow(struct evaluator_published *p)
{
    struct page **old = p->at;
    uint32_t size = p->mask + 1;
    p->mask = size * 2 - 1;
    p->at = mv_xcalloc((size_t)size * 2, sizeof(struct page *));
    for (uint32_t i = 0; i < size; i++)
        if (old[i] != NULL)
            *place(p, old[i]->name) = old[i];
    free(old);
}

static struct page *page_of(struct evaluator_published *p, uint32_t target,
                            uint32_t unit)
{
    uint64_t name = (uint64_t)(target / PAGE_TARGETS) << 32 | unit;
    struct page **at = place(p, name);
    if (*at != NULL)
        return *at;
    if (p->count >= p->mask / 2) {
        grow(p);
        at = place(p, name);
    }
    p->count++;
    *at = mv_xcalloc(1, sizeof **at);
    (*at)->name = name;
    return *at;
}

/* Year, target, 0, unit: a year's targets lie together. Before a commission
 * stands a byte that no identifier begins with. */
static struct mv_span key_of(int32_t year, bool commission, struct mv_span id,
                             struct mv_span unit, uint8_t out[KEY_BYTES])
{
    size_t len = 0;
    out[len++] = (uint8_t)((uint32_t)year >> 8);
    out[len++] = (uint8_t)year;
    if (commission)
        out[len++] = 1;
    memcpy(out + len, id.at, id.len);
    len += id.len;
    out[len++] = 0;
    memcpy(out + len, unit.at, unit.len);
    return mv_span(out, len + unit.len);
}

static uint8_t reason_of(struct mv_span text)
{
    for (int i = 0; i <= MV_REASON_NOT_ASSESSED; i++)
        if (mv_span_is(text, mv_reason_text((mv_reason)i)))
            return (uint8_t)i;
    return UINT8_MAX; /* another engine's word: differs from all of ours */
}

static struct evaluator_sent read_row(const struct evaluator_published *p,
                                      struct mv_span key)
{
    struct mv_span value;
    struct evaluator_sent sent = {0};
    if (!mv_store_get(p->book->store, p->book->published, key, &value) ||
        value.len < ROW_1_BYTES)
        return sent;
    const uint8_t *at = value.at;
    bool stamped = at[0] >= ROW_VERSION && value.len >= ROW_BYTES;
    size_t head = stamped ? ROW_BYTES : ROW_1_BYTES;
    sent.there = true;
    sent.status = at[1];
    sent.coloured = at[2];
    sent.changes = mv_be32_get(at + 4);
    sent.since_seq = mv_be64_get(at + 8);
    if (stamped)
        sent.since_ms = (int64_t)mv_be64_get(at + 16);
    sent.reason = reason_of(mv_span(at + head, value.len - head));
    return sent;
}

static struct mv_span key_of_target(const struct mv_target *t,
                                    const struct mv_unit *u,
                                    uint8_t out[KEY_BYTES])
{
    return key_of(t->year, false, t->id, u->id, out);
}

struct evaluator_sent
evaluator_published_stored(const struct evaluator_published *p,
                           const struct mv_target *t, const struct mv_unit *u)
{
    uint8_t key[KEY_BYTES];
    MV_ASSERT(p->dirty_count == 0);
    return read_row(p, key_of_target(t, u, key));
}

struct evaluator_sent
evaluator_published_commission(const struct evaluator_published *p,
                               const struct mv_commission *m,
                               const struct mv_unit *u)
{
    uint8_t key[KEY_BYTES];
    return read_row(p, key_of(m->year, true, m->id, u->id, key));
}

static void keep(struct page *page, uint32_t target,
                 const struct evaluator_sent *sent)
{
    unsigned i = target % PAGE_TARGETS;
    bool coloured = sent->there && sent->reason == (uint8_t)MV_REASON_NO;
    page->sent[i] = *sent;
    page->colour[i] = coloured ? sent->status : (uint8_t)MV_STATUS_NONE;
    page->known |= UINT64_C(1) << i;
}

/* The page of the pair, with what the store says of it. */
static const struct page *page_with(struct evaluator_published *p,
                                    const struct mv_catalogue *c,
                                    uint32_t target, uint32_t unit)
{
    struct page *page = page_of(p, target, unit);
    if ((page->known >> target % PAGE_TARGETS & 1) == 0) {
        uint8_t key[KEY_BYTES];
        struct evaluator_sent sent = read_row(
            p, key_of_target(&c->targets[target], &c->units[unit], key));
        keep(page, target, &sent);
    }
    return page;
}

struct evaluator_sent evaluator_published_get(struct evaluator_published *p,
                                              const struct mv_catalogue *c,
                                              uint32_t target, uint32_t unit)
{
    return page_with(p, c, target, unit)->sent[target % PAGE_TARGETS];
}

mv_status evaluator_published_colour(struct evaluator_published *p,
                                     const struct mv_catalogue *c,
                                     uint32_t target, uint32_t unit)
{
    const struct page *page = page_with(p, c, target, unit);
    return (mv_status)page->colour[target % PAGE_TARGETS];
}

static void write_row(struct evaluator_published *p, struct mv_span key,
                      const struct evaluator_sent *sent)
{
    uint8_t value[ROW_BYTES + 64] = {0};
    struct mv_span reason =
        mv_span_text(mv_reason_text((mv_reason)sent->reason));
    MV_ASSERT(reason.len <= sizeof value - ROW_BYTES);
    value[0] = ROW_VERSION;
    value[1] = sent->status;
    value[2] = sent->coloured;
    mv_be32_put(value + 4, sent->changes);
    mv_be64_put(value + 8, sent->since_seq);
    mv_be64_put(value + 16, (uint64_t)sent->since_ms);
    memcpy(value + ROW_BYTES, reason.at, reason.len);
    mv_store_put(p->book->store, p->book->published, key,
                 mv_span(value, ROW_BYTES + reason.len));
}

static void make_dirty(struct evaluator_published *p, struct page *page)
{
    if (p->dirty_count == p->dirty_cap) {
        p->dirty_cap = p->dirty_cap == 0 ? 256 : p->dirty_cap * 2;
        p->dirty = mv_xrealloc(p->dirty, p->dirty_cap * sizeof(struct page *));
    }
    p->dirty[p->dirty_count++] = page;
}

void evaluator_published_put(struct evaluator_published *p,
                             const struct mv_catalogue *c, uint32_t target,
                             uint32_t unit, const struct evaluator_sent *sent)
{
    struct page *page = page_of(p, target, unit);
    MV_ASSERT(p->dirty_count == 0 || p->catalogue == c);
    p->catalogue = c;
    keep(page, target, sent);
    if (page->dirty == 0)
        make_dirty(p, page);
    page->dirty |= UINT64_C(1) << target % PAGE_TARGETS;
}

static int by_name(const void *a, const void *b)
{
    const struct page *const *x = a, *const *y = b;
    return (*x)->name < (*y)->name ? -1 : (*x)->name > (*y)->name;
}

/* The i-th target of pages that hold the same targets. */
static void write_target(struct evaluator_published *p, uint32_t i,
                         struct page *const *pages, uint32_t count)
{
    uint32_t target = (uint32_t)(pages[0]->name >> 32) * PAGE_TARGETS + i;
    uint64_t bit = UINT64_C(1) << i;
    for (uint32_t k = 0; k < count; k++) {
        uint8_t key[KEY_BYTES];
        if ((pages[k]->dirty & bit) == 0)
            continue;
        pages[k]->dirty &= ~bit;
        write_row(p,
                  key_of_target(&p->catalogue->targets[target],
                                &p->catalogue->units[(uint32_t)pages[k]->name],
                                key),
                  &pages[k]->sent[i]);
    }
}

/* Target by target: in the store its units lie side by side. */
void evaluator_published_flush(struct evaluator_published *p)
{
    struct page **at = p->dirty;
    uint32_t first = 0, end = 0;
    if (p->dirty_count > 1)
        qsort(at, p->dirty_count, sizeof(struct page *), by_name);
    for (; first < p->dirty_count; first = end) {
        uint64_t group = at[first]->name >> 32, any = 0;
        for (; end < p->dirty_count && at[end]->name >> 32 == group; end++)
            any |= at[end]->dirty;
        for (uint32_t i = 0; i < PAGE_TARGETS; i++)
            if ((any >> i & 1) != 0)
                write_target(p, i, at + first, end - first);
    }
    p->dirty_count = 0;
}

void evaluator_published_put_commission(struct evaluator_published *p,
                                        const struct mv_commission *m,
                                        const struct mv_unit *u,
                                        const struct evaluator_sent *sent)
{
    uint8_t key[KEY_BYTES];
    write_row(p, key_of(m->year, true, m->id, u->id, key), sent);
}

void evaluator_published_forget(struct evaluator_published *p)
{
    free_pages(p);
    make_empty(p);
    free(p->dirty);
    p->dirty = NULL;
    p->dirty_count = p->dirty_cap = 0;
}

size_t evaluator_published_bytes(const struct evaluator_published *p)
{
    return p->count * sizeof(struct page) +
           p->dirty_cap * sizeof(struct page *);
}

void evaluator_published_trim(struct evaluator_published *p)
{
    if (evaluator_published_bytes(p) <= p->max_bytes)
        return;
    evaluator_published_flush(p);
    evaluator_published_forget(p);
}
