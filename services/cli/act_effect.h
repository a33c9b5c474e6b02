/* act_effect - whether an assessment decides, now that it is stored: by the
 * catalogue in force and by what figures say. Zero-initialise. */
#pragma once

#include "services/cli/hint.h"

struct cli_effect {
    struct cli *c;
    struct cli hasty; /* the same, without patience: the door is its */
    struct cli_inforce inforce;
    struct cli_link *evaluator;
    bool asked; /* for both */
};

/* Why the assessment of this frame does not decide now: "figures" or "worst"
 * (as the target's `decides` says), "report_only", "under_development",
 * "held"; static. A sentence of it is appended. NULL: it decides, or figures
 * give the same status, or it is no assessment, or nobody can say. */
const char *cli_effect_none(struct cli_effect *e, struct mv_span frame,
                            struct mv_buf *out);
void cli_effect_done(struct cli_effect *e);
