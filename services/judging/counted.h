/* counted - which figures are in the values that a judgement makes: noted as
 * they are gathered, for whoever shows the figures beside it. */
#pragma once

#include "services/judging/strand.h"

/* A series' year that a value was made of, or could have been. Dense. */
struct mv_counted_leaf {
    uint32_t indicator, member, unit;
    int32_t year;
    bool included;                     /* else it is left out of the value */
    bool last;                         /* only its last figure counts */
    bool aim;                          /* of a value that judges nothing */
    uint64_t used[MV_STRETCH_WORDS];   /* as of a basis */
    uint64_t judged[MV_STRETCH_WORDS]; /* where found: those of `used` that
                                          are in another value than an aim's */
};

/* Zero-initialise; mv_counted_done. */
struct mv_counted {
    struct mv_counted_leaf *at;
    uint32_t count, cap;
};
void mv_counted_done(struct mv_counted *c);

/* One more leaf, with its picked figures and those that its forecast goes by;
 * of one leaf several may be noted. */
void mv_counted_note(struct mv_counted *c, const struct mv_work *w,
                     const struct mv_counted_leaf *leaf,
                     const struct mv_strand *s);

/* Those from the `from`-th on are of an aim. */
void mv_counted_aims(struct mv_counted *c, uint32_t from);

/* Once all is noted; before any is looked for. */
void mv_counted_sort(struct mv_counted *c);

/* All that is noted of a leaf, as one; false: no value was made with it.
 * *others: one was made of that series' year of other units. */
bool mv_counted_find(const struct mv_counted *c, struct mv_counted_leaf *leaf,
                     bool *others);
