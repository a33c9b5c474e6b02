/* notifier - see notifier.h. Job: opens the core, keeps memory and rows the
 * same, and passes the time. Invariant: counts and marks are written before
 * each commit, and read again after one that failed. A crash leaves what was
 * committed; memory is made from it. */
#include "services/notifier/notifier.h"

#include <stdlib.h>

#include "services/notifier/queue.h"
#include "services/notifier/restart.h"
#include "services/stream/quota.h"

#define EXPIRE_AT_ONCE 1000u /* dead letters of one tick */
#define KEEP_TIME_MS   3600000

static const char marks_key[] = "now";

static struct mv_span serial_key(uint64_t serial, uint8_t bytes[8])
{
    mv_be64_put(bytes, serial);
    return mv_span(bytes, 8);
}

static void write_counts(struct notifier *n, struct notifier_sub *s)
{
    uint8_t key[8];
    mv_buf_clear(&n->value);
    notifier_counts_put(&s->counts, &n->value);
    mv_store_put(n->store, n->t.queues, serial_key(s->serial, key),
                 mv_buf_span(&n->value));
    s->dirty = false;
}

static void before_commit(void *ctx)
{
    struct notifier *n = ctx;
    for (uint32_t i = 0; i < n->slots_used; i++) {
        if (n->slots[i] != NULL && n->slots[i]->dirty)
            write_counts(n, n->slots[i]);
    }
    if (!n->marks_dirty)
        return;
    mv_buf_clear(&n->value);
    notifier_marks_put(&n->marks, &n->value);
    mv_store_put(n->store, n->t.marks, mv_span(marks_key, sizeof marks_key - 1),
                 mv_buf_span(&n->value));
    n->marks_dirty = false;
}

static void ended(void *ctx, bool committed)
{
    struct notifier *n = ctx;
    mv_quota_settled(n->quota, committed);
    n->stale = n->stale || !committed;
}

static void forget(struct notifier *n)
{
    for (uint32_t i = 0; i < n->slots_used; i++) {
        if (n->slots[i] == NULL)
            continue;
        notifier_sub_done(n->slots[i]);
        free(n->slots[i]);
        n->slots[i] = NULL;
    }
    notifier_match_close(n->match);
    n->match = notifier_match_open();
    notifier_names_forget(n);
    n->slots_used = n->touched_count = 0;
    n->pass = (struct notifier_pass){0};
    notifier_find_anew(n);
    n->gone = (struct notifier_counts){0};
    n->marks = (struct notifier_marks){.next_serial = 1, .generation = 1};
    n->marks_dirty = false;
}

static void add_counts(struct notifier_counts *to,
                       const struct notifier_counts *c)
{
    to->made += c->made;
    to->delivered += c->delivered;
    to->pending += c->pending;
    to->dead += c->dead;
    to->withdrawn += c->withdrawn;
    to->pending_merged += c->pending_merged;
}

static void place(struct notifier *n, const struct notifier_sub *got)
{
    struct notifier_sub *s = mv_xcalloc(1, sizeof *s);
    *s = *got;
    s->slot = n->slots_used++;
    s->last_made = s->counts.made;
    s->last_delivered = s->counts.delivered;
    n->slots[s->slot] = s;
    notifier_match_add(n->match, s);
    notifier_find_add(n, s);
}

/* One row of subscriptions, with its counts. */
static mv_rc load_one(struct notifier *n, struct mv_span key,
                      struct mv_span value, struct mv_err *err)
{
    struct notifier_sub got;
    struct mv_span counts;
    mv_rc rc = MV_OK;
    if (!notifier_sub_get(value, &got))
        return notifier_no_row(value, NOTIFIER_ROW_VERSION, err);
    (void)mv_store_get(n->store, n->t.queues, key, &counts);
    if (!notifier_counts_get(counts, &got.counts)) {
        rc = notifier_no_row(counts, NOTIFIER_LATER_VERSION, err);
    } else if (got.ended) {
        add_counts(&n->gone, &got.counts);
    } else if (n->slots_used < NOTIFIER_SUBSCRIPTIONS_MAX) {
        place(n, &got);
        return MV_OK;
    } else {
        rc = mv_fail(err, MV_FATAL, "there are more than 4,000 subscriptions");
    }
    notifier_sub_done(&got);
    return rc;
}

/* Left as they are if there are none yet. */
static mv_rc load_marks(struct notifier *n, struct mv_err *err)
{
    struct mv_span value;
    return !mv_store_get(n->store, n->t.marks,
                         mv_span(marks_key, sizeof marks_key - 1), &value) ||
                   notifier_marks_get(value, &n->marks)
               ? MV_OK
               : notifier_no_row(value, NOTIFIER_LATER_VERSION, err);
}

/* In a snapshot. */
static mv_rc load(struct notifier *n, struct mv_err *err)
{
    struct mv_span key, value;
    struct mv_scan scan;
    forget(n);
    mv_rc rc = load_marks(n, err);
    if (rc != MV_OK)
        return rc;
    mv_scan_open(&scan, n->store, n->t.subscriptions, mv_span("", 0));
    while (rc == MV_OK && mv_scan_next(&scan, &key, &value))
        rc = load_one(n, key, value, err);
    mv_scan_close(&scan);
    return rc;
}

/* What is known of a subscription since the start, and stands in no row: a
 * notice that was handed out stays handed out, whatever failed since. */
struct memory {
    uint64_t serial, given;
    int64_t seen_ms;
    uint64_t last_made, last_delivered, made_rate, delivered_rate;
};

static int by_serial(const void *a, const void *b)
{
    const struct memory *x = a, *y = b;
    return x->serial < y->serial ? -1 : x->serial > y->serial;
}

static size_t remember(const struct notifier *n, struct memory *memories)
{
    size_t count = 0;
    for (uint32_t i = 0; i < n->slots_used; i++) {
        const struct notifier_sub *s = n->slots[i];
        if (s != NULL) {
            memories[count++] = (struct memory){
                s->serial,         s->given,     s->seen_ms,       s->last_made,
                s->last_delivered, s->made_rate, s->delivered_rate};
        }
    }
    if (count > 1)
        qsort(memories, count, sizeof *memories, by_serial);
    return count;
}

static uint64_t at_most(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* A minute's counts may be of the transaction that failed. */
static void recall(struct notifier *n, const struct memory *memories,
                   size_t count)
{
    for (uint32_t i = 0; i < n->slots_used && count > 0; i++) {
        struct notifier_sub *s = n->slots[i];
        const struct memory key = {.serial = s != NULL ? s->serial : 0};
        const struct memory *m =
            bsearch(&key, memories, count, sizeof *memories, by_serial);
        if (s == NULL || m == NULL)
            continue;
        s->given = at_most(m->given, s->counts.head);
        s->seen_ms = m->seen_ms;
        s->last_made = at_most(m->last_made, s->counts.made);
        s->last_delivered = at_most(m->last_delivered, s->counts.delivered);
        s->made_rate = m->made_rate;
        s->delivered_rate = m->delivered_rate;
    }
}

static mv_rc reload(struct notifier *n, struct mv_err *err)
{
    mv_rc rc = mv_store_read_begin(n->store, err);
    if (rc != MV_OK)
        return rc;
    struct memory *memories =
        mv_xcalloc((size_t)n->slots_used + 1, sizeof *memories);
    size_t count = remember(n, memories);
    rc = load(n, err);
    mv_rc end = mv_store_read_end(n->store, err);
    recall(n, memories, count);
    free(memories);
    n->stale = false;
    return rc != MV_OK ? rc : end;
}

mv_rc notifier_settled(struct notifier *n, struct mv_err *err)
{
    return n->stale ? reload(n, err) : MV_OK;
}

static void find_tables(struct notifier *n)
{
    n->t.marks = mv_store_table(n->store, NOTIFIER_MARKS);
    n->t.subscriptions = mv_store_table(n->store, NOTIFIER_SUBSCRIPTIONS);
    n->t.queues = mv_store_table(n->store, NOTIFIER_QUEUES);
    n->t.notices = mv_store_table(n->store, NOTIFIER_NOTICES);
    n->t.changes = mv_store_table(n->store, NOTIFIER_CHANGES);
    n->t.seen = mv_store_table(n->store, NOTIFIER_SEEN);
    n->t.names = mv_store_table(n->store, NOTIFIER_NAMES);
    n->t.dead = mv_store_table(n->store, NOTIFIER_DEAD);
    n->t.dead_ids = mv_store_table(n->store, NOTIFIER_DEAD_IDS);
    n->t.fresh = mv_store_table(n->store, NOTIFIER_FRESH);
    n->t.aside = mv_store_table(n->store, NOTIFIER_ASIDE);
}

mv_rc notifier_open(struct notifier **ret, const struct notifier_options *o,
                    struct mv_err *err)
{
    struct notifier *n = mv_xcalloc(1, sizeof *n);
    n->o = *o;
    n->store = o->store;
    find_tables(n);
    n->quota = mv_quota_open(0, NOTIFIER_KEY_BYTES_A_DAY);
    n->hook = (struct mv_store_hook){
        .before_commit = before_commit, .ended = ended, .ctx = n};
    mv_rc rc = reload(n, err);
    mv_store_hook_add(n->store, &n->hook);
    if (rc != MV_OK) {
        notifier_close(n);
        return rc;
    }
    *ret = n;
    return MV_OK;
}

void notifier_close(struct notifier *n)
{
    if (n == NULL)
        return;
    mv_store_hook_remove(n->store, &n->hook);
    forget(n);
    notifier_match_close(n->match);
    notifier_find_done(&n->finder);
    notifier_changes_done(&n->group);
    mv_interner_close(n->names.numbers);
    mv_quota_close(n->quota);
    mv_buf_done(&n->key);
    mv_buf_done(&n->value);
    mv_buf_done(&n->out);
    mv_buf_done(&n->text);
    free(n);
}

struct notifier_counts notifier_total(const struct notifier *n)
{
    struct notifier_counts total = n->gone;
    for (uint32_t i = 0; i < n->slots_used; i++) {
        if (n->slots[i] != NULL)
            add_counts(&total, &n->slots[i]->counts);
    }
    return total;
}

void notifier_done(struct notifier *n, const struct mv_key *key,
                   struct mv_span log, uint64_t done)
{
    struct notifier_sub *s = notifier_find(n, log);
    if (s != NULL && mv_span_is(mv_span_text(key->name), s->owner))
        notifier_queue_done(n, s, done);
}

/* What a start holds the clock against: kept once an hour. */
static void keep_time(struct notifier *n)
{
    int64_t since_ms = n->now_ms - n->marks.known_ms;
    if (n->doubt || (since_ms >= 0 && since_ms < KEEP_TIME_MS))
        return;
    n->marks.known_ms = n->now_ms;
    n->marks_dirty = true;
}

mv_rc notifier_tick(struct notifier *n, int64_t now_ms, bool *more,
                    struct mv_err *err)
{
    uint32_t budget = EXPIRE_AT_ONCE;
    mv_rc rc = MV_OK;
    n->now_ms = now_ms;
    if (notifier_is_busy(n))
        rc = notifier_step(n, err);
    else if (n->marks.replaying && n->quiet_ms >= n->o.quiet_ms)
        notifier_caught_up(n);
    keep_time(n);
    for (uint32_t i = 0; i < n->slots_used && budget > 0 && !n->doubt; i++) {
        if (n->slots[i] != NULL)
            notifier_queue_expire(n, n->slots[i], now_ms, &budget);
    }
    *more = budget == 0 || notifier_is_busy(n);
    return rc;
}

void notifier_minute(struct notifier *n)
{
    for (uint32_t i = 0; i < n->slots_used; i++) {
        struct notifier_sub *s = n->slots[i];
        if (s == NULL)
            continue;
        s->made_rate = s->counts.made - s->last_made;
        s->delivered_rate = s->counts.delivered - s->last_delivered;
        s->last_made = s->counts.made;
        s->last_delivered = s->counts.delivered;
    }
}
