/* zap - see zap.h. Job: who may connect. Invariant: 200 only for CURVE and a
 * key that a good registry holds and that is valid now; the User-Id is that
 * key's hex, so a message is looked up by the key it came under, whatever a
 * name means by then. A crash leaves nothing; without this thread libzmq lets
 * nobody in, because the domain is enforced. */
#include "services/stream/zap.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "services/base/clock.h"
#include "services/base/hash.h"

#define HANDLER   "inproc://zeromq.zap.01"
#define STOP      "inproc://maalvakt-zap-stop"
#define FRAMES    8 /* in: six of the protocol, a key, and one too many */
#define ASK_MS    10000
#define SILENT_MS 5000

struct mv_zap {
    struct mv_sock *handler; /* the thread's, once it runs */
    struct mv_sock *told;    /* the thread's end */
    struct mv_sock *stop;    /* ours */
    struct mv_sock *asker;
    pthread_t thread;
    bool runs;
    pthread_mutex_t lock; /* over keys and refused */
    struct mv_keys *keys;
    struct mv_zap_refused refused[MV_ZAP_WHYS]; /* those without a why: none */
    int64_t asked_ms;
    bool asked; /* and not answered yet */
};

const char *mv_zap_decide(const struct mv_keys *keys, int64_t wall_ms,
                          const struct mv_span *frames, size_t count,
                          char user[MV_USER_BYTES], const char **why)
{
    uint8_t key[MV_KEY_BYTES];
    user[0] = 0;
    *why = "bad request";
    if (count < 6 || !mv_span_is(frames[0], "1.0"))
        return "400";
    *why = "mechanism";
    if (!mv_span_is(frames[5], "CURVE") || count != 7 ||
        frames[6].len != MV_KEY_BYTES)
        return "400";
    *why = "no good registry";
    if (keys == NULL)
        return "300";
    memcpy(key, frames[6].at, sizeof key);
    const struct mv_key *k = mv_keys_find(keys, key);
    *why = "unknown key";
    if (k == NULL || !mv_key_valid(k, wall_ms, why))
        return "400";
    *why = "role";
    if (mv_span_is(frames[2], MV_DOMAIN_LIVE) &&
        (k->roles & MV_ZAP_LIVE_ROLES) == 0)
        return "400";
    *why = "";
    (void)mv_key_hex(key, user);
    return "200";
}

/* A door's; under the lock. */
static void count_refused(struct mv_zap *z, const char *why)
{
    size_t i = 0;
    while (z->refused[i].why != NULL && strcmp(z->refused[i].why, why) != 0) {
        i++;
        MV_ASSERT(i < MV_ZAP_WHYS);
    }
    z->refused[i].why = why;
    z->refused[i].count++;
}

/* One handshake. False: the context is gone. */
static bool answer(struct mv_zap *z, struct mv_buf *in)
{
    struct mv_span frames[FRAMES];
    char user[MV_USER_BYTES];
    const char *why;
    size_t n = 0;
    mv_rc rc = mv_sock_recv_frames(z->handler, in, FRAMES, &n);
    if (rc != MV_OK)
        return rc == MV_AGAIN;
    for (size_t i = 0; i < FRAMES; i++)
        frames[i] = i < n ? mv_buf_span(&in[i]) : mv_span("", 0);
    (void)pthread_mutex_lock(&z->lock);
    const char *status =
        mv_zap_decide(z->keys, mv_clock_real_ms(), frames, n, user, &why);
    if (*why != 0 && mv_span_is(frames[2], MV_DOMAIN_DOOR))
        count_refused(z, why);
    (void)pthread_mutex_unlock(&z->lock);
    struct mv_span out[] = {mv_span_text("1.0"),  frames[1],
                            mv_span_text(status), mv_span_text(why),
                            mv_span_text(user),   mv_span("", 0)};
    return mv_sock_send_frames(z->handler, out, 6) != MV_FATAL;
}

static void *run(void *arg)
{
    struct mv_zap *z = arg;
    struct mv_buf in[FRAMES] = {{0}};
    struct mv_poll polls[2] = {{.sock = z->handler}, {.sock = z->told}};
    bool on = true;
    while (on) {
        if (mv_sock_poll(polls, 2, -1) != MV_OK || polls[1].ready)
            break;
        if (polls[0].ready)
            on = answer(z, in);
    }
    for (size_t i = 0; i < FRAMES; i++)
        mv_buf_done(&in[i]);
    return NULL;
}

static mv_rc pair(struct mv_sock **ret, struct mv_net *n, mv_sock_kind kind,
                  const char *bind, const char *connect, struct mv_err *err)
{
    mv_rc rc = MV_OK;
    struct mv_sock_options o = {.kind = kind, .name = "zap"};
    MV_TRY(mv_sock_open(ret, n, &o, err));
    if (bind != NULL)
        MV_TRY(mv_sock_bind(*ret, bind, err));
    if (connect != NULL)
        MV_TRY(mv_sock_connect(*ret, connect, err));
out:
    return rc;
}

/* Asks about a key that nobody has. MV_AGAIN: it takes no question now. */
static mv_rc ask(struct mv_zap *z, struct mv_err *err)
{
    uint8_t key[MV_KEY_BYTES];
    mv_random_bytes(key, sizeof key);
    struct mv_span frames[] = {mv_span_text("1.0"),
                               mv_span_text("watch"),
                               mv_span_text("self-test"),
                               mv_span_text("127.0.0.1"),
                               mv_span("", 0),
                               mv_span_text("CURVE"),
                               mv_span(key, sizeof key)};
    z->asked = true;
    mv_rc rc = mv_sock_send_frames(z->asker, frames, 7);
    return rc == MV_OK ? rc
                       : mv_fail(err, rc, "the ZAP handler cannot be asked");
}

/* Reads the answer if it is there. */
static mv_rc hear(struct mv_zap *z, struct mv_err *err)
{
    struct mv_buf in[FRAMES] = {{0}};
    size_t n = 0;
    mv_rc rc = mv_sock_recv_frames(z->asker, in, FRAMES, &n);
    if (rc == MV_FATAL)
        rc = mv_fail(err, rc, "the ZAP handler cannot be heard");
    if (rc == MV_OK) {
        z->asked = false;
        if (n != 6 || mv_span_is(mv_buf_span(&in[2]), "200"))
            rc = mv_fail(err, MV_FATAL, "the ZAP handler let a stranger in");
    }
    for (size_t i = 0; i < FRAMES; i++)
        mv_buf_done(&in[i]);
    return rc;
}

static mv_rc first_test(struct mv_zap *z, struct mv_err *err)
{
    struct mv_poll poll = {.sock = z->asker};
    if (ask(z, err) != MV_OK)
        return MV_FATAL;
    if (mv_sock_poll(&poll, 1, SILENT_MS) != MV_OK)
        return mv_fail(err, MV_FATAL, "the ZAP handler cannot be heard");
    mv_rc rc = hear(z, err);
    if (rc == MV_AGAIN)
        rc = mv_fail(err, MV_FATAL, "the ZAP handler does not answer");
    return rc;
}

mv_rc mv_zap_open(struct mv_zap **ret, struct mv_net *n,
                  const struct mv_keys *keys, struct mv_err *err)
{
    mv_rc rc = MV_OK;
    struct mv_zap *z = mv_xcalloc(1, sizeof *z);
    (void)pthread_mutex_init(&z->lock, NULL);
    z->keys = keys != NULL ? mv_keys_copy(keys) : NULL;
    MV_TRY(pair(&z->handler, n, MV_SOCK_ZAP, HANDLER, NULL, err));
    MV_TRY(pair(&z->stop, n, MV_SOCK_PAIR, STOP, NULL, err));
    MV_TRY(pair(&z->told, n, MV_SOCK_PAIR, NULL, STOP, err));
    MV_TRY(pair(&z->asker, n, MV_SOCK_REQ, NULL, HANDLER, err));
    if (pthread_create(&z->thread, NULL, run, z) != 0) {
        rc = mv_fail(err, MV_FATAL, "cannot start the ZAP handler");
        goto out;
    }
    z->runs = true;
    MV_TRY(first_test(z, err));
    *ret = z;
    return MV_OK;
out:
    mv_zap_close(z);
    return rc;
}

void mv_zap_close(struct mv_zap *z)
{
    if (z == NULL)
        return;
    if (z->runs) {
        mv_rc told =
            mv_sock_send(z->stop, mv_span(NULL, 0), mv_span_text("stop"));
        MV_ASSERT(told != MV_AGAIN);
        (void)pthread_join(z->thread, NULL);
    }
    mv_sock_close(z->asker);
    mv_sock_close(z->told);
    mv_sock_close(z->stop);
    mv_sock_close(z->handler);
    (void)pthread_mutex_destroy(&z->lock);
    mv_keys_close(z->keys);
    free(z);
}

void mv_zap_keys(struct mv_zap *z, const struct mv_keys *keys)
{
    struct mv_keys *copy = keys != NULL ? mv_keys_copy(keys) : NULL;
    (void)pthread_mutex_lock(&z->lock);
    struct mv_keys *old = z->keys;
    z->keys = copy;
    (void)pthread_mutex_unlock(&z->lock);
    mv_keys_close(old);
}

mv_rc mv_zap_watch(struct mv_zap *z, int64_t mono_ms, struct mv_err *err)
{
    if (z->asked) {
        mv_rc rc = hear(z, err);
        if (rc == MV_AGAIN && mono_ms - z->asked_ms > SILENT_MS)
            return mv_fail(err, MV_FATAL, "the ZAP handler does not answer");
        return rc == MV_AGAIN ? MV_OK : rc;
    }
    if (mono_ms - z->asked_ms < ASK_MS)
        return MV_OK;
    z->asked_ms = mono_ms;
    return ask(z, err) == MV_FATAL ? MV_FATAL : MV_OK;
}

size_t mv_zap_refused(struct mv_zap *z, struct mv_zap_refused ret[MV_ZAP_WHYS])
{
    size_t count = 0;
    (void)pthread_mutex_lock(&z->lock);
    while (count < MV_ZAP_WHYS && z->refused[count].why != NULL) {
        ret[count] = z->refused[count];
        z->refused[count++] = (struct mv_zap_refused){0};
    }
    (void)pthread_mutex_unlock(&z->lock);
    return count;
}
