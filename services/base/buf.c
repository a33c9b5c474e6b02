/* buf - see buf.h. Job: memory for bytes. Invariant: len <= cap; a buffer
 * that was zeroed is empty and valid. Out of memory ends the process with one
 * line: what was not committed is found again by whoever sent it. */
#include "services/base/buf.h"
#include "services/base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

static void MV_NORETURN out_of_memory(size_t size)
{
    (void)fprintf(stderr, "out of memory: %zu bytes\n", size);
    exit(EX_OSERR);
}

void *mv_xcalloc(size_t count, size_t size)
{
    void *p = calloc(count ? count : 1, size ? size : 1);
    if (p == NULL)
        out_of_memory(size);
    return p;
}

void *mv_xrealloc(void *p, size_t size)
{
    void *q = realloc(p, size ? size : 1);
    if (q == NULL)
        out_of_memory(size);
    return q;
}

char *mv_xstrdup(const char *s)
{
    return mv_xstrndup(s, strlen(s));
}

char *mv_xstrndup(const void *s, size_t len)
{
    char *copy = mv_xcalloc(len + 1, 1);
    if (len > 0)
        memcpy(copy, s, len);
    return copy;
}

void mv_buf_done(struct mv_buf *b)
{
    free(b->at);
    *b = (struct mv_buf){0};
}

void mv_buf_grow(struct mv_buf *b, size_t more)
{
    size_t need;
    if (__builtin_add_overflow(b->len, more, &need))
        out_of_memory(more);
    if (need <= b->cap)
        return;
    size_t cap = b->cap < 64 ? 64 : b->cap;
    while (cap < need)
        cap = cap > SIZE_MAX / 2 ? need : cap * 2;
    b->at = mv_xrealloc(b->at, cap);
    b->cap = cap;
}

void mv_buf_put_be64(struct mv_buf *b, uint64_t v)
{
    mv_buf_room(b, 8);
    mv_be64_put(b->at + b->len, v);
    b->len += 8;
}

void mv_buf_text(struct mv_buf *b, const char *s)
{
    mv_buf_put(b, s, strlen(s));
}

void mv_buf_printf(struct mv_buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    MV_ASSERT(n >= 0);
    mv_buf_room(b, (size_t)n + 1);
    va_start(ap, fmt);
    (void)vsnprintf((char *)b->at + b->len, (size_t)n + 1, fmt, ap);
    va_end(ap);
    b->len += (size_t)n;
}

const char *mv_buf_cstr(struct mv_buf *b)
{
    mv_buf_room(b, 1);
    b->at[b->len] = 0;
    return (const char *)b->at;
}

int mv_span_compare(struct mv_span a, struct mv_span b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int order = n > 0 ? memcmp(a.at, b.at, n) : 0;
    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}
