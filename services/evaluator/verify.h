/* verify - the store held against itself: what was sent against what judging
 * says now, the chain of the changes log, and hashes of all that is kept. */
#pragma once

#include "services/evaluator/verbs.h"

/* {what: "statuses" | "changes", from}: a row {what, sound, bad, text, next,
 * head} for a slice of it. */
MV_CHECKED mv_rc evaluator_ask_verify(struct evaluator *e, struct mv_span args,
                                      struct evaluator_page *page,
                                      struct evaluator_refusal *no);

/* {table, after}: a row {table, rows, hash, next_table, after} for a slice.
 * The slices of two evaluators can be held against each other. */
MV_CHECKED mv_rc evaluator_ask_digest(struct evaluator *e, struct mv_span args,
                                      struct evaluator_page *page,
                                      struct evaluator_refusal *no);
