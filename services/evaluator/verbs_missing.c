/* verbs_missing - `missing`: which figures are past due, and who owes them.
 * Job: a row an indicator and unit. Invariant: only indicators that a target
 * of the year uses are asked for; a page may end at any unit. Reads only. */
#include <assert.h>

#include "proto/pack.h"
#include "proto/walk.h"
#include "services/evaluator/verbs.h"
#include "services/judging/absent.h"
#include "services/judging/work.h"

/* An indicator is walked twice: what each unit that sends it lacks, in
 * preorder; and all that is due of each unit that is judged by it and, with
 * all below it, never sent any. A place within it is how many units were
 * passed. */
static_assert(2 * MV_UNITS_MAX < 1u << 20, "a place holds both walks");

struct missing {
    struct evaluator *e;
    struct evaluator_page *page;
    struct mv_judge_env env;
    struct mv_work *work;
    const struct mv_indicator *ind;
    struct mv_absent absent; /* of the unit at hand */
    uint32_t at;             /* units passed, on both walks */
    int year;
    uint32_t within; /* a unit and those below, or MV_NONE */
};

static bool is_used(const struct missing *x, uint32_t target)
{
    const struct mv_target *t = &x->e->force.now.catalogue->targets[target];
    return t->year == x->year && t->state == MV_STATE_FIGURES;
}

static uint32_t targets_of(const struct missing *x)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < x->ind->targets.count; i++)
        count += is_used(x, x->ind->targets.at[i]);
    return count;
}

static void pack_periods(struct mv_buf *out, const struct mv_absent *a)
{
    char text[MV_PERIOD_TEXT_BYTES];
    mv_pack_cstr(out, "periods");
    mv_pack_list(out, a->count);
    for (unsigned i = 0; i < a->count; i++)
        mv_pack_cstr(out, mv_period_text(&a->at[i], text));
}

static void pack_targets(struct mv_buf *out, const struct missing *x)
{
    const struct mv_catalogue *c = x->e->force.now.catalogue;
    mv_pack_cstr(out, "targets");
    mv_pack_list(out, targets_of(x));
    for (uint32_t i = 0; i < x->ind->targets.count; i++)
        if (is_used(x, x->ind->targets.at[i]))
            mv_pack_text(out, c->targets[x->ind->targets.at[i]].id);
}

static void row(struct missing *x, bool never)
{
    const struct mv_catalogue *c = x->e->force.now.catalogue;
    const struct mv_absent *a = &x->absent;
    const struct mv_unit *u = &c->units[a->unit];
    struct mv_buf *out = &x->page->rows;
    if (x->within != MV_NONE && !mv_catalogue_below(c, a->unit, x->within))
        return;
    evaluator_page_row(x->page, 9);
    mv_pack_kv_text(out, "indicator", x->ind->id);
    mv_pack_cstr(out, "title");
    evaluator_title_pack(&x->ind->title, out);
    mv_pack_kv_u64(out, "year", (uint64_t)x->year);
    mv_pack_kv_text(out, "unit", u->id);
    mv_pack_kv_text(out, "name", evaluator_cut(u->name.nb, 256));
    pack_periods(out, a);
    mv_pack_kv_day(out, "due", a->due);
    mv_pack_kv_bool(out, "never", never);
    pack_targets(out, x);
}

static void sent_row(struct missing *x, uint32_t unit)
{
    if (!mv_absent_of(&x->env, x->work, x->ind->index, x->year, unit,
                      &x->absent))
        return;
    if (x->absent.count > 0)
        row(x, false);
}

/* Does the unit send it, or one below? */
static bool is_sent(struct missing *x, const struct mv_unit *u)
{
    const uint32_t *order = mv_plan_preorder(x->env.plan);
    bool sent = false;
    for (uint32_t i = u->enter; i < u->leave && !sent; i++)
        sent = mv_absent_of(&x->env, x->work, x->ind->index, x->year, order[i],
                            &x->absent);
    return sent;
}

static void never_row(struct missing *x, uint32_t unit)
{
    bool judged = false;
    for (uint32_t i = 0; i < x->ind->targets.count && !judged; i++)
        judged = is_used(x, x->ind->targets.at[i]) &&
                 mv_plan_judges(x->env.plan, x->ind->targets.at[i], unit);
    if (judged && !is_sent(x, &x->e->force.now.catalogue->units[unit]) &&
        mv_absent_all(&x->env, x->ind->index, x->year, unit, &x->absent))
        row(x, true);
    x->page->passed++;
}

/* False: the page ends before a unit of it. */
static bool indicator_rows(struct missing *x)
{
    const uint32_t *order = mv_plan_preorder(x->env.plan);
    uint32_t units = x->e->force.now.catalogue->unit_count;
    for (; x->at < 2 * units; x->at++) {
        if (evaluator_page_full(x->page) || evaluator_page_over(x->e, x->page))
            return false;
        if (x->at < units)
            sent_row(x, order[x->at]);
        else
            never_row(x, x->at - units);
    }
    return true;
}

static bool is_asked(const struct missing *x)
{
    return x->ind->formula == MV_NONE && x->ind->due.kind != MV_DUE_NEVER &&
           targets_of(x) > 0;
}

static void all_rows(struct missing *x)
{
    const struct mv_catalogue *c = x->e->force.now.catalogue;
    uint64_t first = evaluator_place_of(x->page->from);
    uint64_t within = x->page->from - evaluator_place(first, 0);
    x->at = (uint32_t)within;
    for (uint64_t i = first; i < c->indicator_count; i++) {
        x->ind = &c->indicators[i];
        if (is_asked(x) && !indicator_rows(x)) {
            x->page->next = evaluator_place(i, x->at);
            return;
        }
        x->at = 0;
    }
}

mv_rc evaluator_ask_missing(struct evaluator *e, struct mv_span args,
                            struct evaluator_page *page,
                            struct evaluator_refusal *no)
{
    const struct mv_catalogue *c = e->force.now.catalogue;
    struct missing x = {.e = e, .page = page, .within = MV_NONE};
    struct mv_span unit;
    uint64_t year;
    if (!mv_map_u64(args, "year", &year) || year > MV_YEAR_MAX)
        return evaluator_refuse(no, "missing", "args need a `year`");
    x.year = (int)year;
    if (c == NULL)
        return MV_OK;
    if (mv_map_text(args, "unit", &unit)) {
        const struct mv_unit *u = mv_catalogue_unit(c, unit);
        if (u == NULL)
            return evaluator_refuse(no, "not_found", "no such unit");
        x.within = u->index;
    }
    x.env = evaluator_env(e);
    x.work = mv_work_open();
    all_rows(&x);
    mv_work_close(x.work);
    return MV_OK;
}
