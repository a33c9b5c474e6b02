/* change - one status as a map for the wire: the change in a group, and the
 * same fields in the answers to `status` and `explain`. */
#pragma once

#include "services/evaluator/commission.h"

#define EVALUATOR_CRITERIA_MAX 32u /* named in a change; more are counted */

/* Of a target, or (judgement NULL) of a commission. */
struct evaluator_change {
    const struct mv_catalogue *catalogue;
    const struct mv_judgement *judgement;
    const struct mv_commission *commission;
    uint32_t unit; /* of the commission, as its dates */
    const struct evaluator_dues *dues;
    const struct evaluator_status *status;
    struct evaluator_sent was; /* before it */
    uint64_t changes;          /* this one included */
    bool closed;               /* of a closed year */
    bool has_reminder;         /* nothing changed: a due date is near */
    int32_t reminder;
    bool has_row;
    uint64_t row;     /* of the record that caused it, from 0 */
    const char *kind; /* where it is not the group's, else NULL */
};

/* Appends one `change` map. */
void evaluator_change_pack(const struct evaluator_change *change,
                           struct mv_buf *out);

/* The criteria as a list of `criterion` maps, those not green first, at most
 * max; *more: how many were left out. */
void evaluator_criteria_pack(const struct mv_catalogue *c,
                             const struct mv_judgement *j, uint32_t max,
                             struct mv_buf *out, uint32_t *more);

/* One of them, and what a value rests on: a `criterion`, a `basis` map. */
void evaluator_criterion_pack(const struct mv_catalogue *c,
                              const struct mv_ruling *r, struct mv_buf *out);
void evaluator_basis_pack(const struct mv_target *t, const struct mv_basis *b,
                          struct mv_buf *out);

/* What else is to be known of a value, as words; own: its own figures count,
 * and others could; hidden: its numbers are not sent, or some beside it. */
bool evaluator_has_marks(const struct mv_basis *b, bool own);
void evaluator_marks_pack(const struct mv_basis *b, bool own, bool hidden,
                          struct mv_buf *out);

/* The assessment in force as an `assessed` map; there must be one. */
void evaluator_assessed_pack(const struct evaluator_status *s,
                             struct mv_buf *out);
/* Due dates that passed and are not met, as a list of texts. */
void evaluator_overdue_pack(const struct evaluator_dues *dues,
                            struct mv_buf *out);

/* All due dates of it, a list of {on day what said met? at? late? author?
 * comment? seq?}; struct evaluator is evaluator.h's. */
void evaluator_dues_pack(const struct evaluator *e, uint32_t commission,
                         uint32_t unit, struct mv_buf *out);

/* {nb, en}; en is left out where it is the same. */
void evaluator_title_pack(const struct mv_title *title, struct mv_buf *out);
/* Has the member a title that says more than its id? */
bool evaluator_is_titled(const struct mv_member *member);

/* How the missing periods of a value were filled, as the steward wrote it: of
 * a target that has a forecast. */
#define EVALUATOR_FORECAST_BYTES 16u
struct mv_span evaluator_forecast(const struct mv_target *t,
                                  char text[EVALUATOR_FORECAST_BYTES]);

/* The text, cut to so many bytes between two characters. */
struct mv_span evaluator_cut(struct mv_span text, size_t max);

/* The verdict that stands for the whole, or NULL. */
const struct mv_ruling *evaluator_lead(const struct mv_judgement *j);
/* The measure of what is pushed; NULL if it names no indicator. */
const struct mv_indicator *evaluator_measure(const struct mv_catalogue *c,
                                             const struct mv_target *t);
/* How the numbers of a verdict are shown: what the criterion compares, which
 * may be another thing than what is pushed (the growth of days is a percent).
 * lead NULL: as the target's own. there: false if it names no indicator. */
struct evaluator_scale {
    struct mv_span measure; /* of proto; "percent_change": a growth */
    unsigned decimals;
    bool there;
};
struct evaluator_scale evaluator_scale_of(const struct mv_catalogue *c,
                                          const struct mv_target *t,
                                          const struct mv_ruling *lead);
