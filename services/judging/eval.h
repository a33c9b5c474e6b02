/* eval - the two sides of a criterion, for one unit and member. */
#pragma once

#include "services/judging/gather.h"

#define MV_GROUPS_MAX 32 /* different series and kinds in one criterion */

/* A term and its value, shared by the nodes of a criterion that name it. */
struct mv_group {
    uint8_t kind; /* mv_node_kind: VALUE, LATEST, GROWTH; LOWEST (all that is
                     over children) or SHARE */
    bool alone;   /* GROWTH over a period: this year's value, by itself */
    struct mv_term term;
    struct mv_gathered got;
    uint32_t first, count;       /* LOWEST: its w->children */
    const struct mv_node *share; /* SHARE: its node */
    uint32_t holds, judged;      /* SHARE: units */
};

/* One side. */
struct mv_side {
    struct mv_dec n;
    mv_i128 num, den; /* of a lone term that is a pair */
    int64_t scale;
    bool is_pair;
    bool constant; /* no figure in it */
    bool fixed;    /* it stays as it is when missing periods come in */
};

/* What one criterion is evaluated for. */
struct mv_case {
    struct mv_work *w;
    const struct mv_judge_env *env;
    const struct mv_target *target;
    uint32_t unit, member;   /* MV_MEMBER_TOTAL, or the member of `each` */
    uint32_t each;           /* whose members; MV_NONE: nobody's */
    struct mv_group *groups; /* MV_GROUPS_MAX of them, w's */
    unsigned group_count;    /* of them, after mv_eval_sides */
    int32_t inhabitants;     /* of an earlier year than was asked; 0: no */
};

/* Both sides; bits of reasons: there are none (and the groups tell more). */
uint32_t mv_eval_sides(struct mv_case *k, const struct mv_criterion *criterion,
                       struct mv_side *left, struct mv_side *right);

/* Does what stands in share(units: ...) hold for k->unit? nodes end with the
 * comparison. Bits of reasons: there is no telling. */
uint32_t mv_eval_condition(struct mv_case *k, const struct mv_node *nodes,
                           unsigned count, bool *holds);

/* compare: displayed: the decimals that both sides of these nodes are rounded
 * to, of the target's indicator, else of the first one that they name; -1: it
 * is exact. */
int mv_eval_decimals(const struct mv_case *k, const struct mv_node *nodes);

/* Does left cmp right hold? decimals < 0: exactly, else both sides rounded,
 * half away from zero. False result: out of range. */
bool mv_eval_holds(const struct mv_side *left, mv_cmp cmp,
                   const struct mv_side *right, int decimals, bool *holds);

/* As shown: rounded if decimals >= 0. */
bool mv_eval_shown(const struct mv_side *side, int decimals,
                   struct mv_dec *ret);
