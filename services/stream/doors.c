/* doors - see doors.h. Job: who speaks, may they, and what is it. Invariant:
 * whoever speaks is the key of the handshake, looked up anew in the registry
 * for every message; nothing in the message says who it is. A crash leaves
 * nothing: who was not answered sends again.
 *
 *   frame --> not one frame      --> rejected framing; three: suspended
 *         --> key not good       --> rejected unauthorised
 *         --> key suspended      --> retry suspended
 *         --> a pull             --> the pull server
 *         --> a request          --> act: apply | query: after the commit
 *         --> without the role   --> rejected not_allowed
 *         --> anything else      --> apply, or the loop's `retry` */
#include "services/stream/doors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proto/walk.h"
#include "services/base/points.h"
#include "services/stream/batch.h"
#include "services/stream/control.h"

#define SHARE          256 /* messages of one door before the next one's turn */
#define PATIENCE_SLACK 65536
#define UNSENT_MAX     (32u << 20) /* to one key's connections */
#define QUIET_MS       600000 /* without another, the alarm is down again */

static mv_rc open_door(struct mv_service *s, const struct mv_door_def *def,
                       const char *endpoint, struct mv_err *err)
{
    mv_rc rc = MV_OK;
    MV_ASSERT(s->door_count < MV_DOORS_MAX);
    struct mv_door *d = &s->doors[s->door_count];
    struct mv_sock_options o = {.kind = MV_SOCK_ROUTER,
                                .name = def->name,
                                .max_bytes = def->max_bytes,
                                .keys = &s->keys};
    d->def = *def;
    s->door_count++;
    MV_TRY(mv_sock_open(&d->sock, s->net, &o, err));
    MV_TRY(mv_peers_open(&d->peers, s->net, d->sock,
                         2 * def->max_bytes + PATIENCE_SLACK, err));
    MV_TRY(mv_sock_bind(d->sock, endpoint, err));
out:
    return mv_wrap(err, rc, "door '%s'", def->name);
}

mv_rc mv_doors_open(struct mv_service *s, const void *settings,
                    struct mv_err *err)
{
    mv_rc rc = MV_OK;
    s->unsent = mv_unsent_open(UNSENT_MAX);
    for (size_t i = 0; i < s->def->door_count; i++) {
        const struct mv_door_def *def = &s->def->doors[i];
        const char *endpoint;
        memcpy(&endpoint, (const char *)settings + def->endpoint_offset,
               sizeof endpoint);
        MV_TRY(open_door(s, def, endpoint, err));
    }
    struct mv_door_def control = {.name = "control",
                                  .max_bytes = MV_MAX_SERVICE_FRAME_BYTES,
                                  .takes =
                                      MV_TAKES_MESSAGES | MV_TAKES_REQUESTS,
                                  .message_roles = s->def->control_roles};
    MV_TRY(open_door(s, &control, s->settings->control, err));
out:
    return rc;
}

void mv_doors_close(struct mv_service *s)
{
    for (size_t i = 0; i < s->door_count; i++) {
        mv_peers_close(s->doors[i].peers);
        mv_sock_close(s->doors[i].sock);
    }
    s->door_count = 0;
    mv_unsent_close(s->unsent);
    s->unsent = NULL;
}

bool mv_door_send(struct mv_service *s, const struct mv_asker *to,
                  struct mv_span body, size_t answers)
{
    static const uint8_t nobody[MV_KEY_BYTES];
    const struct mv_door *d = &s->doors[to->door];
    if (mv_unsent_send(s->unsent,
                       to->public_key != NULL ? to->public_key : nobody,
                       d->sock, to->route, body) == MV_OK)
        return true;
    mv_tally(s, MV_COUNT_REPLIES_DROPPED, answers);
    MV_LOG(REPLY_DROPPED, mv_kv_text("door", d->def.name));
    return false;
}

typedef enum frame { PULL, REQUEST, OTHER } frame;

/* What a frame claims to be; its shape is checked by whoever it is for. */
static frame frame_of(struct mv_span body)
{
    struct mv_span type;
    mv_msg_id id = mv_msg_peek(body, &type);
    return id == MV_MSG_PULL ? PULL : id == MV_MSG_REQUEST ? REQUEST : OTHER;
}

/* The loop answers for the service, a question under its own id: the frame
 * takes a slot all the same, so that the books balance and answers keep their
 * order. */
static void say(struct mv_service *s, struct mv_wire *w,
                const struct mv_key *key, unsigned door, bool retry,
                const char *code, const char *text, int64_t after_ms)
{
    struct mv_verdict v = {
        .retry = retry, .code = code, .text = text, .after_ms = after_ms};
    bool asks = frame_of(w->body) != OTHER;
    uint64_t id = 0;
    if (asks)
        (void)mv_map_u64(w->body, "id", &id);
    size_t slot = mv_batch_slot(s, w, key,
                                asks ? MV_INPUT_QUERY : MV_INPUT_MESSAGE, door);
    s->batch.slots[slot].id = id;
    mv_batch_say(s, slot, &v);
}

static void refuse_framing(struct mv_service *s, struct mv_wire *w,
                           unsigned door)
{
    uint8_t public_key[MV_KEY_BYTES];
    const struct mv_key *key = mv_guard_user(s->guard, w->user, mv_real_ms(s));
    mv_tally(s, MV_COUNT_FRAMING, 1);
    if (key != NULL) {
        memcpy(public_key, key->public_key, sizeof public_key);
        if (mv_guard_strike(s->guard, public_key, s->now.mono_ms)) {
            mv_tally(s, MV_COUNT_SUSPENSIONS, 1);
            MV_LOG(PEER_SUSPENDED, mv_kv_text("key", key->name));
            mv_service_alarm(s, "suspended", true,
                             "a key sends broken frames: see `keys.resume`");
        }
    }
    say(s, w, key, door, false, "framing", NULL, 0);
}

/* Why the loop answers a message itself; NULL: it does not. */
static const char *not_now(struct mv_service *s, int fd,
                           const struct mv_key *key, int64_t *after_ms)
{
    *after_ms = 1000;
    if (s->stopping)
        return "stopping";
    if (s->hold_code != NULL) {
        *after_ms = s->hold_after_ms;
        return s->hold_code;
    }
    if (s->full)
        return "full";
    *after_ms = 100;
    return mv_batch_share(s, key) && mv_batch_window(s, fd) ? NULL : "window";
}

static void refuse_role(struct mv_service *s, struct mv_wire *w,
                        const struct mv_key *key, unsigned door)
{
    struct mv_buf text = {0};
    struct mv_span type;
    const struct mv_door_def *def = &s->doors[door].def;
    bool takes = (def->takes & MV_TAKES_MESSAGES) != 0;
    (void)mv_msg_peek(w->body, &type);
    mv_role_refusal(key, type, takes ? def->message_roles : 0, &text);
    mv_tally(s, MV_COUNT_FORBIDDEN, 1);
    MV_LOG(ROLE_REFUSED, mv_kv_text("key", key->name),
           mv_kv_text("door", def->name));
    say(s, w, key, door, false, "not_allowed", mv_buf_cstr(&text), 0);
    mv_buf_done(&text);
}

static void take_message(struct mv_service *s, struct mv_wire *w,
                         const struct mv_key *key, unsigned door)
{
    int64_t after_ms;
    const struct mv_door_def *def = &s->doors[door].def;
    if ((def->takes & MV_TAKES_MESSAGES) == 0 ||
        (key->roles & def->message_roles) == 0) {
        refuse_role(s, w, key, door);
        return;
    }
    const char *code = not_now(s, w->fd, key, &after_ms);
    if (code != NULL) {
        say(s, w, key, door, true, code, NULL, after_ms);
        return;
    }
    size_t slot = mv_batch_slot(s, w, key, MV_INPUT_MESSAGE, door);
    mv_batch_open(s);
    struct mv_input in = mv_batch_input(s, slot);
    (void)mv_apply(s, &in);
}

/* Up now, and for a while after. */
static void alarm_of(struct mv_service *s, int64_t *last_ms, const char *name,
                     const char *text)
{
    *last_ms = s->now.mono_ms;
    mv_service_alarm(s, name, true, text);
}

/* Its oldest connection was closed for a new one. */
static void say_crowd(struct mv_service *s, unsigned door,
                      const struct mv_key *key)
{
    MV_LOG(KEY_CROWDS, mv_kv_text("door", s->doors[door].def.name),
           mv_kv_text("key", key != NULL ? key->name : "?"));
    alarm_of(s, &s->cut_ms, "peers.cut",
             "a key has more than 64 connections: the oldest are closed");
}

static void take(struct mv_service *s, struct mv_wire *w, unsigned door)
{
    const struct mv_key *key = mv_guard_user(s->guard, w->user, mv_real_ms(s));
    struct mv_span route = mv_span(w->route, w->route_len);
    if (mv_peers_whole(s->doors[door].peers, w->fd, w->user, w->body.len))
        say_crowd(s, door, key);
    if (key == NULL) {
        mv_tally(s, MV_COUNT_UNAUTHORISED, 1);
        say(s, w, NULL, door, false, "unauthorised", "the key has ended", 0);
        return;
    }
    if (mv_guard_suspended(s->guard, key->public_key, s->now.mono_ms)) {
        say(s, w, key, door, true, "suspended", NULL, MV_GUARD_SUSPEND_MS);
        return;
    }
    frame f = frame_of(w->body);
    if (f == PULL) {
        mv_pulls_take(s->pulls, door, route, key, w->body, s->now.mono_ms,
                      s->now.wall_ms);
        s->batch.items++;
    } else if (f == REQUEST &&
               (s->doors[door].def.takes & MV_TAKES_REQUESTS) != 0) {
        mv_control_take(s, w, key, door);
    } else {
        take_message(s, w, key, door);
    }
}

/* A share of one door; false: nothing was there. */
static bool take_share(struct mv_service *s, unsigned door)
{
    struct mv_wire w;
    w.held.holds = false;
    struct mv_peers *peers = s->doors[door].peers;
    bool any = false;
    for (int i = 0; i < SHARE && mv_batch_room(s) && !s->ending; i++) {
        mv_rc rc = mv_sock_recv(s->doors[door].sock, &w);
        mv_peers_read(peers, rc != MV_AGAIN, rc == MV_AGAIN);
        if (rc == MV_AGAIN)
            break;
        if (rc == MV_FATAL) {
            (void)mv_fail(&s->err, rc, "the door '%s' cannot be read",
                          s->doors[door].def.name);
            MV_LOG(FAILED, mv_kv_text("error", s->err.text));
            mv_service_end(s, MV_FATAL);
            break;
        }
        any = true;
        if (rc == MV_POISON)
            refuse_framing(s, &w, door);
        else
            take(s, &w, door);
        mv_held_done(&w.held);
    }
    return any;
}

void mv_doors_take(struct mv_service *s)
{
    bool any = true;
    /* one that is never empty may fill each batch, but not as the first */
    unsigned first = s->first_door++, count = (unsigned)s->door_count;
    while (any && mv_batch_room(s) && !s->ending) {
        any = false;
        for (unsigned i = 0; i < count; i++)
            any = take_share(s, (first + i) % count) || any;
    }
}

static void quieten(struct mv_service *s)
{
    if (s->now.mono_ms - s->unaccepted_ms > QUIET_MS)
        mv_service_alarm(s, "connections", false, "");
    if (s->now.mono_ms - s->cut_ms > QUIET_MS)
        mv_service_alarm(s, "peers.cut", false, "");
}

void mv_doors_count(struct mv_service *s, const struct mv_peers_counts *now,
                    struct mv_peers_counts *told)
{
    mv_tally(s, MV_COUNT_CONNECTIONS, now->accepted - told->accepted);
    mv_tally(s, MV_COUNT_CONNECTIONS_ENDED, now->closed - told->closed);
    mv_tally(s, MV_COUNT_HANDSHAKES, now->handshakes - told->handshakes);
    mv_tally(s, MV_COUNT_HANDSHAKES_REFUSED,
             now->handshakes_refused - told->handshakes_refused +
                 now->handshakes_failed - told->handshakes_failed);
    mv_tally(s, MV_COUNT_PEERS_CUT, now->cut - told->cut);
    *told = *now;
}

/* A line for each reason. The handler has no doors, and may have counted one
 * whose door is heard next turn: no line is owed then. */
static void say_refused(struct mv_service *s, const struct mv_buf *doors)
{
    struct mv_zap_refused refused[MV_ZAP_WHYS];
    size_t count = mv_zap_refused(s->zap, refused);
    for (size_t i = 0; i < count; i++) {
        MV_LOG(KEY_REFUSED, mv_kv_span("door", mv_buf_span(doors)),
               mv_kv_text("why", refused[i].why),
               mv_kv_int("count", (int64_t)refused[i].count));
    }
}

/* Adds its name if it refused somebody. */
static void count_peers(struct mv_service *s, struct mv_door *d,
                        struct mv_buf *refused)
{
    struct mv_peers_counts now;
    mv_peers_counts(d->peers, &now);
    if (now.accept_failed != d->told.accept_failed)
        alarm_of(s, &s->unaccepted_ms, "connections",
                 "connections cannot be accepted: too many open");
    if (now.handshakes_refused != d->told.handshakes_refused)
        mv_buf_printf(refused, "%s%s", refused->len > 0 ? " " : "",
                      d->def.name);
    if (now.handshakes_failed != d->told.handshakes_failed)
        MV_LOG(HANDSHAKE_FAILED, mv_kv_text("door", d->def.name));
    mv_doors_count(s, &now, &d->told);
}

bool mv_doors_doubtful(const struct mv_service *s)
{
    for (size_t i = 0; i < s->door_count; i++) {
        if (mv_peers_doubtful(s->doors[i].peers))
            return true;
    }
    return false;
}

/* Memory of the process that no file backs; 0: not known. */
static uint64_t own_bytes(void)
{
    char line[128] = "", *at = line; /* pages: size, resident, of a file */
    FILE *f = fopen("/proc/self/statm", "r");
    if (f == NULL)
        return 0;
    if (fgets(line, sizeof line, f) == NULL)
        line[0] = 0;
    (void)fclose(f);
    (void)strtoull(at, &at, 10);
    uint64_t resident = strtoull(at, &at, 10);
    uint64_t shared = strtoull(at, &at, 10);
    return (resident - shared) * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* Not the control door: who looks into it must get in. */
static void relieve(struct mv_service *s)
{
    size_t cut = 0;
    bool above = s->def->own_max != 0 && own_bytes() > s->def->own_max;
    for (size_t i = 0; i < s->def->door_count; i++)
        cut += mv_peers_relieve(s->doors[i].peers, above, s->now.mono_ms);
    if (cut > 0)
        alarm_of(s, &s->cut_ms, "peers.cut",
                 "more waited to be read than there is room for");
}

void mv_doors_watch(struct mv_service *s)
{
    char user[MV_USER_BYTES] = "";
    struct mv_buf refused = {0};
    if (!MV_BROKEN("peers_uncut"))
        relieve(s);
    for (size_t i = 0; i < s->door_count; i++) {
        struct mv_door *d = &s->doors[i];
        mv_peers_drain(d->peers);
        while (!MV_BROKEN("peers_uncut") &&
               mv_peers_check(d->peers, s->now.mono_ms, user)) {
            const struct mv_key *key =
                mv_guard_user(s->guard, user, mv_real_ms(s));
            MV_LOG(PEER_SUSPENDED, mv_kv_text("door", d->def.name),
                   mv_kv_text("key", key != NULL ? key->name : "?"));
            alarm_of(s, &s->cut_ms, "peers.cut",
                     "a peer sent without ever ending a message");
            if (key != NULL) {
                mv_tally(s, MV_COUNT_SUSPENSIONS, 1);
                mv_guard_suspend(s->guard, key->public_key, s->now.mono_ms);
            }
        }
        count_peers(s, d, &refused);
    }
    if (refused.len > 0)
        say_refused(s, &refused);
    mv_buf_done(&refused);
    quieten(s);
}
