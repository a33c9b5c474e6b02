/* evaluated - see evaluated.h. Job: what tests of the evaluator share.
 * Invariant: a record's chain depends on all before it, as in a real journal.
 */
#include "tests/support/evaluated.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/msg.h"
#include "proto/pack.h"
#include "proto/walk.h"
#include "services/base/micro.h"
#include "services/evaluator/engine.h"
#include "tests/support/catalogue_text.h"
#include "tests/support/place.h"
#include "tests/support/unit.h"

#define START_MS INT64_C(1735689600000) /* 2025-01-01 */

/* ---- the journal ---- */

void test_journal_done(struct test_journal *j)
{
    for (size_t i = 0; i < j->count; i++)
        mv_buf_done(&j->at[i].content);
    free(j->at);
    *j = (struct test_journal){0};
}

void test_journal_add(struct test_journal *j, struct mv_span content)
{
    if (j->count == j->cap) {
        j->cap = j->cap == 0 ? 64 : j->cap * 2;
        j->at = mv_xrealloc(j->at, j->cap * sizeof *j->at);
    }
    if (j->now_ms == 0)
        j->now_ms = START_MS;
    struct test_record *r = &j->at[j->count++];
    *r = (struct test_record){.received_ms = j->now_ms};
    mv_buf_put(&r->content, content.at, content.len);
    j->now_ms += 1000;
}

void test_journal_day(struct test_journal *j, const char *day)
{
    struct mv_buf b = {0};
    mv_msg_clock_encode(&(struct mv_msg_clock){.day = mv_span_text(day)}, &b);
    test_journal_add(j, mv_buf_span(&b));
    mv_buf_done(&b);
}

void test_journal_catalogue(struct test_journal *j, const char *units,
                            const char *indicators, const char *targets)
{
    struct mv_buf files = {0}, b = {0};
    mv_pack_map(&files, j->commissions ? 4 : 3);
    mv_pack_kv_cstr(&files, "units.yaml", units ? units : test_units);
    mv_pack_kv_cstr(&files, "indicators.yaml",
                    indicators ? indicators : test_indicators);
    mv_pack_kv_cstr(&files, "targets.yaml", targets ? targets : test_targets);
    if (j->commissions != NULL)
        mv_pack_kv_cstr(&files, "commissions.yaml", j->commissions);
    struct mv_msg_catalogue m = {.producer = mv_span_text("cat"),
                                 .number = j->count + 1,
                                 .files = mv_buf_span(&files)};
    mv_msg_catalogue_encode(&m, &b);
    test_journal_add(j, mv_buf_span(&b));
    mv_buf_done(&files);
    mv_buf_done(&b);
}

static void pack_number(struct mv_buf *b, const char *text)
{
    int64_t micro;
    if (text == NULL || strcmp(text, "-") == 0) {
        mv_pack_nil(b);
        return;
    }
    assert_int_equal(mv_micro_parse(mv_span_text(text), &micro), MV_NUMBER_OK);
    mv_pack_micro(b, micro);
}

static void pack_word(struct mv_buf *b, const char *text)
{
    if (text == NULL || strcmp(text, "-") == 0)
        mv_pack_nil(b);
    else
        mv_pack_cstr(b, text);
}

static void pack_line(struct mv_buf *b, char *line, bool withdrawal)
{
    char *save, *word[7] = {0};
    size_t n = 0;
    for (char *w = strtok_r(line, " ", &save); w != NULL && n < 7;
         w = strtok_r(NULL, " ", &save))
        word[n++] = w;
    assert_true(n >= 4);
    mv_pack_list(b, withdrawal ? 5 : 9);
    pack_word(b, word[0]);
    pack_word(b, word[1]);
    pack_word(b, word[2]);
    pack_word(b, word[3]);
    if (!withdrawal) {
        char *slash = word[4] != NULL ? strchr(word[4], '/') : NULL;
        if (slash != NULL)
            *slash = 0;
        pack_number(b, slash != NULL ? NULL : word[4]);
        pack_number(b, slash != NULL ? word[4] : NULL);
        pack_number(b, slash != NULL ? slash + 1 : NULL);
        pack_word(b, word[5]);
    }
    const char *time = withdrawal ? word[4] : word[6];
    if (time == NULL)
        mv_pack_nil(b);
    else
        mv_pack_i64(b, strtoll(time, NULL, 10));
}

static void add_table(struct test_journal *j, const char *lines,
                      bool withdrawal)
{
    static const char *const fields[] = {"indicator",   "member", "unit",
                                         "period",      "value",  "numerator",
                                         "denominator", "flag",   "time"};
    struct mv_buf rows = {0}, b = {0};
    uint32_t count = 0;
    char *copy = mv_xstrdup(lines), *save;
    for (char *line = strtok_r(copy, "\n", &save); line != NULL;
         line = strtok_r(NULL, "\n", &save), count++)
        pack_line(&rows, line, withdrawal);
    free(copy);
    mv_pack_map(&b, 6);
    mv_pack_kv_u64(&b, "v", 1);
    mv_pack_kv_cstr(&b, "type", withdrawal ? "withdrawal" : "delivery");
    mv_pack_kv_cstr(&b, "producer", "test");
    mv_pack_kv_u64(&b, "number", j->count + 1);
    mv_pack_cstr(&b, "fields");
    mv_pack_list(&b, withdrawal ? 5 : 9);
    for (size_t i = 0; i < 9; i++)
        if (!withdrawal || i < 4 || i == 8)
            mv_pack_cstr(&b, fields[i]);
    mv_pack_cstr(&b, "rows");
    mv_pack_list(&b, count);
    mv_pack_raw(&b, mv_buf_span(&rows));
    test_journal_add(j, mv_buf_span(&b));
    mv_buf_done(&rows);
    mv_buf_done(&b);
}

void test_journal_delivery(struct test_journal *j, const char *lines)
{
    add_table(j, lines, false);
}

void test_journal_withdrawal(struct test_journal *j, const char *lines)
{
    add_table(j, lines, true);
}

static void fill(struct mv_span *s, const char *text)
{
    if (s->at == NULL)
        *s = mv_span_text(text);
}

void test_journal_statement(struct test_journal *j, struct mv_statement s)
{
    struct mv_buf b = {0};
    s.number = j->count + 1;
    fill(&s.producer, "desk");
    fill(&s.author, "Kari");
    fill(&s.comment, "Seen.");
    mv_statement_write(&s, &b);
    test_journal_add(j, mv_buf_span(&b));
    mv_buf_done(&b);
}

struct mv_record test_journal_record(const struct test_journal *j, uint64_t seq)
{
    const struct test_record *r = &j->at[seq - 1];
    struct mv_record record = {.seq = seq,
                               .received_ms = r->received_ms,
                               .epoch = 1,
                               .key_name = "test",
                               .content = mv_buf_span(&r->content)};
    uint64_t mix[2] = {seq, j->salt};
    struct mv_span parts[] = {mv_span(mix, sizeof mix), record.content};
    struct mv_hash hash = mv_hash_spans(parts, 2);
    memcpy(record.chain, hash.at, MV_HASH_BYTES);
    return record;
}

/* ---- the store ---- */

void test_world_make(struct test_world *w)
{
    struct mv_err err = {0};
    *w = (struct test_world){.dir = mv_test_dir(true)};
    assert_int_equal(mv_hash_init(&err), MV_OK);
}

mv_rc test_world_store(struct test_world *w, struct mv_err *err)
{
    static const char *const logs[] = {EVALUATOR_CHANGES};
    const struct mv_store_options o = {.dir = w->dir,
                                       .service = "evaluator",
                                       .format = EVALUATOR_FORMAT,
                                       .quota_bytes = 256u << 20,
                                       .any_filesystem = true,
                                       .tables = evaluator_tables,
                                       .table_count = EVALUATOR_TABLE_COUNT,
                                       .logs = logs,
                                       .log_count = 1};
    mv_rc rc = mv_store_open(&w->store, &o, err);
    if (rc == MV_OK)
        rc = mv_log_open(&w->changes, w->store, EVALUATOR_CHANGES, err);
    return rc;
}

mv_rc test_world_start(struct test_world *w, struct mv_err *err)
{
    mv_rc rc = w->store == NULL ? test_world_store(w, err) : MV_OK;
    if (rc != MV_OK)
        return rc;
    return evaluator_open(
        &w->evaluator,
        &(struct evaluator_options){.store = w->store,
                                    .changes = w->changes,
                                    .cache_bytes = TEST_CACHE_BYTES},
        err);
}

void test_world_begin(struct test_world *w, struct test_journal *j,
                      const char *day)
{
    test_world_make(w);
    assert_int_equal(test_world_start(w, NULL), MV_OK);
    test_journal_day(j, day);
    test_journal_catalogue(j, NULL, NULL, NULL);
}

void test_world_stop(struct test_world *w)
{
    evaluator_close(w->evaluator);
    mv_log_close(w->changes);
    mv_store_close(w->store);
    w->evaluator = NULL;
    w->changes = NULL;
    w->store = NULL;
}

void test_world_done(struct test_world *w)
{
    test_world_stop(w);
    mv_test_dir_done(w->dir);
    w->dir = NULL;
}

void test_world_run(struct test_world *w, const struct test_journal *j,
                    uint64_t to, uint64_t batch)
{
    struct evaluator *e = w->evaluator;
    if (to == 0)
        to = j->count;
    while (e->now.seq < to) {
        mv_store_begin(w->store);
        for (uint64_t i = 0; i < batch && e->now.seq < to; i++) {
            struct mv_err err = {0};
            struct mv_record r = test_journal_record(j, e->now.seq + 1);
            mv_rc rc = evaluator_apply(e, &r, &err);
            if (rc != MV_OK && rc != MV_POISON)
                fail_msg("%s", err.text);
        }
        assert_int_equal(mv_store_commit(w->store, NULL), MV_OK);
    }
}

struct mv_hash test_world_digest(struct test_world *w)
{
    struct mv_hash hash;
    assert_int_equal(mv_store_read_begin(w->store, NULL), MV_OK);
    assert_int_equal(evaluator_digest(w->evaluator, &hash, NULL), MV_OK);
    assert_int_equal(mv_store_read_end(w->store, NULL), MV_OK);
    return hash;
}

/* ---- the log as text ---- */

static void put(struct mv_buf *out, const char *before, struct mv_span text,
                const char *after)
{
    if (text.at != NULL)
        mv_buf_printf(out, "%s%.*s%s", before, (int)text.len,
                      (const char *)text.at, after);
}

static void change_line(const struct mv_msg_cause *cause, struct mv_span raw,
                        struct mv_buf *out)
{
    struct mv_msg_change c;
    struct mv_fault fault = {0};
    if (!mv_msg_change_decode(raw, &c, &fault))
        fail_msg("change: %s %s", fault.field, mv_code_name(fault.code));
    put(out, "", c.kind.at != NULL ? c.kind : cause->kind, "");
    mv_buf_printf(out, " %llu", (unsigned long long)cause->seq);
    if (c.has_row)
        mv_buf_printf(out, ".%llu", (unsigned long long)c.row);
    put(out, " ", c.target.at != NULL ? c.target : c.commission, "");
    mv_buf_printf(out, " %llu", (unsigned long long)c.year);
    put(out, " ", c.unit, " ");
    put(out, "", c.was_status, "");
    put(out, " ", c.was_reason, "");
    put(out, " -> ", c.status, "");
    put(out, " ", c.reason, "");
    put(out, " last ", c.last_coloured, "");
    mv_buf_printf(out, " (%llu)", (unsigned long long)c.changes_this_year);
    put(out, " [", c.value, "");
    put(out, " ", c.limit, "");
    put(out, " ", c.margin, "]");
    put(out, " reminder ", c.reminder, "");
    mv_buf_text(out, c.preliminary ? " preliminary\n" : "\n");
}

void test_world_changes(struct test_world *w, uint64_t from, struct mv_buf *out)
{
    struct mv_log_reader reader;
    struct mv_record record;
    mv_buf_clear(out);
    assert_int_equal(mv_store_read_begin(w->store, NULL), MV_OK);
    mv_log_reader_open(&reader, w->changes, from);
    while (mv_log_reader_next(&reader, &record, NULL) == MV_OK) {
        struct mv_msg_group g;
        struct mv_msg_cause cause;
        struct mv_fault fault = {0};
        struct mv_list list;
        struct mv_span item;
        if (!mv_msg_group_decode(record.content, &g, &fault) ||
            !mv_msg_cause_decode(g.cause, &cause, &fault))
            fail_msg("group: %s %s", fault.field, mv_code_name(fault.code));
        assert_true(mv_list_open(&list, g.changes));
        while (mv_list_next(&list, &item))
            change_line(&cause, item, out);
    }
    mv_log_reader_close(&reader);
    assert_int_equal(mv_store_read_end(w->store, NULL), MV_OK);
    (void)mv_buf_cstr(out);
}
