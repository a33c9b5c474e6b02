/* Promise P2, the store's half: the k-th write or sync fails, for each k until
 * none fires, once and from then on. A batch whose commit failed is not
 * acknowledged; what opens afterwards is all of before or all of after. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "tests/support/ledger.h"
#include "tests/support/place.h"
#include "tests/support/scale.h"
#include "tests/support/spawn.h"
#include "tests/support/unit.h"

enum { BATCHES = 8, FIRED = 1, STILL_OK_AFTER_FATAL = 2, FULL_MOVED = 4 };

/* What the child saw. */
struct report {
    uint64_t acked, tried; /* heads */
    int flags, full, fatal;
};

/* After MV_FATAL no transaction begins any more. */
static int after_fatal(struct ledger *l)
{
    struct mv_err err = {0};
    mv_rc rc = ledger_step(l, 1, &err);
    return rc == MV_FATAL ? 0 : STILL_OK_AFTER_FATAL;
}

static void work(struct ledger *l, struct report *r)
{
    for (unsigned i = 0; i < BATCHES && r->fatal == 0; i++) {
        struct mv_err err = {0};
        uint64_t before = ledger_head(l);
        r->tried = before + 2;
        mv_rc rc = ledger_step(l, 2, &err);
        if (rc == MV_OK) {
            r->acked = ledger_head(l);
            continue;
        }
        if (ledger_head(l) != before)
            r->flags |= FULL_MOVED;
        if (rc == MV_FULL) {
            r->full++;
            if (ledger_judge(l, &err) != NULL)
                r->flags |= FULL_MOVED;
        } else {
            r->fatal++;
            r->flags |= after_fatal(l);
        }
    }
}

static int worker(const char *dir)
{
    struct ledger l;
    struct mv_err err = {0};
    struct report r = {0};
    if (ledger_open(&l, dir, &err) == MV_OK) {
        r.acked = ledger_head(&l);
        work(&l, &r);
        ledger_close(&l);
    }
    if (mv_io_fired() > 0)
        r.flags |= FIRED;
    mv_test_write(dir, "report", &r, sizeof r);
    return 0;
}

struct fault {
    const char *on;
    int error;
    bool sticky;
};

static void check_after(const char *dir, const struct report *r)
{
    struct ledger l;
    struct mv_err err = {0};
    if (ledger_open(&l, dir, &err) != MV_OK)
        fail_msg("not opened: %s", err.text);
    uint64_t head = ledger_head(&l);
    const char *wrong = ledger_judge(&l, &err);
    if (wrong != NULL)
        fail_msg("%s: %s", wrong, err.text);
    assert_true(head >= r->acked);
    /* a batch is there as a whole, and only one that was being committed */
    assert_true(head == r->acked || (r->fatal == 1 && head == r->tried));
    assert_int_equal(ledger_step(&l, 1, &err), MV_OK);
    ledger_close(&l);
}

/* True: the fault fired. */
static bool run(const struct fault *f, unsigned k, struct report *total)
{
    char *dir = mv_test_dir(true);
    struct mv_buf text[3] = {0}, raw = {0};
    struct report r;
    mv_buf_printf(&text[0], "MV_IO_FAIL=%u", k);
    mv_buf_printf(&text[1], "MV_IO_ERROR=%d", f->error);
    mv_buf_printf(&text[2], "MV_IO_ON=%s", f->on);
    const char *settings[] = {mv_buf_cstr(&text[0]), mv_buf_cstr(&text[1]),
                              mv_buf_cstr(&text[2]), "MV_IO_STICKY=1"};
    assert_int_equal(mv_spawn("worker", dir, settings, f->sticky ? 4 : 3), 0);
    mv_test_read(dir, "report", &raw);
    assert_int_equal(raw.len, sizeof r);
    memcpy(&r, raw.at, sizeof r);
    assert_int_equal(r.flags & ~FIRED, 0);
    check_after(dir, &r);
    total->full += r.full;
    total->fatal += r.fatal;
    for (size_t i = 0; i < 3; i++)
        mv_buf_done(&text[i]);
    mv_buf_done(&raw);
    mv_test_dir_done(dir);
    return (r.flags & FIRED) != 0;
}

static unsigned every_k(const struct fault *f, struct report *total)
{
    unsigned k = 0;
    while (run(f, k, total))
        k++;
    (void)printf("%s, errno %d, %s: %u places, %d full, %d fatal\n", f->on,
                 f->error, f->sticky ? "from then on" : "once", k, total->full,
                 total->fatal);
    return k;
}

static void a_full_disk_refuses_batches_and_nothing_else(void **state)
{
    (void)state;
    for (int sticky = 0; sticky < 2; sticky++) {
        struct report total = {0};
        const struct fault f = {"write", ENOSPC, sticky == 1};
        assert_true(every_k(&f, &total) > 2 * BATCHES);
        assert_true(total.full >= BATCHES);
        /* the meta page that could not be written is another matter */
        assert_true(total.fatal >= BATCHES);
    }
}

static void a_failed_sync_is_fatal_and_never_tried_again(void **state)
{
    (void)state;
    for (int sticky = 0; sticky < 2; sticky++) {
        struct report total = {0};
        const struct fault f = {"sync", EIO, sticky == 1};
        assert_true(every_k(&f, &total) > 2 * BATCHES);
        assert_true(total.fatal >= 2 * BATCHES);
        assert_int_equal(total.full, 0);
    }
}

static void failed_and_short_writes_leave_before_or_after(void **state)
{
    (void)state;
    static const int errors[] = {EIO, 0};
    for (int i = 0; i < 4; i++) {
        struct report total = {0};
        const struct fault f = {"write", errors[i / 2], i % 2 == 1};
        assert_true(every_k(&f, &total) > 2 * BATCHES);
        assert_true(total.fatal >= BATCHES);
    }
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "worker") == 0)
        return worker(argv[2]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_disk_refuses_batches_and_nothing_else),
        cmocka_unit_test(a_failed_sync_is_fatal_and_never_tried_again),
        cmocka_unit_test(failed_and_short_writes_leave_before_or_after),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
