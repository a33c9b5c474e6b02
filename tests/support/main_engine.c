/* main_engine - a program: makes an evaluator's store another engine's. Job:
 * the engine's number in it, and for the first so many targets and units
 * another colour sent than judging says. Invariant: one transaction; log and
 * rows stay. A crash leaves the store as it was.
 *   main_engine DIR ENGINE COUNT    prints how many were turned */
#include <stdio.h>
#include <stdlib.h>

#include "services/base/hash.h"
#include "services/evaluator/engine.h"
#include "services/evaluator/evaluator.h"

#define QUOTA_BYTES (UINT64_C(1) << 30)

struct work {
    struct mv_store *store;
    struct mv_log *changes;
    struct evaluator *evaluator;
};

static mv_rc open_all(struct work *w, const char *dir, struct mv_err *err)
{
    static const char *const logs[] = {EVALUATOR_CHANGES};
    const struct mv_store_options o = {.dir = dir,
                                       .service = "evaluator",
                                       .format = EVALUATOR_FORMAT,
                                       .quota_bytes = QUOTA_BYTES,
                                       .any_filesystem = true,
                                       .tables = evaluator_tables,
                                       .table_count = EVALUATOR_TABLE_COUNT,
                                       .logs = logs,
                                       .log_count = 1};
    mv_rc rc = MV_OK;
    MV_TRY(mv_hash_init(err));
    MV_TRY(mv_store_open(&w->store, &o, err));
    MV_TRY(mv_log_open(&w->changes, w->store, EVALUATOR_CHANGES, err));
    const struct evaluator_options eo = {
        .store = w->store, .changes = w->changes, .cache_bytes = 1 << 20};
    rc = evaluator_open(&w->evaluator, &eo, err);
out:
    return rc;
}

static size_t turn(struct evaluator *e, size_t count)
{
    const struct evaluator_moment *m = &e->force.now;
    const struct mv_pair *pairs;
    mv_touched_all(e->touched, m->plan);
    size_t there = mv_touched_pairs(e->touched, &pairs);
    for (size_t i = 0; i < count && i < there; i++) {
        struct evaluator_sent sent = evaluator_published_get(
            e->published, m->catalogue, pairs[i].target, pairs[i].unit);
        sent.status =
            sent.status == MV_STATUS_GREEN ? MV_STATUS_RED : MV_STATUS_GREEN;
        sent.coloured = sent.status;
        sent.reason = MV_REASON_NO;
        evaluator_published_put(e->published, m->catalogue, pairs[i].target,
                                pairs[i].unit, &sent);
    }
    return count < there ? count : there;
}

int main(int argc, char **argv)
{
    struct mv_err err = {0};
    struct work w = {0};
    if (argc != 4)
        return 64;
    mv_rc rc = open_all(&w, argv[1], &err);
    if (rc == MV_OK) {
        mv_store_begin(w.store);
        size_t turned = turn(w.evaluator, strtoul(argv[3], NULL, 10));
        evaluator_book_put(&w.evaluator->book, "engine",
                           strtoul(argv[2], NULL, 10));
        rc = mv_store_commit(w.store, &err);
        (void)printf("%zu\n", turned);
    }
    if (rc != MV_OK)
        (void)fprintf(stderr, "main_engine: %s\n", err.text);
    evaluator_close(w.evaluator);
    mv_log_close(w.changes);
    mv_store_close(w.store);
    return rc == MV_OK ? 0 : 1;
}
