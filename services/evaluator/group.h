/* group - all the changes of one journal record, as records of the changes
 * log: one, or as many parts as it takes, with the same cause.
 *
 * Each part says how many there are, so nothing can be written before all is
 * known; but only so much is held. What is more is counted, and added once
 * more while the group is written:
 *
 *     clear; add ... -> all held: finish
 *                    -> more:     begin; add what was only counted; finish */
#pragma once

#include "services/evaluator/change.h"
#include "services/stream/log.h"

#define EVALUATOR_PART_BYTES (512u << 10) /* of changes in one record */
#define EVALUATOR_HELD_BYTES (64u << 20)  /* of changes in memory */

struct evaluator_cause {
    const char *kind; /* figure correction withdrawal catalogue clock ... */
    uint64_t seq;
    int64_t received_ms; /* of that record: the stamp of the group */
    bool has_row;
    uint64_t row;
};

/* Zero-initialise, clear, add, finish; done. */
struct evaluator_group {
    struct mv_buf changes, content;
    size_t *ends; /* of each change in `changes` */
    uint32_t count, cap;
    size_t held_bytes; /* of changes; 0: EVALUATOR_HELD_BYTES */
    uint64_t added;    /* changes of the whole group */
    uint64_t parts;    /* so far: it would take so many records */
    size_t part_bytes; /* in the last of them */
    uint64_t written;  /* of the parts */
    bool over;         /* more than is held: the rest was counted only */
    bool writing;
    /* What is to be in the log, one by one; may be NULL. */
    void (*each)(void *ctx, struct mv_span change);
    void *each_ctx;
};

/* Where it goes, and what every part says. */
struct evaluator_place {
    struct mv_log *log;
    const struct evaluator_cause *cause;
    int32_t today;
};

void evaluator_group_clear(struct evaluator_group *g);
/* False: it was counted only, as all after it. While the group is written
 * (begin was called), only what was counted comes, in the same order; in the
 * open transaction, with `at`; else at may be NULL. */
bool evaluator_group_add(struct evaluator_group *g,
                         const struct evaluator_change *change,
                         const struct evaluator_place *at);
/* In the open transaction, when all was added or counted. */
void evaluator_group_begin(struct evaluator_group *g,
                           const struct evaluator_place *at);
/* In the open transaction; nothing if there is no change. */
void evaluator_group_finish(struct evaluator_group *g,
                            const struct evaluator_place *at);
void evaluator_group_done(struct evaluator_group *g);
