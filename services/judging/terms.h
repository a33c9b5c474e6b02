/* terms - the figures that one criterion names, for one unit and member:
 * each series gathered once, with all the years that are named of it. */
#pragma once

#include "services/judging/eval.h"

/* Gathers what nodes[0..count) name into k->w->groups; bits of reasons: why
 * some of it is not there. */
uint32_t mv_terms_gather(struct mv_case *k, const struct mv_node *nodes,
                         unsigned count);

/* What one series node is worth, after that; bits of reasons. */
uint32_t mv_terms_value(struct mv_case *k, const struct mv_node *n,
                        struct mv_side *ret);

/* Of a rate: its unit's inhabitants on 1 January of the year, else of the
 * latest year before; NULL: there are none. Borrowed. */
const struct mv_population *mv_terms_inhabitants(const struct mv_unit *u,
                                                 int32_t year);
/* Is the node's number one of the group's? */
bool mv_terms_is_of(const struct mv_case *k, const struct mv_node *n,
                    const struct mv_group *g);

/* Nothing is in for the term's year, or its period: is something late? */
uint32_t mv_terms_why_not_now(const struct mv_case *k, const struct mv_term *t,
                              const struct mv_gathered *got);

/* Adds what the criterion's figures rest on, but for the units; only periods
 * of the target's year are told. */
void mv_terms_basis(const struct mv_case *k, struct mv_basis *into);

/* The group of the target's own `value`; NULL: it is not named. */
const struct mv_group *mv_terms_own_value(const struct mv_case *k);

/* The last day of the target's own `latest`, which a path between days asks
 * for; gathered with the node of the path. */
int32_t mv_terms_latest_day(const struct mv_case *k);

/* What the node is worth over periods.at[i], or bits of reasons; k->groups[0]
 * tells more. */
typedef void mv_terms_each(void *ctx, unsigned i, uint32_t why,
                           const struct mv_side *side);
/* A value or rate of each of the periods, which are of one year: as gathered
 * with the node of that period alone, but what they are of is read once. */
void mv_terms_periods(struct mv_case *k, const struct mv_node *n,
                      struct mv_periods periods, mv_terms_each *each,
                      void *ctx);

/* May the node, or a period of its year, be suppressed? mv_gather_may_hide. */
bool mv_terms_may_hide(struct mv_case *k, const struct mv_node *n);
