/* words - see words.h and cli.h. Job: a sentence in the language asked for,
 * its places filled in. Invariant: what is filled in is shown safely: it may
 * come from a file, a peer or a shell. Holds nothing. */
#include <stdarg.h>
#include <string.h>

#include "services/base/text.h"
#include "services/cli/cli.h"
#include "services/cli/told.h"
#include "services/cli/wrap.h"

#define ARGS_MAX 9
#define INDENT   2 /* of a sentence's further lines */

static const char *const words[MV_LANG_COUNT][CLI_W_COUNT] = {[MV_LANG_NB] =
                                                                  {
                                                                      "",
#define WORD(ID, nb, en) nb,
#include "services/cli/words.def"
#undef WORD
                                                                  },
                                                              [MV_LANG_EN] = {
                                                                  "",
#define WORD(ID, nb, en) en,
#include "services/cli/words.def"
#undef WORD
                                                              }};

const char *cli_w(const struct cli *c, cli_word word)
{
    return words[c->lang][word];
}

static void fill(struct mv_buf *out, const char *text, va_list list)
{
    const char *args[ARGS_MAX];
    size_t count = 0;
    const char *arg;
    while (count < ARGS_MAX && (arg = va_arg(list, const char *)) != NULL)
        args[count++] = arg;
    for (; *text != '\0'; text++) {
        if (text[0] != '{' || text[1] < '1' || text[1] > '9' ||
            text[2] != '}') {
            mv_buf_put_u8(out, (uint8_t)*text);
            continue;
        }
        size_t n = (size_t)(text[1] - '1');
        if (n < count)
            mv_text_escape_terminal(out, mv_span_text(args[n]));
        text += 2;
    }
}

void cli_err_put(struct cli *c, struct mv_span lines)
{
    if (c->held != NULL) {
        mv_buf_put(c->held, lines.at, lines.len);
        return;
    }
    if (lines.len > 0) /* else it is nowhere */
        (void)fwrite(lines.at, 1, lines.len, c->err);
    (void)fflush(c->err);
}

static void print(struct cli *c, FILE *to, const char *before, cli_word word,
                  va_list list)
{
    struct mv_buf text = {0}, lines = {0};
    mv_buf_text(&text, before);
    fill(&text, cli_w(c, word), list);
    cli_wrap(&lines, mv_buf_span(&text), to == c->err ? c->err_width : c->width,
             0, INDENT);
    mv_buf_put_u8(&lines, '\n');
    if (to == c->err) {
        cli_err_put(c, mv_buf_span(&lines));
    } else {
        (void)fwrite(lines.at, 1, lines.len, to);
        (void)fflush(to);
    }
    mv_buf_done(&text);
    mv_buf_done(&lines);
}

void cli_say(struct cli *c, cli_word word, ...)
{
    va_list list;
    va_start(list, word);
    print(c, c->out, "", word, list);
    va_end(list);
}

void cli_warn(struct cli *c, cli_word word, ...)
{
    va_list list;
    va_start(list, word);
    print(c, c->err, "maalvakt: ", word, list);
    va_end(list);
}

int cli_fail(struct cli *c, int code, cli_word word, ...)
{
    va_list list;
    va_start(list, word);
    print(c, c->err, "maalvakt: ", word, list);
    va_end(list);
    return code;
}

void cli_word_put(struct mv_buf *out, const struct cli *c, cli_word word, ...)
{
    va_list list;
    va_start(list, word);
    fill(out, cli_w(c, word), list);
    va_end(list);
}

int cli_fail_err(struct cli *c, mv_rc rc, const struct mv_err *err)
{
    struct mv_buf text = {0}, said = {0}, lines = {0};
    mv_buf_text(&text, "maalvakt: ");
    cli_told(c, mv_span_text(err->text), &said);
    mv_text_escape_terminal(&text, mv_buf_span(&said));
    mv_buf_done(&said);
    cli_wrap(&lines, mv_buf_span(&text), c->err_width, 0, INDENT);
    mv_buf_put_u8(&lines, '\n');
    cli_err_put(c, mv_buf_span(&lines));
    mv_buf_done(&text);
    mv_buf_done(&lines);
    switch (rc) {
    case MV_OK:
        return CLI_OK;
    case MV_AGAIN:
        return CLI_AWAY;
    case MV_POISON:
        return CLI_DATA;
    case MV_CONFIG:
        return CLI_CONFIG;
    case MV_FULL:
    case MV_FATAL:
        break;
    }
    return CLI_IO;
}
