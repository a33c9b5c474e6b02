/* evaluated - a journal in memory, a store in a directory, and the evaluator's
 * core over both: batches of any size, restarts, kills. */
#pragma once

#include "proto/statement.h"
#include "services/evaluator/evaluator.h"
#include "services/stream/log.h"

struct test_record {
    struct mv_buf content;
    int64_t received_ms;
};

struct test_journal {
    struct test_record *at;
    size_t count, cap;
    int64_t now_ms;
    uint64_t salt;           /* other chains: another history */
    const char *commissions; /* of the catalogues from now on; NULL: none */
};

void test_journal_done(struct test_journal *j);
/* As bytes; the next stamp is a second later. */
void test_journal_add(struct test_journal *j, struct mv_span content);
void test_journal_day(struct test_journal *j, const char *day);
/* NULL: the small catalogue of catalogue_text.h. */
void test_journal_catalogue(struct test_journal *j, const char *units,
                            const char *indicators, const char *targets);
/* Lines "indicator member unit period value flag time_ms": value `-`, `7.5`
 * or `7/10`; the last two may be left out, member may be `-`. */
void test_journal_delivery(struct test_journal *j, const char *lines);
void test_journal_withdrawal(struct test_journal *j, const char *lines);
/* Producer, number, author and comment are filled in where they are not. */
void test_journal_statement(struct test_journal *j, struct mv_statement s);
/* Record `seq`, borrowed. */
struct mv_record test_journal_record(const struct test_journal *j,
                                     uint64_t seq);

#define TEST_CACHE_BYTES (1u << 20) /* what its evaluator keeps */

struct test_world {
    char *dir;
    struct mv_store *store;
    struct mv_log *changes;
    struct evaluator *evaluator; /* NULL: store only */
};

/* A new directory; open again after test_world_stop for a restart. */
void test_world_make(struct test_world *w);
mv_rc test_world_store(struct test_world *w, struct mv_err *err);
mv_rc test_world_start(struct test_world *w, struct mv_err *err);
/* All of it, and records of the small catalogue on that day, not yet run. */
void test_world_begin(struct test_world *w, struct test_journal *j,
                      const char *day);
void test_world_stop(struct test_world *w); /* nothing is written */
void test_world_done(struct test_world *w);

/* Applies records from where the evaluator stands up to and with `to` (0:
 * all), so many a transaction; each commit must succeed. */
void test_world_run(struct test_world *w, const struct test_journal *j,
                    uint64_t to, uint64_t batch);
struct mv_hash test_world_digest(struct test_world *w);

/* The log as text, a line a change:
 * "3 figure 3.0 vent-2025 2025 ahus new -> red (4) [value limit margin]" */
void test_world_changes(struct test_world *w, uint64_t from,
                        struct mv_buf *out);
