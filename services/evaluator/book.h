/* book - where the evaluator keeps things: the names of its tables, and the
 * small numbers that say how far it has come. What a rebuild makes anew lies
 * on one of two sides; `common` says which one is in force, so that a rebuild
 * takes effect by one row. */
#pragma once

#include "services/base/hash.h"
#include "services/base/store/store.h"

#define EVALUATOR_CHANGES "changes" /* the log */

enum { EVALUATOR_TABLE_COUNT = 13 };
extern const char *const evaluator_tables[EVALUATOR_TABLE_COUNT];

struct evaluator_book {
    struct mv_store *store; /* borrowed */
    unsigned side;          /* 0 or 1 */
    struct mv_table common, published, skips;
    struct mv_table state, rows, ids, aside, notes; /* of the side */
};

/* Numbers that count for ever; on disk in this order, add at the end. */
enum {
    EVALUATOR_COUNT_FIGURES,    /* rows of deliveries and withdrawals */
    EVALUATOR_COUNT_OLDER,      /* of these: ranked below what was held */
    EVALUATOR_COUNT_NOTHING,    /* of these: withdrew what was not there */
    EVALUATOR_COUNT_STATEMENTS, /* of persons */
    EVALUATOR_COUNT_ASIDE,      /* records set aside */
    EVALUATOR_COUNT_SKIPPED,    /* records that an operator let pass */
    EVALUATOR_COUNTS
};

/* How far the side has come. */
struct evaluator_mark {
    uint64_t seq;                /* last record applied, 0: none */
    uint8_t hash[MV_HASH_BYTES]; /* chain at it; all zero at 0 */
    int64_t received_ms;         /* its stamp */
    uint64_t counts[EVALUATOR_COUNTS];
};

/* The side in force, or (spare) the other one. Needs a transaction or a
 * snapshot. */
void evaluator_book_init(struct evaluator_book *b, struct mv_store *store,
                         bool spare);
/* The other side, of the same store. */
struct evaluator_book evaluator_book_other(const struct evaluator_book *b);
/* In the open transaction: this side is the one in force from now on. */
void evaluator_book_choose(const struct evaluator_book *b);

/* Small rows of `state`. get: false if there is none. */
bool evaluator_book_number(const struct evaluator_book *b, const char *key,
                           uint64_t *ret);
void evaluator_book_put(const struct evaluator_book *b, const char *key,
                        uint64_t v);
void evaluator_book_mark(const struct evaluator_book *b,
                         struct evaluator_mark *ret);
void evaluator_book_put_mark(const struct evaluator_book *b,
                             const struct evaluator_mark *m);

/* Empties the side, some rows a transaction of its own each; MV_AGAIN: there
 * is more to do. Not within a transaction. */
MV_CHECKED mv_rc evaluator_book_clear(const struct evaluator_book *b,
                                      struct mv_err *err);
