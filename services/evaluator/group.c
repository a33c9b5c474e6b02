/* group - see group.h. Job: a record's changes into the log. Invariant: the
 * parts of a group stand one after the other, with the same cause, and only
 * together; where one ends depends on the changes, not on how many are held.
 * Staged in the record's transaction: a crash leaves all or none. */
#include "services/evaluator/group.h"

#include <stdlib.h>
#include <string.h>

#include "proto/msg.h"
#include "proto/pack.h"

#define EPOCH    1u
#define OWN_NAME "evaluator"

#define KEPT_BYTES (1u << 20) /* of memory, from one record to the next */

void evaluator_group_clear(struct evaluator_group *g)
{
    if (g->changes.cap >
        KEPT_BYTES) { /* a catalogue's: not wanted again soon */
        mv_buf_done(&g->changes);
        free(g->ends);
        g->ends = NULL;
        g->cap = 0;
    }
    mv_buf_clear(&g->changes);
    g->count = 0;
    g->added = g->parts = g->written = 0;
    g->part_bytes = 0;
    g->over = g->writing = false;
}

void evaluator_group_done(struct evaluator_group *g)
{
    mv_buf_done(&g->changes);
    mv_buf_done(&g->content);
    free(g->ends);
    *g = (struct evaluator_group){0};
}

static size_t start_of(const struct evaluator_group *g, uint32_t i)
{
    return i == 0 ? 0 : g->ends[i - 1];
}

/* A part holds its first change, and others while there is room. */
static void count_change(struct evaluator_group *g, size_t bytes)
{
    if (g->parts == 0 || g->part_bytes + bytes > EVALUATOR_PART_BYTES) {
        g->parts++;
        g->part_bytes = 0;
    }
    g->part_bytes += bytes;
    g->added++;
}

/* The first change that is not in the part that begins with `first`. */
static uint32_t part_end(const struct evaluator_group *g, uint32_t first)
{
    uint32_t i = first + 1;
    while (i < g->count &&
           g->ends[i] - start_of(g, first) <= EVALUATOR_PART_BYTES)
        i++;
    return i;
}

static void pack_cause(const struct evaluator_cause *cause, struct mv_buf *out)
{
    struct mv_msg_cause m = {
        .kind = mv_span_text(cause->kind),
        .seq = cause->seq,
        .has_row = cause->has_row,
        .row = (uint64_t)cause->row + cause->has_row,
    };
    mv_msg_cause_encode(&m, out);
}

static void write_part(struct evaluator_group *g,
                       const struct evaluator_place *at, uint32_t first,
                       uint32_t end)
{
    const struct evaluator_cause *cause = at->cause;
    struct mv_stamp stamp = {.received_ms = cause->received_ms,
                             .epoch = EPOCH,
                             .key_name = OWN_NAME};
    char day[MV_DAY_TEXT_BYTES] = "";
    struct mv_buf list = {0}, packed = {0};
    size_t from = start_of(g, first);
    if (at->today != INT32_MIN)
        (void)mv_day_text(at->today, day);
    pack_cause(cause, &packed);
    mv_pack_list(&list, end - first);
    mv_pack_raw(&list, mv_span(g->changes.at + from, g->ends[end - 1] - from));
    struct mv_msg_group m = {.cause = mv_buf_span(&packed),
                             .today = mv_span_text(day),
                             .part = ++g->written,
                             .parts = g->parts,
                             .changes = mv_buf_span(&list)};
    mv_buf_clear(&g->content);
    mv_msg_group_encode(&m, &g->content);
    (void)mv_log_append(at->log, &stamp, mv_buf_span(&g->content));
    mv_buf_done(&list);
    mv_buf_done(&packed);
}

static void drop_first(struct evaluator_group *g, uint32_t count)
{
    size_t bytes = start_of(g, count);
    memmove(g->changes.at, g->changes.at + bytes, g->changes.len - bytes);
    g->changes.len -= bytes;
    for (uint32_t i = count; i < g->count; i++)
        g->ends[i - count] = g->ends[i] - bytes;
    g->count -= count;
}

/* Whole parts; the last one may go on, unless this is the end. */
static void write_parts(struct evaluator_group *g,
                        const struct evaluator_place *at, bool end)
{
    uint32_t first = 0, next;
    while (first < g->count &&
           ((next = part_end(g, first)) < g->count || end)) {
        write_part(g, at, first, next);
        first = next;
    }
    if (first > 0)
        drop_first(g, first);
}

static void hold(struct evaluator_group *g, size_t before)
{
    if (g->count == g->cap) {
        g->cap = g->cap == 0 ? 64 : g->cap * 2;
        g->ends = mv_xrealloc(g->ends, g->cap * sizeof *g->ends);
    }
    g->ends[g->count++] = g->changes.len;
    if (g->each != NULL)
        g->each(g->each_ctx,
                mv_span(g->changes.at + before, g->changes.len - before));
}

bool evaluator_group_add(struct evaluator_group *g,
                         const struct evaluator_change *change,
                         const struct evaluator_place *at)
{
    size_t before = g->changes.len;
    size_t most = g->held_bytes > 0 ? g->held_bytes : EVALUATOR_HELD_BYTES;
    evaluator_change_pack(change, &g->changes);
    if (g->writing) {
        hold(g, before);
        if (g->changes.len > EVALUATOR_PART_BYTES)
            write_parts(g, at, false);
        return true;
    }
    count_change(g, g->changes.len - before);
    g->over = g->over || g->changes.len > most;
    if (g->over)
        g->changes.len = before;
    else
        hold(g, before);
    return !g->over;
}

void evaluator_group_begin(struct evaluator_group *g,
                           const struct evaluator_place *at)
{
    g->writing = true;
    write_parts(g, at, false);
}

void evaluator_group_finish(struct evaluator_group *g,
                            const struct evaluator_place *at)
{
    write_parts(g, at, true);
}
