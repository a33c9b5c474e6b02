/* peers - what libzmq's monitor and the kernel say of a door's connections:
 * how many, how many handshakes failed and why; and an end to a peer that
 * fills memory without ever finishing a message (libzmq has no bound for
 * unfinished multipart messages or for subscriptions). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "services/base/sock/sock.h"

/* Connections that are looked at one by one; more are only counted. */
#define MV_PEERS_WATCHED 65536
/* Of one user at one door: a program that opens a connection for each message
 * and closes none takes no descriptors from the others. */
#define MV_PEERS_OF_USER 64

struct mv_peers;

struct mv_peers_counts {
    uint64_t accepted, closed;   /* connections since start */
    uint64_t accept_failed;      /* ACCEPT_FAILED: out of descriptors, ... */
    uint64_t handshakes;         /* succeeded */
    uint64_t handshakes_refused; /* HANDSHAKE_FAILED_AUTH: ZAP said no */
    uint64_t handshakes_failed;  /* any other: protocol, no detail */
    uint64_t cut;                /* ended by us */
};

/* Watches a server socket; call before its bind. patience_bytes: what one
 * connection may send between two messages that arrive whole (ROUTER), or in
 * all, less 128 bytes a second for heartbeats (PUB). */
MV_CHECKED mv_rc mv_peers_open(struct mv_peers **ret, struct mv_net *n,
                               struct mv_sock *s, size_t patience_bytes,
                               struct mv_err *err);
void mv_peers_close(struct mv_peers *p);

/* Takes what events there are, a bounded number. */
void mv_peers_drain(struct mv_peers *p);
/* A whole message of so many bytes came by this connection (mv_wire.fd) from
 * this user; the name is kept, to say whose connection was cut. Costs no
 * system call once the connection is known. True: it is one more than a user
 * may have, and the one of his that was silent the longest was cut. */
bool mv_peers_whole(struct mv_peers *p, int fd, const char *user, size_t bytes);
/* The socket was read: so many messages; drained: and nothing was left. */
void mv_peers_read(struct mv_peers *p, size_t messages, bool drained);
/* Some forty times a second: looks at a bounded share of the connections, and
 * at those over their patience once more as soon as the socket was read. True:
 * one was cut, and user (MV_USER_BYTES) says whose, "" if it never finished a
 * message; call again, there may be more. */
bool mv_peers_check(struct mv_peers *p, int64_t mono_ms, char *user);
/* As often; above: the process has more memory than it should. Unless the
 * socket was empty since the last time, what waits in it to be read may be
 * why, of connections that are gone too: until that is over who connects is
 * cut, and who sent more than 64 KiB that were not read, and 128 bytes a second
 * for heartbeats, since the socket was last seen empty. How many were. */
size_t mv_peers_relieve(struct mv_peers *p, bool above, int64_t mono_ms);
/* The second look is due: read the socket and check, without waiting. */
bool mv_peers_doubtful(const struct mv_peers *p);

/* Connections there are now. */
size_t mv_peers_open_count(const struct mv_peers *p);
void mv_peers_counts(const struct mv_peers *p, struct mv_peers_counts *ret);
