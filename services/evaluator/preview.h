/* preview - which statuses would turn under a catalogue that is only
 * proposed. One proposal is kept, as long as its pages are asked for. */
#pragma once

#include "services/evaluator/evaluator.h"

/* One page judges so many pairs at most, and walks past so many. */
#define EVALUATOR_PREVIEW_JUDGED 2000u
#define EVALUATOR_PREVIEW_PASSED 200000u

struct evaluator_page;
struct evaluator_refusal;
struct evaluator_preview;

/* The verb. args: `files` (file name to text, as in a `catalogue`), or `hash`
 * of a proposal that was sent before; `from`. Rows: first {hash, seq,
 * catalogue, judged}, the others {target, year, unit, was, was_reason,
 * becomes, reason, value?, limit?, measure?, decimals?}: `was` "" is new,
 * `becomes` "" leaves the catalogue. Refused: `catalogue` (it has faults; the
 * first is told), `not_found` (no such proposal any more: send the files).
 * Nothing is stored. */
MV_CHECKED mv_rc evaluator_ask_preview(struct evaluator *e, struct mv_span args,
                                       struct evaluator_page *page,
                                       struct evaluator_refusal *no);

void evaluator_preview_close(struct evaluator_preview *p); /* takes NULL */
