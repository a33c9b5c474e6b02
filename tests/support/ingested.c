#include "tests/support/ingested.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/walk.h"
#include "tests/support/frames.h"
#include "tests/support/place.h"
#include "tests/support/unit.h"

const char ingested_units[] =
    "units:\n"
    "  - {id: hso, name: Region, kind: region}\n"
    "  - {id: ahus, name: A, kind: trust, parent: hso}\n"
    "  - {id: ous, name: O, kind: trust, parent: hso}\n"
    "  - {id: ward, name: W, kind: hospital, parent: ahus}\n"
    "  - {id: gone, name: G, kind: hospital, parent: ahus,\n"
    "     from: 2023-03-01, to: 2024-06-30}\n"
    "  - {id: part, name: P, kind: ward, parent: gone, to: 2024}\n"
    "  - {id: late, name: L, kind: ward, parent: gone, from: 2024-09-01}\n";
const char ingested_indicators[] =
    "indicators:\n"
    "  - {id: wait, title: Wait, measure: days, frequency: M, better: lower,\n"
    "     over_periods: mean, over_units: none, by: trust, due: 45 d}\n"
    "  - {id: posts, title: Posts, measure: count, frequency: A, whole: true,\n"
    "     over_periods: sum, over_units: sum, by: trust, to: 2024}\n"
    "  - {id: plan, title: Plan, measure: nok, frequency: M, ahead: true,\n"
    "     over_periods: sum, over_units: sum, by: trust}\n"
    "  - {id: grant, title: Grant, measure: nok, frequency: A,\n"
    "     over_periods: sum, over_units: sum, by: region}\n"
    "  - {id: letter, title: Letters, measure: percent, frequency: A_3,\n"
    "     dimension: {id: service, members: {som: S, vop: V}, total: none},\n"
    "     over_periods: ratio, over_units: ratio, by: trust, max: 100,\n"
    "     min: 0}\n"
    "  - {id: beds, title: Beds, measure: beds_per_1000_people, frequency: A,\n"
    "     over_periods: ratio, over_units: ratio, by: trust, max: 9}\n";
const char ingested_targets[] =
    "targets:\n"
    "  - {id: t1, year: 2024, text: T, indicator: wait, scope: [trust],\n"
    "     require: [value < 50 days]}\n";

static const char *const tables[] = {INGEST_STATE_TABLE, INGEST_INDEX_TABLE};
static const char *const logs[] = {INGEST_JOURNAL_TABLE};

void ingested_open(struct ingested *f)
{
    struct mv_err err = {0};
    struct mv_store_options o = {
        .dir = f->dir,
        .service = "ingest",
        .format = 1,
        .quota_bytes = 64 << 20,
        .any_filesystem = true,
        .tables = tables,
        .table_count = 2,
        .logs = logs,
        .log_count = 1,
    };
    mv_rc rc = mv_store_open(&f->store, &o, &err);
    if (rc == MV_OK)
        rc = mv_log_open(&f->journal, f->store, INGEST_JOURNAL_TABLE, &err);
    if (rc == MV_OK)
        rc = ingest_book_open(&f->book, f->store, f->journal, &f->clock, &err);
    if (rc != MV_OK)
        fail_msg("%s", err.text);
    f->desk.book = &f->book;
}

void ingested_close(struct ingested *f)
{
    ingest_book_done(&f->book);
    mv_log_close(f->journal);
    mv_store_close(f->store);
}

const char *ingested_settle(struct ingested *f, bool commit)
{
    struct mv_err err = {0};
    struct mv_fault fault;
    if (commit)
        assert_int_equal(mv_store_commit(f->store, &err), MV_OK);
    else
        mv_store_abort(f->store);
    ingest_desk_settled(&f->desk, commit);
    assert_true(
        mv_msg_answer_decode(mv_buf_span(&f->said.answer), &f->answer, &fault));
    static char result[32];
    (void)snprintf(result, sizeof result, "%.*s", (int)f->answer.result.len,
                   (const char *)f->answer.result.at);
    return result;
}

const char *ingested_push(struct ingested *f)
{
    mv_store_begin(f->store);
    ingest_deliver(&f->desk, &f->key, mv_buf_span(&f->frame), &f->clock,
                   &f->said);
    return ingested_settle(f, true);
}

const char *ingested_deliver(struct ingested *f, uint64_t number,
                             const char *fields, const char *rows)
{
    frame_delivery(&f->frame, "m", number, fields, rows);
    return ingested_push(f);
}

const char *ingested_catalogue(struct ingested *f, uint64_t number,
                               const char *targets_text)
{
    struct mv_key steward = {.name = "kari", .roles = MV_ROLE_STEWARD};
    frame_catalogue(&f->frame, "git", number, ingested_units,
                    ingested_indicators, targets_text);
    mv_store_begin(f->store);
    ingest_catalogue(&f->desk, &steward, mv_buf_span(&f->frame), &f->clock,
                     &f->said);
    return ingested_settle(f, true);
}

const char *ingested_conflict(struct ingested *f, unsigned n)
{
    static char text[64];
    struct mv_list list;
    struct mv_span item, code;
    assert_true(mv_list_open(&list, f->answer.conflicts));
    for (unsigned i = 0; i <= n; i++) {
        if (!mv_list_next(&list, &item))
            return "none";
    }
    assert_true(mv_map_text(item, "code", &code));
    (void)snprintf(text, sizeof text, "%.*s", (int)code.len,
                   (const char *)code.at);
    return text;
}

void ingested_names(struct ingested *f, const char *conflicts)
{
    struct mv_buf all = {0};
    struct mv_list list;
    struct mv_span item;
    assert_true(mv_list_open(&list, f->answer.conflicts));
    for (unsigned i = 0; mv_list_next(&list, &item); i++) {
        uint64_t row = 0;
        (void)mv_map_u64(item, "row", &row);
        mv_buf_printf(&all, "%s%u %s", i > 0 ? ", " : "", (unsigned)row,
                      ingested_conflict(f, i));
    }
    assert_string_equal(mv_buf_cstr(&all), conflicts);
    mv_buf_done(&all);
}

uint64_t ingested_head(const struct ingested *f)
{
    uint64_t seq;
    mv_log_head(f->journal, &seq, NULL);
    return seq;
}

void ingested_takes(struct ingested *f, uint64_t number, const char *fields,
                    const char *rows)
{
    const char *said = ingested_deliver(f, number, fields, rows);
    if (strcmp(said, "accepted") != 0)
        fail_msg("'%s': %s, %s", rows, said, ingested_conflict(f, 0));
}

void ingested_refuses(struct ingested *f, const char *fields, const char *rows,
                      const char *code)
{
    uint64_t before = ingested_head(f);
    assert_string_equal(ingested_deliver(f, 900, fields, rows), "rejected");
    if (strcmp(ingested_conflict(f, 0), code) != 0)
        fail_msg("'%s': %s, wanted %s", rows, ingested_conflict(f, 0), code);
    assert_true(ingested_head(f) == before);
}

int ingested_make(void **state)
{
    struct ingested *f = mv_xcalloc(1, sizeof *f);
    struct mv_err err = {0};
    f->dir = mv_test_dir(false);
    assert_int_equal(mv_clock_init(&err), MV_OK);
    assert_int_equal(mv_hash_init(&err), MV_OK);
    assert_true(mv_clock_parse(mv_span_text("2025-03-15T11:00:00Z"),
                               &f->clock.wall_ms));
    f->clock.boot_ms = f->clock.mono_ms = 1000;
    f->key = (struct mv_key){
        .name = "ahus-key", .unit = "ahus", .roles = MV_ROLE_PRODUCER};
    ingested_open(f);
    assert_string_equal(ingested_catalogue(f, 1, ingested_targets), "accepted");
    *state = f;
    return 0;
}

int ingested_drop(void **state)
{
    struct ingested *f = *state;
    ingested_close(f);
    ingest_desk_done(&f->desk);
    mv_buf_done(&f->said.answer);
    mv_buf_done(&f->frame);
    mv_test_dir_done(f->dir);
    free(f);
    return 0;
}
