/* cursor - see cursor.h. Job: the first look at bytes from outside.
 * Invariant: `at` never passes `end`, a length is used only after it was held
 * against end - at, and nesting costs a counter, not a stack frame. Pure: a
 * crash leaves nothing. */
#include "proto/cursor.h"
#include "services/base/err.h"
#include "services/base/text.h"

#include <string.h>

const struct mv_cursor_limits mv_limits_delivery = {
    .bytes = MV_MAX_DELIVERY_BYTES,
    .depth = MV_MAX_NESTING,
    .items = MV_MAX_ROWS,
    .keys = MV_MAX_KEYS,
    .leaves = true,
};

const struct mv_cursor_limits mv_limits_peer = {
    .bytes = MV_MAX_DELIVERY_BYTES,
    .depth = MV_MAX_NESTING,
    .items = MV_MAX_ROWS,
    .keys = MV_MAX_KEYS,
};

const struct mv_cursor_limits mv_limits_message = {
    .bytes = MV_MAX_SERVICE_FRAME_BYTES,
    .depth = MV_MAX_MESSAGE_DEPTH,
    .items = MV_MAX_ITEMS,
    .keys = MV_MAX_KEYS,
};

/* What the first bytes of a value say. size: header, with the number if it is
 * one; arg: the number (two's complement), float bits, length or count. */
struct head {
    mv_item item;
    uint32_t size;
    uint64_t arg;
};

struct kind {
    uint8_t item, width;
};

/* 0xc0 ... 0xdf: the bytes that follow and are the number, length or count;
 * for fixext the length itself (its type byte is counted in skip_bytes). */
static const struct kind kinds[32] = {
    {MV_ITEM_NIL, 0},  {MV_ITEM_END, 0},     {MV_ITEM_BOOL, 0},
    {MV_ITEM_BOOL, 0}, {MV_ITEM_BIN, 1},     {MV_ITEM_BIN, 2},
    {MV_ITEM_BIN, 4},  {MV_ITEM_EXT, 1},     {MV_ITEM_EXT, 2},
    {MV_ITEM_EXT, 4},  {MV_ITEM_FLOAT32, 4}, {MV_ITEM_FLOAT64, 8},
    {MV_ITEM_UINT, 1}, {MV_ITEM_UINT, 2},    {MV_ITEM_UINT, 4},
    {MV_ITEM_UINT, 8}, {MV_ITEM_INT, 1},     {MV_ITEM_INT, 2},
    {MV_ITEM_INT, 4},  {MV_ITEM_INT, 8},     {MV_ITEM_EXT, 0},
    {MV_ITEM_EXT, 0},  {MV_ITEM_EXT, 0},     {MV_ITEM_EXT, 0},
    {MV_ITEM_EXT, 0},  {MV_ITEM_TEXT, 1},    {MV_ITEM_TEXT, 2},
    {MV_ITEM_TEXT, 4}, {MV_ITEM_LIST, 2},    {MV_ITEM_LIST, 4},
    {MV_ITEM_MAP, 2},  {MV_ITEM_MAP, 4},
};

static uint64_t load(const uint8_t *p, unsigned width)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < width; i++)
        v = v << 8 | p[i];
    return v;
}

/* These two stand before every item of every message. */
static inline bool head_one_byte(uint8_t b, struct head *h)
{
    h->size = 1;
    if (b <= 0x7f) {
        h->item = MV_ITEM_UINT;
        h->arg = b;
    } else if (b >= 0xe0) {
        h->item = MV_ITEM_INT;
        h->arg = (uint64_t)(int64_t)(int8_t)b;
    } else if (b >= 0xa0 && b <= 0xbf) {
        h->item = MV_ITEM_TEXT;
        h->arg = b & 0x1f;
    } else if (b <= 0x8f) {
        h->item = MV_ITEM_MAP;
        h->arg = b & 0x0f;
    } else if (b <= 0x9f) {
        h->item = MV_ITEM_LIST;
        h->arg = b & 0x0f;
    } else {
        return false;
    }
    return true;
}

/* An integer that was sent as signed and is not below zero is a UINT. */
static void sign_extend(struct head *h, unsigned width)
{
    MV_ASSERT(width > 0 && width <= 8);
    unsigned shift = 64 - 8 * width;
    int64_t v = (int64_t)(h->arg << shift) >> shift;
    h->arg = (uint64_t)v;
    if (v >= 0)
        h->item = MV_ITEM_UINT;
}

static bool head_several(const struct mv_cursor *c, struct head *h)
{
    uint8_t b = *c->at;
    struct kind k = kinds[b & 0x1f];
    if (k.item == MV_ITEM_END || (size_t)(c->end - c->at) < 1u + k.width)
        return false;
    h->item = (mv_item)k.item;
    h->size = 1u + k.width;
    h->arg = load(c->at + 1, k.width);
    if (k.item == MV_ITEM_INT)
        sign_extend(h, k.width);
    else if (k.item == MV_ITEM_BOOL)
        h->arg = b & 1;
    else if (k.item == MV_ITEM_EXT && k.width == 0)
        h->arg = UINT64_C(1) << (b - 0xd4);
    return true;
}

/* False: nothing left, cut in the header, or 0xc1. */
static inline bool head_read(const struct mv_cursor *c, struct head *h)
{
    return c->at != c->end && (head_one_byte(*c->at, h) || head_several(c, h));
}

/* Bytes after the header that belong to the value itself. */
static uint64_t body_bytes(const struct head *h)
{
    if (h->item == MV_ITEM_TEXT || h->item == MV_ITEM_BIN)
        return h->arg;
    return h->item == MV_ITEM_EXT ? h->arg + 1 : 0;
}

static bool fits(const struct mv_cursor *c, const struct head *h)
{
    return body_bytes(h) <= (uint64_t)(c->end - c->at) - h->size;
}

struct mv_cursor mv_cursor(struct mv_span bytes)
{
    static const uint8_t nothing[1];
    const uint8_t *at = bytes.at != NULL ? bytes.at : nothing;
    return (struct mv_cursor){at, at + bytes.len};
}

mv_item mv_cursor_peek(const struct mv_cursor *c)
{
    struct head h;
    return head_read(c, &h) && fits(c, &h) ? h.item : MV_ITEM_END;
}

/* Steps over the header of an item of the kind asked for. */
static inline bool take(struct mv_cursor *c, mv_item item, struct head *h)
{
    if (!head_read(c, h) || h->item != item || !fits(c, h))
        return false;
    c->at += h->size;
    return true;
}

bool mv_cursor_nil(struct mv_cursor *c)
{
    struct head h;
    return take(c, MV_ITEM_NIL, &h);
}

bool mv_cursor_bool(struct mv_cursor *c, bool *v)
{
    struct head h;
    if (!take(c, MV_ITEM_BOOL, &h))
        return false;
    *v = h.arg != 0;
    return true;
}

bool mv_cursor_u64(struct mv_cursor *c, uint64_t *v)
{
    struct head h;
    if (!take(c, MV_ITEM_UINT, &h))
        return false;
    *v = h.arg;
    return true;
}

bool mv_cursor_i64(struct mv_cursor *c, int64_t *v)
{
    struct head h;
    if (!head_read(c, &h) ||
        (h.item != MV_ITEM_INT &&
         (h.item != MV_ITEM_UINT || h.arg > (uint64_t)INT64_MAX)))
        return false;
    c->at += h.size;
    *v = (int64_t)h.arg;
    return true;
}

bool mv_cursor_f32(struct mv_cursor *c, float *v)
{
    struct head h;
    if (!take(c, MV_ITEM_FLOAT32, &h))
        return false;
    uint32_t bits = (uint32_t)h.arg;
    memcpy(v, &bits, sizeof *v);
    return true;
}

bool mv_cursor_f64(struct mv_cursor *c, double *v)
{
    struct head h;
    if (!take(c, MV_ITEM_FLOAT64, &h))
        return false;
    memcpy(v, &h.arg, sizeof *v);
    return true;
}

static bool take_bytes(struct mv_cursor *c, mv_item item, struct mv_span *v)
{
    struct head h;
    if (!take(c, item, &h))
        return false;
    *v = mv_span(c->at, (size_t)h.arg);
    c->at += h.arg;
    return true;
}

bool mv_cursor_text(struct mv_cursor *c, struct mv_span *v)
{
    return take_bytes(c, MV_ITEM_TEXT, v);
}

bool mv_cursor_bin(struct mv_cursor *c, struct mv_span *v)
{
    return take_bytes(c, MV_ITEM_BIN, v);
}

bool mv_cursor_list(struct mv_cursor *c, uint32_t *count)
{
    struct head h;
    if (!take(c, MV_ITEM_LIST, &h))
        return false;
    *count = (uint32_t)h.arg;
    return true;
}

bool mv_cursor_map(struct mv_cursor *c, uint32_t *pairs)
{
    struct head h;
    if (!take(c, MV_ITEM_MAP, &h))
        return false;
    *pairs = (uint32_t)h.arg;
    return true;
}

bool mv_cursor_skip(struct mv_cursor *c, struct mv_span *raw)
{
    struct mv_cursor walk = *c;
    /* at most 2^33 a header and 2^25 headers: no overflow */
    uint64_t due = 1;
    while (due > 0) {
        struct head h;
        if (!head_read(&walk, &h) || !fits(&walk, &h))
            return false;
        walk.at += h.size + body_bytes(&h);
        due--;
        if (h.item == MV_ITEM_LIST)
            due += h.arg;
        else if (h.item == MV_ITEM_MAP)
            due += 2 * h.arg;
    }
    if (raw != NULL)
        *raw = mv_span(c->at, (size_t)(walk.at - c->at));
    c->at = walk.at;
    return true;
}

bool mv_fault_set(struct mv_fault *fault, mv_code code, size_t offset,
                  struct mv_span field, const char *detail)
{
    fault->code = code;
    fault->offset = offset > UINT32_MAX ? UINT32_MAX : (uint32_t)offset;
    fault->detail = detail;
    size_t len =
        field.len < sizeof fault->field ? field.len : sizeof fault->field - 1;
    if (len > 0)
        memcpy(fault->field, field.at, len);
    fault->field[len] = 0;
    return false;
}

/* ---- the check of a whole message ---- */

struct level {
    uint32_t left; /* values still due, a key counts as one */
    bool is_map;
    uint32_t keys_at; /* its first key in `keys` */
};

struct check {
    struct mv_cursor c;
    const uint8_t *base;
    const struct mv_cursor_limits *limits;
    struct mv_entries *entries;
    struct mv_fault *fault;
    uint32_t depth, key_count;
    struct level levels[MV_MAX_MESSAGE_DEPTH];
    struct mv_span keys[MV_MAX_MESSAGE_DEPTH * MV_MAX_KEYS];
};

/* The fault is named by the key of the outermost map that it stands under. */
static bool refuse(struct check *k, mv_code code, const char *detail)
{
    struct mv_span field = mv_span(NULL, 0);
    if (k->depth > 0 && k->levels[0].is_map && k->key_count > 0) {
        uint32_t last = k->depth > 1 ? k->levels[1].keys_at : k->key_count;
        field = last > 0 ? k->keys[last - 1] : field;
    }
    return mv_fault_set(k->fault, code, (size_t)(k->c.at - k->base), field,
                        detail);
}

static bool open_level(struct check *k, const struct head *h)
{
    bool is_map = h->item == MV_ITEM_MAP;
    uint32_t most = is_map ? k->limits->keys : k->limits->items;
    if (k->depth == k->limits->depth)
        return refuse(k, MV_CODE_LIMITS, "nested too deep");
    if (h->arg > most)
        return refuse(k, MV_CODE_LIMITS, "too many items");
    if (h->arg * (is_map ? 2 : 1) > (uint64_t)(k->c.end - k->c.at) - h->size)
        return refuse(k, MV_CODE_MALFORMED, "cut");
    k->levels[k->depth++] = (struct level){
        .left = (uint32_t)h->arg * (is_map ? 2u : 1u),
        .is_map = is_map,
        .keys_at = k->key_count,
    };
    return true;
}

static bool note_key(struct check *k, const struct level *l,
                     const struct head *h)
{
    if (h->item != MV_ITEM_TEXT)
        return refuse(k, MV_CODE_TYPE, "a key that is not text");
    struct mv_span key = mv_span(k->c.at + h->size, (size_t)h->arg);
    if (!mv_text_is_utf8(key))
        return refuse(k, MV_CODE_UTF8, "a key");
    for (uint32_t i = l->keys_at; i < k->key_count; i++) {
        if (mv_span_equal(k->keys[i], key))
            return mv_fault_set(k->fault, MV_CODE_DUPLICATE_KEY,
                                (size_t)(k->c.at - k->base), key, "");
    }
    k->keys[k->key_count++] = key;
    if (k->depth == 1 && k->entries != NULL) {
        struct mv_entry *e = &k->entries->at[k->entries->count++];
        e->key = key;
        e->value = mv_span(k->c.at + h->size + h->arg, 0);
    }
    return true;
}

/* A key's text is looked at by note_key. */
static bool check_leaf(struct check *k, const struct head *h, bool is_key)
{
    if (body_bytes(h) > k->limits->bytes)
        return refuse(k, MV_CODE_LIMITS, "too long");
    if (!fits(&k->c, h))
        return refuse(k, MV_CODE_MALFORMED, "cut");
    if (k->limits->leaves || (is_key && h->item == MV_ITEM_TEXT))
        return true;
    if (h->item == MV_ITEM_EXT)
        return refuse(k, MV_CODE_TYPE, "an extension type");
    if (h->item == MV_ITEM_TEXT &&
        !mv_text_is_utf8(mv_span(k->c.at + h->size, (size_t)h->arg)))
        return refuse(k, MV_CODE_UTF8, "");
    return true;
}

static bool check_value(struct check *k)
{
    struct level *l = k->depth > 0 ? &k->levels[k->depth - 1] : NULL;
    struct head h;
    if (!head_read(&k->c, &h))
        return refuse(k, MV_CODE_MALFORMED,
                      k->c.at == k->c.end || *k->c.at != 0xc1 ? "cut" : "0xc1");
    bool key_due = l != NULL && l->is_map && l->left % 2 == 0;
    bool opens = h.item == MV_ITEM_LIST || h.item == MV_ITEM_MAP;
    if (!opens && !check_leaf(k, &h, key_due))
        return false;
    if (key_due && !note_key(k, l, &h))
        return false;
    if (l != NULL)
        l->left--;
    if (opens && !open_level(k, &h))
        return false;
    k->c.at += h.size + body_bytes(&h);
    return true;
}

/* Leaves the levels that are whole; ends an entry when back at the first. */
static void close_levels(struct check *k)
{
    for (;;) {
        struct level *l = &k->levels[k->depth - 1];
        if (k->depth == 1 && l->is_map && l->left % 2 == 0 &&
            k->entries != NULL && k->entries->count > 0) {
            struct mv_span *v = &k->entries->at[k->entries->count - 1].value;
            v->len = (size_t)(k->c.at - (const uint8_t *)v->at);
        }
        if (l->left > 0)
            return;
        k->key_count = l->keys_at;
        if (--k->depth == 0)
            return;
    }
}

bool mv_cursor_check(struct mv_span bytes,
                     const struct mv_cursor_limits *limits,
                     struct mv_entries *entries, struct mv_fault *fault)
{
    MV_ASSERT(limits->depth <= MV_MAX_MESSAGE_DEPTH &&
              limits->keys <= MV_MAX_KEYS);
    struct check k; /* not cleared: 8 KiB, filled as it goes */
    k.c = mv_cursor(bytes);
    k.base = k.c.at;
    k.limits = limits;
    k.entries = entries;
    k.fault = fault;
    k.depth = 0;
    k.key_count = 0;
    if (entries != NULL) {
        entries->count = 0;
        entries->is_map = false;
    }
    if (bytes.len > limits->bytes)
        return refuse(&k, MV_CODE_LENGTH, "the whole message");
    do {
        if (!check_value(&k))
            return false;
        if (k.depth > 0)
            close_levels(&k);
    } while (k.depth > 0);
    if (k.c.at != k.c.end)
        return refuse(&k, MV_CODE_TRAILING, "");
    if (entries != NULL)
        entries->is_map =
            mv_cursor_peek(&(struct mv_cursor){k.base, k.c.end}) == MV_ITEM_MAP;
    return true;
}

static bool entries_of(struct mv_cursor *c, struct mv_entries *entries,
                       bool open)
{
    uint32_t pairs;
    entries->count = 0;
    entries->is_map = mv_cursor_map(c, &pairs);
    if (!entries->is_map || pairs > MV_MAX_KEYS)
        return false;
    for (; pairs > 0; pairs--) {
        struct mv_entry *e = &entries->at[entries->count++];
        if (!mv_cursor_text(c, &e->key))
            return false;
        if (open && pairs == 1)
            e->value = mv_span(c->at, (size_t)(c->end - c->at));
        else if (!mv_cursor_skip(c, &e->value))
            return false;
    }
    return true;
}

bool mv_cursor_entries(struct mv_span raw, struct mv_entries *entries)
{
    struct mv_cursor c = mv_cursor(raw);
    return entries_of(&c, entries, false) && c.at == c.end;
}

bool mv_cursor_entries_open(struct mv_span raw, struct mv_entries *entries)
{
    struct mv_cursor c = mv_cursor(raw);
    return entries_of(&c, entries, true) && entries->count > 0;
}
