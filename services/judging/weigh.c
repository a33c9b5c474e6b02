/* weigh - see weigh.h. Job: the numbers between the figures and a status.
 * Invariant: a unit below is gathered just as the roll-up gathered it, over
 * the same years, so that the shares add up. Reads rows only: a crash leaves
 * nothing. */
#include "services/judging/weigh.h"

#include <stdlib.h>

#include "services/judging/below.h"
#include "services/judging/children.h"
#include "services/judging/fold.h"
#include "services/judging/formula.h"
#include "services/judging/hide.h"
#include "services/judging/reported.h"
#include "services/judging/share.h"
#include "services/judging/terms.h"

struct weighing {
    const struct mv_catalogue *c;
    struct mv_case k;       /* of the unit, then of those below */
    struct mv_group *whole; /* MV_GROUPS_MAX: the unit's own */
    unsigned whole_count;
    uint32_t unit, criterion;
    struct mv_nodes nodes; /* of the criterion, or of its share in hand */
    bool (*each)(void *ctx, const struct mv_piece *piece);
    void *ctx;
    bool stopped;
};

/* Columns are what is gathered: every part of every year. */
static void name_column(const struct mv_group *g, unsigned at,
                        struct mv_piece *p)
{
    const struct mv_series_year *s = &g->term.at[at];
    p->indicator = s->indicator;
    p->of_member = s->member;
    p->year = s->year;
    p->of_base = mv_term_is_base(&g->term, at);
}

/* A sum of millionths over div, as a number. */
static bool part_of(mv_i128 sum, mv_i128 div, struct mv_dec *ret)
{
    return mv_dec_ratio(ret, sum, div * MV_MICRO_ONE, 1);
}

/* False: there is no number in that column. */
static bool read_amount(const struct weighing *x, const struct mv_group *g,
                        unsigned at, struct mv_piece *p)
{
    const struct mv_amount *a = &g->got.amounts[at];
    int64_t scale = mv_plan_scale(x->k.env->plan, p->indicator);
    if (g->got.reasons != 0 || g->got.nothing_now ||
        mv_amount_number(a, scale, &p->n) != MV_REASON_NO)
        return false;
    p->has_n = true;
    p->is_pair = a->has_pair && part_of(a->num, a->div, &p->num) &&
                 part_of(a->den, a->div, &p->den);
    return true;
}

static void tell(struct weighing *x, const struct mv_piece *p)
{
    x->stopped = x->stopped || !x->each(x->ctx, p);
}

/* The periods of which some is among the cells. */
static void name_periods(mv_freq freq, int32_t year,
                         const struct mv_cells *cells, struct mv_named *ret)
{
    struct mv_cells one;
    for (int n = 1; mv_cells_nth(freq, year, n, &one); n++) {
        if (!mv_cells_meet(&one, cells, mv_cells_words(freq)))
            continue;
        ret->of++;
        if (ret->count < MV_NAMED_MAX &&
            mv_period_nth(freq, year, n, &ret->at[ret->count]))
            ret->count++;
    }
}

static uint16_t count_without(mv_freq freq, int32_t year,
                              const struct mv_cells *missing,
                              const struct mv_cells *assumed)
{
    unsigned words = mv_cells_words(freq);
    struct mv_cells one;
    uint16_t count = 0;
    for (int n = 1; mv_cells_nth(freq, year, n, &one); n++) {
        if (mv_cells_meet(&one, missing, words) &&
            !mv_cells_meet(&one, assumed, words))
            count++;
    }
    return count;
}

/* What is not in, and what was assumed of it. */
static void list_missing(const struct weighing *x, const struct mv_group *g,
                         unsigned at, struct mv_piece *p)
{
    mv_freq freq = x->c->indicators[p->indicator].frequency;
    const struct mv_cells *missing = &g->got.lack[at].missing;
    struct mv_assumed assumed;
    struct mv_cells any = {{0}};
    if (p->of_base)
        return;
    name_periods(freq, p->year, missing, &p->missing);
    p->without = p->missing.of;
    if (!g->got.basis.forecast)
        return;
    x->k.w->keep_used = false;
    mv_gather_assumed(x->k.w, x->k.env, &g->term, at, &assumed);
    for (unsigned way = 0; way < MV_WAYS; way++) {
        name_periods(freq, p->year, &assumed.by[way], &p->assumed[way]);
        mv_cells_add(&any, &assumed.by[way], MV_CELL_WORDS);
    }
    p->without = count_without(freq, p->year, missing, &any);
    p->recent = assumed.recent;
}

/* What it is of the whole, and what the whole would be without it. */
static void weigh_in(const struct weighing *x, const struct mv_piece *whole,
                     struct mv_piece *p)
{
    mv_fold how = x->c->indicators[p->indicator].over_units;
    struct mv_dec num, den, without;
    if (how == MV_FOLD_SUM) {
        p->has_share = mv_dec_ratio(&p->share, p->n.pico, whole->n.pico, 100);
        return;
    }
    if (!p->is_pair || !whole->is_pair)
        return;
    p->has_share = mv_dec_ratio(&p->share, p->den.pico, whole->den.pico, 100);
    p->has_pull = mv_dec_sub(&num, whole->num, p->num) &&
                  mv_dec_sub(&den, whole->den, p->den) &&
                  mv_dec_ratio(&without, num.pico, den.pico,
                               mv_plan_scale(x->k.env->plan, p->indicator)) &&
                  mv_dec_sub(&p->pull, whole->n, without);
}

static struct mv_piece piece_of(const struct weighing *x,
                                const struct mv_group *g, unsigned at,
                                uint32_t unit)
{
    struct mv_piece p = {.criterion = x->criterion,
                         .member = x->k.member,
                         .kind = g->kind,
                         .below = unit != x->unit,
                         .unit = unit};
    name_column(g, at, &p);
    return p;
}

/* ... where a rate of the criterion, or of the share, is of that number. */
static void find_inhabitants(const struct weighing *x, const struct mv_group *g,
                             struct mv_piece *p)
{
    for (unsigned i = 0; i < x->nodes.count; i++) {
        const struct mv_node *n = &x->nodes.at[i];
        if (n->kind == MV_NODE_SHARE)
            i += n->count;
        else if (n->kind == MV_NODE_RATE && mv_terms_is_of(&x->k, n, g) &&
                 mv_node_year(n, x->k.target->year) == p->year)
            p->inhabitants =
                mv_terms_inhabitants(&x->c->units[p->unit], p->year);
    }
}

/* What a formula makes of the year's parts. */
static void tell_derived(struct weighing *x, const struct mv_group *g,
                         unsigned year)
{
    struct mv_piece p = piece_of(x, g, year * g->term.parts, x->unit);
    p.indicator = g->term.indicator;
    p.of_member = g->term.member;
    if (mv_formula_makes(x->k.env->plan, &g->term) && g->got.reasons == 0 &&
        !g->got.nothing_now &&
        mv_formula_number(x->k.env->plan, &g->term, &g->got, year, &p.n) == 0) {
        p.has_n = true;
        find_inhabitants(x, g, &p);
        tell(x, &p);
    }
}

/* Is the number made of units below? */
static bool is_rolled_up(const struct weighing *x, const struct mv_group *g,
                         const struct mv_piece *p)
{
    return !g->got.basis.own &&
           x->c->indicators[p->indicator].over_units != MV_FOLD_NONE;
}

static const struct mv_group *gather_below(struct weighing *x, unsigned group,
                                           uint32_t unit)
{
    return mv_below_gather(&x->k, x->nodes, &x->whole[group], group, unit);
}

/* Of a unit that is not there all the year, not all that it has counts. */
static void weigh_stock(struct weighing *x, unsigned group, unsigned at,
                        const struct mv_piece *whole, struct mv_piece *p)
{
    struct mv_group g = x->whole[group];
    struct mv_piece counted = *p;
    x->k.w->keep_used = false;
    mv_gather_child(x->k.w, x->k.env, &x->whole[group].term, p->unit, &g.got);
    p->ended = g.got.reasons == MV_LEFT_ENDED &&
               x->c->units[p->unit].last_day < mv_day_of(p->year, 12, 31);
    if (!read_amount(x, &g, at, &counted))
        return;
    weigh_in(x, whole, &counted);
    p->has_adds = x->c->indicators[p->indicator].over_units == MV_FOLD_SUM &&
                  mv_dec_compare(counted.n, p->n) != 0;
    p->adds = counted.n;
    p->has_share = counted.has_share;
    p->share = counted.share;
    p->has_pull = counted.has_pull;
    p->pull = counted.pull;
}

static void weigh_child(struct weighing *x, unsigned group, unsigned at,
                        uint32_t unit, uint32_t hidden,
                        const struct mv_piece *whole)
{
    const struct mv_group *g = gather_below(x, group, unit);
    if (g == NULL)
        return;
    struct mv_piece p = piece_of(x, g, at, unit);
    if (unit == hidden ||
        (g->got.reasons & MV_REASON_BIT(MV_REASON_SUPPRESSED)) != 0) {
        p.reason = MV_REASON_SUPPRESSED;
        tell(x, &p);
        return;
    }
    if (!read_amount(x, g, at, &p))
        return;
    p.unweighted = mv_below_is_bare(x->c, g);
    if (!p.unweighted && x->whole[group].got.stock)
        weigh_stock(x, group, at, whole, &p);
    else if (!p.unweighted)
        weigh_in(x, whole, &p);
    tell(x, &p);
}

static void weigh_children(struct weighing *x, unsigned group, unsigned at,
                           uint32_t hidden, const struct mv_piece *whole)
{
    struct mv_indices below = x->c->units[x->unit].children;
    for (uint32_t i = 0; i < below.count && !x->stopped; i++) {
        if (mv_plan_counts(x->k.env->plan, whole->indicator, below.at[i],
                           whole->year))
            weigh_child(x, group, at, below.at[i], hidden, whole);
    }
}

static void weigh_group(struct weighing *x, unsigned group)
{
    const struct mv_group *g = &x->whole[group];
    uint32_t hidden = mv_below_hidden(&x->k, x->nodes, g, group);
    for (unsigned at = 0; at < g->term.count && !x->stopped; at++) {
        if (at % g->term.parts == 0)
            tell_derived(x, g, at / g->term.parts);
        struct mv_piece p = piece_of(x, g, at, x->unit);
        if (!read_amount(x, g, at, &p))
            continue;
        if (!mv_formula_makes(x->k.env->plan, &g->term))
            find_inhabitants(x, g, &p);
        list_missing(x, g, at, &p);
        tell(x, &p);
        if (!p.of_base && is_rolled_up(x, g, &p))
            weigh_children(x, group, at, hidden, &p);
    }
}

/* ---- lowest, highest, spread, share: the units that they are of ---- */

/* In that year of the group; the number is yet to be told. */
static struct mv_piece unit_piece(const struct weighing *x,
                                  const struct mv_group *g, unsigned year,
                                  uint32_t unit)
{
    struct mv_piece p = piece_of(x, g, year * g->term.parts, unit);
    p.kind = MV_NODE_LOWEST;
    p.indicator = g->term.indicator;
    p.of_member = g->term.member;
    return p;
}

/* why: bits of reasons; 0: nobody asks it. */
static void tell_left_out(struct weighing *x, const struct mv_group *g,
                          uint32_t unit, uint32_t why)
{
    struct mv_piece p = unit_piece(x, g, 0, unit);
    p.excepted = why == 0;
    p.reason = why != 0 ? mv_reason_first(why) : MV_REASON_NO;
    tell(x, &p);
}

static void tell_child(struct weighing *x, const struct mv_group *g,
                       const struct mv_child *child)
{
    if (!child->counts) {
        tell_left_out(x, g, child->unit, child->why);
        return;
    }
    for (unsigned y = 0; y < mv_term_years(&g->term); y++) {
        struct mv_piece p = unit_piece(x, g, y, child->unit);
        p.has_n = true;
        p.n = child->n[y];
        tell(x, &p);
    }
}

static void tell_units(struct weighing *x, const struct mv_group *g)
{
    struct mv_indices below = x->c->units[x->unit].children;
    uint32_t at = 0;
    for (uint32_t i = 0; i < below.count && !x->stopped; i++) {
        if (!mv_plan_counts(x->k.env->plan, g->term.indicator, below.at[i],
                            g->term.at[0].year))
            tell_left_out(x, g, below.at[i], 0);
        else if (at < g->count)
            tell_child(x, g, &x->k.w->children[g->first + at++]);
    }
}

/* One series of the condition, of a unit for which it is judged. */
static void tell_asked(struct weighing *x, const struct mv_group *g,
                       uint32_t unit, bool holds, bool hidden)
{
    const struct mv_plan *plan = x->k.env->plan;
    for (unsigned y = 0; y < mv_term_years(&g->term); y++) {
        struct mv_piece p = unit_piece(x, g, y, unit);
        p.judged = true;
        p.holds = holds;
        p.reason = hidden ? MV_REASON_SUPPRESSED : MV_REASON_NO;
        p.has_n =
            !hidden && mv_formula_number(plan, &g->term, &g->got, y, &p.n) == 0;
        if (p.has_n && !mv_formula_makes(plan, &g->term))
            (void)read_amount(x, g, y, &p);
        if (p.has_n)
            find_inhabitants(x, g, &p);
        tell(x, &p);
    }
}

/* Of each series of the condition, whose number the shown ones must not tell:
 * it counts in the share all the same. */
static void find_hidden(struct weighing *x, const struct mv_node *share,
                        uint32_t ret[MV_GROUPS_MAX])
{
    struct mv_indices below = x->c->units[x->unit].children;
    struct mv_hide h[MV_GROUPS_MAX] = {0};
    for (uint32_t i = 0; i < below.count; i++) {
        struct mv_case inner;
        bool holds;
        if (!mv_share_asks(&x->k, share, below.at[i]))
            continue;
        uint32_t why =
            mv_share_judge(&x->k, share, below.at[i], &inner, &holds);
        for (unsigned n = 0; n < inner.group_count; n++) {
            const struct mv_gathered *got = &inner.groups[n].got;
            bool shown = why == 0 && got->amounts[0].has_pair;
            mv_hide_add(&h[n], below.at[i], got->small,
                        shown ? &got->amounts[0].held : NULL);
        }
    }
    for (unsigned n = 0; n < MV_GROUPS_MAX; n++)
        if (!mv_hide_next(&h[n], &ret[n]))
            ret[n] = MV_NONE;
}

static void tell_share(struct weighing *x, const struct mv_node *share)
{
    struct mv_indices below = x->c->units[x->unit].children;
    const struct mv_nodes whole = x->nodes;
    uint32_t hidden[MV_GROUPS_MAX];
    find_hidden(x, share, hidden);
    x->nodes = (struct mv_nodes){share + 1, share->count};
    for (uint32_t i = 0; i < below.count && !x->stopped; i++) {
        struct mv_case inner;
        bool holds, asks = mv_share_asks(&x->k, share, below.at[i]);
        uint32_t why =
            mv_share_judge(&x->k, share, below.at[i], &inner, &holds);
        if (!asks || why != 0) {
            tell_left_out(x, &inner.groups[0], below.at[i], asks ? why : 0);
            continue;
        }
        for (unsigned n = 0; n < inner.group_count && !x->stopped; n++)
            tell_asked(x, &inner.groups[n], below.at[i], holds,
                       hidden[n] == below.at[i]);
    }
    x->nodes = whole;
}

static void weigh_nodes(struct weighing *x)
{
    x->k.unit = x->unit;
    (void)mv_terms_gather(&x->k, x->nodes.at, x->nodes.count);
    x->whole_count = x->k.group_count;
    for (unsigned i = 0; i < x->whole_count; i++) {
        x->whole[i] = x->k.groups[i];
        if (x->whole[i].kind == MV_NODE_LOWEST)
            tell_units(x, &x->whole[i]);
        else if (x->whole[i].kind == MV_NODE_SHARE)
            tell_share(x, x->whole[i].share);
    }
    for (unsigned i = 0; i < x->whole_count && !x->stopped; i++) {
        uint8_t kind = x->whole[i].kind;
        if (kind == MV_NODE_VALUE || kind == MV_NODE_LATEST ||
            kind == MV_NODE_GROWTH)
            weigh_group(x, i);
    }
}

static uint32_t members_of(const struct mv_catalogue *c,
                           const struct mv_criterion *q)
{
    return q->each ? c->indicators[q->each_indicator].member_count : 1;
}

/* Of the part-th criterion and member. */
static void weigh_asked(struct weighing *x, uint32_t part)
{
    uint32_t at = x->k.target->require.first, members;
    const struct mv_criterion *q;
    for (; part >= (members = members_of(x->c, &x->c->criteria[at])); at++)
        part -= members;
    q = &x->c->criteria[at];
    x->criterion = at;
    x->nodes = mv_nodes_of(x->c, q);
    x->k.member = q->each ? part : MV_MEMBER_TOTAL;
    x->k.each = q->each ? q->each_indicator : MV_NONE;
    weigh_nodes(x);
}

/* What no criterion asks. */
static void weigh_reported(struct weighing *x, uint32_t i)
{
    const struct mv_node node = mv_reported_node(x->k.target, i);
    x->criterion = MV_NONE;
    x->nodes = (struct mv_nodes){&node, 1};
    x->k.member = MV_MEMBER_TOTAL;
    x->k.each = MV_NONE;
    weigh_nodes(x);
}

uint32_t mv_weigh_parts(const struct mv_judge_env *env, uint32_t target)
{
    const struct mv_catalogue *c = mv_plan_catalogue(env->plan);
    const struct mv_target *t = &c->targets[target];
    uint32_t parts = mv_reported_count(c, t);
    for (uint32_t i = 0; t->state == MV_STATE_FIGURES && i < t->require.count;
         i++)
        parts += members_of(c, &c->criteria[t->require.first + i]);
    return parts;
}

void mv_weigh(const struct mv_judge_env *env, uint32_t target, uint32_t unit,
              uint32_t part,
              bool (*each)(void *ctx, const struct mv_piece *piece), void *ctx)
{
    const struct mv_catalogue *c = mv_plan_catalogue(env->plan);
    const struct mv_target *t = &c->targets[target];
    if (part >= mv_weigh_parts(env, target))
        return;
    struct weighing x = {.c = c,
                         .k = {.w = mv_work_open(), .env = env, .target = t},
                         .whole = mv_xcalloc(MV_GROUPS_MAX, sizeof *x.whole),
                         .unit = unit,
                         .each = each,
                         .ctx = ctx};
    x.k.groups = x.k.w->groups;
    if (t->state == MV_STATE_FIGURES)
        weigh_asked(&x, part);
    else
        weigh_reported(&x, part);
    free(x.whole);
    mv_work_close(x.k.w);
}
