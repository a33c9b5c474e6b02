/* zap - the ZAP handler (ZeroMQ RFC 27): one thread that says of every CURVE
 * handshake whether the key is registered and valid. Doubt means no. Opened
 * before any server socket; its death or silence ends the process. */
#pragma once

#include <stdint.h>

#include "services/base/sock/sock.h"
#include "services/stream/keys.h"

/* Who may listen to a live socket (MV_DOMAIN_LIVE). */
#define MV_ZAP_LIVE_ROLES \
    (MV_ROLE_READER | MV_ROLE_AUDITOR | MV_ROLE_OPERATOR | MV_ROLE_SERVICE)

struct mv_zap;

/* Binds inproc://zeromq.zap.01 in n and asks itself about a key that nobody
 * has; MV_FATAL unless it is refused. The registry is copied. */
MV_CHECKED mv_rc mv_zap_open(struct mv_zap **ret, struct mv_net *n,
                             const struct mv_keys *keys, struct mv_err *err);
void mv_zap_close(struct mv_zap *z);

/* Copies the registry in; NULL: none is good, refuse every handshake. */
void mv_zap_keys(struct mv_zap *z, const struct mv_keys *keys);

/* The watchdog; each turn of the loop. Every 10 s it asks about a key that
 * nobody has. MV_FATAL: no answer for 5 s, or the key was let in. */
MV_CHECKED mv_rc mv_zap_watch(struct mv_zap *z, int64_t mono_ms,
                              struct mv_err *err);

/* Why the last that was not let in was not: "unknown key", "not valid yet",
 * "no longer valid", "role"... A literal; empty: there was none. */
const char *mv_zap_why(struct mv_zap *z);

/* The decision alone, for tests and fuzzing: the frames after the delimiter
 * (version, request id, domain, address, identity, mechanism, credentials).
 * Returns "200" or "400" or "300" (come again: no good registry); user is the
 * key in hex. wall_ms as in mv_key_valid. */
const char *mv_zap_decide(const struct mv_keys *keys, int64_t wall_ms,
                          const struct mv_span *frames, size_t count,
                          char user[MV_USER_BYTES], const char **why);
