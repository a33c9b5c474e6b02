/* encoding - see encoding.h. Job: letters right or the file refused.
 * Invariant: a byte over 127 is never passed on by guess: it is valid UTF-8
 * all over the file, or a letter of windows-1252 all over it. No state. */
#include "services/cli/encoding.h"

#include <string.h>

#include "services/base/text.h"

/* Code points of windows-1252's 0x80..0x9f; 0: not in it. */
static const uint16_t windows[32] = {
    0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
    0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017d, 0,
    0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
    0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

static uint32_t line_at(struct mv_span bytes, size_t at)
{
    const uint8_t *p = bytes.at;
    uint32_t line = 1;
    for (size_t i = 0; i < at; i++)
        line += p[i] == '\n';
    return line;
}

static struct cli_encoded bad(struct mv_span bytes, size_t at, cli_word why)
{
    return (struct cli_encoded){CLI_ENC_BAD, line_at(bytes, at), why};
}

/* The byte of windows-1252 that this code point is; 0: none. */
static uint8_t as_byte(uint32_t point)
{
    if (point >= 0xa0 && point <= 0xff)
        return (uint8_t)point;
    for (unsigned i = 0; i < 32; i++)
        if (windows[i] == point || point == 0x80 + i)
            return (uint8_t)(0x80 + i);
    return 0;
}

/* Is what stands here a letter whose UTF-8 was taken for single bytes?
 * Only of leads that no Norwegian text has before such a sign: a letter like
 * the one in a quoted capital is left alone. */
static bool is_twice(struct mv_span text, size_t at)
{
    uint32_t first, second;
    if (!mv_utf8_next(text, &at, &first) || at >= text.len ||
        !mv_utf8_next(text, &at, &second))
        return false;
    uint8_t lead = as_byte(first), next = as_byte(second);
    if ((lead == 0xc2 || lead == 0xc3) && next >= 0x80 && next <= 0xbf)
        return true;
    return lead == 0xe2 && next == 0x80;
}

static struct cli_encoded read_utf8(struct mv_span bytes, struct mv_buf *out)
{
    const uint8_t *p = bytes.at;
    for (size_t i = 0; i < bytes.len; i++)
        if ((p[i] == 0xc2 || p[i] == 0xc3) && is_twice(bytes, i))
            return bad(bytes, i, CLI_W_ENC_TWICE);
    mv_buf_put(out, bytes.at, bytes.len);
    return (struct cli_encoded){CLI_ENC_UTF8, 0, CLI_W_NONE};
}

static void put_point(struct mv_buf *out, uint32_t point)
{
    if (point < 0x80) {
        mv_buf_put_u8(out, (uint8_t)point);
    } else if (point < 0x800) {
        mv_buf_put_u8(out, (uint8_t)(0xc0 | point >> 6));
        mv_buf_put_u8(out, (uint8_t)(0x80 | (point & 0x3f)));
    } else {
        mv_buf_put_u8(out, (uint8_t)(0xe0 | point >> 12));
        mv_buf_put_u8(out, (uint8_t)(0x80 | (point >> 6 & 0x3f)));
        mv_buf_put_u8(out, (uint8_t)(0x80 | (point & 0x3f)));
    }
}

static bool is_letter(uint8_t b)
{
    return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z');
}

/* A sign of 0x80..0x9f within a word is a letter of an older encoding (850,
 * 865, Macintosh), but for the apostrophe. */
static bool is_older(const uint8_t *p, size_t i, size_t len)
{
    bool letter_before = i > 0 && is_letter(p[i - 1]);
    bool letter_after = i + 1 < len && is_letter(p[i + 1]);
    return p[i] >= 0x80 && p[i] <= 0x9f && p[i] != 0x92 && letter_before &&
           letter_after;
}

static struct cli_encoded read_single(struct mv_span bytes, struct mv_buf *out)
{
    const uint8_t *p = bytes.at;
    for (size_t i = 0; i < bytes.len; i++) {
        size_t next = i;
        uint32_t point;
        if (p[i] < 0x80) {
            mv_buf_put_u8(out, p[i]);
            continue;
        }
        if ((p[i] == 0xc2 || p[i] == 0xc3) &&
            mv_utf8_next(bytes, &next, &point))
            return bad(bytes, i, CLI_W_ENC_BOTH);
        point = p[i] >= 0xa0 ? p[i] : windows[p[i] - 0x80];
        if (point == 0 || is_older(p, i, bytes.len))
            return bad(bytes, i, CLI_W_ENC_UNKNOWN);
        put_point(out, point);
    }
    return (struct cli_encoded){CLI_ENC_LATIN1, 0, CLI_W_NONE};
}

/* A zip (.xlsx, .ods), or the older .xls. */
static bool is_book(struct mv_span bytes)
{
    return bytes.len >= 4 && (!memcmp(bytes.at, "PK\x03\x04", 4) ||
                              !memcmp(bytes.at, "\xd0\xcf\x11\xe0", 4));
}

struct cli_encoded cli_encoding_read(struct mv_span bytes, struct mv_buf *out)
{
    const uint8_t *p = bytes.at;
    if (is_book(bytes))
        return bad(bytes, 0, CLI_W_ENC_BOOK);
    if (bytes.len >= 2 &&
        ((p[0] == 0xff && p[1] == 0xfe) || (p[0] == 0xfe && p[1] == 0xff)))
        return bad(bytes, 0, CLI_W_ENC_UTF16);
    const uint8_t *nul = bytes.len > 0 ? memchr(p, 0, bytes.len) : NULL;
    if (nul != NULL)
        return bad(bytes, (size_t)(nul - p), CLI_W_ENC_NUL);
    if (bytes.len >= 3 && !memcmp(p, "\xef\xbb\xbf", 3))
        bytes = mv_span(p + 3, bytes.len - 3);
    return mv_text_is_utf8(bytes) ? read_utf8(bytes, out)
                                  : read_single(bytes, out);
}
