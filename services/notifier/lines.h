/* lines - what the text of a notice tells: of each target or commission, year
 * and unit the last change that the notice names, with what was before the
 * first. As many at most as the notice has changes. */
#pragma once

#include "proto/msg.h"
#include "services/base/hash.h"

struct notifier_line {
    struct mv_hash of;     /* which target or commission, year and unit */
    uint64_t ordinal;      /* its last change: the row in told_changes */
    uint32_t index;        /* likewise */
    uint32_t changes;      /* of it in the notice; a reminder is none */
    uint8_t was, coloured; /* before the first of them */
    bool red;              /* now */
};

struct notifier_lines {
    struct notifier_line *at;
    uint32_t count, cap;
};

/* A change, or a reminder, in any order: ordinal and index tell which is the
 * last. */
void notifier_lines_add(struct notifier_lines *lines, struct mv_hash of,
                        const struct mv_msg_change *change, uint64_t ordinal,
                        uint32_t index);
/* When all are added: one of each, reds first, and in the order of the log. */
void notifier_lines_fold(struct notifier_lines *lines);
void notifier_lines_done(struct notifier_lines *lines);
