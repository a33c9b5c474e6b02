/* recipe - see recipe.h. Job: a formula walked depth first, with a path of
 * our own. Invariant: parts stand in the order in which the text first names
 * them; a formula that refers to itself ends the walk like any other.
 * A crash in the middle leaves nothing: it is memory of the caller's. */
#include "services/catalogue/recipe.h"

#include "services/catalogue/catalogue.h"

struct step {
    struct mv_series series;
    uint32_t node; /* next of its formula */
};

struct walk {
    const struct mv_catalogue *c;
    struct mv_recipe *ret;
    struct step path[MV_RECIPE_MAX];
    unsigned depth;
};

struct mv_series mv_recipe_part(const struct mv_catalogue *c,
                                struct mv_series of, const struct mv_node *n)
{
    struct mv_series part = {n->indicator, n->member};
    if (n->member != MV_MEMBER_EACH)
        return part;
    part.member = of.member;
    if (of.member == MV_MEMBER_TOTAL || of.member == MV_MEMBER_EACH ||
        of.indicator == n->indicator)
        return part;
    part.member =
        mv_catalogue_member(c, &c->indicators[n->indicator],
                            c->indicators[of.indicator].members[of.member].id);
    return part;
}

static bool is_met(const struct walk *w, struct mv_series s)
{
    for (unsigned i = 0; i < w->ret->count; i++) {
        if (mv_series_equal(w->ret->at[i], s))
            return true;
    }
    for (unsigned i = 0; i < w->depth; i++) {
        if (mv_series_equal(w->path[i].series, s))
            return true;
    }
    return false;
}

/* The topmost of the path has all its parts. False: too many. */
static bool finish(struct walk *w)
{
    struct mv_recipe *r = w->ret;
    struct mv_series s = w->path[--w->depth].series;
    r->parts += w->c->indicators[s.indicator].formula == MV_NONE;
    if (r->count == MV_RECIPE_MAX || r->parts > MV_RECIPE_PARTS)
        return false;
    r->at[r->count++] = s;
    return true;
}

bool mv_recipe_of(const struct mv_catalogue *c, struct mv_series of,
                  struct mv_recipe *ret)
{
    struct walk w = {.c = c, .ret = ret, .depth = 1};
    w.path[0] = (struct step){of, 0};
    ret->count = ret->parts = 0;
    while (w.depth > 0) {
        struct step *s = &w.path[w.depth - 1];
        const struct mv_indicator *i = &c->indicators[s->series.indicator];
        if (i->formula == MV_NONE || s->node == i->formula_count) {
            if (!finish(&w))
                return false;
            continue;
        }
        const struct mv_node *n = &c->nodes[i->formula + s->node++];
        if (n->indicator == MV_NONE)
            continue;
        struct mv_series part = mv_recipe_part(c, s->series, n);
        if (is_met(&w, part))
            continue;
        if (w.depth == MV_RECIPE_MAX)
            return false;
        w.path[w.depth++] = (struct step){part, 0};
    }
    return true;
}
