/* stock - see stock.h. Job: who is there. Invariant: a unit is there in its
 * days, and where a figure of it lies wholly outside them; what is left out or
 * weighed of one column is so of all. Works on copies: a crash leaves
 * nothing. */
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

/* Does it begin or end within the year? Who ended long ago does not. */
static bool turns(const struct mv_unit *u, struct mv_days year)
{
    return (u->first_day > year.first && u->first_day <= year.last) ||
           (u->last_day < year.last && u->last_day >= year.first);
}

static bool any_turns(const struct mv_gathering *g, unsigned y)
{
    int32_t year = g->term->at[y].year;
    const struct mv_days days = {mv_day_of(year, 1, 1),
                                 mv_day_of(year, 12, 31)};
    struct mv_indices below = g->c->units[g->term->unit].children;
    for (uint32_t i = 0; i < below.count; i++)
        if (turns(&g->c->units[below.at[i]], days))
            return true;
    for (uint32_t i = g->all.from[y]; i < g->all.to[y]; i++)
        if (turns(unit_of(g, i), days))
            return true;
    return false;
}

/* Is a unit that it is made of, or just below, not there all the year? Mostly
 * none is. Notes what counts. */
static bool applies(struct mv_gathering *g)
{
    bool stock = false, any = false;
    if (g->term->latest)
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

/* ---- last ---- */

/* The days of the figure that a leaf's value is. */
static struct mv_days last_of(const struct mv_gathering *g, uint32_t i)
{
    const struct mv_strand *s = mv_gathering_leaf(g, i);
    const struct mv_stretch *t = mv_strand_last(g->w, s);
    struct mv_period p = {0};
    bool known =
        t != NULL && mv_slot_period(s->year, t->part, t->slot.code, &p);
    MV_ASSERT(known);
    return (struct mv_days){p.first_day, p.last_day};
}

/* The first day of the stretch that ends last, the shortest of those. */
static int32_t last_begins(const struct mv_gathering *g, unsigned y)
{
    struct mv_days found = {INT32_MIN, INT32_MIN};
    for (uint32_t i = g->all.from[y]; i < g->all.to[y]; i++) {
        if (!mv_gathering_leaf(g, i)->took_part)
            continue;
        struct mv_days d = last_of(g, i);
        if (d.last > found.last ||
            (d.last == found.last && d.first > found.first))
            found = d;
    }
    return found.first;
}

/* The leaves of one unit: has it ended, and no figure from after its days that
 * reaches the day? */
static bool has_ended(const struct mv_gathering *g, uint32_t from, uint32_t to,
                      int32_t day)
{
    int32_t end = unit_of(g, from)->last_day;
    bool any = false;
    if (end >= day)
        return false;
    for (uint32_t i = from; i < to; i++) {
        if (!mv_gathering_leaf(g, i)->took_part)
            continue;
        struct mv_days d = last_of(g, i);
        if (d.first > end && d.last >= day)
            return false;
        any = true;
    }
    return any;
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
    int32_t day = last_begins(g, y);
    bool any = false;
    if (day > g->since)
        g->since = day;
    for (uint32_t i = g->all.from[y], next; i < g->all.to[y]; i = next) {
        next = next_run(g, i, g->all.to[y]);
        if (!has_ended(g, i, next, day))
            continue;
        any = true;
        for (uint32_t k = i; k < next; k++)
            mv_gathering_leaf(g, k)->ended = true;
    }
    return any;
}

/* Whose days ended before the last stretch that is in; true: someone's. */
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

/* The cells of column y in which the unit is there: its days, and where a
 * figure of these leaves of it lies wholly outside them. */
static struct mv_cells there(const struct mv_gathering *g, unsigned y,
                             uint32_t unit, uint32_t from, uint32_t to)
{
    mv_freq freq = mv_gathering_indicator(g, y)->frequency;
    unsigned words = mv_cells_words(freq);
    const struct mv_unit *u = &g->c->units[unit];
    int year = g->term->at[y].year;
    struct mv_cells away = {{0}}, days, all;
    mv_cells_outside(freq == MV_FREQ_W || freq == MV_FREQ_D ? freq : MV_FREQ_M,
                     year, u->first_day, u->last_day, &away);
    mv_cells_year(freq, year, &days);
    mv_cells_drop(&days, &away, words);
    all = days;
    for (uint32_t i = from; i < to; i++) {
        const struct mv_strand *s = mv_gathering_leaf(g, i);
        for (uint32_t k = s->first; k < s->first + s->count; k++) {
            const struct mv_stretch *t = &g->w->stretches[k];
            if (s->took_part && t->picked &&
                !mv_cells_meet(&t->cells, &days, words))
                mv_cells_add(&all, &t->cells, words);
        }
    }
    return all;
}

/* Where the unit is there in every column; the term's own is not asked. */
static struct mv_cells there_in_all(const struct mv_gathering *g,
                                    const struct mv_leaves *l, uint32_t unit)
{
    struct mv_cells all = g->stock;
    for (unsigned y = 0; unit != g->term->unit && y < g->term->count; y++) {
        struct mv_cells in = there(g, y, unit, l->from[y], l->to[y]);
        mv_cells_keep(&all, &in, MV_CELL_WORDS);
    }
    return all;
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

/* What the mean of the year is of; true: some column is weighed. */
static bool find_weights(struct mv_gathering *g)
{
    bool any = false;
    memset(&g->stock, 0xff, sizeof g->stock);
    for (unsigned y = 0; y < g->term->count; y++) {
        struct mv_cells in = {{0}};
        mv_cells_year(mv_gathering_indicator(g, y)->frequency,
                      g->term->at[y].year, &in);
        mv_cells_keep(&g->stock, &in, MV_CELL_WORDS);
        any |= is_mean(g, y);
        if (!is_rolled_up(g, y))
            continue;
        in = held_in(g, y);
        mv_cells_keep(&g->stock, &in, MV_CELL_WORDS);
    }
    g->weighs = any;
    return any;
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

uint32_t mv_stock_why_not(struct mv_gathering *g, const struct mv_leaves *l,
                          uint32_t unit)
{
    bool gone = false;
    for (unsigned y = 0; y < g->term->count; y++)
        gone |= is_gone(g, l->from[y], l->to[y]);
    for (unsigned y = 0; gone && y < g->term->count; y++)
        for (uint32_t i = l->from[y]; i < l->to[y]; i++)
            mv_gathering_leaf(g, i)->ended = true;
    if (gone || !g->weighs)
        return gone ? MV_LEFT_ENDED : 0;
    struct mv_cells all = there_in_all(g, l, unit);
    return mv_cells_empty(&all, MV_CELL_WORDS)
               ? MV_REASON_BIT(MV_REASON_NO_BASE)
               : 0;
}

void mv_stock_weigh(struct mv_gathering *g, const struct mv_leaves *l,
                    uint32_t unit, unsigned y, uint32_t from, uint32_t to,
                    struct mv_amount *a)
{
    uint32_t of = mv_gathering_leaf(g, from)->unit;
    if (of == g->term->unit || !is_mean(g, y) || a->reason != MV_REASON_NO)
        return;
    struct mv_cells all = there_in_all(g, l, unit);
    struct mv_cells own = there(g, y, of, from, to);
    struct mv_dec n;
    mv_cells_keep(&all, &own, MV_CELL_WORDS);
    unsigned part = mv_cells_count(&all, MV_CELL_WORDS);
    unsigned whole = mv_cells_count(&g->stock, MV_CELL_WORDS);
    if (part == whole)
        return;
    a->reason = mv_amount_number(
        a, mv_plan_scale(g->env->plan, g->term->at[y].indicator), &n);
    if (a->reason == MV_REASON_NO &&
        !mv_i128_mul_div(n.pico, part, whole, &n.pico))
        a->reason = MV_REASON_NOT_COMPUTABLE;
    a->is_pair = false;
    a->n = n;
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
