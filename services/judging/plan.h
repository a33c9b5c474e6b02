/* plan - what a catalogue means for judging, worked out once per catalogue:
 * stable numbers of units, indicators and members, the tree in preorder, and
 * which targets a year of an indicator touches. */
#pragma once

#include "services/catalogue/catalogue.h"
#include "services/judging/rows.h"
#include "services/judging/rule.h"

/* The stable number (from 1) of an identifier: the same for ever, given in
 * the order of first asking. The evaluator keeps them in its store. */
struct mv_intern {
    void *ctx;
    uint32_t (*number)(void *ctx, struct mv_span id);
};

struct mv_plan;

struct mv_pair {
    uint32_t target, unit; /* dense indices */
};

/* The catalogue must outlive the plan. Asks for the numbers of all units,
 * then indicators, then members, in the order of the file. */
struct mv_plan *mv_plan_open(const struct mv_catalogue *c,
                             const struct mv_intern *intern);
void mv_plan_close(struct mv_plan *p); /* takes NULL */

const struct mv_catalogue *mv_plan_catalogue(const struct mv_plan *p);

/* The key of a row, from dense indices (member may be MV_MEMBER_TOTAL). */
void mv_plan_key(const struct mv_plan *p, uint32_t unit, uint32_t indicator,
                 uint32_t member, int year, struct mv_row_key *ret);

/* The stable number of a member: the same of every indicator that has one of
 * that name. */
uint32_t mv_plan_member(const struct mv_plan *p, uint32_t indicator,
                        uint32_t member);

/* Units in preorder: at enter..leave-1 stand a unit and all below it. */
const uint32_t *mv_plan_preorder(const struct mv_plan *p);
/* Targets that use this indicator's figures of this year, of whatever year
 * they are themselves; ascending. */
struct mv_indices mv_plan_targets(const struct mv_plan *p, uint32_t indicator,
                                  int year);

/* Alive on some day of the year. */
bool mv_plan_alive(const struct mv_plan *p, uint32_t unit, int year);
/* Is it a part of the units above it: alive that year, and not left out? */
bool mv_plan_counts(const struct mv_plan *p, uint32_t indicator, uint32_t unit,
                    int year);
/* In the target's scope, and alive in its year. */
bool mv_plan_judges(const struct mv_plan *p, uint32_t target, uint32_t unit);
/* Each target with each unit that it judges, in the order of the files: how
 * many, the i-th of them (i is below that), and, of a pair that is not the
 * last, the one after it. */
uint32_t mv_plan_pairs(const struct mv_plan *p);
struct mv_pair mv_plan_pair(const struct mv_plan *p, uint32_t i);
struct mv_pair mv_plan_pair_after(const struct mv_plan *p, struct mv_pair pair);
/* What numerator / denominator is multiplied with: 100 of a percent, N of a
 * measure named x_per_N_y, else 1. */
int64_t mv_plan_scale(const struct mv_plan *p, uint32_t indicator);
/* What the target asks, if that is plain. */
const struct mv_rule *mv_plan_rule(const struct mv_plan *p, uint32_t target);
