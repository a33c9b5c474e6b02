/* Promises P2, P16: whichever call of LMDB fails while a log is made, written
 * and read, nothing is acknowledged that is not there, no record is given
 * that is not its own, and the next start finds a whole chain. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "services/stream/log.h"
#include "tests/support/failing_lmdb.h"
#include "tests/support/place.h"
#include "tests/support/unit.h"

enum { BEFORE = 4 };

static const char *const logs[] = {"journal"};
static const struct mv_stamp stamp = {.received_ms = 7, .key_name = "ahus"};

struct opened {
    struct mv_store *store;
    struct mv_log *log;
};

static mv_rc open_log(struct opened *o, const char *dir, struct mv_err *err)
{
    const struct mv_store_options options = {.dir = dir,
                                             .service = "ingest",
                                             .format = 1,
                                             .quota_bytes = 4 << 20,
                                             .any_filesystem = true,
                                             .logs = logs,
                                             .log_count = 1};
    *o = (struct opened){NULL, NULL};
    mv_rc rc = mv_store_open(&o->store, &options, err);
    if (rc == MV_OK)
        rc = mv_log_open(&o->log, o->store, "journal", err);
    return rc;
}

static void close_log(struct opened *o)
{
    mv_log_close(o->log);
    mv_store_close(o->store);
}

static struct mv_span content_of(uint64_t seq, char text[32])
{
    (void)snprintf(text, 32, "content %llu", (unsigned long long)seq);
    return mv_span_text(text);
}

static mv_rc append(struct opened *o, unsigned count, struct mv_err *err)
{
    char text[32];
    uint64_t seq;
    mv_store_begin(o->store);
    for (unsigned i = 0; i < count; i++) {
        mv_log_head(o->log, &seq, NULL);
        (void)mv_log_append(o->log, &stamp, content_of(seq + 1, text));
    }
    return mv_store_commit(o->store, err);
}

static bool is_record(const struct mv_record *r, uint64_t seq)
{
    char text[32];
    return r->seq == seq && mv_span_equal(r->content, content_of(seq, text));
}

/* A log of some records in a directory of its own; its head. */
static char *made(void)
{
    struct opened o;
    struct mv_err err = {0};
    char *dir = mv_test_dir(true);
    assert_int_equal(open_log(&o, dir, &err), MV_OK);
    assert_int_equal(append(&o, BEFORE, &err), MV_OK);
    close_log(&o);
    return dir;
}

static void whole_to(const char *dir, uint64_t least)
{
    struct opened o;
    struct mv_err err = {0};
    struct mv_log_fault fault;
    struct mv_record r;
    uint64_t head;
    assert_int_equal(open_log(&o, dir, &err), MV_OK);
    mv_log_head(o.log, &head, NULL);
    assert_true(head >= least);
    assert_int_equal(mv_store_read_begin(o.store, &err), MV_OK);
    assert_int_equal(mv_log_verify(o.log, 1, 0, &fault, &err), MV_OK);
    for (uint64_t seq = 1; seq <= head; seq++) {
        assert_int_equal(mv_log_read(o.log, seq, &r, &err), MV_OK);
        assert_true(is_record(&r, seq));
    }
    assert_int_equal(mv_store_read_end(o.store, &err), MV_OK);
    close_log(&o);
}

static void a_log_that_cannot_be_opened_or_written_says_so(void **state)
{
    (void)state;
    static const int errors[] = {EIO, ENOSPC};
    for (unsigned i = 0; i < 4; i++) {
        unsigned refused = 0;
        for (long k = 0;; k++) {
            char *dir = i < 2 ? made() : mv_test_dir(true);
            struct opened o;
            struct mv_err err = {0};
            uint64_t head = 0;
            failing_arm(k, errors[i % 2]);
            mv_rc rc = open_log(&o, dir, &err);
            if (rc == MV_OK)
                rc = append(&o, 2, &err);
            const char *fired = failing_end();
            if (o.log != NULL)
                mv_log_head(o.log, &head, NULL);
            /* the space in use is counted again with the next commit */
            bool matters = fired != NULL && strcmp(fired, "mdb_stat") != 0;
            if (rc != MV_OK ? fired == NULL : matters)
                fail_msg("%s: %s", fired != NULL ? fired : "none", err.text);
            assert_true(rc == MV_OK || err.text[0] != 0);
            /* the head in memory is that of the commits, whatever failed */
            if (o.log != NULL && rc != MV_OK)
                assert_true(head == (i < 2 ? BEFORE : 0));
            refused += rc != MV_OK;
            close_log(&o);
            whole_to(dir, head);
            mv_test_dir_done(dir);
            if (fired == NULL)
                break;
        }
        assert_true(refused > 20);
    }
}

typedef bool (*reading)(struct opened *o, struct mv_err *err);

static bool reads_one(struct opened *o, struct mv_err *err)
{
    struct mv_record r;
    return mv_log_read(o->log, 3, &r, err) == MV_OK && is_record(&r, 3);
}

static bool reads_all(struct opened *o, struct mv_err *err)
{
    struct mv_log_reader reader;
    struct mv_record r;
    uint64_t seen = 0;
    mv_log_reader_open(&reader, o->log, 0); /* as from 1 */
    while (mv_log_reader_next(&reader, &r, err) == MV_OK)
        assert_true(is_record(&r, ++seen));
    mv_log_reader_close(&reader);
    assert_true(seen <= BEFORE);
    return seen == BEFORE;
}

static bool verifies(struct opened *o, struct mv_err *err)
{
    struct mv_log_fault fault;
    return mv_log_verify(o->log, 1, 0, &fault, err) == MV_OK;
}

static bool verifies_in_slices(struct opened *o, struct mv_err *err)
{
    struct mv_log_fault fault;
    uint64_t next = 2;
    return mv_log_verify_slice(o->log, 2, &next, &fault, err) == MV_OK &&
           next == 0;
}

static bool knows_its_chain(struct opened *o, struct mv_err *err)
{
    uint8_t hash[MV_HASH_BYTES];
    return mv_log_hash_at(o->log, 2, hash) &&
           mv_log_witness(o->log, 2, hash, err) == MV_OK;
}

/* Each way to read, each call of it failing: it says so, or the snapshot does,
 * and then goes on as if nothing had been. */
static void what_cannot_be_read_is_never_given_for_read(void **state)
{
    (void)state;
    static const reading ways[] = {reads_one, reads_all, verifies,
                                   verifies_in_slices, knows_its_chain};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        char *dir = made();
        struct opened o;
        struct mv_err err = {0};
        unsigned failed = 0;
        assert_int_equal(open_log(&o, dir, &err), MV_OK);
        for (long k = 0;; k++, failed++) {
            failing_arm(k, MDB_CORRUPTED);
            bool good = mv_store_read_begin(o.store, &err) == MV_OK;
            if (good) {
                bool read = ways[i](&o, &err);
                good = mv_store_read_end(o.store, &err) == MV_OK && read;
            }
            if (failing_end() == NULL) {
                assert_true(good);
                break;
            }
            assert_false(good);
        }
        assert_true(failed >= 2);
        close_log(&o);
        whole_to(dir, BEFORE);
        mv_test_dir_done(dir);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_log_that_cannot_be_opened_or_written_says_so),
        cmocka_unit_test(what_cannot_be_read_is_never_given_for_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
