/* gather - a term's value in each of its years: own figures where there are
 * any, else made from members, else rolled up from the units below. */
#pragma once

#include "services/judging/joint.h"

struct mv_gathered {
    uint32_t reasons; /* bits: why there is no value; 0: there is */
    struct mv_amount amounts[MV_TERM_YEARS_MAX];
    struct mv_basis basis; /* of years[0], but preliminary: of all */
    bool nothing_now;      /* nothing is in for years[0], or the period */
    bool some_now;         /* something is in for years[0] */
    bool small;            /* there is a value, of too small a denominator */
    /* of years[0], whole periods: what some series (of those with anything
     * in) lacks and is expected to have; and, where all hold the same ones,
     * how many those are */
    struct mv_cells missing;
    bool alike;
    uint16_t held, missing_count;
    uint16_t whole; /* a bit per year: all of it is held, or forecast */
};

/* latest: part and code of the term are found, not given. */
void mv_gather(struct mv_work *w, const struct mv_judge_env *env,
               struct mv_term *term, struct mv_gathered *ret);

/* The next missing period after the n-th of the year (0: the first); 0: no
 * more, else its number and *ret. */
int mv_gathered_missing(const struct mv_gathered *g, mv_freq freq, int year,
                        int n, struct mv_period *ret);
