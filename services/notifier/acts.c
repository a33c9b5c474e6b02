/* acts - Job: what subscribers and operators do: subscribe, unsubscribe,
 * pause, resume, requeue, drop. Invariant: a refusal changes nothing; nothing
 * leaves a queue but by a rule with a name. Staged in the open transaction:
 * a crash leaves all of an act or none. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/walk.h"
#include "services/base/clock.h"
#include "services/notifier/queue.h"
#include "services/notifier/tell.h"
#include "services/stream/quota.h"

#define MOVE_AT_ONCE 10000u /* dead letters of one act */
#define LEFT_BYTES   512u   /* by a subscription and its end, beside args */

static mv_rc refuse(struct notifier_refusal *no, const char *code,
                    const char *text)
{
    *no = notifier_refuse(code, text);
    return MV_AGAIN;
}

static void put_definition(struct notifier *n, const struct notifier_sub *s)
{
    uint8_t key[8];
    mv_be64_put(key, s->serial);
    mv_buf_clear(&n->value);
    notifier_sub_put(s, &n->value);
    mv_store_put(n->store, n->t.subscriptions, mv_span(key, sizeof key),
                 mv_buf_span(&n->value));
}

/* A filter on a name that no change ever carried would never match: every
 * target, unit and region that is judged has had a first change. */
static bool names_known(struct notifier *n, const struct notifier_sub *s,
                        struct notifier_refusal *no)
{
    static const char *const codes[NOTIFIER_KINDS] = {
        "unknown_unit", "unknown_unit", "unknown_target"};
    static const char *const words[NOTIFIER_KINDS] = {"region", "unit",
                                                      "target"};
    for (unsigned kind = 0; kind < NOTIFIER_KINDS; kind++) {
        struct mv_list list;
        struct mv_span item, name;
        if (s->lists[kind].at == NULL || !mv_list_open(&list, s->lists[kind]))
            continue;
        while (mv_list_next(&list, &item)) {
            if (!mv_value_text(item, &name) ||
                notifier_knows(n, (notifier_kind)kind, name))
                continue;
            no->code = codes[kind];
            (void)snprintf(no->text, sizeof no->text,
                           "%s %.*s: nothing is judged under that name",
                           words[kind], (int)name.len, (const char *)name.at);
            return false;
        }
    }
    return true;
}

static bool free_slot(const struct notifier *n, uint32_t *ret)
{
    *ret = 0;
    while (*ret < n->slots_used && n->slots[*ret] != NULL)
        (*ret)++;
    return *ret < NOTIFIER_SUBSCRIPTIONS_MAX;
}

static struct notifier_sub *place(struct notifier *n, struct notifier_sub *got,
                                  uint32_t slot, int64_t now_ms)
{
    struct notifier_sub *s = mv_xcalloc(1, sizeof *s);
    *s = *got;
    s->serial = n->marks.next_serial++;
    s->from_ordinal = n->marks.ordinal + 1;
    s->made_ms = now_ms;
    mv_random_bytes(s->genesis, sizeof s->genesis);
    s->counts.done = 1;
    s->counts.oldest_ms = INT64_MAX;
    s->dirty = true;
    s->slot = slot;
    n->slots[slot] = s;
    if (slot >= n->slots_used)
        n->slots_used = slot + 1;
    n->marks_dirty = true;
    notifier_match_add(n->match, s);
    notifier_find_add(n, s);
    put_definition(n, s);
    return s;
}

/* The same id, and not the same subscription: in what? */
static void refuse_other(const struct notifier_sub *there,
                         const struct notifier_sub *got,
                         struct notifier_refusal *no)
{
    struct mv_buf words = {0};
    notifier_sub_differs(there, got, &words);
    no->code = "exists";
    (void)snprintf(no->text, sizeof no->text,
                   "it is there, and differs in %s: unsubscribe it first",
                   mv_buf_cstr(&words));
    mv_buf_done(&words);
}

static uint32_t owned_by(const struct notifier *n, const char *owner)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < n->slots_used; i++) {
        if (n->slots[i] != NULL && strcmp(n->slots[i]->owner, owner) == 0)
            count++;
    }
    return count;
}

/* What one owner asks for by itself is bounded: the others' notices need the
 * same slots and the same store. */
static bool may_have(struct notifier *n, const struct mv_key *key,
                     size_t args_bytes, const struct notifier_sub *got,
                     int64_t now_ms, struct notifier_refusal *no)
{
    int64_t after_ms;
    if ((key->roles & MV_ROLE_OPERATOR) != 0)
        return true;
    if (owned_by(n, got->owner) >= NOTIFIER_OWNER_MAX) {
        (void)refuse(no, "limits",
                     "the key has 200 subscriptions: unsubscribe one, or an "
                     "operator subscribes for it");
        return false;
    }
    if (mv_quota_take(n->quota, key->name, 0,
                      LEFT_BYTES + args_bytes + got->args.len, 0,
                      mv_clock_day(now_ms), &after_ms))
        return true;
    *no = notifier_refuse("quota", "");
    no->after_ms = after_ms;
    return false;
}

mv_rc notifier_subscribe(struct notifier *n, const struct mv_key *key,
                         struct mv_span args, int64_t now_ms,
                         struct notifier_sub **ret, struct notifier_refusal *no)
{
    struct notifier_sub got, *there;
    uint32_t slot;
    mv_rc rc = MV_AGAIN;
    if (!notifier_sub_parse(&got, args, key, no)) {
        notifier_sub_done(&got);
        return MV_AGAIN;
    }
    there = notifier_find(n, mv_span_text(got.id));
    if (there != NULL && strcmp(there->owner, key->name) != 0 &&
        (key->roles & MV_ROLE_OPERATOR) == 0) {
        (void)refuse(no, "exists", "somebody else's subscription has that id");
    } else if (there != NULL && mv_span_equal(mv_buf_span(&there->args),
                                              mv_buf_span(&got.args))) {
        *ret = there;
        rc = MV_OK;
    } else if (there != NULL) {
        refuse_other(there, &got, no);
    } else if (!free_slot(n, &slot)) {
        (void)refuse(no, "limits", "there are 4,000 subscriptions");
    } else if (names_known(n, &got, no) &&
               may_have(n, key, args.len, &got, now_ms, no)) {
        *ret = place(n, &got, slot, now_ms);
        return MV_OK;
    }
    notifier_sub_done(&got);
    return rc;
}

/* args' `key` names a subscription. */
static struct notifier_sub *named(struct notifier *n, struct mv_span args,
                                  const char *key, struct notifier_refusal *no)
{
    struct mv_span id;
    struct notifier_sub *s = NULL;
    if (!mv_map_text(args, key, &id)) {
        (void)refuse(no, "missing", "the id of a subscription is due");
        return NULL;
    }
    s = notifier_find(n, id);
    if (s == NULL)
        (void)refuse(no, "not_found", "there is no such subscription");
    return s;
}

/* The row stays for the books; the slot is free. */
static void end_sub(struct notifier *n, struct notifier_sub *s)
{
    uint8_t key[8];
    s->ended = true;
    s->counts.paused = false; /* nobody could resume it any more */
    put_definition(n, s);
    mv_be64_put(key, s->serial);
    mv_buf_clear(&n->value);
    notifier_counts_put(&s->counts, &n->value);
    mv_store_put(n->store, n->t.queues, mv_span(key, sizeof key),
                 mv_buf_span(&n->value));
    notifier_match_remove(n->match, s);
    n->gone.made += s->counts.made;
    n->gone.delivered += s->counts.delivered;
    n->gone.withdrawn += s->counts.withdrawn;
    notifier_tell_forget(n, s);
    n->slots[s->slot] = NULL;
    notifier_find_anew(n);
    notifier_sub_done(s);
    free(s);
}

/* A group is told step by step, and its turn has not come: what it is named in
 * is as good as in its queue. */
static bool is_to_be_told(const struct notifier *n,
                          const struct notifier_sub *s)
{
    return n->marks.telling && s->serial > n->marks.told_to &&
           s->from_ordinal <= n->marks.ordinal;
}

mv_rc notifier_unsubscribe(struct notifier *n, const struct mv_key *key,
                           struct mv_span args, int64_t now_ms,
                           struct notifier_refusal *no)
{
    struct mv_span raw;
    bool force = false;
    struct notifier_sub *s = named(n, args, "id", no);
    if (s == NULL)
        return MV_AGAIN;
    if (strcmp(s->owner, key->name) != 0 &&
        (key->roles & MV_ROLE_OPERATOR) == 0)
        return refuse(no, "forbidden", "it is somebody else's subscription");
    if (mv_map_find(args, "force", &raw) && !mv_value_bool(raw, &force))
        return refuse(no, "type", "force: true or false is due");
    if (s->counts.pending + s->counts.dead > 0 && !force) {
        no->code = "refused";
        (void)snprintf(no->text, sizeof no->text,
                       "its queue holds %llu waiting and %llu dead; with "
                       "force: true they end as unsubscribed",
                       (unsigned long long)s->counts.pending,
                       (unsigned long long)s->counts.dead);
        return MV_AGAIN;
    }
    if (is_to_be_told(n, s) && !force) {
        return refuse(no, "refused",
                      "a large group of changes is being told, and its turn is "
                      "yet to come; with force: true it is left out");
    }
    notifier_queue_clear(n, s, NOTIFIER_RULE_UNSUBSCRIBED, now_ms);
    end_sub(n, s);
    return MV_OK;
}

mv_rc notifier_pause(struct notifier *n, const struct mv_key *key,
                     struct mv_span args, bool pause, int64_t now_ms,
                     struct notifier_refusal *no)
{
    struct notifier_sub *s = named(n, args, "subscription", no);
    if (s == NULL)
        return MV_AGAIN;
    if (s->counts.paused == pause)
        return refuse(no, "refused", pause ? "it is paused" : "it goes on");
    s->counts.paused = pause;
    s->counts.paused_ms = now_ms;
    (void)snprintf(s->counts.paused_by, sizeof s->counts.paused_by, "%s",
                   key->name);
    if (!pause)
        s->counts.resumed_ms = now_ms;
    s->dirty = true;
    return MV_OK;
}

/* What an act does with one dead letter. */
typedef void (*deed)(struct notifier *n, struct notifier_sub *s,
                     uint64_t number, struct notifier_row row, int64_t now_ms);

static void drop_one(struct notifier *n, struct notifier_sub *s,
                     uint64_t number, struct notifier_row row, int64_t now_ms)
{
    notifier_queue_end(n, s, number, row, NOTIFIER_WITHDRAWN,
                       NOTIFIER_RULE_DROPPED, now_ms);
}

static bool do_one(struct notifier *n, struct mv_span place, deed act,
                   int64_t now_ms)
{
    const uint8_t *at = place.at;
    struct notifier_row row;
    if (place.len != 16)
        return false;
    uint64_t number = mv_be64_get(at + 8);
    struct notifier_sub *s = notifier_find_serial(n, mv_be64_get(at));
    if (s == NULL || !notifier_queue_get(n, s->serial, number, &row) ||
        row.state != NOTIFIER_DEAD_LETTER)
        return false;
    act(n, s, number, row, now_ms);
    return true;
}

static mv_rc do_id(struct notifier *n, struct mv_span hex, deed act,
                   int64_t now_ms, struct notifier_refusal *no)
{
    uint8_t id[NOTIFIER_ID_BYTES], place[16];
    struct mv_span value;
    if (!mv_hex_parse(hex, id, sizeof id))
        return refuse(no, "charset", "id: 32 hex digits are due");
    if (!mv_store_get(n->store, n->t.dead_ids, mv_span(id, sizeof id),
                      &value) ||
        value.len != sizeof place)
        return refuse(no, "not_found", "no dead letter has that id");
    memcpy(place, value.at, sizeof place);
    return do_one(n, mv_span(place, sizeof place), act, now_ms)
               ? MV_OK
               : refuse(no, "not_found", "no dead letter has that id");
}

/* All, or those of one queue; from the oldest number on. */
static uint64_t do_many(struct notifier *n, const struct notifier_sub *only,
                        deed act, int64_t now_ms)
{
    uint8_t first[16];
    struct mv_span key, value;
    struct mv_scan scan;
    uint64_t count = 0;
    mv_scan_open(&scan, n->store, n->t.dead,
                 notifier_pair(first, only != NULL ? only->serial : 0, 0));
    while (count < MOVE_AT_ONCE && mv_scan_next(&scan, &key, &value)) {
        if (only != NULL && mv_be64_get(key.at) != only->serial)
            break;
        memcpy(first, key.at, sizeof first);
        count += do_one(n, mv_span(first, sizeof first), act, now_ms);
    }
    mv_scan_close(&scan);
    return count;
}

/* {id} | {subscription} | {all: true} */
static mv_rc do_named(struct notifier *n, struct mv_span args, deed act,
                      int64_t now_ms, uint64_t *count,
                      struct notifier_refusal *no)
{
    struct mv_span raw;
    bool all = false;
    struct notifier_sub *only = NULL;
    if (mv_map_text(args, "id", &raw)) {
        *count = 1;
        return do_id(n, raw, act, now_ms, no);
    }
    if (mv_map_find(args, "subscription", &raw)) {
        only = named(n, args, "subscription", no);
        if (only == NULL)
            return MV_AGAIN;
    } else if (!mv_map_find(args, "all", &raw) || !mv_value_bool(raw, &all) ||
               !all) {
        return refuse(no, "missing", "id, subscription, or all: true");
    }
    *count = do_many(n, only, act, now_ms);
    return *count > 0 ? MV_OK : refuse(no, "not_found", "no dead letters");
}

mv_rc notifier_requeue(struct notifier *n, struct mv_span args, int64_t now_ms,
                       uint64_t *moved, struct notifier_refusal *no)
{
    mv_rc rc = do_named(n, args, notifier_queue_revive, now_ms, moved, no);
    for (uint32_t i = 0; rc == MV_OK && i < n->slots_used; i++) {
        if (n->slots[i] != NULL && n->slots[i]->dirty)
            notifier_merge(n, n->slots[i], now_ms);
    }
    return rc;
}

mv_rc notifier_drop(struct notifier *n, struct mv_span args, int64_t now_ms,
                    uint64_t *dropped, struct notifier_refusal *no)
{
    struct mv_span comment;
    if (!mv_map_text(args, "comment", &comment) || comment.len == 0)
        return refuse(no, "missing", "a comment is due: why they are dropped");
    return do_named(n, args, drop_one, now_ms, dropped, no);
}
