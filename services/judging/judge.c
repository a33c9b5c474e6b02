/* judge - see judge.h. Job: criteria to colours, colours to a status.
 * Invariant: a criterion is coloured only when both of its sides are there;
 * none always carries the first reason that applies. Reads rows only: a crash
 * leaves nothing. */
#include "services/judging/judge.h"

#include "services/base/err.h"
#include "services/judging/due.h"
#include "services/judging/eval.h"
#include "services/judging/needed.h"

#include <stdlib.h>

/* Lists of periods that are past due and not in. */
#define LATE_COLOURED 0 /* of criteria with a colour */
#define LATE_NONE     1 /* of those that are none for that reason */
#define LATE_NOW      2 /* of the criterion at hand */
#define LATE_LISTS    3

/* One judgement in the making. */
struct judging {
    const struct mv_catalogue *c;
    const struct mv_target *target;
    struct mv_judgement *ret;
    struct mv_case k;
    int decimals; /* compare: displayed; else -1 */
    unsigned late_count[LATE_LISTS];
    uint32_t colours;      /* bits of statuses seen */
    uint32_t line_colours; /* of the line at hand */
    uint32_t none_lines;   /* bits of reasons of lines that are none */
};

const char *mv_status_text(mv_status s)
{
    static const char *const text[] = {"none", "green", "yellow", "red"};
    return text[s];
}

const char *mv_reason_text(mv_reason r)
{
    static const char *const text[] = {"",
                                       "under_development",
                                       "report_only",
                                       "withdrawn",
                                       "suppressed",
                                       "zero_denominator",
                                       "not_computable",
                                       "series_break",
                                       "no_limit",
                                       "no_base",
                                       "overdue",
                                       "not_due",
                                       "not_assessed"};
    return text[r];
}

static bool add_late(struct mv_period *at, unsigned *count,
                     const struct mv_period *p)
{
    unsigned i = *count;
    while (i > 0 && (at[i - 1].first_day > p->first_day ||
                     (at[i - 1].first_day == p->first_day &&
                      at[i - 1].last_day > p->last_day)))
        i--;
    if (i > 0 && mv_period_equal(&at[i - 1], p))
        return true;
    if (*count == MV_OVERDUE_MAX)
        return false;
    for (unsigned k = *count; k > i; k--)
        at[k] = at[k - 1];
    at[i] = *p;
    (*count)++;
    return true;
}

static void late_of_group(struct judging *j, const struct mv_group *g, int list)
{
    const struct mv_indicator *ind = &j->c->indicators[g->term.indicator];
    int year = g->term.years[0];
    struct mv_period p;
    int n = 0;
    if (ind->due.kind == MV_DUE_NEVER)
        return;
    while ((n = mv_gathered_missing(&g->got, ind->frequency, year, n, &p)) !=
           0) {
        if (!mv_due_passed(ind, &p, j->k.env->today))
            return; /* the later ones are due later */
        if (!add_late(j->k.w->late[list], &j->late_count[list], &p))
            j->ret->overdue++;
    }
}

/* Adds the periods of the target's year that are past due and not in. */
static void find_late(struct judging *j, int list)
{
    for (unsigned i = 0; i < j->k.group_count; i++) {
        const struct mv_group *g = &j->k.w->groups[i];
        if (list != LATE_NONE || g->got.nothing_now)
            late_of_group(j, g, list);
    }
}

static void merge_basis(struct mv_basis *into, const struct mv_basis *b)
{
    into->preliminary |= b->preliminary;
    into->unweighted |= b->unweighted;
    into->whole_base |= b->whole_base;
    into->forecast |= b->forecast;
    for (unsigned i = 0; i < MV_STRETCH_WORDS; i++)
        into->stretches[i] |= b->stretches[i];
    for (unsigned i = 0; i < b->left_out_kept; i++) {
        unsigned k = 0;
        while (k < into->left_out_kept &&
               (into->left_out_at[k].unit != b->left_out_at[i].unit ||
                into->left_out_at[k].member != b->left_out_at[i].member))
            k++;
        if (k < into->left_out_kept || k == MV_LEFT_OUT_MAX)
            continue;
        into->left_out_at[into->left_out_kept++] = b->left_out_at[i];
        into->left_out++;
    }
}

static void take_units(const struct judging *j, const struct mv_group *g,
                       struct mv_basis *b)
{
    b->own = g->got.basis.own;
    b->units_in = g->got.basis.units_in;
    b->units_of = g->got.basis.units_of;
    mv_freq freq = j->c->indicators[g->term.indicator].frequency;
    b->periods_missing = g->got.missing_count;
    b->periods_in =
        (uint16_t)(mv_period_count(freq, j->target->year) - b->periods_missing);
}

/* What the criterion's figures rest on; the units of the first term of the
 * target's year count, and only that year's periods are told. */
static void find_basis(struct judging *j, struct mv_ruling *r)
{
    const struct mv_group *at = j->k.w->groups;
    for (unsigned i = 0; i < j->k.group_count; i++) {
        struct mv_basis b = at[i].got.basis;
        if (at[i].term.years[0] != j->target->year) {
            for (unsigned k = 0; k < MV_STRETCH_WORDS; k++)
                b.stretches[k] = 0;
        } else if (r->basis.units_of == 0 && !r->basis.own) {
            take_units(j, &at[i], &r->basis);
        }
        merge_basis(&r->basis, &b);
    }
    if (j->k.inhabitants != 0)
        r->basis.inhabitants = (int16_t)j->k.inhabitants;
}

static bool margin(mv_cmp cmp, struct mv_dec left, struct mv_dec right,
                   struct mv_dec *ret)
{
    if (cmp == MV_CMP_LT || cmp == MV_CMP_LE)
        return mv_dec_sub(ret, right, left);
    if (!mv_dec_sub(ret, left, right))
        return false;
    if (cmp == MV_CMP_EQ)
        *ret = mv_dec_neg(mv_dec_abs(*ret));
    return true;
}

static uint32_t out_of_range(void)
{
    return MV_REASON_BIT(MV_REASON_NOT_COMPUTABLE);
}

/* The yellow line's answer to a missed `require`. */
static uint32_t judge_yellow(struct judging *j, const struct mv_criterion *y,
                             struct mv_ruling *r)
{
    struct mv_side left, right;
    bool holds;
    r->status = MV_STATUS_RED;
    if (y == NULL)
        return 0;
    uint32_t why = mv_eval_sides(&j->k, y, &left, &right);
    if (why != 0)
        return why;
    if (!mv_eval_holds(&left, (mv_cmp)y->cmp, &right, j->decimals, &holds))
        return out_of_range();
    if (holds)
        r->status = MV_STATUS_YELLOW;
    find_basis(j, r);
    find_late(j, LATE_NOW);
    return 0;
}

/* Bits of reasons: the criterion is none. */
static uint32_t judge_require(struct judging *j, const struct mv_criterion *q,
                              const struct mv_criterion *y, struct mv_ruling *r)
{
    struct mv_side left, right;
    bool holds;
    uint32_t why = mv_eval_sides(&j->k, q, &left, &right);
    if (why != 0)
        return why;
    mv_cmp cmp = (mv_cmp)q->cmp;
    if (!mv_eval_shown(&left, j->decimals, &r->left) ||
        !mv_eval_shown(&right, j->decimals, &r->right) ||
        !margin(cmp, r->left, r->right, &r->margin) ||
        !mv_eval_holds(&left, cmp, &right, j->decimals, &holds))
        return out_of_range();
    mv_needed_find(&j->k, q, &left, &right, r);
    find_basis(j, r);
    r->has_left = r->has_right = r->has_margin = true;
    r->status = MV_STATUS_GREEN;
    find_late(j, LATE_NOW);
    return holds ? 0 : judge_yellow(j, y, r);
}

static struct mv_ruling *new_ruling(struct mv_judgement *ret)
{
    if (ret->count == ret->cap) {
        ret->cap = ret->cap == 0 ? 4 : ret->cap * 2;
        ret->rulings =
            mv_xrealloc(ret->rulings, ret->cap * sizeof *ret->rulings);
    }
    struct mv_ruling *r = &ret->rulings[ret->count++];
    *r = (struct mv_ruling){0};
    return r;
}

/* compare: displayed: the target's indicator's, else the first one named. */
static int decimals_of(const struct judging *j, const struct mv_criterion *q)
{
    uint32_t of = j->target->indicator;
    if (j->target->compare != MV_COMPARE_DISPLAYED)
        return -1;
    for (unsigned i = 0; of == MV_NONE; i++)
        of = j->c->nodes[q->first + i].indicator;
    return j->c->indicators[of].decimals;
}

static void judge_one(struct judging *j, uint32_t criterion,
                      const struct mv_criterion *y, uint32_t member)
{
    struct mv_ruling *r = new_ruling(j->ret);
    r->criterion = criterion;
    r->member = member;
    j->k.member = member;
    j->decimals = decimals_of(j, &j->c->criteria[criterion]);
    j->late_count[LATE_NOW] = 0;
    uint32_t why = judge_require(j, &j->c->criteria[criterion], y, r);
    if (why != 0) {
        mv_reason reason = mv_reason_first(why);
        *r = (struct mv_ruling){
            .criterion = criterion, .member = member, .reason = reason};
        if (reason == MV_REASON_OVERDUE)
            find_late(j, LATE_NONE);
    } else {
        j->ret->preliminary |= r->basis.preliminary;
        for (unsigned i = 0; i < j->late_count[LATE_NOW]; i++) {
            if (!add_late(j->k.w->late[LATE_COLOURED],
                          &j->late_count[LATE_COLOURED],
                          &j->k.w->late[LATE_NOW][i]))
                j->ret->overdue++;
        }
    }
    j->colours |= 1u << r->status;
    j->line_colours |= 1u << r->status;
}

static void judge_line(struct judging *j, uint32_t criterion,
                       const struct mv_criterion *y)
{
    uint32_t first = j->ret->count;
    const struct mv_criterion *k = &j->c->criteria[criterion];
    j->line_colours = 0;
    if (k->each) {
        const struct mv_indicator *of = &j->c->indicators[k->each_indicator];
        for (uint32_t m = 0; m < of->member_count; m++)
            judge_one(j, criterion, y, m);
    } else {
        judge_one(j, criterion, y, MV_MEMBER_TOTAL);
    }
    if (j->line_colours != 1u << MV_STATUS_NONE)
        return;
    for (uint32_t i = first; i < j->ret->count; i++)
        j->none_lines |= MV_REASON_BIT(j->ret->rulings[i].reason);
}

/* Step 5, flat over criteria and members. */
static mv_status combine(const struct judging *j)
{
    uint32_t colours = j->colours & ~(1u << MV_STATUS_NONE);
    if (colours == 0)
        return MV_STATUS_NONE;
    if (colours == 1u << MV_STATUS_GREEN)
        return j->none_lines != 0 ? MV_STATUS_NONE : MV_STATUS_GREEN;
    bool red = (colours & 1u << MV_STATUS_RED) != 0;
    if (j->target->combine == MV_COMBINE_WHOLE)
        return red ? MV_STATUS_RED : MV_STATUS_YELLOW;
    return colours == 1u << MV_STATUS_RED ? MV_STATUS_RED : MV_STATUS_YELLOW;
}

static void find_lead(const struct judging *j)
{
    struct mv_judgement *ret = j->ret;
    uint32_t lead = 0;
    for (uint32_t i = 1; i < ret->count; i++)
        if (ret->rulings[i].status > ret->rulings[lead].status)
            lead = i;
    ret->lead = lead;
}

static void finish(struct judging *j)
{
    struct mv_judgement *ret = j->ret;
    ret->status = combine(j);
    if (ret->status == MV_STATUS_NONE)
        ret->reason = j->none_lines != 0 ? mv_reason_first(j->none_lines)
                                         : MV_REASON_NOT_ASSESSED;
    find_lead(j);
    int list = ret->status == MV_STATUS_NONE ? LATE_NONE : LATE_COLOURED;
    if (list == LATE_NONE && ret->reason != MV_REASON_OVERDUE) {
        ret->overdue = 0;
        return;
    }
    ret->overdue_kept = (uint16_t)j->late_count[list];
    ret->overdue = (uint16_t)(ret->overdue + ret->overdue_kept);
    for (unsigned i = 0; i < ret->overdue_kept; i++)
        ret->overdue_at[i] = j->k.w->late[list][i];
}

static struct mv_work *work_of(struct mv_judgement *ret)
{
    if (ret->work == NULL) {
        ret->work = mv_xcalloc(1, sizeof *ret->work);
        for (int i = 0; i < LATE_LISTS; i++)
            ret->work->late[i] =
                mv_xcalloc(MV_OVERDUE_MAX, sizeof(struct mv_period));
    }
    return ret->work;
}

static void clear(struct mv_judgement *ret, uint32_t target, uint32_t unit)
{
    ret->target = target;
    ret->unit = unit;
    ret->status = MV_STATUS_NONE;
    ret->reason = MV_REASON_NO;
    ret->count = 0;
    ret->lead = 0;
    ret->preliminary = false;
    ret->overdue = ret->overdue_kept = 0;
}

static void judge_lines(const struct mv_judge_env *env, uint32_t target,
                        uint32_t unit, struct mv_criteria lines,
                        struct mv_criteria yellow, struct mv_judgement *ret)
{
    const struct mv_catalogue *c = mv_plan_catalogue(env->plan);
    const struct mv_target *t = &c->targets[target];
    struct judging j = {.c = c, .target = t, .ret = ret};
    j.k = (struct mv_case){
        .w = work_of(ret), .env = env, .target = t, .unit = unit};
    for (uint32_t i = 0; i < lines.count; i++)
        judge_line(&j, lines.first + i,
                   i < yellow.count ? &c->criteria[yellow.first + i] : NULL);
    finish(&j);
}

void mv_judge(const struct mv_judge_env *env, uint32_t target, uint32_t unit,
              struct mv_judgement *ret)
{
    const struct mv_target *t = &mv_plan_catalogue(env->plan)->targets[target];
    clear(ret, target, unit);
    if (t->state == MV_STATE_UNDER_DEVELOPMENT)
        ret->reason = MV_REASON_UNDER_DEVELOPMENT;
    else if (t->state == MV_STATE_REPORT_ONLY)
        ret->reason = MV_REASON_REPORT_ONLY;
    else if (t->state == MV_STATE_ASSESSED || t->require.count == 0)
        ret->reason = MV_REASON_NOT_ASSESSED;
    else
        judge_lines(env, target, unit, t->require, t->yellow, ret);
}

void mv_judge_aim(const struct mv_judge_env *env, uint32_t target,
                  uint32_t unit, struct mv_judgement *ret)
{
    const struct mv_target *t = &mv_plan_catalogue(env->plan)->targets[target];
    clear(ret, target, unit);
    if (t->aim.count > 0)
        judge_lines(env, target, unit, t->aim, (struct mv_criteria){0, 0}, ret);
}

void mv_judgement_done(struct mv_judgement *j)
{
    free(j->rulings);
    mv_work_close(j->work);
    *j = (struct mv_judgement){0};
}
