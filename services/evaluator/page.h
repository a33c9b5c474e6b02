/* page - an answer in pages. Each is a turn of the loop: it is bounded by its
 * rows, by its bytes, and by the rows of figures looked at for it; figures and
 * other questions go on before the next. */
#pragma once

#include "services/evaluator/evaluator.h"

#define EVALUATOR_PAGE_ROWS  1000u
#define EVALUATOR_PAGE_BYTES (900u << 10)
#define EVALUATOR_PAGE_WORK  20000u /* rows of figures looked at in a turn */
/* What is not asked for is passed over, so many at the work of one row. */
#define EVALUATOR_PASSED_OVER 64u

/* A page that is being written: rows from number `from` on. */
struct evaluator_page {
    struct mv_buf rows;
    uint32_t count;
    uint64_t from, next; /* next 0: that was all */
    uint64_t work;       /* that a page is worth; 0: EVALUATOR_PAGE_WORK */
    uint64_t began;      /* what had been looked at, ever, when it began */
    uint64_t passed;     /* looked at besides, and left out */
};

/* A map of so many pairs begins a row; is there no room for another. */
void evaluator_page_row(struct evaluator_page *page, uint32_t pairs);
bool evaluator_page_full(const struct evaluator_page *page);

/* What it takes is counted from here on. Over: it took enough, whether or not
 * it has many rows. Each page must get further by one thing at least. */
void evaluator_page_begin(const struct evaluator *e,
                          struct evaluator_page *page);
bool evaluator_page_over(const struct evaluator *e,
                         const struct evaluator_page *page);

/* Where a list that goes by things (targets, indicators), each of fewer than
 * 2^20 rows, goes on: which thing, which row of it; and the thing again. */
static inline uint64_t evaluator_place(uint64_t thing, uint64_t row)
{
    return thing << 20 | row;
}
static inline uint64_t evaluator_place_of(uint64_t place)
{
    return place >> 20;
}
