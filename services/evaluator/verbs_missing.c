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
 * all below it, never sent any, or, where a target asks for each member, never
 * sent some. A place within it is how many units were passed, and of the next
 * one how many steps: it and each unit below, until one sends it, then each
 * member. */
static_assert(2 * MV_UNITS_MAX < 1u << 20, "a place holds both walks");
#define MEMBER_STEP MV_UNITS_MAX
static_assert(MEMBER_STEP + MV_MEMBERS_MAX < 1u << 20, "and the steps");

#define MEMBERS_KEPT       64u /* named in a row */
#define MEMBER_TITLE_BYTES 128u

/* Of a dimension: those that never came. */
struct members {
    uint32_t count;
    uint32_t at[MEMBERS_KEPT];
};

struct missing {
    struct evaluator *e;
    struct evaluator_page *page;
    struct mv_judge_env env;
    struct mv_work *work;
    const struct mv_indicator *ind;
    struct mv_absent absent; /* of the unit at hand */
    struct members never;    /* likewise; none: all of the indicator */
    uint64_t found;          /* what had been looked at, when never began */
    uint32_t at, step;       /* units passed, on both walks; of the next */
    int year;
    uint32_t within; /* a unit and those below, or MV_NONE */
};

static bool is_used(const struct missing *x, uint32_t target)
{
    const struct mv_target *t = &x->e->force.now.catalogue->targets[target];
    return t->year == x->year && t->state == MV_STATE_FIGURES;
}

/* A member without a limit where one is asked is not judged. */
static bool is_judged(const struct missing *x, const struct mv_target *t,
                      const struct mv_criterion *q, uint32_t unit,
                      uint32_t member)
{
    int64_t micro;
    member = mv_catalogue_limit_member(x->e->force.now.catalogue, t,
                                       x->ind->index, member);
    return !q->uses_limit || mv_catalogue_limit(t, unit, member, &micro);
}

/* Does it judge the indicator's members one by one, and this one of the unit?
 * MV_NONE: any. */
static bool is_each(const struct missing *x, uint32_t target, uint32_t unit,
                    uint32_t member)
{
    const struct mv_catalogue *c = x->e->force.now.catalogue;
    const struct mv_target *t = &c->targets[target];
    bool each = false;
    for (uint32_t i = 0; i < t->require.count && !each; i++) {
        const struct mv_criterion *q = &c->criteria[t->require.first + i];
        each = q->each && q->each_indicator == x->ind->index &&
               (member == MV_NONE || is_judged(x, t, q, unit, member));
    }
    return each;
}

/* A target that the row is of. */
static bool waits(const struct missing *x, uint32_t target)
{
    return is_used(x, target) &&
           (x->never.count == 0 || is_each(x, target, MV_NONE, MV_NONE));
}

static uint32_t targets_of(const struct missing *x)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < x->ind->targets.count; i++)
        count += waits(x, x->ind->targets.at[i]);
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
        if (waits(x, x->ind->targets.at[i]))
            mv_pack_text(out, c->targets[x->ind->targets.at[i]].id);
}

static void pack_members(struct mv_buf *out, const struct missing *x)
{
    const struct members *m = &x->never;
    uint32_t kept = m->count < MEMBERS_KEPT ? m->count : MEMBERS_KEPT;
    mv_pack_kv_u64(out, "members_never", m->count);
    mv_pack_kv_u64(out, "members_of", x->ind->member_count);
    mv_pack_cstr(out, "members");
    mv_pack_list(out, kept);
    for (uint32_t i = 0; i < kept; i++)
        mv_pack_text(out, x->ind->members[m->at[i]].id);
    mv_pack_cstr(out, "member_titles");
    mv_pack_list(out, kept);
    for (uint32_t i = 0; i < kept; i++) {
        const struct mv_title *t = &x->ind->members[m->at[i]].title;
        mv_pack_map(out, 2);
        mv_pack_kv_text(out, "nb", evaluator_cut(t->nb, MEMBER_TITLE_BYTES));
        mv_pack_kv_text(out, "en", evaluator_cut(t->en, MEMBER_TITLE_BYTES));
    }
}

static void row(struct missing *x, bool never)
{
    const struct mv_catalogue *c = x->e->force.now.catalogue;
    const struct mv_absent *a = &x->absent;
    const struct mv_unit *u = &c->units[a->unit];
    struct mv_buf *out = &x->page->rows;
    bool members = x->never.count > 0;
    evaluator_page_row(x->page, 9u + 4u * members);
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
    if (members)
        pack_members(out, x);
}

static void sent_row(struct missing *x, uint32_t unit)
{
    if (!mv_absent_of(&x->env, x->work, x->ind->index, x->year, unit,
                      &x->absent))
        return;
    if (x->absent.count > 0)
        row(x, false);
}

/* Does the unit send it, or one below? False: the page ends before a step. */
static bool find_sent(struct missing *x, const struct mv_unit *u, bool *sent)
{
    const uint32_t *order = mv_plan_preorder(x->env.plan);
    uint32_t first = x->step;
    *sent = x->step >= MEMBER_STEP;
    for (; x->step < u->leave - u->enter && !*sent; x->step++) {
        if (x->step > first && evaluator_page_over(x->e, x->page))
            return false;
        *sent = mv_absent_of(&x->env, x->work, x->ind->index, x->year,
                             order[u->enter + x->step], &x->absent);
    }
    if (*sent && x->step < MEMBER_STEP)
        x->step = MEMBER_STEP;
    return true;
}

/* Of the targets that judge the unit: does any, and any that member? */
static bool is_asked_of(const struct missing *x, uint32_t unit, uint32_t member)
{
    bool asked = false;
    for (uint32_t i = 0; i < x->ind->targets.count && !asked; i++) {
        uint32_t target = x->ind->targets.at[i];
        asked = is_used(x, target) &&
                mv_plan_judges(x->env.plan, target, unit) &&
                (member == MV_MEMBER_TOTAL || is_each(x, target, unit, member));
    }
    return asked;
}

/* Those of one row are looked for in one page, if they are not the work of a
 * page by themselves: whatever came before them, the rows are the same. */
static bool is_enough(const struct missing *x)
{
    uint64_t work = x->page->work > 0 ? x->page->work : EVALUATOR_PAGE_WORK;
    if (x->never.count == 0)
        return evaluator_page_over(x->e, x->page);
    return mv_rowcache_looked(x->env.rows) - x->found >= work;
}

/* False: the page ends before a member. */
static bool find_members(struct missing *x, uint32_t unit)
{
    struct members *m = &x->never;
    uint32_t first = x->step;
    for (; x->step < MEMBER_STEP + x->ind->member_count; x->step++) {
        uint32_t i = x->step - MEMBER_STEP;
        if (x->step > first && is_enough(x))
            return false;
        if (!is_asked_of(x, unit, i) ||
            mv_absent_known(&x->env, x->work, x->ind->index, x->year, unit, i))
            continue;
        if (m->count == 0)
            x->found = mv_rowcache_looked(x->env.rows);
        if (m->count < MEMBERS_KEPT)
            m->at[m->count] = i;
        m->count++;
    }
    return true;
}

/* False: the page ends before a step of it. */
static bool never_row(struct missing *x, uint32_t unit)
{
    bool sent;
    x->page->passed++;
    if (!is_asked_of(x, unit, MV_MEMBER_TOTAL))
        return true;
    if (!find_sent(x, &x->e->force.now.catalogue->units[unit], &sent))
        return false;
    bool all = !sent || find_members(x, unit);
    if ((!sent || x->never.count > 0) &&
        mv_absent_all(&x->env, x->ind->index, x->year, unit, &x->absent))
        row(x, true);
    x->never.count = 0; /* what comes next is of all of an indicator */
    return all;
}

static bool is_within(const struct missing *x, uint32_t unit)
{
    return x->within == MV_NONE ||
           mv_catalogue_below(x->e->force.now.catalogue, unit, x->within);
}

/* False: the page ends before a unit of it, or in one. */
static bool indicator_rows(struct missing *x)
{
    const uint32_t *order = mv_plan_preorder(x->env.plan);
    uint32_t units = x->e->force.now.catalogue->unit_count;
    for (; x->at < 2 * units; x->at++, x->step = 0) {
        bool never = x->at >= units;
        uint32_t unit = never ? x->at - units : order[x->at];
        if (evaluator_page_full(x->page) || evaluator_page_over(x->e, x->page))
            return false;
        if (!is_within(x, unit))
            x->page->passed += x->at % EVALUATOR_PASSED_OVER == 0;
        else if (!never)
            sent_row(x, unit);
        else if (!never_row(x, unit))
            return false;
    }
    return true;
}

static bool is_asked(const struct missing *x)
{
    return x->ind->formula == MV_NONE && x->ind->due.kind != MV_DUE_NEVER &&
           targets_of(x) > 0;
}

/* An indicator's units are the things of a place, their steps its rows. */
static uint64_t place_of(uint64_t indicator, uint32_t at, uint32_t step)
{
    return evaluator_place(evaluator_place(indicator, at), step);
}

static void all_rows(struct missing *x)
{
    const struct mv_catalogue *c = x->e->force.now.catalogue;
    uint64_t from = evaluator_place_of(x->page->from);
    uint64_t first = evaluator_place_of(from);
    x->at = (uint32_t)(from - evaluator_place(first, 0));
    x->step = (uint32_t)(x->page->from - evaluator_place(from, 0));
    for (uint64_t i = first; i < c->indicator_count; i++) {
        x->ind = &c->indicators[i];
        if (is_asked(x) && !indicator_rows(x)) {
            x->page->next = place_of(i, x->at, x->step);
            return;
        }
        x->at = x->step = 0;
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
