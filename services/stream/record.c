/* record - see record.h. Job: a record's bytes, written and read. Invariant:
 * what is read back is what was written, to the bit, or it is refused; no two
 * records have the same chain. No state: a crash leaves nothing. */
#include "services/stream/record.h"

#include "services/base/points.h"

#include <string.h>

#define VERSION 1u
enum {
    AT_VERSION = 4,
    AT_RESERVED = 6,
    AT_LENGTH = 8,
    AT_EPOCH = 12,
    AT_SEQ = 16,
    AT_RECEIVED = 24,
    AT_CONTENT_HASH = 32,
    AT_CHAIN = 64,
    AT_NAME_LENGTH = 96,
    AT_NAME = 97,
};
static const uint8_t magic[4] = {'M', 'V', 'R', '1'};

static void hash_of(const void *at, size_t len, uint8_t ret[MV_HASH_BYTES])
{
    struct mv_hash h = mv_hash_of(mv_span(at, len));
    memcpy(ret, h.at, MV_HASH_BYTES);
}

/* header: a record's first bytes, through its key name. */
static void chain_of(const uint8_t previous[MV_HASH_BYTES],
                     const uint8_t *header, uint8_t ret[MV_HASH_BYTES])
{
    uint8_t in[MV_HASH_BYTES + MV_RECORD_HEADER_BYTES + MV_RECORD_KEY_BYTES];
    size_t tail = 1 + (size_t)header[AT_NAME_LENGTH];
    MV_ASSERT(tail <= MV_RECORD_KEY_BYTES);
    memcpy(in, previous, MV_HASH_BYTES);
    memcpy(in + MV_HASH_BYTES, header, AT_CHAIN);
    memcpy(in + MV_HASH_BYTES + AT_CHAIN, header + AT_NAME_LENGTH, tail);
    hash_of(in, MV_HASH_BYTES + AT_CHAIN + tail, ret);
}

void mv_record_write(struct mv_buf *out, uint64_t seq,
                     const struct mv_stamp *stamp, struct mv_span content,
                     const uint8_t previous_chain[MV_HASH_BYTES])
{
    size_t name = strlen(stamp->key_name);
    MV_ASSERT(name < MV_RECORD_KEY_BYTES &&
              content.len <= MV_CONTENT_MAX_BYTES);
    mv_buf_clear(out);
    mv_buf_room(out, AT_NAME + name + content.len);
    uint8_t *p = out->at;
    memcpy(p, magic, sizeof magic);
    mv_be32_put(p + AT_VERSION, VERSION << 16);
    mv_be32_put(p + AT_LENGTH, (uint32_t)content.len);
    mv_be32_put(p + AT_EPOCH, stamp->epoch);
    mv_be64_put(p + AT_SEQ, seq);
    mv_be64_put(p + AT_RECEIVED, (uint64_t)stamp->received_ms);
    if (stamp->content_hash != NULL)
        memcpy(p + AT_CONTENT_HASH, stamp->content_hash, MV_HASH_BYTES);
    else
        hash_of(content.at, content.len, p + AT_CONTENT_HASH);
    p[AT_NAME_LENGTH] = (uint8_t)name;
    memcpy(p + AT_NAME, stamp->key_name, name);
    if (content.len > 0)
        memcpy(p + AT_NAME + name, content.at, content.len);
    chain_of(previous_chain, p, p + AT_CHAIN);
    out->len = AT_NAME + name + content.len;
}

/* Magic, version, lengths; the hashes are not looked at. */
mv_rc mv_record_again(struct mv_span bytes, struct mv_record *ret,
                      struct mv_err *err)
{
    const uint8_t *p = bytes.at;
    if (bytes.len < MV_RECORD_HEADER_BYTES || memcmp(p, magic, 4) != 0)
        return mv_fail(err, MV_POISON, "not a record");
    unsigned version = (unsigned)p[AT_VERSION] << 8 | p[AT_VERSION + 1];
    if (version != VERSION || p[AT_RESERVED] != 0 || p[AT_RESERVED + 1] != 0)
        return mv_fail(err, MV_POISON, "record version %u", version);
    size_t name = p[AT_NAME_LENGTH], content = mv_be32_get(p + AT_LENGTH);
    if (name >= MV_RECORD_KEY_BYTES || content > MV_CONTENT_MAX_BYTES ||
        bytes.len != AT_NAME + name + content ||
        memchr(p + AT_NAME, 0, name) != NULL)
        return mv_fail(err, MV_POISON, "record lengths");
    *ret = (struct mv_record){
        .seq = mv_be64_get(p + AT_SEQ),
        .received_ms = (int64_t)mv_be64_get(p + AT_RECEIVED),
        .epoch = mv_be32_get(p + AT_EPOCH),
        .content = mv_span(p + AT_NAME + name, content),
        .bytes = bytes,
    };
    memcpy(ret->key_name, p + AT_NAME, name);
    memcpy(ret->content_hash, p + AT_CONTENT_HASH, MV_HASH_BYTES);
    memcpy(ret->chain, p + AT_CHAIN, MV_HASH_BYTES);
    return MV_OK;
}

mv_rc mv_record_parse(struct mv_span bytes, struct mv_record *ret,
                      struct mv_err *err)
{
    struct mv_record r = {0};
    *ret = r;
    mv_rc rc = mv_record_again(bytes, &r, err);
    if (rc != MV_OK)
        return rc;
    uint8_t hash[MV_HASH_BYTES];
    hash_of(r.content.at, r.content.len, hash);
    if (memcmp(hash, r.content_hash, sizeof hash) != 0 &&
        !MV_BROKEN("no_hashes"))
        return mv_fail(err, MV_POISON, "the content is not what was hashed");
    *ret = r;
    return MV_OK;
}

const uint8_t *mv_record_chain(struct mv_span bytes)
{
    return bytes.len < MV_RECORD_HEADER_BYTES
               ? NULL
               : (const uint8_t *)bytes.at + AT_CHAIN;
}

void mv_record_chain_after(const struct mv_record *r,
                           const uint8_t previous_chain[MV_HASH_BYTES],
                           uint8_t ret[MV_HASH_BYTES])
{
    MV_ASSERT(r->bytes.at != NULL);
    chain_of(previous_chain, r->bytes.at, ret);
}

bool mv_record_follows(const struct mv_record *r,
                       const uint8_t previous_chain[MV_HASH_BYTES])
{
    uint8_t chain[MV_HASH_BYTES];
    mv_record_chain_after(r, previous_chain, chain);
    return memcmp(chain, r->chain, sizeof chain) == 0;
}
