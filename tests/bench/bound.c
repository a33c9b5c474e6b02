/* bound - see bound.h. Job: the parts every bound program needs. */
#include "tests/bench/bound.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

uint64_t bound_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

double bound_cpu_s(int who)
{
    struct rusage r;
    (void)getrusage(who, &r);
    return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) +
           (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6;
}

void bound_die(const char *what)
{
    (void)fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(1);
}

const char *bound_arg(int argc, char **argv, const char *name,
                      const char *fallback)
{
    for (int i = 1; i + 1 < argc; i++) {
        if (strcmp(argv[i], name) == 0)
            return argv[i + 1];
    }
    return fallback;
}

double bound_number(int argc, char **argv, const char *name, double fallback)
{
    const char *text = bound_arg(argc, argv, name, NULL);
    return text == NULL ? fallback : strtod(text, NULL);
}

void bound_samples_init(struct bound_samples *s, size_t cap)
{
    *s = (struct bound_samples){.cap = cap, .random = 88172645463325252u};
    s->at = malloc(cap * sizeof *s->at);
    if (s->at == NULL)
        bound_die("malloc");
}

uint64_t bound_random(uint64_t *state)
{
    uint64_t x = *state;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return *state = x;
}

void bound_samples_add(struct bound_samples *s, uint64_t ns)
{
    uint32_t v = ns > UINT32_MAX ? UINT32_MAX : (uint32_t)ns;
    s->seen++;
    if (s->count < s->cap) {
        s->at[s->count++] = v;
        return;
    }
    uint64_t i = bound_random(&s->random) % s->seen;
    if (i < s->cap)
        s->at[i] = v;
}

static int by_size(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

double bound_samples_us(struct bound_samples *s, double q)
{
    if (s->count == 0)
        return 0;
    qsort(s->at, s->count, sizeof *s->at, by_size);
    return s->at[(size_t)(q * (double)(s->count - 1) + 0.5)] / 1e3;
}

void bound_put64(uint8_t *at, uint64_t v)
{
    for (int i = 7; i >= 0; i--, v >>= 8)
        at[i] = (uint8_t)v;
}

uint64_t bound_get64(const uint8_t *at)
{
    uint64_t v = 0;
    for (int i = 0; i < 8; i++)
        v = v << 8 | at[i];
    return v;
}

static uint8_t *put_text(uint8_t *at, size_t len, const char *text)
{
    *at++ = (uint8_t)(0xa0 | len);
    memset(at, '-', len);
    size_t n = strlen(text);
    memcpy(at, text, n < len ? n : len);
    return at + len;
}

static uint8_t *put_float(uint8_t *at, double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    *at++ = 0xcb;
    bound_put64(at, bits);
    return at + 8;
}

void bound_event(uint8_t at[BOUND_EVENT_BYTES], uint64_t seq, unsigned series,
                 bool negative)
{
    char text[32];
    *at++ = 0x98;
    *at++ = 0xc4;
    *at++ = 16;
    bound_put64(at, 0x9e3779b97f4a7c15u * (seq + 1));
    bound_put64(at + 8, seq);
    at += 16;
    (void)snprintf(text, sizeof text, "trust-%02u.example.org.", series % 20);
    at = put_text(at, 20, text);
    (void)snprintf(text, sizeof text, "indicator/%06u/cohort", series);
    at = put_text(at, 22, text);
    (void)snprintf(text, sizeof text, "unit-%06u-ward-%02u", series % 1000,
                   series % 97);
    at = put_text(at, 18, text);
    at = put_text(at, 10, "2000-04-01.");
    at = put_float(at, 5.0 / 9.0);
    at = put_float(at, 5.0);
    (void)put_float(at, negative ? -9.0 : 9.0);
}

size_t bound_walk(const uint8_t *at, const uint8_t *end)
{
    const uint8_t *from = at;
    if (end - at < 20 || at[0] != 0x98 || at[1] != 0xc4 || at[2] != 16)
        return 0;
    at += 19;
    for (int i = 0; i < 4; i++) {
        if (at >= end || (*at & 0xe0) != 0xa0)
            return 0;
        at += 1 + (*at & 0x1f);
    }
    for (int i = 0; i < 3; i++) {
        if (end - at < 9 || *at != 0xcb)
            return 0;
        at += 9;
    }
    return at <= end ? (size_t)(at - from) : 0;
}
