/* keyfile - see keyfile.h. Job: changes to the key file, one at a time.
 * Invariant: what stands at the path is always a whole, good file. A crash in
 * the middle leaves the old file or the new one. */
#include "services/stream/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "services/base/file.h"

#define FIRST_LINE "maalvakt-keys 1\n"
#define FILE_MODE  0644

/* Held beside the file, since the file itself is replaced. */
static mv_rc lock(const char *path, int *ret, struct mv_err *err)
{
    struct mv_buf name = {0};
    mv_buf_printf(&name, "%s.lock", path);
    const char *at = mv_buf_cstr(&name);
    int fd = open(at, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    mv_rc rc = MV_OK;
    if (fd < 0 || flock(fd, LOCK_EX) != 0) {
        rc = mv_fail(err, MV_CONFIG, "cannot lock '%s': %s", at,
                     strerror(errno));
        if (fd >= 0)
            (void)close(fd);
        fd = -1;
    }
    *ret = fd;
    mv_buf_done(&name);
    return rc;
}

/* Writes the text only if it is a good key file. */
static mv_rc put(const char *path, const struct mv_buf *text,
                 struct mv_err *err)
{
    struct mv_keys *keys = NULL;
    mv_rc rc = MV_OK;
    MV_TRY(mv_keys_parse(&keys, path, mv_buf_span(text), err));
    MV_TRY(mv_file_write(path, mv_buf_span(text), FILE_MODE, err));
out:
    mv_keys_close(keys);
    return rc;
}

mv_rc mv_keyfile_make(const char *path, struct mv_err *err)
{
    struct mv_keys *keys = NULL;
    struct mv_buf text = {0};
    struct stat st;
    int fd = -1;
    mv_rc rc = MV_OK;
    MV_TRY(lock(path, &fd, err));
    if (lstat(path, &st) == 0) {
        MV_TRY(mv_keys_load(&keys, path, err));
        goto out;
    }
    mv_buf_text(&text, FIRST_LINE);
    MV_TRY(put(path, &text, err));
out:
    mv_keys_close(keys);
    mv_buf_done(&text);
    if (fd >= 0)
        (void)close(fd);
    return rc;
}

mv_rc mv_keyfile_add(const char *path, const struct mv_key *k,
                     struct mv_err *err)
{
    struct mv_buf text = {0};
    int fd = -1;
    mv_rc rc = MV_OK;
    MV_TRY(lock(path, &fd, err));
    MV_TRY(mv_file_read(path, MV_KEYS_FILE_BYTES, 0, &text, err));
    if (text.len > 0 && text.at[text.len - 1] != '\n')
        mv_buf_put_u8(&text, '\n');
    mv_key_line(&text, k);
    mv_buf_put_u8(&text, '\n');
    MV_TRY(put(path, &text, err));
out:
    mv_buf_done(&text);
    if (fd >= 0)
        (void)close(fd);
    return rc;
}

/* The line of a key, by its name: a comment that holds " name=x " is none. */
static bool is_line_of(struct mv_span line, const struct mv_key *k)
{
    uint8_t key[MV_KEY_BYTES];
    const char *end = memchr(line.at, ' ', line.len);
    if (end == NULL)
        return false;
    size_t len = (size_t)(end - (const char *)line.at);
    return mv_key_parse(mv_span(line.at, len), key) &&
           memcmp(key, k->public_key, MV_KEY_BYTES) == 0;
}

/* The text with the key's line written anew; all else as it was. */
static void rewrite(struct mv_buf *out, const struct mv_buf *text,
                    const struct mv_key *k)
{
    size_t at = 0;
    while (at < text->len) {
        const uint8_t *from = text->at + at;
        const uint8_t *end = memchr(from, '\n', text->len - at);
        size_t len = end != NULL ? (size_t)(end - from) + 1 : text->len - at;
        if (is_line_of(mv_span(from, len), k)) {
            mv_key_line(out, k);
            mv_buf_put_u8(out, '\n');
        } else {
            mv_buf_put(out, from, len);
        }
        at += len;
    }
}

mv_rc mv_keyfile_revoke(const char *path, const char *name, int64_t wall_ms,
                        struct mv_err *err)
{
    struct mv_buf text = {0}, anew = {0};
    struct mv_keys *keys = NULL;
    int fd = -1;
    mv_rc rc = MV_OK;
    MV_TRY(lock(path, &fd, err));
    MV_TRY(mv_file_read(path, MV_KEYS_FILE_BYTES, 0, &text, err));
    MV_TRY(mv_keys_parse(&keys, path, mv_buf_span(&text), err));
    const struct mv_key *known = mv_keys_named(keys, name);
    if (known == NULL) {
        rc = mv_fail(err, MV_CONFIG, "'%s': no key named '%s'", path, name);
        goto out;
    }
    struct mv_key k = *known;
    if (wall_ms >= k.to_ms)
        goto out;
    k.to_ms = wall_ms;
    if (k.from_ms >= k.to_ms) /* never was valid, and never will be */
        k.from_ms = k.to_ms - 1;
    rewrite(&anew, &text, &k);
    MV_TRY(put(path, &anew, err));
out:
    mv_keys_close(keys);
    mv_buf_done(&text);
    mv_buf_done(&anew);
    if (fd >= 0)
        (void)close(fd);
    return rc;
}

bool mv_keyfile_changed(const char *path, struct mv_keyfile_seen *seen)
{
    struct mv_keyfile_seen now = {0};
    struct stat st;
    if (stat(path, &st) == 0) {
        now.there = true;
        now.mtime_ns =
            st.st_mtim.tv_sec * INT64_C(1000000000) + st.st_mtim.tv_nsec;
        now.ctime_ns =
            st.st_ctim.tv_sec * INT64_C(1000000000) + st.st_ctim.tv_nsec;
        now.size = st.st_size;
        now.inode = st.st_ino;
    }
    bool changed = now.there != seen->there || now.mtime_ns != seen->mtime_ns ||
                   now.ctime_ns != seen->ctime_ns || now.size != seen->size ||
                   now.inode != seen->inode;
    *seen = now;
    return changed;
}
