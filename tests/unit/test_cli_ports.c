/* ports: what was chosen is nobody else's, and is the service's to bind. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "services/cli/ports.h"
#include "tests/support/unit.h"

static char *said;
static size_t said_len;

static struct cli quiet(void)
{
    FILE *f = open_memstream(&said, &said_len);
    assert_non_null(f);
    return (struct cli){.out = f, .err = f, .lang = MV_LANG_EN};
}

static void end(struct cli *c)
{
    (void)fclose(c->out);
    free(said);
    said = NULL;
}

/* A socket that is bound there, or -1. */
static int bound(const char *endpoint, bool as_service)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    const int yes = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    at.sin_port =
        htons((uint16_t)strtoul(strrchr(endpoint, ':') + 1, NULL, 10));
    if (as_service)
        assert_int_equal(
            setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes), 0);
    if (bind(fd, (struct sockaddr *)&at, sizeof at) == 0)
        return fd;
    (void)close(fd);
    return -1;
}

static void what_is_chosen_is_held_for_the_service_alone(void **state)
{
    (void)state;
    struct cli c = quiet();
    struct cli_place p = {0};
    struct cli_ports held = {0};
    assert_int_equal(cli_ports_choose(&c, &p, NULL, &held), CLI_OK);
    assert_int_equal(held.count, 6);
    assert_int_equal(bound(p.ingest_control, false), -1);
    int service = bound(p.ingest_control, true);
    assert_true(service >= 0);
    assert_int_equal(listen(service, 1), 0);
    (void)close(service);
    assert_int_equal(bound(p.ingest_control, false), -1); /* it is away */
    cli_ports_let_go(&held);
    int other = bound(p.ingest_control, false);
    assert_true(other >= 0);
    (void)close(other);
    cli_place_done(&p);
    end(&c);
}

static void what_is_kept_is_held_again(void **state)
{
    (void)state;
    struct cli c = quiet();
    struct cli_place p = {0};
    struct cli_ports held = {0};
    assert_int_equal(cli_ports_choose(&c, &p, "tcp://127.0.0.1:0", &held),
                     CLI_OK);
    char *was = mv_xstrdup(p.notifier_control);
    cli_ports_let_go(&held);
    assert_int_equal(cli_ports_choose(&c, &p, NULL, &held), CLI_OK);
    assert_string_equal(p.notifier_control, was);
    assert_int_equal(bound(p.notifier_control, false), -1);
    assert_int_equal(bound(p.ingest_public, false), -1);
    free(was);
    cli_ports_let_go(&held);
    cli_place_done(&p);
    end(&c);
}

static void
a_public_door_that_is_taken_is_said_and_another_is_moved(void **state)
{
    (void)state;
    struct cli c = quiet();
    struct cli_place p = {0};
    struct cli_ports held = {0};
    assert_int_equal(cli_ports_choose(&c, &p, NULL, &held), CLI_OK);
    cli_ports_let_go(&held);
    char *was = mv_xstrdup(p.evaluator_live);
    int stranger = bound(was, false);
    assert_true(stranger >= 0 && listen(stranger, 1) == 0);
    assert_int_equal(cli_ports_choose(&c, &p, NULL, &held), CLI_OK);
    assert_string_not_equal(p.evaluator_live, was);
    cli_ports_let_go(&held);
    (void)close(stranger);
    stranger = bound(p.ingest_public, false);
    assert_true(stranger >= 0 && listen(stranger, 1) == 0);
    assert_int_equal(cli_ports_choose(&c, &p, NULL, &held), CLI_CONFIG);
    (void)fflush(c.err);
    assert_non_null(strstr(said, p.ingest_public));
    (void)close(stranger);
    free(was);
    cli_ports_let_go(&held);
    cli_place_done(&p);
    end(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_chosen_is_held_for_the_service_alone),
        cmocka_unit_test(what_is_kept_is_held_again),
        cmocka_unit_test(
            a_public_door_that_is_taken_is_said_and_another_is_moved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
