/* group - all the changes of one journal record, as records of the changes
 * log: one, or as many parts as it takes, with the same cause. */
#pragma once

#include "services/evaluator/change.h"
#include "services/stream/log.h"

#define EVALUATOR_PART_BYTES (512u << 10) /* of changes in one record */

struct evaluator_cause {
    const char *kind; /* figure correction withdrawal catalogue clock ... */
    uint64_t seq;
    int64_t received_ms; /* of that record: the stamp of the group */
    bool has_row;
    uint64_t row;
};

/* Zero-initialise, clear, add, write; done. */
struct evaluator_group {
    struct mv_buf changes, content;
    size_t *ends; /* of each change in `changes` */
    uint32_t count, cap;
};

void evaluator_group_clear(struct evaluator_group *g);
void evaluator_group_add(struct evaluator_group *g,
                         const struct evaluator_change *change);
/* In the open transaction; nothing if there is no change. */
void evaluator_group_write(struct evaluator_group *g, struct mv_log *log,
                           const struct evaluator_cause *cause, int32_t today);
void evaluator_group_done(struct evaluator_group *g);
