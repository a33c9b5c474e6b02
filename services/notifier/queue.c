/* queue - see queue.h. Job: where each notice of a subscription stands.
 * Invariant: made = delivered + pending + dead + withdrawn after every step,
 * and the rows say the same as the counts; a number is never used twice.
 * Staged in the open transaction: a crash leaves all of a step or none. */
#include "services/notifier/queue.h"

#include <string.h>

struct mv_span notifier_pair(uint8_t bytes[16], uint64_t a, uint64_t b)
{
    mv_be64_put(bytes, a);
    mv_be64_put(bytes + 8, b);
    return mv_span(bytes, 16);
}

/* A row that cannot be read in a transaction that is sound: damage. */
static void lost(struct notifier *n)
{
    if (!mv_store_failed(n->store))
        mv_store_fail(n->store, MV_FATAL, "a notice's row is missing");
}

static void put_row(struct notifier *n, const struct notifier_sub *s,
                    uint64_t number, const struct notifier_row *row)
{
    uint8_t key[16];
    mv_buf_clear(&n->value);
    notifier_row_put(row, &n->value);
    mv_store_put(n->store, n->t.notices, notifier_pair(key, s->serial, number),
                 mv_buf_span(&n->value));
}

uint64_t notifier_queue_add(struct notifier *n, struct notifier_sub *s,
                            const struct notifier_row *row)
{
    struct notifier_counts *c = &s->counts;
    c->head++;
    c->pending++;
    if (row->level > 0)
        c->pending_merged++;
    if (c->oldest_ms > row->queued_ms)
        c->oldest_ms = row->queued_ms;
    s->dirty = true;
    put_row(n, s, c->head, row);
    return c->head;
}

bool notifier_queue_get(struct notifier *n, uint64_t serial, uint64_t number,
                        struct notifier_row *ret)
{
    uint8_t key[16];
    struct mv_span value;
    return mv_store_get(n->store, n->t.notices,
                        notifier_pair(key, serial, number), &value) &&
           notifier_row_get(value, ret);
}

void notifier_walk_open(struct notifier_walk *w, struct notifier *n,
                        uint64_t serial, uint64_t from)
{
    uint8_t key[16];
    mv_be64_put(w->prefix, serial);
    mv_scan_open(&w->scan, n->store, n->t.notices,
                 notifier_pair(key, serial, from));
}

bool notifier_walk_next(struct notifier_walk *w, uint64_t *number,
                        struct notifier_row *row)
{
    struct mv_span key, value;
    if (!mv_scan_next(&w->scan, &key, &value) || key.len != 16 ||
        memcmp(key.at, w->prefix, 8) != 0)
        return false;
    *number = mv_be64_get((const uint8_t *)key.at + 8);
    return notifier_row_get(value, row);
}

void notifier_walk_close(struct notifier_walk *w)
{
    mv_scan_close(&w->scan);
}

uint64_t notifier_queue_first(const struct notifier_sub *s)
{
    return s->counts.done > s->waits_from ? s->counts.done : s->waits_from;
}

/* Requeued and new ones come in the order of time; only a merged one stands
 * behind younger ones. */
static void find_oldest(struct notifier *n, struct notifier_sub *s)
{
    struct notifier_counts *c = &s->counts;
    struct notifier_walk w;
    struct notifier_row row;
    uint64_t number;
    uint64_t first = c->head + 1;
    c->oldest_ms = INT64_MAX;
    if (c->pending == 0) {
        s->waits_from = first;
        return;
    }
    notifier_walk_open(&w, n, s->serial, notifier_queue_first(s));
    while (notifier_walk_next(&w, &number, &row)) {
        if (row.state != NOTIFIER_WAITING)
            continue;
        if (first > number)
            first = number;
        if (row.queued_ms < c->oldest_ms)
            c->oldest_ms = row.queued_ms;
        if (c->pending_merged == 0)
            break;
    }
    notifier_walk_close(&w);
    s->waits_from = first;
}

void notifier_queue_done(struct notifier *n, struct notifier_sub *s,
                         uint64_t done)
{
    struct notifier_counts *c = &s->counts;
    struct notifier_walk w;
    struct notifier_row row;
    uint64_t number;
    if (done > c->head + 1)
        done = c->head + 1;
    if (done <= c->done)
        return;
    notifier_walk_open(&w, n, s->serial, notifier_queue_first(s));
    while (notifier_walk_next(&w, &number, &row) && number < done) {
        if (row.state != NOTIFIER_WAITING)
            continue;
        c->delivered++;
        c->pending--;
        c->pending_merged -= row.level > 0;
    }
    notifier_walk_close(&w);
    c->done = done;
    s->merge_again = 0;
    s->dirty = true;
    find_oldest(n, s);
}

static void dead_rows(struct notifier *n, const struct notifier_sub *s,
                      uint64_t number, const struct notifier_row *row,
                      bool there)
{
    uint8_t key[16], value[24];
    struct mv_span place = notifier_pair(key, s->serial, number);
    struct mv_span id = mv_span(row->id, sizeof row->id);
    if (!there) {
        mv_store_del(n->store, n->t.dead, place);
        mv_store_del(n->store, n->t.dead_ids, id);
        return;
    }
    memcpy(value, row->id, sizeof row->id);
    mv_be64_put(value + 16, (uint64_t)row->ended_ms);
    mv_store_put(n->store, n->t.dead, place, mv_span(value, sizeof value));
    mv_store_put(n->store, n->t.dead_ids, id, place);
}

/* A row's runs are kept while the notice can still be shown; of one that was
 * merged or moved they stand elsewhere. */
static bool keeps_runs(notifier_rule rule)
{
    return rule != NOTIFIER_RULE_MERGED && rule != NOTIFIER_RULE_REQUEUED;
}

void notifier_queue_end(struct notifier *n, struct notifier_sub *s,
                        uint64_t number, struct notifier_row row,
                        notifier_state state, notifier_rule rule,
                        int64_t now_ms)
{
    struct notifier_counts *c = &s->counts;
    bool was_dead = row.state == NOTIFIER_DEAD_LETTER;
    if (was_dead) {
        c->dead--;
    } else {
        c->pending--;
        c->pending_merged -= row.level > 0;
    }
    c->dead += state == NOTIFIER_DEAD_LETTER;
    c->withdrawn += state == NOTIFIER_WITHDRAWN;
    row.state = state;
    row.rule = rule;
    row.ended_ms = now_ms;
    if (!keeps_runs(rule))
        row.runs.len = 0;
    s->dirty = true;
    put_row(n, s, number, &row);
    if (was_dead || state == NOTIFIER_DEAD_LETTER)
        dead_rows(n, s, number, &row, state == NOTIFIER_DEAD_LETTER);
}

void notifier_queue_clear(struct notifier *n, struct notifier_sub *s,
                          notifier_rule rule, int64_t now_ms)
{
    struct notifier_counts *c = &s->counts;
    struct notifier_walk w;
    struct notifier_row row;
    uint64_t number;
    notifier_walk_open(&w, n, s->serial, 1);
    while ((c->pending > 0 || c->dead > 0) &&
           notifier_walk_next(&w, &number, &row)) {
        if (row.state == NOTIFIER_DEAD_LETTER ||
            (row.state == NOTIFIER_WAITING && number >= c->done))
            notifier_queue_end(n, s, number, row, NOTIFIER_WITHDRAWN, rule,
                               now_ms);
    }
    notifier_walk_close(&w);
    if (c->pending > 0 || c->dead > 0)
        lost(n);
    c->oldest_ms = INT64_MAX;
}

static int64_t due_ms(const struct notifier *n, const struct notifier_sub *s,
                      int64_t queued_ms)
{
    int64_t from =
        queued_ms > s->counts.resumed_ms ? queued_ms : s->counts.resumed_ms;
    return from > INT64_MAX - n->o.give_up_ms ? INT64_MAX
                                              : from + n->o.give_up_ms;
}

void notifier_queues_anew(struct notifier *n, int64_t now_ms)
{
    for (uint32_t i = 0; i < n->slots_used; i++) {
        struct notifier_sub *s = n->slots[i];
        if (s == NULL || s->counts.pending == 0)
            continue;
        s->counts.resumed_ms = now_ms;
        s->dirty = true;
    }
}

/* One that a clock stamped which was ahead waits from now on. */
void notifier_queue_expire(struct notifier *n, struct notifier_sub *s,
                           int64_t now_ms, uint32_t *budget)
{
    struct notifier_counts *c = &s->counts;
    struct notifier_walk w;
    struct notifier_row row;
    uint64_t number;
    bool ahead = c->oldest_ms > now_ms || c->resumed_ms > now_ms;
    if (c->pending == 0 || c->paused ||
        (!ahead && due_ms(n, s, c->oldest_ms) > now_ms))
        return;
    if (c->resumed_ms > now_ms)
        c->resumed_ms = now_ms;
    notifier_walk_open(&w, n, s->serial, notifier_queue_first(s));
    while (*budget > 0 && notifier_walk_next(&w, &number, &row)) {
        if (row.state != NOTIFIER_WAITING)
            continue;
        if (row.queued_ms > now_ms) {
            row.queued_ms = now_ms;
            put_row(n, s, number, &row);
            (*budget)--;
        } else if (due_ms(n, s, row.queued_ms) <= now_ms) {
            notifier_queue_end(n, s, number, row, NOTIFIER_DEAD_LETTER,
                               NOTIFIER_RULE_NOT_PULLED, now_ms);
            (*budget)--;
        } else if (c->pending_merged == 0) {
            break;
        }
    }
    notifier_walk_close(&w);
    s->dirty = true;
    find_oldest(n, s);
}

void notifier_queue_revive(struct notifier *n, struct notifier_sub *s,
                           uint64_t number, struct notifier_row row,
                           int64_t now_ms)
{
    struct mv_buf runs = {0};
    struct notifier_row again = row;
    mv_buf_put(&runs, row.runs.at, row.runs.len);
    notifier_queue_end(n, s, number, row, NOTIFIER_MOVED,
                       NOTIFIER_RULE_REQUEUED, now_ms);
    again.state = NOTIFIER_WAITING;
    again.rule = NOTIFIER_RULE_NONE;
    again.queued_ms = now_ms;
    again.ended_ms = 0;
    again.runs = mv_buf_span(&runs);
    (void)notifier_queue_add(n, s, &again);
    mv_buf_done(&runs);
}

uint64_t notifier_queue_recount(struct notifier *n,
                                const struct notifier_sub *s, uint64_t from,
                                struct notifier_counts *ret)
{
    struct notifier_walk w;
    struct notifier_row row;
    uint64_t number, moved = 0, rows = 0, next = 0;
    ret->delivered = ret->pending = ret->dead = ret->withdrawn = 0;
    notifier_walk_open(&w, n, s->serial, from);
    while (notifier_walk_next(&w, &number, &row)) {
        if (rows == NOTIFIER_RECOUNT_ROWS) {
            next = number;
            break;
        }
        rows++;
        ret->dead += row.state == NOTIFIER_DEAD_LETTER;
        ret->withdrawn += row.state == NOTIFIER_WITHDRAWN;
        moved += row.state == NOTIFIER_MOVED;
        if (row.state == NOTIFIER_WAITING && number < s->counts.done)
            ret->delivered++;
        else if (row.state == NOTIFIER_WAITING)
            ret->pending++;
    }
    notifier_walk_close(&w);
    ret->made = rows - moved;
    return next;
}
