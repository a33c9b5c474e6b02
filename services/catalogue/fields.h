/* fields - every key of a checked thing as text, one table per kind of
 * thing; diff and show walk them. Only services/catalogue uses it. */
#pragma once

#include "services/catalogue/diff.h"

struct mv_field {
    const char *key; /* NULL ends the table */
    /* Appends the value as a steward would write it; nothing: not given. */
    void (*text)(const struct mv_catalogue *c, const void *thing,
                 struct mv_buf *out);
    mv_diff_severity severity; /* of a change */
};

extern const struct mv_field mv_unit_fields[];
extern const struct mv_field mv_indicator_fields[];
extern const struct mv_field mv_target_fields[];
extern const struct mv_field mv_commission_fields[];

void mv_field_span(struct mv_buf *out, struct mv_span text);
void mv_field_title(struct mv_buf *out, const struct mv_title *title);
/* The ids of units, with spaces between. */
void mv_field_units(const struct mv_catalogue *c, struct mv_buf *out,
                    const struct mv_indices *units);
