/* group - see group.h. Job: a record of the changes log to what is decided of
 * it. Invariant: what is decided by is read of every change, and all of those
 * that are asked for, before anything is changed; one that is amiss in that has
 * its record set aside, whatever the record is for. Staged in the record's
 * transaction: a crash leaves all or none of a part. */
#include "services/notifier/group.h"

#include <stdlib.h>

#include "proto/walk.h"
#include "services/notifier/restart.h"
#include "services/notifier/tell.h"

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

static bool amiss(struct mv_fault *fault, mv_code code, const char *field)
{
    return mv_fault_set(fault, code, 0, mv_span_text(field), "");
}

/* What a filter looks at, and what turns a colour. */
static const uint64_t decides =
    UINT64_C(1) << MV_AT_change_target |
    UINT64_C(1) << MV_AT_change_commission | UINT64_C(1) << MV_AT_change_year |
    UINT64_C(1) << MV_AT_change_unit | UINT64_C(1) << MV_AT_change_region |
    UINT64_C(1) << MV_AT_change_status | UINT64_C(1) << MV_AT_change_reason |
    UINT64_C(1) << MV_AT_change_was_status |
    UINT64_C(1) << MV_AT_change_last_coloured |
    UINT64_C(1) << MV_AT_change_closed | UINT64_C(1) << MV_AT_change_reminder;

/* False: somebody may ask for it, or it is not good. */
static bool is_for_nobody(const struct notifier *n,
                          const struct mv_msg_change *change)
{
    uint64_t words[NOTIFIER_WORDS];
    struct mv_span subject = notifier_subject(change);
    return subject.at != NULL &&
           !notifier_match_find(n->match, change->region, change->unit, subject,
                                words);
}

bool notifier_change_read(const struct notifier *n, struct mv_cursor *c,
                          struct notifier_change *ret, struct mv_fault *fault)
{
    struct mv_cursor from = *c;
    struct mv_msg_change *says = &ret->says;
    if (mv_msg_take_part(MV_MSG_CHANGE, c, decides, says)) {
        ret->bytes = mv_span(from.at, (size_t)(c->at - from.at));
        if (is_for_nobody(n, says))
            return true;
    } else {
        *c = from;
        if (!mv_cursor_skip(c, &ret->bytes))
            return amiss(fault, MV_CODE_MALFORMED, "changes");
    }
    return mv_msg_change_decode(ret->bytes, says, fault) &&
           (notifier_subject(says).at != NULL ||
            amiss(fault, MV_CODE_MISSING, "target"));
}

static bool read_changes(struct notifier *n, struct mv_span list,
                         struct mv_fault *fault)
{
    struct notifier_changes *group = &n->group;
    struct mv_cursor c = mv_cursor(list);
    uint32_t left;
    if (!mv_cursor_list(&c, &left))
        return amiss(fault, MV_CODE_TYPE, "changes");
    for (; left > 0; left--) {
        if (!notifier_change_read(n, &c, next_room(group), fault))
            return false;
        group->count++;
    }
    return c.at == c.end || amiss(fault, MV_CODE_TRAILING, "changes");
}

/* The whole of it, before anything is changed. */
static bool read_group(struct notifier *n, struct mv_span content,
                       struct mv_msg_group *g, struct mv_msg_cause *cause,
                       struct mv_fault *fault)
{
    if (n->group.cap > KEPT_CHANGES)
        notifier_changes_done(&n->group);
    n->group.count = 0;
    return (mv_msg_decode_open(MV_MSG_GROUP, content, g) ||
            mv_msg_group_decode(content, g, fault)) &&
           read_changes(n, g->changes, fault) &&
           mv_msg_cause_decode(g->cause, cause, fault) &&
           ((g->part >= 1 && g->part <= g->parts) ||
            amiss(fault, MV_CODE_RANGE, "part"));
}

mv_rc notifier_set_aside(struct notifier *n, uint64_t seq,
                         const struct mv_fault *fault, struct mv_err *err)
{
    uint8_t bytes[8];
    struct mv_span was;
    struct mv_err why = {0};
    (void)mv_fail(&why, MV_POISON, "changes record %llu is no group: %s %s",
                  (unsigned long long)seq, mv_code_name(fault->code),
                  fault->field);
    mv_be64_put(bytes, seq);
    const struct mv_span key = mv_span(bytes, sizeof bytes);
    n->marks.aside += !mv_store_get(n->store, n->t.aside, key, &was);
    mv_store_put(n->store, n->t.aside, key, mv_span_text(why.text));
    n->marks_dirty = true;
    return mv_fail(err, MV_POISON, "%s", why.text);
}

/* One of a later program is for the next one here; any other is set aside. */
static mv_rc not_read(struct notifier *n, const struct mv_record *record,
                      const struct mv_fault *fault, struct mv_err *err)
{
    uint64_t version;
    if (fault->code != MV_CODE_VERSION ||
        !mv_map_u64(record->content, "v", &version) ||
        version <= MV_PROTO_VERSION)
        return notifier_set_aside(n, record->seq, fault, err);
    return mv_wrap(err, mv_fail_later(err, version, MV_PROTO_VERSION),
                   "changes record %llu", (unsigned long long)record->seq);
}

static void collect_all(struct notifier *n, uint64_t seq)
{
    for (uint32_t i = 0; i < n->group.count; i++)
        notifier_collect(n, seq, &n->group.at[i]);
}

static void take_all(struct notifier *n, const struct mv_msg_group *g)
{
    for (uint32_t i = 0; i < n->group.count; i++)
        notifier_take(n, n->group.at[i].bytes, &n->group.at[i].says, g->cause,
                      g->parts == 1);
}

/* The next part of the group that is open. */
static bool goes_on(const struct notifier *n, const struct mv_msg_group *g,
                    uint64_t cause_seq)
{
    return g->parts > 1 && n->marks.parts == g->parts &&
           g->part > n->marks.part && n->marks.last_cause == cause_seq;
}

/* A group whose last part never came (it was set aside) is told as it is, and
 * what shows that it never will waits for it. */
static void tell(struct notifier *n, const struct mv_record *record,
                 const struct mv_msg_group *g, uint64_t cause_seq)
{
    bool is_open = n->marks.parts > 0;
    if (is_open && !goes_on(n, g, cause_seq)) {
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
    collect_all(n, record->seq);
    if (g->part == g->parts && cause_seq == n->marks.replay_until)
        notifier_caught_up(n);
}

mv_rc notifier_go_on(struct notifier *n, const struct mv_record *record,
                     struct mv_err *err)
{
    struct mv_msg_group g;
    struct mv_msg_cause cause;
    struct mv_fault fault = {0};
    if (!read_group(n, record->content, &g, &cause, &fault))
        return not_read(n, record, &fault, err); /* asked for by now */
    tell(n, record, &g, cause.seq);
    return MV_OK;
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
        return not_read(n, record, &fault, err);
    n->marks_dirty = true;
    if (n->marks.replaying)
        replay(n, record, &g, cause.seq);
    else
        tell(n, record, &g, cause.seq);
    return MV_OK;
}
