/* merge - Job: keeps a queue that nobody pulls from growing without bound,
 * and loses nothing. Invariant: every change of a notice that ends as merged
 * is named by the one it went into, once. Those of one level go into one of
 * the next, so that a change is carried a few times, however many come.
 * Staged in the open transaction: a crash leaves all or none. */
#include "services/notifier/queue.h"

#include <stdlib.h>

/* What is being put together. */
struct heap {
    struct mv_buf runs;
    uint64_t *numbers;
    uint64_t count;
    uint32_t changes;
    uint8_t level;
    int64_t oldest_ms;
};

static bool belongs(const struct notifier_row *row, unsigned level)
{
    return row->state == NOTIFIER_WAITING && (row->level > 0) == (level > 0);
}

/* The oldest of a level that nobody was given, up to `most`. */
static void gather(struct notifier *n, const struct notifier_sub *s,
                   unsigned level, uint64_t most, struct heap *h)
{
    struct notifier_walk w;
    struct notifier_row row;
    uint64_t number;
    uint64_t from = notifier_queue_first(s);
    if (from <= s->given)
        from = s->given + 1;
    if (level == 0 && from < s->plain_from)
        from = s->plain_from;
    notifier_walk_open(&w, n, s->serial, from);
    while (h->count < most && notifier_walk_next(&w, &number, &row)) {
        if (!belongs(&row, level))
            continue;
        if (h->changes + row.changes > NOTIFIER_NOTICE_CHANGES)
            continue;
        mv_buf_put(&h->runs, row.runs.at, row.runs.len);
        h->numbers[h->count++] = number;
        h->changes += row.changes;
        if (h->level < row.level + 1)
            h->level =
                (uint8_t)(row.level < UINT8_MAX ? row.level + 1 : UINT8_MAX);
        if (h->oldest_ms > row.queued_ms)
            h->oldest_ms = row.queued_ms;
    }
    notifier_walk_close(&w);
}

static void replace(struct notifier *n, struct notifier_sub *s,
                    const struct heap *h, int64_t now_ms)
{
    uint8_t number[8];
    struct notifier_row row, merged = {.state = NOTIFIER_WAITING,
                                       .level = h->level,
                                       .made_ms = now_ms,
                                       .queued_ms = h->oldest_ms,
                                       .changes = h->changes,
                                       .runs = mv_buf_span(&h->runs)};
    for (uint64_t i = 0; i < h->count; i++) {
        if (notifier_queue_get(n, s->serial, h->numbers[i], &row))
            notifier_queue_end(n, s, h->numbers[i], row, NOTIFIER_WITHDRAWN,
                               NOTIFIER_RULE_MERGED, now_ms);
    }
    mv_be64_put(number, s->counts.head + 1);
    const struct mv_span parts[] = {mv_span_text("merged"),
                                    mv_span(s->genesis, sizeof s->genesis),
                                    mv_span(number, sizeof number)};
    struct mv_hash id = mv_hash_spans(parts, 3);
    for (size_t i = 0; i < sizeof merged.id; i++)
        merged.id[i] = id.at[i];
    if (h->level == 1)
        s->plain_from = h->numbers[h->count - 1] + 1;
    s->counts.made++;
    (void)notifier_queue_add(n, s, &merged);
}

void notifier_merge(struct notifier *n, struct notifier_sub *s, int64_t now_ms)
{
    uint64_t most = n->o.merge_above / 2 + 2;
    if (s->counts.pending <= n->o.merge_above ||
        s->counts.pending < s->merge_again || mv_store_failed(n->store))
        return;
    struct heap h = {.oldest_ms = INT64_MAX};
    h.numbers = mv_xcalloc(most, sizeof *h.numbers);
    gather(n, s, 0, most, &h);
    /* few are left that were never merged: the merged ones, then */
    if (h.count < most / 2) {
        mv_buf_clear(&h.runs);
        h = (struct heap){
            .runs = h.runs, .numbers = h.numbers, .oldest_ms = INT64_MAX};
        gather(n, s, 1, most, &h);
    }
    if (h.count >= 2)
        replace(n, s, &h, now_ms);
    else
        s->merge_again = s->counts.pending + most / 2;
    mv_buf_done(&h.runs);
    free(h.numbers);
}
