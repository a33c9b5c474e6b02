/* record - the bytes of one record of a log, in the store under the 8-byte
 * big-endian seq and the same on the wire:
 *   magic "MVR1" 4 | version u16 | reserved u16 = 0 | content length u32 |
 *   epoch u32 | seq u64 | received i64 ms | content hash 32 | chain 32 |
 *   key name length u8 | key name | content        (integers big-endian)
 * content hash = BLAKE2b-256(content); chain = BLAKE2b-256(previous chain,
 * the record up to the content without the chain field). */
#pragma once

#include "proto/limits.h"
#include "services/base/err.h"
#include "services/base/hash.h"

#define MV_RECORD_KEY_BYTES    64u /* with its NUL */
#define MV_RECORD_HEADER_BYTES 97u /* without key name and content */
#define MV_CONTENT_MAX_BYTES   MV_MAX_RECORD_BYTES

struct mv_stamp {
    int64_t received_ms;
    uint32_t epoch;
    const char *key_name;        /* at most 63 bytes */
    const uint8_t *content_hash; /* BLAKE2b-256, if known already; or NULL */
};

struct mv_record {
    uint64_t seq;
    int64_t received_ms;
    uint32_t epoch;
    char key_name[MV_RECORD_KEY_BYTES];
    uint8_t content_hash[MV_HASH_BYTES], chain[MV_HASH_BYTES];
    struct mv_span content, bytes; /* borrowed from what was parsed */
};

/* Instead of what is in out. Content is at most MV_CONTENT_MAX_BYTES. */
void mv_record_write(struct mv_buf *out, uint64_t seq,
                     const struct mv_stamp *stamp, struct mv_span content,
                     const uint8_t previous_chain[MV_HASH_BYTES]);

/* Bytes from anywhere: MV_POISON unless magic, version, lengths and content
 * hash are right. The spans of *ret are borrowed from bytes. */
mv_rc mv_record_parse(struct mv_span bytes, struct mv_record *ret,
                      struct mv_err *) MV_CHECKED;
/* The same without the hash: bytes that mv_record_parse took once. */
mv_rc mv_record_again(struct mv_span bytes, struct mv_record *ret,
                      struct mv_err *) MV_CHECKED;

/* The chain field as it stands; NULL: too short to have one. */
const uint8_t *mv_record_chain(struct mv_span bytes);
/* What the chain field must be, after that chain. r was parsed. */
void mv_record_chain_after(const struct mv_record *r,
                           const uint8_t previous_chain[MV_HASH_BYTES],
                           uint8_t ret[MV_HASH_BYTES]);
bool mv_record_follows(const struct mv_record *,
                       const uint8_t previous_chain[MV_HASH_BYTES]);
