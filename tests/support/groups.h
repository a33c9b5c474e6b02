/* groups - test input: records of a changes log, without a log. */
#pragma once

#include "services/stream/log.h"

/* Texts left NULL: region "hso", was_status "green", no others. */
struct test_change {
    const char *target, *unit, *region;
    const char *commission, *reminder; /* instead of the target; a due date */
    const char *assessed;              /* a status, and the person decides */
    unsigned year;                     /* 0: 2024 */
    const char *status, *reason, *was, *last;
    const char *value, *limit, *margin, *needed, *needed_is, *needed_of,
        *needed_why;
    const char *measure;      /* NULL: percent */
    unsigned count;           /* changes_this_year */
    unsigned units, of_units; /* its basis; 0: none */
    const char *member; /* two criteria: of this one, titled, and of "tsb" */
    bool closed, suppressed, preliminary;
};

/* Appends one `change` map. */
void test_change_bytes(struct mv_buf *out, const struct test_change *c);

/* A `group` in *content, and the record around it: the chain is made from
 * world and seq, so that the same record comes again as it was. */
void test_group_record(struct mv_buf *content, struct mv_record *ret,
                       unsigned world, uint64_t seq, uint64_t cause,
                       unsigned part, unsigned parts,
                       const struct test_change *changes, size_t count);
