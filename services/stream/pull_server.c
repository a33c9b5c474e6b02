/* pull_server - see pull_server.h. Job: pages to whoever may have them.
 * Invariant: a page is made from one snapshot and holds what follows on the
 * history that the puller named, or it is not sent. A crash leaves nothing:
 * pullers ask again after three seconds of silence.
 *
 *   a pull --> refused (shape, right, range)      --> rejected
 *          --> another history, beyond head + 1   --> diverged
 *          --> something there                    --> page
 *          --> nothing yet --> parked --> page | empty page after a second |
 *                                         superseded by the next pull */
#include "services/stream/pull_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/conflict.h"
#include "proto/pack.h"
#include "proto/walk.h"
#include "services/base/points.h"
#include "services/base/slots.h"

#define SHOWN_BYTES 64 /* of a log's name */

struct pull {
    struct mv_consumer c; /* first: mv_pulls_at hands it out */
    bool parked, fresh;
    int64_t until_ms;
    unsigned door;
    uint8_t route[256];
    uint8_t route_len;
    uint64_t id, from, done; /* as it asks, heard when its history is ours */
    uint32_t max_bytes;
    uint8_t hash[MV_HASH_BYTES];
};

struct mv_pulls {
    struct mv_pulls_host host;
    size_t count;
    struct pull **at;
    struct mv_consumer gone[MV_PULLS_GONE];
    size_t gone_count;
    struct mv_slots found;            /* by name and log */
    struct mv_buf records, list, out; /* of the page being made */
};

struct mv_pulls *mv_pulls_open(const struct mv_pulls_host *host)
{
    struct mv_pulls *p = mv_xcalloc(1, sizeof *p);
    p->host = *host;
    return p;
}

void mv_pulls_close(struct mv_pulls *p)
{
    if (p == NULL)
        return;
    for (size_t i = 0; i < p->count; i++)
        free(p->at[i]);
    free(p->at);
    mv_slots_done(&p->found);
    mv_buf_done(&p->records);
    mv_buf_done(&p->list);
    mv_buf_done(&p->out);
    free(p);
}

struct mv_consumer *mv_pulls_at(struct mv_pulls *p, size_t i)
{
    return i < p->count ? &p->at[i]->c : NULL;
}

const struct mv_consumer *mv_pulls_gone(const struct mv_pulls *p, size_t i)
{
    return i < p->gone_count ? &p->gone[i] : NULL;
}

void mv_pulls_gone_clear(struct mv_pulls *p)
{
    p->gone_count = 0;
}

static void refuse(struct mv_pulls *p, const struct mv_asker *to, uint64_t id,
                   const char *result, const char *code, const char *text)
{
    struct mv_msg_reply r = {.id = id,
                             .result = mv_span_text(result),
                             .code = mv_span_text(code),
                             .text = mv_span_text(text)};
    mv_buf_clear(&p->out);
    mv_msg_reply_encode(&r, &p->out);
    (void)p->host.send(p->host.ctx, to, mv_buf_span(&p->out));
}

void mv_pull_refusal(const char *verb, const char *code, struct mv_span log,
                     struct mv_buf *out)
{
    struct mv_buf shown = {0};
    mv_show(&shown, log, SHOWN_BYTES);
    const struct mv_code_args args = {.value = mv_buf_span(&shown)};
    if (strcmp(code, "forbidden") == 0) {
        mv_buf_printf(out, "%s %s", verb, mv_buf_cstr(&shown));
    } else if (strcmp(code, "refused") == 0) {
        mv_buf_text(out, "the queue is paused; `resume` of an operator "
                         "lets it go on");
    } else {
        mv_code_text(mv_code_find(mv_span_text(code)), MV_LANG_EN, &args, out);
    }
    mv_buf_done(&shown);
}

static void refuse_log(struct mv_pulls *p, const struct mv_asker *to,
                       uint64_t id, const char *code, struct mv_span log)
{
    struct mv_buf text = {0};
    mv_pull_refusal("pull", code, log, &text);
    refuse(p, to, id, "rejected", code, mv_buf_cstr(&text));
    mv_buf_done(&text);
}

static struct mv_asker asker(const struct pull *pull)
{
    return (struct mv_asker){.door = pull->door,
                             .route = mv_span(pull->route, pull->route_len),
                             .public_key = pull->c.public_key};
}

static void refuse_pull(struct mv_pulls *p, const struct pull *pull,
                        const char *result, const char *code, const char *text)
{
    struct mv_asker to = asker(pull);
    refuse(p, &to, pull->id, result, code, text);
}

static uint32_t hash_of(const char *name, struct mv_span log)
{
    return mv_slots_hash(mv_slots_hash(0, mv_span_text(name)), log);
}

static struct pull *find(struct mv_pulls *p, const char *name,
                         struct mv_span log)
{
    uint32_t hash = hash_of(name, log), steps = 0, i;
    while (mv_slots_next(&p->found, hash, &steps, &i)) {
        if (strcmp(p->at[i]->c.name, name) == 0 &&
            mv_span_is(log, p->at[i]->c.log))
            return p->at[i];
    }
    return NULL;
}

static void found_anew(struct mv_pulls *p)
{
    mv_slots_clear(&p->found);
    for (size_t i = 0; i < p->count; i++) {
        const struct mv_consumer *c = &p->at[i]->c;
        mv_slots_add(&p->found, hash_of(c->name, mv_span_text(c->log)),
                     (uint32_t)i);
    }
}

/* An empty row in the place of the consumer not seen for longest; NULL: all
 * of them are here, or wait for a commit. */
static struct pull *evict(struct mv_pulls *p)
{
    struct pull *oldest = NULL;
    for (size_t i = 0; i < p->count; i++) {
        struct pull *pull = p->at[i];
        bool busy = pull->parked || pull->c.said_more || pull->c.staged != 0;
        if (!busy && (oldest == NULL || pull->c.seen_ms < oldest->c.seen_ms))
            oldest = pull;
    }
    if (oldest == NULL || p->gone_count == MV_PULLS_GONE)
        return NULL;
    p->gone[p->gone_count++] = oldest->c;
    *oldest = (struct pull){.parked = false};
    return oldest;
}

static struct pull *add(struct mv_pulls *p)
{
    if (p->count == MV_PULLS_MAX)
        return evict(p);
    if (p->count % 64 == 0)
        p->at = mv_xrealloc(p->at, (p->count + 64) * sizeof(struct pull *));
    return p->at[p->count++] = mv_xcalloc(1, sizeof(struct pull));
}

/* Its own row, made if there is room; NULL: too many. */
static struct pull *row_of(struct mv_pulls *p, const char *name,
                           struct mv_span log)
{
    struct pull *pull = find(p, name, log);
    if (pull != NULL)
        return pull;
    size_t before = p->count;
    if (log.len > MV_KEY_NAME_BYTES || (pull = add(p)) == NULL)
        return NULL;
    (void)snprintf(pull->c.name, sizeof pull->c.name, "%s", name);
    memcpy(pull->c.log, log.at, log.len);
    if (p->count > before)
        mv_slots_add(&p->found, hash_of(name, log), (uint32_t)before);
    else /* in the place of another */
        found_anew(p);
    return pull;
}

void mv_pulls_restore(struct mv_pulls *p, const struct mv_consumer *c)
{
    struct pull *pull = row_of(p, c->name, mv_span_text(c->log));
    if (pull == NULL)
        return;
    pull->c.done = c->done;
    pull->c.given = c->done;
    pull->c.seen_ms = c->seen_ms;
}

/* Packs what fits into records; returns how many. The first one goes in
 * whatever its size. */
static uint32_t collect(struct mv_pulls *p, const struct mv_pull_source *s,
                        const struct pull *pull, struct mv_err *err)
{
    uint64_t head = s->head(s->ctx);
    uint32_t count = 0;
    struct mv_span bytes;
    mv_buf_clear(&p->records);
    for (uint64_t seq = pull->from; seq <= head; seq++) {
        if (s->read(s->ctx, seq, &bytes, err) != MV_OK)
            break;
        if (count > 0 && p->records.len + bytes.len + 5 > pull->max_bytes)
            break;
        mv_pack_bin(&p->records, bytes);
        count++;
    }
    return count;
}

static void page(struct mv_pulls *p, const struct mv_pull_source *s,
                 const struct pull *pull, uint32_t count)
{
    mv_buf_clear(&p->list);
    mv_pack_list(&p->list, count);
    mv_pack_raw(&p->list, mv_buf_span(&p->records));
    struct mv_msg_records m = {.log = mv_span_text(pull->c.log),
                               .id = pull->id,
                               .first = pull->from,
                               .head = s->head(s->ctx),
                               .records = mv_buf_span(&p->list)};
    mv_buf_clear(&p->out);
    mv_msg_records_encode(&m, &p->out);
}

typedef enum made { PAGE, EMPTY, DIVERGED, RANGE, DAMAGED } made;

/* What it has done counts only of the history that it named: a queue may
 * begin anew under its name. */
static void hear(struct pull *pull, const struct mv_pull_source *s)
{
    uint64_t known = s->done != NULL ? s->done(s->ctx) : pull->c.done;
    if (pull->done <= known)
        return;
    pull->c.done = pull->done;
    memcpy(pull->c.hash, pull->hash, sizeof pull->c.hash);
    pull->c.said_more = true;
}

/* Inside a snapshot: what the pull gets. */
static made make(struct mv_pulls *p, const struct mv_pull_source *s,
                 struct pull *pull, uint32_t *count, struct mv_err *err)
{
    uint8_t hash[MV_HASH_BYTES];
    uint64_t head = s->head(s->ctx);
    if (pull->from < s->first(s->ctx) || pull->from > INT64_MAX)
        return RANGE;
    if ((pull->from > head + 1 || !s->hash_at(s->ctx, pull->from - 1, hash) ||
         memcmp(hash, pull->hash, sizeof hash) != 0) &&
        !MV_BROKEN("any_history"))
        return DIVERGED;
    if (pull->done > head + 1)
        return RANGE;
    hear(pull, s);
    *count = collect(p, s, pull, err);
    if (*count == 0 && pull->from <= head)
        return DAMAGED;
    page(p, s, pull, *count);
    return *count > 0 ? PAGE : EMPTY;
}

static void answer(struct mv_pulls *p, const struct mv_pull_source *s,
                   struct pull *pull, made what, uint32_t count,
                   const struct mv_err *err)
{
    pull->parked = false;
    switch (what) {
    case DIVERGED:
        p->host.count(p->host.ctx, MV_COUNT_DIVERGED, 1);
        refuse_pull(p, pull, "diverged", "diverged",
                    "the chain at from - 1 is another here, or from lies "
                    "beyond the head");
        return;
    case RANGE:
        refuse_pull(p, pull, "rejected", "range",
                    "from or done is out of range");
        return;
    case DAMAGED:
        refuse_pull(p, pull, "rejected", "damaged", err->text);
        return;
    case PAGE:
    case EMPTY:
        break;
    }
    struct mv_asker to = asker(pull);
    if (!p->host.send(p->host.ctx, &to, mv_buf_span(&p->out)))
        return;
    p->host.count(p->host.ctx, MV_COUNT_PAGES, 1);
    p->host.count(p->host.ctx, MV_COUNT_RECORDS_SENT, count);
    if (pull->c.given < pull->from + count)
        pull->c.given = pull->from + count;
    if (s->given != NULL && count > 0)
        s->given(s->ctx, pull->from + count - 1);
}

/* AMID: a batch is being made; NEW: it just came; WOKEN: something may be
 * there; LATE: its second is over, and an empty page is an answer too. */
typedef enum when { AMID, NEW, WOKEN, LATE } when;

/* Answers the pull if it can be answered. */
static void try(struct mv_pulls *p, struct pull *pull, when now)
{
    struct mv_pull_source s;
    struct mv_err err = {0};
    const char *code = "unknown_log";
    uint32_t count = 0;
    const struct mv_key *key = p->host.key(p->host.ctx, pull->c.public_key);
    if (key == NULL) {
        pull->parked = false;
        refuse_pull(p, pull, "rejected", "unauthorised", "the key has ended");
        return;
    }
    if (!p->host.source(p->host.ctx, mv_span_text(pull->c.log), key, &s,
                        &code)) {
        struct mv_asker to = asker(pull);
        pull->parked = false;
        refuse_log(p, &to, pull->id, code, mv_span_text(pull->c.log));
        return;
    }
    if (now == AMID && !s.steady)
        return;
    if (p->host.begin(p->host.ctx, &err) != MV_OK)
        return;
    bool waits =
        (now == AMID || now == WOKEN) && s.head(s.ctx) + 1 == pull->from;
    made what = waits ? EMPTY : make(p, &s, pull, &count, &err);
    /* a snapshot that met damage makes no page; the puller asks again */
    if (p->host.end(p->host.ctx, &err) != MV_OK)
        what = DAMAGED;
    if (what == EMPTY && now != LATE)
        return;
    answer(p, &s, pull, what, count, &err);
}

/* True if the pull's figures can be; else it was answered. */
static bool in_range(struct mv_pulls *p, const struct pull *pull,
                     const struct mv_msg_pull *m)
{
    uint64_t most = pull->c.done > pull->c.given ? pull->c.done : pull->c.given;
    const char *text = NULL;
    if (m->max_bytes == 0)
        text = "max_bytes is 0";
    else if (m->from == 0 || m->from > INT64_MAX)
        text = "from is out of range";
    else if (m->done > most && m->done > m->from)
        text = "done is above what was given";
    if (text != NULL)
        refuse_pull(p, pull, "rejected", "range", text);
    return text == NULL;
}

static void place(struct pull *pull, unsigned door, struct mv_span route,
                  const struct mv_key *key, const struct mv_msg_pull *m)
{
    pull->door = door;
    pull->route_len = (uint8_t)(route.len < 255 ? route.len : 255);
    memcpy(pull->route, route.at, pull->route_len);
    memcpy(pull->c.public_key, key->public_key, MV_KEY_BYTES);
    memcpy(pull->hash, m->hash.at, sizeof pull->hash);
    pull->id = m->id;
    pull->from = m->from;
    pull->done = m->done;
    pull->max_bytes = m->max_bytes < MV_MAX_PAGE_BYTES ? (uint32_t)m->max_bytes
                                                       : MV_MAX_PAGE_BYTES;
}

void mv_pulls_take(struct mv_pulls *p, unsigned door, struct mv_span route,
                   const struct mv_key *key, struct mv_span body,
                   int64_t mono_ms, int64_t wall_ms)
{
    const struct mv_asker to = {
        .door = door, .route = route, .public_key = key->public_key};
    struct mv_msg_pull m;
    struct mv_fault fault = {0};
    struct mv_pull_source s;
    const char *code = "unknown_log";
    uint64_t id = 0;
    p->host.count(p->host.ctx, MV_COUNT_PULLS, 1);
    if (!mv_msg_pull_decode(body, &m, &fault)) {
        (void)mv_map_u64(body, "id", &id);
        refuse(p, &to, id, "rejected", mv_code_name(fault.code), fault.field);
        return;
    }
    /* before a row is made: a stranger to the log leaves no trace */
    if (!p->host.source(p->host.ctx, m.log, key, &s, &code)) {
        refuse_log(p, &to, m.id, code, m.log);
        return;
    }
    struct pull *pull = row_of(p, key->name, m.log);
    if (pull == NULL) {
        refuse(p, &to, m.id, "retry", "full", "too many consumers");
        return;
    }
    if (pull->parked) {
        p->host.count(p->host.ctx, MV_COUNT_SUPERSEDED, 1);
        refuse_pull(p, pull, "superseded", "superseded",
                    "a newer pull of this key took its place");
        pull->parked = false;
    }
    place(pull, door, route, key, &m);
    if (!in_range(p, pull, &m))
        return;
    pull->c.seen_ms = wall_ms;
    pull->parked = pull->fresh = true;
    pull->until_ms = mono_ms + MV_PULLS_PARK_MS;
}

void mv_pulls_serve(struct mv_pulls *p, int64_t mono_ms, bool woken)
{
    for (size_t i = 0; i < p->count; i++) {
        struct pull *pull = p->at[i];
        if (!pull->parked)
            continue;
        if (pull->fresh)
            try(p, pull, NEW);
        else if (mono_ms >= pull->until_ms)
            try(p, pull, LATE);
        else if (woken)
            try(p, pull, WOKEN);
        pull->fresh = false;
    }
}

void mv_pulls_serve_amid(struct mv_pulls *p)
{
    for (size_t i = 0; i < p->count; i++) {
        struct pull *pull = p->at[i];
        if (!pull->parked || !pull->fresh)
            continue;
        try(p, pull, AMID);
        if (!pull->parked)
            return;
    }
}

int64_t mv_pulls_next_ms(const struct mv_pulls *p)
{
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < p->count; i++) {
        const struct pull *pull = p->at[i];
        if (pull->parked && pull->fresh)
            return 0;
        if (pull->parked && pull->until_ms < next)
            next = pull->until_ms;
    }
    return next;
}
