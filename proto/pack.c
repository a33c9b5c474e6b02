/* pack - see pack.h. Job: values to bytes. Invariant: the shortest form of
 * each value and no other (msgpack-c's packer chooses it for integers,
 * lengths and counts), so equal values are equal bytes. No state: a crash
 * leaves nothing. */
#include "proto/pack.h"
#include "services/base/err.h"
#include "services/base/micro.h"

#include <msgpack.h>

static int put(void *out, const char *at, size_t len)
{
    mv_buf_put(out, at, len);
    return 0; /* mv_buf_put does not fail: it ends the process */
}

#define PACKER(out)                    \
    &(msgpack_packer)                  \
    {                                  \
        .data = (out), .callback = put \
    }

void mv_pack_nil(struct mv_buf *out)
{
    (void)msgpack_pack_nil(PACKER(out));
}

void mv_pack_bool(struct mv_buf *out, bool v)
{
    (void)(v ? msgpack_pack_true(PACKER(out))
             : msgpack_pack_false(PACKER(out)));
}

void mv_pack_u64(struct mv_buf *out, uint64_t v)
{
    (void)msgpack_pack_uint64(PACKER(out), v);
}

void mv_pack_i64(struct mv_buf *out, int64_t v)
{
    (void)msgpack_pack_int64(PACKER(out), v);
}

void mv_pack_f64(struct mv_buf *out, double v)
{
    (void)msgpack_pack_double(PACKER(out), v);
}

void mv_pack_text(struct mv_buf *out, struct mv_span v)
{
    (void)msgpack_pack_str(PACKER(out), v.len);
    mv_buf_put(out, v.at, v.len);
}

void mv_pack_cstr(struct mv_buf *out, const char *v)
{
    mv_pack_text(out, mv_span_text(v));
}

void mv_pack_bin(struct mv_buf *out, struct mv_span v)
{
    (void)msgpack_pack_bin(PACKER(out), v.len);
    mv_buf_put(out, v.at, v.len);
}

void mv_pack_list(struct mv_buf *out, uint32_t count)
{
    (void)msgpack_pack_array(PACKER(out), count);
}

void mv_pack_map(struct mv_buf *out, uint32_t pairs)
{
    (void)msgpack_pack_map(PACKER(out), pairs);
}

/* Up to 2^53 the count and 1e6 are both exact as doubles, so one division
 * gives the double nearest to the decimal (IEEE 754 rounds correctly). */
#define EXACT_BELOW (INT64_C(1) << 53)

void mv_pack_micro(struct mv_buf *out, int64_t micro)
{
    double v;
    if (micro % MV_MICRO_ONE == 0) {
        mv_pack_i64(out, micro / MV_MICRO_ONE);
        return;
    }
    if (micro > -EXACT_BELOW && micro < EXACT_BELOW)
        v = (double)micro / 1e6;
    else
        MV_ASSERT(mv_micro_to_f64(micro, &v));
    mv_pack_f64(out, v);
}

void mv_pack_raw(struct mv_buf *out, struct mv_span raw)
{
    mv_buf_put(out, raw.at, raw.len);
}

void mv_pack_kv_text(struct mv_buf *out, const char *key, struct mv_span v)
{
    mv_pack_cstr(out, key);
    mv_pack_text(out, v);
}

void mv_pack_kv_cstr(struct mv_buf *out, const char *key, const char *v)
{
    mv_pack_kv_text(out, key, mv_span_text(v));
}

void mv_pack_kv_u64(struct mv_buf *out, const char *key, uint64_t v)
{
    mv_pack_cstr(out, key);
    mv_pack_u64(out, v);
}

void mv_pack_kv_i64(struct mv_buf *out, const char *key, int64_t v)
{
    mv_pack_cstr(out, key);
    mv_pack_i64(out, v);
}

void mv_pack_kv_bool(struct mv_buf *out, const char *key, bool v)
{
    mv_pack_cstr(out, key);
    mv_pack_bool(out, v);
}

void mv_pack_kv_bin(struct mv_buf *out, const char *key, struct mv_span v)
{
    mv_pack_cstr(out, key);
    mv_pack_bin(out, v);
}
