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
    struct evaluator_hold *at; /* by indicator, unit */
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

/* Figures that the target uses and that are under correction on that day: of
 * the unit, of one below it, or of all below one above it. Holds, `most` at
 * most. They must be read. */
uint32_t evaluator_holds_of(const struct evaluator_holds *h, uint32_t target,
                            uint32_t unit, int32_t today,
                            struct evaluator_hold *ret, uint32_t most);

/* Is there any? */
bool evaluator_holds_on(const struct evaluator_holds *h, uint32_t target,
                        uint32_t unit, int32_t today);

/* The same as the pair `holds` of a row, 8 at most: what is held, until when,
 * who said so and why. In a transaction or a snapshot. */
void evaluator_holds_pack(const struct evaluator_holds *h,
                          const struct evaluator_book *b, uint32_t target,
                          uint32_t unit, int32_t today, struct mv_buf *out);
