/* decide - from what figures or due dates say alone to the status that is
 * sent: a person's assessment beside it, and the published colour that stays
 * while figures are under correction. */
#pragma once

#include "services/evaluator/notes.h"
#include "services/evaluator/published.h"

struct evaluator_status {
    mv_status status; /* as it is sent */
    mv_reason reason;
    mv_status own; /* of figures or dates alone */
    mv_reason own_reason;
    bool by_assessment; /* the status is the person's */
    bool held;          /* under correction */
    bool assessed;      /* there is an assessment: */
    struct evaluator_note assessment;
};

/* Its own status, and what the assessment in force makes of it. In a
 * transaction or a snapshot; the texts are borrowed until the next write. */
void evaluator_decide(const struct evaluator_book *b,
                      const struct evaluator_subject *s, mv_decides how,
                      int32_t today, mv_status own, mv_reason own_reason,
                      struct evaluator_status *ret);

/* Figures of it are under correction: what was sent stays. Where nothing was,
 * it is as it is, but never a first red: that is none `not_assessed` till the
 * hold ends. */
void evaluator_keep(struct evaluator_status *s,
                    const struct evaluator_sent *sent);

/* Is that what was sent? */
bool evaluator_is_sent(const struct evaluator_status *s,
                       const struct evaluator_sent *sent);

/* The names of a target's status; borrowed from the catalogue. */
struct evaluator_subject evaluator_subject_of(const struct mv_catalogue *c,
                                              uint32_t target, uint32_t unit);
