/* work - the scratch memory of a judge: what its files leave for each other
 * while one value, criterion or target is at hand. It grows, and is kept
 * between calls; whose a part is stands beside it. */
#pragma once

#include "services/judging/judge.h"

/* A series whose figures are in a value, and when they start: kept where a
 * named period is held against other terms of the same series. */
struct mv_used {
    uint32_t term_indicator, term_member;
    uint32_t unit, member;
    int32_t year, first_start, last_start; /* days */
};

#define MV_LATE_MAX MV_OVERDUE_MAX

/* Periods that are past due and not in (late.c). */
struct mv_late {
    unsigned count;
    struct mv_period at[MV_LATE_MAX];
};

enum mv_late_list {
    MV_LATE_COLOURED,   /* of criteria with a colour */
    MV_LATE_NONE,       /* of those that are none for that reason */
    MV_LATE_BESIDE,     /* of those that are none for another one */
    MV_LATE_NOW,        /* of the criterion at hand */
    MV_LATE_SHARE,      /* of units that its shares judge */
    MV_LATE_SHARE_NONE, /* of shares that can judge no unit */
    MV_LATE_UNITS,      /* of units that the share at hand cannot judge */
    MV_LATE_LISTS,
};

struct mv_stretch; /* strand.h, as the next */
struct mv_strand;
struct mv_group;   /* eval.h */
struct mv_child;   /* children.h */
struct mv_counted; /* counted.h */

struct mv_work {
    struct mv_stretch *stretches; /* of one value, as the strands (strand.c) */
    uint32_t stretch_count, stretch_cap;
    struct mv_strand *strands;
    uint32_t strand_count, strand_cap;
    uint32_t *leaves; /* numbers of strands, year by year (collect.c) */
    uint32_t leaf_count, leaf_cap;
    struct mv_used *used; /* of one criterion (gather.c) */
    uint32_t used_count, used_cap;
    bool keep_used;
    bool naming;                /* as of a judgement */
    struct mv_counted *counted; /* who asks which figures are in; or NULL */
    struct mv_group *groups;    /* of one criterion (terms.c) */
    struct mv_group *inner;     /* of a share's condition (share.c) */
    struct mv_child *children;  /* of lowest and the like (children.c) */
    uint32_t child_count, child_cap;
    struct mv_late late[MV_LATE_LISTS];
    struct mv_break broken; /* the first of one criterion (joint.c) */
    bool bare;              /* of one criterion (gather.c): see mv_ruling */
};

struct mv_work *mv_work_open(void);
void mv_work_close(struct mv_work *w); /* takes NULL */
