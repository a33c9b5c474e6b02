/* peers - see peers.h. Job: an eye on a door's connections. Invariant: only a
 * socket is cut that is still the one that was accepted (same inode behind
 * the descriptor). A crash in the middle leaves nothing.
 * libzmq hands a message over when its last frame is in: the memory of one
 * that never ends, and of subscriptions, is seen from the kernel's counter of
 * bytes received alone. Nor has it a bound in bytes for whole messages that
 * wait to be read: 256 of each connection, and of those that ended. */
#include "services/base/sock/peers.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <zmq.h>

#include "services/base/sock/options.h"

#define DRAIN_MAX    4096 /* events at once */
#define CHECK_MAX    1024 /* connections at once */
#define SETTLE_MAX   64   /* connections at once */
#define CHECK_MS     25
#define BYTES_A_SEC  128 /* heartbeats and their like */
#define MONITOR_TEXT 64
#define UNREAD_MAX   65536 /* of a connection while there is no room */

struct peer {
    ino_t inode; /* 0: no connection behind this descriptor */
    uint64_t base_bytes;
    uint64_t read_bytes; /* as they came by the wire */
    int64_t settled_ms;  /* when it was all that had come */
    int64_t since_ms;
    uint64_t spoke; /* the greater the later */
    bool whole, over;
    char user[MV_USER_BYTES];
};

struct mv_peers {
    struct mv_sock *sock;
    void *watched;
    bool fills; /* PUB: no whole message ever comes */
    size_t patience_bytes;
    struct peer *at; /* by descriptor */
    size_t room, next, open;
    size_t doubts;   /* over at the first look, not looked at again yet */
    size_t messages; /* read since the first look */
    bool drained;    /* since the first look */
    bool emptied;    /* the socket was, since it was last relieved */
    bool crowded;    /* who arrives is cut */
    bool settles;    /* once it is empty */
    size_t next_settled;
    uint64_t spoken;
    int64_t checked_ms, relieved_ms;
    struct mv_peers_counts counts;
};

mv_rc mv_peers_open(struct mv_peers **ret, struct mv_net *n, struct mv_sock *s,
                    size_t patience_bytes, struct mv_err *err)
{
    mv_rc rc = MV_OK;
    char at[MONITOR_TEXT];
    struct mv_peers *p = mv_xcalloc(1, sizeof *p);
    int type = 0;
    size_t len = sizeof type;
    p->patience_bytes = patience_bytes;
    p->watched = mv_sock_zmq(s);
    (void)zmq_getsockopt(p->watched, ZMQ_TYPE, &type, &len);
    p->fills = type == ZMQ_PUB;
    (void)snprintf(at, sizeof at, "inproc://peers-%p", (void *)p);
    int events =
        ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_ACCEPT_FAILED | ZMQ_EVENT_CLOSED |
        ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_HANDSHAKE_SUCCEEDED |
        ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
        ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;
    if (zmq_socket_monitor(p->watched, at, events) != 0) {
        rc = mv_fail(err, MV_CONFIG, "cannot watch a socket's connections");
        goto out;
    }
    struct mv_sock_options o = {.kind = MV_SOCK_PAIR, .name = "peers"};
    MV_TRY(mv_sock_open(&p->sock, n, &o, err));
    MV_TRY(mv_sock_connect(p->sock, at, err));
    *ret = p;
    return MV_OK;
out:
    mv_peers_close(p);
    return rc;
}

void mv_peers_close(struct mv_peers *p)
{
    if (p == NULL)
        return;
    (void)zmq_socket_monitor(p->watched, NULL, 0);
    mv_sock_close(p->sock);
    free(p->at);
    free(p);
}

static struct peer *find(struct mv_peers *p, int fd)
{
    if (fd < 0 || (size_t)fd >= p->room || p->at[fd].inode == 0)
        return NULL;
    return &p->at[fd];
}

static ino_t inode_of(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode) ? st.st_ino : 0;
}

static void forget(struct mv_peers *p, struct peer *peer)
{
    p->open -= peer->inode != 0;
    p->doubts -= peer->over;
    *peer = (struct peer){0};
}

static bool cut(struct mv_peers *p, struct peer *peer, int fd)
{
    bool same = inode_of(fd) == peer->inode;
    if (same) {
        /* libzmq closes it; a reset then, so that neither what we had to say
         * to it nor what it still sends stays in the kernel */
        struct linger reset = {.l_onoff = 1};
        (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        (void)shutdown(fd, SHUT_RDWR);
        p->counts.cut++;
    }
    forget(p, peer);
    return same;
}

static void arrived(struct mv_peers *p, int fd)
{
    p->counts.accepted++;
    if (fd < 0 || fd >= MV_PEERS_WATCHED)
        return;
    if ((size_t)fd >= p->room) {
        size_t room = (size_t)fd * 2 < 64 ? 64 : (size_t)fd * 2;
        p->at = mv_xrealloc(p->at, room * sizeof *p->at);
        memset(p->at + p->room, 0, (room - p->room) * sizeof *p->at);
        p->room = room;
    }
    forget(p, &p->at[fd]);
    p->at[fd].inode = inode_of(fd);
    p->at[fd].settled_ms = p->relieved_ms;
    p->open += p->at[fd].inode != 0;
    if (p->crowded && p->at[fd].inode != 0)
        (void)cut(p, &p->at[fd], fd);
}

static void left(struct mv_peers *p, int fd)
{
    p->counts.closed++;
    struct peer *peer = find(p, fd);
    if (peer != NULL)
        forget(p, peer);
}

static void event(struct mv_peers *p, unsigned what, int value)
{
    switch (what) {
    case ZMQ_EVENT_ACCEPTED:
        arrived(p, value);
        break;
    case ZMQ_EVENT_CLOSED:
    case ZMQ_EVENT_DISCONNECTED:
        left(p, value);
        break;
    case ZMQ_EVENT_ACCEPT_FAILED:
        p->counts.accept_failed++;
        break;
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
        p->counts.handshakes++;
        break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
        p->counts.handshakes_refused++;
        break;
    default:
        p->counts.handshakes_failed++;
    }
}

void mv_peers_drain(struct mv_peers *p)
{
    struct mv_buf frames[2] = {{0}, {0}};
    size_t count = 0;
    for (int i = 0; i < DRAIN_MAX; i++) {
        if (mv_sock_recv_frames(p->sock, frames, 2, &count) != MV_OK)
            break;
        uint16_t what;
        uint32_t value;
        if (count < 1 || frames[0].len < sizeof what + sizeof value)
            continue;
        memcpy(&what, frames[0].at, sizeof what);
        memcpy(&value, frames[0].at + sizeof what, sizeof value);
        event(p, what, (int)value);
    }
    mv_buf_done(&frames[0]);
    mv_buf_done(&frames[1]);
}

/* ZMTP's frame around CURVE's box around a message. */
static uint64_t on_the_wire(size_t bytes)
{
    uint64_t box = (uint64_t)bytes + 33;
    return box + (box < 256 ? 2 : 9);
}

/* Those of a user, and in *fd the one that was silent the longest. */
static size_t of_user(const struct mv_peers *p, const char *user, size_t *fd)
{
    size_t many = 0;
    for (size_t i = 0; i < p->room; i++) {
        const struct peer *peer = &p->at[i];
        if (peer->inode == 0 || strcmp(peer->user, user) != 0)
            continue;
        if (many++ == 0 || peer->spoke < p->at[*fd].spoke)
            *fd = i;
    }
    return many;
}

bool mv_peers_whole(struct mv_peers *p, int fd, const char *user, size_t bytes)
{
    size_t oldest = 0;
    struct peer *peer = find(p, fd);
    if (peer == NULL) { /* its arrival is not read yet */
        mv_peers_drain(p);
        peer = find(p, fd);
    }
    if (peer == NULL)
        return false;
    peer->whole = true;
    peer->spoke = ++p->spoken;
    peer->read_bytes += on_the_wire(bytes);
    if (peer->user[0] != 0)
        return false;
    (void)snprintf(peer->user, sizeof peer->user, "%s", user);
    return of_user(p, user, &oldest) > MV_PEERS_OF_USER &&
           cut(p, &p->at[oldest], (int)oldest);
}

/* Bytes that came, and how many of them libzmq has taken, at the least: what
 * comes between the two calls counts as not taken. */
static bool received(int fd, uint64_t *bytes, uint64_t *taken)
{
    struct tcp_info info;
    int waiting = 0;
    socklen_t len = sizeof info;
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0 ||
        len < offsetof(struct tcp_info, tcpi_bytes_received) +
                  sizeof info.tcpi_bytes_received ||
        ioctl(fd, FIONREAD, &waiting) != 0)
        return false;
    *bytes = info.tcpi_bytes_received;
    *taken = *bytes > (uint64_t)waiting ? *bytes - (uint64_t)waiting : 0;
    return true;
}

/* Nothing waits to be read: what libzmq has taken of these was read, or is
 * what never shows as a message: handshake, heartbeats, frames around bodies.
 */
static void settle(struct mv_peers *p)
{
    uint64_t bytes, taken;
    size_t many = p->room < SETTLE_MAX ? p->room : SETTLE_MAX;
    p->settles = false;
    for (size_t i = 0; i < many; i++) {
        int fd = (int)(p->next_settled++ % p->room);
        struct peer *peer = find(p, fd);
        if (peer == NULL || !received(fd, &bytes, &taken))
            continue;
        peer->read_bytes = taken;
        peer->settled_ms = p->relieved_ms;
    }
}

void mv_peers_read(struct mv_peers *p, size_t messages, bool drained)
{
    p->messages += messages;
    p->drained = p->drained || drained;
    p->emptied = p->emptied || drained;
    if (drained && p->settles)
        settle(p);
}

/* Whether one connection is over its patience. libzmq has then taken a whole
 * message at least since the last one that we read, if there is one: it waits
 * where the next reading finds it. */
static bool over(struct mv_peers *p, struct peer *peer, int fd, int64_t mono_ms)
{
    uint64_t bytes, taken;
    if (!received(fd, &bytes, &taken))
        return false;
    if (peer->since_ms == 0)
        peer->since_ms = mono_ms;
    if (peer->whole) {
        peer->whole = false;
        peer->base_bytes = bytes;
        return false;
    }
    uint64_t allowed = p->patience_bytes;
    if (!p->fills)
        return taken > peer->base_bytes + allowed;
    /* what libzmq has not taken yet counts: it stops where 256 wait */
    allowed += (uint64_t)(mono_ms - peer->since_ms) / 1000 * BYTES_A_SEC;
    return bytes > allowed;
}

/* The first look: who is over. It may be us, who did not read for a while. */
static void look(struct mv_peers *p, int64_t mono_ms)
{
    size_t looks = p->room < CHECK_MAX ? p->room : CHECK_MAX;
    for (size_t i = 0; i < looks; i++) {
        int fd = (int)(p->next++ % p->room);
        struct peer *peer = find(p, fd);
        if (peer == NULL || !over(p, peer, fd, mono_ms))
            continue;
        peer->over = true;
        p->doubts++;
    }
    p->messages = 0;
    p->drained = p->fills;
}

/* Every connection had its turn since the first look: nothing was left, or,
 * as libzmq takes one message of each in turn (but for those that change
 * places as others leave), twice as many were read as there are. */
static bool all_read(const struct mv_peers *p)
{
    return p->drained || p->messages > 2 * p->open;
}

/* The second look, at those of the first. */
static bool look_again(struct mv_peers *p, int64_t mono_ms, char *user)
{
    for (size_t fd = 0; fd < p->room && p->doubts > 0; fd++) {
        struct peer *peer = &p->at[fd];
        if (!peer->over)
            continue;
        peer->over = false;
        p->doubts--;
        if (!over(p, peer, (int)fd, mono_ms))
            continue;
        (void)snprintf(user, MV_USER_BYTES, "%s", peer->user);
        if (cut(p, peer, (int)fd))
            return true;
    }
    return false;
}

bool mv_peers_check(struct mv_peers *p, int64_t mono_ms, char *user)
{
    if (p->doubts > 0)
        return all_read(p) && look_again(p, mono_ms, user);
    if (p->room == 0 || mono_ms - p->checked_ms < CHECK_MS)
        return false;
    p->checked_ms = mono_ms;
    look(p, mono_ms);
    return false;
}

/* More waits of it than may while there is no room. */
static bool crowds(const struct peer *peer, int fd, int64_t mono_ms)
{
    uint64_t bytes, taken;
    uint64_t age_s = (uint64_t)(mono_ms - peer->settled_ms) / 1000;
    return received(fd, &bytes, &taken) &&
           taken > peer->read_bytes + UNREAD_MAX + age_s * BYTES_A_SEC;
}

size_t mv_peers_relieve(struct mv_peers *p, bool above, int64_t mono_ms)
{
    size_t many = 0;
    for (size_t fd = 0; fd < p->room && p->relieved_ms == 0; fd++)
        p->at[fd].settled_ms = mono_ms; /* who came before the first time */
    p->relieved_ms = mono_ms;
    p->settles = true;
    p->crowded = above && !p->emptied;
    p->emptied = false;
    for (size_t fd = 0; fd < p->room && p->crowded; fd++) {
        struct peer *peer = find(p, (int)fd);
        if (peer != NULL && crowds(peer, (int)fd, mono_ms))
            many += cut(p, peer, (int)fd);
    }
    return many;
}

bool mv_peers_doubtful(const struct mv_peers *p)
{
    return p->doubts > 0;
}

size_t mv_peers_open_count(const struct mv_peers *p)
{
    return p->open;
}

void mv_peers_counts(const struct mv_peers *p, struct mv_peers_counts *ret)
{
    *ret = p->counts;
}
