/* evaluator - the core: a journal record in; rows, `published` and groups of
 * changes out, staged in the store's open transaction. No socket, no clock,
 * no file: what it does is a function of the records and of the skips. */
#pragma once

#include "services/evaluator/effects.h"
#include "services/evaluator/force.h"
#include "services/evaluator/group.h"
#include "services/evaluator/holds.h"
#include "services/judging/touched.h"
#include "services/judging/withhold.h"

struct evaluator_options {
    struct mv_store *store; /* borrowed, as the log */
    struct mv_log *changes;
    size_t cache_bytes; /* rows and statuses kept between batches */
    size_t held_bytes;  /* of changes of a group in memory; 0: as usual */
    bool spare;         /* the other, empty side, silently: a rebuild */
    int32_t periods_to; /* figures of periods that end after this day do not
                           count, unless pushed ahead; 0: all do */
    const char *frozen; /* keep what that report was: since.h; NULL: none */
};

struct evaluator_preview;
struct evaluator_since;

struct evaluator {
    struct evaluator_book book;
    struct evaluator_force force;
    struct evaluator_published *published;
    struct mv_rowcache *rows;
    struct mv_touched *touched;
    struct mv_log *changes;
    struct evaluator_figures figures;
    struct evaluator_effects effects; /* of this record */
    struct mv_judgement judgement;
    struct mv_withheld withheld; /* of what is sent */
    struct evaluator_holds holds;
    struct evaluator_group group;
    struct evaluator_preview *preview; /* a proposal, or NULL; verbs own it */
    struct evaluator_since *since;     /* of a view, or NULL */
    struct evaluator_mark now, committed;
    struct mv_store_hook hook;
    uint64_t last_skip; /* no skip lies above it */
    uint64_t sent;      /* changes, since it was opened */
    int32_t periods_to; /* of the options */
    bool silent, moved;
};

/* Commits what a new store needs. MV_CONFIG: the store is another engine's
 * (the text says what to do). MV_FATAL. Heap; its address must not move. */
MV_CHECKED mv_rc evaluator_open(struct evaluator **ret,
                                const struct evaluator_options *o,
                                struct mv_err *err);
void evaluator_close(struct evaluator *e); /* takes NULL */

/* In the open transaction. MV_OK: applied. MV_POISON: set aside (its row is
 * staged), err says why; nothing else changed. MV_FATAL: not to be gone on
 * with: newer than this program, or not the next record. */
MV_CHECKED mv_rc evaluator_apply(struct evaluator *e,
                                 const struct mv_record *record,
                                 struct mv_err *err);

/* Judges every target and unit and sends what differs from what was sent
 * last, as one group; the end of a rebuild. In the open transaction. */
void evaluator_judge_all(struct evaluator *e,
                         const struct evaluator_cause *cause);

/* What judging needs, of the moment in force. Only with a catalogue. */
struct mv_judge_env evaluator_env(const struct evaluator *e);

/* All state and the contents of the changes log, hashed: the same journal
 * and skips give the same. In a snapshot. */
MV_CHECKED mv_rc evaluator_digest(struct evaluator *e, struct mv_hash *ret,
                                  struct mv_err *err);
