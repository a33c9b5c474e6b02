/* plan - see plan.h. Job: what of a catalogue is asked again and again.
 * Invariant: mv_plan_targets names every target whose status can move when a
 * figure of that indicator and year does: the years that its terms name and
 * those between them (a series may break there). Read-only after open; a
 * crash leaves nothing: it is made anew from the catalogue. */
#include "services/judging/plan.h"

#include "services/base/err.h"
#include "services/catalogue/recipe.h"

#include <stdlib.h>
#include <string.h>

struct reach { /* this target uses this indicator's figures of this year */
    uint32_t indicator, target;
    int32_t year;
};

/* Who a target judges, without a look at the catalogue. */
struct scope {
    uint64_t kinds; /* bits: of the first 64 kinds of units */
    int32_t year;
    bool more; /* and units by name, or further kinds */
};

#define SCOPE_KINDS 64

struct mv_plan {
    const struct mv_catalogue *c;
    uint32_t *unit, *indicator;      /* stable numbers */
    uint32_t *member, *member_first; /* member[first[indicator] + member] */
    uint32_t *preorder;
    int64_t *scale;
    struct mv_rule *rule;  /* by target */
    struct scope *scope;   /* by target */
    uint32_t *pairs;       /* of the targets before, by target, and of all */
    uint32_t *reach_first; /* by indicator, and one more */
    int32_t *reach_year;   /* ascending within an indicator */
    uint32_t *reach_target;
    struct reach *reach; /* only while it is made */
    size_t reach_count, reach_cap;
};

static void add_reach(struct mv_plan *p, uint32_t indicator, uint32_t target,
                      int32_t from, int32_t to)
{
    for (int32_t y = from; y <= to && indicator != MV_NONE; y++) {
        if (p->reach_count == p->reach_cap) {
            p->reach_cap = p->reach_cap == 0 ? 256 : p->reach_cap * 2;
            p->reach = mv_xrealloc(p->reach, p->reach_cap * sizeof *p->reach);
        }
        p->reach[p->reach_count++] = (struct reach){indicator, target, y};
    }
}

/* Of a derived indicator, its parts. */
static void reach_series(struct mv_plan *p, const struct mv_target *t,
                         uint32_t indicator, int32_t year)
{
    struct mv_series any = {indicator, MV_MEMBER_EACH};
    struct mv_recipe made;
    bool known = mv_recipe_of(p->c, any, &made);
    MV_ASSERT(known); /* the catalogue refuses others */
    for (unsigned i = 0; i < made.count; i++) {
        add_reach(p, made.at[i].indicator, t->index,
                  year < t->year ? year : t->year,
                  year > t->year ? year : t->year);
    }
}

static void reach_criteria(struct mv_plan *p, const struct mv_target *t,
                           struct mv_criteria list)
{
    for (uint32_t i = 0; i < list.count; i++) {
        const struct mv_criterion *k = &p->c->criteria[list.first + i];
        for (uint32_t j = 0; j < (uint32_t)k->n_left + k->n_right; j++) {
            const struct mv_node *n = &p->c->nodes[k->first + j];
            if (!mv_node_is_series(n->kind))
                continue;
            int32_t y = mv_node_year(n, t->year);
            if (y < MV_YEAR_MIN)
                y = MV_YEAR_MIN;
            if (y > MV_YEAR_MAX)
                y = MV_YEAR_MAX;
            reach_series(p, t, n->indicator, y);
        }
    }
}

static int by_reach(const void *a, const void *b)
{
    const struct reach *x = a;
    const struct reach *y = b;
    if (x->indicator != y->indicator)
        return x->indicator < y->indicator ? -1 : 1;
    if (x->year != y->year)
        return x->year < y->year ? -1 : 1;
    return (x->target > y->target) - (x->target < y->target);
}

static void index_reach(struct mv_plan *p)
{
    size_t kept = 0;
    p->reach_first = mv_xcalloc(p->c->indicator_count + 1, sizeof(uint32_t));
    p->reach_year = mv_xcalloc(p->reach_count + 1, sizeof(int32_t));
    p->reach_target = mv_xcalloc(p->reach_count + 1, sizeof(uint32_t));
    if (p->reach_count > 1)
        qsort(p->reach, p->reach_count, sizeof *p->reach, by_reach);
    for (size_t i = 0; i < p->reach_count; i++) {
        if (i > 0 && by_reach(&p->reach[i - 1], &p->reach[i]) == 0)
            continue;
        p->reach_year[kept] = p->reach[i].year;
        p->reach_target[kept++] = p->reach[i].target;
        p->reach_first[p->reach[i].indicator + 1] = (uint32_t)kept;
    }
    for (uint32_t i = 1; i <= p->c->indicator_count; i++)
        if (p->reach_first[i] < p->reach_first[i - 1])
            p->reach_first[i] = p->reach_first[i - 1];
    free(p->reach);
    p->reach = NULL;
}

static void reach_all(struct mv_plan *p)
{
    for (uint32_t i = 0; i < p->c->target_count; i++) {
        const struct mv_target *t = &p->c->targets[i];
        if (t->state != MV_STATE_FIGURES)
            continue;
        int32_t first = t->year - (t->forecast == MV_FORECAST_SEASONAL);
        for (uint32_t j = 0; j < t->uses.count; j++)
            add_reach(p, t->uses.at[j], i, first, t->year);
        reach_criteria(p, t, t->require);
        reach_criteria(p, t, t->yellow);
        reach_criteria(p, t, t->aim);
    }
    index_reach(p);
}

static void number_all(struct mv_plan *p, const struct mv_intern *intern)
{
    const struct mv_catalogue *c = p->c;
    size_t members = 0;
    p->unit = mv_xcalloc(c->unit_count + 1, sizeof(uint32_t));
    p->preorder = mv_xcalloc(c->unit_count + 1, sizeof(uint32_t));
    p->indicator = mv_xcalloc(c->indicator_count + 1, sizeof(uint32_t));
    p->member_first = mv_xcalloc(c->indicator_count + 1, sizeof(uint32_t));
    for (uint32_t i = 0; i < c->unit_count; i++) {
        p->unit[i] = intern->number(intern->ctx, c->units[i].id);
        p->preorder[c->units[i].enter] = i;
    }
    for (uint32_t i = 0; i < c->indicator_count; i++) {
        p->indicator[i] = intern->number(intern->ctx, c->indicators[i].id);
        p->member_first[i] = (uint32_t)members;
        members += c->indicators[i].member_count;
    }
    p->member = mv_xcalloc(members + 1, sizeof(uint32_t));
    for (uint32_t i = 0; i < c->indicator_count; i++) {
        for (uint32_t m = 0; m < c->indicators[i].member_count; m++)
            p->member[p->member_first[i] + m] =
                intern->number(intern->ctx, c->indicators[i].members[m].id);
    }
}

static void scale_all(struct mv_plan *p)
{
    p->scale = mv_xcalloc(p->c->indicator_count + 1, sizeof *p->scale);
    for (uint32_t i = 0; i < p->c->indicator_count; i++)
        p->scale[i] = mv_catalogue_scale(&p->c->indicators[i]);
}

static void rule_all(struct mv_plan *p)
{
    p->rule = mv_xcalloc(p->c->target_count + 1, sizeof *p->rule);
    for (uint32_t i = 0; i < p->c->target_count; i++) {
        const struct mv_target *t = &p->c->targets[i];
        if (t->indicator != MV_NONE)
            p->rule[i] = mv_rule_of(p->c, t, p->scale[t->indicator]);
    }
}

static struct scope scope_of(const struct mv_target *t)
{
    struct scope s = {.year = t->year, .more = t->scope_units.count > 0};
    for (uint32_t i = 0; i < t->scope_kinds.count; i++) {
        if (t->scope_kinds.at[i] < SCOPE_KINDS)
            s.kinds |= UINT64_C(1) << t->scope_kinds.at[i];
        else
            s.more = true;
    }
    return s;
}

static void scope_all(struct mv_plan *p)
{
    p->scope = mv_xcalloc(p->c->target_count + 1, sizeof *p->scope);
    for (uint32_t i = 0; i < p->c->target_count; i++)
        p->scope[i] = scope_of(&p->c->targets[i]);
}

static void pairs_all(struct mv_plan *p)
{
    uint32_t count = 0;
    p->pairs = mv_xcalloc((size_t)p->c->target_count + 1, sizeof *p->pairs);
    for (uint32_t i = 0; i < p->c->target_count; i++) {
        p->pairs[i] = count;
        for (uint32_t u = 0; u < p->c->unit_count; u++)
            count += mv_plan_judges(p, i, u);
    }
    p->pairs[p->c->target_count] = count;
}

struct mv_plan *mv_plan_open(const struct mv_catalogue *c,
                             const struct mv_intern *intern)
{
    struct mv_plan *p = mv_xcalloc(1, sizeof *p);
    p->c = c;
    number_all(p, intern);
    scale_all(p);
    rule_all(p);
    scope_all(p);
    pairs_all(p);
    reach_all(p);
    return p;
}

void mv_plan_close(struct mv_plan *p)
{
    if (p == NULL)
        return;
    free(p->unit);
    free(p->indicator);
    free(p->member);
    free(p->member_first);
    free(p->preorder);
    free(p->scale);
    free(p->rule);
    free(p->scope);
    free(p->pairs);
    free(p->reach_first);
    free(p->reach_year);
    free(p->reach_target);
    free(p);
}

const struct mv_catalogue *mv_plan_catalogue(const struct mv_plan *p)
{
    return p->c;
}

void mv_plan_key(const struct mv_plan *p, uint32_t unit, uint32_t indicator,
                 uint32_t member, int year, struct mv_row_key *ret)
{
    *ret = (struct mv_row_key){
        .unit = p->unit[unit],
        .indicator = p->indicator[indicator],
        .member = member == MV_MEMBER_TOTAL
                      ? 0
                      : mv_plan_member(p, indicator, member),
        .year = (int16_t)year,
    };
}

uint32_t mv_plan_member(const struct mv_plan *p, uint32_t indicator,
                        uint32_t member)
{
    return p->member[p->member_first[indicator] + member];
}

const uint32_t *mv_plan_preorder(const struct mv_plan *p)
{
    return p->preorder;
}

struct mv_indices mv_plan_targets(const struct mv_plan *p, uint32_t indicator,
                                  int year)
{
    uint32_t low = p->reach_first[indicator];
    uint32_t end = p->reach_first[indicator + 1];
    uint32_t high = end;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (p->reach_year[mid] < year)
            low = mid + 1;
        else
            high = mid;
    }
    uint32_t n = low;
    while (n < end && p->reach_year[n] == year)
        n++;
    return (struct mv_indices){p->reach_target + low, n - low};
}

bool mv_plan_alive(const struct mv_plan *p, uint32_t unit, int year)
{
    const struct mv_unit *u = &p->c->units[unit];
    if (u->first_day == MV_DAY_MIN && u->last_day == MV_DAY_MAX)
        return true;
    return u->first_day <= u->last_day &&
           u->first_day <= mv_day_of(year, 12, 31) &&
           u->last_day >= mv_day_of(year, 1, 1);
}

bool mv_plan_counts(const struct mv_plan *p, uint32_t indicator, uint32_t unit,
                    int year)
{
    struct mv_indices except = p->c->indicators[indicator].except;
    for (uint32_t i = 0; i < except.count; i++)
        if (except.at[i] == unit)
            return false;
    return mv_plan_alive(p, unit, year);
}

bool mv_plan_judges(const struct mv_plan *p, uint32_t target, uint32_t unit)
{
    const struct mv_unit *u = &p->c->units[unit];
    const struct scope *s = &p->scope[target];
    bool in =
        u->kind_index < SCOPE_KINDS && (s->kinds >> u->kind_index & 1) != 0;
    return (in || (s->more && mv_catalogue_in_scope(
                                  p->c, &p->c->targets[target], unit))) &&
           mv_plan_alive(p, unit, s->year);
}

uint32_t mv_plan_pairs(const struct mv_plan *p)
{
    return p->pairs[p->c->target_count];
}

/* From this unit on, of this target or the next that has one. */
static struct mv_pair pair_from(const struct mv_plan *p, uint32_t target,
                                uint32_t unit)
{
    for (; target < p->c->target_count; target++, unit = 0) {
        for (; unit < p->c->unit_count; unit++)
            if (mv_plan_judges(p, target, unit))
                return (struct mv_pair){target, unit};
    }
    MV_ASSERT(false); /* it was the last */
}

struct mv_pair mv_plan_pair(const struct mv_plan *p, uint32_t i)
{
    uint32_t low = 0, high = p->c->target_count;
    MV_ASSERT(i < mv_plan_pairs(p));
    while (high - low > 1) { /* the last target with i pairs before, at most */
        uint32_t mid = low + (high - low) / 2;
        if (p->pairs[mid] <= i)
            low = mid;
        else
            high = mid;
    }
    struct mv_pair pair = pair_from(p, low, 0);
    for (uint32_t before = p->pairs[low]; before < i; before++)
        pair = mv_plan_pair_after(p, pair);
    return pair;
}

struct mv_pair mv_plan_pair_after(const struct mv_plan *p, struct mv_pair pair)
{
    return pair_from(p, pair.target, pair.unit + 1);
}

int64_t mv_plan_scale(const struct mv_plan *p, uint32_t indicator)
{
    return p->scale[indicator];
}

const struct mv_rule *mv_plan_rule(const struct mv_plan *p, uint32_t target)
{
    return &p->rule[target];
}
