/* hash - see hash.h. Job: libsodium behind our own names. Invariant: every
 * hash in the system is BLAKE2b-256 without a key. No state of our own: a
 * crash leaves nothing. */
#include "services/base/hash.h"

#include <sodium.h>
#include <string.h>

_Static_assert(sizeof(crypto_generichash_state) <=
                   sizeof((struct mv_hasher *)0)->state,
               "libsodium's state has outgrown ours");
_Static_assert(alignof(crypto_generichash_state) <= alignof(struct mv_hasher),
               "libsodium's state needs more alignment");
_Static_assert(MV_HASH_BYTES == crypto_generichash_BYTES, "BLAKE2b-256");

mv_rc mv_hash_init(struct mv_err *err)
{
    if (sodium_init() < 0)
        return mv_fail(err, MV_FATAL, "libsodium does not start");
    return MV_OK;
}

static crypto_generichash_state *state_of(struct mv_hasher *h)
{
    /* cppcheck-suppress ctuuninitvar ; init is a caller, and fills it */
    return (crypto_generichash_state *)(void *)h->state;
}

void mv_hasher_init(struct mv_hasher *h)
{
    MV_ASSERT(crypto_generichash_init(state_of(h), NULL, 0, MV_HASH_BYTES) ==
              0);
}

void mv_hasher_add(struct mv_hasher *h, const void *at, size_t len)
{
    if (len > 0)
        MV_ASSERT(crypto_generichash_update(state_of(h), at, len) == 0);
}

struct mv_hash mv_hasher_take(struct mv_hasher *h)
{
    struct mv_hash ret;
    MV_ASSERT(crypto_generichash_final(state_of(h), ret.at, sizeof ret.at) ==
              0);
    return ret;
}

struct mv_hash mv_hash_spans(const struct mv_span *spans, size_t count)
{
    struct mv_hasher h;
    mv_hasher_init(&h);
    for (size_t i = 0; i < count; i++)
        mv_hasher_add(&h, spans[i].at, spans[i].len);
    return mv_hasher_take(&h);
}

struct mv_hash mv_hash_of(struct mv_span bytes)
{
    return mv_hash_spans(&bytes, 1);
}

bool mv_hash_equal(const struct mv_hash *a, const struct mv_hash *b)
{
    return memcmp(a->at, b->at, sizeof a->at) == 0;
}

const char *mv_hex(const void *at, size_t len, char *out)
{
    return sodium_bin2hex(out, 2 * len + 1, at, len);
}

const char *mv_hash_hex(const struct mv_hash *h, char out[MV_HASH_HEX_BYTES])
{
    return mv_hex(h->at, sizeof h->at, out);
}

/* The value of a hex digit, or -1. */
static int nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool mv_hex_parse(struct mv_span text, void *out, size_t len)
{
    const char *c = text.at;
    uint8_t *p = out;
    if (text.len != 2 * len)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (nibble(c[i]) < 0)
            return false;
    }
    for (size_t i = 0; i < len; i++) {
        unsigned high = (unsigned)nibble(c[2 * i]);
        unsigned low = (unsigned)nibble(c[2 * i + 1]);
        p[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

void mv_random_bytes(void *at, size_t len)
{
    randombytes_buf(at, len);
}

uint64_t mv_random_u64(void)
{
    uint64_t v;
    randombytes_buf(&v, sizeof v);
    return v;
}

uint32_t mv_random_below(uint32_t n)
{
    MV_ASSERT(n > 0);
    return randombytes_uniform(n);
}

void mv_secret_wipe(void *at, size_t len)
{
    sodium_memzero(at, len);
}
