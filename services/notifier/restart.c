/* restart - see restart.h. Job: a changes log that begins anew, as the
 * evaluator's store was lost. Its records up to the journal record that the old
 * log had come to are history: of each target, year and unit the last is kept,
 * and held against the colour known before. Invariant: what is the same is not
 * told again; what differs is told once, as one group. Staged in open
 * transactions: a crash goes on where the last commit stood.
 *
 *   as ever --restart--> collecting --the old log's last cause, a later one,
 *   or quiet for long--> settling: compared, then told, a bounded step a
 *   transaction each --> as ever */
#include "services/notifier/restart.h"

#include <string.h>

#include "proto/pack.h"
#include "services/notifier/tell.h"

#define STEP_ROWS 1000u /* compared in one transaction */

/* In marks' table. */
static const char kept_key[] = "kept";

static struct mv_span kept(void)
{
    return mv_span(kept_key, sizeof kept_key - 1);
}

void notifier_restart(struct notifier *n)
{
    /* what was open or being compared will never end: what there is of it is
     * told before the new log is read, and the record that waited for it comes
     * again in that */
    if (n->marks.parts > 0 || (n->marks.settling && !n->marks.telling))
        notifier_tell_begin(n);
    mv_store_del(n->store, n->t.marks, kept());
    n->marks.settling = false;
    if (!n->marks.replaying)
        n->marks.replay_until = n->marks.last_cause;
    n->marks.generation++;
    n->marks.replaying = true;
    n->marks.from_start = true;
    n->quiet_ms = 0;
    n->marks_dirty = true;
}

bool notifier_replays(const struct notifier *n, uint64_t cause_seq)
{
    return n->marks.replaying && cause_seq <= n->marks.replay_until;
}

/* A row of fresh: its version, the record's seq, the change. Where the version
 * stands was a colour, 0 to 3, and right behind it the change. */
#define FRESH_VERSION 4u
#define FRESH_HEAD    (1u + 8u)

/* One that never had a colour is as unknown as before. */
void notifier_collect(struct notifier *n, uint64_t seq,
                      const struct notifier_change *change)
{
    const struct mv_msg_change *says = &change->says;
    if (says->reminder.at != NULL)
        return;
    notifier_learn(n, says);
    if (notifier_colour_of(says->status) == NOTIFIER_NO_COLOUR &&
        notifier_colour_of(says->last_coloured) == NOTIFIER_NO_COLOUR)
        return;
    mv_buf_clear(&n->value);
    mv_buf_put_u8(&n->value, FRESH_VERSION);
    mv_buf_put_be64(&n->value, seq);
    mv_buf_put(&n->value, change->bytes.at, change->bytes.len);
    mv_store_put(n->store, n->t.fresh, notifier_seen_key(says, &n->key),
                 mv_buf_span(&n->value));
}

static void pack_cause(uint64_t seq, struct mv_buf *out)
{
    struct mv_msg_cause cause = {.kind = mv_span_text("restore"), .seq = seq};
    mv_msg_cause_encode(&cause, out);
}

/* The colour known before the log began anew. */
static uint8_t known_colour(struct notifier *n,
                            const struct mv_msg_change *change)
{
    struct notifier_seen seen = {0};
    struct mv_span value;
    if (mv_store_get(n->store, n->t.seen, notifier_seen_key(change, &n->key),
                     &value))
        (void)notifier_seen_get(value, &seen);
    return seen.coloured;
}

/* One that is the same is taken too: its row is of this log from then on. A
 * none is no news, and leaves what is known for the next colour. */
static void compare(struct notifier *n, struct mv_span row,
                    struct mv_span cause)
{
    const uint8_t *head = row.at;
    struct notifier_change change;
    struct mv_fault fault = {0};
    struct mv_buf anew = {0};
    if (row.len < FRESH_HEAD || head[0] > FRESH_VERSION) {
        mv_store_fail(n->store, MV_FATAL, "a row of the notifier's is not one");
        return;
    }
    bool coloured = head[0] < FRESH_VERSION;
    size_t skip = coloured ? 1 : FRESH_HEAD;
    uint64_t seq = coloured ? 0 : mv_be64_get(head + 1);
    struct mv_cursor at = mv_cursor(mv_span(head + skip, row.len - skip));
    struct mv_msg_change *says = &change.says;
    if (!notifier_change_read(n, &at, &change, &fault)) {
        /* somebody asks for it by now */
        (void)notifier_set_aside(n, seq, &fault, NULL);
        return;
    }
    if (notifier_colour_of(says->status) == NOTIFIER_NO_COLOUR)
        return;
    uint8_t known = known_colour(n, says);
    says->last_coloured = (struct mv_span){NULL, 0};
    if (known != NOTIFIER_NO_COLOUR)
        says->last_coloured = says->was_status =
            mv_span_text(notifier_colour_word(known));
    mv_msg_change_encode(says, &anew);
    notifier_take(n, mv_buf_span(&anew), says, cause, false);
    mv_buf_done(&anew);
}

static void chain_of(const struct notifier *n, uint8_t chain[MV_HASH_BYTES])
{
    uint8_t number[8];
    mv_be64_put(number, n->marks.generation);
    const struct mv_span parts[] = {
        mv_span_text("restart"), mv_span(number, sizeof number),
        mv_span(n->marks.chain, sizeof n->marks.chain)};
    struct mv_hash h = mv_hash_spans(parts, 3);
    memcpy(chain, h.at, MV_HASH_BYTES);
}

void notifier_caught_up(struct notifier *n)
{
    uint8_t chain[MV_HASH_BYTES];
    chain_of(n, chain);
    notifier_begin(n, n->marks.group, chain);
    n->marks.settling = true;
}

/* seq, chain, content: what telling it needs. */
#define KEPT_HEAD (8u + MV_HASH_BYTES)

void notifier_keep(struct notifier *n, const struct mv_record *record)
{
    mv_buf_clear(&n->value);
    mv_buf_put_be64(&n->value, record->seq);
    mv_buf_put(&n->value, record->chain, MV_HASH_BYTES);
    mv_buf_put(&n->value, record->content.at, record->content.len);
    mv_store_put(n->store, n->t.marks, kept(), mv_buf_span(&n->value));
}

/* MV_CONFIG: a later program kept it, and what is done here is not committed.
 */
static mv_rc take_kept(struct notifier *n, struct mv_err *err)
{
    struct mv_buf bytes = {0};
    struct mv_span value;
    if (!mv_store_get(n->store, n->t.marks, kept(), &value) ||
        value.len < KEPT_HEAD)
        return MV_OK;
    mv_buf_put(&bytes, value.at, value.len);
    mv_store_del(n->store, n->t.marks, kept());
    struct mv_record record = {
        .seq = mv_be64_get(bytes.at),
        .content = mv_span(bytes.at + KEPT_HEAD, bytes.len - KEPT_HEAD)};
    memcpy(record.chain, bytes.at + 8, MV_HASH_BYTES);
    mv_rc rc = notifier_go_on(n, &record, err);
    mv_buf_done(&bytes);
    return rc == MV_POISON ? MV_OK : rc;
}

static mv_rc all_told(struct notifier *n, struct mv_err *err)
{
    if (n->marks.settling)
        n->marks.replaying = n->marks.settling = false;
    return take_kept(n, err);
}

static void settle(struct notifier *n)
{
    struct mv_buf cause = {0}, bytes = {0};
    struct mv_scan scan;
    struct mv_span key, value;
    uint32_t rows = 0;
    pack_cause(n->marks.replay_until, &cause);
    mv_scan_open(&scan, n->store, n->t.fresh, mv_span("", 0));
    while (rows < STEP_ROWS && mv_scan_next(&scan, &key, &value)) {
        mv_buf_clear(&bytes);
        mv_buf_put(&bytes, value.at, value.len);
        mv_store_del(n->store, n->t.fresh, key);
        compare(n, mv_buf_span(&bytes), mv_buf_span(&cause));
        rows++;
    }
    mv_scan_close(&scan);
    if (rows < STEP_ROWS)
        notifier_tell_begin(n);
    mv_buf_done(&cause);
    mv_buf_done(&bytes);
}

mv_rc notifier_step(struct notifier *n, struct mv_err *err)
{
    if (!n->marks.telling)
        settle(n);
    else if (!notifier_tell_step(n))
        return all_told(n, err);
    return MV_OK;
}
