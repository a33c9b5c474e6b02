/* send - see send.h. Job: from what was touched to the group of changes.
 * Invariant: the log gets a change and `published` its row together, and only
 * where status or reason is another; targets in the order of the catalogue,
 * then commissions. Staged in the record's transaction: a crash leaves all of
 * it or nothing. */
#include "services/evaluator/send.h"

#include <string.h>

#include "services/base/points.h"
#include "services/evaluator/reminders.h"
#include "services/judging/verdict.h"

struct mv_judge_env evaluator_env(const struct evaluator *e)
{
    return (struct mv_judge_env){e->force.now.plan, e->rows, e->force.now.today,
                                 e->periods_to};
}

void evaluator_judge(struct evaluator *e, uint32_t target, uint32_t unit,
                     const struct evaluator_sent *was,
                     struct evaluator_status *ret)
{
    const struct mv_catalogue *c = e->force.now.catalogue;
    struct mv_judge_env env = evaluator_env(e);
    struct evaluator_subject s = evaluator_subject_of(c, target, unit);
    mv_judge(&env, target, unit, &e->judgement);
    evaluator_decide(&e->book, &s, c->targets[target].decides, env.today,
                     e->judgement.status, e->judgement.reason, ret);
    evaluator_holds_read(&e->holds, &e->book, c);
    if (evaluator_holds_on(&e->holds, target, unit, env.today))
        evaluator_keep(ret, was);
}

bool evaluator_year_closed(const struct evaluator *e, int32_t year,
                           uint32_t unit)
{
    const struct mv_catalogue *c = e->force.now.catalogue;
    int32_t today = e->force.now.today;
    struct evaluator_note note;
    if (today != EVALUATOR_NO_DAY && year < mv_day_date(today).year - 1)
        return true;
    for (uint32_t u = unit; u != MV_NONE; u = c->units[u].parent) {
        struct evaluator_note_key key =
            evaluator_key_frozen(true, year, c->units[u].id);
        if (evaluator_note_get(&e->book, &key, &note))
            return true;
    }
    return false;
}

/* ---- causes ---- */

void evaluator_say_kind(const struct evaluator *e, struct evaluator_change *ch,
                        struct evaluator_cause *cause, const char *kind)
{
    if (e->group.added == 0)
        cause->kind = kind;
    else if (strcmp(kind, cause->kind) != 0)
        ch->kind = kind;
}

static void name_row(const struct evaluator *e, struct evaluator_change *ch,
                     struct evaluator_cause *cause, const char *kind)
{
    const struct mv_judgement *j = &e->judgement;
    const struct mv_catalogue *c = e->force.now.catalogue;
    const struct evaluator_effect *by = evaluator_effects_cause(
        &e->effects, &e->figures, c, &c->targets[j->target], j->unit);
    if (by == NULL)
        return;
    ch->has_row = true;
    ch->row = e->figures.at[by->figure].row;
    if (e->group.added == 0) {
        cause->has_row = true;
        cause->row = ch->row;
    }
    if (strcmp(kind, "withdrawal") != 0)
        kind = by->corrected ? "correction" : "figure";
    evaluator_say_kind(e, ch, cause, kind);
}

/* What a day turned: was it held until then? */
static void name_day(const struct evaluator *e,
                     const struct evaluator_round *round,
                     struct evaluator_change *ch, struct evaluator_cause *cause)
{
    const struct mv_judgement *j = &e->judgement;
    bool was_held =
        evaluator_holds_on(&e->holds, j->target, j->unit, round->before);
    evaluator_say_kind(e, ch, cause, was_held ? "hold" : round->cause.kind);
}

/* ---- targets ---- */

struct evaluator_sent evaluator_sent_now(const struct evaluator_status *s,
                                         const struct evaluator_sent *was,
                                         const struct evaluator_cause *cause)
{
    return (struct evaluator_sent){
        .since_seq = cause->seq,
        .since_ms = cause->received_ms,
        .changes = was->changes + 1,
        .status = (uint8_t)s->status,
        .reason = (uint8_t)s->reason,
        .coloured =
            s->status != MV_STATUS_NONE ? (uint8_t)s->status : was->coloured,
        .there = true,
    };
}

/* False: there are so many that it is counted only, to come again. */
static bool send_target(struct evaluator *e,
                        const struct evaluator_round *round,
                        const struct evaluator_status *status,
                        const struct evaluator_sent *was,
                        struct evaluator_cause *cause)
{
    const struct mv_judgement *j = &e->judgement;
    const struct mv_catalogue *c = e->force.now.catalogue;
    struct mv_judge_env env = evaluator_env(e);
    struct evaluator_sent sent = evaluator_sent_now(status, was, cause);
    mv_withhold(&env, &e->judgement, &e->withheld);
    struct evaluator_change ch = {
        .catalogue = c,
        .judgement = j,
        .status = status,
        .was = *was,
        .changes = sent.changes,
        .closed = evaluator_year_closed(e, c->targets[j->target].year, j->unit),
    };
    if (e->effects.count > 0)
        name_row(e, &ch, cause, round->cause.kind);
    else if (strcmp(round->cause.kind, "clock") == 0)
        name_day(e, round, &ch, cause);
    struct evaluator_place at = {e->changes, cause, e->force.now.today};
    if (!evaluator_group_add(&e->group, &ch, &at))
        return false;
    evaluator_published_put(e->published, c, j->target, j->unit, &sent);
    return true;
}

/* Does the colour that was sent of the pair still hold? What figures say is
 * known to be enough only where they decide. */
static bool still_holds(const struct evaluator *e,
                        const struct mv_judge_env *env,
                        const struct mv_pair *pair)
{
    mv_status now;
    const struct mv_catalogue *c = e->force.now.catalogue;
    mv_status was =
        evaluator_published_colour(e->published, c, pair->target, pair->unit);
    return was != MV_STATUS_NONE &&
           c->targets[pair->target].decides == MV_DECIDES_FIGURES &&
           mv_verdict(env, pair->target, pair->unit, &now) && was == now;
}

#define RELIEVE_PAIRS 4096u /* judged between two looks at what is kept */

/* Pairs from `first` on; the first whose change was only counted, or all. */
static size_t send_targets(struct evaluator *e,
                           const struct evaluator_round *round, size_t first,
                           struct evaluator_cause *cause)
{
    const struct mv_pair *pairs;
    struct mv_judge_env env = evaluator_env(e);
    size_t count = mv_touched_pairs(e->touched, &pairs), counted = count;
    for (size_t i = first; i < count; i++) {
        struct evaluator_status status;
        if (i % RELIEVE_PAIRS == RELIEVE_PAIRS - 1) {
            mv_rowcache_relieve(e->rows);
            evaluator_published_trim(e->published);
        }
        if (still_holds(e, &env, &pairs[i]))
            continue;
        struct evaluator_sent was =
            evaluator_published_get(e->published, e->force.now.catalogue,
                                    pairs[i].target, pairs[i].unit);
        evaluator_judge(e, pairs[i].target, pairs[i].unit, &was, &status);
        bool differs = !evaluator_is_sent(&status, &was) ||
                       (e->silent && MV_BROKEN("rebuild_tells_all"));
        if (differs && !send_target(e, round, &status, &was, cause) &&
            counted == count)
            counted = i;
    }
    return counted;
}

/* ---- commissions ---- */

static void send_commission(struct evaluator *e,
                            const struct evaluator_round *round,
                            uint32_t commission, uint32_t unit,
                            struct evaluator_cause *cause)
{
    const struct mv_catalogue *c = e->force.now.catalogue;
    const struct mv_commission *m = &c->commissions[commission];
    struct evaluator_dues dues;
    struct evaluator_status status;
    struct evaluator_sent was =
        evaluator_published_commission(e->published, m, &c->units[unit]);
    evaluator_commission_judge(e, commission, unit, &dues, &status);
    if (evaluator_is_sent(&status, &was))
        return;
    struct evaluator_sent sent = evaluator_sent_now(&status, &was, cause);
    struct evaluator_change ch = {
        .catalogue = c,
        .commission = m,
        .unit = unit,
        .dues = &dues,
        .status = &status,
        .was = was,
        .changes = sent.changes,
        .closed = evaluator_year_closed(e, m->year, unit),
    };
    struct evaluator_place at = {e->changes, cause, e->force.now.today};
    evaluator_say_kind(e, &ch, cause, round->cause.kind);
    if (evaluator_group_add(&e->group, &ch, &at))
        evaluator_published_put_commission(e->published, m, &c->units[unit],
                                           &sent);
}

static void send_commissions(struct evaluator *e,
                             const struct evaluator_round *round,
                             struct evaluator_cause *cause)
{
    const struct mv_catalogue *c = e->force.now.catalogue;
    if (round->which == EVALUATOR_ONE_COMMISSION)
        send_commission(e, round, round->commission, round->unit, cause);
    if (round->which != EVALUATOR_ALL_COMMISSIONS)
        return;
    for (uint32_t i = 0; i < c->commission_count; i++) {
        const struct mv_indices *units = &c->commissions[i].units;
        for (uint32_t k = 0; k < units->count; k++)
            send_commission(e, round, i, units->at[k], cause);
    }
}

/* Of a large group the rest is judged once more, when its parts are counted;
 * what was not only counted was sent by then, and does not differ any more. */
void evaluator_send(struct evaluator *e, const struct evaluator_round *round)
{
    struct evaluator_cause cause = round->cause;
    struct evaluator_place at = {e->changes, &cause, e->force.now.today};
    evaluator_holds_read(&e->holds, &e->book, e->force.now.catalogue);
    evaluator_group_clear(&e->group);
    mv_withheld_forget(&e->withheld);
    size_t counted = send_targets(e, round, 0, &cause);
    send_commissions(e, round, &cause);
    if (round->reminds)
        evaluator_remind(e, round, &cause);
    if (e->group.over) {
        evaluator_group_begin(&e->group, &at);
        (void)send_targets(e, round, counted, &cause);
        send_commissions(e, round, &cause);
        if (round->reminds)
            evaluator_remind(e, round, &cause);
    }
    evaluator_group_finish(&e->group, &at);
    /* from a store that failed nothing more can be read: what came once more
     * was another, and goes with the transaction */
    MV_ASSERT(e->group.written == e->group.parts ||
              mv_store_failed(e->book.store));
    e->sent += e->group.added;
    mv_touched_clear(e->touched);
}

/* In a rebuild nothing is sent, but what would be told is remembered. */
static void judge_all(struct evaluator *e, const struct evaluator_cause *cause,
                      bool reminds)
{
    struct evaluator_round round = {.cause = *cause,
                                    .before = e->force.now.today,
                                    .which = EVALUATOR_ALL_COMMISSIONS,
                                    .reminds = reminds};
    if (e->force.now.plan == NULL)
        return;
    evaluator_effects_clear(&e->effects);
    mv_touched_clear(e->touched);
    mv_touched_all(e->touched, e->force.now.plan);
    evaluator_send(e, &round);
}

void evaluator_judge_all(struct evaluator *e,
                         const struct evaluator_cause *cause)
{
    judge_all(e, cause, false);
}

void evaluator_catalogue_apply(struct evaluator *e,
                               const struct evaluator_cause *cause)
{
    struct evaluator_round round = {.cause = *cause};
    if (e->silent)
        evaluator_remind(e, &round, &round.cause);
    else
        judge_all(e, cause, true);
}
