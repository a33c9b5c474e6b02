/* producer - trusts that push: one DEALER with CURVE each, deliveries as
 * tables of five columns, answers and how long they took. */
#pragma once

#include "services/base/buf.h"
#include "tests/bench/bound.h"
#include "tests/bench/workload.h"

#define TRUSTS_MAX 64u
#define SEEN_SLOTS 8192u /* a power of two, over twice the largest delivery */

struct trust {
    char unit[64];
    void *socket;
    struct mv_buf rows;
    uint32_t count;
    uint64_t seen[SEEN_SLOTS]; /* delivery's number << 32 | figure + 1 */
    uint64_t number;
    uint64_t sent_ns[256];
    uint32_t sent_rows[256];
};

struct load {
    struct trust *trusts;
    unsigned trust_count;
    size_t per_msg, window;
    double secs;
    char producer[32];
    struct workload workload;
    uint64_t sent, acked; /* events */
    uint64_t messages, refused;
    struct bound_samples latency;
    bool counting;
    void (*answered)(void *ctx, uint64_t seq, uint64_t sent_ns); /* or NULL */
    void *ctx;
};

/* A socket with these keys, 32 bytes each; ends the program if it cannot. */
void *load_dealer(void *ctx, const char *endpoint, const uint8_t *server,
                  const uint8_t *public, const uint8_t *secret);
/* --endpoint, --server (hex), --keys FILE: lines of unit, public, secret. */
void load_connect(struct load *l, int argc, char **argv);
/* The settings that all modes share, from the arguments. */
struct load load_settings(int argc, char **argv);
void load_put(struct load *l, struct trust *t, const struct workload_event *e,
              unsigned numerator, unsigned denominator);
/* True: the figure is in the delivery already, which would be refused. */
bool load_seen(struct trust *t, const struct load *l,
               const struct workload_event *e);
void load_send(struct load *l, struct trust *t);
/* One frame of answers to one trust; ZMQ flags. False: there was none. */
bool load_answered(struct load *l, struct trust *t, int flag);
/* Waits for answers of all trusts, and takes a frame of each that has some. */
void load_answers(struct load *l, long wait_ms);
