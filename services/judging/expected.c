/* expected - see expected.h. Job: what a basis is counted of. Invariant: what
 * is in is of what is expected, whoever else says that nothing is. Reads only:
 * a crash leaves nothing. */
#include "services/judging/expected.h"

#include "services/judging/gathering.h"
#include "services/judging/stock.h"

/* Not there yet, where only what ends by a day is known. */
static bool is_later(const struct mv_judge_env *env, const struct mv_unit *u)
{
    return env->periods_to != 0 && u->first_day > env->periods_to;
}

bool mv_expected_any(const struct mv_judge_env *env, const struct mv_term *term,
                     const struct mv_gathered *got)
{
    const struct mv_catalogue *c = mv_plan_catalogue(env->plan);
    bool all = !got->nothing_now || !is_later(env, &c->units[term->unit]);
    for (unsigned part = 0; part < term->parts; part++) {
        mv_freq freq = c->indicators[term->at[part].indicator].frequency;
        struct mv_cells year;
        mv_cells_year(freq, term->at[part].year, &year);
        all &= !mv_cells_inside(&year, &got->lack[part].waived,
                                mv_cells_words(freq));
    }
    return all;
}

void mv_expected_periods(const struct mv_judge_env *env,
                         const struct mv_term *term,
                         const struct mv_gathered *got, uint16_t *in,
                         uint16_t *of, struct mv_cells *missing)
{
    const struct mv_catalogue *c = mv_plan_catalogue(env->plan);
    mv_freq freq = c->indicators[term->indicator].frequency;
    unsigned words = mv_cells_words(freq);
    int year = term->at[0].year;
    struct mv_cells all, known = got->basis.held, waived = {{0}};
    mv_cells_year(freq, year, &all);
    mv_cells_keep(&known, &all, words);
    for (unsigned part = 0; part < term->parts; part++)
        mv_cells_add(&waived, &got->lack[part].waived, words);
    mv_cells_keep(&waived, &all, words);
    mv_cells_drop(&waived, &known, words);
    mv_cells_add(&known, &waived, words);
    mv_cells_whole(freq, &known);
    if (missing != NULL) {
        mv_cells_drop(&all, &known, words);
        mv_cells_drop(&all, &waived, words);
        mv_cells_add(missing, &all, words);
    }
    mv_cells_whole(freq, &waived);
    unsigned never = mv_cells_periods(freq, &waived);
    *of = (uint16_t)((unsigned)mv_period_count(freq, year) - never);
    *in = (uint16_t)(mv_cells_periods(freq, &known) - never);
}

/* ---- units ---- */

static bool is_within(const struct mv_gathering *g, const struct mv_strand *s,
                      const struct mv_unit *u)
{
    return mv_catalogue_below(g->c, s->unit, u->index);
}

/* Of a part: is all that is known within u a nil with M, for all of the year
 * that it is there? */
static bool is_waived(const struct mv_gathering *g, unsigned part,
                      const struct mv_unit *u)
{
    mv_freq freq = mv_gathering_indicator(g, part)->frequency;
    int at = g->term->at[part].year;
    struct mv_cells year, away = {{0}};
    bool any = false;
    mv_cells_year(freq, at, &year);
    mv_cells_outside(freq, at, u->first_day, u->last_day, &away);
    mv_cells_drop(&year, &away, mv_cells_words(freq));
    for (uint32_t i = g->visited_from[part]; i < g->visited_to[part]; i++) {
        const struct mv_strand *s = &g->w->strands[i];
        if (!s->records || !is_within(g, s, u))
            continue;
        if (s->in ||
            !mv_cells_inside(&year, &s->none_expected, mv_cells_words(freq)))
            return false;
        any = true;
    }
    return any || mv_cells_empty(&year, mv_cells_words(freq));
}

/* Is a child in the value, or is something of each part expected of it? */
static bool is_expected(const struct mv_gathering *g, const struct mv_unit *u)
{
    bool waived = mv_stock_is_over(g, u);
    for (unsigned part = 0; part < g->term->parts; part++)
        waived |= is_waived(g, part, u);
    for (uint32_t i = g->all.from[0]; waived && i < g->all.to[0]; i++) {
        const struct mv_strand *s = mv_gathering_leaf(g, i);
        waived = !(s->included && is_within(g, s, u));
    }
    return !waived;
}

/* Is any series flagged M? Mostly none is, and all are expected. */
static bool any_waived(const struct mv_gathering *g)
{
    bool any = false;
    for (unsigned part = 0; part < g->term->parts; part++) {
        for (uint32_t i = g->visited_from[part]; i < g->visited_to[part]; i++) {
            const struct mv_strand *s = &g->w->strands[i];
            any |= !mv_cells_empty(&s->none_expected, MV_CELL_WORDS);
        }
    }
    return any;
}

/* Is some figure within the child in the value? The leaves stand in the order
 * of the children; *i: the first that may be of this one, then of the next. */
static bool is_in(const struct mv_gathering *g, const struct mv_unit *u,
                  uint32_t *i)
{
    bool in = false;
    for (; *i < g->all.to[0]; (*i)++) {
        const struct mv_strand *s = mv_gathering_leaf(g, *i);
        if (!is_within(g, s, u))
            break;
        in |= s->included;
    }
    return in;
}

static void count_children(struct mv_gathering *g)
{
    struct mv_indices below = g->c->units[g->term->unit].children;
    struct mv_basis *b = &g->ret->basis;
    bool waived = any_waived(g);
    uint32_t leaf = g->all.from[0];
    for (uint32_t i = 0; i < below.count; i++) {
        const struct mv_unit *u = &g->c->units[below.at[i]];
        bool in = is_in(g, u, &leaf);
        if (in)
            b->units_in++;
        if (!mv_plan_counts(g->env->plan, g->term->at[0].indicator, u->index,
                            g->term->at[0].year) ||
            (!in && is_later(g->env, u)) ||
            ((waived || mv_stock_is_over(g, u)) && !is_expected(g, u)))
            continue;
        b->units_of++;
        if (!in)
            mv_basis_absent(g->w, b, u->index);
    }
}

void mv_expected_units(struct mv_gathering *g)
{
    struct mv_basis *b = &g->ret->basis;
    b->own = mv_gathering_leaf(g, g->all.from[0])->unit == g->term->unit;
    b->units_in = b->units_of = b->own;
    if (!b->own)
        count_children(g);
}
