/* gather - a term's value in each of its columns: own figures where there are
 * any, else made from members, else rolled up from the units below. */
#pragma once

#include "services/catalogue/recipe.h"
#include "services/judging/forecast.h"
#include "services/judging/joint.h"

/* What one part of a term lacks in the target's year. */
struct mv_lack {
    /* whole periods that some series (of those with anything in) lacks and
     * is expected to have */
    struct mv_cells missing;
    struct mv_cells waived; /* no figure of them is expected of any of these
                               series, nor there: a nil with M, or not alive */
    uint16_t count;         /* of the missing */
    bool nothing; /* nothing is in, or nothing of the period: no value */
    bool some;    /* something is in */
};

struct mv_gathered {
    uint32_t reasons; /* bits: why there is no value; 0: there is */
    struct mv_amount amounts[MV_TERM_COLUMNS_MAX];
    struct mv_basis basis; /* of the target's year, but preliminary: of all */
    struct mv_lack lack[MV_RECIPE_PARTS]; /* of each part */
    bool nothing_now;                     /* of some part: lack.nothing */
    bool small;     /* there is a value, of too small a denominator */
    bool stock;     /* not all below count with all they have: see next */
    bool alike;     /* every series of the first part holds the same ... */
    uint16_t held;  /* ... so many periods of the target's year */
    uint64_t whole; /* a bit per column: all is held, or forecast */
};

/* latest: part and code of the term are found, not given. */
void mv_gather(struct mv_work *w, const struct mv_judge_env *env,
               struct mv_term *term, struct mv_gathered *ret);

/* Of a term that mv_gather has a rolled-up value of, `stock`: what a unit below
 * and those below it that it is made of give of it; reasons: MV_LEFT_ENDED, it
 * counts no more. */
void mv_gather_child(struct mv_work *w, const struct mv_judge_env *env,
                     const struct mv_term *term, uint32_t child,
                     struct mv_gathered *ret);

/* Does the unit below count no more in it? */
bool mv_gather_has_ended(struct mv_work *w, const struct mv_judge_env *env,
                         const struct mv_term *term,
                         const struct mv_gathered *got, uint32_t child);

/* What of a part's year is forecast, in some series that is in the value, by
 * how it was filled; what comes before a last figure is in no value. */
struct mv_assumed {
    struct mv_cells by[MV_WAYS];
    unsigned recent; /* MV_WAY_RECENT: of the last so many */
};
/* Of a term that mv_gather has a value of; gathers it once more. */
void mv_gather_assumed(struct mv_work *w, const struct mv_judge_env *env,
                       const struct mv_term *term, unsigned part,
                       struct mv_assumed *ret);

/* Periods of one year. */
struct mv_periods {
    const struct mv_period *at;
    unsigned count;
};
/* The value over over.at[i] stands in the term's *ret; borrowed. */
typedef void mv_gather_each(void *ctx, unsigned i);
/* As mv_gather for a given term of each of the periods in turn, but what they
 * are of is read once. The periods are of the term's year; its stretch is set
 * here. */
void mv_gather_periods(struct mv_work *w, const struct mv_judge_env *env,
                       struct mv_term *term, struct mv_gathered *ret,
                       struct mv_periods over, mv_gather_each *each, void *ctx);

/* May a value of the term be suppressed, over whatever stretch of its years?
 * False: by no figure of it; true: one is suppressed, or of too small a
 * denominator, which others may make up for. *ret: scratch. */
bool mv_gather_may_hide(struct mv_work *w, const struct mv_judge_env *env,
                        struct mv_term *term, struct mv_gathered *ret);

/* The next missing period after the n-th of the year (0: the first); 0: no
 * more, else its number and *ret. freq: of the part. */
int mv_lack_next(const struct mv_lack *l, mv_freq freq, int year, int n,
                 struct mv_period *ret);
