/* explain - see explain.h. Job: every figure that a target may use, in one
 * fixed order, a part at a time. Invariant: it shows what mv_judge reads, no
 * more, and the same wherever it was begun. Reads rows only: a crash leaves
 * nothing. */
#include "services/judging/explain.h"

#include <stdlib.h>
#include <string.h>

#include "services/base/err.h"
#include "services/catalogue/recipe.h"
#include "services/judging/counted.h"
#include "services/judging/reported.h"
#include "services/judging/terms.h"

/* A series of the indicator as the target names it: of one member or the
 * total, of the unit that is explained or of each of those right below it. */
enum root { OF_UNIT, OF_EACH_BELOW, ROOTS };
struct named {
    bool is;
    bool year;        /* more than a period is asked of it: see struct asked */
    bool open;        /* the figures of the unit in hand may go into it */
    uint32_t covered; /* up to: below a unit whose own figures count, that is
                         apart, or above which units do not add up */
};

/* A period of the year that is asked of named[of]. */
struct asked {
    uint32_t of;
    struct mv_cells cells;
};

struct mv_explaining {
    const struct mv_judge_env *env;
    const struct mv_catalogue *c;
    struct mv_work *w, *aside; /* aside: for suppressed */
    struct mv_judgement judged;
    bool (*each)(void *ctx, const struct mv_behind *behind);
    void *ctx;
    uint32_t target, unit;
    uint32_t use; /* which of the target's, and of its years */
    int year;
    uint32_t at;         /* of the units in preorder */
    struct named *named; /* of the total, then by member; ROOTS of each */
    struct asked *asked;
    uint32_t asked_count, asked_cap;
    uint64_t part;
    bool known, suppressed; /* of the part, once asked for */
    struct mv_counted counted;
};

static const struct mv_indices *uses_of(const struct mv_explaining *k)
{
    return &k->c->targets[k->target].uses;
}

static uint32_t indicator_of(const struct mv_explaining *k)
{
    return uses_of(k)->at[k->use];
}

/* Is the node's number made of all figures of that year? One that it is held
 * against is over the periods of the target's own. */
static bool is_over(const struct mv_target *t, const struct mv_node *n,
                    int32_t year)
{
    bool period = n->when == MV_WHEN_PERIOD;
    bool season = t->forecast == MV_FORECAST_SEASONAL && year == t->year - 1;
    if (period && n->kind != MV_NODE_GROWTH)
        return false;
    return year == t->year || season ||
           (!period && year == mv_node_year(n, t->year));
}

/* ... or of some? */
static bool reaches(const struct mv_target *t, const struct mv_node *n,
                    int32_t year)
{
    return is_over(t, n, year) || year == mv_node_year(n, t->year);
}

/* Is the number of the node made of the indicator's figures of that year? */
static bool is_of_node(const struct mv_explaining *k, const struct mv_node *n)
{
    const struct mv_target *t = &k->c->targets[k->target];
    struct mv_series any = {n->indicator, MV_MEMBER_EACH};
    struct mv_recipe made;
    bool found = false;
    if (!reaches(t, n, k->year))
        return false;
    bool known = mv_recipe_of(k->c, any, &made);
    MV_ASSERT(known); /* the catalogue refuses others */
    for (unsigned i = 0; i < made.count; i++)
        found |= made.at[i].indicator == indicator_of(k);
    return found;
}

/* Of a target that asks nothing of them: of what it reports, and its aim. */
static bool is_told(const struct mv_explaining *k)
{
    const struct mv_target *t = &k->c->targets[k->target];
    const struct mv_node own = mv_reported_node(t, 0);
    if (mv_reported_count(k->c, t) == 0)
        return false;
    bool told = is_of_node(k, &own);
    for (uint32_t i = 0; i < t->aim.count && !told; i++) {
        const struct mv_criterion *q = &k->c->criteria[t->aim.first + i];
        const struct mv_node *n = &k->c->nodes[q->first];
        const struct mv_node *end = n + q->n_left + q->n_right;
        for (; n < end && !told; n++)
            told = mv_node_is_series(n->kind) && is_of_node(k, n);
    }
    return told;
}

/* Does the target use the indicator's figures of that year? */
static bool is_of_target(const struct mv_explaining *k)
{
    struct mv_indices users =
        mv_plan_targets(k->env->plan, indicator_of(k), k->year);
    for (uint32_t n = 0; n < users.count; n++)
        if (users.at[n] == k->target)
            return true;
    return is_told(k);
}

/* From (use, year) on, itself included; a derived one's parts are among the
 * uses. False: there is none. */
static bool find_year(struct mv_explaining *k)
{
    for (; k->use < uses_of(k)->count; k->use++, k->year = MV_YEAR_MIN) {
        if (k->c->indicators[indicator_of(k)].formula != MV_NONE)
            continue;
        for (; k->year <= MV_YEAR_MAX; k->year++)
            if (is_of_target(k))
                return true;
    }
    return false;
}

static bool any_suppressed(const struct mv_judgement *j)
{
    for (uint32_t i = 0; i < j->count; i++)
        if (j->rulings[i].reason == MV_REASON_SUPPRESSED)
            return true;
    return false;
}

/* Is the year's value of the indicator, of that member, one that may not? */
static bool is_small(struct mv_explaining *k, uint32_t unit, uint32_t member)
{
    uint32_t at = indicator_of(k);
    struct mv_gathered got;
    struct mv_term year = {.unit = unit,
                           .indicator = at,
                           .member = member,
                           .parts = 1,
                           .count = 1,
                           .at = {{at, member, k->year}}};
    mv_gather(k->aside, k->env, &year, &got);
    return got.small;
}

/* ... of the total, or of what is reported? */
static bool is_any_small(struct mv_explaining *k, uint32_t unit)
{
    const struct mv_target *t = &k->c->targets[k->target];
    uint32_t count = mv_reported_count(k->c, t);
    bool small = is_small(k, unit, MV_MEMBER_TOTAL);
    for (uint32_t i = 1; i < count && t->indicator == indicator_of(k); i++)
        small |= is_small(k, unit, mv_reported_node(t, i).member);
    return small;
}

/* May a value of the unit not be shown? */
static bool is_suppressed(struct mv_explaining *k, uint32_t unit)
{
    if (k->known)
        return k->suppressed;
    k->known = true;
    k->suppressed = false;
    if (k->c->indicators[indicator_of(k)].min_denominator == 0)
        return false;
    mv_judge(k->env, k->target, unit, &k->judged);
    k->suppressed = any_suppressed(&k->judged) || is_any_small(k, unit);
    mv_judge_aim(k->env, k->target, unit, &k->judged);
    k->suppressed |= any_suppressed(&k->judged);
    return k->suppressed;
}

static uint32_t named_at(enum root root, uint32_t member)
{
    uint32_t m = member == MV_MEMBER_TOTAL ? 0 : member + 1;
    return m * ROOTS + root;
}

/* The period that the node names; of one that holds none of the indicator's
 * there are no figures. */
static void ask_period(struct mv_explaining *k, uint32_t of,
                       const struct mv_node *n)
{
    mv_freq freq = k->c->indicators[indicator_of(k)].frequency;
    struct mv_span_of_cells span;
    uint8_t part, code;
    if (freq != MV_FREQ_W && freq != MV_FREQ_D)
        freq = MV_FREQ_M; /* it may cut a longer one */
    mv_slot_place(&n->period, &part, &code);
    if (!mv_cells_of(freq, k->year, part, code, &span))
        return;
    if (k->asked_count == k->asked_cap) {
        k->asked_cap = k->asked_cap * 2 + 4;
        k->asked = mv_xrealloc(k->asked, k->asked_cap * sizeof *k->asked);
    }
    k->asked[k->asked_count++] = (struct asked){of, span.cells};
}

static void name_one(struct mv_explaining *k, uint32_t of,
                     const struct mv_node *n)
{
    k->named[of].is = true;
    if (is_over(&k->c->targets[k->target], n, k->year))
        k->named[of].year = true;
    else
        ask_period(k, of, n);
}

/* Of `each`: the members that are judged, by their names. */
static void name(struct mv_explaining *k, enum root root,
                 const struct mv_node *n, uint32_t member, uint32_t each)
{
    const struct mv_indicator *ind = &k->c->indicators[indicator_of(k)];
    if (member != MV_MEMBER_EACH) {
        name_one(k, named_at(root, member), n);
        return;
    }
    const struct mv_indicator *judged = &k->c->indicators[each];
    for (uint32_t i = 0; i < judged->member_count; i++) {
        uint32_t m = mv_catalogue_member(k->c, ind, judged->members[i].id);
        if (m != MV_NONE)
            name_one(k, named_at(root, m), n);
    }
}

static void name_series(struct mv_explaining *k, enum root root,
                        const struct mv_node *n, uint32_t each)
{
    struct mv_series series = {n->indicator, n->member};
    struct mv_recipe made;
    bool known = mv_recipe_of(k->c, series, &made);
    MV_ASSERT(known); /* the catalogue refuses others */
    for (unsigned i = 0; i < made.count; i++)
        if (made.at[i].indicator == indicator_of(k))
            name(k, root, n, made.at[i].member, each);
}

static void name_all(struct mv_explaining *k, struct mv_criteria list)
{
    const struct mv_target *t = &k->c->targets[k->target];
    for (uint32_t i = 0; i < list.count; i++) {
        const struct mv_criterion *q = &k->c->criteria[list.first + i];
        const struct mv_node *n = &k->c->nodes[q->first];
        unsigned condition = 0; /* so many of a share's are still to come */
        for (const struct mv_node *end = n + q->n_left + q->n_right; n < end;
             n++) {
            bool below = condition > 0 || mv_node_is_extreme(n->kind);
            if (mv_node_is_series(n->kind) && reaches(t, n, k->year))
                name_series(k, below ? OF_EACH_BELOW : OF_UNIT, n,
                            q->each_indicator);
            condition -= condition > 0;
            if (n->kind == MV_NODE_SHARE)
                condition = n->count;
        }
    }
}

static void name_reported(struct mv_explaining *k)
{
    const struct mv_target *t = &k->c->targets[k->target];
    uint32_t count = mv_reported_count(k->c, t);
    for (uint32_t i = 0; i < count; i++) {
        const struct mv_node n = mv_reported_node(t, i);
        if (reaches(t, &n, k->year))
            name_series(k, OF_UNIT, &n, MV_NONE);
    }
}

/* Of an indicator and year: what the target names of it. */
static void begin_year(struct mv_explaining *k)
{
    const struct mv_target *t = &k->c->targets[k->target];
    if (k->use >= uses_of(k)->count)
        return;
    size_t count = (size_t)k->c->indicators[indicator_of(k)].member_count + 1;
    k->named = mv_xrealloc(k->named, count * ROOTS * sizeof *k->named);
    memset(k->named, 0, count * ROOTS * sizeof *k->named);
    k->asked_count = 0;
    if (t->state == MV_STATE_FIGURES) {
        name_all(k, t->require);
        name_all(k, t->yellow);
    }
    name_reported(k);
    name_all(k, t->aim);
}

/* Nothing of it goes into the unit that is explained. */
static bool is_apart(const struct mv_explaining *k, uint32_t unit)
{
    return unit != k->unit &&
           !mv_plan_counts(k->env->plan, indicator_of(k), unit, k->year);
}

/* Has the unit in hand figures of the member, or of what the total is made? */
static bool has_own(const struct mv_explaining *k, uint32_t m)
{
    const struct mv_indicator *ind = &k->c->indicators[indicator_of(k)];
    bool own = k->w->strands[m].in;
    for (uint32_t i = 1;
         m == 0 && ind->total != MV_FOLD_NONE && i <= ind->member_count; i++)
        own |= k->w->strands[i].in;
    return own;
}

/* The unit is the one in hand: its total and members are strands 0, 1, ... */
static void enter(struct mv_explaining *k, uint32_t unit)
{
    const struct mv_indicator *ind = &k->c->indicators[indicator_of(k)];
    const struct mv_unit *u = &k->c->units[unit];
    bool apart = is_apart(k, unit);
    k->w->strand_count = k->w->stretch_count = 0;
    for (uint32_t m = 0; m <= ind->member_count; m++)
        (void)mv_strand_load(k->w, k->env, unit, ind->index,
                             m == 0 ? MV_MEMBER_TOTAL : m - 1, k->year);
    for (uint32_t i = 0; i < (ind->member_count + 1) * ROOTS; i++) {
        struct named *n = &k->named[i];
        bool above = i % ROOTS == OF_EACH_BELOW && unit == k->unit;
        bool reached = n->is && !above && u->enter >= n->covered;
        n->open = reached && !apart;
        if (reached &&
            (apart || ind->over_units == MV_FOLD_NONE || has_own(k, i / ROOTS)))
            n->covered = u->leave;
    }
}

/* Is the total asked, which the member would be a part of? */
static bool makes_total(const struct mv_explaining *k, uint32_t m)
{
    const struct mv_indicator *ind = &k->c->indicators[indicator_of(k)];
    return m == 0 || ind->total != MV_FOLD_NONE;
}

/* Is the figure one of those that are asked of named[of]? */
static bool is_asked(const struct mv_explaining *k, uint32_t of,
                     const struct mv_stretch *t)
{
    unsigned words =
        mv_cells_words(k->c->indicators[indicator_of(k)].frequency);
    bool asked = k->named[of].year;
    for (uint32_t i = 0; i < k->asked_count && !asked; i++)
        asked = k->asked[i].of == of &&
                mv_cells_inside(&t->cells, &k->asked[i].cells, words);
    return asked;
}

static bool may_go_in(const struct mv_explaining *k, uint32_t of,
                      const struct mv_stretch *t)
{
    return k->named[of].open && is_asked(k, of, t);
}

/* Of the unit in hand: does this figure of the member go into something that
 * is named? */
static bool goes_in(const struct mv_explaining *k, uint32_t m,
                    const struct mv_stretch *t)
{
    bool whole = makes_total(k, m) && (m == 0 || !k->w->strands[0].in);
    for (unsigned root = 0; root < ROOTS; root++) {
        if (may_go_in(k, m * ROOTS + root, t) ||
            (whole && may_go_in(k, root, t)))
            return true;
    }
    return false;
}

/* ... and if not, is it for what stands above it? */
static mv_out why_not_in(const struct mv_explaining *k, uint32_t m,
                         const struct mv_stretch *t)
{
    uint32_t unit = k->w->strands[m].unit;
    bool asked = false;
    for (unsigned root = 0; root < ROOTS; root++) {
        bool above = root == OF_EACH_BELOW && unit == k->unit;
        asked |= !above && (is_asked(k, m * ROOTS + root, t) ||
                            (makes_total(k, m) && is_asked(k, root, t)));
    }
    if (!asked)
        return MV_OUT_UNNAMED;
    if (is_apart(k, unit))
        return MV_OUT_APART;
    return unit != k->unit &&
                   k->c->indicators[indicator_of(k)].over_units == MV_FOLD_NONE
               ? MV_OUT_UNADDED
               : MV_OUT_COVERED;
}

static bool is_among(const uint64_t used[MV_STRETCH_WORDS],
                     const struct mv_stretch *t)
{
    unsigned bit = mv_basis_bit(t->part, t->slot.code);
    return (used[bit / 64] >> bit % 64 & 1) != 0;
}

/* Of those of the strand that are used: does one stand for more than t, is
 * one later? */
static void look_beside(const struct mv_explaining *k,
                        const struct mv_counted_leaf *leaf,
                        const struct mv_strand *s, const struct mv_stretch *t,
                        bool *longer, bool *later)
{
    *longer = *later = false;
    for (uint32_t i = s->first; i < s->first + s->count; i++) {
        const struct mv_stretch *o = &k->w->stretches[i];
        if (!is_among(leaf->used, o))
            continue;
        *longer |= mv_cells_meet(&o->cells, &t->cells, MV_CELL_WORDS) &&
                   mv_cells_count(&o->cells, MV_CELL_WORDS) >
                       mv_cells_count(&t->cells, MV_CELL_WORDS);
        *later |= o->end > t->end;
    }
}

/* Of the m-th strand, which is t's. */
static mv_out why_out(const struct mv_explaining *k, uint32_t m,
                      const struct mv_stretch *t)
{
    const struct mv_strand *s = &k->w->strands[m];
    struct mv_counted_leaf leaf = {.indicator = indicator_of(k),
                                   .member = s->member,
                                   .unit = s->unit,
                                   .year = k->year};
    bool others, longer, later;
    bool found = mv_counted_find(&k->counted, &leaf, &others);
    if (!t->number)
        return MV_OUT_NIL;
    if (found && is_among(leaf.used, t))
        return is_among(leaf.judged, t) ? MV_OUT_NO : MV_OUT_AIM;
    if (!goes_in(k, m, t))
        return why_not_in(k, m, t);
    if (!found && !others)
        return t->picked ? MV_OUT_NO : MV_OUT_LONGER;
    if (!leaf.included)
        return MV_OUT_LEFT_OUT;
    look_beside(k, &leaf, s, t, &longer, &later);
    if (longer)
        return MV_OUT_LONGER;
    if (leaf.last && later)
        return MV_OUT_LAST;
    return MV_OUT_UNSHARED;
}

static void show(struct mv_explaining *k, uint32_t m)
{
    const struct mv_strand *s = &k->w->strands[m];
    for (uint32_t i = s->first; i < s->first + s->count; i++) {
        const struct mv_stretch *t = &k->w->stretches[i];
        struct mv_behind b = {.unit = s->unit,
                              .indicator = indicator_of(k),
                              .member = s->member,
                              .slot = &t->slot,
                              .out = why_out(k, m, t)};
        if (k->each == NULL ||
            !mv_slot_period(s->year, t->part, t->slot.code, &b.period))
            continue;
        b.counts = b.out == MV_OUT_NO;
        b.suppressed = is_suppressed(k, s->unit);
        if (!k->each(k->ctx, &b))
            k->each = NULL;
    }
}

/* As if the units before it had been shown: those above it alone matter. */
static void enter_above(struct mv_explaining *k)
{
    const uint32_t *order = mv_plan_preorder(k->env->plan);
    uint32_t at = k->c->units[k->unit].enter;
    while (at < k->at) {
        const struct mv_unit *u = &k->c->units[order[at]];
        if (u->leave > k->at)
            enter(k, u->index);
        at = u->leave > k->at ? at + 1 : u->leave;
    }
}

struct mv_explaining *mv_explaining_open(const struct mv_judge_env *env,
                                         uint32_t target, uint32_t unit,
                                         uint64_t part)
{
    const struct mv_catalogue *c = mv_plan_catalogue(env->plan);
    const struct mv_unit *top = &c->units[unit];
    uint64_t units = top->leave - top->enter, years = part / units;
    struct mv_explaining *k = mv_xcalloc(1, sizeof *k);
    k->env = env;
    k->c = c;
    k->w = mv_work_open();
    k->aside = mv_work_open();
    k->target = target;
    k->unit = unit;
    k->year = MV_YEAR_MIN;
    k->part = part;
    k->at = top->enter + (uint32_t)(part % units);
    for (; find_year(k) && years > 0; years--)
        k->year++;
    begin_year(k);
    if (k->use < uses_of(k)->count)
        enter_above(k);
    return k;
}

/* The values that are not judged are made all the same. */
static void make_reported(struct mv_explaining *k, struct mv_work *work)
{
    const struct mv_target *t = &k->c->targets[k->target];
    uint32_t count = mv_reported_count(k->c, t);
    struct mv_case of = {.w = work,
                         .env = k->env,
                         .target = t,
                         .unit = k->unit,
                         .member = MV_MEMBER_TOTAL,
                         .each = MV_NONE,
                         .groups = work->groups};
    for (uint32_t i = 0; i < count; i++) {
        const struct mv_node n = mv_reported_node(t, i);
        (void)mv_terms_gather(&of, &n, 1);
    }
}

void mv_explaining_judge(struct mv_explaining *k)
{
    struct mv_judgement value = {.work = mv_work_open()};
    mv_counted_done(&k->counted);
    value.work->counted = &k->counted;
    mv_judge(k->env, k->target, k->unit, &value);
    uint32_t judged = k->counted.count;
    mv_judge_aim(k->env, k->target, k->unit, &value);
    mv_counted_aims(&k->counted, judged);
    make_reported(k, value.work);
    mv_judgement_done(&value);
    mv_counted_sort(&k->counted);
}

const char *mv_out_text(mv_out out)
{
    static const char *const words[] = {
        [MV_OUT_NO] = "",
        [MV_OUT_NIL] = "nil",
#define OUT(ID, name) [MV_OUT_##ID] = (name),
#include "services/judging/outs.def"
#undef OUT
    };
    return words[out];
}

void mv_explaining_close(struct mv_explaining *k)
{
    if (k == NULL)
        return;
    free(k->named);
    free(k->asked);
    mv_counted_done(&k->counted);
    mv_judgement_done(&k->judged);
    mv_work_close(k->aside);
    mv_work_close(k->w);
    free(k);
}

bool mv_explaining_at(const struct mv_explaining *k, uint64_t *part)
{
    *part = k->part;
    return k->use < uses_of(k)->count;
}

void mv_explaining_next(struct mv_explaining *k,
                        bool (*each)(void *ctx, const struct mv_behind *behind),
                        void *ctx)
{
    const struct mv_unit *top = &k->c->units[k->unit];
    k->each = each;
    k->ctx = ctx;
    k->known = false;
    enter(k, mv_plan_preorder(k->env->plan)[k->at]);
    for (uint32_t m = 0; m < k->w->strand_count; m++)
        show(k, m);
    k->each = NULL;
    k->part++;
    if (++k->at < top->leave)
        return;
    k->at = top->enter;
    k->year++;
    (void)find_year(k);
    begin_year(k);
}
