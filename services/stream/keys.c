/* keys - see keys.h. Job: the key file's text to a registry and back.
 * Invariant: a registry holds only lines that were all good, each name and
 * each public key once; it never changes. A crash leaves nothing. */
#include "services/stream/keys.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "services/base/clock.h"
#include "services/base/file.h"
#include "services/base/slots.h"
#include "services/base/text.h"

#define FIRST_LINE "maalvakt-keys 1"

struct mv_keys {
    size_t count;
    struct mv_key *at;
    struct mv_slots by_key, by_name; /* to places in `at` */
};

/* Where a parse stands, for messages. */
struct place {
    const char *name;
    unsigned line;
};

static const char *const role_names[] = {
#define ROLE(upper, lower) #lower,
    MV_ROLES(ROLE)
#undef ROLE
};

static struct mv_span key_of(const struct mv_key *k)
{
    return mv_span(k->public_key, MV_KEY_BYTES);
}

static struct mv_span name_of(const struct mv_key *k)
{
    return mv_span_text(k->name);
}

static const struct mv_key *look(const struct mv_keys *k,
                                 const struct mv_slots *slots,
                                 struct mv_span (*of)(const struct mv_key *),
                                 struct mv_span what)
{
    uint32_t hash = mv_slots_hash(0, what), steps = 0, i;
    while (mv_slots_next(slots, hash, &steps, &i)) {
        if (mv_span_equal(of(&k->at[i]), what))
            return &k->at[i];
    }
    return NULL;
}

const struct mv_key *mv_keys_find(const struct mv_keys *k,
                                  const uint8_t public_key[MV_KEY_BYTES])
{
    return look(k, &k->by_key, key_of, mv_span(public_key, MV_KEY_BYTES));
}

const struct mv_key *mv_keys_named(const struct mv_keys *k, const char *name)
{
    return look(k, &k->by_name, name_of, mv_span_text(name));
}

size_t mv_keys_count(const struct mv_keys *k)
{
    return k->count;
}

const struct mv_key *mv_keys_at(const struct mv_keys *k, size_t i)
{
    return i < k->count ? &k->at[i] : NULL;
}

void mv_roles_text(struct mv_buf *out, unsigned roles, const char *between)
{
    const char *comma = "";
    for (unsigned i = 0; i < MV_ROLE_COUNT; i++) {
        if ((roles & 1u << i) == 0)
            continue;
        mv_buf_text(out, comma);
        mv_buf_text(out, role_names[i]);
        comma = between;
    }
}

/* Cuts *rest at the first `stop`; false when nothing is left. */
static bool cut(struct mv_span *rest, char stop, struct mv_span *part)
{
    if (rest->at == NULL)
        return false;
    const char *end = memchr(rest->at, stop, rest->len);
    if (end == NULL) {
        *part = *rest;
        *rest = mv_span(NULL, 0);
        return true;
    }
    size_t len = (size_t)(end - (const char *)rest->at);
    *part = mv_span(rest->at, len);
    *rest = mv_span(end + 1, rest->len - len - 1);
    return true;
}

bool mv_roles_parse(struct mv_span text, unsigned *ret)
{
    struct mv_span word;
    *ret = 0;
    while (cut(&text, ',', &word)) {
        unsigned i = 0;
        while (i < MV_ROLE_COUNT && !mv_span_is(word, role_names[i]))
            i++;
        if (i == MV_ROLE_COUNT)
            return false;
        *ret |= 1u << i;
    }
    return *ret != 0;
}

static void time_text(struct mv_buf *out, const char *word, int64_t ms)
{
    char text[MV_CLOCK_TEXT_BYTES];
    mv_buf_printf(out, " %s=%s", word, mv_clock_text(ms, text));
}

void mv_key_line(struct mv_buf *out, const struct mv_key *k)
{
    char hex[MV_KEY_HEX_BYTES];
    mv_buf_printf(out, "%s name=%s role=", mv_key_hex(k->public_key, hex),
                  k->name);
    mv_roles_text(out, k->roles, ",");
    if (k->unit[0] != 0)
        mv_buf_printf(out, " unit=%s", k->unit);
    if (k->from_ms != INT64_MIN)
        time_text(out, "from", k->from_ms);
    if (k->to_ms != INT64_MAX)
        time_text(out, "to", k->to_ms);
}

bool mv_key_valid(const struct mv_key *k, int64_t wall_ms, const char **why)
{
    *why = wall_ms < k->from_ms  ? "not valid yet"
           : wall_ms >= k->to_ms ? "no longer valid"
                                 : "";
    return **why == 0;
}

static mv_rc wrong(const struct place *p, struct mv_err *err, const char *text,
                   struct mv_span value)
{
    struct mv_buf shown = {0};
    mv_text_escape_log(&shown, value, 80);
    mv_rc rc = mv_fail(err, MV_CONFIG, "%s:%u: %s%s%s", p->name, p->line, text,
                       value.len > 0 ? ": " : "", mv_buf_cstr(&shown));
    mv_buf_done(&shown);
    return rc;
}

static bool read_time(struct mv_span value, int64_t *ret)
{
    int32_t day;
    if (mv_day_parse(value, &day)) {
        *ret = day * MV_MS_PER_DAY;
        return true;
    }
    return mv_clock_parse(value, ret);
}

static bool read_name(struct mv_span value, char out[MV_KEY_NAME_BYTES])
{
    if (!mv_text_is_identifier(value) || value.len >= MV_KEY_NAME_BYTES)
        return false;
    memcpy(out, value.at, value.len);
    out[value.len] = 0;
    return true;
}

enum seen { NAME = 1, ROLES = 2, UNIT = 4, FROM = 8, TO = 16 };

/* One word=value of a line. */
static mv_rc read_word(const struct place *p, struct mv_key *k, unsigned *seen,
                       struct mv_span word, struct mv_err *err)
{
    struct mv_span value = word, name;
    unsigned bit = 0;
    bool good = false;
    (void)cut(&value, '=', &name);
    if (value.at == NULL)
        return wrong(p, err, "not word=value", word);
    if (mv_span_is(name, "name")) {
        bit = NAME;
        good = read_name(value, k->name);
    } else if (mv_span_is(name, "role")) {
        bit = ROLES;
        good = mv_roles_parse(value, &k->roles);
    } else if (mv_span_is(name, "unit")) {
        bit = UNIT;
        good = read_name(value, k->unit);
    } else if (mv_span_is(name, "from")) {
        bit = FROM;
        good = read_time(value, &k->from_ms);
    } else if (mv_span_is(name, "to")) {
        bit = TO;
        good = read_time(value, &k->to_ms);
    } else {
        return wrong(p, err, "unknown word", name);
    }
    if ((*seen & bit) != 0)
        return wrong(p, err, "stands twice", name);
    *seen |= bit;
    return good ? MV_OK : wrong(p, err, "not a good value", word);
}

bool mv_roles_fit_unit(unsigned roles, bool has_unit)
{
    return has_unit ? (roles & (MV_ROLE_PRODUCER | MV_ROLE_ASSESSOR)) != 0
                    : (roles & MV_ROLE_PRODUCER) == 0;
}

static mv_rc check(const struct place *p, const struct mv_key *k, unsigned seen,
                   struct mv_err *err)
{
    if ((seen & NAME) == 0)
        return wrong(p, err, "name= is missing", mv_span(NULL, 0));
    if ((seen & ROLES) == 0)
        return wrong(p, err, "role= is missing", mv_span(NULL, 0));
    if (!mv_roles_fit_unit(k->roles, (seen & UNIT) != 0)) {
        return wrong(
            p, err, "role producer needs unit=, assessor may have it, no other",
            mv_span(NULL, 0));
    }
    if (k->from_ms >= k->to_ms)
        return wrong(p, err, "to= is not after from=", mv_span(NULL, 0));
    return MV_OK;
}

/* There is room for it. */
static void add(struct mv_keys *keys, const struct mv_key *k)
{
    uint32_t i = (uint32_t)keys->count++;
    keys->at[i] = *k;
    mv_slots_add(&keys->by_key, mv_slots_hash(0, key_of(k)), i);
    mv_slots_add(&keys->by_name, mv_slots_hash(0, name_of(k)), i);
}

static mv_rc keep(const struct place *p, struct mv_keys *keys,
                  const struct mv_key *k, struct mv_err *err)
{
    if (keys->count == MV_KEYS_MAX)
        return wrong(p, err, "too many keys", mv_span(NULL, 0));
    const struct mv_key *same = mv_keys_find(keys, k->public_key);
    if (same != NULL)
        return wrong(p, err, "this public key is listed before, as",
                     name_of(same));
    if (mv_keys_named(keys, k->name) != NULL)
        return wrong(p, err, "this name is used before", name_of(k));
    if (keys->count % 64 == 0)
        keys->at = mv_xrealloc(keys->at, (keys->count + 64) * sizeof *keys->at);
    add(keys, k);
    return MV_OK;
}

static mv_rc read_line(const struct place *p, struct mv_keys *keys,
                       struct mv_span line, struct mv_err *err)
{
    struct mv_key k = {.from_ms = INT64_MIN, .to_ms = INT64_MAX};
    struct mv_span word = {0};
    unsigned seen = 0;
    mv_rc rc = MV_OK;
    (void)cut(&line, ' ', &word);
    if (!mv_key_parse(word, k.public_key))
        return wrong(p, err, "not a public key in hex or Z85", word);
    while (cut(&line, ' ', &word)) {
        if (word.len > 0)
            MV_TRY(read_word(p, &k, &seen, word, err));
    }
    MV_TRY(check(p, &k, seen, err));
    MV_TRY(keep(p, keys, &k, err));
out:
    return rc;
}

/* Line ends may be CR LF; blanks at the end do not count. */
static struct mv_span trimmed(struct mv_span line)
{
    const char *at = line.at;
    while (line.len > 0 &&
           (at[line.len - 1] == '\r' || at[line.len - 1] == ' '))
        line.len--;
    return line;
}

static mv_rc read_all(struct mv_keys *keys, const char *name,
                      struct mv_span text, struct mv_err *err)
{
    struct place p = {name, 0};
    struct mv_span line;
    mv_rc rc = MV_OK;
    if (memchr(text.at, 0, text.len) != NULL || !mv_text_is_utf8(text))
        return mv_fail(err, MV_CONFIG, "%s: not a text in UTF-8", name);
    while (cut(&text, '\n', &line)) {
        p.line++;
        line = trimmed(line);
        if (p.line == 1 && !mv_span_is(line, FIRST_LINE))
            return wrong(&p, err, "the first line is not " FIRST_LINE, line);
        if (p.line > 1 && line.len > 0 && *(const char *)line.at != '#')
            MV_TRY(read_line(&p, keys, line, err));
    }
out:
    return rc;
}

mv_rc mv_keys_parse(struct mv_keys **ret, const char *name, struct mv_span text,
                    struct mv_err *err)
{
    struct mv_keys *keys = mv_xcalloc(1, sizeof *keys);
    mv_rc rc =
        text.len > 0
            ? read_all(keys, name, text, err)
            : mv_fail(err, MV_CONFIG,
                      "%s:1: empty; the first line is " FIRST_LINE, name);
    if (rc == MV_OK)
        *ret = keys;
    else
        mv_keys_close(keys);
    return rc;
}

mv_rc mv_keys_load(struct mv_keys **ret, const char *path, struct mv_err *err)
{
    struct mv_buf text = {0};
    struct stat st;
    mv_rc rc = MV_OK;
    if (stat(path, &st) == 0 && (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return mv_fail(err, MV_CONFIG,
                       "'%s' may be written by others: chmod 644 it", path);
    MV_TRY(mv_file_read(path, MV_KEYS_FILE_BYTES, 0, &text, err));
    MV_TRY(mv_keys_parse(ret, path, mv_buf_span(&text), err));
out:
    mv_buf_done(&text);
    return rc;
}

void mv_keys_close(struct mv_keys *k)
{
    if (k == NULL)
        return;
    mv_slots_done(&k->by_key);
    mv_slots_done(&k->by_name);
    free(k->at);
    free(k);
}

struct mv_keys *mv_keys_copy(const struct mv_keys *k)
{
    struct mv_keys *copy = mv_xcalloc(1, sizeof *copy);
    copy->at = mv_xcalloc(k->count + 1, sizeof *copy->at);
    for (size_t i = 0; i < k->count; i++)
        add(copy, &k->at[i]);
    return copy;
}
