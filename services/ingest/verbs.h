/* verbs - what operators, stewards, auditors and services ask of ingest. */
#pragma once

#include "services/ingest/deliver.h"
#include "services/stream/service.h"

enum { INGEST_VERB_COUNT = 7 };
extern const struct mv_verb_def ingest_verbs[INGEST_VERB_COUNT];

/* The verbs that read, in a snapshot. */
void ingest_query(struct mv_service *s, struct ingest_desk *desk,
                  const struct mv_input *in, const struct mv_clock *clock);

/* The verbs that act, in the transaction: MV_OK, MV_AGAIN (refused). */
MV_CHECKED mv_rc ingest_act(struct mv_service *s, struct ingest_desk *desk,
                            const struct mv_input *in,
                            const struct mv_clock *clock);
