/* stock - see stock.h. Job: who is there. Invariant: a unit is there in its
 * days, until what takes over is in, and where a figure of it lies wholly
 * outside them; what is left out of one part is so of all. Works on copies: a
 * crash leaves nothing. */
#include "services/judging/stock.h"

#include "services/base/err.h"
#include "services/judging/left_out.h"
#include "services/judging/rollup.h"

#include <string.h>

static const struct mv_unit *unit_of(const struct mv_gathering *g, uint32_t i)
{
    return &g->c->units[mv_gathering_leaf(g, i)->unit];
}

/* Is the column made of units below? Its own figures are as they are. */
static bool is_rolled_up(const struct mv_gathering *g, unsigned y)
{
    return unit_of(g, g->all.from[y])->index != g->term->unit;
}

static bool is_last(const struct mv_gathering *g, unsigned y)
{
    return mv_gathering_indicator(g, y)->over_periods == MV_FOLD_LAST &&
           is_rolled_up(g, y);
}

static bool is_mean(const struct mv_gathering *g, unsigned y)
{
    const struct mv_indicator *ind = mv_gathering_indicator(g, y);
    return ind->over_periods == MV_FOLD_MEAN &&
           ind->over_units == MV_FOLD_SUM && is_rolled_up(g, y);
}

static int32_t first_of_year(const struct mv_gathering *g)
{
    return mv_day_of(g->term->at[0].year, 1, 1);
}

static int32_t last_of_year(const struct mv_gathering *g)
{
    return mv_day_of(g->term->at[0].year, 12, 31);
}

/* Does it begin or end within the year? Who ended long ago does not. */
static bool turns(const struct mv_gathering *g, const struct mv_unit *u)
{
    int32_t first = first_of_year(g), last = last_of_year(g);
    return (u->first_day > first && u->first_day <= last) ||
           (u->last_day < last && u->last_day >= first);
}

static bool any_turns(const struct mv_gathering *g, unsigned y)
{
    struct mv_indices below = g->c->units[g->term->unit].children;
    for (uint32_t i = 0; i < below.count; i++)
        if (turns(g, &g->c->units[below.at[i]]))
            return true;
    for (uint32_t i = g->all.from[y]; i < g->all.to[y]; i++)
        if (turns(g, unit_of(g, i)))
            return true;
    return false;
}

/* Is a unit that it is made of, or just below, not there all the year? Mostly
 * none is. Of several years only what all have is compared. Notes what
 * counts. */
static bool applies(struct mv_gathering *g)
{
    bool stock = false, any = false;
    if (g->term->latest || g->term->count > g->term->parts)
        return false;
    for (unsigned y = 0; y < g->term->count && !stock; y++)
        stock = is_last(g, y) || is_mean(g, y);
    for (unsigned y = 0; stock && y < g->term->count && !any; y++)
        any = any_turns(g, y);
    any = any && !mv_stock_is_empty(g);
    for (unsigned y = 0; any && y < g->term->count; y++) {
        for (uint32_t i = g->all.from[y]; i < g->all.to[y]; i++) {
            struct mv_strand *s = mv_gathering_leaf(g, i);
            s->took_part = s->included;
        }
    }
    return any;
}

/* ---- who takes over ---- */

/* Of the column: is something in of the unit, or below it? */
static bool has_part(const struct mv_gathering *g, unsigned y,
                     const struct mv_unit *u)
{
    for (uint32_t i = g->all.from[y]; i < g->all.to[y]; i++) {
        const struct mv_strand *s = mv_gathering_leaf(g, i);
        if (s->took_part && mv_catalogue_below(g->c, s->unit, u->index))
            return true;
    }
    return false;
}

/* Of a unit that ended: do others begin after it, beside the highest that ended
 * with it, and is nothing in of them? */
static bool stands_on(const struct mv_gathering *g, unsigned y,
                      const struct mv_unit *u)
{
    const struct mv_unit *units = g->c->units, *top = u;
    const struct mv_series_year *s = &g->term->at[y];
    bool any = false;
    while (top->parent != g->term->unit &&
           units[top->parent].last_day == u->last_day)
        top = &units[top->parent];
    struct mv_indices beside = units[top->parent].children;
    for (uint32_t i = 0; i < beside.count; i++) {
        const struct mv_unit *next = &units[beside.at[i]];
        if (next->first_day <= u->last_day ||
            !mv_plan_counts(g->env->plan, s->indicator, next->index, s->year))
            continue;
        if (has_part(g, y, next))
            return false;
        any = true;
    }
    return any;
}

/* The last day on which a unit below counts as there. */
static int32_t end_of(const struct mv_gathering *g, unsigned y,
                      const struct mv_unit *u)
{
    return u->last_day >= last_of_year(g) || stands_on(g, y, u) ? INT32_MAX
                                                                : u->last_day;
}

/* ---- last ---- */

static struct mv_days days_of(const struct mv_strand *s,
                              const struct mv_stretch *t)
{
    struct mv_period p = {0};
    bool known =
        t != NULL && mv_slot_period(s->year, t->part, t->slot.code, &p);
    MV_ASSERT(known);
    return (struct mv_days){p.first_day, p.last_day};
}

/* The days of the figure that a leaf's value is. */
static struct mv_days last_of(const struct mv_gathering *g, uint32_t i)
{
    const struct mv_strand *s = mv_gathering_leaf(g, i);
    return days_of(s, mv_strand_last(g->w, s));
}

/* The last day of what is in. */
static int32_t last_day(const struct mv_gathering *g, unsigned y)
{
    int32_t found = INT32_MIN;
    for (uint32_t i = g->all.from[y]; i < g->all.to[y]; i++) {
        if (!mv_gathering_leaf(g, i)->took_part)
            continue;
        int32_t day = last_of(g, i).last;
        if (day > found)
            found = day;
    }
    return found;
}

/* The leaves of one unit: is it there no more, and no figure from after its
 * days that reaches the day? */
static bool has_ended(const struct mv_gathering *g, unsigned y, uint32_t from,
                      uint32_t to, int32_t day)
{
    const struct mv_unit *u = unit_of(g, from);
    bool any = false;
    if (end_of(g, y, u) >= day)
        return false;
    for (uint32_t i = from; i < to; i++) {
        if (!mv_gathering_leaf(g, i)->took_part)
            continue;
        struct mv_days d = last_of(g, i);
        if (d.first > u->last_day && d.last >= day)
            return false;
        any = true;
    }
    return any;
}

bool mv_stock_is_over(const struct mv_gathering *g, const struct mv_unit *u)
{
    if (u->last_day >= g->since)
        return false;
    for (unsigned y = 0; y < g->term->count; y++)
        if (is_last(g, y) && end_of(g, y, u) < g->since)
            return true;
    return false;
}

/* The leaves of the unit that the i-th is of. */
static uint32_t next_run(const struct mv_gathering *g, uint32_t i, uint32_t to)
{
    uint32_t unit = mv_gathering_leaf(g, i)->unit;
    while (i < to && mv_gathering_leaf(g, i)->unit == unit)
        i++;
    return i;
}

static bool find_ended_in(struct mv_gathering *g, unsigned y)
{
    int32_t day = last_day(g, y);
    bool any = false;
    if (day > g->since)
        g->since = day;
    for (uint32_t i = g->all.from[y], next; i < g->all.to[y]; i = next) {
        next = next_run(g, i, g->all.to[y]);
        if (!has_ended(g, y, i, next, day))
            continue;
        any = true;
        for (uint32_t k = i; k < next; k++)
            mv_gathering_leaf(g, k)->ended = true;
    }
    return any;
}

/* Who is there no more where the last stretch that is in ends; true: some. */
static bool find_ended(struct mv_gathering *g)
{
    bool any = false;
    for (unsigned y = 0; y < g->term->count; y++)
        if (is_last(g, y))
            any |= find_ended_in(g, y);
    return any;
}

/* Where nothing would be left: nobody is left out. */
static void forget_ended(struct mv_gathering *g)
{
    g->since = INT32_MIN;
    for (unsigned y = 0; y < g->term->count; y++)
        for (uint32_t i = g->all.from[y]; i < g->all.to[y]; i++)
            mv_gathering_leaf(g, i)->ended = false;
}

static bool is_left(const struct mv_gathering *g, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        if (mv_gathering_leaf(g, i)->included)
            return true;
    return false;
}

bool mv_stock_is_empty(const struct mv_gathering *g)
{
    for (unsigned y = 0; y < g->term->count; y++)
        if (!is_left(g, g->all.from[y], g->all.to[y]))
            return true;
    return false;
}

void mv_stock_leave_out(struct mv_gathering *g, const struct mv_leaves *l,
                        uint32_t unit)
{
    uint32_t told = unit; /* that one is, as a whole */
    for (unsigned y = 0; y < g->term->count; y++) {
        for (uint32_t i = l->from[y]; i < l->to[y]; i++) {
            struct mv_strand *s = mv_gathering_leaf(g, i);
            if (!s->ended)
                continue;
            s->included = false;
            if (s->unit != told)
                mv_left_out_add(g, s->unit, MV_MEMBER_TOTAL, MV_LEFT_ENDED);
            told = s->unit;
        }
    }
}

/* ---- mean ---- */

/* Those of the column's cells on whose last day the unit of these leaves is
 * there, and where a figure of it lies wholly outside its days: how many of the
 * mean's are among them? */
static unsigned weight_of(const struct mv_gathering *g, unsigned y,
                          uint32_t from, uint32_t to)
{
    mv_freq freq = mv_gathering_indicator(g, y)->frequency;
    const struct mv_unit *u = unit_of(g, from);
    int32_t end = end_of(g, y, u);
    struct mv_cells cell, all = {{0}};
    struct mv_period p;
    if (freq != MV_FREQ_W && freq != MV_FREQ_D)
        freq = MV_FREQ_M;
    for (int n = 1; mv_cells_nth(freq, g->term->at[y].year, n, &cell); n++) {
        if (mv_period_nth(freq, g->term->at[y].year, n, &p) &&
            p.last_day >= u->first_day && p.last_day <= end)
            mv_cells_add(&all, &cell, MV_CELL_WORDS);
    }
    for (uint32_t i = from; i < to; i++) {
        const struct mv_strand *s = mv_gathering_leaf(g, i);
        for (uint32_t k = s->first; k < s->first + s->count; k++) {
            const struct mv_stretch *t = &g->w->stretches[k];
            if (!s->took_part || !t->picked)
                continue;
            struct mv_days d = days_of(s, t);
            if (d.first > u->last_day || d.last < u->first_day)
                mv_cells_add(&all, &t->cells, MV_CELL_WORDS);
        }
    }
    mv_cells_keep(&all, &g->stock, MV_CELL_WORDS);
    return mv_cells_count(&all, MV_CELL_WORDS);
}

/* What some leaf of the column holds, or is forecast of it. */
static struct mv_cells held_in(const struct mv_gathering *g, unsigned y)
{
    struct mv_cells in = {{0}};
    for (uint32_t i = g->all.from[y]; i < g->all.to[y]; i++) {
        const struct mv_strand *s = mv_gathering_leaf(g, i);
        if (s->included)
            mv_cells_add(&in, &s->held, MV_CELL_WORDS);
    }
    return in;
}

/* Does some unit of the column weigh less than the whole? Where all would weigh
 * nothing none does. */
static bool is_weighed(const struct mv_gathering *g, unsigned y)
{
    unsigned whole = mv_cells_count(&g->stock, MV_CELL_WORDS);
    bool less = false, any = false;
    for (uint32_t i = g->all.from[y], next; i < g->all.to[y]; i = next) {
        next = next_run(g, i, g->all.to[y]);
        if (!is_left(g, i, next))
            continue;
        unsigned part = weight_of(g, y, i, next);
        less |= part < whole;
        any |= part > 0;
    }
    return less && any;
}

/* What the mean of the year is of; true: some column is weighed. */
static bool find_weights(struct mv_gathering *g)
{
    memset(&g->stock, 0xff, sizeof g->stock);
    for (unsigned y = 0; y < g->term->count; y++) {
        struct mv_cells in = {{0}};
        mv_cells_year(mv_gathering_indicator(g, y)->frequency,
                      g->term->at[y].year, &in);
        mv_cells_keep(&g->stock, &in, MV_CELL_WORDS);
        if (!is_rolled_up(g, y))
            continue;
        in = held_in(g, y);
        mv_cells_keep(&g->stock, &in, MV_CELL_WORDS);
    }
    for (unsigned y = 0; y < g->term->count; y++)
        if (is_mean(g, y) && is_weighed(g, y))
            g->weighed |= UINT64_C(1) << y;
    return g->weighed != 0;
}

/* Is none of these leaves left, for one has ended? */
static bool is_gone(const struct mv_gathering *g, uint32_t from, uint32_t to)
{
    bool ended = false;
    for (uint32_t i = from; i < to; i++) {
        if (mv_gathering_leaf(g, i)->included)
            return false;
        ended |= mv_gathering_leaf(g, i)->ended;
    }
    return ended;
}

uint32_t mv_stock_why_not(struct mv_gathering *g, const struct mv_leaves *l)
{
    bool gone = false;
    for (unsigned y = 0; y < g->term->count; y++)
        gone |= is_gone(g, l->from[y], l->to[y]);
    for (unsigned y = 0; gone && y < g->term->count; y++)
        for (uint32_t i = l->from[y]; i < l->to[y]; i++)
            mv_gathering_leaf(g, i)->ended = true;
    return gone ? MV_LEFT_ENDED : 0;
}

static bool is_column_weighed(const struct mv_gathering *g, unsigned y)
{
    return (g->weighed >> y & 1) != 0;
}

void mv_stock_weigh(const struct mv_gathering *g, unsigned y, uint32_t from,
                    uint32_t to, struct mv_amount *a)
{
    struct mv_dec n;
    if (!is_column_weighed(g, y) || a->reason != MV_REASON_NO)
        return;
    a->reason = mv_amount_number(
        a, mv_plan_scale(g->env->plan, g->term->at[y].indicator), &n);
    if (a->reason == MV_REASON_NO &&
        __builtin_mul_overflow(n.pico, (mv_i128)weight_of(g, y, from, to),
                               &n.pico))
        a->reason = MV_REASON_NOT_COMPUTABLE;
    a->is_pair = false;
    a->n = n;
}

void mv_stock_divide(struct mv_gathering *g)
{
    unsigned whole = mv_cells_count(&g->stock, MV_CELL_WORDS);
    for (unsigned y = 0; g->weighed != 0 && y < g->term->count; y++) {
        struct mv_amount *a = &g->ret->amounts[y];
        if (is_column_weighed(g, y) && g->ret->reasons == 0 &&
            a->reason == MV_REASON_NO &&
            !mv_i128_mul_div(a->n.pico, 1, whole, &a->n.pico))
            a->reason = MV_REASON_NOT_COMPUTABLE;
    }
}

/* ---- the rounds ---- */

static void roll_again(struct mv_gathering *g)
{
    mv_rollup_start_over(g);
    g->again = true;
    mv_rollup(g);
}

void mv_stock_settle(struct mv_gathering *g)
{
    if (g->ret->reasons != 0 || !applies(g))
        return;
    g->ret->stock = true;
    if (find_ended(g)) {
        roll_again(g);
        if (mv_stock_is_empty(g)) {
            forget_ended(g);
            roll_again(g);
        }
    }
    if (find_weights(g))
        roll_again(g);
    g->ret->reasons &= MV_LEFT_ENDED - 1; /* that one is no status's */
}
