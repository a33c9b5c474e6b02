/* lines - see lines.h. Job: many changes to one line of each that they are of.
 * Invariant: a line ends where the last change of it in the notice does, and
 * begins before the first, in whatever order merging put them. Memory only: a
 * crash leaves nothing. */
#include "services/notifier/lines.h"

#include <stdlib.h>
#include <string.h>

#include "services/notifier/decide.h"

void notifier_lines_add(struct notifier_lines *lines, struct mv_hash of,
                        const struct mv_msg_change *change, uint64_t ordinal,
                        uint32_t index)
{
    if (lines->count == lines->cap) {
        lines->cap = lines->cap > 0 ? 2 * lines->cap : 1;
        lines->at = mv_xrealloc(lines->at, lines->cap * sizeof *lines->at);
    }
    lines->at[lines->count++] = (struct notifier_line){
        .of = of,
        .ordinal = ordinal,
        .index = index,
        .changes = change->reminder.at == NULL,
        .was = notifier_colour_of(change->was_status),
        .coloured = notifier_colour_of(change->last_coloured),
        .red = notifier_colour_of(change->status) == NOTIFIER_RED};
}

static int in_log(const struct notifier_line *a, const struct notifier_line *b)
{
    if (a->ordinal != b->ordinal)
        return a->ordinal < b->ordinal ? -1 : 1;
    return (a->index > b->index) - (a->index < b->index);
}

static int by_subject(const void *a, const void *b)
{
    const struct notifier_line *x = a, *y = b;
    int order = memcmp(x->of.at, y->of.at, sizeof x->of.at);
    return order != 0 ? order : in_log(x, y);
}

static int reds_first(const void *a, const void *b)
{
    const struct notifier_line *x = a, *y = b;
    return x->red != y->red ? y->red - x->red : in_log(x, y);
}

static void go_on(struct notifier_line *line, const struct notifier_line *next)
{
    if (line->changes == 0) {
        line->was = next->was;
        line->coloured = next->coloured;
    }
    line->changes += next->changes;
    line->ordinal = next->ordinal;
    line->index = next->index;
    line->red = next->red;
}

void notifier_lines_fold(struct notifier_lines *lines)
{
    uint32_t kept = 0;
    if (lines->count < 2)
        return;
    qsort(lines->at, lines->count, sizeof *lines->at, by_subject);
    for (uint32_t i = 1; i < lines->count; i++) {
        if (mv_hash_equal(&lines->at[kept].of, &lines->at[i].of))
            go_on(&lines->at[kept], &lines->at[i]);
        else
            lines->at[++kept] = lines->at[i];
    }
    lines->count = kept + 1;
    qsort(lines->at, lines->count, sizeof *lines->at, reds_first);
}

void notifier_lines_done(struct notifier_lines *lines)
{
    free(lines->at);
    *lines = (struct notifier_lines){0};
}
