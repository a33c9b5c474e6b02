/* judge - see judge.h. Job: criteria to colours, colours to a status.
 * Invariant: a criterion is coloured only when both of its sides are there;
 * none always carries the first reason that applies. Reads rows only: a crash
 * leaves nothing. */
#include "services/judging/judge.h"

#include "services/base/err.h"
#include "services/judging/expected.h"
#include "services/judging/late.h"
#include "services/judging/needed.h"
#include "services/judging/terms.h"

#include <stdlib.h>

/* One judgement in the making. */
struct judging {
    const struct mv_catalogue *c;
    const struct mv_target *target;
    struct mv_judgement *ret;
    struct mv_case k;
    uint32_t colours;      /* bits of statuses seen */
    uint32_t line_colours; /* of the line at hand */
    uint32_t none_lines;   /* bits of reasons of lines that are none */
};

const char *mv_status_text(mv_status s)
{
    static const char *const text[] = {"none", "green", "yellow", "red"};
    return s <= MV_STATUS_RED ? text[s] : text[MV_STATUS_NONE];
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

const char *mv_left_out_text(uint32_t why)
{
    uint32_t reasons = why & (MV_LEFT_NOT_THERE - 1);
    if (reasons != 0)
        return mv_reason_text(mv_reason_first(reasons));
    if ((why & MV_LEFT_NOT_THERE) != 0)
        return "not_there";
    if ((why & MV_LEFT_ENDED) != 0)
        return "ended";
    if ((why & MV_LEFT_UNWEIGHTED) != 0)
        return "unweighted";
    if ((why & MV_LEFT_HIDDEN) != 0)
        return "hidden";
    return why != 0 ? "missing" : "";
}

/* Are the periods to be named that its value lacks? It does not lack what the
 * year lacks where it asks for one period or the last, nor where something was
 * taken for them. */
static bool names_periods(const struct judging *j, const struct mv_group *g)
{
    return j->k.w->naming && !g->term.latest && !g->got.basis.forecast;
}

static void take_counts(const struct judging *j, const struct mv_group *g,
                        struct mv_basis *b)
{
    b->own = g->got.basis.own;
    b->units_in = g->got.basis.units_in;
    b->units_of = g->got.basis.units_of;
    for (uint16_t i = 0; i < g->got.basis.absent_kept; i++)
        mv_basis_absent(j->k.w, b, g->got.basis.absent_at[i]);
    if (g->kind == MV_NODE_SHARE) /* of many units there is no one count */
        return;
    b->freq = (uint8_t)j->c->indicators[g->term.indicator].frequency;
    struct mv_cells *missing = names_periods(j, g) ? &b->missing : NULL;
    mv_expected_periods(j->k.env, &g->term, &g->got, &b->periods_in,
                        &b->periods_of, missing);
}

/* What the criterion's figures rest on; counted is the first term of the
 * target's year. */
static void find_basis(struct judging *j, struct mv_ruling *r)
{
    const struct mv_group *at = j->k.groups;
    for (unsigned i = 0; i < j->k.group_count; i++) {
        if (r->basis.units_of == 0 && !r->basis.own &&
            at[i].term.at[0].year == j->target->year)
            take_counts(j, &at[i], &r->basis);
    }
    mv_terms_basis(&j->k, &r->basis);
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

/* The yellow line's answer to a missed `require`. */
static uint32_t judge_yellow(struct judging *j, const struct mv_criterion *y,
                             struct mv_ruling *r)
{
    struct mv_side left, right;
    bool holds;
    if (y == NULL)
        return 0;
    uint32_t why = mv_eval_sides(&j->k, y, &left, &right);
    if (why != 0)
        return why;
    int decimals = mv_eval_decimals(&j->k, &j->c->nodes[y->first]);
    if (!mv_eval_holds(&left, (mv_cmp)y->cmp, &right, decimals, &holds))
        return MV_NOT_COMPUTABLE;
    if (holds)
        r->status = MV_STATUS_YELLOW;
    find_basis(j, r);
    mv_late_coloured(&j->k, &j->k.w->late[MV_LATE_NOW]);
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
    int decimals = mv_eval_decimals(&j->k, &j->c->nodes[q->first]);
    if (!mv_eval_shown(&left, decimals, &r->left) ||
        !mv_eval_shown(&right, decimals, &r->right) ||
        !margin(cmp, r->left, r->right, &r->margin) ||
        !mv_eval_holds(&left, cmp, &right, decimals, &holds))
        return MV_NOT_COMPUTABLE;
    r->status = holds ? MV_STATUS_GREEN : MV_STATUS_RED;
    mv_needed_find(&j->k, q, &left, &right, r);
    find_basis(j, r);
    r->has_left = r->has_right = r->has_margin = true;
    mv_late_coloured(&j->k, &j->k.w->late[MV_LATE_NOW]);
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

static void judge_one(struct judging *j, uint32_t criterion,
                      const struct mv_criterion *y, uint32_t member)
{
    struct mv_ruling *r = new_ruling(j->ret);
    r->criterion = criterion;
    r->member = member;
    j->k.member = member;
    mv_late_clear(&j->k.w->late[MV_LATE_SHARE]);
    mv_late_clear(&j->k.w->late[MV_LATE_SHARE_NONE]);
    mv_late_clear(&j->k.w->late[MV_LATE_NOW]);
    j->k.w->broken.there = j->k.w->bare = false;
    uint32_t why = judge_require(j, &j->c->criteria[criterion], y, r);
    if (why != 0) {
        mv_reason reason = mv_reason_first(why);
        *r = (struct mv_ruling){
            .criterion = criterion, .member = member, .reason = reason};
        if (reason == MV_REASON_SERIES_BREAK)
            r->broken = j->k.w->broken;
        r->bare = reason == MV_REASON_NOT_COMPUTABLE && j->k.w->bare;
        if (reason == MV_REASON_OVERDUE)
            mv_late_none(&j->k, &j->k.w->late[MV_LATE_NONE]);
        else if (reason != MV_REASON_NOT_COMPUTABLE) /* it may name nothing */
            mv_late_beside(&j->k, &j->k.w->late[MV_LATE_BESIDE]);
    } else {
        j->ret->preliminary |= r->basis.preliminary;
        mv_late_merge(&j->k.w->late[MV_LATE_COLOURED],
                      &j->k.w->late[MV_LATE_NOW]);
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

/* Does a tell more than b, which stands before it? Of one line's members the
 * nearest to its limit, or farthest beyond; lines are of different measures. */
static bool tells_more(const struct mv_ruling *a, const struct mv_ruling *b)
{
    if (a->status != b->status)
        return a->status > b->status;
    return a->has_margin && a->criterion == b->criterion &&
           mv_dec_compare(a->margin, b->margin) < 0;
}

static void find_lead(const struct judging *j)
{
    struct mv_judgement *ret = j->ret;
    uint32_t lead = 0;
    for (uint32_t i = 1; i < ret->count; i++)
        if (tells_more(&ret->rulings[i], &ret->rulings[lead]))
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
    bool beside =
        ret->status == MV_STATUS_NONE && ret->reason != MV_REASON_OVERDUE;
    const struct mv_late *late =
        &j->k.w->late[ret->status != MV_STATUS_NONE ? MV_LATE_COLOURED
                      : beside                      ? MV_LATE_BESIDE
                                                    : MV_LATE_NONE];
    for (int i = MV_LATE_COLOURED; beside && i <= MV_LATE_NONE; i++)
        mv_late_merge(&j->k.w->late[MV_LATE_BESIDE], &j->k.w->late[i]);
    ret->overdue_kept = beside ? 0 : (uint16_t)late->count;
    ret->beside_kept = beside ? (uint16_t)late->count : 0;
    for (unsigned i = 0; i < late->count; i++)
        ret->overdue_at[i] = late->at[i];
}

static struct mv_work *work_of(struct mv_judgement *ret)
{
    if (ret->work == NULL)
        ret->work = mv_work_open();
    ret->work->naming = ret->naming;
    for (int i = 0; i < MV_LATE_LISTS; i++)
        mv_late_clear(&ret->work->late[i]);
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
    ret->overdue_kept = ret->beside_kept = 0;
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
    j.k.groups = j.k.w->groups;
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
