/* statement - see statement.h. Job: a statement to its note, and to what must
 * be judged again for it. Invariant: notes are a function of the records
 * alone; in a rebuild they are written and nothing is sent. Staged in the
 * record's transaction: a crash leaves all of a record or nothing. */
#include "services/evaluator/statement.h"

#include "proto/statement.h"
#include "services/base/day.h"
#include "services/evaluator/reminders.h"
#include "services/evaluator/send.h"

struct days {
    int32_t due, on, until;
};

static bool read_day(struct mv_span text, int32_t *day)
{
    return text.at == NULL || mv_day_parse(text, day);
}

static mv_rc read(const struct mv_record *record, struct mv_statement *s,
                  struct days *days, struct mv_err *err)
{
    struct mv_fault fault = {0};
    if (!mv_statement_read(record->content, s, &fault))
        return mv_fail(err, MV_POISON, "no statement: %s %s",
                       mv_code_name(fault.code), fault.field);
    days->until = EVALUATOR_NO_END;
    if (!read_day(s->due, &days->due) || !read_day(s->on, &days->on) ||
        !read_day(s->until, &days->until))
        return mv_fail(err, MV_POISON, "not a day");
    return MV_OK;
}

static mv_status status_of(struct mv_span word)
{
    for (int i = MV_STATUS_GREEN; i <= MV_STATUS_RED; i++)
        if (mv_span_is(word, mv_status_text((mv_status)i)))
            return (mv_status)i;
    return MV_STATUS_NONE;
}

/* ---- what is judged again ---- */

static void touch_subject(struct evaluator *e,
                          const struct evaluator_subject *s,
                          struct evaluator_round *round)
{
    const struct mv_catalogue *c = e->force.now.catalogue;
    const struct mv_unit *u = mv_catalogue_unit(c, s->unit);
    const struct mv_target *t = mv_catalogue_target(c, s->id, s->year);
    const struct mv_commission *m = mv_catalogue_commission(c, s->id, s->year);
    if (u == NULL)
        return;
    if (!s->commission && t != NULL)
        mv_touched_pair(e->touched, e->force.now.plan, t->index, u->index);
    if (!s->commission || m == NULL)
        return;
    for (uint32_t i = 0; i < m->units.count; i++) {
        if (m->units.at[i] == u->index) {
            round->which = EVALUATOR_ONE_COMMISSION;
            round->commission = m->index;
            round->unit = u->index;
        }
    }
}

/* All that a hold of these two is about. */
static void touch_held(struct evaluator *e, uint32_t indicator, uint32_t unit)
{
    const struct mv_catalogue *c = e->force.now.catalogue;
    const struct mv_indices *targets = &c->indicators[indicator].targets;
    for (uint32_t i = 0; i < targets->count; i++) {
        mv_touched_target(e->touched, e->force.now.plan, targets->at[i], unit);
        for (uint32_t u = c->units[unit].parent; u != MV_NONE;
             u = c->units[u].parent)
            mv_touched_pair(e->touched, e->force.now.plan, targets->at[i], u);
    }
}

static void touch_named(struct evaluator *e, const struct mv_statement *s)
{
    const struct mv_catalogue *c = e->force.now.catalogue;
    const struct mv_indicator *i = mv_catalogue_indicator(c, s->indicator);
    const struct mv_unit *u = mv_catalogue_unit(c, s->unit);
    if (i != NULL && u != NULL)
        touch_held(e, i->index, u->index);
}

/* ---- statements ---- */

static struct evaluator_note note_of(const struct mv_statement *s,
                                     const struct mv_record *record,
                                     uint8_t word, int32_t day)
{
    return (struct evaluator_note){
        .word = word,
        .day = day,
        .seq = record->seq,
        .received_ms = record->received_ms,
        .author = s->author,
        .comment = s->comment,
    };
}

static void keep_assessment(struct evaluator *e, const struct mv_statement *s,
                            const struct evaluator_subject *subject,
                            const struct days *days,
                            const struct mv_record *record)
{
    mv_status status = status_of(s->status);
    struct evaluator_note_key key = evaluator_key_assessment(subject);
    struct evaluator_note note =
        note_of(s, record, (uint8_t)status, days->until);
    if (status == MV_STATUS_NONE)
        evaluator_note_del(&e->book, &key);
    else
        evaluator_note_put(&e->book, &key, &note);
}

static void keep_met(struct evaluator *e, const struct mv_statement *s,
                     const struct evaluator_subject *subject,
                     const struct days *days, const struct mv_record *record)
{
    int32_t on = s->on.at != NULL ? days->on : e->force.now.today;
    struct evaluator_note_key key = evaluator_key_met(subject, days->due);
    struct evaluator_note note = note_of(s, record, (uint8_t)s->kind, on);
    evaluator_note_put(&e->book, &key, &note);
}

static void keep_hold(struct evaluator *e, const struct mv_statement *s,
                      const struct days *days, const struct mv_record *record)
{
    struct evaluator_note_key key = evaluator_key_hold(s->indicator, s->unit);
    struct evaluator_note note =
        note_of(s, record, (uint8_t)s->kind, days->until);
    if (s->kind == MV_STATEMENT_HOLD)
        evaluator_note_put(&e->book, &key, &note);
    else
        evaluator_note_del(&e->book, &key);
    evaluator_holds_forget(&e->holds);
}

static void keep_frozen(struct evaluator *e, const struct mv_statement *s,
                        const struct mv_record *record)
{
    struct evaluator_note_key key = evaluator_key_frozen(
        mv_span_is(s->report, "year"), (int32_t)s->year, s->unit);
    struct evaluator_note note =
        note_of(s, record, (uint8_t)s->kind, EVALUATOR_NO_END);
    evaluator_note_put(&e->book, &key, &note);
}

static void keep(struct evaluator *e, const struct mv_statement *s,
                 const struct evaluator_subject *subject,
                 const struct days *days, const struct mv_record *record)
{
    switch (s->kind) {
    case MV_STATEMENT_ASSESSMENT:
        keep_assessment(e, s, subject, days, record);
        break;
    case MV_STATEMENT_DELIVERED:
    case MV_STATEMENT_CLOSED:
        keep_met(e, s, subject, days, record);
        break;
    case MV_STATEMENT_HOLD:
    case MV_STATEMENT_RELEASE:
        keep_hold(e, s, days, record);
        break;
    case MV_STATEMENT_FREEZE:
        keep_frozen(e, s, record);
        break;
    case MV_STATEMENT_KINDS:
        break;
    }
}

mv_rc evaluator_statement_apply(struct evaluator *e,
                                const struct mv_record *record,
                                struct mv_err *err)
{
    struct mv_statement s;
    struct days days = {0};
    mv_rc rc = read(record, &s, &days, err);
    if (rc != MV_OK)
        return rc;
    bool is_hold =
        s.kind == MV_STATEMENT_HOLD || s.kind == MV_STATEMENT_RELEASE;
    struct evaluator_subject subject = {
        .commission = s.commission.at != NULL,
        .id = s.commission.at != NULL ? s.commission : s.target,
        .year = (int32_t)s.year,
        .unit = s.unit,
    };
    struct evaluator_round round = {
        .cause = {.kind = is_hold ? "hold" : mv_statement_name(s.kind),
                  .seq = record->seq,
                  .received_ms = record->received_ms},
        .before = e->force.now.today,
    };
    e->now.counts[EVALUATOR_COUNT_STATEMENTS]++;
    keep(e, &s, &subject, &days, record);
    if (e->silent || e->force.now.plan == NULL || s.kind == MV_STATEMENT_FREEZE)
        return MV_OK;
    if (is_hold)
        touch_named(e, &s);
    else
        touch_subject(e, &subject, &round);
    evaluator_send(e, &round);
    return MV_OK;
}

/* ---- a day ---- */

struct passing {
    struct evaluator *e;
    struct evaluator_round round;
};

static void ended(void *ctx, const struct evaluator_subject *s)
{
    struct passing *p = ctx;
    if (p->e->silent || p->e->force.now.plan == NULL)
        return;
    if (s->commission)
        p->round.which = EVALUATOR_ALL_COMMISSIONS;
    else
        touch_subject(p->e, s, &p->round);
}

static bool passed(int32_t until, int32_t before, int32_t day)
{
    return evaluator_is_over(until, day) && !evaluator_is_over(until, before);
}

static void touch_released(struct evaluator *e, int32_t before, int32_t day)
{
    for (uint32_t i = 0; i < e->holds.count; i++) {
        const struct evaluator_hold *h = &e->holds.at[i];
        if (passed(h->until, before, day))
            touch_held(e, h->indicator, h->unit);
    }
}

static bool any_due(const struct mv_catalogue *c, int32_t before, int32_t day)
{
    for (uint32_t i = 0; i < c->commission_count; i++) {
        const struct mv_commission *m = &c->commissions[i];
        for (uint32_t k = 0; k < m->due_count; k++)
            if (passed(m->due[k].day, before, day))
                return true;
    }
    return false;
}

/* What a day that was not before makes due, and what was held until it. */
static void send_day(struct passing *p, int32_t before, int32_t day)
{
    struct evaluator *e = p->e;
    const struct mv_plan *plan = e->force.now.plan;
    touch_released(e, before, day);
    if (any_due(e->force.now.catalogue, before, day))
        p->round.which = EVALUATOR_ALL_COMMISSIONS;
    if (before != EVALUATOR_NO_DAY && day == before + 1)
        mv_touched_day(e->touched, plan, day);
    else
        mv_touched_all(e->touched, plan);
    evaluator_send(e, &p->round);
}

void evaluator_day_apply(struct evaluator *e, int32_t day,
                         const struct evaluator_cause *cause)
{
    int32_t before = e->force.now.today;
    struct passing p = {
        .e = e, .round = {.cause = *cause, .before = before, .reminds = true}};
    evaluator_force_day(&e->force, day);
    /* memory has those that end with the day until it is sent */
    evaluator_holds_read(&e->holds, &e->book, e->force.now.catalogue);
    evaluator_each_ended(&e->book, day, ended, &p);
    if (e->silent)
        evaluator_remind(e, &p.round, &p.round.cause);
    if (!e->silent && e->force.now.plan != NULL && day != before)
        send_day(&p, before, day);
    evaluator_holds_forget(&e->holds);
}
