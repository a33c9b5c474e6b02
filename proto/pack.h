/* pack - writes msgpack into a buffer, always in the shortest form, so that
 * the same values are the same bytes. */
#pragma once

#include "services/base/buf.h"
#include "services/base/decimal.h"

void mv_pack_nil(struct mv_buf *out);
void mv_pack_bool(struct mv_buf *out, bool v);
void mv_pack_u64(struct mv_buf *out, uint64_t v);
void mv_pack_i64(struct mv_buf *out, int64_t v); /* >= 0: as u64 */
void mv_pack_f64(struct mv_buf *out, double v);
void mv_pack_text(struct mv_buf *out, struct mv_span v);
void mv_pack_cstr(struct mv_buf *out, const char *v);
void mv_pack_bin(struct mv_buf *out, struct mv_span v);
void mv_pack_list(struct mv_buf *out, uint32_t count);
void mv_pack_map(struct mv_buf *out, uint32_t pairs);

/* Millionths: a whole number as the shortest integer, any other as float64,
 * the one nearest to the decimal. It must read back as the same number, as
 * all do that came from the wire or are below 2^50; asserted. */
void mv_pack_micro(struct mv_buf *out, int64_t micro);

/* Bytes that are msgpack already. */
void mv_pack_raw(struct mv_buf *out, struct mv_span raw);

/* "key" and a value of the kind: rows of replies are written so. */
void mv_pack_kv_text(struct mv_buf *out, const char *key, struct mv_span v);
void mv_pack_kv_cstr(struct mv_buf *out, const char *key, const char *v);
void mv_pack_kv_u64(struct mv_buf *out, const char *key, uint64_t v);
void mv_pack_kv_i64(struct mv_buf *out, const char *key, int64_t v);
void mv_pack_kv_bool(struct mv_buf *out, const char *key, bool v);
void mv_pack_kv_bin(struct mv_buf *out, const char *key, struct mv_span v);

/* The same, as text: exact decimals are, and days, 2024-12-31. */
void mv_pack_kv_dec(struct mv_buf *out, const char *key, struct mv_dec v);
void mv_pack_kv_day(struct mv_buf *out, const char *key, int32_t day);
