/* explain - the figures behind a judgement. */
#pragma once

#include "services/judging/judge.h"

/* Why a figure is in no value that is judged. */
typedef enum mv_out {
    MV_OUT_NO,  /* it counts */
    MV_OUT_NIL, /* there is no number, or it is withdrawn */
#define OUT(ID, name) MV_OUT_##ID,
#include "services/judging/outs.def"
#undef OUT
} mv_out;

/* One slot that a target may use; dense indices. */
struct mv_behind {
    uint32_t unit, indicator, member;
    struct mv_period period;
    const struct mv_slot *slot;
    mv_out out;      /* of the values that were made; where there is none of its
                        series that year, of the one that could have been */
    bool counts;     /* out is MV_OUT_NO */
    bool suppressed; /* a value of its unit that may not be shown is made of
                        such: the target's, its aim's, or the year's of the
                        series */
};

/* nil unnamed ...; "" of what counts */
const char *mv_out_text(mv_out out);

/* A walk over every figure of the years, indicators and members that a target
 * uses, of the unit and all below it: by indicator, year, unit (preorder),
 * member, period. One indicator, year and unit is a part of it, so that it
 * need not be walked at once. */
struct mv_explaining;

/* Begins at the part of that number, from 0. */
struct mv_explaining *mv_explaining_open(const struct mv_judge_env *env,
                                         uint32_t target, uint32_t unit,
                                         uint64_t part);
void mv_explaining_close(struct mv_explaining *k); /* takes NULL */
/* Judges what it explains, so that the next ones know which figures are in a
 * value; else they are shown as if all could. */
void mv_explaining_judge(struct mv_explaining *k);

/* The part that comes next. False: that was all. */
bool mv_explaining_at(const struct mv_explaining *k, uint64_t *part);
/* Calls `each` for its figures, and goes on to the part after it; stops when
 * it returns false. */
void mv_explaining_next(struct mv_explaining *k,
                        bool (*each)(void *ctx, const struct mv_behind *behind),
                        void *ctx);
