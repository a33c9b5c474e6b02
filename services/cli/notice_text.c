/* notice_text - see notice_text.h. Job: the text that the notifier made, and
 * what tells this notice from others. Invariant: a text is shown safely, its
 * lines as they are. Holds nothing. */
#include "services/cli/notice_text.h"

#include <string.h>

#include "services/base/text.h"
#include "services/cli/phrase.h"
#include "services/cli/told.h"
#include "services/cli/wrap.h"

/* Line by line: what is no plain text is escaped, line ends are kept. */
static void put_lines(struct cli *c, struct mv_span text)
{
    const char *at = text.at, *end = at + text.len;
    struct mv_buf line = {0}, wrapped = {0};
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (stop == NULL)
            stop = end;
        mv_text_escape_terminal(&line, mv_span(at, (size_t)(stop - at)));
        cli_wrap(&wrapped, mv_buf_span(&line), c->width, 0, 2);
        (void)fprintf(c->out, "%s\n", mv_buf_cstr(&wrapped));
        mv_buf_clear(&line);
        mv_buf_clear(&wrapped);
        at = stop + 1;
    }
    mv_buf_done(&line);
    mv_buf_done(&wrapped);
}

static char *copy(struct mv_span text, char *out, size_t size)
{
    (void)snprintf(out, size, "%.*s", (int)text.len, (const char *)text.at);
    return out;
}

void cli_notice_show(struct cli *c, struct mv_span notice)
{
    char id[33];
    struct mv_buf number = {0}, when = {0}, rule = {0};
    struct mv_span ended = cli_get_text(notice, "ended");
    cli_count(c, cli_get_u64(notice, "number"), &number);
    (void)copy(cli_get_text(notice, "id"), id, sizeof id);
    if (ended.len > 0) {
        cli_told(c, ended, &rule);
        cli_say(c, CLI_W_NOTICE_ENDED, mv_buf_cstr(&number), id,
                mv_buf_cstr(&rule), NULL);
    } else {
        cli_time(cli_get_i64(notice, "made_ms"), &when);
        (void)fputs(c->colour ? "\x1b[1m" : "", c->out);
        cli_say(c, CLI_W_NOTICE_HEAD, mv_buf_cstr(&number), mv_buf_cstr(&when),
                id, NULL);
        (void)fputs(c->colour ? "\x1b[0m" : "", c->out);
        put_lines(c, cli_get_lang(c, notice, "text"));
        (void)fputc('\n', c->out);
    }
    mv_buf_done(&number);
    mv_buf_done(&when);
    mv_buf_done(&rule);
}
