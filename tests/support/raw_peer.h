/* raw_peer - a CurveZMQ client without libzmq (ZMTP 3.0, RFC 23; CurveZMQ, RFC
 * 26), for what libzmq will not send: messages that never end, silence in the
 * middle of a handshake. */
#pragma once

#include "services/base/sock/curve.h"

struct raw_peer {
    int fd;
    uint8_t session[32]; /* shared key of the session, crypto_box_beforenm */
    uint64_t nonce;
};

/* endpoint: tcp://127.0.0.1:PORT. False: no handshake. */
bool raw_peer_open(struct raw_peer *p, const char *endpoint,
                   const uint8_t server_key[32], const struct mv_keypair *k);
/* One frame of a message; more: others follow. False: the other end is gone,
 * or took nothing for 5 s. */
bool raw_peer_frame(struct raw_peer *p, struct mv_span bytes, bool more);
/* A heartbeat (ZMTP 3.1, RFC 37); its answer is left unread. */
bool raw_peer_ping(struct raw_peer *p);
/* Has the other end closed it? What it sent before is passed over. */
bool raw_peer_is_cut(struct raw_peer *p);
void raw_peer_close(struct raw_peer *p);
