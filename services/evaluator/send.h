/* send - each status that a record touched, judged once; what differs from
 * what was sent is the record's group of changes. */
#pragma once

#include "services/evaluator/commission.h"
#include "services/evaluator/evaluator.h"

typedef enum evaluator_which {
    EVALUATOR_NO_COMMISSION,
    EVALUATOR_ONE_COMMISSION,
    EVALUATOR_ALL_COMMISSIONS,
} evaluator_which;

/* Beside the targets that e->touched has. */
struct evaluator_round {
    struct evaluator_cause cause;
    int32_t before; /* the day before the record's: what was held then and
                       turns now does so by the hold's end */
    evaluator_which which;
    uint32_t commission, unit; /* the one */
    bool reminds;              /* of a clock or a catalogue record */
};

/* In the open transaction, with a plan; empties e->touched. */
void evaluator_send(struct evaluator *e, const struct evaluator_round *round);

/* A catalogue came into force: everything is judged anew. */
void evaluator_catalogue_apply(struct evaluator *e,
                               const struct evaluator_cause *cause);

/* The status now of a target, into e->judgement what figures say and into ret
 * what is sent of it. In a transaction or a snapshot. */
void evaluator_judge(struct evaluator *e, uint32_t target, uint32_t unit,
                     const struct evaluator_sent *was,
                     struct evaluator_status *ret);

/* What is kept of a status that is sent after `was`. */
struct evaluator_sent evaluator_sent_now(const struct evaluator_status *s,
                                         const struct evaluator_sent *was,
                                         const struct evaluator_cause *cause);

/* The group's cause is its first change's; another kind is the change's own. */
void evaluator_say_kind(const struct evaluator *e, struct evaluator_change *ch,
                        struct evaluator_cause *cause, const char *kind);

/* Its yearly report is frozen, for the unit or one above it; or it is older
 * than last year. */
bool evaluator_year_closed(const struct evaluator *e, int32_t year,
                           uint32_t unit);
