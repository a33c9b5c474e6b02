/* statement - what an assessor states and signs (proto/statement.h): held
 * against the catalogue in force, stored and answered like a delivery. */
#pragma once

#include "proto/statement.h"
#include "services/ingest/deliver.h"
#include "services/ingest/rules.h"

/* Does the frame say that it is a statement? */
bool ingest_statement_is(struct mv_span frame);

/* In the open transaction; a trial stores nothing and needs a snapshot only:
 * the same answer, seq and hash left out. */
void ingest_state(struct ingest_desk *desk, const struct mv_key *key,
                  struct mv_span frame, const struct mv_clock *clock,
                  bool trial, struct ingest_said *said);

/* Adds all that does not fit the catalogue, the key and the day; none added:
 * it may stand. Pure. */
void ingest_statement_check(const struct ingest_rules *rules,
                            const struct mv_statement *statement,
                            struct mv_conflicts *conflicts);
