/* keys - who may speak: the registry, read from one key file. The file is
 * loaded whole or not at all; a loaded registry never changes. Any thread may
 * read one that no other thread closes.
 *
 * The file is text, UTF-8, one key a line; the first line is the version:
 *   maalvakt-keys 1
 *   # a comment: a line that begins with #
 *   <public key> name=ahus role=producer unit=ahus from=2024-01-01
 * <public key> is 64 hex digits or Z85 (one that begins with # in hex only).
 * name: an identifier, once in the file. role: one or more, with commas.
 * unit: an identifier; a producer has one, an assessor may. from, to: a day or
 * an RFC 3339 time in UTC; the key is good from `from` until just before `to`.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "services/base/buf.h"
#include "services/base/err.h"
#include "services/base/sock/curve.h"

#define MV_KEYS_FILE_BYTES (1024 * 1024)
#define MV_KEYS_MAX        4096
#define MV_KEY_NAME_BYTES  64u /* with its NUL: the log keeps the name */

/* clang-format off */
#define MV_ROLES(ROLE)        \
    ROLE(PRODUCER, producer)  \
    ROLE(STEWARD, steward)    \
    ROLE(ASSESSOR, assessor)  \
    ROLE(OPERATOR, operator)  \
    ROLE(READER, reader)      \
    ROLE(AUDITOR, auditor)    \
    ROLE(SUBSCRIBER, subscriber) \
    ROLE(SERVICE, service)
/* clang-format on */

enum mv_role_bit {
#define ROLE(upper, lower) MV_ROLE_BIT_##upper,
    MV_ROLES(ROLE)
#undef ROLE
        MV_ROLE_COUNT
};

enum mv_role {
#define ROLE(upper, lower) MV_ROLE_##upper = 1 << MV_ROLE_BIT_##upper,
    MV_ROLES(ROLE)
#undef ROLE
        MV_ROLE_ANY = (1 << MV_ROLE_COUNT) - 1
};

struct mv_key {
    uint8_t public_key[MV_KEY_BYTES];
    char name[MV_KEY_NAME_BYTES];
    char unit[MV_KEY_NAME_BYTES]; /* "": none */
    unsigned roles;               /* enum mv_role, or-ed */
    int64_t from_ms;              /* INT64_MIN: always was */
    int64_t to_ms;                /* INT64_MAX: no end */
};

struct mv_keys;

/* MV_CONFIG with file, line and fault: all or nothing. A secret is not in
 * it, but nobody else may write it: refused if group or others may. */
MV_CHECKED mv_rc mv_keys_load(struct mv_keys **ret, const char *path,
                              struct mv_err *err);
/* The same from memory; name stands for the file in messages. */
MV_CHECKED mv_rc mv_keys_parse(struct mv_keys **ret, const char *name,
                               struct mv_span text, struct mv_err *err);
struct mv_keys *mv_keys_copy(const struct mv_keys *k); /* the caller's */
void mv_keys_close(struct mv_keys *k);                 /* takes NULL */

/* Both NULL if there is none; good until the registry is closed. */
const struct mv_key *mv_keys_find(const struct mv_keys *k,
                                  const uint8_t public_key[MV_KEY_BYTES]);
const struct mv_key *mv_keys_named(const struct mv_keys *k, const char *name);
size_t mv_keys_count(const struct mv_keys *k);
const struct mv_key *mv_keys_at(const struct mv_keys *k, size_t i);

/* Whether it is good now, and if not why ("not valid yet", "no longer valid");
 * wall time without any shift: keys live on the real day. */
bool mv_key_valid(const struct mv_key *k, int64_t wall_ms, const char **why);

/* "producer,assessor" appended, with what stands between two; and back, of
 * commas: false for an unknown word. */
void mv_roles_text(struct mv_buf *out, unsigned roles, const char *between);
bool mv_roles_parse(struct mv_span text, unsigned *ret);
/* Whether a key of these roles is whole with, or without, a unit: it bounds
 * what producers and assessors speak of, and nobody else speaks of units. */
bool mv_roles_fit_unit(unsigned roles, bool has_unit);
/* A key's line without the line end, appended; it parses to the same key. */
void mv_key_line(struct mv_buf *out, const struct mv_key *k);
