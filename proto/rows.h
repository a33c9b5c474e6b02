/* rows - the rows of a delivery: cells to typed values, and figures that
 * stand twice. Used by delivery.c alone. */
#pragma once

#include "proto/delivery.h"

/* What one delivery after the other needs again. Zero-initialise. */
struct mv_delivery_work {
    uint32_t row_cap;
    uint32_t *slots; /* row numbers by hash of the figure; 0: free */
    uint32_t slot_cap;
    uint64_t seed; /* so that no sender can choose rows that collide */
};

/* The columns as they were sent, in their order. */
struct mv_columns {
    uint32_t count;
    mv_column at[MV_COLUMN_COUNT];
};

/* Reads all rows into d->rows; c stands behind the header of the list of
 * row_count lists. Adds what is wrong to conflicts. */
void mv_rows_read(struct mv_cursor *c, uint32_t row_count,
                  const struct mv_columns *columns, struct mv_delivery *d,
                  struct mv_conflicts *conflicts);
