/* curve - Curve25519 key pairs of CurveZMQ (ZeroMQ RFC 26), their text forms
 * (64 hex digits; Z85, RFC 32, 40 characters) and the file of a secret key. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "services/base/buf.h"
#include "services/base/err.h"

#define MV_KEY_BYTES     32
#define MV_KEY_HEX_BYTES 65 /* with NUL */
#define MV_KEY_Z85_BYTES 41 /* with NUL */

struct mv_keypair {
    uint8_t public_key[MV_KEY_BYTES];
    uint8_t secret_key[MV_KEY_BYTES];
};

void mv_keypair_make(struct mv_keypair *k);
void mv_keypair_wipe(struct mv_keypair *k);

/* The file: one line of 64 hex digits, the secret key; mode 0600, a regular
 * file, not a link, owned by us or root. save never replaces a file:
 * MV_CONFIG if there is one. load: MV_CONFIG with file and fault (mode, link,
 * length, not hex, all zero); the public key is computed. */
MV_CHECKED mv_rc mv_keypair_save(const struct mv_keypair *k, const char *path,
                                 struct mv_err *err);
MV_CHECKED mv_rc mv_keypair_load(struct mv_keypair *k, const char *path,
                                 struct mv_err *err);

/* A public key in either form; all zero is refused. */
bool mv_key_parse(struct mv_span text, uint8_t key[MV_KEY_BYTES]);
const char *mv_key_hex(const uint8_t key[MV_KEY_BYTES],
                       char out[MV_KEY_HEX_BYTES]);
const char *mv_key_z85(const uint8_t key[MV_KEY_BYTES],
                       char out[MV_KEY_Z85_BYTES]);
