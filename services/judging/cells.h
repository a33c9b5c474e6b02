/* cells - what a stretch of a year covers, as bits: months, weeks by number
 * or days by (month, day), whichever the indicator's frequency counts in. */
#pragma once

#include "services/judging/rows.h"

/* 12 months of 31 days fit; months and weeks use one. */
#define MV_CELL_WORDS 6

struct mv_cells {
    uint64_t w[MV_CELL_WORDS];
};

/* What a period code means for a frequency. */
struct mv_span_of_cells {
    struct mv_cells cells;
    int32_t start, end; /* comparable within one year and frequency */
};

/* Words that a frequency uses: 1, or 6 for days. */
unsigned mv_cells_words(mv_freq freq);

/* False: no such period in that year, or it holds no whole period of the
 * frequency (its figures do not count). */
bool mv_cells_of(mv_freq freq, int year, uint8_t part, uint8_t code,
                 struct mv_span_of_cells *ret);

/* As mv_cells_of where years are counted in months (A, S, T, Q, M): the
 * stretch's months, the first of the year as the least bit; 0: false. */
uint32_t mv_cells_months(mv_freq freq, uint8_t code);

/* Whether figures of p count for the frequency: it holds one whole period of
 * it at least (a half-year holds a tertial, and cuts another). */
bool mv_cells_fit(mv_freq freq, const struct mv_period *p);

/* All that the year has. */
void mv_cells_year(mv_freq freq, int year, struct mv_cells *ret);
/* Adds the year's periods that lie wholly before the first day or after the
 * last one; all where there is none. */
void mv_cells_outside(mv_freq freq, int year, int32_t first_day,
                      int32_t last_day, struct mv_cells *c);
/* The n-th period of the frequency, from 1; false after the last. */
bool mv_cells_nth(mv_freq freq, int year, int n, struct mv_cells *ret);

/* Takes out the cells of periods that are not whole in it. */
void mv_cells_whole(mv_freq freq, struct mv_cells *c);
/* How many periods it is, of whole ones. */
unsigned mv_cells_periods(mv_freq freq, const struct mv_cells *c);

bool mv_cells_empty(const struct mv_cells *a, unsigned words);
bool mv_cells_equal(const struct mv_cells *a, const struct mv_cells *b,
                    unsigned words);
bool mv_cells_inside(const struct mv_cells *a, const struct mv_cells *in,
                     unsigned words);
bool mv_cells_meet(const struct mv_cells *a, const struct mv_cells *b,
                   unsigned words);
void mv_cells_add(struct mv_cells *a, const struct mv_cells *b, unsigned words);
void mv_cells_keep(struct mv_cells *a, const struct mv_cells *b,
                   unsigned words);
void mv_cells_drop(struct mv_cells *a, const struct mv_cells *b,
                   unsigned words);
/* Takes out all up to the last cell of b. */
void mv_cells_keep_after(struct mv_cells *a, const struct mv_cells *b,
                         unsigned words);
unsigned mv_cells_count(const struct mv_cells *a, unsigned words);
