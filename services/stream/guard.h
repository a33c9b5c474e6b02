/* guard - the live registry as the loop sees it: looked at every second, kept
 * when the file goes bad; and the keys that are refused for a while because
 * they send broken frames. No sockets. */
#pragma once

#include "services/stream/keyfile.h"

#define MV_GUARD_STRIKES    3      /* broken messages ... */
#define MV_GUARD_STRIKES_MS 60000  /* ... within this ... */
#define MV_GUARD_SUSPEND_MS 600000 /* ... and refused for this long */

struct mv_guard;

/* MV_CONFIG: the key file is bad. */
MV_CHECKED mv_rc mv_guard_open(struct mv_guard **ret, const char *path,
                               struct mv_err *err);
void mv_guard_close(struct mv_guard *g); /* takes NULL */

/* MV_AGAIN: the file is as it was, or still bad. MV_OK: a new registry is in
 * force; every struct mv_key from before is gone; *lost: roles that some key
 * lost (removed, ended, or another role now). MV_CONFIG: the file is bad, the
 * old one stays. mv_guard_good tells whether the file as it stands is good. */
MV_CHECKED mv_rc mv_guard_look(struct mv_guard *g, int64_t real_ms,
                               unsigned *lost, struct mv_err *err);
bool mv_guard_good(const struct mv_guard *g);
const struct mv_keys *mv_guard_keys(const struct mv_guard *g);

/* The key that a User-Id stands for; NULL: not (or no longer) good. */
const struct mv_key *mv_guard_user(struct mv_guard *g, const char *user,
                                   int64_t real_ms);
const struct mv_key *mv_guard_key(struct mv_guard *g,
                                  const uint8_t public_key[MV_KEY_BYTES],
                                  int64_t real_ms);

/* A broken message came under this key: true if that suspends it now. */
bool mv_guard_strike(struct mv_guard *g, const uint8_t public_key[MV_KEY_BYTES],
                     int64_t mono_ms);
/* At once. */
void mv_guard_suspend(struct mv_guard *g,
                      const uint8_t public_key[MV_KEY_BYTES], int64_t mono_ms);
bool mv_guard_suspended(struct mv_guard *g,
                        const uint8_t public_key[MV_KEY_BYTES],
                        int64_t mono_ms);
/* By an operator, in the transaction: false if it is not suspended. */
bool mv_guard_resume(struct mv_guard *g,
                     const uint8_t public_key[MV_KEY_BYTES]);
/* After it: the keys resumed in it speak again, or stay suspended. */
void mv_guard_settle(struct mv_guard *g, bool committed);
/* How many are suspended. */
size_t mv_guard_suspensions(struct mv_guard *g, int64_t mono_ms);
