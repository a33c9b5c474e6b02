/* absent - see absent.h. Job: what is missing, where it comes from. Invariant:
 * a period that figures hold, or that none are expected for, is never named.
 * Reads rows only: a crash leaves nothing. */
#include "services/judging/absent.h"

#include <assert.h>

#include "services/judging/due.h"
#include "services/judging/eval.h"

struct looking {
    const struct mv_judge_env *env;
    struct mv_work *w;
    const struct mv_indicator *ind;
    int year;
};

static void add(const struct looking *k, const struct mv_period *p,
                struct mv_absent *ret)
{
    if (ret->count == 0)
        (void)mv_due_day(k->ind, p, &ret->due);
    static_assert(MV_PERIODS_MAX <= MV_OVERDUE_MAX, "room for a year");
    ret->at[ret->count++] = *p;
}

/* held: what is in, or not expected. */
static void find_late(const struct looking *k, const struct mv_cells *held,
                      struct mv_absent *ret)
{
    mv_freq freq = k->ind->frequency;
    unsigned words = mv_cells_words(freq);
    struct mv_cells cells;
    struct mv_period p;
    for (int n = 1; mv_cells_nth(freq, k->year, n, &cells); n++) {
        if (!mv_cells_inside(&cells, held, words) &&
            mv_period_nth(freq, k->year, n, &p) &&
            mv_due_late(k->env, k->ind, &p))
            add(k, &p, ret);
    }
}

/* Does the series have anything, this year or the last? *held: of this. */
static bool read_series(const struct looking *k, uint32_t unit, uint32_t member,
                        struct mv_cells *held)
{
    unsigned words = mv_cells_words(k->ind->frequency);
    k->w->strand_count = k->w->stretch_count = 0;
    uint32_t before =
        mv_strand_load(k->w, k->env, unit, k->ind->index, member, k->year - 1);
    uint32_t now =
        mv_strand_load(k->w, k->env, unit, k->ind->index, member, k->year);
    const struct mv_strand *s = &k->w->strands[now];
    *held = s->counted;
    mv_cells_add(held, &s->none_expected, words);
    mv_cells_add(held, &s->known_suppressed, words);
    return s->records || k->w->strands[before].records;
}

bool mv_absent_of(const struct mv_judge_env *env, struct mv_work *w,
                  uint32_t indicator, int year, uint32_t unit,
                  struct mv_absent *ret)
{
    const struct mv_catalogue *c = mv_plan_catalogue(env->plan);
    const struct looking k = {
        .env = env, .w = w, .ind = &c->indicators[indicator], .year = year};
    unsigned words = mv_cells_words(k.ind->frequency);
    struct mv_cells all, held;
    if (!mv_plan_alive(env->plan, unit, year))
        return false;
    ret->unit = unit;
    ret->count = 0;
    bool total = read_series(&k, unit, MV_MEMBER_TOTAL, &all), any = total;
    if (!total)
        mv_cells_year(k.ind->frequency, year, &all);
    for (uint32_t m = 0; m < k.ind->member_count && !total; m++) {
        if (!read_series(&k, unit, m, &held))
            continue;
        mv_cells_keep(&all, &held, words);
        any = true;
    }
    if (any)
        find_late(&k, &all, ret);
    return any;
}

bool mv_absent_known(const struct mv_judge_env *env, struct mv_work *w,
                     uint32_t indicator, int year, uint32_t unit,
                     uint32_t member)
{
    const struct mv_catalogue *c = mv_plan_catalogue(env->plan);
    const struct looking k = {
        .env = env, .w = w, .ind = &c->indicators[indicator], .year = year};
    const uint32_t *order = mv_plan_preorder(env->plan);
    struct mv_cells held;
    bool known = false;
    for (uint32_t i = c->units[unit].enter; i < c->units[unit].leave && !known;
         i++)
        known = read_series(&k, order[i], member, &held);
    return known;
}

bool mv_absent_all(const struct mv_judge_env *env, uint32_t indicator, int year,
                   uint32_t unit, struct mv_absent *ret)
{
    const struct mv_catalogue *c = mv_plan_catalogue(env->plan);
    const struct mv_unit *u = &c->units[unit];
    const struct looking k = {
        .env = env, .ind = &c->indicators[indicator], .year = year};
    struct mv_cells none_expected = {{0}};
    ret->unit = unit;
    ret->count = 0;
    mv_cells_outside(k.ind->frequency, year, u->first_day, u->last_day,
                     &none_expected);
    find_late(&k, &none_expected, ret);
    return ret->count > 0;
}
