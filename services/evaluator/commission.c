/* commission - see commission.h. Job: from due dates and what met them to a
 * status. Invariant: a date is met by the last statement that names it, and
 * held against the last day it was moved to. Reads only: a crash leaves
 * nothing. */
#include "services/evaluator/commission.h"

#include "services/evaluator/evaluator.h"

struct evaluator_subject
evaluator_commission_subject(const struct mv_catalogue *c, uint32_t commission,
                             uint32_t unit)
{
    const struct mv_commission *m = &c->commissions[commission];
    return (struct evaluator_subject){.commission = true,
                                      .id = m->id,
                                      .year = m->year,
                                      .unit = c->units[unit].id};
}

/* One name of the date: is there a later statement of it? */
static void look(const struct evaluator_book *b,
                 const struct evaluator_subject *s, int32_t day,
                 struct evaluator_note *last, bool *found)
{
    struct evaluator_note note;
    struct evaluator_note_key key = evaluator_key_met(s, day);
    if (!evaluator_note_get(b, &key, &note) || (*found && note.seq < last->seq))
        return;
    *last = note;
    *found = true;
}

bool evaluator_due_met(const struct evaluator_book *b,
                       const struct evaluator_subject *s,
                       const struct mv_commission_due *due,
                       struct evaluator_note *ret)
{
    bool found = false;
    look(b, s, due->on, ret, &found);
    for (uint32_t i = 0; i < due->moved_count; i++)
        look(b, s, due->moved[i], ret, &found);
    return found;
}

static void add_overdue(struct evaluator_dues *dues, int32_t day)
{
    uint32_t i = dues->overdue++;
    for (; i > 0 && dues->overdue_at[i - 1] > day; i--)
        dues->overdue_at[i] = dues->overdue_at[i - 1];
    dues->overdue_at[i] = day;
}

static void judge_dates(const struct evaluator_book *b,
                        const struct mv_commission *m,
                        const struct evaluator_subject *s, int32_t today,
                        struct evaluator_dues *ret)
{
    bool late = false, waiting = false;
    ret->overdue = 0;
    for (uint32_t i = 0; i < m->due_count; i++) {
        struct evaluator_note met;
        const struct mv_commission_due *due = &m->due[i];
        if (evaluator_due_met(b, s, due, &met)) {
            late = late || met.day > due->day;
            continue;
        }
        waiting = true;
        if (evaluator_is_over(due->day, today))
            add_overdue(ret, due->day);
    }
    ret->status = ret->overdue > 0               ? MV_STATUS_RED
                  : waiting || m->due_count == 0 ? MV_STATUS_NONE
                  : late                         ? MV_STATUS_YELLOW
                                                 : MV_STATUS_GREEN;
    ret->reason = ret->status != MV_STATUS_NONE ? MV_REASON_NO
                  : waiting                     ? MV_REASON_NOT_DUE
                                                : MV_REASON_NOT_ASSESSED;
}

void evaluator_commission_judge_in(const struct evaluator *e,
                                   const struct mv_catalogue *c,
                                   uint32_t commission, uint32_t unit,
                                   struct evaluator_dues *dues,
                                   struct evaluator_status *ret)
{
    const struct mv_commission *m = &c->commissions[commission];
    int32_t today = e->force.now.today;
    struct evaluator_subject s =
        evaluator_commission_subject(c, commission, unit);
    judge_dates(&e->book, m, &s, today, dues);
    evaluator_decide(&e->book, &s, m->decides, today, dues->status,
                     dues->reason, ret);
}

void evaluator_commission_judge(const struct evaluator *e, uint32_t commission,
                                uint32_t unit, struct evaluator_dues *dues,
                                struct evaluator_status *ret)
{
    evaluator_commission_judge_in(e, e->force.now.catalogue, commission, unit,
                                  dues, ret);
}
