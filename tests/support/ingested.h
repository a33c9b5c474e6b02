/* ingested - ingest without socket or loop: deliveries in, answers out, over a
 * store in a directory of its own, on 15 March 2025, for the trust ahus. */
#pragma once

#include "proto/msg.h"
#include "services/ingest/deliver.h"

struct ingested {
    char *dir;
    struct mv_store *store;
    struct mv_log *journal;
    struct ingest_book book;
    struct ingest_desk desk;
    struct ingest_said said;
    struct mv_buf frame;
    struct mv_clock clock;
    struct mv_msg_answer answer;
    struct mv_key key;
};

/* The catalogue that make applies. */
extern const char ingested_units[], ingested_indicators[], ingested_targets[];

/* cmocka's setup and teardown; *state is a struct ingested. */
int ingested_make(void **state);
int ingested_drop(void **state);

/* Store, journal and book, as after a start; and closed. */
void ingested_open(struct ingested *f);
void ingested_close(struct ingested *f);

/* Each is one message in a transaction of its own, and returns the answer's
 * result; f->answer holds the rest. settle ends an open transaction. */
const char *ingested_settle(struct ingested *f, bool commit);
const char *ingested_push(struct ingested *f); /* what is in f->frame */
const char *ingested_deliver(struct ingested *f, uint64_t number,
                             const char *fields, const char *rows);
const char *ingested_catalogue(struct ingested *f, uint64_t number,
                               const char *targets_text);

/* The code of the n-th conflict of the last answer, or "none". */
const char *ingested_conflict(struct ingested *f, unsigned n);
/* All of them: "1 missing, 0 fields", by row. */
void ingested_names(struct ingested *f, const char *conflicts);

uint64_t ingested_head(const struct ingested *f); /* of the journal */

/* These rows are accepted. */
void ingested_takes(struct ingested *f, uint64_t number, const char *fields,
                    const char *rows);
/* These rows are rejected with this code, and the journal is as it was. */
void ingested_refuses(struct ingested *f, const char *fields, const char *rows,
                      const char *code);
