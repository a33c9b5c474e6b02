/* rows - see rows.h. Job: structs to bytes and back. Invariant: what is put is
 * got as it was; bytes of another version or length are refused. Memory only:
 * a crash leaves nothing. */
#include "services/notifier/rows.h"

#include <string.h>

#define VERSION NOTIFIER_ROW_VERSION
/* Marks while a group is told: a program that does not know how far it was
 * told must not go on with it. */
#define VERSION_TELLING NOTIFIER_LATER_VERSION
/* Counts of a queue that is paused, and known by whom. */
#define VERSION_PAUSED NOTIFIER_LATER_VERSION

const char *const notifier_tables[NOTIFIER_TABLE_COUNT] = {
    NOTIFIER_MARKS,   NOTIFIER_SUBSCRIPTIONS, NOTIFIER_QUEUES,
    NOTIFIER_NOTICES, NOTIFIER_CHANGES,       NOTIFIER_SEEN,
    NOTIFIER_NAMES,   NOTIFIER_DEAD,          NOTIFIER_DEAD_IDS,
    NOTIFIER_FRESH,   NOTIFIER_ASIDE};

mv_rc notifier_no_row(struct mv_span bytes, unsigned newest, struct mv_err *err)
{
    const uint8_t *version = bytes.at;
    if (bytes.len == 0 || *version <= newest)
        return mv_fail(err, MV_FATAL, "a row of the notifier's is not one");
    return mv_fail_later(err, *version, newest);
}

const char *notifier_rule_text(notifier_rule rule)
{
    static const char *const words[NOTIFIER_RULES] = {
        "", "dead", "merged", "dropped", "unsubscribed", "requeued"};
    return rule < NOTIFIER_RULES ? words[rule] : "";
}

static void put_i64(struct mv_buf *out, int64_t v)
{
    mv_buf_put_be64(out, (uint64_t)v);
}

/* Reads on, or remembers that it could not. */
struct reader {
    const uint8_t *at;
    size_t left;
    bool bad;
};

/* Of the one version or the other. */
static struct reader reader_open_any(struct mv_span bytes, uint8_t other,
                                     bool *is_other)
{
    struct reader r = {bytes.at, bytes.len, false};
    *is_other = r.left > 0 && r.at[0] == other;
    if (r.left == 0 || (r.at[0] != VERSION && !*is_other)) {
        r.bad = true;
        return r;
    }
    r.at++;
    r.left--;
    return r;
}

static struct reader reader_open(struct mv_span bytes)
{
    bool other;
    return reader_open_any(bytes, VERSION, &other);
}

static const uint8_t *take(struct reader *r, size_t len)
{
    static const uint8_t zeros[MV_KEY_NAME_BYTES]; /* the longest */
    MV_ASSERT(len <= sizeof zeros);
    if (r->bad || r->left < len) {
        r->bad = true;
        return zeros;
    }
    const uint8_t *at = r->at;
    r->at += len;
    r->left -= len;
    return at;
}

static uint64_t take_u64(struct reader *r)
{
    return mv_be64_get(take(r, 8));
}

static int64_t take_i64(struct reader *r)
{
    return (int64_t)take_u64(r);
}

static uint8_t take_u8(struct reader *r)
{
    return *take(r, 1);
}

void notifier_row_put(const struct notifier_row *row, struct mv_buf *out)
{
    mv_buf_put_u8(out, VERSION);
    mv_buf_put_u8(out, (uint8_t)row->state);
    mv_buf_put_u8(out, (uint8_t)row->rule);
    mv_buf_put_u8(out, row->level);
    mv_buf_put(out, row->id, sizeof row->id);
    put_i64(out, row->made_ms);
    put_i64(out, row->queued_ms);
    put_i64(out, row->ended_ms);
    mv_buf_put_be64(out, row->changes);
    mv_buf_put(out, row->runs.at, row->runs.len);
}

bool notifier_row_get(struct mv_span bytes, struct notifier_row *ret)
{
    struct reader r = reader_open(bytes);
    ret->state = (notifier_state)take_u8(&r);
    ret->rule = (notifier_rule)take_u8(&r);
    ret->level = take_u8(&r);
    memcpy(ret->id, take(&r, sizeof ret->id), sizeof ret->id);
    ret->made_ms = take_i64(&r);
    ret->queued_ms = take_i64(&r);
    ret->ended_ms = take_i64(&r);
    ret->changes = (uint32_t)take_u64(&r);
    ret->runs = mv_span(r.at, r.left);
    return !r.bad && ret->state <= NOTIFIER_MOVED &&
           ret->rule < NOTIFIER_RULES && r.left % NOTIFIER_RUN_BYTES == 0;
}

void notifier_run_put(const struct notifier_run *run, struct mv_buf *out)
{
    uint8_t bytes[NOTIFIER_RUN_BYTES];
    mv_be64_put(bytes, run->ordinal);
    mv_be32_put(bytes + 8, run->first);
    mv_be32_put(bytes + 12, run->count);
    mv_buf_put(out, bytes, sizeof bytes);
}

bool notifier_run_take(struct mv_span *runs, struct notifier_run *ret)
{
    const uint8_t *at = runs->at;
    if (runs->len < NOTIFIER_RUN_BYTES)
        return false;
    ret->ordinal = mv_be64_get(at);
    ret->first = mv_be32_get(at + 8);
    ret->count = mv_be32_get(at + 12);
    *runs = mv_span(at + NOTIFIER_RUN_BYTES, runs->len - NOTIFIER_RUN_BYTES);
    return true;
}

bool notifier_pause_known(const struct notifier_counts *c)
{
    return c->paused && c->paused_ms > 0;
}

void notifier_counts_put(const struct notifier_counts *c, struct mv_buf *out)
{
    const uint64_t numbers[] = {c->made, c->delivered,     c->pending,
                                c->dead, c->withdrawn,     c->head,
                                c->done, c->pending_merged};
    bool known = notifier_pause_known(c);
    mv_buf_put_u8(out, known ? VERSION_PAUSED : VERSION);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        mv_buf_put_be64(out, numbers[i]);
    put_i64(out, c->oldest_ms);
    put_i64(out, c->resumed_ms);
    mv_buf_put_u8(out, c->paused);
    if (!known)
        return;
    put_i64(out, c->paused_ms);
    mv_buf_put(out, c->paused_by, sizeof c->paused_by);
}

bool notifier_counts_get(struct mv_span bytes, struct notifier_counts *ret)
{
    bool known;
    struct reader r = reader_open_any(bytes, VERSION_PAUSED, &known);
    uint64_t *const numbers[] = {&ret->made, &ret->delivered,     &ret->pending,
                                 &ret->dead, &ret->withdrawn,     &ret->head,
                                 &ret->done, &ret->pending_merged};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        *numbers[i] = take_u64(&r);
    ret->oldest_ms = take_i64(&r);
    ret->resumed_ms = take_i64(&r);
    ret->paused = take_u8(&r) != 0;
    ret->paused_ms = known ? take_i64(&r) : 0;
    memset(ret->paused_by, 0, sizeof ret->paused_by);
    if (known)
        memcpy(ret->paused_by, take(&r, sizeof ret->paused_by),
               sizeof ret->paused_by - 1);
    return !r.bad && r.left == 0;
}

void notifier_marks_put(const struct notifier_marks *m, struct mv_buf *out)
{
    const uint64_t replay = (uint64_t)m->replaying + m->settling;
    const uint64_t numbers[] = {m->ordinal,    m->next_serial, m->generation,
                                replay,        m->from_start,  m->replay_until,
                                m->last_cause, m->part,        m->parts,
                                m->stored,     m->group,       m->aside};
    mv_buf_put_u8(out, m->telling ? VERSION_TELLING : VERSION);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        mv_buf_put_be64(out, numbers[i]);
    put_i64(out, m->known_ms);
    mv_buf_put(out, m->chain, sizeof m->chain);
    if (m->telling)
        mv_buf_put_be64(out, m->told_to);
}

bool notifier_marks_get(struct mv_span bytes, struct notifier_marks *ret)
{
    bool telling;
    struct reader r = reader_open_any(bytes, VERSION_TELLING, &telling);
    uint64_t replaying = 0, from_start = 0;
    uint64_t *const numbers[] = {
        &ret->ordinal, &ret->next_serial,  &ret->generation, &replaying,
        &from_start,   &ret->replay_until, &ret->last_cause, &ret->part,
        &ret->parts,   &ret->stored,       &ret->group,      &ret->aside};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        *numbers[i] = take_u64(&r);
    ret->replaying = replaying != 0;
    ret->settling = replaying > 1;
    ret->from_start = from_start != 0;
    ret->known_ms = take_i64(&r);
    memcpy(ret->chain, take(&r, sizeof ret->chain), sizeof ret->chain);
    ret->telling = telling;
    ret->told_to = telling ? take_u64(&r) : 0;
    return !r.bad && r.left == 0;
}

void notifier_seen_put(const struct notifier_seen *s, struct mv_buf *out)
{
    mv_buf_put_u8(out, VERSION);
    mv_buf_put_u8(out, s->coloured);
    mv_buf_put_be64(out, s->generation);
    mv_buf_put_be64(out, s->red_ordinal);
}

bool notifier_seen_get(struct mv_span bytes, struct notifier_seen *ret)
{
    struct reader r = reader_open(bytes);
    ret->coloured = take_u8(&r);
    ret->generation = take_u64(&r);
    ret->red_ordinal = take_u64(&r);
    return !r.bad && r.left == 0;
}
