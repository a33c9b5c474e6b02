/* force - the catalogue in force and today. A record swaps them inside a
 * transaction; what was in force comes back if that is taken back. */
#pragma once

#include "services/evaluator/book.h"
#include "services/judging/plan.h"

#define EVALUATOR_NO_DAY INT32_MIN /* no clock record yet: never overdue */

struct evaluator_moment {
    struct mv_catalogue *catalogue; /* NULL: none yet, and no plan */
    struct mv_plan *plan;
    uint64_t catalogue_seq;
    int32_t today;
};

struct evaluator_force {
    const struct evaluator_book *book; /* borrowed */
    struct evaluator_moment now;       /* within the transaction */
    struct evaluator_moment committed;
};

/* Reads what is in force from the store: the text of the last catalogue is
 * kept there, so no journal is read. In a snapshot. MV_FATAL: it does not
 * load any more. */
MV_CHECKED mv_rc evaluator_force_open(struct evaluator_force *f,
                                      const struct evaluator_book *book,
                                      struct mv_err *err);
void evaluator_force_done(struct evaluator_force *f);

/* In the open transaction, from record `seq` on. MV_POISON: not a catalogue
 * that loads; nothing changed. */
MV_CHECKED mv_rc evaluator_force_catalogue(struct evaluator_force *f,
                                           uint64_t seq, struct mv_span content,
                                           struct mv_err *err);
void evaluator_force_day(struct evaluator_force *f, int32_t day);

/* The transaction ended. True: the catalogue is another one than before the
 * call, so whatever was kept by dense index is void. */
bool evaluator_force_settle(struct evaluator_force *f, bool committed);
