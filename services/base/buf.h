/* buf - bytes: spans that are borrowed, a buffer that grows, big-endian
 * integers, and allocation that does not come back empty. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A borrowed run of bytes; not NUL-terminated. Text uses it too. */
struct mv_span {
    const void *at;
    size_t len;
};

/* A growing buffer that its holder owns; zero-initialise, mv_buf_done. */
struct mv_buf {
    uint8_t *at;
    size_t len;
    size_t cap;
};

/* Small allocations exit the process on failure (a crash is a tested path);
 * sizes set by input are bounded by a named constant before they get here. */
void *mv_xcalloc(size_t count, size_t size);
void *mv_xrealloc(void *p, size_t size);
char *mv_xstrdup(const char *s);
char *mv_xstrndup(const void *s, size_t len);

void mv_buf_done(struct mv_buf *b);
void mv_buf_grow(struct mv_buf *b, size_t more); /* what room does if it must */
void mv_buf_put_be64(struct mv_buf *b, uint64_t v);
void mv_buf_text(struct mv_buf *b, const char *s); /* without the NUL */
void mv_buf_printf(struct mv_buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
const char *mv_buf_cstr(struct mv_buf *b); /* NUL after len */
/* <0, 0, >0 as memcmp; a prefix sorts first. */
int mv_span_compare(struct mv_span a, struct mv_span b);

/* These are a few instructions each and called dozens of times a figure. */

static inline void mv_buf_clear(struct mv_buf *b) /* keeps the memory */
{
    b->len = 0;
}

static inline void mv_buf_room(struct mv_buf *b, size_t more)
{
    if (b->cap - b->len < more) /* after it: cap - len >= more */
        mv_buf_grow(b, more);
}

static inline void mv_buf_put(struct mv_buf *b, const void *at, size_t len)
{
    if (len == 0)
        return;
    mv_buf_room(b, len);
    memcpy(b->at + b->len, at, len);
    b->len += len;
}

static inline void mv_buf_put_u8(struct mv_buf *b, uint8_t v)
{
    mv_buf_room(b, 1);
    b->at[b->len++] = v;
}

static inline struct mv_span mv_buf_span(const struct mv_buf *b)
{
    return (struct mv_span){b->at, b->len};
}

static inline struct mv_span mv_span(const void *at, size_t len)
{
    return (struct mv_span){at, len};
}

static inline struct mv_span mv_span_text(const char *s)
{
    return (struct mv_span){s, strlen(s)};
}

static inline bool mv_span_equal(struct mv_span a, struct mv_span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

static inline bool mv_span_is(struct mv_span a, const char *s)
{ /* of many names most differ in the first byte */
    return (a.len == 0 || *(const char *)a.at == *s) &&
           mv_span_equal(a, mv_span_text(s));
}

static inline void mv_be64_put(uint8_t *p, uint64_t v)
{
    for (int i = 7; i >= 0; i--, v >>= 8)
        p[i] = (uint8_t)v;
}

static inline uint64_t mv_be64_get(const uint8_t *p)
{
    uint64_t v = 0;
    for (int i = 0; i < 8; i++)
        v = v << 8 | p[i];
    return v;
}

static inline void mv_be32_put(uint8_t *p, uint32_t v)
{
    for (int i = 3; i >= 0; i--, v >>= 8)
        p[i] = (uint8_t)v;
}

static inline uint32_t mv_be32_get(const uint8_t *p)
{
    uint32_t v = 0;
    for (int i = 0; i < 4; i++)
        v = v << 8 | p[i];
    return v;
}
