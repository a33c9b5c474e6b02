/* rebuild - the rows made anew from the journal on the store's spare side,
 * and then, in one transaction: the side put in force, and one group for what
 * differs from what was sent. Until that commit the service's own side, log
 * and `published` are untouched, so a rebuild that dies is begun again. */
#pragma once

#include "services/evaluator/evaluator.h"

struct evaluator_rebuild {
    struct evaluator *spare;
    struct evaluator_mark old; /* the side in force when it began */
    bool met, restored;        /* old.seq was met; with another chain */
    struct mv_log *changes;
    struct mv_store *store;
};

/* Empties the spare side. Changes none of what serves. */
MV_CHECKED mv_rc evaluator_rebuild_open(struct evaluator_rebuild **ret,
                                        const struct evaluator_options *o,
                                        struct mv_err *err);
void evaluator_rebuild_close(struct evaluator_rebuild *r); /* takes NULL */

/* One record, in the open transaction; results as evaluator_apply. */
MV_CHECKED mv_rc evaluator_rebuild_apply(struct evaluator_rebuild *r,
                                         const struct mv_record *record,
                                         struct mv_err *err);

/* After the journal's last record. Dry: nothing is written, each change that
 * there would be is given to `each` (a `change` map). */
MV_CHECKED mv_rc evaluator_rebuild_finish(struct evaluator_rebuild *r, bool dry,
                                          void (*each)(void *ctx,
                                                       struct mv_span change),
                                          void *ctx, struct mv_err *err);
