/* delivery - a table of figures or withdrawals: read from untrusted bytes in
 * one go, all that is wrong with its shape named at once, and written in the
 * one canonical form that is hashed, journalled and compared. What needs the
 * catalogue (who may, which unit, which period) is not judged here. */
#pragma once

#include "proto/conflict.h"
#include "proto/cursor.h"

typedef enum mv_column {
    MV_COL_INDICATOR = 0,
    MV_COL_MEMBER,
    MV_COL_UNIT,
    MV_COL_PERIOD,
    MV_COL_VALUE,
    MV_COL_NUMERATOR,
    MV_COL_DENOMINATOR,
    MV_COL_FLAG,
    MV_COL_TIME,
    MV_COL_NOTE,
    MV_COLUMN_COUNT
} mv_column;

/* "indicator", ...; static. */
const char *mv_column_name(mv_column column);

/* One row. Text points into the bytes read; member and note have at == NULL
 * when there is none. Numbers are millionths. */
struct mv_row {
    struct mv_span indicator, member, unit, period, note;
    int64_t value, numerator, denominator;
    int64_t time_ms;
    bool has_value, has_numerator; /* a numerator has its denominator */
    bool has_time;
    char flag;   /* SDMX CL_OBS_STATUS; 0: none given */
    bool faulty; /* a conflict is of this row: it is not to be used */
};

typedef enum mv_table_kind {
    MV_TABLE_DELIVERY = 0,
    MV_TABLE_WITHDRAWAL, /* indicator, member, unit, period, time */
} mv_table_kind;

/* "delivery", "withdrawal"; static. */
const char *mv_table_name(mv_table_kind kind);
/* True if a table of that kind may have the column; of MV_COLUMN_COUNT never.
 */
bool mv_table_has(mv_table_kind kind, mv_column column);

struct mv_delivery_work;

/* Zero-initialise, use for any number of deliveries, mv_delivery_done. What
 * it holds of a delivery is valid while the bytes read live. */
struct mv_delivery {
    mv_table_kind kind;
    struct mv_span producer;
    uint64_t number;
    bool has_producer, has_number; /* also when the rest is refused */
    uint32_t row_count;
    struct mv_row *rows; /* row 1 of the wire is rows[0] */
    uint32_t columns;    /* bit 1 << mv_column: some row has a value there */
    struct mv_delivery_work *work;
};

void mv_delivery_done(struct mv_delivery *);

/* Reads one. False: conflicts has at least one entry (it is cleared first),
 * and only kind, producer and number may be used, and of the rows (row_count
 * may be 0) those that are not faulty. */
bool mv_delivery_read(struct mv_span bytes, struct mv_delivery *,
                      struct mv_conflicts *);

/* Whose it is, without a look at the rest: kind, producer and number as far as
 * they can be read; of a statement or a catalogue too, without a kind. For an
 * answer that does not depend on more. */
void mv_delivery_head(struct mv_span bytes, struct mv_delivery *);

/* As mv_delivery_read, for the content of a journal record: canonical form may
 * be longer than what was sent (MV_MAX_CANONICAL_BYTES). */
bool mv_delivery_read_content(struct mv_span content, struct mv_delivery *,
                              struct mv_conflicts *);

/* Appends the canonical content: keys and columns in the order of the
 * protocol, columns that are nil in every row left out, every number in its
 * shortest form. Reading it gives the same rows; writing those, these bytes. */
void mv_delivery_canonical(const struct mv_delivery *, struct mv_buf *out);

/* True if the letter is one of SDMX CL_OBS_STATUS 2.1. */
bool mv_flag_known(char flag);
/* True if it says why a row has no figure: O, M, L or Q. */
bool mv_flag_may_miss(char flag);
