/* rules - what a row of a delivery must be under the catalogue in force.
 * Shape was checked before (proto/delivery.h); here it is meaning: who may
 * report what for whom, for which period, within which bounds. */
#pragma once

#include "proto/delivery.h"
#include "services/ingest/book.h"
#include "services/stream/keys.h"

/* Periods of an `ahead` indicator may lie so many years ahead, not more. */
#define INGEST_YEARS_AHEAD 10
/* A figure's own time may be so far ahead of its receipt. */
#define INGEST_TIME_AHEAD_MS (INT64_C(24) * 3600 * 1000)

struct ingest_rules {
    const struct mv_catalogue *catalogue; /* NULL: none yet */
    uint32_t key_unit;                    /* MV_NONE: not in the catalogue */
    struct mv_span key_unit_id;           /* for the texts */
    int32_t today; /* the journal's, as a record stored now has it */
    int64_t received_ms;
};

/* What is in force for this key, now. */
struct ingest_rules ingest_rules_of(struct ingest_book *book,
                                    const struct mv_key *key,
                                    const struct mv_clock *clock);

/* Adds every conflict of every row that is not faulty; none added: they may
 * stand. */
void ingest_rules_check(const struct ingest_rules *rules,
                        const struct mv_delivery *delivery,
                        struct mv_conflicts *conflicts);
