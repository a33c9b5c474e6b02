/* hush - see hush.h. Job: to hold back what may have to give way to a better
 * word. Invariant: what is said goes to where it would have gone, once or
 * never. Holds the text alone; a crash in the middle loses it. */
#include "services/cli/hush.h"

void cli_hush_begin(struct cli *c, struct cli_hush *h)
{
    *h = (struct cli_hush){.before = c->held};
    c->held = &h->text;
}

void cli_hush_end(struct cli *c, struct cli_hush *h)
{
    c->held = h->before;
}

void cli_hush_done(struct cli *c, struct cli_hush *h, bool say)
{
    if (say)
        cli_err_put(c, mv_buf_span(&h->text));
    mv_buf_done(&h->text);
}
