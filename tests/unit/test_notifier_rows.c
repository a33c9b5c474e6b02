/* The bytes of the notifier's own rows: what is put is got, and whatever is
 * cut, longer, of another version or out of range is no row. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "services/notifier/rows.h"
#include "tests/support/bytes.h"
#include "tests/support/notices.h"
#include "tests/support/place.h"
#include "tests/support/unit.h"

typedef bool (*reader)(struct mv_span bytes);

static bool reads_row(struct mv_span bytes)
{
    struct notifier_row r;
    return notifier_row_get(bytes, &r);
}

static bool reads_counts(struct mv_span bytes)
{
    struct notifier_counts c;
    return notifier_counts_get(bytes, &c);
}

static bool reads_marks(struct mv_span bytes)
{
    struct notifier_marks m;
    return notifier_marks_get(bytes, &m);
}

static bool reads_seen(struct mv_span bytes)
{
    struct notifier_seen s;
    return notifier_seen_get(bytes, &s);
}

/* From memory of just that size, so that a sanitizer sees a step beyond. */
static bool reads_copy(reader read, const uint8_t *at, size_t len)
{
    uint8_t *copy = mv_xcalloc(len + 1, 1);
    memcpy(copy + 1, at, len);
    bool good = read(mv_span(copy + 1, len));
    free(copy);
    return good;
}

static void only_whole(reader read, struct mv_buf *b)
{
    assert_true(reads_copy(read, b->at, b->len));
    for (size_t len = 0; len < b->len; len++)
        assert_false(reads_copy(read, b->at, len));
    b->at[0]++;
    assert_false(reads_copy(read, b->at, b->len));
    b->at[0]--;
    mv_buf_put_u8(b, 0);
    assert_false(reads_copy(read, b->at, b->len));
    mv_buf_done(b);
}

static void rows_that_are_not_whole_are_no_rows(void **state)
{
    (void)state;
    struct mv_buf b = {0};
    notifier_row_put(&(struct notifier_row){.state = NOTIFIER_MOVED}, &b);
    only_whole(reads_row, &b);
    notifier_counts_put(&(struct notifier_counts){.made = 1}, &b);
    only_whole(reads_counts, &b);
    notifier_counts_put(&(struct notifier_counts){.paused = true,
                                                  .paused_ms = 1,
                                                  .paused_by = "drift"},
                        &b);
    only_whole(reads_counts, &b);
    notifier_marks_put(&(struct notifier_marks){.settling = true}, &b);
    only_whole(reads_marks, &b);
    notifier_seen_put(&(struct notifier_seen){.coloured = 1}, &b);
    only_whole(reads_seen, &b);
}

/* The counts of one queue, every number another, as version 1 has them. */
#define COUNTS_HEX                                                        \
    "0000000000000101 0000000000000202 0000000000000303 0000000000000404" \
    "0000000000000505 0000000000000606 0000000000000707 0000000000000808" \
    "0000019000000001 0000019000000002 "
#define NAME_HEX "6472696674" /* drift */
#define NAME_REST                                                \
    "000000 0000000000000000 0000000000000000 0000000000000000 " \
    "0000000000000000 0000000000000000 0000000000000000 0000000000000000"

static const struct notifier_counts counted = {.made = 0x101,
                                               .delivered = 0x202,
                                               .pending = 0x303,
                                               .dead = 0x404,
                                               .withdrawn = 0x505,
                                               .head = 0x606,
                                               .done = 0x707,
                                               .pending_merged = 0x808,
                                               .oldest_ms = 0x19000000001,
                                               .resumed_ms = 0x19000000002};

static void are_put(const struct notifier_counts *c,
                    const struct mv_buf *pinned)
{
    struct mv_buf now = {0};
    notifier_counts_put(c, &now);
    assert_true(mv_span_equal(mv_buf_span(&now), mv_buf_span(pinned)));
    mv_buf_done(&now);
}

/* What is put is those bytes, and they are read as that. */
static void are_bytes(const struct notifier_counts *c, const char *hex)
{
    struct mv_buf pinned = {0};
    struct notifier_counts got;
    test_hex(&pinned, hex);
    are_put(c, &pinned);
    assert_true(notifier_counts_get(mv_buf_span(&pinned), &got));
    assert_int_equal(got.paused, c->paused);
    assert_true(got.paused_ms == c->paused_ms);
    assert_string_equal(got.paused_by, c->paused_by);
    are_put(&got, &pinned);
    mv_buf_done(&pinned);
}

static void counts_are_written_as_their_two_versions_say(void **state)
{
    struct notifier_counts c = counted;
    struct mv_buf b = {0};
    struct mv_err err = {0};
    (void)state;
    are_bytes(&c, "01 " COUNTS_HEX "00");
    c.paused = true; /* by a program that did not keep by whom */
    are_bytes(&c, "01 " COUNTS_HEX "01");
    c.paused_ms = 0x19000000003;
    (void)snprintf(c.paused_by, sizeof c.paused_by, "drift");
    are_bytes(&c, "02 " COUNTS_HEX "01 0000019000000003" NAME_HEX NAME_REST);
    /* a program that knows version 1 alone asks for an upgrade */
    notifier_counts_put(&c, &b);
    assert_int_equal(
        notifier_no_row(mv_buf_span(&b), NOTIFIER_ROW_VERSION, &err),
        MV_CONFIG);
    assert_string_equal(err.text,
                        "it is of version 2, this program reads 1: upgrade");
    mv_buf_done(&b);
}

static void a_notice_has_a_state_a_rule_and_whole_runs(void **state)
{
    (void)state;
    struct mv_buf b = {0};
    const struct notifier_run run = {7, 8, 9};
    notifier_row_put(&(struct notifier_row){.rule = NOTIFIER_RULE_MERGED}, &b);
    assert_true(reads_copy(reads_row, b.at, b.len));
    b.at[1] = NOTIFIER_MOVED + 1;
    assert_false(reads_copy(reads_row, b.at, b.len));
    b.at[1] = NOTIFIER_MOVED;
    b.at[2] = NOTIFIER_RULES;
    assert_false(reads_copy(reads_row, b.at, b.len));
    b.at[2] = NOTIFIER_RULE_NONE;
    size_t fixed = b.len;
    notifier_run_put(&run, &b);
    for (size_t len = fixed; len <= b.len; len++)
        assert_int_equal(reads_copy(reads_row, b.at, len),
                         len == fixed || len == b.len);
    struct notifier_row row;
    struct notifier_run got = {0};
    assert_true(notifier_row_get(mv_buf_span(&b), &row));
    assert_true(notifier_run_take(&row.runs, &got));
    assert_true(got.ordinal == 7 && got.first == 8 && got.count == 9);
    assert_false(notifier_run_take(&row.runs, &got));
    assert_string_equal(notifier_rule_text(NOTIFIER_RULES), "");
    mv_buf_done(&b);
}

/* --- damage that the seals cannot see: a row that was written so --------- */

static int make(void **state)
{
    return test_make_with(state, 1000);
}

/* Without a look at books that cannot be read. */
static void drop(struct test_notifier *f)
{
    mv_store_close(f->store);
    mv_test_dir_done(f->dir);
    mv_buf_done(&f->content);
    mv_buf_done(&f->bytes);
    free(f);
}

/* Every row of a table, cut in half, and sealed like any other. */
static void cut(struct test_notifier *f, const char *table)
{
    struct mv_table t = mv_store_table(f->store, table);
    struct mv_scan scan;
    struct mv_span key, value;
    struct mv_buf k = {0}, v = {0};
    unsigned rows = 0;
    mv_store_begin(f->store);
    mv_scan_open(&scan, f->store, t, (struct mv_span){0});
    for (; mv_scan_next(&scan, &key, &value); rows++) {
        mv_buf_clear(&k);
        mv_buf_clear(&v);
        mv_buf_put(&k, key.at, key.len);
        mv_buf_put(&v, value.at, value.len / 2);
        mv_store_put(f->store, t, mv_buf_span(&k), mv_buf_span(&v));
    }
    mv_scan_close(&scan);
    assert_true(rows > 0);
    assert_int_equal(mv_store_commit(f->store, NULL), MV_OK);
    mv_buf_done(&k);
    mv_buf_done(&v);
}

/* A notifier that starts on such a row says so, and does not begin. */
static void a_start_on_a_row_that_is_not_one_is_refused(void **state)
{
    static const char *const kept[] = {NOTIFIER_MARKS, NOTIFIER_QUEUES,
                                       NOTIFIER_SUBSCRIPTIONS};
    for (size_t i = 0; i < 3; i++) {
        struct mv_err err = {0};
        assert_int_equal(make(state), 0);
        struct test_notifier *f = *state;
        test_subscribe(f, "id=a units=ahus");
        const struct notifier_options o = f->n->o;
        notifier_close(f->n);
        f->n = NULL;
        cut(f, kept[i]);
        struct notifier *n = NULL;
        assert_int_equal(notifier_open(&n, &o, &err), MV_FATAL);
        assert_non_null(strstr(err.text, "a row of the notifier's is not one"));
        assert_null(n);
        drop(f);
    }
}

static uint8_t version_of_counts(struct test_notifier *f)
{
    struct mv_scan scan;
    struct mv_span key, value = {0};
    assert_int_equal(mv_store_read_begin(f->store, NULL), MV_OK);
    mv_scan_open(&scan, f->store, mv_store_table(f->store, NOTIFIER_QUEUES),
                 (struct mv_span){0});
    assert_true(mv_scan_next(&scan, &key, &value));
    uint8_t version = *(const uint8_t *)value.at;
    mv_scan_close(&scan);
    assert_int_equal(mv_store_read_end(f->store, NULL), MV_OK);
    return version;
}

/* Nor does a queue that is gone, and could never go on again. */
static void a_queue_that_is_not_paused_bars_no_earlier_program(void **state)
{
    static const char *const ends[][2] = {{"resume", "subscription=a"},
                                          {"unsubscribe", "id=a"}};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(make(state), 0);
        struct test_notifier *f = *state;
        test_subscribe(f, "id=a units=ahus");
        assert_int_equal(version_of_counts(f), 1);
        assert_string_equal(
            test_act(f, &f->operator_key, "pause", "subscription=a"), "");
        assert_int_equal(version_of_counts(f), 2);
        assert_string_equal(
            test_act(f, &f->operator_key, ends[i][0], ends[i][1]), "");
        assert_int_equal(version_of_counts(f), 1);
        test_drop(state);
    }
}

/* The first row of a table as a later program would write it. */
static void write_newer(struct test_notifier *f, const char *table,
                        uint8_t version)
{
    struct mv_table t = mv_store_table(f->store, table);
    struct mv_scan scan;
    struct mv_span key, value;
    struct mv_buf k = {0}, v = {0};
    mv_store_begin(f->store);
    mv_scan_open(&scan, f->store, t, (struct mv_span){0});
    assert_true(mv_scan_next(&scan, &key, &value));
    mv_buf_put(&k, key.at, key.len);
    mv_buf_put(&v, value.at, value.len);
    mv_scan_close(&scan);
    v.at[0] = version;
    mv_store_put(f->store, t, mv_buf_span(&k), mv_buf_span(&v));
    assert_int_equal(mv_store_commit(f->store, NULL), MV_OK);
    mv_buf_done(&k);
    mv_buf_done(&v);
}

/* Which nobody should start again and again. */
static void
a_start_on_a_row_of_a_later_program_asks_for_an_upgrade(void **state)
{
    static const struct {
        const char *table;
        uint8_t version;
        const char *says;
    } rows[] = {
        {NOTIFIER_MARKS, 3,
         "it is of version 3, this program reads 2: upgrade"},
        {NOTIFIER_SUBSCRIPTIONS, 2,
         "it is of version 2, this program reads 1: upgrade"},
        {NOTIFIER_QUEUES, 9,
         "it is of version 9, this program reads 2: upgrade"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mv_err err = {0};
        assert_int_equal(make(state), 0);
        struct test_notifier *f = *state;
        test_subscribe(f, "id=a units=ahus");
        const struct notifier_options o = f->n->o;
        notifier_close(f->n);
        f->n = NULL;
        write_newer(f, rows[i].table, rows[i].version);
        struct notifier *n = NULL;
        assert_int_equal(notifier_open(&n, &o, &err), MV_CONFIG);
        assert_string_equal(err.text, rows[i].says);
        assert_null(n);
        drop(f);
    }
}

static mv_rc read_first(struct test_notifier *f, struct mv_err *err)
{
    struct mv_pull_source source;
    struct mv_span bytes;
    const char *code;
    assert_int_equal(mv_store_read_begin(f->store, NULL), MV_OK);
    assert_true(notifier_source(f->n, mv_span_text("a"), &f->owner, f->now_ms,
                                &source, &code));
    mv_rc rc = source.read(source.ctx, 1, &bytes, err);
    assert_int_equal(mv_store_read_end(f->store, NULL), MV_OK);
    return rc;
}

/* One that cannot be read is never handed out in part. */
static void a_notice_whose_rows_are_not_whole_is_not_handed_out(void **state)
{
    static const char *const kept[] = {NOTIFIER_NOTICES, NOTIFIER_CHANGES};
    for (size_t i = 0; i < 2; i++) {
        struct mv_err err = {0};
        assert_int_equal(make(state), 0);
        struct test_notifier *f = *state;
        test_subscribe(f, "id=a units=ahus");
        test_turns(f, "t1", "ahus", "red", "green");
        assert_int_equal(read_first(f, &err), MV_OK);
        cut(f, kept[i]);
        assert_int_equal(read_first(f, &err), MV_POISON);
        assert_non_null(strstr(err.text, "is damaged"));
        notifier_close(f->n);
        drop(f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_that_are_not_whole_are_no_rows),
        cmocka_unit_test(counts_are_written_as_their_two_versions_say),
        cmocka_unit_test(a_notice_has_a_state_a_rule_and_whole_runs),
        cmocka_unit_test(a_start_on_a_row_that_is_not_one_is_refused),
        cmocka_unit_test(a_queue_that_is_not_paused_bars_no_earlier_program),
        cmocka_unit_test(
            a_start_on_a_row_of_a_later_program_asks_for_an_upgrade),
        cmocka_unit_test(a_notice_whose_rows_are_not_whole_is_not_handed_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
