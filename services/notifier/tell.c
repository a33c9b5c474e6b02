/* tell - see tell.h. Job: changes to notices, a bounded step at a time.
 * Invariant: subscriptions are told in the order of their serials, each of the
 * whole group in one transaction together with its serial in the marks, so a
 * crash tells those after it and nobody twice. What was looked at for those
 * is in memory only: it is looked at again. */
#include "services/notifier/tell.h"

#include <string.h>

#include "services/notifier/queue.h"

#define STEP_ROWS    1000u       /* looked at in one transaction */
#define STEP_NOTICES 200u        /* made in one */
#define STEP_BYTES   (1u << 20)  /* of runs in them */
#define KEPT_BYTES   4096u       /* of a subscription's memory for the next */
#define PASS_BYTES   (16u << 20) /* of runs in memory, before that */

static bool wants(const struct notifier *n, const struct notifier_sub *s,
                  const struct notifier_told *told)
{
    unsigned bits = s->bits & told->bits;
    /* back is for those who got that red, if they ask for red at all */
    if ((bits & NOTIFIER_BACK) != 0 && (s->bits & NOTIFIER_TO_RED) != 0 &&
        (told->red_ordinal == 0 || told->red_ordinal < s->from_ordinal))
        bits &= ~(unsigned)NOTIFIER_BACK;
    return bits != 0 && s->from_ordinal <= n->marks.ordinal;
}

/* True: a run is begun, which is as many bytes in the end. */
static bool add_change(const struct notifier *n, struct notifier_sub *s,
                       uint32_t index)
{
    s->run_changes++;
    if (s->run.count > 0 && s->run.first + s->run.count == index) {
        s->run.count++;
        return false;
    }
    if (s->run.count > 0)
        notifier_run_put(&s->run, &s->runs);
    s->run = (struct notifier_run){n->marks.ordinal, index, 1};
    return true;
}

/* ---- notices ---- */

static void make_one(struct notifier *n, struct notifier_sub *s, uint64_t piece,
                     uint32_t changes, const struct mv_buf *runs)
{
    uint8_t number[8];
    struct notifier_row row = {.state = NOTIFIER_WAITING,
                               .made_ms = n->now_ms,
                               .queued_ms = n->now_ms,
                               .changes = changes,
                               .runs = mv_buf_span(runs)};
    mv_be64_put(number, piece);
    const struct mv_span parts[] = {
        mv_span_text(s->id), mv_span(n->marks.chain, sizeof n->marks.chain),
        mv_span(number, sizeof number)};
    struct mv_hash id = mv_hash_spans(parts, 3);
    memcpy(row.id, id.at, sizeof row.id);
    s->counts.made++;
    n->made++;
    (void)notifier_queue_add(n, s, &row);
}

static void forget_runs(struct notifier_sub *s)
{
    if (s->runs.cap > KEPT_BYTES)
        mv_buf_done(&s->runs);
    mv_buf_clear(&s->runs);
    s->run.count = 0;
    s->run_changes = 0;
}

void notifier_tell_forget(struct notifier *n, struct notifier_sub *s)
{
    size_t bytes = s->runs.len + (s->run.count > 0 ? NOTIFIER_RUN_BYTES : 0);
    n->pass.bytes -= bytes < n->pass.bytes ? bytes : n->pass.bytes;
    forget_runs(s);
}

/* More than one notice names. */
static void make_pieces(struct notifier *n, struct notifier_sub *s)
{
    struct mv_buf piece = {0};
    uint32_t room = NOTIFIER_NOTICE_CHANGES;
    uint64_t pieces = 0;
    struct notifier_run run;
    struct mv_span left = mv_buf_span(&s->runs);
    while (notifier_run_take(&left, &run)) {
        while (run.count > room) {
            struct notifier_run part = {run.ordinal, run.first, room};
            if (room > 0)
                notifier_run_put(&part, &piece);
            run.first += room;
            run.count -= room;
            make_one(n, s, pieces++, NOTIFIER_NOTICE_CHANGES, &piece);
            mv_buf_clear(&piece);
            room = NOTIFIER_NOTICE_CHANGES;
        }
        notifier_run_put(&run, &piece);
        room -= run.count;
    }
    make_one(n, s, pieces, NOTIFIER_NOTICE_CHANGES - room, &piece);
    mv_buf_done(&piece);
}

/* All of the group for one subscription. */
static void make_all(struct notifier *n, struct notifier_sub *s)
{
    notifier_run_put(&s->run, &s->runs);
    if (s->run_changes <= NOTIFIER_NOTICE_CHANGES)
        make_one(n, s, 0, s->run_changes, &s->runs);
    else
        make_pieces(n, s);
    forget_runs(s);
    notifier_merge(n, s, n->now_ms);
}

/* ---- a group of one record ---- */

void notifier_tell(struct notifier *n, const struct notifier_told *told,
                   const uint64_t words[NOTIFIER_WORDS], uint32_t index)
{
    for (uint32_t w = 0; w < (n->slots_used + 63) / 64; w++) {
        uint64_t left = words[w];
        while (left != 0) {
            struct notifier_sub *s =
                n->slots[w * 64 + (uint32_t)__builtin_ctzll(left)];
            left &= left - 1;
            if (!wants(n, s, told))
                continue;
            if (s->run_changes == 0)
                n->touched[n->touched_count++] = s->slot;
            (void)add_change(n, s, index);
        }
    }
}

void notifier_tell_now(struct notifier *n)
{
    for (uint32_t i = 0; i < n->touched_count; i++)
        make_all(n, n->slots[n->touched[i]]);
    n->touched_count = 0;
    n->marks.part = n->marks.parts = 0;
    n->marks_dirty = true;
}

/* ---- what is stored ---- */

static void begin_pass(struct notifier *n)
{
    n->pass = (struct notifier_pass){.index = 1, .upto = UINT64_MAX};
}

void notifier_tell_begin(struct notifier *n)
{
    n->marks.telling = true;
    n->marks.told_to = 0;
    n->marks.part = n->marks.parts = 0;
    n->marks_dirty = true;
    begin_pass(n);
}

/* Of those with changes in memory the one with the lowest or highest serial;
 * *count: how many there are. */
static struct notifier_sub *outermost(const struct notifier *n, bool highest,
                                      uint32_t *count)
{
    struct notifier_sub *found = NULL;
    *count = 0;
    for (uint32_t i = 0; i < n->slots_used; i++) {
        struct notifier_sub *s = n->slots[i];
        if (s == NULL || s->run_changes == 0)
            continue;
        ++*count;
        if (found == NULL || (s->serial > found->serial) == highest)
            found = s;
    }
    return found;
}

/* So much is not held: the last ones are for another pass. */
static void relieve(struct notifier *n)
{
    uint32_t count;
    size_t most = n->o.pass_bytes > 0 ? n->o.pass_bytes : PASS_BYTES;
    while (n->pass.bytes > most) {
        struct notifier_sub *s = outermost(n, true, &count);
        if (count <= 1)
            return;
        n->pass.upto = s->serial - 1;
        notifier_tell_forget(n, s);
    }
}

static void add_to_all(struct notifier *n, const struct notifier_told *told,
                       const uint64_t words[NOTIFIER_WORDS], uint32_t index)
{
    for (uint32_t i = 0; i < n->slots_used; i++) {
        struct notifier_sub *s = n->slots[i];
        if ((words[i / 64] >> (i % 64) & 1) == 0 ||
            s->serial <= n->marks.told_to || s->serial > n->pass.upto ||
            !wants(n, s, told))
            continue;
        if (add_change(n, s, index))
            n->pass.bytes += NOTIFIER_RUN_BYTES;
    }
}

static void look_at(struct notifier *n, struct mv_span row, uint32_t index)
{
    uint64_t words[NOTIFIER_WORDS];
    struct notifier_told told;
    struct mv_msg_change change;
    struct mv_fault fault;
    if (!notifier_told_get(row, &told) ||
        !mv_msg_change_decode(told.change, &change, &fault) ||
        !notifier_match_find(n->match, change.region, change.unit,
                             notifier_subject(&change), words))
        return;
    add_to_all(n, &told, words, index);
    relieve(n);
}

/* False: all rows of the pass were looked at. */
static bool gather(struct notifier *n)
{
    uint8_t first[NOTIFIER_TOLD_KEY];
    struct mv_span key, value;
    struct mv_scan scan;
    uint32_t rows = 0;
    if (n->pass.index > n->marks.stored)
        return false;
    mv_scan_open(&scan, n->store, n->t.changes,
                 notifier_told_key(first, n->marks.ordinal, n->pass.index));
    while (rows < STEP_ROWS && n->pass.index <= n->marks.stored &&
           mv_scan_next(&scan, &key, &value)) {
        look_at(n, value, n->pass.index++);
        rows++;
    }
    mv_scan_close(&scan);
    if (rows == 0) /* the store failed, or lost a row: it says so itself */
        n->pass.index = (uint32_t)n->marks.stored + 1;
    return true;
}

/* False: nobody is left of this pass. */
static bool make_some(struct notifier *n)
{
    uint64_t made = n->made;
    size_t bytes = 0;
    uint32_t count;
    struct notifier_sub *s;
    while ((s = outermost(n, false, &count)) != NULL) {
        if (n->made - made >= STEP_NOTICES || bytes >= STEP_BYTES)
            return true;
        bytes += s->runs.len;
        n->marks.told_to = s->serial;
        make_all(n, s);
    }
    return false;
}

bool notifier_tell_step(struct notifier *n)
{
    n->marks_dirty = true;
    if (n->pass.index == 0) /* begun before memory was made anew */
        begin_pass(n);
    if (gather(n) || make_some(n))
        return true;
    if (n->pass.upto != UINT64_MAX) {
        begin_pass(n); /* those after marks.told_to */
        return true;
    }
    n->marks.telling = false;
    return false;
}
