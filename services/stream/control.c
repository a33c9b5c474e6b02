/* control - see control.h. Job: requests. Invariant: an act and its record
 * are in one transaction; a query is answered from a snapshot that is sound.
 * A crash: an act that was not answered may have happened; its record says. */
#include "services/stream/control.h"

#include <stdlib.h>
#include <string.h>

#include "proto/limits.h"
#include "proto/pack.h"
#include "proto/walk.h"
#include "services/stream/args.h"
#include "services/stream/batch.h"
#include "services/stream/doors.h"
#include "services/stream/verbs.h"

#define SERVE_MAX 64
#define SERVE_MS  10

static const struct mv_verb_def *find(const struct mv_service *s,
                                      struct mv_span verb, bool *own)
{
    *own = true;
    for (size_t i = 0; i < s->def->verb_count; i++) {
        if (mv_span_is(verb, s->def->verbs[i].name))
            return &s->def->verbs[i];
    }
    *own = false;
    return mv_verb_builtin(verb);
}

/* An answer of the loop to a request, at once: nothing hangs on it. */
static void refuse(struct mv_service *s, const struct mv_asker *to, uint64_t id,
                   const char *result, const char *code, const char *text)
{
    struct mv_msg_reply m = {.id = id,
                             .result = mv_span_text(result),
                             .code = mv_span_text(code),
                             .text = mv_span_text(text)};
    mv_buf_clear(&s->out);
    mv_batch_refusal(&m, &s->out);
    mv_tally(s, MV_COUNT_REQUESTS, 1);
    (void)mv_door_send(s, to, mv_buf_span(&s->out), 1);
}

/* A decoded verb is a name: nothing in it is to be escaped. */
static void refuse_verb(struct mv_service *s, const struct mv_asker *to,
                        const struct mv_msg_request *m)
{
    struct mv_buf text = {0};
    const struct mv_code_args args = {.value = m->verb};
    mv_code_text(MV_CODE_UNKNOWN_VERB, MV_LANG_EN, &args, &text);
    refuse(s, to, m->id, "rejected", "unknown_verb", mv_buf_cstr(&text));
    mv_buf_done(&text);
}

static void refuse_role(struct mv_service *s, const struct mv_asker *to,
                        const struct mv_key *key,
                        const struct mv_msg_request *m, unsigned roles)
{
    struct mv_buf text = {0};
    mv_role_refusal(key, m->verb, roles, &text);
    mv_tally(s, MV_COUNT_FORBIDDEN, 1);
    MV_LOG(ROLE_REFUSED, mv_kv_text("key", key->name),
           mv_kv_span("verb", m->verb));
    refuse(s, to, m->id, "rejected", "forbidden", mv_buf_cstr(&text));
    mv_buf_done(&text);
}

static void record_act(struct mv_service *s, const struct mv_input *in)
{
    struct mv_buf content = {0};
    struct mv_stamp stamp = {.received_ms = s->now.wall_ms,
                             .key_name = in->key->name};
    struct mv_msg_act m = {
        .verb = in->verb, .args = in->args, .by = mv_span_text(in->key->name)};
    mv_msg_act_encode(&m, &content);
    (void)mv_log_append(mv_service_log(s, "control"), &stamp,
                        mv_buf_span(&content));
    mv_buf_done(&content);
    s->batch.staged[MV_COUNT_ACTS]++;
    MV_LOG(OPERATOR_ACT, mv_kv_span("verb", in->verb),
           mv_kv_text("key", in->key->name));
}

static void act(struct mv_service *s, struct mv_wire *w,
                const struct mv_key *key, unsigned door, bool own)
{
    size_t slot = mv_batch_slot(s, w, key, MV_INPUT_ACT, door);
    struct mv_input in = mv_batch_input(s, slot);
    struct mv_msg_request m;
    struct mv_fault fault;
    /* the bytes may have moved into the slot: read again */
    bool good = mv_msg_request_decode(in.body, &m, &fault);
    MV_ASSERT(good);
    in.id = s->batch.slots[slot].id = m.id;
    in.verb = m.verb;
    in.args = m.args;
    mv_batch_open(s);
    mv_rc rc = own ? mv_apply(s, &in) : mv_verb_act(s, &in);
    if (rc == MV_OK)
        record_act(s, &in);
}

/* Keeps a query for after the commit. */
static bool keep(struct mv_service *s, struct mv_wire *w,
                 const struct mv_key *key, unsigned door)
{
    if (s->query_count == MV_QUERIES_MAX)
        return false;
    if (s->queries == NULL)
        s->queries = mv_xcalloc(MV_QUERIES_MAX, sizeof *s->queries);
    size_t at = (s->query_at + s->query_count++) % MV_QUERIES_MAX;
    struct mv_query *q = &s->queries[at];
    mv_held_take(&q->held, &w->held);
    memcpy(q->public_key, key->public_key, sizeof q->public_key);
    memcpy(q->route, w->route, w->route_len);
    q->route_len = w->route_len;
    q->door = door;
    return true;
}

void mv_control_take(struct mv_service *s, struct mv_wire *w,
                     const struct mv_key *key, unsigned door)
{
    const struct mv_asker to = {.door = door,
                                .route = mv_span(w->route, w->route_len),
                                .public_key = key->public_key};
    struct mv_msg_request m;
    struct mv_fault fault = {0};
    struct mv_args_fault wrong;
    uint64_t id = 0;
    bool own;
    if (!mv_msg_request_decode(w->body, &m, &fault)) {
        (void)mv_map_u64(w->body, "id", &id);
        refuse(s, &to, id, "rejected", mv_code_name(fault.code), fault.field);
        return;
    }
    const struct mv_verb_def *verb = find(s, m.verb, &own);
    if (verb == NULL) {
        refuse_verb(s, &to, &m);
    } else if ((verb->roles & key->roles) == 0) {
        refuse_role(s, &to, key, &m, verb->roles);
    } else if (verb->act && w->body.len > MV_MAX_REQUEST_BYTES) {
        refuse(s, &to, m.id, "rejected", "limits", verb->name);
    } else if (!mv_args_check(verb, m.args, &wrong)) {
        mv_tally(s, MV_COUNT_ARGUMENTS, 1);
        refuse(s, &to, m.id, "rejected", wrong.code, wrong.text);
    } else if (s->stopping) {
        refuse(s, &to, m.id, "retry", "stopping", "");
    } else if (verb->act && s->full) {
        refuse(s, &to, m.id, "retry", "full", "");
    } else if (verb->act) {
        act(s, w, key, door, own);
    } else if (!keep(s, w, key, door)) {
        refuse(s, &to, m.id, "retry", "window", "");
    }
}

/* One query, in a snapshot; the reply is in s->out. */
static mv_rc answer(struct mv_service *s, struct mv_query *q,
                    const struct mv_key *key)
{
    struct mv_msg_request m;
    struct mv_fault fault;
    bool own;
    struct mv_input in = {.kind = MV_INPUT_QUERY,
                          .key = key,
                          .door = q->door,
                          .body = mv_held_body(&q->held),
                          .slot = SIZE_MAX};
    bool good = mv_msg_request_decode(in.body, &m, &fault);
    MV_ASSERT(good);
    in.id = m.id;
    in.verb = m.verb;
    in.args = m.args;
    mv_buf_clear(&s->out);
    mv_rc rc = mv_store_read_begin(s->store, &s->err);
    if (rc != MV_OK)
        return rc;
    s->asking = q;
    (void)find(s, m.verb, &own);
    if (own)
        s->def->query(s->self, &in);
    else
        mv_verb_answer(s, &in);
    s->asking = NULL;
    rc = mv_store_read_end(s->store, &s->err);
    if (rc != MV_OK)
        MV_LOG(STORE_DAMAGED, mv_kv_text("error", s->err.text));
    return rc;
}

static void serve_one(struct mv_service *s, struct mv_query *q)
{
    const struct mv_asker to = {.door = q->door,
                                .route = mv_span(q->route, q->route_len),
                                .public_key = q->public_key};
    const struct mv_key *key =
        mv_guard_key(s->guard, q->public_key, mv_real_ms(s));
    uint64_t id = 0;
    (void)mv_map_u64(mv_held_body(&q->held), "id", &id);
    if (key == NULL) {
        refuse(s, &to, id, "rejected", "unauthorised", "the key has ended");
    } else if (answer(s, q, key) != MV_OK || s->out.len == 0) {
        refuse(s, &to, id, "retry", "storage", "");
    } else {
        mv_tally(s, MV_COUNT_REQUESTS, 1);
        (void)mv_door_send(s, &to, mv_buf_span(&s->out), 1);
    }
    mv_held_done(&q->held);
}

bool mv_control_serve(struct mv_service *s)
{
    if (s->query_count == 0)
        return false;
    int64_t until_ms = mv_clock_mono_ms() + SERVE_MS;
    for (int i = 0; i < SERVE_MAX && s->query_count > 0; i++) {
        struct mv_query *q = &s->queries[s->query_at];
        s->query_at = (s->query_at + 1) % MV_QUERIES_MAX;
        s->query_count--;
        serve_one(s, q);
        if (mv_clock_mono_ms() > until_ms)
            break;
    }
    return s->query_count > 0;
}

void mv_control_done(struct mv_service *s)
{
    while (s->query_count > 0) {
        mv_held_done(&s->queries[s->query_at].held);
        s->query_at = (s->query_at + 1) % MV_QUERIES_MAX;
        s->query_count--;
    }
    free(s->queries);
}

static uint64_t log_first(void *ctx)
{
    (void)ctx;
    return 1;
}

static uint64_t log_head(void *ctx)
{
    uint64_t seq;
    mv_log_head(ctx, &seq, NULL);
    return seq;
}

static bool log_hash_at(void *ctx, uint64_t seq, uint8_t hash[32])
{
    return mv_log_hash_at(ctx, seq, hash);
}

static mv_rc log_read(void *ctx, uint64_t seq, struct mv_span *bytes,
                      struct mv_err *err)
{
    return mv_log_bytes(ctx, seq, bytes, err);
}

bool mv_control_source(void *service, struct mv_span log,
                       const struct mv_key *key, struct mv_pull_source *ret,
                       const char **code)
{
    struct mv_service *s = service;
    unsigned roles = 0;
    struct mv_log *found = NULL;
    for (size_t i = 0; i < s->def->log_count; i++) {
        if (mv_span_is(log, s->def->logs[i].name)) {
            found = s->logs[i];
            roles = s->def->logs[i].roles;
        }
    }
    if (mv_span_is(log, "control")) {
        found = s->logs[s->def->log_count];
        roles = MV_ROLE_OPERATOR | MV_ROLE_AUDITOR | MV_ROLE_SERVICE;
    }
    if (found == NULL) {
        *code = "unknown_log";
        return s->def->source != NULL &&
               s->def->source(s->self, log, key, ret, code);
    }
    if ((roles & key->roles) == 0) {
        *code = "forbidden";
        return false;
    }
    *ret = (struct mv_pull_source){.ctx = found,
                                   .first = log_first,
                                   .head = log_head,
                                   .hash_at = log_hash_at,
                                   .read = log_read,
                                   .steady = true};
    return true;
}
