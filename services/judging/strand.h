/* strand - one series (unit, indicator, member) in one year, decoded: which
 * of its figures count, within which stretch, and what they add up to. */
#pragma once

#include "services/base/decimal.h"
#include "services/judging/cells.h"
#include "services/judging/judge.h"

struct mv_stretch {
    struct mv_slot slot;
    struct mv_cells cells;
    int32_t start, end; /* see mv_span_of_cells */
    uint8_t part;
    bool number; /* a value or a pair: it is in */
    bool picked;
    bool counts; /* of all the year's figures: nothing longer stands for it */
};

struct mv_strand {
    uint32_t unit, member; /* dense; MV_MEMBER_TOTAL */
    uint32_t first, count; /* of work->stretches */
    int16_t year;
    bool in;                       /* something is in */
    bool records;                  /* something is known, in or not */
    bool withdrawn, suppressed;    /* a withdrawal counts; a nil with Q */
    bool included;                 /* its figures are in the value */
    struct mv_cells counted;       /* by the figures that count in the year */
    struct mv_cells held;          /* by the picked ones */
    struct mv_cells none_expected; /* nil with M */
    struct mv_cells known_suppressed; /* nil with Q */
    struct mv_cells fill;   /* is forecast: held by nothing, and expected */
    struct mv_cells filled; /* of those, what is in the value */
    uint32_t before;        /* seasonal: the strand of last year, or MV_NONE */
    uint8_t recent;         /* recent(k) */
};

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
    MV_LATE_NOW,        /* of the criterion at hand */
    MV_LATE_SHARE,      /* of units that its shares judge */
    MV_LATE_SHARE_NONE, /* of shares that can judge no unit */
    MV_LATE_UNITS,      /* of units that the share at hand cannot judge */
    MV_LATE_LISTS,
};

struct mv_group; /* eval.h */
struct mv_child; /* children.h */

/* Scratch memory of a judge; grows, is kept between calls. */
struct mv_work {
    struct mv_stretch *stretches;
    uint32_t stretch_count, stretch_cap;
    struct mv_strand *strands;
    uint32_t strand_count, strand_cap;
    uint32_t *leaves; /* numbers of strands, year by year (collect.c) */
    uint32_t leaf_count, leaf_cap;
    struct mv_used *used; /* of one criterion (gather.c) */
    uint32_t used_count, used_cap;
    bool keep_used;
    struct mv_group *groups;   /* of one criterion (terms.c) */
    struct mv_group *inner;    /* of a share's condition (share.c) */
    struct mv_child *children; /* of lowest and the like (children.c) */
    uint32_t child_count, child_cap;
    struct mv_late late[MV_LATE_LISTS];
};

/* Reads and decodes a series' year, picks all that counts; returns its number
 * in work->strands. */
uint32_t mv_strand_load(struct mv_work *w, const struct mv_judge_env *env,
                        uint32_t unit, uint32_t indicator, uint32_t member,
                        int year);

/* Picks the figures that count among those whose cells (of `both`, if given)
 * lie inside `limit` (if given): the longest first, then the one that ends
 * last; what meets one picked is left out. Sets held (within both). */
void mv_strand_pick(struct mv_work *w, struct mv_strand *s, unsigned words,
                    const struct mv_cells *limit, const struct mv_cells *both);

/* The last of the picked, by end, then start, or the one that is carried on
 * where what is forecast ends later; NULL: none. */
const struct mv_stretch *mv_strand_last(const struct mv_work *w,
                                        const struct mv_strand *s);

/* For what only the last figure counts in: the others are not used. */
void mv_strand_keep_last(struct mv_work *w, struct mv_strand *s);
/* A picked figure has flag P or E. */
bool mv_strand_preliminary(const struct mv_work *w, const struct mv_strand *s);

void mv_work_close(struct mv_work *w); /* takes NULL; mv_work_open: eval.h */
