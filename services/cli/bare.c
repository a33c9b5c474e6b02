/* bare - see bare.h. Job: one warning. Invariant: an indicator of which all
 * rows are alike is not named. Holds nothing. */
#include "services/cli/bare.h"

#include <stdlib.h>

#include "services/base/slots.h"
#include "services/cli/phrase.h"
#include "services/cli/push.h"

#define NAMED_MAX 5u /* indicators */

struct seen {
    struct mv_span indicator;
    uint32_t bare, pairs; /* rows */
};

/* In the order in which they first came. */
struct table {
    struct mv_slots by_name;
    struct seen *at;
    uint32_t count, cap;
};

static struct seen *find(struct table *t, struct mv_span id)
{
    uint32_t hash = mv_slots_hash(0, id), steps = 0, i;
    while (mv_slots_next(&t->by_name, hash, &steps, &i)) {
        MV_ASSERT(t->at != NULL);
        if (mv_span_equal(t->at[i].indicator, id))
            return &t->at[i];
    }
    if (t->count == t->cap) {
        t->cap = t->cap == 0 ? 64 : t->cap * 2;
        t->at = mv_xrealloc(t->at, t->cap * sizeof *t->at);
    }
    mv_slots_add(&t->by_name, hash, t->count);
    t->at[t->count] = (struct seen){.indicator = id};
    return &t->at[t->count++];
}

static void look(const struct cli_sheet *s, struct table *t)
{
    for (uint32_t i = 0; i < s->count; i++) {
        const struct mv_row *r = &s->rows[i];
        if (!r->has_value && !r->has_numerator)
            continue;
        struct seen *of = find(t, r->indicator);
        of->pairs += r->has_numerator;
        of->bare += !r->has_numerator;
    }
}

void cli_bare_warn(struct cli *c, const struct cli_sheet *s, const char *file)
{
    struct table all = {0};
    struct mv_buf names = {0}, rows = {0};
    uint32_t bare = 0, named = 0;
    look(s, &all);
    for (uint32_t i = 0; i < all.count; i++) {
        const struct seen *of = &all.at[i];
        if (of->bare == 0 || of->pairs == 0)
            continue;
        bare += of->bare;
        if (++named > NAMED_MAX)
            continue;
        mv_buf_text(&names, named > 1 ? ", " : "");
        mv_buf_put(&names, of->indicator.at, of->indicator.len);
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
    mv_slots_done(&all.by_name);
    free(all.at);
}
