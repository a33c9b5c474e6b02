/* Promise P16: whoever changes, removes, reorders or cuts off records behind
 * the log's back is found by verify, which names the first bad number; a tail
 * that was rewritten with its chain and head, as soon as it is held against a
 * witness. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "services/stream/log.h"
#include "tests/support/place.h"
#include "tests/support/random.h"
#include "tests/support/scale.h"
#include "tests/support/unit.h"

enum { RECORDS = 40 };

static const char *const logs[] = {"journal", "forged"};

struct bench {
    char *dir;
    struct mv_store *store;
    struct mv_log *log;
    struct mv_table journal, forged, meta;
    struct mv_buf rows[RECORDS + 1], head;
    uint8_t chain[RECORDS + 1][MV_HASH_BYTES];
    struct test_random random;
};

static struct mv_span key_of(uint64_t seq, uint8_t at[8])
{
    mv_be64_put(at, seq);
    return mv_span(at, 8);
}

static void row_put(struct bench *b, uint64_t seq, struct mv_span row)
{
    uint8_t key[8];
    mv_store_put(b->store, b->journal, key_of(seq, key), row);
}

static void row_del(struct bench *b, uint64_t seq)
{
    uint8_t key[8];
    mv_store_del(b->store, b->journal, key_of(seq, key));
}

static void commit(struct bench *b)
{
    assert_int_equal(mv_store_commit(b->store, NULL), MV_OK);
}

static void log_open(struct bench *b)
{
    assert_int_equal(mv_log_open(&b->log, b->store, "journal", NULL), MV_OK);
}

static void append(struct mv_log *log, struct test_random *r, uint64_t seq)
{
    uint8_t content[200];
    size_t len = test_random_below(r, sizeof content);
    const struct mv_stamp stamp = {(int64_t)seq * 10, 1, "ahus", NULL};
    for (size_t i = 0; i < len; i++)
        content[i] = (uint8_t)test_random_u64(r);
    (void)mv_log_append(log, &stamp, mv_span(content, len));
}

static void bench_open(struct bench *b)
{
    const struct mv_store_options o = {.service = "t",
                                       .format = 1,
                                       .quota_bytes = 64 << 20,
                                       .any_filesystem = true,
                                       .logs = logs,
                                       .log_count = 2,
                                       .dir = b->dir = mv_test_dir(true)};
    struct mv_record r;
    struct mv_span head;
    b->random = test_random_start("tampering");
    assert_int_equal(mv_store_open(&b->store, &o, NULL), MV_OK);
    log_open(b);
    b->journal = mv_store_table(b->store, "journal");
    b->forged = mv_store_table(b->store, "forged");
    b->meta = mv_store_table(b->store, MV_STORE_META);
    mv_store_begin(b->store);
    for (uint64_t seq = 1; seq <= RECORDS; seq++)
        append(b->log, &b->random, seq);
    commit(b);
    assert_int_equal(mv_store_read_begin(b->store, NULL), MV_OK);
    assert_true(mv_log_hash_at(b->log, 0, b->chain[0]));
    for (uint64_t seq = 1; seq <= RECORDS; seq++) {
        assert_int_equal(mv_log_read(b->log, seq, &r, NULL), MV_OK);
        mv_buf_put(&b->rows[seq], r.bytes.at, r.bytes.len);
        memcpy(b->chain[seq], r.chain, MV_HASH_BYTES);
    }
    assert_true(
        mv_store_get(b->store, b->meta, mv_span_text("log:journal"), &head));
    mv_buf_put(&b->head, head.at, head.len);
    assert_int_equal(mv_store_read_end(b->store, NULL), MV_OK);
}

static void bench_close(struct bench *b)
{
    mv_log_close(b->log);
    mv_store_close(b->store);
    for (size_t i = 0; i <= RECORDS; i++)
        mv_buf_done(&b->rows[i]);
    mv_buf_done(&b->head);
    mv_test_dir_done(b->dir);
}

/* As it was, from rows kept aside. */
static void restore(struct bench *b)
{
    uint8_t key[8];
    mv_store_begin(b->store);
    for (uint64_t seq = 1; seq <= RECORDS; seq++) {
        row_put(b, seq, mv_buf_span(&b->rows[seq]));
        mv_store_del(b->store, b->forged, key_of(seq, key));
    }
    row_del(b, RECORDS + 1);
    mv_store_put(b->store, b->meta, mv_span_text("log:journal"),
                 mv_buf_span(&b->head));
    mv_store_del(b->store, b->meta, mv_span_text("log:forged"));
    commit(b);
}

static uint64_t pick(struct bench *b)
{
    return 1 + test_random_below(&b->random, RECORDS);
}

/* Each changes rows in the open transaction and returns the first bad seq. */
static uint64_t flip(struct bench *b)
{
    uint64_t seq = pick(b);
    struct mv_buf copy = {0};
    mv_buf_put(&copy, b->rows[seq].at, b->rows[seq].len);
    copy.at[test_random_below(&b->random, copy.len)] ^=
        (uint8_t)(1u << test_random_below(&b->random, 8));
    row_put(b, seq, mv_buf_span(&copy));
    mv_buf_done(&copy);
    return seq;
}

static uint64_t remove_one(struct bench *b)
{
    uint64_t seq = pick(b);
    row_del(b, seq);
    return seq;
}

static uint64_t swap(struct bench *b)
{
    uint64_t x = pick(b), y = pick(b);
    if (x == y)
        y = x % RECORDS + 1;
    row_put(b, x, mv_buf_span(&b->rows[y]));
    row_put(b, y, mv_buf_span(&b->rows[x]));
    return x < y ? x : y;
}

static uint64_t duplicate(struct bench *b)
{
    uint64_t from = pick(b), to = pick(b) + 1;
    if (from == to)
        to = from % RECORDS + 1;
    row_put(b, to, mv_buf_span(&b->rows[from]));
    return to;
}

/* The number is made to fit too: only the chain is left to tell. */
static uint64_t renumber(struct bench *b)
{
    uint64_t from = pick(b), to = from % RECORDS + 1;
    struct mv_buf copy = {0};
    mv_buf_put(&copy, b->rows[from].at, b->rows[from].len);
    mv_be64_put(copy.at + 16, to);
    row_put(b, to, mv_buf_span(&copy));
    mv_buf_done(&copy);
    return to;
}

static uint64_t truncate_tail(struct bench *b)
{
    uint64_t first = pick(b);
    for (uint64_t seq = first; seq <= RECORDS; seq++)
        row_del(b, seq);
    return first;
}

/* A whole other history from `first` on, chain and all, made by the log
 * itself beside ours; with_head: its head row too. */
static void rewrite(struct bench *b, uint64_t first, bool with_head)
{
    struct mv_log *forged = NULL;
    struct mv_record r;
    struct mv_span head;
    assert_int_equal(mv_log_open(&forged, b->store, "forged", NULL), MV_OK);
    mv_store_begin(b->store);
    assert_int_equal(mv_log_adopt(forged, b->chain[0], NULL), MV_OK);
    for (uint64_t seq = 1; seq < first; seq++) {
        assert_int_equal(
            mv_log_append_record(forged, mv_buf_span(&b->rows[seq]), NULL),
            MV_OK);
    }
    for (uint64_t seq = first; seq <= RECORDS; seq++)
        append(forged, &b->random, seq);
    commit(b);
    mv_store_begin(b->store);
    for (uint64_t seq = first; seq <= RECORDS; seq++) {
        struct mv_buf copy = {0};
        assert_int_equal(mv_log_read(forged, seq, &r, NULL), MV_OK);
        mv_buf_put(&copy, r.bytes.at, r.bytes.len);
        row_put(b, seq, mv_buf_span(&copy));
        mv_buf_done(&copy);
    }
    assert_true(
        mv_store_get(b->store, b->meta, mv_span_text("log:forged"), &head));
    if (with_head)
        mv_store_put(b->store, b->meta, mv_span_text("log:journal"), head);
    commit(b);
    mv_log_close(forged);
}

static void verify_names(struct bench *b, uint64_t bad)
{
    struct mv_log_fault fault;
    mv_log_close(b->log);
    log_open(b);
    assert_int_equal(mv_store_read_begin(b->store, NULL), MV_OK);
    mv_rc rc = mv_log_verify(b->log, 1, 0, &fault, NULL);
    assert_int_equal(mv_store_read_end(b->store, NULL), MV_OK);
    assert_int_equal(rc, bad == 0 ? MV_OK : MV_POISON);
    assert_int_equal(fault.seq, bad);
}

/* Witnesses below first agree, from first on they do not. */
static void witnesses_tell(struct bench *b, uint64_t first)
{
    assert_int_equal(mv_store_read_begin(b->store, NULL), MV_OK);
    for (uint64_t seq = 0; seq <= RECORDS; seq++)
        assert_int_equal(mv_log_witness(b->log, seq, b->chain[seq], NULL),
                         seq < first ? MV_OK : MV_POISON);
    assert_int_equal(mv_store_read_end(b->store, NULL), MV_OK);
}

static void each_random_change_is_found_and_its_first_number_named(void **state)
{
    (void)state;
    static uint64_t (*const kinds[])(struct bench *) = {
        flip, flip, remove_one, swap, duplicate, renumber, truncate_tail};
    struct bench b = {0};
    bench_open(&b);
    verify_names(&b, 0);
    for (unsigned i = 0; i < mv_scale(1000, 20000); i++) {
        mv_store_begin(b.store);
        uint64_t bad = kinds[i % 7](&b);
        commit(&b);
        verify_names(&b, bad);
        restore(&b);
        if (i % 50 == 0)
            verify_names(&b, 0);
    }
    bench_close(&b);
}

static void a_rewritten_tail_is_found_at_the_head_or_by_a_witness(void **state)
{
    (void)state;
    struct bench b = {0};
    bench_open(&b);
    for (uint64_t first = 1; first <= RECORDS; first++) {
        rewrite(&b, first, false);
        verify_names(&b, RECORDS);
        restore(&b);
        rewrite(&b, first, true);
        verify_names(&b, 0); /* it is whole in itself */
        witnesses_tell(&b, first);
        restore(&b);
    }
    verify_names(&b, 0);
    witnesses_tell(&b, RECORDS + 1);
    bench_close(&b);
}

static void a_tail_cut_off_with_its_head_is_found_by_a_witness(void **state)
{
    (void)state;
    struct bench b = {0};
    bench_open(&b);
    for (uint64_t last = 1; last < RECORDS; last++) {
        uint8_t head[72];
        memcpy(head, b.head.at, sizeof head);
        mv_be64_put(head + 32, last);
        memcpy(head + 40, b.chain[last], MV_HASH_BYTES);
        mv_store_begin(b.store);
        for (uint64_t seq = last + 1; seq <= RECORDS; seq++)
            row_del(&b, seq);
        mv_store_put(b.store, b.meta, mv_span_text("log:journal"),
                     mv_span(head, sizeof head));
        commit(&b);
        verify_names(&b, 0);
        witnesses_tell(&b, last + 1);
        restore(&b);
    }
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            each_random_change_is_found_and_its_first_number_named),
        cmocka_unit_test(a_rewritten_tail_is_found_at_the_head_or_by_a_witness),
        cmocka_unit_test(a_tail_cut_off_with_its_head_is_found_by_a_witness),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
