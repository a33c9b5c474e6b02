/* commission - a task with due dates: what its dates say, and its status.
 * Nothing but statements and the days passing moves it. */
#pragma once

#include "services/evaluator/decide.h"

struct evaluator;

/* By its dates alone. */
struct evaluator_dues {
    mv_status status;
    mv_reason reason;
    uint32_t overdue; /* dates that passed and are not met, by time */
    int32_t overdue_at[MV_DUES_MAX];
};

/* The last statement that met this date, as first given or as moved; its word
 * is a mv_statement_kind, its day when. False: it is not met. */
bool evaluator_due_met(const struct evaluator_book *b,
                       const struct evaluator_subject *s,
                       const struct mv_commission_due *due,
                       struct evaluator_note *ret);

struct evaluator_subject
evaluator_commission_subject(const struct mv_catalogue *c, uint32_t commission,
                             uint32_t unit);

/* The status now of a commission of the catalogue in force. */
void evaluator_commission_judge(const struct evaluator *e, uint32_t commission,
                                uint32_t unit, struct evaluator_dues *dues,
                                struct evaluator_status *ret);
/* The same of another catalogue. */
void evaluator_commission_judge_in(const struct evaluator *e,
                                   const struct mv_catalogue *c,
                                   uint32_t commission, uint32_t unit,
                                   struct evaluator_dues *dues,
                                   struct evaluator_status *ret);
