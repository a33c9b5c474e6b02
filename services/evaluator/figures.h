/* figures - a delivery's or a withdrawal's content to figures of the
 * catalogue in force, all of it or nothing: what cannot be applied is found
 * here, before anything has changed. */
#pragma once

#include "proto/delivery.h"
#include "services/judging/figure.h"
#include "services/stream/log.h"

/* Work space for any number of records; zero-initialise, done. */
struct evaluator_figures {
    struct mv_delivery delivery;
    struct mv_conflicts conflicts;
    struct mv_figure *at;
    uint32_t count, cap;
};

void evaluator_figures_done(struct evaluator_figures *f);

/* MV_POISON: err names the row and why; f->count is 0. c may be NULL. */
MV_CHECKED mv_rc evaluator_figures_read(struct evaluator_figures *f,
                                        const struct mv_catalogue *c,
                                        const struct mv_record *record,
                                        struct mv_err *err);
