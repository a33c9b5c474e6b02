/* curve - see curve.h. Job: key pairs and their files. Invariant: a secret is
 * read only from a file that nobody else can read, and never printed. A crash
 * in the middle of a save leaves no file or a whole one. */
#include "services/base/sock/curve.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>

#include "services/base/file.h"
#include "services/base/hash.h"

#define SECRET_FILE_BYTES 256

void mv_keypair_make(struct mv_keypair *k)
{
    MV_ASSERT(crypto_box_keypair(k->public_key, k->secret_key) == 0);
}

void mv_keypair_wipe(struct mv_keypair *k)
{
    mv_secret_wipe(k, sizeof *k);
}

mv_rc mv_keypair_save(const struct mv_keypair *k, const char *path,
                      struct mv_err *err)
{
    char text[MV_KEY_HEX_BYTES + 1];
    struct stat st;
    if (lstat(path, &st) == 0)
        return mv_fail(err, MV_CONFIG, "'%s' is there already", path);
    (void)mv_key_hex(k->secret_key, text);
    text[MV_KEY_HEX_BYTES - 1] = '\n';
    mv_rc rc = mv_file_write(path, mv_span(text, MV_KEY_HEX_BYTES), 0600, err);
    mv_secret_wipe(text, sizeof text);
    return rc;
}

static bool is_zero(const uint8_t *at, size_t len)
{
    uint8_t any = 0;
    for (size_t i = 0; i < len; i++)
        any |= at[i];
    return any == 0;
}

static mv_rc read_secret(struct mv_keypair *k, struct mv_span text,
                         const char *path, struct mv_err *err)
{
    const char *at = text.at;
    while (text.len > 0 &&
           (at[text.len - 1] == '\n' || at[text.len - 1] == '\r'))
        text.len--;
    if (text.len != 2 * MV_KEY_BYTES) {
        return mv_fail(err, MV_CONFIG,
                       "'%s': a secret key is one line of 64 hex digits, "
                       "not %zu characters",
                       path, text.len);
    }
    if (!mv_hex_parse(text, k->secret_key, MV_KEY_BYTES))
        return mv_fail(err, MV_CONFIG, "'%s': not hex digits", path);
    if (is_zero(k->secret_key, MV_KEY_BYTES) ||
        crypto_scalarmult_base(k->public_key, k->secret_key) != 0)
        return mv_fail(err, MV_CONFIG, "'%s': all zero is no key", path);
    return MV_OK;
}

mv_rc mv_keypair_load(struct mv_keypair *k, const char *path,
                      struct mv_err *err)
{
    struct mv_buf text = {0};
    mv_rc rc =
        mv_file_read(path, SECRET_FILE_BYTES, MV_FILE_SECRET, &text, err);
    if (rc == MV_OK)
        rc = read_secret(k, mv_buf_span(&text), path, err);
    if (rc != MV_OK)
        mv_keypair_wipe(k);
    if (text.at != NULL)
        mv_secret_wipe(text.at, text.cap);
    mv_buf_done(&text);
    return rc;
}

bool mv_key_parse(struct mv_span text, uint8_t key[MV_KEY_BYTES])
{
    char z85[MV_KEY_Z85_BYTES] = {0};
    if (text.len == 2 * MV_KEY_BYTES) {
        if (!mv_hex_parse(text, key, MV_KEY_BYTES))
            return false;
    } else if (text.len == MV_KEY_Z85_BYTES - 1) {
        memcpy(z85, text.at, text.len);
        for (size_t i = 0; i < text.len; i++) {
            if (z85[i] <= ' ' || z85[i] > '~')
                return false;
        }
        if (zmq_z85_decode(key, z85) == NULL)
            return false;
    } else {
        return false;
    }
    return !is_zero(key, MV_KEY_BYTES);
}

const char *mv_key_hex(const uint8_t key[MV_KEY_BYTES],
                       char out[MV_KEY_HEX_BYTES])
{
    return mv_hex(key, MV_KEY_BYTES, out);
}

const char *mv_key_z85(const uint8_t key[MV_KEY_BYTES],
                       char out[MV_KEY_Z85_BYTES])
{
    return zmq_z85_encode(out, key, MV_KEY_BYTES);
}
