/* Promises P2, P3: whichever call of LMDB fails while ingest takes deliveries,
 * what persons state, a catalogue and a new day, the transaction is refused,
 * rows and memory are those of before, and what is then sent again is accepted
 * once, into the same journal as if nothing had happened. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/statement.h"
#include "tests/support/failing_lmdb.h"
#include "tests/support/frames.h"
#include "tests/support/ingested.h"
#include "tests/support/unit.h"

#define T(text)                \
    {                          \
        text, sizeof(text) - 1 \
    }
#define FIELDS "indicator unit period value"

static const char tasks[] =
    "commissions:\n"
    "  - {id: c1, year: 2025, text: C, for: [ahus, ous], due: [\n"
    "     {on: 2025-04-01}, {on: 2025-05-01}]}\n";

/* What is sent in one transaction: rows of a delivery, or of a withdrawal; a
 * catalogue; or, of a person, a statement. */
struct step {
    const char *rows, *withdrawn, *targets;
    struct mv_statement said; /* with a unit: it is one */
    unsigned day;             /* days since the first */
    bool again;               /* as the one before: it is a duplicate */
};

static const struct step steps[] = {
    {.targets = ingested_targets},
    {.rows = "wait ahus 2024-M01 78.5\nwait ahus 2024-M02 70\n"},
    {.rows = "wait ahus 2024-M01 78.5\nwait ahus 2024-M02 70\n", .again = true},
    {.said = {.kind = MV_STATEMENT_ASSESSMENT,
              .target = T("t1"),
              .unit = T("ahus"),
              .year = 2024,
              .status = T("red"),
              .until = T("2025-06-30"),
              .comment = T("Seen.")}},
    {.said = {.kind = MV_STATEMENT_HOLD,
              .indicator = T("wait"),
              .unit = T("ahus"),
              .until = T("2025-06-30"),
              .comment = T("Looked at.")}},
    {.withdrawn = "wait ahus 2024-M02\n"},
    {.said = {.kind = MV_STATEMENT_DELIVERED,
              .commission = T("c1"),
              .unit = T("ahus"),
              .year = 2025,
              .due = T("2025-04-01"),
              .on = T("2025-03-14"),
              .comment = T("Sent.")},
     .day = 1},
    {.said = {.kind = MV_STATEMENT_CLOSED,
              .commission = T("c1"),
              .unit = T("ous"),
              .year = 2025,
              .due = T("2025-05-01"),
              .comment = T("Not needed.")},
     .day = 1},
    {.said = {.kind = MV_STATEMENT_RELEASE,
              .indicator = T("wait"),
              .unit = T("ahus"),
              .comment = T("Right.")},
     .day = 3},
    {.said = {.kind = MV_STATEMENT_FREEZE,
              .report = T("year"),
              .year = 2024,
              .unit = T("ahus"),
              .comment = T("Done.")},
     .day = 3},
    {.said = {.kind = MV_STATEMENT_FREEZE,
              .report = T("year"),
              .year = 2024,
              .unit = T("ahus"),
              .comment = T("Done.")},
     .day = 3,
     .again = true},
    {.targets = ingested_targets, .day = 4},
    {.rows = "wait ahus 2024-M03 61\n", .day = 4},
};
enum { STEPS = sizeof steps / sizeof steps[0] };

/* What is drawn at random is the same in each life: the log's genesis. */
void randombytes_buf(void *const at, const size_t bytes)
{
    memset(at, 7, bytes);
}

/* A number of its own each, unless it is sent again. */
static uint64_t number_of(unsigned i)
{
    return 100 + i - steps[i].again;
}

static void write_frame(struct ingested *f, unsigned i)
{
    const struct step *s = &steps[i];
    mv_buf_clear(&f->frame);
    if (s->rows != NULL) {
        frame_delivery(&f->frame, "m", number_of(i), FIELDS, s->rows);
    } else if (s->withdrawn != NULL) {
        frame_withdrawal(&f->frame, "m", number_of(i), "indicator unit period",
                         s->withdrawn);
    } else if (s->targets != NULL) {
        frame_commissions(&f->frame, "git", number_of(i), ingested_units,
                          ingested_indicators, s->targets, tasks);
    } else {
        struct mv_statement said = s->said;
        said.producer = mv_span_text("kari");
        said.number = number_of(i);
        said.author = mv_span_text("Kari Nordmann");
        mv_statement_write(&said, &f->frame);
    }
}

static mv_rc take_step(struct ingested *f, unsigned i)
{
    static const struct mv_key steward = {.name = "git",
                                          .roles = MV_ROLE_STEWARD},
                               assessor = {.name = "kari",
                                           .unit = "hso",
                                           .roles = MV_ROLE_ASSESSOR};
    const struct step *s = &steps[i];
    struct mv_clock clock = f->clock;
    struct mv_err err = {0};
    clock.wall_ms += s->day * INT64_C(86400000) + i * INT64_C(1000);
    clock.boot_ms += s->day * INT64_C(86400000) + i * INT64_C(1000);
    write_frame(f, i);
    mv_store_begin(f->store);
    if (s->targets != NULL) {
        ingest_catalogue(&f->desk, &steward, mv_buf_span(&f->frame), &clock,
                         &f->said);
    } else {
        ingest_deliver(&f->desk, s->said.unit.at != NULL ? &assessor : &f->key,
                       mv_buf_span(&f->frame), &clock, &f->said);
    }
    mv_rc rc = mv_store_commit(f->store, &err);
    ingest_desk_settled(&f->desk, rc == MV_OK);
    assert_true(rc == MV_OK || err.text[0] != 0);
    return rc;
}

/* It was answered as it ought to be. */
static void assert_answer(struct ingested *f, unsigned i)
{
    mv_outcome want =
        steps[i].again ? MV_OUTCOME_DUPLICATE : MV_OUTCOME_ACCEPTED;
    struct mv_fault fault;
    assert_true(
        mv_msg_answer_decode(mv_buf_span(&f->said.answer), &f->answer, &fault));
    if (f->said.outcome != want)
        fail_msg("step %u: %.*s, %s", i, (int)f->answer.result.len,
                 (const char *)f->answer.result.at, ingested_conflict(f, 0));
}

static void add_table(struct ingested *f, const char *name, struct mv_buf *out)
{
    struct mv_scan scan;
    struct mv_span key, value;
    mv_scan_open(&scan, f->store, mv_store_table(f->store, name),
                 (struct mv_span){0});
    while (mv_scan_next(&scan, &key, &value)) {
        mv_buf_put(out, key.at, key.len);
        mv_buf_put(out, value.at, value.len);
    }
    mv_scan_close(&scan);
}

/* Every row, and what memory says of them. */
static void dump(struct ingested *f, struct mv_buf *out)
{
    const struct ingest_moment *now = &f->book.now;
    mv_buf_clear(out);
    assert_int_equal(mv_store_read_begin(f->store, NULL), MV_OK);
    add_table(f, INGEST_STATE_TABLE, out);
    add_table(f, INGEST_INDEX_TABLE, out);
    add_table(f, INGEST_JOURNAL_TABLE, out);
    assert_int_equal(mv_store_read_end(f->store, NULL), MV_OK);
    mv_buf_printf(out, "%llu %d %lld %llu",
                  (unsigned long long)now->catalogue_seq, now->today,
                  (long long)now->trust.last_stamp_ms,
                  (unsigned long long)ingested_head(f));
}

/* Every k-th call fails; at last none does. */
static unsigned try_step(struct ingested *f, unsigned i, int error)
{
    struct mv_buf before = {0}, after = {0};
    unsigned failed = 0;
    dump(f, &before);
    for (long k = 0;; k++, failed++) {
        failing_arm(k, error);
        mv_rc rc = take_step(f, i);
        const char *fired = failing_end();
        if (fired == NULL) {
            assert_int_equal(rc, MV_OK);
            break;
        }
        if (rc == MV_OK)
            fail_msg("step %u: %s failed, and nobody noticed", i, fired);
        if (error != ENOSPC) { /* the outcome is unknown: a new start */
            ingested_close(f);
            ingested_open(f);
        }
        dump(f, &after);
        assert_true(mv_span_equal(mv_buf_span(&before), mv_buf_span(&after)));
    }
    mv_buf_done(&before);
    mv_buf_done(&after);
    return failed;
}

/* All steps; what there is in the end into *out. error 0: none fails. */
static unsigned live(int error, struct mv_buf *out)
{
    struct ingested *f = NULL;
    unsigned failed = 0;
    assert_int_equal(ingested_make((void **)&f), 0);
    for (unsigned i = 0; i < STEPS; i++) {
        if (error != 0)
            failed += try_step(f, i, error);
        else
            assert_int_equal(take_step(f, i), MV_OK);
        assert_answer(f, i);
    }
    dump(f, out);
    assert_int_equal(ingested_drop((void **)&f), 0);
    return failed;
}

static void as_if_nothing_had_happened(int error)
{
    struct mv_buf whole = {0}, disturbed = {0};
    (void)live(0, &whole);
    unsigned failed = live(error, &disturbed);
    (void)printf("error %d: %u failures, %zu bytes of rows\n", error, failed,
                 whole.len);
    assert_true(failed > 5 * STEPS);
    assert_true(mv_span_equal(mv_buf_span(&whole), mv_buf_span(&disturbed)));
    mv_buf_done(&whole);
    mv_buf_done(&disturbed);
}

static void a_full_disk_delays_and_changes_nothing(void **state)
{
    (void)state;
    as_if_nothing_had_happened(ENOSPC);
}

static void a_damaged_page_ends_the_step_and_changes_nothing(void **state)
{
    (void)state;
    as_if_nothing_had_happened(MDB_CORRUPTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_disk_delays_and_changes_nothing),
        cmocka_unit_test(a_damaged_page_ends_the_step_and_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
