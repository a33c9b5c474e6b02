/* decide - see decide.h. Job: what a change is to those who ask: kept for them
 * with its transitions, and its names and colour noted. Invariant: colours are
 * held against the last colour, so none in between is no news but to who asks
 * for that none; who is told of what is kept, and how often, is tell.c's.
 * Staged in the open transaction: a crash leaves all of a record or none. */
#include "services/notifier/decide.h"

#include <string.h>

#include "services/notifier/tell.h"

uint8_t notifier_colour_of(struct mv_span word)
{
    if (mv_span_is(word, "green"))
        return NOTIFIER_GREEN;
    if (mv_span_is(word, "yellow"))
        return NOTIFIER_YELLOW;
    return mv_span_is(word, "red") ? NOTIFIER_RED : NOTIFIER_NO_COLOUR;
}

const char *notifier_colour_word(uint8_t colour)
{
    static const char *const words[] = {"none", "green", "yellow", "red"};
    return colour <= NOTIFIER_RED ? words[colour] : words[0];
}

struct mv_span notifier_subject(const struct mv_msg_change *change)
{
    return change->target.at != NULL ? change->target : change->commission;
}

/* Before a commission stands a byte that no identifier begins with. */
struct mv_span notifier_seen_key(const struct mv_msg_change *change,
                                 struct mv_buf *out)
{
    const struct mv_span id = notifier_subject(change);
    mv_buf_clear(out);
    if (change->target.at == NULL)
        mv_buf_put_u8(out, 1);
    mv_buf_put(out, id.at, id.len);
    mv_buf_put_u8(out, 0);
    mv_buf_put_u8(out, (uint8_t)(change->year >> 8));
    mv_buf_put_u8(out, (uint8_t)change->year);
    mv_buf_put(out, change->unit.at, change->unit.len);
    return mv_buf_span(out);
}

/* --- which transitions ------------------------------------------------- */

/* Who heard that the colour was lost hears that there is one. A first colour
 * is none that was lost. */
static unsigned there_again(const struct mv_msg_change *change)
{
    return mv_span_is(change->was_status, "none") &&
                   notifier_colour_of(change->last_coloured) !=
                       NOTIFIER_NO_COLOUR
               ? NOTIFIER_LOST_OR_AGAIN
               : 0;
}

/* To a colour: held against the last one. The row is put as it is now. */
static unsigned to_colour(struct notifier *n,
                          const struct mv_msg_change *change, uint8_t now,
                          uint64_t *red_ordinal)
{
    static const unsigned bits_of[] = {0, NOTIFIER_TO_GREEN, NOTIFIER_TO_YELLOW,
                                       NOTIFIER_TO_RED};
    struct notifier_seen seen = {0};
    struct mv_span value, key = notifier_seen_key(change, &n->key);
    uint8_t was = notifier_colour_of(change->last_coloured);
    bool told = !(change->has_closed && change->closed);
    bool there = mv_store_get(n->store, n->t.seen, key, &value) &&
                 notifier_seen_get(value, &seen);
    /* what the log says before it counts, unless it is another log since */
    if (there && seen.generation < n->marks.generation)
        was = seen.coloured;
    *red_ordinal = seen.red_ordinal;
    if (now == NOTIFIER_RED && was != NOTIFIER_RED)
        seen.red_ordinal = told ? n->marks.ordinal : 0;
    else if (now != NOTIFIER_RED)
        seen.red_ordinal = 0;
    seen.coloured = now;
    seen.generation = n->marks.generation;
    mv_buf_clear(&n->value);
    notifier_seen_put(&seen, &n->value);
    mv_store_put(n->store, n->t.seen, key, mv_buf_span(&n->value));
    if (!told)
        return 0;
    unsigned bits = there_again(change);
    if (now != was)
        bits |= bits_of[now] | (was == NOTIFIER_RED ? NOTIFIER_BACK : 0);
    return bits;
}

static unsigned to_none(const struct mv_msg_change *change)
{
    unsigned bits = 0;
    if (change->has_closed && change->closed)
        return 0;
    if (notifier_colour_of(change->was_status) != NOTIFIER_NO_COLOUR)
        bits |= NOTIFIER_LOST_OR_AGAIN;
    if (mv_span_is(change->reason, "overdue"))
        bits |= NOTIFIER_OVERDUE;
    return bits;
}

/* Nothing changed: only the bit says so, and only where it is told. */
static unsigned bits_of(struct notifier *n, const struct mv_msg_change *change,
                        uint64_t *red_ordinal)
{
    uint8_t colour = notifier_colour_of(change->status);
    bool closed = change->has_closed && change->closed;
    if (change->reminder.at != NULL)
        return closed ? 0 : NOTIFIER_REMINDER;
    return colour == NOTIFIER_NO_COLOUR
               ? to_none(change)
               : to_colour(n, change, colour, red_ordinal);
}

/* --- one group --------------------------------------------------------- */

void notifier_begin(struct notifier *n, uint64_t group,
                    const uint8_t chain[MV_HASH_BYTES])
{
    n->marks.ordinal++;
    n->marks.group = group;
    n->marks.stored = 0;
    memcpy(n->marks.chain, chain, MV_HASH_BYTES);
    n->marks_dirty = true;
}

/* What a suppressed figure was is in no notice. */
static struct mv_span without_values(struct notifier *n,
                                     const struct mv_msg_change *change)
{
    const struct mv_span none = {NULL, 0};
    struct mv_msg_change c = *change;
    c.value = c.limit = c.margin = c.forecast = c.needed = none;
    c.criteria = c.basis = none;
    mv_buf_clear(&n->text);
    mv_msg_change_encode(&c, &n->text);
    return mv_buf_span(&n->text);
}

static void put_told(struct notifier *n, uint32_t index)
{
    uint8_t key[NOTIFIER_TOLD_KEY];
    mv_store_put(n->store, n->t.changes,
                 notifier_told_key(key, n->marks.ordinal, index),
                 mv_buf_span(&n->value));
}

static void store_change(struct notifier *n, const struct notifier_told *told,
                         struct mv_span cause)
{
    if (n->marks.stored == 0) {
        mv_buf_clear(&n->value);
        notifier_head_put(n->marks.group, cause, &n->value);
        put_told(n, 0);
    }
    mv_buf_clear(&n->value);
    notifier_told_put(told, &n->value);
    put_told(n, (uint32_t)++n->marks.stored);
    n->marks_dirty = true;
}

void notifier_take(struct notifier *n, struct mv_span bytes,
                   const struct mv_msg_change *change, struct mv_span cause,
                   bool at_once)
{
    uint64_t words[NOTIFIER_WORDS];
    struct notifier_told told = {.change = bytes};
    notifier_learn(n, change);
    told.bits = bits_of(n, change, &told.red_ordinal);
    if (told.bits == 0 ||
        !notifier_match_find(n->match, change->region, change->unit,
                             notifier_subject(change), words))
        return;
    if (change->has_suppressed && change->suppressed)
        told.change = without_values(n, change);
    store_change(n, &told, cause);
    if (at_once)
        notifier_tell(n, &told, words, (uint32_t)n->marks.stored);
}
