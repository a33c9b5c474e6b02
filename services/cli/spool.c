/* spool - see spool.h. Job: a number is never used for two contents, and what
 * was begun can go on. Invariant: an entry is whole on disk before its bytes
 * are sent; an answer is on disk before it is told. A crash leaves files of
 * whole entries, at worst a .tmp that the next write replaces; of an entry,
 * whose number may be drawn anew, one that goes at the next opening. */
#include "services/cli/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/limits.h"
#include "proto/msg.h"
#include "proto/pack.h"
#include "proto/walk.h"
#include "services/base/clock.h"
#include "services/base/file.h"
#include "services/base/hash.h"
#include "services/base/text.h"
#include "services/cli/place.h"

#define FILE_BYTES    (2u << 20)
#define NUMBER_DIGITS 20 /* in a name */
#define LANE_BITS     12 /* of a first number, above its milliseconds */
#define MS_BITS       41

/* What outlives the entries, so that expiry gives no number back. */
struct kept {
    char producer[65];
    uint64_t next;
};

struct cli_spool {
    char *dir;
    int lock_fd;
    uint64_t first; /* number of a producer that has none */
    struct kept *kept;
    size_t kept_count;
    struct cli_entry **at;
    size_t count, cap;
};

static char *entry_path(const struct cli_spool *s, const struct cli_entry *e,
                        const char *end)
{
    return cli_path(s->dir, "%s.%0*llu.%s", e->producer, NUMBER_DIGITS,
                    (unsigned long long)e->number, end);
}

int cli_entry_compare(const struct cli_entry *x, const struct cli_entry *y)
{
    if (x->made_ms != y->made_ms)
        return x->made_ms < y->made_ms ? -1 : 1;
    int names = strcmp(x->producer, y->producer);
    if (names != 0)
        return names;
    return x->number < y->number ? -1 : x->number > y->number;
}

/* In its place; new ones most often come last. */
static struct cli_entry *add(struct cli_spool *s, const struct cli_entry *e)
{
    if (s->count == s->cap) {
        s->cap = s->cap == 0 ? 64 : s->cap * 2;
        s->at = mv_xrealloc(s->at, s->cap * sizeof(struct cli_entry *));
    }
    struct cli_entry *copy = mv_xcalloc(1, sizeof *copy);
    size_t at = s->count++;
    *copy = *e;
    for (; at > 0 && cli_entry_compare(s->at[at - 1], copy) > 0; at--)
        s->at[at] = s->at[at - 1];
    s->at[at] = copy;
    return copy;
}

static void text_of(char *to, size_t size, struct mv_span raw, const char *key)
{
    struct mv_span v;
    *to = '\0';
    if (mv_map_text(raw, key, &v))
        (void)snprintf(to, size, "%.*s", (int)v.len, (const char *)v.at);
}

static bool bin_of(struct mv_span raw, const char *key, struct mv_span *ret)
{
    struct mv_span v;
    return mv_map_find(raw, key, &v) && mv_value_bin(v, ret);
}

static bool hash_of(struct mv_span raw, const char *key, uint8_t hash[32])
{
    struct mv_span v;
    if (!bin_of(raw, key, &v) || v.len != 32)
        return false;
    memcpy(hash, v.at, 32);
    return true;
}

static void take_answer(struct cli_entry *e, struct mv_span answer)
{
    struct mv_msg_answer m;
    struct mv_fault fault;
    if (!mv_msg_answer_decode(answer, &m, &fault))
        return;
    e->answered = true;
    e->seq = m.seq;
    (void)snprintf(e->result, sizeof e->result, "%.*s", (int)m.result.len,
                   (const char *)m.result.at);
}

static mv_rc read_answer(const struct cli_spool *s, struct cli_entry *e,
                         struct mv_err *err)
{
    struct mv_buf bytes = {0};
    char *path = entry_path(s, e, "answer");
    mv_rc rc = mv_file_read(path, FILE_BYTES, MV_FILE_MAY_MISS, &bytes, err);
    if (rc == MV_OK)
        take_answer(e, mv_buf_span(&bytes));
    mv_buf_done(&bytes);
    free(path);
    return rc == MV_AGAIN ? MV_OK : rc;
}

/* Whole and sound, or MV_CONFIG. */
static mv_rc read_entry(const char *path, struct mv_buf *bytes,
                        struct cli_entry *e, struct mv_err *err)
{
    struct mv_span raw;
    struct mv_fault fault;
    uint64_t made, rows;
    mv_rc rc = mv_file_read(path, FILE_BYTES, 0, bytes, err);
    if (rc != MV_OK)
        return rc;
    raw = mv_buf_span(bytes);
    memset(e, 0, sizeof *e);
    text_of(e->producer, sizeof e->producer, raw, "producer");
    text_of(e->file, sizeof e->file, raw, "file");
    if (!mv_cursor_check(raw, &mv_limits_message, NULL, &fault) ||
        !mv_map_u64(raw, "number", &e->number) ||
        !mv_map_u64(raw, "made_ms", &made) || !mv_map_u64(raw, "rows", &rows) ||
        !hash_of(raw, "push", e->push) ||
        !hash_of(raw, "content", e->content) ||
        !mv_text_is_producer(mv_span_text(e->producer)))
        return mv_fail(err, MV_CONFIG, "'%s' is damaged", path);
    e->made_ms = (int64_t)made;
    e->rows = (uint32_t)rows;
    e->withdrawal = mv_map_find(raw, "withdrawal", &raw);
    return MV_OK;
}

static struct kept *kept_of(const struct cli_spool *s, const char *producer)
{
    for (size_t i = 0; i < s->kept_count; i++)
        if (strcmp(s->kept[i].producer, producer) == 0)
            return &s->kept[i];
    return NULL;
}

static void set_kept(struct cli_spool *s, const char *producer, uint64_t next)
{
    struct kept *k = kept_of(s, producer);
    if (k == NULL) {
        size_t size = (s->kept_count + 1) * sizeof *k;
        s->kept = mv_xrealloc(s->kept, size);
        k = &s->kept[s->kept_count++];
        (void)snprintf(k->producer, sizeof k->producer, "%s", producer);
    }
    k->next = next;
}

/* Taken for none, its numbers would be used again, for other contents. */
static mv_rc read_kept(struct cli_spool *s, const char *path,
                       const char *producer, struct mv_buf *bytes,
                       struct mv_err *err)
{
    mv_rc rc = mv_file_read(path, 64, 0, bytes, err);
    if (rc != MV_OK)
        return rc;
    const char *text = mv_buf_cstr(bytes);
    size_t digits = strspn(text, "0123456789");
    errno = 0;
    uint64_t next = strtoull(text, NULL, 10);
    if (next == 0 || errno != 0 || digits + 1 != bytes->len ||
        text[digits] != '\n') {
        return mv_fail(err, MV_CONFIG,
                       "'%s' is damaged: it is to hold the number of the next "
                       "delivery",
                       path);
    }
    set_kept(s, producer, next);
    return MV_OK;
}

static bool ends(const char *name, const char *with)
{
    size_t a = strlen(name), b = strlen(with);
    return a > b && !strcmp(name + a - b, with);
}

/* PRODUCER.NUMBER.out.tmp, and nothing of another's: DIR may be any. */
static bool is_cut(const char *name)
{
    static const char end[] = ".out.tmp";
    size_t len = strlen(name), tail = NUMBER_DIGITS + sizeof end - 1;
    return len > tail + 1 && ends(name, end) && name[len - tail - 1] == '.' &&
           strspn(name + len - tail, "0123456789") == NUMBER_DIGITS;
}

/* PRODUCER.next */
static bool is_kept(const char *name, char producer[65])
{
    static const char end[] = ".next";
    size_t len = ends(name, end) ? strlen(name) - (sizeof end - 1) : 0;
    if (len > 64 || !mv_text_is_producer(mv_span(name, len)))
        return false;
    (void)snprintf(producer, 65, "%.*s", (int)len, name);
    return true;
}

static mv_rc read_one(struct cli_spool *s, const char *name,
                      struct mv_buf *bytes, struct mv_err *err)
{
    char *path = cli_path(s->dir, "%s", name);
    char producer[65];
    struct cli_entry e;
    mv_rc rc = MV_OK;
    if (is_cut(name)) {
        (void)unlink(path); /* the lock is ours: nobody writes it */
    } else if (ends(name, ".out")) {
        rc = read_entry(path, bytes, &e, err);
        if (rc == MV_OK)
            rc = read_answer(s, &e, err);
        if (rc == MV_OK)
            (void)add(s, &e);
    } else if (is_kept(name, producer)) {
        rc = read_kept(s, path, producer, bytes, err);
    }
    free(path);
    return rc;
}

static mv_rc read_all(struct cli_spool *s, struct mv_err *err)
{
    struct mv_buf bytes = {0};
    struct dirent *d;
    mv_rc rc = MV_OK;
    DIR *dir = opendir(s->dir);
    if (dir == NULL)
        return mv_fail(err, MV_CONFIG, "cannot read '%s': %s", s->dir,
                       strerror(errno));
    while (rc == MV_OK && (d = readdir(dir)) != NULL)
        rc = read_one(s, d->d_name, &bytes, err);
    (void)closedir(dir);
    mv_buf_done(&bytes);
    return rc;
}

/* Of this opening; used for every producer that has none yet. */
static uint64_t draw_first(int64_t wall_ms)
{
    const int64_t since_ms = INT64_C(1577836800000); /* 2020-01-01 UTC */
    uint64_t lane = mv_random_below(1u << LANE_BITS);
    uint64_t ms = wall_ms > since_ms ? (uint64_t)(wall_ms - since_ms) : 0;
    return lane << MS_BITS | (ms & ((UINT64_C(1) << MS_BITS) - 1)) | 1u;
}

mv_rc cli_spool_open(struct cli_spool **ret, const char *dir, int64_t wall_ms,
                     struct mv_err *err)
{
    struct cli_spool *s = mv_xcalloc(1, sizeof *s);
    char *lock = cli_path(dir, "lock");
    s->dir = mv_xstrdup(dir);
    s->first = draw_first(wall_ms);
    mv_rc rc = mv_dir_make(dir, err);
    s->lock_fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (rc == MV_OK && s->lock_fd < 0)
        rc = mv_fail(err, MV_CONFIG, "cannot open '%s': %s", lock,
                     strerror(errno));
    if (rc == MV_OK && flock(s->lock_fd, LOCK_EX | LOCK_NB) != 0)
        rc = mv_fail(err, MV_FULL, "'%s' is used by another push", dir);
    free(lock);
    if (rc == MV_OK)
        rc = read_all(s, err);
    if (rc != MV_OK) {
        cli_spool_close(s);
        return rc;
    }
    *ret = s;
    return MV_OK;
}

void cli_spool_close(struct cli_spool *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < s->count; i++)
        free(s->at[i]);
    free(s->at);
    free(s->kept);
    if (s->lock_fd >= 0)
        (void)close(s->lock_fd);
    free(s->dir);
    free(s);
}

size_t cli_spool_count(const struct cli_spool *s)
{
    return s->count;
}

struct cli_entry *cli_spool_at(const struct cli_spool *s, size_t i)
{
    return s->at[i];
}

int64_t cli_spool_now(const struct cli_spool *s)
{
    struct mv_clock now = {0};
    mv_clock_read(&now);
    int64_t last = s != NULL && s->count > 0 ? s->at[s->count - 1]->made_ms : 0;
    return last < now.wall_ms || last == INT64_MAX ? now.wall_ms : last + 1;
}

uint64_t cli_spool_number(const struct cli_spool *s, const char *producer)
{
    const struct kept *kept = kept_of(s, producer);
    uint64_t next = kept != NULL ? kept->next : 0;
    for (size_t i = 0; i < s->count; i++)
        if (!strcmp(s->at[i]->producer, producer) && s->at[i]->number >= next)
            next = s->at[i]->number + 1;
    return next != 0 ? next : s->first;
}

static mv_rc keep_number(struct cli_spool *s, const char *producer,
                         struct mv_err *err)
{
    char text[32];
    uint64_t next = cli_spool_number(s, producer);
    char *path = cli_path(s->dir, "%s.next", producer);
    int len = snprintf(text, sizeof text, "%llu\n", (unsigned long long)next);
    mv_rc rc = mv_file_write(path, mv_span(text, (size_t)len), 0600, err);
    if (rc == MV_OK)
        set_kept(s, producer, next);
    free(path);
    return rc;
}

mv_rc cli_spool_put(struct cli_spool *s, const struct cli_entry *entry,
                    struct mv_span frame, const uint32_t *lines,
                    struct cli_entry **ret, struct mv_err *err)
{
    struct mv_buf out = {0}, packed = {0};
    char *path = entry_path(s, entry, "out");
    for (uint32_t i = 0; i < entry->rows; i++) {
        uint8_t be[4];
        mv_be32_put(be, lines[i]);
        mv_buf_put(&packed, be, sizeof be);
    }
    mv_pack_map(&out, entry->withdrawal ? 10 : 9);
    mv_pack_kv_u64(&out, "v", 1);
    mv_pack_kv_cstr(&out, "producer", entry->producer);
    mv_pack_kv_u64(&out, "number", entry->number);
    mv_pack_kv_i64(&out, "made_ms", entry->made_ms);
    mv_pack_kv_cstr(&out, "file", entry->file);
    mv_pack_kv_bin(&out, "push", mv_span(entry->push, 32));
    mv_pack_kv_bin(&out, "content", mv_span(entry->content, 32));
    mv_pack_kv_u64(&out, "rows", entry->rows);
    if (entry->withdrawal)
        mv_pack_kv_bool(&out, "withdrawal", true);
    const struct mv_span sealed[] = {mv_buf_span(&packed), frame};
    const struct mv_hash seal = mv_hash_spans(sealed, 2);
    mv_pack_cstr(&out, "data");
    mv_pack_map(&out, 3);
    mv_pack_kv_bin(&out, "lines", sealed[0]);
    mv_pack_kv_bin(&out, "frame", sealed[1]);
    mv_pack_kv_bin(&out, "seal", mv_span(seal.at, sizeof seal.at));
    mv_rc rc = mv_file_write(path, mv_buf_span(&out), 0600, err);
    if (rc == MV_OK)
        *ret = add(s, entry);
    mv_buf_done(&out);
    mv_buf_done(&packed);
    free(path);
    return rc;
}

/* {lines, frame} as they were put: no figure of theirs is another by now. An
 * entry of an earlier program has no seal. */
static bool sealed_data(struct mv_span entry, struct mv_span ret[2])
{
    struct mv_span data, raw;
    struct mv_hash seal;
    if (!mv_map_find(entry, "data", &data) || !bin_of(data, "lines", &ret[0]) ||
        !bin_of(data, "frame", &ret[1]))
        return false;
    if (!mv_map_find(data, "seal", &raw))
        return true;
    if (!hash_of(data, "seal", seal.at))
        return false;
    const struct mv_hash is = mv_hash_spans(ret, 2);
    return mv_hash_equal(&is, &seal);
}

mv_rc cli_spool_get(const struct cli_spool *s, const struct cli_entry *entry,
                    struct mv_buf *frame, struct mv_buf *lines,
                    struct mv_err *err)
{
    struct mv_buf bytes = {0};
    struct cli_entry e;
    struct mv_span data[2] = {{NULL, 0}, {NULL, 0}};
    char *path = entry_path(s, entry, "out");
    mv_rc rc = read_entry(path, &bytes, &e, err);
    if (rc == MV_OK && !sealed_data(mv_buf_span(&bytes), data))
        rc = mv_fail(err, MV_CONFIG, "'%s' is damaged", path);
    if (rc == MV_OK && frame != NULL)
        mv_buf_put(frame, data[1].at, data[1].len);
    if (rc == MV_OK && lines != NULL)
        mv_buf_put(lines, data[0].at, data[0].len);
    mv_buf_done(&bytes);
    free(path);
    return rc;
}

mv_rc cli_spool_answer(struct cli_spool *s, struct cli_entry *entry,
                       struct mv_span answer, struct mv_err *err)
{
    char *path = entry_path(s, entry, "answer");
    mv_rc rc = mv_file_write(path, answer, 0600, err);
    if (rc == MV_OK)
        take_answer(entry, answer);
    free(path);
    return rc;
}

mv_rc cli_spool_answer_get(const struct cli_spool *s,
                           const struct cli_entry *entry, struct mv_buf *answer,
                           struct mv_err *err)
{
    char *path = entry_path(s, entry, "answer");
    mv_rc rc = mv_file_read(path, FILE_BYTES, 0, answer, err);
    free(path);
    return rc;
}

static bool is_rejected(const struct cli_entry *e)
{
    return strcmp(e->result, "rejected") == 0;
}

struct cli_entry *cli_spool_find(const struct cli_spool *s,
                                 const char *producer, const uint8_t push[32],
                                 const uint8_t content[32])
{
    struct cli_entry *last = NULL, *found = NULL;
    for (size_t i = 0; i < s->count; i++) {
        struct cli_entry *e = s->at[i];
        if (strcmp(e->producer, producer) != 0)
            continue;
        last = e;
        if (!memcmp(e->push, push, 32) && !memcmp(e->content, content, 32) &&
            !is_rejected(e))
            found = e;
    }
    /* something else was sent since: the same again is a correction back */
    return last != NULL && !memcmp(last->push, push, 32) ? found : NULL;
}

bool cli_spool_turned(const struct cli_spool *s, const struct cli_entry *entry)
{
    for (size_t i = s->count; i > 0 && s->at[i - 1] != entry; i--) {
        if (s->at[i - 1]->withdrawal != entry->withdrawal &&
            !is_rejected(s->at[i - 1]))
            return true;
    }
    return false;
}

/* Removes one, after what comes next is on disk: its number is not lost. */
static mv_rc remove_entry(struct cli_spool *s, const struct cli_entry *e,
                          struct mv_err *err)
{
    char *out = entry_path(s, e, "out"), *answer = entry_path(s, e, "answer");
    mv_rc rc = keep_number(s, e->producer, err);
    if (rc == MV_OK) {
        (void)unlink(out); /* first: an answer alone is no entry */
        (void)unlink(answer);
    }
    free(out);
    free(answer);
    return rc;
}

static bool is_old(const struct cli_spool *s, const struct cli_entry *e,
                   int64_t wall_ms)
{
    char *answer = entry_path(s, e, "answer");
    struct stat st;
    bool old = e->answered && stat(answer, &st) == 0 &&
               wall_ms - st.st_mtim.tv_sec * INT64_C(1000) > CLI_SPOOL_KEEP_MS;
    free(answer);
    return old;
}

mv_rc cli_spool_expire(struct cli_spool *s, int64_t wall_ms, struct mv_err *err)
{
    mv_rc rc = MV_OK;
    size_t kept = 0, count = s->count;
    for (size_t i = 0; i < count && rc == MV_OK; i++)
        if (is_old(s, s->at[i], wall_ms))
            rc = remove_entry(s, s->at[i], err);
    if (rc != MV_OK)
        return rc;
    for (size_t i = 0; i < count; i++) {
        char *out = entry_path(s, s->at[i], "out");
        if (access(out, F_OK) == 0)
            s->at[kept++] = s->at[i];
        else
            free(s->at[i]);
        free(out);
    }
    s->count = kept;
    return kept < count ? mv_dir_sync(s->dir, err) : MV_OK;
}
