/* batch - see batch.h. Job: one commit for all that was gathered. Invariant:
 * no answer that depends on the commit leaves before it returned MV_OK; if it
 * did not, each of them is `retry`. A crash in the middle: everything before
 * the commit or everything after it, and unanswered senders send again. */
#include "services/stream/batch.h"

#include <stdlib.h>
#include <string.h>

#include "services/base/points.h"
#include "services/stream/positions.h"
#include "services/stream/tell.h"
#include "services/stream/upstream.h"

/* A batch takes no more after this long; of an upstream that is far ahead,
 * when nobody waits for the single record: fewer, fuller commits. The most is
 * well below what a slow turn of the loop is. */
#define GATHER_MS       20
#define FAR_AHEAD       64 /* records */
#define FOLLOW_MS       150
#define FOLLOW_ASKED_MS 300
#define FOLLOW_MAX_MS   700
/* Of a batch, to one key, while others speak too. */
#define SHARE_BYTES ((size_t)MV_MAX_BATCH_BYTES / 32)
#define SEVERAL_MS  1000

void mv_batch_start(struct mv_service *s)
{
    struct mv_batch *b = &s->batch;
    b->count = 0;
    b->rows = 0;
    b->weight = 0;
    b->items = 0;
    b->ahead = 0;
    b->number++;
    b->speaker = SIZE_MAX;
    b->began_ms = b->looked_ms = s->now.mono_ms;
    if (MV_BROKEN("leak"))
        memset(mv_xcalloc(1, 4096), 1, 4096);
    mv_buf_clear(&b->bytes);
    memset(b->staged, 0, sizeof b->staged);
}

int64_t mv_batch_lasts_ms(bool asked, uint64_t ahead, size_t taken,
                          int64_t took_ms)
{
    if (ahead <= FAR_AHEAD)
        return GATHER_MS;
    int64_t most_ms = asked ? FOLLOW_ASKED_MS : FOLLOW_MAX_MS;
    if (took_ms < FOLLOW_MS || taken == 0)
        return FOLLOW_MS;
    if (took_ms >= most_ms || ahead / taken >= (uint64_t)most_ms)
        return most_ms;
    int64_t left_ms = (int64_t)(ahead * (uint64_t)took_ms / taken);
    return left_ms < most_ms ? left_ms : most_ms;
}

bool mv_batch_looks(const struct mv_batch *b)
{
    return b->items % 16 == 0;
}

bool mv_batch_room(const struct mv_service *s)
{
    const struct mv_batch *b = &s->batch;
    if (b->rows >= MV_MAX_BATCH_ROWS || b->weight >= MV_MAX_BATCH_BYTES ||
        b->items >= (size_t)s->settings->batch_items)
        return false;
    if (!mv_batch_looks(b))
        return true;
    int64_t took_ms = mv_clock_mono_ms() - b->began_ms;
    bool asked = b->count > 0 || s->query_count > 0;
    return took_ms < mv_batch_lasts_ms(asked, b->ahead, b->items, took_ms);
}

void mv_batch_open(struct mv_service *s)
{
    if (s->batch.open)
        return;
    mv_store_begin(s->store);
    s->batch.open = true;
}

static struct mv_share *share_of(struct mv_service *s, const struct mv_key *key)
{
    struct mv_batch *b = &s->batch;
    size_t i = (size_t)(key - mv_keys_at(mv_guard_keys(s->guard), 0));
    if (i >= b->share_room) {
        size_t room = i + 64;
        b->shares = mv_xrealloc(b->shares, room * sizeof *b->shares);
        memset(b->shares + b->share_room, 0,
               (room - b->share_room) * sizeof *b->shares);
        b->share_room = room;
    }
    struct mv_share *share = &b->shares[i];
    if (share->batch != b->number)
        *share = (struct mv_share){.batch = b->number};
    return share;
}

/* NULL: not one that is told from others. */
static struct mv_window *window_of(struct mv_service *s, int fd)
{
    struct mv_batch *b = &s->batch;
    if (fd < 0 || fd >= MV_PEERS_WATCHED)
        return NULL;
    if ((size_t)fd >= b->window_room) {
        size_t room = (size_t)fd + 64;
        b->windows = mv_xrealloc(b->windows, room * sizeof *b->windows);
        memset(b->windows + b->window_room, 0,
               (room - b->window_room) * sizeof *b->windows);
        b->window_room = room;
    }
    struct mv_window *w = &b->windows[fd];
    if (w->batch != b->number)
        *w = (struct mv_window){.batch = b->number, .last = SIZE_MAX};
    return w;
}

static bool same_route(const struct mv_batch *b, const struct mv_slot *a,
                       const struct mv_slot *c)
{
    return a->door == c->door &&
           mv_span_equal(mv_span(b->bytes.at + a->route_at, a->route_len),
                         mv_span(b->bytes.at + c->route_at, c->route_len));
}

/* Behind the last of its connection; its descriptor may have been another's,
 * earlier in this batch. */
static void chain(struct mv_service *s, int fd, size_t at)
{
    struct mv_slot *slots = s->batch.slots;
    struct mv_window *w = window_of(s, fd);
    if (w == NULL)
        return;
    if (w->last != SIZE_MAX &&
        same_route(&s->batch, &slots[w->last], &slots[at])) {
        slots[w->last].next = at;
        slots[at].follows = true;
    }
    w->last = at;
}

size_t mv_batch_slot(struct mv_service *s, struct mv_wire *w,
                     const struct mv_key *key, mv_input_kind kind,
                     unsigned door)
{
    struct mv_batch *b = &s->batch;
    if (b->count == b->room) {
        b->room = b->room == 0 ? 64 : b->room * 2;
        b->slots = mv_xrealloc(b->slots, b->room * sizeof *b->slots);
    }
    struct mv_slot *slot = &b->slots[b->count];
    *slot = (struct mv_slot){.key = key,
                             .kind = kind,
                             .door = door,
                             .route_at = b->bytes.len,
                             .route_len = w->route_len};
    b->weight += w->body.len;
    if (key != NULL)
        share_of(s, key)->bytes += w->body.len;
    b->rows++;
    b->items++;
    mv_held_take(&slot->held, &w->held);
    mv_buf_put(&b->bytes, w->route, w->route_len);
    chain(s, w->fd, b->count);
    return b->count++;
}

bool mv_batch_window(struct mv_service *s, int fd)
{
    struct mv_window *w = window_of(s, fd);
    return w == NULL || ++w->count <= MV_MAX_IN_FLIGHT;
}

bool mv_batch_share(struct mv_service *s, const struct mv_key *key)
{
    struct mv_batch *b = &s->batch;
    struct mv_share *share = share_of(s, key);
    size_t i = (size_t)(share - b->shares);
    if (b->speaker != i && b->speaker != SIZE_MAX)
        b->several_ms = s->now.mono_ms;
    b->speaker = i;
    bool alone =
        b->several_ms == 0 || s->now.mono_ms - b->several_ms > SEVERAL_MS;
    return alone || share->bytes < SHARE_BYTES;
}

struct mv_input mv_batch_input(struct mv_service *s, size_t at)
{
    struct mv_slot *slot = &s->batch.slots[at];
    return (struct mv_input){.kind = slot->kind,
                             .door = slot->door,
                             .key = slot->key,
                             .body = mv_held_body(&slot->held),
                             .id = slot->id,
                             .slot = at};
}

void mv_batch_answer(struct mv_service *s, size_t at, mv_outcome outcome,
                     struct mv_span bytes, bool whatever)
{
    struct mv_batch *b = &s->batch;
    MV_ASSERT(at < b->count);
    struct mv_slot *slot = &b->slots[at];
    slot->outcome = outcome;
    slot->answered = true;
    slot->whatever = whatever;
    slot->answer_at = b->bytes.len;
    slot->answer_len = bytes.len;
    b->weight += bytes.len;
    if (slot->key != NULL)
        share_of(s, slot->key)->bytes += bytes.len;
    mv_buf_put(&b->bytes, bytes.at, bytes.len);
}

void mv_batch_refusal(const struct mv_msg_reply *m, struct mv_buf *out)
{
    struct mv_msg_reply said = *m;
    struct mv_buf text = {0};
    if (m->text.len == 0) {
        mv_code_alone(mv_code_find(m->code), MV_LANG_EN, &text);
        said.text = mv_buf_span(&text);
    }
    mv_msg_reply_encode(&said, out);
    mv_buf_done(&text);
}

static void plain_reply(const struct mv_slot *slot, const struct mv_verdict *v,
                        struct mv_buf *out)
{
    struct mv_msg_reply m = {.id = slot->id,
                             .result =
                                 mv_span_text(v->retry ? "retry" : "rejected"),
                             .code = mv_span_text(v->code)};
    if (v->text != NULL)
        m.text = mv_span_text(v->text);
    m.after_ms = (uint64_t)v->after_ms;
    m.has_after_ms = v->after_ms > 0;
    mv_batch_refusal(&m, out);
}

bool mv_batch_answers(const struct mv_service *s, const struct mv_slot *slot)
{
    return s->def->say != NULL && slot->kind == MV_INPUT_MESSAGE;
}

void mv_batch_say(struct mv_service *s, size_t at, const struct mv_verdict *v)
{
    struct mv_slot *slot = &s->batch.slots[at];
    struct mv_input in = mv_batch_input(s, at);
    mv_buf_clear(&s->out);
    if (mv_batch_answers(s, slot))
        s->def->say(s->self, &in, v, &s->out);
    else
        plain_reply(slot, v, &s->out);
    mv_batch_answer(s, at, v->retry ? MV_OUTCOME_RETRY : MV_OUTCOME_REJECTED,
                    mv_buf_span(&s->out), true);
}

static void commit_failed(struct mv_service *s, mv_rc rc)
{
    if (rc == MV_FULL) {
        s->counters[MV_COUNT_COMMITS_FULL]++;
        s->full = true;
        if (!s->room_lost)
            MV_LOG(STORE_FULL, mv_kv_text("error", s->err.text));
        s->room_lost = true;
        return;
    }
    MV_LOG(COMMIT_FAILED, mv_kv_text("error", s->err.text));
    mv_service_end(s, MV_FATAL);
}

static void room_again(struct mv_service *s)
{
    s->room_lost = false;
    mv_event_write(MV_EV_STORE_ROOM, NULL, 0);
}

static mv_rc commit(struct mv_service *s)
{
    if (!s->batch.open)
        return MV_OK;
    mv_upstreams_stage(s);
    mv_consumers_stage(s);
    MV_POINT("before_commit");
    uint64_t before = mv_store_commits(s->store);
    mv_rc rc = mv_store_commit(s->store, &s->err);
    MV_POINT("after_commit");
    s->batch.open = false;
    s->counters[MV_COUNT_COMMITS] += mv_store_commits(s->store) - before;
    if (rc != MV_OK)
        commit_failed(s, rc);
    else if (s->room_lost)
        room_again(s);
    mv_upstreams_settle(s, rc == MV_OK);
    mv_consumers_settle(s, rc == MV_OK);
    mv_guard_settle(s->guard, rc == MV_OK);
    if (s->def->settled != NULL)
        s->def->settled(s->self, rc);
    s->committed = true;
    return rc;
}

mv_rc mv_batch_end(struct mv_service *s)
{
    bool early = MV_BROKEN("early_answers");
    if (early)
        mv_tell_all(s, MV_OK);
    mv_rc rc = commit(s);
    if (!early)
        mv_tell_all(s, rc);
    if (rc == MV_OK) {
        for (size_t i = 0; i < MV_COUNTERS_MAX; i++)
            s->counters[i] += s->batch.staged[i];
    }
    return rc;
}

void mv_batch_done(struct mv_service *s)
{
    free(s->batch.slots);
    free(s->batch.windows);
    free(s->batch.shares);
    mv_buf_done(&s->batch.bytes);
}
