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

#define MV_ZAP_WHYS 8 /* reasons there are, at most */

struct mv_zap_refused {
    const char *why; /* "unknown key", "no longer valid"...; a literal */
    uint64_t count;
};

/* Why keys were not let in at doors since the last call: each reason once, the
 * first first. Returns how many; they are counted before the socket has its
 * answer, so before the socket's own event. */
size_t mv_zap_refused(struct mv_zap *z, struct mv_zap_refused ret[MV_ZAP_WHYS]);

/* The decision alone, for tests and fuzzing: the frames after the delimiter
 * (version, request id, domain, address, identity, mechanism, credentials).
 * Returns "200" or "400" or "300" (come again: no good registry); user is the
 * key in hex. wall_ms as in mv_key_valid. */
const char *mv_zap_decide(const struct mv_keys *keys, int64_t wall_ms,
                          const struct mv_span *frames, size_t count,
                          char user[MV_USER_BYTES], const char **why);
