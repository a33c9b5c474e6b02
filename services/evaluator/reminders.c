/* reminders - see reminders.h. Job: which dates are near, and were not told.
 * Invariant: what was told is a note, written with the group; a date that is
 * moved is another one to tell. Staged in the record's transaction: a crash
 * leaves both or neither. */
#include "services/evaluator/reminders.h"

static bool is_near(const struct mv_commission *m,
                    const struct mv_commission_due *due, int32_t today)
{
    return today <= due->day && due->day - (int32_t)m->remind_days <= today;
}

static bool was_told(const struct evaluator *e,
                     const struct evaluator_note_key *key, int32_t day)
{
    struct evaluator_note note;
    return evaluator_note_get(&e->book, key, &note) && note.day == day;
}

/* False: it was counted only, to come again. */
static bool tell(struct evaluator *e, const struct evaluator_round *round,
                 const struct mv_commission *m, uint32_t unit, int32_t day,
                 struct evaluator_cause *cause)
{
    const struct mv_catalogue *c = e->force.now.catalogue;
    struct evaluator_dues dues;
    struct evaluator_status status;
    struct evaluator_place at = {e->changes, cause, e->force.now.today};
    if (e->silent)
        return true;
    evaluator_commission_judge(e, m->index, unit, &dues, &status);
    struct evaluator_sent was =
        evaluator_published_commission(e->published, m, &c->units[unit]);
    /* its change was counted only: it is sent before this is told */
    if (!evaluator_is_sent(&status, &was))
        was = evaluator_sent_now(&status, &was, cause);
    struct evaluator_change ch = {
        .catalogue = c,
        .commission = m,
        .unit = unit,
        .dues = &dues,
        .status = &status,
        .was = was,
        .changes = was.changes,
        .closed = evaluator_year_closed(e, m->year, unit),
        .has_reminder = true,
        .reminder = day,
    };
    evaluator_say_kind(e, &ch, cause, round->cause.kind);
    return evaluator_group_add(&e->group, &ch, &at);
}

/* The note of what was told is under this key. */
static bool is_to_tell(const struct evaluator *e,
                       const struct evaluator_subject *s,
                       const struct mv_commission *m,
                       const struct mv_commission_due *due,
                       struct evaluator_note_key *key)
{
    struct evaluator_note met;
    *key = evaluator_key_reminded(s, due->on);
    return is_near(m, due, e->force.now.today) &&
           !evaluator_due_met(&e->book, s, due, &met) &&
           !was_told(e, key, due->day);
}

bool evaluator_was_reminded(const struct evaluator *e, uint32_t commission,
                            uint32_t unit, int32_t *day)
{
    const struct mv_catalogue *c = e->force.now.catalogue;
    const struct mv_commission *m = &c->commissions[commission];
    struct evaluator_subject s =
        evaluator_commission_subject(c, commission, unit);
    struct evaluator_note_key key;
    for (uint32_t i = 0; i < m->due_count && m->remind_days > 0 &&
                         e->force.now.today != EVALUATOR_NO_DAY;
         i++) {
        *day = m->due[i].day;
        if (is_to_tell(e, &s, m, &m->due[i], &key))
            return false;
    }
    return true;
}

static void remind_of(struct evaluator *e, const struct evaluator_round *round,
                      const struct mv_commission *m, uint32_t unit,
                      struct evaluator_cause *cause)
{
    struct evaluator_subject s =
        evaluator_commission_subject(e->force.now.catalogue, m->index, unit);
    for (uint32_t i = 0; i < m->due_count; i++) {
        const struct mv_commission_due *due = &m->due[i];
        struct evaluator_note_key key;
        if (!is_to_tell(e, &s, m, due, &key))
            continue;
        struct evaluator_note note = {
            .day = due->day,
            .seq = round->cause.seq,
            .received_ms = round->cause.received_ms,
            .author = mv_span("", 0),
            .comment = mv_span("", 0),
        };
        if (tell(e, round, m, unit, due->day, cause))
            evaluator_note_put(&e->book, &key, &note);
    }
}

void evaluator_remind(struct evaluator *e, const struct evaluator_round *round,
                      struct evaluator_cause *cause)
{
    const struct mv_catalogue *c = e->force.now.catalogue;
    if (c == NULL || e->force.now.today == EVALUATOR_NO_DAY)
        return;
    for (uint32_t i = 0; i < c->commission_count; i++) {
        const struct mv_commission *m = &c->commissions[i];
        for (uint32_t k = 0; m->remind_days > 0 && k < m->units.count; k++)
            remind_of(e, round, m, m->units.at[k], cause);
    }
}
