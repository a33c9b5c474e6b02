/* bare - see bare.h. Job: one warning. Invariant: an indicator of which all
 * rows are alike is not named. Holds nothing. */
#include "services/cli/bare.h"

#include <stdlib.h>

#include "services/cli/phrase.h"
#include "services/cli/push.h"

#define NAMED_MAX 5u /* indicators */

struct seen {
    struct mv_span indicator;
    uint32_t bare, pairs; /* rows */
};

static struct seen *find(struct seen *all, size_t *count, struct mv_span id)
{
    size_t i = *count;
    while (i > 0 && !mv_span_equal(all[i - 1].indicator, id))
        i--; /* most often it is the last */
    if (i > 0)
        return &all[i - 1];
    all[*count] = (struct seen){.indicator = id};
    return &all[(*count)++];
}

static size_t look(const struct cli_sheet *s, struct seen *all)
{
    size_t count = 0;
    for (uint32_t i = 0; i < s->count; i++) {
        const struct mv_row *r = &s->rows[i];
        if (!r->has_value && !r->has_numerator)
            continue;
        struct seen *of = find(all, &count, r->indicator);
        of->pairs += r->has_numerator;
        of->bare += !r->has_numerator;
    }
    return count;
}

void cli_bare_warn(struct cli *c, const struct cli_sheet *s, const char *file)
{
    struct seen *all = mv_xcalloc(s->count + 1u, sizeof *all);
    size_t count = look(s, all);
    struct mv_buf names = {0}, rows = {0};
    uint32_t bare = 0, named = 0;
    for (size_t i = 0; i < count; i++) {
        if (all[i].bare == 0 || all[i].pairs == 0)
            continue;
        bare += all[i].bare;
        if (++named > NAMED_MAX)
            continue;
        mv_buf_text(&names, named > 1 ? ", " : "");
        mv_buf_put(&names, all[i].indicator.at, all[i].indicator.len);
    }
    if (named > NAMED_MAX) {
        struct mv_buf more = {0};
        cli_count(c, named - NAMED_MAX, &more);
        cli_word_put(&names, c, CLI_W_X_AND_MORE, mv_buf_cstr(&more), NULL);
        mv_buf_done(&more);
    }
    cli_push_rows(c, bare, &rows);
    if (bare > 0)
        cli_warn(c, CLI_W_PUSH_BARE, file, mv_buf_cstr(&rows),
                 mv_buf_cstr(&names), NULL);
    mv_buf_done(&names);
    mv_buf_done(&rows);
    free(all);
}
