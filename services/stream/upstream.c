/* upstream - see upstream.h. Job: records in, in order. Invariant: the
 * position in the store is that of the last record whose effects are in the
 * store. A crash in the middle: the record comes again, and nothing of it is
 * there yet; one that ends the process three times is not tried again. */
#include "services/stream/upstream.h"

#include <stdio.h>
#include <string.h>

#include "services/base/points.h"
#include "services/stream/batch.h"
#include "services/stream/doors.h"
#include "services/stream/positions.h"

#define LOOK_MS 10

static const char *text_at(const void *settings, size_t offset)
{
    const char *text;
    memcpy(&text, (const char *)settings + offset, sizeof text);
    return text != NULL ? text : "";
}

static mv_rc open_one(struct mv_service *s, unsigned i, const void *settings,
                      struct mv_err *err)
{
    const struct mv_upstream_def *def = &s->def->upstreams[i];
    struct mv_upstream *u = &s->upstreams[i];
    const char *endpoint = text_at(settings, def->endpoint_offset);
    const char *key = text_at(settings, def->server_key_offset);
    uint8_t server_key[MV_KEY_BYTES];
    if (endpoint[0] == 0)
        return MV_OK;
    if (!mv_key_parse(mv_span_text(key), server_key)) {
        return mv_fail(err, MV_CONFIG,
                       "the public key of the upstream of '%s' is not a key",
                       def->log);
    }
    struct mv_puller_options o = {.net = s->net,
                                  .log = def->log,
                                  .endpoint = endpoint,
                                  .server_key = server_key,
                                  .keys = &s->keys};
    return mv_puller_open(&u->puller, &o, u->seq, u->hash, err);
}

/* A record that ended us too often is left alone. */
static void look_at_trial(struct mv_service *s, unsigned i)
{
    uint64_t seq;
    char why[128];
    unsigned deaths = mv_trial_deaths(s->trial, i, &seq);
    if (deaths == 0)
        return;
    MV_LOG(RECORD_SUSPECT, mv_kv_int("seq", (int64_t)seq),
           mv_kv_int("deaths", deaths));
    if (deaths < MV_TRIAL_DEATHS || s->upstreams[i].puller == NULL)
        return;
    (void)snprintf(why, sizeof why,
                   "record %llu ended the service %u times: let it pass or "
                   "try it again",
                   (unsigned long long)seq, deaths);
    mv_service_upstream_stop(s, i, why);
}

mv_rc mv_upstreams_open(struct mv_service *s, const void *settings,
                        struct mv_err *err)
{
    mv_rc rc = MV_OK;
    for (unsigned i = 0; i < s->def->upstream_count; i++) {
        struct mv_upstream *u = &s->upstreams[i];
        if (!u->set)
            mv_position_load(s, s->def->upstreams[i].log, &u->seq, u->hash);
        u->staged_seq = u->seq;
        memcpy(u->staged_hash, u->hash, sizeof u->hash);
        MV_TRY(open_one(s, i, settings, err));
        look_at_trial(s, i);
    }
out:
    return rc;
}

void mv_upstreams_close(struct mv_service *s)
{
    for (unsigned i = 0; i < MV_UPSTREAMS_MAX; i++)
        mv_puller_close(s->upstreams[i].puller);
}

/* Says a change of state, once. */
static void tell(struct mv_service *s, unsigned i)
{
    struct mv_upstream *u = &s->upstreams[i];
    mv_puller_state now = mv_puller_state_of(u->puller);
    char name[MV_ALARM_BYTES];
    if (now == u->told)
        return;
    struct mv_kv log = mv_kv_text("log", s->def->upstreams[i].log);
    struct mv_kv why = mv_kv_text("why", mv_puller_why(u->puller));
    if (now == MV_PULLER_DIVERGED)
        MV_LOG(DIVERGED, log, why);
    else if (now == MV_PULLER_ASKING)
        MV_LOG(UPSTREAM_FOUND, log);
    else
        MV_LOG(UPSTREAM_LOST, log, why);
    u->told = now;
    (void)snprintf(name, sizeof name, "upstream.%s", s->def->upstreams[i].log);
    mv_service_alarm(s, name, now != MV_PULLER_ASKING,
                     u->why[0] != 0 ? u->why : mv_puller_why(u->puller));
}

/* A position set while it ran: a puller that begins there. */
static void begin_anew(struct mv_service *s, unsigned i)
{
    struct mv_upstream *u = &s->upstreams[i];
    u->anew = false;
    mv_puller_close(u->puller);
    u->puller = NULL;
    if (open_one(s, i, s->settings, &s->err) != MV_OK) {
        MV_LOG(FAILED, mv_kv_text("error", s->err.text));
        mv_service_end(s, MV_FATAL);
    }
}

/* Stop and go are done here, between batches: apply may ask for them while
 * the puller's page is still in use. */
static void follow_orders(struct mv_upstream *u)
{
    bool is = mv_puller_state_of(u->puller) == MV_PULLER_STOPPED;
    if (is != u->stopped)
        mv_puller_stop(u->puller, u->stopped);
}

static bool open_to(const struct mv_upstream *u)
{
    return !u->stopped && !u->anew && !u->held;
}

/* It answers, and what it says it has is applied. */
static bool is_quiet(const struct mv_upstream *u)
{
    return u->puller != NULL && open_to(u) && mv_puller_answered(u->puller) &&
           mv_puller_state_of(u->puller) == MV_PULLER_ASKING &&
           u->staged_seq >= mv_puller_head(u->puller);
}

int64_t mv_service_upstream_quiet_ms(const struct mv_service *s, unsigned which)
{
    const struct mv_upstream *u = &s->upstreams[which];
    return is_quiet(u) ? s->now.mono_ms - u->stirred_ms : 0;
}

void mv_upstreams_wake(struct mv_service *s)
{
    for (unsigned i = 0; i < s->def->upstream_count; i++) {
        if (!is_quiet(&s->upstreams[i]))
            s->upstreams[i].stirred_ms = s->now.mono_ms;
    }
}

int64_t mv_upstreams_step(struct mv_service *s)
{
    int64_t next = INT64_MAX;
    for (unsigned i = 0; i < s->def->upstream_count; i++) {
        struct mv_upstream *u = &s->upstreams[i];
        if (u->puller != NULL && u->anew)
            begin_anew(s, i);
        if (u->puller == NULL)
            continue;
        follow_orders(u);
        int64_t at = mv_puller_step(u->puller, s->now.mono_ms);
        if (at < next)
            next = at;
        tell(s, i);
    }
    return next;
}

static uint64_t records_ahead(const struct mv_upstream *u, uint64_t seq)
{
    uint64_t head = mv_puller_head(u->puller);
    return head > seq ? head - seq : 0;
}

static void apply_record(struct mv_service *s, unsigned i,
                         const struct mv_record *r)
{
    struct mv_upstream *u = &s->upstreams[i];
    struct mv_input in = {.kind = MV_INPUT_RECORD,
                          .which = i,
                          .record = r,
                          .body = r->content,
                          .log = s->def->upstreams[i].log,
                          .slot = SIZE_MAX};
    mv_batch_open(s);
    mv_trial_begin(s->trial, i, r->seq, r->chain);
    mv_rc rc = mv_apply(s, &in);
    mv_trial_end(s->trial, i);
    s->batch.staged[MV_COUNT_RECORDS]++;
    s->batch
        .staged[rc == MV_POISON ? MV_COUNT_QUARANTINED : MV_COUNT_APPLIED]++;
    s->batch.items++;
    s->batch.rows++;
    s->batch.weight += r->bytes.len;
    s->batch.ahead = records_ahead(u, r->seq);
    u->staged_seq = r->seq;
    memcpy(u->staged_hash, r->chain, MV_HASH_BYTES);
    u->stirred_ms = s->now.mono_ms;
    u->moved = true;
}

static bool may_apply(const struct mv_service *s, unsigned i)
{
    return !s->ending && open_to(&s->upstreams[i]) && mv_batch_room(s);
}

/* Who asks while a batch of small records fills need not wait until it is
 * full (of large ones it is full before 16): acts go into it, questions let it
 * end. A pull gets what it is behind at once, so that its reader works
 * meanwhile; only at the head it waits for what the batch will bring. */
static void look_at_doors(struct mv_service *s)
{
    struct mv_batch *b = &s->batch;
    if (!mv_batch_looks(b))
        return;
    int64_t now_ms = mv_clock_mono_ms();
    if (now_ms - b->looked_ms < LOOK_MS)
        return;
    b->looked_ms = now_ms;
    mv_doors_take(s);
    mv_pulls_serve_amid(s->pulls);
}

static void apply_page(struct mv_service *s, unsigned i)
{
    struct mv_record r;
    while (may_apply(s, i) &&
           mv_puller_next(s->upstreams[i].puller, &r) == MV_OK) {
        apply_record(s, i, &r);
        look_at_doors(s);
    }
}

bool mv_upstreams_take(struct mv_service *s)
{
    bool more = false;
    if (s->full || s->stopping)
        return false;
    for (unsigned i = 0; i < s->def->upstream_count; i++) {
        struct mv_puller *p = s->upstreams[i].puller;
        if (p == NULL)
            continue;
        /* with a page in hand its server is not silent */
        if (s->upstreams[i].held)
            (void)mv_puller_receive(p, s->now.mono_ms);
        while (may_apply(s, i) && mv_puller_receive(p, s->now.mono_ms))
            apply_page(s, i);
        more = more || (mv_puller_has(p) && !s->upstreams[i].stopped &&
                        !s->upstreams[i].held);
    }
    return more;
}

void mv_upstreams_stage(struct mv_service *s)
{
    for (unsigned i = 0; i < s->def->upstream_count; i++) {
        const struct mv_upstream *u = &s->upstreams[i];
        bool apart = MV_BROKEN("position_apart") && !u->set;
        if (apart)
            mv_position_put(s, s->def->upstreams[i].log, u->seq, u->hash);
        else if (u->moved || u->set)
            mv_position_put(s, s->def->upstreams[i].log, u->staged_seq,
                            u->staged_hash);
    }
}

/* An operator's word counts with its record only. */
static void go_on(struct mv_service *s, unsigned i)
{
    struct mv_upstream *u = &s->upstreams[i];
    u->stopped = false;
    u->why[0] = 0;
    mv_trial_forget(s->trial, i);
}

/* Past the record that had ended us: it did not again. */
static void clear_trial(struct mv_service *s, unsigned i)
{
    uint64_t last;
    if (mv_trial_deaths(s->trial, i, &last) > 0 && s->upstreams[i].seq >= last)
        mv_trial_forget(s->trial, i);
}

void mv_upstreams_settle(struct mv_service *s, bool committed)
{
    for (unsigned i = 0; i < s->def->upstream_count; i++) {
        struct mv_upstream *u = &s->upstreams[i];
        if (u->moved && committed) {
            u->seq = u->staged_seq;
            memcpy(u->hash, u->staged_hash, sizeof u->hash);
            mv_puller_done(u->puller, u->seq, u->hash);
            u->set = false;
            clear_trial(s, i);
        } else if (u->moved) {
            u->staged_seq = u->seq;
            memcpy(u->staged_hash, u->hash, sizeof u->hash);
            mv_puller_again(u->puller);
        }
        u->moved = false;
        if (u->going && committed)
            go_on(s, i);
        u->going = false;
    }
}

const char *mv_upstream_word(const struct mv_service *s, unsigned i)
{
    static const char *const words[] = {
        [MV_PULLER_ASKING] = "asking",         [MV_PULLER_SILENT] = "silent",
        [MV_PULLER_DIVERGED] = "diverged",     [MV_PULLER_REFUSED] = "refused",
        [MV_PULLER_SUPERSEDED] = "superseded", [MV_PULLER_DAMAGED] = "damaged",
        [MV_PULLER_STOPPED] = "stopped",
    };
    const struct mv_upstream *u = &s->upstreams[i];
    return u->puller == NULL ? "off" : words[mv_puller_state_of(u->puller)];
}

void mv_service_upstream_stop(struct mv_service *s, unsigned which,
                              const char *why)
{
    struct mv_upstream *u = &s->upstreams[which];
    u->stopped = true;
    (void)snprintf(u->why, sizeof u->why, "%s", why);
}

void mv_service_upstream_go(struct mv_service *s, unsigned which)
{
    s->upstreams[which].going = true;
}

void mv_service_upstream_hold(struct mv_service *s, unsigned which, bool held)
{
    s->upstreams[which].held = held;
}

bool mv_service_upstream_suspect(const struct mv_service *s, unsigned which,
                                 uint64_t *seq, uint8_t chain[32])
{
    if (!s->upstreams[which].stopped ||
        mv_trial_deaths(s->trial, which, seq) < MV_TRIAL_DEATHS)
        return false;
    mv_trial_chain(s->trial, which, chain);
    return true;
}

void mv_service_upstream_set(struct mv_service *s, unsigned which, uint64_t seq,
                             const uint8_t hash[32])
{
    struct mv_upstream *u = &s->upstreams[which];
    u->seq = u->staged_seq = seq;
    memcpy(u->hash, hash, sizeof u->hash);
    memcpy(u->staged_hash, hash, sizeof u->staged_hash);
    u->set = true;
    u->moved = false;
    u->anew = u->puller != NULL;
}
