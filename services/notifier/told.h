/* told - a change as it is kept for those who ask for it: a row of
 * told_changes, under the number of its group and its own in it. At index 0
 * stands the head: the group's seq in the changes log and its cause. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "services/base/buf.h"

#define NOTIFIER_TOLD_KEY 12u

struct notifier_told {
    unsigned bits;        /* its transitions */
    uint64_t red_ordinal; /* of the group that told the red that it ends */
    struct mv_span change;
};

struct mv_span notifier_told_key(uint8_t bytes[NOTIFIER_TOLD_KEY],
                                 uint64_t ordinal, uint32_t index);

/* Append a row; false: the bytes are none. */
void notifier_told_put(const struct notifier_told *told, struct mv_buf *out);
bool notifier_told_get(struct mv_span bytes, struct notifier_told *ret);
void notifier_head_put(uint64_t group, struct mv_span cause,
                       struct mv_buf *out);
bool notifier_head_get(struct mv_span bytes, uint64_t *group,
                       struct mv_span *cause);
