/* tell - see tell.h. Job: the answers of a batch leave and are counted.
 * Invariant: each slot has exactly one answer, each connection gets its own in
 * the order in which it spoke, and none twice. A crash in the middle: who was
 * not answered sends again, and hears that it is a duplicate. */
#include "services/stream/tell.h"

#include "services/base/points.h"
#include "services/stream/batch.h"
#include "services/stream/doors.h"

/* No answer waits for the commit any more. */
static void settle(struct mv_service *s, mv_rc rc)
{
    struct mv_verdict v = {.retry = true,
                           .code = rc == MV_FULL ? "full" : "storage",
                           .after_ms = 1000};
    for (size_t i = 0; i < s->batch.count; i++) {
        const struct mv_slot *slot = &s->batch.slots[i];
        if (!slot->answered || (rc != MV_OK && !slot->whatever))
            mv_batch_say(s, i, &v);
    }
}

static void count_outcome(struct mv_service *s, const struct mv_slot *slot)
{
    static const mv_counter of[] = {
        [MV_OUTCOME_ACCEPTED] = MV_COUNT_ACCEPTED,
        [MV_OUTCOME_DUPLICATE] = MV_COUNT_DUPLICATE,
        [MV_OUTCOME_REJECTED] = MV_COUNT_REJECTED,
        [MV_OUTCOME_RETRY] = MV_COUNT_RETRIED,
    };
    if (slot->kind != MV_INPUT_MESSAGE) {
        s->counters[MV_COUNT_REQUESTS]++;
        return;
    }
    s->counters[MV_COUNT_RECEIVED]++;
    if (slot->outcome != MV_OUTCOME_RETRY || !MV_BROKEN("uncounted_retry"))
        s->counters[of[slot->outcome]]++;
}

/* The next answer may stand behind those in the frame, of which slot's is the
 * last. */
static bool joins(const struct mv_service *s, const struct mv_slot *slot,
                  const struct mv_slot *next)
{
    return mv_batch_answers(s, slot) && mv_batch_answers(s, next) &&
           s->out.len + next->answer_len <= MV_MAX_ANSWERS_BYTES;
}

/* One connection, from its first slot on. */
static void tell(struct mv_service *s, const struct mv_slot *slot)
{
    const struct mv_batch *b = &s->batch;
    const struct mv_asker to = {
        .door = slot->door,
        .route = mv_span(b->bytes.at + slot->route_at, slot->route_len),
        .public_key = slot->key == NULL ? NULL : slot->key->public_key,
    };
    size_t count = 0;
    mv_buf_clear(&s->out);
    while (slot != NULL) {
        const struct mv_slot *next =
            slot->next == 0 ? NULL : &b->slots[slot->next];
        mv_buf_put(&s->out, b->bytes.at + slot->answer_at, slot->answer_len);
        count++;
        if (next == NULL || !joins(s, slot, next)) {
            (void)mv_door_send(s, &to, mv_buf_span(&s->out), count);
            mv_buf_clear(&s->out);
            count = 0;
        }
        slot = next;
    }
}

void mv_tell_all(struct mv_service *s, mv_rc rc)
{
    struct mv_batch *b = &s->batch;
    bool silent = rc != MV_OK && MV_BROKEN("silent_full");
    MV_POINT("before_answers");
    settle(s, rc);
    for (size_t i = 0; i < b->count; i++) {
        if (!b->slots[i].follows && !silent)
            tell(s, &b->slots[i]);
        count_outcome(s, &b->slots[i]);
        mv_held_done(&b->slots[i].held);
    }
    MV_POINT("after_answers");
}
