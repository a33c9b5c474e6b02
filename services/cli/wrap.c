/* wrap - see wrap.h. Job: line ends where blanks were. Invariant: nothing but
 * blanks is left out, nothing but line ends and blanks is added. Holds
 * nothing. */
#include "services/cli/wrap.h"

#include <string.h>

#include "services/base/text.h"

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* "12 345 %" is one number. */
static bool within_number(const char *at, const char *begin, const char *end)
{
    return at > begin && at + 1 < end && is_digit(at[-1]) &&
           (is_digit(at[1]) || at[1] == '%');
}

/* "✗ rød": behind a sign of a status, which stands alone. */
static bool behind_sign(const char *at, const char *begin, const char *end)
{
    static const char *const signs[] = {"✓", "!", "✗", "–"};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        size_t len = strlen(signs[i]);
        if ((size_t)(at - begin) == len && !memcmp(begin, signs[i], len))
            return at + 1 < end && at[1] != ' ' && at[1] != '\n';
    }
    return false;
}

/* How many bytes from at on belong together. */
static size_t unit_of(const char *at, const char *end)
{
    const char *stop = at;
    bool quoted = false;
    while (stop < end && *stop != '\n' &&
           (quoted || *stop != ' ' || within_number(stop, at, end) ||
            behind_sign(stop, at, end))) {
        if (*stop == '`')
            quoted = !quoted &&
                     memchr(stop + 1, '`', (size_t)(end - stop - 1)) != NULL;
        stop++;
    }
    return (size_t)(stop - at);
}

void cli_wrap(struct mv_buf *out, struct mv_span text, size_t width,
              size_t used, size_t indent)
{
    if (text.len == 0)
        return;
    const char *at = text.at, *end = at + text.len;
    bool fresh = used == 0; /* nothing on this line but blanks */
    size_t blanks = 0;
    while (at < end) {
        if (*at == ' ' || *at == '\n') {
            blanks = *at == ' ' ? blanks + 1 : 0;
            if (*at == '\n') {
                mv_buf_put_u8(out, '\n');
                used = 0;
                fresh = true;
            }
            at++;
            continue;
        }
        size_t len = unit_of(at, end);
        size_t columns = mv_text_columns(mv_span(at, len));
        if (width > 0 && !fresh && used + blanks + columns > width) {
            mv_buf_put_u8(out, '\n');
            used = 0;
            blanks = indent;
        }
        mv_buf_printf(out, "%*s", (int)blanks, "");
        mv_buf_put(out, at, len);
        used += blanks + columns;
        blanks = 0;
        fresh = false;
        at += len;
    }
}
