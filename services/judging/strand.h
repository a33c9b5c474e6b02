/* strand - one series (unit, indicator, member) in one year, decoded: which
 * of its figures count, within which stretch, and what they add up to. */
#pragma once

#include "services/base/decimal.h"
#include "services/judging/cells.h"
#include "services/judging/work.h"

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
    bool took_part;                /* they were, before stock.c asked */
    bool ended;                    /* they count no more, its unit has ended */
    struct mv_cells counted;       /* by the figures that count in the year */
    struct mv_cells held;          /* by the picked ones */
    struct mv_cells none_expected; /* nil with M, or the unit is not there */
    struct mv_cells known_suppressed; /* nil with Q */
    struct mv_cells fill;   /* is forecast: held by nothing, and expected */
    struct mv_cells filled; /* of those, what is in the value */
    uint32_t before;        /* seasonal: the strand of last year, or MV_NONE */
    uint8_t recent;         /* k of recent(k), seasonal's own included */
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
