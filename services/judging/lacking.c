/* lacking - see lacking.h. Job: which base is missing, where it comes from.
 * Invariant: a period that has a figure is never named; what is named was
 * asked for by a criterion that has no colour for want of it. Reads rows only:
 * a crash leaves nothing. */
#include "services/judging/lacking.h"

#include <stdlib.h>

#include "services/judging/strand.h"
#include "services/judging/terms.h"

struct looking {
    const struct mv_catalogue *c;
    struct mv_case k;
    struct {
        uint32_t indicator, member, unit;
        int32_t year;
    } told[MV_LACKING_MAX];
    unsigned count;
    void (*each)(void *ctx, const struct mv_lacking *lacking);
    void *ctx;
};

static bool is_full(const struct looking *x)
{
    return x->count == MV_LACKING_MAX;
}

static void tell(struct looking *x, const struct mv_lacking *l)
{
    for (unsigned i = 0; i < x->count; i++) {
        if (x->told[i].indicator == l->indicator &&
            x->told[i].member == l->member && x->told[i].unit == l->unit &&
            x->told[i].year == l->year)
            return;
    }
    if (is_full(x))
        return;
    x->told[x->count].indicator = l->indicator;
    x->told[x->count].member = l->member;
    x->told[x->count].unit = l->unit;
    x->told[x->count++].year = l->year;
    x->each(x->ctx, l);
}

static void name_periods(const struct mv_cells *cells, mv_freq freq,
                         struct mv_lacking *l)
{
    unsigned words = mv_cells_words(freq);
    struct mv_cells one;
    for (int n = 1; mv_cells_nth(freq, l->year, n, &one); n++) {
        if (mv_cells_meet(&one, cells, words) && l->count < MV_OVERDUE_MAX &&
            mv_period_nth(freq, l->year, n, &l->at[l->count]))
            l->count++;
    }
}

static struct mv_cells counted_in(struct looking *x, const struct mv_lacking *l,
                                  int year)
{
    struct mv_work *w = x->k.w;
    w->strand_count = w->stretch_count = 0;
    uint32_t at =
        mv_strand_load(w, x->k.env, l->unit, l->indicator, l->member, year);
    return w->strands[at].counted;
}

/* One series of one unit. False: it has nothing in the target's year. */
static bool look_at_series(struct looking *x, const struct mv_term *t,
                           struct mv_lacking *l, bool *told)
{
    mv_freq freq = x->c->indicators[l->indicator].frequency;
    unsigned words = mv_cells_words(freq);
    struct mv_cells wanted = counted_in(x, l, x->k.target->year);
    struct mv_cells base = counted_in(x, l, l->year);
    struct mv_span_of_cells only;
    if (mv_cells_empty(&wanted, words))
        return false;
    if (t->latest && mv_cells_of(freq, l->year, t->part, t->code, &only))
        wanted = only.cells;
    mv_cells_drop(&wanted, &base, words);
    l->count = 0;
    name_periods(&wanted, freq, l);
    if (l->count > 0)
        tell(x, l);
    *told |= l->count > 0;
    return true;
}

/* A total, or, of who sends none, the members. */
static void look_at_unit(struct looking *x, const struct mv_term *t,
                         const struct mv_series_year *base, uint32_t unit,
                         bool *told)
{
    struct mv_lacking l = {.indicator = base->indicator,
                           .member = base->member,
                           .unit = unit,
                           .year = base->year};
    uint32_t members = x->c->indicators[base->indicator].member_count;
    if (look_at_series(x, t, &l, told) || base->member != MV_MEMBER_TOTAL)
        return;
    for (l.member = 0; l.member < members && !is_full(x); l.member++)
        (void)look_at_series(x, t, &l, told);
}

/* ---- what is there, and of a longer period ---- */

/* What is to be compared of one series, in the cells of the year before. */
static void add_wanted(struct looking *x, const struct mv_lacking *l,
                       uint32_t unit, struct mv_cells *into)
{
    struct mv_lacking now = *l;
    now.unit = unit;
    struct mv_cells in = counted_in(x, &now, x->k.target->year);
    mv_cells_add(into, &in,
                 mv_cells_words(x->c->indicators[l->indicator].frequency));
}

/* Does the roll-up of `top` ask the unit in that year? */
static bool is_asked(const struct looking *x, const struct mv_unit *top,
                     uint32_t indicator, uint32_t unit, int32_t year)
{
    return unit == top->index ||
           mv_plan_counts(x->k.env->plan, indicator, unit, year);
}

/* Of the unit and those below: of their totals, and of members. */
static void wanted_of(struct looking *x, const struct mv_term *t,
                      const struct mv_lacking *l, struct mv_cells *ret)
{
    const struct mv_indicator *ind = &x->c->indicators[l->indicator];
    const uint32_t *order = mv_plan_preorder(x->k.env->plan);
    const struct mv_unit *top = &x->c->units[l->unit];
    struct mv_span_of_cells only;
    struct mv_lacking of = *l;
    *ret = (struct mv_cells){{0}};
    for (uint32_t i = top->enter; i < top->leave; i++) {
        if (!is_asked(x, top, l->indicator, order[i], x->k.target->year))
            continue;
        of.member = l->member;
        add_wanted(x, &of, order[i], ret);
        for (of.member = 0;
             l->member == MV_MEMBER_TOTAL && of.member < ind->member_count;
             of.member++)
            add_wanted(x, &of, order[i], ret);
    }
    if (t->latest && !mv_cells_empty(ret, mv_cells_words(ind->frequency)) &&
        mv_cells_of(ind->frequency, l->year, t->part, t->code, &only))
        *ret = only.cells;
}

/* Is a whole year compared with what is in, which no sum can be? */
static bool takes_whole(const struct looking *x, const struct mv_term *t)
{
    bool takes = !t->latest;
    for (unsigned y = 0; y < t->count; y++)
        takes &=
            x->c->indicators[t->at[y].indicator].over_periods != MV_FOLD_SUM;
    return takes;
}

static bool is_complete(mv_freq freq, const struct mv_strand *s)
{
    unsigned words = mv_cells_words(freq);
    struct mv_cells year, held = s->counted;
    mv_cells_year(freq, s->year, &year);
    mv_cells_add(&held, &s->none_expected, words);
    return mv_cells_inside(&year, &held, words);
}

/* Figures that count and reach beyond what is wanted. False: none is in. */
static bool look_at_longer(struct looking *x, const struct mv_term *term,
                           const struct mv_cells *wanted, struct mv_lacking *l,
                           bool *told)
{
    struct mv_work *w = x->k.w;
    mv_freq freq = x->c->indicators[l->indicator].frequency;
    unsigned words = mv_cells_words(freq);
    struct mv_cells longer = {{0}};
    w->strand_count = w->stretch_count = 0;
    const struct mv_strand *s = &w->strands[mv_strand_load(
        w, x->k.env, l->unit, l->indicator, l->member, l->year)];
    l->has_only = false;
    l->count = 0;
    if (takes_whole(x, term) && is_complete(freq, s)) {
        *told = true; /* it is another year that lacks */
        return true;
    }
    for (uint32_t i = s->first; i < s->first + s->count; i++) {
        const struct mv_stretch *t = &w->stretches[i];
        if (!t->counts || !mv_cells_meet(&t->cells, wanted, words) ||
            mv_cells_inside(&t->cells, wanted, words))
            continue;
        mv_cells_add(&longer, &t->cells, words);
        l->has_only |= mv_slot_period(l->year, t->part, t->slot.code, &l->only);
    }
    mv_cells_keep(&longer, wanted, words);
    name_periods(&longer, freq, l);
    if (l->has_only && l->count > 0)
        tell(x, l);
    *told |= l->has_only && l->count > 0;
    return s->in;
}

/* As figures are collected: whose own are in needs none below. */
static void look_for_longer(struct looking *x, const struct mv_term *t,
                            const struct mv_series_year *base, bool *told)
{
    const uint32_t *order = mv_plan_preorder(x->k.env->plan);
    const struct mv_unit *top = &x->c->units[x->k.unit];
    const struct mv_indicator *ind = &x->c->indicators[base->indicator];
    for (uint32_t i = top->enter; i < top->leave && !is_full(x);) {
        struct mv_lacking l = {.indicator = base->indicator,
                               .member = base->member,
                               .unit = order[i],
                               .year = base->year};
        struct mv_cells wanted;
        if (!is_asked(x, top, base->indicator, order[i], base->year)) {
            i = x->c->units[order[i]].leave;
            continue;
        }
        wanted_of(x, t, &l, &wanted);
        bool in = look_at_longer(x, t, &wanted, &l, told);
        if (!in && base->member == MV_MEMBER_TOTAL) {
            for (l.member = 0; l.member < ind->member_count && !is_full(x);
                 l.member++)
                in |= look_at_longer(x, t, &wanted, &l, told);
        }
        if (ind->over_units == MV_FOLD_NONE)
            return;
        i = in ? x->c->units[order[i]].leave : i + 1;
    }
}

static void look_at_base(struct looking *x, const struct mv_term *t,
                         const struct mv_series_year *base)
{
    const uint32_t *order = mv_plan_preorder(x->k.env->plan);
    const struct mv_unit *top = &x->c->units[x->k.unit];
    bool told = false;
    if (base->indicator == MV_NONE)
        return;
    for (uint32_t i = top->enter; i < top->leave && !is_full(x); i++) {
        if (is_asked(x, top, base->indicator, order[i], base->year))
            look_at_unit(x, t, base, order[i], &told);
    }
    struct mv_lacking whole = {.indicator = base->indicator,
                               .member = base->member,
                               .unit = x->k.unit,
                               .year = base->year};
    if (!told)
        look_for_longer(x, t, base, &told);
    if (!told)
        tell(x, &whole);
}

static void look_at_ruling(struct looking *x, const struct mv_ruling *r)
{
    const struct mv_criterion *q = &x->c->criteria[r->criterion];
    x->k.member = r->member;
    x->k.each = q->each ? q->each_indicator : MV_NONE;
    (void)mv_terms_gather(&x->k, &x->c->nodes[q->first],
                          (unsigned)q->n_left + q->n_right);
    for (unsigned i = 0; i < x->k.group_count; i++) {
        const struct mv_group *g = &x->k.groups[i];
        bool lacks = (g->got.reasons & MV_REASON_BIT(MV_REASON_NO_BASE)) != 0;
        for (unsigned at = 0; lacks && at < g->term.count; at++)
            if (mv_term_is_base(&g->term, at))
                look_at_base(x, &g->term, &g->term.at[at]);
    }
}

void mv_lacking(const struct mv_judge_env *env, const struct mv_judgement *j,
                void (*each)(void *ctx, const struct mv_lacking *lacking),
                void *ctx)
{
    const struct mv_catalogue *c = mv_plan_catalogue(env->plan);
    struct looking *x = mv_xcalloc(1, sizeof *x);
    *x = (struct looking){.c = c,
                          .k = {.w = mv_work_open(),
                                .env = env,
                                .target = &c->targets[j->target],
                                .unit = j->unit},
                          .each = each,
                          .ctx = ctx};
    x->k.groups = x->k.w->groups;
    for (uint32_t i = 0; i < j->count && !is_full(x); i++)
        if (j->rulings[i].reason == MV_REASON_NO_BASE)
            look_at_ruling(x, &j->rulings[i]);
    mv_work_close(x->k.w);
    free(x);
}
