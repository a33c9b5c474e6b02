/* left_out - see left_out.h. Job: names what could not count. Invariant: at
 * most MV_LEFT_OUT_MAX are named, all are counted, none of the named twice.
 * Works on copies: a crash leaves nothing. */
#include "services/judging/left_out.h"

void mv_left_out_add(struct mv_gathering *g, uint32_t unit, uint32_t member,
                     uint32_t why)
{
    struct mv_basis *b = &g->ret->basis;
    if ((why & MV_REASON_BIT(MV_REASON_NOT_DUE)) != 0)
        why = (why & ~MV_REASON_BIT(MV_REASON_NOT_DUE)) | MV_LEFT_MISSING;
    if (b->left_out_kept < MV_LEFT_OUT_MAX)
        b->left_out_at[b->left_out_kept++] =
            (struct mv_left_out){unit, member, why};
    b->left_out++;
}

static bool any_included(const struct mv_gathering *g,
                         const struct mv_unit *top)
{
    for (unsigned y = 0; y < g->term->count; y++) {
        for (uint32_t i = g->all.from[y]; i < g->all.to[y]; i++) {
            const struct mv_strand *s = mv_gathering_leaf(g, i);
            if (s->included && mv_catalogue_below(g->c, s->unit, top->index))
                return true;
        }
    }
    return false;
}

/* What ended leaves those above it that have not. */
static bool outlives(const struct mv_gathering *g, uint32_t unit,
                     const struct mv_left_out *l)
{
    return l->why == MV_LEFT_ENDED &&
           g->c->units[unit].last_day > g->c->units[l->unit].last_day;
}

static void leave_out_once(struct mv_gathering *g, uint32_t unit,
                           uint32_t member, uint32_t why)
{
    struct mv_basis *b = &g->ret->basis;
    for (unsigned i = 0; i < b->left_out_kept; i++) {
        struct mv_left_out *l = &b->left_out_at[i];
        if (l->unit == unit && l->member == member) {
            l->why |= why;
            return;
        }
    }
    mv_left_out_add(g, unit, member, why);
}

/* Of a named period, or the last: not there on any day of it. */
static bool is_away(const struct mv_gathering *g, uint32_t unit)
{
    const struct mv_term *t = g->term;
    const struct mv_unit *u = &g->c->units[unit];
    struct mv_period p;
    return t->latest && mv_slot_period(t->at[0].year, t->part, t->code, &p) &&
           (u->first_day > p.last_day || u->last_day < p.first_day);
}

/* Nobody waits for figures of those. */
static void tell_away(struct mv_gathering *g)
{
    struct mv_basis *b = &g->ret->basis;
    for (unsigned i = 0; i < b->left_out_kept; i++) {
        struct mv_left_out *l = &b->left_out_at[i];
        if ((l->why & MV_LEFT_MISSING) != 0 && is_away(g, l->unit))
            l->why = (l->why & ~MV_LEFT_MISSING) | MV_LEFT_NOT_THERE;
    }
}

void mv_left_out_name(struct mv_gathering *g)
{
    struct mv_basis *b = &g->ret->basis;
    struct mv_basis was = *b;
    bool compared = g->term->count > 1 || g->term->latest;
    if (was.left_out == 0)
        return;
    b->left_out = b->left_out_kept = 0;
    for (unsigned i = 0; i < was.left_out_kept; i++) {
        const struct mv_left_out *l = &was.left_out_at[i];
        uint32_t highest = MV_NONE;
        for (uint32_t u = l->unit; u != g->term->unit;
             u = g->c->units[u].parent) {
            if (!any_included(g, &g->c->units[u]) && !outlives(g, u, l)) {
                highest = u;
                if (!compared)
                    leave_out_once(g, u, MV_MEMBER_TOTAL, l->why);
            }
        }
        if (!compared || highest == MV_NONE)
            leave_out_once(g, l->unit, l->member, l->why);
        else
            leave_out_once(g, highest, MV_MEMBER_TOTAL, l->why);
    }
    b->left_out = (uint16_t)(b->left_out + was.left_out - was.left_out_kept);
    tell_away(g);
}
