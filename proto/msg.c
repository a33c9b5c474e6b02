/* msg - see msg.h. Job: messages.def as tables, and one codec for them all.
 * Invariant: what encode writes decode accepts, and what decode accepts was
 * checked field by field; order on the wire is the table's. No state: a crash
 * leaves nothing. */
#include "proto/msg.h"
#include "proto/head.h"
#include "proto/pack.h"
#include "services/base/err.h"
#include "services/base/identity.h"
#include "services/base/text.h"

#include <string.h>

typedef enum kind { U64, I64, BOOL, WORD, IDENT, TEXT, BIN32, LIST, MAP } kind;
enum { REQ, OPT };
enum { OWN, PEER };
enum { KEY_ROOM = 24 };

struct field {
    kind kind;
    bool optional;
    struct mv_span name;
    uint64_t limit;
    const char *words;
    size_t at, has_at;  /* in the struct; has_at for optional numbers */
    char key[KEY_ROOM]; /* the name again, to be copied as one piece */
};

struct message {
    const char *name;
    bool is_part, from_peer;
    size_t size;
    const struct field *fields;
    uint32_t count;
};

/* Only an optional number or bool has a has_ member; for the others its place
 * is the member itself and is not used. */
#define HAS_U64_OPT(m, f)   offsetof(struct mv_msg_##m, has_##f)
#define HAS_I64_OPT(m, f)   offsetof(struct mv_msg_##m, has_##f)
#define HAS_BOOL_OPT(m, f)  offsetof(struct mv_msg_##m, has_##f)
#define HAS_U64_REQ(m, f)   0
#define HAS_I64_REQ(m, f)   0
#define HAS_BOOL_REQ(m, f)  0
#define HAS_WORD_REQ(m, f)  0
#define HAS_WORD_OPT(m, f)  0
#define HAS_IDENT_REQ(m, f) 0
#define HAS_IDENT_OPT(m, f) 0
#define HAS_TEXT_REQ(m, f)  0
#define HAS_TEXT_OPT(m, f)  0
#define HAS_BIN32_REQ(m, f) 0
#define HAS_BIN32_OPT(m, f) 0
#define HAS_LIST_REQ(m, f)  0
#define HAS_LIST_OPT(m, f)  0
#define HAS_MAP_REQ(m, f)   0
#define HAS_MAP_OPT(m, f)   0

#define MESSAGE(ID, name, flags) static const struct field fields_##name[] = {
#define PART(ID, name, flags)    MESSAGE(ID, name, flags)
#define FIELD(message, kind, need, name, limit, words) \
    {kind,                                             \
     need,                                             \
     {#name, sizeof #name - 1},                        \
     limit,                                            \
     words,                                            \
     offsetof(struct mv_msg_##message, name),          \
     HAS_##kind##_##need(message, name),               \
     #name},
/* clang-format off */
#define END(ID, name) };
/* clang-format on */
#include "proto/messages.def"
#undef MESSAGE
#undef PART
#undef FIELD
#undef END

#define ENTRY(ID, name, flags, part)               \
    [MV_MSG_##ID] = {#name,                        \
                     part,                         \
                     (flags) == PEER,              \
                     sizeof(struct mv_msg_##name), \
                     fields_##name,                \
                     (uint32_t)(sizeof fields_##name / sizeof(struct field))},
#define MESSAGE(ID, name, flags) ENTRY(ID, name, flags, false)
#define PART(ID, name, flags)    ENTRY(ID, name, flags, true)
#define FIELD(message, kind, need, name, limit, words)
#define END(ID, name)
static const struct message messages[MV_MSG_COUNT] = {
#include "proto/messages.def"
};
#undef MESSAGE
#undef PART
#undef FIELD
#undef END

static const struct message *message_of(mv_msg_id id)
{
    MV_ASSERT(id > MV_MSG_NONE && id < MV_MSG_COUNT);
    return &messages[id];
}

bool mv_msg_field(mv_msg_id id, size_t i, struct mv_span *name, bool *required)
{
    const struct message *m = message_of(id);
    if (i >= m->count)
        return false;
    *name = m->fields[i].name;
    *required = !m->fields[i].optional;
    return true;
}

static void *member(void *msg, size_t at)
{
    return (char *)msg + at;
}

static const void *member_const(const void *msg, size_t at)
{
    return (const char *)msg + at;
}

static bool is_span(const struct field *f)
{
    return f->kind != U64 && f->kind != I64 && f->kind != BOOL;
}

/* ---- encode ---- */

static bool is_set(const struct field *f, const void *msg)
{
    if (is_span(f)) {
        const struct mv_span *v = member_const(msg, f->at);
        MV_ASSERT(v->at != NULL || f->optional);
        return v->at != NULL;
    }
    return !f->optional || *(const bool *)member_const(msg, f->has_at);
}

/* Of every message the larger part: without a call. */
static void encode_key(const struct field *f, struct mv_buf *out)
{
    mv_buf_room(out, 1 + sizeof f->key);
    uint8_t *p = out->at + out->len;
    *p = (uint8_t)(0xa0 | f->name.len);
    memcpy(p + 1, f->key, sizeof f->key);
    out->len += 1 + f->name.len;
}

static void encode_field(const struct field *f, const void *msg,
                         struct mv_buf *out)
{
    const void *v = member_const(msg, f->at);
    const struct mv_span *span = v;
    encode_key(f, out);
    switch (f->kind) {
    case U64:
        mv_pack_u64(out, *(const uint64_t *)v);
        break;
    case I64:
        mv_pack_i64(out, *(const int64_t *)v);
        break;
    case BOOL:
        mv_pack_bool(out, *(const bool *)v);
        break;
    case BIN32:
        MV_ASSERT(span->len == 32);
        mv_pack_bin(out, *span);
        break;
    case LIST:
    case MAP:
        mv_pack_raw(out, *span);
        break;
    case WORD:
    case IDENT:
    case TEXT:
        mv_pack_text(out, *span);
        break;
    }
}

void mv_msg_encode(mv_msg_id id, const void *msg, struct mv_buf *out)
{
    const struct message *m = message_of(id);
    uint64_t set = 0;
    for (uint32_t i = 0; i < m->count; i++)
        set |= (uint64_t)is_set(&m->fields[i], msg) << i;
    mv_pack_map(out,
                (uint32_t)__builtin_popcountll(set) + (m->is_part ? 0 : 2));
    if (!m->is_part) {
        mv_pack_kv_u64(out, "v", MV_PROTO_VERSION);
        mv_pack_kv_cstr(out, "type", m->name);
    }
    for (; set != 0; set &= set - 1)
        encode_field(&m->fields[__builtin_ctzll(set)], msg, out);
}

/* ---- decode ---- */

struct decode {
    const struct message *m;
    struct mv_span bytes;
    struct mv_fault *fault;
};

static bool refuse(const struct decode *d, mv_code code, struct mv_span field,
                   const void *at, const char *detail)
{
    size_t offset =
        at == NULL
            ? 0
            : (size_t)((const uint8_t *)at - (const uint8_t *)d->bytes.at);
    return mv_fault_set(d->fault, code, offset, field, detail);
}

static bool is_word(const char *words, struct mv_span v)
{
    while (*words != 0) {
        size_t len = strcspn(words, " ");
        if (mv_span_equal(mv_span(words, len), v))
            return true;
        words += len + (words[len] == ' ');
    }
    return false;
}

static mv_code text_fault(const struct decode *d, const struct field *f,
                          struct mv_span v)
{
    size_t most = f->kind == TEXT ? f->limit : MV_MAX_IDENTIFIER_BYTES;
    if (v.len > most || (v.len == 0 && f->kind == IDENT))
        return MV_CODE_LENGTH;
    if (d->m->from_peer && mv_identity_in(v))
        return MV_CODE_IDENTIFIER;
    if (f->kind == WORD)
        return is_word(f->words, v) ? MV_CODE_NONE : MV_CODE_WORD;
    bool good = f->kind == TEXT                   ? mv_text_is_plain(v)
                : mv_span_is(f->name, "producer") ? mv_text_is_producer(v)
                                                  : mv_text_is_identifier(v);
    return good ? MV_CODE_NONE : MV_CODE_CHARSET;
}

/* The number is there: its kind and whether it is allowed. */
static mv_code number_fault(const struct field *f, struct mv_cursor *c, void *v)
{
    uint64_t *number = v;
    bool good = f->kind == I64 ? mv_cursor_i64(c, v) : mv_cursor_u64(c, number);
    if (good && f->kind == U64 && f->limit > 0 && *number > f->limit)
        return MV_CODE_RANGE;
    if (good)
        return MV_CODE_NONE;
    mv_item item = mv_cursor_peek(c);
    return item == MV_ITEM_UINT || item == MV_ITEM_INT ? MV_CODE_RANGE
                                                       : MV_CODE_TYPE;
}

static mv_code value_fault(const struct decode *d, const struct field *f,
                           struct mv_span raw, void *v)
{
    struct mv_cursor c = mv_cursor(raw);
    struct mv_span *span = v;
    switch (f->kind) {
    case U64:
    case I64:
        return number_fault(f, &c, v);
    case BOOL:
        return mv_cursor_bool(&c, v) ? MV_CODE_NONE : MV_CODE_TYPE;
    case WORD:
    case IDENT:
    case TEXT:
        return mv_cursor_text(&c, span) ? text_fault(d, f, *span)
                                        : MV_CODE_TYPE;
    case BIN32:
        if (!mv_cursor_bin(&c, span))
            return MV_CODE_TYPE;
        return span->len == 32 ? MV_CODE_NONE : MV_CODE_LENGTH;
    case LIST:
    case MAP:
        break;
    }
    *span = raw;
    return mv_cursor_peek(&c) == (f->kind == LIST ? MV_ITEM_LIST : MV_ITEM_MAP)
               ? MV_CODE_NONE
               : MV_CODE_TYPE;
}

/* Messages of ours come in the table's order: the next is looked at first. */
static const struct field *field_of(const struct message *m, struct mv_span key,
                                    uint32_t *hint)
{
    uint32_t at = *hint;
    for (uint32_t i = 0; i < m->count; i++, at++) {
        if (at >= m->count)
            at = 0;
        if (mv_span_equal(key, m->fields[at].name)) {
            *hint = at + 1;
            return &m->fields[at];
        }
    }
    return NULL;
}

static const char *expected(const struct field *f)
{
    static const char *const kinds[] = {
        [U64] = "an integer from 0 is due",
        [I64] = "an integer is due",
        [BOOL] = "true or false is due",
        [WORD] = "a word is due",
        [IDENT] = "an identifier is due",
        [TEXT] = "text is due",
        [BIN32] = "32 bytes are due",
        [LIST] = "a list is due",
        [MAP] = "a map is due",
    };
    return f->kind == WORD ? f->words : kinds[f->kind];
}

static bool decode_entries(struct decode *d, const struct mv_entries *entries,
                           void *msg, uint64_t *seen)
{
    uint32_t hint = 0;
    for (uint32_t i = 0; i < entries->count; i++) {
        struct mv_span key = entries->at[i].key;
        struct mv_span raw = entries->at[i].value;
        const struct field *f = field_of(d->m, key, &hint);
        if (f == NULL) {
            if (!d->m->is_part &&
                (mv_span_is(key, "v") || mv_span_is(key, "type")))
                continue;
            return refuse(d, MV_CODE_UNKNOWN_FIELD, key, key.at, "");
        }
        mv_code code = value_fault(d, f, raw, member(msg, f->at));
        if (code != MV_CODE_NONE)
            return refuse(d, code, key, raw.at, expected(f));
        if (f->has_at > 0)
            *(bool *)member(msg, f->has_at) = true;
        *seen |= UINT64_C(1) << (f - d->m->fields);
    }
    return true;
}

static bool decode_head(struct decode *d, const struct mv_entries *entries)
{
    struct mv_span type;
    if (d->m->is_part) {
        return entries->is_map ||
               refuse(d, MV_CODE_TYPE, mv_span_text(d->m->name), NULL,
                      "a map is due");
    }
    if (!mv_head_check(d->bytes, entries, &type, d->fault))
        return false;
    return mv_span_is(type, d->m->name) ||
           refuse(d, MV_CODE_TYPE, mv_span_text("type"), type.at,
                  "another message");
}

static uint64_t required(const struct message *m)
{
    uint64_t fields = 0;
    for (uint32_t i = 0; i < m->count; i++)
        fields |= (uint64_t)!m->fields[i].optional << i;
    return fields;
}

static bool decode_checked(struct decode *d, const struct mv_entries *entries,
                           void *msg, uint64_t *seen)
{
    *seen = 0;
    memset(msg, 0, d->m->size);
    if (!decode_head(d, entries) || !decode_entries(d, entries, msg, seen))
        return false;
    uint64_t missing = required(d->m) & ~*seen;
    return missing == 0 ||
           refuse(d, MV_CODE_MISSING,
                  d->m->fields[__builtin_ctzll(missing)].name, NULL, "");
}

bool mv_msg_decode(mv_msg_id id, struct mv_span bytes, void *msg,
                   struct mv_fault *fault)
{
    struct decode d = {message_of(id), bytes, fault};
    const struct mv_cursor_limits *limits =
        d.m->from_peer ? &mv_limits_peer : &mv_limits_message;
    struct mv_entries entries;
    uint64_t seen;
    return mv_cursor_check(bytes, limits, &entries, fault) &&
           decode_checked(&d, &entries, msg, &seen);
}

bool mv_msg_decode_open(mv_msg_id id, struct mv_span bytes, void *msg)
{
    struct mv_fault fault;
    struct decode d = {message_of(id), bytes, &fault};
    struct mv_entries entries;
    uint64_t seen;
    const struct field *last = &d.m->fields[d.m->count - 1];
    MV_ASSERT(!d.m->is_part && !d.m->from_peer && last->kind == LIST);
    return bytes.len <= mv_limits_message.bytes &&
           mv_cursor_entries_open(bytes, &entries) &&
           mv_span_equal(entries.at[entries.count - 1].key, last->name) &&
           decode_checked(&d, &entries, msg, &seen) &&
           /* none twice */
           entries.count == (uint32_t)__builtin_popcountll(seen) + 2;
}

bool mv_msg_take_part(mv_msg_id id, struct mv_cursor *c, uint64_t wanted,
                      void *msg)
{
    const struct decode d = {.m = message_of(id)};
    struct mv_span key, raw;
    uint32_t pairs, hint = 0;
    uint64_t seen = 0;
    MV_ASSERT(d.m->is_part && !d.m->from_peer);
    memset(msg, 0, d.m->size);
    if (!mv_cursor_map(c, &pairs))
        return false;
    for (; pairs > 0; pairs--) {
        const struct field *f;
        if (!mv_cursor_text(c, &key) || !mv_cursor_skip(c, &raw) ||
            (f = field_of(d.m, key, &hint)) == NULL)
            return false;
        uint64_t bit = UINT64_C(1) << (f - d.m->fields);
        if ((seen & bit) != 0)
            return false;
        seen |= bit;
        if ((wanted & bit) == 0)
            continue;
        if (value_fault(&d, f, raw, member(msg, f->at)) != MV_CODE_NONE)
            return false;
        if (f->has_at > 0)
            *(bool *)member(msg, f->has_at) = true;
    }
    return (required(d.m) & ~seen) == 0;
}

mv_msg_id mv_msg_peek(struct mv_span bytes, struct mv_span *type)
{
    struct mv_cursor c = mv_cursor(bytes);
    uint32_t pairs = 0;
    *type = mv_span(NULL, 0);
    if (!mv_cursor_map(&c, &pairs) || pairs > MV_MAX_KEYS)
        return MV_MSG_NONE;
    while (pairs-- > 0) {
        struct mv_span key;
        if (!mv_cursor_text(&c, &key))
            return MV_MSG_NONE;
        if (mv_span_is(key, "type") && mv_cursor_text(&c, type))
            break;
        if (!mv_cursor_skip(&c, NULL))
            return MV_MSG_NONE;
    }
    for (unsigned i = 1; i < MV_MSG_COUNT; i++) {
        if (!messages[i].is_part && mv_span_is(*type, messages[i].name))
            return (mv_msg_id)i;
    }
    return MV_MSG_NONE;
}
