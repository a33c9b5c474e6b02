/* A service's command line, its exit codes, what it says; and what systemd
 * hears. Nothing of it needs a service that runs. */
#include <fcntl.h>
#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include "services/stream/service.h"
#include "services/stream/settings.h"
#include "services/stream/watchdog.h"
#include "tests/support/place.h"
#include "tests/support/unit.h"

struct settings {
    struct mv_common common;
};

static const struct mv_conf_key keys[] = {
    MV_COMMON_KEYS("toy", "tcp://127.0.0.1:0"),
};
static const struct mv_conf_table table = {"toy", keys, MV_CONF_COUNT(keys)};
static const struct mv_service_def def = {.name = "toy",
                                          .format = 1,
                                          .settings = &table,
                                          .settings_bytes =
                                              sizeof(struct settings)};

static char *dir, path[128];
static struct mv_buf said; /* both streams of the last call */

static int setup(void **state)
{
    (void)state;
    dir = mv_test_dir(true);
    (void)snprintf(path, sizeof path, "%s/toy.conf", dir);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    mv_test_dir_done(dir);
    mv_buf_done(&said);
    return 0;
}

/* Both streams into a file while it runs. */
static int exit_of(int count, const char *const *words)
{
    char *argv[8] = {(char[]){"maalvakt-toy"}};
    int kept[2] = {dup(1), dup(2)};
    for (int i = 0; i < count; i++)
        argv[i + 1] = mv_xstrdup(words[i]);
    (void)fflush(NULL);
    char name[160];
    (void)snprintf(name, sizeof name, "%s/said", dir);
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0 && dup2(fd, 1) == 1 && dup2(fd, 2) == 2);
    optind = 0; /* getopt begins anew */
    int code = mv_service_main(count + 1, argv, &def);
    (void)fflush(NULL);
    for (int i = 0; i < 2; i++) {
        (void)dup2(kept[i], i + 1);
        (void)close(kept[i]);
    }
    (void)close(fd);
    for (int i = 0; i < count; i++)
        free(argv[i + 1]);
    mv_buf_clear(&said);
    mv_test_read(dir, "said", &said);
    return code;
}

#define EXIT_OF(...)                                                       \
    exit_of((int)(sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *)), \
            (const char *[]){__VA_ARGS__})

static void says(const char *text)
{
    if (strstr(mv_buf_cstr(&said), text) == NULL)
        fail_msg("'%s' is not in: %s", text, mv_buf_cstr(&said));
}

static void write_settings(const char *text)
{
    mv_test_write(dir, "toy.conf", text, strlen(text));
}

static void what_is_asked_wrong_is_shown_right(void **state)
{
    (void)state;
    assert_int_equal(exit_of(0, NULL), EX_USAGE);
    says("usage: maalvakt-toy --config FILE");
    assert_int_equal(EXIT_OF("--check-config"), EX_USAGE);
    assert_int_equal(EXIT_OF("--nonsense"), EX_USAGE);
    assert_int_equal(EXIT_OF("--version", "more"), EX_USAGE);
    assert_int_equal(EXIT_OF("--set"), EX_USAGE);
}

static void what_is_asked_of_the_program_needs_no_settings(void **state)
{
    (void)state;
    assert_int_equal(EXIT_OF("--help"), EX_OK);
    says("--check-config");
    assert_int_equal(EXIT_OF("--version"), EX_OK);
    says("maalvakt-toy " MV_VERSION);
    assert_int_equal(EXIT_OF("--print-config"), EX_OK);
    says("data_dir");
    says("log_level");
}

/* An example that was cut is no settings file: whoever asked must hear it. */
static void what_finds_no_room_is_a_failure(void **state)
{
    static const char *const asked[] = {"--print-config", "--help",
                                        "--version"};
    char *argv[] = {(char[]){"maalvakt-toy"}, NULL, NULL};
    (void)state;
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        (void)fflush(NULL);
        int kept[2] = {dup(1), dup(2)};
        int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
        assert_true(full >= 0 && dup2(full, 1) == 1 && dup2(full, 2) == 2);
        argv[1] = mv_xstrdup(asked[i]);
        optind = 0;
        int code = mv_service_main(2, argv, &def);
        clearerr(stdout);
        free(argv[1]);
        for (int k = 0; k < 2; k++) {
            (void)dup2(kept[k], k + 1);
            (void)close(kept[k]);
        }
        (void)close(full);
        assert_int_equal(code, EX_IOERR);
    }
}

/* What is printed as an example is right, but for what has no default. */
static void settings_are_checked_whole_before_anything_is_opened(void **state)
{
    (void)state;
    char good[512];
    (void)snprintf(good, sizeof good,
                   "data_dir = %s/store\nkeys_file = %s/keys\n"
                   "secret_key_file = %s/secret\n",
                   dir, dir, dir);
    assert_int_equal(EXIT_OF("--config", path, "--check-config"), EX_CONFIG);
    says("toy.conf");
    write_settings(good);
    assert_int_equal(EXIT_OF("--config", path, "--check-config"), EX_OK);
    assert_int_equal(
        EXIT_OF("--config", path, "--set", "log_level=loud", "--check-config"),
        EX_CONFIG);
    says("log_level: error, warning, notice or info");
    assert_int_equal(
        EXIT_OF("--config", path, "--set", "colour=red", "--check-config"),
        EX_CONFIG);
    says("colour");
    assert_int_equal(
        EXIT_OF("--config", path, "--set", "quota=1", "--check-config"),
        EX_CONFIG);
    write_settings("nonsense\n");
    assert_int_equal(EXIT_OF("--config", path, "--check-config"), EX_CONFIG);
    says("line 1");
}

/* Opened as asked, and refused: there is no key. */
static void a_service_that_cannot_open_ends_with_78_and_says_why(void **state)
{
    (void)state;
    char good[512];
    (void)snprintf(good, sizeof good,
                   "data_dir = %s/store\nkeys_file = %s/keys\n"
                   "secret_key_file = %s/secret\n",
                   dir, dir, dir);
    write_settings(good);
    assert_int_equal(EXIT_OF("--config", path), EX_CONFIG);
    says("secret");
}

/* --- systemd ------------------------------------------------------------- */

/* A datagram socket at the address; what systemd would listen at. */
static int listen_at(const char *at)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    size_t len = strlen(at);
    memcpy(a.sun_path, at, len);
    if (at[0] == '@')
        a.sun_path[0] = 0;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(
        bind(fd, (const struct sockaddr *)&a,
             (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)),
        0);
    return fd;
}

static void the_watchdog_is_told_at_the_address_that_is_named(void **state)
{
    (void)state;
    char named[160], hidden[160], longest[200], got[32];
    (void)snprintf(named, sizeof named, "%s/notify", dir);
    (void)snprintf(hidden, sizeof hidden, "@maalvakt-test-%d", (int)getpid());
    const char *const at[] = {named, hidden};
    int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(here >= 0 && chdir(dir) == 0); /* "notify" is there, then */
    for (size_t i = 0; i < 2; i++) {
        int fd = listen_at(at[i]);
        assert_int_equal(setenv("NOTIFY_SOCKET", at[i], 1), 0);
        mv_watchdog_tell("READY=1");
        assert_int_equal(recv(fd, got, sizeof got, 0), 7);
        assert_memory_equal(got, "READY=1", 7);
        /* no address, and none that could be one: nobody is told */
        memset(longest, 'x', sizeof longest - 1);
        longest[0] = '/';
        longest[sizeof longest - 1] = 0;
        const char *const bad[] = {"", "notify", longest};
        for (size_t k = 0; k < 3; k++) {
            assert_int_equal(setenv("NOTIFY_SOCKET", bad[k], 1), 0);
            mv_watchdog_tell("READY=1");
        }
        assert_int_equal(unsetenv("NOTIFY_SOCKET"), 0);
        mv_watchdog_tell("READY=1");
        assert_int_equal(recv(fd, got, sizeof got, 0), -1);
        (void)close(fd);
    }
    assert_int_equal(fchdir(here), 0);
    (void)close(here);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_asked_wrong_is_shown_right),
        TEST(what_is_asked_of_the_program_needs_no_settings),
        TEST(what_finds_no_room_is_a_failure),
        TEST(settings_are_checked_whole_before_anything_is_opened),
        TEST(a_service_that_cannot_open_ends_with_78_and_says_why),
        TEST(the_watchdog_is_told_at_the_address_that_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
