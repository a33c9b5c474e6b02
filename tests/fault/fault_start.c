/* Whichever call of LMDB, libzmq or the system fails while a service opens and
 * runs: it does not open and says why, or it ends as one whose outcome is not
 * known; nothing is left behind that the next start would stumble on. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

#include "services/stream/loop.h"
#include "tests/support/failing_lmdb.h"
#include "tests/support/toy.h"
#include "tests/support/unit.h"

FAILING(void *, zmq_ctx_new, (void), (), NULL)
FAILING(void *, zmq_socket, (void *ctx, int kind), (ctx, kind), NULL)
FAILING(int, zmq_bind, (void *s, const char *at), (s, at), -1)
FAILING(int, zmq_connect, (void *s, const char *at), (s, at), -1)
FAILING(int, zmq_socket_monitor, (void *s, const char *at, int events),
        (s, at, events), -1)
FAILING(int, zmq_poll, (zmq_pollitem_t * items, int count, long wait_ms),
        (items, count, wait_ms), -1)
FAILING(int, zmq_msg_send, (zmq_msg_t * m, void *s, int flags), (m, s, flags),
        -1)
FAILING(int, zmq_msg_recv, (zmq_msg_t * m, void *s, int flags), (m, s, flags),
        -1)
FAILING(int, flock, (int fd, int how), (fd, how), -1)
FAILING(int, posix_fallocate, (int fd, off_t from, off_t len), (fd, from, len),
        ENOSPC)
FAILING(int, fstat, (int fd, struct stat *ret), (fd, ret), -1)
FAILING(int, fsync, (int fd), (fd), -1)
FAILING(int, rename, (const char *from, const char *to), (from, to), -1)

/* Everything a start needs failed once; with and without a store there. */
static void a_service_that_cannot_open_says_why(void **state)
{
    struct toy *t = *state;
    unsigned refused = 0;
    for (long k = 0;; k++) {
        struct mv_err err = {0};
        failing_arm(k, ENOMEM);
        mv_rc rc = toy_open(t, &err);
        const char *fired = failing_end();
        if (rc != MV_OK) {
            assert_null(t->service);
            if (err.text[0] == 0)
                fail_msg("%s failed, and nothing was said", fired);
            refused++;
        } else {
            assert_non_null(mv_service_endpoint(t->service, "main"));
            mv_service_close(t->service);
            t->service = NULL;
        }
        if (fired == NULL) {
            assert_int_equal(rc, MV_OK);
            break;
        }
    }
    (void)printf("%u starts refused\n", refused);
    assert_true(refused > 60);
}

/* Else the service manager would not try again when there is room. */
static void a_start_without_room_is_worth_another(void **state)
{
    struct toy *t = *state;
    const char *fired = "";
    struct mv_err err = {0};
    mv_rc rc = MV_OK;
    for (long k = 0; strcmp(fired, "posix_fallocate") != 0; k++) {
        err.text[0] = 0;
        failing_arm(k, ENOMEM);
        rc = toy_open(t, &err);
        fired = failing_end();
        assert_non_null(fired);
        if (rc == MV_OK) { /* one that a start can do without */
            mv_service_close(t->service);
            t->service = NULL;
        }
    }
    assert_int_equal(rc, MV_FULL);
    assert_non_null(strstr(err.text, "No space left on device"));
    assert_int_equal(mv_exit_code(rc), 74);
}

enum { CLEAN = 0, TOLERATED = 1, SILENT = 2, BROKEN = 3, FATAL = 74 };

/* The loop in a process of its own, which SIGTERM waits for; how it ended. */
static int run_once(struct toy *t, long k)
{
    const struct signalfd_siginfo info = {.ssi_signo = SIGTERM};
    int status = 0;
    (void)fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct mv_err err = {0};
        if (toy_open(t, &err) != MV_OK ||
            write(t->tell[1], &info, sizeof info) != sizeof info)
            exit(BROKEN);
        failing_arm(k, EIO);
        mv_rc rc = mv_service_run(t->service);
        const char *fired = failing_end();
        bool said = t->service->err.text[0] != 0;
        mv_service_close(t->service);
        if (rc != MV_OK && (fired == NULL || rc != MV_FATAL))
            exit(BROKEN);
        if (rc != MV_OK)
            exit(said ? FATAL : SILENT);
        exit(fired != NULL ? TOLERATED : CLEAN);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* Each ends with 74 and says why, or goes on; and the next one starts. */
static void a_call_that_fails_in_the_loop_ends_it_or_nothing(void **state)
{
    struct toy *t = *state;
    unsigned fatal = 0, tolerated = 0;
    int ended = TOLERATED;
    for (long k = 0; ended != CLEAN; k++) {
        ended = run_once(t, k);
        if (ended == SILENT || ended == BROKEN)
            fail_msg("call %ld: %d", k, ended);
        fatal += ended == FATAL;
        tolerated += ended == TOLERATED;
        assert_true(k < 400);
    }
    (void)printf("%u runs ended, %u went on\n", fatal, tolerated);
    assert_true(fatal >= 3 && tolerated >= 3);
}

static int make(void **state)
{
    struct toy *t = mv_xcalloc(1, sizeof *t);
    toy_make(t);
    assert_int_equal(pipe2(t->tell, 04000 /* O_NONBLOCK */), 0);
    *state = t;
    return 0;
}

static int drop(void **state)
{
    struct toy *t = *state;
    (void)close(t->tell[0]);
    (void)close(t->tell[1]);
    toy_done(t);
    free(t);
    return 0;
}

#define T(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_service_that_cannot_open_says_why),
        T(a_start_without_room_is_worth_another),
        T(a_call_that_fails_in_the_loop_ends_it_or_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
