#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "services/base/clock.h"
#include "services/base/event.h"
#include "tests/support/unit.h"

static void expect_line(const struct mv_kv *kv, size_t count, const char *want)
{
    struct mv_buf b = {0};
    mv_event_format(&b, "ingest", MV_EV_KEY_REFUSED, kv, count, 0);
    assert_string_equal(mv_buf_cstr(&b), want);
    mv_buf_done(&b);
}

static void a_line_has_level_service_id_and_pairs(void **state)
{
    (void)state;
    const struct mv_kv kv[] = {mv_kv_text("key", "ahus-1"),
                               mv_kv_int("seq", -5), mv_kv_text("none", NULL)};
    expect_line(kv, 3,
                "warning ingest KEY_REFUSED key=ahus-1 seq=-5 none=\"\"\n");
    expect_line(NULL, 0, "warning ingest KEY_REFUSED\n");
}

static void bad_input_89_a_value_cannot_make_a_line_or_a_pair(void **state)
{
    (void)state;
    const struct mv_kv kv[] = {mv_kv_span("a", mv_span("x\ny\0z", 5)),
                               mv_kv_text("b", "q\" level=error \\ %s \x1b[2J"),
                               mv_kv_text("c", "Øst"), mv_kv_text("d", "a=b")};
    expect_line(kv, 4,
                "warning ingest KEY_REFUSED a=\"x\\x0ay\\x00z\" "
                "b=\"q\\\" level=error \\\\ %s \\x1b[2J\" "
                "c=\"\\xc3\\x98st\" d=\"a=b\"\n");
}

static void values_and_lines_are_capped(void **state)
{
    (void)state;
    char big[5000];
    memset(big, 'x', sizeof big);
    struct mv_kv kv[20];
    for (int i = 0; i < 20; i++)
        kv[i] = mv_kv_span("k", mv_span(big, sizeof big));
    struct mv_buf b = {0};
    mv_event_format(&b, "s", MV_EV_STARTED, kv, 1, 7);
    assert_in_range(b.len, MV_EVENT_VALUE_BYTES, MV_EVENT_VALUE_BYTES + 60);
    assert_non_null(strstr(mv_buf_cstr(&b), " suppressed=7 k=xxx"));
    assert_non_null(strstr(mv_buf_cstr(&b), "x...\n"));
    mv_buf_clear(&b);
    mv_event_format(&b, "s", MV_EV_STARTED, kv, 20, 0);
    assert_in_range(b.len, 1500, MV_EVENT_LINE_BYTES + 10);
    assert_non_null(strstr(mv_buf_cstr(&b), " cut=1\n"));
    mv_buf_done(&b);
}

static void a_bucket_gives_a_burst_then_one_by_one_and_counts(void **state)
{
    (void)state;
    struct mv_event_bucket b = {0};
    uint64_t held = 99;
    int64_t now = 1000000;
    for (int i = 0; i < MV_EVENT_BURST; i++)
        assert_true(mv_event_bucket_take(&b, now, &held));
    assert_int_equal(held, 0);
    for (int i = 0; i < 5; i++)
        assert_false(mv_event_bucket_take(&b, now, &held));
    now += MV_EVENT_REFILL_MS - 1;
    assert_false(mv_event_bucket_take(&b, now, &held));
    now += 1;
    assert_true(mv_event_bucket_take(&b, now, &held));
    assert_int_equal(held, 6);
    assert_false(mv_event_bucket_take(&b, now, &held));
    now += 1000 * (int64_t)MV_EVENT_REFILL_MS;
    for (int i = 0; i < MV_EVENT_BURST; i++)
        assert_true(mv_event_bucket_take(&b, now, &held));
    assert_int_equal(held, 0); /* told once, with the first of them */
    assert_false(mv_event_bucket_take(&b, now, &held));
}

/* Everything that the call writes to stderr. */
static size_t captured(mv_event id, int times, char *out, size_t size)
{
    int ends[2];
    int real = dup(STDERR_FILENO);
    assert_int_equal(pipe(ends), 0);
    assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
    for (int i = 0; i < times; i++)
        MV_LOG(STORE_OPENED, mv_kv_int("i", i));
    mv_event_write(id, NULL, 0);
    assert_true(dup2(real, STDERR_FILENO) >= 0);
    assert_int_equal(close(ends[1]), 0);
    ssize_t n = read(ends[0], out, size - 1);
    assert_true(n >= 0);
    out[n] = 0;
    assert_int_equal(close(ends[0]) + close(real), 0);
    return (size_t)n;
}

/* What stands behind the time of a line, which is now, to the second. */
static const char *untimed(const char *line)
{
    int64_t at = 0;
    assert_true(strlen(line) > 21 && line[20] == ' ');
    assert_true(mv_clock_parse(mv_span(line, 20), &at));
    assert_in_range(mv_clock_real_ms() - at, 0, 20000);
    return line + 21;
}

/* The journal has a time for each line; who only inherits the variable has
 * none. */
static void a_line_has_a_time_but_in_the_journal(void **state)
{
    (void)state;
    char out[8192], name[64];
    int ends[2], real = dup(STDERR_FILENO);
    struct stat st;
    mv_event_init("judge", MV_LEVEL_WARNING);
    assert_int_equal(setenv("JOURNAL_STREAM", "1:2", 1), 0);
    (void)captured(MV_EV_DISK_LOW, 0, out, sizeof out);
    assert_string_equal(untimed(out), "warning judge DISK_LOW\n");
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(fstat(ends[1], &st), 0);
    (void)snprintf(name, sizeof name, "%ju:%ju", (uintmax_t)st.st_dev,
                   (uintmax_t)st.st_ino);
    assert_int_equal(setenv("JOURNAL_STREAM", name, 1), 0);
    assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
    mv_event_write(MV_EV_DISK_LOW, NULL, 0);
    assert_true(dup2(real, STDERR_FILENO) >= 0);
    assert_int_equal(unsetenv("JOURNAL_STREAM"), 0);
    ssize_t n = read(ends[0], out, sizeof out - 1);
    assert_true(n > 0);
    out[n] = 0;
    assert_string_equal(out, "warning judge DISK_LOW\n");
    assert_int_equal(close(ends[0]) + close(ends[1]) + close(real), 0);
}

static void the_logger_writes_by_level_and_rate(void **state)
{
    (void)state;
    char out[8192];
    mv_event_init("judge", MV_LEVEL_WARNING);
    (void)captured(MV_EV_DISK_LOW, 3, out, sizeof out);
    assert_string_equal(untimed(out), "warning judge DISK_LOW\n");
    mv_event_init("judge", MV_LEVEL_INFO);
    (void)captured(MV_EV_STARTED, 50, out, sizeof out);
    assert_non_null(strstr(out, "info judge STORE_OPENED i=19\n"));
    assert_null(strstr(out, "i=49"));
    assert_non_null(strstr(out, "notice judge STARTED\n"));
    assert_in_range(mv_event_suppressed(), 28, 30);
}

/* As when whoever reads the log stands still. */
static void
a_line_that_stderr_does_not_take_is_lost_and_nobody_waits(void **state)
{
    (void)state;
    char full[PIPE_BUF] = {0};
    int ends[2], real = dup(STDERR_FILENO);
    mv_event_init("judge", MV_LEVEL_INFO);
    assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
    while (write(ends[1], full, sizeof full) > 0) {
    }
    assert_int_equal(fcntl(ends[1], F_SETFL, 0), 0); /* as a service has it */
    assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
    uint64_t held_back = mv_event_suppressed();
    (void)alarm(20);
    mv_event_write(MV_EV_STOPPED, NULL, 0);
    (void)alarm(0);
    uint64_t lost = mv_event_suppressed() - held_back;
    while (read(ends[0], full, sizeof full) == sizeof full) {
    }
    mv_event_write(MV_EV_DISK_LOW, NULL, 0);
    assert_true(dup2(real, STDERR_FILENO) >= 0);
    ssize_t n = read(ends[0], full, sizeof full - 1);
    assert_true(n > 0);
    full[n] = 0;
    assert_string_equal(untimed(full), "warning judge DISK_LOW\n");
    assert_int_equal(lost, 1);
    assert_int_equal(close(ends[0]) + close(ends[1]) + close(real), 0);
}

static void levels_are_read_by_name(void **state)
{
    (void)state;
    mv_level l;
    assert_true(mv_level_parse("notice", &l));
    assert_int_equal(l, MV_LEVEL_NOTICE);
    assert_false(mv_level_parse("Notice", &l));
    assert_false(mv_level_parse("", &l));
    assert_string_equal(mv_event_name(MV_EV_DIVERGED), "DIVERGED");
    assert_int_equal(mv_event_level(MV_EV_DIVERGED), MV_LEVEL_ERROR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_has_level_service_id_and_pairs),
        cmocka_unit_test(bad_input_89_a_value_cannot_make_a_line_or_a_pair),
        cmocka_unit_test(values_and_lines_are_capped),
        cmocka_unit_test(a_bucket_gives_a_burst_then_one_by_one_and_counts),
        cmocka_unit_test(a_line_has_a_time_but_in_the_journal),
        cmocka_unit_test(the_logger_writes_by_level_and_rate),
        cmocka_unit_test(
            a_line_that_stderr_does_not_take_is_lost_and_nobody_waits),
        cmocka_unit_test(levels_are_read_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
