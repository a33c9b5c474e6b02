/* verbs - see verbs.h. Job: what every service tells of itself. Invariant:
 * read only, but for keys.resume. A crash leaves nothing. */
#include "services/stream/verbs.h"

#include <string.h>

#include "proto/pack.h"
#include "proto/walk.h"
#include "services/stream/control.h"
#include "services/stream/upstream.h"

#define WATCHERS \
    (MV_ROLE_OPERATOR | MV_ROLE_READER | MV_ROLE_AUDITOR | MV_ROLE_SERVICE)

/* Rows being made: s->rows is the reply's, so they have their own. */
struct rows {
    struct mv_service *s;
    struct mv_buf out;
    uint32_t count;
};

static void row(struct rows *r, uint32_t pairs)
{
    mv_pack_map(&r->out, pairs);
    r->count++;
}

/* Does it read on? Else the state of the first upstream that it does not. */
static const char *upstream_of(const struct mv_service *s)
{
    const char *word = "asking";
    for (unsigned i = 0; i < s->def->upstream_count; i++) {
        word = mv_upstream_word(s, i);
        if (strcmp(word, "asking") != 0)
            break;
    }
    return word;
}

/* Asked by every key: so each may know whether what it is told is old. */
static void ping(struct rows *r, const struct mv_input *in)
{
    bool reads = r->s->def->upstream_count > 0;
    (void)in;
    row(r, reads ? 5 : 4);
    mv_pack_kv_cstr(&r->out, "service", r->s->def->name);
    mv_pack_kv_cstr(&r->out, "version", MV_VERSION);
    mv_pack_kv_i64(&r->out, "now_ms", r->s->now.wall_ms);
    mv_pack_kv_i64(&r->out, "shift_ms", r->s->now.shift_ms);
    if (reads)
        mv_pack_kv_cstr(&r->out, "upstream", upstream_of(r->s));
}

/* stage 1: it answers; 2: its store serves; 3: upstreams, nothing stopped,
 * no alarm. Stage 4 is the asker's: it compares positions with heads. */
static void health_row(struct rows *r, int stage, const char *name, bool ok,
                       const char *text)
{
    row(r, 4);
    mv_pack_kv_i64(&r->out, "stage", stage);
    mv_pack_kv_cstr(&r->out, "name", name);
    mv_pack_kv_bool(&r->out, "ok", ok);
    mv_pack_kv_cstr(&r->out, "text", text);
}

static void health(struct rows *r, const struct mv_input *in)
{
    struct mv_service *s = r->s;
    (void)in;
    health_row(r, 1, "answers", true, "");
    health_row(r, 2, "store", !s->full && !s->space.read_only,
               s->full ? "no room: senders are told to retry" : "");
    health_row(r, 2, "serves", s->hold_code == NULL && !s->stopping,
               s->hold_code != NULL ? s->hold_code : "");
    for (unsigned i = 0; i < s->def->upstream_count; i++) {
        const struct mv_upstream *u = &s->upstreams[i];
        const char *word = mv_upstream_word(s, i);
        health_row(r, 3, s->def->upstreams[i].log,
                   strcmp(word, "asking") == 0 || strcmp(word, "off") == 0,
                   u->why[0] != 0 ? u->why : word);
    }
    for (size_t i = 0; i < MV_ALARMS_MAX; i++) {
        if (s->alarms[i].up)
            health_row(r, 3, s->alarms[i].name, false, s->alarms[i].text);
    }
}

static void counters(struct rows *r, const struct mv_input *in)
{
    struct mv_service *s = r->s;
    (void)in;
    for (unsigned i = 0; i < MV_COUNT_COMMON + s->def->counter_count; i++) {
        const char *name = i < MV_COUNT_COMMON
                               ? mv_counter_name(i)
                               : s->def->counters[i - MV_COUNT_COMMON];
        row(r, 2);
        mv_pack_kv_cstr(&r->out, "name", name);
        mv_pack_kv_u64(&r->out, "value", s->counters[i]);
    }
    row(r, 2);
    mv_pack_kv_cstr(&r->out, "name", "store_used_bytes");
    mv_pack_kv_u64(&r->out, "value", s->space.used_bytes);
    row(r, 2);
    mv_pack_kv_cstr(&r->out, "name", "store_quota_bytes");
    mv_pack_kv_u64(&r->out, "value", s->space.quota_bytes);
    row(r, 2);
    mv_pack_kv_cstr(&r->out, "name", "loop_slowest_ms");
    mv_pack_kv_i64(&r->out, "value", s->slowest_ms);
    row(r, 2);
    mv_pack_kv_cstr(&r->out, "name", "uptime_ms");
    mv_pack_kv_i64(&r->out, "value", s->now.mono_ms - s->started_ms);
}

/* What it has of its upstreams, and how far its own logs and their readers
 * are. */
static void position(struct rows *r, const struct mv_input *in)
{
    struct mv_service *s = r->s;
    (void)in;
    for (unsigned i = 0; i < s->def->upstream_count; i++) {
        const struct mv_upstream *u = &s->upstreams[i];
        uint64_t head = u->puller != NULL ? mv_puller_head(u->puller) : 0;
        row(r, 6);
        mv_pack_kv_cstr(&r->out, "kind", "upstream");
        mv_pack_kv_cstr(&r->out, "log", s->def->upstreams[i].log);
        mv_pack_kv_u64(&r->out, "seq", u->seq);
        mv_pack_kv_bin(&r->out, "hash", mv_span(u->hash, sizeof u->hash));
        mv_pack_kv_u64(&r->out, "head", head > u->seq ? head : u->seq);
        mv_pack_kv_cstr(&r->out, "state", mv_upstream_word(s, i));
    }
    for (size_t i = 0; i < s->log_count; i++) {
        uint64_t seq = 0;
        uint8_t hash[MV_HASH_BYTES] = {0};
        mv_log_head(s->logs[i], &seq, hash);
        row(r, 4);
        mv_pack_kv_cstr(&r->out, "kind", "log");
        mv_pack_kv_cstr(&r->out, "log",
                        i < s->def->log_count ? s->def->logs[i].name
                                              : "control");
        mv_pack_kv_u64(&r->out, "seq", seq);
        mv_pack_kv_bin(&r->out, "hash", mv_span(hash, sizeof hash));
    }
}

static void consumers(struct rows *r, const struct mv_input *in)
{
    struct mv_service *s = r->s;
    struct mv_consumer *c;
    (void)in;
    for (size_t i = 0; (c = mv_pulls_at(s->pulls, i)) != NULL; i++) {
        uint64_t head = 0;
        struct mv_log *log = mv_service_log(s, c->log);
        if (log != NULL)
            mv_log_head(log, &head, NULL);
        row(r, 5);
        mv_pack_kv_cstr(&r->out, "log", c->log);
        mv_pack_kv_cstr(&r->out, "name", c->name);
        mv_pack_kv_u64(&r->out, "done", c->done > 0 ? c->done - 1 : 0);
        mv_pack_kv_u64(&r->out, "head", head);
        mv_pack_kv_i64(&r->out, "seen_ms", c->seen_ms);
    }
}

static void settings(struct rows *r, const struct mv_input *in)
{
    const struct mv_common *c = r->s->settings;
    (void)in;
    row(r, 5);
    mv_pack_kv_cstr(&r->out, "data_dir", c->data_dir);
    mv_pack_kv_i64(&r->out, "quota", c->quota_bytes);
    mv_pack_kv_bool(&r->out, "any_filesystem", c->any_filesystem);
    mv_pack_kv_i64(&r->out, "shift_ms", c->shift_ms);
    mv_pack_kv_i64(&r->out, "batch_items", c->batch_items);
}

/* seq: 0 is the start. The log's name is one that is served: nothing in it is
 * to be escaped. */
static void refuse_damaged(struct mv_service *s, const struct mv_input *in,
                           struct mv_span log, uint64_t seq)
{
    struct mv_buf text = {0};
    if (seq == 0)
        mv_buf_text(&text, "the start");
    else
        mv_buf_printf(&text, "record %llu", (unsigned long long)seq);
    mv_buf_printf(&text,
                  " of the log '%.*s' is damaged: the operator runs "
                  "`maalvakt verify`",
                  (int)log.len, (const char *)log.at);
    mv_service_refuse(s, in, "damaged", mv_buf_cstr(&text));
    mv_buf_done(&text);
}

static void head(struct rows *r, const struct mv_input *in)
{
    struct mv_pull_source src;
    struct mv_span log;
    const char *code = "unknown_log";
    uint8_t genesis[32], hash[32];
    if (!mv_map_text(in->args, "log", &log)) {
        mv_service_refuse(r->s, in, "missing", "log");
        return;
    }
    if (!mv_control_source(r->s, log, in->key, &src, &code)) {
        struct mv_buf text = {0};
        mv_pull_refusal("head", code, log, &text);
        mv_service_refuse(r->s, in, code, mv_buf_cstr(&text));
        mv_buf_done(&text);
        return;
    }
    uint64_t first = src.first(src.ctx), last = src.head(src.ctx);
    if (!src.hash_at(src.ctx, first - 1, genesis)) {
        refuse_damaged(r->s, in, log, 0);
        return;
    }
    if (!src.hash_at(src.ctx, last, hash)) {
        refuse_damaged(r->s, in, log, last);
        return;
    }
    row(r, 5);
    mv_pack_kv_text(&r->out, "log", log);
    mv_pack_kv_u64(&r->out, "first", first);
    mv_pack_kv_u64(&r->out, "seq", last);
    mv_pack_kv_bin(&r->out, "hash", mv_span(hash, sizeof hash));
    mv_pack_kv_bin(&r->out, "genesis", mv_span(genesis, sizeof genesis));
}

static const struct {
    struct mv_verb_def def;
    void (*answer)(struct rows *r, const struct mv_input *in);
} verbs[] = {
    {{"ping", MV_ROLE_ANY, false, NULL}, ping},
    {{"health", WATCHERS, false, NULL}, health},
    {{"counters", WATCHERS, false, NULL}, counters},
    {{"position", WATCHERS, false, NULL}, position},
    {{"consumers", WATCHERS, false, NULL}, consumers},
    {{"settings", MV_ROLE_OPERATOR, false, NULL}, settings},
    /* as the log's own roles allow */
    {{"head", MV_ROLE_ANY, false, "log"}, head},
    {{"keys.resume", MV_ROLE_OPERATOR, true, "name"}, NULL},
};

const struct mv_verb_def *mv_verb_builtin_at(size_t i)
{
    return i < sizeof verbs / sizeof verbs[0] ? &verbs[i].def : NULL;
}

const struct mv_verb_def *mv_verb_builtin(struct mv_span verb)
{
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (mv_span_is(verb, verbs[i].def.name))
            return &verbs[i].def;
    }
    return NULL;
}

void mv_verb_answer(struct mv_service *s, const struct mv_input *in)
{
    struct rows r = {.s = s};
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (verbs[i].answer != NULL && mv_span_is(in->verb, verbs[i].def.name))
            verbs[i].answer(&r, in);
    }
    if (r.count > 0 || s->out.len == 0)
        mv_service_rows(s, in, mv_buf_span(&r.out), r.count, false);
    mv_buf_done(&r.out);
}

mv_rc mv_verb_act(struct mv_service *s, const struct mv_input *in)
{
    struct mv_span name;
    char text[MV_KEY_NAME_BYTES] = "";
    if (!mv_map_text(in->args, "name", &name) || name.len >= sizeof text) {
        mv_service_refuse(s, in, "missing", "name");
        return MV_AGAIN;
    }
    memcpy(text, name.at, name.len);
    const struct mv_key *key = mv_keys_named(mv_guard_keys(s->guard), text);
    if (key == NULL || !mv_guard_resume(s->guard, key->public_key)) {
        mv_service_refuse(s, in, "not_found", "no such key is suspended");
        return MV_AGAIN;
    }
    MV_LOG(PEER_RESUMED, mv_kv_text("key", text));
    mv_service_ok(s, in);
    return MV_OK;
}
