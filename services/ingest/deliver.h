/* deliver - a delivery, a statement or a catalogue in, an answer out, within
 * the open transaction. Knows neither socket nor loop. */
#pragma once

#include "proto/delivery.h"
#include "services/ingest/book.h"
#include "services/stream/input.h"
#include "services/stream/quota.h"

/* What one message came to; the loop sends `answer` after the commit. */
struct ingest_said {
    mv_outcome outcome;
    struct mv_buf answer; /* cleared, then one answer message */
    uint32_t rows;        /* accepted */
};

/* Work space for any number of deliveries; zero-initialise, done. */
struct ingest_desk {
    struct ingest_book *book; /* borrowed, as the quota */
    struct mv_quota *quota;   /* NULL: none */
    struct mv_delivery delivery;
    struct mv_conflicts conflicts;
    struct mv_buf content;
};

void ingest_desk_done(struct ingest_desk *desk);
/* After commit or abort: the book's and the quota's. */
void ingest_desk_settled(struct ingest_desk *desk, bool committed);

/* A frame at the public door: a producer's delivery or withdrawal, or what an
 * assessor states (statement.h). */
void ingest_deliver(struct ingest_desk *desk, const struct mv_key *key,
                    struct mv_span frame, const struct mv_clock *clock,
                    struct ingest_said *said);

/* As ingest_deliver, but nothing is stored: the same answer, seq and hash
 * left out. Needs a snapshot only. */
void ingest_try(struct ingest_desk *desk, const struct mv_key *key,
                struct mv_span frame, const struct mv_clock *clock,
                struct ingest_said *said);

/* A steward's frame: a catalogue. */
void ingest_catalogue(struct ingest_desk *desk, const struct mv_key *key,
                      struct mv_span frame, const struct mv_clock *clock,
                      struct ingest_said *said);

/* `retry` or a refusal in the loop's words, for a frame of any shape. */
void ingest_verdict(struct ingest_desk *desk, struct mv_span frame,
                    const struct mv_verdict *verdict, struct mv_buf *out);
