/* html - see html.h. Job: escapes. Invariant: whatever the text, what comes out
 * is well-formed and has no tag of its own. Holds nothing. */
#include "services/cli/html.h"

#include <string.h>

#include "services/base/text.h"

static const char *entity(uint32_t code)
{
    switch (code) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    case '\n':
    case '\t':
        return " ";
    default:
        return NULL;
    }
}

void cli_html_text(struct mv_buf *out, struct mv_span text)
{
    size_t at = 0;
    while (at < text.len) {
        size_t from = at;
        uint32_t code = 0;
        bool good = mv_utf8_next(text, &at, &code);
        struct mv_span one =
            mv_span((const uint8_t *)text.at + from, at - from);
        const char *as = good ? entity(code) : NULL;
        if (as != NULL)
            mv_buf_text(out, as);
        else if (good && mv_text_is_plain(one))
            mv_buf_put(out, one.at, one.len);
        else
            mv_buf_text(out, "\xef\xbf\xbd");
    }
}

void cli_html_element(struct mv_buf *out, const char *open, struct mv_span text)
{
    const char *end = strchr(open, ' ');
    size_t len = end != NULL ? (size_t)(end - open) : strlen(open);
    mv_buf_printf(out, "<%s>", open);
    cli_html_text(out, text);
    mv_buf_printf(out, "</%.*s>", (int)len, open);
}
