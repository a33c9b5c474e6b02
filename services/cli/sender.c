/* sender - see sender.h. Job: each delivery until it is answered. Invariant:
 * what is sent again is the same bytes under the same number, so that ingest
 * counts it once. A crash: the spool has all that was not answered. */
#include "services/cli/sender.h"

#include <stdlib.h>
#include <string.h>

#include "proto/answers.h"
#include "proto/pack.h"
#include "proto/walk.h"
#include "services/base/clock.h"
#include "services/base/err.h"
#include "services/base/hash.h"
#include "services/base/sock/peers.h"
#include "services/cli/conflict_text.h"
#include "services/cli/keystate.h"
#include "services/cli/phrase.h"
#include "services/cli/progress.h"
#include "services/cli/rows.h"

#define SILENCE_MS  3000
#define REFUSED_MAX 2
#define TURN_MS     50
#define FIRST_MS    2000
#define LAST_MS     60000

struct run {
    const struct cli_sender *s;
    struct cli_item *items;
    size_t count, first; /* all before `first` are done */
    struct mv_net *net;
    struct mv_sock *sock;
    struct mv_peers *peers; /* says whether the key is let in */
    uint64_t refused;       /* handshakes, on all sockets */
    struct mv_wire wire;
    int64_t now_ms, heard_ms, progress_ms;
    struct mv_buf reason; /* of the last `retry` */
    size_t done;
    int code;
};

int64_t cli_sender_wait(unsigned tries, uint32_t random)
{
    int64_t ms = FIRST_MS;
    while (tries-- > 1 && ms < LAST_MS)
        ms *= 2;
    if (ms > LAST_MS)
        ms = LAST_MS;
    return ms / 2 + (int64_t)((uint64_t)random * (uint64_t)(ms / 2) >> 32);
}

static void close_socket(struct run *r)
{
    mv_held_done(&r->wire.held);
    mv_peers_close(r->peers);
    mv_sock_close(r->sock);
    r->peers = NULL;
    r->sock = NULL;
}

/* A key made a moment ago may be refused once: it is tried on two sockets. */
static bool shut_out(struct run *r)
{
    struct mv_peers_counts now;
    mv_peers_drain(r->peers);
    mv_peers_counts(r->peers, &now);
    return r->refused + now.handshakes_refused >= REFUSED_MAX;
}

static mv_rc new_socket(struct run *r, struct mv_err *err)
{
    struct mv_sock_options o = {.kind = MV_SOCK_DEALER,
                                .name = "push",
                                .max_bytes = MV_MAX_SERVICE_FRAME_BYTES,
                                .keys = &r->s->door->keys,
                                .server_key = r->s->door->server_key};
    struct mv_peers_counts before = {0};
    if (r->peers != NULL)
        mv_peers_counts(r->peers, &before);
    r->refused += before.handshakes_refused;
    close_socket(r);
    mv_rc rc = mv_sock_open(&r->sock, r->net, &o, err);
    if (rc == MV_OK)
        rc = mv_peers_open(&r->peers, r->net, r->sock, SIZE_MAX, err);
    if (rc == MV_OK)
        rc = mv_sock_connect(r->sock, r->s->door->endpoint, err);
    /* whatever was under way on the old one goes again at once */
    for (size_t i = r->first; i < r->count; i++)
        r->items[i].due_ms = 0;
    r->heard_ms = r->now_ms;
    return rc;
}

static mv_rc load(struct run *r, struct cli_item *item, struct mv_err *err)
{
    if (item->frame.len > 0)
        return MV_OK;
    return cli_spool_get(r->s->spool, item->entry, &item->frame, NULL, err);
}

/* As a delivery, or as a question about one. */
static mv_rc send_frame(struct run *r, size_t i)
{
    struct mv_span frame = mv_buf_span(&r->items[i].frame);
    struct mv_buf args = {0}, out = {0};
    if (!r->s->dry)
        return mv_sock_send(r->sock, mv_span(NULL, 0), frame);
    mv_pack_map(&args, 1);
    mv_pack_kv_bin(&args, "delivery", frame);
    struct mv_msg_request m = {
        .id = i + 1, .verb = mv_span_text("try"), .args = mv_buf_span(&args)};
    mv_msg_request_encode(&m, &out);
    mv_rc rc = mv_sock_send(r->sock, mv_span(NULL, 0), mv_buf_span(&out));
    mv_buf_done(&args);
    mv_buf_done(&out);
    return rc;
}

static mv_rc send_due(struct run *r, struct mv_err *err)
{
    size_t under_way = 0;
    while (r->first < r->count && r->items[r->first].done)
        r->first++;
    for (size_t i = r->first; i < r->count && under_way < CLI_WINDOW; i++) {
        struct cli_item *item = &r->items[i];
        if (item->entry->made_ms != r->items[r->first].entry->made_ms)
            break;
        if (item->done)
            continue;
        under_way++;
        if (item->due_ms > r->now_ms)
            continue;
        mv_rc rc = load(r, item, err);
        if (rc == MV_OK)
            rc = send_frame(r, i);
        if (rc == MV_AGAIN) /* the handshake is not through yet */
            return MV_OK;
        if (rc != MV_OK)
            return rc;
        item->sent = true;
        item->due_ms = r->now_ms + cli_sender_wait(++item->tries,
                                                   (uint32_t)mv_random_u64());
    }
    return MV_OK;
}

static struct cli_item *find(struct run *r, const struct mv_msg_answer *a)
{
    struct cli_item *only = NULL;
    size_t open = 0;
    MV_ASSERT(r->items != NULL);
    for (size_t i = r->first; i < r->count; i++) {
        struct cli_item *item = &r->items[i];
        if (item->done || !item->sent)
            continue;
        open++;
        only = item;
        if (a->has_number && a->number == item->entry->number &&
            (a->producer.at == NULL ||
             mv_span_is(a->producer, item->entry->producer)))
            return item;
    }
    return a->has_number || open != 1 ? NULL : only;
}

static int say_shut_out(struct run *r)
{
    if (!cli_key_say(r->s->c, r->s->door))
        cli_warn(r->s->c, CLI_W_PUSH_KEY_REFUSED, r->s->door->key_name, NULL);
    return CLI_DENIED;
}

static bool is_unauthorised(const struct mv_msg_answer *a)
{
    struct mv_list list;
    struct mv_span raw;
    return mv_span_is(a->result, "rejected") &&
           mv_list_open(&list, a->conflicts) && mv_list_next(&list, &raw) &&
           mv_span_is(cli_get_text(raw, "code"), "unauthorised");
}

static void take(struct run *r, struct cli_item *item, struct mv_span bytes,
                 const struct mv_msg_answer *a)
{
    if (item == NULL || item->done)
        return;
    if (mv_span_is(a->result, "retry")) {
        int64_t after = a->has_after_ms ? (int64_t)a->after_ms : 0;
        int64_t own = cli_sender_wait(item->tries, (uint32_t)mv_random_u64());
        item->due_ms = r->now_ms + (after > own ? after : own);
        mv_buf_clear(&r->reason);
        mv_buf_put(&r->reason, a->reason.at, a->reason.len);
        return;
    }
    if (is_unauthorised(a)) { /* of the key, not of the delivery: kept */
        r->code = say_shut_out(r);
        return;
    }
    r->code = r->s->answered(r->s->ctx, item, bytes, a);
    item->done = true;
    mv_buf_done(&item->frame);
    r->done++;
    r->progress_ms = r->now_ms;
}

/* A reply to `try`, with the answer within it. */
static void take_reply(struct run *r, struct mv_span frame)
{
    struct mv_msg_reply m;
    struct mv_msg_answer a;
    struct mv_fault fault;
    struct mv_list rows;
    struct mv_span bytes;
    if (!mv_msg_reply_decode(frame, &m, &fault) || m.id < 1 || m.id > r->count)
        return;
    if (mv_span_is(m.result, "rejected")) {
        struct mv_buf text = {0}, code = {0};
        mv_buf_put(&text, m.text.at, m.text.len);
        mv_buf_put(&code, m.code.at, m.code.len);
        r->code = cli_fail(r->s->c, CLI_DENIED, CLI_W_REFUSED, "ingest",
                           mv_buf_cstr(&text), mv_buf_cstr(&code), NULL);
        mv_buf_done(&text);
        mv_buf_done(&code);
    } else if (mv_list_open(&rows, m.rows) && mv_list_next(&rows, &bytes) &&
               mv_msg_answer_decode(bytes, &a, &fault)) {
        take(r, &r->items[m.id - 1], bytes, &a);
    }
}

/* The answers of a frame; after one that ends the run no other counts. */
static void take_answers(struct run *r, struct mv_span frame)
{
    struct mv_answers answers;
    struct mv_msg_answer a;
    struct mv_fault fault;
    struct mv_span bytes;
    if (!mv_answers_open(&answers, frame, &fault))
        return;
    while (r->code == CLI_OK && mv_answers_next(&answers, &a, &bytes))
        take(r, find(r, &a), bytes, &a);
}

static mv_rc receive(struct run *r)
{
    mv_rc rc;
    while (r->code == CLI_OK &&
           (rc = mv_sock_recv(r->sock, &r->wire)) != MV_AGAIN) {
        if (rc == MV_FATAL)
            return rc;
        r->heard_ms = r->now_ms;
        if (rc == MV_OK && r->s->dry)
            take_reply(r, r->wire.body);
        else if (rc == MV_OK)
            take_answers(r, r->wire.body);
    }
    return MV_OK;
}

static int give_up(struct run *r)
{
    struct mv_buf left = {0}, why = {0};
    int code = r->reason.len > 0 ? CLI_RETRY : CLI_AWAY;
    cli_deliveries(r->s->c, r->count - r->done, &left);
    cli_code_put(r->s->c, mv_buf_span(&r->reason), &why);
    if (r->s->dry && r->s->spool == NULL) { /* a trial: nothing is kept */
        cli_warn(r->s->c,
                 code == CLI_RETRY ? CLI_W_PUSH_TRY_RETRY : CLI_W_PUSH_UNTRIED,
                 code == CLI_RETRY ? mv_buf_cstr(&why) : r->s->door->endpoint,
                 r->s->door->key_name, NULL);
    } else if (code == CLI_RETRY) {
        cli_warn(r->s->c, CLI_W_PUSH_RETRY, mv_buf_cstr(&left),
                 mv_buf_cstr(&why), NULL);
    } else {
        cli_warn(r->s->c, CLI_W_PUSH_SILENT, mv_buf_cstr(&left),
                 r->s->door->key_name, r->s->door->endpoint, NULL);
    }
    mv_buf_done(&left);
    mv_buf_done(&why);
    return code;
}

static mv_rc turn(struct run *r, struct mv_err *err)
{
    struct mv_poll p = {.sock = r->sock, .fd = -1};
    mv_rc rc = MV_OK;
    r->now_ms = mv_clock_mono_ms();
    if (shut_out(r)) {
        r->code = say_shut_out(r);
        return MV_OK;
    }
    if (r->now_ms - r->heard_ms > SILENCE_MS)
        MV_TRY(new_socket(r, err));
    p.sock = r->sock;
    MV_TRY(send_due(r, err));
    MV_TRY(mv_sock_poll(&p, 1, TURN_MS));
    r->now_ms = mv_clock_mono_ms();
    MV_TRY(receive(r));
    if (r->code == CLI_OK && r->done < r->count &&
        r->now_ms - r->progress_ms > r->s->wait_ms)
        r->code = give_up(r);
out:
    return rc;
}

int cli_sender_run(const struct cli_sender *s, struct cli_item *items,
                   size_t count)
{
    struct run r = {.s = s, .items = items, .count = count};
    struct cli_progress progress;
    struct mv_err err = {0};
    r.now_ms = r.progress_ms = mv_clock_mono_ms();
    cli_progress_begin(&progress, s->c, cli_w(s->c, CLI_W_PUSH_PROGRESS),
                       count);
    mv_rc rc = mv_net_open(&r.net, &err);
    if (rc == MV_OK)
        rc = new_socket(&r, &err);
    while (rc == MV_OK && r.code == CLI_OK && r.done < r.count) {
        rc = turn(&r, &err);
        cli_progress_at(&progress, r.done);
    }
    cli_progress_end(&progress);
    close_socket(&r);
    if (r.net != NULL)
        mv_net_close(r.net);
    for (size_t i = 0; i < count; i++)
        mv_buf_done(&items[i].frame);
    mv_buf_done(&r.reason);
    return rc == MV_OK ? r.code : cli_fail_err(s->c, rc, &err);
}
