/* later - a figure that came after a report was frozen: kept small, by
 * identifiers and by what it held before and after, and told when it is asked
 * for: then it is settled which of its numbers may be shown. */
#pragma once

#include "services/evaluator/evaluator.h"

/* The identifiers that figures are kept by, and of indicators what their
 * numbers are: of all reports together. */
struct evaluator_names;
struct evaluator_names *evaluator_names_open(void);
void evaluator_names_close(struct evaluator_names *n); /* takes NULL */
size_t evaluator_names_bytes(const struct evaluator_names *n);
/* After a record: whose numbers may be suppressed is known of each catalogue
 * from here on, so that one which drops the indicator or its bound does not
 * show what was not shown. */
void evaluator_names_look(struct evaluator_names *n, const struct evaluator *e);

/* Of a figure before the record that brings it. */
struct evaluator_before {
    struct mv_slot slot;
    int64_t beside; /* the least denominator of those beside it, and its own */
    bool had;
};
void evaluator_later_before(const struct evaluator *e,
                            const struct mv_figure *f,
                            struct evaluator_before *ret);

struct evaluator_later {
    uint8_t was[MV_SLOT_BYTES], now[MV_SLOT_BYTES];
    int64_t time_ms;
    int64_t beside;                       /* before it came, or then */
    uint32_t indicator, unit, member, by; /* names; member 0: the total */
    int16_t year;
    uint8_t part;
    bool had;
};
/* Of a figure that came to count, after its record. False: it is as it was. */
bool evaluator_later_keep(struct evaluator_names *n, const struct evaluator *e,
                          const struct mv_record *record,
                          const struct mv_figure *f,
                          const struct evaluator_before *before,
                          struct evaluator_later *ret);

/* One in the catalogue in force; borrows all three. */
struct evaluator_told {
    const struct evaluator_names *names;
    const struct evaluator_later *kept;
    const struct mv_indicator *ind; /* NULL: not there now */
    struct mv_figure figure;
    bool there;  /* the indicator, the unit and the member */
    bool titled; /* it is of a member that is there */
    struct mv_slot was, now;
};
void evaluator_later_find(struct evaluator_names *n, const struct evaluator *e,
                          const struct evaluator_later *kept,
                          struct evaluator_told *ret);
/* Appends its row of `since`; more: so many pairs of the caller's, packed. */
void evaluator_later_tell(const struct evaluator *e,
                          const struct evaluator_told *t, uint32_t more,
                          struct mv_span pairs, struct mv_buf *out);
