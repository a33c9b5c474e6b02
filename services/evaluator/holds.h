/* holds - figures under correction: which statuses keep the colour that was
 * published. A copy in memory of the holds that the notes have, by the dense
 * numbers of one catalogue. */
#pragma once

#include "services/catalogue/catalogue.h"
#include "services/evaluator/notes.h"

struct evaluator_hold {
    uint32_t indicator, unit;
    int32_t until; /* that day included */
};

/* Zero-initialise, done. */
struct evaluator_holds {
    struct evaluator_hold *at; /* by indicator */
    uint32_t count, cap;
    const struct mv_catalogue *catalogue; /* NULL: not read */
};
void evaluator_holds_done(struct evaluator_holds *h);

/* Read anew when asked for next. */
void evaluator_holds_forget(struct evaluator_holds *h);

/* Reads them, if they are not read for this catalogue. In a transaction or a
 * snapshot. */
void evaluator_holds_read(struct evaluator_holds *h,
                          const struct evaluator_book *b,
                          const struct mv_catalogue *c);

/* Are figures that the target uses under correction on that day: of the unit,
 * of one below it, or of all below one above it? They must be read. */
bool evaluator_holds_on(const struct evaluator_holds *h, uint32_t target,
                        uint32_t unit, int32_t today);
