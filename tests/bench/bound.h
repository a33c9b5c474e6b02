/* bound - what the bound programs share: time, CPU, samples, arguments, and
 * the event: 120 bytes of msgpack, an array of eight, as a producer without
 * any protocol of its own would pack a figure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BOUND_EVENT_BYTES 120u

uint64_t bound_ns(void);
double bound_cpu_s(int who); /* RUSAGE_SELF or RUSAGE_CHILDREN */
void bound_die(const char *what) __attribute__((noreturn));

/* --name VALUE */
const char *bound_arg(int argc, char **argv, const char *name,
                      const char *fallback);
double bound_number(int argc, char **argv, const char *name, double fallback);

/* Latencies in nanoseconds; the first cap are kept, then replaced at random. */
struct bound_samples {
    uint32_t *at;
    size_t count, cap;
    uint64_t seen, random;
};
void bound_samples_init(struct bound_samples *s, size_t cap);
void bound_samples_add(struct bound_samples *s, uint64_t ns);
/* Sorts; q in 0..1; microseconds. */
double bound_samples_us(struct bound_samples *s, double q);

/* id 16 bytes, four texts, three floats. negative: its last float is. */
void bound_event(uint8_t at[BOUND_EVENT_BYTES], uint64_t seq, unsigned series,
                 bool negative);
/* Tags and bounds of one event checked; its size, or 0. */
size_t bound_walk(const uint8_t *at, const uint8_t *end);

void bound_put64(uint8_t *at, uint64_t v);
uint64_t bound_get64(const uint8_t *at);
uint64_t bound_random(uint64_t *state);
