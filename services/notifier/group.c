/* group - Job: a record of the changes log to what is decided of it.
 * Invariant: what is decided by is read of every change, and all of those that
 * are asked for, before anything is changed; the parts of a group are told
 * together, when the last has come. Staged in the record's
 * transaction: a crash leaves all or none of a part. */
#include "services/notifier/tell.h"

#include <stdlib.h>

#include "proto/walk.h"

#define KEPT_CHANGES 1024u /* room for them, from one record to the next */

void notifier_changes_done(struct notifier_changes *c)
{
    free(c->at);
    *c = (struct notifier_changes){0};
}

static struct notifier_change *next_room(struct notifier_changes *c)
{
    if (c->count == c->cap) {
        c->cap = c->cap == 0 ? 64 : c->cap * 2;
        c->at = mv_xrealloc(c->at, c->cap * sizeof *c->at);
    }
    return &c->at[c->count];
}

/* What a filter looks at, and what turns a colour. */
static const uint64_t of_all =
    UINT64_C(1) << MV_AT_change_target |
    UINT64_C(1) << MV_AT_change_commission | UINT64_C(1) << MV_AT_change_year |
    UINT64_C(1) << MV_AT_change_unit | UINT64_C(1) << MV_AT_change_region |
    UINT64_C(1) << MV_AT_change_status | UINT64_C(1) << MV_AT_change_reason |
    UINT64_C(1) << MV_AT_change_was_status |
    UINT64_C(1) << MV_AT_change_last_coloured |
    UINT64_C(1) << MV_AT_change_closed | UINT64_C(1) << MV_AT_change_reminder;

/* A change that nobody asks for is read no further than that. */
static bool take_change(const struct notifier *n, struct mv_cursor *c,
                        struct notifier_change *change)
{
    uint64_t words[NOTIFIER_WORDS];
    struct mv_fault fault;
    const uint8_t *from = c->at;
    if (!mv_msg_take_part(MV_MSG_CHANGE, c, of_all, &change->says))
        return false;
    change->bytes = mv_span(from, (size_t)(c->at - from));
    struct mv_span subject = notifier_subject(&change->says);
    if (subject.at == NULL)
        return false;
    return (!n->marks.replaying &&
            !notifier_match_find(n->match, change->says.region,
                                 change->says.unit, subject, words)) ||
           mv_msg_change_decode(change->bytes, &change->says, &fault);
}

/* One pass; false: read_strictly has the last word. */
static bool read_at_once(struct notifier *n, struct mv_span content,
                         struct mv_msg_group *g)
{
    struct notifier_changes *group = &n->group;
    uint32_t count;
    if (!mv_msg_decode_open(MV_MSG_GROUP, content, g))
        return false;
    struct mv_cursor c = mv_cursor(g->changes);
    if (!mv_cursor_list(&c, &count))
        return false;
    for (; count > 0; count--) {
        if (!take_change(n, &c, next_room(group)))
            return false;
        group->count++;
    }
    return c.at == c.end;
}

/* Every value of every change; else the fault is told. */
static bool read_strictly(struct notifier *n, struct mv_span content,
                          struct mv_msg_group *g, struct mv_fault *fault)
{
    struct mv_list list;
    struct notifier_changes *group = &n->group;
    group->count = 0;
    if (!mv_msg_group_decode(content, g, fault) ||
        !mv_list_open(&list, g->changes))
        return false;
    for (;;) {
        struct notifier_change *change = next_room(group);
        if (!mv_list_next(&list, &change->bytes))
            return true;
        if (!mv_msg_decode_part(MV_MSG_CHANGE, change->bytes, &change->says,
                                fault))
            return false;
        if (notifier_subject(&change->says).at == NULL)
            return mv_fault_set(fault, MV_CODE_MISSING, 0,
                                mv_span_text("target"), "");
        group->count++;
    }
}

/* The whole of it, before anything is changed. */
static bool read_group(struct notifier *n, struct mv_span content,
                       struct mv_msg_group *g, struct mv_msg_cause *cause,
                       struct mv_fault *fault)
{
    if (n->group.cap > KEPT_CHANGES)
        notifier_changes_done(&n->group);
    n->group.count = 0;
    return (read_at_once(n, content, g) ||
            read_strictly(n, content, g, fault)) &&
           mv_msg_cause_decode(g->cause, cause, fault) && g->part >= 1 &&
           g->part <= g->parts;
}

static mv_rc set_aside(struct notifier *n, const struct mv_record *record,
                       const struct mv_fault *fault, struct mv_err *err)
{
    uint8_t key[8];
    (void)mv_fail(err, MV_POISON, "changes record %llu is no group: %s %s",
                  (unsigned long long)record->seq, mv_code_name(fault->code),
                  fault->field);
    mv_be64_put(key, record->seq);
    mv_store_put(n->store, n->t.aside, mv_span(key, sizeof key),
                 mv_span_text(err != NULL ? err->text : "no group"));
    n->marks.aside++;
    n->marks_dirty = true;
    return MV_POISON;
}

static void collect_all(struct notifier *n)
{
    for (uint32_t i = 0; i < n->group.count; i++)
        notifier_collect(n, &n->group.at[i].says, n->group.at[i].bytes);
}

static void take_all(struct notifier *n, const struct mv_msg_group *g)
{
    for (uint32_t i = 0; i < n->group.count; i++)
        notifier_take(n, n->group.at[i].bytes, &n->group.at[i].says, g->cause,
                      g->parts == 1);
}

/* The next part of the group that is open. */
static bool goes_on(const struct notifier *n, const struct mv_msg_group *g)
{
    return g->parts > 1 && n->marks.parts == g->parts &&
           g->part > n->marks.part;
}

/* A group whose last part never came (it was set aside) is told as it is, and
 * what shows that it never will waits for it. */
static void tell(struct notifier *n, const struct mv_record *record,
                 const struct mv_msg_group *g, uint64_t cause_seq)
{
    bool is_open = n->marks.parts > 0;
    if (is_open && !goes_on(n, g)) {
        notifier_keep(n, record);
        notifier_tell_begin(n);
        return;
    }
    if (!is_open)
        notifier_begin(n, record->seq, record->chain);
    take_all(n, g);
    n->marks.last_cause = cause_seq;
    n->marks.part = g->part;
    n->marks.parts = g->parts;
    if (g->parts == 1)
        notifier_tell_now(n);
    else if (g->part == g->parts)
        notifier_tell_begin(n); /* the steps follow */
}

/* One record of a log that has begun anew. */
static void replay(struct notifier *n, const struct mv_record *record,
                   const struct mv_msg_group *g, uint64_t cause_seq)
{
    if (!notifier_replays(n, cause_seq)) {
        notifier_keep(n, record);
        notifier_caught_up(n);
        return;
    }
    collect_all(n);
    if (g->part == g->parts && cause_seq == n->marks.replay_until)
        notifier_caught_up(n);
}

void notifier_go_on(struct notifier *n, const struct mv_record *record)
{
    struct mv_msg_group g;
    struct mv_msg_cause cause;
    struct mv_fault fault = {0};
    if (read_group(n, record->content, &g, &cause, &fault))
        tell(n, record, &g, cause.seq);
    else
        mv_store_fail(n->store, MV_FATAL, "the record kept is no group");
}

mv_rc notifier_group(struct notifier *n, const struct mv_record *record,
                     int64_t now_ms, struct mv_err *err)
{
    struct mv_msg_group g;
    struct mv_msg_cause cause;
    struct mv_fault fault = {0};
    MV_ASSERT(!notifier_is_busy(n));
    /* what came of the old log meanwhile is not wanted any more */
    if (n->marks.from_start && record->seq != 1)
        return MV_OK;
    n->marks.from_start = false;
    n->now_ms = now_ms;
    if (!read_group(n, record->content, &g, &cause, &fault))
        return set_aside(n, record, &fault, err);
    n->marks.moved_ms = now_ms;
    n->marks_dirty = true;
    if (n->marks.replaying)
        replay(n, record, &g, cause.seq);
    else
        tell(n, record, &g, cause.seq);
    return MV_OK;
}
