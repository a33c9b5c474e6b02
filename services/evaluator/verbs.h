/* verbs - what operators, readers and other services ask of the evaluator.
 * Lists come in pages: when there is more, the last row is {next: N}, and the
 * asker goes on with `from: N`. */
#pragma once

#include "services/evaluator/page.h"
#include "services/stream/service.h"

enum { EVALUATOR_VERB_COUNT = 17 };
extern const struct mv_verb_def evaluator_verbs[EVALUATOR_VERB_COUNT];

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

/* For the verbs' own files. */
mv_rc evaluator_refuse(struct evaluator_refusal *no, const char *code,
                       const char *fmt, ...) MV_PRINTF(3, 4) MV_CHECKED;

/* args' target, unit and year; MV_AGAIN: refused. */
MV_CHECKED mv_rc evaluator_args_pair(const struct evaluator *e,
                                     struct mv_span args, struct mv_pair *pair,
                                     struct evaluator_refusal *no);

/* A figure as it is shown; its row, and so many `more` pairs follow. */
struct evaluator_shown {
    const struct mv_catalogue *catalogue;
    uint32_t unit, indicator, member; /* dense */
    struct mv_period period;
    const struct mv_slot *slot;
};
void evaluator_figure_row(struct evaluator_page *page,
                          const struct evaluator_shown *s, uint32_t more);

/* Of `explain`: what is asked; how it adds up; a number behind a status. */
struct mv_piece; /* judging/weigh.h */
void evaluator_rule_row(struct evaluator_page *page,
                        const struct mv_catalogue *c,
                        const struct mv_target *t);
void evaluator_indicator_row(struct evaluator_page *page,
                             const struct mv_indicator *ind);
void evaluator_piece_row(struct evaluator_page *page,
                         const struct mv_catalogue *c,
                         const struct mv_piece *p);
/* As of `check`; `more` pairs follow, and `listed` figures behind it. */
struct mv_disagreement;
void evaluator_disagreement_row(struct evaluator_page *page,
                                const struct mv_catalogue *c,
                                const struct mv_disagreement *d,
                                uint32_t listed, uint32_t more);

/* Periods past due beside another reason, as `also_overdue`; or nothing. */
void evaluator_beside_pack(const struct mv_judgement *j, struct mv_buf *out);

/* Where a new series begins, as `broken`; or nothing. */
void evaluator_broken_pack(const struct mv_catalogue *c,
                           const struct mv_break *b, struct mv_buf *out);

/* What the basis of a criterion is of, and does not have in: its periods and
 * its units, the first by name; and how many pairs that is. */
uint32_t evaluator_lacks_pairs(const struct mv_basis *b);
void evaluator_lacks_pack(const struct mv_catalogue *c, int32_t year,
                          const struct mv_basis *b, struct mv_buf *out);

/* Units that come or go within the years that a target compares: the unit's
 * own, and those below that are a part of it; in preorder, the highest. */
#define EVALUATOR_LIVES_MAX 64u
struct evaluator_lives {
    const struct mv_plan *plan;
    const struct mv_catalogue *catalogue;
    const struct mv_target *target;
    uint32_t unit, at, told;
    int32_t from, to; /* years */
    bool below;       /* those below matter */
};
void evaluator_lives_open(struct evaluator_lives *x, const struct mv_plan *plan,
                          const struct mv_pair *pair);
const struct mv_unit *evaluator_lives_next(struct evaluator_lives *x);
void evaluator_life_row(struct evaluator_page *page,
                        const struct evaluator_lives *x,
                        const struct mv_unit *u);

/* A member's id and title under these keys, and how many pairs they are; of
 * NULL none. */
uint32_t evaluator_member_pairs(const struct mv_member *m);
void evaluator_member_pack(const struct mv_member *m, const char *id,
                           const char *title, struct mv_buf *out);

/* One verb each. */
typedef mv_rc evaluator_question(struct evaluator *e, struct mv_span args,
                                 struct evaluator_page *page,
                                 struct evaluator_refusal *no);
evaluator_question evaluator_ask_check MV_CHECKED;
evaluator_question evaluator_ask_status MV_CHECKED;
evaluator_question evaluator_ask_targets MV_CHECKED;
evaluator_question evaluator_ask_explain MV_CHECKED;
evaluator_question evaluator_explain_commission MV_CHECKED;
evaluator_question evaluator_ask_frozen MV_CHECKED;
evaluator_question evaluator_ask_series MV_CHECKED;
evaluator_question evaluator_ask_report MV_CHECKED;
evaluator_question evaluator_ask_missing MV_CHECKED;
