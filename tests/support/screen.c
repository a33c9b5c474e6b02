/* screen - see screen.h. */
#include "tests/support/screen.h"

#include <stdlib.h>
#include <string.h>

#include "services/base/text.h"

void screen_open(struct screen *s, enum mv_lang lang, size_t width)
{
    memset(s, 0, sizeof *s);
    s->cli.command = &s->command;
    s->cli.lang = lang;
    s->cli.width = width;
    s->cli.out = open_memstream(&s->out, &s->out_len);
    s->cli.err = open_memstream(&s->err, &s->err_len);
    MV_ASSERT(s->cli.out != NULL && s->cli.err != NULL);
}

void screen_close(struct screen *s)
{
    (void)fclose(s->cli.out);
    (void)fclose(s->cli.err);
    free(s->out);
    free(s->err);
}

const char *screen_text(struct screen *s)
{
    (void)fflush(s->cli.out);
    return s->out;
}

void screen_give(struct screen *s, const char *name, const char *value)
{
    s->cli.given[s->cli.given_count].name = name;
    s->cli.given[s->cli.given_count++].value = value;
}

size_t screen_widest(struct screen *s)
{
    const char *at = screen_text(s);
    size_t widest = 0;
    while (*at != '\0') {
        size_t len = strcspn(at, "\n");
        size_t columns = mv_text_columns(mv_span(at, len));
        widest = columns > widest ? columns : widest;
        at += len + (at[len] == '\n');
    }
    return widest;
}
