/* late - see late.h. Job: lists of overdue periods. Invariant: in order of
 * time, each once, the first MV_LATE_MAX of all. Memory of the caller's: a
 * crash leaves nothing. */
#include "services/judging/late.h"

#include "services/judging/due.h"

void mv_late_clear(struct mv_late *l)
{
    l->count = 0;
}

static void add(struct mv_late *l, const struct mv_period *p)
{
    unsigned i = l->count;
    while (i > 0 && (l->at[i - 1].first_day > p->first_day ||
                     (l->at[i - 1].first_day == p->first_day &&
                      l->at[i - 1].last_day > p->last_day)))
        i--;
    if (i > 0 && mv_period_equal(&l->at[i - 1], p))
        return;
    if (i == MV_LATE_MAX)
        return;
    if (l->count < MV_LATE_MAX)
        l->count++;
    for (unsigned k = l->count - 1; k > i; k--)
        l->at[k] = l->at[k - 1];
    l->at[i] = *p;
}

void mv_late_merge(struct mv_late *into, const struct mv_late *from)
{
    for (unsigned i = 0; i < from->count; i++)
        add(into, &from->at[i]);
}

static void add_lack(const struct mv_case *k, const struct mv_series_year *at,
                     const struct mv_lack *l, struct mv_late *ret)
{
    const struct mv_catalogue *c = mv_plan_catalogue(k->env->plan);
    const struct mv_indicator *ind = &c->indicators[at->indicator];
    struct mv_period p;
    int n = 0;
    if (ind->due.kind == MV_DUE_NEVER)
        return;
    while ((n = mv_lack_next(l, ind->frequency, at->year, n, &p)) != 0) {
        if (!mv_due_late(k->env, ind, &p))
            return; /* the later ones are due later */
        add(ret, &p);
    }
}

/* Of every part, or of those that hold nothing. */
static void add_group(const struct mv_case *k, const struct mv_group *g,
                      bool every, struct mv_late *ret)
{
    for (unsigned part = 0; part < g->term.parts; part++) {
        if (every || g->got.lack[part].nothing)
            add_lack(k, &g->term.at[part], &g->got.lack[part], ret);
    }
}

void mv_late_coloured(const struct mv_case *k, struct mv_late *ret)
{
    for (unsigned i = 0; i < k->group_count; i++) {
        if (k->groups[i].kind == MV_NODE_SHARE)
            mv_late_merge(ret, &k->w->late[MV_LATE_SHARE]);
        else
            add_group(k, &k->groups[i], true, ret);
    }
}

void mv_late_beside(const struct mv_case *k, struct mv_late *ret)
{
    for (unsigned i = 0; i < k->group_count; i++) {
        if (k->groups[i].kind == MV_NODE_SHARE)
            mv_late_merge(ret, &k->w->late[MV_LATE_SHARE]);
        else if (k->groups[i].term.at[0].year == k->target->year)
            add_group(k, &k->groups[i], true, ret);
    }
}

void mv_late_none(const struct mv_case *k, struct mv_late *ret)
{
    for (unsigned i = 0; i < k->group_count; i++) {
        if (!k->groups[i].got.nothing_now)
            continue;
        if (k->groups[i].kind == MV_NODE_SHARE)
            mv_late_merge(ret, &k->w->late[MV_LATE_SHARE_NONE]);
        else
            add_group(k, &k->groups[i], false, ret);
    }
}
