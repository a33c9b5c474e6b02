/* lists - Job: the queries of verbs.h: subscriptions, queues, dead letters,
 * books, records set aside. Invariant: whoever is no operator, auditor or
 * service sees what is its own and nothing else. Reads only: a crash leaves
 * nothing. */
#include <stdlib.h>
#include <string.h>

#include "proto/pack.h"
#include "proto/walk.h"
#include "services/notifier/queue.h"
#include "services/notifier/read.h"
#include "services/notifier/verbs.h"

#define NUMBER_BITS 36 /* of a place in the list of dead letters */
#define SEES_ALL    (MV_ROLE_OPERATOR | MV_ROLE_AUDITOR | MV_ROLE_SERVICE)

static bool may_see(const struct mv_key *key, const struct notifier_sub *s)
{
    return (key->roles & SEES_ALL) != 0 || strcmp(s->owner, key->name) == 0;
}

/* Only the one that args name, if they name one. *gone: there is no such. */
static const struct notifier_sub *
only_one(struct notifier *n, const struct notifier_page *page, bool *gone)
{
    struct mv_span id;
    const struct notifier_sub *s = NULL;
    *gone = false;
    if (!mv_map_text(page->args, "subscription", &id))
        return NULL;
    s = notifier_find(n, id);
    *gone = s == NULL || !may_see(page->key, s);
    return s;
}

static mv_rc not_found(struct notifier_refusal *no, const char *text)
{
    *no = notifier_refuse("not_found", text);
    return MV_AGAIN;
}

static void pack_pause(const struct notifier_counts *c, struct mv_buf *out)
{
    mv_pack_kv_bool(out, "paused", c->paused);
    if (!notifier_pause_known(c))
        return;
    mv_pack_kv_i64(out, "paused_ms", c->paused_ms);
    mv_pack_kv_cstr(out, "paused_by", c->paused_by);
}

void notifier_pack_subscription(const struct notifier_sub *s,
                                struct mv_buf *out)
{
    struct mv_pairs pairs;
    struct mv_span key, value;
    uint32_t count = 0;
    (void)mv_pairs_open(&pairs, mv_buf_span(&s->args));
    count = pairs.left;
    mv_pack_map(out, count + 5u + 2u * notifier_pause_known(&s->counts));
    while (mv_pairs_next(&pairs, &key, &value)) {
        mv_pack_text(out, key);
        mv_pack_raw(out, value);
    }
    mv_pack_kv_u64(out, "from_group", s->from_ordinal);
    mv_pack_kv_i64(out, "made_ms", s->made_ms);
    mv_pack_kv_bin(out, "genesis", mv_span(s->genesis, sizeof s->genesis));
    pack_pause(&s->counts, out);
    mv_pack_kv_u64(out, "head", s->counts.head);
}

mv_rc notifier_ask_subscriptions(struct notifier *n, struct notifier_page *page,
                                 struct notifier_refusal *no)
{
    bool gone;
    const struct notifier_sub *only = only_one(n, page, &gone);
    if (gone)
        return not_found(no, "there is no such subscription");
    for (uint32_t i = 0; i < n->slots_used; i++) {
        const struct notifier_sub *s = n->slots[i];
        if (s == NULL || (only != NULL && s != only) ||
            !may_see(page->key, s) || !notifier_page_takes(page))
            continue;
        notifier_pack_subscription(s, &page->rows);
    }
    return MV_OK;
}

/* --- queues: the oldest first ------------------------------------------ */

static int64_t age_ms(const struct notifier_sub *s, int64_t now_ms)
{
    if (s->counts.pending == 0 || s->counts.oldest_ms > now_ms)
        return 0;
    return now_ms - s->counts.oldest_ms;
}

/* Of those waiting: handed out and not acknowledged. */
static uint64_t in_flight(const struct notifier_sub *s)
{
    uint64_t given =
        s->given >= s->counts.done ? s->given - s->counts.done + 1 : 0;
    return given < s->counts.pending ? given : s->counts.pending;
}

static void pack_queue(const struct notifier_sub *s, int64_t now_ms,
                       struct mv_buf *out)
{
    const struct notifier_counts *c = &s->counts;
    uint64_t flying = in_flight(s);
    mv_pack_map(out, 19u + 2u * notifier_pause_known(c));
    mv_pack_kv_i64(out, "age_ms", age_ms(s, now_ms));
    mv_pack_kv_cstr(out, "subscription", s->id);
    mv_pack_kv_cstr(out, "owner", s->owner);
    mv_pack_kv_text(out, "name", s->name);
    mv_pack_kv_text(out, "channel", s->channel);
    pack_pause(c, out);
    mv_pack_kv_u64(out, "ready", c->pending - flying);
    mv_pack_kv_u64(out, "in_flight", flying);
    mv_pack_kv_u64(out, "retry", 0);
    mv_pack_kv_u64(out, "pending", c->pending);
    mv_pack_kv_u64(out, "dead", c->dead);
    mv_pack_kv_u64(out, "made", c->made);
    mv_pack_kv_u64(out, "delivered", c->delivered);
    mv_pack_kv_u64(out, "withdrawn", c->withdrawn);
    mv_pack_kv_u64(out, "head", c->head);
    mv_pack_kv_u64(out, "done", c->done);
    mv_pack_kv_u64(out, "made_per_minute", s->made_rate);
    mv_pack_kv_u64(out, "delivered_per_minute", s->delivered_rate);
    mv_pack_kv_i64(out, "seen_ms", s->seen_ms);
}

static int by_age(const void *a, const void *b)
{
    const struct notifier_sub *x = *(const struct notifier_sub *const *)a;
    const struct notifier_sub *y = *(const struct notifier_sub *const *)b;
    if (x->counts.oldest_ms != y->counts.oldest_ms)
        return x->counts.oldest_ms < y->counts.oldest_ms ? -1 : 1;
    return strcmp(x->id, y->id);
}

mv_rc notifier_ask_queues(struct notifier *n, struct notifier_page *page,
                          struct notifier_refusal *no)
{
    const struct notifier_sub **list;
    uint32_t count = 0;
    bool gone;
    const struct notifier_sub *only = only_one(n, page, &gone);
    if (gone)
        return not_found(no, "there is no such subscription");
    list = mv_xcalloc(n->slots_used + 1, sizeof(struct notifier_sub *));
    for (uint32_t i = 0; i < n->slots_used; i++) {
        const struct notifier_sub *s = n->slots[i];
        if (s != NULL && (only == NULL || s == only) && may_see(page->key, s))
            list[count++] = s;
    }
    qsort(list, count, sizeof(struct notifier_sub *), by_age);
    for (uint32_t i = 0; i < count; i++) {
        if (notifier_page_takes(page))
            pack_queue(list[i], page->now_ms, &page->rows);
    }
    free(list);
    return MV_OK;
}

/* --- dead letters ------------------------------------------------------- */

static void pack_dead(const struct notifier_sub *s, uint64_t number,
                      const struct notifier_row *row, struct mv_buf *out)
{
    char id[2 * NOTIFIER_ID_BYTES + 1];
    mv_pack_map(out, 9);
    mv_pack_kv_cstr(out, "id", notifier_id_text(row->id, id));
    mv_pack_kv_cstr(out, "subscription", s->id);
    mv_pack_kv_cstr(out, "owner", s->owner);
    mv_pack_kv_u64(out, "number", number);
    mv_pack_kv_i64(out, "made_ms", row->made_ms);
    mv_pack_kv_i64(out, "dead_ms", row->ended_ms);
    mv_pack_kv_cstr(out, "reason", "not pulled in time");
    mv_pack_kv_u64(out, "attempts", 0);
    mv_pack_kv_u64(out, "changes", row->changes);
}

/* Where a page of dead letters goes on: at this one. More subscriptions than
 * 2^28, or notices of one than 2^36, there never are. */
static uint64_t dead_place(uint64_t serial, uint64_t number)
{
    return serial << NUMBER_BITS | number;
}

static int by_serial(const void *a, const void *b)
{
    const struct notifier_sub *x = *(const struct notifier_sub *const *)a;
    const struct notifier_sub *y = *(const struct notifier_sub *const *)b;
    return x->serial < y->serial ? -1 : x->serial > y->serial;
}

static void list_dead(struct notifier *n, struct notifier_page *page,
                      const struct notifier_sub *s)
{
    uint8_t first[16];
    struct mv_span key, value;
    struct mv_scan scan;
    uint64_t from = page->from > dead_place(s->serial, 0)
                        ? page->from - dead_place(s->serial, 0)
                        : 0;
    mv_scan_open(&scan, n->store, n->t.dead,
                 notifier_pair(first, s->serial, from));
    while (page->next == 0 && mv_scan_next(&scan, &key, &value)) {
        uint64_t number = mv_be64_get((const uint8_t *)key.at + 8);
        struct notifier_row row;
        if (mv_be64_get(key.at) != s->serial)
            break;
        if (notifier_page_full(page)) {
            page->next = dead_place(s->serial, number);
        } else if (notifier_queue_get(n, s->serial, number, &row)) {
            pack_dead(s, number, &row, &page->rows);
            page->count++;
        }
    }
    mv_scan_close(&scan);
}

/* Of those that the asker may see and no others; `from` is a place, not a
 * count, so that a page costs a page however many lie before it. */
mv_rc notifier_ask_dead(struct notifier *n, struct notifier_page *page,
                        struct notifier_refusal *no)
{
    const struct notifier_sub **list;
    uint32_t count = 0;
    bool gone;
    const struct notifier_sub *only = only_one(n, page, &gone);
    if (gone)
        return not_found(no, "there is no such subscription");
    list = mv_xcalloc(n->slots_used + 1, sizeof(struct notifier_sub *));
    for (uint32_t i = 0; i < n->slots_used; i++) {
        const struct notifier_sub *s = n->slots[i];
        if (s != NULL && (only == NULL || s == only) && s->counts.dead > 0 &&
            s->serial >= page->from >> NUMBER_BITS && may_see(page->key, s))
            list[count++] = s;
    }
    qsort(list, count, sizeof(struct notifier_sub *), by_serial);
    for (uint32_t i = 0; i < count && page->next == 0; i++)
        list_dead(n, page, list[i]);
    free(list);
    return MV_OK;
}

/* {id}: the whole notice as it would have been pulled. */
mv_rc notifier_ask_dead_show(struct notifier *n, struct notifier_page *page,
                             struct notifier_refusal *no)
{
    uint8_t id[NOTIFIER_ID_BYTES];
    struct mv_span hex, place;
    struct mv_buf notice = {0};
    struct mv_err err = {0};
    struct notifier_row row;
    if (!mv_map_text(page->args, "id", &hex) ||
        !mv_hex_parse(hex, id, sizeof id)) {
        *no = notifier_refuse("missing", "id: 32 hex digits are due");
        return MV_AGAIN;
    }
    if (!mv_store_get(n->store, n->t.dead_ids, mv_span(id, sizeof id),
                      &place) ||
        place.len != 16)
        return not_found(no, "no dead letter has that id");
    uint64_t number = mv_be64_get((const uint8_t *)place.at + 8);
    const struct notifier_sub *s =
        notifier_find_serial(n, mv_be64_get(place.at));
    if (s == NULL || !may_see(page->key, s) ||
        !notifier_queue_get(n, s->serial, number, &row))
        return not_found(no, "no dead letter has that id");
    pack_dead(s, number, &row, &page->rows);
    page->count = 1;
    mv_rc rc = notifier_read(n, s, number, true, &notice, &err);
    if (rc != MV_OK) {
        *no = notifier_refuse("damaged", err.text);
    } else if (notice.len + page->rows.len < NOTIFIER_PAGE_BYTES) {
        mv_pack_raw(&page->rows, mv_buf_span(&notice));
        page->count = 2;
    }
    mv_buf_done(&notice);
    return rc == MV_OK ? MV_OK : MV_AGAIN;
}

/* --- books -------------------------------------------------------------- */

static bool balanced(const struct notifier_counts *c)
{
    return c->made == c->delivered + c->pending + c->dead + c->withdrawn;
}

static void pack_books(const char *name, const struct notifier_counts *c,
                       bool agrees, struct mv_buf *out)
{
    mv_pack_map(out, 8);
    mv_pack_kv_cstr(out, "subscription", name);
    mv_pack_kv_u64(out, "made", c->made);
    mv_pack_kv_u64(out, "delivered", c->delivered);
    mv_pack_kv_u64(out, "pending", c->pending);
    mv_pack_kv_u64(out, "dead", c->dead);
    mv_pack_kv_u64(out, "withdrawn", c->withdrawn);
    mv_pack_kv_bool(out, "balanced", balanced(c));
    mv_pack_kv_bool(out, "agrees", agrees);
}

static bool same_counts(const struct notifier_counts *a,
                        const struct notifier_counts *b)
{
    return a->made == b->made && a->delivered == b->delivered &&
           a->pending == b->pending && a->dead == b->dead &&
           a->withdrawn == b->withdrawn;
}

/* {subscription, from}: counted anew from its rows (of a very long queue in
 * slices, to be added up: none of them agrees with the whole); else all, as
 * the counts say. */
mv_rc notifier_ask_books(struct notifier *n, struct notifier_page *page,
                         struct notifier_refusal *no)
{
    bool gone;
    const struct notifier_sub *only = only_one(n, page, &gone);
    if (gone)
        return not_found(no, "there is no such subscription");
    if (only != NULL) {
        struct notifier_counts c = only->counts;
        uint64_t from = page->from > 0 ? page->from : 1;
        page->next = notifier_queue_recount(n, only, from, &c);
        pack_books(only->id, &c, same_counts(&c, &only->counts), &page->rows);
        page->count = 1;
        return MV_OK;
    }
    struct notifier_counts total = notifier_total(n);
    if (notifier_page_takes(page))
        pack_books("", &total, true, &page->rows);
    for (uint32_t i = 0; i < n->slots_used; i++) {
        if (n->slots[i] != NULL && notifier_page_takes(page))
            pack_books(n->slots[i]->id, &n->slots[i]->counts, true,
                       &page->rows);
    }
    return MV_OK;
}

mv_rc notifier_ask_aside(struct notifier *n, struct notifier_page *page,
                         struct notifier_refusal *no)
{
    struct mv_span key, value;
    struct mv_scan scan;
    (void)no;
    mv_scan_open(&scan, n->store, n->t.aside, mv_span("", 0));
    while (page->next == 0 && mv_scan_next(&scan, &key, &value)) {
        if (!notifier_page_takes(page))
            continue;
        mv_pack_map(&page->rows, 2);
        mv_pack_kv_u64(&page->rows, "seq", mv_be64_get(key.at));
        mv_pack_kv_text(&page->rows, "reason", value);
    }
    mv_scan_close(&scan);
    return MV_OK;
}
