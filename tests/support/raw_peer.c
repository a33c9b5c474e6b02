/* raw_peer - see raw_peer.h. */
#include "tests/support/raw_peer.h"

#include <errno.h>
#include <netinet/in.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define BOX_BYTES 16 /* crypto_box_MACBYTES */

static bool send_all(int fd, const void *at, size_t len)
{
    const uint8_t *b = at;
    while (len > 0) {
        ssize_t n = send(fd, b, len, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        b += n;
        len -= (size_t)n;
    }
    return true;
}

static bool recv_all(int fd, void *at, size_t len)
{
    uint8_t *b = at;
    while (len > 0) {
        ssize_t n = recv(fd, b, len, 0);
        if (n <= 0)
            return false;
        b += n;
        len -= (size_t)n;
    }
    return true;
}

static bool greet(int fd)
{
    uint8_t ours[64] = {0xff, 0, 0, 0,   0,   0,   0,   0,  0,
                        0x7f, 3, 0, 'C', 'U', 'R', 'V', 'E'};
    uint8_t theirs[64];
    return send_all(fd, ours, sizeof ours) &&
           recv_all(fd, theirs, sizeof theirs);
}

/* A command frame with a length of eight bytes. */
static bool command(int fd, const struct mv_buf *body)
{
    uint8_t head[9] = {0x06};
    mv_be64_put(head + 1, body->len);
    return send_all(fd, head, sizeof head) && send_all(fd, body->at, body->len);
}

static bool read_command(int fd, uint8_t *out, size_t room, size_t *len)
{
    uint8_t head[2];
    if (!recv_all(fd, head, sizeof head) || head[0] != 0x04 || head[1] > room)
        return false;
    *len = head[1];
    return recv_all(fd, out, *len);
}

static void nonce_of(uint8_t nonce[24], const char *prefix, const void *tail,
                     size_t tail_len)
{
    memcpy(nonce, prefix, 24 - tail_len);
    memcpy(nonce + 24 - tail_len, tail, tail_len);
}

static void hello(struct mv_buf *b, const struct mv_keypair *brief,
                  const uint8_t *server_key)
{
    static const uint8_t zeros[72];
    uint8_t nonce[24], box[64 + BOX_BYTES], counter[8] = {0};
    counter[7] = 1;
    nonce_of(nonce, "CurveZMQHELLO---", counter, 8);
    MV_ASSERT(crypto_box_easy(box, zeros, 64, nonce, server_key,
                              brief->secret_key) == 0);
    mv_buf_put(b, "\x05HELLO\x01\x00", 8);
    mv_buf_put(b, zeros, 72);
    mv_buf_put(b, brief->public_key, 32);
    mv_buf_put(b, counter, 8);
    mv_buf_put(b, box, sizeof box);
}

/* The vouch: our lasting key stands for the brief one. */
static void vouch(struct mv_buf *b, const struct mv_keypair *brief,
                  const struct mv_keypair *k, const uint8_t *server_key,
                  const uint8_t *server_brief)
{
    uint8_t nonce[24], tail[16], plain[64], box[64 + BOX_BYTES];
    randombytes_buf(tail, sizeof tail);
    nonce_of(nonce, "VOUCH---", tail, sizeof tail);
    memcpy(plain, brief->public_key, 32);
    memcpy(plain + 32, server_key, 32);
    MV_ASSERT(crypto_box_easy(box, plain, sizeof plain, nonce, server_brief,
                              k->secret_key) == 0);
    mv_buf_put(b, k->public_key, 32);
    mv_buf_put(b, tail, sizeof tail);
    mv_buf_put(b, box, sizeof box);
}

static bool initiate(int fd, const struct mv_keypair *brief,
                     const struct mv_keypair *k, const uint8_t *server_key,
                     const uint8_t *server_brief, const uint8_t *cookie)
{
    static const char metadata[] = "\x0bSocket-Type\0\0\0\x06"
                                   "DEALER\x08Identity\0\0\0";
    struct mv_buf plain = {0}, out = {0};
    uint8_t nonce[24], counter[8] = {0}, box[512];
    counter[7] = 2;
    vouch(&plain, brief, k, server_key, server_brief);
    mv_buf_put(&plain, metadata, sizeof metadata); /* its NUL ends a length */
    nonce_of(nonce, "CurveZMQINITIATE", counter, 8);
    MV_ASSERT(crypto_box_easy(box, plain.at, plain.len, nonce, server_brief,
                              brief->secret_key) == 0);
    mv_buf_put(&out, "\x08INITIATE", 9);
    mv_buf_put(&out, cookie, 96);
    mv_buf_put(&out, counter, 8);
    mv_buf_put(&out, box, plain.len + BOX_BYTES);
    bool good = command(fd, &out);
    mv_buf_done(&plain);
    mv_buf_done(&out);
    return good;
}

static bool shake(struct raw_peer *p, const uint8_t *server_key,
                  const struct mv_keypair *k)
{
    struct mv_keypair brief;
    struct mv_buf b = {0};
    uint8_t got[255], nonce[24], welcome[128];
    size_t len;
    mv_keypair_make(&brief);
    hello(&b, &brief, server_key);
    bool good = command(p->fd, &b) &&
                read_command(p->fd, got, sizeof got, &len) && len == 168;
    mv_buf_done(&b);
    if (!good)
        return false;
    nonce_of(nonce, "WELCOME-", got + 8, 16);
    if (crypto_box_open_easy(welcome, got + 24, 144, nonce, server_key,
                             brief.secret_key) != 0 ||
        !initiate(p->fd, &brief, k, server_key, welcome, welcome + 32))
        return false;
    MV_ASSERT(crypto_box_beforenm(p->session, welcome, brief.secret_key) == 0);
    p->nonce = 3;
    return read_command(p->fd, got, sizeof got, &len) &&
           memcmp(got, "\x05READY", 6) == 0;
}

bool raw_peer_open(struct raw_peer *p, const char *endpoint,
                   const uint8_t server_key[32], const struct mv_keypair *k)
{
    const char *colon = strrchr(endpoint, ':');
    unsigned long port = colon != NULL ? strtoul(colon + 1, NULL, 10) : 0;
    struct timeval patience = {5, 0};
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    p->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    (void)setsockopt(p->fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
                     sizeof patience);
    (void)setsockopt(p->fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
                     sizeof patience);
    return connect(p->fd, (struct sockaddr *)&to, sizeof to) == 0 &&
           greet(p->fd) && shake(p, server_key, k);
}

static bool say(struct raw_peer *p, uint8_t flags, struct mv_span bytes)
{
    struct mv_buf plain = {0}, out = {0};
    uint8_t nonce[24], counter[8];
    mv_be64_put(counter, p->nonce++);
    nonce_of(nonce, "CurveZMQMESSAGEC", counter, 8);
    mv_buf_put_u8(&plain, flags);
    mv_buf_put(&plain, bytes.at, bytes.len);
    size_t len = 16 + plain.len + BOX_BYTES;
    mv_buf_put_u8(&out, 0x02);
    mv_buf_put_be64(&out, len);
    mv_buf_put(&out, "\x07MESSAGE", 8);
    mv_buf_put(&out, counter, 8);
    mv_buf_room(&out, plain.len + BOX_BYTES);
    (void)crypto_box_easy_afternm(out.at + out.len, plain.at, plain.len, nonce,
                                  p->session);
    out.len += plain.len + BOX_BYTES;
    bool good = send_all(p->fd, out.at, out.len);
    mv_buf_done(&plain);
    mv_buf_done(&out);
    return good;
}

bool raw_peer_frame(struct raw_peer *p, struct mv_span bytes, bool more)
{
    return say(p, more ? 1 : 0, bytes);
}

bool raw_peer_ping(struct raw_peer *p)
{
    static const char ping[] = "\x04PING\0\0a context of 16."; /* no TTL */
    return say(p, 2, mv_span(ping, sizeof ping - 1));
}

bool raw_peer_is_cut(struct raw_peer *p)
{
    uint8_t passed[4096];
    ssize_t got;
    do
        got = recv(p->fd, passed, sizeof passed, MSG_DONTWAIT);
    while (got > 0);
    return got == 0 || errno != EAGAIN;
}

void raw_peer_close(struct raw_peer *p)
{
    if (p->fd >= 0)
        (void)close(p->fd);
    p->fd = -1;
}
