/* puller - reads a log of another process: asks for the next page before the
 * last is used, checks every record's content and chain, starts anew on a new
 * socket when nothing comes. Knows neither store nor loop. */
#pragma once

#include "services/base/sock/sock.h"
#include "services/stream/log.h"

struct mv_puller;

struct mv_puller_options {
    struct mv_net *net;
    const char *log; /* "journal", "changes", "control", a subscription */
    const char *endpoint;
    const uint8_t *server_key;
    const struct mv_keypair *keys;
    uint32_t page_bytes; /* 0: MV_MAX_PAGE_BYTES */
    bool queue;          /* notices: no records, no chain to check */
};

typedef enum mv_puller_state {
    MV_PULLER_ASKING,     /* connected or trying to */
    MV_PULLER_SILENT,     /* nothing came for 3 s */
    MV_PULLER_DIVERGED,   /* another history: stopped for good */
    MV_PULLER_REFUSED,    /* no right, no such log: asked again in 10 s */
    MV_PULLER_SUPERSEDED, /* another process pulls with this key; asks again */
    MV_PULLER_DAMAGED,    /* a record or its chain is wrong: asked again */
    MV_PULLER_STOPPED,    /* by mv_puller_stop */
} mv_puller_state;

/* Everything up to seq is had, with chain hash at it. seq 0 and hash all zero:
 * from the start, and the genesis is asked for. Copies the options. */
MV_CHECKED mv_rc mv_puller_open(struct mv_puller **ret,
                                const struct mv_puller_options *o, uint64_t seq,
                                const uint8_t hash[32], struct mv_err *err);
void mv_puller_close(struct mv_puller *p);

/* The socket to poll now (another one after a silence), NULL: none. */
struct mv_sock *mv_puller_sock(struct mv_puller *p);

/* Asks, gives up, connects anew; each turn of the loop. Before it gives up it
 * looks for what waits unread, as receive does. Returns the monotonic time by
 * which it wants to be called again. */
int64_t mv_puller_step(struct mv_puller *p, int64_t mono_ms);

/* Takes what came. True: a page is there and its records can be had. No page
 * is taken while one has records left. */
bool mv_puller_receive(struct mv_puller *p, int64_t mono_ms);

/* A page has come since it was opened, be it with nothing in it. */
bool mv_puller_answered(const struct mv_puller *p);

/* True: a page is there with records left. */
bool mv_puller_has(const struct mv_puller *p);

/* The next record of the page: borrowed until the next receive or step.
 * MV_AGAIN: none left. The position is moved by mv_puller_done only. */
MV_CHECKED mv_rc mv_puller_next(struct mv_puller *p, struct mv_record *ret);
/* For a queue: the next notice's number and bytes. */
MV_CHECKED mv_rc mv_puller_notice(struct mv_puller *p, uint64_t *number,
                                  struct mv_span *bytes);
/* All up to seq, with chain hash there (NULL for a queue: it has one for all
 * numbers), is durable here; said with the next pull. */
void mv_puller_done(struct mv_puller *p, uint64_t seq, const uint8_t *hash);
/* Where it stands so: to be kept. With the genesis, once it is known. */
void mv_puller_done_place(const struct mv_puller *p, uint64_t *seq,
                          uint8_t hash[MV_HASH_BYTES]);
/* Takes the page's records since the last done back: they come again. */
void mv_puller_again(struct mv_puller *p);

void mv_puller_stop(struct mv_puller *p, bool stop);
mv_puller_state mv_puller_state_of(const struct mv_puller *p);
/* Last record handed out, the other's head as last heard, and why it is not
 * asking ("" if it is). */
uint64_t mv_puller_seq(const struct mv_puller *p);
uint64_t mv_puller_head(const struct mv_puller *p);
const char *mv_puller_why(const struct mv_puller *p);
