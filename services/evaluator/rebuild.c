/* rebuild - see rebuild.h. Job: the rows anew, then only what differs.
 * Invariant: the changes log and `published` are written by the last
 * transaction alone, the one that puts the new side in force. A crash before
 * it leaves all that serves as it was; after it, an old side to empty. */
#include "services/evaluator/rebuild.h"

#include <stdlib.h>
#include <string.h>

static mv_rc clear(const struct evaluator_book *b, struct mv_err *err)
{
    mv_rc rc;
    do
        rc = evaluator_book_clear(b, err);
    while (rc == MV_AGAIN);
    return rc;
}

mv_rc evaluator_rebuild_open(struct evaluator_rebuild **ret,
                             const struct evaluator_options *o,
                             struct mv_err *err)
{
    mv_rc rc = MV_OK;
    struct evaluator_book now, spare;
    struct evaluator_options silent = *o;
    struct evaluator_rebuild *r = mv_xcalloc(1, sizeof *r);
    r->store = o->store;
    r->changes = o->changes;
    MV_TRY(mv_store_read_begin(o->store, err));
    evaluator_book_init(&now, o->store, false);
    evaluator_book_mark(&now, &r->old);
    MV_TRY(mv_store_read_end(o->store, err));
    spare = evaluator_book_other(&now);
    MV_TRY(clear(&spare, err));
    silent.spare = true;
    MV_TRY(evaluator_open(&r->spare, &silent, err));
    *ret = r;
    return MV_OK;
out:
    evaluator_rebuild_close(r);
    return mv_wrap(err, rc, "rebuild");
}

void evaluator_rebuild_close(struct evaluator_rebuild *r)
{
    if (r == NULL)
        return;
    evaluator_close(r->spare);
    free(r);
}

mv_rc evaluator_rebuild_apply(struct evaluator_rebuild *r,
                              const struct mv_record *record,
                              struct mv_err *err)
{
    if (record->seq == r->old.seq) {
        r->met = true;
        r->restored = memcmp(record->chain, r->old.hash, MV_HASH_BYTES) != 0;
    }
    return evaluator_apply(r->spare, record, err);
}

mv_rc evaluator_rebuild_finish(struct evaluator_rebuild *r, bool dry,
                               void (*each)(void *ctx, struct mv_span change),
                               void *ctx, struct mv_err *err)
{
    bool restored = r->restored || (r->old.seq > 0 && !r->met);
    struct evaluator_book old = evaluator_book_other(&r->spare->book);
    struct evaluator_cause cause = {
        .kind = restored ? "restore" : "engine",
        .seq = r->spare->now.seq,
        .received_ms = r->spare->now.received_ms,
    };
    mv_store_begin(r->store);
    r->spare->group.each = each;
    r->spare->group.each_ctx = ctx;
    evaluator_judge_all(r->spare, &cause);
    if (dry) {
        mv_store_abort(r->store);
        return MV_OK;
    }
    evaluator_book_choose(&r->spare->book);
    mv_rc rc = mv_store_commit(r->store, err);
    return rc == MV_OK ? clear(&old, err) : rc;
}
