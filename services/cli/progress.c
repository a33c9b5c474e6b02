/* progress - see progress.h. Job: to say that something goes on. Invariant:
 * never on a file or a pipe, never in the first second, always wiped before
 * anything else is printed. */
#include "services/cli/progress.h"

#include <unistd.h>

#include "services/cli/stop.h"

#define FIRST_MS 1000
#define EVERY_MS 100

void cli_progress_begin(struct cli_progress *p, struct cli *c, const char *what,
                        uint64_t total)
{
    *p = (struct cli_progress){.c = c, .what = what, .total = total};
    p->on = c->err == stderr && isatty(STDERR_FILENO);
    p->began_ms = cli_mono_ms();
}

static void bar(struct cli_progress *p, uint64_t done)
{
    enum { WIDTH = 24 };
    unsigned full = (unsigned)(done * WIDTH / p->total);
    (void)fputs(" [", p->c->err);
    for (unsigned i = 0; i < WIDTH; i++)
        (void)fputc(i < full ? '#' : '.', p->c->err);
    (void)fprintf(p->c->err, "] %3u %%", (unsigned)(done * 100 / p->total));
}

void cli_progress_at(struct cli_progress *p, uint64_t done)
{
    int64_t now = p->on ? cli_mono_ms() : 0;
    if (!p->on || now - p->began_ms < FIRST_MS || now - p->shown_ms < EVERY_MS)
        return;
    p->shown_ms = now;
    p->shown = true;
    (void)fprintf(p->c->err, "\r\x1b[K%s %llu", p->what,
                  (unsigned long long)done);
    if (p->total > 0 && done <= p->total)
        bar(p, done);
    (void)fflush(p->c->err);
}

void cli_progress_wait(struct cli_progress *p)
{
    if (p->on)
        cli_progress_at(p, (uint64_t)(cli_mono_ms() - p->began_ms) / 1000);
}

void cli_progress_end(struct cli_progress *p)
{
    if (p->shown)
        (void)fputs("\r\x1b[K", p->c->err);
    p->shown = false;
}
