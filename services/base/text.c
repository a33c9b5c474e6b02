/* text - see text.h. Job: judge and show text from outside. Invariant: what
 * is appended for a log or a terminal holds no control, bidi or zero-width
 * character. Nothing trusts the length beyond text.len. No state. */
#include "services/base/text.h"
#include "services/base/identity.h"

#include <string.h>

struct range {
    uint32_t from;
    uint32_t to;
};

static bool in_ranges(const struct range *r, size_t count, uint32_t c)
{
    for (size_t i = 0; i < count; i++) {
        if (c >= r[i].from && c <= r[i].to)
            return true;
    }
    return false;
}

#define IN(table, c) in_ranges(table, sizeof(table) / sizeof(table)[0], c)

/* The length a lead byte promises, the bits it carries and the least code
 * point of that length (less is overlong); 0: no lead byte. */
static size_t lead(uint8_t b, uint32_t *bits, uint32_t *least)
{
    if (b < 0x80) {
        *bits = b;
        *least = 0;
        return 1;
    }
    if (b >= 0xc2 && b <= 0xdf) {
        *bits = b & 0x1fu;
        *least = 0x80;
        return 2;
    }
    if (b >= 0xe0 && b <= 0xef) {
        *bits = b & 0x0fu;
        *least = 0x800;
        return 3;
    }
    if (b >= 0xf0 && b <= 0xf4) {
        *bits = b & 0x07u;
        *least = 0x10000;
        return 4;
    }
    return 0;
}

bool mv_utf8_next(struct mv_span text, size_t *at, uint32_t *ret)
{
    const uint8_t *p = (const uint8_t *)text.at + *at;
    size_t left = text.len - *at;
    uint32_t c = 0;
    uint32_t least;
    size_t len = lead(p[0], &c, &least);
    bool good = len > 0 && len <= left;
    for (size_t i = 1; good && i < len; i++) {
        good = (p[i] & 0xc0) == 0x80;
        c = c << 6 | (p[i] & 0x3fu);
    }
    good = good && c >= least && c <= 0x10ffff && !(c >= 0xd800 && c <= 0xdfff);
    *at += good ? len : 1;
    if (good)
        *ret = c;
    return good;
}

#define HIGH_BITS UINT64_C(0x8080808080808080)

/* Eight bytes at a time; the last eight may meet those before. */
static bool is_ascii(const uint8_t *p, size_t len)
{
    uint64_t all = 0, eight;
    if (len < sizeof eight) {
        for (size_t i = 0; i < len; i++)
            all |= p[i];
        return (all & 0x80) == 0;
    }
    for (size_t at = 0; at < len - sizeof eight; at += sizeof eight) {
        memcpy(&eight, p + at, sizeof eight);
        all |= eight;
    }
    memcpy(&eight, p + len - sizeof eight, sizeof eight);
    return ((all | eight) & HIGH_BITS) == 0;
}

bool mv_text_is_utf8(struct mv_span text)
{
    uint32_t c = 0;
    if (is_ascii(text.at, text.len))
        return true;
    for (size_t at = 0; at < text.len;) {
        if (!mv_utf8_next(text, &at, &c))
            return false;
    }
    return true;
}

static bool is_unsafe(uint32_t c)
{
    static const struct range unsafe[] = {
        {0x00, 0x1f},       /* C0 */
        {0x7f, 0x9f},       /* DEL, C1 */
        {0x061c, 0x061c},   /* Arabic letter mark: bidi */
        {0x200b, 0x200f},   /* zero-width, marks of direction */
        {0x2028, 0x202e},   /* line and paragraph ends, bidi */
        {0x2060, 0x206f},   /* word joiner, invisible operators, isolates */
        {0xfdd0, 0xfdef},   /* noncharacters */
        {0xfeff, 0xfeff},   /* byte order mark */
        {0xfff9, 0xfffb},   /* interlinear annotation */
        {0xe0000, 0xe007f}, /* tags: invisible */
    };
    if (c >= 0x20 && c < 0x7f)
        return false;
    return IN(unsafe, c) || (c & 0xfffe) == 0xfffe;
}

bool mv_text_is_plain(struct mv_span text)
{
    const uint8_t *p = text.at;
    for (size_t at = 0; at < text.len;) {
        uint32_t c = p[at];
        if (c < 0x80) {
            at++;
        } else if (!mv_utf8_next(text, &at, &c)) {
            return false;
        }
        if (is_unsafe(c))
            return false;
    }
    return true;
}

mv_text_fault mv_text_check(struct mv_span text)
{
    if (!mv_text_is_utf8(text))
        return MV_TEXT_UTF8;
    if (!mv_text_is_plain(text))
        return MV_TEXT_CHARSET;
    if (mv_identity_in(text))
        return MV_TEXT_IDENTIFIER;
    return MV_TEXT_OK;
}

static bool is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

struct mv_span mv_text_line(struct mv_span text, size_t at)
{
    if (at >= text.len)
        return mv_span("", 0);
    const char *from = (const char *)text.at + at;
    const char *end = memchr(from, '\n', text.len - at);
    return mv_span(from,
                   end != NULL ? (size_t)(end - from) + 1 : text.len - at);
}

struct mv_span mv_text_chomp(struct mv_span line)
{
    const char *c = line.at;
    if (line.len > 0 && c[line.len - 1] == '\n')
        line.len--;
    if (line.len > 0 && c[line.len - 1] == '\r')
        line.len--;
    return line;
}

bool mv_text_is_identifier(struct mv_span text)
{
    const char *c = text.at;
    if (text.len < 1 || text.len > MV_IDENTIFIER_BYTES || !is_alnum(c[0]))
        return false;
    for (size_t i = 1; i < text.len; i++) {
        if (!is_alnum(c[i]) && c[i] != '.' && c[i] != '_' && c[i] != '-')
            return false;
    }
    return true;
}

bool mv_text_is_producer(struct mv_span text)
{
    return mv_text_is_identifier(text) &&
           memmem(text.at, text.len, "..", 2) == NULL;
}

static void put_hex_escape(struct mv_buf *out, uint8_t b)
{
    static const char hex[] = "0123456789abcdef";
    const char escape[4] = {'\\', 'x', hex[b >> 4], hex[b & 15]};
    mv_buf_put(out, escape, sizeof escape);
}

void mv_text_escape_log(struct mv_buf *out, struct mv_span text, size_t cap)
{
    const uint8_t *p = text.at;
    size_t start = out->len;
    for (size_t i = 0; i < text.len; i++) {
        bool quoted = p[i] == '"' || p[i] == '\\';
        bool shown = p[i] >= 0x20 && p[i] < 0x7f;
        size_t size = quoted ? 2 : shown ? 1 : 4;
        if (out->len - start + size > cap) {
            mv_buf_text(out, "...");
            return;
        }
        if (quoted)
            mv_buf_put_u8(out, '\\');
        if (shown) {
            mv_buf_put_u8(out, p[i]);
        } else {
            put_hex_escape(out, p[i]);
        }
    }
}

void mv_text_escape_terminal(struct mv_buf *out, struct mv_span text)
{
    const uint8_t *p = text.at;
    for (size_t at = 0; at < text.len;) {
        size_t from = at;
        uint32_t c;
        bool shown = mv_utf8_next(text, &at, &c) && !is_unsafe(c);
        if (shown)
            mv_buf_put(out, p + from, at - from);
        for (; !shown && from < at; from++)
            put_hex_escape(out, p[from]);
    }
}

static size_t columns_of(uint32_t c)
{
    static const struct range combining[] = {
        {0x0300, 0x036f}, {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},
        {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f},
    };
    static const struct range wide[] = {
        {0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0xa4cf},
        {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},
        {0xff00, 0xff60},   {0xffe0, 0xffe6},   {0x1f300, 0x1f64f},
        {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
    };
    if (c < 0x300)
        return 1;
    if (IN(combining, c))
        return 0;
    return IN(wide, c) ? 2 : 1;
}

size_t mv_text_columns(struct mv_span text)
{
    size_t columns = 0;
    for (size_t at = 0; at < text.len;) {
        size_t from = at;
        uint32_t c;
        if (mv_utf8_next(text, &at, &c) && !is_unsafe(c)) {
            columns += columns_of(c);
        } else {
            columns += 4 * (at - from); /* \xNN each */
        }
    }
    return columns;
}
