/* terms - see terms.h. Job: from nodes to gathered values. Invariant: terms
 * of one series are gathered together, with all years that are named, before
 * anything is computed; a named period stands alone. Works on copies: a crash
 * leaves nothing. */
#include "services/judging/terms.h"

#include "services/base/err.h"
#include "services/judging/children.h"
#include "services/judging/due.h"
#include "services/judging/formula.h"
#include "services/judging/share.h"

/* How a node's figures are gathered. */
struct wanted {
    uint8_t kind; /* as of a group */
    bool given;   /* one period of year[0], by name */
    bool alone;   /* GROWTH over a period: this year's value, by itself */
    struct mv_period period;
    uint32_t indicator, member;
    int32_t year; /* that the node names */
};

/* The member of `each`, by its name: another indicator numbers its own. */
static uint32_t member_of(const struct mv_case *k, uint32_t indicator,
                          uint32_t member)
{
    const struct mv_catalogue *c = mv_plan_catalogue(k->env->plan);
    if (member != MV_MEMBER_EACH)
        return member;
    if (indicator == k->each || k->member == MV_MEMBER_TOTAL)
        return k->member;
    return mv_catalogue_member(c, &c->indicators[indicator],
                               c->indicators[k->each].members[k->member].id);
}

static struct wanted wanted_of(const struct mv_case *k, const struct mv_node *n)
{
    struct wanted w = {.kind = n->kind,
                       .indicator = n->indicator,
                       .member = member_of(k, n->indicator, n->member),
                       .year = mv_node_year(n, k->target->year)};
    bool period = n->when == MV_WHEN_PERIOD;
    if (n->kind == MV_NODE_GROWTH) {
        w.alone = period;
        w.year = period ? k->target->year : w.year;
        return w;
    }
    if (n->kind == MV_NODE_RATE)
        w.kind = MV_NODE_VALUE;
    else if (n->kind == MV_NODE_HIGHEST || n->kind == MV_NODE_SPREAD)
        w.kind = MV_NODE_LOWEST;
    w.given = period;
    w.period = n->period;
    return w;
}

/* What growth(2019-M06) is measured from. */
static struct wanted base_of(const struct mv_case *k, const struct mv_node *n)
{
    struct wanted w = wanted_of(k, n);
    w.kind = MV_NODE_VALUE;
    w.alone = false;
    w.given = true;
    w.period = n->period;
    w.year = n->period.year;
    return w;
}

static bool is_of(const struct mv_group *g, const struct wanted *w)
{
    const struct mv_term *t = &g->term;
    if (g->kind != w->kind || t->indicator != w->indicator ||
        t->member != w->member || t->given != w->given)
        return false;
    if (w->given) {
        uint8_t part, code;
        mv_slot_place(&w->period, &part, &code);
        return t->at[0].year == w->year && t->part == part && t->code == code;
    }
    if (w->kind != MV_NODE_GROWTH)
        return true;
    return g->alone == w->alone && t->at[t->count - 1].year == w->year;
}

bool mv_terms_is_of(const struct mv_case *k, const struct mv_node *n,
                    const struct mv_group *g)
{
    struct wanted w = wanted_of(k, n);
    return is_of(g, &w);
}

static struct mv_group *find_group(const struct mv_case *k,
                                   const struct wanted *w)
{
    for (unsigned i = 0; i < k->group_count; i++) {
        if (is_of(&k->groups[i], w))
            return &k->groups[i];
    }
    return NULL;
}

static unsigned year_at(const struct mv_term *t, int32_t year)
{
    unsigned y = 0;
    while (y < mv_term_years(t) && mv_term_year(t, y) != year)
        y++;
    return y;
}

/* The pushed series of one more year. False: more than are kept. */
static bool add_year(const struct mv_case *k, struct mv_term *t, int32_t year)
{
    const struct mv_catalogue *c = mv_plan_catalogue(k->env->plan);
    struct mv_series_year only = {t->indicator, t->member, year};
    struct mv_recipe made;
    if (t->indicator == MV_NONE ||
        c->indicators[t->indicator].formula == MV_NONE) {
        t->parts = 1;
        if (t->count < MV_TERM_COLUMNS_MAX)
            t->at[t->count++] = only;
        return t->at[t->count - 1].year == year;
    }
    bool known = mv_recipe_of(c, (struct mv_series){t->indicator, t->member},
                              &made); /* the catalogue refuses others */
    MV_ASSERT(known);
    t->parts = made.parts;
    if (t->count + t->parts > MV_TERM_COLUMNS_MAX)
        return false;
    for (unsigned i = 0; i < made.count; i++) {
        struct mv_series s = made.at[i];
        if (c->indicators[s.indicator].formula == MV_NONE)
            t->at[t->count++] =
                (struct mv_series_year){s.indicator, s.member, year};
    }
    return true;
}

static struct mv_group *new_group(struct mv_case *k, const struct wanted *w)
{
    if (k->group_count == MV_GROUPS_MAX)
        return NULL;
    struct mv_group *g = &k->groups[k->group_count++];
    g->kind = w->kind;
    g->share = NULL;
    g->alone = w->alone;
    g->term = (struct mv_term){.unit = k->unit,
                               .indicator = w->indicator,
                               .member = w->member,
                               .latest = w->kind == MV_NODE_LATEST || w->given,
                               .given = w->given};
    (void)add_year(k, &g->term, w->given ? w->year : k->target->year);
    if (!g->term.latest) {
        g->term.forecast = k->target->forecast;
        g->term.recent = k->target->forecast_periods;
    }
    if (w->given)
        mv_slot_place(&w->period, &g->term.part, &g->term.code);
    return g;
}

/* False: more series or years than are kept. */
static bool add(struct mv_case *k, const struct wanted *w)
{
    struct mv_group *g = find_group(k, w);
    if (g == NULL && (g = new_group(k, w)) == NULL)
        return false;
    return year_at(&g->term, w->year) < mv_term_years(&g->term) ||
           add_year(k, &g->term, w->year);
}

/* The target's own `latest`, for a path between days. */
static struct wanted own_latest(const struct mv_case *k)
{
    const struct mv_catalogue *c = mv_plan_catalogue(k->env->plan);
    uint32_t own = k->target->indicator;
    bool each =
        k->each != MV_NONE && mv_span_equal(c->indicators[own].dimension,
                                            c->indicators[k->each].dimension);
    return (struct wanted){
        .kind = MV_NODE_LATEST,
        .indicator = own,
        .member = member_of(k, own, each ? MV_MEMBER_EACH : MV_MEMBER_TOTAL),
        .year = k->target->year};
}

static bool add_node(struct mv_case *k, const struct mv_node *n)
{
    struct wanted w;
    if (n->kind == MV_NODE_PATH && !n->year_given) {
        w = own_latest(k);
        return add(k, &w);
    }
    if (n->kind == MV_NODE_SHARE) {
        w = (struct wanted){.kind = MV_NODE_SHARE,
                            .indicator = MV_NONE,
                            .member = MV_MEMBER_TOTAL};
        struct mv_group *g = new_group(k, &w);
        if (g != NULL)
            g->share = n;
        return g != NULL;
    }
    if (!mv_node_is_series(n->kind))
        return true;
    w = wanted_of(k, n);
    if (!add(k, &w))
        return false;
    if (!w.alone)
        return true;
    w = base_of(k, n);
    return add(k, &w);
}

uint32_t mv_terms_why_not_now(const struct mv_case *k, const struct mv_term *t,
                              const struct mv_gathered *got)
{
    const struct mv_catalogue *c = mv_plan_catalogue(k->env->plan);
    for (unsigned part = 0; part < t->parts; part++) {
        const struct mv_indicator *ind = &c->indicators[t->at[part].indicator];
        const struct mv_lack *l = &got->lack[part];
        int32_t year = t->at[0].year;
        struct mv_period p;
        int n = 0;
        if (!l->nothing || ind->due.kind == MV_DUE_NEVER)
            continue;
        while ((n = mv_lack_next(l, ind->frequency, year, n, &p)) != 0)
            if (mv_due_late(k->env, ind, &p))
                return MV_REASON_BIT(MV_REASON_OVERDUE);
    }
    return MV_REASON_BIT(MV_REASON_NOT_DUE);
}

static bool is_same_series(const struct mv_used *u,
                           const struct mv_series_year *t)
{
    return u->term_indicator == t->indicator && u->term_member == t->member;
}

/* A new series between a named period and other figures of its series. */
static uint32_t breaks_of(const struct mv_case *k,
                          const struct mv_series_year *t)
{
    const struct mv_used *old = NULL, *young = NULL;
    for (uint32_t i = 0; i < k->w->used_count; i++) {
        const struct mv_used *u = &k->w->used[i];
        if (!is_same_series(u, t))
            continue;
        if (old == NULL || u->year < old->year ||
            (u->year == old->year && u->first_start < old->first_start))
            old = u;
        if (young == NULL || u->year > young->year ||
            (u->year == young->year && u->last_start > young->last_start))
            young = u;
    }
    if (old == NULL || old->year == young->year)
        return 0;
    struct mv_days between = {old->first_start, young->last_start};
    for (uint32_t i = 0; i < k->w->used_count; i++) {
        const struct mv_used *u = &k->w->used[i];
        struct mv_term series = {.unit = u->unit,
                                 .indicator = u->term_indicator,
                                 .member = u->member};
        if (is_same_series(u, t) &&
            mv_joint_breaks(k->env, &series, old->year, young->year, between,
                            &k->w->broken))
            return MV_REASON_BIT(MV_REASON_SERIES_BREAK);
    }
    return 0;
}

static bool any_given(const struct mv_case *k)
{
    for (unsigned i = 0; i < k->group_count; i++) {
        if (k->groups[i].term.given)
            return true;
    }
    return false;
}

static uint32_t why_not(const struct mv_case *k, const struct mv_group *g)
{
    return g->got.reasons |
           (g->got.nothing_now ? mv_terms_why_not_now(k, &g->term, &g->got)
                               : 0);
}

static uint32_t gather_one(struct mv_case *k, struct mv_group *g)
{
    if (g->kind == MV_NODE_LOWEST)
        return mv_children_gather(k, g);
    mv_gather(k->w, k->env, &g->term, &g->got);
    return why_not(k, g);
}

uint32_t mv_terms_gather(struct mv_case *k, const struct mv_node *nodes,
                         unsigned count)
{
    uint32_t reasons = 0;
    k->group_count = 0;
    k->w->child_count = 0;
    for (unsigned i = 0; i < count; i++) {
        if (!add_node(k, &nodes[i]))
            return MV_NOT_COMPUTABLE;
        if (nodes[i].kind == MV_NODE_SHARE)
            i += nodes[i].count;
    }
    k->w->keep_used = any_given(k);
    k->w->used_count = 0;
    for (unsigned i = 0; i < k->group_count; i++) {
        if (k->groups[i].kind != MV_NODE_SHARE)
            reasons |= gather_one(k, &k->groups[i]);
    }
    for (unsigned i = 0; k->w->keep_used && i < k->group_count; i++) {
        const struct mv_group *g = &k->groups[i];
        if (!g->term.given || g->kind == MV_NODE_LOWEST || why_not(k, g) != 0)
            continue; /* not in: no new series lies between it and others */
        for (unsigned part = 0; part < g->term.parts; part++)
            reasons |= breaks_of(k, &g->term.at[part]);
    }
    for (unsigned i = 0; i < k->group_count; i++) {
        if (k->groups[i].kind == MV_NODE_SHARE)
            reasons |= mv_share_gather(k, &k->groups[i]);
    }
    return reasons;
}

void mv_terms_basis(const struct mv_case *k, struct mv_basis *into)
{
    for (unsigned i = 0; i < k->group_count; i++) {
        const struct mv_group *g = &k->groups[i];
        if (g->term.at[0].year == k->target->year) {
            mv_basis_merge(into, &g->got.basis);
            continue;
        }
        struct mv_basis b = g->got.basis;
        for (unsigned w = 0; w < MV_STRETCH_WORDS; w++)
            b.stretches[w] = 0;
        mv_basis_merge(into, &b);
    }
}

static uint32_t number_of(const struct mv_case *k, const struct mv_group *g,
                          unsigned year, struct mv_dec *ret)
{
    return mv_formula_number(k->env->plan, &g->term, &g->got, year, ret);
}

/* v x 100 / b - 100, of two years, or of a year and a period. */
static uint32_t growth(const struct mv_case *k, const struct mv_node *n,
                       const struct mv_group *g, struct mv_side *ret)
{
    struct mv_dec v, b;
    unsigned at = mv_term_years(&g->term) - 1;
    const struct mv_group *base = g;
    if (g->alone) {
        struct wanted w = base_of(k, n);
        base = find_group(k, &w);
        at = 0;
    }
    MV_ASSERT(base != NULL);
    uint32_t why = number_of(k, g, 0, &v);
    if (why == 0)
        why = number_of(k, base, at, &b);
    if (why != 0)
        return why;
    if (mv_dec_sign(b) <= 0)
        return MV_REASON_BIT(MV_REASON_NO_BASE);
    if (!mv_dec_ratio(&v, v.pico, b.pico, MV_DEC_HUNDRED) ||
        !mv_dec_sub(&ret->n, v, mv_dec_from_int(MV_DEC_HUNDRED)))
        return MV_NOT_COMPUTABLE;
    return 0;
}

const struct mv_population *mv_terms_inhabitants(const struct mv_unit *u,
                                                 int32_t year)
{
    const struct mv_population *found = NULL;
    for (uint32_t i = 0; i < u->population_count; i++) {
        if (u->population[i].year <= year)
            found = &u->population[i];
    }
    return found;
}

static uint32_t per_inhabitants(struct mv_case *k, const struct mv_node *n,
                                int32_t year, struct mv_side *ret)
{
    const struct mv_catalogue *c = mv_plan_catalogue(k->env->plan);
    const struct mv_population *found =
        mv_terms_inhabitants(&c->units[k->unit], year);
    if (found == NULL)
        return MV_NOT_COMPUTABLE;
    if (found->year != year)
        k->inhabitants = found->year;
    ret->is_pair = false;
    mv_i128 per = n->micro / MV_MICRO_ONE;
    return mv_dec_ratio(&ret->n, ret->n.pico, found->persons * MV_DEC_ONE, per)
               ? 0
               : MV_NOT_COMPUTABLE;
}

/* Is all of that year held, or forecast, in every part? */
static bool is_whole(const struct mv_group *g, unsigned y)
{
    uint64_t parts = (UINT64_C(1) << g->term.parts) - 1;
    return (g->got.whole >> y * g->term.parts & parts) == parts;
}

uint32_t mv_terms_value(struct mv_case *k, const struct mv_node *n,
                        struct mv_side *ret)
{
    if (n->kind == MV_NODE_SHARE)
        return mv_share_value(k, n, ret);
    struct wanted w = wanted_of(k, n);
    const struct mv_group *g = find_group(k, &w);
    MV_ASSERT(g != NULL);
    if (g->kind == MV_NODE_LOWEST)
        return mv_children_value(k, g, n, year_at(&g->term, w.year), ret);
    int64_t scale = mv_plan_scale(k->env->plan, n->indicator);
    *ret = (struct mv_side){.scale = scale};
    if (n->kind == MV_NODE_GROWTH)
        return growth(k, n, g, ret);
    unsigned y = year_at(&g->term, w.year);
    uint32_t why = number_of(k, g, y, &ret->n);
    if (why != 0)
        return why;
    ret->fixed = w.given || (g->kind == MV_NODE_VALUE &&
                             k->target->forecast != MV_FORECAST_NONE &&
                             w.year != k->target->year && is_whole(g, y));
    if (!mv_formula_makes(k->env->plan, &g->term)) {
        const struct mv_amount *a = &g->got.amounts[y];
        ret->is_pair = a->is_pair;
        ret->num = a->num;
        ret->den = a->den;
    }
    return n->kind == MV_NODE_RATE ? per_inhabitants(k, n, w.year, ret) : 0;
}

const struct mv_group *mv_terms_own_value(const struct mv_case *k)
{
    struct wanted w = own_latest(k);
    w.kind = MV_NODE_VALUE;
    return find_group(k, &w);
}

int32_t mv_terms_latest_day(const struct mv_case *k)
{
    struct wanted w = own_latest(k);
    const struct mv_group *g = find_group(k, &w);
    struct mv_period p;
    MV_ASSERT(g != NULL);
    bool known =
        mv_slot_period(g->term.at[0].year, g->term.part, g->term.code, &p);
    MV_ASSERT(known);
    return p.last_day;
}

/* One term over several periods. */
struct over {
    struct mv_case *k;
    struct mv_node n;
    struct mv_periods periods;
    mv_terms_each *each;
    void *ctx;
};

static void tell_period(void *ctx, unsigned i)
{
    struct over *o = ctx;
    struct mv_side side = {0};
    uint32_t why = why_not(o->k, &o->k->groups[0]);
    o->n.period = o->periods.at[i];
    if (why == 0)
        why = mv_terms_value(o->k, &o->n, &side);
    o->each(o->ctx, i, why, &side);
}

void mv_terms_periods(struct mv_case *k, const struct mv_node *n,
                      struct mv_periods periods, mv_terms_each *each, void *ctx)
{
    struct over o = {
        .k = k, .n = *n, .periods = periods, .each = each, .ctx = ctx};
    const struct mv_side none = {0};
    MV_ASSERT(periods.count > 0 &&
              (n->kind == MV_NODE_VALUE || n->kind == MV_NODE_RATE));
    o.n.when = MV_WHEN_PERIOD;
    o.n.period = periods.at[0];
    k->group_count = 0;
    k->w->keep_used = false;
    if (add_node(k, &o.n)) {
        mv_gather_periods(k->w, k->env, &k->groups[0].term, &k->groups[0].got,
                          periods, tell_period, &o);
        return;
    }
    for (unsigned i = 0; i < periods.count; i++)
        each(ctx, i, MV_NOT_COMPUTABLE, &none);
}

bool mv_terms_may_hide(struct mv_case *k, const struct mv_node *n)
{
    k->group_count = 0;
    k->w->keep_used = false;
    return !add_node(k, n) ||
           mv_gather_may_hide(k->w, k->env, &k->groups[0].term,
                              &k->groups[0].got);
}
