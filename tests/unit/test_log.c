#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "services/stream/log.h"
#include "tests/support/place.h"
#include "tests/support/unit.h"

struct fixture {
    char *dir;
    struct mv_store *store;
    struct mv_log *log;
};

static const char *const logs[] = {"journal", "control"};
static const char *const tables[] = {"rows"};

static void open_all(struct fixture *f)
{
    struct mv_err err = {0};
    const struct mv_store_options o = {.dir = f->dir,
                                       .service = "ingest",
                                       .format = 1,
                                       .quota_bytes = 64 << 20,
                                       .any_filesystem = true,
                                       .tables = tables,
                                       .table_count = 1,
                                       .logs = logs,
                                       .log_count = 2};
    assert_int_equal(mv_store_open(&f->store, &o, &err), MV_OK);
    assert_int_equal(mv_log_open(&f->log, f->store, "journal", &err), MV_OK);
}

static void close_all(struct fixture *f)
{
    mv_log_close(f->log);
    mv_store_close(f->store);
}

static int setup(void **state)
{
    struct fixture *f = mv_xcalloc(1, sizeof *f);
    f->dir = mv_test_dir(true);
    open_all(f);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    close_all(f);
    mv_test_dir_done(f->dir);
    free(f);
    return 0;
}

static void append(struct fixture *f, unsigned count)
{
    char text[64];
    mv_store_begin(f->store);
    for (unsigned i = 0; i < count; i++) {
        uint64_t head;
        mv_log_head(f->log, &head, NULL);
        int n =
            snprintf(text, sizeof text, "content of %u", (unsigned)head + 1);
        const struct mv_stamp stamp = {1000 + (int64_t)head, 7, "ahus", NULL};
        assert_int_equal(
            mv_log_append(f->log, &stamp, mv_span(text, (size_t)n)), head + 1);
    }
    assert_int_equal(mv_store_commit(f->store, NULL), MV_OK);
}

static void begin(struct fixture *f)
{
    assert_int_equal(mv_store_read_begin(f->store, NULL), MV_OK);
}

static void end(struct fixture *f)
{
    assert_int_equal(mv_store_read_end(f->store, NULL), MV_OK);
}

static mv_rc verify(struct fixture *f, struct mv_log_fault *fault)
{
    begin(f);
    mv_rc rc = mv_log_verify(f->log, 1, 0, fault, NULL);
    end(f);
    return rc;
}

/* Changes a record's bytes in place: at < 0 from the end. */
static void spoil(struct fixture *f, uint64_t seq, int at)
{
    uint8_t key[8], bytes[512];
    struct mv_span row;
    struct mv_table t = mv_store_table(f->store, "journal");
    mv_be64_put(key, seq);
    mv_store_begin(f->store);
    assert_true(mv_store_get(f->store, t, mv_span(key, 8), &row));
    memcpy(bytes, row.at, row.len);
    bytes[at < 0 ? (int)row.len + at : at] ^= 0x10;
    mv_store_put(f->store, t, mv_span(key, 8), mv_span(bytes, row.len));
    assert_int_equal(mv_store_commit(f->store, NULL), MV_OK);
}

/* Slice by slice, as a loop does it, to the end or the first fault. */
static mv_rc verify_slices(struct fixture *f, struct mv_log_fault *fault,
                           unsigned *slices)
{
    uint64_t next = 1;
    mv_rc rc = MV_OK;
    for (*slices = 0; rc == MV_OK && next != 0; ++*slices) {
        uint64_t from = next;
        begin(f);
        rc = mv_log_verify_slice(f->log, from, &next, fault, NULL);
        end(f);
        assert_true(rc != MV_OK || next == 0 || next > from);
    }
    return rc;
}

static void slices_find_what_the_whole_walk_finds(void **state)
{
    struct fixture *f = *state;
    struct mv_log_fault fault;
    unsigned slices;
    assert_int_equal(verify_slices(f, &fault, &slices), MV_OK); /* empty */
    append(f, 15000);
    assert_int_equal(verify_slices(f, &fault, &slices), MV_OK);
    assert_true(slices > 1 && slices < 20);
    spoil(f, 14000, -1);
    assert_int_equal(verify_slices(f, &fault, &slices), MV_POISON);
    assert_int_equal(fault.seq, 14000);
    assert_true(slices > 1);
}

static void records_come_back_as_they_were_appended(void **state)
{
    struct fixture *f = *state;
    struct mv_record r;
    append(f, 3);
    append(f, 2);
    close_all(f);
    open_all(f);
    begin(f);
    assert_int_equal(mv_log_read(f->log, 4, &r, NULL), MV_OK);
    assert_true(mv_span_is(r.content, "content of 4"));
    assert_string_equal(r.key_name, "ahus");
    assert_int_equal(r.epoch, 7);
    assert_int_equal(r.received_ms, 1003);
    assert_int_equal(r.seq, 4);
    assert_int_equal(mv_log_read(f->log, 6, &r, NULL), MV_AGAIN);
    end(f);
}

/* A page for a reader is made of it, amid a batch. */
static void a_snapshot_amid_an_append_ends_at_the_committed_head(void **state)
{
    struct fixture *f = *state;
    uint8_t before[32], seen[32];
    struct mv_record r;
    uint64_t seq;
    const struct mv_stamp stamp = {0, 1, "x", NULL};
    append(f, 2);
    mv_log_head(f->log, NULL, before);
    mv_store_begin(f->store);
    assert_int_equal(mv_log_append(f->log, &stamp, mv_span_text("a")), 3);
    begin(f);
    mv_log_head(f->log, &seq, seen);
    assert_int_equal(seq, 2);
    assert_memory_equal(seen, before, 32);
    assert_int_equal(mv_log_read(f->log, 2, &r, NULL), MV_OK);
    assert_int_equal(mv_log_read(f->log, 3, &r, NULL), MV_AGAIN);
    assert_true(mv_log_hash_at(f->log, 2, seen));
    assert_memory_equal(seen, before, 32);
    assert_false(mv_log_hash_at(f->log, 3, seen));
    end(f);
    assert_int_equal(mv_log_read(f->log, 3, &r, NULL), MV_OK);
    assert_int_equal(mv_store_commit(f->store, NULL), MV_OK);
}

static void an_aborted_append_leaves_number_and_chain_free(void **state)
{
    struct fixture *f = *state;
    uint8_t before[32], after[32];
    uint64_t seq;
    const struct mv_stamp stamp = {0, 1, "x", NULL};
    append(f, 1);
    mv_log_head(f->log, NULL, before);
    mv_store_begin(f->store);
    assert_int_equal(mv_log_append(f->log, &stamp, mv_span_text("a")), 2);
    mv_log_head(f->log, &seq, NULL);
    assert_int_equal(seq, 2);
    mv_store_abort(f->store);
    mv_log_head(f->log, &seq, after);
    assert_int_equal(seq, 1);
    assert_memory_equal(before, after, 32);

    mv_store_begin(f->store);
    (void)mv_log_append(f->log, &stamp, mv_span_text("a"));
    mv_store_fail(f->store, MV_FULL, "a test");
    assert_int_equal(mv_store_commit(f->store, NULL), MV_FULL);
    mv_log_head(f->log, &seq, after);
    assert_int_equal(seq, 1);
    struct mv_log_fault fault;
    append(f, 2);
    assert_int_equal(verify(f, &fault), MV_OK);
}

static void a_damaged_record_is_named_and_withheld_and_no_other(void **state)
{
    struct fixture *f = *state;
    /* magic, length, epoch, seq, received, content hash, chain, name, content
     */
    const int places[] = {0, 9, 13, 20, 27, 40, 70, 96, 98, -1};
    append(f, 30);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        uint64_t bad = 3 * i + 2;
        struct mv_record r;
        struct mv_err err = {0};
        struct mv_log_fault fault;
        char text[32];
        spoil(f, bad, places[i]);
        begin(f);
        struct mv_log_reader reader;
        mv_log_reader_open(&reader, f->log, 1);
        for (uint64_t seq = 1; seq <= 30; seq++) {
            mv_rc want = seq == bad ? MV_POISON : MV_OK;
            assert_int_equal(mv_log_read(f->log, seq, &r, &err), want);
            assert_int_equal(mv_log_reader_next(&reader, &r, &err), want);
            assert_int_equal(r.seq, seq);
            if (want == MV_POISON)
                assert_null(r.content.at);
        }
        assert_int_equal(mv_log_reader_next(&reader, &r, &err), MV_AGAIN);
        mv_log_reader_close(&reader);
        end(f);
        assert_int_equal(snprintf(text, 32, "record %d is", (int)bad) > 0, 1);
        assert_non_null(strstr(err.text, text));
        assert_int_equal(verify(f, &fault), MV_POISON);
        assert_int_equal(fault.seq, bad);
        spoil(f, bad, places[i]);
        assert_int_equal(verify(f, &fault), MV_OK);
    }
}

static mv_rc bytes_of(struct fixture *f, uint64_t seq)
{
    struct mv_span bytes;
    struct mv_err err = {0};
    begin(f);
    mv_rc rc = mv_log_bytes(f->log, seq, &bytes, &err);
    end(f);
    assert_true(rc == MV_OK || bytes.at == NULL);
    return rc;
}

static void append_large(struct fixture *f, unsigned count)
{
    const struct mv_stamp stamp = {1000, 7, "ahus", NULL};
    size_t len = 1u << 20;
    char *content = mv_xcalloc(len, 1);
    mv_store_begin(f->store);
    for (unsigned i = 0; i < count; i++)
        (void)mv_log_append(f->log, &stamp, mv_span(content, len));
    assert_int_equal(mv_store_commit(f->store, NULL), MV_OK);
    free(content);
}

/* Spoiled in the store behind the log's back: what it hashes shows. */
static void only_what_was_appended_a_moment_ago_is_not_hashed_again(void **s)
{
    struct fixture *f = *s;
    uint8_t chain[MV_HASH_BYTES];
    append(f, 3);
    assert_int_equal(bytes_of(f, 4), MV_AGAIN);
    spoil(f, 1, -1);
    assert_int_equal(bytes_of(f, 1), MV_OK);
    spoil(f, 2, 20); /* its number */
    assert_int_equal(bytes_of(f, 2), MV_POISON);
    append_large(f, 2);
    assert_int_equal(bytes_of(f, 1), MV_OK);
    append_large(f, 4);
    assert_int_equal(bytes_of(f, 1), MV_POISON);
    begin(f);
    assert_false(mv_log_hash_at(f->log, 1, chain));
    end(f);
    append(f, 2);
    spoil(f, 10, -1);
    close_all(f);
    open_all(f);
    assert_int_equal(bytes_of(f, 10), MV_POISON);
    assert_int_equal(bytes_of(f, 11), MV_OK);
}

static void missing_records_are_named_and_the_reader_goes_on(void **state)
{
    struct fixture *f = *state;
    uint8_t key[8];
    struct mv_record r;
    struct mv_log_fault fault;
    append(f, 9);
    mv_store_begin(f->store);
    for (uint64_t seq = 4; seq <= 6; seq++) {
        mv_be64_put(key, seq);
        mv_store_del(f->store, mv_store_table(f->store, "journal"),
                     mv_span(key, 8));
    }
    assert_int_equal(mv_store_commit(f->store, NULL), MV_OK);
    assert_int_equal(verify(f, &fault), MV_POISON);
    assert_int_equal(fault.seq, 4);
    begin(f);
    struct mv_log_reader reader;
    mv_log_reader_open(&reader, f->log, 2);
    for (uint64_t seq = 2; seq <= 9; seq++) {
        /* 7 cannot be checked: the chain before it is gone */
        mv_rc want = seq >= 4 && seq <= 7 ? MV_POISON : MV_OK;
        assert_int_equal(mv_log_reader_next(&reader, &r, NULL), want);
        assert_int_equal(r.seq, seq);
    }
    mv_log_reader_close(&reader);
    end(f);
}

static void a_tail_cut_off_or_added_shows_against_the_head_row(void **state)
{
    struct fixture *f = *state;
    uint8_t key[8];
    struct mv_log_fault fault;
    struct mv_table t = mv_store_table(f->store, "journal");
    append(f, 5);
    mv_store_begin(f->store);
    mv_be64_put(key, 6);
    mv_store_put(f->store, t, mv_span(key, 8), mv_span_text("MVR1"));
    assert_int_equal(mv_store_commit(f->store, NULL), MV_OK);
    assert_int_equal(verify(f, &fault), MV_POISON);
    assert_int_equal(fault.seq, 6);
    mv_store_begin(f->store);
    for (uint64_t seq = 4; seq <= 6; seq++) {
        mv_be64_put(key, seq);
        mv_store_del(f->store, t, mv_span(key, 8));
    }
    assert_int_equal(mv_store_commit(f->store, NULL), MV_OK);
    close_all(f);
    open_all(f);
    assert_int_equal(verify(f, &fault), MV_POISON);
    assert_int_equal(fault.seq, 4);
}

static void a_follower_takes_records_byte_for_byte_and_only_in_order(void **s)
{
    struct fixture *f = *s;
    struct mv_log *copy = NULL;
    struct mv_err err = {0};
    uint8_t genesis[32], hash[32];
    struct mv_buf bytes[3] = {0};
    append(f, 3);
    assert_true(mv_log_hash_at(f->log, 0, genesis));
    begin(f);
    for (size_t i = 0; i < 3; i++) {
        struct mv_record r;
        assert_int_equal(mv_log_read(f->log, i + 1, &r, NULL), MV_OK);
        mv_buf_put(&bytes[i], r.bytes.at, r.bytes.len);
    }
    end(f);
    assert_int_equal(mv_log_open(&copy, f->store, "control", &err), MV_OK);
    mv_store_begin(f->store);
    assert_int_equal(mv_log_append_record(copy, mv_buf_span(&bytes[0]), &err),
                     MV_POISON); /* its own genesis is another's */
    assert_int_equal(mv_log_adopt(copy, genesis, &err), MV_OK);
    mv_store_abort(f->store);
    assert_true(mv_log_hash_at(copy, 0, hash));
    assert_memory_not_equal(hash, genesis, 32);
    mv_store_begin(f->store);
    assert_int_equal(mv_log_adopt(copy, genesis, &err), MV_OK);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(
            mv_log_append_record(copy, mv_buf_span(&bytes[i]), &err), MV_OK);
    assert_int_equal(mv_log_append_record(copy, mv_buf_span(&bytes[2]), &err),
                     MV_POISON);
    assert_int_equal(mv_log_adopt(copy, genesis, &err), MV_POISON);
    assert_int_equal(mv_store_commit(f->store, &err), MV_OK);
    mv_log_head(f->log, NULL, hash);
    begin(f);
    assert_int_equal(mv_log_witness(copy, 3, hash, &err), MV_OK);
    assert_int_equal(mv_log_witness(copy, 2, hash, &err), MV_POISON);
    assert_int_equal(mv_log_witness(copy, 4, hash, &err), MV_POISON);
    end(f);
    for (size_t i = 0; i < 3; i++)
        mv_buf_done(&bytes[i]);
    mv_log_close(copy);
}

static void record_bytes_are_what_the_protocol_says(void **state)
{
    struct fixture *f = *state;
    struct mv_record r;
    const struct mv_stamp stamp = {0x0102030405060708, 0x0a0b0c0d, "ahus",
                                   NULL};
    mv_store_begin(f->store);
    (void)mv_log_append(f->log, &stamp, mv_span_text("abc"));
    assert_int_equal(mv_store_commit(f->store, NULL), MV_OK);
    begin(f);
    assert_int_equal(mv_log_read(f->log, 1, &r, NULL), MV_OK);
    static const uint8_t head[] = {
        'M', 'V', 'R', '1', 0, 1, 0, 0, 0, 0, 0, 3, 10, 11, 12, 13, 0, 0, 0, 0,
        0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8,
        /* b2sum -l 256 of abc */
        0xbd, 0xdd, 0x81, 0x3c, 0x63, 0x42, 0x39, 0x72, 0x31, 0x71, 0xef, 0x3f,
        0xee, 0x98, 0x57, 0x9b, 0x94, 0x96, 0x4e, 0x3b, 0xb1, 0xcb, 0x3e, 0x42,
        0x72, 0x62, 0xc8, 0xc0, 0x68, 0xd5, 0x23, 0x19};
    const uint8_t *p = r.bytes.at;
    assert_int_equal(r.bytes.len, 97 + 4 + 3);
    assert_memory_equal(p, head, sizeof head);
    assert_memory_equal(p + 96, "\4ahusabc", 8);
    end(f);
}

static void parsing_refuses_each_cut_and_each_overlong_record(void **state)
{
    struct fixture *f = *state;
    struct mv_record r;
    struct mv_buf b = {0};
    append(f, 1);
    begin(f);
    assert_int_equal(mv_log_read(f->log, 1, &r, NULL), MV_OK);
    mv_buf_put(&b, r.bytes.at, r.bytes.len);
    end(f);
    for (size_t len = 0; len < b.len; len++) {
        uint8_t *exact = mv_xcalloc(1, len + 1);
        memcpy(exact, b.at, len);
        assert_int_equal(mv_record_parse(mv_span(exact, len), &r, NULL),
                         MV_POISON);
        free(exact);
    }
    assert_int_equal(mv_record_parse(mv_buf_span(&b), &r, NULL), MV_OK);
    mv_buf_put_u8(&b, 0);
    assert_int_equal(mv_record_parse(mv_buf_span(&b), &r, NULL), MV_POISON);
    mv_buf_done(&b);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(slices_find_what_the_whole_walk_finds),
        T(records_come_back_as_they_were_appended),
        T(a_snapshot_amid_an_append_ends_at_the_committed_head),
        T(an_aborted_append_leaves_number_and_chain_free),
        T(a_damaged_record_is_named_and_withheld_and_no_other),
        T(only_what_was_appended_a_moment_ago_is_not_hashed_again),
        T(missing_records_are_named_and_the_reader_goes_on),
        T(a_tail_cut_off_or_added_shows_against_the_head_row),
        T(a_follower_takes_records_byte_for_byte_and_only_in_order),
        T(record_bytes_are_what_the_protocol_says),
        T(parsing_refuses_each_cut_and_each_overlong_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
