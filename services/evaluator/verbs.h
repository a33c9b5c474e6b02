/* verbs - what operators, readers and other services ask of the evaluator.
 * Lists come in pages: when there is more, the last row is {next: N}, and the
 * asker goes on with `from: N`. */
#pragma once

#include "services/evaluator/evaluator.h"
#include "services/stream/service.h"

#define EVALUATOR_PAGE_ROWS  1000u
#define EVALUATOR_PAGE_BYTES (900u << 10)
#define EVALUATOR_PAGE_WORK  20000u /* rows of figures looked at in a turn */

enum { EVALUATOR_VERB_COUNT = 16 };
extern const struct mv_verb_def evaluator_verbs[EVALUATOR_VERB_COUNT];

/* A page that is being written: rows from number `from` on. */
struct evaluator_page {
    struct mv_buf rows;
    uint32_t count;
    uint64_t from, next; /* next 0: that was all */
    uint64_t work;       /* that a page is worth; 0: EVALUATOR_PAGE_WORK */
    uint64_t began;      /* what had been looked at, ever, when it began */
    uint64_t passed;     /* looked at besides, and left out */
};

struct evaluator_refusal {
    const char *code; /* of proto/codes.def */
    char text[1000];  /* of a reply's 1024 */
};

/* The rows of a query; MV_AGAIN: refused. Needs a snapshot and no loop, so
 * tests call it. The page is zero-initialised; mv_buf_done(&page->rows). */
MV_CHECKED mv_rc evaluator_ask(struct evaluator *e, struct mv_span verb,
                               struct mv_span args, struct evaluator_page *page,
                               struct evaluator_refusal *no);

/* The record that the evaluator is stopped at, for ending it too often. */
struct evaluator_suspect {
    uint64_t seq;                 /* 0: it is not stopped */
    uint8_t chain[MV_HASH_BYTES]; /* all zero: not known */
};

/* `skip`, in the open transaction: of the suspect only. MV_AGAIN: refused,
 * nothing changed. */
MV_CHECKED mv_rc evaluator_skip(struct evaluator *e, struct mv_span args,
                                const struct evaluator_suspect *suspect,
                                const char *by, struct evaluator_refusal *no);

/* For the verbs' own files: a map of so many pairs begins a row; is there
 * room for another; a refusal. */
void evaluator_page_row(struct evaluator_page *page, uint32_t pairs);
bool evaluator_page_full(const struct evaluator_page *page);
/* A page is a turn of the loop: what it takes is counted from here on. Over:
 * it took enough, whether or not it has many rows; figures and other questions
 * go on before the next. Each page must get further by one thing at least. */
void evaluator_page_begin(const struct evaluator *e,
                          struct evaluator_page *page);
bool evaluator_page_over(const struct evaluator *e,
                         const struct evaluator_page *page);
mv_rc evaluator_refuse(struct evaluator_refusal *no, const char *code,
                       const char *fmt, ...) MV_PRINTF(3, 4) MV_CHECKED;

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

/* args' target, unit and year; MV_AGAIN: refused. */
MV_CHECKED mv_rc evaluator_args_pair(const struct evaluator *e,
                                     struct mv_span args, struct mv_pair *pair,
                                     struct evaluator_refusal *no);

/* A figure as it is shown; a row of it, of 9 to 12 pairs and those `more`
 * that follow. */
struct evaluator_shown {
    const struct mv_catalogue *catalogue;
    uint32_t unit, indicator, member; /* dense */
    struct mv_period period;
    const struct mv_slot *slot;
};
void evaluator_figure_row(struct evaluator_page *page,
                          const struct evaluator_shown *s, uint32_t more);

/* Rows of `explain`: what the target asks; how an indicator adds up; a number
 * between status and figures. */
struct mv_piece; /* judging/weigh.h */
void evaluator_rule_row(struct evaluator_page *page,
                        const struct mv_catalogue *c,
                        const struct mv_target *t);
void evaluator_indicator_row(struct evaluator_page *page,
                             const struct mv_indicator *ind);
void evaluator_piece_row(struct evaluator_page *page,
                         const struct mv_catalogue *c,
                         const struct mv_piece *p);

/* One verb each. */
MV_CHECKED mv_rc evaluator_ask_check(struct evaluator *e, struct mv_span args,
                                     struct evaluator_page *page,
                                     struct evaluator_refusal *no);
MV_CHECKED mv_rc evaluator_ask_status(struct evaluator *e, struct mv_span args,
                                      struct evaluator_page *page,
                                      struct evaluator_refusal *no);
MV_CHECKED mv_rc evaluator_ask_targets(struct evaluator *e, struct mv_span args,
                                       struct evaluator_page *page,
                                       struct evaluator_refusal *no);
MV_CHECKED mv_rc evaluator_ask_explain(struct evaluator *e, struct mv_span args,
                                       struct evaluator_page *page,
                                       struct evaluator_refusal *no);
MV_CHECKED mv_rc evaluator_explain_commission(struct evaluator *e,
                                              struct mv_span args,
                                              struct evaluator_page *page,
                                              struct evaluator_refusal *no);
MV_CHECKED mv_rc evaluator_ask_frozen(struct evaluator *e, struct mv_span args,
                                      struct evaluator_page *page,
                                      struct evaluator_refusal *no);
MV_CHECKED mv_rc evaluator_ask_series(struct evaluator *e, struct mv_span args,
                                      struct evaluator_page *page,
                                      struct evaluator_refusal *no);
MV_CHECKED mv_rc evaluator_ask_report(struct evaluator *e, struct mv_span args,
                                      struct evaluator_page *page,
                                      struct evaluator_refusal *no);
MV_CHECKED mv_rc evaluator_ask_missing(struct evaluator *e, struct mv_span args,
                                       struct evaluator_page *page,
                                       struct evaluator_refusal *no);
