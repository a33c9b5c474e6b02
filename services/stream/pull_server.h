/* pull_server - answers pulls of anything that is pulled by number. One pull
 * per (key, log): a newer one takes the place of the parked one, which is
 * answered `superseded`. An empty log parks a pull for a second. What was
 * said to be done is kept per consumer. No sockets, no store: a host. */
#pragma once

#include "proto/msg.h"
#include "services/base/hash.h"
#include "services/stream/asker.h"
#include "services/stream/counters.h"
#include "services/stream/keys.h"
#include "services/stream/pull_source.h"

#define MV_PULLS_MAX     4096 /* consumers known at once */
#define MV_PULLS_GONE    64   /* of them forgotten between two commits */
#define MV_PULLS_PARK_MS 1000

struct mv_pulls;

/* Appends what is said to `verb` of a log where its source answered with this
 * code: "head journal" is what the key may not. */
void mv_pull_refusal(const char *verb, const char *code, struct mv_span log,
                     struct mv_buf *out);

struct mv_pulls_host {
    void *ctx;
    /* As mv_service_def.source; code if it returns false. */
    bool (*source)(void *ctx, struct mv_span log, const struct mv_key *key,
                   struct mv_pull_source *ret, const char **code);
    /* The key as it is now; NULL: no longer good. */
    const struct mv_key *(*key)(void *ctx, const uint8_t *public_key);
    /* Around the reads of one answer; not sent unless end is MV_OK. */
    mv_rc (*begin)(void *ctx, struct mv_err *err);
    mv_rc (*end)(void *ctx, struct mv_err *err);
    bool (*send)(void *ctx, const struct mv_asker *to, struct mv_span bytes);
    void (*count)(void *ctx, mv_counter which, uint64_t n);
};

/* What is known of a consumer of a log; its name is its key's. */
struct mv_consumer {
    char log[MV_KEY_NAME_BYTES + 1], name[MV_KEY_NAME_BYTES];
    uint8_t public_key[MV_KEY_BYTES];
    uint64_t done; /* all below is durable there, as it said last */
    uint8_t hash[MV_HASH_BYTES]; /* and of which history: that pull's */
    uint64_t given;              /* next number after the last it was sent */
    int64_t seen_ms;             /* wall time of its last pull */
    bool said_more;              /* done grew since it was last committed */
    uint64_t staged; /* done as applied in the open batch; 0: not in it */
};

struct mv_pulls *mv_pulls_open(const struct mv_pulls_host *host);
void mv_pulls_close(struct mv_pulls *p); /* takes NULL */

/* A pull as it came, of any shape: refused at once, or parked. Reads nothing
 * of a log, so it may come while the store's transaction is open. */
void mv_pulls_take(struct mv_pulls *p, unsigned door, struct mv_span route,
                   const struct mv_key *key, struct mv_span body,
                   int64_t mono_ms, int64_t wall_ms);
/* Answers parked pulls: those that just came, those whose second is over, and
 * if `woken` (there was a commit) those for which something is there now.
 * Never while the store's transaction is open. */
void mv_pulls_serve(struct mv_pulls *p, int64_t mono_ms, bool woken);
/* While the store's transaction may be open: one page, of a log that is steady,
 * to a pull that just came and is behind what is committed. All else waits for
 * mv_pulls_serve. */
void mv_pulls_serve_amid(struct mv_pulls *p);
/* When to serve next, whatever happens; INT64_MAX: none is parked. */
int64_t mv_pulls_next_ms(const struct mv_pulls *p);

/* All consumers, 0.. until NULL. */
struct mv_consumer *mv_pulls_at(struct mv_pulls *p, size_t i);
/* A new consumer beyond MV_PULLS_MAX takes the place of the one that was not
 * seen for longest. Those forgotten so, 0.. until NULL, until it is said that
 * the store has forgotten them too. */
const struct mv_consumer *mv_pulls_gone(const struct mv_pulls *p, size_t i);
void mv_pulls_gone_clear(struct mv_pulls *p);
/* What the store knew of one, at start. */
void mv_pulls_restore(struct mv_pulls *p, const struct mv_consumer *c);
