/* book - what ingest holds: the journal with its index, the catalogue in
 * force, today, and whether the clock may be believed. All of it changes in
 * one transaction, or not at all. */
#pragma once

#include "services/base/clock.h"
#include "services/catalogue/catalogue.h"
#include "services/ingest/index.h"
#include "services/stream/log.h"

#define INGEST_STATE_TABLE   "state"
#define INGEST_JOURNAL_TABLE "journal"

/* No clock record yet. */
#define INGEST_NO_DAY INT32_MIN

/* What a transaction may change and an abort takes back. */
struct ingest_moment {
    struct mv_catalogue *catalogue; /* in force, or NULL */
    uint64_t catalogue_seq;
    int32_t today;
    struct mv_clock_trust trust; /* with the last record's stamp */
};

struct ingest_book {
    struct mv_store *store; /* borrowed, as the journal */
    struct mv_log *journal;
    struct mv_table state;
    struct ingest_index index;
    int64_t day_of_ms; /* the last stamp asked for, and its local day */
    int32_t day;
    struct ingest_moment now;       /* within the transaction */
    struct ingest_moment committed; /* what stands if it is taken back */
};

/* Reads what is in force out of the store. MV_FATAL: the journal's catalogue
 * does not load any more. */
MV_CHECKED mv_rc ingest_book_open(struct ingest_book *book,
                                  struct mv_store *store,
                                  struct mv_log *journal,
                                  const struct mv_clock *clock,
                                  struct mv_err *err);
void ingest_book_done(struct ingest_book *book);

/* The clock's local day; asked for every delivery, computed once a batch. Of
 * quotas alone: what is stored is judged by today. */
int32_t ingest_book_day(struct ingest_book *book, const struct mv_clock *clock);

/* The journal's day once a record is appended now: the last clock record's,
 * or the clock's if that is later. A clock set back takes no day back. */
int32_t ingest_book_today(struct ingest_book *book,
                          const struct mv_clock *clock);

/* All within the open transaction: */

/* Appends `clock` records up to today, one a day. Call before
 * the first append of a batch and by timer; the clock must be trusted. */
void ingest_book_days(struct ingest_book *book, const struct mv_clock *clock);

/* Appends one record with a stamp that never goes back; hash is the
 * content's, or NULL: computed. */
uint64_t ingest_book_append(struct ingest_book *book,
                            const struct mv_clock *clock, const char *key_name,
                            struct mv_span content, const struct mv_hash *hash);

/* From seq on this catalogue is in force; takes it. One in a batch: false if
 * there was one already, and then nothing is taken. */
bool ingest_book_set_catalogue(struct ingest_book *book,
                               struct mv_catalogue *catalogue, uint64_t seq);

/* After commit or abort: what was staged stands, or is forgotten. */
void ingest_book_settled(struct ingest_book *book, bool committed);
