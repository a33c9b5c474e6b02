/* ports - see ports.h. Job: free TCP ports on loopback. Invariant: an address
 * that others were told is never changed behind their back. A port is held by
 * a socket that is bound and never listens: who binds without SO_REUSEADDR, as
 * one does that chooses, finds it taken; a service, which sets it, does not. */
#include "services/cli/ports.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "services/base/hash.h"

#define LOOPBACK "tcp://127.0.0.1:"
/* Below those that connections going out are given. */
enum { PORTS_FROM = 10000, PORTS = 11000, TRIES = 200 };

/* Binds loopback's port (0: any) and holds it; 0: taken. again: it was chosen
 * before, and connections of then may linger. */
static unsigned hold(struct cli_ports *ports, unsigned port, bool again)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port)};
    socklen_t len = sizeof at;
    const int yes = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0)
        return 0;
    MV_ASSERT(ports->count < CLI_PORTS_MAX);
    if ((!again ||
         setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0) &&
        bind(fd, (struct sockaddr *)&at, sizeof at) == 0 &&
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
        getsockname(fd, (struct sockaddr *)&at, &len) == 0) {
        ports->held[ports->count++] = fd;
        return ntohs(at.sin_port);
    }
    (void)close(fd);
    return 0;
}

static unsigned hold_any(struct cli_ports *ports)
{
    for (int i = 0; i < TRIES; i++) {
        unsigned port = PORTS_FROM + mv_random_below(PORTS);
        if (hold(ports, port, false) != 0)
            return port;
    }
    return hold(ports, 0, false);
}

/* The port of tcp://host:port; 0: none is there, or any will do. */
static unsigned port_of(const char *endpoint)
{
    const char *colon = strrchr(endpoint, ':');
    unsigned long port = colon != NULL ? strtoul(colon + 1, NULL, 10) : 0;
    return port <= 65535 ? (unsigned)port : 0;
}

static bool hold_kept(struct cli_ports *ports, const char *endpoint)
{
    unsigned port = port_of(endpoint);
    return port != 0 && hold(ports, port, true) != 0;
}

static bool choose(struct cli_ports *ports, char **endpoint)
{
    struct mv_buf text = {0};
    unsigned port = hold_any(ports);
    if (port == 0)
        return false;
    mv_buf_printf(&text, LOOPBACK "%u", port);
    free(*endpoint);
    *endpoint = mv_xstrdup(mv_buf_cstr(&text));
    mv_buf_done(&text);
    return true;
}

static bool is_empty(const char *endpoint)
{
    return endpoint == NULL || *endpoint == '\0';
}

/* With port 0 a free one is put in its place, so that it can be kept. */
static int take_listen(struct cli *c, char **endpoint, const char *listen,
                       struct cli_ports *ports)
{
    struct mv_buf text = {0};
    const char *colon = strrchr(listen, ':');
    if (strncmp(listen, "tcp://", 6) != 0 || colon == NULL ||
        colon <= listen + 5 || strlen(listen) > 100)
        return cli_fail(c, CLI_USAGE, CLI_W_UP_BAD_LISTEN, listen, NULL);
    unsigned port = port_of(listen);
    if (port == 0)
        port = hold_any(ports);
    mv_buf_printf(&text, "%.*s:%u", (int)(colon - listen), listen, port);
    free(*endpoint);
    *endpoint = mv_xstrdup(mv_buf_cstr(&text));
    mv_buf_done(&text);
    return CLI_OK;
}

static int choose_each(struct cli *c, struct cli_place *p,
                       struct cli_ports *ports)
{
    char **const open_doors[] = {&p->ingest_public, &p->notifier_public};
    char **const own_doors[] = {&p->ingest_control, &p->evaluator_control,
                                &p->evaluator_live, &p->notifier_control};
    for (size_t i = 0; i < CLI_COUNT(open_doors); i++) {
        if (is_empty(*open_doors[i])) {
            if (!choose(ports, open_doors[i]))
                return cli_fail(c, CLI_AWAY, CLI_W_UP_NO_PORT, NULL);
        } else if (!hold_kept(ports, *open_doors[i])) {
            return cli_fail(c, CLI_CONFIG, CLI_W_UP_PORT_TAKEN, *open_doors[i],
                            NULL);
        }
    }
    for (size_t i = 0; i < CLI_COUNT(own_doors); i++) {
        if ((is_empty(*own_doors[i]) || !hold_kept(ports, *own_doors[i])) &&
            !choose(ports, own_doors[i]))
            return cli_fail(c, CLI_AWAY, CLI_W_UP_NO_PORT, NULL);
    }
    return CLI_OK;
}

int cli_ports_choose(struct cli *c, struct cli_place *place, const char *listen,
                     struct cli_ports *ports)
{
    int code = CLI_OK;
    if (listen != NULL)
        code = take_listen(c, &place->ingest_public, listen, ports);
    return code == CLI_OK ? choose_each(c, place, ports) : code;
}

void cli_ports_let_go(struct cli_ports *ports)
{
    while (ports->count > 0)
        (void)close(ports->held[--ports->count]);
}
