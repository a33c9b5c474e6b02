/* decide - see decide.h. Job: who has the last word. Invariant: pure but for
 * the note that it reads; what figures say alone is kept beside it, so both
 * can be shown. A crash leaves nothing: it is memory only. */
#include "services/evaluator/decide.h"

/* Of two colours. */
static bool is_worse(mv_status a, mv_status b)
{
    static const unsigned bad[] = {[MV_STATUS_NONE] = 0,
                                   [MV_STATUS_GREEN] = 1,
                                   [MV_STATUS_YELLOW] = 2,
                                   [MV_STATUS_RED] = 3};
    return bad[a] > bad[b];
}

static bool takes(mv_decides how, const struct evaluator_status *s,
                  mv_status theirs)
{
    /* what is not judged at all is not judged by a person either */
    if (s->own_reason == MV_REASON_UNDER_DEVELOPMENT ||
        s->own_reason == MV_REASON_REPORT_ONLY)
        return false;
    return s->own == MV_STATUS_NONE || how == MV_DECIDES_ASSESSMENT ||
           (how == MV_DECIDES_WORST && is_worse(theirs, s->own));
}

void evaluator_decide(const struct evaluator_book *b,
                      const struct evaluator_subject *s, mv_decides how,
                      int32_t today, mv_status own, mv_reason own_reason,
                      struct evaluator_status *ret)
{
    *ret = (struct evaluator_status){.status = own,
                                     .reason = own_reason,
                                     .own = own,
                                     .own_reason = own_reason};
    struct evaluator_note_key key = evaluator_key_assessment(s);
    if (!evaluator_note_get(b, &key, &ret->assessment) ||
        evaluator_is_over(ret->assessment.day, today))
        return;
    ret->assessed = true;
    mv_status theirs = (mv_status)ret->assessment.word;
    if (!takes(how, ret, theirs))
        return;
    ret->by_assessment = true;
    ret->status = theirs;
    ret->reason = MV_REASON_NO;
}

/* There is no colour to keep, and a hold sends no red: it waits. */
static void wait(struct evaluator_status *s)
{
    if (s->status != MV_STATUS_RED)
        return;
    s->status = MV_STATUS_NONE;
    s->reason = MV_REASON_NOT_ASSESSED;
    s->by_assessment = false;
}

void evaluator_keep(struct evaluator_status *s,
                    const struct evaluator_sent *sent)
{
    s->held = true;
    if (!sent->there || sent->status > MV_STATUS_RED ||
        sent->reason > MV_REASON_NOT_ASSESSED) {
        wait(s); /* nothing was, or in another engine's words */
        return;
    }
    s->status = (mv_status)sent->status;
    s->reason = (mv_reason)sent->reason;
    s->by_assessment = false;
}

bool evaluator_is_sent(const struct evaluator_status *s,
                       const struct evaluator_sent *sent)
{
    return sent->there && sent->status == (uint8_t)s->status &&
           sent->reason == (uint8_t)s->reason;
}

struct evaluator_subject evaluator_subject_of(const struct mv_catalogue *c,
                                              uint32_t target, uint32_t unit)
{
    const struct mv_target *t = &c->targets[target];
    return (struct evaluator_subject){
        .id = t->id, .year = t->year, .unit = c->units[unit].id};
}
