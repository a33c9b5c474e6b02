/* concern - see concern.h. Job: who is asked of whom. Invariant: a unit that
 * is named as judged is judged. Pure: reads the catalogue in force, and a
 * crash leaves nothing. */
#include "services/evaluator/concern.h"

#define NAMED_MAX 12u

struct names {
    const struct mv_catalogue *c;
    struct mv_buf text;
    uint32_t count;
};

static void name(struct names *n, uint32_t unit)
{
    struct mv_span id = n->c->units[unit].id;
    if (++n->count > NAMED_MAX + 1)
        return;
    mv_buf_text(&n->text, n->count > 1 ? ", " : "");
    if (n->count > NAMED_MAX)
        mv_buf_text(&n->text, "...");
    else
        mv_buf_put(&n->text, id.at, id.len);
}

/* Of a unit in scope that is not there in the target's year. */
static mv_rc not_there(const struct mv_unit *u, int32_t year, const char *whom,
                       struct evaluator_refusal *no)
{
    char day[MV_DAY_TEXT_BYTES];
    if (u->first_day > mv_day_of(year, 12, 31)) {
        return evaluator_refuse(
            no, "not_found",
            "that unit is there from %s on; the target is judged for %s",
            mv_day_text(u->first_day, day), whom);
    }
    return evaluator_refuse(
        no, "not_found",
        "that unit was there until %s; the target is judged for %s",
        mv_day_text(u->last_day, day), whom);
}

mv_rc evaluator_concerns(const struct evaluator *e, const struct mv_pair *pair,
                         struct evaluator_refusal *no)
{
    const struct mv_plan *plan = e->force.now.plan;
    struct names n = {.c = e->force.now.catalogue};
    const struct mv_target *t = &n.c->targets[pair->target];
    if (mv_plan_judges(plan, pair->target, pair->unit))
        return MV_OK;
    for (uint32_t u = 0; u < n.c->unit_count; u++)
        if (mv_plan_judges(plan, pair->target, u))
            name(&n, u);
    mv_rc rc;
    const char *whom = mv_buf_cstr(&n.text);
    if (n.count == 0) {
        rc = evaluator_refuse(no, "not_found",
                              "the target is judged for no unit that year");
    } else if (mv_catalogue_in_scope(n.c, t, pair->unit)) {
        rc = not_there(&n.c->units[pair->unit], t->year, whom, no);
    } else {
        rc = evaluator_refuse(
            no, "not_found",
            "the target is not judged for that unit, but for %s", whom);
    }
    mv_buf_done(&n.text);
    return rc;
}

mv_rc evaluator_concerns_commission(const struct evaluator *e,
                                    uint32_t commission, uint32_t unit,
                                    struct evaluator_refusal *no)
{
    struct names n = {.c = e->force.now.catalogue};
    const struct mv_indices *units = &n.c->commissions[commission].units;
    for (uint32_t i = 0; i < units->count; i++)
        if (units->at[i] == unit)
            return MV_OK;
    for (uint32_t i = 0; i < units->count; i++)
        name(&n, units->at[i]);
    mv_rc rc = evaluator_refuse(
        no, "not_found", "the commission is not for that unit, but for %s",
        mv_buf_cstr(&n.text));
    mv_buf_done(&n.text);
    return rc;
}
