/* group - see group.h. Job: a record's changes into the log. Invariant: the
 * parts of a group stand one after the other, with the same cause, and only
 * together. Staged in the record's transaction: a crash leaves all or none. */
#include "services/evaluator/group.h"

#include <stdlib.h>

#include "proto/msg.h"
#include "proto/pack.h"

#define EPOCH    1u
#define OWN_NAME "evaluator"

#define KEPT_BYTES (1u << 20) /* of memory, from one record to the next */

void evaluator_group_clear(struct evaluator_group *g)
{
    if (g->changes.cap > KEPT_BYTES)
        mv_buf_done(&g->changes); /* a catalogue's: not wanted again soon */
    mv_buf_clear(&g->changes);
    g->count = 0;
}

void evaluator_group_done(struct evaluator_group *g)
{
    mv_buf_done(&g->changes);
    mv_buf_done(&g->content);
    free(g->ends);
    *g = (struct evaluator_group){0};
}

void evaluator_group_add(struct evaluator_group *g,
                         const struct evaluator_change *change)
{
    if (g->count == g->cap) {
        g->cap = g->cap == 0 ? 64 : g->cap * 2;
        g->ends = mv_xrealloc(g->ends, g->cap * sizeof *g->ends);
    }
    evaluator_change_pack(change, &g->changes);
    g->ends[g->count++] = g->changes.len;
}

static size_t start_of(const struct evaluator_group *g, uint32_t i)
{
    return i == 0 ? 0 : g->ends[i - 1];
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

static void write_part(struct evaluator_group *g, struct mv_log *log,
                       const struct evaluator_cause *cause,
                       struct mv_msg_group *m, uint32_t first, uint32_t end)
{
    struct mv_stamp stamp = {.received_ms = cause->received_ms,
                             .epoch = EPOCH,
                             .key_name = OWN_NAME};
    struct mv_buf list = {0};
    size_t from = start_of(g, first);
    mv_pack_list(&list, end - first);
    mv_pack_raw(&list, mv_span(g->changes.at + from, g->ends[end - 1] - from));
    m->changes = mv_buf_span(&list);
    mv_buf_clear(&g->content);
    mv_msg_group_encode(m, &g->content);
    (void)mv_log_append(log, &stamp, mv_buf_span(&g->content));
    mv_buf_done(&list);
}

void evaluator_group_write(struct evaluator_group *g, struct mv_log *log,
                           const struct evaluator_cause *cause, int32_t today)
{
    char day[MV_DAY_TEXT_BYTES] = "";
    struct mv_buf packed = {0};
    struct mv_msg_group m = {0};
    if (g->count == 0)
        return;
    if (today != INT32_MIN)
        (void)mv_day_text(today, day);
    pack_cause(cause, &packed);
    m.cause = mv_buf_span(&packed);
    m.today = mv_span_text(day);
    for (uint32_t i = 0; i < g->count; i = part_end(g, i))
        m.parts++;
    for (uint32_t i = 0; i < g->count;) {
        uint32_t end = part_end(g, i);
        m.part++;
        write_part(g, log, cause, &m, i, end);
        i = end;
    }
    mv_buf_done(&packed);
}
