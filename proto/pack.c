/* pack - see pack.h. Job: values to bytes, at a few instructions each: a
 * change is some hundred of them. Invariant: the shortest form of each value
 * and no other, so equal values are equal bytes; a test holds each form
 * against msgpack-c's packer. No state: a crash leaves nothing. */
#include "proto/pack.h"
#include "services/base/day.h"
#include "services/base/err.h"
#include "services/base/micro.h"

/* A first byte, and v behind it in so many bytes. */
static void put(struct mv_buf *out, uint8_t first, uint64_t v, unsigned width)
{
    mv_buf_room(out, 1 + sizeof v);
    uint8_t *p = out->at + out->len;
    *p++ = first;
    for (unsigned i = width; i-- > 0;)
        *p++ = (uint8_t)(v >> 8 * i);
    out->len += 1 + width;
}

/* A number or a length: the first byte says in how many bytes it follows. */
static void put_sized(struct mv_buf *out, uint8_t byte_1, uint64_t v)
{
    if (v <= UINT8_MAX)
        put(out, byte_1, v, 1);
    else if (v <= UINT16_MAX)
        put(out, byte_1 + 1, v, 2);
    else if (v <= UINT32_MAX)
        put(out, byte_1 + 2, v, 4);
    else
        put(out, byte_1 + 3, v, 8);
}

void mv_pack_nil(struct mv_buf *out)
{
    mv_buf_put_u8(out, 0xc0);
}

void mv_pack_bool(struct mv_buf *out, bool v)
{
    mv_buf_put_u8(out, v ? 0xc3 : 0xc2);
}

void mv_pack_u64(struct mv_buf *out, uint64_t v)
{
    if (v < 0x80)
        mv_buf_put_u8(out, (uint8_t)v);
    else
        put_sized(out, 0xcc, v);
}

void mv_pack_i64(struct mv_buf *out, int64_t v)
{
    uint64_t bits = (uint64_t)v;
    if (v >= 0)
        mv_pack_u64(out, bits);
    else if (v >= -32)
        mv_buf_put_u8(out, (uint8_t)bits);
    else if (v >= INT8_MIN)
        put(out, 0xd0, bits, 1);
    else if (v >= INT16_MIN)
        put(out, 0xd1, bits, 2);
    else if (v >= INT32_MIN)
        put(out, 0xd2, bits, 4);
    else
        put(out, 0xd3, bits, 8);
}

void mv_pack_f64(struct mv_buf *out, double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    put(out, 0xcb, bits, 8);
}

void mv_pack_text(struct mv_buf *out, struct mv_span v)
{
    MV_ASSERT(v.len <= UINT32_MAX);
    mv_buf_room(out, 5 + v.len);
    if (v.len < 32)
        mv_buf_put_u8(out, (uint8_t)(0xa0 | v.len));
    else
        put_sized(out, 0xd9, v.len);
    mv_buf_put(out, v.at, v.len);
}

void mv_pack_cstr(struct mv_buf *out, const char *v)
{
    mv_pack_text(out, mv_span_text(v));
}

void mv_pack_bin(struct mv_buf *out, struct mv_span v)
{
    MV_ASSERT(v.len <= UINT32_MAX);
    put_sized(out, 0xc4, v.len);
    mv_buf_put(out, v.at, v.len);
}

/* Lists and maps: up to 15 in one byte, else 2 or 4 for the count. */
static void put_count(struct mv_buf *out, uint8_t few, uint8_t many, uint32_t n)
{
    if (n < 16)
        mv_buf_put_u8(out, (uint8_t)(few | n));
    else if (n <= UINT16_MAX)
        put(out, many, n, 2);
    else
        put(out, many + 1, n, 4);
}

void mv_pack_list(struct mv_buf *out, uint32_t count)
{
    put_count(out, 0x90, 0xdc, count);
}

void mv_pack_map(struct mv_buf *out, uint32_t pairs)
{
    put_count(out, 0x80, 0xde, pairs);
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

void mv_pack_kv_dec(struct mv_buf *out, const char *key, struct mv_dec v)
{
    char text[MV_DEC_TEXT_BYTES];
    mv_pack_kv_cstr(out, key, mv_dec_text(v, text));
}

void mv_pack_kv_day(struct mv_buf *out, const char *key, int32_t day)
{
    char text[MV_DAY_TEXT_BYTES];
    mv_pack_kv_cstr(out, key, mv_day_text(day, text));
}
