/* hash - BLAKE2b-256 (RFC 7693, by libsodium), hex, and random numbers. */
#pragma once

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "services/base/buf.h"
#include "services/base/err.h"

#define MV_HASH_BYTES     32
#define MV_HASH_HEX_BYTES (2 * MV_HASH_BYTES + 1)

struct mv_hash {
    uint8_t at[MV_HASH_BYTES];
};

/* Once per process, before the rest of this header. MV_FATAL: no entropy. */
MV_CHECKED mv_rc mv_hash_init(struct mv_err *err);

/* The hash of the spans one after the other. */
struct mv_hash mv_hash_of(struct mv_span bytes);
struct mv_hash mv_hash_spans(const struct mv_span *spans, size_t count);

/* The same in pieces; on the stack: init, add ..., take (once). */
struct mv_hasher {
    alignas(64) uint8_t state[384];
};
void mv_hasher_init(struct mv_hasher *h);
void mv_hasher_add(struct mv_hasher *h, const void *at, size_t len);
struct mv_hash mv_hasher_take(struct mv_hasher *h);

bool mv_hash_equal(const struct mv_hash *a, const struct mv_hash *b);

/* Lower-case hex, NUL-terminated; out has 2 * len + 1 bytes. Returns out. */
const char *mv_hex(const void *at, size_t len, char *out);
const char *mv_hash_hex(const struct mv_hash *h, char out[MV_HASH_HEX_BYTES]);
/* Exactly len bytes from 2 * len hex digits of either case. */
bool mv_hex_parse(struct mv_span text, void *out, size_t len);

/* From the kernel's generator. below: 0 <= result < n, even; n > 0. */
void mv_random_bytes(void *at, size_t len);
uint64_t mv_random_u64(void);
uint32_t mv_random_below(uint32_t n);

/* An end to a secret that no compiler leaves out. */
void mv_secret_wipe(void *at, size_t len);
