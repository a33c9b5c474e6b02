/* verbs_missing - `missing`: which figures are past due, and who owes them.
 * Job: a row an indicator and unit. Invariant: only indicators that a target
 * of the year uses are asked for. Reads only. */
#include "proto/pack.h"
#include "proto/walk.h"
#include "services/evaluator/verbs.h"
#include "services/judging/absent.h"

struct missing {
    struct evaluator *e;
    struct evaluator_page *page;
    const struct mv_indicator *ind;
    uint64_t at; /* which row of it comes next */
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

static bool row(void *ctx, const struct mv_absent *a, bool never)
{
    struct missing *x = ctx;
    const struct mv_catalogue *c = x->e->force.now.catalogue;
    const struct mv_unit *u = &c->units[a->unit];
    struct mv_buf *out = &x->page->rows;
    if (x->within != MV_NONE && !mv_catalogue_below(c, a->unit, x->within))
        return true;
    uint64_t place = evaluator_place(x->ind->index, x->at++);
    if (place < x->page->from)
        return true;
    if (evaluator_page_full(x->page)) {
        x->page->next = place;
        return false;
    }
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
    return true;
}

static bool sent_row(void *ctx, const struct mv_absent *a)
{
    return row(ctx, a, false);
}

/* Nobody ever sent it: whoever is judged by it is without. */
static void never_rows(struct missing *x, const struct mv_judge_env *env)
{
    const struct mv_catalogue *c = x->e->force.now.catalogue;
    struct mv_absent a;
    if (!mv_absent_all(env, x->ind->index, x->year, &a))
        return;
    for (a.unit = 0; a.unit < c->unit_count; a.unit++) {
        bool judged = false;
        for (uint32_t i = 0; i < x->ind->targets.count; i++)
            judged |= is_used(x, x->ind->targets.at[i]) &&
                      mv_plan_judges(env->plan, x->ind->targets.at[i], a.unit);
        if (judged && !row(x, &a, true))
            break;
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
    struct mv_judge_env env = evaluator_env(e);
    for (uint64_t i = evaluator_place_of(page->from);
         i < c->indicator_count && page->next == 0; i++) {
        x.ind = &c->indicators[i];
        x.at = 0;
        if (x.ind->formula != MV_NONE || x.ind->due.kind == MV_DUE_NEVER ||
            targets_of(&x) == 0)
            continue;
        if (evaluator_page_over(e, page)) {
            page->next = evaluator_place(i, 0);
            break;
        }
        if (mv_absent(&env, x.ind->index, x.year, sent_row, &x) == 0)
            never_rows(&x, &env);
    }
    return MV_OK;
}
